//! `toy repl` at a terminal: keys go into a pseudo-terminal, and what stands on its screen is compared.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use expect_test::{Expect, expect};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// Until a screen that does not come is a failure.
const PATIENCE: Duration = Duration::from_secs(30);
const PROMPT: &str = ">>> ";
const MORE: &str = "... ";
/// The editor gives the terminal back: it takes no more pasted text.
const TAKEN: &str = "\x1b[?2004l";
const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const UP: &str = "\x1b[A";

/// What the escape sequences of the line editor leave on an endless screen.
#[derive(Default)]
struct Screen {
    lines: Vec<Vec<char>>,
    row: usize,
    column: usize,
    /// An escape sequence that has not ended.
    escape: Option<String>,
}

impl Screen {
    fn put(&mut self, text: &str) {
        for c in text.chars() {
            match self.escape.take() {
                Some(begun) => self.escape(begun, c),
                None => self.character(c),
            }
        }
    }

    fn character(&mut self, c: char) {
        match c {
            '\x1b' => self.escape = Some(String::new()),
            '\r' => self.column = 0,
            '\n' => self.row += 1,
            '\x08' => self.column -= 1,
            _ => {
                let column = self.column;
                let line = self.line();
                line.resize(line.len().max(column + 1), ' ');
                line[column] = c;
                self.column += 1;
            }
        }
    }

    fn escape(&mut self, mut begun: String, c: char) {
        begun.push(c);
        if begun == "[" || !c.is_ascii_alphabetic() {
            self.escape = Some(begun);
            return;
        }
        let count = begun[1..begun.len() - 1].parse().unwrap_or(1);
        let (row, column) = (self.row, self.column);
        match c {
            'A' => self.row -= count,
            'B' => self.row += count,
            'C' => self.column += count,
            'D' => self.column -= count,
            'K' => self.line().truncate(column),
            'J' => {
                self.line().truncate(column);
                self.lines.truncate(row + 1);
            }
            // Modes and colours.
            'h' | 'l' | 'm' => {}
            _ => panic!("an unknown sequence: {begun}"),
        }
    }

    fn line(&mut self) -> &mut Vec<char> {
        self.lines.resize(self.lines.len().max(self.row + 1), Vec::new());
        &mut self.lines[self.row]
    }

    fn text(&self) -> String {
        let lines = self.lines.iter().map(|line| line.iter().collect::<String>().trim_end().to_owned() + "\n");
        lines.collect::<String>().trim_end().to_owned() + "\n"
    }
}

/// A session and the terminal that it is at.
struct Terminal {
    child: Child,
    keys: File,
    shown: Receiver<Vec<u8>>,
    bytes: Vec<u8>,
    /// What of the bytes was waited for.
    seen: usize,
}

impl Terminal {
    /// A session whose history is in a folder of this name.
    fn start(state: &str) -> Terminal {
        Terminal::start_with(state, &[("NO_COLOR", "1")])
    }

    fn start_with(state: &str, variables: &[(&str, &str)]) -> Terminal {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudo-terminal");
        grantpt(&master).expect("a right to it");
        unlockpt(&master).expect("it unlocked");
        let path = ptsname(&master, Vec::new()).expect("its name").into_string().expect("text");
        let no_controlling_terminal = rustix::fs::OFlags::NOCTTY.bits() as i32;
        let side = || {
            File::options().read(true).write(true).custom_flags(no_controlling_terminal).open(&path).expect("its side")
        };
        let child = Command::new(env!("CARGO_BIN_EXE_toy"))
            .arg("repl")
            .env("XDG_STATE_HOME", folder(state))
            .env("TERM", "xterm")
            .env_remove("NO_COLOR")
            .envs(variables.iter().copied())
            .stdin(side())
            .stdout(side())
            .stderr(side())
            .spawn()
            .expect("toy runs");
        let keys = File::from(master);
        let mut output = keys.try_clone().expect("a second handle");
        let (send, shown) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut buffer) {
                if send.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        let mut terminal = Terminal { child, keys, shown, bytes: Vec::new(), seen: 0 };
        terminal.wait_for(PROMPT);
        terminal
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the terminal takes keys");
    }

    /// Enters a line, and waits until something is shown behind it.
    fn enter(&mut self, line: &str, then: &str) {
        self.press(line);
        self.press("\r");
        self.wait_for(TAKEN);
        self.wait_for(then);
    }

    /// Waits until something is shown that was not waited for before.
    fn wait_for(&mut self, wanted: &str) {
        let start = Instant::now();
        loop {
            let text = String::from_utf8_lossy(&self.bytes[self.seen..]).into_owned();
            if let Some(at) = text.find(wanted) {
                self.seen += at + wanted.len();
                return;
            }
            match self.shown.recv_timeout(PATIENCE.saturating_sub(start.elapsed())) {
                Ok(bytes) => self.bytes.extend(bytes),
                Err(_) => panic!("never shown: {wanted:?}; but\n{text:?}"),
            }
        }
    }

    /// What the screen shows once the session has ended, and its exit status.
    fn end(mut self) -> (String, Option<i32>) {
        let status = self.child.wait().expect("the session ends");
        while let Ok(bytes) = self.shown.recv_timeout(Duration::from_millis(200)) {
            self.bytes.extend(bytes);
        }
        (String::from_utf8_lossy(&self.bytes).into_owned(), status.code())
    }

    /// Compares the screen; its first line names the machine.
    #[track_caller]
    fn check(self, status: i32, expected: Expect) {
        let (bytes, ended) = self.end();
        let mut screen = Screen::default();
        screen.put(&bytes);
        let text = screen.text();
        let (banner, rest) = text.split_once('\n').expect("a banner");
        assert!(banner.starts_with("toy "), "{banner}");
        expected.assert_eq(rest);
        assert_eq!(ended, Some(status));
    }
}

/// A folder of this test's own, empty at first.
fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("repl_terminal").join(name)
}

fn fresh(name: &str) -> &str {
    let _ = std::fs::remove_dir_all(folder(name));
    name
}

#[test]
fn lines_blocks_and_the_end() {
    let mut t = Terminal::start(fresh("lines"));
    t.enter("x = 20", PROMPT);
    t.enter("x + 1", PROMPT);
    t.enter("def f(n):", MORE);
    // The indentation is there already; behind a `return`, one level less.
    t.enter("if n:", MORE);
    t.enter("return n", MORE);
    t.enter("return 'nothing'", MORE);
    t.enter("", PROMPT);
    t.enter("f(x), f(0)", PROMPT);
    t.enter("print('no line end', end='')", PROMPT);
    t.enter("1 / 0", PROMPT);
    t.enter("input('? ')", "? ");
    t.press("an answer\r");
    t.wait_for(PROMPT);
    t.press(CTRL_D);
    t.check(
        0,
        expect![[r#"
        Type :help for what there is beside Python, Ctrl-D to leave.
        >>> x = 20
        >>> x + 1
        21
        >>> def f(n):
        ...     if n:
        ...         return n
        ...     return 'nothing'
        ...
        >>> f(x), f(0)
        (20, 'nothing')
        >>> print('no line end', end='')
        no line end
        >>> 1 / 0
        Traceback (most recent call last):
          File "<stdin>", line 1, in <module>
            1 / 0
            ~~^~~
        ZeroDivisionError: division by zero
        >>> input('? ')
        ? an answer
        'an answer'
        >>>
    "#]],
    );
}

#[test]
fn what_tab_completes() {
    let mut t = Terminal::start(fresh("tab"));
    t.press("import nu\t");
    t.enter(" as np", PROMPT);
    t.press("np.linsp\t");
    t.enter("(0, 1, 3)", PROMPT);
    t.enter("numbers = [3, 1]", PROMPT);
    t.press("numb\t");
    t.press(".rev\t");
    t.enter("()", PROMPT);
    t.enter("numbers", PROMPT);
    t.press("numbers.\t");
    t.wait_for("reverse");
    t.enter("copy()", PROMPT);
    t.press("whi\t");
    t.press(" Fal\t");
    t.enter(": pas\t", MORE);
    t.enter("", PROMPT);
    t.enter(":em\t to\t numb\t", PROMPT);
    t.press(CTRL_D);
    t.check(
        0,
        expect![[r#"
            Type :help for what there is beside Python, Ctrl-D to leave.
            >>> import numpy as np
            >>> np.linspace(0, 1, 3)
            array([0. , 0.5, 1. ])
            >>> numbers = [3, 1]
            >>> numbers.reverse()
            >>> numbers
            [1, 3]
            >>> numbers.
            append   copy     extend   insert   remove   sort
            clear    count    index    pop      reverse
            >>> numbers.copy()
            [1, 3]
            >>> while False: pass
            ...
            >>> :emit tokens numbers
            1:1     Name            "numbers"
            1:8     Newline         "\n"
            >>>
        "#]],
    );
}

#[test]
fn control_c_takes_a_line_back() {
    let mut t = Terminal::start(fresh("control_c"));
    t.press("half a li");
    t.press(CTRL_C);
    t.wait_for(TAKEN);
    t.wait_for(PROMPT);
    t.enter("for i in range(3):", MORE);
    t.press("print(");
    t.press(CTRL_C);
    t.wait_for(TAKEN);
    t.wait_for(PROMPT);
    t.enter("1 + 1", PROMPT);
    t.press("exit(3)\r");
    t.check(
        3,
        expect![[r#"
        Type :help for what there is beside Python, Ctrl-D to leave.
        >>> half a li
        KeyboardInterrupt
        >>> for i in range(3):
        ...     print(
        KeyboardInterrupt
        >>> 1 + 1
        2
        >>> exit(3)
    "#]],
    );
}

#[test]
fn an_interrupt_ends_the_input_and_not_the_session() {
    let mut t = Terminal::start(fresh("interrupt"));
    t.enter("x = 1", PROMPT);
    t.enter("while True: x += 1", MORE);
    t.press("\r");
    t.wait_for(TAKEN);
    // It runs when the terminal is no longer the editor's.
    std::thread::sleep(Duration::from_millis(500));
    kill_process(Pid::from_child(&t.child), Signal::INT).expect("a signal");
    t.wait_for("KeyboardInterrupt");
    t.wait_for(PROMPT);
    t.enter("x > 1", PROMPT);
    t.press(CTRL_D);
    t.check(
        0,
        expect![[r#"
        Type :help for what there is beside Python, Ctrl-D to leave.
        >>> x = 1
        >>> while True: x += 1
        ...
        Traceback (most recent call last):
          File "<stdin>", line 1, in <module>
            while True: x += 1
                  ^^^^
        KeyboardInterrupt
        >>> x > 1
        True
        >>>
    "#]],
    );
}

#[test]
fn history_lasts() {
    let state = fresh("history");
    let mut t = Terminal::start(state);
    t.enter("first = 1", PROMPT);
    t.enter("for i in range(2):", MORE);
    t.enter("print(i)", MORE);
    t.enter("", PROMPT);
    // Whatever way a session ends.
    kill_process(Pid::from_child(&t.child), Signal::KILL).expect("a signal");
    assert_eq!(t.end().1, None);

    let mut t = Terminal::start(state);
    t.press(UP);
    t.wait_for("print(i)");
    // A block that is taken from the history still ends with an empty line.
    t.enter("", MORE);
    t.enter("", PROMPT);
    // Within a block, up is a line up.
    t.press(UP);
    t.press(UP);
    t.press(UP);
    t.wait_for("first");
    t.enter("", PROMPT);
    t.enter("first", PROMPT);
    t.press(CTRL_D);
    t.check(
        0,
        expect![[r#"
        Type :help for what there is beside Python, Ctrl-D to leave.
        >>> for i in range(2):
            print(i)
        ...
        0
        1
        >>> first = 1
        >>> first
        1
        >>>
    "#]],
    );
}

#[test]
fn what_is_typed_ahead_or_pasted() {
    let mut t = Terminal::start(fresh("ahead"));
    t.press("x = 5\rx\rx + 1\r");
    for _ in 0..3 {
        t.wait_for(TAKEN);
        t.wait_for(PROMPT);
    }
    t.press("\x1b[200~def g():\n    a = 1\n\n    return a\n\x1b[201~");
    t.enter("", PROMPT);
    t.enter("g()", PROMPT);
    t.press(CTRL_D);
    t.check(
        0,
        expect![[r#"
        Type :help for what there is beside Python, Ctrl-D to leave.
        >>> x = 5
        >>> x
        5
        >>> x + 1
        6
        >>> def g():
            a = 1

            return a

        >>> g()
        1
        >>>
    "#]],
    );
}

#[test]
fn bytes_that_are_no_text() {
    let mut t = Terminal::start(fresh("bytes"));
    t.press("x = 1");
    t.keys.write_all(b"\xff").expect("the terminal takes bytes");
    t.wait_for(TAKEN);
    t.wait_for(PROMPT);
    t.enter("'still ' 'here'", PROMPT);
    t.press(CTRL_D);
    t.check(
        0,
        expect![[r#"
        Type :help for what there is beside Python, Ctrl-D to leave.
        >>> x = 1
        error: what was typed is not UTF-8
        >>> 'still ' 'here'
        'still here'
        >>>
    "#]],
    );
}

#[test]
fn the_end_in_a_block_runs_it() {
    let mut t = Terminal::start(fresh("end"));
    t.enter("if True:", MORE);
    t.enter("'inside'", MORE);
    t.press("\x7f\x7f\x7f\x7f");
    t.press(CTRL_D);
    t.wait_for(TAKEN);
    t.wait_for(PROMPT);
    t.press(CTRL_D);
    t.check(
        0,
        expect![[r#"
        Type :help for what there is beside Python, Ctrl-D to leave.
        >>> if True:
        ...     'inside'
        ...
        'inside'
        >>>
    "#]],
    );
}

#[test]
fn colours() {
    let entered = |variables: &[(&str, &str)]| {
        let mut t = Terminal::start_with(fresh("colours"), variables);
        t.enter("for x in [1, 'text']: pass", MORE);
        t.enter("", PROMPT);
        t.press(CTRL_D);
        t.end().0
    };
    let coloured = entered(&[]);
    for part in ["\x1b[1;35m>>> \x1b[0m", "\x1b[1;34mfor\x1b[0m", "\x1b[36m1\x1b[0m", "\x1b[32m'text'\x1b[0m"] {
        assert!(coloured.contains(part), "{part:?} is not in {coloured:?}");
    }
    let plain = entered(&[("NO_COLOR", "1")]);
    assert!(!plain.contains("\x1b[1") && !plain.contains("\x1b[3"), "{plain:?}");
}
