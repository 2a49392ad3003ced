//! The bytes under a text: a file, a pipe, a terminal, memory.

use std::cell::RefCell;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::rc::Rc;

/// Unbuffered bytes. Reading and writing fail with [`io::ErrorKind::Interrupted`] if the user asked the script to end.
pub trait Channel: Read + Write + Seek {
    /// Whether a person may sit at the other end.
    fn is_terminal(&self) -> bool {
        false
    }

    /// Whether somebody wants to see each line as it is written.
    fn wants_lines(&self) -> bool {
        self.is_terminal()
    }

    fn is_seekable(&self) -> bool {
        false
    }

    /// Cuts, or lengthens with zeros.
    fn truncate(&mut self, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// The number that the system knows it by.
    fn descriptor(&self) -> Option<i32> {
        None
    }
}

/// The channel of a closed stream.
pub struct Closed;

impl Read for Closed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

impl Write for Closed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Closed {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Ok(0)
    }
}

impl Channel for Closed {}

/// Bytes in memory, shared with who made them.
#[derive(Clone, Default)]
pub struct Memory(Rc<RefCell<Cursor<Vec<u8>>>>);

impl Memory {
    pub fn new(bytes: impl Into<Vec<u8>>) -> Memory {
        Memory(Rc::new(RefCell::new(Cursor::new(bytes.into()))))
    }

    /// All of it as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.0.borrow().get_ref()).into_owned()
    }
}

impl Read for Memory {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.borrow_mut().read(buffer)
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Memory {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.borrow_mut().seek(to)
    }
}

impl Channel for Memory {
    fn is_seekable(&self) -> bool {
        true
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.0.borrow_mut().get_mut().resize(len as usize, 0);
        Ok(())
    }
}
