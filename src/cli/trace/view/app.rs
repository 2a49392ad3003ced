//! Where the user stands, and what each key does to that.

use std::cell::Cell;
use std::collections::VecDeque;

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::keys::{self, Action};
use super::prompt::{Prompt, Question};
use super::theme::Theme;
use crate::cli::trace::cost::Costs;
use crate::trace::{Direction, Goal, LoopId, Search, Step, Tape};

/// Keys that may wait.
const MAX_WAITING: usize = 64;

/// A pane that can be scrolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    Source,
    Bytecode,
    Values,
    Events,
}

impl Pane {
    pub const ALL: [Pane; 4] = [Pane::Source, Pane::Bytecode, Pane::Values, Pane::Events];
}

/// Everything that a frame shows.
pub struct App<T> {
    pub tape: T,
    pub theme: Theme,
    /// The step that is shown.
    pub at: u64,
    pub prompt: Option<Prompt>,
    /// What there is to say about the last key.
    pub message: Option<String>,
    /// Steps that a run which is under way has taken.
    pub busy: Option<u64>,
    /// What was measured of the loops; nothing if nobody asked.
    pub costs: Costs,
    pub help: bool,
    pub output: bool,
    pub focus: Pane,
    /// Lines that each pane was scrolled by, from where it would stand by itself; drawing it keeps that within the pane.
    pub scroll: [Cell<isize>; Pane::ALL.len()],
    /// Lines of the pane that scrolls, as it was drawn last.
    pub page: Cell<isize>,
    /// What was searched for last.
    text: Option<String>,
    /// Keys that wait until the run has come to where it is going.
    waiting: VecDeque<KeyEvent>,
    over: bool,
}

impl<T: Tape> App<T> {
    /// Stands at the first step, or will once the tape has it.
    pub fn new(tape: T, colour: bool) -> App<T> {
        App {
            tape,
            theme: Theme { colour },
            at: 0,
            prompt: None,
            message: None,
            busy: Some(0),
            costs: Vec::new(),
            help: false,
            output: false,
            focus: Pane::Values,
            scroll: Default::default(),
            page: Cell::new(1),
            text: None,
            waiting: VecDeque::new(),
            over: false,
        }
    }

    pub fn is_over(&self) -> bool {
        self.over
    }

    pub fn is_busy(&self) -> bool {
        self.busy.is_some()
    }

    /// The step that is shown.
    pub fn step(&self) -> Option<&Step> {
        self.tape.step(self.at)
    }

    /// The step before, if it is at hand.
    pub fn before(&self) -> Option<&Step> {
        self.tape.step(self.at.checked_sub(1)?)
    }

    /// Whether the step that is shown is the run's last.
    pub fn is_last(&self) -> bool {
        self.tape.end().is_some_and(|end| self.at + 1 >= end.steps)
    }

    /// Takes what the tape has found.
    pub fn poll(&mut self) {
        match self.tape.poll() {
            Search::Idle => self.busy = None,
            Search::Busy { steps } => self.busy = Some(steps),
            Search::Arrived(number) => {
                self.busy = None;
                self.at = number;
                self.scroll = Default::default();
                if self.is_last() {
                    self.message = Some("This is the last step.".into());
                }
            }
            Search::Nowhere(why) => {
                self.busy = None;
                self.message = Some(why);
            }
        }
    }

    /// Takes the keys that have waited, as far as they lead at once.
    pub fn catch_up(&mut self) {
        while !self.is_busy()
            && !self.over
            && let Some(key) = self.waiting.pop_front()
        {
            self.key(key);
        }
    }

    pub fn key(&mut self, key: KeyEvent) {
        if self.prompt.is_some() && !key.modifiers.contains(KeyModifiers::CONTROL) {
            return self.type_into_prompt(key);
        }
        let action = keys::action(key);
        match action {
            Some(Action::Quit | Action::Cancel) => self.waiting.clear(),
            _ if self.is_busy() && self.waiting.len() < MAX_WAITING => return self.waiting.push_back(key),
            _ if self.is_busy() => return,
            _ => {}
        }
        self.message = None;
        match action {
            Some(action) => self.act(action),
            None => self.message = Some("? shows what the keys do".into()),
        }
    }

    fn act(&mut self, action: Action) {
        use Direction::{Back, Forward};
        match action {
            Action::StepForward if self.is_last() => self.message = Some("The script ends here.".into()),
            Action::StepForward => self.go(Goal::Step(self.at + 1), Forward),
            Action::StepBack => match self.at.checked_sub(1) {
                Some(before) => self.go(Goal::Step(before), Back),
                None => self.message = Some("This is the first step.".into()),
            },
            Action::LineForward => self.go(Goal::AnyLine, Forward),
            Action::LineBack => self.go(Goal::AnyLine, Back),
            Action::IterationForward => self.go(Goal::Iteration, Forward),
            Action::IterationBack => self.go(Goal::Iteration, Back),
            Action::First => self.go(Goal::Step(0), Back),
            Action::Last => self.go(Goal::Step(u64::MAX), Forward),
            Action::AskLine => self.ask(Question::Line),
            Action::AskStep => self.ask(Question::Step),
            Action::AskText => self.ask(Question::Text),
            Action::AskIteration => match self.nearest_loop() {
                Some(question) => self.ask(question),
                None => self.message = Some("The script has no loop.".into()),
            },
            Action::TextForward => self.search_on(Forward),
            Action::TextBack => self.search_on(Back),
            Action::NextPane => self.choose(1),
            Action::PaneBefore => self.choose(Pane::ALL.len() - 1),
            Action::ScrollDown => self.scroll_by(1),
            Action::ScrollUp => self.scroll_by(-1),
            Action::Output => self.output = !self.output,
            Action::Help => self.help = !self.help,
            Action::Cancel if self.is_busy() => self.tape.cancel(),
            Action::Cancel => (self.help, self.output) = (false, false),
            Action::Quit => self.over = true,
        }
    }

    /// Moves the focus on by so many panes.
    fn choose(&mut self, panes: usize) {
        let at = Pane::ALL.iter().position(|pane| *pane == self.focus).unwrap_or(0);
        self.focus = Pane::ALL[(at + panes) % Pane::ALL.len()];
    }

    fn scroll_by(&mut self, pages: isize) {
        let scroll = &self.scroll[self.focus as usize];
        scroll.set(scroll.get() + pages * self.page.get().max(1));
    }

    fn go(&mut self, goal: Goal, direction: Direction) {
        self.tape.seek(self.at, goal, direction);
        self.busy = Some(self.at);
        self.poll();
    }

    fn ask(&mut self, question: Question) {
        self.prompt = Some(Prompt { question, text: String::new() });
    }

    fn search_on(&mut self, direction: Direction) {
        match self.text.clone() {
            Some(text) => self.go(Goal::Text(text), direction),
            None => self.ask(Question::Text),
        }
    }

    /// The loop that runs, or else the first of the function, or else of the script.
    fn nearest_loop(&self) -> Option<Question> {
        let listing = self.tape.listing();
        let position = self.step()?.position;
        let in_chunk = || listing.loops.iter().position(|found| found.chunk == position.chunk);
        let id = match position.innermost {
            Some(running) => running.id,
            None => LoopId(in_chunk().or((!listing.loops.is_empty()).then_some(0))? as u32),
        };
        let now = position.innermost.map_or(0, |running| running.iteration);
        Some(Question::Iteration { id, line: listing.script_loop(id).line, now })
    }

    fn type_into_prompt(&mut self, key: KeyEvent) {
        let Some(prompt) = &mut self.prompt else { return };
        match key.code {
            KeyCode::Esc => self.prompt = None,
            KeyCode::Backspace => drop(prompt.text.pop()),
            KeyCode::Char(c) => prompt.text.push(c),
            KeyCode::Enter => {
                let answer = prompt.goal(self.at, self.tape.listing().lines.len());
                self.prompt = None;
                self.message = None;
                match answer {
                    Ok((goal, direction)) => {
                        if let Goal::Text(text) = &goal {
                            self.text = Some(text.clone());
                        }
                        self.go(goal, direction);
                    }
                    Err(why) => self.message = Some(why),
                }
            }
            _ => {}
        }
    }
}
