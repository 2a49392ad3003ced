//! The operations of array expressions, each declared once: name in the IR, NumPy's ufunc, meaning.

use std::fmt;

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $ir:literal $ufunc:literal $meaning:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $(#[doc = $meaning] $variant,)* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// Its name in printed IR.
            pub const fn name(self) -> &'static str {
                match self { $($name::$variant => $ir,)* }
            }

            /// NumPy's name, as its error messages use it.
            pub const fn ufunc(self) -> &'static str {
                match self { $($name::$variant => $ufunc,)* }
            }

            /// What it does, in transfer notation.
            pub const fn meaning(self) -> &'static str {
                match self { $($name::$variant => $meaning,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

vocabulary! {
    /// One operand, elementwise.
    UnaryOp {
        Neg "neg" "negative" "(x -- -x)",
        Pos "pos" "positive" "(x -- x)",
        Abs "abs" "absolute" "(x -- |x|)",
        Sqrt "sqrt" "sqrt" "(x -- the correctly rounded square root)",
        Square "square" "square" "(x -- x*x)",
        Floor "floor" "floor" "(x -- the largest integer not above x)",
        Ceil "ceil" "ceil" "(x -- the smallest integer not below x)",
        Trunc "trunc" "trunc" "(x -- x without its fraction)",
        Rint "rint" "rint" "(x -- the nearest integer, ties to even)",
        Not "not" "logical_not" "(x -- x == 0)",
        Invert "invert" "invert" "(x -- every bit flipped; of a bool, its negation)",
    }
}

vocabulary! {
    /// Two operands, elementwise.
    BinaryOp {
        Add "add" "add" "(x y -- x + y); integers wrap",
        Sub "sub" "subtract" "(x y -- x - y); integers wrap",
        Mul "mul" "multiply" "(x y -- x * y); integers wrap",
        TrueDiv "div" "divide" "(x y -- x / y), always of floats",
        FloorDiv "floordiv" "floor_divide" "(x y -- floor(x / y)); an integer by zero is 0",
        Mod "mod" "remainder" "(x y -- x - floor(x / y) * y), with the sign of y; an integer by zero is 0",
        Minimum "min" "minimum" "(x y -- x if x < y or x is NaN, else y)",
        Maximum "max" "maximum" "(x y -- x if x > y or x is NaN, else y)",
        And "and" "bitwise_and" "(x y -- x & y)",
        Or "or" "bitwise_or" "(x y -- x | y)",
        Xor "xor" "bitwise_xor" "(x y -- x ^ y)",
        Lt "lt" "less" "(x y -- x < y)",
        Le "le" "less_equal" "(x y -- x <= y)",
        Gt "gt" "greater" "(x y -- x > y)",
        Ge "ge" "greater_equal" "(x y -- x >= y)",
        Eq "eq" "equal" "(x y -- x == y)",
        Ne "ne" "not_equal" "(x y -- x != y)",
    }
}

vocabulary! {
    /// Many elements to one, in the fixed order of [`super::order`].
    ReduceOp {
        Sum "sum" "add" "(x … -- their sum), from 0; integers wrap",
        Mean "mean" "mean" "(x … -- their sum divided by their number)",
        Prod "prod" "multiply" "(x … -- their product), from 1; integers wrap",
        Min "min" "minimum" "(x … -- the smallest), NaN if any is NaN",
        Max "max" "maximum" "(x … -- the largest), NaN if any is NaN",
        Any "any" "logical_or" "(x … -- whether any is not zero)",
        All "all" "logical_and" "(x … -- whether none is zero)",
    }
}

impl BinaryOp {
    /// Whether the result is bool whatever the operands are.
    pub const fn is_comparison(self) -> bool {
        use BinaryOp::*;
        match self {
            Lt | Le | Gt | Ge | Eq | Ne => true,
            Add | Sub | Mul | TrueDiv | FloorDiv | Mod | Minimum | Maximum | And | Or | Xor => false,
        }
    }
}
