//! The reference evaluator: one element after the other, one node after the other. It defines what the IR means.

use super::ir::{Kernel, NodeId, Op, Root, Term};
use super::lower::{Operand, Task};
use super::op::ReduceOp;
use super::order::{BLOCK_LEN, REDUCTION_LANES, ROWS, row_len};
use super::scalar;
use super::shape::broadcast_strides;
use smallvec::smallvec;

use crate::array::ndarray::Strides;
use crate::array::{Array, DType, Result, Scalar};
use crate::interrupt;

/// Computes a task into a new array.
///
/// # Errors
/// `MemoryError` if the result does not fit; `KeyboardInterrupt`.
///
/// # Panics
/// If the kernel breaks a rule of [`super::verify`].
pub fn evaluate(task: &Task) -> Result<Array> {
    let out = Array::zeros(task.kernel.dtype(), &task.shape)?;
    let operands: Vec<Array> = task.operands.iter().map(|operand| broadcast_operand(operand, &task.space)).collect();
    match task.kernel.root {
        Root::Store(value) => {
            for place in 0..out.size() {
                interrupt::check_at(place)?;
                out.set(place, values(&task.kernel, &operands, place)[value.index()]);
            }
        }
        Root::Reduce(op, term) => {
            for (slot, places) in
                slices(&task.space, task.reduced.as_deref().unwrap_or_default()).into_iter().enumerate()
            {
                let term_values = |place: &usize| {
                    interrupt::check_at(*place)?;
                    Ok(values(&task.kernel, &operands, *place))
                };
                let terms = places.iter().map(term_values).collect::<Result<Vec<_>>>()?;
                out.set(slot, reduce(op, term, task.kernel.dtype(), &terms));
            }
        }
    }
    Ok(out)
}

/// The value of every node at a place of the iteration space, in C order.
fn values(kernel: &Kernel, operands: &[Array], place: usize) -> Vec<Scalar> {
    let mut values: Vec<Scalar> = Vec::with_capacity(kernel.nodes.len());
    for node in &kernel.nodes {
        let at = |id: NodeId| values[id.index()];
        values.push(match node.op {
            Op::Load(input) => operands[input.index()].get(place),
            Op::Cast(x) => at(x).cast(node.dtype),
            Op::Unary(op, x) => scalar::unary(op, at(x)),
            Op::Binary(op, a, b) => scalar::binary(op, at(a), at(b)),
            Op::Fma(a, b, c) => scalar::fma(at(a), at(b), at(c)),
            Op::Select(c, a, b) => match at(c) {
                Scalar::Bool(true) => at(a),
                _ => at(b),
            },
        });
    }
    values
}

/// One slice to one element, in the order that [`super::order`] lays down.
fn reduce(op: ReduceOp, term: Term, dtype: DType, elements: &[Vec<Scalar>]) -> Scalar {
    let combine = |a, b| scalar::binary(scalar::combining(op), a, b);
    let step = |accumulator, values: &Vec<Scalar>| match term {
        Term::Value(x) => combine(accumulator, values[x.index()]),
        Term::Product(a, b) => scalar::fma(values[a.index()], values[b.index()], accumulator),
    };
    let row = row_len(dtype.size());
    let block = |elements: &[Vec<Scalar>]| {
        let lane = |lane: usize| {
            let run = elements.chunks(row * ROWS).nth(lane / row).unwrap_or_default();
            run.iter().skip(lane % row).step_by(row).fold(scalar::identity(op, dtype), step)
        };
        halves(&(0..REDUCTION_LANES).map(lane).collect::<Vec<_>>(), &combine)
    };
    let blocks: Vec<Scalar> = elements.chunks(BLOCK_LEN).map(block).collect();
    let combined = if blocks.is_empty() { scalar::identity(op, dtype) } else { pairs(&blocks, &combine) };
    scalar::finish(op, combined, elements.len())
}

/// The first half with the second, element by element, until one is left.
fn halves(lanes: &[Scalar], combine: &dyn Fn(Scalar, Scalar) -> Scalar) -> Scalar {
    match lanes {
        [one] => *one,
        _ => {
            let (low, high) = lanes.split_at(lanes.len() / 2);
            halves(&low.iter().zip(high).map(|(a, b)| combine(*a, *b)).collect::<Vec<_>>(), combine)
        }
    }
}

/// Neighbours with each other, until one is left.
fn pairs(blocks: &[Scalar], combine: &dyn Fn(Scalar, Scalar) -> Scalar) -> Scalar {
    match blocks {
        [one] => *one,
        _ => {
            let level = blocks.chunks(2).map(|pair| pair.iter().copied().reduce(combine).expect("not empty"));
            pairs(&level.collect::<Vec<_>>(), combine)
        }
    }
}

/// For each element of the result, the places of its slice; both in C order.
fn slices(space: &[usize], reduced: &[bool]) -> Vec<Vec<usize>> {
    let kept = space.iter().zip(reduced).filter(|(_, reduced)| !**reduced).map(|(n, _)| *n).product();
    let mut slices = vec![Vec::new(); kept];
    for place in 0..space.iter().product() {
        let (mut rest, mut slot, mut step) = (place, 0, 1);
        for (n, reduced) in space.iter().zip(reduced).rev() {
            if !reduced {
                slot += rest % n * step;
                step *= n;
            }
            rest /= n;
        }
        slices[slot].push(place);
    }
    slices
}

fn broadcast_operand(operand: &Operand, space: &[usize]) -> Array {
    match operand {
        Operand::Array(leaf) => {
            let array = leaf.as_leaf().expect("operands are leaves");
            array.view(array.dtype(), space, broadcast_strides(array, space).collect::<Strides>(), array.offset())
        }
        Operand::Scalar(_, scalar) => {
            Array::from_scalar(*scalar).view(scalar.dtype(), space, smallvec![0; space.len()], 0)
        }
    }
}
