//! ARCHITECTURE.md follows one program through every stage. The listings there are generated: this test fails when
//! they are not what the program really becomes, and `UPDATE=1 cargo test --test architecture` writes them anew.

use toy::array::{Array, DType};
use toy::bytecode::{compile, disassemble};
use toy::jit::listing::Listing;
use toy::jit::{Simd, Switches, Unroll};
use toy::kernel::{BinaryOp, Expr, ReduceOp};
use toy::source::Source;
use toy::syntax::{dump_ast, dump_tokens, parse, tokens};

const PROGRAM: &str = "\
import numpy as np

def gradient(y_pred, y, x):
    return np.mean((y_pred - y) * x)
";

/// The machine that the listings are for, whichever runs the test.
const TRIPLE: &str = "x86_64-unknown-linux-gnu";
const FEATURES: &[&str] = &["has_sse3", "has_ssse3", "has_sse41", "has_sse42", "has_avx", "has_avx2", "has_fma"];

fn stage(name: &str) -> String {
    let source = Source::new("gradient.toy", PROGRAM);
    let ast = parse(&source).expect("the program is well-formed");
    match name {
        "source" => PROGRAM.to_string(),
        "tokens" => {
            let tokens = tokens(&source).expect("the program is well-formed");
            let text = dump_tokens(&tokens, &source);
            // The last line of the function is enough to see.
            let first = text.lines().position(|line| line.starts_with("4:")).expect("line 4 has tokens");
            text.lines().skip(first).map(|line| format!("{line}\n")).collect()
        }
        "ast" => dump_ast(&ast, &source),
        "bytecode" => {
            let program = compile(&ast, &source).expect("the program compiles");
            let text = disassemble(&program, &source);
            let function = text.find("\ngradient").expect("the function is listed") + 1;
            text[function..].to_string()
        }
        _ => {
            let listing = kernel();
            match name {
                "ir" => {
                    let shown = [listing.passes.first(), listing.passes.last()];
                    shown.into_iter().flatten().map(|(pass, text)| format!("; {pass}\n{}\n", text.trim_end())).collect()
                }
                "asm" => listing.asm(),
                _ => panic!("no stage {name}"),
            }
        }
    }
}

/// What `np.mean((y_pred - y) * x)` becomes, at one register of 128 bits per step.
fn kernel() -> Listing {
    let leaf = || Expr::leaf(Array::zeros(DType::Float64, &[5000]).expect("a small array"));
    let (y_pred, y, x) = (leaf(), leaf(), leaf());
    let difference = Expr::binary(BinaryOp::Sub, &y_pred, &y).expect("shapes agree");
    let product = Expr::binary(BinaryOp::Mul, &difference, &x).expect("shapes agree");
    let mean = Expr::reduce(ReduceOp::Mean, &product, None, false).expect("there are elements");
    let unroll = Unroll::new(1).expect("1 is a choice");
    let switches = Switches { simd: Simd::Sse, unroll, threads: 1, ..Switches::default() };
    Listing::of(&mean, switches, TRIPLE, FEATURES).expect("this machine is known")
}

#[test]
fn the_listings_are_what_the_program_becomes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/ARCHITECTURE.md");
    let text = std::fs::read_to_string(path).expect("ARCHITECTURE.md is there");
    let mut fresh = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        fresh += line;
        fresh.push('\n');
        let Some(name) = line.strip_prefix("<!-- stage: ").and_then(|rest| rest.strip_suffix(" -->")) else { continue };
        let fence = lines.next().expect("a fence follows");
        assert!(fence.starts_with("```"), "a fence follows the stage {name}");
        for line in lines.by_ref() {
            if line == "```" {
                break;
            }
        }
        let listing: String = stage(name).lines().map(|line| format!("{}\n", line.trim_end())).collect();
        fresh += &format!("{fence}\n{listing}```\n");
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, fresh).expect("ARCHITECTURE.md can be written");
        return;
    }
    assert_eq!(text, fresh, "UPDATE=1 cargo test --test architecture writes the listings anew");
}
