//! Items of lists, elements of arrays.

use super::{Builder, Step, Val};
use crate::array::DType;
use crate::loops::assemble::Assemble;
use crate::loops::dial::{Lists, Types};
use crate::loops::ir::{Binary, End, Inst, Relation, Routine, Slot, Word};
use crate::loops::types::{ArrayType, Type};
use crate::loops::why::Reason;
use crate::value::{Kind, SMALL_INTS, layout};

/// How an array is described to the code: words in memory that do not change while it runs.
pub mod descriptor {
    /// The address of element 0.
    pub const DATA: i32 = 0;
    /// The array's own object.
    pub const OBJECT: i32 = 8;
    /// Length of an axis, and bytes from one of its elements to the next.
    pub const fn len(axis: i32) -> i32 {
        16 + 16 * axis
    }
    pub const fn stride(axis: i32) -> i32 {
        24 + 16 * axis
    }
    /// The address of the array as [`crate::array::Array`].
    pub const ARRAY: i32 = 48;
    /// Words in all.
    pub const WORDS: usize = 7;
}

impl Builder<'_> {
    pub(super) fn list_len(&mut self, list: Slot) -> Slot {
        if self.dial.lists == Lists::Contiguous {
            return self.load(Word::I64, list, descriptor::len(0), true);
        }
        let fixed = !self.lists_grow;
        self.load(Word::I64, list, layout::list().1, fixed)
    }

    pub(super) fn list_items(&mut self, list: Slot) -> Slot {
        if self.dial.lists == Lists::Contiguous {
            return self.load(Word::I64, list, descriptor::DATA, true);
        }
        let fixed = !self.lists_grow;
        self.load(Word::I64, list, layout::list().0, fixed)
    }

    /// An item of a list, by the place of all its items.
    pub(super) fn list_item(&mut self, items: Slot, at: Slot, item: &Type) -> Step<Val> {
        if self.dial.lists == Lists::Boxes {
            let found = self.load_at(Word::I64, items, at);
            return self.unboxed(found, item);
        }
        self.side_by_side(item)?;
        let word = item.words()[0];
        let slot = self.load_at(word, items, at);
        Ok(Val::new(item.clone(), [slot]))
    }

    fn side_by_side(&mut self, item: &Type) -> Step<()> {
        match item {
            Type::Float | Type::Int | Type::Bool | Type::List(_) => Ok(()),
            _ => self.needs_boxes(Reason::Element, format!("items that are {} do not lie side by side", item.name())),
        }
    }

    /// Stops what lists of boxes would let go on.
    fn needs_boxes<T>(&mut self, reason: Reason, detail: impl Into<String>) -> Step<T> {
        self.needs_boxes = true;
        self.stop(reason, detail)
    }

    /// Stops if an item of a type would change what is known of a list's items.
    fn fits(&mut self, item: &Type, value: &Type) -> Step<()> {
        if self.dial.types == Types::Once && value.widened() != *item {
            return self.needs_boxes(
                Reason::Element,
                format!("{} in a list of {}, whose types are looked at once", value.name(), item.name()),
            );
        }
        Ok(())
    }

    /// The place that an index means among `len`: leaves the code if there is none.
    fn position(&mut self, index: &Val, len: Slot) -> Step<Slot> {
        let at = match index.ty {
            Type::Natural | Type::Bool => self.as_int(index),
            Type::Int | Type::Numpy(DType::Int64) => {
                let far = self.int(63);
                let sign = self.binary(Binary::Shr, index.slot(), far);
                let shift = self.binary(Binary::And, sign, len);
                self.binary(Binary::Add, index.slot(), shift)
            }
            _ => return self.stop(Reason::Element, format!("an index that is {}", index.ty.name())),
        };
        let inside = self.compare(Relation::Below, at, len);
        self.check(inside, Reason::Bounds, "");
        Ok(at)
    }

    pub(super) fn get_item(&mut self, object: &Val, index: &Val) -> Step<Val> {
        match (&object.ty, &index.ty) {
            (Type::List(item), _) => {
                let list = object.slot();
                let len = self.list_len(list);
                let at = self.position(index, len)?;
                let items = self.list_items(list);
                self.list_item(items, at, item)
            }
            (Type::Array(array), Type::Tuple(indices)) if indices.len() == 2 && array.ndim == 2 => {
                let [i, j] = Self::pair(index);
                let row = self.row(object.slot(), *array, &i)?;
                self.element(&row, *array, &j)
            }
            (Type::Array(array), _) if array.ndim == 1 => {
                let (address, at) = self.address(object.slot(), *array, index)?;
                Ok(self.read_element(*array, address, at))
            }
            (Type::Array(array), _) => self.row(object.slot(), *array, index),
            (Type::Row(array), _) => self.element(object, *array, index),
            (Type::Tuple(items), _) => match index.int_literal() {
                Some(at @ 0..) if (at as usize) < items.len() => Ok(Self::tuple_item(object, at as usize)),
                _ => self.stop(Reason::Element, "an item of a tuple by a variable index"),
            },
            _ => self.stop(Reason::Element, format!("an item of {}", object.ty.name())),
        }
    }

    /// Item `at` of a tuple.
    pub(super) fn tuple_item(tuple: &Val, at: usize) -> Val {
        let Type::Tuple(items) = &tuple.ty else { unreachable!("a tuple") };
        let start: usize = items[..at].iter().map(|item| item.words().len()).sum();
        let count = items[at].words().len();
        Val::new(items[at].clone(), &tuple.slots[start..start + count])
    }

    fn pair(tuple: &Val) -> [Val; 2] {
        [0, 1].map(|at| Self::tuple_item(tuple, at))
    }

    /// The value in a box: leaves the code if it is of another type.
    pub(super) fn unboxed(&mut self, object: Slot, item: &Type) -> Step<Val> {
        let (kind, payload) = match item {
            Type::Float => (Kind::Float, Some((Word::F64, layout::FLOAT))),
            Type::Int | Type::Natural => (Kind::Int, Some((Word::I64, layout::INT))),
            Type::Bool => (Kind::Bool, Some((Word::I8, layout::BOOL))),
            Type::None => (Kind::None, None),
            Type::List(_) => (Kind::List, None),
            _ => return Ok(Val::new(Type::Object, [object])),
        };
        if self.dial.types != Types::Once {
            self.check_kind(object, kind, item);
        }
        let held = Some(object);
        Ok(match (item, payload) {
            (Type::None, _) => Val::new(Type::None, []),
            (Type::Natural, Some((word, at))) => {
                Val { held, ..Val::new(Type::Int, [self.load(word, object, at, false)]) }
            }
            (_, Some((word, at))) => Val { held, ..Val::new(item.clone(), [self.load(word, object, at, false)]) },
            (_, None) => Val::new(item.clone(), [object]),
        })
    }

    fn check_kind(&mut self, object: Slot, kind: Kind, item: &Type) {
        let exit = self.exit(Reason::ChangedType, &format!("{} was seen before", item.name()));
        self.emit(Inst::CheckTag { base: object, offset: layout::KIND, tag: kind as u32, exit });
    }

    /// Whether an int is one of those that are boxed once and for all.
    pub(super) fn is_small(&mut self, int: Slot) -> Slot {
        let (first, last) = (*SMALL_INTS.start(), *SMALL_INTS.end());
        let (offset, count) = (self.int(-first), self.int(last - first + 1));
        let shifted = self.binary(Binary::Add, int, offset);
        self.compare(Relation::Below, shifted, count)
    }

    pub(super) fn is_kind(&mut self, object: Slot, kind: Kind) -> Slot {
        let tag = self.load(Word::I8, object, layout::KIND, false);
        let wanted = self.literal(crate::loops::ir::Literal::I8(kind as u8));
        self.compare(Relation::Eq, tag, wanted)
    }

    /// The row of an array of two axes: its address takes the place of the index.
    fn row(&mut self, array: Slot, ty: ArrayType, index: &Val) -> Step<Val> {
        let len = self.load(Word::I64, array, descriptor::len(0), true);
        let at = self.position(index, len)?;
        Ok(Val::new(Type::Row(ty), [array, at]))
    }

    fn element(&mut self, row: &Val, ty: ArrayType, index: &Val) -> Step<Val> {
        let (address, at) = self.address_in_row(row, ty, index)?;
        Ok(self.read_element(ty, address, at))
    }

    /// Where an element of an array of one axis is: an address, and how many elements behind it.
    fn address(&mut self, array: Slot, ty: ArrayType, index: &Val) -> Step<(Slot, Slot)> {
        let len = self.load(Word::I64, array, descriptor::len(0), true);
        let at = self.position(index, len)?;
        let data = self.load(Word::I64, array, descriptor::DATA, true);
        Ok(self.along(array, ty, data, at, 0))
    }

    fn address_in_row(&mut self, row: &Val, ty: ArrayType, index: &Val) -> Step<(Slot, Slot)> {
        let (array, at) = (row.slots[0], row.slots[1]);
        let len = self.load(Word::I64, array, descriptor::len(1), true);
        let place = self.position(index, len)?;
        let data = self.load(Word::I64, array, descriptor::DATA, true);
        let stride = self.load(Word::I64, array, descriptor::stride(0), true);
        let offset = self.binary(Binary::Mul, at, stride);
        let start = self.binary(Binary::Add, data, offset);
        Ok(self.along(array, ty, start, place, 1))
    }

    /// Along the last axis.
    fn along(&mut self, array: Slot, ty: ArrayType, start: Slot, at: Slot, axis: i32) -> (Slot, Slot) {
        if ty.contiguous {
            return (start, at);
        }
        let stride = self.load(Word::I64, array, descriptor::stride(axis), true);
        let offset = self.binary(Binary::Mul, at, stride);
        let address = self.binary(Binary::Add, start, offset);
        (address, self.int(0))
    }

    fn read_element(&mut self, ty: ArrayType, address: Slot, at: Slot) -> Val {
        let slot = self.load_at(Word::of(ty.dtype), address, at);
        Val::new(Type::Numpy(ty.dtype), [slot])
    }

    /// Element `at` of an array that is walked, which exists: a number, or a row.
    pub(super) fn walked(&mut self, array: Slot, ty: ArrayType, at: Slot) -> Val {
        if ty.ndim == 2 {
            return Val::new(Type::Row(ty), [array, at]);
        }
        let data = self.load(Word::I64, array, descriptor::DATA, true);
        let (address, at) = self.along(array, ty, data, at, 0);
        self.read_element(ty, address, at)
    }

    /// `object[index] = value`
    pub(super) fn set_item(&mut self, object: &Val, index: &Val, value: &Val) -> Step<()> {
        if self.at.context != 0 {
            return self.stop(Reason::Effects, "an item is assigned");
        }
        let (ty, (address, at)) = match (&object.ty, &index.ty) {
            (Type::List(item), _) => return self.set_list_item(object.slot(), item, index, value),
            (Type::Array(array), Type::Tuple(indices)) if indices.len() == 2 && array.ndim == 2 => {
                self.stored(*array, value)?;
                let [i, j] = Self::pair(index);
                let row = self.row(object.slot(), *array, &i)?;
                (*array, self.address_in_row(&row, *array, &j)?)
            }
            (Type::Array(array), _) if array.ndim == 1 => {
                self.stored(*array, value)?;
                (*array, self.address(object.slot(), *array, index)?)
            }
            (Type::Row(array), _) => {
                self.stored(*array, value)?;
                (*array, self.address_in_row(object, *array, index)?)
            }
            _ => return self.stop(Reason::Element, format!("an item of {} is assigned", object.ty.name())),
        };
        let src = self.stored(ty, value)?;
        self.out.writes_arrays = true;
        self.emit(Inst::StoreAt { src, base: address, index: at });
        Ok(())
    }

    /// A number as an array keeps it.
    fn stored(&mut self, ty: ArrayType, value: &Val) -> Step<Slot> {
        match (ty.dtype, &value.ty) {
            (DType::Bool, Type::Bool | Type::Numpy(DType::Bool)) => Ok(value.slot()),
            (DType::Int64, Type::Bool | Type::Int | Type::Natural | Type::Numpy(DType::Int64 | DType::Bool)) => {
                Ok(self.as_int(value))
            }
            (DType::Float64, ty) if ty.is_number() => Ok(self.as_float(value)),
            (DType::Float32, Type::Float | Type::Numpy(DType::Float32 | DType::Float64)) => Ok(self.as_single(value)),
            (dtype, other) => self.stop(Reason::Element, format!("{} in an array of {dtype}", other.name())),
        }
    }

    fn set_list_item(&mut self, list: Slot, item: &Type, index: &Val, value: &Val) -> Step<()> {
        self.fits(item, &value.ty)?;
        let (routine, kind, payload) = match value.ty {
            Type::Float => (Routine::SetFloat, Kind::Float, Some(layout::FLOAT)),
            Type::Int | Type::Natural => (Routine::SetInt, Kind::Int, Some(layout::INT)),
            Type::Bool => (Routine::SetBool, Kind::Bool, None),
            _ => return self.stop(Reason::Element, format!("{} in a list", value.ty.name())),
        };
        let len = self.list_len(list);
        let at = self.position(index, len)?;
        let items = self.list_items(list);
        if self.dial.lists == Lists::Contiguous {
            self.side_by_side(item)?;
            self.out.writes_lists = true;
            self.emit(Inst::StoreAt { src: value.slot(), base: items, index: at });
            return Ok(());
        }
        let exit = self.exit(Reason::Element, "what it replaces is not a number");
        let (slow, done) = (self.part(), self.part());
        if let Some(payload) = payload {
            // A box that only the list holds is written over.
            let found = self.load_at(Word::I64, items, at);
            let same = self.is_kind(found, kind);
            let (mine, fast) = (self.part(), self.part());
            self.end(End::Branch { condition: same, then: mine, otherwise: slow });
            self.switch(mine);
            let (references, one) = (self.load(Word::I64, found, layout::REFERENCES, false), self.int(1));
            let mut only = self.compare(Relation::Eq, references, one);
            if kind == Kind::Int {
                let small = self.is_small(value.slot());
                let large = self.unary(crate::loops::ir::Unary::Not, small);
                only = self.binary(Binary::And, only, large);
            }
            self.end(End::Branch { condition: only, then: fast, otherwise: slow });
            self.switch(fast);
            self.emit(Inst::Store { src: value.slot(), base: found, offset: payload });
            self.end(End::Jump(done));
        } else {
            // There is one box for each bool: what is there already stays.
            let found = self.load_at(Word::I64, items, at);
            let same = self.is_kind(found, kind);
            let look = self.part();
            self.end(End::Branch { condition: same, then: look, otherwise: slow });
            self.switch(look);
            let old = self.load(Word::I8, found, layout::BOOL, false);
            let stays = self.compare(Relation::Eq, old, value.slot());
            self.end(End::Branch { condition: stays, then: done, otherwise: slow });
        }
        self.switch(slow);
        let bits = self.int(3);
        let offset = self.binary(Binary::Shl, at, bits);
        let place = self.binary(Binary::Add, items, offset);
        let set = self.call(routine, Word::I8, vec![place, value.slot()]);
        self.emit(Inst::Check { condition: set, exit });
        self.end(End::Jump(done));
        self.switch(done);
        Ok(())
    }

    /// `list.append(value)`
    pub(super) fn append(&mut self, list: &Val, value: &Val) -> Step<()> {
        let Type::List(item) = &list.ty else {
            return self.stop(Reason::Container, "a comprehension");
        };
        let item = item.clone();
        self.fits(&item, &value.ty)?;
        if self.dial.lists == Lists::Contiguous {
            return self.needs_boxes(Reason::Element, "a list grows, and its items are to lie side by side");
        }
        let list = list.slot();
        if self.at.context != 0 {
            return self.stop(Reason::Effects, "append");
        }
        let routine = match value.ty {
            Type::Float => Routine::PushFloat,
            Type::Int | Type::Natural => Routine::PushInt,
            Type::Bool => Routine::PushBool,
            Type::List(_) | Type::Object => Routine::PushObject,
            _ => return self.stop(Reason::Element, format!("{} in a list", value.ty.name())),
        };
        self.call(routine, Word::I8, vec![list, value.slot()]);
        Ok(())
    }
}
