//! Values as a step leaves them: what registers and variables point to, and the boxes there, as plain data.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// Where a box is in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address(pub usize);

/// What a step left: the current call's registers, the module's variables, and the boxes that they lead to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct State {
    /// Registers of the call that goes on next, those that hold something.
    pub registers: Vec<Variable>,
    /// The script's own global variables, by name; not what it imports.
    pub globals: Vec<Variable>,
    /// Boxes, nearest first, each once. Those that are far away, and items of long containers, are left out.
    pub boxes: Vec<Arc<BoxState>>,
}

/// A register or a global variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Variable {
    /// A local variable's, a global's, or `r7` of a register without.
    pub name: Arc<str>,
    pub address: Address,
}

/// A boxed object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BoxState {
    pub address: Address,
    #[serde(rename = "type")]
    pub class: &'static str,
    pub references: usize,
    pub fields: Vec<Field>,
    /// How many fields or items are not shown.
    pub hidden: usize,
}

/// A part of a payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// `value`, `len`, `[3]`, `next` …
    pub name: Cow<'static, str>,
    pub holds: Slot,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// Raw data, as text.
    Raw(Arc<str>),
    /// A pointer to another box.
    Pointer(Address),
}

impl State {
    pub fn find(&self, address: Address) -> Option<&Arc<BoxState>> {
        self.boxes.iter().find(|found| found.address == address)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// As text: numbers of JSON are exact to 2^53 only.
impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One line: `0x55d0 float ×2: value 0.5`.
impl fmt::Display for BoxState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ×{}", self.address, self.class, self.references)?;
        let mut separator = ": ";
        for field in &self.fields {
            write!(f, "{separator}{field}")?;
            separator = ", ";
        }
        if self.hidden > 0 {
            write!(f, "{separator}… {} more", self.hidden)?;
        }
        Ok(())
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.holds {
            Slot::Raw(text) => write!(f, "{} {text}", self.name),
            Slot::Pointer(address) => write!(f, "{} → {address}", self.name),
        }
    }
}
