//! A test is the host of a script: what it prints, reads and asks the clock goes through the trait.

use std::cell::RefCell;
use std::fs;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::rc::Rc;

use toy::bytecode;
use toy::diagnostic::ErrorKind;
use toy::exception;
use toy::interp::host::{Captured, Host, Log, Process, Standard};
use toy::interp::probe::Silent;
use toy::interp::{Machine, Runtime};
use toy::jit::{Engine, Switches};
use toy::source::Source;
use toy::stream::{Channel, Memory};
use toy::syntax;

/// Runs a script on standard input of this text; gives its standard output and error.
fn run(script: &str, input: &str) -> (String, String) {
    let mut host = Captured::default();
    host.input = Memory::new(input);
    let (out, err) = (host.out.clone(), host.err.clone());
    let (mut machine, result) = start(script, Box::new(host));
    result.expect("it runs");
    machine.runtime.close_files().expect("memory takes everything");
    (out.text(), err.text())
}

/// Runs a script; its files are still open.
fn start(script: &str, host: Box<dyn Host>) -> (Machine, exception::Result<()>) {
    let source = Source::new("test.toy", script);
    let ast = syntax::parse(&source).expect("it parses");
    let program = bytecode::compile(&ast, &source).expect("it compiles");
    let mut machine = Machine::new(Runtime::new(host, Engine::reference(Switches::default())));
    let result = machine.run(&program, Silent);
    (machine, result)
}

#[test]
fn streams_are_the_hosts() {
    let script = "import sys
name = input('name? ')
print('hello', name, sep=', ')
print(len(sys.stdin.readlines()), 'more', file=sys.stderr)
sys.stdout.write('end')
";
    assert_eq!(run(script, "you\na\nb"), ("name? hello, you\nend".into(), "2 more\n".into()));
}

#[test]
fn clocks_are_the_hosts() {
    let script = "import time
start = time.perf_counter()
time.sleep(3600)
print(time.perf_counter() - start, time.time_ns())
";
    assert_eq!(run(script, "").0, "3601.0 3603000000000\n");
}

/// A fresh folder for the files of one test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("host").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// A run of a script whose log others share; gives the machine, how it ended, and what it printed.
fn run_again(log: &Log, script: &str) -> (Machine, exception::Result<()>, String) {
    let printed = Rc::new(RefCell::new(String::new()));
    let shared = printed.clone();
    let host = log.begin_run(Box::new(move |which, bytes| {
        let mark = if which == Standard::Err { "!" } else { "" };
        *shared.borrow_mut() += &format!("{mark}{}", String::from_utf8_lossy(bytes));
    }));
    let (mut machine, result) = start(script, Box::new(host));
    if result.is_ok() {
        machine.runtime.close_files().expect("no file is full");
    }
    let printed = printed.borrow().clone();
    (machine, result, printed)
}

const ALL_KINDS_OF_CALLS: &str = "import sys, time
import numpy as np
began, ticked = time.time(), time.perf_counter()
name = input('name? ')
with open('{folder}/made.txt', 'w') as f:
    for i in range(3000):
        f.write(f'{i} {i * i}\\n')
    print(f.tell(), f.seek(5), f.truncate(), f.seek(0, 2), f.fileno() > 2, f.isatty())
with open('{folder}/made.txt', 'a+') as f:
    f.write(' 1\\n6 7\\n')
    f.seek(0)
    print(f.readlines())
log = open('{folder}/log.txt', 'a')
print(name, file=log, flush=True)
print(open('{folder}/log.txt').read())
print(np.loadtxt('{folder}/made.txt').sum())
try:
    open('{folder}/nowhere/x')
except OSError as error:
    print(type(error).__name__, error)
try:
    open('{folder}/made.txt', 'x')
except FileExistsError as error:
    print(error.errno, error.filename)
try:
    sys.stdout.seek(0)
except OSError as error:
    print(error)
print(sys.stdin.readline(), [line for line in sys.stdin], sys.stdin.isatty(), sys.stdout.isatty())
try:
    input()
except EOFError as error:
    print(error)
time.sleep(0.01)
print(sys.argv, sys.stdout.fileno(), began, time.perf_counter() - ticked, time.process_time_ns() > 0)
print('note', file=sys.stderr)
log.write('last\\n')
";

#[test]
fn a_script_that_runs_twice_sees_the_same_world() {
    let hosts: [(&str, Box<dyn Host>); 2] =
        [("captured", Box::<Captured>::default()), ("process", Box::new(Process::new(vec!["script".into()])))];
    for (name, host) in hosts {
        let folder = folder(name);
        let script = ALL_KINDS_OF_CALLS.replace("{folder}", folder.to_str().expect("a path in UTF-8"));
        let log = Log::new(host, Box::new(Memory::new("me\na\nb\nc")));
        let (_, result, first) = run_again(&log, &script);
        result.expect("it runs");
        assert!(first.starts_with("name? ") && first.contains("!note\n"), "{first}");
        let written = |file: &str| fs::read_to_string(folder.join(file)).expect("the script wrote it");
        assert_eq!((written("made.txt").as_str(), written("log.txt").as_str()), ("0 0\n1 1\n6 7\n", "me\nlast\n"));

        // Nothing of this reaches the second run.
        fs::write(folder.join("made.txt"), "8 8\n").expect("a file");
        fs::write(folder.join("log.txt"), "").expect("a file");
        let (_, result, second) = run_again(&log, &script);
        result.expect("it runs");
        assert_eq!(second, first);
        assert_eq!((log.diverged(), log.is_behind(), log.is_complete()), (None, false, true));
        assert_eq!((written("made.txt").as_str(), written("log.txt").as_str()), ("8 8\n", ""));
    }
}

/// Standard input of a user who presses Ctrl-C before the second line.
struct Impatient {
    lines: Vec<&'static [u8]>,
    interrupted: bool,
}

impl Read for Impatient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.lines.len() == 1 && !std::mem::replace(&mut self.interrupted, true) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let line = self.lines.pop().unwrap_or_default();
        buffer[..line.len()].copy_from_slice(line);
        Ok(line.len())
    }
}

impl Write for Impatient {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Impatient {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl Channel for Impatient {}

#[test]
fn a_script_that_was_interrupted_goes_on_in_its_next_run() {
    let folder = folder("interrupted");
    let path = folder.join("names.txt");
    let script = "with open('{path}', 'w') as f:
    f.write(input() + '\\n')
    f.flush()
    f.write('unflushed\\n')
    try:
        f.write(input())
    finally:
        f.write('!')
        print('done')
";
    let script = script.replace("{path}", path.to_str().expect("a path in UTF-8"));
    let lines = vec![&b"two\n"[..], b"one\n"];
    let log = Log::new(Box::<Captured>::default(), Box::new(Impatient { lines, interrupted: false }));
    let (machine, result, _) = run_again(&log, &script);
    assert_eq!(result.expect_err("it was interrupted").kind(), ErrorKind::KeyboardInterrupt);
    drop(machine);
    assert_eq!(fs::read_to_string(&path).expect("a file"), "one\n");
    for _ in 0..2 {
        let (_, result, printed) = run_again(&log, &script);
        result.expect("it runs");
        assert_eq!((printed.as_str(), log.diverged()), ("done\n", None));
        assert_eq!(fs::read_to_string(&path).expect("a file"), "one\nunflushed\ntwo!");
    }
}

#[test]
fn a_machine_that_is_dropped_leaves_its_files_to_the_next_run() {
    let folder = folder("dropped");
    let path = folder.join("out.txt");
    let script = "f = open('{path}', 'w')\nf.write('flushed, ')\nf.flush()\nf.write('pending')\n";
    let script = script.replace("{path}", path.to_str().expect("a path in UTF-8"));
    let log = Log::new(Box::<Captured>::default(), Box::new(Memory::default()));
    let (machine, result) = start(&script, Box::new(log.begin_run(Box::new(|_, _| ()))));
    result.expect("it runs");
    drop(machine);
    assert_eq!(fs::read_to_string(&path).expect("a file"), "flushed, ");
    let (_, result, _) = run_again(&log, &script);
    result.expect("it runs");
    assert_eq!((fs::read_to_string(&path).expect("a file").as_str(), log.diverged()), ("flushed, pending", None));
}
