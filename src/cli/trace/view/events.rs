//! What the step did, event by event.

use ratatui::text::{Line, Span};

use super::frame::Content;
use super::theme::Theme;
use crate::trace::{Address, Step};

/// Columns of an overhead's name.
const NAME: usize = 14;

pub fn content(step: &Step, theme: Theme) -> Content {
    let mut lines = Vec::new();
    for event in &step.events {
        let name = Span::styled(format!("{:<NAME$}", event.overhead().name()), theme.overhead(event.overhead()));
        let mut spans = vec![name];
        spans.extend(coloured(&event.words(), event.about().map(|of| of.address), theme));
        lines.push(Line::from(spans));
    }
    if !step.prints.is_empty() {
        let prints = Span::styled(format!("{:<NAME$}", "prints"), theme.strong());
        lines.push(Line::from(vec![prints, Span::raw(format!("{:?}", step.prints))]));
    }
    Content { title: format!("this step · {} events", step.events.len()), lines, centre: None }
}

/// A text in which an address has its colour.
fn coloured(text: &str, address: Option<Address>, theme: Theme) -> Vec<Span<'static>> {
    let Some(address) = address else { return vec![Span::raw(text.to_owned())] };
    match text.split_once(&address.to_string()) {
        Some((front, back)) => vec![
            Span::raw(front.to_owned()),
            Span::styled(address.to_string(), theme.address(address)),
            Span::raw(back.to_owned()),
        ],
        None => vec![Span::raw(text.to_owned())],
    }
}
