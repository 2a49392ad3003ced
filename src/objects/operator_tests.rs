//! Operators against CPython's answers (`tests/oracle/operators.py`), and identities of integers.

use super::operators::{self, binary, compare, unary};
use super::testing::check_rows;
use super::{arguments::Keywords, caller::Nobody, convert};
use crate::exception::Result;
use crate::syntax::ast::{BinaryOp, CompareOp, UnaryOp};
use crate::value::Value;

pub(super) fn binary_op(symbol: &str) -> Option<BinaryOp> {
    Some(match symbol {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Sub,
        "*" => BinaryOp::Mul,
        "/" => BinaryOp::TrueDiv,
        "//" => BinaryOp::FloorDiv,
        "%" => BinaryOp::Mod,
        "**" => BinaryOp::Pow,
        "@" => BinaryOp::MatMul,
        "&" => BinaryOp::BitAnd,
        "|" => BinaryOp::BitOr,
        "^" => BinaryOp::BitXor,
        "<<" => BinaryOp::Shl,
        ">>" => BinaryOp::Shr,
        _ => return None,
    })
}

pub(super) fn answer(name: &str, args: &[Value], keywords: Keywords) -> Result<Value> {
    if let Some(op) = binary_op(name) {
        return binary(&mut Nobody, op, &args[0], &args[1]);
    }
    let compare = |op| compare(op, &args[0], &args[1]);
    match name {
        "<" => compare(CompareOp::Lt),
        "<=" => compare(CompareOp::Le),
        ">" => compare(CompareOp::Gt),
        ">=" => compare(CompareOp::Ge),
        "==" => compare(CompareOp::Eq),
        "!=" => compare(CompareOp::Ne),
        "in" => operators::contains(&mut Nobody, &args[1], &args[0]).map(Value::bool),
        "neg" => unary(UnaryOp::Neg, &args[0]),
        "pos" => unary(UnaryOp::Pos, &args[0]),
        "invert" => unary(UnaryOp::Invert, &args[0]),
        "not" => unary(UnaryOp::Not, &args[0]),
        "abs" | "len" => {
            let (_, function) = convert::BUILTINS.iter().find(|(known, _)| *known == name).unwrap();
            function(args, keywords)
        }
        "getitem" => operators::get_item(&args[0], &args[1]),
        "setitem" => operators::set_item(&mut Nobody, &args[0], &args[1], &args[2]).map(|()| args[0].clone()),
        "delitem" => operators::delete_item(&args[0], &args[1]).map(|()| args[0].clone()),
        in_place => {
            let op = binary_op(in_place.strip_suffix('=').unwrap()).unwrap();
            operators::binary_in_place(&mut Nobody, op, &args[0], &args[1])
        }
    }
}

#[test]
fn operators_answer_as_cpython_does() {
    check_rows("operators.txt", answer);
}
