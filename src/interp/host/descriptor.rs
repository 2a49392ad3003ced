//! Files, pipes and terminals of the operating system. A handler of signals does not wake who waits in a read or a
//! write: these wait in `poll` and look at the flag now and then.

use std::fs::OpenOptions;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, fstat, ftruncate, seek};
use rustix::io::Errno;

use super::process::PATIENCE;
use super::{Opening, Standard};
use crate::interrupt;
use crate::stream::Channel;

/// A pipe that is ready takes so many bytes without waiting.
const PIPE_BUF: usize = 4096;

enum Handle {
    File(OwnedFd),
    Standard(BorrowedFd<'static>),
}

impl AsFd for Handle {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Handle::File(fd) => fd.as_fd(),
            Handle::Standard(fd) => *fd,
        }
    }
}

/// An open file.
pub struct Descriptor {
    handle: Handle,
    /// Reading or writing may have to wait.
    waits: bool,
    interrupt: Arc<AtomicBool>,
}

/// Opens a file.
///
/// # Errors
/// As the system says; a directory is none.
pub fn open(path: &str, how: Opening) -> io::Result<Box<dyn Channel>> {
    let file = OpenOptions::new()
        .read(how.read)
        .write(how.write)
        .append(how.append)
        .truncate(how.truncate)
        .create(how.create)
        .create_new(how.create_new)
        .open(path)?;
    if file.metadata()?.is_dir() {
        return Err(Errno::ISDIR.into());
    }
    let mut descriptor = Descriptor::new(Handle::File(file.into()));
    if how.append {
        // The place is told from the start on; of a pipe there is none.
        let _ = descriptor.seek(SeekFrom::End(0));
    }
    Ok(Box::new(descriptor))
}

impl Descriptor {
    pub fn standard(which: Standard) -> Descriptor {
        Descriptor::new(Handle::Standard(match which {
            Standard::In => rustix::stdio::stdin(),
            Standard::Out => rustix::stdio::stdout(),
            Standard::Err => rustix::stdio::stderr(),
        }))
    }

    fn new(handle: Handle) -> Descriptor {
        let is_file = fstat(&handle).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode).is_file());
        Descriptor { handle, waits: !is_file, interrupt: interrupt::flag() }
    }

    /// Waits until the system would not.
    fn wait(&self, event: PollFlags) -> io::Result<()> {
        let patience = Timespec { tv_sec: 0, tv_nsec: PATIENCE.as_nanos() as i64 };
        if !self.waits {
            return Ok(());
        }
        loop {
            self.check_interrupt()?;
            match poll(&mut [PollFd::new(&self.handle, event)], Some(&patience)) {
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn check_interrupt(&self) -> io::Result<()> {
        match self.interrupt.load(Ordering::Relaxed) {
            true => Err(io::ErrorKind::Interrupted.into()),
            false => Ok(()),
        }
    }
}

impl Read for Descriptor {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.check_interrupt()?;
        loop {
            self.wait(PollFlags::IN)?;
            match rustix::io::read(&self.handle, &mut *buffer) {
                Err(Errno::INTR) => {}
                result => return Ok(result?),
            }
        }
    }
}

impl Write for Descriptor {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let bytes = if self.waits { &bytes[..bytes.len().min(PIPE_BUF)] } else { bytes };
        loop {
            self.wait(PollFlags::OUT)?;
            match rustix::io::write(&self.handle, bytes) {
                Err(Errno::INTR) => {}
                result => return Ok(result?),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Descriptor {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        Ok(seek(
            &self.handle,
            match to {
                SeekFrom::Start(place) => rustix::fs::SeekFrom::Start(place),
                SeekFrom::End(place) => rustix::fs::SeekFrom::End(place),
                SeekFrom::Current(place) => rustix::fs::SeekFrom::Current(place),
            },
        )?)
    }
}

impl Channel for Descriptor {
    fn is_terminal(&self) -> bool {
        rustix::termios::isatty(&self.handle)
    }

    fn is_seekable(&self) -> bool {
        seek(&self.handle, rustix::fs::SeekFrom::Current(0)).is_ok()
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        Ok(ftruncate(&self.handle, len)?)
    }

    fn descriptor(&self) -> Option<i32> {
        Some(self.handle.as_fd().as_raw_fd())
    }
}
