//! Random expressions: machine code at every setting gives the bits of the reference evaluator (NaN payloads aside).

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use toy::array::{Array, DType, Scalar};
use toy::jit::{Engine, Fuse, Regalloc, Schedule, Simd, Stream, Switches, Unroll};
use toy::kernel::{BinaryOp, Expr, ReduceOp, UnaryOp};

/// An array to be made: `layout` picks contiguous, reversed, every other element, or transposed.
#[derive(Clone, Debug)]
struct Leaf {
    dtype: DType,
    /// For each axis of the space, whether it is repeated; leading repeated axes may be left out.
    repeated: Vec<bool>,
    drop_leading: bool,
    layout: u8,
    seed: u64,
}

#[derive(Clone, Debug)]
enum Tree {
    Leaf(usize),
    Int(i64),
    Float(f64),
    Unary(UnaryOp, Box<Tree>),
    Binary(BinaryOp, Box<Tree>, Box<Tree>),
    Select(Box<Tree>, Box<Tree>, Box<Tree>),
    Cast(DType, Box<Tree>),
    Reduce(ReduceOp, u8, bool, Box<Tree>),
}

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
    1e9,
    -1e17,
    3e38,
    1e300,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];
const INTS: [i64; 10] = [0, 1, -1, 2, -7, 10, 1 << 33, (1 << 53) + 1, i64::MAX, i64::MIN];

fn dtypes() -> impl Strategy<Value = DType> {
    prop_oneof![3 => Just(DType::Float64), 3 => Just(DType::Float32), 2 => Just(DType::Int64), 1 => Just(DType::Bool)]
}

fn spaces() -> impl Strategy<Value = Vec<usize>> {
    let edges =
        [0, 1, 2, 3, 7, 8, 15, 17, 31, 63, 64, 65, 100, 127, 129, 1000, 1023, 1024, 1025, 1100, 2048, 2113, 3100];
    prop_oneof![
        4 => prop::sample::select(edges.to_vec()).prop_map(|n| vec![n]),
        3 => (1usize..6, prop::sample::select(vec![0, 1, 3, 10, 65, 127, 128, 131, 260])).prop_map(|(m, n)| vec![m, n]),
        1 => (prop::sample::select(vec![64, 130, 1030]), 1usize..4).prop_map(|(m, n)| vec![m, n]),
        1 => (1usize..4, 1usize..5, 1usize..40).prop_map(|(l, m, n)| vec![l, m, n]),
        1 => Just(vec![]),
    ]
}

fn leaves() -> impl Strategy<Value = Vec<Leaf>> {
    let leaf = (dtypes(), prop::collection::vec(prop::bool::weighted(0.2), 3), any::<bool>(), 0u8..6, any::<u64>());
    let leaf = leaf.prop_map(|(dtype, repeated, drop_leading, layout, seed)| Leaf {
        dtype,
        repeated,
        drop_leading,
        layout,
        seed,
    });
    prop::collection::vec(leaf, 1..4)
}

fn trees() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        6 => (0usize..4).prop_map(Tree::Leaf),
        1 => prop::sample::select(INTS.to_vec()).prop_map(Tree::Int),
        1 => prop::sample::select(FLOATS.to_vec()).prop_map(Tree::Float),
    ];
    leaf.prop_recursive(4, 14, 3, |inner| {
        let inner = inner.prop_map(Box::new);
        let arithmetic = vec![BinaryOp::Add, BinaryOp::Sub, BinaryOp::Mul];
        prop_oneof![
            2 => (prop::sample::select(UnaryOp::ALL), inner.clone()).prop_map(|(op, x)| Tree::Unary(op, x)),
            4 => (prop::sample::select(arithmetic), inner.clone(), inner.clone())
                .prop_map(|(op, a, b)| Tree::Binary(op, a, b)),
            4 => (prop::sample::select(BinaryOp::ALL), inner.clone(), inner.clone())
                .prop_map(|(op, a, b)| Tree::Binary(op, a, b)),
            1 => (inner.clone(), inner.clone(), inner.clone()).prop_map(|(c, a, b)| Tree::Select(c, a, b)),
            1 => (dtypes(), inner.clone()).prop_map(|(dtype, x)| Tree::Cast(dtype, x)),
            1 => (prop::sample::select(ReduceOp::ALL), 0u8..8, any::<bool>(), inner)
                .prop_map(|(op, axes, keep, x)| Tree::Reduce(op, axes, keep, x)),
        ]
    })
}

/// A root that reduces more often than not.
fn roots() -> impl Strategy<Value = Tree> {
    let reduce = (prop::sample::select(ReduceOp::ALL), prop_oneof![Just(7u8), 0u8..8], any::<bool>(), trees())
        .prop_map(|(op, axes, keep, x)| Tree::Reduce(op, axes, keep, Box::new(x)));
    prop_oneof![trees(), reduce]
}

fn array(leaf: &Leaf, space: &[usize]) -> Array {
    let mut shape: Vec<usize> =
        space.iter().zip(&leaf.repeated).map(|(n, repeated)| if *repeated { 1 } else { *n }).collect();
    while leaf.drop_leading && shape.first() == Some(&1) {
        shape.remove(0);
    }
    let size = leaf.dtype.size() as isize;
    let mut memory = shape.clone();
    if let Some(last) = memory.last_mut() {
        *last *= 2;
    }
    let all = Array::zeros(leaf.dtype, &memory).unwrap();
    let mut state = leaf.seed | 1;
    for index in 0..all.size() {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let pick = (state >> 33) as usize;
        // Mostly ordinary numbers, now and then a special one.
        let scalar = match (leaf.dtype.is_float(), pick % 8) {
            (true, 0) => Scalar::Float64(FLOATS[pick / 8 % FLOATS.len()]),
            (true, _) => Scalar::Float64((pick as f64 / 1e7 - 100.0) / 7.0),
            (false, 0) => Scalar::Int64(INTS[pick / 8 % INTS.len()]),
            (false, _) => Scalar::Int64((pick / 8 % 7) as i64 - 3),
        };
        all.set(index, scalar);
    }
    let mut strides = toy::array::ndarray::contiguous_strides(leaf.dtype, &shape);
    let mut offset = 0;
    match (leaf.layout, shape.len()) {
        (0, 1..) => {
            // Backwards.
            offset = (shape[0].max(1) - 1) * strides[0] as usize;
            strides[0] = -strides[0];
        }
        (1, 1..) => strides.iter_mut().for_each(|stride| *stride *= 2),
        (2, 2..) => {
            let reversed: Vec<usize> = shape.iter().rev().copied().collect();
            strides = toy::array::ndarray::contiguous_strides(leaf.dtype, &reversed);
            strides.reverse();
        }
        (3, 1..) => {
            // Contiguous, but beginning at the second element.
            offset = size as usize;
        }
        _ => {}
    }
    all.view(leaf.dtype, shape, strides, offset)
}

/// The expression; an operation that NumPy refuses is left out.
fn build(tree: &Tree, leaves: &[Expr]) -> Expr {
    match tree {
        Tree::Leaf(index) => leaves[index % leaves.len()].clone(),
        Tree::Int(value) => Expr::weak_int(*value),
        Tree::Float(value) => Expr::weak_float(*value),
        Tree::Unary(op, x) => {
            let x = build(x, leaves);
            Expr::unary(*op, &x).unwrap_or(x)
        }
        Tree::Binary(op, a, b) => {
            let (a, b) = (build(a, leaves), build(b, leaves));
            Expr::binary(*op, &a, &b).unwrap_or(a)
        }
        Tree::Select(c, a, b) => {
            let (c, a, b) = (build(c, leaves), build(a, leaves), build(b, leaves));
            Expr::select(&c, &a, &b).unwrap_or(a)
        }
        Tree::Cast(dtype, x) => build(x, leaves).cast(*dtype),
        Tree::Reduce(op, axes, keep, x) => {
            let x = build(x, leaves);
            let axes = (0..x.shape().len()).filter(|axis| axes & (1 << axis) != 0).collect();
            Expr::reduce(*op, &x, Some(axes), *keep).unwrap_or(x)
        }
    }
}

fn bits(array: &Array) -> Vec<(DType, u64)> {
    let one = |scalar| match scalar {
        Scalar::Bool(x) => (DType::Bool, x as u64),
        Scalar::Int64(x) => (DType::Int64, x as u64),
        Scalar::Float32(x) if x.is_nan() => (DType::Float32, u64::MAX),
        Scalar::Float32(x) => (DType::Float32, x.to_bits() as u64),
        Scalar::Float64(x) if x.is_nan() => (DType::Float64, u64::MAX),
        Scalar::Float64(x) => (DType::Float64, x.to_bits()),
    };
    array.iter().map(one).collect()
}

/// Engines for every width of this CPU and every unrolling, the other switches in turn.
fn engines() -> Vec<Engine> {
    let mut engines = Vec::new();
    for simd in Simd::available() {
        for unroll in Unroll::ALL {
            for fma in [true, false] {
                let turn = engines.len();
                let schedule = if turn % 2 == 0 { Schedule::Sequential } else { Schedule::Interleaved };
                let regalloc = if turn % 5 == 3 { Regalloc::SinglePass } else { Regalloc::Backtracking };
                let stream = if turn % 4 == 1 { Stream::On } else { Stream::Auto };
                let prefetch = turn % 7 == 2;
                let fuse = if turn % 3 == 0 { Fuse::Off } else { Fuse::On };
                let switches = Switches { simd, unroll, schedule, regalloc, prefetch, stream, fma, fuse, threads: 1 };
                engines.push(Engine::new(switches).unwrap());
            }
        }
    }
    engines
}

/// How many expressions are tried: `TOY_EXPRESSIONS`, or enough for every day.
fn cases() -> u32 {
    std::env::var("TOY_EXPRESSIONS").map_or(160, |count| count.parse().expect("a number of expressions"))
}

#[test]
fn machine_code_equals_the_reference() {
    let config = Config { cases: cases(), failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut engines = engines();
    let mut turn = 0;
    let strategy = (spaces(), leaves(), roots());
    let mut runner = TestRunner::new_with_rng(config, rng);
    let engines = std::cell::RefCell::new((&mut engines, &mut turn));
    let result = runner.run(&strategy, |(space, leaves, root)| {
        let mut guard = engines.borrow_mut();
        let (engines, turn) = &mut *guard;
        **turn += 1;
        let count = engines.len();
        // The second time, with other elements, the kernel is there already.
        for again in 0..2 {
            let leaf = |leaf: &Leaf| Expr::leaf(array(&Leaf { seed: leaf.seed ^ again << 20, ..leaf.clone() }, &space));
            let arrays: Vec<Expr> = leaves.iter().map(leaf).collect();
            let expr = build(&root, &arrays);
            let expected = [true, false].map(|fma| {
                let switches = Switches { fma, ..Switches::default() };
                bits(&Engine::reference(switches).evaluate(&expr).unwrap())
            });
            for step in 0..4 {
                let engine = &mut engines[(**turn * 5 + step * 7) % count];
                let expected = &expected[if engine.switches().fma { 0 } else { 1 }];
                let got = engine.evaluate(&expr).unwrap();
                prop_assert_eq!((got.dtype(), got.shape()), (expr.dtype(), expr.shape()));
                let got = bits(&got);
                if let Some(at) = got.iter().zip(expected).position(|(a, b)| a != b) {
                    let switches = engine.switches();
                    prop_assert!(false, "{switches}: element {at}: {:x?} is not {:x?}", got[at], expected[at]);
                }
            }
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}
