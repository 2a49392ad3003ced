//! `python3` as a child process that stays: requests go in, one line of JSON comes out for each.

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::claim::Program;
use super::trial::Wrong;
use crate::interrupt;

const HARNESS: &str = include_str!("harness.py");
/// How often somebody looks whether Ctrl-C was pressed.
const PATIENCE: Duration = Duration::from_millis(50);
/// No single request takes so long.
const LIMIT: Duration = Duration::from_secs(60);
/// What the libraries under NumPy read.
const THREADS: [&str; 4] = ["OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"];

/// An interpreter that answers, with NumPy.
#[derive(Clone, Debug)]
pub struct Python {
    pub program: String,
    /// `CPython 3.13.0`
    pub name: String,
    pub numpy: String,
    /// The code paths beyond the least one that NumPy was built with and this CPU has.
    pub paths: Vec<String>,
}

/// How a child is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// As the user would.
    Plain,
    /// With so many threads for BLAS.
    Blas(usize),
    /// NumPy with no code path but its least.
    Baseline,
}

#[derive(Deserialize)]
struct About {
    version: String,
    implementation: String,
    numpy: Option<String>,
    paths: Vec<String>,
}

/// What a call executed.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Counts {
    pub bytecodes: u64,
    pub jumps: u64,
    pub calls: u64,
}

/// The sum and the number of a result's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Fingerprint {
    pub sum: f64,
    pub length: usize,
}

impl Python {
    /// Asks an interpreter what it is.
    ///
    /// # Errors
    /// In words, if there is none, or it has no NumPy.
    pub fn find(program: &str) -> Result<Python, Wrong> {
        let mut python =
            Python { program: program.into(), name: program.into(), numpy: String::new(), paths: Vec::new() };
        let mut child = Running::start(&python, Setting::Plain)?;
        let about: About = child.ask(json!({ "do": "about" }))?;
        let implementation = if about.implementation == "cpython" { "CPython" } else { &about.implementation };
        python.name = format!("{implementation} {}", about.version);
        python.numpy = about.numpy.ok_or_else(|| Wrong::Said(format!("{program} has no NumPy")))?;
        python.paths = about.paths;
        Ok(python)
    }
}

/// A child.
pub struct Running {
    name: String,
    child: Child,
    requests: ChildStdin,
    answers: Receiver<String>,
}

impl Running {
    pub fn start(python: &Python, setting: Setting) -> Result<Running, Wrong> {
        let name = python.program.clone();
        let mut command = Command::new(&name);
        command.args(["-c", HARNESS]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        match setting {
            Setting::Plain => {}
            Setting::Blas(threads) => {
                command.envs(THREADS.map(|variable| (variable, threads.to_string())));
            }
            Setting::Baseline => {
                command.env("NPY_DISABLE_CPU_FEATURES", python.paths.join(" "));
            }
        }
        let mut child = command.spawn().map_err(|error| match error.kind() {
            ErrorKind::NotFound => Wrong::Said(format!("there is no {name}")),
            _ => Wrong::Said(format!("{name} does not start: {error}")),
        })?;
        let (Some(requests), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Wrong::Said(format!("{name} has no pipes")));
        };
        let (give, answers) = channel();
        thread::spawn(move || {
            BufReader::new(stdout).lines().map_while(Result::ok).try_for_each(|line| give.send(line))
        });
        Ok(Running { name, child, requests, answers })
    }

    /// The same with a script.
    pub fn load(python: &Python, setting: Setting, program: &Program) -> Result<Running, Wrong> {
        let mut running = Running::start(python, setting)?;
        let request = json!({ "do": "load", "text": program.text, "name": program.path });
        running.ask::<serde::de::IgnoredAny>(request)?;
        Ok(running)
    }

    /// One request.
    ///
    /// # Errors
    /// In words, if the answer is none.
    pub fn ask<A: DeserializeOwned>(&mut self, request: Value) -> Result<A, Wrong> {
        let said = |what: String| Wrong::Said(format!("{}: {what}", self.name));
        let sent = writeln!(self.requests, "{request}").and_then(|()| self.requests.flush());
        sent.map_err(|error| said(error.to_string()))?;
        let start = Instant::now();
        let answer = loop {
            interrupt::check().map_err(|_| Wrong::Interrupted)?;
            match self.answers.recv_timeout(PATIENCE) {
                Ok(line) => break line,
                Err(RecvTimeoutError::Timeout) if start.elapsed() < LIMIT => {}
                Err(RecvTimeoutError::Timeout) => return Err(said("no answer within a minute".into())),
                Err(RecvTimeoutError::Disconnected) => return Err(said("it ended without an answer".into())),
            }
        };
        let answer: Value = serde_json::from_str(&answer).map_err(|error| said(error.to_string()))?;
        if let Some(error) = answer["error"].as_str() {
            return Err(said(error.into()));
        }
        serde_json::from_value(answer).map_err(|error| said(error.to_string()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
