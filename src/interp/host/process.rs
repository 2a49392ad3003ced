//! The process that runs a script as its host.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use super::descriptor::{self, Descriptor};
use super::{Clock, Host, Opening, Standard};
use crate::interrupt;
use crate::stream::Channel;

/// How long a request to end may go unnoticed.
pub(super) const PATIENCE: Duration = Duration::from_millis(5);

pub struct Process {
    arguments: Vec<String>,
    interrupt: Arc<AtomicBool>,
}

impl Process {
    /// With the script's name and its arguments.
    pub fn new(arguments: Vec<String>) -> Process {
        Process { arguments, interrupt: interrupt::flag() }
    }
}

impl Host for Process {
    fn stream(&mut self, which: Standard) -> Box<dyn Channel> {
        Box::new(Descriptor::standard(which))
    }

    fn open(&mut self, path: &str, how: Opening) -> io::Result<Box<dyn Channel>> {
        descriptor::open(path, how)
    }

    fn clock(&mut self, clock: Clock) -> i64 {
        let time = clock_gettime(match clock {
            Clock::Calendar => ClockId::Realtime,
            Clock::Monotonic => ClockId::Monotonic,
            Clock::Process => ClockId::ProcessCPUTime,
        });
        time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    fn sleep(&mut self, time: Duration) -> io::Result<()> {
        let start = Instant::now();
        while let Some(left) = time.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) {
            if self.interrupt.load(Ordering::Relaxed) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            std::thread::sleep(left.min(PATIENCE));
        }
        Ok(())
    }

    fn arguments(&self) -> Vec<String> {
        self.arguments.clone()
    }
}
