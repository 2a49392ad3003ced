//! Registers and variables, and the boxes that they point to.

use std::collections::HashSet;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::frame::Content;
use super::theme::Theme;
use crate::trace::{Address, BoxState, Happening, Slot, State, Step, Variable};

/// Pointers that are followed from a variable.
const MAX_DEPTH: usize = 3;

pub fn content(step: &Step, before: Option<&Step>, theme: Theme) -> Content {
    let made = step.events.iter().filter_map(|event| match event {
        Happening::Allocate { made } => Some(made.address),
        _ => None,
    });
    let mut pane = Pane {
        now: &step.state,
        was: before.map(|before| &before.state),
        made: made.collect(),
        shown: HashSet::new(),
        theme,
        lines: Vec::new(),
        changed: None,
    };
    pane.freed(step);
    pane.variables("registers", &step.state.registers, |state| &state.registers);
    pane.variables("globals", &step.state.globals, |state| &state.globals);
    if step.state.boxes.is_empty() {
        pane.lines.push(Line::styled("The script has ended: nothing is left.", theme.dim()));
    }
    let boxes = step.state.boxes.len();
    Content { title: format!("values · {boxes} boxes"), lines: pane.lines, centre: pane.changed }
}

struct Pane<'a> {
    now: &'a State,
    was: Option<&'a State>,
    made: HashSet<Address>,
    /// Boxes whose payload stands in a line above.
    shown: HashSet<Address>,
    theme: Theme,
    lines: Vec<Line<'static>>,
    /// The first line that the step changed.
    changed: Option<usize>,
}

impl Pane<'_> {
    /// Boxes that the step gave back, as they were.
    fn freed(&mut self, step: &Step) {
        for of in step.events.iter().filter(|event| event.frees()).filter_map(Happening::about) {
            let was = self.was.and_then(|was| was.find(of.address));
            let text = was.map_or_else(|| of.to_string(), |was| was.to_string());
            self.lines.push(Line::from(vec![
                Span::styled("freed   ", self.theme.error()),
                Span::styled(text, self.theme.freed()),
            ]));
        }
    }

    fn variables(&mut self, heading: &str, variables: &[Variable], of: fn(&State) -> &Vec<Variable>) {
        if variables.is_empty() {
            return;
        }
        self.lines.push(Line::styled(heading.to_owned(), self.theme.dim()));
        let width = variables.iter().map(|variable| variable.name.chars().count()).max().unwrap_or(0).min(16);
        for variable in variables {
            let same = |was: &State| of(was).iter().any(|known| known == variable);
            let changed = self.was.is_some_and(|was| !same(was));
            let style = if changed { self.theme.changed() } else { self.theme.plain() };
            let mark = if changed { "*" } else { " " };
            let name = Span::styled(format!("{mark} {:<width$} ──→ ", variable.name), style);
            if changed {
                self.changed.get_or_insert(self.lines.len());
            }
            self.pointer(vec![name], variable.address, 0, width + 7);
        }
    }

    /// A line that leads to a box, and lines for what is in it.
    fn pointer(&mut self, mut front: Vec<Span<'static>>, to: Address, depth: usize, indent: usize) {
        front.push(Span::styled(to.to_string(), self.theme.address(to)));
        let Some(found) = self.now.find(to).cloned() else {
            self.lines.push(Line::from(front));
            return;
        };
        let (mark, style) = self.standing(&found);
        front.push(Span::styled(format!(" {} ×{}", found.class, found.references), style));
        let first = self.shown.insert(to);
        if !found.fields.iter().any(|field| matches!(field.holds, Slot::Pointer(_))) {
            for field in &found.fields {
                let Slot::Raw(text) = &field.holds else { continue };
                front.push(Span::styled(format!("  {} ", field.name), self.theme.dim()));
                front.push(Span::styled(text.to_string(), self.theme.strong()));
            }
            front.push(Span::styled(hidden(&found), self.theme.dim()));
            front.push(Span::styled(mark, style));
            self.lines.push(Line::from(front));
            return;
        }
        let again = if first { "" } else { "  (above)" };
        front.push(Span::styled(format!("{again}{mark}"), style));
        if !first || depth + 1 >= MAX_DEPTH {
            self.lines.push(Line::from(front));
            return;
        }
        self.lines.push(Line::from(front));
        let width = found.fields.iter().map(|field| field.name.chars().count()).max().unwrap_or(0);
        for field in &found.fields {
            let space = Span::raw(" ".repeat(indent));
            match &field.holds {
                Slot::Raw(text) => self.lines.push(Line::from(vec![
                    space,
                    Span::styled(format!("{:<width$} ", field.name), self.theme.dim()),
                    Span::styled(text.to_string(), self.theme.strong()),
                ])),
                Slot::Pointer(address) => {
                    let name = Span::raw(format!("{:<width$} ──→ ", field.name));
                    self.pointer(vec![space, name], *address, depth + 1, indent + width + 5);
                }
            }
        }
        if found.hidden > 0 {
            self.lines.push(Line::styled(format!("{}{}", " ".repeat(indent), hidden(&found)), self.theme.dim()));
        }
    }

    /// Whether a box is new, or another than it was, in words; and how that looks.
    fn standing(&self, found: &BoxState) -> (&'static str, Style) {
        if self.made.contains(&found.address) {
            return ("  new", self.theme.changed());
        }
        match self.was.and_then(|was| was.find(found.address)) {
            Some(was) if was.references != found.references && was.fields == found.fields => {
                ("  references changed", self.theme.changed())
            }
            Some(was) if **was != *found => ("  changed", self.theme.changed()),
            Some(_) | None => ("", self.theme.plain()),
        }
    }
}

fn hidden(found: &BoxState) -> String {
    if found.hidden > 0 { format!("  … {} more", found.hidden) } else { String::new() }
}
