//! `--emit`: the stages that a script goes through, printed.

use std::rc::Rc;

use clap::{Arg, ArgAction, ArgMatches};

use super::script::Script;
use crate::bytecode;
use crate::jit::listing::{Listing, StageListing};
use crate::jit::{Engine, KernelRun, Work};
use crate::syntax;

macro_rules! stages {
    ($($name:ident $text:literal $meaning:literal,)*) => {
        /// A stage of the way from text to machine code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Stage { $(#[doc = $meaning] $name,)* }

        const STAGES: &[(&str, Stage)] = &[$(($text, Stage::$name)),*];
    };
}

stages! {
    Tokens "tokens" "the text's tokens, with NEWLINE, INDENT and DEDENT",
    Ast "ast" "the syntax tree",
    Bytecode "bytecode" "the interpreter's instructions, with source lines",
    Ir "ir" "each kernel's IR, before and after each pass",
    LoopIr "loop-ir" "each loop that was compiled, as typed code",
    Clif "clif" "each kernel as Cranelift's IR",
    Asm "asm" "each kernel's machine code",
}

/// The `--emit` argument.
pub fn argument(help: &'static str) -> Arg {
    Arg::new("emit")
        .long("emit")
        .value_name("STAGE")
        .value_delimiter(',')
        .action(ArgAction::Append)
        .value_parser(names())
        .help(help)
}

/// The names of all stages.
pub fn names() -> Vec<&'static str> {
    STAGES.iter().map(|(name, _)| *name).collect()
}

/// The stages that the command line asks for.
pub struct Stages(Vec<Stage>);

impl Stages {
    pub fn of(matches: &ArgMatches) -> Stages {
        let names = matches.get_many::<String>("emit").into_iter().flatten();
        let stage = |name: &String| STAGES.iter().find(|(known, _)| known == name).map(|(_, stage)| *stage);
        Stages(names.filter_map(stage).collect())
    }

    /// The stages of a list such as `ir,asm`.
    ///
    /// # Errors
    /// In words, if one of them is none.
    pub fn parse(list: &str) -> Result<Stages, String> {
        let stage = |name: &str| match STAGES.iter().find(|(known, _)| *known == name) {
            Some((_, stage)) => Ok(*stage),
            None => Err(format!("'{name}' is no stage: {}", names().join(", "))),
        };
        list.split(',').map(stage).collect::<Result<_, _>>().map(Stages)
    }

    /// What `toy dis` prints if nothing is said.
    pub fn of_bytecode() -> Stages {
        Stages(vec![Stage::Bytecode])
    }

    /// Whether one of them is of loops, which are known when the script has run.
    pub fn of_loops(&self) -> bool {
        [Stage::LoopIr, Stage::Clif, Stage::Asm].into_iter().any(|stage| self.contains(stage))
    }

    /// Whether one of them is of kernels, which are known only when the script runs.
    pub fn of_kernels(&self) -> bool {
        [Stage::Ir, Stage::Clif, Stage::Asm].into_iter().any(|stage| self.contains(stage))
    }

    pub fn contains(&self, stage: Stage) -> bool {
        self.0.contains(&stage)
    }

    /// The stages that are known before the script runs.
    pub fn front(&self, script: &Script) -> String {
        let mut out = String::new();
        if self.contains(Stage::Tokens) {
            let tokens = syntax::tokens(&script.source).expect("the script was parsed");
            out += &syntax::dump_tokens(&tokens, &script.source);
        }
        if self.contains(Stage::Ast) {
            out += &syntax::dump_ast(&script.ast, &script.source);
        }
        if self.contains(Stage::Bytecode) {
            out += &bytecode::disassemble(&script.program, &script.source);
        }
        out
    }

    /// Prints the stages of every kernel that the engine compiles from now on.
    pub fn watch(&self, engine: &mut Engine, print: impl Fn(&str) + 'static) {
        self.watch_those(engine, |run| run.fresh, print);
    }

    /// Prints the stages of every kernel that runs from now on, each kernel once.
    pub fn watch_all(&self, engine: &mut Engine, print: impl Fn(&str) + 'static) {
        let mut seen: Vec<Rc<Listing>> = Vec::new();
        let is_new = move |run: &KernelRun| {
            let new = !seen.iter().any(|listing| Rc::ptr_eq(listing, &run.listing));
            if new {
                seen.push(run.listing.clone());
            }
            new
        };
        self.watch_those(engine, is_new, print);
    }

    fn watch_those(
        &self,
        engine: &mut Engine,
        mut is_wanted: impl FnMut(&KernelRun) -> bool + 'static,
        print: impl Fn(&str) + 'static,
    ) {
        let (ir, clif, asm) = (self.contains(Stage::Ir), self.contains(Stage::Clif), self.contains(Stage::Asm));
        if !self.of_kernels() {
            return;
        }
        let mut number = 0;
        engine.set_watch(Box::new(move |run| {
            if !is_wanted(run) {
                return;
            }
            let listing = &run.listing;
            number += 1;
            print(&format!("=== kernel {number}: {} bytes of machine code\n", listing.code_bytes));
            print(&format!("{} → {}\n", run.expression, run.result));
            run.operands.iter().for_each(|operand| print(&format!("    {operand}\n")));
            for (pass, text) in listing.passes.iter().filter(|_| ir) {
                print(&format!("--- ir: {pass}\n{}\n", text.trim_end()));
            }
            for stage in listing.stages.iter().filter(|_| clif) {
                print(&format!("--- clif\n{}\n", stage.clif.trim_end()));
            }
            for stage in listing.stages.iter().filter(|_| asm) {
                print(&format!("--- asm\n{}", marked(stage)));
            }
            if asm {
                print(&per_element(run.work, &listing.stages));
            }
        }));
    }
}

/// Machine code with its main loop marked.
fn marked(stage: &StageListing) -> String {
    let mut text: String = stage.refused.iter().map(|why| format!("128 bits: {why}\n")).collect();
    for (number, line) in stage.asm.trim_end().lines().enumerate() {
        let mark = if stage.main_loop.contains(&number) { "│" } else { " " };
        text += &format!("{mark} {line}\n");
    }
    text
}

/// What the kernel costs for each element: instructions of its main loops, arithmetic and memory.
fn per_element(work: Work, stages: &[StageListing]) -> String {
    let each = |total: u64| total as f64 / work.elements.max(1) as f64;
    let loops = stages.iter().map(|stage| (stage.main_loop.len(), stage.pass)).filter(|(lines, _)| *lines > 0);
    let instructions: f64 = loops.clone().map(|(lines, pass)| lines as f64 / pass as f64).sum();
    let passes: Vec<String> = loops.map(|(lines, pass)| format!("{lines} for {pass} elements")).collect();
    let mut text = String::from("--- for each element: ");
    if !passes.is_empty() {
        text += &format!("{instructions:.2} instructions ({}), ", passes.join(" + "));
    }
    let (operations, read, written) = (each(work.operations), each(work.bytes_read), each(work.bytes_written));
    text + &format!("{operations:.3} FLOP, {read:.3} bytes read, {written:.3} written\n")
}
