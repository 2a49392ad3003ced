//! The verifier finds every way in which code can be wrong: each row breaks a good chunk in one place.

use std::rc::Rc;

use toy::bytecode::Verified;
use toy::bytecode::chunk::{Chunk, Constant, Flags, Handler, Instr, Pc, Program, Reg, Signature};
use toy::bytecode::op::{Op, Operand};
use toy::source::Span;

/// A chunk with 4 registers, of which `x` is the first and a parameter.
fn chunk(code: Vec<Instr>, functions: Vec<Rc<Chunk>>) -> Chunk {
    Chunk {
        name: "f".into(),
        qualified: "f".into(),
        doc: None,
        spans: vec![Span::default(); code.len()],
        code,
        constants: vec![Constant::None, Constant::Names(vec!["k".into()])],
        names: vec!["n".into()],
        functions,
        handlers: vec![],
        loops: vec![],
        free: 0,
        pinned: Vec::new(),
        signature: Signature { positional: vec!["x".into()], ..Signature::default() },
        locals: vec!["x".into(), "y".into()],
        registers: 4,
    }
}

/// What the verifier says of a function with this code, one global and one function with one default.
fn verify(code: Vec<Instr>) -> String {
    let inner = Chunk {
        signature: Signature { positional: vec!["x".into()], positional_defaults: 1, ..Signature::default() },
        ..chunk(vec![ret(0)], vec![])
    };
    let program = Program { main: Rc::new(chunk(code, vec![Rc::new(inner)])), globals: vec!["g".into()] };
    match Verified::new(program) {
        Ok(_) => "verified".to_owned(),
        Err(violation) => format!("{}: {}", violation.pc.0, violation.what),
    }
}

fn op(op: Op, a: u16, b: u16, c: u16) -> Instr {
    Instr::new(op, a, b, c)
}

fn ret(register: u16) -> Instr {
    op(Op::Return, register, 0, 0)
}

fn jump(op: Op, register: u16, target: u32) -> Instr {
    Instr::wide(op, register, Pc(target))
}

fn check(code: &[Instr], expected: &str) {
    assert_eq!(verify(code.to_vec()), expected, "{code:?}");
}

#[test]
fn good_code() {
    check(&[ret(0)], "verified");
    check(&[op(Op::GetIter, 2, 0, 0), op(Op::ForIter, 1, 2, 0), jump(Op::Jump, 0, 1), ret(0)], "verified");
    check(&[op(Op::CheckBound, 1, 0, 0), ret(1)], "verified");
    check(&[op(Op::UnpackSequence, 1, 0, 3), op(Op::BuildTuple, 1, 1, 3), ret(1)], "verified");
    check(&[op(Op::MakeFunction, 1, 0, 0), ret(1)], "verified");
    check(&[op(Op::AssertFailed, 3, 0, 0)], "verified");
}

#[test]
fn operands_out_of_range() {
    check(&[ret(4)], "0: Src 4 of 4");
    check(&[op(Op::Add, 4, 0, 0), ret(0)], "0: Dst 4 of 4");
    check(&[op(Op::Add, 1, 0, u16::MAX), ret(0)], "0: Src 65535 of 4");
    check(&[op(Op::CheckBound, 2, 0, 0), ret(0)], "0: Local 2 of 2");
    check(&[op(Op::LoadConst, 1, 2, 0), ret(0)], "0: Const 2 of 2");
    check(&[op(Op::LoadConst, 1, 1, 0), ret(0)], "0: names of arguments as a value");
    check(&[op(Op::LoadGlobal, 1, 1, 0), ret(0)], "0: Global 1 of 1");
    check(&[op(Op::GetAttr, 1, 0, 1), ret(0)], "0: Name 1 of 1");
    check(&[op(Op::MakeFunction, 1, 1, 0), ret(0)], "0: Function 1 of 1");
    check(&[op(Op::MakeFunction, 1, 0, 4), ret(0)], "0: Src 4 of 4");
    check(&[op(Op::Move, 1, 0, 1), ret(0)], "0: an unused field that is not zero");
    check(&[op(Op::BuildList, 1, 2, 3), ret(0)], "0: a block up to register 5");
    check(&[op(Op::BuildList, 1, u16::MAX, u16::MAX), ret(0)], "0: a block up to register 131070");
    check(&[op(Op::UnpackSequence, 3, 0, 2), ret(0)], "0: a block up to register 5");
    check(&[Instr { flags: Flags(2), ..op(Op::UnpackStar, 1, 0, 2) }, ret(0)], "0: a star outside its targets");
    check(&[op(Op::BuildSlice, 1, 0, 2), ret(0)], "0: a slice that is not of three");
    check(&[op(Op::GetSlice, 1, 0, 0), ret(0)], "0: a slice without its bounds");
    check(&[op(Op::Bounds, 0, 0, 0), ret(0)], "0: bounds without a slice");
    check(&[op(Op::BuildDict, 1, 0, 1), ret(0)], "0: a key without a value");
}

#[test]
fn every_register_field_of_every_operation_is_checked() {
    for operation in Op::ALL {
        for (field, operand) in operation.operands().into_iter().enumerate() {
            let cell = |field: usize| (operation.operands()[field] == Operand::Cell) as u16;
            let mut instr = op(*operation, cell(0), cell(1), cell(2));
            match field {
                0 => instr.a = 4,
                1 => instr.b = 4,
                _ => instr.c = 4,
            }
            let result = verify(vec![op(Op::MakeCell, 1, 0, 0), instr, ret(0)]);
            let expected = match operand {
                Operand::Dst | Operand::Src => format!("1: {operand:?} 4 of 4"),
                Operand::Local => "1: Local 4 of 2".to_owned(),
                Operand::Cell => "1: register 4 is no cell's".to_owned(),
                Operand::Unused => "1: an unused field that is not zero".to_owned(),
                Operand::Block | Operand::DstBlock | Operand::Const | Operand::Name | Operand::Global => continue,
                Operand::Function | Operand::Count | Operand::Target | Operand::High => continue,
            };
            assert_eq!(result, expected, "{operation:?} {field}");
        }
    }
}

#[test]
fn cells() {
    let cell = [op(Op::MakeCell, 1, 0, 0)];
    let with = |rest: &[Instr]| [&cell[..], rest, &[ret(0)]].concat();
    check(&with(&[op(Op::StoreCell, 0, 1, 0), op(Op::LoadCell, 2, 1, 0)]), "verified");
    check(&with(&[op(Op::LoadCell, 2, 0, 0)]), "1: register 0 is no cell's");
    check(&with(&[op(Op::Move, 1, 0, 0)]), "1: a cell's or a constant's register is written");
    check(&with(&[op(Op::UnpackSequence, 0, 0, 2)]), "1: a cell's or a constant's register is written");
    check(&with(&[op(Op::DeleteLocal, 1, 0, 0)]), "1: a cell's register is taken for a value's");
    check(
        &[op(Op::LoadCell, 2, 1, 0), op(Op::MakeCell, 1, 0, 0), ret(0)],
        "0: register 1 read by LoadCell before it is written",
    );
}

#[test]
fn operands_that_are_read_for_the_last_time() {
    let last = |left: bool, right: bool, instr: Instr| {
        let flag = |set: bool, flag: Flags| if set { flag } else { Flags::default() };
        Instr { flags: flag(left, Flags::LAST_LEFT).with(flag(right, Flags::LAST_RIGHT)), ..instr }
    };
    let operands = [op(Op::LoadConst, 1, 0, 0), op(Op::LoadConst, 2, 0, 0)];
    let with = |rest: &[Instr]| [&operands[..], rest].concat();
    check(&with(&[last(true, true, op(Op::Add, 3, 1, 2)), ret(3)]), "verified");
    check(&with(&[last(true, true, op(Op::Add, 1, 1, 2)), ret(1)]), "verified");
    check(&with(&[last(true, false, op(Op::Lt, 3, 1, 2)), ret(2)]), "verified");
    check(
        &with(&[last(true, false, op(Op::Lt, 3, 1, 2)), ret(1)]),
        "3: register 1 read by Return before it is written",
    );
    check(
        &with(&[last(false, true, op(Op::Add, 3, 1, 2)), ret(2)]),
        "3: register 2 read by Return before it is written",
    );
    check(
        &with(&[last(true, false, op(Op::Neg, 3, 1, 0)), ret(1)]),
        "3: register 1 read by Return before it is written",
    );
    check(
        &with(&[last(true, true, op(Op::Add, 3, 1, 1)), ret(3)]),
        "2: a register that is read for the last time twice",
    );
    // Others have no such operands, whatever their flags mean.
    check(&with(&[last(true, true, op(Op::Is, 3, 1, 2)), ret(1)]), "verified");
}

#[test]
fn handlers_of_exceptions() {
    let raising = vec![op(Op::GetIter, 2, 0, 0), ret(0), ret(3)];
    let handler = |start, end, target, register| Handler {
        start: Pc(start),
        end: Pc(end),
        target: Pc(target),
        register: Reg(register),
        depth: 0,
    };
    let verify_with = |code: Vec<Instr>, handler: Handler| {
        let guarded = Chunk { handlers: vec![handler], ..chunk(code, vec![]) };
        match Verified::new(Program { main: Rc::new(guarded), globals: vec![] }) {
            Ok(_) => "verified".to_owned(),
            Err(violation) => format!("{}: {}", violation.pc.0, violation.what),
        }
    };
    assert_eq!(verify_with(raising.clone(), handler(0, 1, 2, 3)), "verified");
    assert_eq!(verify_with(raising.clone(), handler(0, 4, 2, 3)), "0: a handler outside the code");
    assert_eq!(verify_with(raising.clone(), handler(1, 0, 2, 3)), "0: a handler outside the code");
    assert_eq!(verify_with(raising.clone(), handler(0, 1, 3, 3)), "0: a handler outside the code");
    assert_eq!(verify_with(raising.clone(), handler(0, 1, 2, 4)), "0: a handler without a register");
    // What the guarded code writes is not there for the handler.
    let reads_result = vec![op(Op::GetIter, 2, 0, 0), ret(0), ret(2)];
    assert_eq!(verify_with(reads_result, handler(0, 1, 2, 3)), "2: register 2 read by Return before it is written");
}

#[test]
fn jumps() {
    check(&[jump(Op::Jump, 0, 1)], "0: a jump to 1");
    check(&[jump(Op::JumpIfTrue, 0, u32::MAX), ret(0)], "0: a jump to 4294967295");
    check(&[op(Op::CallMethod, 1, 0, 1), op(Op::Method, 0, 0, 0), jump(Op::Jump, 0, 1)], "2: a jump to 1");
    check(&[op(Op::GetIter, 1, 0, 0), op(Op::ForIter, 2, 1, 0), jump(Op::Jump, 0, 2), ret(0)], "2: a jump to 2");
}

#[test]
fn words_that_belong_together() {
    check(&[op(Op::CallKw, 1, 0, 2), ret(0)], "0: a call without its names");
    check(&[op(Op::CallKw, 1, 0, 1), op(Op::Keywords, 0, 1, 0), ret(0)], "0: more names than arguments");
    check(&[op(Op::CallKw, 1, 0, 2), op(Op::Keywords, 0, 0, 0), ret(0)], "0: a call without its names");
    check(&[op(Op::CallMethod, 1, 0, 1), ret(0)], "0: a call without its method");
    check(&[op(Op::CallMethod, 1, 0, 1), op(Op::Method, 0, 0, 1), ret(0)], "0: a call without its method");
    check(&[op(Op::CallMethodKw, 1, 0, 2), op(Op::Method, 0, 0, 0), ret(0)], "0: a call without its names");
    check(&[op(Op::CallMethodKw, 1, 0, 2), op(Op::Method, 0, 0, 9), ret(0)], "0: a call without its names");
    check(&[op(Op::Call, 1, 0, 0), ret(0)], "0: a call of nothing");
    check(&[op(Op::Keywords, 0, 1, 0), ret(0)], "0: names without a call");
    check(&[op(Op::Method, 0, 0, 0), ret(0)], "0: a method without a call");
    check(&[op(Op::GetIter, 1, 0, 0), op(Op::ForIter, 2, 1, 0), ret(0)], "1: a loop without its jump");
}

#[test]
fn ends_that_can_be_reached() {
    check(&[], "0: no instruction");
    check(&[op(Op::Move, 1, 0, 0)], "0: an end that can be reached");
    check(&[ret(0), jump(Op::JumpIfTrue, 0, 0)], "1: an end that can be reached");
    check(&[op(Op::GetIter, 1, 0, 0), op(Op::ForIter, 2, 1, 0), jump(Op::Jump, 0, 1)], "2: an end that can be reached");
}

#[test]
fn registers_read_before_they_are_written() {
    let unset =
        |pc: u32, register: u16, name: &str| format!("{pc}: register {register} read by {name} before it is written");
    check(&[ret(1)], &unset(0, 1, "Return"));
    check(&[op(Op::BuildList, 1, 0, 2), ret(0)], &unset(0, 1, "BuildList"));
    check(&[op(Op::Call, 1, 0, 1), ret(0)], &unset(1, 0, "Return"));
    check(&[Instr { flags: Flags::MESSAGE, ..op(Op::AssertFailed, 3, 0, 0) }], &unset(0, 3, "AssertFailed"));
    // Written on one of two ways.
    check(&[jump(Op::JumpIfTrue, 0, 2), op(Op::Move, 1, 0, 0), ret(1)], &unset(2, 1, "Return"));
    // The loop's variable, behind the loop.
    check(&[op(Op::GetIter, 2, 0, 0), op(Op::ForIter, 1, 2, 0), jump(Op::Jump, 0, 1), ret(1)], &unset(3, 1, "Return"));
    // Emptied in the loop's body, read in its next iteration.
    check(
        &[op(Op::Move, 2, 0, 0), op(Op::Move, 1, 2, 0), op(Op::Call, 3, 2, 1), jump(Op::JumpIfTrue, 1, 1), ret(0)],
        &unset(1, 2, "Move"),
    );
    // Above a call's block, where the callee's window is.
    check(&[op(Op::Move, 3, 0, 0), op(Op::Move, 2, 0, 0), op(Op::Call, 1, 2, 1), ret(3)], &unset(3, 3, "Return"));
    check(&[op(Op::MakeFunction, 1, 0, 2), ret(0)], &unset(0, 2, "MakeFunction"));
}

#[test]
fn wrong_headers() {
    let broken = |change: &dyn Fn(&mut Chunk)| {
        let mut chunk = chunk(vec![ret(0)], vec![]);
        change(&mut chunk);
        Verified::new(Program { main: Rc::new(chunk), globals: vec![] }).map(|_| ()).map_err(|violation| violation.what)
    };
    let error = |what: &str| Err(what.to_owned());
    assert_eq!(broken(&|_| {}), Ok(()));
    assert_eq!(broken(&|chunk| chunk.spans.clear()), error("an instruction without a place in the source"));
    assert_eq!(broken(&|chunk| chunk.registers = 1), error("more local variables than registers"));
    assert_eq!(broken(&|chunk| chunk.locals.clear()), error("more parameters than local variables"));
    assert_eq!(broken(&|chunk| chunk.signature.positional_only = 2), error("a wrong signature"));
    assert_eq!(broken(&|chunk| chunk.signature.positional_defaults = 2), error("a wrong signature"));
    assert_eq!(broken(&|chunk| chunk.signature.keyword_defaults.push(true)), error("a wrong signature"));
}
