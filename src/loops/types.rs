//! What is known of a variable at a place of a loop, and the machine words that it takes there.

use std::rc::Rc;

use super::ir::Word;
use crate::array::DType;

/// One of the objects that a loop relies on: a function, a module, a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ObjectId(pub u16);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    None,
    Bool,
    /// An integer of 64 bits.
    Int,
    /// The same, never negative.
    Natural,
    Float,
    /// A NumPy scalar.
    Numpy(DType),
    Known(ObjectId),
    /// A list, and what its items are taken to be; each is looked at when it is read.
    List(Rc<Type>),
    Array(ArrayType),
    /// A row of an array of two axes, by the array and its index.
    Row(ArrayType),
    Tuple(Rc<[Type]>),
    Range(Steps),
    Iterator(Rc<Iterator>),
    /// Any other object: it may be moved around.
    Object,
}

/// What is known of the numbers in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Steps {
    /// None is negative.
    pub natural: bool,
    /// Each is by one more than the one before.
    pub unit: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ArrayType {
    pub dtype: DType,
    /// 1 or 2.
    pub ndim: u8,
    /// Elements of the last axis lie side by side.
    pub contiguous: bool,
}

/// An iterator. One that the interpreter has made is an object, whose state is written back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Iterator {
    pub over: Over,
    pub is_object: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Over {
    /// By next item, number of items that are left, and step; with steps of one by next item and what stands behind the
    /// last one.
    Range(Steps),
    List(Type),
    Array(ArrayType),
    Enumerate(Rc<Iterator>),
    Zip(Rc<[Rc<Iterator>]>),
}

impl Type {
    /// The words that a value takes, each with the kind of machine register that holds it.
    pub fn words(&self) -> Vec<Word> {
        let mut words = Vec::new();
        self.add_words(&mut words);
        words
    }

    fn add_words(&self, words: &mut Vec<Word>) {
        match self {
            Type::None | Type::Known(_) => {}
            Type::Bool => words.push(Word::I8),
            Type::Int | Type::Natural | Type::List(_) | Type::Array(_) | Type::Object => words.push(Word::I64),
            Type::Float => words.push(Word::F64),
            Type::Numpy(dtype) => words.push(Word::of(*dtype)),
            Type::Row(_) => words.extend([Word::I64; 2]),
            Type::Tuple(items) => items.iter().for_each(|item| item.add_words(words)),
            Type::Range(_) => words.extend([Word::I64; 3]),
            Type::Iterator(iterator) => iterator.add_words(words),
        }
    }

    /// Whether it is one number, Python's or NumPy's.
    pub fn is_number(&self) -> bool {
        matches!(self, Type::Bool | Type::Int | Type::Natural | Type::Float | Type::Numpy(_))
    }

    /// Whether there is a list in it.
    pub fn has_list(&self) -> bool {
        match self {
            Type::List(_) => true,
            Type::Tuple(items) => items.iter().any(Type::has_list),
            Type::Iterator(iterator) => iterator.has_list(),
            Type::None
            | Type::Bool
            | Type::Int
            | Type::Natural
            | Type::Float
            | Type::Numpy(_)
            | Type::Known(_)
            | Type::Array(_)
            | Type::Row(_)
            | Type::Range(_)
            | Type::Object => false,
        }
    }

    /// What it is called in messages.
    pub fn name(&self) -> String {
        match self {
            Type::None => "None".into(),
            Type::Bool => "bool".into(),
            Type::Int | Type::Natural => "int".into(),
            Type::Float => "float".into(),
            Type::Numpy(dtype) => format!("np.{dtype}"),
            Type::Known(_) => "a known object".into(),
            Type::List(item) => format!("list of {}", item.name()),
            Type::Array(array) => format!("array of {}, {} axes", array.dtype, array.ndim),
            Type::Row(array) => format!("row of an array of {}", array.dtype),
            Type::Tuple(items) => {
                let items: Vec<String> = items.iter().map(Type::name).collect();
                format!("tuple of {}", items.join(", "))
            }
            Type::Range(_) => "range".into(),
            Type::Iterator(iterator) => format!("iterator over {}", iterator.name()),
            Type::Object => "an object".into(),
        }
    }

    /// The same without what only saves checks.
    pub fn widened(&self) -> Type {
        match self {
            Type::Natural => Type::Int,
            Type::Range(steps) => Type::Range(steps.widened()),
            Type::Tuple(items) => Type::Tuple(items.iter().map(Type::widened).collect()),
            Type::Iterator(iterator) => Type::Iterator(Rc::new(iterator.widened())),
            other => other.clone(),
        }
    }
}

impl Steps {
    /// What is known of a range by its numbers.
    pub fn of(start: i64, step: i64) -> Steps {
        Steps { natural: start >= 0 && step > 0, unit: step == 1 }
    }

    fn widened(self) -> Steps {
        Steps { natural: false, ..self }
    }
}

impl Iterator {
    /// Words of its state, the object last if it is one.
    pub fn words(&self) -> Vec<Word> {
        let mut words = Vec::new();
        self.add_words(&mut words);
        words
    }

    fn add_words(&self, words: &mut Vec<Word>) {
        match &self.over {
            Over::Range(Steps { unit: false, .. }) => words.extend([Word::I64; 3]),
            Over::Range(Steps { unit: true, .. }) | Over::List(_) | Over::Array(_) => words.extend([Word::I64; 2]),
            Over::Enumerate(inner) => {
                inner.add_words(words);
                words.push(Word::I64);
            }
            Over::Zip(inner) => inner.iter().for_each(|inner| inner.add_words(words)),
        }
        if self.is_object {
            words.push(Word::I64);
        }
    }

    /// What it hands out.
    pub fn item(&self) -> Type {
        match &self.over {
            Over::Range(Steps { natural: true, .. }) => Type::Natural,
            Over::Range(Steps { natural: false, .. }) => Type::Int,
            Over::List(item) => item.clone(),
            Over::Array(array) if array.ndim == 1 => Type::Numpy(array.dtype),
            Over::Array(array) => Type::Row(*array),
            Over::Enumerate(inner) => Type::Tuple([Type::Int, inner.item()].into()),
            Over::Zip(inner) => Type::Tuple(inner.iter().map(|inner| inner.item()).collect()),
        }
    }

    fn has_list(&self) -> bool {
        match &self.over {
            Over::List(_) => true,
            Over::Range(_) | Over::Array(_) => false,
            Over::Enumerate(inner) => inner.has_list(),
            Over::Zip(inner) => inner.iter().any(|inner| inner.has_list()),
        }
    }

    fn name(&self) -> String {
        match &self.over {
            Over::Range(_) => "a range".into(),
            Over::List(item) => format!("a list of {}", item.name()),
            Over::Array(array) => format!("an array of {}", array.dtype),
            Over::Enumerate(inner) => format!("enumerate of {}", inner.name()),
            Over::Zip(inner) => {
                let inner: Vec<String> = inner.iter().map(|inner| inner.name()).collect();
                format!("zip of {}", inner.join(", "))
            }
        }
    }

    fn widened(&self) -> Iterator {
        let over = match &self.over {
            Over::Range(steps) => Over::Range(steps.widened()),
            Over::Enumerate(inner) => Over::Enumerate(Rc::new(inner.widened())),
            Over::Zip(inner) => Over::Zip(inner.iter().map(|inner| Rc::new(inner.widened())).collect()),
            Over::List(_) | Over::Array(_) => self.over.clone(),
        };
        Iterator { over, is_object: self.is_object }
    }
}
