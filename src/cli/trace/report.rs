//! A trace that is written as the script runs.

use std::io::{self, Write};
use std::sync::Arc;

use serde_json::json;

use super::chrome::Slices;
use super::cost::Costs;
use super::select::Select;
use super::text::{self, Printer};
use super::{json, summary};
use crate::cli::script::Script;
use crate::objects::exceptions::Ending;
use crate::trace::{Listing, Position, Sink, State, Step, Totals, Wish};

/// How a trace is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Text,
    Json,
    Chrome,
    /// Counts alone, as tables.
    Summary,
}

/// What is written, and what for.
pub struct Report<W: Write> {
    pub select: Select,
    /// What went wrong first with the output. Nothing is written then, and the script is stopped.
    pub failed: Option<io::Error>,
    listing: Arc<Listing>,
    out: W,
    shown: u64,
    form: Form,
    printer: Printer,
    slices: Slices,
}

impl<W: Write> Report<W> {
    /// Writes what comes before all steps.
    pub fn begin(out: W, select: Select, listing: Arc<Listing>, form: Form) -> Report<W> {
        let mut report = Report {
            select,
            failed: None,
            printer: Printer::new(listing.clone()),
            listing,
            out,
            shown: 0,
            form,
            slices: Slices::default(),
        };
        report.write(|report| match form {
            Form::Text | Form::Summary => Ok(()),
            Form::Json => json::begin(&report.listing, &mut report.out),
            Form::Chrome => report.slices.begin(&mut report.out),
        });
        report
    }

    /// Writes, unless that has failed before.
    fn write(&mut self, write: impl FnOnce(&mut Report<W>) -> io::Result<()>) {
        if self.failed.is_none() {
            self.failed = write(self).err();
        }
    }

    /// Writes what comes behind all steps.
    pub fn end(&mut self, totals: &Totals, costs: &Costs, printed: &Printed, ending: Option<&Ending>, script: &Script) {
        self.write(|report| {
            let Report { out, listing, .. } = report;
            match report.form {
                Form::Text => {
                    let all = totals.tally();
                    let last = report.printer.end();
                    write!(out, "{last}{} of {} steps shown. ", report.shown, totals.steps)?;
                    writeln!(out, "The whole run: {}", text::tally(&all))
                }
                Form::Summary => out.write_all(summary::summary(listing, totals, costs).as_bytes()),
                Form::Json => {
                    let ending = match ending {
                        None if report.select.at_limit => json!({ "kind": "limit" }),
                        None => json!({ "kind": "finished" }),
                        Some(Ending::Exit(status)) => json!({ "kind": "exit", "status": status }),
                        Some(Ending::Message(text)) => json!({ "kind": "message", "text": text }),
                        Some(Ending::Error(chain)) => {
                            json!({ "kind": "error", "text": chain.render(&script.source, false) })
                        }
                    };
                    json::end(listing, totals, costs, &printed.text(), printed.is_cut(), &ending, out)
                }
                Form::Chrome => report.slices.end(listing, out),
            }?;
            out.flush()
        });
    }
}

impl<W: Write> Sink for Report<W> {
    fn wish(&mut self, position: &Position) -> Wish {
        if self.failed.is_some() { Wish::Stop } else { self.select.wish(position) }
    }

    fn found(&mut self, state: &State) {
        if self.form == Form::Text {
            self.write(|report| report.out.write_all(report.printer.found(state).as_bytes()));
        }
    }

    fn step(&mut self, step: Step) {
        let first = self.shown == 0;
        self.shown += 1;
        self.write(|report| match report.form {
            Form::Text => report.out.write_all(report.printer.step(step).as_bytes()),
            Form::Json => json::step(&step, first, &mut report.out),
            Form::Chrome => report.slices.step(&step, &report.listing, &mut report.out),
            Form::Summary => Ok(()),
        });
    }
}

/// What a script printed, up to a limit.
#[derive(Default)]
pub struct Printed {
    bytes: Vec<u8>,
    cut: bool,
}

/// Bytes that are kept of what a script prints.
const MAX_PRINTED: usize = 1 << 20;

impl Printed {
    pub fn push(&mut self, bytes: &[u8]) {
        let room = MAX_PRINTED - self.bytes.len();
        self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.cut |= bytes.len() > room;
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    fn is_cut(&self) -> bool {
        self.cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::trace::select::Wanted;
    use crate::interp::Runtime;
    use crate::interp::host::Process;
    use crate::jit::{Engine, Switches};
    use crate::source::Source;
    use crate::trace::{Asides, Ending, run};
    use crate::{bytecode, syntax};

    /// Fails at one write, as a disk does that is full for a moment.
    struct Full {
        room: usize,
        failed: bool,
    }

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            match self.room.checked_sub(1) {
                Some(left) => self.room = left,
                None if self.failed => {}
                None => {
                    self.failed = true;
                    return Err(io::ErrorKind::StorageFull.into());
                }
            }
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_first_failure_is_kept_and_ends_the_run() {
        for form in [Form::Text, Form::Json, Form::Chrome] {
            for room in 0..6 {
                let source = Source::new("endless.py", "while True:\n    x = 1\n    y = 2\n");
                let program = bytecode::compile(&syntax::parse(&source).expect("correct"), &source).expect("correct");
                let listing = Arc::new(Listing::new(&program, &source));
                let wanted = Wanted { steps: u64::MAX, from: 0, line: Some(2), iterations: None, limit: 100_000 };
                let select = Select::new(listing.clone(), &wanted).expect("steps");
                let engine = Engine::reference(Switches::default());
                let runtime = Runtime::new(Box::new(Process::new(Vec::new())), engine);
                let report = Report::begin(Full { room, failed: false }, select, listing.clone(), form);
                let outcome = run(&program, listing, runtime, Asides::default(), report);
                assert!(matches!(outcome.ending, Ending::Stopped));
                let failed = outcome.sink.failed.map(|error| error.kind());
                assert_eq!(
                    (failed, outcome.sink.select.at_limit),
                    (Some(io::ErrorKind::StorageFull), false),
                    "{form:?}, {room}"
                );
            }
        }
    }
}
