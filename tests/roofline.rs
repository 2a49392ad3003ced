//! `toy roofline`: which points there are, what they compute and move, where their data lie; and what is said of scripts
//! that cannot be placed. Times and what they lead to are this machine's affair.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn toy(arguments: &[&str]) -> Output {
    let command = &mut Command::new(env!("CARGO_BIN_EXE_toy"));
    command.args(arguments).env("NO_COLOR", "1").stdin(Stdio::null()).output().unwrap()
}

fn script(name: &str, text: &str) -> String {
    let path = std::env::temp_dir().join(format!("toy_roofline_{}_{name}.toy", std::process::id()));
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The roofline of a script as JSON.
#[track_caller]
fn roofline(name: &str, text: &str, switches: &[&str]) -> Value {
    let path = script(name, text);
    let arguments = [&["roofline", &path, "--seconds", "1", "--format", "json"], switches].concat();
    let output = toy(&arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let mut report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["version"], 1);
    report["roofline"].take()
}

/// What is exact of each point: `line kind text: n, dtype, FLOP, operations, bytes read and written, moved, working set`.
fn exact(roofline: &Value) -> Vec<String> {
    let point = |point: &Value| {
        let text = |key: &str| point[key].as_str().unwrap().to_owned();
        let amount = &point["amount"];
        let of = |key: &str| amount[key].as_f64().unwrap();
        format!(
            "{} {} {}: n {}, {}, {} FLOP, {} OP, {} + {} B, {} moved, {} in {}",
            point["line"],
            text("kind"),
            text("text"),
            point["n"],
            text("dtype"),
            of("flops"),
            of("operations"),
            of("bytes_read"),
            of("bytes_written"),
            of("bytes_moved"),
            amount["working_set"],
            text("place")
        )
    };
    roofline["points"].as_array().unwrap().iter().map(point).collect()
}

#[test]
fn each_kernel_and_each_loop_is_a_point() {
    let text = "\
import numpy as np

x = np.linspace(0.0, 1.0, 1000)
y = x * 2.0 + x
total = 0.0
for i in range(1000):
    total += x[i] * 2.0
print(total, np.sum(x * y))
";
    let roofline = roofline("points", text, &["--threads", "1"]);
    assert_eq!(
        exact(&roofline),
        [
            "4 kernel x * 2.0 + x: n 1000, float64, 2000 FLOP, 2000 OP, 8000 + 8000 B, 16000 moved, 16000 in L1",
            "6 interpreted_loop for i in range(1000): n 1000, float64, 2 FLOP, 2 OP, 8 + 0 B, 8 moved, 8000 in L1",
            "6 typed_loop for i in range(1000): n 1000, float64, 2 FLOP, 2 OP, 8 + 0 B, 8 moved, 8000 in L1",
            "8 kernel np.sum(x * y): n 1000, float64, 2000 FLOP, 2000 OP, 16000 + 8 B, 16008 moved, 16008 in L1",
        ]
    );
    let points = roofline["points"].as_array().unwrap();
    assert_eq!(points[0]["kernel"], "in0 * in1 + in0");
    assert_eq!(points[0]["intensity"], 2000.0 / 16_000.0);
    assert_eq!(points[0]["amount"]["instructions"], 1000.0);
    assert_eq!(points[3]["amount"]["instructions"], 1000.0);
    assert_eq!(points[1]["bound"], "interpretation");
    assert!(points[1]["why"].as_str().unwrap().contains("as machine code it takes"));
    for point in points {
        let of = |value: &Value| value.as_f64().unwrap();
        let rate = of(&point["amount"]["flops"]) / of(&point["ns"]["best"]);
        assert!((of(&point["rate"]) / rate - 1.0).abs() < 1e-9, "{point}");
        let share = of(&point["rate"]) / of(&point["roof_rate"]);
        assert!((of(&point["share"]) / share - 1.0).abs() < 1e-9, "{point}");
        assert!(of(&point["ns"]["best"]) <= of(&point["ns"]["median"]), "{point}");
        assert_eq!(point["threads"], 1);
    }
    let marks: Vec<&str> = points.iter().map(|point| point["mark"].as_str().unwrap()).collect();
    assert_eq!(marks, ["a", "b", "c", "d"]);
}

#[test]
fn bytes_are_counted_as_they_lie() {
    let text = "\
import numpy as np

u = np.zeros((64, 64))
v = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:]
far = np.zeros((512, 16))[:, 0]
w = far + 1.0
z = np.zeros(1000)
z += 1.5
row = np.zeros((100, 10)) + z[:10]
m = u @ u
s = z[0] + z[1]
empty = np.zeros(0) + 1.0
";
    let roofline = roofline("bytes", text, &["--threads", "1"]);
    assert_eq!(
        exact(&roofline),
        [
            "4 kernel u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:]: n 3844, float64, 11532 FLOP, 11532 OP, \
             123008 + 30752 B, 63504 moved, 63504 in L2",
            "6 kernel far + 1.0: n 512, float64, 512 FLOP, 512 OP, 4096 + 4096 B, 36864 moved, 36864 in L1",
            "8 kernel z += 1.5: n 1000, float64, 1000 FLOP, 1000 OP, 8000 + 8000 B, 8000 moved, 8000 in L1",
            "9 kernel np.zeros((100, 10)) + z[:10]: n 1000, float64, 1000 FLOP, 1000 OP, 8080 + 8000 B, 16080 moved, 16080 in L1",
            "10 product u @ u: n 262144, float64, 524288 FLOP, 524288 OP, 65536 + 32768 B, 65536 moved, 65536 in L2",
        ]
    );
}

#[test]
fn element_types_and_what_is_no_float() {
    let text = "\
import numpy as np

x = np.linspace(0.0, 1.0, 1000).astype(np.float32)
y = x * x + x
n = np.arange(1000)
odd = n * 3 + 1
many = np.sum(x > 0.5)
counts = [0] * 10
for i in range(500):
    counts[i % 10] += 1
";
    let roofline = roofline("types", text, &["--threads", "1"]);
    let points = exact(&roofline);
    assert_eq!(
        points,
        [
            "3 kernel np.linspace(0.0, 1.0, 1000).astype(np.float32): n 1000, float64, 0 FLOP, 0 OP, 8000 + 4000 B, 12000 \
             moved, 12000 in L1",
            "4 kernel x * x + x: n 1000, float32, 2000 FLOP, 2000 OP, 4000 + 4000 B, 8000 moved, 8000 in L1",
            "6 kernel n * 3 + 1: n 1000, int64, 0 FLOP, 2000 OP, 8000 + 8000 B, 16000 moved, 16000 in L1",
            "7 kernel np.sum(x > 0.5): n 1000, float32, 0 FLOP, 2000 OP, 4000 + 8 B, 4008 moved, 4008 in L1",
            "9 interpreted_loop for i in range(500): n 500, int, 0 FLOP, 2 OP, 8 + 8 B, 0.16 moved, 80 in L1",
            "9 typed_loop for i in range(500): n 500, int, 0 FLOP, 2 OP, 8 + 8 B, 0.16 moved, 80 in L1",
        ]
    );
    let unit = |at: usize| roofline["points"][at]["unit"].as_str().unwrap().to_owned();
    assert_eq!([unit(0), unit(1), unit(2)], ["byte", "flop", "operation"]);
    // Of integers nothing but their bandwidth was measured.
    assert_eq!(roofline["points"][2]["roof"]["compute_ns"], 0.0);
    assert_eq!(roofline["points"][2]["intensity"], 2000.0 / 16_000.0);
}

#[test]
fn kernels_of_one_place_are_told_apart_and_counted() {
    let text = "\
import numpy as np

def scaled(x):
    return x / np.sum(x)

for n in [10, 20, 30, 40, 50, 60]:
    scaled(np.ones(n))
    scaled(np.ones(n))
";
    let roofline = roofline("places", text, &["--threads", "1"]);
    let points = roofline["points"].as_array().unwrap();
    let told: Vec<String> =
        points.iter().map(|point| format!("{} {} × {}", point["text"], point["n"], point["runs"])).collect();
    let of = |text: &str| -> Vec<String> { [30, 40, 50, 60].map(|n| format!("\"{text}\" {n} × 2")).into() };
    let mut expected = [of("x / np.sum(x)"), of("np.sum(x)")].concat();
    let mut told = told;
    expected.sort();
    told.sort();
    assert_eq!(told, expected);
    assert!(points.iter().all(|point| point["function"] == "scaled" && point["line"] == 4));
    assert!(roofline["notes"][0].as_str().unwrap().contains("over arrays of other shapes"), "{}", roofline["notes"]);
    // The loop's time is theirs.
    assert_eq!(roofline["left_out"][0]["line"], 6);
    assert!(roofline["left_out"][0]["why"].as_str().unwrap().contains("array expressions"));
}

#[test]
fn every_kind_of_loop_has_a_place() {
    let text = "\
xs = [i / 8 for i in range(100)]
total = sum(x * 2.0 for x in xs)
i = 0
while i < 50:
    total += xs[i] / 2.0
    i += 1
for a in range(10):
    for b in range(20):
        total += a * 0.5
for word in ['a', 'b']:
    word.upper()
";
    let roofline = roofline("loops", text, &["--threads", "1"]);
    let told: Vec<String> =
        exact(&roofline).iter().map(|line| line.split(", ").take(3).collect::<Vec<_>>().join(", ")).collect();
    let placed = |kind: &str| -> Vec<&String> { told.iter().filter(|line| line.contains(kind)).collect() };
    assert_eq!(
        placed("interpreted_loop"),
        [
            "1 interpreted_loop … for i in range(100): n 100, float64, 1 FLOP",
            "4 interpreted_loop while i < 50: n 50, float64, 2 FLOP",
            "7 interpreted_loop for a in range(10): n 10, float64, 40 FLOP",
            "8 interpreted_loop for b in range(20): n 200, float64, 2 FLOP",
        ]
    );
    let left: Vec<&str> =
        roofline["left_out"].as_array().unwrap().iter().map(|left| left["why"].as_str().unwrap()).collect();
    assert!(left.iter().any(|why| why.contains("generator expression")), "{left:?}");
    assert!(left.iter().any(|why| why.contains("no numbers")), "{left:?}");
}

#[test]
fn switches_are_those_of_other_commands() {
    let text = "\
import numpy as np

x = np.ones(1000)
y = x + 1.0
z = y * 2.0
print(z[0])
";
    let fused = roofline("fused", text, &["--fuse", "on"]);
    let texts = |roofline: &Value| -> Vec<String> {
        roofline["points"].as_array().unwrap().iter().map(|point| point["text"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(texts(&fused), ["(in0 + in1) * in2"]);
    let apart = roofline("apart", text, &[]);
    assert_eq!(texts(&apart), ["x + 1.0", "y * 2.0"]);
    let reference = roofline("reference", text, &["--engine", "reference"]);
    assert_eq!(reference["points"][0]["kind"], "reference");
    assert_eq!(reference["points"][0]["bound"], "interpretation");
}

#[test]
fn an_operand_that_is_written_over_keeps_its_numbers() {
    // Halved again and again it would become as small as floats get, which some CPUs are slow at.
    let text = "import numpy as np\nx = np.ones(500)\nx *= 0.5\nprint(x[0])\n";
    let roofline = roofline("halves", text, &["--threads", "1"]);
    assert_eq!(
        exact(&roofline),
        ["3 kernel x *= 0.5: n 500, float64, 500 FLOP, 500 OP, 4000 + 4000 B, 4000 moved, 4000 in L1"]
    );
}

#[test]
fn all_forms_show_the_same() {
    let path = script("forms", "total = 0.0\nfor i in range(300):\n    total += i * 0.5\nprint('hidden', total)\n");
    let shown = |format: &str| {
        let output = toy(&["roofline", &path, "--seconds", "1", "--format", format]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains("hidden"), "{text}");
        text
    };
    for format in ["text", "markdown", "svg"] {
        let text = shown(format);
        assert!(text.contains("for i in range(300)") && text.contains("interpretation"), "{format}: {text}");
        assert!(!text.contains('\x1b'), "{text}");
    }
    let svg = shown("svg");
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
    for tag in ["text", "g", "title", "svg", "style"] {
        assert_eq!(svg.matches(&format!("<{tag}")).count(), svg.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    let text = shown("text");
    // It moves nothing: no byte is read.
    assert!(text.contains('∞'), "{text}");
    assert!(
        text.lines().take_while(|line| !line.starts_with("Roofs")).all(|line| line.chars().count() <= 80),
        "{text}"
    );
}

#[test]
fn what_is_wrong_is_said() {
    let wrong = |arguments: &[&str]| {
        let output = toy(&[&["roofline"], arguments].concat());
        (output.status.code(), String::from_utf8(output.stderr).unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let nothing = script("nothing", "print('one line')\n");
    let (status, said, printed) = wrong(&[&nothing]);
    assert_eq!((status, printed.as_str()), (Some(1), ""));
    assert!(said.contains("the script runs no array expression and goes through no loop"), "{said}");
    let raises = script("raises", "for i in range(3):\n    print(1 // (1 - i))\n");
    let (status, said, printed) = wrong(&[&raises]);
    assert_eq!((status, printed.as_str()), (Some(1), ""));
    let run = toy(&["run", &raises]);
    assert_eq!(said, String::from_utf8(run.stderr).unwrap());
    let syntax = script("syntax", "for i in\n");
    assert_eq!(wrong(&[&syntax]).0, Some(1));
    let exits = script("exits", "import sys\nfor i in range(3):\n    i * 0.5\nsys.exit(3)\n");
    assert_eq!(wrong(&[&exits, "--seconds", "1"]).0, Some(0));
    for (arguments, words) in [
        (&["no_such_file.toy"][..], "can't open the script"),
        (&[&nothing, "--format", "table"], "invalid value 'table'"),
        (&[&nothing, "--seconds", "0"], "0 is not in 1..=3600"),
        (&[&nothing, "--input", "no_such_input"], "--input no_such_input"),
        (&[], "<FILE>"),
    ] {
        let (status, said, _) = wrong(arguments);
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn every_program_has_a_roofline() {
    // The others take longer, and are measured by hand.
    for path in ["programs/dot.toy", "programs/polynomial.toy", "programs/ladder/histogram.toy"] {
        assert!(Path::new(path).exists());
        let output = toy(&["roofline", path, "--seconds", "1"]);
        assert!(output.status.success(), "{path}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
