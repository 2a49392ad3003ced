//! What the command line says of itself: help, mistakes, completions, manual pages.

use std::process::Command;

use expect_test::{Expect, expect};

/// What `toy` with these arguments says, standard output first, and its exit status; without blanks at line ends.
fn toy(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_toy")).args(arguments).output().expect("toy runs");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let status = output.status.code().expect("an exit status");
    let said = format!("{stdout}{stderr}exit status {status}");
    said.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[track_caller]
fn check(arguments: &[&str], expected: Expect) {
    expected.assert_eq(&toy(arguments));
}

#[cfg(feature = "trace")]
#[test]
fn help_for_newcomers() {
    check(
        &["--help"],
        expect![[r#"
            A tiny Python-like language that shows why vectorization is faster than for loops.

            A script is Python with NumPy, and prints what it prints under python3. Its loops run in
            an interpreter over boxed values, as CPython's do; its array expressions run as fused
            machine code on all cores. Every stage between the text and the machine can be looked at,
            and every mechanism taken away and measured.

            Usage: toy [OPTIONS] <COMMAND>

            Commands:
              run          Run a script
              repl         Enter Python line by line, and see what each line gives
              compare      Measure each function NAME_loop of a script against NAME_vectorized, on what NAME_inputs(n) returns
              ladder       Run the hot loop of a script on every rung from the interpreter to the machine's limit, and measure each
              roofline     Place every kernel and loop of a script below this machine's bandwidths and FMA peak, and say what bounds each
              trace        Watch a script's instructions one by one, with everything that they pay for, and count it
              claims       Measure every claim of the text about vectorization on this machine, beside Python and NumPy
              dis          Print what a script becomes: its bytecode, or another stage
              explain      Say what a code of 'toy run --report' means, and what to do about it
              cpu          Print what this machine has and reaches: instructions, caches, bandwidths, peaks, latencies
              completions  Print what a shell needs to complete toy's commands and options with Tab
              man          Print the manual page of toy, or of one command, for man
              help         Print this message or the help of the given subcommand(s)

            Options:
                  --color <WHEN>
                      Colour in diagnostics; NO_COLOR turns it off as well

                      [default: auto]
                      [possible values: auto, always, never]

              -h, --help
                      Print help (see a summary with '-h')

              -V, --version
                      Print version

            Examples:
              toy run script.toy                   run a script; python3 would print the same
              toy run -c 'print(2 ** 100)'         run a line
              toy repl                             enter lines, and see what each gives
              toy compare programs/gradient.toy    measure a loop against an array expression
              toy ladder programs/ladder/gradient.toy
                                                   a loop, rung by rung, from the interpreter to the limit
              toy roofline programs/gradient.toy   what bounds each kernel and loop: memory, arithmetic, or neither
              toy trace programs/iteration/0_all_eight.toy
                                                   step through a loop: all that an iteration pays for
              toy dis programs/gradient.toy --emit asm
                                                   the machine code of its array expressions
              toy claims                           is it true? every claim about vectorization, measured here
              toy cpu                              what this machine can reach

            'toy help COMMAND' says more of each.
            exit status 0
        "#]],
    );
}

#[cfg(feature = "trace")]
#[test]
fn help_in_short() {
    check(
        &["-h"],
        expect![[r#"
            A tiny Python-like language that shows why vectorization is faster than for loops

            Usage: toy [OPTIONS] <COMMAND>

            Commands:
              run          Run a script
              repl         Enter Python line by line, and see what each line gives
              compare      Measure each function NAME_loop of a script against NAME_vectorized, on what NAME_inputs(n) returns
              ladder       Run the hot loop of a script on every rung from the interpreter to the machine's limit, and measure each
              roofline     Place every kernel and loop of a script below this machine's bandwidths and FMA peak, and say what bounds each
              trace        Watch a script's instructions one by one, with everything that they pay for, and count it
              claims       Measure every claim of the text about vectorization on this machine, beside Python and NumPy
              dis          Print what a script becomes: its bytecode, or another stage
              explain      Say what a code of 'toy run --report' means, and what to do about it
              cpu          Print what this machine has and reaches: instructions, caches, bandwidths, peaks, latencies
              completions  Print what a shell needs to complete toy's commands and options with Tab
              man          Print the manual page of toy, or of one command, for man
              help         Print this message or the help of the given subcommand(s)

            Options:
                  --color <WHEN>  Colour in diagnostics; NO_COLOR turns it off as well [default: auto] [possible values: auto, always, never]
              -h, --help          Print help (see more with '--help')
              -V, --version       Print version

            Examples:
              toy run script.toy                   run a script; python3 would print the same
              toy run -c 'print(2 ** 100)'         run a line
              toy repl                             enter lines, and see what each gives
              toy compare programs/gradient.toy    measure a loop against an array expression
              toy ladder programs/ladder/gradient.toy
                                                   a loop, rung by rung, from the interpreter to the limit
              toy roofline programs/gradient.toy   what bounds each kernel and loop: memory, arithmetic, or neither
              toy trace programs/iteration/0_all_eight.toy
                                                   step through a loop: all that an iteration pays for
              toy dis programs/gradient.toy --emit asm
                                                   the machine code of its array expressions
              toy claims                           is it true? every claim about vectorization, measured here
              toy cpu                              what this machine can reach

            'toy help COMMAND' says more of each.
            exit status 0
        "#]],
    );
}

#[test]
fn without_arguments_there_is_help() {
    let said = toy(&[]);
    assert!(said.contains("Examples:\n  toy run script.toy") && said.ends_with("exit status 2\n"), "{said}");
}

#[test]
fn help_of_commands() {
    check(
        &["help", "run"],
        expect![[r#"
            Run a script

            Usage: toy run [OPTIONS] <FILE | -c CODE> [ARGS]...

            Arguments:
              [FILE]     The script; '-' is standard input
              [ARGS]...  What the script finds in sys.argv

            Options:
              -c <CODE> [ARGS]...
                      Run this text instead of a file; all that follows it is for the script
                  --color <WHEN>
                      Colour in diagnostics; NO_COLOR turns it off as well [default: auto] [possible values: auto, always, never]
                  --max-depth <N>
                      How many calls may wait for one another, 1 to 1000000 [default: 1000]
                  --loops <interpret|calls|typed|vector>
                      How hot loops run: bytecode by bytecode, or as machine code that calls the bytecodes' handlers [default: interpret]
                  --dial <SETTINGS>
                      What typed loops leave out, as types=each|items|once,boxes=kept|registers,bounds=each|once,lists=boxes|contiguous,unroll=off|on [default: types=items,boxes=registers,bounds=once,lists=boxes,unroll=on; lists=contiguous around other loops where copying pays]
                  --hot <N>
                      How many jumps back a loop makes before it is compiled [default: 1000]
                  --vector-from <N>
                      From how many iterations on --loops vector makes an array expression [default: where it pays]
                  --report
                      Say at the end on standard error what became of each loop, and why it was left
                  --emit <STAGE>
                      Print these stages on standard error [possible values: tokens, ast, bytecode, ir, loop-ir, clif, asm]
              -h, --help
                      Print help

            Mechanisms of array expressions:
                  --simd <scalar|sse|avx|avx512|auto>
                      one element, or registers of 128, 256 or 512 bits; auto: 256 where there are, 512 where toy cpu has measured more with them
                  --unroll <1|2|4|8>
                      copies of the loop body, and chains of a reduction
                  --schedule <interleaved|sequential>
                      order of the unrolled copies: instruction by instruction, or copy by copy
                  --regalloc <backtracking|single-pass>
                      how registers are allocated: with care, or in one pass that spills
                  --prefetch <on|off>
                      ask for each cache line some passes before it is read
                  --stream <on|off|auto>
                      results go past the caches to memory; auto: those that no cache could hold
                  --fma <on|off>
                      a*b + c rounded once
                  --fuse <off|expression|on>
                      a kernel for each operation, for each expression, or for as many statements as nobody can tell
                  --threads <N>
                      threads that a large kernel is spread over
                  --strict
                      Elementwise results are NumPy's bit for bit; the same as --fma off
                  --engine <ENGINE>
                      Machine code, or the slow evaluator that defines its meaning [default: jit] [possible values: jit, reference]

            Examples:
              toy run script.toy one two           sys.argv is ['script.toy', 'one', 'two']
              toy run -c 'print(2 ** 100)'         a line
              echo 'print(1 + 1)' | toy run -      a script from standard input
              toy run --threads 1 --simd scalar script.toy
                                                   array expressions on one core, element by element
            exit status 0
        "#]],
    );
    check(
        &["help", "repl"],
        expect![[r#"
            Enter Python line by line, and see what each line gives.

            A session is CPython's: '_' is the last value, an empty line ends a block, Ctrl-C
            interrupts, Ctrl-D ends. Tab completes names and attributes; the arrow keys go through
            what was entered before, which is kept from one session to the next.

            Lines that begin with a colon show what code becomes, and what it pays for: ':help'
            lists them.

            Standard input that is no terminal is entered line by line too, without prompts. A script
            is for 'toy run -'.

            Usage: toy repl [OPTIONS]

            Options:
                  --color <WHEN>
                      Colour in diagnostics; NO_COLOR turns it off as well

                      [default: auto]
                      [possible values: auto, always, never]

              -h, --help
                      Print help (see a summary with '-h')

            Mechanisms of array expressions:
                  --simd <scalar|sse|avx|avx512|auto>
                      one element, or registers of 128, 256 or 512 bits; auto: 256 where there are, 512 where toy cpu has measured more with them

                  --unroll <1|2|4|8>
                      copies of the loop body, and chains of a reduction

                  --schedule <interleaved|sequential>
                      order of the unrolled copies: instruction by instruction, or copy by copy

                  --regalloc <backtracking|single-pass>
                      how registers are allocated: with care, or in one pass that spills

                  --prefetch <on|off>
                      ask for each cache line some passes before it is read

                  --stream <on|off|auto>
                      results go past the caches to memory; auto: those that no cache could hold

                  --fma <on|off>
                      a*b + c rounded once

                  --fuse <off|expression|on>
                      a kernel for each operation, for each expression, or for as many statements as nobody can tell

                  --threads <N>
                      threads that a large kernel is spread over

                  --strict
                      Elementwise results are NumPy's bit for bit; the same as --fma off

                  --engine <ENGINE>
                      Machine code, or the slow evaluator that defines its meaning

                      [default: jit]
                      [possible values: jit, reference]

            Examples:
              toy repl
              >>> import numpy as np
              >>> a = np.arange(1000.0)
              >>> :dis a[0] + 1                  its bytecode, and what each instruction pays
              >>> :trace a[0] + 1                every step of running it
              >>> :emit ir,asm np.mean(a * a)    its kernel, and its machine code
            exit status 0
        "#]],
    );
    for command in ["compare", "ladder", "roofline", "claims", "dis", "cpu", "completions", "man", "repl", "run"] {
        let said = toy(&["help", command]);
        assert!(said.contains("\nExamples:\n") && said.ends_with("exit status 0\n"), "{said}");
        let usage = format!("\nUsage: toy {command}");
        assert!(said.contains(&usage), "{said}");
    }
}

#[test]
fn version_names_the_machine() {
    let said = toy(&["--version"]);
    let version = concat!("toy ", env!("CARGO_PKG_VERSION"), " (");
    assert!(said.starts_with(version), "{said}");
    assert!(said.contains(std::env::consts::ARCH) && said.ends_with(")\nexit status 0\n"), "{said}");
}

#[cfg(feature = "trace")]
#[test]
fn a_command_that_there_is_not() {
    check(
        &["rn", "x.toy"],
        expect![[r#"
        error: unrecognized subcommand 'rn'

          tip: a similar subcommand exists: 'run'

        Usage: toy [OPTIONS] <COMMAND>

        For more information, try '--help'.
        exit status 2
    "#]],
    );
    check(
        &["tests"],
        expect![[r#"
            error: unrecognized subcommand 'tests'

              tip: the commands are run, repl, compare, ladder, roofline, trace, claims, dis, explain, cpu, completions, man

            Usage: toy [OPTIONS] <COMMAND>

            For more information, try '--help'.
            exit status 2
        "#]],
    );
}

#[test]
fn a_script_without_a_command() {
    check(
        &["programs/dot.toy", "-n", "3"],
        expect![[r#"
        error: unrecognized subcommand 'programs/dot.toy'

          tip: to run a script: toy run programs/dot.toy

        Usage: toy [OPTIONS] <COMMAND>

        For more information, try '--help'.
        exit status 2
    "#]],
    );
    check(
        &["-"],
        expect![[r#"
        error: unrecognized subcommand '-'

          tip: to run a script: toy run -

        Usage: toy [OPTIONS] <COMMAND>

        For more information, try '--help'.
        exit status 2
    "#]],
    );
    check(
        &["nothing.toy"],
        expect![[r#"
        error: unrecognized subcommand 'nothing.toy'

          tip: to run a script: toy run nothing.toy

        Usage: toy [OPTIONS] <COMMAND>

        For more information, try '--help'.
        exit status 2
    "#]],
    );
}

#[test]
fn an_option_before_its_command() {
    check(
        &["--simd", "avx", "programs/dot.toy"],
        expect![[r#"
        error: unexpected argument '--simd' found

          tip: '--simd' goes behind a command: toy run --simd …

        Usage: toy [OPTIONS] <COMMAND>

        For more information, try '--help'.
        exit status 2
    "#]],
    );
    check(
        &["-c", "print(1)"],
        expect![[r#"
        error: unexpected argument '-c' found

          tip: '-c' goes behind a command: toy run -c …

        Usage: toy [OPTIONS] <COMMAND>

        For more information, try '--help'.
        exit status 2
    "#]],
    );
    check(
        &["--nothing"],
        expect![[r#"
        error: unexpected argument '--nothing' found

        Usage: toy [OPTIONS] <COMMAND>

        For more information, try '--help'.
        exit status 2
    "#]],
    );
}

#[test]
fn a_script_that_there_is_not() {
    check(
        &["run", "programs/dott.toy"],
        expect![[r#"
        error: can't open the script: [Errno 2] No such file or directory: 'programs/dott.toy'; did you mean 'programs/dot.toy'?

        For more information, try '--help'.
        exit status 2
    "#]],
    );
    check(
        &["run", "programs/nothing_like_it.toy"],
        expect![[r#"
        error: can't open the script: [Errno 2] No such file or directory: 'programs/nothing_like_it.toy'

        For more information, try '--help'.
        exit status 2
    "#]],
    );
    check(
        &["run", "programs"],
        expect![[r#"
        error: can't open the script: [Errno 21] Is a directory: 'programs'

        For more information, try '--help'.
        exit status 2
    "#]],
    );
    check(
        &["run"],
        expect![[r#"
        error: the following required arguments were not provided:
          <FILE>

        Usage: toy run [OPTIONS] <FILE | -c CODE> [ARGS]...

        For more information, try '--help'.
        exit status 2
    "#]],
    );
}

#[test]
fn values_that_there_are_not() {
    check(
        &["run", "--simd", "avx1024", "x.toy"],
        expect![[r#"
        error: invalid value 'avx1024' for '--simd <scalar|sse|avx|avx512|auto>'
          [possible values: scalar, sse, avx, avx512, auto]

          tip: a similar value exists: 'avx512'

        For more information, try '--help'.
        exit status 2
    "#]],
    );
    check(
        &["compare", "--unroll=3", "x.toy"],
        expect![[r#"
        error: invalid value '3' for '--unroll <1|2|4|8>'
          [possible values: 1, 2, 4, 8]

        For more information, try '--help'.
        exit status 2
    "#]],
    );
    check(
        &["run", "--threads", "none", "programs/dot.toy"],
        expect![[r#"
        error: --threads takes a number from 1 to 1024, not 'none'

        For more information, try '--help'.
        exit status 2
    "#]],
    );
    check(
        &["dis", "--emit", "asmm", "x.toy"],
        expect![[r#"
            error: invalid value 'asmm' for '--emit <STAGE>'
              [possible values: tokens, ast, bytecode, ir, loop-ir, clif, asm]

              tip: a similar value exists: 'asm'

            For more information, try '--help'.
            exit status 2
        "#]],
    );
    check(
        &["run", "--unrol", "1", "x.toy"],
        expect![[r#"
        error: unexpected argument '--unrol' found

          tip: a similar argument exists: '--unroll'
          tip: to pass '--unrol' as a value, use '-- --unrol'

        Usage: toy run [OPTIONS] <FILE | -c CODE> [ARGS]...

        For more information, try '--help'.
        exit status 2
    "#]],
    );
}

#[test]
fn completions_for_shells() {
    for (shell, part) in [("bash", "complete -F _toy"), ("zsh", "#compdef toy"), ("fish", "complete -c toy")] {
        let said = toy(&["completions", shell]);
        assert!(said.contains(part) && said.contains("compare") && said.ends_with("exit status 0\n"), "{shell}");
    }
    check(
        &["completions", "csh"],
        expect![[r#"
        error: invalid value 'csh' for '<SHELL>'
          [possible values: bash, elvish, fish, powershell, zsh]

          tip: a similar value exists: 'zsh'

        For more information, try '--help'.
        exit status 2
    "#]],
    );
}

#[test]
fn manual_pages() {
    let page = toy(&["man"]);
    for part in [".TH toy 1", ".SH NAME", "toy\\-compare(1)", ".SH EXAMPLES\n.nf\n  toy run script.toy"] {
        assert!(page.contains(part), "{part:?} is not in\n{page}");
    }
    let page = toy(&["man", "run"]);
    for part in [".TH toy-run 1", "\\-\\-max\\-depth", ".SH EXAMPLES"] {
        assert!(page.contains(part), "{part:?} is not in\n{page}");
    }
    check(
        &["man", "nothing"],
        expect![[r#"
        error: toy has no command 'nothing'

        For more information, try '--help'.
        exit status 2
    "#]],
    );
}
