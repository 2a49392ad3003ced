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

        <module>: 2 registers, 0 of them local variables
            1 | def gradient_loop(y_pred, y, x, m):
             0       MakeFunction   r1 ← gradient_loop           1  ·  ·  ·  1  ·  ·  ·  1
             1       StoreGlobal    r1, gradient_loop            1  ·  ·  ·  2  ·  ·  ·  1
             2       Return         None                         1  ·  ·  ·  1  ·  ·  ·  1

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
            15       Return         dj_dw                        1  ·  ·  ·  1  ·  ·  ·  1
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
            <module>: 2 registers, 0 of them local variables
                1 | import numpy as np
                 0       LoadModule     r1 ← numpy
                 1       StoreGlobal    r1, np
                3 | def gradient_vectorized(y_pred, y, x):
                 2       MakeFunction   r1 ← gradient_vectorized
                 3       StoreGlobal    r1, gradient_vectorized
                 4       Return         None

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
            <module>: 3 registers, 0 of them local variables
                1 | import numpy as np
                 0       LoadModule     r1 ← numpy
                 1       StoreGlobal    r1, np
                2 | from numpy import sqrt
                 2       LoadModule     r1 ← numpy
                 3       ImportFrom     r2 ← r1, sqrt
                 4       StoreGlobal    r2, sqrt
                4 | def f(a, b, np2):
                 5       MakeFunction   r1 ← f
                 6       StoreGlobal    r1, f
                 7       Return         None

            f(a, b, np2): 13 registers, 5 of them local variables
                5 |     x = a * b + a
                 0       Mul            r6 ← a, b  lazy
                 1       Add            x ← r6, a
                6 |     print(a * b, (a + b)[0], (a + b).T, -(a + b).sum())
                 2       LoadGlobal     r7 ← print
                 3       Mul            r8 ← a, b
                 4       Add            r9 ← a, b
                 5       GetItem        r9 ← r9, 0
                 6       Add            r10 ← a, b
                 7       GetAttr        r10 ← r10, T
                 8       Add            r12 ← a, b  lazy
                 9       CallMethod     r11 ← r12  lazy
                10       Method         sum
                11       Neg            r11 ← r11
                12       Call           r6 ← r7 … r11
                7 |     y = np.exp(-a, out=a * b) < b
                13       LoadGlobal     r7 ← np
                14       CheckMethod    r7, exp
                15       Neg            r8 ← a  lazy
                16       Mul            r9 ← a, b  lazy
                17       CallMethodKw   r6 ← r7 … r9  lazy arguments, lazy
                18       Method         exp, (out=)
                19       Lt             y ← r6, b
                8 |     sqrt(a + b)
                20       LoadGlobal     r7 ← sqrt
                21       Add            r8 ← a, b
                22       Call           r6 ← r7, r8
                9 |     np2.exp(a + b)
                23       Move           r7 ← np2
                24       CheckMethod    r7, exp
                25       Add            r8 ← a, b
                26       CallMethod     r6 ← r7, r8
                27       Method         exp
               10 |     x += a * b
                28       Mul            r6 ← a, b  lazy
                29       Add            x ← x, r6  in place
               11 |     return a + b if a < b else [a + b]
                30       TestLt         a, b
                31       Unless         → L1
                32       Add            r6 ← a, b
                33       Jump           → L2
                34  L1:  Add            r7 ← a, b
                35       BuildList      r6 ← r7
                36  L2:  Return         r6
        "#]],
    );
}

#[test]
fn a_rebound_module_is_no_module() {
    check(
        "import math\nmath = 1\nx = 2\nmath.sqrt(x + 1)\n",
        expect![[r#"
            <module>: 6 registers, 0 of them local variables
                1 | import math
                 0       LoadModule     r3 ← math
                 1       StoreGlobal    r3, math
                2 | math = 1
                 2       StoreGlobal    1, math
                3 | x = 2
                 3       StoreGlobal    2, x
                4 | math.sqrt(x + 1)
                 4       LoadGlobal     r4 ← math
                 5       CheckMethod    r4, sqrt
                 6       LoadGlobal     r5 ← x
                 7       Add            r5 ← r5, 1
                 8       CallMethod     r3 ← r4, r5
                 9       Method         sqrt
                10       Return         None
        "#]],
    );
}

#[test]
fn module_variables_are_globals() {
    check(
        "x = 1\ny = x\nx\n",
        expect![[r#"
            <module>: 3 registers, 0 of them local variables
                1 | x = 1
                 0       StoreGlobal    1, x
                2 | y = x
                 1       LoadGlobal     r2 ← x
                 2       StoreGlobal    r2, y
                3 | x
                 3       LoadGlobal     r2 ← x
                 4       Return         None
        "#]],
    );
}

#[test]
fn constants_are_one_by_type_and_bits() {
    check(
        "x = [1, 1.0, True, 0.0, -0.0, 1, 'a', 'a', -1, 2 * 3, 1 - 0.5, 9223372036854775807 + 1, -9223372036854775808]\n",
        expect![[r#"
            <module>: 17 registers, 0 of them local variables
                1 | x = [1, 1.0, True, 0.0, -0.0, 1, 'a', 'a', -1, 2 * 3, 1 - 0.5, 9223372036854775807 + 1, -9223372036854775808]
                 0       LoadConst      r4 ← 1
                 1       LoadConst      r5 ← 1.0
                 2       LoadConst      r6 ← True
                 3       LoadConst      r7 ← 0.0
                 4       LoadConst      r8 ← -0.0
                 5       LoadConst      r9 ← 1
                 6       LoadConst      r10 ← "a"
                 7       LoadConst      r11 ← "a"
                 8       LoadConst      r12 ← -1
                 9       LoadConst      r13 ← 6
                10       LoadConst      r14 ← 0.5
                11       Add            r15 ← 9223372036854775807, 1
                12       LoadConst      r16 ← -9223372036854775808
                13       BuildList      r3 ← r4 … r16
                14       StoreGlobal    r3, x
                15       Return         None
        "#]],
    );
}

#[test]
fn functions_and_their_defaults() {
    check(
        "def f(a, b: x = 1, /, c: y = 2, *, d, e=g()) -> z:\n    'Docstring.'\n    return\n",
        expect![[r#"
            <module>: 6 registers, 0 of them local variables
                1 | def f(a, b: x = 1, /, c: y = 2, *, d, e=g()) -> z:
                 0       LoadConst      r2 ← 1
                 1       LoadConst      r3 ← 2
                 2       LoadGlobal     r5 ← g
                 3       Call           r4 ← r5
                 4       LoadGlobal     r5 ← y
                 5       LoadGlobal     r5 ← x
                 6       LoadGlobal     r5 ← z
                 7       MakeFunction   r1 ← f, defaults r2 … r4
                 8       StoreGlobal    r1, f
                 9       Return         None

            f(a, b=…, /, c=…, *, d, e=…): 6 registers, 5 of them local variables
                3 |     return
                 0       Return         None
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
                 2       Move           r11 ← v
                 3       SetItem        a, i, r11
                 4       Move           b ← r11
                4 |     a[i][0] = c[1:] = v
                 5       Move           r11 ← v
                 6       GetItem        r12 ← a, i
                 7       SetItem        r12, 0, r11
                 8       SetSlice       c, 1, r11
                 9       Bounds         None, None
                5 |     (b, c), [d, *e] = v
                10       UnpackSequence r11, r12 ← v
                11       UnpackSequence b, c ← r11
                12       UnpackStar     d, e ← r12  star at 1
                6 |     b, c = c, b
                13       Move           r11 ← c
                14       Move           r12 ← b
                15       Move           b ← r11
                16       Move           c ← r12
                7 |     b, c = a, v
                17       Move           b ← a
                18       Move           c ← v
                8 |     a[b], b = c, i
                19       Move           r11 ← c
                20       Move           r12 ← i
                21       SetItem        a, b, r11
                22       Move           b ← r12
                9 |     () = v
                23       UnpackSequence nothing ← v
               10 |     b: int = 2
                24       LoadConst      b ← 2
               11 |     g: nothing
                25       Return         None
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
            f(a, i, v): 11 registers, 3 of them local variables
                3 |     a += v
                 0       Add            a ← a, v  in place
                4 |     g -= v
                 1       LoadGlobal     r5 ← g
                 2       Sub            r5 ← r5, v  in place
                 3       StoreGlobal    r5, g
                5 |     a[i] *= v
                 4       GetItem        r5 ← a, i
                 5       Mul            r5 ← r5, v  in place
                 6       SetItem        a, i, r5
                6 |     a[i, 1:2] @= v
                 7       Move           r6 ← i
                 8       LoadConst      r8 ← 1
                 9       LoadConst      r9 ← 2
                10       LoadConst      r10 ← None
                11       BuildSlice     r7 ← r8 … r10
                12       BuildTuple     r5 ← r6, r7
                13       GetItem        r6 ← a, r5
                14       MatMul         r6 ← r6, v  in place
                15       SetItem        a, r5, r6
                7 |     a **= i * 2
                16       Mul            r5 ← i, 2  lazy
                17       Pow            a ← a, r5  in place
                18       Return         None
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
            f(a, b, c): 9 registers, 3 of them local variables
                2 |     if a and not b or c:
                 0       JumpIfFalse    a → L1
                 1       JumpIfFalse    b → L2
                 2  L1:  JumpIfFalse    c → L3
                3 |         return 1
                 3  L2:  Return         1
                4 |     elif not (a or b) and a < b <= c:
                 4  L3:  JumpIfTrue     a → L4
                 5       JumpIfTrue     b → L4
                 6       Lt             r6 ← a, b
                 7       JumpIfFalse    r6 → L4
                 8       Le             r6 ← b, c
                 9       JumpIfFalse    r6 → L4
                5 |         return 2
                10       Return         2
                7 |         a = 3
                11  L4:  LoadConst      a ← 3
                8 |     if True and a:
                12       JumpIfFalse    a → L5
                9 |         a = 4
                13       LoadConst      a ← 4
               10 |     if False:
                14  L5:  Jump           → L6
               11 |         a = 5
                15       LoadConst      a ← 5
               12 |     if not a < b < c:
                16  L6:  Lt             r6 ← a, b
                17       JumpIfFalse    r6 → L7
                18       Lt             r6 ← b, c
                19       JumpIfTrue     r6 → L8
               13 |         a = 6
                20  L7:  LoadConst      a ← 6
                21  L8:  Return         None
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
            f(a, b, c): 7 registers, 3 of them local variables
                2 |     a = b and a or c
                 0       Move           r4 ← b
                 1       JumpIfFalse    r4 → L1
                 2       Move           r4 ← a
                 3  L1:  JumpIfTrue     r4 → L2
                 4       Move           r4 ← c
                 5  L2:  Move           a ← r4
                3 |     a = a < b < c < 4
                 6       Lt             r4 ← a, b
                 7       JumpIfFalse    r4 → L3
                 8       Lt             r4 ← b, c
                 9       JumpIfFalse    r4 → L3
                10       Lt             r4 ← c, 4
                11  L3:  Move           a ← r4
                4 |     a = not (a and b)
                12       Move           r4 ← a
                13       JumpIfFalse    r4 → L4
                14       Move           r4 ← b
                15  L4:  Not            a ← r4
                5 |     a = b if c else a if b else c
                16       JumpIfFalse    c → L5
                17       Move           a ← b
                18       Jump           → L7
                19  L5:  JumpIfFalse    b → L6
                20       Jump           → L7
                21  L6:  Move           a ← c
                6 |     a = b is not c
                22  L7:  IsNot          a ← b, c
                7 |     a = b not in c
                23       NotIn          a ← b, c
                8 |     return a and b
                24       Move           r4 ← a
                25       JumpIfFalse    r4 → L8
                26       Move           r4 ← b
                27  L8:  Return         r4
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
            f(n): 5 registers, 1 of them local variables
                2 |     while n:
                 0       Jump           → L3
                3 |         n -= 1
                 1  L1:  Sub            n ← n, 1  in place
                4 |         if n == 5:
                 2       TestEq         n, 5
                 3       Unless         → L2
                5 |             continue
                 4       Jump           → L3
                6 |         if n == 3:
                 5  L2:  TestEq         n, 3
                 6       Unless         → L3
                7 |             break
                 7       Jump           → L4
                2 |     while n:
                 8  L3:  JumpIfTrue     n → L1
                9 |         n = 7
                 9       LoadConst      n ← 7
               11 |         if n:
                10  L4:  JumpIfFalse    n → L5
               12 |             break
                11       Jump           → L6
               10 |     while True:
                12  L5:  Jump           → L4
               13 |     while 1:
                13  L6:  Jump           → L6
               14 |         pass
                14       Return         None
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
            <module>: 9 registers, 0 of them local variables
                1 | for x in y:
                 0       LoadGlobal     r1 ← y
                 1       GetIter        r1 ← r1
                 2       Jump           → L7
                 3  L1:  StoreGlobal    r2, x
                2 |     for a[x] in x:
                 4       LoadGlobal     r3 ← x
                 5       GetIter        r3 ← r3
                 6       Jump           → L3
                 7  L2:  LoadGlobal     r5 ← a
                 8       LoadGlobal     r6 ← x
                 9       SetItem        r5, r6, r4
                3 |         break
                10       Jump           → L4
                2 |     for a[x] in x:
                11  L3:  ForIter        r4 ← r3
                12       Jump           → L2
                5 |         continue
                13       Jump           → L7
                6 |     for i, (j, *k) in x:
                14  L4:  LoadGlobal     r3 ← x
                15       GetIter        r3 ← r3
                16       Jump           → L6
                17  L5:  UnpackSequence r5, r6 ← r4
                18       StoreGlobal    r5, i
                19       UnpackStar     r7, r8 ← r6  star at 1
                20       StoreGlobal    r7, j
                21       StoreGlobal    r8, k
                22  L6:  ForIter        r4 ← r3
                23       Jump           → L5
                1 | for x in y:
                24  L7:  ForIter        r2 ← r1
                25       Jump           → L1
                7 |         pass
                26       Return         None
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
            f(a): 14 registers, 9 of them local variables
                2 |     if a:
                 0       JumpIfFalse    a → L1
                3 |         b = 1
                 1       LoadConst      b ← 1
                 2       Jump           → L2
                5 |         c = 2
                 3  L1:  LoadConst      c ← 2
                6 |     b, b, c
                 4  L2:  CheckBound     b
                 5       Move           r11 ← b
                 6       Move           r12 ← b
                 7       CheckBound     c
                 8       Move           r13 ← c
                 9       BuildTuple     r10 ← r11 … r13
                7 |     for i in a:
                10       GetIter        r10 ← a
                11       Jump           → L4
                8 |         d = i
                12  L3:  Move           d ← i
                7 |     for i in a:
                13  L4:  ForIter        i ← r10
                14       Jump           → L3
                9 |     i, d
                15       CheckBound     i
                16       Move           r11 ← i
                17       CheckBound     d
                18       Move           r12 ← d
                19       BuildTuple     r10 ← r11, r12
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
                28  L8:  Move           r11 ← e
                29       CheckBound     g
                30       Move           r12 ← g
                31       BuildTuple     r10 ← r11, r12
               20 |         h = 1
                32  L9:  LoadConst      h ← 1
               21 |         if a:
                33       JumpIfFalse    a → L10
               22 |             break
                34       Jump           → L11
               19 |     while True:
                35  L10: Jump           → L9
               24 |     a and j
                36  L11: Move           r10 ← a
                37       JumpIfFalse    r10 → L12
                38       LoadGlobal     r10 ← j
               25 |     j
                39  L12: LoadGlobal     r10 ← j
               26 |     k = k
                40       CheckBound     k
                41       Return         None
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
            f(a): 10 registers, 1 of them local variables
                2 |     f()
                 0       LoadGlobal     r4 ← f
                 1       Call           r3 ← r4
                3 |     f(a, 1, f(a))
                 2       LoadGlobal     r4 ← f
                 3       Move           r5 ← a
                 4       LoadConst      r6 ← 1
                 5       LoadGlobal     r8 ← f
                 6       Move           r9 ← a
                 7       Call           r7 ← r8, r9
                 8       Call           r3 ← r4 … r7
                4 |     f(a, b=1, c=a)
                 9       LoadGlobal     r4 ← f
                10       Move           r5 ← a
                11       LoadConst      r6 ← 1
                12       Move           r7 ← a
                13       CallKw         r3 ← r4 … r7
                14       Keywords       (b=, c=)
                5 |     a.b()
                15       Move           r4 ← a
                16       CallMethod     r3 ← r4
                17       Method         b
                6 |     a.b(1).c(d=2)
                18       Move           r5 ← a
                19       LoadConst      r6 ← 1
                20       CallMethod     r4 ← r5, r6  lazy
                21       Method         b
                22       LoadConst      r5 ← 2
                23       CallMethodKw   r3 ← r4, r5
                24       Method         c, (d=)
                7 |     a.b.c.d
                25       GetAttr        r3 ← a, b
                26       GetAttr        r3 ← r3, c
                27       GetAttr        r3 ← r3, d
                8 |     a[0](a)
                28       GetItem        r4 ← a, 0
                29       Move           r5 ← a
                30       Call           r3 ← r4, r5
                31       Return         None
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
            f(a): 15 registers, 1 of them local variables
                3 |     [], (), {}, [a, (a, 1)], {a: 1, 'b': a}
                 0       BuildList      r4 ← nothing
                 1       BuildTuple     r5 ← nothing
                 2       BuildDict      r6 ← nothing
                 3       Move           r8 ← a
                 4       Move           r10 ← a
                 5       LoadConst      r11 ← 1
                 6       BuildTuple     r9 ← r10, r11
                 7       BuildList      r7 ← r8, r9
                 8       Move           r9 ← a
                 9       LoadConst      r10 ← 1
                10       LoadConst      r11 ← "b"
                11       Move           r12 ← a
                12       BuildDict      r8 ← r9 … r12
                13       BuildTuple     r3 ← r4 … r8
                4 |     a[1:], a[::a], a[:, None, ..., 0:1]
                14       GetSlice       r4 ← a, 1
                15       Bounds         None, None
                16       GetSlice       r5 ← a, None
                17       Bounds         None, a
                18       LoadConst      r9 ← None
                19       LoadConst      r10 ← None
                20       LoadConst      r11 ← None
                21       BuildSlice     r8 ← r9 … r11
                22       LoadConst      r9 ← None
                23       LoadConst      r10 ← ...
                24       LoadConst      r12 ← 0
                25       LoadConst      r13 ← 1
                26       LoadConst      r14 ← None
                27       BuildSlice     r11 ← r12 … r14
                28       BuildTuple     r7 ← r8 … r11
                29       GetItem        r6 ← a, r7
                30       BuildTuple     r3 ← r4 … r6
                5 |     f'', f'x', f'{a}', f'{a!r:>{a}} and {a + 1=}', f'{{{a:.2f}}}'
                31       LoadConst      r4 ← ""
                32       LoadConst      r5 ← "x"
                33       FormatValue    r6 ← a
                34       LoadConst      r10 ← ">"
                35       FormatValue    r11 ← a
                36       BuildString    r9 ← r10, r11
                37       FormatValue    r8 ← a, r9  repr
                38       LoadConst      r9 ← " and a + 1="
                39       Add            r10 ← a, 1
                40       FormatValue    r10 ← r10  repr
                41       BuildString    r7 ← r8 … r10
                42       LoadConst      r9 ← "{"
                43       LoadConst      r11 ← ".2f"
                44       FormatValue    r10 ← a, r11
                45       LoadConst      r11 ← "}"
                46       BuildString    r8 ← r9 … r11
                47       BuildTuple     r3 ← r4 … r8
                48       Return         None
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
            f(a): 7 registers, 1 of them local variables
                2 |     assert a
                 0       JumpIfTrue     a → L1
                 1       AssertFailed
                3 |     assert a > 0 and a < 9, f'{a} is bad'
                 2  L1:  TestGt         a, 0
                 3       Unless         → L2
                 4       TestLt         a, 9
                 5       If             → L3
                 6  L2:  FormatValue    r5 ← a
                 7       LoadConst      r6 ← " is bad"
                 8       BuildString    r4 ← r5, r6
                 9       AssertFailed   r4
                4 |     assert False
                10  L3:  AssertFailed
                11       Return         None
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
            <module>: 4 registers, 0 of them local variables
                1 | import numpy, math as m
                 0       LoadModule     r2 ← numpy
                 1       StoreGlobal    r2, numpy
                 2       LoadModule     r2 ← math
                 3       StoreGlobal    r2, m
                2 | from time import perf_counter
                 4       LoadModule     r2 ← time
                 5       ImportFrom     r3 ← r2, perf_counter
                 6       StoreGlobal    r3, perf_counter
                3 | def f():
                 7       MakeFunction   r2 ← f
                 8       StoreGlobal    r2, f
                7 | if __name__ == '__main__':
                 9       LoadGlobal     r2 ← __name__
                10       TestEq         r2, "__main__"
                11       Unless         → L1
                8 |     f()
                12       LoadGlobal     r3 ← f
                13       Call           r2 ← r3
                14  L1:  Return         None

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
    assert_eq!(program.main.functions[0].code.len(), 200_001);
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
