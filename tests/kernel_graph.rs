//! Dtypes, shapes, errors and values of expressions, on the reference evaluator and as machine code.

use toy::array::{Array, DType, Scalar};
use toy::jit::{Engine, Fuse, Simd, Switches, Unroll};
use toy::kernel::{BinaryOp as B, Expr, ReduceOp as R, UnaryOp as U};

fn floats(values: &[f64]) -> Expr {
    shaped(&[values.len()], values)
}

fn shaped(shape: &[usize], values: &[f64]) -> Expr {
    let array = Array::zeros(DType::Float64, shape).unwrap();
    values.iter().enumerate().for_each(|(index, x)| array.set(index, Scalar::Float64(*x)));
    Expr::leaf(array)
}

fn of(dtype: DType, values: &[f64]) -> Expr {
    floats(values).cast(dtype)
}

/// What every engine makes of it, which must be one thing.
fn show(expr: &Expr) -> String {
    let expected = show_on(&mut Engine::reference(Switches::default()), expr);
    for simd in [Simd::Scalar, Simd::Sse] {
        for unroll in Unroll::ALL {
            for (fuse, threads) in [(Fuse::On, 1), (Fuse::Off, 3)] {
                let switches = Switches { simd, unroll, fuse, threads, ..Switches::default() };
                assert_eq!(show_on(&mut Engine::new(switches).unwrap(), expr), expected, "{switches}");
            }
        }
    }
    expected
}

fn show_on(engine: &mut Engine, expr: &Expr) -> String {
    let array = engine.evaluate(expr).unwrap();
    assert_eq!((array.dtype(), array.shape()), (expr.dtype(), expr.shape()), "as promised");
    let elements: Vec<String> = array
        .iter()
        .map(|scalar| match scalar {
            Scalar::Bool(x) => x.to_string(),
            Scalar::Int64(x) => x.to_string(),
            Scalar::Float32(x) => format!("{x:?}"),
            Scalar::Float64(x) => format!("{x:?}"),
        })
        .collect();
    format!("{}{:?} {}", array.dtype(), array.shape(), elements.join(" "))
}

#[track_caller]
fn check(expr: Result<Expr, toy::array::ArrayError>, expected: &str) {
    match expr {
        Ok(expr) => assert_eq!(show(&expr), expected),
        Err(error) => assert_eq!(format!("{:?}: {}", error.kind, error.message), expected),
    }
}

#[test]
fn dtypes_are_numpys() {
    let (b, i) = (of(DType::Bool, &[1.0, 0.0]), of(DType::Int64, &[-7.0, 7.0]));
    let (f, d) = (of(DType::Float32, &[1.5, -2.0]), floats(&[0.5, 4.0]));
    check(Expr::binary(B::Add, &b, &b), "bool[2] true false");
    check(Expr::binary(B::Lt, &b, &b), "bool[2] false false");
    check(Expr::binary(B::Add, &b, &Expr::weak_int(1)), "int64[2] 2 1");
    check(Expr::binary(B::TrueDiv, &i, &Expr::weak_int(2)), "float64[2] -3.5 3.5");
    check(Expr::binary(B::FloorDiv, &i, &Expr::weak_int(2)), "int64[2] -4 3");
    check(Expr::binary(B::Mod, &i, &Expr::weak_int(0)), "int64[2] 0 0");
    check(Expr::binary(B::Add, &f, &Expr::weak_float(1.0)), "float32[2] 2.5 -1.0");
    check(Expr::binary(B::Add, &f, &Expr::constant(Scalar::Float64(1.0))), "float64[2] 2.5 -1.0");
    check(Expr::binary(B::Add, &f, &i), "float64[2] -5.5 5.0");
    check(Expr::binary(B::Mul, &b, &f), "float32[2] 1.5 -0.0");
    check(Expr::unary(U::Sqrt, &i.cast(DType::Bool).cast(DType::Int64)), "float64[2] 1.0 1.0");
    check(Expr::unary(U::Not, &d), "bool[2] false false");
    check(Expr::unary(U::Invert, &i), "int64[2] 6 -8");
    check(Expr::select(&b, &f, &Expr::weak_float(0.5)), "float32[2] 1.5 0.5");
    check(Expr::select(&b, &Expr::weak_int(1), &Expr::weak_int(0)), "int64[2] 1 0");
    check(Expr::reduce(R::Sum, &b, None, false), "int64[] 1");
    check(Expr::reduce(R::Mean, &i, None, false), "float64[] 0.0");
    check(Expr::reduce(R::Mean, &f, None, true), "float32[1] -0.25");
    check(Expr::reduce(R::Max, &b, None, false), "bool[] true");
    check(Expr::reduce(R::Mean, &floats(&[]), None, false), "float64[] NaN");
    check(Expr::dot(&d, &i), "float64[] 24.5");
    check(Expr::dot(&b, &b), "bool[] true");
}

#[test]
fn errors_are_numpys() {
    let (b, d) = (of(DType::Bool, &[1.0, 0.0]), floats(&[0.5, 4.0]));
    check(
        Expr::binary(B::Add, &d, &floats(&[1.0, 2.0, 3.0])),
        "ValueError: operands could not be broadcast together with shapes (2,) (3,) ",
    );
    check(
        Expr::select(&b, &d, &floats(&[1.0, 2.0, 3.0])),
        "ValueError: operands could not be broadcast together with shapes (2,) (2,) (3,) ",
    );
    check(
        Expr::dot(&d, &floats(&[1.0, 2.0, 3.0])),
        "ValueError: shapes (2,) and (3,) not aligned: 2 (dim 0) != 3 (dim 0)",
    );
    check(
        Expr::reduce(R::Min, &floats(&[]), None, false),
        "ValueError: zero-size array to reduction operation minimum which has no identity",
    );
    check(
        Expr::unary(U::Neg, &b),
        "TypeError: The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the \
         logical_not function instead.",
    );
    check(
        Expr::binary(B::And, &d, &d),
        "TypeError: ufunc 'bitwise_and' not supported for the input types, and the inputs could not be safely \
         coerced to any supported types according to the casting rule ''safe''",
    );
    check(
        Expr::reduce(R::Sum, &d, Some(vec![2]), false),
        "AxisError: axis 2 is out of bounds for array of dimension 1",
    );
}

#[test]
fn axes_are_reduced_and_shapes_broadcast() {
    let x = shaped(&[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    check(Expr::reduce(R::Sum, &x, Some(vec![0]), false), "float64[3] 5.0 7.0 9.0");
    check(Expr::reduce(R::Mean, &x, Some(vec![1]), true), "float64[2, 1] 2.0 5.0");
    let mean = Expr::reduce(R::Mean, &x, Some(vec![0]), false).unwrap();
    check(Expr::binary(B::Sub, &x, &mean), "float64[2, 3] -1.5 -1.5 -1.5 1.5 1.5 1.5");
    check(Expr::reduce(R::Min, &shaped(&[0, 2], &[]), Some(vec![1]), false), "float64[0] ");
}

/// `0.1 * 10 - 1` is exact with one rounding only.
#[test]
fn products_contract_by_the_rule() {
    let (tenth, ten, one) = (floats(&[0.1]), floats(&[10.0]), floats(&[1.0]));
    let product = Expr::binary(B::Mul, &tenth, &ten).unwrap();
    check(Expr::binary(B::Sub, &product, &one), "float64[1] 5.551115123125783e-17");
    check(Expr::binary(B::Sub, &one, &product), "float64[1] -5.551115123125783e-17");
    // Of two products the left one is contracted.
    let other = Expr::binary(B::Mul, &one, &one).unwrap();
    check(Expr::binary(B::Sub, &product, &other), "float64[1] 5.551115123125783e-17");
    check(Expr::binary(B::Sub, &other, &product), "float64[1] 0.0");
    let switches = Switches { fma: false, ..Switches::default() };
    let strict = Engine::reference(switches).evaluate(&Expr::binary(B::Sub, &product, &one).unwrap()).unwrap();
    assert_eq!(strict.get(0).as_f64(), 0.0);
}
