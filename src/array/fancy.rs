//! Indexing with arrays: integers and masks select copies, and can be assigned to.

use super::index::{position, too_many};
use super::shape::{shape_text, try_broadcast};
use super::{Array, ArrayError, DType, Index, Result, Scalar};
use crate::diagnostic::ErrorKind;

/// One entry between the brackets, arrays included.
#[derive(Clone, Debug)]
pub enum Key {
    Basic(Index),
    /// Positions (int64) or a mask (bool). An empty list is an empty array of int64.
    Array(Array),
}

impl Array {
    /// `self[mask]`: the elements at which the mask is true, as [`Array::take_keys`].
    pub fn mask(&self, mask: &Array) -> Result<Array> {
        self.take_keys(&[Key::Array(mask.clone())])
    }

    /// `self[positions]`: along the first axis, as [`Array::take_keys`].
    pub fn take(&self, positions: &Array) -> Result<Array> {
        self.take_keys(&[Key::Array(positions.clone())])
    }

    /// `self[mask] = value`, as [`Array::assign_keys`].
    pub fn assign_mask(&self, mask: &Array, value: &Array) -> Result<()> {
        self.assign_keys(&[Key::Array(mask.clone())], value)
    }

    /// `self[positions] = value`, as [`Array::assign_keys`].
    pub fn assign_take(&self, positions: &Array, value: &Array) -> Result<()> {
        self.assign_keys(&[Key::Array(positions.clone())], value)
    }

    /// `self[keys]` with at least one array among the keys: a copy.
    ///
    /// # Errors
    /// `IndexError` for positions outside, masks or index arrays whose shapes do not fit, or too many keys; `MemoryError`.
    pub fn take_keys(&self, keys: &[Key]) -> Result<Array> {
        let keys = without_masks(self, keys)?;
        if let Some(indices) = only_basic(&keys) {
            return self.index(&indices)?.copy();
        }
        let selection = Selection::new(self, &keys)?;
        let result = Array::zeros(self.dtype(), &selection.result_shape())?;
        selection.copy_parts(&result, Direction::Gather)?;
        Ok(result)
    }

    /// `self[keys] = value` with at least one array among the keys, broadcast and cast. A position given twice gets
    /// the last value.
    ///
    /// # Errors
    /// As [`Array::take_keys`]; `ValueError` if the value does not fit the selection.
    pub fn assign_keys(&self, keys: &[Key], value: &Array) -> Result<()> {
        let plain = without_masks(self, keys)?;
        if let Some(indices) = only_basic(&plain) {
            return self.assign_index(&indices, value);
        }
        let selection = Selection::new(self, &plain)?;
        let shape = selection.result_shape();
        if let [Key::Array(mask)] = keys
            && mask.dtype() == DType::Bool
            && mask.ndim() == self.ndim()
        {
            check_masked_value(value, shape[0])?;
        }
        let leading = value.ndim().saturating_sub(shape.len());
        let trimmed = (value.shape()[..leading].iter().all(|n| *n == 1)).then(|| {
            let (shape, strides) = (value.shape()[leading..].to_vec(), value.strides()[leading..].to_vec());
            value.view(value.dtype(), shape, strides, value.offset())
        });
        let own = trimmed.map(|value| if value.may_overlap(self) { value.copy() } else { Ok(value) }).transpose()?;
        let fitting = own.and_then(|value| value.try_broadcast_to(&shape)).ok_or_else(|| {
            ArrayError::value(format!(
                "shape mismatch: value array of shape {} could not be broadcast to indexing result of shape {}",
                shape_text(value.shape()),
                shape_text(&shape)
            ))
        })?;
        selection.copy_parts(&fitting, Direction::Scatter)
    }

    /// `np.nonzero`: for each axis the positions of the elements that are not 0, in C order.
    ///
    /// # Errors
    /// `MemoryError`; `ValueError` for no dimensions.
    pub fn nonzero(&self) -> Result<Vec<Array>> {
        if self.ndim() == 0 {
            return Err(ArrayError::value(
                "Calling nonzero on 0d arrays is not allowed. Use np.atleast_1d(scalar).nonzero() instead. If the \
                 context of this error is of the form `arr[nonzero(cond)]`, just use `arr[cond]`.",
            ));
        }
        let mut places: Vec<Vec<i64>> = vec![Vec::new(); self.ndim()];
        for (at, _) in self.to_vec::<bool>().iter().enumerate().filter(|(_, truth)| **truth) {
            let mut rest = at;
            for (n, places) in self.shape().iter().zip(&mut places).rev() {
                places.push((rest % n) as i64);
                rest /= n;
            }
        }
        places.iter().map(|places| Array::from_slice(places, &[places.len()])).collect()
    }
}

/// Whether selected elements are read or written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Gather,
    Scatter,
}

/// What keys select: parts of one shape, at offsets that the index arrays give.
struct Selection {
    /// The array after its slices, axes under index arrays whole.
    view: Array,
    /// Lengths and strides of its other axes: the shape of a part.
    part_shape: Vec<usize>,
    part_strides: Vec<isize>,
    /// Bytes from the view's first element to that of each part, in C order of `picked`.
    offsets: Vec<isize>,
    /// The common shape of the index arrays.
    picked: Vec<usize>,
    /// The axis of the result at which `picked` stands.
    place: usize,
}

/// An index array and the axis that it takes, counted among the keys, in the array and in the view.
struct Picker {
    key: usize,
    axis: usize,
    view_axis: usize,
    positions: Array,
}

impl Selection {
    /// `keys` hold no masks.
    fn new(array: &Array, keys: &[Key]) -> Result<Selection> {
        let indices: Vec<Index> = keys
            .iter()
            .map(|key| match key {
                Key::Basic(Index::Int(_)) | Key::Array(_) => Index::ALL,
                Key::Basic(basic) => *basic,
            })
            .collect();
        let view = array.index(&indices)?;
        let pickers = pickers(array, keys);

        let shapes: Vec<&[usize]> = pickers.iter().map(|picker| picker.positions.shape()).collect();
        let picked = try_broadcast(&shapes).ok_or_else(|| {
            // Integers beside arrays have no dimensions, and are not told of.
            let list: String =
                shapes.iter().filter(|shape| !shape.is_empty()).map(|shape| shape_text(shape) + " ").collect();
            ArrayError::index(format!(
                "shape mismatch: indexing arrays could not be broadcast together with shapes {list}"
            ))
        })?;
        let mut offsets = vec![0isize; picked.iter().product::<usize>()];
        for picker in &pickers {
            let (n, stride) = (array.shape()[picker.axis], view.strides()[picker.view_axis]);
            let positions = picker.positions.broadcast_to(&picked)?.to_vec::<i64>();
            for (offset, i) in offsets.iter_mut().zip(positions) {
                *offset += position(i, picker.axis, n)? as isize * stride;
            }
        }

        let kept = (0..view.ndim()).filter(|axis| pickers.iter().all(|picker| picker.view_axis != *axis));
        let (part_shape, part_strides) = kept.map(|axis| (view.shape()[axis], view.strides()[axis])).unzip();
        // Neighbouring index arrays leave their axes where they are; others put them in front.
        let neighbours = pickers.windows(2).all(|pair| pair[1].key == pair[0].key + 1);
        let place = if neighbours { pickers.first().map_or(0, |picker| picker.view_axis) } else { 0 };
        Ok(Selection { view, part_shape, part_strides, offsets, picked, place })
    }

    fn result_shape(&self) -> Vec<usize> {
        let (before, after) = self.part_shape.split_at(self.place);
        [before, &self.picked, after].concat()
    }

    /// Copies each part into, or out of, its place in `other`, which has the result's shape.
    fn copy_parts(&self, other: &Array, direction: Direction) -> Result<()> {
        let picked_axes = self.place..self.place + self.picked.len();
        let (shape, strides): (Vec<usize>, Vec<isize>) = (0..other.ndim())
            .filter(|axis| !picked_axes.contains(axis))
            .map(|axis| (other.shape()[axis], other.strides()[axis]))
            .unzip();
        let picked_strides = &other.strides()[picked_axes];
        let mut index = vec![0usize; self.picked.len()];
        for here in &self.offsets {
            let there: isize = index.iter().zip(picked_strides).map(|(i, stride)| *i as isize * stride).sum();
            if shape.is_empty() {
                match direction {
                    Direction::Gather => other.write(there, self.view.read(*here)),
                    Direction::Scatter => self.view.write(*here, other.read(there)),
                }
            } else {
                let part = |array: &Array, shape: &[usize], strides: &[isize], at: isize| {
                    let offset = (array.offset() as isize + at) as usize;
                    array.view(array.dtype(), shape.to_vec(), strides.to_vec(), offset)
                };
                let selected = part(&self.view, &self.part_shape, &self.part_strides, *here);
                let place = part(other, &shape, &strides, there);
                match direction {
                    Direction::Gather => place.assign(&selected)?,
                    Direction::Scatter => selected.assign(&place)?,
                }
            }
            for (i, n) in index.iter_mut().zip(&self.picked).rev() {
                *i += 1;
                if *i < *n {
                    break;
                }
                *i = 0;
            }
        }
        Ok(())
    }
}

/// The index arrays among the keys; an integer beside an array is an index array of no dimensions.
fn pickers(array: &Array, keys: &[Key]) -> Vec<Picker> {
    let taken = |key: &&Key| !matches!(key, Key::Basic(Index::NewAxis | Index::Ellipsis));
    let rest = array.ndim() - keys.iter().filter(taken).count();
    let mut found = Vec::new();
    let (mut axis, mut view_axis) = (0, 0);
    for (at, key) in keys.iter().enumerate() {
        let mut pick = |positions| found.push(Picker { key: at, axis, view_axis, positions });
        let (source, shown) = match key {
            Key::Basic(Index::NewAxis) => (0, 1),
            Key::Basic(Index::Ellipsis) => (rest, rest),
            Key::Basic(Index::Slice { .. }) => (1, 1),
            Key::Basic(Index::Int(i)) => {
                pick(Array::from_scalar(Scalar::Int64(*i)));
                (1, 1)
            }
            Key::Array(positions) => {
                pick(positions.clone());
                (1, 1)
            }
        };
        axis += source;
        view_axis += shown;
    }
    found
}

/// The indices, if there is no array among the keys.
fn only_basic(keys: &[Key]) -> Option<Vec<Index>> {
    keys.iter().map(|key| if let Key::Basic(index) = key { Some(*index) } else { None }).collect()
}

/// The keys with each mask replaced by the positions at which it is true, and each array of no dimensions by its integer.
fn without_masks(array: &Array, keys: &[Key]) -> Result<Vec<Key>> {
    let dims = |key: &Key| match key {
        Key::Basic(Index::NewAxis | Index::Ellipsis) => 0,
        Key::Basic(Index::Int(_) | Index::Slice { .. }) => 1,
        Key::Array(mask) if mask.dtype() == DType::Bool => mask.ndim(),
        Key::Array(_) => 1,
    };
    let used: usize = keys.iter().map(dims).sum();
    if used > array.ndim() {
        return Err(too_many(array.ndim(), used));
    }
    let mut result = Vec::with_capacity(keys.len());
    let mut axis = 0;
    for key in keys {
        match key {
            Key::Basic(Index::Ellipsis) => axis += array.ndim() - used,
            Key::Basic(_) => axis += dims(key),
            Key::Array(positions) => match positions.dtype() {
                DType::Int64 => {
                    axis += 1;
                    if let (0, Scalar::Int64(i)) =
                        (positions.ndim(), positions.iter().next().unwrap_or(Scalar::Int64(0)))
                    {
                        result.push(Key::Basic(Index::Int(i)));
                        continue;
                    }
                }
                DType::Float32 | DType::Float64 => {
                    return Err(ArrayError::index("arrays used as indices must be of integer (or boolean) type"));
                }
                DType::Bool if positions.ndim() == 0 => {
                    return Err(ArrayError::new(
                        ErrorKind::NotImplementedError,
                        "a single truth value as an index is not supported",
                    ));
                }
                DType::Bool => {
                    for n in positions.shape() {
                        if array.shape()[axis] != *n {
                            return Err(ArrayError::index(format!(
                                "boolean index did not match indexed array along axis {axis}; size of axis is {} but \
                                 size of corresponding boolean axis is {n}",
                                array.shape()[axis]
                            )));
                        }
                        axis += 1;
                    }
                    result.extend(positions.nonzero()?.into_iter().map(Key::Array));
                    continue;
                }
            },
        }
        result.push(key.clone());
    }
    Ok(result)
}

/// `a[mask] = value` for a mask of the array's shape with `count` elements set.
fn check_masked_value(value: &Array, count: usize) -> Result<()> {
    if value.ndim() > 1 {
        return Err(ArrayError::type_error(format!(
            "NumPy boolean array indexing assignment requires a 0 or 1-dimensional input, input has {} dimensions",
            value.ndim()
        )));
    }
    if value.ndim() == 1 && value.size() != 1 && value.size() != count {
        return Err(ArrayError::value(format!(
            "NumPy boolean array indexing assignment cannot assign {} input values to the {count} output values where \
             the mask is true",
            value.size()
        )));
    }
    Ok(())
}
