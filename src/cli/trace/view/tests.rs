//! Frames as text. Addresses differ from run to run: each becomes its number in the order in which they appear.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use expect_test::{expect, expect_file};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::app::App;
use super::keys::BINDINGS;
use crate::bytecode::compile;
use crate::bytecode::overhead::Overhead;
use crate::interp::machine::MAX_DEPTH;
use crate::jit::{Engine, Switches};
use crate::source::Source;
use crate::syntax::parse;
use crate::trace::cost::{Cost, Interval, Part};
use crate::trace::{Listing, Player, Script};

struct Screen {
    app: App<Player>,
    terminal: Terminal<TestBackend>,
}

/// A script in a terminal of 120 × 36.
fn screen(text: &str) -> Screen {
    screen_of(text, 120, 36)
}

fn screen_of(text: &str, width: u16, height: u16) -> Screen {
    let source = Source::new("example.toy", text);
    let program = compile(&parse(&source).unwrap(), &source).unwrap();
    let script = Script {
        name: "example.toy".into(),
        text: text.into(),
        arguments: vec!["example.toy".into()],
        input: None,
        reads_input: false,
        max_depth: MAX_DEPTH,
        // Machine code differs from CPU to CPU.
        engine: Box::new(|| Engine::reference(Switches::default())),
    };
    let player = Player::start(script, Arc::new(Listing::new(&program, &source))).unwrap();
    let terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut screen = Screen { app: App::new(player, true), terminal };
    screen.wait();
    screen
}

impl Screen {
    fn wait(&mut self) {
        let start = Instant::now();
        self.app.poll();
        while self.app.is_busy() {
            assert!(start.elapsed() < Duration::from_secs(60), "the script does not come back");
            std::thread::sleep(Duration::from_millis(1));
            self.app.poll();
        }
    }

    fn press(&mut self, code: KeyCode) -> &mut Screen {
        self.app.key(KeyEvent::new(code, KeyModifiers::NONE));
        self.wait();
        self
    }

    /// Types each character; `⏎` is the return key.
    fn keys(&mut self, keys: &str) -> &mut Screen {
        for c in keys.chars() {
            self.press(if c == '⏎' { KeyCode::Enter } else { KeyCode::Char(c) });
        }
        self
    }

    fn frame(&mut self) -> String {
        self.terminal.draw(|frame| self.app.draw(frame)).unwrap();
        let buffer = self.terminal.backend().buffer();
        let width = buffer.area.width as usize;
        let symbols: Vec<&str> = buffer.content.iter().map(|cell| cell.symbol()).collect();
        let lines = symbols.chunks(width).map(|line| line.concat().trim_end().to_owned());
        numbered(&lines.collect::<Vec<_>>().join("\n"))
    }

    fn message(&self) -> &str {
        self.app.message.as_deref().unwrap_or("")
    }
}

/// What was measured stands under the counts, of memory accesses once.
#[test]
fn times_of_an_iteration() {
    let interval = |median: f64| Interval { median, low: median, high: median };
    let part = |(at, overhead): (usize, Overhead)| Part {
        overhead,
        count: 1.0,
        left_out: 0.0,
        time: (at != 8).then(|| interval(at as f64 + 0.25)),
    };
    let cost = Cost {
        replicates: 6,
        rounds: 9,
        iterations: 3,
        total: interval(28.0),
        parts: Overhead::ALL.into_iter().enumerate().map(part).collect(),
        remainder: interval(-2.0),
        clock: 0.0,
        others: None,
        counted: Err("nobody asked".into()),
    };
    for (width, wanted) in [
        (
            120,
            expect![[r#"
        loop of line 4            1      ·      1      1      1      1      ·      2      ·      1      1      ·      9   0.0 %
        ns, and the rest       0.25   1.25   2.25   3.25   4.25                        5.25   6.25   7.25      ·   28.0   -2.00
    "#]],
        ),
        (
            80,
            expect![[r#"
        loop of line 4      1    ·    1    1    4    ·    1    1    ·      9   0.0 %
        ns, and the rest 0.25 1.25 2.25 3.25 4.25 5.25 6.25 7.25    ·   28.0   -2.00
    "#]],
        ),
    ] {
        let mut screen = screen_of(LOOP, width, 36);
        screen.app.costs = vec![Some(Ok(cost.clone()))];
        let frame = screen.keys("]").frame();
        let lines: Vec<&str> = frame.lines().rev().skip(1).take(2).collect();
        wanted.assert_eq(&format!("{}\n{}\n", lines[1], lines[0]));
    }
}

/// The text with every address of 12 digits replaced by its number.
fn numbered(text: &str) -> String {
    const DIGITS: usize = 12;
    let mut known = HashMap::new();
    let mut parts = text.split("0x");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(part.len());
        let (address, rest) = part.split_at(digits);
        // An address that a pane has cut off stays away whole.
        let next = known.len() + 1;
        let number = if digits == DIGITS { *known.entry(address.to_owned()).or_insert(next) } else { 0 };
        out += &format!("0x{number:0digits$}{rest}");
    }
    out
}

const LOOP: &str = "\
def gradient(y_pred, y, x):
    m = len(x)
    dj_dw = 0.0
    for i in range(m):
        dj_dw += (y_pred[i] - y[i]) * x[i]
    return dj_dw / m

print(gradient([0.5, 1.5], [0.25, 2.0], [1.0, 3.0]))
";

#[test]
fn the_first_step() {
    expect_file!["../../../../tests/data/view/first.txt"].assert_eq(&screen(LOOP).frame());
}

#[test]
fn an_element_is_a_pointer() {
    let frame = screen(LOOP).keys("]l").frame();
    expect_file!["../../../../tests/data/view/element.txt"].assert_eq(&frame);
}

#[test]
fn a_product_is_a_new_box_and_the_difference_is_freed() {
    let frame = screen(LOOP).keys("]lllll").frame();
    expect_file!["../../../../tests/data/view/product.txt"].assert_eq(&frame);
}

#[test]
fn one_step_back_shows_what_was_there() {
    let mut there = screen(LOOP);
    let before = there.keys("]llll").frame();
    there.keys("l");
    assert_ne!(there.frame(), before);
    assert_eq!(there.keys("h").frame(), before);
}

#[test]
fn iterations_are_counted_up_to_the_n_th() {
    let long = LOOP.replace("[0.5, 1.5], [0.25, 2.0], [1.0, 3.0]", "[1.5] * 500, [2.5] * 500, [0.5] * 500");
    let mut there = screen(&long);
    let frame = there.keys("n300⏎").frame();
    expect_file!["../../../../tests/data/view/iteration_300.txt"].assert_eq(&frame);
    there.keys("[");
    assert_eq!(there.app.step().unwrap().position.innermost.unwrap().iteration, 299);
    there.keys("n2⏎");
    assert_eq!(there.app.step().unwrap().position.innermost.unwrap().iteration, 2);
}

#[test]
fn an_array_expression_shows_its_kernel() {
    let text = "import numpy as np\na = np.ones(1000)\nb = np.arange(1000.0)\nprint(np.mean((a - b) * b))\n";
    let mut there = screen(text);
    there.keys("/mean⏎");
    while there.app.step().unwrap().kernels.is_empty() {
        there.keys("l");
    }
    expect_file!["../../../../tests/data/view/kernel.txt"].assert_eq(&there.frame());
}

#[test]
fn a_script_that_fails_says_so_at_its_end() {
    let frame = screen("print('so far')\nx = [1, 2]\nx[2]\n").press(KeyCode::End).frame();
    expect_file!["../../../../tests/data/view/failed.txt"].assert_eq(&frame);
}

#[test]
fn small_terminals() {
    let frame = screen_of(LOOP, 80, 24).keys("]l").frame();
    expect_file!["../../../../tests/data/view/narrow.txt"].assert_eq(&frame);
    let frame = screen_of(LOOP, 59, 24).frame();
    assert!(frame.starts_with("59 × 24 is too small: 60 × 16 at least."), "{frame}");
    for (width, height) in [(1, 1), (2, 1), (1, 40), (60, 16), (200, 16), (60, 90), (300, 90)] {
        let mut there = screen_of(LOOP, width, height);
        there.frame();
        there.keys("]l?o").frame();
        there.press(KeyCode::End).frame();
    }
}

#[test]
fn help_and_output() {
    let mut there = screen("print('one')\nprint('two')\n");
    let frame = there.keys("?").frame();
    expect_file!["../../../../tests/data/view/help.txt"].assert_eq(&frame);
    let frame = there.keys("?").press(KeyCode::End).keys("o").frame();
    assert!(frame.contains("printed so far") && frame.contains("│one") && frame.contains("│two"), "{frame}");
    assert!(!there.press(KeyCode::Esc).frame().contains("printed so far"));
}

#[test]
fn every_key_is_bound_once_and_does_something() {
    let mut seen = std::collections::HashSet::new();
    for code in BINDINGS.iter().flat_map(|binding| binding.keys) {
        assert!(seen.insert(*code), "{code:?} is bound twice");
        let mut there = screen(LOOP);
        there.keys("]]ll").press(*code).frame();
    }
}

#[test]
fn wrong_answers_are_told_apart() {
    let mut there = screen(LOOP);
    assert_eq!(there.keys("gx⏎").message(), "'x' is not a number");
    assert_eq!(there.keys("g99⏎").message(), "there is no line 99: the script has 8");
    assert_eq!(there.keys("n0⏎").message(), "iterations are counted from 1");
    assert_eq!(there.keys(":-1⏎").message(), "'-1' is not a number");
    assert_eq!(there.keys("/⏎").message(), "there is nothing to search for");
    assert_eq!(there.keys("h").message(), "This is the first step.");
    let nowhere = "The script ends after 42 steps without that.";
    assert_eq!(there.keys("/no such thing⏎").message(), nowhere);
    assert_eq!(there.keys("n77⏎").message(), nowhere);
    assert_eq!(there.keys("g7⏎").message(), nowhere);
    assert_eq!(there.keys("~").message(), "? shows what the keys do");
    assert_eq!(there.app.at, 0);
    assert_eq!(screen("x = 1\n").keys("n").message(), "The script has no loop.");
}

#[test]
fn texts_are_found_forward_and_back() {
    let mut there = screen(LOOP);
    there.keys("/mul⏎");
    let first = there.app.at;
    assert_eq!(there.keys(">").app.step().unwrap().position.innermost.unwrap().iteration, 2);
    assert_eq!(there.keys("<").app.at, first);
    assert_eq!(there.keys(":3⏎").app.at, 3);
    assert_eq!(there.keys(":999⏎").app.at, 41);
    assert_eq!(there.keys("l").message(), "The script ends here.");
}

#[test]
fn keys_wait_for_the_run() {
    let mut there = screen(LOOP);
    for c in "]]llg20".chars() {
        there.app.key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
    }
    let start = Instant::now();
    while there.app.prompt.is_none() {
        assert!(start.elapsed() < Duration::from_secs(60), "the keys are lost");
        there.wait();
        there.app.catch_up();
    }
    assert_eq!(there.app.prompt.as_ref().unwrap().text, "20");
    assert_eq!(there.app.step().unwrap().position.innermost.unwrap().iteration, 2);
}
