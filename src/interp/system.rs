//! What a script finds in `sys`, and the files that it opened.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use super::host::{Host, Standard};
use crate::stream::{Channel, Newline, Result, TextStream, Traits};
use crate::value::{File, Record, Value};

/// Made once for each program, so that `sys.argv is sys.argv`.
pub struct System {
    pub argv: Value,
    pub float_info: Value,
    pub stdin: Value,
    pub stdout: Value,
    pub stderr: Value,
    /// To write what is in memory at the end: a file in a cycle of objects is never dropped.
    opened: Vec<Weak<RefCell<TextStream>>>,
}

impl System {
    pub fn new(host: &mut dyn Host) -> System {
        System {
            argv: Value::list(host.arguments().into_iter().map(Value::str).collect()),
            float_info: Record::float_info(),
            stdin: standard(host.stream(Standard::In), Standard::In),
            stdout: standard(host.stream(Standard::Out), Standard::Out),
            stderr: standard(host.stream(Standard::Err), Standard::Err),
            opened: Vec::new(),
        }
    }

    /// An open file as a value.
    pub fn file(&mut self, stream: TextStream) -> Value {
        if self.opened.len() == self.opened.capacity() {
            self.opened.retain(|file| file.strong_count() > 0);
        }
        let stream = Rc::new(RefCell::new(stream));
        self.opened.push(Rc::downgrade(&stream));
        Value::new(File(stream))
    }

    /// Closes what is open, at the end of the program.
    ///
    /// # Errors
    /// The first of a file, or else of standard output.
    pub fn close(&mut self) -> Result<()> {
        let files = self.opened.drain(..).filter_map(|file| file.upgrade());
        let streams = [&self.stdout, &self.stderr].into_iter().filter_map(|value| value.get::<File>());
        let closed = files.chain(streams.map(|file| file.0.clone())).map(|stream| stream.borrow_mut().close());
        let mut first = Ok(());
        for closed in closed {
            first = first.and(closed);
        }
        first
    }

    /// Says something on standard error, behind what the script said there.
    pub fn complain(&mut self, text: &str) {
        if let Some(file) = self.stderr.get::<File>() {
            let mut stream = file.0.borrow_mut();
            let _ = stream.write(text).and_then(|()| stream.flush());
        }
    }
}

fn standard(channel: Box<dyn Channel>, which: Standard) -> Value {
    let (name, mode, errors) = match which {
        Standard::In => ("<stdin>", "r", "strict"),
        Standard::Out => ("<stdout>", "w", "strict"),
        Standard::Err => ("<stderr>", "w", "backslashreplace"),
    };
    let traits = Traits {
        name: name.into(),
        mode: mode.into(),
        encoding: "utf-8".into(),
        errors,
        readable: which == Standard::In,
        writable: which != Standard::In,
        newline: Newline::Lf,
        line_buffering: which == Standard::Err || channel.wants_lines(),
    };
    Value::new(File(Rc::new(RefCell::new(TextStream::new(traits, channel)))))
}
