//! The compiler: a tree goes in, verified code comes out, or everything that is wrong with it.

mod assign;
mod blocks;
mod bound;
mod branch;
mod call;
mod comprehension;
mod display;
mod docstring;
mod emit;
mod exceptions;
mod expr;
mod fold;
mod function;
mod import;
mod loops;
mod session;
mod stmt;
pub(super) mod walk;

use std::rc::Rc;

use self::emit::{Overflow, Pool};
use self::fold::Folded;
use self::function::Function;
pub use self::session::{Session, Use};
use super::chunk::{GlobalId, Program};
use super::scope::Scopes;
use super::verify::Verified;
use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::source::{Source, Span};
use crate::syntax::ast::{Ast, Name};

/// Compiles a module. Errors come in the order of the source, all that were found.
pub fn compile(ast: &Ast, source: &Source) -> Result<Verified, Vec<Diagnostic>> {
    compile_input(ast, source, &Session::default())
}

/// Compiles an input of a session, which goes on with what earlier ones have made known.
pub fn compile_input(ast: &Ast, source: &Source, session: &Session) -> Result<Verified, Vec<Diagnostic>> {
    walk::check_depth(ast).map_err(|error| vec![error])?;
    let mut diagnostics = Vec::new();
    let scopes = Scopes::analyze(ast, session.modules.clone(), &mut diagnostics);
    let folded = Folded::new(ast);
    let postponed_annotations = import::postpones_annotations(ast, &mut diagnostics) || session.postponed_annotations;
    let globals = session.globals.iter().map(|name| (name.clone(), name.clone())).collect();
    let (scopes, folded) = (&scopes, &folded);
    let mut unit = Unit { ast, source, scopes, folded, diagnostics, globals, postponed_annotations, session };
    let main = Function::module(&mut unit);
    let Unit { mut diagnostics, globals, .. } = unit;
    match main {
        Some(main) if diagnostics.is_empty() => {
            let program = Program { main: Rc::new(main), globals: globals.items };
            Verified::new(program).map_err(|violation| vec![violation.diagnostic()])
        }
        _ => {
            diagnostics.sort_by_key(|diagnostic| diagnostic.span.map(|span| (span.start, span.end)));
            Err(diagnostics)
        }
    }
}

/// Whether a module says `from __future__ import annotations`, which later inputs of its session go by.
pub fn postpones_annotations(ast: &Ast) -> bool {
    import::postpones_annotations(ast, &mut Vec::new())
}

/// What the functions of one module share while they are compiled.
struct Unit<'a> {
    ast: &'a Ast,
    source: &'a Source,
    scopes: &'a Scopes,
    folded: &'a Folded,
    diagnostics: Vec<Diagnostic>,
    globals: Pool<Rc<str>, Rc<str>>,
    /// `from __future__ import annotations`: they are not evaluated.
    postponed_annotations: bool,
    session: &'a Session,
}

impl Unit<'_> {
    fn global(&mut self, name: &str, span: Span) -> GlobalId {
        let name: Rc<str> = name.into();
        let id = self.globals.add(name.clone(), name);
        GlobalId(id.unwrap_or_else(|| {
            self.diagnostics.push(Overflow::new("global names in one module", span).diagnostic());
            0
        }))
    }

    fn error(&mut self, span: Span, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(ErrorKind::SyntaxError, span, message));
    }

    /// Python that toy lacks: refused by name, at its place.
    fn refuse(&mut self, span: Span, what: &str) {
        self.refuse_with(span, what, None);
    }

    fn refuse_with(&mut self, span: Span, what: &str, help: Option<String>) {
        let message = format!("toy does not support {what} yet");
        self.diagnostics.push(Diagnostic { help, ..Diagnostic::new(ErrorKind::SyntaxError, self.head(span), message) });
    }

    fn error_at_head(&mut self, span: Span, message: &str) {
        self.error(self.head(span), message);
    }

    /// What a traceback marks of an attribute, or of a call of it: from the name on, if that is on a line of its own.
    fn place_of_attribute(&self, span: Span, name: &Name) -> Span {
        let own_line = self.source.line(name.span.start) != self.source.line(span.start);
        if own_line { Span { start: name.span.start, ..span } } else { span }
    }

    /// The first line of a span: of a statement with a body, the statement itself.
    fn head(&self, span: Span) -> Span {
        let first_line = self.source.text.get(span.range()).and_then(|text| text.find('\n'));
        first_line.map_or(span, |len| Span { end: span.start + len as u32, ..span })
    }
}
