//! Copies of loops that are made to be measured do what the loops do. No time is looked at.

#![cfg(feature = "trace")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toy::bytecode::chunk::Instr;
use toy::bytecode::op::Op;
use toy::bytecode::variant::{self, Place};
use toy::bytecode::{Verified, compile, disassemble, listings};
use toy::interp::host::Captured;
use toy::interp::probe::Silent;
use toy::interp::{Machine, Runtime};
use toy::jit::{Engine, Switches};
use toy::source::Source;
use toy::stream::Memory;
use toy::syntax::parse;
use toy::trace::cost::{Plan, Reading, Settings, Unit, measure};
use toy::trace::{Asides, Ending, Listing, LoopId, Position, Sink, Step, Totals, Wish};

fn compiled(source: &Source) -> Option<Verified> {
    parse(source).ok().and_then(|ast| compile(&ast, source).ok())
}

/// What a run printed, and how it ended.
#[derive(Debug, PartialEq)]
struct Ran {
    out: String,
    error: Option<String>,
}

fn runtime() -> (Runtime, Memory) {
    let host = Captured::default();
    let out = host.out.clone();
    (Runtime::new(Box::new(host), Engine::reference(Switches::default())), out)
}

/// A run, how often its loop was entered, and how often it was entered more than left.
fn ran(program: &Verified) -> (Ran, u64, i64) {
    let (runtime, out) = runtime();
    let mut machine = Machine::new(runtime);
    let ended = machine.run(program, Silent);
    let error = ended.err().map(|raised| format!("{:?}", raised.kind()));
    let _ = machine.runtime.close_files();
    (Ran { out: out.text(), error }, machine.runtime.stopwatch.entries, machine.runtime.stopwatch.depth)
}

struct Counting;

impl Sink for Counting {
    fn wish(&mut self, position: &Position) -> Wish {
        if position.number > 300_000 { Wish::Stop } else { Wish::Count }
    }

    fn step(&mut self, _: Step) {}
}

/// What a script's run counts; none if it takes long.
fn totals(program: &Verified, listing: &Arc<Listing>) -> Option<Totals> {
    let outcome = toy::trace::run(program, listing.clone(), runtime().0, Asides::default(), Counting);
    (!matches!(outcome.ending, Ending::Stopped)).then_some(outcome.totals)
}

fn programs(folders: &[&str]) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let files = folders.iter().flat_map(|folder| fs::read_dir(root.join(folder)).expect("a folder of the corpus"));
    let mut files: Vec<PathBuf> = files.map(|entry| entry.expect("a file").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toy"));
    files.sort();
    files
}

#[test]
fn copies_of_the_corpus_loops_print_the_same() {
    let mut copies = 0;
    for path in programs(&["control", "comprehensions", "exceptions", "lists", "recursion", "dicts", "closures"]) {
        let source = Source::new("corpus.toy", fs::read_to_string(&path).expect("text"));
        let Some(program) = compiled(&source) else { continue };
        let listing = Arc::new(Listing::new(&program, &source));
        let Some(totals) = totals(&program, &listing) else { continue };
        let (wanted, _, _) = ran(&program);
        for (at, found) in listing.loops.iter().enumerate().filter(|(at, _)| totals.loops[*at].iterations > 0) {
            let Ok(plan) = Plan::new(&program, &listing, &totals, LoopId(at as u32)) else { continue };
            let bare = [("bare", &plan.bare)].into_iter();
            for (name, copy) in bare.chain(plan.copies.iter().map(|copy| (unit(copy.unit), &copy.program))) {
                let (did, entries, depth) = ran(copy);
                assert_eq!(did, wanted, "{}, line {}, {name}", path.display(), found.line);
                assert!(entries > 0 && depth >= 0, "{}, line {}, {name}", path.display(), found.line);
                copies += 1;
            }
        }
    }
    assert!(copies > 1000, "only {copies} copies were tried");
}

fn unit(unit: Unit) -> &'static str {
    unit.overhead().name()
}

/// A copy of the first loop of a function, with an instruction that does nothing before each of its own.
fn copy(text: &str) -> String {
    let source = Source::new("test.py", text);
    let program = compiled(&source).expect("correct");
    let chunk = listings(&program).remove(1).chunk;
    let place = Place { chunk: &chunk, index: 0 };
    match variant::stamped(&program, place, &|_, _| Some(Instr::new(Op::AgainNothing, 0, 0, 0))) {
        Ok(copy) => {
            let listed = disassemble(&copy, &source);
            let start = listed.rfind(&format!("\n{}(", chunk.name)).expect("the function");
            let rows = listed[start + 1..].lines().map(|line| line.split("  1  ·").next().unwrap_or(line).trim_end());
            rows.collect::<Vec<_>>().join("\n") + "\n"
        }
        Err(why) => why,
    }
}

#[test]
fn the_clock_is_read_on_every_way_in_and_out() {
    let text = "def f(n):\n    for i in range(n):\n        if i == 3:\n            break\n        if i > 5:\n            return i\n    else:\n        return 0\n    return 1\n";
    expect_test::expect![[r#"
        f(n): 9 registers, 2 of them local variables
            2 |     for i in range(n):
             0       LoadGlobal     r7 ← range
             1       Move           r8 ← n
             2       Call           r6 ← r7, r8
             3       GetIter        r6 ← r6
             4       Jump           → L1
            3 |         if i == 3:
             5       Jump           → L2
             6  L1:  Stamp
             7       Jump           → L5
             8  L2:  Stamp
             9  L3:  AgainNothing
            10       TestEq         i, 3
            11       Unless         → L4
            4 |             break
            12       AgainNothing
            13       Jump           → L6
            5 |         if i > 5:
            14  L4:  AgainNothing
            15       TestGt         i, 5
            16       Unless         → L5
            6 |             return i
            17       AgainNothing
            18       Stamp
            19       Return         i
            2 |     for i in range(n):
            20  L5:  AgainNothing
            21       ForIter        i ← r6
            22       Jump           → L3
            8 |         return 0
            23       Stamp
            24       Jump           → L7
            25  L6:  Stamp
            26       Jump           → L8
            27  L7:  Return         0
            9 |     return 1
            28  L8:  Return         1
    "#]]
    .assert_eq(&copy(text));
}

#[test]
fn generators_are_not_measured() {
    expect_test::expect!["it hands out items, and others run in between"]
        .assert_eq(&copy("print(sum(i for i in range(9)))\n"));
}

/// A string that grows does so in its place because `Add` finds the assignment behind it.
#[test]
fn nothing_comes_between_what_belongs_together() {
    let source = Source::new("test.py", "s = ''\nfor i in range(9):\n    s += 'x'\n");
    let program = compiled(&source).expect("correct");
    let listing = Arc::new(Listing::new(&program, &source));
    let totals = totals(&program, &listing).expect("a short run");
    let plan = Plan::new(&program, &listing, &totals, LoopId(0)).expect("a loop");
    for copy in &plan.copies {
        let code = &copy.program.main.code;
        let add = code.iter().position(|instr| instr.op == Op::Add).expect("one appends");
        assert_eq!(code[add + 1].op, Op::StoreGlobal, "{}", unit(copy.unit));
    }
}

#[test]
fn parts_and_remainder_add_up_to_the_loop() {
    let source = Source::new(
        "test.py",
        "def f(n):\n    s = 0.5\n    for i in range(n):\n        s = s + i * 2.0\n    return s\nf(50)\n",
    );
    let program = compiled(&source).expect("correct");
    let listing = Arc::new(Listing::new(&program, &source));
    let totals = totals(&program, &listing).expect("a short run");
    let plan = Plan::new(&program, &listing, &totals, LoopId(0)).expect("a loop");
    // Times that are made up: each copy takes longer than the one before.
    let mut ticks = 0;
    let mut run = |_: &Verified| {
        ticks = (ticks + 1_000_003) % 9_999_991;
        Ok(Reading { ticks: 1_000_000 + ticks, entries: 0, disturbed: false })
    };
    let settings = Settings { budget: std::time::Duration::ZERO, patience: std::time::Duration::MAX };
    let cost = measure(&plan, settings, &mut run, Err("not asked".into()), &mut |_| {}).expect("a cost");
    let parts: f64 = cost.parts.iter().filter_map(|part| part.time).map(|time| time.median).sum();
    let total = cost.total.median;
    assert!((parts + cost.remainder.median - total).abs() <= 1e-9 * total.abs().max(parts.abs()), "{cost:?}");
    let counts: f64 = cost.parts.iter().map(|part| part.count).sum();
    assert!((counts - plan.tally.total() as f64 / 50.0).abs() < 1e-9);
}
