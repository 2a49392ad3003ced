//! A trace that is written as the script runs.

use std::io::{self, BufWriter, StdoutLock, Write};
use std::sync::Arc;

use serde_json::json;

use super::chrome::Slices;
use super::select::Select;
use super::text::{self, Printer};
use super::{json, summary};
use crate::cli::script::Script;
use crate::objects::exceptions::Ending;
use crate::trace::{Listing, Position, Sink, Step, Totals, Wish};

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
pub struct Report {
    pub select: Select,
    /// What went wrong with the output. The script is stopped then.
    pub failed: Option<io::Error>,
    listing: Arc<Listing>,
    out: BufWriter<StdoutLock<'static>>,
    shown: u64,
    form: Form,
    printer: Printer,
    slices: Slices,
}

impl Report {
    /// Writes what comes before all steps.
    pub fn begin(select: Select, listing: Arc<Listing>, form: Form) -> Report {
        let mut report = Report {
            select,
            failed: None,
            printer: Printer::new(listing.clone()),
            listing,
            out: BufWriter::new(io::stdout().lock()),
            shown: 0,
            form,
            slices: Slices::default(),
        };
        let begun = match form {
            Form::Text | Form::Summary => Ok(()),
            Form::Json => json::begin(&report.listing, &mut report.out),
            Form::Chrome => report.slices.begin(&mut report.out),
        };
        report.failed = begun.err();
        report
    }

    /// Writes what comes behind all steps.
    pub fn end(&mut self, totals: &Totals, printed: &Printed, ending: Option<&Ending>, script: &Script) {
        if self.failed.is_some() {
            return;
        }
        let out = &mut self.out;
        let written = match self.form {
            Form::Text => {
                let all = totals.tally();
                write!(out, "{} of {} steps shown. ", self.shown, totals.steps)
                    .and_then(|()| writeln!(out, "The whole run: {}", text::tally(&all)))
            }
            Form::Summary => out.write_all(summary::summary(&self.listing, totals).as_bytes()),
            Form::Json => {
                let ending = match ending {
                    None if self.select.at_limit => json!({ "kind": "limit" }),
                    None => json!({ "kind": "finished" }),
                    Some(Ending::Exit(status)) => json!({ "kind": "exit", "status": status }),
                    Some(Ending::Message(text)) => json!({ "kind": "message", "text": text }),
                    Some(Ending::Error(chain)) => {
                        json!({ "kind": "error", "text": chain.render(&script.source, false) })
                    }
                };
                json::end(&self.listing, totals, &printed.text(), printed.is_cut(), &ending, out)
            }
            Form::Chrome => self.slices.end(&self.listing, out),
        };
        self.failed = written.and_then(|()| self.out.flush()).err();
    }
}

impl Sink for Report {
    fn wish(&mut self, position: &Position) -> Wish {
        if self.failed.is_some() { Wish::Stop } else { self.select.wish(position) }
    }

    fn step(&mut self, step: Step) {
        let first = self.shown == 0;
        self.shown += 1;
        let written = match self.form {
            Form::Text => self.out.write_all(self.printer.step(step).as_bytes()),
            Form::Json => json::step(&step, first, &mut self.out),
            Form::Chrome => self.slices.step(&step, &self.listing, &mut self.out),
            Form::Summary => Ok(()),
        };
        self.failed = written.err();
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
