//! The outside world of a running script: streams, files, clock, arguments. A test can be the host as well.

use std::io::{self, Write};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// What a script can reach beyond its own memory.
pub trait Host {
    fn write_out(&mut self, text: &str) -> io::Result<()>;
    fn flush(&mut self) -> io::Result<()>;
    fn write_err(&mut self, text: &str);
    /// The bytes of a file.
    fn read_file(&mut self, path: &str) -> io::Result<Vec<u8>>;
    /// Seconds since an arbitrary moment, never falling.
    fn clock(&mut self) -> f64;
    /// Seconds since 1970.
    fn time(&mut self) -> f64;
    /// The script's name and its arguments.
    fn arguments(&self) -> Vec<String>;
}

/// The process that runs the script.
pub struct Process {
    out: io::BufWriter<io::Stdout>,
    start: Instant,
    arguments: Vec<String>,
}

impl Process {
    pub fn new(arguments: Vec<String>) -> Process {
        Process { out: io::BufWriter::with_capacity(1 << 16, io::stdout()), start: Instant::now(), arguments }
    }
}

impl Host for Process {
    fn write_out(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn write_err(&mut self, text: &str) {
        let _ = self.out.flush();
        let _ = io::stderr().write_all(text.as_bytes());
    }

    fn read_file(&mut self, path: &str) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn clock(&mut self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }

    fn time(&mut self) -> f64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
    }

    fn arguments(&self) -> Vec<String> {
        self.arguments.clone()
    }
}

/// A host that keeps what a script prints, for tests and for runs whose output nobody wants.
#[derive(Default)]
pub struct Captured {
    pub out: std::rc::Rc<std::cell::RefCell<String>>,
    ticks: f64,
}

impl Host for Captured {
    fn write_out(&mut self, text: &str) -> io::Result<()> {
        self.out.borrow_mut().push_str(text);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn write_err(&mut self, _: &str) {}

    fn read_file(&mut self, path: &str) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn clock(&mut self) -> f64 {
        self.ticks += 1.0;
        self.ticks
    }

    fn time(&mut self) -> f64 {
        self.clock()
    }

    fn arguments(&self) -> Vec<String> {
        vec![String::new()]
    }
}
