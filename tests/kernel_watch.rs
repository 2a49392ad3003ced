//! What an engine tells whoever watches it.

use std::cell::RefCell;
use std::rc::Rc;

use expect_test::{Expect, expect};
use toy::array::matmul::Method;
use toy::array::{Array, DType, Scalar};
use toy::jit::{Engine, KernelRun, Runner, Simd, Switches, Unroll, Work};
use toy::kernel::{BinaryOp as B, Expr, ReduceOp as R};

type Runs = Rc<RefCell<Vec<KernelRun>>>;

fn switches(threads: usize) -> Switches {
    Switches { simd: Simd::Sse, unroll: Unroll::new(8).unwrap(), threads, ..Switches::default() }
}

fn watched(mut engine: Engine) -> (Engine, Runs) {
    let runs = Runs::default();
    let collected = runs.clone();
    engine.set_watch(Box::new(move |run| collected.borrow_mut().push(run.clone())));
    (engine, runs)
}

fn ramp(shape: &[usize]) -> Array {
    let array = Array::zeros(DType::Float64, shape).unwrap();
    (0..array.size()).for_each(|index| array.set(index, Scalar::Float64((index as f64 * 0.37).fract() - 0.4)));
    array
}

fn line(n: usize, slope: f64) -> Expr {
    let product = Expr::binary(B::Mul, &Expr::leaf(ramp(&[n])), &Expr::weak_float(slope)).unwrap();
    Expr::binary(B::Add, &product, &Expr::leaf(ramp(&[n]))).unwrap()
}

fn mean(x: &Expr) -> Expr {
    Expr::reduce(R::Mean, x, None, false).unwrap()
}

/// All but the listing.
fn show(run: &KernelRun) -> String {
    let Work { elements, operations, bytes_read, bytes_written } = run.work;
    format!(
        "{:?}: {} -> {} of {}\n    {elements} elements, {operations} operations, \
         {bytes_read} bytes read, {bytes_written} written, threads {:?}, fresh {}\n",
        run.runner,
        run.expression,
        run.result,
        run.operands.join(", "),
        run.threads,
        run.fresh
    )
}

#[track_caller]
fn check(runs: &Runs, expected: Expect) {
    expected.assert_eq(&runs.borrow().iter().map(show).collect::<String>());
}

/// The runs' work adds up to what the engine counted.
#[track_caller]
fn check_stats(engine: &Engine, runs: &Runs) {
    let mut work = Work::default();
    runs.borrow().iter().for_each(|run| work += run.work);
    assert_eq!((engine.stats().runs, engine.stats().work), (runs.borrow().len() as u64, work));
}

#[test]
fn every_run_is_reported_with_its_listing() {
    let (mut engine, runs) = watched(Engine::new(switches(1)).unwrap());
    for (n, slope) in [(1000, 2.0), (77, 0.5)] {
        engine.evaluate(&mean(&line(n, slope))).unwrap();
    }
    engine.evaluate(&line(1, 3.0)).unwrap();
    check(
        &runs,
        expect![[r#"
        MachineCode: mean(in0 * in1 + in2) -> float64 of in0: float64[1000], in1: float64 = 2.0, in2: float64[1000]
            1000 elements, 3000 operations, 16000 bytes read, 8 written, threads Some(1), fresh true
        MachineCode: mean(in0 * in1 + in2) -> float64 of in0: float64[77], in1: float64 = 0.5, in2: float64[77]
            77 elements, 231 operations, 1232 bytes read, 8 written, threads Some(1), fresh false
        Reference: in0 * in1 + in2 -> float64[1] of in0: float64[1], in1: float64 = 3.0, in2: float64[1]
            1 elements, 2 operations, 16 bytes read, 8 written, threads Some(1), fresh false
    "#]],
    );
    check_stats(&engine, &runs);
    let runs = runs.borrow();
    assert!(Rc::ptr_eq(&runs[0].listing, &runs[1].listing), "a cached kernel has its listing");
    assert!(runs[0].listing.code_bytes > 0 && runs[0].listing.passes.len() > 1);
    let names: Vec<&str> = runs[2].listing.passes.iter().map(|(name, _)| *name).collect();
    assert_eq!((names, runs[2].listing.code_bytes), (vec!["lower"], 0), "the evaluator runs the IR itself");
}

#[test]
fn what_was_compiled_before_anybody_watched_has_a_listing_too() {
    let mut engine = Engine::new(switches(1)).unwrap();
    engine.evaluate(&line(5, 1.0)).unwrap();
    engine.reset_stats();
    let (mut engine, runs) = watched(engine);
    engine.evaluate(&line(6, 2.0)).unwrap();
    check_stats(&engine, &runs);
    let runs = runs.borrow();
    assert!(!runs[0].fresh && runs[0].listing.code_bytes > 0);
    assert_eq!(engine.stats().kernels, 0);
}

#[test]
fn the_reference_evaluator_reports_too() {
    let (mut engine, runs) = watched(Engine::reference(switches(1)));
    engine.evaluate(&mean(&line(8, 2.0))).unwrap();
    engine.evaluate_into(&line(8, 2.0), &ramp(&[8])).unwrap();
    check(
        &runs,
        expect![[r#"
        Reference: mean(in0 * in1 + in2) -> float64 of in0: float64[8], in1: float64 = 2.0, in2: float64[8]
            8 elements, 24 operations, 128 bytes read, 8 written, threads Some(1), fresh false
        Reference: in0 * in1 + in2 -> float64[8] of in0: float64[8], in1: float64 = 2.0, in2: float64[8]
            8 elements, 16 operations, 128 bytes read, 64 written, threads Some(1), fresh false
        Reference: in0 -> float64[8] of in0: float64[8]
            8 elements, 0 operations, 64 bytes read, 64 written, threads Some(1), fresh false
    "#]],
    );
    check_stats(&engine, &runs);
    expect![[r#"
        kernel(in0: float64, in1: float64, in2: float64) -> float64 {
          v0 = load in0                : float64
          v1 = load in1                : float64
          v2 = load in2                : float64
          v3 = fma v0, v1, v2          : float64
          reduce mean v3
        }
    "#]]
    .assert_eq(&runs.borrow()[0].listing.passes[0].1);
}

#[test]
fn matrix_products_are_reported() {
    let (mut engine, runs) = watched(Engine::new(switches(1)).unwrap());
    let (matrix, vector, batch) = (ramp(&[3, 4]), ramp(&[4]), ramp(&[2, 4, 5]));
    engine.matmul(&matrix, &vector).unwrap();
    engine.matmul(&matrix, &batch).unwrap();
    engine.dot(&matrix, &batch).unwrap();
    let whole = matrix.astype(DType::Int64).unwrap();
    engine.matmul(&whole, &whole.t()).unwrap();
    engine.matmul(&vector, &matrix).unwrap_err();
    engine.dot(&matrix, &Array::from_scalar(Scalar::Float64(2.0))).unwrap();
    check(
        &runs,
        expect![[r#"
        Product(Dots): in0 @ in1 -> float64[3] of in0: float64[3, 4], in1: float64[4]
            12 elements, 24 operations, 128 bytes read, 24 written, threads Some(1), fresh false
        Product(Gemm): in0 @ in1 -> float64[2, 3, 5] of in0: float64[3, 4], in1: float64[2, 4, 5]
            120 elements, 240 operations, 416 bytes read, 240 written, threads Some(1), fresh false
        Product(Gemm): dot(in0, in1) -> float64[3, 2, 5] of in0: float64[3, 4], in1: float64[2, 4, 5]
            120 elements, 240 operations, 416 bytes read, 240 written, threads Some(1), fresh false
        Product(Plain): in0 @ in1 -> int64[3, 3] of in0: int64[3, 4], in1: int64[4, 3]
            36 elements, 72 operations, 192 bytes read, 72 written, threads Some(1), fresh false
        MachineCode: in0 * in1 -> float64[3, 4] of in0: float64[3, 4], in1: float64
            12 elements, 12 operations, 104 bytes read, 96 written, threads Some(1), fresh true
    "#]],
    );
    check_stats(&engine, &runs);
    let (mut engine, runs) = watched(Engine::new(switches(2)).unwrap());
    engine.matmul(&matrix, &matrix.t()).unwrap();
    let runs = runs.borrow();
    assert_eq!((runs[0].runner, runs[0].threads), (Runner::Product(Method::Gemm), None), "gemm does not say");
}

#[test]
fn threads_are_those_that_worked() {
    let (mut engine, runs) = watched(Engine::new(switches(3)).unwrap());
    engine.evaluate(&mean(&line(300_001, 2.0))).unwrap();
    engine.evaluate(&mean(&line(3_001, 2.0))).unwrap();
    let threads: Vec<usize> = runs.borrow().iter().filter_map(|run| run.threads).collect();
    assert!((1..=3).contains(&threads[0]), "{threads:?}");
    assert_eq!(threads[1], 1, "too little to share");
}

#[test]
fn what_is_computed_for_bounds_alone_is_not_reported() {
    let (mut engine, runs) = watched(Engine::new(switches(1)).unwrap());
    engine.set_magnitudes(true);
    engine.evaluate(&mean(&line(100, 2.0))).unwrap();
    assert_eq!(runs.borrow().len(), 1);
    check_stats(&engine, &runs);
}
