//! Reads a running program's values: from the registers and variables of a moment to boxes as plain data.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use super::state::{Address, BoxState, Field, Slot, State, Variable};
use crate::array::Array;
use crate::array::format::scalar_str;
use crate::interp::probe::Scene;
use crate::value::{
    self, BigRange, BoundMethod, Builtin, Cell, Dict, DictPart, DictView, ExceptionObject, FrozenSet, Function,
    Generator, GenericAlias, Iter, IterState, Kind, List, ListIter, Module, NdArray, Range, RangeIter, Record, Set,
    Slice, Str, Tuple, Type, UnboundMethod, Union, Value,
};

/// Boxes of one state, beyond which it is cut.
const MAX_BOXES: usize = 96;
/// How many pointers lead from a variable to a box that is shown.
const MAX_DISTANCE: u32 = 4;
/// Items of a container that are shown: those around the one that was used last.
const MAX_ITEMS: usize = 8;
/// Characters of a payload.
const MAX_TEXT: usize = 60;

/// Looks at one state after the other. What did not change is shared.
#[derive(Default)]
pub struct Inspector {
    known: HashMap<Address, Arc<BoxState>>,
    /// Where containers were indexed last.
    focus: HashMap<Address, usize>,
    names: HashMap<*const u8, Arc<str>>,
}

impl Inspector {
    /// An element of a container is used: its neighbours are shown from now on.
    pub fn focus(&mut self, container: Address, index: usize) {
        self.focus.insert(container, index);
    }

    /// What the next instruction finds.
    pub fn inspect(&mut self, scene: &Scene<'_>) -> State {
        let mut walk = Walk { found: HashSet::new(), waiting: VecDeque::new() };
        let chunk = &scene.code.chunk;
        let mut registers = Vec::new();
        for register in 0..chunk.registers {
            let Some(value) = scene.register(register) else { continue };
            if chunk.pinned_constant(register).is_some() {
                continue;
            }
            let name = match chunk.locals.get(register as usize) {
                Some(name) => self.name(name),
                None => format!("r{register}").into(),
            };
            registers.push(Variable { name, address: walk.meet(value, 0) });
        }
        let mut globals = Vec::new();
        for (name, value) in scene.globals() {
            let Some(value) = value else { continue };
            let imported = matches!(value.kind(), Kind::Builtin | Kind::Type | Kind::Module);
            if !imported && !name.starts_with("__") {
                globals.push(Variable { name: self.name(name), address: walk.meet(value, 0) });
            }
        }
        let mut boxes = Vec::new();
        while let Some((value, distance)) = walk.waiting.pop_front() {
            if boxes.len() >= MAX_BOXES {
                break;
            }
            boxes.push(self.look(&value, distance, &mut walk));
        }
        self.known = boxes.iter().map(|found| (found.address, found.clone())).collect();
        State { registers, globals, boxes }
    }

    /// One copy of each name. Names live as long as the script.
    fn name(&mut self, name: &str) -> Arc<str> {
        self.names.entry(name.as_ptr()).or_insert_with(|| name.into()).clone()
    }

    fn look(&self, value: &Value, distance: u32, walk: &mut Walk) -> Arc<BoxState> {
        let address = Address(value.address());
        let mut payload = Payload { fields: Vec::new(), hidden: 0, walk, distance };
        payload.read(value, self.focus.get(&address).copied());
        let Payload { fields, hidden, .. } = payload;
        // One of the references is the walk's own.
        let references = value.reference_count() - 1;
        let now = BoxState { address, class: value.type_name(), references, fields, hidden };
        match self.known.get(&address) {
            Some(known) if **known == now => known.clone(),
            _ => Arc::new(now),
        }
    }
}

/// Boxes on the way, breadth first. Each is held by one reference until it was looked at.
struct Walk {
    found: HashSet<Address>,
    waiting: VecDeque<(Value, u32)>,
}

impl Walk {
    fn meet(&mut self, value: &Value, distance: u32) -> Address {
        let address = Address(value.address());
        if distance < MAX_DISTANCE && self.found.insert(address) {
            self.waiting.push_back((value.clone(), distance));
        }
        address
    }
}

/// The payload that is being read.
struct Payload<'a> {
    fields: Vec<Field>,
    hidden: usize,
    walk: &'a mut Walk,
    distance: u32,
}

impl Payload<'_> {
    fn raw(&mut self, name: impl Into<Cow<'static, str>>, text: impl AsRef<str>) {
        let holds = Slot::Raw(clip(text.as_ref()).into());
        self.fields.push(Field { name: name.into(), holds });
    }

    fn pointer(&mut self, name: impl Into<Cow<'static, str>>, to: &Value) {
        let holds = Slot::Pointer(self.walk.meet(to, self.distance + 1));
        self.fields.push(Field { name: name.into(), holds });
    }

    /// The items of a sequence around the one in focus.
    fn items(&mut self, len: usize, focus: Option<usize>, item: impl Fn(usize) -> Option<Value>) {
        self.raw("len", len.to_string());
        for index in around(len, focus) {
            if let Some(item) = item(index) {
                self.pointer(format!("[{index}]"), &item);
            }
        }
        self.hidden = len.saturating_sub(MAX_ITEMS);
    }

    /// The first members of a set.
    fn members(&mut self, set: &Set) {
        self.raw("len", set.len().to_string());
        let mut position = 0;
        for _ in 0..MAX_ITEMS {
            let Some((item, next)) = set.item_from(position) else { break };
            self.pointer("has", &item);
            position = next;
        }
        self.hidden = set.len().saturating_sub(MAX_ITEMS);
    }

    fn entries(&mut self, dict: &Dict) {
        self.raw("len", dict.len().to_string());
        let mut position = 0;
        for _ in 0..MAX_ITEMS {
            let Some((key, value, next)) = dict.entry_from(position) else { break };
            self.pointer(format!("[{}]", short(&key)), &value);
            position = next;
        }
        self.hidden = dict.len().saturating_sub(MAX_ITEMS);
    }

    fn array(&mut self, array: &Array, focus: Option<usize>) {
        self.raw("dtype", array.dtype().to_string());
        self.raw("shape", format!("{:?}", array.shape()));
        self.raw("strides", format!("{:?}", array.strides()));
        self.raw("data", Address(array.as_ptr() as usize).to_string());
        for index in around(array.size(), focus) {
            self.raw(format!("[{index}]"), scalar_str(array.get(index)));
        }
        self.hidden = array.size().saturating_sub(MAX_ITEMS);
    }

    fn read(&mut self, value: &Value, focus: Option<usize>) {
        match value.kind() {
            Kind::None | Kind::Ellipsis => {}
            Kind::Bool | Kind::Int | Kind::Float => self.raw("value", short(value)),
            Kind::BigInt => self.raw("value", short(value)),
            Kind::Str => {
                let text: &Str = get(value);
                self.raw("len", text.len().to_string());
                self.raw("value", value::str_repr(&clip(text.as_str())));
            }
            Kind::List => {
                let List(items) = get(value);
                self.items(items.len(), focus, |index| items.get(index));
            }
            Kind::Tuple => {
                let Tuple(items) = get(value);
                self.items(items.len(), focus, |index| items.get(index).cloned());
            }
            Kind::Dict => self.entries(get(value)),
            Kind::DictView => self.pointer("dict", &get::<DictView>(value).dict),
            Kind::Set => self.members(get(value)),
            Kind::FrozenSet => self.members(get::<FrozenSet>(value).keys()),
            Kind::Range => {
                let range: &Range = get(value);
                self.raw("start", range.start.to_string());
                self.raw("stop", range.stop.to_string());
                self.raw("step", range.step.to_string());
            }
            Kind::BigRange => {
                let range: &BigRange = get(value);
                self.raw("len", integer(&range.len()));
            }
            Kind::Slice => {
                let Slice { start, stop, step } = get(value);
                self.pointer("start", start);
                self.pointer("stop", stop);
                self.pointer("step", step);
            }
            Kind::Function => {
                let function: &Function = get(value);
                self.raw("name", &*function.code.chunk.qualified);
                for (at, default) in function.defaults.iter().enumerate() {
                    self.pointer(format!("default {at}"), default);
                }
                for (at, cell) in function.closure.iter().enumerate() {
                    self.pointer(format!("closure {at}"), cell);
                }
            }
            Kind::Cell => {
                if let Some(held) = get::<Cell>(value).get() {
                    self.pointer("holds", &held);
                }
            }
            Kind::Generator => self.raw("code", &*get::<Generator>(value).code.chunk.qualified),
            Kind::Builtin => self.raw("name", get::<Builtin>(value).name),
            Kind::BoundMethod => {
                let method: &BoundMethod = get(value);
                self.raw("name", &*method.name);
                self.pointer("self", &method.receiver);
            }
            Kind::UnboundMethod => self.raw("name", get::<UnboundMethod>(value).name),
            Kind::Type => self.raw("name", get::<Type>(value).qualified_name()),
            Kind::Alias => self.raw("origin", get::<GenericAlias>(value).origin.qualified_name()),
            Kind::Union => self.raw("types", get::<Union>(value).0.len().to_string()),
            Kind::Module => self.raw("name", get::<Module>(value).0.name()),
            Kind::RangeIter => {
                let iterator: &RangeIter = get(value);
                self.raw("next", iterator.next.get().to_string());
                self.raw("left", iterator.left.get().to_string());
                self.raw("step", iterator.step.to_string());
            }
            Kind::ListIter => {
                let iterator: &ListIter = get(value);
                self.pointer("list", &iterator.list);
                match iterator.next.get() {
                    ListIter::ENDED => self.raw("next", "the end"),
                    next => self.raw("next", next.to_string()),
                }
            }
            // What is being changed right now, by the built-in function that called this code, is not shown.
            Kind::Iter => {
                if let Ok(state) = get::<Iter>(value).state.try_borrow() {
                    self.iterator(&state);
                }
            }
            Kind::Array => {
                let array = get::<NdArray>(value);
                match array.ready() {
                    Some(array) => self.array(array, focus),
                    None => {
                        self.raw("dtype", array.dtype().to_string());
                        self.raw("shape", format!("{:?}", array.shape()));
                        self.raw("pending", "an expression, not yet computed");
                    }
                }
            }
            Kind::Scalar => self.raw("value", scalar_str(*get(value))),
            Kind::DType => self.raw("name", get::<crate::array::DType>(value).to_string()),
            Kind::Exception => {
                if let Ok(state) = get::<ExceptionObject>(value).state.try_borrow() {
                    self.pointer("args", &state.args);
                }
            }
            Kind::Traceback | Kind::File => {}
            Kind::Record => {
                for (name, field) in &get::<Record>(value).fields {
                    self.pointer(*name, field);
                }
            }
        }
    }

    fn iterator(&mut self, state: &IterState) {
        match state {
            IterState::Tuple { tuple, next } => {
                self.pointer("tuple", tuple);
                self.raw("next", next.to_string());
            }
            IterState::Str { text, next } => {
                self.pointer("text", text);
                self.raw("next", format!("byte {next}"));
            }
            IterState::Dict { dict, part, left, .. } => {
                self.pointer("dict", dict);
                self.part(*part);
                self.raw("left", left.to_string());
            }
            IterState::DictReversed { dict, part, .. } => {
                self.pointer("dict", dict);
                self.part(*part);
            }
            IterState::BigRange { left, .. } => self.raw("left", integer(left)),
            IterState::Set { set, .. } => self.pointer("set", set),
            IterState::Enumerate { inner, count } => {
                self.pointer("inner", inner);
                self.pointer("count", count);
            }
            IterState::Zip { inner, .. } => inner.iter().for_each(|inner| self.pointer("inner", inner)),
            IterState::Map { function, inner } => {
                self.pointer("function", function);
                inner.iter().for_each(|inner| self.pointer("inner", inner));
            }
            IterState::Filter { function, inner } => {
                if let Some(function) = function {
                    self.pointer("function", function);
                }
                self.pointer("inner", inner);
            }
            IterState::Calls { function, sentinel } => {
                self.pointer("function", function);
                self.pointer("sentinel", sentinel);
            }
            IterState::Array { array, next } => {
                self.pointer("array", array);
                self.raw("next", next.to_string());
            }
            IterState::ListReversed { list, left } => {
                self.pointer("list", list);
                self.raw("left", left.to_string());
            }
            IterState::Reversed { sequence, left } => {
                self.pointer("sequence", sequence);
                self.raw("left", left.to_string());
            }
            IterState::StrReversed { text, left } => {
                self.pointer("text", text);
                self.raw("left", format!("{left} bytes"));
            }
            IterState::Done => self.raw("next", "the end"),
        }
    }

    fn part(&mut self, part: DictPart) {
        self.raw(
            "part",
            match part {
                DictPart::Keys => "keys",
                DictPart::Values => "values",
                DictPart::Items => "items",
            },
        );
    }
}

fn get<T: value::Payload>(value: &Value) -> &T {
    value.get().expect("the tag says so")
}

/// The indices of [`MAX_ITEMS`] items, with the one in focus in the middle where that is possible.
fn around(len: usize, focus: Option<usize>) -> std::ops::Range<usize> {
    let first = focus.unwrap_or(0).saturating_sub(MAX_ITEMS / 2 - 1).min(len.saturating_sub(MAX_ITEMS));
    first..(first + MAX_ITEMS).min(len)
}

/// A value without items by its `repr`; another by its type.
fn short(value: &Value) -> String {
    match value.kind() {
        Kind::BigInt => integer(&get::<value::Big>(value).0),
        Kind::Str => value::str_repr(&clip(get::<Str>(value).as_str())),
        Kind::None | Kind::Bool | Kind::Int | Kind::Float => value::repr(value).unwrap_or_default(),
        Kind::Scalar => scalar_str(*get(value)),
        _ => value.type_name().into(),
    }
}

/// The digits of an integer, unless that are too many.
fn integer(big: &num_bigint::BigInt) -> String {
    match big.bits() {
        0..=200 => big.to_string(),
        bits => format!("an integer of {bits} bits"),
    }
}

/// The first characters.
fn clip(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}
