//! Why a token fits nowhere, in CPython's words: the parser's failure is classified by the tokens around it.

use super::{
    ast::{ExprKind, StmtKind, UnaryOp},
    check::describe,
    parse,
    stop::{Stop, begins_expression, ends_expression},
    token::Token,
};
use crate::diagnostic::{Diagnostic, ErrorKind};

impl<'t> Stop<'t> {
    /// Each looks at the failure from one side, and gives `None` if it is not of that kind.
    /// In this order: what stands first is the more telling.
    const RULES: [fn(&Stop<'t>) -> Option<Diagnostic>; 14] = [
        Stop::indentation,
        Stop::refused,
        Stop::fstring,
        Stop::colon,
        Stop::clauses,
        Stop::import,
        Stop::parameters,
        Stop::argument,
        Stop::braces,
        Stop::comprehension,
        Stop::assignment,
        Stop::missing_else,
        Stop::legacy,
        Stop::missing_comma,
    ];

    pub fn diagnose(&self) -> Diagnostic {
        let found = Self::RULES.iter().find_map(|rule| rule(self));
        found.unwrap_or_else(|| {
            let error = self.error(self.place(), "invalid syntax");
            match (self.before(1), self.token()) {
                (Some(Token::Ampersand), Some(Token::Ampersand)) => error.help("Python's '&&' is 'and'"),
                (Some(Token::Pipe), Some(Token::Pipe)) => error.help("Python's '||' is 'or'"),
                (_, Some(Token::Exclamation)) => error.help("Python's '!' is 'not'"),
                (_, Some(Token::LessGreater)) => error.help("use '!='"),
                _ => error,
            }
        })
    }

    fn indentation(&self) -> Option<Diagnostic> {
        if self.expected == ["INDENT"] {
            let header = self.at.checked_sub(2)?;
            let start = Stop::new(self.source, self.tokens, header, &[]).start;
            let what = match self.get(start)? {
                Token::Def => "function definition",
                Token::If => "'if' statement",
                Token::Elif => "'elif' statement",
                Token::Else => "'else' statement",
                Token::While => "'while' statement",
                Token::For => "'for' statement",
                Token::Try => "'try' statement",
                Token::Except => "'except' statement",
                Token::Finally => "'finally' statement",
                Token::With => "'with' statement",
                _ => return None,
            };
            let line = self.source.line(self.span(start).start);
            let message = format!("expected an indented block after {what} on line {line}");
            let header = self.between(start, header);
            return Some(
                Diagnostic::new(ErrorKind::IndentationError, self.place(), message).label(header, "no block follows"),
            );
        }
        match self.token() {
            Some(Token::Indent) => {
                Some(Diagnostic::new(ErrorKind::IndentationError, self.place(), "unexpected indent"))
            }
            _ => None,
        }
    }

    /// What Python has and toy has not.
    fn refused(&self) -> Option<Diagnostic> {
        let begins = self.at == self.start || matches!(self.before(1), Some(Token::Semicolon));
        let value = self.expects("NAME") && self.expects("INT");
        let starts_with = |word| self.get(self.start) == Some(Token::Name) && self.text(self.start) == word;
        let what = match self.token()? {
            Token::Class if begins => "classes",
            Token::Yield if value => "generators",
            Token::Async if begins || !self.open.is_empty() => "coroutines",
            Token::Await if value => "coroutines",
            Token::At if begins => "decorators",
            Token::Bytes if value || self.before(1) == Some(Token::String) => "bytes literals",
            Token::Imaginary if value => "complex literals",
            Token::Star if self.before(1) == Some(Token::Except) => "exception groups",
            Token::Dot | Token::Ellipsis if self.before(1) == Some(Token::From) => "relative imports",
            Token::BracketOpen if self.keyword() == Some(Token::Def) && self.at == self.start + 2 => "type parameters",
            Token::Name
                if self.at == self.start + 1 && starts_with("type") && self.get(self.at + 1) == Some(Token::Assign) =>
            {
                "type aliases"
            }
            _ if self.at == self.start + 1 && starts_with("match") && self.opens_block() => "'match' statements",
            _ => return None,
        };
        self.here(format!("toy does not support {what}"))
    }

    /// True if a colon ends the line and a block follows it.
    fn opens_block(&self) -> bool {
        let end = (self.at..self.tokens.len()).find(|index| self.tokens[*index].0 == Token::Newline);
        end.is_some_and(|end| self.get(end - 1) == Some(Token::Colon) && self.get(end + 1) == Some(Token::Indent))
    }

    fn fstring(&self) -> Option<Diagnostic> {
        let &open = self.open.last()?;
        if self.get(open) != Some(Token::FieldOpen) {
            return None;
        }
        let token = self.token()?;
        if token == Token::FieldColon
            && let Some(lambda) = self.backwards(open + 1).find(|index| self.get(*index) == Some(Token::Lambda))
        {
            let message = "f-string: lambda expressions are not allowed without parentheses";
            return Some(self.error(self.between(lambda, self.at), message));
        }
        match (self.before(1)?, token) {
            (Token::FieldOpen, Token::FieldClose | Token::Exclamation | Token::FieldColon | Token::Assign) => {
                self.here(format!("f-string: valid expression required before '{}'", self.text(self.at)))
            }
            (Token::FieldOpen, _) => self.here("f-string: expecting a valid expression after '{'"),
            (Token::Exclamation, Token::FieldClose | Token::FieldColon) => {
                self.here("f-string: missing conversion character")
            }
            (Token::Exclamation, _) => self.here("f-string: invalid conversion character"),
            (Token::Name, _) if self.before(2) == Some(Token::Exclamation) => {
                self.here("f-string: expecting ':' or '}'")
            }
            (Token::Assign, _) => self.here("f-string: expecting '!', or ':', or '}'"),
            _ => self
                .missing_else()
                .or_else(|| self.missing_comma())
                .or_else(|| self.here("f-string: expecting '=', or '!', or ':', or '}'")),
        }
    }

    fn colon(&self) -> Option<Diagnostic> {
        if !self.open.is_empty() {
            return None;
        }
        let keyword = self.keyword()?;
        if keyword == Token::Def && self.expected == ["("] {
            return self.here("expected '('");
        }
        if keyword == Token::Def && self.before(1) == Some(Token::Arrow) {
            return Some(self.error(self.span(self.at - 1), "expected ':'"));
        }
        let expected = match keyword {
            Token::If | Token::Elif | Token::While | Token::For | Token::With | Token::Except => {
                self.token() == Some(Token::Newline) && self.expects(":")
            }
            Token::Try | Token::Else | Token::Finally => self.at == self.start + 1,
            Token::Def => self.expects(":"),
            _ => false,
        };
        if expected { self.here("expected ':'") } else { None }
    }

    /// The clauses of `try`, and the header of `except`.
    fn clauses(&self) -> Option<Diagnostic> {
        if self.expects("except") && self.expects("finally") && self.expected.len() == 2 {
            return self.here("expected 'except' or 'finally' block");
        }
        if self.keyword() == Some(Token::Except) && self.token() == Some(Token::Comma) && self.open.is_empty() {
            let span = self.between(self.start + 1, self.at);
            return Some(self.error(span, "multiple exception types must be parenthesized"));
        }
        None
    }

    fn import(&self) -> Option<Diagnostic> {
        if !matches!(self.keyword(), Some(Token::Import | Token::From)) {
            return None;
        }
        match (self.before(1)?, self.token()?) {
            (Token::Import, Token::Newline) => self.here("Expected one or more names after 'import'"),
            (Token::Comma, Token::Newline) if self.keyword() == Some(Token::From) => {
                self.here("trailing comma not allowed without surrounding parentheses")
            }
            (_, Token::From) if self.keyword() == Some(Token::Import) => {
                let span = self.between(self.start, self.at);
                Some(self.error(span, "Did you mean to use 'from ... import ...' instead?"))
            }
            _ => None,
        }
    }

    fn parameters(&self) -> Option<Diagnostic> {
        let lambda = self
            .backwards(self.inner_start())
            .find(|index| matches!(self.get(*index), Some(Token::Lambda | Token::Colon)));
        let in_lambda = lambda.is_some_and(|index| self.get(index) == Some(Token::Lambda));
        if !self.in_def() && !in_lambda {
            return None;
        }
        match self.token()? {
            Token::ParenOpen if matches!(self.before(1), Some(Token::ParenOpen | Token::Comma | Token::Lambda)) => {
                let what = if in_lambda { "Lambda expression" } else { "Function" };
                self.here(format!("{what} parameters cannot be parenthesized"))
            }
            Token::Assign if self.before(2) == Some(Token::Star) => {
                self.here("var-positional argument cannot have default value")
            }
            Token::Assign if self.before(2) == Some(Token::DoubleStar) => {
                self.here("var-keyword argument cannot have default value")
            }
            _ if self.before(1) == Some(Token::Assign) => {
                Some(self.error(self.span(self.at - 1), "expected default value expression"))
            }
            _ => None,
        }
    }

    fn argument(&self) -> Option<Diagnostic> {
        if !self.in_call() {
            return None;
        }
        match (self.before(1)?, self.token()?) {
            (Token::Assign, Token::ParenClose | Token::Comma) => {
                Some(self.error(self.between(self.at - 2, self.at - 1), "expected argument value expression"))
            }
            (Token::Star, _) if matches!(self.before(2), Some(Token::ParenOpen | Token::Comma)) => {
                self.here("Invalid star expression")
            }
            _ => None,
        }
    }

    fn braces(&self) -> Option<Diagnostic> {
        if self.bracket() != Some(Token::BraceOpen) {
            return None;
        }
        match (self.before(1)?, self.token()?) {
            (Token::Colon, Token::BraceClose | Token::Comma) => {
                Some(self.error(self.span(self.at - 1), "expression expected after dictionary key and ':'"))
            }
            (Token::Colon, Token::Star) => self.here("cannot use a starred expression in a dictionary value"),
            (_, Token::For) if self.get(self.inner_start()) == Some(Token::DoubleStar) => {
                Some(self.error(self.span(self.inner_start()), "dict unpacking cannot be used in dict comprehension"))
            }
            _ => None,
        }
    }

    fn comprehension(&self) -> Option<Diagnostic> {
        let bracket = self.bracket()?;
        if self.token() == Some(Token::For) && matches!(bracket, Token::BracketOpen | Token::BraceOpen) {
            let comma = self.backwards(self.inner_start()).any(|index| self.get(index) == Some(Token::Comma));
            let colon = self.backwards(self.inner_start()).any(|index| self.get(index) == Some(Token::Colon));
            if comma && !colon {
                let span = self.between(self.inner_start(), self.at - 1);
                return Some(self.error(span, "did you forget parentheses around the comprehension target?"));
            }
        }
        let last =
            self.backwards(self.inner_start()).find(|index| matches!(self.get(*index), Some(Token::For | Token::In)));
        let targets = last.is_some_and(|index| self.get(index) == Some(Token::For) && index + 1 < self.at);
        if targets && self.expects("in") { self.here("'in' expected after for-loop variables") } else { None }
    }

    /// `=` where a comparison was meant.
    fn assignment(&self) -> Option<Diagnostic> {
        let header = matches!(self.keyword(), Some(Token::If | Token::Elif | Token::While));
        if self.token()? != Token::Assign || self.open.is_empty() && !header || self.in_call() {
            return None;
        }
        let first = self.backwards(self.inner_start()).find(|index| {
            matches!(self.get(*index), Some(Token::Comma | Token::Colon | Token::If | Token::Elif | Token::While))
        });
        let first = first.map_or(self.inner_start(), |index| index + 1);
        if first + 1 == self.at && self.get(first) == Some(Token::Name) {
            let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
            return Some(self.error(self.between(first, self.at), message));
        }
        let mut tokens = self.tokens[first..self.at].to_vec();
        tokens.push((Token::Newline, self.place()));
        let (ast, errors) = parse::module(self.source, &tokens).ok()?;
        let [only] = ast.body[..] else { return None };
        let StmtKind::Expr(value) = ast.stmt(only).kind else { return None };
        let kind = &ast.expr(value).kind;
        let plain = matches!(kind, ExprKind::List(_) | ExprKind::Tuple(_) | ExprKind::None | ExprKind::Bool(_));
        if !errors.is_empty() || plain || is_loose(kind) {
            return None;
        }
        let message = format!("cannot assign to {} here. Maybe you meant '==' instead of '='?", describe(kind));
        Some(self.error(self.between(first, self.at - 1), message))
    }

    fn missing_else(&self) -> Option<Diagnostic> {
        if self.at == self.start || !self.expects("else") || matches!(self.token()?, Token::Colon | Token::FieldColon) {
            return None;
        }
        let condition = self.backwards(self.inner_start()).find(|index| self.get(*index) == Some(Token::If))?;
        let start = self.disjunction_start(condition);
        Some(self.error(self.between(start, self.at - 1), "expected 'else' after 'if' expression"))
    }

    /// Statements of Python 2 that are functions now.
    fn legacy(&self) -> Option<Diagnostic> {
        let name = self.at.checked_sub(1).filter(|index| self.get(*index) == Some(Token::Name))?;
        let word = self.text(name);
        if !matches!(word, "print" | "exec") || !begins_expression(self.token()?) {
            return None;
        }
        let message = format!("Missing parentheses in call to '{word}'. Did you mean {word}(...)?");
        Some(self.error(self.between(name, self.at), message))
    }

    /// Two expressions side by side in brackets.
    fn missing_comma(&self) -> Option<Diagnostic> {
        if self.open.is_empty() || !begins_expression(self.token()?) || !ends_expression(self.before(1)) {
            return None;
        }
        let start = self.disjunction_start(self.at);
        // Neither a parameter nor what follows `in` and `if` of a comprehension is a whole expression.
        let whole = match start.checked_sub(1).and_then(|before| self.get(before)) {
            Some(Token::In | Token::If) => false,
            Some(Token::Colon | Token::Assign) => true,
            _ => !self.in_def(),
        };
        if !whole {
            return None;
        }
        let name = self.get(start) == Some(Token::Name);
        let prefix = name && matches!(self.get(start + 1), Some(Token::String | Token::FStringStart));
        if prefix || name && matches!(self.text(start), "match" | "case" | "type" | "_") {
            return None;
        }
        Some(self.error(self.between(start, self.at), "invalid syntax. Perhaps you forgot a comma?"))
    }
}

/// Expressions that bind looser than `|`.
pub(super) fn is_loose(kind: &ExprKind) -> bool {
    matches!(
        kind,
        ExprKind::Compare { .. }
            | ExprKind::Bool2 { .. }
            | ExprKind::Unary { op: UnaryOp::Not, .. }
            | ExprKind::IfElse { .. }
            | ExprKind::Lambda { .. }
            | ExprKind::Walrus { .. }
    )
}
