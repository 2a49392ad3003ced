//! A script with a clock read before and after one of its statements, on lines of their own: what runs inside the
//! statement stays what it was.

use crate::source::{Source, Span};
use crate::syntax::ast::{Ast, ExprKind, Stmt, StmtKind};

/// Pairs of clock readings with nothing in between, which every run takes first: what reading the clock costs.
const PAIRS: usize = 64;

/// The variable that the timers fill: with the clock's time at a beginning, with its negative at an end.
pub const TIMES: &str = "__toy_times";
const BEGIN: &str = "__toy_times.append(__toy_clock())\n";
const END: &str = "__toy_times.append(-__toy_clock())\n";

/// A script with timers.
#[derive(Debug)]
pub struct Timed {
    pub text: String,
    /// Whether the statement is the loop itself; another statement contains it.
    pub whole_loop: bool,
}

/// What the timers of a run say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Readings {
    /// Nanoseconds inside the statement; a call of the statement inside itself counts once.
    pub inside: f64,
    pub entries: u64,
    /// Nanoseconds between two readings without anything in between, the median.
    pub clock: f64,
}

/// Puts timers around the loop that `span` is.
///
/// # Errors
/// Why there is no statement to put them around.
pub fn timed(source: &Source, ast: &Ast, span: Span) -> Result<Timed, String> {
    let is_loop = |stmt: &&Stmt| matches!(stmt.kind, StmtKind::For { .. } | StmtKind::While { .. });
    let whole = ast.stmts.iter().filter(is_loop).find(|stmt| stmt.span.start == span.start);
    let stmt = match whole {
        Some(stmt) => stmt,
        None => around(source, ast, span)?,
    };
    let start = source.line_start(stmt.span.start);
    let indent = &source.text[start as usize..stmt.span.start as usize];
    let last = stmt.span.start + source.slice(stmt.span).trim_end().len() as u32;
    let behind = source.start_of_line(source.line(last.max(1) - 1) + 1);
    let prologue = after_header(source, ast);
    let mut text = String::with_capacity(source.text.len() + 512);
    text += &source.text[..prologue as usize];
    text += &prologue_text();
    text += &source.text[prologue as usize..start as usize];
    text += &format!("{indent}{BEGIN}");
    text += &source.text[start as usize..behind as usize];
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text += &format!("{indent}{END}");
    text += &source.text[behind as usize..];
    Ok(Timed { text, whole_loop: whole.is_some() })
}

/// What a run needs before the first timer.
fn prologue_text() -> String {
    format!(
        "from time import perf_counter_ns as __toy_clock\n{TIMES} = []\nfor __toy_pair in range({PAIRS}):\n    {BEGIN}    {END}"
    )
}

/// The statement around a comprehension, if it has its lines for itself.
fn around<'a>(source: &Source, ast: &'a Ast, span: Span) -> Result<&'a Stmt, String> {
    let contains = |stmt: &&Stmt| stmt.span.start <= span.start && span.end <= stmt.span.end;
    let stmt = ast.stmts.iter().filter(contains).min_by_key(|stmt| stmt.span.end - stmt.span.start);
    let stmt = stmt.ok_or("no statement contains it")?;
    match stmt.kind {
        StmtKind::Expr(_)
        | StmtKind::Assign { .. }
        | StmtKind::AugAssign { .. }
        | StmtKind::AnnAssign { .. }
        | StmtKind::Assert { .. }
        | StmtKind::Del(_) => {}
        StmtKind::Return(_) | StmtKind::Raise { .. } => {
            return Err("it is part of a statement that leaves the function, so no clock can be read after it".into());
        }
        StmtKind::If { .. }
        | StmtKind::While { .. }
        | StmtKind::For { .. }
        | StmtKind::Break
        | StmtKind::Continue
        | StmtKind::Pass
        | StmtKind::Def { .. }
        | StmtKind::Global(_)
        | StmtKind::Nonlocal(_)
        | StmtKind::Import(_)
        | StmtKind::FromImport { .. }
        | StmtKind::Try { .. }
        | StmtKind::With { .. } => {
            return Err("it is part of the head of a compound statement, which no clock can be read inside".into());
        }
    }
    let deferred = |expr: &crate::syntax::ast::Expr| {
        matches!(expr.kind, ExprKind::Lambda { .. }) && expr.span.start <= span.start && span.end <= expr.span.end
    };
    if ast.exprs.iter().any(deferred) {
        return Err("it is part of a lambda, which runs elsewhere".into());
    }
    let before = &source.text[source.line_start(stmt.span.start) as usize..stmt.span.start as usize];
    let behind = source.start_of_line(source.line(stmt.span.end.max(1) - 1) + 1) as usize;
    let after = source.text[stmt.span.end as usize..behind].trim_start();
    if !before.trim().is_empty() || !(after.is_empty() || after.starts_with('#')) {
        return Err("its statement shares a line with another".into());
    }
    Ok(stmt)
}

/// Where the first statement begins that is neither a docstring nor an import from `__future__`: those come first.
fn after_header(source: &Source, ast: &Ast) -> u32 {
    let mut header = 0;
    for (at, id) in ast.body.iter().enumerate() {
        let stmt = ast.stmt(*id);
        let line = source.line(stmt.span.start);
        let is_docstring =
            at == 0 && matches!(stmt.kind, StmtKind::Expr(expr) if matches!(ast.expr(expr).kind, ExprKind::Str(_)));
        let is_future = matches!(&stmt.kind, StmtKind::FromImport { module, .. } if module.text == "__future__");
        let is_header = is_docstring || is_future;
        if is_header {
            header = source.line(stmt.span.start + source.slice(stmt.span).trim_end().len() as u32);
        } else if line > header && !source.line_text(line - 1).ends_with('\\') {
            return source.start_of_line(line);
        }
    }
    0
}

/// Reads what the timers left.
///
/// # Errors
/// Why they say nothing of the statement.
pub fn readings(times: &[i64]) -> Result<Readings, String> {
    let (pairs, times) = times.split_at_checked(2 * PAIRS).ok_or("the script ended before the clock could be read")?;
    let mut clock: Vec<i64> = pairs.chunks(2).map(|pair| -pair[1] - pair[0]).collect();
    clock.sort_unstable();
    let begun = times.iter().filter(|time| **time >= 0).count();
    let ended = times.len() - begun;
    if begun != ended {
        return Err(format!(
            "the loop was entered {} and left {} by return or by an exception, where no clock can be read",
            super::report::times(begun as u64),
            super::report::times((begun.abs_diff(ended)) as u64)
        ));
    }
    let (mut inside, mut since, mut depth) = (0, 0, 0);
    for time in times {
        if *time >= 0 {
            if depth == 0 {
                since = *time;
            }
            depth += 1;
        } else {
            depth -= 1;
            if depth == 0 {
                inside += -time - since;
            }
        }
    }
    Ok(Readings { inside: inside as f64, entries: begun as u64, clock: clock[PAIRS / 2] as f64 })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::bytecode;
    use crate::interp::host::Captured;
    use crate::interp::probe::Silent;
    use crate::interp::{Machine, Runtime};
    use crate::jit::{Engine, Switches};
    use crate::syntax;
    use crate::value::{List, Value};

    fn with_timers(text: &str, looped: &str) -> Result<Timed, String> {
        let source = Source::new("test.py", text);
        let ast = syntax::parse(&source).expect("correct");
        let start = source.text.find(looped).expect("it is there");
        timed(&source, &ast, Span::new(start, start + looped.len()))
    }

    /// What a script prints, and what its timers leave.
    fn run(text: &str) -> (String, Vec<i64>) {
        let source = Source::new("test.py", text);
        let program = bytecode::compile(&syntax::parse(&source).expect("correct"), &source).expect("correct");
        let host = Captured::default();
        let out = host.out.clone();
        let mut machine = Machine::new(Runtime::new(Box::new(host), Engine::reference(Switches::default())));
        machine.run(&program, Silent).expect("no error");
        machine.runtime.close_files().expect("memory");
        let times = machine.runtime.global_named(TIMES).and_then(Value::get::<List>);
        let times = times.map_or_else(Vec::new, |List(items)| {
            (0..items.len()).map(|at| *items.get(at).expect("an item").get::<i64>().expect("an int")).collect()
        });
        (out.text(), times)
    }

    /// The text with timers, without the prologue's lines; both texts print the same.
    #[track_caller]
    fn check(text: &str, looped: &str, entries: u64, expected: Expect) {
        let found = with_timers(text, looped).expect("timers fit");
        expected.assert_eq(&found.text.replace(&prologue_text(), "<prologue>\n"));
        let ((before, _), (after, times)) = (run(text), run(&found.text));
        assert_eq!(before, after);
        assert_eq!(readings(&times).expect("all entries end").entries, entries);
    }

    #[test]
    fn a_loop_of_the_module() {
        check(
            "t = 0\nfor i in range(3):\n    t += i\nprint(t)\n",
            "for i in range(3):",
            1,
            expect![[r#"
                <prologue>
                t = 0
                __toy_times.append(__toy_clock())
                for i in range(3):
                    t += i
                __toy_times.append(-__toy_clock())
                print(t)
            "#]],
        );
    }

    #[test]
    fn nested_in_functions_with_else_and_comments() {
        check(
            "'''Text.'''\nfrom __future__ import annotations\ndef f(n):\n\ti = 0\n\tfor k in range(2):\n\t\t# Counts.\n\t\t\
             while i < \\\n    n:\n\t\t\ti += 1\n\t\telse:\n\t\t\ti += 2  # more\n\t\t\t# the end\n\treturn i\nprint(f(3))",
            "while i < \\",
            2,
            expect![[r#"
                '''Text.'''
                from __future__ import annotations
                <prologue>
                def f(n):
                	i = 0
                	for k in range(2):
                		# Counts.
                		__toy_times.append(__toy_clock())
                		while i < \
                    n:
                			i += 1
                		else:
                			i += 2  # more
                		__toy_times.append(-__toy_clock())
                			# the end
                	return i
                print(f(3))"#]],
        );
    }

    #[test]
    fn the_last_line_without_an_end() {
        check(
            "for i in range(3): print(i)",
            "for i",
            1,
            expect![[r#"
            <prologue>
            __toy_times.append(__toy_clock())
            for i in range(3): print(i)
            __toy_times.append(-__toy_clock())
        "#]],
        );
        check(
            "while True:\n  if True: break\n  continue",
            "while",
            1,
            expect![[r#"
            <prologue>
            __toy_times.append(__toy_clock())
            while True:
              if True: break
              continue
            __toy_times.append(-__toy_clock())
        "#]],
        );
    }

    #[test]
    fn a_comprehension_by_its_statement() {
        check(
            "def f(n):\n    x = [\n        i * i\n        for i in range(n)  # all\n    ]  # here\n    return x\nprint(f(3), f(4))\n",
            "for i in range(n)",
            2,
            expect![[r#"
                <prologue>
                def f(n):
                    __toy_times.append(__toy_clock())
                    x = [
                        i * i
                        for i in range(n)  # all
                    ]  # here
                    __toy_times.append(-__toy_clock())
                    return x
                print(f(3), f(4))
            "#]],
        );
    }

    #[test]
    fn where_no_timer_fits() {
        let why = |text, looped| with_timers(text, looped).expect_err("no timer fits");
        let all = [
            why("def f(n):\n    return [i for i in range(n)]\n", "for i"),
            why("if [i for i in range(3)]:\n    pass\n", "for i"),
            why("x = 1; y = [i for i in range(3)]\n", "for i"),
            why("y = [i for i in range(3)]; x = 1\n", "for i"),
            why("f = lambda n: [i for i in range(n)]\n", "for i"),
        ];
        expect![[r#"
            it is part of a statement that leaves the function, so no clock can be read after it
            it is part of the head of a compound statement, which no clock can be read inside
            its statement shares a line with another
            its statement shares a line with another
            it is part of a lambda, which runs elsewhere
        "#]]
        .assert_eq(&(all.join("\n") + "\n"));
    }

    #[test]
    fn readings_count_recursion_once_and_miss_exits() {
        let pairs: Vec<i64> = (0..PAIRS as i64).flat_map(|at| [100 * at, -(100 * at + 7)]).collect();
        let with = |times: &[i64]| readings(&[&pairs[..], times].concat());
        assert_eq!(
            with(&[1000, 1010, -1020, -1050, 2000, -2005]),
            Ok(Readings { inside: 55.0, entries: 3, clock: 7.0 })
        );
        assert_eq!(
            with(&[1000, 2000, -2005]).expect_err("one entry has no end"),
            "the loop was entered twice and left once by return or by an exception, where no clock can be read"
        );
        assert!(readings(&[1, -2]).is_err());
    }
}
