//! What the grammar's actions call to make nodes. Rules of Python that an LR(1) grammar cannot express are
//! checked here and in `check`; what breaks them is collected, and the tree is complete all the same.

use std::collections::BTreeMap;

use super::ast::*;
use crate::{
    diagnostic::{Diagnostic, ErrorKind},
    source::{Source, Span},
};

/// What stands between parentheses: a value, or an item of a `with` statement.
pub enum Element {
    Value(ExprId),
    As(ExprId, ExprId),
}

/// What stands between braces.
pub enum Item {
    Element(ExprId),
    Pair(ExprId, ExprId),
    DoubleStar(ExprId),
}

/// An argument of a call, in any order; the keyword is not yet known to be a name.
pub enum Operand {
    Plain(ExprId),
    /// What begins at `l`, without parentheses if it is a name.
    Keyword {
        l: u32,
        name: ExprId,
        value: ExprId,
    },
    Star(ExprId),
    DoubleStar(ExprId),
    Generator(ExprId),
}

/// A parameter of a function, in any order.
pub enum Parameter {
    Plain(Param),
    Slash(Span),
    Star(Span),
    StarName(Name, Option<ExprId>),
    DoubleStar(Name, Option<ExprId>),
}

/// The items of a comma-separated list, and whether it ends in a comma.
pub type Listed<T> = (Vec<T>, bool);

type WithItem = (ExprId, Option<ExprId>);

pub struct Builder<'s> {
    pub(super) source: &'s Source,
    pub(super) ast: Ast,
    pub(super) errors: Vec<Diagnostic>,
    /// Parentheses that hold `value as target`, until the `with` statement that they belong to is built.
    with_items: BTreeMap<ExprId, Vec<WithItem>>,
}

impl<'s> Builder<'s> {
    pub(super) fn new(source: &'s Source) -> Builder<'s> {
        Builder { source, ast: Ast::default(), errors: Vec::new(), with_items: BTreeMap::new() }
    }

    /// The tree, and what is wrong with it.
    pub(super) fn finish(mut self, body: Vec<StmtId>) -> (Ast, Vec<Diagnostic>) {
        for id in std::mem::take(&mut self.with_items).into_keys() {
            self.error(self.ast.expr(id).span, "invalid syntax");
        }
        self.ast.body = body;
        (self.ast, self.errors)
    }

    pub fn span(&self, l: u32, r: u32) -> Span {
        Span { start: l, end: r.max(l) }
    }

    pub(super) fn error(&mut self, span: Span, message: impl Into<String>) {
        self.errors.push(Diagnostic::new(ErrorKind::SyntaxError, span, message));
    }

    pub fn expr(&mut self, kind: ExprKind, l: u32, r: u32) -> ExprId {
        self.ast.add_expr(kind, self.span(l, r))
    }

    pub fn stmt(&mut self, kind: StmtKind, l: u32, r: u32) -> StmtId {
        self.ast.add_stmt(kind, self.span(l, r))
    }

    /// A statement with suites ends where the last statement in them does, which is the last one built.
    pub fn compound(&mut self, kind: StmtKind, l: u32) -> StmtId {
        let span = self.block_span(l);
        self.ast.add_stmt(kind, span)
    }

    /// From `l` to the end of the last statement built.
    pub fn block_span(&self, l: u32) -> Span {
        self.span(l, self.ast.stmts.last().map_or(l, |last| last.span.end))
    }

    // Statements.

    pub fn expression_statement(&mut self, value: ExprId) -> StmtKind {
        self.refuse_starred(value);
        StmtKind::Expr(value)
    }

    pub fn assign(&mut self, first: ExprId, mut rest: Vec<ExprId>) -> StmtKind {
        let value = rest.pop().unwrap_or(first);
        let mut targets = vec![first];
        targets.extend(rest);
        self.check_assignment(&targets, value);
        self.refuse_starred(value);
        StmtKind::Assign { targets, value }
    }

    pub fn augmented(&mut self, op: BinaryOp, target: ExprId, value: ExprId) -> StmtKind {
        self.check_augmented_target(target);
        self.refuse_starred(value);
        StmtKind::AugAssign { op, target, value }
    }

    pub fn annotated(&mut self, target: ExprId, annotation: ExprId, value: Option<ExprId>) -> StmtKind {
        self.check_annotated_target(target);
        if let Some(value) = value {
            self.refuse_starred(value);
        }
        StmtKind::AnnAssign { target, annotation, value }
    }

    pub fn returns(&mut self, value: Option<ExprId>) -> StmtKind {
        if let Some(value) = value {
            self.refuse_starred(value);
        }
        StmtKind::Return(value)
    }

    pub fn delete(&mut self, (targets, _): Listed<ExprId>) -> StmtKind {
        for target in &targets {
            self.check_deleted(*target);
        }
        StmtKind::Del(targets)
    }

    /// `with (a as b, c):` and `with (a, b):` list items in parentheses.
    pub fn with(&mut self, items: Vec<WithItem>, body: Vec<StmtId>) -> StmtKind {
        if let [(value, None)] = items[..] {
            if let Some(items) = self.with_items.remove(&value) {
                return StmtKind::With { items, body };
            }
            if let ExprKind::Tuple(values) = &self.ast.expr(value).kind
                && !values.is_empty()
                && !values.iter().any(|id| matches!(self.ast.expr(*id).kind, ExprKind::Starred(_)))
            {
                return StmtKind::With { items: values.iter().map(|value| (*value, None)).collect(), body };
            }
        }
        StmtKind::With { items, body }
    }

    pub fn params(&mut self, list: Option<Listed<Parameter>>) -> Params {
        let list = list.map(|(list, _)| list).unwrap_or_default();
        self.check_params(&list);
        let mut params = Params::default();
        let mut after_star = false;
        for parameter in list {
            match parameter {
                Parameter::Plain(param) if after_star => params.keyword_only.push(param),
                Parameter::Plain(param) => params.positional.push(param),
                Parameter::Slash(_) => params.positional_only = params.positional.len(),
                Parameter::Star(_) => after_star = true,
                Parameter::StarName(name, annotation) => {
                    after_star = true;
                    (params.star, params.star_annotation) = (Some(name), annotation);
                }
                Parameter::DoubleStar(name, annotation) => {
                    (params.double_star, params.double_star_annotation) = (Some(name), annotation);
                }
            }
        }
        params
    }

    // Expressions.

    pub fn tuple_or_one(&mut self, (items, comma): Listed<ExprId>, l: u32, r: u32) -> ExprId {
        match items[..] {
            [one] if !comma => one,
            _ => self.expr(ExprKind::Tuple(items), l, r),
        }
    }

    /// What stands between the brackets of a subscript; a lone `*value` is a tuple.
    pub fn index(&mut self, (items, comma): Listed<ExprId>, l: u32, r: u32) -> ExprId {
        let starred = items.iter().any(|item| matches!(self.ast.expr(*item).kind, ExprKind::Starred(_)));
        self.tuple_or_one((items, comma || starred), l, r)
    }

    pub fn parenthesised(&mut self, (list, comma): Listed<Element>, l: u32, r: u32) -> ExprId {
        if let [Element::Value(one)] = list[..]
            && !comma
        {
            if matches!(self.ast.expr(one).kind, ExprKind::Starred(_)) {
                self.error(self.ast.expr(one).span, "cannot use starred expression here");
            }
            return one;
        }
        let values = list.iter().map(|(Element::Value(value) | Element::As(value, _))| *value).collect();
        let tuple = self.expr(ExprKind::Tuple(values), l, r);
        if list.iter().any(|element| matches!(element, Element::As(..))) {
            let item = |element| match element {
                Element::Value(value) => (value, None),
                Element::As(value, target) => (value, Some(self.target(target))),
            };
            let items = list.into_iter().map(item).collect();
            self.with_items.insert(tuple, items);
        }
        tuple
    }

    pub fn list(&mut self, list: Option<Listed<ExprId>>, l: u32, r: u32) -> ExprId {
        self.expr(ExprKind::List(list.map(|(items, _)| items).unwrap_or_default()), l, r)
    }

    /// A dictionary or a set, as its first item says.
    pub fn braces(&mut self, list: Option<Listed<Item>>, l: u32, r: u32) -> ExprId {
        let items = list.map(|(items, _)| items).unwrap_or_default();
        if !matches!(items.first(), Some(Item::Element(_))) {
            let mut pairs = Vec::with_capacity(items.len());
            for item in items {
                match item {
                    Item::Pair(key, value) => pairs.push((Some(key), value)),
                    Item::DoubleStar(value) => pairs.push((None, value)),
                    Item::Element(key) => self.error(self.ast.expr(key).span, "':' expected after dictionary key"),
                }
            }
            return self.expr(ExprKind::Dict(pairs), l, r);
        }
        let mut elements = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Item::Element(element) => elements.push(element),
                Item::Pair(value, _) | Item::DoubleStar(value) => {
                    self.error(self.ast.expr(value).span, "invalid syntax")
                }
            }
        }
        self.expr(ExprKind::Set(elements), l, r)
    }

    /// A call from `l` to `r` whose parenthesis opens at `m`.
    pub fn call(&mut self, callee: ExprId, list: Option<Listed<Operand>>, (l, m, r): (u32, u32, u32)) -> ExprId {
        let (list, comma) = list.unwrap_or_default();
        self.check_arguments(&list, comma);
        let mut args = Vec::with_capacity(list.len());
        for operand in list {
            args.push(match operand {
                Operand::Plain(value) => Arg::Positional(value),
                Operand::Generator(value) => {
                    // As CPython sees it, the call's parentheses are the generator's.
                    self.ast.exprs[value.0 as usize].span = self.span(m, r);
                    Arg::Positional(value)
                }
                Operand::Star(value) => Arg::Star(value),
                Operand::DoubleStar(value) => Arg::DoubleStar(value),
                Operand::Keyword { name, value, .. } => match self.name_of(name) {
                    Some(name) => Arg::Keyword(name, value),
                    None => Arg::Positional(value),
                },
            });
        }
        self.expr(ExprKind::Call { callee, args }, l, r)
    }

    pub fn walrus(&mut self, target: ExprId, value: ExprId, l: u32, r: u32) -> ExprId {
        let name = self.walrus_target(target, l);
        self.expr(ExprKind::Walrus { target: name, value }, l, r)
    }

    pub fn comprehension(
        &mut self,
        kind: ComprehensionKind,
        element: ExprId,
        value: Option<ExprId>,
        clauses: Vec<Clause>,
        l: u32,
        r: u32,
    ) -> ExprId {
        if matches!(self.ast.expr(element).kind, ExprKind::Starred(_)) {
            self.error(self.ast.expr(element).span, "iterable unpacking cannot be used in comprehension");
        }
        self.expr(ExprKind::Comprehension { kind, element, value, clauses }, l, r)
    }

    // Strings.

    /// Adjacent literals are one; without fields it is a plain string.
    pub fn string(&mut self, pieces: Vec<Vec<FStringPart>>, l: u32, r: u32) -> ExprId {
        let mut parts = join(pieces.into_iter().flatten());
        let kind = match (parts.len(), parts.pop()) {
            (_, None) => ExprKind::Str(String::new()),
            (1, Some(FStringPart::Literal(text))) => ExprKind::Str(text),
            (_, Some(last)) => {
                parts.push(last);
                ExprKind::FString(parts)
            }
        };
        self.expr(kind, l, r)
    }

    /// A field with its braces, whose value ends at `debug_end` if it is `{value=}`.
    pub fn field(
        &mut self,
        l: u32,
        r: u32,
        value: ExprId,
        debug_end: Option<u32>,
        conversion: Option<Name>,
        spec: Option<Vec<FStringPart>>,
    ) -> FStringPart {
        self.refuse_starred(value);
        let debug_text = debug_end.map(|end| {
            let after = &self.source.text[end as usize..];
            let space = after.len() - after.trim_start().len();
            self.source.slice(self.span(l + 1, end + space as u32)).to_string()
        });
        let mut letter = self.conversion(conversion);
        if debug_text.is_some() && letter.is_none() && spec.is_none() {
            letter = Some('r');
        }
        let spec = join(spec.unwrap_or_default().into_iter());
        FStringPart::Field { value, debug_text, conversion: letter, spec, span: self.span(l, r) }
    }

    fn conversion(&mut self, name: Option<Name>) -> Option<char> {
        let name = name?;
        if !matches!(name.text.as_str(), "s" | "r" | "a") {
            let message = format!("f-string: invalid conversion character '{}': expected 's', 'r', or 'a'", name.text);
            self.error(name.span, message);
        } else if !self.source.text[..name.span.start as usize].ends_with('!') {
            self.error(name.span, "f-string: conversion type must come right after the exclamation mark");
        }
        name.text.chars().next()
    }
}

/// The parts with adjacent literals joined and empty ones left out.
fn join(parts: impl Iterator<Item = FStringPart>) -> Vec<FStringPart> {
    let mut joined: Vec<FStringPart> = Vec::new();
    for part in parts {
        match (joined.last_mut(), part) {
            (Some(FStringPart::Literal(before)), FStringPart::Literal(text)) => before.push_str(&text),
            (_, FStringPart::Literal(text)) if text.is_empty() => {}
            (_, part) => joined.push(part),
        }
    }
    joined
}
