//! The full-screen view: panes that move together along a run.

mod app;
mod bytecode;
mod events;
mod frame;
mod kernel;
mod keys;
mod prompt;
mod source;
mod tallies;
#[cfg(test)]
mod tests;
mod theme;
mod values;

use std::io;
use std::time::{Duration, Instant};

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyEventKind};

pub use app::App;

use crate::trace::Tape;

/// How long the last frame stands while the script may be quicker.
const QUICK: Duration = Duration::from_millis(20);
/// How long to wait for a key while the script runs, and while it does not.
const BUSY: Duration = Duration::from_millis(40);
const IDLE: Duration = Duration::from_secs(3600);

/// Shows a run until its user has seen enough.
///
/// # Errors
/// What the terminal says.
pub fn run<T: Tape>(app: &mut App<T>) -> io::Result<()> {
    let mut terminal = ratatui::try_init()?;
    let result = interact(&mut terminal, app);
    ratatui::try_restore().and(result)
}

fn interact<T: Tape>(terminal: &mut DefaultTerminal, app: &mut App<T>) -> io::Result<()> {
    while !app.is_over() {
        let start = Instant::now();
        app.poll();
        app.catch_up();
        while app.is_busy() && start.elapsed() < QUICK {
            std::thread::sleep(Duration::from_millis(1));
            app.poll();
            app.catch_up();
        }
        terminal.draw(|frame| app.draw(frame))?;
        if !event::poll(if app.is_busy() { BUSY } else { IDLE })? {
            continue;
        }
        match event::read()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => app.key(key),
            // Whatever else it is: the next frame shows it.
            _ => {}
        }
    }
    Ok(())
}
