//! The engine beyond single values: every operation, threads, results in place, statistics, listings, interrupts.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::Ordering;

use toy::array::{Array, DType, Scalar};
use toy::jit::{Engine, Fuse, Simd, Stream, Switches, Unroll};
use toy::kernel::{BinaryOp as B, Expr, ReduceOp as R, UnaryOp as U};

const SPECIAL: [f64; 14] =
    [0.0, -0.0, 0.5, -0.5, 1.0, -1.5, 2.5, 1e-310, 3.0e38, -1e300, 9.3e18, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];

fn switches(simd: Simd, unroll: u8, threads: usize) -> Switches {
    Switches { simd, unroll: Unroll::new(unroll).unwrap(), threads, ..Switches::default() }
}

fn filled(dtype: DType, n: usize, value: impl Fn(usize) -> Scalar) -> Array {
    let array = Array::zeros(dtype, &[n]).unwrap();
    (0..n).for_each(|index| array.set(index, value(index)));
    array
}

fn floats(values: &[f64]) -> Array {
    filled(DType::Float64, values.len(), |index| Scalar::Float64(values[index]))
}

fn ramp(n: usize) -> Array {
    filled(DType::Float64, n, |index| Scalar::Float64((index as f64 * 0.37).fract() - 0.4))
}

fn text(array: &Array) -> Vec<String> {
    array.iter().map(|scalar| format!("{scalar:?}")).collect()
}

/// Every pair of special values, once in each order.
fn pairs(dtype: DType) -> (Expr, Expr) {
    let ints = [i64::MIN, -7, -1, 0, 1, 2, 3, 1 << 40, i64::MAX];
    let values: Vec<Scalar> = match dtype {
        DType::Int64 => ints.map(Scalar::Int64).into(),
        DType::Bool | DType::Float32 | DType::Float64 => SPECIAL.map(Scalar::Float64).into(),
    };
    let n = values.len();
    let left = filled(dtype, n * n, |index| values[index / n]);
    let right = filled(dtype, n * n, |index| values[index % n]);
    (Expr::leaf(left), Expr::leaf(right))
}

#[test]
fn every_operation_of_every_dtype_is_the_references() {
    let mut expressions = Vec::new();
    for dtype in DType::ALL {
        let (a, b) = pairs(dtype);
        expressions.extend(UOPS.iter().filter_map(|op| Expr::unary(*op, &a).ok()));
        expressions.extend(B::ALL.iter().filter_map(|op| Expr::binary(*op, &a, &b).ok()));
        expressions.extend(R::ALL.iter().map(|op| Expr::reduce(*op, &b, None, false).unwrap()));
        expressions.extend(DType::ALL.map(|to| Expr::binary(B::And, &a.cast(to), &a.cast(to)).unwrap_or(a.cast(to))));
        let (other, _) = pairs(DType::Bool);
        expressions.extend(Expr::select(&other, &a, &b));
    }
    let mut reference = Engine::reference(Switches::default());
    for (simd, unroll) in Simd::available().into_iter().flat_map(|simd| [(simd, 1), (simd, 8)]) {
        let mut engine = Engine::new(switches(simd, unroll, 1)).unwrap();
        engine.set_watch(Box::new(|run| {
            let narrow: Vec<&String> = run.listing.stages.iter().filter_map(|stage| stage.refused.as_ref()).collect();
            assert!(narrow.is_empty(), "{}: {narrow:?}", run.expression);
        }));
        for expr in &expressions {
            let expected = text(&reference.evaluate(expr).unwrap());
            assert_eq!(text(&engine.evaluate(expr).unwrap()), expected, "{} {expr:?}", engine.switches());
        }
    }
}

const UOPS: &[U] = U::ALL;

#[test]
fn threads_and_widths_give_the_same_bits() {
    let n = 300_001;
    let (x, y) = (Expr::leaf(ramp(n)), Expr::weak_float(0.1));
    let difference = Expr::binary(B::Sub, &x, &y).unwrap();
    let product = Expr::binary(B::Mul, &difference, &x).unwrap();
    let mean = Expr::reduce(R::Mean, &product, None, false).unwrap();
    let positive = Expr::binary(B::Gt, &product.cast(DType::Float32), &Expr::weak_float(0.0)).unwrap();
    let count = Expr::reduce(R::Sum, &positive, None, false).unwrap();
    let mut expected = None;
    let widths = Simd::available().into_iter().flat_map(|simd| [switches(simd, 8, 1), switches(simd, 4, 3)]);
    for switches in widths {
        let mut engine = Engine::new(switches).unwrap();
        let got: Vec<Array> = [&product, &mean, &count].map(|expr| engine.evaluate(expr).unwrap()).into();
        let got: Vec<Vec<String>> = got.iter().map(text).collect();
        assert_eq!(*expected.get_or_insert(got.clone()), got, "{switches}");
    }
    // An order of its own, but the same sum: within n * epsilon of what the terms add up to.
    let sum = Engine::new(switches(Simd::Sse, 8, 1)).unwrap().evaluate(&mean).unwrap().get(0).as_f64() * n as f64;
    let terms: Vec<f64> = ramp(n).iter().map(|x| (x.as_f64() - 0.1) * x.as_f64()).collect();
    let magnitude: f64 = terms.iter().map(|term| term.abs()).sum();
    assert!((terms.iter().sum::<f64>() - sum).abs() <= n as f64 * f64::EPSILON * magnitude);
}

#[test]
fn results_may_overlap_operands() {
    for mut engine in [Engine::reference(Switches::default()), Engine::new(switches(Simd::Sse, 8, 1)).unwrap()] {
        let a = floats(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        let view = |offset: usize, stride: isize| a.view(DType::Float64, vec![4], vec![stride], offset);
        // The same view: in place.
        let doubled = Expr::binary(B::Mul, &Expr::leaf(a.clone()), &Expr::weak_float(2.0)).unwrap();
        engine.evaluate_into(&doubled, &a).unwrap();
        assert_eq!(text(&a), text(&floats(&[2.0, 4.0, 6.0, 8.0, 10.0])));
        // a[1:] += a[:-1]: every sum is of old elements.
        let sum = Expr::binary(B::Add, &Expr::leaf(view(8, 8)), &Expr::leaf(view(0, 8))).unwrap();
        engine.evaluate_into(&sum, &view(8, 8)).unwrap();
        assert_eq!(text(&a), text(&floats(&[2.0, 6.0, 10.0, 14.0, 18.0])));
        // a[:4] = a[3::-1]
        engine.evaluate_into(&Expr::leaf(view(24, -8)), &view(0, 8)).unwrap();
        assert_eq!(text(&a), text(&floats(&[14.0, 10.0, 6.0, 2.0, 18.0])));
        // A scalar and a sum are broadcast, an int is cast.
        let total = Expr::reduce(R::Sum, &Expr::leaf(a.clone()), None, false).unwrap();
        engine.evaluate_into(&total, &view(8, 8)).unwrap();
        assert_eq!(text(&a), text(&floats(&[14.0, 50.0, 50.0, 50.0, 50.0])));
        engine.evaluate_into(&Expr::weak_int(3), &view(0, 8)).unwrap();
        assert_eq!(text(&a), text(&floats(&[3.0, 3.0, 3.0, 3.0, 50.0])));
    }
}

#[test]
fn results_that_do_not_fit_are_refused() {
    let mut engine = Engine::new(switches(Simd::Sse, 8, 1)).unwrap();
    let (two, three) = (floats(&[1.0, 2.0]), floats(&[1.0, 2.0, 3.0]));
    let double = |array: &Array| Expr::binary(B::Add, &Expr::leaf(array.clone()), &Expr::weak_float(1.0)).unwrap();
    assert_eq!(
        engine.evaluate_into(&double(&two), &three).unwrap_err().message,
        "non-broadcastable output operand with shape (3,) doesn't match the broadcast shape (2,)"
    );
    let ints = Array::zeros(DType::Int64, &[2]).unwrap();
    assert_eq!(
        engine.evaluate_into(&double(&two), &ints).unwrap_err().message,
        "Cannot cast ufunc 'add' output from dtype('float64') to dtype('int64') with casting rule 'same_kind'"
    );
}

#[test]
fn a_kernel_is_compiled_once_and_counted() {
    let mut engine = Engine::new(switches(Simd::Sse, 8, 1)).unwrap();
    let listings = Rc::new(RefCell::new(Vec::new()));
    let collected = listings.clone();
    engine.set_watch(Box::new(move |run| collected.borrow_mut().extend(run.fresh.then(|| run.listing.clone()))));
    for (n, factor) in [(1000, 2.0), (1000, 3.0), (77, 0.5)] {
        let product = Expr::binary(B::Mul, &Expr::leaf(ramp(n)), &Expr::weak_float(factor)).unwrap();
        let line = Expr::binary(B::Add, &product, &Expr::leaf(ramp(n))).unwrap();
        engine.evaluate(&Expr::reduce(R::Sum, &line, None, false).unwrap()).unwrap();
    }
    let stats = *engine.stats();
    assert_eq!((stats.kernels, stats.runs, stats.work.elements), (1, 3, 2077));
    assert_eq!((stats.work.operations, stats.work.bytes_read, stats.work.bytes_written), (3 * 2077, 16 * 2077, 24));
    assert!(stats.compile_time.as_nanos() > 0);
    engine.reset_stats();
    assert_eq!(engine.stats().runs, 0);
    let listings = listings.borrow();
    assert_eq!(listings.len(), 1);
    let names: Vec<&str> = listings[0].passes.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["lower", "simplify", "cse", "dce"]);
    assert!(listings[0].stages[0].clif.contains("fma") && !listings[0].asm().is_empty() && listings[0].code_bytes > 0);
}

#[test]
fn without_fusion_every_operation_is_a_kernel() {
    let mut engine = Engine::new(Switches { fuse: Fuse::Off, ..switches(Simd::Sse, 8, 1) }).unwrap();
    let x = Expr::leaf(ramp(1000));
    let difference = Expr::binary(B::Sub, &x, &Expr::weak_float(0.5)).unwrap();
    let root = Expr::unary(U::Sqrt, &Expr::unary(U::Abs, &difference).unwrap()).unwrap();
    engine.evaluate(&root).unwrap();
    assert_eq!(engine.stats().runs, 3);
}

#[test]
fn magnitudes_are_sums_of_absolute_terms() {
    let mut engine = Engine::new(switches(Simd::Sse, 8, 1)).unwrap();
    let x = Expr::leaf(floats(&[1.0, -2.0, 4.0, -5.0]));
    let mean = Expr::reduce(R::Mean, &x, None, false).unwrap();
    engine.evaluate(&mean).unwrap();
    assert_eq!(engine.take_magnitude(), 0.0);
    engine.set_magnitudes(true);
    engine.evaluate(&mean).unwrap();
    engine.evaluate(&Expr::dot(&x, &x).unwrap()).unwrap();
    assert_eq!(engine.take_magnitude(), 3.0 + 46.0);
    assert_eq!(engine.take_magnitude(), 0.0);
}

#[test]
fn an_interrupt_ends_a_kernel() {
    let mut engine = Engine::new(switches(Simd::Sse, 8, 3)).unwrap();
    let sum = Expr::reduce(R::Sum, &Expr::leaf(ramp(200_000)), None, false).unwrap();
    engine.interrupt().store(true, Ordering::Relaxed);
    assert_eq!(engine.evaluate(&sum).unwrap_err().kind, toy::diagnostic::ErrorKind::KeyboardInterrupt);
    assert!(engine.evaluate(&sum).is_ok(), "a request is answered once");
}

#[test]
fn a_script_that_makes_many_kernels_keeps_a_bounded_number() {
    let mut engine = Engine::new(switches(Simd::Sse, 1, 1)).unwrap();
    let x = Expr::leaf(ramp(3));
    let made = 3000;
    for number in 0..made {
        // Its binary digits are operations.
        let digit = |expr: Expr, place: u32| match number >> place & 1 {
            0 => Expr::binary(B::Add, &expr, &x).unwrap(),
            _ => Expr::binary(B::Mul, &expr, &x).unwrap(),
        };
        engine.evaluate(&(0..12).fold(x.clone(), digit)).unwrap();
    }
    assert_eq!(engine.stats().kernels, made);
    assert!((100..=1024).contains(&engine.kept_kernels()), "{}", engine.kept_kernels());
}

#[test]
fn results_past_the_caches_are_the_same() {
    // More than one call of machine code, an end that fills no register, threads, and results that are no fresh row.
    let n = 200_011;
    let (x, y) = (ramp(n), Expr::weak_float(0.7));
    let scaled = Expr::binary(B::Mul, &Expr::leaf(x.clone()), &y).unwrap();
    let root = Expr::unary(U::Sqrt, &Expr::unary(U::Abs, &scaled).unwrap()).unwrap();
    let narrow = root.cast(DType::Float32);
    let expected =
        [&root, &narrow].map(|expr| text(&Engine::reference(switches(Simd::Sse, 1, 1)).evaluate(expr).unwrap()));
    for simd in Simd::available() {
        for threads in [1, 2] {
            let mut engine = Engine::new(Switches { stream: Stream::On, ..switches(simd, 2, threads) }).unwrap();
            engine.set_watch(Box::new(move |run| {
                let streams = run.listing.asm().contains("vmovntps");
                let direct = run.listing.stages.len() == 1 && run.result.contains("float64");
                assert_eq!(streams, simd != Simd::Scalar && direct, "{}", run.expression);
            }));
            assert_eq!(text(&engine.evaluate(&root).unwrap()), expected[0]);
            assert_eq!(text(&engine.evaluate(&narrow).unwrap()), expected[1]);
        }
        let mut engine = Engine::new(Switches { stream: Stream::On, ..switches(simd, 2, 1) }).unwrap();
        let row = Array::zeros(DType::Float64, &[n + 1]).unwrap();
        let odd = row.view(DType::Float64, [n].as_slice(), [8].as_slice(), 8);
        engine.evaluate_into(&root, &odd).unwrap();
        assert_eq!(text(&odd), expected[0]);
    }
}
