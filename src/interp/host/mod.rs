//! The outside world of a running script: streams, files, clocks, arguments. A test can be the host as well.

mod descriptor;
mod process;
mod replay;

pub use process::Process;
pub use replay::{LIMIT, Log, Output, Replaying};

use std::io;
use std::time::Duration;

use crate::stream::{Channel, Memory};

/// What is read of a file at once.
const CHUNK: usize = 1 << 20;

/// What a script can reach beyond its own memory. Whatever waits ends with [`io::ErrorKind::Interrupted`] when the user
/// asks the script to end.
pub trait Host {
    /// A stream that a script finds open; each is asked for once.
    fn stream(&mut self, which: Standard) -> Box<dyn Channel>;
    fn open(&mut self, path: &str, how: Opening) -> io::Result<Box<dyn Channel>>;
    /// Nanoseconds since the clock's own beginning.
    fn clock(&mut self, clock: Clock) -> i64;
    fn sleep(&mut self, time: Duration) -> io::Result<()>;
    /// The script's name and its arguments.
    fn arguments(&self) -> Vec<String>;

    /// The bytes of a file.
    fn read_file(&mut self, path: &str) -> io::Result<Vec<u8>> {
        let mut file = self.open(path, Opening { read: true, ..Opening::default() })?;
        let mut bytes = Vec::new();
        loop {
            let read = bytes.len();
            bytes.resize(read + CHUNK, 0);
            let more = file.read(&mut bytes[read..])?;
            bytes.truncate(read + more);
            if more == 0 {
                return Ok(bytes);
            }
        }
    }
}

/// The three streams of `sys`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standard {
    In,
    Out,
    Err,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Since 1970.
    Calendar,
    /// Never falls.
    Monotonic,
    /// What the process spent on processors.
    Process,
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    pub read: bool,
    pub write: bool,
    /// Each write goes to the end.
    pub append: bool,
    /// Its content is forgotten.
    pub truncate: bool,
    /// It is made if it is not there.
    pub create: bool,
    /// It must not be there.
    pub create_new: bool,
}

/// A host that keeps what a script prints, for tests and for runs whose output nobody wants. Its clocks tick each time
/// they are read.
#[derive(Default)]
pub struct Captured {
    pub input: Memory,
    pub out: Memory,
    pub err: Memory,
    ticks: i64,
}

impl Host for Captured {
    fn stream(&mut self, which: Standard) -> Box<dyn Channel> {
        Box::new(match which {
            Standard::In => self.input.clone(),
            Standard::Out => self.out.clone(),
            Standard::Err => self.err.clone(),
        })
    }

    fn open(&mut self, path: &str, how: Opening) -> io::Result<Box<dyn Channel>> {
        descriptor::open(path, how)
    }

    fn clock(&mut self, _: Clock) -> i64 {
        self.ticks += 1_000_000_000;
        self.ticks
    }

    fn sleep(&mut self, time: Duration) -> io::Result<()> {
        self.ticks = self.ticks.saturating_add(i64::try_from(time.as_nanos()).unwrap_or(i64::MAX));
        Ok(())
    }

    fn arguments(&self) -> Vec<String> {
        vec![String::new()]
    }
}
