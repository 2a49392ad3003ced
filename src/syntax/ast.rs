//! The abstract syntax tree: nodes in one arena, so that a tree of any depth is dropped without recursion.

use crate::source::Span;

/// Index of an expression in [`Ast::exprs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExprId(pub u32);

/// Index of a statement in [`Ast::stmts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StmtId(pub u32);

/// A parsed module. Children always have smaller ids than their parent.
#[derive(Debug, Default)]
pub struct Ast {
    pub exprs: Vec<Expr>,
    pub stmts: Vec<Stmt>,
    pub body: Vec<StmtId>,
}

#[derive(Debug, Clone)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Debug, Clone)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

/// A name as written, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    pub span: Span,
}

#[derive(Debug, Clone)]
pub enum ExprKind {
    None,
    Bool(bool),
    Ellipsis,
    /// A literal's decimal digits, for integers beyond 64 bits as well.
    Int(String),
    Float(f64),
    Str(String),
    /// An f-string: literal pieces and fields, in order.
    FString(Vec<FStringPart>),
    Name(String),
    List(Vec<ExprId>),
    Tuple(Vec<ExprId>),
    Set(Vec<ExprId>),
    /// `{key: value}`; a key of `None` is `**value`.
    Dict(Vec<(Option<ExprId>, ExprId)>),
    /// `*value` in a call, a display or an assignment target.
    Starred(ExprId),
    Unary {
        op: UnaryOp,
        operand: ExprId,
    },
    Binary {
        op: BinaryOp,
        left: ExprId,
        right: ExprId,
    },
    /// `first op operand op operand …`, at least one pair.
    Compare {
        first: ExprId,
        rest: Vec<(CompareOp, ExprId)>,
    },
    /// `and` and `or`, two operands each; a longer chain is nested to the left.
    Bool2 {
        op: BoolOp,
        left: ExprId,
        right: ExprId,
    },
    /// `then if test else otherwise`
    IfElse {
        test: ExprId,
        then: ExprId,
        otherwise: ExprId,
    },
    Call {
        callee: ExprId,
        args: Vec<Arg>,
    },
    Attribute {
        value: ExprId,
        name: Name,
    },
    Subscript {
        value: ExprId,
        index: ExprId,
    },
    /// `start:stop:step`, only inside a subscript (possibly inside its tuple).
    Slice {
        start: Option<ExprId>,
        stop: Option<ExprId>,
        step: Option<ExprId>,
    },
    Lambda {
        params: Params,
        body: ExprId,
    },
    /// `target := value`
    Walrus {
        target: Name,
        value: ExprId,
    },
    Comprehension {
        kind: ComprehensionKind,
        element: ExprId,
        value: Option<ExprId>,
        clauses: Vec<Clause>,
    },
}

#[derive(Debug, Clone)]
pub enum FStringPart {
    Literal(String),
    /// `{value!conversion:spec}`. With `debug_text` (`{value=}`) and no spec, the conversion is already `r`.
    Field {
        value: ExprId,
        debug_text: Option<String>,
        conversion: Option<char>,
        spec: Vec<FStringPart>,
        /// With its braces.
        span: Span,
    },
}

#[derive(Debug, Clone)]
pub enum Arg {
    Positional(ExprId),
    Keyword(Name, ExprId),
    /// `*value`
    Star(ExprId),
    /// `**value`
    DoubleStar(ExprId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComprehensionKind {
    List,
    Set,
    /// The comprehension's `value` is the dictionary's value, its `element` the key.
    Dict,
    Generator,
}

#[derive(Debug, Clone)]
pub struct Clause {
    pub target: ExprId,
    pub iterable: ExprId,
    pub conditions: Vec<ExprId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    Neg,
    Pos,
    Invert,
    Not,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    TrueDiv,
    FloorDiv,
    Mod,
    Pow,
    MatMul,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
    Is,
    IsNot,
    In,
    NotIn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BoolOp {
    And,
    Or,
}

#[derive(Debug, Clone, Default)]
pub struct Params {
    /// Positional parameters in order; those before `positional_only` accept no keyword.
    pub positional: Vec<Param>,
    pub positional_only: usize,
    /// `*args`
    pub star: Option<Name>,
    pub star_annotation: Option<ExprId>,
    pub keyword_only: Vec<Param>,
    /// `**kwargs`
    pub double_star: Option<Name>,
    pub double_star_annotation: Option<ExprId>,
}

#[derive(Debug, Clone)]
pub struct Param {
    pub name: Name,
    pub annotation: Option<ExprId>,
    pub default: Option<ExprId>,
}

#[derive(Debug, Clone)]
pub enum StmtKind {
    Expr(ExprId),
    /// `targets[0] = targets[1] = … = value`
    Assign {
        targets: Vec<ExprId>,
        value: ExprId,
    },
    AugAssign {
        op: BinaryOp,
        target: ExprId,
        value: ExprId,
    },
    AnnAssign {
        target: ExprId,
        annotation: ExprId,
        value: Option<ExprId>,
    },
    If {
        test: ExprId,
        then: Vec<StmtId>,
        otherwise: Vec<StmtId>,
    },
    While {
        test: ExprId,
        body: Vec<StmtId>,
        otherwise: Vec<StmtId>,
    },
    For {
        target: ExprId,
        iterable: ExprId,
        body: Vec<StmtId>,
        otherwise: Vec<StmtId>,
    },
    Break,
    Continue,
    Pass,
    Return(Option<ExprId>),
    Def {
        name: Name,
        params: Params,
        returns: Option<ExprId>,
        body: Vec<StmtId>,
    },
    Global(Vec<Name>),
    Nonlocal(Vec<Name>),
    Assert {
        test: ExprId,
        message: Option<ExprId>,
    },
    Del(Vec<ExprId>),
    /// `import module as alias, …`
    Import(Vec<(Name, Option<Name>)>),
    /// `from module import name as alias, …`; no names is `*`.
    FromImport {
        module: Name,
        names: Vec<(Name, Option<Name>)>,
    },
    Raise {
        exception: Option<ExprId>,
        cause: Option<ExprId>,
    },
    Try {
        body: Vec<StmtId>,
        handlers: Vec<Handler>,
        otherwise: Vec<StmtId>,
        finally: Vec<StmtId>,
    },
    With {
        items: Vec<(ExprId, Option<ExprId>)>,
        body: Vec<StmtId>,
    },
}

#[derive(Debug, Clone)]
pub struct Handler {
    pub span: Span,
    pub exception: Option<ExprId>,
    pub name: Option<Name>,
    pub body: Vec<StmtId>,
}

impl Ast {
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }

    pub fn stmt(&self, id: StmtId) -> &Stmt {
        &self.stmts[id.0 as usize]
    }

    /// All statements, those inside of others before these.
    pub fn stmts(&self) -> impl Iterator<Item = &Stmt> {
        self.stmts.iter()
    }

    /// The places of all strings.
    pub fn strings(&self) -> impl Iterator<Item = Span> {
        let is_string = |expr: &&Expr| matches!(expr.kind, ExprKind::Str(_) | ExprKind::FString(_));
        self.exprs.iter().filter(is_string).map(|expr| expr.span)
    }

    pub fn add_expr(&mut self, kind: ExprKind, span: Span) -> ExprId {
        self.exprs.push(Expr { kind, span });
        ExprId(self.exprs.len() as u32 - 1)
    }

    pub fn add_stmt(&mut self, kind: StmtKind, span: Span) -> StmtId {
        self.stmts.push(Stmt { kind, span });
        StmtId(self.stmts.len() as u32 - 1)
    }
}
