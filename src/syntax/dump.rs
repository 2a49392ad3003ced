//! Tokens and trees as text, for `--emit tokens` and `--emit ast`: one token or node in a line, with its place.

use std::fmt::Write;

use super::{ast::*, token::Token};
use crate::source::{Source, Span};

/// Nodes deeper than this are left out, and the place says so: a tree may be as deep as its text is long.
const MAX_DEPTH: usize = 120;

/// One token in a line: `line:column kind text`.
pub fn dump_tokens(tokens: &[(Token, Span)], source: &Source) -> String {
    let mut out = String::new();
    for (token, span) in tokens {
        let place = format!("{}:{}", source.line(span.start), source.column(span.start));
        let kind = format!("{token:?}");
        let line = match source.slice(*span) {
            "" => format!("{place:<8}{kind}"),
            text => format!("{place:<8}{kind:<16}{text:?}"),
        };
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// One node in a line, children indented below their parent: `role: Kind detail  line:column-line:column`.
pub fn dump_ast(ast: &Ast, source: &Source) -> String {
    let mut dump = Dump { ast, source, out: String::new() };
    dump.out.push_str("Module\n");
    dump.stmts(1, "", &ast.body);
    dump.out
}

struct Dump<'a> {
    ast: &'a Ast,
    source: &'a Source,
    out: String,
}

impl Dump<'_> {
    fn line(&mut self, depth: usize, role: &str, what: &str) {
        let colon = if role.is_empty() { "" } else { ": " };
        let _ = writeln!(self.out, "{:indent$}{role}{colon}{what}", "", indent = 2 * depth);
    }

    fn node(&mut self, depth: usize, role: &str, what: &str, span: Span) {
        let place = |offset| format!("{}:{}", self.source.line(offset), self.source.column(offset));
        let what = format!("{what}  {}-{}", place(span.start), place(span.end));
        self.line(depth, role, &what);
    }

    fn stmts(&mut self, depth: usize, role: &str, stmts: &[StmtId]) {
        if stmts.is_empty() {
            return;
        }
        let mut depth = depth;
        if !role.is_empty() {
            self.line(depth, "", &format!("{role}:"));
            depth += 1;
        }
        for stmt in stmts {
            self.stmt(depth, *stmt);
        }
    }

    fn stmt(&mut self, depth: usize, id: StmtId) {
        if depth > MAX_DEPTH {
            return self.line(depth, "", "…");
        }
        let Stmt { kind, span } = self.ast.stmt(id);
        let below = depth + 1;
        match kind {
            StmtKind::Expr(value) => {
                self.node(depth, "", "Expr", *span);
                self.expr(below, "", *value);
            }
            StmtKind::Assign { targets, value } => {
                self.node(depth, "", "Assign", *span);
                self.exprs(below, "target", targets);
                self.expr(below, "value", *value);
            }
            StmtKind::AugAssign { op, target, value } => {
                self.node(depth, "", &format!("AugAssign {op:?}"), *span);
                self.expr(below, "target", *target);
                self.expr(below, "value", *value);
            }
            StmtKind::AnnAssign { target, annotation, value } => {
                self.node(depth, "", "AnnAssign", *span);
                self.expr(below, "target", *target);
                self.expr(below, "annotation", *annotation);
                self.maybe(below, "value", *value);
            }
            StmtKind::If { test, then, otherwise } => {
                self.node(depth, "", "If", *span);
                self.expr(below, "test", *test);
                self.stmts(below, "then", then);
                self.stmts(below, "else", otherwise);
            }
            StmtKind::While { test, body, otherwise } => {
                self.node(depth, "", "While", *span);
                self.expr(below, "test", *test);
                self.stmts(below, "body", body);
                self.stmts(below, "else", otherwise);
            }
            StmtKind::For { target, iterable, body, otherwise } => {
                self.node(depth, "", "For", *span);
                self.expr(below, "target", *target);
                self.expr(below, "iterable", *iterable);
                self.stmts(below, "body", body);
                self.stmts(below, "else", otherwise);
            }
            StmtKind::Break => self.node(depth, "", "Break", *span),
            StmtKind::Continue => self.node(depth, "", "Continue", *span),
            StmtKind::Pass => self.node(depth, "", "Pass", *span),
            StmtKind::Return(value) => {
                self.node(depth, "", "Return", *span);
                self.maybe(below, "", *value);
            }
            StmtKind::Def { name, params, returns, body } => {
                self.node(depth, "", &format!("Def {}", name.text), *span);
                self.params(below, params);
                self.maybe(below, "returns", *returns);
                self.stmts(below, "body", body);
            }
            StmtKind::Global(names) => self.node(depth, "", &format!("Global {}", list(names)), *span),
            StmtKind::Nonlocal(names) => self.node(depth, "", &format!("Nonlocal {}", list(names)), *span),
            StmtKind::Assert { test, message } => {
                self.node(depth, "", "Assert", *span);
                self.expr(below, "test", *test);
                self.maybe(below, "message", *message);
            }
            StmtKind::Del(targets) => {
                self.node(depth, "", "Del", *span);
                self.exprs(below, "target", targets);
            }
            StmtKind::Import(names) => self.node(depth, "", &format!("Import {}", aliased(names)), *span),
            StmtKind::FromImport { module, names } => {
                let names = if names.is_empty() { "*".into() } else { aliased(names) };
                self.node(depth, "", &format!("FromImport {}: {names}", module.text), *span);
            }
            StmtKind::Raise { exception, cause } => {
                self.node(depth, "", "Raise", *span);
                self.maybe(below, "exception", *exception);
                self.maybe(below, "cause", *cause);
            }
            StmtKind::Try { body, handlers, otherwise, finally } => {
                self.node(depth, "", "Try", *span);
                self.stmts(below, "body", body);
                for handler in handlers {
                    let name = handler.name.as_ref().map_or(String::new(), |name| format!(" as {}", name.text));
                    self.node(below, "", &format!("except{name}"), handler.span);
                    self.maybe(below + 1, "exception", handler.exception);
                    self.stmts(below + 1, "body", &handler.body);
                }
                self.stmts(below, "else", otherwise);
                self.stmts(below, "finally", finally);
            }
            StmtKind::With { items, body } => {
                self.node(depth, "", "With", *span);
                for (value, target) in items {
                    self.expr(below, "value", *value);
                    self.maybe(below, "target", *target);
                }
                self.stmts(below, "body", body);
            }
        }
    }

    fn params(&mut self, depth: usize, params: &Params) {
        let one = |dump: &mut Self, param: &Param| {
            dump.line(depth, "param", &param.name.text);
            dump.maybe(depth + 1, "annotation", param.annotation);
            dump.maybe(depth + 1, "default", param.default);
        };
        for (at, param) in params.positional.iter().enumerate() {
            one(self, param);
            if at + 1 == params.positional_only {
                self.line(depth, "param", "/");
            }
        }
        match &params.star {
            Some(name) => {
                self.line(depth, "param", &format!("*{}", name.text));
                self.maybe(depth + 1, "annotation", params.star_annotation);
            }
            None if !params.keyword_only.is_empty() => self.line(depth, "param", "*"),
            None => {}
        }
        for param in &params.keyword_only {
            one(self, param);
        }
        if let Some(name) = &params.double_star {
            self.line(depth, "param", &format!("**{}", name.text));
            self.maybe(depth + 1, "annotation", params.double_star_annotation);
        }
    }

    fn exprs(&mut self, depth: usize, role: &str, ids: &[ExprId]) {
        for id in ids {
            self.expr(depth, role, *id);
        }
    }

    fn maybe(&mut self, depth: usize, role: &str, id: Option<ExprId>) {
        if let Some(id) = id {
            self.expr(depth, role, id);
        }
    }

    fn expr(&mut self, depth: usize, role: &str, id: ExprId) {
        if depth > MAX_DEPTH {
            return self.line(depth, role, "…");
        }
        let Expr { kind, span } = self.ast.expr(id);
        let below = depth + 1;
        self.node(depth, role, &head(kind), *span);
        match kind {
            ExprKind::None
            | ExprKind::Bool(_)
            | ExprKind::Ellipsis
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Name(_) => {}
            ExprKind::FString(parts) => self.fstring(below, parts),
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => self.exprs(below, "", items),
            ExprKind::Dict(pairs) => {
                for (key, value) in pairs {
                    self.maybe(below, "key", *key);
                    self.expr(below, if key.is_some() { "value" } else { "**" }, *value);
                }
            }
            ExprKind::Starred(value) => self.expr(below, "", *value),
            ExprKind::Unary { operand, .. } => self.expr(below, "", *operand),
            ExprKind::Binary { left, right, .. } | ExprKind::Bool2 { left, right, .. } => {
                self.expr(below, "", *left);
                self.expr(below, "", *right);
            }
            ExprKind::Compare { first, rest } => {
                self.expr(below, "", *first);
                for (op, operand) in rest {
                    self.expr(below, &format!("{op:?}"), *operand);
                }
            }
            ExprKind::IfElse { test, then, otherwise } => {
                self.expr(below, "test", *test);
                self.expr(below, "then", *then);
                self.expr(below, "else", *otherwise);
            }
            ExprKind::Call { callee, args } => {
                self.expr(below, "callee", *callee);
                for arg in args {
                    match arg {
                        Arg::Positional(value) => self.expr(below, "arg", *value),
                        Arg::Keyword(name, value) => self.expr(below, &format!("{}=", name.text), *value),
                        Arg::Star(value) => self.expr(below, "*", *value),
                        Arg::DoubleStar(value) => self.expr(below, "**", *value),
                    }
                }
            }
            ExprKind::Attribute { value, .. } => self.expr(below, "value", *value),
            ExprKind::Subscript { value, index } => {
                self.expr(below, "value", *value);
                self.expr(below, "index", *index);
            }
            ExprKind::Slice { start, stop, step } => {
                self.maybe(below, "start", *start);
                self.maybe(below, "stop", *stop);
                self.maybe(below, "step", *step);
            }
            ExprKind::Lambda { params, body } => {
                self.params(below, params);
                self.expr(below, "body", *body);
            }
            ExprKind::Walrus { value, .. } => self.expr(below, "value", *value),
            ExprKind::Comprehension { element, value, clauses, .. } => {
                self.expr(below, if value.is_some() { "key" } else { "element" }, *element);
                self.maybe(below, "value", *value);
                for clause in clauses {
                    self.expr(below, "for", clause.target);
                    self.expr(below, "in", clause.iterable);
                    self.exprs(below, "if", &clause.conditions);
                }
            }
        }
    }

    fn fstring(&mut self, depth: usize, parts: &[FStringPart]) {
        for part in parts {
            match part {
                FStringPart::Literal(text) => self.line(depth, "text", &format!("{text:?}")),
                FStringPart::Field { value, debug_text, conversion, spec, .. } => {
                    let debug = debug_text.as_ref().map_or(String::new(), |text| format!(" {text:?}"));
                    let conversion = conversion.map_or(String::new(), |letter| format!(" !{letter}"));
                    self.line(depth, "", &format!("Field{debug}{conversion}"));
                    self.expr(depth + 1, "value", *value);
                    if !spec.is_empty() {
                        self.line(depth + 1, "", "spec:");
                        self.fstring(depth + 2, spec);
                    }
                }
            }
        }
    }
}

/// A node's kind, and what it says of itself.
fn head(kind: &ExprKind) -> String {
    match kind {
        ExprKind::None => "None".into(),
        ExprKind::Bool(value) => if *value { "True" } else { "False" }.into(),
        ExprKind::Ellipsis => "Ellipsis".into(),
        ExprKind::Int(digits) => format!("Int {digits}"),
        ExprKind::Float(value) => format!("Float {value:?}"),
        ExprKind::Str(text) => format!("Str {text:?}"),
        ExprKind::FString(_) => "FString".into(),
        ExprKind::Name(name) => format!("Name {name}"),
        ExprKind::List(_) => "List".into(),
        ExprKind::Tuple(_) => "Tuple".into(),
        ExprKind::Set(_) => "Set".into(),
        ExprKind::Dict(_) => "Dict".into(),
        ExprKind::Starred(_) => "Starred".into(),
        ExprKind::Unary { op, .. } => format!("Unary {op:?}"),
        ExprKind::Binary { op, .. } => format!("Binary {op:?}"),
        ExprKind::Compare { .. } => "Compare".into(),
        ExprKind::Bool2 { op, .. } => format!("Bool2 {op:?}"),
        ExprKind::IfElse { .. } => "IfElse".into(),
        ExprKind::Call { .. } => "Call".into(),
        ExprKind::Attribute { name, .. } => format!("Attribute {}", name.text),
        ExprKind::Subscript { .. } => "Subscript".into(),
        ExprKind::Slice { .. } => "Slice".into(),
        ExprKind::Lambda { .. } => "Lambda".into(),
        ExprKind::Walrus { target, .. } => format!("Walrus {}", target.text),
        ExprKind::Comprehension { kind, .. } => format!("Comprehension {kind:?}"),
    }
}

fn list(names: &[Name]) -> String {
    names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(", ")
}

fn aliased(names: &[(Name, Option<Name>)]) -> String {
    let one = |(name, alias): &(Name, Option<Name>)| match alias {
        Some(alias) => format!("{} as {}", name.text, alias.text),
        None => name.text.clone(),
    };
    names.iter().map(one).collect::<Vec<_>>().join(", ")
}
