//! Colours, which mean the same in every pane. Without colour, bold, underlined and reversed text is left.

use ratatui::style::{Color, Modifier, Style};

use crate::bytecode::overhead::Overhead;
use crate::trace::Address;

#[derive(Clone, Copy)]
pub struct Theme {
    pub colour: bool,
}

/// For addresses: equal ones look equal.
const ADDRESSES: [Color; 6] =
    [Color::LightBlue, Color::LightGreen, Color::LightYellow, Color::LightMagenta, Color::LightCyan, Color::LightRed];

impl Theme {
    fn fg(self, colour: Color) -> Style {
        if self.colour { Style::new().fg(colour) } else { Style::new() }
    }

    pub fn plain(self) -> Style {
        Style::new()
    }

    pub fn dim(self) -> Style {
        self.fg(Color::DarkGray)
    }

    pub fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// The line or the instruction that runs.
    pub fn current(self) -> Style {
        self.fg(Color::Yellow).add_modifier(Modifier::BOLD)
    }

    /// The sub-expression that runs.
    pub fn expression(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }

    /// What the step changed.
    pub fn changed(self) -> Style {
        self.fg(Color::Green).add_modifier(Modifier::BOLD)
    }

    pub fn freed(self) -> Style {
        self.fg(Color::Red).add_modifier(Modifier::CROSSED_OUT)
    }

    pub fn error(self) -> Style {
        self.fg(Color::Red).add_modifier(Modifier::BOLD)
    }

    pub fn bar(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    pub fn border(self, focused: bool) -> Style {
        if focused { self.strong() } else { self.dim() }
    }

    pub fn address(self, address: Address) -> Style {
        // Boxes lie 8 bytes apart at least.
        self.fg(ADDRESSES[(address.0 / 8) % ADDRESSES.len()])
    }

    pub fn overhead(self, overhead: Overhead) -> Style {
        match overhead {
            Overhead::Dispatch => self.fg(Color::Magenta),
            Overhead::BoundsCheck => self.fg(Color::Yellow),
            Overhead::Dereference => self.fg(Color::Cyan),
            Overhead::TypeCheck => self.fg(Color::Blue),
            Overhead::MemoryAccess => self.fg(Color::LightBlue),
            Overhead::Arithmetic => self.fg(Color::Green).add_modifier(Modifier::BOLD),
            Overhead::LoopCounter => self.fg(Color::LightMagenta),
            Overhead::Branch => self.fg(Color::LightRed),
            Overhead::Other => self.fg(Color::Gray),
        }
    }
}
