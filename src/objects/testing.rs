//! Golden rows written by the oracle: literals read back into values, answers compared as text.

use std::fmt::Write;

use crate::array::Scalar;
use crate::exception::Result;
use crate::objects::caller::Nobody;
use crate::objects::{convert, text};
use crate::value::{Big, Dict, DictPart, DictView, Kind, Range, Set, Slice, Tuple, Type, Value, str_repr};

/// Reads `tests/data/{file}`, asks `answer` each row, and reports the rows whose answers differ.
pub fn check_rows(file: &str, answer: impl Fn(&str, &[Value], &[(std::rc::Rc<str>, Value)]) -> Result<Value>) {
    let path = format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
    let rows = std::fs::read_to_string(&path).unwrap();
    let (mut report, mut differing) = (String::new(), 0);
    for row in rows.lines() {
        let mut columns = row.split('\t');
        let mut next = || columns.next().unwrap();
        let (name, args, keywords, expected) = (next(), parse(next()), parse(next()), next());
        let args = &args.get::<Tuple>().unwrap().0;
        let keywords: Vec<_> = keywords
            .get::<Dict>()
            .unwrap()
            .entries()
            .into_iter()
            .map(|(key, value)| (key.as_str().unwrap().into(), value))
            .collect();
        let got = shown(answer(name, args, &keywords));
        if !same(file, &got, expected) {
            differing += 1;
            if differing <= 40 {
                writeln!(report, "{row}\n    got {got}").unwrap();
            }
        }
    }
    assert!(differing == 0, "{differing} of {} rows of {file} differ:\n{report}", rows.lines().count());
}

/// An answer as the goldens write it.
pub fn shown(answer: Result<Value>) -> String {
    match answer.and_then(|value| text::repr(&value)) {
        Ok(text) => text,
        Err(raised) => format!("!{:?}: {}", raised.kind(), raised.message()),
    }
}

/// A NaN's sign is outside every equality.
fn same(file: &str, got: &str, expected: &str) -> bool {
    got == expected
        || got.replace("-nan", "nan") == expected.replace("-nan", "nan")
        || file == "math.txt" && near(got, expected)
}

/// `math` is the platform's libm, as CPython's is; another one than the oracle's may round otherwise.
fn near(got: &str, expected: &str) -> bool {
    match (got.parse::<f64>(), expected.parse::<f64>()) {
        (Ok(a), Ok(b)) => (a - b).abs() <= 2.0 * f64::EPSILON * b.abs(),
        _ => false,
    }
}

/// The value that a literal spells.
pub fn parse(text: &str) -> Value {
    let mut reader = Reader { rest: text };
    let value = reader.value();
    assert!(reader.rest.is_empty(), "{:?} is left of {text:?}", reader.rest);
    value
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn take(&mut self, prefix: &str) -> bool {
        match self.rest.strip_prefix(prefix) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self) -> Value {
        match self.rest.chars().next() {
            Some('[') => Value::list(self.items("[", "]")),
            Some('(') => Value::tuple(self.items("(", ")")),
            Some('{') => self.dict_or_set(),
            Some('\'' | '"') => Value::str(self.string()),
            _ => self.word(),
        }
    }

    fn items(&mut self, open: &str, close: &str) -> Vec<Value> {
        assert!(self.take(open));
        let mut items = Vec::new();
        while !self.take(close) {
            items.push(self.value());
            let _ = self.take(", ") || self.take(",");
        }
        items
    }

    fn dict_or_set(&mut self) -> Value {
        assert!(self.take("{"));
        let (dict, mut keys) = (Dict::default(), Vec::new());
        while !self.take("}") {
            let key = self.value();
            match self.take(": ") {
                true => dict.insert(key, self.value()).unwrap(),
                false => keys.push(key),
            }
            self.take(", ");
        }
        match keys.len() {
            0 => Value::new(dict),
            3.. if keys.iter().all(is_constant) => Value::new(Set::constant(keys).unwrap()),
            _ => Value::set(keys).unwrap(),
        }
    }

    fn string(&mut self) -> String {
        let mut characters = self.rest.chars();
        let quote = characters.next().unwrap();
        let mut out = String::new();
        loop {
            match characters.next().unwrap() {
                c if c == quote => break,
                '\\' => {
                    let escape = characters.next().unwrap();
                    let digits = match escape {
                        'x' => 2,
                        'u' => 4,
                        'U' => 8,
                        _ => 0,
                    };
                    let code: String = characters.by_ref().take(digits).collect();
                    out.push(match escape {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        'x' | 'u' | 'U' => char::from_u32(u32::from_str_radix(&code, 16).unwrap()).unwrap(),
                        other => other,
                    });
                }
                c => out.push(c),
            }
        }
        self.rest = characters.as_str();
        out
    }

    fn word(&mut self) -> Value {
        let end = self.rest.find([',', ')', ']', '}', '(', ':']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        if rest.starts_with('(') {
            let args = self.items("(", ")");
            return called(word, &args);
        }
        match word {
            "None" => Value::none(),
            "True" => Value::bool(true),
            "False" => Value::bool(false),
            "np.True_" => Value::new(Scalar::Bool(true)),
            "np.False_" => Value::new(Scalar::Bool(false)),
            _ => match (word.parse::<i64>(), word.parse::<num_bigint::BigInt>()) {
                (Ok(small), _) => Value::int(small),
                (_, Ok(big)) => Value::new(Big(big)),
                _ => Value::float(convert::parse_float(word).unwrap_or_else(|| panic!("a literal: {word:?}"))),
            },
        }
    }
}

/// Whether CPython's compiler takes the value's literal for a constant.
fn is_constant(value: &Value) -> bool {
    match value.kind() {
        Kind::None | Kind::Bool | Kind::Int | Kind::BigInt | Kind::Float | Kind::Str => true,
        Kind::Tuple => value.get::<Tuple>().unwrap().0.iter().all(is_constant),
        _ => false,
    }
}

fn called(name: &str, args: &[Value]) -> Value {
    let int = |at: usize| args.get(at).and_then(|value| value.get::<i64>()).copied();
    let view = |part| Value::new(DictView { dict: args[0].clone(), part });
    match name {
        "set" => convert::construct(&mut Nobody, Type::Set, args, &[]).unwrap(),
        "frozenset" => convert::construct(&mut Nobody, Type::FrozenSet, args, &[]).unwrap(),
        "keys" => view(DictPart::Keys),
        "items" => view(DictPart::Items),
        "values" => view(DictPart::Values),
        "range" => Value::new(Range { start: int(0).unwrap(), stop: int(1).unwrap(), step: int(2).unwrap_or(1) }),
        "slice" => Value::new(Slice { start: args[0].clone(), stop: args[1].clone(), step: args[2].clone() }),
        "np.int64" => Value::new(Scalar::Int64(int(0).unwrap())),
        "np.float64" => Value::new(Scalar::Float64(args[0].as_f64().unwrap())),
        "np.float32" => Value::new(Scalar::Float32(args[0].as_f64().unwrap() as f32)),
        _ => panic!("a literal: {}", str_repr(name)),
    }
}
