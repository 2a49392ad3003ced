//! `:trace`: every step of some code in a session.

use std::sync::Arc;

use super::command::{code, print};
use super::session::{Fed, Session};
use crate::bytecode::Use;
use crate::cli::streams::out;
use crate::cli::trace::select::{Select, Wanted};
use crate::cli::trace::text::{Printer, tally};
use crate::cli::trace::{DEFAULT_LIMIT, STEPS};
use crate::trace::{Asides, Ending, Listing, Position, Sink, State, Step, Wish, run_next};

pub fn trace(session: &mut Session, argument: &str) -> Fed {
    let (ast, piece) = match code(session, "trace", argument) {
        Ok(code) => code,
        Err(fed) => return fed,
    };
    let program = match session.compile(&ast, &piece, Use::Returned) {
        Ok(program) => program,
        Err(diagnostics) => return session.refuse(&diagnostics, &piece),
    };
    let programs: Vec<_> = [&program].into_iter().chain(&session.programs).collect();
    let listing = Arc::new(Listing::of_session(&programs, &session.source));
    let lines = match Lines::new(listing.clone()) {
        Ok(lines) => lines,
        Err(why) => return super::command::refuse(&why),
    };
    let asides = Asides::default();
    let printed = asides.clone();
    asides.watch(&mut session.machine.runtime.engine.borrow_mut());
    session.tap.listen(Some(Box::new(move |bytes| printed.print(bytes))));
    let outcome = run_next(&mut session.machine, &programs, listing, asides, lines);
    let flushed = session.machine.runtime.flush();
    session.tap.listen(None);
    session.machine.runtime.engine.borrow_mut().unwatch();
    session.keep(program);
    let mut lines = outcome.sink;
    if let Some(fed) = lines.failed {
        return fed;
    }
    let at_limit =
        if lines.select.at_limit { format!(" It was stopped after {DEFAULT_LIMIT} steps.") } else { String::new() };
    let text = format!(
        "{}{} of {} steps shown. The whole run: {}{at_limit}\n",
        lines.printer.end(),
        lines.shown,
        outcome.totals.steps,
        tally(&outcome.totals.tally()),
    );
    match (print(&text), outcome.ending) {
        (Fed::Done, Ending::Raised(raised)) => session.finish(Err(raised)),
        (Fed::Done, Ending::Finished | Ending::Stopped) => session.finish(flushed),
        (fed, _) => fed,
    }
}

/// Prints the first steps, and counts the others.
struct Lines {
    select: Select,
    printer: Printer,
    shown: u64,
    /// Nobody reads any more.
    failed: Option<Fed>,
}

impl Lines {
    fn new(listing: Arc<Listing>) -> Result<Lines, String> {
        let wanted = Wanted { steps: STEPS, from: 0, line: None, iterations: None, limit: DEFAULT_LIMIT };
        let select = Select::new(listing.clone(), &wanted)?;
        Ok(Lines { select, printer: Printer::new(listing), shown: 0, failed: None })
    }

    fn write(&mut self, text: &str) {
        if self.failed.is_none() {
            self.failed = out(text).err().map(Fed::Over);
        }
    }
}

impl Sink for Lines {
    fn wish(&mut self, position: &Position) -> Wish {
        if self.failed.is_some() { Wish::Stop } else { self.select.wish(position) }
    }

    fn found(&mut self, state: &State) {
        let text = self.printer.found(state);
        self.write(&text);
    }

    fn step(&mut self, step: Step) {
        self.shown += 1;
        let text = self.printer.step(step);
        self.write(&text);
    }
}
