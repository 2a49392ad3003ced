//! Golden listings: what each kind of statement and expression becomes. `UPDATE_EXPECT=1 cargo test` writes them anew.

use expect_test::{Expect, expect};
use toy::bytecode::op::Op;
use toy::bytecode::{compile, disassemble, overhead_table};
use toy::source::Source;
use toy::syntax::parse;

/// The whole listing.
fn listing(text: &str) -> String {
    let source = Source::new("test.toy", text);
    let ast = parse(&source).unwrap_or_else(|errors| panic!("{errors:?}"));
    let program = compile(&ast, &source).unwrap_or_else(|errors| panic!("{errors:?}"));
    disassemble(&program, &source)
}

/// Checks a listing without the columns of overheads.
fn check(text: &str, expected: Expect) {
    let listing = listing(text);
    let rows = listing.lines().skip_while(|line| !line.is_empty()).skip(1);
    expected.assert_eq(&rows.map(|row| format!("{}\n", without_columns(row))).collect::<String>());
}

/// Checks the code of the first function of a module.
fn check_function(text: &str, expected: Expect) {
    let listing = listing(text);
    let functions = listing.lines().skip_while(|line| !line.is_empty()).skip(1);
    let rows = functions.skip_while(|line| !line.is_empty()).skip(1);
    expected.assert_eq(&rows.map(|row| format!("{}\n", without_columns(row))).collect::<String>());
}

/// A row up to its nine counts of three characters each.
fn without_columns(row: &str) -> &str {
    let columns = row.char_indices().rev().nth(26).map(|(at, _)| row.split_at(at));
    let is_count = |char: char| char == '·' || char == ' ' || char.is_ascii_digit();
    match columns {
        Some((code, counts)) if counts.chars().all(is_count) && counts.contains('·') => code.trim_end(),
        _ => row,
    }
}

#[test]
fn gradient_loop_with_overheads() {
    expect![[r#"
                                                                 dispatch
                                                                 │  bounds check
                                                                 │  │  dereference
                                                                 │  │  │  type check
                                                                 │  │  │  │  memory access
                                                                 │  │  │  │  │  arithmetic
                                                                 │  │  │  │  │  │  loop counter
                                                                 │  │  │  │  │  │  │  branch
                                                                 │  │  │  │  │  │  │  │  other

        <module>: 1 registers, 0 of them local variables
            1 | def gradient_loop(y_pred, y, x, m):
             0       MakeFunction   r0 ← gradient_loop           1  ·  ·  ·  1  ·  ·  ·  1
             1       StoreGlobal    r0, gradient_loop            1  ·  ·  ·  2  ·  ·  ·  1
             2       LoadConst      r0 ← None                    1  ·  ·  ·  2  ·  ·  ·  ·
             3       Return         r0                           1  ·  ·  ·  2  ·  ·  ·  1

        gradient_loop(y_pred, y, x, m): 9 registers, 6 of them local variables
            2 |     dj_dw = 0
             0       LoadConst      dj_dw ← 0                    1  ·  ·  ·  2  ·  ·  ·  ·
            3 |     for i in range(m):
             1       LoadGlobal     r7 ← range                   1  ·  ·  ·  2  ·  ·  ·  1
             2       Move           r8 ← m                       1  ·  ·  ·  2  ·  ·  ·  ·
             3       Call           r6 ← r7, r8                  1  ·  1  1  ·  ·  ·  ·  1
             4       GetIter        r6 ← r6                      1  ·  ·  ·  1  ·  ·  ·  1
             5       Jump           → L2                         1  ·  ·  ·  ·  ·  ·  1  ·
            4 |         dj_dw += (y_pred[i] - y[i]) * x[i]
             6  L1:  GetItem        r7 ← y_pred, i               1  1  2  2  4  ·  ·  ·  ·
             7       GetItem        r8 ← y, i                    1  1  2  2  4  ·  ·  ·  ·
             8       Sub            r7 ← r7, r8  lazy            1  ·  2  2  5  1  ·  ·  ·
             9       GetItem        r8 ← x, i                    1  1  2  2  4  ·  ·  ·  ·
            10       Mul            r7 ← r7, r8  lazy            1  ·  2  2  5  1  ·  ·  ·
            11       Add            dj_dw ← dj_dw, r7  in place  1  ·  2  2  5  1  ·  ·  ·
            3 |     for i in range(m):
            12  L2:  ForIter        i ← r6                       1  ·  1  1  5  ·  1  1  ·
            13       Jump           → L1
            5 |     dj_dw /= m
            14       TrueDiv        dj_dw ← dj_dw, m  in place   1  ·  2  2  5  1  ·  ·  ·
            6 |     return dj_dw
            15       Return         dj_dw                        1  ·  ·  ·  2  ·  ·  ·  1
    "#]]
    .assert_eq(&listing(
        "\
def gradient_loop(y_pred, y, x, m):
    dj_dw = 0
    for i in range(m):
        dj_dw += (y_pred[i] - y[i]) * x[i]
    dj_dw /= m
    return dj_dw
",
    ));
}

#[test]
fn gradient_vectorized_stays_pending_up_to_the_call() {
    check(
        "\
import numpy as np

def gradient_vectorized(y_pred, y, x):
    return np.mean((y_pred - y) * x)
",
        expect![[r#"
            <module>: 1 registers, 0 of them local variables
                1 | import numpy as np
                 0       LoadModule     r0 ← numpy
                 1       StoreGlobal    r0, np
                3 | def gradient_vectorized(y_pred, y, x):
                 2       MakeFunction   r0 ← gradient_vectorized
                 3       StoreGlobal    r0, gradient_vectorized
                 4       LoadConst      r0 ← None
                 5       Return         r0

            gradient_vectorized(y_pred, y, x): 6 registers, 3 of them local variables
                4 |     return np.mean((y_pred - y) * x)
                 0       LoadGlobal     r4 ← np
                 1       CheckMethod    r4, mean
                 2       Sub            r5 ← y_pred, y  lazy
                 3       Mul            r5 ← r5, x  lazy
                 4       CallMethod     r3 ← r4, r5  lazy arguments
                 5       Method         mean
                 6       Return         r3
        "#]],
    );
}

#[test]
fn pending_results_feed_operations_of_the_same_expression_only() {
    check(
        "\
import numpy as np
from numpy import sqrt

def f(a, b, np2):
    x = a * b + a
    print(a * b, (a + b)[0], (a + b).T, -(a + b).sum())
    y = np.exp(-a, out=a * b) < b
    sqrt(a + b)
    np2.exp(a + b)
    x += a * b
    return a + b if a < b else [a + b]
",
        expect![[r#"
            <module>: 2 registers, 0 of them local variables
                1 | import numpy as np
                 0       LoadModule     r0 ← numpy
                 1       StoreGlobal    r0, np
                2 | from numpy import sqrt
                 2       LoadModule     r0 ← numpy
                 3       ImportFrom     r1 ← r0, sqrt
                 4       StoreGlobal    r1, sqrt
                4 | def f(a, b, np2):
                 5       MakeFunction   r0 ← f
                 6       StoreGlobal    r0, f
                 7       LoadConst      r0 ← None
                 8       Return         r0

            f(a, b, np2): 12 registers, 5 of them local variables
                5 |     x = a * b + a
                 0       Mul            r5 ← a, b  lazy
                 1       Add            x ← r5, a
                6 |     print(a * b, (a + b)[0], (a + b).T, -(a + b).sum())
                 2       LoadGlobal     r6 ← print
                 3       Mul            r7 ← a, b
                 4       Add            r8 ← a, b
                 5       LoadConst      r9 ← 0
                 6       GetItem        r8 ← r8, r9
                 7       Add            r9 ← a, b
                 8       GetAttr        r9 ← r9, T
                 9       Add            r11 ← a, b  lazy
                10       CallMethod     r10 ← r11  lazy
                11       Method         sum
                12       Neg            r10 ← r10
                13       Call           r5 ← r6 … r10
                7 |     y = np.exp(-a, out=a * b) < b
                14       LoadGlobal     r6 ← np
                15       CheckMethod    r6, exp
                16       Neg            r7 ← a  lazy
                17       Mul            r8 ← a, b  lazy
                18       CallMethodKw   r5 ← r6 … r8  lazy arguments, lazy
                19       Method         exp, (out=)
                20       Lt             y ← r5, b
                8 |     sqrt(a + b)
                21       LoadGlobal     r6 ← sqrt
                22       Add            r7 ← a, b
                23       Call           r5 ← r6, r7
                9 |     np2.exp(a + b)
                24       Move           r6 ← np2
                25       CheckMethod    r6, exp
                26       Add            r7 ← a, b
                27       CallMethod     r5 ← r6, r7
                28       Method         exp
               10 |     x += a * b
                29       Mul            r5 ← a, b  lazy
                30       Add            x ← x, r5  in place
               11 |     return a + b if a < b else [a + b]
                31       Lt             r6 ← a, b
                32       JumpIfFalse    r6 → L1
                33       Add            r5 ← a, b
                34       Jump           → L2
                35  L1:  Add            r6 ← a, b
                36       BuildList      r5 ← r6
                37  L2:  Return         r5
        "#]],
    );
}

#[test]
fn a_rebound_module_is_no_module() {
    check(
        "import math\nmath = 1\nx = 2\nmath.sqrt(x + 1)\n",
        expect![[r#"
            <module>: 4 registers, 0 of them local variables
                1 | import math
                 0       LoadModule     r0 ← math
                 1       StoreGlobal    r0, math
                2 | math = 1
                 2       LoadConst      r0 ← 1
                 3       StoreGlobal    r0, math
                3 | x = 2
                 4       LoadConst      r0 ← 2
                 5       StoreGlobal    r0, x
                4 | math.sqrt(x + 1)
                 6       LoadGlobal     r1 ← math
                 7       CheckMethod    r1, sqrt
                 8       LoadGlobal     r2 ← x
                 9       LoadConst      r3 ← 1
                10       Add            r2 ← r2, r3
                11       CallMethod     r0 ← r1, r2
                12       Method         sqrt
                13       LoadConst      r0 ← None
                14       Return         r0
        "#]],
    );
}

#[test]
fn module_variables_are_globals() {
    check(
        "x = 1\ny = x\nx\n",
        expect![[r#"
        <module>: 1 registers, 0 of them local variables
            1 | x = 1
             0       LoadConst      r0 ← 1
             1       StoreGlobal    r0, x
            2 | y = x
             2       LoadGlobal     r0 ← x
             3       StoreGlobal    r0, y
            3 | x
             4       LoadGlobal     r0 ← x
             5       LoadConst      r0 ← None
             6       Return         r0
    "#]],
    );
}

#[test]
fn constants_are_one_by_type_and_bits() {
    check(
        "x = [1, 1.0, True, 0.0, -0.0, 1, 'a', 'a', -1, 2 * 3, 1 - 0.5, 9223372036854775807 + 1, -9223372036854775808]\n",
        expect![[r#"
            <module>: 14 registers, 0 of them local variables
                1 | x = [1, 1.0, True, 0.0, -0.0, 1, 'a', 'a', -1, 2 * 3, 1 - 0.5, 9223372036854775807 + 1, -9223372036854775808]
                 0       LoadConst      r1 ← 1
                 1       LoadConst      r2 ← 1.0
                 2       LoadConst      r3 ← True
                 3       LoadConst      r4 ← 0.0
                 4       LoadConst      r5 ← -0.0
                 5       LoadConst      r6 ← 1
                 6       LoadConst      r7 ← "a"
                 7       LoadConst      r8 ← "a"
                 8       LoadConst      r9 ← -1
                 9       LoadConst      r10 ← 6
                10       LoadConst      r11 ← 0.5
                11       LoadConst      r12 ← 9223372036854775807
                12       LoadConst      r13 ← 1
                13       Add            r12 ← r12, r13
                14       LoadConst      r13 ← -9223372036854775808
                15       BuildList      r0 ← r1 … r13
                16       StoreGlobal    r0, x
                17       LoadConst      r0 ← None
                18       Return         r0
        "#]],
    );
}

#[test]
fn functions_and_their_defaults() {
    check(
        "def f(a, b: x = 1, /, c: y = 2, *, d, e=g()) -> z:\n    'Docstring.'\n    return\n",
        expect![[r#"
            <module>: 5 registers, 0 of them local variables
                1 | def f(a, b: x = 1, /, c: y = 2, *, d, e=g()) -> z:
                 0       LoadConst      r1 ← 1
                 1       LoadConst      r2 ← 2
                 2       LoadGlobal     r4 ← g
                 3       Call           r3 ← r4
                 4       LoadGlobal     r4 ← y
                 5       LoadGlobal     r4 ← x
                 6       LoadGlobal     r4 ← z
                 7       MakeFunction   r0 ← f, defaults r1 … r3
                 8       StoreGlobal    r0, f
                 9       LoadConst      r0 ← None
                10       Return         r0

            f(a, b=…, /, c=…, *, d, e=…): 6 registers, 5 of them local variables
                3 |     return
                 0       LoadConst      r5 ← None
                 1       Return         r5
        "#]],
    );
}

#[test]
fn assignments() {
    check_function(
        "\
def f(a, i, v):
    b = c = a
    a[i] = b = v
    a[i][0] = c[1:] = v
    (b, c), [d, *e] = v
    b, c = c, b
    b, c = a, v
    a[b], b = c, i
    () = v
    b: int = 2
    g: nothing
",
        expect![[r#"
            f(a, i, v): 13 registers, 8 of them local variables
                2 |     b = c = a
                 0       Move           b ← a
                 1       Move           c ← b
                3 |     a[i] = b = v
                 2       Move           r8 ← v
                 3       SetItem        a, i, r8
                 4       Move           b ← r8
                4 |     a[i][0] = c[1:] = v
                 5       Move           r8 ← v
                 6       GetItem        r9 ← a, i
                 7       LoadConst      r10 ← 0
                 8       SetItem        r9, r10, r8
                 9       LoadConst      r10 ← 1
                10       LoadConst      r11 ← None
                11       LoadConst      r12 ← None
                12       BuildSlice     r9 ← r10 … r12
                13       SetItem        c, r9, r8
                5 |     (b, c), [d, *e] = v
                14       UnpackSequence r8, r9 ← v
                15       UnpackSequence b, c ← r8
                16       UnpackStar     d, e ← r9  star at 1
                6 |     b, c = c, b
                17       Move           r8 ← c
                18       Move           r9 ← b
                19       Move           b ← r8
                20       Move           c ← r9
                7 |     b, c = a, v
                21       Move           b ← a
                22       Move           c ← v
                8 |     a[b], b = c, i
                23       Move           r8 ← c
                24       Move           r9 ← i
                25       SetItem        a, b, r8
                26       Move           b ← r9
                9 |     () = v
                27       UnpackSequence nothing ← v
               10 |     b: int = 2
                28       LoadConst      b ← 2
               11 |     g: nothing
                29       LoadConst      r8 ← None
                30       Return         r8
        "#]],
    );
}

#[test]
fn augmented_assignments() {
    check_function(
        "\
def f(a, i, v):
    global g
    a += v
    g -= v
    a[i] *= v
    a[i, 1:2] @= v
    a **= i * 2
",
        expect![[r#"
            f(a, i, v): 9 registers, 3 of them local variables
                3 |     a += v
                 0       Add            a ← a, v  in place
                4 |     g -= v
                 1       LoadGlobal     r3 ← g
                 2       Sub            r3 ← r3, v  in place
                 3       StoreGlobal    r3, g
                5 |     a[i] *= v
                 4       GetItem        r3 ← a, i
                 5       Mul            r3 ← r3, v  in place
                 6       SetItem        a, i, r3
                6 |     a[i, 1:2] @= v
                 7       Move           r4 ← i
                 8       LoadConst      r6 ← 1
                 9       LoadConst      r7 ← 2
                10       LoadConst      r8 ← None
                11       BuildSlice     r5 ← r6 … r8
                12       BuildTuple     r3 ← r4, r5
                13       GetItem        r4 ← a, r3
                14       MatMul         r4 ← r4, v  in place
                15       SetItem        a, r3, r4
                7 |     a **= i * 2
                16       LoadConst      r4 ← 2
                17       Mul            r3 ← i, r4  lazy
                18       Pow            a ← a, r3  in place
                19       LoadConst      r3 ← None
                20       Return         r3
        "#]],
    );
}

#[test]
fn conditions_jump() {
    check_function(
        "\
def f(a, b, c):
    if a and not b or c:
        return 1
    elif not (a or b) and a < b <= c:
        return 2
    else:
        a = 3
    if True and a:
        a = 4
    if False:
        a = 5
    if not a < b < c:
        a = 6
",
        expect![[r#"
            f(a, b, c): 6 registers, 3 of them local variables
                2 |     if a and not b or c:
                 0       JumpIfFalse    a → L1
                 1       JumpIfFalse    b → L2
                 2  L1:  JumpIfFalse    c → L3
                3 |         return 1
                 3  L2:  LoadConst      r3 ← 1
                 4       Return         r3
                4 |     elif not (a or b) and a < b <= c:
                 5  L3:  JumpIfTrue     a → L4
                 6       JumpIfTrue     b → L4
                 7       Lt             r3 ← a, b
                 8       JumpIfFalse    r3 → L4
                 9       Le             r3 ← b, c
                10       JumpIfFalse    r3 → L4
                5 |         return 2
                11       LoadConst      r3 ← 2
                12       Return         r3
                7 |         a = 3
                13  L4:  LoadConst      a ← 3
                8 |     if True and a:
                14       JumpIfFalse    a → L5
                9 |         a = 4
                15       LoadConst      a ← 4
               10 |     if False:
                16  L5:  Jump           → L6
               11 |         a = 5
                17       LoadConst      a ← 5
               12 |     if not a < b < c:
                18  L6:  Lt             r3 ← a, b
                19       JumpIfFalse    r3 → L7
                20       Lt             r3 ← b, c
                21       JumpIfTrue     r3 → L8
               13 |         a = 6
                22  L7:  LoadConst      a ← 6
                23  L8:  LoadConst      r3 ← None
                24       Return         r3
        "#]],
    );
}

#[test]
fn conditions_as_values() {
    check_function(
        "\
def f(a, b, c):
    a = b and a or c
    a = a < b < c < 4
    a = not (a and b)
    a = b if c else a if b else c
    a = b is not c
    a = b not in c
    return a and b
",
        expect![[r#"
            f(a, b, c): 6 registers, 3 of them local variables
                2 |     a = b and a or c
                 0       Move           r3 ← b
                 1       JumpIfFalse    r3 → L1
                 2       Move           r3 ← a
                 3  L1:  JumpIfTrue     r3 → L2
                 4       Move           r3 ← c
                 5  L2:  Move           a ← r3
                3 |     a = a < b < c < 4
                 6       Lt             r3 ← a, b
                 7       JumpIfFalse    r3 → L3
                 8       Lt             r3 ← b, c
                 9       JumpIfFalse    r3 → L3
                10       LoadConst      r5 ← 4
                11       Lt             r3 ← c, r5
                12  L3:  Move           a ← r3
                4 |     a = not (a and b)
                13       Move           r3 ← a
                14       JumpIfFalse    r3 → L4
                15       Move           r3 ← b
                16  L4:  Not            a ← r3
                5 |     a = b if c else a if b else c
                17       JumpIfFalse    c → L5
                18       Move           a ← b
                19       Jump           → L7
                20  L5:  JumpIfFalse    b → L6
                21       Jump           → L7
                22  L6:  Move           a ← c
                6 |     a = b is not c
                23  L7:  IsNot          a ← b, c
                7 |     a = b not in c
                24       NotIn          a ← b, c
                8 |     return a and b
                25       Move           r3 ← a
                26       JumpIfFalse    r3 → L8
                27       Move           r3 ← b
                28  L8:  Return         r3
        "#]],
    );
}

#[test]
fn while_loops() {
    check_function(
        "\
def f(n):
    while n:
        n -= 1
        if n == 5:
            continue
        if n == 3:
            break
    else:
        n = 7
    while True:
        if n:
            break
    while 1:
        pass
",
        expect![[r#"
            f(n): 3 registers, 1 of them local variables
                2 |     while n:
                 0       Jump           → L3
                3 |         n -= 1
                 1  L1:  LoadConst      r1 ← 1
                 2       Sub            n ← n, r1  in place
                4 |         if n == 5:
                 3       LoadConst      r2 ← 5
                 4       Eq             r1 ← n, r2
                 5       JumpIfFalse    r1 → L2
                5 |             continue
                 6       Jump           → L3
                6 |         if n == 3:
                 7  L2:  LoadConst      r2 ← 3
                 8       Eq             r1 ← n, r2
                 9       JumpIfFalse    r1 → L3
                7 |             break
                10       Jump           → L4
                2 |     while n:
                11  L3:  JumpIfTrue     n → L1
                9 |         n = 7
                12       LoadConst      n ← 7
               11 |         if n:
                13  L4:  JumpIfFalse    n → L5
               12 |             break
                14       Jump           → L6
               10 |     while True:
                15  L5:  Jump           → L4
               13 |     while 1:
                16  L6:  Jump           → L6
               14 |         pass
                17       LoadConst      r1 ← None
                18       Return         r1
        "#]],
    );
}

#[test]
fn for_loops() {
    check(
        "\
for x in y:
    for a[x] in x:
        break
    else:
        continue
    for i, (j, *k) in x:
        pass
",
        expect![[r#"
            <module>: 8 registers, 0 of them local variables
                1 | for x in y:
                 0       LoadGlobal     r0 ← y
                 1       GetIter        r0 ← r0
                 2       Jump           → L7
                 3  L1:  StoreGlobal    r1, x
                2 |     for a[x] in x:
                 4       LoadGlobal     r2 ← x
                 5       GetIter        r2 ← r2
                 6       Jump           → L3
                 7  L2:  LoadGlobal     r4 ← a
                 8       LoadGlobal     r5 ← x
                 9       SetItem        r4, r5, r3
                3 |         break
                10       Jump           → L4
                2 |     for a[x] in x:
                11  L3:  ForIter        r3 ← r2
                12       Jump           → L2
                5 |         continue
                13       Jump           → L7
                6 |     for i, (j, *k) in x:
                14  L4:  LoadGlobal     r2 ← x
                15       GetIter        r2 ← r2
                16       Jump           → L6
                17  L5:  UnpackSequence r4, r5 ← r3
                18       StoreGlobal    r4, i
                19       UnpackStar     r6, r7 ← r5  star at 1
                20       StoreGlobal    r6, j
                21       StoreGlobal    r7, k
                22  L6:  ForIter        r3 ← r2
                23       Jump           → L5
                1 | for x in y:
                24  L7:  ForIter        r1 ← r0
                25       Jump           → L1
                7 |         pass
                26       LoadConst      r0 ← None
                27       Return         r0
        "#]],
    );
    check_function(
        "\
def f(xs):
    for i, x in enumerate(xs):
        i, x = x, i
    for x in x:
        pass
    return x
",
        expect![[r#"
            f(xs): 7 registers, 3 of them local variables
                2 |     for i, x in enumerate(xs):
                 0       LoadGlobal     r4 ← enumerate
                 1       Move           r5 ← xs
                 2       Call           r3 ← r4, r5
                 3       GetIter        r3 ← r3
                 4       Jump           → L2
                 5  L1:  UnpackSequence i, x ← r4
                3 |         i, x = x, i
                 6       Move           r5 ← x
                 7       Move           r6 ← i
                 8       Move           i ← r5
                 9       Move           x ← r6
                2 |     for i, x in enumerate(xs):
                10  L2:  ForIter        r4 ← r3
                11       Jump           → L1
                4 |     for x in x:
                12       CheckBound     x
                13       GetIter        r3 ← x
                14       Jump           → L3
                15  L3:  ForIter        x ← r3
                16       Jump           → L3
                6 |     return x
                17       Return         x
        "#]],
    );
}

#[test]
fn unbound_variables_are_checked_where_they_may_be() {
    check_function(
        "\
def f(a):
    if a:
        b = 1
    else:
        c = 2
    b, b, c
    for i in a:
        d = i
    i, d
    while a:
        e = 1
        if a:
            break
        g = 1
    else:
        e = 2
        g = 2
    e, g
    while True:
        h = 1
        if a:
            break
    h
    a and j
    j
    k = k
",
        expect![[r#"
            f(a): 13 registers, 9 of them local variables
                2 |     if a:
                 0       JumpIfFalse    a → L1
                3 |         b = 1
                 1       LoadConst      b ← 1
                 2       Jump           → L2
                5 |         c = 2
                 3  L1:  LoadConst      c ← 2
                6 |     b, b, c
                 4  L2:  CheckBound     b
                 5       Move           r10 ← b
                 6       Move           r11 ← b
                 7       CheckBound     c
                 8       Move           r12 ← c
                 9       BuildTuple     r9 ← r10 … r12
                7 |     for i in a:
                10       GetIter        r9 ← a
                11       Jump           → L4
                8 |         d = i
                12  L3:  Move           d ← i
                7 |     for i in a:
                13  L4:  ForIter        i ← r9
                14       Jump           → L3
                9 |     i, d
                15       CheckBound     i
                16       Move           r10 ← i
                17       CheckBound     d
                18       Move           r11 ← d
                19       BuildTuple     r9 ← r10, r11
               10 |     while a:
                20       Jump           → L7
               11 |         e = 1
                21  L5:  LoadConst      e ← 1
               12 |         if a:
                22       JumpIfFalse    a → L6
               13 |             break
                23       Jump           → L8
               14 |         g = 1
                24  L6:  LoadConst      g ← 1
               10 |     while a:
                25  L7:  JumpIfTrue     a → L5
               16 |         e = 2
                26       LoadConst      e ← 2
               17 |         g = 2
                27       LoadConst      g ← 2
               18 |     e, g
                28  L8:  Move           r10 ← e
                29       CheckBound     g
                30       Move           r11 ← g
                31       BuildTuple     r9 ← r10, r11
               20 |         h = 1
                32  L9:  LoadConst      h ← 1
               21 |         if a:
                33       JumpIfFalse    a → L10
               22 |             break
                34       Jump           → L11
               19 |     while True:
                35  L10: Jump           → L9
               24 |     a and j
                36  L11: Move           r9 ← a
                37       JumpIfFalse    r9 → L12
                38       LoadGlobal     r9 ← j
               25 |     j
                39  L12: LoadGlobal     r9 ← j
               26 |     k = k
                40       CheckBound     k
                41       LoadConst      r9 ← None
                42       Return         r9
        "#]],
    );
}

#[test]
fn calls() {
    check_function(
        "\
def f(a):
    f()
    f(a, 1, f(a))
    f(a, b=1, c=a)
    a.b()
    a.b(1).c(d=2)
    a.b.c.d
    a[0](a)
",
        expect![[r#"
            f(a): 8 registers, 1 of them local variables
                2 |     f()
                 0       LoadGlobal     r2 ← f
                 1       Call           r1 ← r2
                3 |     f(a, 1, f(a))
                 2       LoadGlobal     r2 ← f
                 3       Move           r3 ← a
                 4       LoadConst      r4 ← 1
                 5       LoadGlobal     r6 ← f
                 6       Move           r7 ← a
                 7       Call           r5 ← r6, r7
                 8       Call           r1 ← r2 … r5
                4 |     f(a, b=1, c=a)
                 9       LoadGlobal     r2 ← f
                10       Move           r3 ← a
                11       LoadConst      r4 ← 1
                12       Move           r5 ← a
                13       CallKw         r1 ← r2 … r5
                14       Keywords       (b=, c=)
                5 |     a.b()
                15       Move           r2 ← a
                16       CallMethod     r1 ← r2
                17       Method         b
                6 |     a.b(1).c(d=2)
                18       Move           r3 ← a
                19       LoadConst      r4 ← 1
                20       CallMethod     r2 ← r3, r4  lazy
                21       Method         b
                22       LoadConst      r3 ← 2
                23       CallMethodKw   r1 ← r2, r3
                24       Method         c, (d=)
                7 |     a.b.c.d
                25       GetAttr        r1 ← a, b
                26       GetAttr        r1 ← r1, c
                27       GetAttr        r1 ← r1, d
                8 |     a[0](a)
                28       LoadConst      r3 ← 0
                29       GetItem        r2 ← a, r3
                30       Move           r3 ← a
                31       Call           r1 ← r2, r3
                32       LoadConst      r1 ← None
                33       Return         r1
        "#]],
    );
}

#[test]
fn displays_slices_and_strings() {
    check_function(
        r#"
def f(a):
    [], (), {}, [a, (a, 1)], {a: 1, 'b': a}
    a[1:], a[::a], a[:, None, ..., 0:1]
    f'', f'x', f'{a}', f'{a!r:>{a}} and {a + 1=}', f'{{{a:.2f}}}'
"#,
        expect![[r#"
            f(a): 13 registers, 1 of them local variables
                3 |     [], (), {}, [a, (a, 1)], {a: 1, 'b': a}
                 0       BuildList      r2 ← nothing
                 1       BuildTuple     r3 ← nothing
                 2       BuildDict      r4 ← nothing
                 3       Move           r6 ← a
                 4       Move           r8 ← a
                 5       LoadConst      r9 ← 1
                 6       BuildTuple     r7 ← r8, r9
                 7       BuildList      r5 ← r6, r7
                 8       Move           r7 ← a
                 9       LoadConst      r8 ← 1
                10       LoadConst      r9 ← "b"
                11       Move           r10 ← a
                12       BuildDict      r6 ← r7 … r10
                13       BuildTuple     r1 ← r2 … r6
                4 |     a[1:], a[::a], a[:, None, ..., 0:1]
                14       LoadConst      r4 ← 1
                15       LoadConst      r5 ← None
                16       LoadConst      r6 ← None
                17       BuildSlice     r3 ← r4 … r6
                18       GetItem        r2 ← a, r3
                19       LoadConst      r5 ← None
                20       LoadConst      r6 ← None
                21       Move           r7 ← a
                22       BuildSlice     r4 ← r5 … r7
                23       GetItem        r3 ← a, r4
                24       LoadConst      r7 ← None
                25       LoadConst      r8 ← None
                26       LoadConst      r9 ← None
                27       BuildSlice     r6 ← r7 … r9
                28       LoadConst      r7 ← None
                29       LoadConst      r8 ← ...
                30       LoadConst      r10 ← 0
                31       LoadConst      r11 ← 1
                32       LoadConst      r12 ← None
                33       BuildSlice     r9 ← r10 … r12
                34       BuildTuple     r5 ← r6 … r9
                35       GetItem        r4 ← a, r5
                36       BuildTuple     r1 ← r2 … r4
                5 |     f'', f'x', f'{a}', f'{a!r:>{a}} and {a + 1=}', f'{{{a:.2f}}}'
                37       LoadConst      r2 ← ""
                38       LoadConst      r3 ← "x"
                39       FormatValue    r4 ← a
                40       LoadConst      r8 ← ">"
                41       FormatValue    r9 ← a
                42       BuildString    r7 ← r8, r9
                43       FormatValue    r6 ← a, r7  repr
                44       LoadConst      r7 ← " and a + 1="
                45       LoadConst      r9 ← 1
                46       Add            r8 ← a, r9
                47       FormatValue    r8 ← r8  repr
                48       BuildString    r5 ← r6 … r8
                49       LoadConst      r7 ← "{"
                50       LoadConst      r9 ← ".2f"
                51       FormatValue    r8 ← a, r9
                52       LoadConst      r9 ← "}"
                53       BuildString    r6 ← r7 … r9
                54       BuildTuple     r1 ← r2 … r6
                55       LoadConst      r1 ← None
                56       Return         r1
        "#]],
    );
}

#[test]
fn asserts() {
    check_function(
        "\
def f(a):
    assert a
    assert a > 0 and a < 9, f'{a} is bad'
    assert False
",
        expect![[r#"
            f(a): 4 registers, 1 of them local variables
                2 |     assert a
                 0       JumpIfTrue     a → L1
                 1       AssertFailed
                3 |     assert a > 0 and a < 9, f'{a} is bad'
                 2  L1:  LoadConst      r2 ← 0
                 3       Gt             r1 ← a, r2
                 4       JumpIfFalse    r1 → L2
                 5       LoadConst      r2 ← 9
                 6       Lt             r1 ← a, r2
                 7       JumpIfTrue     r1 → L3
                 8  L2:  FormatValue    r2 ← a
                 9       LoadConst      r3 ← " is bad"
                10       BuildString    r1 ← r2, r3
                11       AssertFailed   r1
                4 |     assert False
                12  L3:  AssertFailed
                13       LoadConst      r1 ← None
                14       Return         r1
        "#]],
    );
}

#[test]
fn imports() {
    check(
        "\
import numpy, math as m
from time import perf_counter
def f():
    import sys
    from math import sqrt as root, pi
    return sys
if __name__ == '__main__':
    f()
",
        expect![[r#"
            <module>: 2 registers, 0 of them local variables
                1 | import numpy, math as m
                 0       LoadModule     r0 ← numpy
                 1       StoreGlobal    r0, numpy
                 2       LoadModule     r0 ← math
                 3       StoreGlobal    r0, m
                2 | from time import perf_counter
                 4       LoadModule     r0 ← time
                 5       ImportFrom     r1 ← r0, perf_counter
                 6       StoreGlobal    r1, perf_counter
                3 | def f():
                 7       MakeFunction   r0 ← f
                 8       StoreGlobal    r0, f
                7 | if __name__ == '__main__':
                 9       LoadGlobal     r0 ← __name__
                10       LoadConst      r1 ← "__main__"
                11       Eq             r0 ← r0, r1
                12       JumpIfFalse    r0 → L1
                8 |     f()
                13       LoadGlobal     r1 ← f
                14       Call           r0 ← r1
                15  L1:  LoadConst      r0 ← None
                16       Return         r0

            f(): 4 registers, 3 of them local variables
                4 |     import sys
                 0       LoadModule     sys ← sys
                5 |     from math import sqrt as root, pi
                 1       LoadModule     r3 ← math
                 2       ImportFrom     root ← r3, sqrt
                 3       ImportFrom     pi ← r3, pi
                6 |     return sys
                 4       Return         sys
        "#]],
    );
}

#[test]
fn a_long_sum_takes_one_accumulator() {
    let source = Source::new("test.toy", format!("def f(a):\n    return a{}\n", " + a * 2".repeat(100_000)));
    let ast = parse(&source).unwrap_or_else(|errors| panic!("{errors:?}"));
    let program = compile(&ast, &source).unwrap_or_else(|errors| panic!("{errors:?}"));
    assert_eq!(program.main.functions[0].registers, 4);
    assert_eq!(program.main.functions[0].code.len(), 300_001);
}

#[test]
fn table_tells_every_operation_and_path() {
    let table = overhead_table();
    for op in Op::ALL {
        assert!(table.contains(&format!("\n{} (", op.name())), "{}", op.name());
        assert!(table.contains(op.meaning()), "{}", op.name());
    }
    let start = table.find("\nForIter").unwrap_or_default();
    let end = table.find("\nGetItem").unwrap_or_default();
    expect![[r#"

        ForIter (dst src)
            a ← next(b) and go where the next instruction says, or skip it
            range                           1  ·  1  1  5  ·  1  1  ·
            range → cached                  1  ·  1  1  4  ·  1  1  ·
            list                            1  1  2  1  5  ·  1  1  ·
            generic                         1  ·  ·  1  1  ·  1  1  1
            range, end                      1  ·  1  1  1  ·  1  1  ·
            list, end                       1  1  2  1  1  ·  1  1  ·
            generic, end                    1  ·  ·  1  ·  ·  1  1  1
    "#]]
    .assert_eq(&table[start..end]);
}
