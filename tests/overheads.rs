//! Every path of every bytecode is driven, and what a probe observes is compared with what the table declares.

use std::cell::RefCell;
use std::rc::Rc;

use std::collections::HashSet;

use toy::bytecode::chunk::Instr;
use toy::bytecode::flow;
use toy::bytecode::op::{Op, Operand};
use toy::bytecode::overhead::Counts;
use toy::bytecode::variant::{Place, stamped};
use toy::bytecode::{Session, Use, Verified, compile_input};
use toy::interp::host::Captured;
use toy::interp::probe::Counting;
use toy::interp::{Machine, Runtime};
use toy::jit::{Engine, Switches};
use toy::source::Source;
use toy::syntax::ast::StmtKind;
use toy::syntax::parse;

/// An operation, the path that the script below drives at the operation's last execution, and the script.
/// Scripts run in a function where registers matter, so that a register that is written holds something.
const CASES: &[(Op, &str, &str)] = &[
    (Op::LoadConst, "any", "x = [5]\n"),
    (Op::Move, "any", "def f(a, b):\n    b = a\n    return 1\nf(1, 2)\n"),
    (Op::LoadGlobal, "any", "x = 5\nx\ny = x\n"),
    (Op::StoreGlobal, "any", "x = 5\n"),
    (Op::CheckBound, "any", "def f(a):\n    if a:\n        b = 1\n    return b\nf(True)\n"),
    (Op::LoadModule, "any", "import math\n"),
    (Op::ImportFrom, "any", "from math import sqrt\n"),
    (Op::Add, "float, float", "def f(a, b):\n    return a + b\nf(1.5, 2.5)\n"),
    (Op::Add, "int, int", "def f(a, b):\n    return a + b\nf(1500, 2500)\n"),
    (Op::Add, "int, int → cached", "def f(a, b):\n    return a + b\nf(1, 2)\n"),
    (Op::Add, "float, int", "def f(a, b):\n    return a + b\nf(1.5, 2)\n"),
    (Op::Add, "int, float", "def f(a, b):\n    return a + b\nf(1, 2.5)\n"),
    (
        Op::Add,
        "np.float64, np.float64",
        "import numpy as np\ndef f(a, b):\n    return a + b\nf(np.float64(1), np.float64(2))\n",
    ),
    (
        Op::Add,
        "np.float32, np.float32",
        "import numpy as np\ndef f(a, b):\n    return a + b\nf(np.float32(1), np.float32(2))\n",
    ),
    (Op::Add, "int, int → slow", "def f(a, b):\n    return a + b\nf(9223372036854775807, 1)\n"),
    (Op::Add, "slow", "def f(a, b):\n    return a + b\nf('a', 'b')\n"),
    (Op::Sub, "float, float", "def f(a, b):\n    return a - b\nf(1.5, 2.5)\n"),
    (Op::Sub, "int, int", "def f(a, b):\n    return a - b\nf(1500, 25)\n"),
    (Op::Sub, "int, int → cached", "def f(a, b):\n    return a - b\nf(1, 2)\n"),
    (Op::Sub, "float, int", "def f(a, b):\n    return a - b\nf(1.5, 2)\n"),
    (Op::Sub, "int, float", "def f(a, b):\n    return a - b\nf(1, 2.5)\n"),
    (
        Op::Sub,
        "np.float64, np.float64",
        "import numpy as np\ndef f(a, b):\n    return a - b\nf(np.float64(1), np.float64(2))\n",
    ),
    (
        Op::Sub,
        "np.float32, np.float32",
        "import numpy as np\ndef f(a, b):\n    return a - b\nf(np.float32(1), np.float32(2))\n",
    ),
    (Op::Sub, "int, int → slow", "def f(a, b):\n    return a - b\nf(-9223372036854775807, 2)\n"),
    (Op::Sub, "slow", "def f(a, b):\n    return a - b\nf(True, 1)\n"),
    (Op::Mul, "float, float", "def f(a, b):\n    return a * b\nf(1.5, 2.5)\n"),
    (Op::Mul, "int, int", "def f(a, b):\n    return a * b\nf(1500, 2500)\n"),
    (Op::Mul, "int, int → cached", "def f(a, b):\n    return a * b\nf(1, 2)\n"),
    (Op::Mul, "float, int", "def f(a, b):\n    return a * b\nf(1.5, 2)\n"),
    (Op::Mul, "int, float", "def f(a, b):\n    return a * b\nf(1, 2.5)\n"),
    (
        Op::Mul,
        "np.float64, np.float64",
        "import numpy as np\ndef f(a, b):\n    return a * b\nf(np.float64(1), np.float64(2))\n",
    ),
    (
        Op::Mul,
        "np.float32, np.float32",
        "import numpy as np\ndef f(a, b):\n    return a * b\nf(np.float32(1), np.float32(2))\n",
    ),
    (Op::Mul, "int, int → slow", "def f(a, b):\n    return a * b\nf(9223372036854775807, 2)\n"),
    (Op::Mul, "slow", "def f(a, b):\n    return a * b\nf('ab', 2)\n"),
    (Op::TrueDiv, "float, float", "def f(a, b):\n    return a / b\nf(1.5, 2.5)\n"),
    (Op::TrueDiv, "slow", "def f(a, b):\n    return a / b\nf(True, 3)\n"),
    (Op::TrueDiv, "int, int", "def f(a, b):\n    return a / b\nf(1, 3)\n"),
    (Op::TrueDiv, "int, int → slow", "def f(a, b):\n    return a / b\nf(10 ** 18, 3)\n"),
    (Op::TrueDiv, "float, int", "def f(a, b):\n    return a / b\nf(1.5, 2)\n"),
    (Op::TrueDiv, "int, float", "def f(a, b):\n    return a / b\nf(1, 2.5)\n"),
    (
        Op::TrueDiv,
        "np.float64, np.float64",
        "import numpy as np\ndef f(a, b):\n    return a / b\nf(np.float64(1), np.float64(2))\n",
    ),
    (
        Op::TrueDiv,
        "np.float32, np.float32",
        "import numpy as np\ndef f(a, b):\n    return a / b\nf(np.float32(1), np.float32(2))\n",
    ),
    (Op::FloorDiv, "int, int", "def f(a, b):\n    return a // b\nf(9000, 2)\n"),
    (Op::FloorDiv, "int, int → cached", "def f(a, b):\n    return a // b\nf(9, 2)\n"),
    (Op::FloorDiv, "int, int → slow", "def f(a, b):\n    return a // b\nf(-9223372036854775807 - 1, -1)\n"),
    (Op::FloorDiv, "slow", "def f(a, b):\n    return a // b\nf(9.5, 2)\n"),
    (Op::Mod, "int, int", "def f(a, b):\n    return a % b\nf(9000, 5000)\n"),
    (Op::Mod, "int, int → cached", "def f(a, b):\n    return a % b\nf(9, 2)\n"),
    (Op::Mod, "int, int → slow", "def f(a, b):\n    return a % b\nf(-9223372036854775807 - 1, -1)\n"),
    (Op::Mod, "slow", "def f(a, b):\n    return a % b\nf(9.5, 2)\n"),
    (Op::BitAnd, "int, int", "def f(a, b):\n    return a & b\nf(4095, 4095)\n"),
    (Op::BitAnd, "int, int → cached", "def f(a, b):\n    return a & b\nf(9, 2)\n"),
    (Op::BitAnd, "slow", "def f(a, b):\n    return a & b\nf(True, 2)\n"),
    (Op::BitOr, "int, int", "def f(a, b):\n    return a | b\nf(4095, 4095)\n"),
    (Op::BitOr, "int, int → cached", "def f(a, b):\n    return a | b\nf(9, 2)\n"),
    (Op::BitOr, "slow", "def f(a, b):\n    return a | b\nf(True, 2)\n"),
    (Op::BitXor, "int, int", "def f(a, b):\n    return a ^ b\nf(4095, 4096)\n"),
    (Op::BitXor, "int, int → cached", "def f(a, b):\n    return a ^ b\nf(9, 2)\n"),
    (Op::BitXor, "slow", "def f(a, b):\n    return a ^ b\nf(True, 2)\n"),
    (Op::Pow, "any", "def f(a, b):\n    return a ** b\nf(2, 3)\n"),
    (Op::MatMul, "any", "import numpy as np\ndef f(a, b):\n    return a @ b\nf(np.ones(2), np.ones(2))\n"),
    (Op::Shl, "any", "def f(a, b):\n    return a << b\nf(2, 3)\n"),
    (Op::Shr, "any", "def f(a, b):\n    return a >> b\nf(2, 3)\n"),
    (Op::Neg, "float", "def f(a):\n    return -a\nf(1.5)\n"),
    (Op::Neg, "slow", "def f(a):\n    return -a\nf(15)\n"),
    (Op::Pos, "any", "def f(a):\n    return +a\nf(15)\n"),
    (Op::Invert, "any", "def f(a):\n    return ~a\nf(15)\n"),
    (Op::Not, "bool", "def f(a):\n    return not a\nf(True)\n"),
    (Op::Not, "slow", "def f(a):\n    return not a\nf(15)\n"),
    (Op::Lt, "float, float", "def f(a, b):\n    return a < b\nf(1.5, 2.5)\n"),
    (Op::Lt, "int, int", "def f(a, b):\n    return a < b\nf(1, 2)\n"),
    (Op::Lt, "slow", "def f(a, b):\n    return a < b\nf('a', 'b')\n"),
    (Op::Le, "float, float", "def f(a, b):\n    return a <= b\nf(1.5, 2.5)\n"),
    (Op::Le, "int, int", "def f(a, b):\n    return a <= b\nf(1, 2)\n"),
    (Op::Le, "slow", "def f(a, b):\n    return a <= b\nf('a', 'b')\n"),
    (Op::Gt, "float, float", "def f(a, b):\n    return a > b\nf(1.5, 2.5)\n"),
    (Op::Gt, "int, int", "def f(a, b):\n    return a > b\nf(1, 2)\n"),
    (Op::Gt, "slow", "def f(a, b):\n    return a > b\nf('a', 'b')\n"),
    (Op::Ge, "float, float", "def f(a, b):\n    return a >= b\nf(1.5, 2.5)\n"),
    (Op::Ge, "int, int", "def f(a, b):\n    return a >= b\nf(1, 2)\n"),
    (Op::Ge, "slow", "def f(a, b):\n    return a >= b\nf('a', 'b')\n"),
    (Op::Eq, "float, float", "def f(a, b):\n    return a == b\nf(1.5, 2.5)\n"),
    (Op::Eq, "int, int", "def f(a, b):\n    return a == b\nf(1, 2)\n"),
    (Op::Eq, "slow", "def f(a, b):\n    return a == b\nf('a', 2)\n"),
    (Op::Ne, "float, float", "def f(a, b):\n    return a != b\nf(1.5, 2.5)\n"),
    (Op::Ne, "int, int", "def f(a, b):\n    return a != b\nf(1, 2)\n"),
    (Op::Ne, "slow", "def f(a, b):\n    return a != b\nf('a', 2)\n"),
    (Op::Is, "any", "def f(a, b):\n    return a is b\nf(None, 2)\n"),
    (Op::IsNot, "any", "def f(a, b):\n    return a is not b\nf(None, 2)\n"),
    (Op::In, "any", "def f(a, b):\n    return a in b\nf(1, [2])\n"),
    (Op::NotIn, "any", "def f(a, b):\n    return a not in b\nf(1, [2])\n"),
    (Op::Jump, "any", "for i in range(3):\n    pass\n"),
    (Op::TestLt, "float, float", "def f(a, b):\n    if a < b:\n        pass\nf(1.5, 2.5)\n"),
    (Op::TestLt, "int, int", "def f(a, b):\n    if a < b:\n        pass\nf(1, 2)\n"),
    (Op::TestLt, "slow", "def f(a, b):\n    if a < b:\n        pass\nf('a', 'b')\n"),
    (Op::TestLe, "float, float", "def f(a, b):\n    if a <= b:\n        pass\nf(1.5, 2.5)\n"),
    (Op::TestLe, "int, int", "def f(a, b):\n    if a <= b:\n        pass\nf(1, 2)\n"),
    (Op::TestLe, "slow", "def f(a, b):\n    if a <= b:\n        pass\nf('a', 'b')\n"),
    (Op::TestGt, "float, float", "def f(a, b):\n    if a > b:\n        pass\nf(1.5, 2.5)\n"),
    (Op::TestGt, "int, int", "def f(a, b):\n    if a > b:\n        pass\nf(1, 2)\n"),
    (Op::TestGt, "slow", "def f(a, b):\n    if a > b:\n        pass\nf('a', 'b')\n"),
    (Op::TestGe, "float, float", "def f(a, b):\n    if a >= b:\n        pass\nf(1.5, 2.5)\n"),
    (Op::TestGe, "int, int", "def f(a, b):\n    if a >= b:\n        pass\nf(1, 2)\n"),
    (Op::TestGe, "slow", "def f(a, b):\n    if a >= b:\n        pass\nf('a', 'b')\n"),
    (Op::TestEq, "float, float", "def f(a, b):\n    if a == b:\n        pass\nf(1.5, 2.5)\n"),
    (Op::TestEq, "int, int", "def f(a, b):\n    if a == b:\n        pass\nf(1, 2)\n"),
    (Op::TestEq, "slow", "def f(a, b):\n    if a == b:\n        pass\nf('a', 'b')\n"),
    (Op::TestNe, "float, float", "def f(a, b):\n    if a != b:\n        pass\nf(1.5, 2.5)\n"),
    (Op::TestNe, "int, int", "def f(a, b):\n    if a != b:\n        pass\nf(1, 2)\n"),
    (Op::TestNe, "slow", "def f(a, b):\n    if a != b:\n        pass\nf('a', 'b')\n"),
    (Op::JumpIfFalse, "bool", "def f(a):\n    if a is None:\n        pass\nf(1)\n"),
    (Op::JumpIfFalse, "int", "def f(a):\n    if a:\n        pass\nf(1)\n"),
    (Op::JumpIfFalse, "slow", "def f(a):\n    if a:\n        pass\nf('a')\n"),
    (Op::JumpIfTrue, "bool", "def f(a):\n    while a is None:\n        a = 1\nf(None)\n"),
    (Op::JumpIfTrue, "int", "def f(a):\n    while a:\n        a = a - 1\nf(1)\n"),
    (Op::JumpIfTrue, "slow", "def f(a):\n    while a:\n        a = ''\nf('a')\n"),
    (Op::GetIter, "any", "for i in range(3):\n    pass\n"),
    (Op::ForIter, "range, end", "for i in range(300):\n    pass\n"),
    (Op::ForIter, "range → cached", "def f():\n    for i in range(3):\n        return i\nf()\n"),
    (Op::ForIter, "range", "def f():\n    for i in range(1000, 2000):\n        return i\nf()\n"),
    (Op::ForIter, "list", "def f():\n    for i in [1, 2]:\n        return i\nf()\n"),
    (Op::ForIter, "list, end", "def f():\n    for i in [1, 2]:\n        pass\nf()\n"),
    (Op::ForIter, "generic", "def f():\n    for i in (1, 2):\n        return i\nf()\n"),
    (Op::ForIter, "generic, end", "def f():\n    for i in (1, 2):\n        pass\nf()\n"),
    (Op::GetItem, "list, int", "def f(a, i):\n    return a[i]\nf([1.5, 2.5], -1)\n"),
    (Op::GetItem, "tuple, int", "def f(a, i):\n    return a[i]\nf((1.5, 2.5), -1)\n"),
    (Op::GetItem, "array, int", "import numpy as np\ndef f(a, i):\n    return a[i]\nf(np.ones(3), -1)\n"),
    (Op::GetItem, "array, int → row", "import numpy as np\ndef f(a, i):\n    return a[i]\nf(np.ones((3, 2)), -1)\n"),
    (Op::GetItem, "slow", "def f(a, i):\n    return a[i]\nf('ab', -1)\n"),
    (Op::SetItem, "list, int", "def f(a, i):\n    a[i] = 1\nf([1.5, 2.5], -1)\n"),
    (Op::SetItem, "slow", "def f(a, i):\n    a[i] = 1\nf({}, -1)\n"),
    (Op::GetSlice, "any", "x = [1, 2]\ny = x[1:]\n"),
    (Op::SetSlice, "any", "x = [1, 2]\nx[1:] = [3]\n"),
    (Op::BuildSlice, "any", "x = [1, 2]\ndel x[1:]\n"),
    (Op::GetAttr, "any", "import math\nx = math.pi\n"),
    (Op::BuildList, "any", "x = [1, 2]\n"),
    (Op::BuildTuple, "any", "y = 3\nx = (1, y)\n"),
    (Op::BuildDict, "any", "x = {1: 2}\n"),
    (Op::BuildString, "any", "x = 1\ny = f'a{x}'\n"),
    (Op::FormatValue, "any", "x = 1\ny = f'a{x:3}'\n"),
    (Op::UnpackSequence, "any", "x = [1, 2]\na, b = x\n"),
    (Op::UnpackStar, "any", "a, *b = [1, 2]\n"),
    (Op::MakeFunction, "any", "def f():\n    pass\n"),
    (Op::Call, "function", "def f():\n    pass\nf()\n"),
    (Op::Call, "builtin", "len([])\n"),
    (Op::CallKw, "function", "def f(a):\n    pass\nf(a=1)\n"),
    (Op::CallKw, "builtin", "print(1, end='')\n"),
    (Op::CheckMethod, "any", "x = []\ny = 1\nx.append(y)\n"),
    (Op::CallMethod, "any", "x = []\nx.append(1)\n"),
    (Op::CallMethodKw, "any", "import numpy as np\nnp.zeros(shape=3)\n"),
    (Op::Return, "any", "def f():\n    return 1\nx = f()\nf()\nx = f()\n"),
    (Op::DeleteLocal, "any", "def f():\n    x = 1\n    del x\nf()\n"),
    (Op::DeleteGlobal, "any", "x = 1\ndel x\n"),
    (Op::MakeCell, "any", "def f():\n    x = 1\n    return lambda: x\nf()\n"),
    (Op::LoadCell, "any", "def f():\n    x = 1\n    return lambda: x\nf()()\n"),
    (Op::StoreCell, "any", "def f():\n    x = 1\n    return lambda: x\nf()()\n"),
    (Op::DeleteCell, "any", "def f():\n    x = 1\n    g = lambda: x\n    del x\nf()\n"),
    (Op::ImportAll, "any", "from math import *\n"),
    (Op::DeleteItem, "any", "x = [1]\ndel x[0]\n"),
    (Op::SetAttr, "any", "e = ValueError()\ne.x = 1\n"),
    (Op::DeleteAttr, "any", "e = ValueError()\ne.x = 1\ndel e.x\n"),
    (Op::BuildSet, "any", "x = {1, 2}\n"),
    (Op::ListAppend, "any", "x = [i for i in (1, 2)]\n"),
    (Op::ListExtend, "any", "x = [*(1, 2)]\n"),
    (Op::ListToTuple, "any", "x = (*[1, 2],)\n"),
    (Op::SetAdd, "any", "x = {i for i in (1, 2)}\n"),
    (Op::SetUpdate, "any", "x = {*(1, 2)}\n"),
    (Op::DictInsert, "any", "x = {i: i for i in (1, 2)}\n"),
    (Op::DictUpdate, "any", "x = {**{1: 2}}\n"),
    (Op::DictMerge, "any", "x = dict(**{'a': 2})\n"),
    (Op::MakeGenerator, "any", "x = (i for i in (1, 2))\n"),
    (Op::Yield, "any", "x = list(i for i in (1, 2))\n"),
    (Op::CallUnpacked, "function", "def f(a):\n    pass\nf(*[1])\n"),
    (Op::CallUnpacked, "builtin", "len(*[[1]])\n"),
    (Op::Show, "any", "1.5\n"),
    (Op::Raise, "any", "raise ValueError\n"),
    (Op::RaiseAgain, "any", "try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise\n"),
    (Op::Reraise, "any", "try:\n    1 / 0\nfinally:\n    x = 1\n"),
    (Op::MatchException, "any", "try:\n    1 / 0\nexcept ZeroDivisionError:\n    pass\n"),
    (Op::BeginHandling, "any", "try:\n    1 / 0\nexcept ZeroDivisionError:\n    pass\n"),
    (Op::EndHandling, "any", "try:\n    1 / 0\nexcept ZeroDivisionError:\n    pass\n"),
    (Op::Settle, "any", "try:\n    x = 1\nexcept ZeroDivisionError:\n    pass\n"),
    (Op::Mark, "any", "for i in range(3):\n    pass\n"),
    (Op::EnterContext, "any", "with open('/dev/null') as f:\n    pass\n"),
    (Op::ExitContext, "any", "with open('/dev/null') as f:\n    pass\n"),
    (Op::AssertFailed, "any", "assert False\n"),
    (Op::AgainNothing, "any", LOOP),
    (Op::AgainBoundsCheck, "any", LOOP),
    (Op::AgainDereference, "any", LOOP),
    (Op::AgainTypeCheck, "any", LOOP),
    (Op::AgainLoad, "any", LOOP),
    (Op::AgainStore, "any", LOOP),
    (Op::AgainBox, "any", LOOP),
    (Op::AgainReference, "any", LOOP),
    (Op::AgainArithmetic, "any", LOOP),
    (Op::AgainDivision, "any", LOOP),
    (Op::AgainRemainder, "any", LOOP),
    (Op::AgainCounter, "any", LOOP),
    (Op::AgainBranch, "any", LOOP),
    (Op::Stamp, "any", LOOP),
];

/// What is not in code as it is compiled stands before every instruction of this loop.
const LOOP: &str = "for i in [1, 2]:\n    x = i + i\n";

/// A copy of the script's loop with `op` in it.
fn with_again(program: Verified, op: Op) -> Verified {
    let Some(index) = (0..program.main.loops.len()).next() else { return program };
    let place = Place { chunk: &program.main, index };
    let start = place.region().start;
    let operand = |_, instr: Instr| match (op.operands(), flow::read(&program.main, instr).next()) {
        ([Operand::Src, ..], register) => register.map(|register| Instr::new(op, register, 0, 0)),
        ([_, Operand::Target, _], _) => Some(Instr::wide(op, 0, start)),
        // The stamps around the loop are there already.
        _ => (op != Op::Stamp).then(|| Instr::new(op, 0, 0, 0)),
    };
    stamped(&program, place, &operand).expect("a copy")
}

/// Runs a script and returns every executed instruction with what it paid. An exception of the script is no failure.
/// What shows values is an input of a session; marks stand around a loop that is timed.
fn observe(op: Op, script: &str) -> Vec<(Op, Counts)> {
    let source = Source::new("case.toy", script);
    let ast = parse(&source).unwrap_or_else(|errors| panic!("{script}: {errors:?}"));
    let used = if op == Op::Show { Use::Shown } else { Use::Dropped };
    let timed = ast.stmts().find(|stmt| op == Op::Mark && matches!(stmt.kind, StmtKind::For { .. }));
    let session = Session { used, timed: timed.map(|stmt| stmt.span), ..Session::default() };
    let program = compile_input(&ast, &source, &session).unwrap_or_else(|errors| panic!("{script}: {errors:?}"));
    let program = if script == LOOP { with_again(program, op) } else { program };
    let engine = Engine::new(Switches { threads: 1, ..Switches::default() }).expect("this machine runs kernels");
    let mut machine = Machine::new(Runtime::new(Box::new(Captured::default()), engine));
    let probe = Rc::new(RefCell::new(Counting::default()));
    let _ = machine.run(&program, probe.clone());
    probe.take().steps
}

#[test]
fn what_is_observed_is_what_is_declared() {
    let mut failures = Vec::new();
    for (op, path, script) in CASES {
        let declared = op.paths().iter().find(|known| known.name == *path);
        let Some(declared) = declared else {
            failures.push(format!("{} has no path '{path}'", op.name()));
            continue;
        };
        // The module's own end is a `Return` without a caller, the last of all.
        let steps = observe(*op, script);
        let of_op: Vec<Counts> = steps.iter().filter(|(seen, _)| seen == op).map(|(_, counts)| *counts).collect();
        let observed = if *op == Op::Return { of_op.get(of_op.len().wrapping_sub(2)) } else { of_op.last() };
        match observed {
            None => failures.push(format!("{} was not executed by:\n{script}", op.name())),
            Some(observed) if *observed != declared.counts => {
                failures.push(format!("{}, {path}: declared {}, observed {observed}", op.name(), declared.counts))
            }
            Some(_) => {}
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_path_of_every_bytecode_has_a_case() {
    let driven: HashSet<(Op, &str)> = CASES.iter().map(|(op, path, _)| (*op, *path)).collect();
    let operands = [Op::Keywords, Op::Method, Op::Bounds, Op::If, Op::Unless];
    let missing: Vec<String> = Op::ALL
        .iter()
        .filter(|op| !operands.contains(op))
        .flat_map(|op| op.paths().iter().map(move |path| (*op, path.name)))
        .filter(|case| !driven.contains(case))
        .map(|(op, path)| format!("{}, {path}", op.name()))
        .collect();
    assert!(missing.is_empty(), "no case drives: {}", missing.join("; "));
}

#[test]
fn whatever_runs_takes_a_declared_path() {
    let mut failures = HashSet::new();
    for (op, _, script) in CASES {
        let steps = observe(*op, script);
        for (at, (op, counts)) in steps.iter().enumerate() {
            // The last instruction may have raised, or ended the module; what is before a handler has raised.
            let raised = steps.get(at + 1).is_none_or(|(next, _)| *next == Op::BeginHandling);
            if !raised && !op.paths().iter().any(|path| path.counts == *counts) {
                failures.insert(format!("{}: observed {counts} on no declared path, in:\n{script}", op.name()));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.into_iter().collect::<Vec<_>>().join("\n"));
}
