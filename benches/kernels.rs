//! What array expressions cost: time of a whole call (lowering, cache, run) per element, over lengths and switches.
//! `cargo bench --bench kernels`. The tuned constants of `jit` (default unrolling, `ROW_MIN`, `PARALLEL_THRESHOLD`)
//! were chosen by it. Compare with `benches/numpy_kernels.py`, run next to it.

use std::time::Instant;

use toy::array::{Array, DType, Scalar};
use toy::jit::{Engine, Fuse, Simd, Switches, Unroll};
use toy::kernel::{BinaryOp as B, Expr, ReduceOp as R, UnaryOp as U};

fn array(dtype: DType, shape: &[usize]) -> Array {
    let array = Array::zeros(dtype, shape).unwrap();
    (0..array.size()).for_each(|index| array.set(index, Scalar::Float64((index as f64 * 0.37).fract() - 0.4)));
    array
}

/// The median and the least time of a call in nanoseconds.
fn time(mut call: impl FnMut()) -> (f64, f64) {
    (0..3).for_each(|_| call());
    let start = Instant::now();
    let mut samples = Vec::new();
    while start.elapsed().as_millis() < 120 || samples.len() < 7 {
        let begin = Instant::now();
        call();
        samples.push(begin.elapsed().as_nanos() as f64);
    }
    samples.sort_by(f64::total_cmp);
    (samples[samples.len() / 2], samples[0])
}

fn report(name: &str, switches: Switches, elements: usize, build: &dyn Fn() -> Expr) {
    let mut engine = Engine::new(switches).unwrap();
    let (median, least) = time(|| {
        std::hint::black_box(engine.evaluate(&build()).unwrap());
    });
    let element = median / elements as f64;
    println!("{name:<30} n={elements:<8} {median:>9.0} ns (least {least:>9.0}) {element:>8.3} ns/element  {switches}");
}

fn main() {
    let base = Switches { threads: 1, ..Switches::default() };
    let only = std::env::args().nth(1).filter(|name| !name.starts_with('-'));
    let wanted = |name: &str| only.as_deref().is_none_or(|only| name.contains(only));
    let binary = |op, a: &Expr, b: &Expr| Expr::binary(op, a, b).unwrap();
    let leaf = |array: &Array| Expr::leaf(array.clone());

    for dtype in [DType::Float64, DType::Float32] {
        for n in [10, 1000, 100_000, 1_000_000] {
            let (p, y, x) = (array(dtype, &[n]), array(dtype, &[n]), array(dtype, &[n]));
            let gradient = || {
                let product = binary(B::Mul, &binary(B::Sub, &leaf(&p), &leaf(&y)), &leaf(&x));
                Expr::reduce(R::Mean, &product, None, false).unwrap()
            };
            let name = format!("mean((p - y) * x) {dtype}");
            if wanted(&name) {
                report(&name, base, n, &gradient);
                for (simd, unroll) in
                    [(Simd::Scalar, 1), (Simd::Scalar, 8), (Simd::Sse, 1), (Simd::Sse, 2), (Simd::Sse, 4)]
                {
                    report(&name, Switches { simd, unroll: Unroll::new(unroll).unwrap(), ..base }, n, &gradient);
                }
                report(&name, Switches { fuse: Fuse::Off, ..base }, n, &gradient);
                report(&name, Switches { threads: 2, ..base }, n, &gradient);
            }
            let line = || binary(B::Add, &binary(B::Mul, &leaf(&p), &leaf(&y)), &leaf(&x));
            let name = format!("p * y + x {dtype}");
            if wanted(&name) {
                report(&name, base, n, &line);
            }
            let name = format!("sum, min, where {dtype}");
            if wanted(&name) {
                report("sum(p)", base, n, &|| Expr::reduce(R::Sum, &leaf(&p), None, false).unwrap());
                report("min(p)", base, n, &|| Expr::reduce(R::Min, &leaf(&p), None, false).unwrap());
                report("sqrt(abs(p))", base, n, &|| {
                    Expr::unary(U::Sqrt, &Expr::unary(U::Abs, &leaf(&p)).unwrap()).unwrap()
                });
                let positive = || binary(B::Gt, &leaf(&p), &Expr::weak_float(0.0));
                report("p > 0", base, n, &positive);
                report("sum(p > 0)", base, n, &|| Expr::reduce(R::Sum, &positive(), None, false).unwrap());
                report("where(p > 0, p, y)", base, n, &|| Expr::select(&positive(), &leaf(&p), &leaf(&y)).unwrap());
            }
        }
    }
    for (m, n) in [(442, 10), (100_000, 10), (1000, 1000), (10, 100_000)] {
        let x = array(DType::Float64, &[m, n]);
        let (row, column) = (array(DType::Float64, &[n]), array(DType::Float64, &[m, 1]));
        let name = format!("matrix {m}x{n}");
        if wanted(&name) {
            report(&format!("x.sum(axis=0) {m}x{n}"), base, m * n, &|| {
                Expr::reduce(R::Sum, &leaf(&x), Some(vec![0]), false).unwrap()
            });
            report(&format!("x.sum(axis=1) {m}x{n}"), base, m * n, &|| {
                Expr::reduce(R::Sum, &leaf(&x), Some(vec![1]), false).unwrap()
            });
            report(&format!("x - row {m}x{n}"), base, m * n, &|| binary(B::Sub, &leaf(&x), &leaf(&row)));
            report(&format!("column * row {m}x{n}"), base, m * n, &|| binary(B::Mul, &leaf(&column), &leaf(&row)));
            report(&format!("x - x.mean(axis=0) {m}x{n}"), base, m * n, &|| {
                let mean = Expr::reduce(R::Mean, &leaf(&x), Some(vec![0]), false).unwrap();
                binary(B::Sub, &leaf(&x), &mean)
            });
        }
    }
}
