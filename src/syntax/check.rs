//! What may be assigned to, annotated or deleted, and in which order parameters and arguments may come:
//! rules of Python's own grammar that stand outside ours, in CPython's words.

use std::collections::BTreeSet;

use super::{
    ast::*,
    build::{Builder, Operand, Parameter},
    classify::is_loose,
};
use crate::source::Span;

impl Builder<'_> {
    /// A lone `*value` where a list of values, or one value, belongs.
    pub(super) fn refuse_starred(&mut self, value: ExprId) {
        if matches!(self.ast.expr(value).kind, ExprKind::Starred(_)) {
            self.error(self.ast.expr(value).span, "can't use starred expression here");
        }
    }

    /// Checks the target of a `for`, of a comprehension or of a `with` item.
    pub fn target(&mut self, target: ExprId) -> ExprId {
        match self.not_assignable(target) {
            Some(culprit) => self.refuse_target("cannot assign to", culprit, ""),
            None => self.check_stars(target),
        }
        target
    }

    pub(super) fn check_assignment(&mut self, targets: &[ExprId], value: ExprId) {
        for &target in targets {
            match self.not_assignable(target) {
                Some(culprit) if targets.len() == 1 => self.refuse_single(target, culprit, value),
                Some(culprit) => self.refuse_target("cannot assign to", culprit, ""),
                None => self.check_stars(target),
            }
        }
    }

    /// CPython suggests `==` where what stands before the `=`, and what begins behind it, is no looser than `|`.
    fn refuse_single(&mut self, target: ExprId, culprit: ExprId, value: ExprId) {
        let text = |id: ExprId| &self.source.text[self.ast.expr(id).span.start as usize..];
        let last = match &self.ast.expr(target).kind {
            ExprKind::Tuple(items) if !text(target).starts_with('(') => items.last().copied().unwrap_or(target),
            _ => target,
        };
        let kind = &self.ast.expr(last).kind;
        let parenthesised = self.source.text[..self.ast.expr(last).span.start as usize].trim_end().ends_with('(');
        let unsuited = match kind {
            ExprKind::List(_) | ExprKind::Tuple(_) | ExprKind::Starred(_) | ExprKind::None | ExprKind::Bool(_) => true,
            ExprKind::Comprehension { kind, .. } => *kind == ComprehensionKind::Generator,
            _ => is_loose(kind) && !parenthesised,
        };
        let begins_loose = ["not ", "lambda ", "lambda:", "*"].iter().any(|word| text(value).starts_with(word));
        if unsuited || begins_loose {
            self.refuse_target("cannot assign to", culprit, "");
        } else if matches!(kind, ExprKind::Name(_)) {
            let span = self.ast.expr(last).span;
            self.error(span, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
        } else {
            self.refuse_target("cannot assign to", last, " here. Maybe you meant '==' instead of '='?");
        }
    }

    pub(super) fn check_augmented_target(&mut self, target: ExprId) {
        let expr = self.ast.expr(target);
        if !matches!(expr.kind, ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Subscript { .. }) {
            let message = format!("'{}' is an illegal expression for augmented assignment", describe(&expr.kind));
            self.error(expr.span, message);
        }
    }

    pub(super) fn check_annotated_target(&mut self, target: ExprId) {
        let expr = self.ast.expr(target);
        let message = match &expr.kind {
            ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => return,
            ExprKind::List(_) => "only single target (not list) can be annotated",
            ExprKind::Tuple(_) => "only single target (not tuple) can be annotated",
            _ => "illegal target for annotation",
        };
        self.error(expr.span, message);
    }

    pub(super) fn check_deleted(&mut self, target: ExprId) {
        let mut pending = vec![target];
        while let Some(id) = pending.pop() {
            match &self.ast.expr(id).kind {
                ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => {}
                ExprKind::List(items) | ExprKind::Tuple(items) => pending.extend(items.iter().rev()),
                _ => return self.refuse_target("cannot delete", id, ""),
            }
        }
    }

    fn refuse_target(&mut self, verb: &str, culprit: ExprId, hint: &str) {
        let expr = self.ast.expr(culprit);
        let message = format!("{verb} {}{hint}", describe(&expr.kind));
        self.error(expr.span, message);
    }

    /// The first part of a target that cannot be assigned to.
    fn not_assignable(&self, target: ExprId) -> Option<ExprId> {
        let mut pending = vec![target];
        while let Some(id) = pending.pop() {
            match &self.ast.expr(id).kind {
                ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => {}
                ExprKind::List(items) | ExprKind::Tuple(items) => pending.extend(items.iter().rev()),
                ExprKind::Starred(inner) => pending.push(*inner),
                _ => return Some(id),
            }
        }
        None
    }

    /// One starred target in each list or tuple, and none outside of one.
    fn check_stars(&mut self, target: ExprId) {
        if matches!(self.ast.expr(target).kind, ExprKind::Starred(_)) {
            self.error(self.ast.expr(target).span, "starred assignment target must be in a list or tuple");
        }
        let mut pending = vec![target];
        while let Some(id) = pending.pop() {
            let (ExprKind::List(items) | ExprKind::Tuple(items)) = &self.ast.expr(id).kind else { continue };
            pending.extend(items);
            let stars = items.iter().filter(|id| matches!(self.ast.expr(**id).kind, ExprKind::Starred(_)));
            if stars.count() > 1 {
                self.error(self.ast.expr(id).span, "multiple starred expressions in assignment");
            }
        }
    }

    pub(super) fn walrus_target(&mut self, target: ExprId, l: u32) -> Name {
        if let Some(name) = self.name_of(target).filter(|name| name.span.start == l) {
            return name;
        }
        let expr = self.ast.expr(target);
        let (span, message) = (expr.span, format!("cannot use assignment expressions with {}", describe(&expr.kind)));
        self.error(span, message);
        Name { text: String::new(), span }
    }

    /// The name that an expression is, if it is one.
    pub(super) fn name_of(&self, id: ExprId) -> Option<Name> {
        let expr = self.ast.expr(id);
        match &expr.kind {
            ExprKind::Name(text) => Some(Name { text: text.clone(), span: expr.span }),
            _ => None,
        }
    }

    pub(super) fn check_arguments(&mut self, list: &[Operand], comma: bool) {
        let mut keyword = false;
        let mut double_star = false;
        let mut seen = BTreeSet::new();
        for operand in list {
            match operand {
                Operand::Plain(value) if double_star => {
                    self.error(self.ast.expr(*value).span, "positional argument follows keyword argument unpacking");
                    return;
                }
                Operand::Plain(value) if keyword => {
                    self.error(self.ast.expr(*value).span, "positional argument follows keyword argument");
                    return;
                }
                Operand::Star(value) if double_star => {
                    let message = "iterable argument unpacking follows keyword argument unpacking";
                    self.error(self.ast.expr(*value).span, message);
                    return;
                }
                Operand::Generator(value) if list.len() > 1 || comma => {
                    self.error(self.ast.expr(*value).span, "Generator expression must be parenthesized");
                    return;
                }
                Operand::Plain(_) | Operand::Star(_) | Operand::Generator(_) => {}
                Operand::DoubleStar(_) => double_star = true,
                Operand::Keyword { l, name, .. } => {
                    keyword = true;
                    let expr = self.ast.expr(*name);
                    let span = expr.span;
                    let message = match &expr.kind {
                        ExprKind::Name(text) if span.start == *l => match seen.insert(text.clone()) {
                            true => continue,
                            false => format!("keyword argument repeated: {text}"),
                        },
                        kind @ (ExprKind::None | ExprKind::Bool(_)) => format!("cannot assign to {}", describe(kind)),
                        _ => "expression cannot contain assignment, perhaps you meant \"==\"?".into(),
                    };
                    self.error(span, message);
                }
            }
        }
    }

    pub(super) fn check_params(&mut self, list: &[Parameter]) {
        let mut order = Order::default();
        for (at, parameter) in list.iter().enumerate() {
            let bare = matches!(list.get(at + 1), None | Some(Parameter::DoubleStar(..)));
            if let Err((span, message)) = order.next(parameter, bare) {
                self.error(span, message);
                return;
            }
        }
        let mut seen = BTreeSet::new();
        for parameter in list {
            let (Parameter::Plain(Param { name, .. }) | Parameter::StarName(name, _) | Parameter::DoubleStar(name, _)) =
                parameter
            else {
                continue;
            };
            if !seen.insert(name.text.as_str()) {
                self.error(name.span, format!("duplicate argument '{}' in function definition", name.text));
            }
        }
    }
}

/// What has come already of a list of parameters.
#[derive(Default)]
struct Order {
    any: bool,
    default: bool,
    slash: bool,
    star: bool,
    double_star: bool,
}

impl Order {
    /// Takes in the next parameter; `bare` says that no named parameter follows it.
    fn next(&mut self, parameter: &Parameter, bare: bool) -> Result<(), (Span, &'static str)> {
        let span = match parameter {
            Parameter::Plain(param) => param.name.span,
            Parameter::Slash(span) | Parameter::Star(span) => *span,
            Parameter::StarName(name, _) | Parameter::DoubleStar(name, _) => name.span,
        };
        if self.double_star {
            return Err((span, "arguments cannot follow var-keyword argument"));
        }
        match parameter {
            Parameter::Plain(param) => {
                if self.default && !self.star && param.default.is_none() {
                    return Err((span, "parameter without a default follows parameter with a default"));
                }
                self.default |= param.default.is_some();
            }
            Parameter::Slash(_) if self.slash => return Err((span, "/ may appear only once")),
            Parameter::Slash(_) if self.star => return Err((span, "/ must be ahead of *")),
            Parameter::Slash(_) if !self.any => return Err((span, "invalid syntax")),
            Parameter::Slash(_) => self.slash = true,
            Parameter::Star(_) | Parameter::StarName(..) if self.star => {
                return Err((span, "* argument may appear only once"));
            }
            Parameter::Star(_) if bare => return Err((span, "named arguments must follow bare *")),
            Parameter::Star(_) | Parameter::StarName(..) => self.star = true,
            Parameter::DoubleStar(..) => self.double_star = true,
        }
        self.any = true;
        Ok(())
    }
}

/// What CPython calls an expression that stands where a target belongs.
pub(super) fn describe(kind: &ExprKind) -> &'static str {
    match kind {
        ExprKind::None => "None",
        ExprKind::Bool(true) => "True",
        ExprKind::Bool(false) => "False",
        ExprKind::Ellipsis => "ellipsis",
        ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Str(_) => "literal",
        ExprKind::FString(_) => "f-string expression",
        ExprKind::Name(_) => "name",
        ExprKind::List(_) => "list",
        ExprKind::Tuple(_) => "tuple",
        ExprKind::Set(_) => "set display",
        ExprKind::Dict(_) => "dict literal",
        ExprKind::Starred(_) => "starred",
        ExprKind::Unary { .. } | ExprKind::Binary { .. } | ExprKind::Bool2 { .. } => "expression",
        ExprKind::Compare { .. } => "comparison",
        ExprKind::IfElse { .. } => "conditional expression",
        ExprKind::Call { .. } => "function call",
        ExprKind::Attribute { .. } => "attribute",
        ExprKind::Subscript { .. } => "subscript",
        ExprKind::Slice { .. } => "slice",
        ExprKind::Lambda { .. } => "lambda",
        ExprKind::Walrus { .. } => "named expression",
        ExprKind::Comprehension { kind, .. } => match kind {
            ComprehensionKind::List => "list comprehension",
            ComprehensionKind::Set => "set comprehension",
            ComprehensionKind::Dict => "dict comprehension",
            ComprehensionKind::Generator => "generator expression",
        },
    }
}
