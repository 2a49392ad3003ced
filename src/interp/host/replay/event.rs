//! What a script asked of the world and what it was told, in a form that outlives both.

use std::fmt;
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, SeekFrom};
use std::rc::Rc;
use std::time::Duration;

use crate::interp::host::{Clock, Opening};

/// One question with its answer.
pub(super) struct Event {
    pub call: Call,
    pub answer: Result<Given, Failure>,
}

impl Event {
    /// Bytes of memory.
    pub fn size(&self) -> usize {
        let asked = match &self.call {
            Call::Open { path, .. } => path.len(),
            Call::Clock(_)
            | Call::Sleep(_)
            | Call::Read { .. }
            | Call::Write { .. }
            | Call::Flush(_)
            | Call::Seek { .. }
            | Call::Truncate { .. }
            | Call::Close(_) => 0,
        };
        let told = match &self.answer {
            Ok(Given::Bytes(bytes)) => bytes.len(),
            Err(Failure::Other(_, message)) => message.len(),
            Ok(Given::Number(_)) | Err(Failure::System(_)) => 0,
        };
        size_of::<Event>() + asked + told
    }
}

/// The number of a channel: that of standard input is 0, the others are counted as they are opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ChannelId(pub u32);

impl ChannelId {
    pub const INPUT: ChannelId = ChannelId(0);
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Call {
    Open { path: Box<str>, how: Opening },
    Clock(Clock),
    Sleep(Duration),
    Read { channel: ChannelId, len: usize },
    Write { channel: ChannelId, bytes: Digest },
    Flush(ChannelId),
    Seek { channel: ChannelId, to: SeekFrom },
    Truncate { channel: ChannelId, len: u64 },
    Close(ChannelId),
}

impl Call {
    /// What the script did, behind the words "the script".
    pub fn describe<'a>(&self, name: impl Fn(ChannelId) -> &'a str) -> String {
        match self {
            Call::Open { path, how } => {
                let purposes = [(how.read, "reading"), (how.write, "writing"), (how.append, "appending")];
                let purposes = purposes.into_iter().filter_map(|(is_so, purpose)| is_so.then_some(purpose));
                let anew = match (how.truncate, how.create_new) {
                    (_, true) => " as a new file",
                    (true, false) => " anew",
                    (false, false) => "",
                };
                format!("opened '{path}'{anew} for {}", purposes.collect::<Vec<_>>().join(" and "))
            }
            Call::Clock(Clock::Calendar) => "asked for the time".into(),
            Call::Clock(Clock::Monotonic) => "asked the monotonic clock".into(),
            Call::Clock(Clock::Process) => "asked for its processor time".into(),
            Call::Sleep(time) => format!("slept {} s", time.as_secs_f64()),
            Call::Read { channel, len } => format!("read up to {len} bytes of {}", name(*channel)),
            Call::Write { channel, bytes } => format!("wrote {bytes} to {}", name(*channel)),
            Call::Flush(channel) => format!("flushed {}", name(*channel)),
            Call::Seek { channel, to: SeekFrom::Start(place) } => format!("went to {place} in {}", name(*channel)),
            Call::Seek { channel, to: SeekFrom::Current(place) } => format!("went {place} on in {}", name(*channel)),
            Call::Seek { channel, to: SeekFrom::End(0) } => format!("went to the end of {}", name(*channel)),
            Call::Seek { channel, to: SeekFrom::End(place) } => {
                format!("went {place} from the end of {}", name(*channel))
            }
            Call::Truncate { channel, len } => format!("cut {} to {len} bytes", name(*channel)),
            Call::Close(channel) => format!("closed {}", name(*channel)),
        }
    }
}

/// What is kept of bytes that were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digest {
    len: usize,
    hash: u64,
}

impl Digest {
    pub fn of(bytes: &[u8]) -> Digest {
        let mut hasher = DefaultHasher::new();
        hasher.write(bytes);
        Digest { len: bytes.len(), hash: hasher.finish() }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} byte{}", self.len, if self.len == 1 { "" } else { "s" })
    }
}

#[derive(Clone, Debug)]
pub(super) enum Given {
    /// A count, a place, a time, a channel; 0 where success is all there is to tell.
    Number(i64),
    Bytes(Rc<[u8]>),
}

impl Given {
    pub const DONE: Given = Given::Number(0);

    /// Of bytes, how many there are.
    pub fn number(&self) -> i64 {
        match self {
            Given::Number(number) => *number,
            Given::Bytes(bytes) => bytes.len() as i64,
        }
    }
}

/// An error that can be told again.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// The number that the system gave it, from which everything else follows.
    System(i32),
    Other(io::ErrorKind, Box<str>),
}

impl From<&io::Error> for Failure {
    fn from(error: &io::Error) -> Failure {
        match error.raw_os_error() {
            Some(number) => Failure::System(number),
            None => Failure::Other(error.kind(), error.to_string().into()),
        }
    }
}

impl From<&Failure> for io::Error {
    fn from(failure: &Failure) -> io::Error {
        match failure {
            Failure::System(number) => io::Error::from_raw_os_error(*number),
            Failure::Other(kind, message) => io::Error::new(*kind, &**message),
        }
    }
}
