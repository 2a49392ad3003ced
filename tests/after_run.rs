//! `toy dis --after-run`: what instructions have learned stands behind them.

use std::io::Write;
use std::process::{Command, Stdio};

use expect_test::expect;

const SCRIPT: &str = "\
import math
import numpy as np
def f(x, n):
    out = []
    for i in range(n):
        out.append(math.sqrt(i))
        y = 2.5 * x + i
        z = x.mean()
    return out
f(np.ones(4), 9)
f(np.ones(4, dtype=np.float32), 9)
''.strip()
";

fn after_run(script: &str) -> (String, String, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_toy"));
    command.args(["dis", "--after-run", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command runs");
    child.stdin.take().expect("a pipe").write_all(script.as_bytes()).expect("the command reads");
    let output = child.wait_with_output().expect("the command ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

#[test]
fn methods_and_kernels_stand_behind_their_instructions() {
    let (listing, error, status) = after_run(SCRIPT);
    assert_eq!((error.as_str(), status), ("", Some(0)), "{listing}");
    let function = &listing[listing.find("f(x, n)").expect("the function is listed")..];
    expect![[r#"
        f(x, n):
             4       MakeFunction   r1 ← f                          1  ·  ·  ·  1  ·  ·  ·  1
             5       StoreGlobal    r1, f                           1  ·  ·  ·  2  ·  ·  ·  1
           10 | f(np.ones(4), 9)
             6       LoadGlobal     r2 ← f                          1  ·  ·  ·  2  ·  ·  ·  1
             7       LoadGlobal     r4 ← np                         1  ·  ·  ·  2  ·  ·  ·  1
             8       LoadConst      r5 ← 4                          1  ·  ·  ·  2  ·  ·  ·  ·
             9       CallMethod     r3 ← r4, r5  lazy arguments     1  ·  ·  ·  1  ·  ·  ·  1  numpy.ones
            10       Method         ones
            11       LoadConst      r4 ← 9                          1  ·  ·  ·  2  ·  ·  ·  ·
            12       Call           r1 ← r2 … r4                    1  ·  1  1  ·  ·  ·  ·  1
           11 | f(np.ones(4, dtype=np.float32), 9)
            13       LoadGlobal     r2 ← f                          1  ·  ·  ·  2  ·  ·  ·  1
            14       LoadGlobal     r4 ← np                         1  ·  ·  ·  2  ·  ·  ·  1
            15       CheckMethod    r4, ones                        1  ·  ·  ·  ·  ·  ·  ·  1
            16       LoadConst      r5 ← 4                          1  ·  ·  ·  2  ·  ·  ·  ·
            17       LoadGlobal     r6 ← np                         1  ·  ·  ·  2  ·  ·  ·  1
            18       GetAttr        r6 ← r6, float32                1  ·  ·  ·  1  ·  ·  ·  1
            19       CallMethodKw   r3 ← r4 … r6  lazy arguments    1  ·  ·  ·  1  ·  ·  ·  1
            20       Method         ones, (dtype=)
            21       LoadConst      r4 ← 9                          1  ·  ·  ·  2  ·  ·  ·  ·
            22       Call           r1 ← r2 … r4                    1  ·  1  1  ·  ·  ·  ·  1
           12 | ''.strip()
            23       LoadConst      r2 ← ""                         1  ·  ·  ·  2  ·  ·  ·  ·
            24       CallMethod     r1 ← r2                         1  ·  ·  ·  1  ·  ·  ·  1  str.strip
            25       Method         strip
            26       Return         None                            1  ·  ·  ·  1  ·  ·  ·  1

        f(x, n): 13 registers, 6 of them local variables
            4 |     out = []
             0       BuildList      out ← nothing                   1  ·  ·  ·  1  ·  ·  ·  1
            5 |     for i in range(n):
             1       LoadGlobal     r8 ← range                      1  ·  ·  ·  2  ·  ·  ·  1
             2       Move           r9 ← n                          1  ·  ·  ·  2  ·  ·  ·  ·
             3       Call           r7 ← r8, r9                     1  ·  1  1  ·  ·  ·  ·  1
             4       GetIter        r7 ← r7                         1  ·  ·  ·  1  ·  ·  ·  1
             5       Jump           → L2                            1  ·  ·  ·  ·  ·  ·  1  ·
            6 |         out.append(math.sqrt(i))
             6  L1:  Move           r9 ← out                        1  ·  ·  ·  2  ·  ·  ·  ·
             7       CheckMethod    r9, append                      1  ·  ·  ·  ·  ·  ·  ·  1
             8       LoadGlobal     r11 ← math                      1  ·  ·  ·  2  ·  ·  ·  1
             9       Move           r12 ← i                         1  ·  ·  ·  2  ·  ·  ·  ·
            10       CallMethod     r10 ← r11, r12  lazy arguments  1  ·  ·  ·  1  ·  ·  ·  1  math.sqrt
            11       Method         sqrt
            12       CallMethod     r8 ← r9, r10                    1  ·  ·  ·  1  ·  ·  ·  1  list.append
            13       Method         append
            7 |         y = 2.5 * x + i
            14       Mul            r8 ← 2.5, x  lazy               1  ·  2  2  5  1  ·  ·  ·  up to 15 one kernel of (float64[n], int), (float32[n], int)
            15       Add            y ← r8, i                       1  ·  2  2  5  1  ·  ·  ·
            8 |         z = x.mean()
            16       Move           r8 ← x                          1  ·  ·  ·  2  ·  ·  ·  ·
            17       CallMethod     z ← r8                          1  ·  ·  ·  1  ·  ·  ·  1  up to 18 one kernel of (float64[n]), (float32[n])
            18       Method         mean
            5 |     for i in range(n):
            19  L2:  ForIter        i ← r7                          1  ·  1  1  5  ·  1  1  ·
            20       Jump           → L1
            9 |     return out
            21       Return         out                             1  ·  ·  ·  1  ·  ·  ·  1
    "#]].assert_eq(function);
}

#[test]
fn a_script_that_fails_is_listed_all_the_same() {
    let (listing, error, status) = after_run("x = [1]\nx.append(2)\nx[5]\n");
    assert!(listing.contains("list.append"), "{listing}");
    assert!(error.contains("IndexError: list index out of range"), "{error}");
    assert_eq!(status, Some(1));
}
