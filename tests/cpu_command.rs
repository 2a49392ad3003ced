//! `toy cpu` as others start it. What is measured is nobody's business here, only where it goes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use expect_test::expect;
use serde_json::Value;
use toy::machine::{Cache, Cpu, Figure, Isa, Latencies, Machine, Pages};

/// A cache of this test's own, with nothing in it.
fn cache(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cpu_command").join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn toy(cache: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_toy"));
    command.arg("cpu").args(args).env("XDG_CACHE_HOME", cache);
    command.output().expect("toy runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

/// What an earlier run would have kept.
fn kept() -> Value {
    let machine = Machine {
        cpu: Cpu::here(),
        isa: Isa::here(),
        caches: vec![Cache { level: 1, size: 32 << 10, line: 64, shared_by: 1 }],
        pages: Pages { size: 4096, transparent_huge: None, huge_size: None },
        rounds: 7,
        clock: Figure::new(2.0, 1.5),
        bandwidths: Vec::new(),
        peaks: Vec::new(),
        latencies: Latencies { fma: Figure::new(2.25, 2.5), ..Latencies::default() },
    };
    serde_json::json!({ "format": 1, "measured_at": 1_000_000_000, "machine": machine })
}

#[test]
fn what_was_kept_is_printed() {
    let cache = cache("kept");
    let file = cache.join("toy").join("cpu.json");
    fs::create_dir_all(cache.join("toy")).unwrap();
    fs::write(&file, kept().to_string()).unwrap();

    let output = toy(&cache, &[]);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    let table = text(&output.stdout);
    for line in ["Each figure is the best of 7 rounds", "clock         2.00 (1.50) GHz", "2.25 (2.50)     4.50"] {
        assert!(table.contains(line), "{line}: {table}");
    }
    assert!(table.contains("Measured on 2001-09-09 01:46 UTC, "), "{table}");
    assert!(table.ends_with(&format!(" days ago; kept in {}; --measure measures anew.\n", file.display())), "{table}");

    let output = toy(&cache, &["--format", "json"]);
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(document["machine"], kept()["machine"]);
    let about = |name: &str| document[name].clone();
    assert_eq!(
        (about("version"), about("measured_at"), about("was_kept")),
        (1.into(), 1_000_000_000.into(), true.into())
    );
    assert_eq!((about("file"), about("note")), (file.to_str().into(), Value::Null));
    assert!(!document["methods"].as_array().expect("a list").is_empty());
    fs::remove_dir_all(cache).unwrap();
}

/// The one run that measures, some seconds long.
#[test]
fn a_file_of_no_use_is_replaced() {
    let cache = cache("broken");
    let file = cache.join("toy").join("cpu.json");
    fs::create_dir_all(cache.join("toy")).unwrap();
    fs::write(&file, "{\"format\": 1}").unwrap();

    let output = toy(&cache, &["--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let note = format!(
        "{} was of no use (missing field `measured_at` at line 1 column 13), and is written anew",
        file.display()
    );
    assert_eq!(text(&output.stderr), format!("note: {note}\n"));
    let measured: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&measured["was_kept"], &measured["note"]), (&false.into(), &note.into()));
    // Whatever the machine, memory is read by one thread.
    let is_it = |row: &Value| row["place"] == "memory" && row["access"] == "read" && row["threads"] == 1;
    let machine: Machine = serde_json::from_value(measured["machine"].clone()).expect("a machine");
    assert_eq!((&machine.cpu, &machine.isa), (&Cpu::here(), &Isa::here()));
    assert_eq!(
        measured["machine"]["bandwidths"].as_array().expect("a list").iter().filter(|row| is_it(row)).count(),
        1
    );

    let again: Value = serde_json::from_slice(&toy(&cache, &["--format", "json"]).stdout).expect("JSON");
    assert_eq!((&again["was_kept"], &again["machine"]), (&true.into(), &measured["machine"]));
    fs::remove_dir_all(cache).unwrap();
}

#[test]
fn mistakes_on_the_command_line() {
    let cache = cache("mistakes");
    let said: String = [&["--format", "xml"][..], &["--threads", "2"], &["file.toy"], &["--measure=yes"]]
        .into_iter()
        .map(|args| {
            let output = toy(&cache, args);
            assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""), "{args:?}");
            format!("{}\n", text(&output.stderr).lines().next().unwrap_or_default())
        })
        .collect();
    expect![[r#"
        error: invalid value 'xml' for '--format <FORMAT>'
        error: unexpected argument '--threads' found
        error: unexpected argument 'file.toy' found
        error: unexpected value 'yes' for '--measure' found; no more were expected
    "#]]
    .assert_eq(&said);
    assert!(!cache.exists());
}
