//! NumPy's own answers, bit for bit: elementwise without contraction, reductions whose order does not matter.
//! `tests/oracle/kernels.py` regenerates `tests/golden/kernels.txt`; the samples here are the ones there.

use toy::array::{Array, DType, Scalar};
use toy::jit::{Engine, Simd, Switches, Unroll};
use toy::kernel::{BinaryOp, Expr, ReduceOp, UnaryOp};

const FLOATS: [f64; 16] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.1,
    0.3,
    -2.5,
    7.25,
    1e-3,
    123456.789,
    1e9,
    -1e17,
    3e38,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];
const INTS: [i64; 11] = [0, 1, -1, 2, -7, 10, 3, 1 << 33, (1 << 53) + 1, i64::MAX, i64::MIN];

fn dtype(name: &str) -> DType {
    match name {
        "f64" => DType::Float64,
        "f32" => DType::Float32,
        "i64" => DType::Int64,
        "bool" => DType::Bool,
        _ => panic!("{name} is no dtype of the oracle"),
    }
}

fn samples(dtype: DType) -> Vec<Scalar> {
    match dtype {
        DType::Int64 => INTS.map(Scalar::Int64).into(),
        DType::Bool | DType::Float32 | DType::Float64 => FLOATS.map(|x| Scalar::Float64(x).cast(dtype)).into(),
    }
}

fn leaf(dtype: DType, values: impl Iterator<Item = Scalar>) -> Expr {
    let values: Vec<Scalar> = values.collect();
    let array = Array::zeros(dtype, &[values.len()]).unwrap();
    values.into_iter().enumerate().for_each(|(index, value)| array.set(index, value));
    Expr::leaf(array)
}

fn vector(dtype: DType) -> Expr {
    leaf(dtype, samples(dtype).into_iter())
}

fn ufunc<T: Copy>(all: &[T], name: &str, of: impl Fn(T) -> &'static str) -> T {
    *all.iter().find(|op| of(**op) == name).unwrap_or_else(|| panic!("no operation {name}"))
}

fn expression(what: &[&str]) -> Result<Expr, toy::array::ArrayError> {
    match what {
        ["unary", op, x] => Expr::unary(ufunc(UnaryOp::ALL, op, UnaryOp::ufunc), &vector(dtype(x))),
        ["binary", op, x, y] => {
            let (xs, ys) = (samples(dtype(x)), samples(dtype(y)));
            let left = leaf(dtype(x), xs.iter().flat_map(|x| ys.iter().map(move |_| *x)));
            let right = leaf(dtype(y), xs.iter().flat_map(|_| ys.iter().copied()));
            Expr::binary(ufunc(BinaryOp::ALL, op, BinaryOp::ufunc), &left, &right)
        }
        ["cast", x, to] => Ok(vector(dtype(x)).cast(dtype(to))),
        ["reduce", op, x] => {
            let few = leaf(dtype(x), samples(dtype(x)).into_iter().take(13));
            Expr::reduce(ufunc(ReduceOp::ALL, op, ReduceOp::name), &few, None, false)
        }
        _ => panic!("{what:?}"),
    }
}

fn show(array: &Array) -> String {
    let names = [(DType::Float64, "f64"), (DType::Float32, "f32"), (DType::Int64, "i64"), (DType::Bool, "bool")];
    let name = names.iter().find(|(dtype, _)| *dtype == array.dtype()).unwrap().1;
    let elements = array.iter().map(|scalar| match scalar {
        Scalar::Bool(x) => (x as u8).to_string(),
        Scalar::Int64(x) => x.to_string(),
        Scalar::Float32(x) if x.is_nan() => "nan".into(),
        Scalar::Float64(x) if x.is_nan() => "nan".into(),
        Scalar::Float32(x) => format!("{:x}", x.to_bits()),
        Scalar::Float64(x) => format!("{:x}", x.to_bits()),
    });
    std::iter::once(name.to_string()).chain(elements).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_answer_is_numpys() {
    let switches =
        |simd| Switches { simd, unroll: Unroll::new(4).unwrap(), fma: false, threads: 1, ..Switches::default() };
    let mut engines = [
        Engine::reference(switches(Simd::Scalar)),
        Engine::new(switches(Simd::Scalar)).unwrap(),
        Engine::new(switches(Simd::Sse)).unwrap(),
    ];
    let mut wrong = Vec::new();
    for line in include_str!("golden/kernels.txt").lines().filter(|line| !line.starts_with('#')) {
        let (what, expected) = line.split_once(" = ").unwrap();
        match expression(&what.split(' ').collect::<Vec<_>>()) {
            Err(error) => {
                if expected != "TypeError" {
                    wrong.push(format!("{what}: {}", error.message));
                }
            }
            Ok(expr) => {
                for engine in &mut engines {
                    let got = show(&engine.evaluate(&expr).unwrap());
                    if got != expected {
                        let different =
                            got.split(' ').zip(expected.split(' ')).enumerate().filter(|(_, (a, b))| a != b);
                        wrong.push(format!("{what}: {:?}", different.take(3).collect::<Vec<_>>()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
