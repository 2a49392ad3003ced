//! A trace counts what a run does, exactly: against the plain probe, against the table of bytecodes, against iterations
//! that were counted by hand.

#![cfg(feature = "trace")]

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use toy::bytecode::op::Op;
use toy::bytecode::overhead::{Counts, Overhead};
use toy::bytecode::{Verified, compile};
use toy::interp::host::Captured;
use toy::interp::probe::Counting;
use toy::interp::{Machine, Runtime};
use toy::jit::{Engine, Switches};
use toy::source::Source;
use toy::syntax::parse;
use toy::trace::{Asides, Ending, EventKind, Listing, Position, Sink, Step, Tally, Totals, Wish, run};

fn compiled(name: &str, text: &str) -> (Verified, Source) {
    let source = Source::new(name, text);
    (compile(&parse(&source).unwrap(), &source).unwrap(), source)
}

fn runtime() -> Runtime {
    Runtime::new(Box::new(Captured::default()), Engine::new(Switches::default()).unwrap())
}

/// Records the steps of a stretch, and stops the run at its limit.
struct Stretch {
    from: u64,
    to: u64,
    limit: u64,
    steps: Vec<Step>,
}

impl Stretch {
    fn nothing() -> Stretch {
        Stretch { from: 0, to: 0, limit: u64::MAX, steps: Vec::new() }
    }
}

impl Sink for Stretch {
    fn wish(&mut self, at: &Position) -> Wish {
        match at.number {
            number if number >= self.limit => Wish::Stop,
            number if (self.from..self.to).contains(&number) => Wish::Record,
            _ => Wish::Count,
        }
    }

    fn step(&mut self, step: Step) {
        self.steps.push(step);
    }
}

fn traced(name: &str, text: &str, sink: Stretch) -> (Listing, Totals, Vec<Step>, Ending) {
    let (program, source) = compiled(name, text);
    let listing = Arc::new(Listing::new(&program, &source));
    let outcome = run(&program, listing.clone(), runtime(), Asides::default(), sink);
    (Arc::unwrap_or_clone(listing), outcome.totals, outcome.sink.steps, outcome.ending)
}

/// What the plain probe sees: steps with their counts.
fn counted(name: &str, text: &str) -> Vec<(Op, Counts)> {
    let (program, _) = compiled(name, text);
    let probe = Rc::new(RefCell::new(Counting::default()));
    let _ = Machine::new(runtime()).run(&program, probe.clone());
    let counting = probe.take();
    counting.steps
}

/// Programs of the corpus that take less than a moment.
fn programs() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<PathBuf> = vec![root.join("tests/corpus"), root.join("programs/iteration")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        let entries = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toy") {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    // Whatever reads the clock or files may do another thing the second time.
    found.retain(|(path, text)| {
        !["open(", "time", "input(", "/limits/", "stdin"].iter().any(|word| text.contains(word) || path.contains(word))
    });
    assert!(found.len() > 300);
    found.into_iter().step_by(4).collect()
}

#[test]
fn totals_are_what_the_plain_probe_counts() {
    for (name, text) in programs() {
        if parse(&Source::new(&*name, &*text)).is_ok_and(|ast| compile(&ast, &Source::new(&*name, &*text)).is_err()) {
            continue;
        }
        let steps = counted(&name, &text);
        let (listing, totals, _, _) = traced(&name, &text, Stretch::nothing());
        assert_eq!(totals.steps, steps.len() as u64, "{name}");
        let mut all = Counts::ZERO;
        steps.iter().for_each(|(_, counts)| all += *counts);
        let tally = totals.tally();
        for overhead in Overhead::ALL {
            assert_eq!(tally.of_overhead(overhead), u64::from(all[overhead]), "{overhead} of {name}");
        }
        let mut of_lines = Tally::default();
        totals.lines(&listing).iter().for_each(|line| of_lines += line.tally);
        assert_eq!(of_lines, tally, "{name}");
        let executed: u64 = totals.sites.iter().flatten().map(|site| site.executed).sum();
        assert_eq!(executed, totals.steps, "{name}");
        let dispatched: u64 = totals.sites.iter().flatten().map(|site| site.tally[EventKind::Dispatch]).sum();
        assert_eq!(dispatched, totals.steps, "{name}");
    }
}

#[test]
fn every_step_pays_what_one_of_its_paths_declares() {
    for (name, text) in programs().into_iter().step_by(3) {
        let Ok(ast) = parse(&Source::new(&*name, &*text)) else { continue };
        if compile(&ast, &Source::new(&*name, &*text)).is_err() {
            continue;
        }
        let (listing, _, steps, _) = traced(&name, &text, Stretch { to: 3000, ..Stretch::nothing() });
        // Where an exception leaves an instruction, it has not done all.
        let raises = |step: &Step, next: Option<&Step>| {
            next.is_none_or(|next| {
                let handled = listing.instruction(next.position.chunk, next.position.pc).op == Op::BeginHandling.name();
                let falls = next.position.pc == step.position.pc + 1 || next.position.pc == step.position.pc + 2;
                handled || !(falls && next.position.chunk == step.position.chunk)
            })
        };
        for (at, step) in steps.iter().enumerate() {
            let instruction = listing.instruction(step.position.chunk, step.position.pc);
            let op = Op::ALL.iter().find(|op| op.name() == instruction.op).unwrap();
            let mut seen = Counts::ZERO;
            step.events.iter().for_each(|event| seen[event.overhead()] += 1);
            let declared = op.paths().iter().any(|path| path.counts == seen);
            assert!(declared || raises(step, steps.get(at + 1)), "{name}: step {at}, {op:?}: {seen}");
        }
    }
}

#[test]
fn looking_changes_no_count() {
    for (name, text) in programs().into_iter().step_by(5) {
        let Ok(ast) = parse(&Source::new(&*name, &*text)) else { continue };
        if compile(&ast, &Source::new(&*name, &*text)).is_err() {
            continue;
        }
        let (_, plain, _, _) = traced(&name, &text, Stretch::nothing());
        let (_, looked, steps, _) = traced(&name, &text, Stretch { from: 10, to: 700, ..Stretch::nothing() });
        assert_eq!(plain.sites, looked.sites, "{name}");
        assert_eq!(plain.loops, looked.loops, "{name}");
        assert_eq!(steps.len() as u64, plain.steps.min(700).saturating_sub(10), "{name}");
    }
}

/// Entries and iterations of each loop of a script, in the order of the source.
fn iterations(text: &str) -> Vec<(u64, u64)> {
    let (_, totals, _, _) = traced("test.toy", text, Stretch::nothing());
    totals.loops.iter().map(|found| (found.entries, found.iterations)).collect()
}

#[test]
fn iterations_are_exact() {
    assert_eq!(iterations("for i in range(5):\n    pass\n"), [(1, 5)]);
    assert_eq!(iterations("for i in []:\n    pass\n"), [(1, 0)]);
    assert_eq!(iterations("for i in range(9):\n    if i == 4:\n        break\n"), [(1, 5)]);
    assert_eq!(iterations("for i in range(9):\n    if i % 2:\n        continue\n    x = i\n"), [(1, 9)]);
    assert_eq!(iterations("n = 0\nwhile n < 7:\n    n += 1\nelse:\n    n = 0\n"), [(1, 7)]);
    assert_eq!(iterations("n = 0\nwhile True:\n    n += 1\n    if n == 3: break\n"), [(1, 3)]);
    assert_eq!(iterations("for i in range(3):\n    for j in range(i):\n        pass\n"), [(1, 3), (3, 3)]);
    assert_eq!(
        iterations(
            "n = 0\nwhile True:\n    while True:\n        n += 1\n        if n % 4 == 0: break\n    if n == 12: break\n"
        ),
        [(1, 3), (3, 12)]
    );
    assert_eq!(iterations("x = [a * b for a in range(3) for b in range(4) if b]\n"), [(1, 3), (3, 12)]);
    assert_eq!(iterations("x = sum(a * a for a in range(6))\n"), [(1, 6)]);
    assert_eq!(
        iterations("try:\n    for i in range(9):\n        1 // (3 - i)\nexcept ZeroDivisionError:\n    pass\n"),
        [(1, 4)]
    );
    assert_eq!(
        iterations("for i in range(5):\n    try:\n        1 // (3 - i)\n    except ZeroDivisionError:\n        pass\n"),
        [(1, 5)]
    );
    assert_eq!(
        iterations("def f(n):\n    for i in range(2):\n        if n:\n            f(n - 1)\nf(3)\n"),
        [(15, 30)]
    );
    assert_eq!(
        iterations("def f():\n    for i in range(9):\n        if i == 2:\n            return i\nf()\nf()\n"),
        [(2, 6)]
    );
    assert_eq!(
        iterations("def k(x):\n    for i in range(2):\n        pass\n    return x\nsorted([3, 1, 2], key=k)\n"),
        [(3, 6)]
    );
    assert_eq!(iterations("g = (a for a in range(9))\nnext(g)\nnext(g)\nnext(g)\n"), [(1, 3)]);
    assert_eq!(iterations("def f():\n    return 1\n    for i in range(3):\n        pass\nf()\n"), [(0, 0)]);
}

#[test]
fn a_loop_counts_all_that_its_iterations_do() {
    // Every event of the run is in the loop or outside of it.
    let call = "def f(n):\n    return n + 1\nx = 0\nfor i in range(400):\n    x = f(x)\n";
    let (listing, totals, _, _) = traced("test.toy", call, Stretch::nothing());
    let found = &totals.loops[0];
    assert_eq!(found.iterations, 400);
    let outside: u64 = totals
        .lines(&listing)
        .iter()
        .filter(|line| line.innermost.is_none() && line.chunk.0 == 0)
        .map(|line| line.tally.total())
        .sum();
    assert_eq!(found.in_iterations.total() + found.outside.total() + outside, totals.tally().total());
    assert!(found.least < found.most);
    // Recursion through a loop counts each event once.
    let recursive =
        "def f(n):\n    for i in range(2):\n        if n:\n            f(n - 1)\nfor k in range(1):\n    f(5)\n";
    let (_, totals, _, _) = traced("test.toy", recursive, Stretch::nothing());
    let (inner, outer) = (&totals.loops[1], &totals.loops[0]);
    let (inner, outer) = if inner.iterations > outer.iterations { (inner, outer) } else { (outer, inner) };
    assert_eq!(outer.iterations, 1);
    assert_eq!(inner.iterations, 2 * (1 + 2 + 4 + 8 + 16 + 32));
    assert!(inner.in_iterations.total() < outer.in_iterations.total());
    assert!(outer.in_iterations.total() < totals.tally().total());
}

#[test]
fn a_run_that_is_stopped_counts_what_it_did() {
    let stretch = Stretch { limit: 1000, ..Stretch::nothing() };
    let text = "n = 0\ntry:\n    while True:\n        n += 1\nfinally:\n    print('never')\n";
    let (_, totals, _, ending) = traced("test.toy", text, stretch);
    assert!(matches!(ending, Ending::Stopped));
    assert_eq!(totals.steps, 1000);
    assert_eq!(totals.tally()[EventKind::Dispatch], 1000);
    // Two instructions before the loop; four in each iteration.
    assert_eq!(totals.loops[0].iterations, 250);
}

#[test]
fn iterations_tallies_add_up_to_the_loop() {
    let text = "def f(y_pred, y, x):\n    d = 0.0\n    for i in range(len(x)):\n        d += (y_pred[i] - y[i]) * x[i]\n    return d\nf([1.5] * 50, [2.5] * 50, [3.5] * 50)\n";
    let (_, totals, steps, _) = traced("test.toy", text, Stretch { to: u64::MAX, ..Stretch::nothing() });
    let mut last = None;
    let mut sum = 0;
    for pair in steps.windows(2) {
        let Some(inner) = pair[0].position.innermost else { continue };
        if pair[1].position.innermost.is_none_or(|next| next.iteration != inner.iteration) {
            sum += pair[0].iteration.total();
            last = Some(pair[0].looped.total());
        }
    }
    let found = &totals.loops[0];
    assert_eq!(last, Some(sum));
    assert_eq!(sum, found.in_iterations.total() + found.outside.total());
    assert_eq!(found.in_iterations[EventKind::Arithmetic], 3 * 50);
    assert_eq!(found.in_iterations[EventKind::BoundsCheck], 3 * 50);
    assert_eq!(found.in_iterations[EventKind::Dispatch], 7 * 50);
    assert_eq!(found.in_iterations[EventKind::LoopCounter], 50);
}
