//! Views, reshapes, broadcasting and assignment against a naive model: a list of elements in C order.

use proptest::prelude::*;
use toy::array::index::slice_range;
use toy::array::shape::broadcast_shapes;
use toy::array::{Array, DType, Index, Scalar};

/// An array as a shape and its elements in C order.
#[derive(Clone, Debug, PartialEq)]
struct Model {
    shape: Vec<usize>,
    elements: Vec<i64>,
}

impl Model {
    fn of(array: &Array) -> Model {
        Model { shape: array.shape().to_vec(), elements: array.to_vec::<i64>() }
    }

    /// The model whose element at `index` is this one's at `from(index)`.
    fn gather(&self, shape: &[usize], from: impl Fn(&[usize]) -> Vec<usize>) -> Model {
        let elements = indices(shape).iter().map(|index| self.elements[self.place(&from(index))]).collect();
        Model { shape: shape.to_vec(), elements }
    }

    fn place(&self, index: &[usize]) -> usize {
        index.iter().zip(&self.shape).fold(0, |at, (i, n)| at * n + i)
    }

    fn broadcast(&self, shape: &[usize]) -> Model {
        let new = shape.len() - self.shape.len();
        self.gather(shape, |index| {
            index[new..].iter().zip(&self.shape).map(|(i, n)| if *n == 1 { 0 } else { *i }).collect()
        })
    }
}

/// All indices of a shape in C order.
fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    shape.iter().fold(vec![vec![]], |list, n| {
        list.iter().flat_map(|start| (0..*n).map(|i| [start.as_slice(), &[i]].concat())).collect()
    })
}

/// One step that makes a view out of a view.
#[derive(Clone, Debug)]
enum Step {
    Transpose,
    Slice(Vec<(Option<i64>, Option<i64>, Option<i64>)>),
    Int(i64),
    NewAxis,
    Reshape,
}

fn step() -> impl Strategy<Value = Step> {
    let bound = || prop::option::of(-6i64..7);
    let stride = prop::option::of(prop::sample::select(vec![-3i64, -2, -1, 1, 2, 3]));
    prop_oneof![
        Just(Step::Transpose),
        prop::collection::vec((bound(), bound(), stride), 1..3).prop_map(Step::Slice),
        (-4i64..4).prop_map(Step::Int),
        Just(Step::NewAxis),
        Just(Step::Reshape),
    ]
}

/// Takes the step on the array and on the model; `None` where it does not apply.
fn take(array: &Array, model: &Model, step: &Step) -> Option<(Array, Model)> {
    match step {
        Step::Transpose => {
            let shape: Vec<usize> = model.shape.iter().rev().copied().collect();
            Some((array.t(), model.gather(&shape, |index| index.iter().rev().copied().collect())))
        }
        Step::Slice(slices) => {
            let slices = &slices[..slices.len().min(array.ndim())];
            let list: Vec<Index> = slices
                .iter()
                .map(|(start, stop, step)| Index::Slice { start: *start, stop: *stop, step: *step })
                .collect();
            let ranges: Vec<Vec<usize>> = model
                .shape
                .iter()
                .enumerate()
                .map(|(axis, n)| slices.get(axis).map_or((0..*n).collect(), |s| python_slice(*s, *n)))
                .collect();
            let shape: Vec<usize> = ranges.iter().map(Vec::len).collect();
            let moved = model.gather(&shape, |index| index.iter().zip(&ranges).map(|(i, range)| range[*i]).collect());
            Some((array.index(&list).unwrap(), moved))
        }
        Step::Int(i) => {
            let n = *model.shape.first()? as i64;
            let at = if *i < 0 { i + n } else { *i };
            if !(0..n).contains(&at) {
                let message = format!("index {i} is out of bounds for axis 0 with size {n}");
                assert_eq!(array.index(&[Index::Int(*i)]).unwrap_err().message, message);
                return None;
            }
            let moved = model.gather(&model.shape[1..], |index| [&[at as usize], index].concat());
            Some((array.index(&[Index::Int(*i)]).unwrap(), moved))
        }
        Step::NewAxis => {
            let shape = [&[1], model.shape.as_slice()].concat();
            let view = array.index(&[Index::NewAxis]).unwrap();
            Some((view, Model { shape, elements: model.elements.clone() }))
        }
        Step::Reshape => {
            let flat = array.reshape(&[-1]).unwrap();
            Some((flat, Model { shape: vec![model.elements.len()], elements: model.elements.clone() }))
        }
    }
}

/// The positions that Python's `range(n)[start:stop:step]` holds, worked out one by one.
fn python_slice((start, stop, step): (Option<i64>, Option<i64>, Option<i64>), n: usize) -> Vec<usize> {
    let (n, step) = (n as i64, step.unwrap_or(1));
    let from_start = |at: i64| if at < 0 { at + n } else { at };
    let mut at = match start {
        Some(at) if step > 0 => from_start(at).clamp(0, n),
        Some(at) => from_start(at).clamp(-1, n - 1),
        None => {
            if step > 0 {
                0
            } else {
                n - 1
            }
        }
    };
    let stop = match stop {
        Some(at) => from_start(at).clamp(-1, n),
        None => {
            if step > 0 {
                n
            } else {
                -1
            }
        }
    };
    let mut list = Vec::new();
    while if step > 0 { at < stop } else { at > stop } {
        list.push(at as usize);
        at += step;
    }
    list
}

fn counting(shape: &[usize]) -> Array {
    let elements: Vec<i64> = (0..shape.iter().product::<usize>() as i64).collect();
    Array::from_slice(&elements, shape).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn views_of_views_hold_what_the_model_holds(
        shape in prop::collection::vec(0usize..5, 0..4),
        steps in prop::collection::vec(step(), 0..5),
    ) {
        let mut array = counting(&shape);
        let mut model = Model::of(&array);
        for step in &steps {
            let Some((next, moved)) = take(&array, &model, step) else { break };
            prop_assert_eq!(&Model::of(&next), &moved);
            prop_assert_eq!(Model::of(&next.copy().unwrap()), moved.clone());
            for (index, element) in indices(&moved.shape).iter().zip(&moved.elements) {
                let index: Vec<i64> = index.iter().map(|i| *i as i64).collect();
                prop_assert!(matches!(next.get_at(&index).unwrap(), Scalar::Int64(x) if x == *element));
            }
            (array, model) = (next, moved);
        }
    }

    #[test]
    fn slices_select_what_python_selects(n in 0usize..9, start in prop::option::of(any::<i8>()), stop in prop::option::of(any::<i8>()), step in prop::option::of(-5i64..6)) {
        let (start, stop) = (start.map(i64::from), stop.map(i64::from));
        if step == Some(0) {
            prop_assert_eq!(slice_range(start, stop, step, n).unwrap_err().message, "slice step cannot be zero");
        } else {
            let range = slice_range(start, stop, step, n).unwrap();
            let have: Vec<usize> = (0..range.len).map(|i| (range.start as isize + i as isize * range.step) as usize).collect();
            prop_assert_eq!(have, python_slice((start, stop, step), n));
        }
    }

    #[test]
    fn reshapes_keep_c_order(order in Just(vec![0i64, 1, 2]).prop_shuffle(), cut in 1i64..4) {
        let array = counting(&[4, 3, 6]).transpose(&order).unwrap().index(&[Index::Slice { start: None, stop: Some(cut), step: None }]).unwrap();
        for shape in [vec![-1], vec![array.shape()[0] as i64, -1], vec![1, -1, 1], vec![array.shape()[0] as i64, array.shape()[1] as i64, -1, 1]] {
            let reshaped = array.reshape(&shape).unwrap();
            prop_assert_eq!(reshaped.to_vec::<i64>(), array.to_vec::<i64>());
        }
        let halves = array.reshape(&[-1, 2, 3]).unwrap();
        prop_assert_eq!(halves.to_vec::<i64>(), array.to_vec::<i64>());
    }

    #[test]
    fn broadcasting_repeats(full in prop::collection::vec(1usize..4, 0..4), ones in any::<[bool; 4]>(), drop in 0usize..4) {
        let shape: Vec<usize> = full.iter().zip(ones).map(|(n, one)| if one { 1 } else { *n }).skip(drop).collect();
        let array = counting(&shape);
        prop_assert_eq!(broadcast_shapes(&[&shape, &full]).unwrap(), full.clone());
        let wide = array.broadcast_to(&full).unwrap();
        prop_assert_eq!(Model::of(&wide), Model::of(&array).broadcast(&full));
    }

    #[test]
    fn overlapping_assignment_is_as_if_copied_first(
        a in (prop::option::of(0i64..10), prop::option::of(0i64..11), prop::sample::select(vec![-3i64, -2, -1, 1, 2, 3])),
        b in (prop::option::of(0i64..10), prop::option::of(0i64..11), prop::sample::select(vec![-3i64, -2, -1, 1, 2, 3])),
    ) {
        let slice = |(start, stop, step): (Option<i64>, Option<i64>, i64)| Index::Slice { start, stop, step: Some(step) };
        let array = counting(&[10]);
        let (to, from) = (array.index(&[slice(a)]).unwrap(), array.index(&[slice(b)]).unwrap());
        let mut want = array.to_vec::<i64>();
        let (places, sources) = (to.to_vec::<i64>(), from.to_vec::<i64>());
        let result = to.assign(&from);
        if places.len() == sources.len() || sources.len() == 1 {
            for (i, place) in places.iter().enumerate() {
                want[*place as usize] = sources[if sources.len() == 1 { 0 } else { i }];
            }
            result.unwrap();
        } else {
            let message = format!("could not broadcast input array from shape ({},) into shape ({},)", sources.len(), places.len());
            prop_assert_eq!(result.unwrap_err().message, message);
        }
        prop_assert_eq!(array.to_vec::<i64>(), want);
    }
}

#[test]
fn a_transposed_matrix_assigned_to_itself_is_transposed() {
    let array = counting(&[3, 3]);
    array.assign(&array.t()).unwrap();
    assert_eq!(array.to_vec::<i64>(), [0, 3, 6, 1, 4, 7, 2, 5, 8]);
}

#[test]
fn single_elements_are_read_and_written_in_place() {
    let array = counting(&[5]);
    let backwards = array.index(&[Index::Slice { start: None, stop: None, step: Some(-2) }]).unwrap();
    assert!(matches!(backwards.get1(-1), Ok(Scalar::Int64(0))));
    backwards.set1(0, Scalar::Float64(7.9)).unwrap();
    assert_eq!(array.to_vec::<i64>(), [0, 1, 2, 3, 7]);
    for (i, message) in [
        (3, "index 3 is out of bounds for axis 0 with size 3"),
        (-4, "index -4 is out of bounds for axis 0 with size 3"),
    ] {
        assert_eq!(backwards.get1(i).unwrap_err().message, message);
        assert_eq!(backwards.set1(i, Scalar::Int64(0)).unwrap_err().message, message);
    }
    let repeated = Array::from_scalar(Scalar::Float64(1.0)).broadcast_to(&[4]).unwrap();
    assert_eq!(repeated.set1(0, Scalar::Int64(0)).unwrap_err().message, "assignment destination is read-only");
    assert!(matches!(repeated.get1(3), Ok(Scalar::Float64(1.0))));
}

#[test]
fn errors_read_as_numpys() {
    let a = counting(&[2, 3]);
    let b = counting(&[3]);
    let int = Index::Int;
    let cases: Vec<(Result<Array, _>, &str)> = vec![
        (b.index(&[int(0), int(1)]), "too many indices for array: array is 1-dimensional, but 2 were indexed"),
        (a.index(&[int(0), int(3)]), "index 3 is out of bounds for axis 1 with size 3"),
        (a.index(&[Index::Ellipsis, Index::Ellipsis]), "an index can only have a single ellipsis ('...')"),
        (
            Array::from_scalar(Scalar::Int64(1)).index(&[int(0)]),
            "too many indices for array: array is 0-dimensional, but 1 were indexed",
        ),
        (a.reshape(&[4]), "cannot reshape array of size 6 into shape (4,)"),
        (a.reshape(&[4, -1]), "cannot reshape array of size 6 into shape (4,newaxis)"),
        (a.reshape(&[-1, -1]), "can only specify one unknown dimension"),
        (a.reshape(&[i64::MAX, 4]), "cannot reshape array of size 6 into shape (9223372036854775807,4)"),
        (
            Array::zeros(DType::Float64, &[0, 3]).unwrap().reshape(&[-1, 0]),
            "cannot reshape array of size 0 into shape (0)",
        ),
        (
            b.broadcast_to(&[2, 4]),
            "operands could not be broadcast together with remapped shapes [original->remapped]: (3,)  and requested shape (2,4)",
        ),
        (a.broadcast_to(&[3]), "input operand has more dimensions than allowed by the axis remapping"),
        (b.broadcast_to(&[]), "cannot broadcast a non-scalar to a scalar array"),
        (a.transpose(&[0, 0]), "repeated axis in transpose"),
        (a.transpose(&[0]), "axes don't match array"),
        (a.transpose(&[0, 2]), "axis 2 is out of bounds for array of dimension 2"),
        (
            Array::zeros(DType::Float64, &[1_000_000, 1_000_000]),
            "Unable to allocate 7.28 TiB for an array with shape (1000000, 1000000) and data type float64",
        ),
        (
            Array::zeros(DType::Float64, &[1 << 62]),
            "array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum possible size.",
        ),
        (
            Array::zeros(DType::Float64, &[1; 65]),
            "maximum supported dimension for an ndarray is currently 64, found 65",
        ),
    ];
    for (result, message) in cases {
        assert_eq!(result.unwrap_err().message, message);
    }
    let none = Array::zeros(DType::Float64, &[3, 0]).unwrap();
    assert_eq!(none.strides(), [0, 0]);
    assert_eq!(
        a.assign_index(&[int(0)], &counting(&[2])).unwrap_err().message,
        "could not broadcast input array from shape (2,) into shape (3,)"
    );
    assert_eq!(
        b.assign_index(&[int(0)], &counting(&[1])).unwrap_err().message,
        "setting an array element with a sequence."
    );
}
