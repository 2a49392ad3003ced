//! `toy compare --sweep`: every setting that this machine has is there, and what it says of results is true.

use std::process::{Command, Output};

use serde_json::Value;
use toy::jit::Simd;

fn compare(args: &[&str]) -> Output {
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/programs/gradient.toy");
    Command::new(env!("CARGO_BIN_EXE_toy")).args(["compare", program]).args(args).output().expect("toy runs")
}

#[test]
fn each_value_of_each_switch_is_measured() {
    let output = compare(&["-n", "1000", "--threads", "1", "--sweep", "simd,unroll,fma,stream", "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let sweep = &report["pairs"][0]["sweeps"][0];
    assert_eq!((&report["version"], &report["pairs"][0]["name"]), (&Value::from(1), &Value::from("gradient")));
    assert_eq!(sweep["n"], 1000);
    let settings = sweep["settings"].as_array().expect("settings");
    let text = |setting: &Value, key: &str| setting[key].as_str().map(str::to_string).expect("text");
    let shown: Vec<String> =
        settings.iter().map(|setting| format!("{} {}", text(setting, "switch"), text(setting, "value"))).collect();
    let widths = Simd::available().into_iter().map(|simd| format!("simd {}", simd.name()));
    let others = ["unroll 1", "unroll 2", "unroll 4", "unroll 8", "fma on", "fma off", "stream on", "stream off"];
    assert_eq!(shown, widths.chain(others.map(str::to_string)).collect::<Vec<_>>());
    for (setting, shown) in settings.iter().zip(&shown) {
        // Contraction alone changes bits: this sum of products is an FMA where the CPU has it.
        let same = setting["max_difference"].is_null();
        assert!(same || shown == "fma off", "{shown}");
        assert!(setting["ns_per_element"]["median"].as_f64().is_some_and(|ns| ns > 0.0), "{shown}");
    }
}

#[test]
fn what_cannot_be_swept_is_a_usage_error() {
    for (args, wanted) in [
        (["--sweep", "warp", "--threads", "1"], "--sweep knows simd, unroll,"),
        (["--sweep", "simd", "--engine", "reference"], "--sweep measures machine code"),
    ] {
        let output = compare(&args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains(wanted), "{said}");
    }
}
