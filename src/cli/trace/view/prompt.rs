//! What the user is asked for, in the bottom line.

use crate::trace::{Direction, Goal, LoopId};

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    Line,
    /// Of this loop; the user is shown its line. The iteration that runs, from 1, or 0.
    Iteration {
        id: LoopId,
        line: u32,
        now: u64,
    },
    Step,
    Text,
}

/// A question, and what has been typed so far.
#[derive(Clone, Debug)]
pub struct Prompt {
    pub question: Question,
    pub text: String,
}

impl Question {
    pub fn words(&self) -> String {
        match self {
            Question::Line => "run to line: ".into(),
            Question::Iteration { line, .. } => format!("run to iteration of the loop of line {line}: "),
            Question::Step => "go to step: ".into(),
            Question::Text => "search for: ".into(),
        }
    }
}

impl Prompt {
    /// Where the answer leads, from the step `at` of a script with so many lines.
    ///
    /// # Errors
    /// In words, if it is no answer.
    pub fn goal(&self, at: u64, lines: usize) -> Result<(Goal, Direction), String> {
        let text = self.text.trim();
        let number = || text.parse::<u64>().map_err(|_| format!("'{text}' is not a number"));
        match self.question {
            Question::Line => match number()? {
                line if line >= 1 && line <= lines as u64 => Ok((Goal::Line(line as u32), Direction::Forward)),
                line => Err(format!("there is no line {line}: the script has {lines}")),
            },
            Question::Iteration { id, now, .. } => match number()? {
                0 => Err("iterations are counted from 1".into()),
                n if n <= now => Ok((Goal::NthIteration(id, n), Direction::Back)),
                n => Ok((Goal::NthIteration(id, n), Direction::Forward)),
            },
            Question::Step => {
                let step = number()?;
                Ok((Goal::Step(step), if step < at { Direction::Back } else { Direction::Forward }))
            }
            Question::Text if text.is_empty() => Err("there is nothing to search for".into()),
            Question::Text => Ok((Goal::Text(text.into()), Direction::Forward)),
        }
    }
}
