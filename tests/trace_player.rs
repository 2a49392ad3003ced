//! Walking along a run, forward and back: what the player shows is what a run recorded whole shows.

#![cfg(feature = "trace")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use expect_test::expect;
use toy::bytecode::{Verified, compile};
use toy::interp::Runtime;
use toy::interp::host::{Captured, Log};
use toy::jit::{Engine, Fuse, Switches};
use toy::source::Source;
use toy::stream::Memory;
use toy::syntax::parse;
use toy::trace::{
    Asides, Direction, Goal, Listing, Player, Position, Script, Search, Sink, Step, Tape, Totals, Wish, run,
};

fn compiled(text: &str) -> (Verified, Source) {
    let source = Source::new("test.toy", text);
    (compile(&parse(&source).unwrap(), &source).unwrap(), source)
}

fn engine() -> Engine {
    Engine::new(Switches::default()).unwrap()
}

fn player(text: &str) -> Player {
    player_with(text, engine)
}

/// The same with an engine for each run.
fn player_with(text: &str, engine: impl Fn() -> Engine + Send + 'static) -> Player {
    let (program, source) = compiled(text);
    let script = Script {
        name: "test.toy".into(),
        text: text.into(),
        arguments: vec!["test.toy".into()],
        input: None,
        reads_input: false,
        max_depth: 1000,
        engine: Box::new(engine),
    };
    let mut player = Player::start(script, Arc::new(Listing::new(&program, &source))).unwrap();
    assert_eq!(wait(&mut player), Search::Arrived(0));
    player
}

/// Waits for the answer.
fn wait(player: &mut Player) -> Search {
    let start = Instant::now();
    loop {
        match player.poll() {
            Search::Busy { .. } => assert!(start.elapsed() < Duration::from_secs(60), "no answer"),
            answer => return answer,
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn go(player: &mut Player, from: u64, goal: Goal, direction: Direction) -> Search {
    player.seek(from, goal, direction);
    wait(player)
}

/// Keeps every step.
struct All(Vec<Step>);

impl Sink for All {
    fn wish(&mut self, _: &Position) -> Wish {
        Wish::Record
    }

    fn step(&mut self, step: Step) {
        self.0.push(step);
    }
}

fn whole(text: &str) -> (Vec<Step>, Totals) {
    let (program, source) = compiled(text);
    let listing = Arc::new(Listing::new(&program, &source));
    let asides = Asides::default();
    let prints = asides.clone();
    let log = Log::new(Box::new(Captured::default()), Box::new(Memory::default()));
    let host = log.begin_run(Box::new(move |_, bytes| prints.print(bytes)));
    let outcome = run(&program, listing, Runtime::new(Box::new(host), engine()), asides, All(Vec::new()));
    (outcome.sink.0, outcome.totals)
}

const NESTED: &str = "\
def f(n):
    total = 0
    for i in range(n):
        total += i * i
    return total

for k in range(300):
    x = f(k % 7)
    if k % 100 == 0:
        print(k, x)
";

/// What of two recordings of a step has to be the same: everything but addresses.
fn told(step: &Step) -> String {
    let kinds: Vec<_> = step.events.iter().map(|event| event.kind()).collect();
    format!("{:?} {kinds:?} {:?} {:?} {:?}", step.position, step.iteration, step.looped, step.prints)
}

#[test]
fn every_step_is_the_one_of_the_whole_run_forward_and_back() {
    let (steps, totals) = whole(NESTED);
    assert_eq!(steps.len() as u64, totals.steps);
    let mut player = player(NESTED);
    for step in &steps {
        let number = step.position.number;
        assert_eq!(
            go(&mut player, number.saturating_sub(1), Goal::Step(number), Direction::Forward),
            Search::Arrived(number)
        );
        assert_eq!(told(player.step(number).unwrap()), told(step));
    }
    for step in steps.iter().rev() {
        let number = step.position.number;
        assert_eq!(go(&mut player, number + 1, Goal::Step(number), Direction::Back), Search::Arrived(number));
        assert_eq!(told(player.step(number).unwrap()), told(step));
    }
}

#[test]
fn goals_far_away_are_those_that_the_whole_run_has() {
    let long = NESTED.replace("300", "3000");
    let (steps, _) = whole(&long);
    let mut player = player(&long);
    let last = steps.len() as u64 - 1;
    assert_eq!(go(&mut player, 0, Goal::Step(u64::MAX), Direction::Forward), Search::Arrived(last));
    assert_eq!(player.end().unwrap().steps, last + 1);
    assert_eq!(player.end().unwrap().message, None);
    let listing = player.listing().clone();
    let goals = [
        Goal::AnyLine,
        Goal::Line(4),
        Goal::Line(10),
        Goal::Iteration,
        Goal::Text("print".into()),
        Goal::Text("advance to 6".into()),
        Goal::NthIteration(toy::trace::LoopId(0), 1234),
    ];
    let mut at = last;
    for direction in [Direction::Back, Direction::Forward, Direction::Back] {
        for goal in &goals {
            for _ in 0..3 {
                let from = steps[at as usize].position;
                let reached =
                    |step: &&Step| goal.is_reached(&listing, &from, &step.position) || step.contains(goal, &listing);
                let (before, rest) = steps.split_at(at as usize);
                let expected = match direction {
                    Direction::Back => before.iter().rev().find(reached),
                    Direction::Forward => rest[1..].iter().find(reached),
                };
                let answer = go(&mut player, at, goal.clone(), direction);
                match expected.map(|step| step.position.number) {
                    Some(number) => {
                        assert_eq!(answer, Search::Arrived(number), "{goal:?} {direction:?} from {at}");
                        assert_eq!(told(player.step(number).unwrap()), told(&steps[number as usize]));
                        at = number;
                    }
                    None => {
                        assert!(matches!(answer, Search::Nowhere(_)), "{goal:?} {direction:?} from {at}: {answer:?}");
                        assert_eq!(go(&mut player, at, Goal::Step(at), Direction::Forward), Search::Arrived(at));
                    }
                }
            }
        }
        let middle = steps.len() as u64 / 2;
        if direction == Direction::Back {
            assert_eq!(go(&mut player, at, Goal::Step(middle), Direction::Forward), Search::Arrived(middle));
            at = middle;
        }
    }
}

#[test]
fn the_hundred_thousandth_iteration_is_reached_and_left_again() {
    let mut player = player("total = 0\nfor i in range(200000):\n    total += i\n");
    let wanted = Goal::NthIteration(toy::trace::LoopId(0), 100_000);
    let Search::Arrived(at) = go(&mut player, 0, wanted, Direction::Forward) else { panic!("not found") };
    let step = player.step(at).unwrap();
    assert_eq!(step.position.innermost.unwrap().iteration, 100_000);
    let Search::Arrived(before) = go(&mut player, at, Goal::Iteration, Direction::Back) else { panic!("not found") };
    assert_eq!(player.step(before).unwrap().position.innermost.unwrap().iteration, 99_999);
}

#[test]
fn an_endless_loop_is_given_up_when_asked() {
    let mut player = player("n = 0\nwhile True:\n    n += 1\n");
    player.seek(0, Goal::Line(77), Direction::Forward);
    std::thread::sleep(Duration::from_millis(50));
    assert!(matches!(player.poll(), Search::Busy { .. }));
    player.cancel();
    assert!(matches!(wait(&mut player), Search::Nowhere(_)));
    assert_eq!(go(&mut player, 0, Goal::Step(5), Direction::Forward), Search::Arrived(5));
    assert_eq!(go(&mut player, 5, Goal::Step(100_000), Direction::Forward), Search::Arrived(100_000));
}

#[test]
fn a_long_built_in_function_is_given_up_when_asked() {
    let text = "try:\n    n = sum(range(10 ** 15))\nfinally:\n    print('cleaned up')\n";
    let mut player = player(text);
    player.seek(0, Goal::Line(4), Direction::Forward);
    std::thread::sleep(Duration::from_millis(50));
    player.cancel();
    assert!(matches!(wait(&mut player), Search::Nowhere(_)));
    assert_eq!(go(&mut player, 0, Goal::Step(2), Direction::Forward), Search::Arrived(2));
    assert_eq!(player.printed(2), "");
}

#[test]
fn a_script_that_fails_has_its_traceback_at_its_end() {
    let mut player = player("print('before')\nx = [1][3]\n");
    let Search::Arrived(at) = go(&mut player, 0, Goal::Step(u64::MAX), Direction::Forward) else { panic!() };
    let end = player.end().unwrap();
    assert_eq!(end.steps, at + 1);
    assert!(end.message.as_ref().unwrap().ends_with("IndexError: list index out of range\n"), "{end:?}");
    assert_eq!(player.printed(at), "before\n");
    assert!(matches!(go(&mut player, at, Goal::AnyLine, Direction::Forward), Search::Nowhere(_)));
}

#[test]
fn effects_happen_once_however_often_one_goes_back() {
    let path = std::env::temp_dir().join(format!("toy-player-{}.txt", std::process::id()));
    let text = format!(
        "import time\nstart = time.time()\nwith open({path:?}, 'a') as file:\n    for i in range(9000):\n        file.write('x')\nprint(start)\n"
    );
    let mut player = player(&text);
    let Search::Arrived(end) = go(&mut player, 0, Goal::Step(u64::MAX), Direction::Forward) else { panic!() };
    let printed = player.printed(end);
    assert_eq!(go(&mut player, end, Goal::Step(1), Direction::Back), Search::Arrived(1));
    assert_eq!(go(&mut player, 1, Goal::Step(u64::MAX), Direction::Forward), Search::Arrived(end));
    assert_eq!(player.printed(end), printed);
    drop(player);
    let written = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(written.len(), 9000);
}

/// Stands at the end of a script that goes another way from its second run on, which `odd` says.
fn at_the_end_of_another_run(odd: &str) -> (Player, Search) {
    // With FMA the difference is what rounding the product takes away; without, it is nothing.
    let text = format!(
        "import numpy as np\nimport time\na = np.full(8, 0.1)\nb = a * a\nodd = (a * a - b)[0] != 0.0\n{odd}x = 1\n"
    );
    let runs = AtomicUsize::new(0);
    let mut player = player_with(&text, move || {
        let fma = runs.fetch_add(1, Ordering::Relaxed) == 0;
        Engine::reference(Switches { fma, fuse: Fuse::Expression, ..Switches::default() })
    });
    let answer = go(&mut player, 0, Goal::Step(u64::MAX), Direction::Forward);
    (player, answer)
}

#[test]
fn a_run_that_ends_too_early_is_told() {
    let (_, answer) = at_the_end_of_another_run("if odd:\n    time.time()\n");
    expect![[r#"
        Nowhere(
            "The script does not do the same in each run, so there is no way back. The script ended where it asked for the time in an earlier run.",
        )
    "#]]
    .assert_debug_eq(&answer);
    let (_, answer) = at_the_end_of_another_run("if odd:\n    print('odd')\n");
    expect![[r#"
        Nowhere(
            "The script does not do the same in each run, so there is no way back. The script ended without printing all that it printed in an earlier run.",
        )
    "#]]
    .assert_debug_eq(&answer);
    let (mut player, answer) = at_the_end_of_another_run("time.time()\nprint('even')\n");
    let Search::Arrived(last) = answer else { panic!("{answer:?}") };
    assert_eq!(player.printed(last), "even\n");
    assert_eq!(go(&mut player, last, Goal::Step(0), Direction::Back), Search::Arrived(0));
}
