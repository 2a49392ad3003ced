//! The channels of one run: handles of real ones that the log keeps, and the pipes that take what is printed.

use std::cell::RefCell;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::rc::Rc;

use rustix::io::Errno;

use super::event::{Call, ChannelId, Digest, Given};
use super::{Log, Output, Traits, World};
use crate::interp::host::Standard;
use crate::stream::Channel;

/// What a run has of a real channel.
pub(super) struct Handle {
    pub log: Log,
    pub run: u64,
    pub id: ChannelId,
    pub traits: Traits,
    /// Text streams flush before they read, which is not worth an event each time.
    pub unflushed: bool,
}

impl Handle {
    fn ask(&self, call: Call, live: impl FnOnce(&mut dyn Channel) -> io::Result<Given>) -> io::Result<Given> {
        self.log.ask(self.run, call, |world| live(world.channel(self.id)?))
    }
}

impl Read for Handle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let call = Call::Read { channel: self.id, len: buffer.len() };
        let given = self.ask(call, |channel| {
            let count = channel.read(buffer)?;
            Ok(Given::Bytes(buffer[..count].into()))
        })?;
        match given {
            Given::Bytes(bytes) => {
                buffer[..bytes.len()].copy_from_slice(&bytes);
                Ok(bytes.len())
            }
            Given::Number(_) => Ok(0),
        }
    }
}

impl Write for Handle {
    /// A run that is over or has diverged writes nothing, and is not told so: nobody would be left to catch the error.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.log.is_going(self.run) {
            return Ok(bytes.len());
        }
        self.unflushed = true;
        let call = Call::Write { channel: self.id, bytes: Digest::of(bytes) };
        let given = self.ask(call, |channel| Ok(Given::Number(channel.write(bytes)? as i64)))?;
        Ok(given.number() as usize)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.unflushed && self.log.is_going(self.run) {
            self.ask(Call::Flush(self.id), |channel| channel.flush().map(|()| Given::DONE))?;
        }
        self.unflushed = false;
        Ok(())
    }
}

impl Seek for Handle {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let call = Call::Seek { channel: self.id, to };
        Ok(self.ask(call, |channel| Ok(Given::Number(channel.seek(to)? as i64)))?.number() as u64)
    }
}

impl Channel for Handle {
    fn is_terminal(&self) -> bool {
        self.traits.is_terminal
    }

    fn is_seekable(&self) -> bool {
        self.traits.is_seekable
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        let call = Call::Truncate { channel: self.id, len };
        self.ask(call, |channel| channel.truncate(len).map(|()| Given::DONE)).map(drop)
    }

    fn descriptor(&self) -> Option<i32> {
        self.traits.descriptor
    }
}

impl Drop for Handle {
    /// Closes the real channel, unless an earlier run did or this one does not count any more.
    fn drop(&mut self) {
        let mut closed = None;
        let live = |world: &mut World| {
            closed = world.channels.get_mut(self.id.0 as usize).and_then(|slot| slot.channel.take());
            Ok(Given::DONE)
        };
        // There is nobody to tell that the run diverged; the log knows.
        let _ = self.log.ask(self.run, Call::Close(self.id), live);
    }
}

/// Standard output or error: a pipe to whoever began the run.
pub(super) struct Printed {
    pub log: Log,
    pub run: u64,
    pub which: Standard,
    pub output: Rc<RefCell<Output>>,
}

impl Read for Printed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(Errno::BADF.into())
    }
}

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.log.is_going(self.run) {
            self.log.print(self.run, self.which, bytes)?;
            (self.output.borrow_mut())(self.which, bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Printed {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Err(Errno::SPIPE.into())
    }
}

impl Channel for Printed {
    fn wants_lines(&self) -> bool {
        true
    }

    fn truncate(&mut self, _: u64) -> io::Result<()> {
        Err(Errno::INVAL.into())
    }

    fn descriptor(&self) -> Option<i32> {
        Some(match self.which {
            Standard::In => 0,
            Standard::Out => 1,
            Standard::Err => 2,
        })
    }
}
