//! Open files as values.

use std::cell::RefCell;
use std::rc::Rc;

use crate::stream::TextStream;

/// A text file, as `open` returns it. Who flushes files at the end of the program knows it, too.
pub struct File(pub Rc<RefCell<TextStream>>);
