//! `toy claims` as others start it. What is measured is nobody's business here, only what is said of it.

use std::path::Path;
use std::process::{Command, Output};

use expect_test::expect;
use serde_json::Value;

fn toy(args: &[&str]) -> Output {
    // From where the programs are not: they are built in.
    let elsewhere = Path::new(env!("CARGO_TARGET_TMPDIR"));
    Command::new(env!("CARGO_BIN_EXE_toy")).arg("claims").args(args).current_dir(elsewhere).output().expect("toy runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

#[test]
fn claims_are_chosen_by_name() {
    let output = toy(&["one-call", "gpu", "--no-python", "--format", "json"]);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(
        (&report["version"], &report["python"], &report["note"]),
        (&1.into(), &Value::Null, &"--no-python".into())
    );
    let claims = report["claims"].as_array().expect("a list");
    let names: Vec<&Value> = claims.iter().map(|claim| &claim["name"]).collect();
    // In the text's order.
    assert_eq!(names, ["one-call", "gpu"]);
    let first = &claims[0]["rows"][0];
    assert_eq!((&first["toy"]["median"], &first["toy"]["verdict"]), (&1.0.into(), &"inside".into()));
    assert!(claims[1]["rows"][0]["toy"]["untested"].is_string(), "{report}");

    let table = toy(&["gpu", "--no-python"]);
    let table = text(&table.stdout);
    assert!(table.contains("≥ 1000 ×") && table.contains("gpu: “tensor-based GPU code"), "{table}");
    assert!(!table.contains("Python   "), "{table}");
}

#[test]
fn mistakes_on_the_command_line() {
    let said: String = [
        &["warp"][..],
        &["--format", "xml"],
        &["--python", "no/such/python", "gpu"],
        &["--python", "python3", "--no-python"],
        &["--threads", "2"],
    ]
    .into_iter()
    .map(|args| {
        let output = toy(args);
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""), "{args:?}");
        format!("{}\n", text(&output.stderr).lines().next().unwrap_or_default())
    })
    .collect();
    expect![[""]].assert_eq(&said);
}

/// A Python that is none is said to be so, and where nobody asked for it, toy stands alone.
#[test]
#[cfg(unix)]
fn an_interpreter_that_does_not_answer() {
    let output = toy(&["--python", "/bin/true", "gpu"]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr).lines().next().unwrap_or_default().to_string();
    assert!(said.starts_with("error: --python: /bin/true: "), "{said}");

    let mut command = Command::new(env!("CARGO_BIN_EXE_toy"));
    let output =
        command.args(["claims", "gpu", "--format", "markdown"]).env("PATH", "/nowhere").output().expect("toy runs");
    assert!(text(&output.stdout).contains("; no figures of Python: there is no python3\n"), "{output:?}");
}
