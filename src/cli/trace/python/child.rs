//! `python3` as a child process: a request goes in, one line of JSON comes out, in bounded time and memory.

use std::io::{ErrorKind, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::interrupt;

const DRIVER: &str = include_str!("driver.py");
/// How often the child is looked after.
const PATIENCE: Duration = Duration::from_millis(2);
/// Bytes of an answer, and of what is kept of standard error.
const MAX_ANSWER: u64 = 256 << 20;
const MAX_ERROR: u64 = 1 << 20;
/// Characters of a stranger's text in a message.
const SHOWN: usize = 100;

/// What the driver is to do.
#[derive(Serialize)]
pub struct Request<'a> {
    pub name: &'a str,
    pub text: &'a str,
    /// `sys.argv`
    pub arguments: &'a [String],
    /// The file that is standard input.
    pub input: Option<&'a str>,
    /// Whether the bytecode is wanted.
    pub codes: bool,
}

/// What the driver found.
#[derive(Clone, Debug, Deserialize)]
pub struct Answer {
    pub version: String,
    pub implementation: String,
    pub executable: Option<String>,
    /// The last line of the traceback of what ended the script.
    pub error: Option<String>,
    /// What the timers left.
    pub times: Option<Vec<i64>>,
    pub codes: Vec<Code>,
    /// The first part of what the script printed.
    pub printed: String,
    pub printed_bytes: u64,
}

/// A code object.
#[derive(Clone, Debug, Deserialize)]
pub struct Code {
    pub name: String,
    pub instructions: Vec<Instruction>,
}

/// One of its instructions.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Instruction {
    pub offset: u32,
    pub line: u32,
    pub op: String,
    pub arg: String,
    /// The offset of the instruction that it jumps to.
    #[serde(skip_serializing)]
    pub target: Option<u32>,
}

/// Why there is no answer.
#[derive(Debug, PartialEq)]
pub enum Silence {
    /// The user pressed Ctrl-C.
    Interrupted,
    /// There is no such program.
    Absent,
    /// In words.
    Because(String),
}

/// Asks `python3` once.
///
/// # Errors
/// Why there is no answer within `limit`.
pub fn ask(request: &Request<'_>, limit: Duration) -> Result<Answer, Silence> {
    let spawned = Command::new("python3")
        .args(["-c", DRIVER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(Silence::Absent),
        Err(error) => return Err(Silence::Because(format!("python3 does not start: {error}"))),
    };
    let result = converse(&mut child, request, limit);
    // It may have ended by itself; then there is nothing to kill.
    let _ = child.kill();
    let _ = child.wait();
    // A terminal interrupts the child as well.
    interrupt::check().map_err(|_| Silence::Interrupted)?;
    result
}

fn converse(child: &mut Child, request: &Request<'_>, limit: Duration) -> Result<Answer, Silence> {
    let because = |what: String| Silence::Because(what);
    let (Some(mut stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(because("python3 has no pipes".into()));
    };
    let request = serde_json::to_vec(request).map_err(|error| because(error.to_string()))?;
    // Whoever does not read it says so by not answering.
    thread::spawn(move || stdin.write_all(&request));
    let (answer, complaint) = (reader(stdout, MAX_ANSWER), reader(stderr, MAX_ERROR));
    let start = Instant::now();
    let status = loop {
        if interrupt::check().is_err() {
            return Err(Silence::Interrupted);
        }
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if start.elapsed() > limit => {
                return Err(because(format!(
                    "python3 did not end within {:.0} s, and was stopped",
                    limit.as_secs_f64()
                )));
            }
            Ok(None) => thread::sleep(PATIENCE),
            Err(error) => return Err(because(format!("python3: {error}"))),
        }
    };
    // What the child started may hold the pipes open: nobody waits for that.
    let wait = Duration::from_secs(5);
    let answer = answer.recv_timeout(wait).unwrap_or_default();
    if answer.len() as u64 == MAX_ANSWER {
        return Err(because("python3 answered with too much text".into()));
    }
    let last = answer.split(|byte| *byte == b'\n').rfind(|line| !line.is_empty()).unwrap_or_default();
    match serde_json::from_slice(last) {
        Ok(answer) => Ok(answer),
        Err(_) if status.success() && last.is_empty() => Err(because("python3 ended without an answer".into())),
        Err(_) if status.success() => {
            Err(because(format!("python3 did not answer as Python would: {}", shown(&String::from_utf8_lossy(last)))))
        }
        Err(_) => {
            let complaint = complaint.recv_timeout(wait).unwrap_or_default();
            let complaint = String::from_utf8_lossy(&complaint);
            let said = complaint.lines().rfind(|line| !line.trim().is_empty()).map(|line| format!(": {}", shown(line)));
            Err(because(format!("python3 failed ({status}){}", said.unwrap_or_default())))
        }
    }
}

/// Reads to the end in a thread of its own.
fn reader(from: impl Read + Send + 'static, most: u64) -> Receiver<Vec<u8>> {
    let (give, take) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut from = from;
        // What was read so far counts.
        let _ = (&mut from).take(most).read_to_end(&mut bytes);
        let _ = give.send(bytes);
        // The writer is not to wait for a reader that has enough.
        let _ = std::io::copy(&mut from, &mut std::io::sink());
    });
    take
}

/// The beginning of a text from elsewhere, without what moves a terminal's cursor.
pub fn shown(text: &str) -> String {
    let clean: String = text.trim().chars().filter(|c| !c.is_control()).collect();
    match clean.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None => clean,
    }
}
