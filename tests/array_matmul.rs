//! Matrix products: shapes and errors are NumPy's, values are exact where the numbers are small integers, and
//! bits do not depend on the number of threads.

use proptest::prelude::*;
use toy::array::matmul::{dot, matmul};
use toy::array::{Array, DType, Index};

fn counting(dtype: DType, shape: &[usize]) -> Array {
    let n: usize = shape.iter().product();
    let elements: Vec<i64> = (0..n as i64).map(|i| i * 7 % 11 - 5).collect();
    Array::from_slice(&elements, shape).unwrap().astype(dtype).unwrap()
}

/// Numbers that do not add exactly.
fn uneven(dtype: DType, shape: &[usize], seed: u64) -> Array {
    let n: usize = shape.iter().product();
    let mut state = seed | 1;
    let elements: Vec<f64> = (0..n)
        .map(|_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
        })
        .collect();
    Array::from_slice(&elements, shape).unwrap().astype(dtype).unwrap()
}

fn naive(a: &Array, b: &Array) -> Vec<i64> {
    let (n, k, m) = (a.shape()[0], a.shape()[1], b.shape()[1]);
    let (a, b) = (a.to_vec::<i64>(), b.to_vec::<i64>());
    (0..n * m).map(|at| (0..k).map(|p| a[at / m * k + p] * b[p * m + at % m]).sum()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn small_integers_multiply_exactly(
        (n, k, m) in (0usize..20, 0usize..40, 0usize..20),
        dtype in prop::sample::select(vec![DType::Int64, DType::Float32, DType::Float64]),
        (left, right) in (0u8..4, 0u8..4),
    ) {
        // The same matrix in row order, column order, every other element of a larger one, and backwards.
        let laid_out = |rows: usize, columns: usize, layout: u8| match layout {
            0 => counting(dtype, &[rows, columns]),
            1 => counting(dtype, &[columns, rows]).t(),
            2 => {
                let every_other = Index::Slice { start: None, stop: None, step: Some(2) };
                counting(dtype, &[2 * rows, 2 * columns]).index(&[every_other, every_other]).unwrap()
            }
            _ => {
                let backwards = Index::Slice { start: None, stop: None, step: Some(-1) };
                counting(dtype, &[rows, columns]).index(&[Index::ALL, backwards]).unwrap()
            }
        };
        let (a, b) = (laid_out(n, k, left), laid_out(k, m, right));
        let product = matmul(&a, &b, 1).unwrap();
        prop_assert_eq!(product.dtype(), dtype);
        prop_assert_eq!(product.shape(), &[n, m]);
        prop_assert_eq!(product.to_vec::<i64>(), naive(&a, &b));
        if m > 0 && n > 0 {
            let column = b.index(&[Index::ALL, Index::Int(0)]).unwrap();
            let first: Vec<i64> = naive(&a, &b).into_iter().step_by(m).collect();
            prop_assert_eq!(matmul(&a, &column, 2).unwrap().to_vec::<i64>(), first);
            let row = a.index(&[Index::Int(0)]).unwrap();
            prop_assert_eq!(matmul(&row, &b, 2).unwrap().to_vec::<i64>(), &naive(&a, &b)[..m]);
        }
    }
}

#[test]
fn bits_do_not_depend_on_threads() {
    for dtype in [DType::Float32, DType::Float64] {
        for (n, k, m) in [(200, 300, 250), (257, 1100, 65), (1000, 700, 1), (1, 700, 1000), (64, 64, 64), (3, 5000, 9)]
        {
            let (a, b) = (uneven(dtype, &[n, k], 3), uneven(dtype, &[k, m], 5));
            let bits = |threads| matmul(&a, &b, threads).unwrap().to_vec::<f64>().iter().map(|x| x.to_bits()).collect();
            let one: Vec<u64> = bits(1);
            for threads in [2, 3, 8] {
                assert!(one == bits(threads), "{dtype} {n} {k} {m}, {threads} threads");
            }
        }
    }
}

#[test]
fn a_matrix_times_a_vector_has_the_same_bits_in_either_layout() {
    let (a, v) = (uneven(DType::Float64, &[333, 517], 1), uneven(DType::Float64, &[517], 2));
    let columns = a.t().copy().unwrap().t();
    let bits =
        |matrix: &Array| matmul(matrix, &v, 1).unwrap().to_vec::<f64>().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&a), bits(&columns));
}

#[test]
fn shapes_are_numpys() {
    let f = |shape: &[usize]| counting(DType::Float64, shape);
    for (a, b, at, dotted) in [
        (&[3][..], &[3][..], &[][..] as &[usize], &[][..] as &[usize]),
        (&[2, 3], &[3], &[2], &[2]),
        (&[3], &[3, 2], &[2], &[2]),
        (&[5, 2, 3], &[3, 4], &[5, 2, 4], &[5, 2, 4]),
        (&[5, 2, 3], &[5, 3, 4], &[5, 2, 4], &[5, 2, 5, 4]),
        (&[2, 3], &[4, 3, 2], &[4, 2, 2], &[2, 4, 2]),
        (&[3], &[4, 3, 2], &[4, 2], &[4, 2]),
        (&[4, 2, 3], &[3], &[4, 2], &[4, 2]),
    ] {
        assert_eq!(matmul(&f(a), &f(b), 1).unwrap().shape(), at, "{a:?} @ {b:?}");
        assert_eq!(dot(&f(a), &f(b), 1).unwrap().shape(), dotted, "dot {a:?} {b:?}");
    }
    let (a, b) = (counting(DType::Int64, &[2, 2, 3]), counting(DType::Int64, &[2, 3, 2]));
    let dotted = dot(&a, &b, 1).unwrap();
    let batched = matmul(&a, &b, 1).unwrap();
    for i in 0..2 {
        for j in 0..2 {
            let element = |array: &Array, index: &[i64]| array.get_at(index).unwrap().as_f64();
            let want: f64 = (0..3).map(|k| element(&a, &[i, 1, k]) * element(&b, &[j, k, 0])).sum();
            assert_eq!(element(&dotted, &[i, 1, j, 0]), want);
            if i == j {
                assert_eq!(element(&batched, &[i, 1, 0]), want);
            }
        }
    }
    assert_eq!(dot(&f(&[]), &f(&[3]), 1).unwrap().shape(), [3]);
    assert_eq!(matmul(&f(&[2, 0]), &f(&[0, 3]), 1).unwrap().to_vec::<f64>(), [0.0; 6]);
    let truth = Array::from_slice(&[true, false, true, true], &[2, 2]).unwrap();
    assert_eq!(matmul(&truth, &truth, 1).unwrap().to_vec::<bool>(), [true, false, true, true]);
    let mixed = matmul(&counting(DType::Float32, &[2, 2]), &counting(DType::Int64, &[2, 2]), 1).unwrap();
    assert_eq!(mixed.dtype(), DType::Float64);
}

#[test]
fn errors_read_as_numpys() {
    let f = |shape: &[usize]| counting(DType::Float64, shape);
    for (a, b, message) in [
        (
            &[2, 3][..],
            &[2][..],
            "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (n?,k),(k,m?)->(n?,m?) (size 2 is different from 3)",
        ),
        (
            &[3],
            &[],
            "matmul: Input operand 1 does not have enough dimensions (has 0, gufunc core with signature (n?,k),(k,m?)->(n?,m?) requires 1)",
        ),
        (
            &[],
            &[3],
            "matmul: Input operand 0 does not have enough dimensions (has 0, gufunc core with signature (n?,k),(k,m?)->(n?,m?) requires 1)",
        ),
        (
            &[5, 2, 3],
            &[4, 3, 9],
            "operands could not be broadcast together with remapped shapes [original->remapped]: (5,2,3)->(5,newaxis,newaxis) (4,3,9)->(4,newaxis,newaxis)  and requested shape (2,9)",
        ),
    ] {
        assert_eq!(matmul(&f(a), &f(b), 1).unwrap_err().message, message);
    }
    for (a, b, message) in [
        (&[2, 3][..], &[2][..], "shapes (2,3) and (2,) not aligned: 3 (dim 1) != 2 (dim 0)"),
        (&[3], &[2], "shapes (3,) and (2,) not aligned: 3 (dim 0) != 2 (dim 0)"),
        (&[2, 3], &[4, 2, 2], "shapes (2,3) and (4,2,2) not aligned: 3 (dim 1) != 2 (dim 1)"),
        (&[2, 3, 4], &[5], "shapes (2,3,4) and (5,) not aligned: 4 (dim 2) != 5 (dim 0)"),
    ] {
        assert_eq!(dot(&f(a), &f(b), 1).unwrap_err().message, message);
    }
}
