//! Hashes, as CPython computes them on 64-bit machines: values that compare equal hash equal, whatever their type.

use std::hash::{Hash, Hasher};

use num_bigint::{BigInt, Sign};
use num_traits::ToPrimitive;
use siphasher::sip::SipHasher13;

use super::compare::{Number, number};
use super::{
    BigRange, BoundMethod, Builtin, DictPart, DictView, FrozenSet, GenericAlias, Kind, Module, Range, Set, Slice, Str,
    Tuple, Type, UnboundMethod, Union, Unordered, Value,
};
use crate::array::DType;

/// Numbers are hashed as elements of the field of this many elements, a Mersenne prime: 2⁶¹ - 1.
const MODULUS: u64 = (1 << BITS) - 1;
const BITS: u32 = 61;

/// A value that can be looked up in a hash table, with its hash.
#[derive(Clone)]
pub struct Key {
    pub hash: i64,
    pub value: Value,
}

impl Key {
    /// # Errors
    /// The value, or an item of it, has no hash.
    pub fn new(value: Value) -> Result<Key, Unordered> {
        Ok(Key { hash: hash(&value)?, value })
    }

    /// What `in`, `remove` and `discard` look up in a set: a set stands for the frozenset of its keys.
    ///
    /// # Errors
    /// As [`Key::new`].
    pub fn wanted(value: &Value) -> Result<Key, Unordered> {
        Ok(Key { hash: of_wanted(value)?, value: value.clone() })
    }
}

/// The hash of what [`Key::wanted`] looks up.
pub(super) fn of_wanted(value: &Value) -> Result<i64, Unordered> {
    value.get::<Set>().map_or_else(|| hash(value), |set| Ok(set.hash()))
}

/// `hash(value)`.
#[inline]
pub(super) fn hash(value: &Value) -> Result<i64, Unordered> {
    if let Some(text) = value.get::<Str>() {
        return Ok(text.hash());
    }
    if let Some(i) = value.get::<i64>() {
        return Ok(integer(*i));
    }
    other(value)
}

/// The hash of what is neither a string nor a machine word.
#[inline(never)]
fn other(value: &Value) -> Result<i64, Unordered> {
    match number(value) {
        Some(Number::Int(i)) => return Ok(integer(i)),
        Some(Number::Big(big)) => return Ok(big_integer(big)),
        Some(Number::Float(x)) => return Ok(float(x).unwrap_or_else(|| identity(value))),
        None => {}
    }
    match value.kind() {
        Kind::Tuple | Kind::Slice => nested(value),
        Kind::FrozenSet => Ok(value.get::<FrozenSet>().expect("the tag says so").hash()),
        Kind::Range => Ok(range(value.get::<Range>().expect("the tag says so"))),
        Kind::BigRange => Ok(big_range(value.get::<BigRange>().expect("the tag says so"))),
        Kind::Alias => {
            let alias = value.get::<GenericAlias>().expect("the tag says so");
            let args = alias.args.iter().map(hash).collect::<Result<Vec<i64>, Unordered>>()?;
            Ok(sip((alias.origin, args)))
        }
        // The members have no order.
        Kind::Union => {
            let members = value.get::<Union>().expect("the tag says so").0.iter();
            members.map(hash).try_fold(0i64, |sum, member| Ok(sum.wrapping_add(member?))).map(not_minus_one)
        }
        Kind::UnboundMethod => Ok(sip(value.get::<UnboundMethod>().map(|method| (method.class, method.name)))),
        Kind::DictView if value.get::<DictView>().is_some_and(|view| view.part == DictPart::Values) => {
            Ok(identity(value))
        }
        Kind::List | Kind::Dict | Kind::Set | Kind::DictView | Kind::Array => Err(Unordered::Unhashable(value.clone())),
        Kind::None => Ok(NONE),
        // Two boxes may hold the same of these, so none hashes by its address.
        Kind::Type => Ok(sip(value.get::<Type>())),
        Kind::DType => Ok(sip(value.get::<DType>())),
        Kind::Module => Ok(sip(value.get::<Module>().map(|module| module.0))),
        Kind::Builtin => Ok(sip(value.get::<Builtin>().map(|builtin| builtin.id.0))),
        Kind::BoundMethod => {
            let method = value.get::<BoundMethod>().expect("the tag says so");
            Ok(sip((method.receiver.address(), &method.name)))
        }
        Kind::Ellipsis
        | Kind::Function
        | Kind::Cell
        | Kind::Generator
        | Kind::Exception
        | Kind::Traceback
        | Kind::File
        | Kind::Record
        | Kind::RangeIter
        | Kind::ListIter
        | Kind::Iter => Ok(identity(value)),
        Kind::Bool | Kind::Int | Kind::BigInt | Kind::Float | Kind::Scalar | Kind::Str => {
            unreachable!("numbers and strings were hashed above")
        }
    }
}

/// The constant that CPython gives `None` since 3.12.
const NONE: i64 = 0xfca8_6420;

/// -1 is no hash: it is how CPython's functions report an error.
const fn not_minus_one(hash: i64) -> i64 {
    if hash == -1 { -2 } else { hash }
}

/// A value that equals nothing but itself: its address, without the bits that alignment makes zero.
fn identity(value: &Value) -> i64 {
    not_minus_one((value.address() as u64).rotate_right(4) as i64)
}

fn sip(key: impl Hash) -> i64 {
    let mut hasher = SipHasher13::new();
    key.hash(&mut hasher);
    not_minus_one(hasher.finish() as i64)
}

#[inline]
fn integer(i: i64) -> i64 {
    let magnitude = i.unsigned_abs();
    let reduced = (magnitude & MODULUS) + (magnitude >> BITS);
    signed(if reduced >= MODULUS { reduced - MODULUS } else { reduced }, i < 0)
}

fn big_integer(big: &BigInt) -> i64 {
    let reduced = (big.magnitude() % MODULUS).to_u64().expect("below the modulus");
    signed(reduced, big.sign() == Sign::Minus)
}

fn signed(magnitude: u64, negative: bool) -> i64 {
    not_minus_one(if negative { -(magnitude as i64) } else { magnitude as i64 })
}

/// The hash of a float that equals itself; `None` for a NaN.
fn float(x: f64) -> Option<i64> {
    const INFINITY: u64 = 314_159;
    const MANTISSA_BITS: u32 = 52;
    if x.is_nan() {
        return None;
    }
    if x.is_infinite() {
        return Some(signed(INFINITY, x < 0.0));
    }
    let bits = x.to_bits();
    let (exponent, fraction) = ((bits >> MANTISSA_BITS & 0x7ff) as i32, bits & ((1 << MANTISSA_BITS) - 1));
    // x = mantissa * 2^power, exactly.
    let (mantissa, power) = match exponent {
        0 => (fraction, -1074),
        _ => (fraction | 1 << MANTISSA_BITS, exponent - 1075),
    };
    // Modulo 2⁶¹ - 1, to multiply by a power of two is to rotate 61 bits.
    let turn = power.rem_euclid(BITS as i32) as u32;
    let rotated = (mantissa << turn & MODULUS) | mantissa >> (BITS - turn);
    Some(signed(rotated, x < 0.0))
}

/// SipHash-1-3 under the key that `PYTHONHASHSEED=0` gives, over CPython's own representation: the narrowest of
/// one, two or four bytes a character that holds them all.
pub(super) fn string(text: &Str) -> i64 {
    let text_hash = |bytes: &[u8]| not_minus_one(SipHasher13::new().hash(bytes) as i64);
    let characters = text.as_str();
    if text.is_empty() {
        return 0;
    }
    if text.is_ascii() {
        return text_hash(characters.as_bytes());
    }
    let widest = characters.chars().max().map_or(0, u32::from);
    let wide: Vec<u8> = match widest {
        0..=0xff => characters.chars().map(|c| c as u8).collect(),
        0x100..=0xffff => characters.chars().flat_map(|c| (c as u16).to_le_bytes()).collect(),
        _ => characters.chars().flat_map(|c| (c as u32).to_le_bytes()).collect(),
    };
    text_hash(&wide)
}

/// A range hashes as the tuple of what tells it from other ranges: its length, its start and its step.
fn range(range: &Range) -> i64 {
    let len = range.len();
    let mut lanes = Lanes::new();
    lanes.add(i64::try_from(len).map_or_else(|_| big_integer(&BigInt::from(len)), integer));
    lanes.add(if len > 0 { integer(range.start) } else { NONE });
    lanes.add(if len > 1 { integer(range.step) } else { NONE });
    lanes.tuple(3)
}

/// As [`range`]: equal ranges have equal hashes, whatever they are made of.
fn big_range(range: &BigRange) -> i64 {
    let len = range.len();
    let mut lanes = Lanes::new();
    lanes.add(big_integer(&len));
    lanes.add(if len > BigInt::ZERO { big_integer(&range.start) } else { NONE });
    lanes.add(if len > BigInt::from(1) { big_integer(&range.step) } else { NONE });
    lanes.tuple(3)
}

/// The hash of a tuple or a slice, without recursion: they may be nested to any depth.
fn nested(value: &Value) -> Result<i64, Unordered> {
    let mut outer = Vec::new();
    let (mut node, mut at, mut lanes) = (value, 0, Lanes::new());
    loop {
        match part(node, at) {
            Some(item) if matches!(item.kind(), Kind::Tuple | Kind::Slice) => {
                outer.push((node, at + 1, lanes));
                (node, at, lanes) = (item, 0, Lanes::new());
            }
            Some(item) => {
                lanes.add(hash(item)?);
                at += 1;
            }
            None => {
                let hash = if node.kind() == Kind::Tuple { lanes.tuple(at) } else { lanes.slice() };
                match outer.pop() {
                    Some(enclosing) => (node, at, lanes) = enclosing,
                    None => return Ok(hash),
                }
                lanes.add(hash);
            }
        }
    }
}

fn part(node: &Value, at: usize) -> Option<&Value> {
    match node.get::<Tuple>() {
        Some(tuple) => tuple.0.get(at),
        None => node.get::<Slice>().and_then(|slice| [&slice.start, &slice.stop, &slice.step].get(at).copied()),
    }
}

/// The hashes of a sequence's items, mixed as xxHash mixes words: one lane of it, without its last steps.
struct Lanes(u64);

impl Lanes {
    const PRIMES: [u64; 3] = [11_400_714_785_074_694_791, 14_029_467_366_897_019_727, 2_870_177_450_012_600_261];
    /// What stands for -1.
    const INSTEAD: i64 = 1_546_275_796;

    fn new() -> Lanes {
        Lanes(Self::PRIMES[2])
    }

    fn add(&mut self, hash: i64) {
        let sum = self.0.wrapping_add((hash as u64).wrapping_mul(Self::PRIMES[1]));
        self.0 = sum.rotate_left(31).wrapping_mul(Self::PRIMES[0]);
    }

    fn tuple(self, len: usize) -> i64 {
        const SEED: u64 = 3_527_539;
        Lanes(self.0.wrapping_add(len as u64 ^ Self::PRIMES[2] ^ SEED)).slice()
    }

    fn slice(self) -> i64 {
        if self.0 == u64::MAX { Self::INSTEAD } else { self.0 as i64 }
    }
}
