//! Whole interpreters side by side: how long several processes take that run the same script at the same time.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::claim::Program;
use super::python::Python;
use super::trial::Wrong;
use crate::interrupt;

/// How often somebody looks whether they have ended: a thousandth of what they take.
const PATIENCE: Duration = Duration::from_micros(500);

/// Seconds until the last of `count` processes has ended, each of which runs the script with `n` as its argument: this
/// program, or `python3`.
pub fn time(program: &Program, python: Option<&Python>, count: usize, n: usize) -> Result<f64, Wrong> {
    let start = Instant::now();
    let mut started = Started(Vec::new());
    for _ in 0..count {
        let mut command = match python {
            Some(python) => Command::new(&python.program),
            None => {
                let here = std::env::current_exe();
                let mut command = Command::new(here.map_err(|error| Wrong::Said(format!("this program: {error}")))?);
                command.arg("run");
                command
            }
        };
        command.args(["-c", program.text, &n.to_string()]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        started.0.push(child.map_err(|error| Wrong::Said(format!("an interpreter does not start: {error}")))?);
    }
    for child in &mut started.0 {
        let status = loop {
            interrupt::check().map_err(|_| Wrong::Interrupted)?;
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) => std::thread::sleep(PATIENCE),
                Err(error) => return Err(Wrong::Said(format!("an interpreter: {error}"))),
            }
        };
        if !status.success() {
            return Err(Wrong::Said(format!("an interpreter failed: {status}")));
        }
    }
    Ok(start.elapsed().as_secs_f64())
}

/// Nobody is left behind.
struct Started(Vec<Child>);

impl Drop for Started {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
