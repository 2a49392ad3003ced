//! The dial of typed loops: which of the overheads of boxed values their machine code still pays.

use std::fmt;
use std::str::FromStr;

/// When the type of a value is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Types {
    /// At each use.
    Each,
    /// A variable's when the loop is entered, a list item's when it is read.
    #[default]
    Items,
    /// When the loop is entered, for all items of lists too.
    Once,
}

/// Where numbers are kept that the loop computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Boxes {
    /// In boxes: each is allocated and released.
    Kept,
    #[default]
    Registers,
}

/// When an index is compared with a length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Bounds {
    /// At each access.
    Each,
    /// Before an inner loop, for all its iterations, where that can be said.
    #[default]
    Once,
}

/// How the items of lists lie in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lists {
    /// Each in a box, as ever.
    #[default]
    Boxes,
    /// Side by side: copied when the loop is entered, and back when it is left.
    Contiguous,
}

/// Whether an inner loop tests once for several iterations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Unroll {
    Off,
    #[default]
    On,
}

/// What typed code leaves out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dial {
    pub types: Types,
    pub boxes: Boxes,
    pub bounds: Bounds,
    pub lists: Lists,
    pub unroll: Unroll,
}

/// The names of settings: `NAMES` in the order of their values.
macro_rules! settings {
    ($($ty:ident { $($variant:ident $name:literal),* })*) => {
        $(impl $ty {
            const ALL: &[($ty, &str)] = &[$(($ty::$variant, $name)),*];

            pub const fn name(self) -> &'static str {
                match self { $($ty::$variant => $name),* }
            }
        })*
    };
}

settings! {
    Types { Each "each", Items "items", Once "once" }
    Boxes { Kept "kept", Registers "registers" }
    Bounds { Each "each", Once "once" }
    Lists { Boxes "boxes", Contiguous "contiguous" }
    Unroll { Off "off", On "on" }
}

impl Dial {
    /// What it is set by.
    pub const USAGE: &'static str = "types=each|items|once,boxes=kept|registers,bounds=each|once,\
                                     lists=boxes|contiguous,unroll=off|on";

    /// All that machine code can still pay.
    pub const ALL_OVERHEADS: Dial =
        Dial { types: Types::Each, boxes: Boxes::Kept, bounds: Bounds::Each, lists: Lists::Boxes, unroll: Unroll::Off };

    /// What array expressions need: lists are arrays meanwhile.
    pub const VECTOR: Dial = Dial {
        types: Types::Once,
        boxes: Boxes::Registers,
        bounds: Bounds::Once,
        lists: Lists::Contiguous,
        unroll: Unroll::On,
    };

    /// Why there is no such code, in words.
    ///
    /// # Errors
    /// If two settings exclude each other.
    pub fn validate(self) -> Result<Dial, String> {
        let refuse = |message: &str| Err(message.to_owned());
        match self {
            Dial { types: Types::Each, boxes: Boxes::Registers, .. } => {
                refuse("types=each needs boxes=kept: a number in a register has no type that could be looked at")
            }
            Dial { bounds: Bounds::Each, unroll: Unroll::On, .. } => {
                refuse("unroll=on needs bounds=once: each of the iterations could end the loop")
            }
            Dial { types: Types::Each | Types::Items, lists: Lists::Contiguous, .. } => {
                refuse("lists=contiguous needs types=once: items that lie side by side have one type")
            }
            dial => Ok(dial),
        }
    }
}

impl fmt::Display for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Dial { types, boxes, bounds, lists, unroll } = self;
        let (types, boxes, bounds) = (types.name(), boxes.name(), bounds.name());
        write!(f, "types={types},boxes={boxes},bounds={bounds},lists={},unroll={}", lists.name(), unroll.name())
    }
}

/// Settings by name, with commas between them; what is not named is as by default.
impl FromStr for Dial {
    type Err = String;
    fn from_str(text: &str) -> Result<Dial, String> {
        let mut dial = Dial::default();
        for part in text.split(',') {
            let (name, value) =
                part.split_once('=').ok_or_else(|| format!("'{part}' is not of the form name=value"))?;
            match name {
                "types" => dial.types = named(Types::ALL, name, value)?,
                "boxes" => dial.boxes = named(Boxes::ALL, name, value)?,
                "bounds" => dial.bounds = named(Bounds::ALL, name, value)?,
                "lists" => dial.lists = named(Lists::ALL, name, value)?,
                "unroll" => dial.unroll = named(Unroll::ALL, name, value)?,
                _ => return Err(format!("there is no '{name}'; it takes {}", Dial::USAGE)),
            }
        }
        dial.validate()
    }
}

fn named<T: Copy>(all: &[(T, &str)], name: &str, wanted: &str) -> Result<T, String> {
    all.iter().find(|(_, known)| *known == wanted).map(|(value, _)| *value).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|(_, name)| *name).collect();
        format!("{name} is {}, not '{wanted}'", names.join(" or "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read() {
        for text in ["types=each,boxes=kept,bounds=each,lists=boxes,unroll=off", "types=once,lists=contiguous"] {
            let dial: Dial = text.parse().unwrap();
            assert_eq!(dial.to_string().parse(), Ok(dial));
        }
        assert_eq!(Dial::default().to_string().parse(), Ok(Dial::default()));
        assert_eq!(Dial::ALL_OVERHEADS.validate(), Ok(Dial::ALL_OVERHEADS));
    }

    #[test]
    fn settings_that_exclude_each_other_are_refused() {
        for text in ["types=each", "bounds=each", "lists=contiguous", "types", "bounds=twice", "speed=high", ""] {
            assert!(text.parse::<Dial>().is_err(), "{text}");
        }
    }
}
