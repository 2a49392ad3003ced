//! The process as the host of a session: it notes whether the cursor stands at the beginning of a line, and lets
//! somebody else have what is printed.

use std::cell::{Cell, RefCell};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::rc::Rc;
use std::time::Duration;

use crate::interp::host::{Clock, Host, Opening, Process, Standard};
use crate::stream::Channel;

/// Who gets what the script prints, instead of standard output.
pub type Listener = Box<dyn FnMut(&[u8])>;

/// What is known of the streams of a session.
#[derive(Clone, Default)]
pub struct Tap(Rc<Shared>);

#[derive(Default)]
struct Shared {
    in_line: Cell<bool>,
    listener: RefCell<Option<Listener>>,
}

impl Tap {
    /// Whether what was printed last has no line end; it is answered for with this call.
    pub fn take_in_line(&self) -> bool {
        self.0.in_line.take()
    }

    /// From now on `listener` gets what is printed; standard output does with `None`.
    #[cfg(feature = "trace")]
    pub fn listen(&self, listener: Option<Listener>) {
        *self.0.listener.borrow_mut() = listener;
    }
}

/// A [`Process`] without arguments, whose streams are tapped.
pub struct SessionHost {
    process: Process,
    tap: Tap,
}

impl SessionHost {
    pub fn new(tap: Tap) -> SessionHost {
        SessionHost { process: Process::new(vec![String::new()]), tap }
    }
}

impl Host for SessionHost {
    fn stream(&mut self, which: Standard) -> Box<dyn Channel> {
        Box::new(Tapped { channel: self.process.stream(which), which, tap: self.tap.clone() })
    }

    fn open(&mut self, path: &str, how: Opening) -> io::Result<Box<dyn Channel>> {
        self.process.open(path, how)
    }

    fn clock(&mut self, clock: Clock) -> i64 {
        self.process.clock(clock)
    }

    fn sleep(&mut self, time: Duration) -> io::Result<()> {
        self.process.sleep(time)
    }

    fn arguments(&self) -> Vec<String> {
        self.process.arguments()
    }
}

struct Tapped {
    channel: Box<dyn Channel>,
    which: Standard,
    tap: Tap,
}

impl Read for Tapped {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.channel.read(buffer);
        // Whoever typed it ended the line.
        self.tap.0.in_line.set(false);
        read
    }
}

impl Write for Tapped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.which == Standard::Out
            && let Some(listener) = &mut *self.tap.0.listener.borrow_mut()
        {
            listener(bytes);
            return Ok(bytes.len());
        }
        let written = self.channel.write(bytes)?;
        if let Some(last) = bytes[..written].last() {
            self.tap.0.in_line.set(*last != b'\n');
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.channel.flush()
    }
}

impl Seek for Tapped {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.channel.seek(place)
    }
}

impl Channel for Tapped {
    fn is_terminal(&self) -> bool {
        self.channel.is_terminal()
    }

    /// What is printed is to be seen when it is printed.
    fn wants_lines(&self) -> bool {
        true
    }

    fn is_seekable(&self) -> bool {
        self.channel.is_seekable()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.channel.truncate(length)
    }

    fn descriptor(&self) -> Option<i32> {
        self.channel.descriptor()
    }
}
