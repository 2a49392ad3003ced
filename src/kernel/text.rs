//! A kernel as a human would write it: one expression of Python, and what its names stand for.
//!
//! An FMA is written as the product and sum that it is; the printed IR tells them apart.

use super::ir::{Kernel, NodeId, Op, Root, Term};
use super::lower::{Operand, Task};
use super::op::{BinaryOp, UnaryOp};
use crate::array::DType;
use crate::array::format::scalar_str;

/// What `task` computes: `mean((in0 - in1) * in2)`. A value that several operations use is named before:
/// `t0 = in0 - in1; sum(t0 * t0)`.
pub fn expression(task: &Task) -> String {
    let mut writer = Writer::new(&task.kernel);
    for (id, node) in task.kernel.iter() {
        writer.node(id, node.op, node.dtype);
    }
    let value = match task.kernel.root {
        Root::Store(x) => writer.operand(x, Precedence::Comparison),
        Root::Reduce(op, term) => {
            let term = match term {
                Term::Value(x) => writer.operand(x, Precedence::Comparison),
                Term::Product(a, b) => writer.product(a, b),
            };
            format!("{op}({term}{})", axis(task.reduced.as_deref().unwrap_or_default()))
        }
    };
    writer.named.push(value);
    writer.named.join("; ")
}

/// The operands in the kernel's order: `in0: float64[8]`, and with its value what is one number: `in1: float64 = 0.5`.
pub fn operands(task: &Task) -> Vec<String> {
    let operand = |(index, operand): (usize, &Operand)| match operand {
        Operand::Array(leaf) => format!("in{index}: {}", array(leaf.dtype(), leaf.shape())),
        Operand::Scalar(_, scalar) => format!("in{index}: {} = {}", scalar.dtype(), scalar_str(*scalar)),
    };
    task.operands.iter().enumerate().map(operand).collect()
}

/// An array of this dtype and shape: `float64[3, 4]`, or `float64` alone where there are no dimensions.
pub fn array(dtype: DType, shape: &[usize]) -> String {
    match shape {
        [] => dtype.to_string(),
        shape => format!("{dtype}[{}]", list(shape)),
    }
}

fn list(numbers: &[usize]) -> String {
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

/// How a reduction names its axes; not at all if they are all.
fn axis(reduced: &[bool]) -> String {
    let axes: Vec<usize> = (0..reduced.len()).filter(|axis| reduced[*axis]).collect();
    match &axes[..] {
        axes if axes.len() == reduced.len() => String::new(),
        [axis] => format!(", axis={axis}"),
        axes => format!(", axis=({})", list(axes)),
    }
}

/// How strongly Python binds an operator's operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Precedence {
    Comparison,
    BitOr,
    BitXor,
    BitAnd,
    Sum,
    Product,
    Sign,
    Atom,
}

use Precedence::*;

struct Writer {
    /// How often each node is used by what the result needs.
    uses: Vec<usize>,
    values: Vec<(String, Precedence)>,
    /// `t0 = …`, in order.
    named: Vec<String>,
    /// The operand of each node that is a negation.
    negated: Vec<Option<NodeId>>,
}

impl Writer {
    fn new(kernel: &Kernel) -> Writer {
        let mut uses = vec![0; kernel.nodes.len()];
        kernel.root.operands(|id| uses[id.index()] += 1);
        for (id, node) in kernel.iter().rev() {
            if uses[id.index()] > 0 {
                node.op.operands(|operand| uses[operand.index()] += 1);
            }
        }
        let negated = |op| match op {
            Op::Unary(UnaryOp::Neg, x) => Some(x),
            Op::Load(_) | Op::Cast(_) | Op::Unary(..) | Op::Binary(..) | Op::Fma(..) | Op::Select(..) => None,
        };
        let negated = kernel.nodes.iter().map(|node| negated(node.op)).collect();
        Writer { uses, values: Vec::new(), named: Vec::new(), negated }
    }

    fn node(&mut self, id: NodeId, op: Op, dtype: DType) {
        let any = Comparison;
        let (text, precedence) = match op {
            _ if self.uses[id.index()] == 0 => (String::new(), Atom),
            Op::Load(input) => (input.to_string(), Atom),
            Op::Cast(x) => (format!("{dtype}({})", self.operand(x, any)), Atom),
            Op::Unary(op, x) => match sign(op) {
                Some(sign) => (format!("{sign}{}", self.operand(x, Atom)), Sign),
                None => (format!("{}({})", function(op), self.operand(x, any)), Atom),
            },
            Op::Binary(op, a, b) => match operator(op) {
                Some((operator, precedence)) => (self.infix(operator, precedence, a, b), precedence),
                None => (format!("{}({}, {})", op.ufunc(), self.operand(a, any), self.operand(b, any)), Atom),
            },
            Op::Fma(a, b, c) => (self.fma(a, b, c), Sum),
            Op::Select(c, a, b) => {
                let [c, a, b] = [c, a, b].map(|x| self.operand(x, any));
                (format!("where({c}, {a}, {b})"), Atom)
            }
        };
        if self.uses[id.index()] > 1 && !matches!(op, Op::Load(_)) {
            let name = format!("t{}", self.named.len());
            self.named.push(format!("{name} = {text}"));
            self.values.push((name, Atom));
        } else {
            self.values.push((text, precedence));
        }
    }

    /// A value where Python wants an operand that binds at least so strongly.
    fn operand(&self, id: NodeId, least: Precedence) -> String {
        let (text, precedence) = &self.values[id.index()];
        if *precedence < least { format!("({text})") } else { text.clone() }
    }

    fn infix(&self, operator: &str, precedence: Precedence, a: NodeId, b: NodeId) -> String {
        // Comparisons chain in Python: neither operand may be one.
        let left = if precedence == Comparison { BitOr } else { precedence };
        format!("{} {operator} {}", self.operand(a, left), self.operand(b, precedence.tighter()))
    }

    fn product(&self, a: NodeId, b: NodeId) -> String {
        self.infix("*", Product, a, b)
    }

    /// `a * b + c`, or the subtraction that lowering made an addition of something negated.
    fn fma(&self, a: NodeId, b: NodeId, c: NodeId) -> String {
        let negated = |id: NodeId| self.negated[id.index()].filter(|_| self.uses[id.index()] == 1);
        match (negated(a), negated(c)) {
            (_, Some(c)) => format!("{} - {}", self.product(a, b), self.operand(c, Product)),
            (Some(a), None) => format!("{} - {}", self.operand(c, Sum), self.product(a, b)),
            (None, None) => format!("{} + {}", self.product(a, b), self.operand(c, Product)),
        }
    }
}

impl Precedence {
    /// What a right operand has to have beside an operator of this precedence.
    fn tighter(self) -> Precedence {
        match self {
            Comparison => BitOr,
            BitOr => BitXor,
            BitXor => BitAnd,
            BitAnd => Sum,
            Sum => Product,
            Product => Sign,
            Sign | Atom => Atom,
        }
    }
}

fn sign(op: UnaryOp) -> Option<&'static str> {
    match op {
        UnaryOp::Neg => Some("-"),
        UnaryOp::Pos => Some("+"),
        UnaryOp::Not | UnaryOp::Invert => Some("~"),
        UnaryOp::Abs
        | UnaryOp::Sqrt
        | UnaryOp::Square
        | UnaryOp::Floor
        | UnaryOp::Ceil
        | UnaryOp::Trunc
        | UnaryOp::Rint => None,
    }
}

fn function(op: UnaryOp) -> &'static str {
    if op == UnaryOp::Abs { "abs" } else { op.ufunc() }
}

fn operator(op: BinaryOp) -> Option<(&'static str, Precedence)> {
    Some(match op {
        BinaryOp::Add => ("+", Sum),
        BinaryOp::Sub => ("-", Sum),
        BinaryOp::Mul => ("*", Product),
        BinaryOp::TrueDiv => ("/", Product),
        BinaryOp::FloorDiv => ("//", Product),
        BinaryOp::Mod => ("%", Product),
        BinaryOp::And => ("&", BitAnd),
        BinaryOp::Or => ("|", BitOr),
        BinaryOp::Xor => ("^", BitXor),
        BinaryOp::Lt => ("<", Comparison),
        BinaryOp::Le => ("<=", Comparison),
        BinaryOp::Gt => (">", Comparison),
        BinaryOp::Ge => (">=", Comparison),
        BinaryOp::Eq => ("==", Comparison),
        BinaryOp::Ne => ("!=", Comparison),
        BinaryOp::Minimum | BinaryOp::Maximum => return None,
    })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::array::{Array, ArrayError};
    use crate::kernel::lower::{Options, lower};
    use crate::kernel::{BinaryOp as B, Expr, ReduceOp as R, UnaryOp as U};

    fn vector(dtype: DType) -> Expr {
        Expr::leaf(Array::zeros(dtype, &[8]).expect("a small array"))
    }

    fn binary(op: B, a: &Expr, b: &Expr) -> Expr {
        Expr::binary(op, a, b).expect("the operands fit")
    }

    fn reduce(op: R, x: &Expr, axes: Option<Vec<usize>>) -> Expr {
        Expr::reduce(op, x, axes, false).expect("there are elements")
    }

    fn task(expr: &Expr) -> Task {
        let options = Options { fma: true, fuse: true };
        lower(expr, options, &mut |_| Err(ArrayError::value("more than one kernel"))).expect("one kernel")
    }

    fn check(expr: &Expr, expected: Expect) {
        let task = task(expr);
        expected.assert_eq(&format!("{}\n{}\n", expression(&task), operands(&task).join("\n")));
    }

    #[test]
    fn the_gradient_reads_like_its_source() {
        let [y_pred, y, x] = [0; 3].map(|_| vector(DType::Float64));
        let product = binary(B::Mul, &binary(B::Sub, &y_pred, &y), &x);
        check(
            &reduce(R::Mean, &product, None),
            expect![[r#"
                mean((in0 - in1) * in2)
                in0: float64[8]
                in1: float64[8]
                in2: float64[8]
            "#]],
        );
    }

    #[test]
    fn scalars_have_values_and_casts_are_shown() {
        let half = binary(B::Mul, &vector(DType::Float32), &Expr::weak_float(0.5));
        let sum = binary(B::Add, &half, &Expr::constant(crate::array::Scalar::Float64(1e300)));
        check(
            &sum,
            expect![[r#"
                float64(in0 * in1) + in2
                in0: float32[8]
                in1: float32 = 0.5
                in2: float64 = 1e+300
            "#]],
        );
    }

    #[test]
    fn contracted_products_are_written_as_they_were() {
        let [a, b, c] = [0; 3].map(|_| vector(DType::Float64));
        let product = binary(B::Mul, &a, &b);
        let all = [
            binary(B::Add, &product, &c),
            binary(B::Sub, &product, &c),
            binary(B::Sub, &c, &product),
            binary(B::Sub, &product, &binary(B::Sub, &c, &a)),
        ];
        let text: Vec<String> = all.iter().map(|expr| expression(&task(expr))).collect();
        expect![[r#"
            in0 * in1 + in2
            in0 * in1 - in2
            in0 - in1 * in2
            in0 * in1 - (in2 - in0)"#]]
        .assert_eq(&text.join("\n"));
    }

    #[test]
    fn parentheses_stand_where_python_needs_them() {
        let [a, b, c] = [0; 3].map(|_| vector(DType::Int64));
        let less = binary(B::Lt, &binary(B::Sub, &a, &binary(B::Sub, &b, &c)), &c);
        let masked = binary(B::And, &less, &binary(B::Ne, &a, &Expr::weak_int(3)));
        let negative = Expr::unary(U::Neg, &binary(B::Mod, &a, &binary(B::Maximum, &b, &c))).expect("of integers");
        let not = Expr::unary(U::Not, &masked).expect("of bools");
        check(
            &Expr::select(&not, &negative, &Expr::unary(U::Abs, &b).expect("of integers")).expect("shapes agree"),
            expect![[r#"
                where(~((in0 - (in1 - in2) < in2) & (in0 != in3)), -(in0 % maximum(in1, in2)), abs(in1))
                in0: int64[8]
                in1: int64[8]
                in2: int64[8]
                in3: int64 = 3
            "#]],
        );
    }

    #[test]
    fn what_is_used_twice_is_named_so_that_text_stays_short() {
        let mut x = binary(B::Sub, &vector(DType::Float64), &Expr::weak_float(0.5));
        for _ in 0..3 {
            x = binary(B::Mul, &x, &x);
        }
        check(
            &reduce(R::Sum, &x, None),
            expect![[r#"
                t0 = in0 - in1; t1 = t0 * t0; t2 = t1 * t1; sum(t2 * t2)
                in0: float64[8]
                in1: float64 = 0.5
            "#]],
        );
    }

    #[test]
    fn axes_are_named_unless_they_are_all() {
        let cube = Expr::leaf(Array::zeros(DType::Bool, &[2, 3, 4]).expect("a small array"));
        let text = |axes| {
            let task = task(&reduce(R::Any, &cube, axes));
            format!("{} -> {}", expression(&task), array(task.kernel.dtype(), &task.shape))
        };
        expect![[r#"
            any(in0) -> bool
            any(in0, axis=1) -> bool[2, 4]
            any(in0, axis=(0, 2)) -> bool[3]"#]]
        .assert_eq(&[text(None), text(Some(vec![1])), text(Some(vec![0, 2]))].join("\n"));
    }
}
