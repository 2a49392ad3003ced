//! One frame: where each pane is, and what stands above and below them.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Block, Clear, Paragraph};

use super::app::{App, Pane};

use super::keys::BINDINGS;
use super::{bytecode, events, kernel, source, tallies, values};
use crate::cli::figures::grouped;
use crate::trace::{Step, Tape};

/// The smallest terminal in which something can be seen.
const MIN: (u16, u16) = (60, 16);
/// From here on panes stand side by side.
const WIDE: u16 = 100;

/// What a pane shows.
pub struct Content {
    pub title: String,
    /// Lines that stay at the top.
    pub pinned: Vec<Line<'static>>,
    pub lines: Vec<Line<'static>>,
    /// The line to keep in view.
    pub centre: Option<usize>,
}

impl<T: Tape> App<T> {
    pub fn draw(&self, frame: &mut Frame) {
        let area = frame.area();
        if area.width < MIN.0 || area.height < MIN.1 {
            let words =
                format!("{} × {} is too small: {} × {} at least. q quits.", area.width, area.height, MIN.0, MIN.1);
            frame.render_widget(Paragraph::new(words).wrap(ratatui::widgets::Wrap { trim: true }), area);
            return;
        }
        let height = tallies::HEIGHT + !self.costs.is_empty() as u16;
        let rows = [Constraint::Length(1), Constraint::Min(0), Constraint::Length(height), Constraint::Length(1)];
        let [top, body, counts, bottom] = Layout::vertical(rows).areas(area);
        frame.render_widget(Paragraph::new(self.status()).style(self.theme.bar()), top);
        frame.render_widget(Paragraph::new(self.footer()), bottom);
        let Some(step) = self.step() else { return };
        frame.render_widget(
            Paragraph::new(tallies::lines(self.tape.listing(), step, &self.costs, self.theme, counts.width as usize)),
            counts,
        );
        let rest = self.strip(frame, step, body);
        self.panes(frame, step, rest);
        if self.help {
            self.draw_help(frame, body);
        }
    }

    /// What is printed, or how the run ends, at the bottom of the body; what is left of the body.
    fn strip(&self, frame: &mut Frame, step: &Step, body: Rect) -> Rect {
        let ending = self.tape.end().filter(|_| self.is_last()).and_then(|end| end.message.clone());
        let (title, text) = match ending {
            Some(message) => ("the script's end".to_owned(), message),
            None if self.output => ("printed so far".into(), self.tape.printed(step.position.number)),
            None => return body,
        };
        let wanted = u16::try_from(text.lines().count()).unwrap_or(u16::MAX).saturating_add(2).min(body.height / 3);
        let [rest, strip] = Layout::vertical([Constraint::Min(0), Constraint::Length(wanted)]).areas(body);
        let lines: Vec<Line> = text.lines().map(|line| Line::raw(line.to_owned())).collect();
        let centre = lines.len().checked_sub(1);
        self.pane(frame, strip, Content { title, pinned: Vec::new(), lines, centre }, None);
        rest
    }

    fn panes(&self, frame: &mut Frame, step: &Step, body: Rect) {
        let (source, code, values, events) = if body.width >= WIDE {
            let [left, right] = Layout::horizontal([Constraint::Percentage(50); 2]).areas(body);
            let [source, code] = Layout::vertical([Constraint::Percentage(40), Constraint::Min(0)]).areas(left);
            let events = u16::try_from(step.events.len()).unwrap_or(u16::MAX);
            let happened = events.saturating_add(3).max(8).min(body.height / 2);
            let [values, events] = Layout::vertical([Constraint::Min(0), Constraint::Length(happened)]).areas(right);
            (source, Some(code), Some(values), Some(events))
        } else {
            // One above the other: the source, and the pane that was chosen.
            let [source, chosen] = Layout::vertical([Constraint::Length(6), Constraint::Min(0)]).areas(body);
            let of = |pane| (self.focus == pane).then_some(chosen);
            let source = if self.focus == Pane::Source { body } else { source };
            (source, of(Pane::Bytecode), of(Pane::Values), of(Pane::Events))
        };
        let listing = self.tape.listing();
        self.pane(frame, source, source::content(listing, step, self.theme), Some(Pane::Source));
        if let Some(code) = code {
            let content = match step.kernels.is_empty() {
                true => bytecode::content(listing, step, self.theme, code.width.saturating_sub(2) as usize),
                false => kernel::content(&step.kernels, self.theme),
            };
            self.pane(frame, code, content, Some(Pane::Bytecode));
        }
        if let Some(values) = values {
            self.pane(
                frame,
                values,
                values::content(step, self.before(), self.theme, values.width.saturating_sub(2) as usize),
                Some(Pane::Values),
            );
        }
        if let Some(events) = events {
            self.pane(frame, events, events::content(step, self.theme), Some(Pane::Events));
        }
    }

    /// A frame with as many lines as fit: around the one to keep in view, and by what was scrolled.
    fn pane(&self, frame: &mut Frame, area: Rect, content: Content, pane: Option<Pane>) {
        let focused = pane == Some(self.focus);
        let title = Span::styled(format!(" {} ", content.title), self.theme.strong());
        let block = Block::bordered().border_style(self.theme.border(focused)).title(title);
        let room = block.inner(area).height as usize;
        let height = room.saturating_sub(content.pinned.len());
        let last = content.lines.len().saturating_sub(height);
        let first = match content.centre {
            // With a few lines behind it: they may belong to it.
            Some(centre) if centre + 4 > height => centre.saturating_sub(height / 2).min(last),
            Some(_) | None => 0,
        };
        let by = pane.map_or(0, |pane| self.scroll[pane as usize].get());
        let shown = first.saturating_add_signed(by).min(last);
        if let Some(pane) = pane {
            self.scroll[pane as usize].set(shown as isize - first as isize);
        }
        if focused {
            self.page.set(height as isize - 1);
        }
        let scrolled = content.lines.into_iter().skip(shown).take(height);
        let lines: Vec<Line> = content.pinned.into_iter().chain(scrolled).collect();
        frame.render_widget(Paragraph::new(Text::from(lines)).block(block), area);
    }

    fn status(&self) -> Line<'static> {
        let listing = self.tape.listing();
        let mut words = format!(" {}", listing.name);
        match self.step() {
            Some(step) => {
                let at = step.position;
                words += &format!("  step {}", grouped(at.number));
                if let Some(end) = self.tape.end() {
                    words += &format!(" of {}", grouped(end.steps.saturating_sub(1)));
                }
                words += &format!("  line {}  {}", at.line, listing.chunk(at.chunk).name);
                if at.depth > 1 {
                    words += &format!("  {} calls deep", at.depth);
                }
                if let Some(inner) = at.innermost {
                    let line = listing.script_loop(inner.id).line;
                    words += &format!("  loop of line {line}, iteration {}", grouped(inner.iteration));
                }
            }
            None => words += "  begins to run",
        }
        Line::raw(words)
    }

    /// The prompt, or what is to be said, or what the most important keys do.
    fn footer(&self) -> Line<'static> {
        if let Some(prompt) = &self.prompt {
            let words = Span::styled(prompt.question.words(), self.theme.strong());
            return Line::from(vec![words, Span::raw(prompt.text.clone()), Span::styled(" ", self.theme.bar())]);
        }
        if let Some(steps) = self.busy {
            return Line::styled(format!("running … {} steps; Esc stops", grouped(steps)), self.theme.changed());
        }
        match &self.message {
            Some(message) => Line::styled(message.clone(), self.theme.changed()),
            None if self.step().is_some_and(|step| !step.prints.is_empty()) => {
                let prints = self.step().map_or("", |step| step.prints.trim_end());
                Line::styled(format!("prints: {}", prints.lines().last().unwrap_or("")), self.theme.strong())
            }
            None => Line::styled(
                "→ ← instruction   ↓ ↑ line   ] [ iteration   g line   n iteration   / search   o output   ? help   q quit",
                self.theme.dim(),
            ),
        }
    }

    fn draw_help(&self, frame: &mut Frame, body: Rect) {
        let width = body.width.min(76);
        let height = body.height.min(BINDINGS.len() as u16 + 2);
        let area = Rect { x: body.x + (body.width - width) / 2, y: body.y + (body.height - height) / 2, width, height };
        let lines: Vec<Line> = BINDINGS
            .iter()
            .map(|binding| {
                let name = Span::styled(format!(" {:<12}", binding.name), self.theme.strong());
                Line::from(vec![name, Span::raw(binding.meaning)])
            })
            .collect();
        frame.render_widget(Clear, area);
        let block = Block::bordered().title(Span::styled(" keys ", self.theme.strong()));
        frame.render_widget(Paragraph::new(lines).block(block), area);
    }
}
