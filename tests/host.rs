//! A test is the host of a script: what it prints, reads and asks the clock goes through the trait.

use toy::bytecode;
use toy::interp::host::Captured;
use toy::interp::probe::Silent;
use toy::interp::{Machine, Runtime};
use toy::jit::{Engine, Switches};
use toy::source::Source;
use toy::stream::Memory;
use toy::syntax;

/// Runs a script on standard input of this text; gives its standard output and error.
fn run(script: &str, input: &str) -> (String, String) {
    let source = Source::new("test.toy", script);
    let ast = syntax::parse(&source).expect("it parses");
    let program = bytecode::compile(&ast, &source).expect("it compiles");
    let mut host = Captured::default();
    host.input = Memory::new(input);
    let (out, err) = (host.out.clone(), host.err.clone());
    let mut machine = Machine::new(Runtime::new(Box::new(host), Engine::reference(Switches::default())));
    machine.run(&program, Silent).expect("it runs");
    machine.runtime.close_files().expect("memory takes everything");
    (out.text(), err.text())
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
