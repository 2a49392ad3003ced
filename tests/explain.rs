//! The pages of `toy explain`: each one's first script comes to its code, and the second, which does the same, to none.

use std::io::Write;
use std::process::{Command, Stdio};

use toy::loops::explain::{page, scripts};
use toy::loops::why::Reason;

/// What a script prints, and what is said of its loops.
fn run(flags: &[&str], script: &str) -> (String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_toy"))
        .arg("run")
        .args(flags)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("toy runs");
    child.stdin.take().expect("a pipe").write_all(script.as_bytes()).expect("toy reads its script");
    let output = child.wait_with_output().expect("toy ends");
    let [stdout, stderr] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("UTF-8"));
    assert!(output.status.success(), "{script}\n{stderr}");
    (stdout, stderr)
}

/// The reasons that a script can show on any machine, and how its loops are run for that.
fn shown() -> impl Iterator<Item = (Reason, [&'static str; 5])> {
    let vector = [Reason::Branches, Reason::Recurrence, Reason::Checks, Reason::NoVector, Reason::NotOnce];
    Reason::ALL.iter().filter(|reason| **reason != Reason::NoCode).map(move |reason| {
        let mode = if vector.contains(reason) { "vector" } else { "typed" };
        (*reason, ["--loops", mode, "--hot", "1", "--report"])
    })
}

/// The codes in a report.
fn codes(report: &str) -> Vec<&'static str> {
    Reason::ALL.iter().map(|reason| reason.code()).filter(|code| report.contains(*code)).collect()
}

#[test]
fn the_first_script_of_a_page_comes_to_its_code() {
    for (reason, flags) in shown() {
        let script = scripts(page(reason)).next().expect("a script that shows it");
        let (stdout, report) = run(&flags, script);
        // What is no array expression may be so because typed code may have to be left there.
        let mut codes = codes(&report);
        codes.retain(|code| flags.contains(&"typed") || *code == reason.code());
        assert_eq!(codes, [reason.code()], "{script}\n{report}");
        assert_eq!(stdout, run(&[], script).0, "{}", reason.code());
    }
}

#[test]
fn the_second_script_runs_as_typed_code_to_its_end() {
    for (reason, flags) in shown() {
        let script = scripts(page(reason)).nth(1).expect("the script, rewritten");
        let (stdout, report) = run(&flags, script);
        assert_eq!(codes(&report), [""; 0], "{script}\n{report}");
        assert!(report.contains("ran as typed code"), "{script}\n{report}");
        assert_eq!(stdout, run(&[], script).0, "{}", reason.code());
    }
}

#[test]
fn both_scripts_of_a_page_print_the_same() {
    for (reason, _) in shown() {
        let printed: Vec<String> = scripts(page(reason)).map(|script| run(&[], script).0).collect();
        assert_eq!(printed.len(), 2, "{}", reason.code());
        assert_eq!(printed[0], printed[1], "{}", reason.code());
    }
}

#[test]
fn a_page_fits_a_terminal() {
    for reason in Reason::ALL {
        let long = page(*reason).lines().find(|line| line.chars().count() > 120);
        assert_eq!(long, None, "{}", reason.code());
    }
}
