//! Functions of a claim's script, timed in turns: toy's and Python's, in whatever setting. All that compute the same are
//! checked to agree before.

use std::time::Duration;

use serde_json::json;

use super::claim::{Outcome, Program, Range, Row, Unit};
use super::ours::World;
use super::processes;
use super::python::{Fingerprint, Python, Running, Setting};
use crate::cli::Failure;
use crate::cli::streams::err;
use crate::cli::timing::{Sampler, Spread, samples_in_turns};
use crate::diagnostic::ErrorKind;
use crate::exception::Raised;
use crate::jit::Switches;
use crate::machine;
use crate::objects::exceptions::{self, Ending};
use crate::source::Source;

/// Threads of BLAS that wait for more work are given this long to fall asleep.
const SETTLING: Duration = Duration::from_millis(30);

/// Why an experiment could not be made.
#[derive(Debug)]
pub enum Wrong {
    /// The user pressed Ctrl-C.
    Interrupted,
    /// In words.
    Said(String),
}

/// Something that can be timed.
#[derive(Clone, Debug, PartialEq)]
pub enum Arm {
    /// A call of a function of the script.
    Call { function: &'static str, of: Inputs, by: By },
    /// Whole processes that run the script, with the inputs' length as argument.
    Processes { count: usize, n: usize, python: bool },
    /// A loop of a known number of the clock's cycles.
    Clock,
}

/// What a function of the script returns for a length, arrays as lists if that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inputs {
    pub function: &'static str,
    pub n: usize,
    pub lists: bool,
}

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum By {
    Toy(Switches),
    /// So many threads of one interpreter at the same time.
    Python(Setting, usize),
}

/// What is made of the times of two arms.
#[derive(Clone, Debug)]
pub struct Quotient {
    pub slow: Arm,
    pub fast: Arm,
    pub form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    /// slow ÷ fast, times a number.
    Ratio(f64),
    /// The share of the slow one's time, in percent, that the fast one does not need.
    Share,
}

/// A row that is to be measured. Either side may have a reason not to be.
pub struct Asked {
    pub what: String,
    pub range: Option<Range>,
    pub unit: Unit,
    pub toy: Result<Quotient, String>,
    pub python: Result<Quotient, String>,
}

impl Arm {
    pub fn toy(function: &'static str, of: Inputs, switches: Switches) -> Arm {
        Arm::Call { function, of, by: By::Toy(switches) }
    }

    pub fn python(function: &'static str, of: Inputs) -> Arm {
        Arm::Call { function, of, by: By::Python(Setting::Plain, 1) }
    }

    fn needs_python(&self) -> bool {
        match self {
            Arm::Call { by: By::Python(..), .. } => true,
            Arm::Processes { python, .. } => *python,
            Arm::Call { by: By::Toy(_), .. } | Arm::Clock => false,
        }
    }
}

impl Quotient {
    pub fn ratio(slow: Arm, fast: Arm) -> Quotient {
        Quotient { slow, fast, form: Form::Ratio(1.0) }
    }
}

impl Form {
    fn of(self, slow: f64, fast: f64) -> f64 {
        match self {
            Form::Ratio(scale) => scale * slow / fast,
            Form::Share => 100.0 * (1.0 - fast / slow),
        }
    }
}

/// Everything that the arms of one experiment need.
struct Stage<'a> {
    program: &'a Program,
    world: World,
    python: Option<&'a Python>,
    children: Vec<(Setting, Running)>,
    /// Inputs that were made, with who has them and their number there.
    made: Vec<(Inputs, Option<Setting>, usize)>,
}

/// Measures all rows together.
pub fn measure(
    program: &Program,
    python: Result<&Python, &str>,
    asked: Vec<Asked>,
    budget: Duration,
    progress: &mut dyn FnMut(f64),
) -> Result<Vec<Row>, Wrong> {
    let world = World::load(program)?;
    let mut stage = Stage { program, world, python: python.ok(), children: Vec::new(), made: Vec::new() };
    let mut arms: Vec<Arm> = Vec::new();
    let can = |quotient: &Quotient| python.is_ok() || !(quotient.slow.needs_python() || quotient.fast.needs_python());
    for quotient in asked.iter().flat_map(|row| [&row.toy, &row.python]).flatten().filter(|quotient| can(quotient)) {
        for arm in [&quotient.slow, &quotient.fast] {
            if !arms.contains(arm) {
                arms.push(arm.clone());
            }
        }
    }
    stage.check(&arms, &asked)?;
    let stage = std::cell::RefCell::new(stage);
    let mut timed: Vec<_> = arms.iter().map(|arm| |repeats: u32| stage.borrow_mut().time(arm, repeats)).collect();
    let mut samplers: Vec<_> = timed.iter_mut().map(|timed| timed as Sampler<'_, Wrong>).collect();
    let samples = samples_in_turns(&mut samplers, budget, progress)?;
    let at = |arm: &Arm| arms.iter().position(|known| known == arm).map(|at| &samples[at]);
    let outcome = |quotient: Result<Quotient, String>| match quotient {
        Err(why) => Outcome::Untested(why),
        Ok(Quotient { slow, fast, form }) => match (at(&slow), at(&fast)) {
            (Some(slow), Some(fast)) => {
                Outcome::Measured(Spread::of(slow.iter().zip(fast).map(|(slow, fast)| form.of(*slow, *fast)).collect()))
            }
            (None, _) | (_, None) => Outcome::Untested(python.err().unwrap_or_default().into()),
        },
    };
    let row = |Asked { what, range, unit, toy, python }| Row {
        what,
        range,
        unit,
        toy: outcome(toy),
        python: outcome(python),
    };
    Ok(asked.into_iter().map(row).collect())
}

impl Stage<'_> {
    /// Runs every arm once; those of one row have to give the same.
    fn check(&mut self, arms: &[Arm], asked: &[Asked]) -> Result<(), Wrong> {
        let mut found = Vec::new();
        for arm in arms {
            found.push(match arm {
                Arm::Call { function, of, by } => {
                    let inputs = self.inputs(*of, *by)?;
                    let result = match by {
                        By::Toy(switches) => self.world.check(function, inputs, *switches)?.0,
                        By::Python(setting, _) => {
                            let request = json!({ "do": "check", "function": function, "index": inputs });
                            self.child(*setting)?.ask(request)?
                        }
                    };
                    Some((function, of.n, result))
                }
                Arm::Processes { .. } | Arm::Clock => None,
            });
        }
        for row in asked {
            let quotients = [&row.toy, &row.python].into_iter().flatten();
            let of_row = quotients.flat_map(|quotient| [&quotient.slow, &quotient.fast]);
            let results = of_row.filter_map(|arm| found[arms.iter().position(|known| known == arm)?]);
            let results: Vec<_> = results.collect();
            let Some((first, n, expected)) = results.first() else { continue };
            if let Some((other, _, result)) = results.iter().find(|(.., result)| !close(*expected, *result, *n)) {
                return Err(Wrong::Said(format!(
                    "{}: {first} and {other} disagree: {} and {}",
                    self.program.path, expected.sum, result.sum
                )));
            }
        }
        Ok(())
    }

    /// Seconds of one run of an arm.
    fn time(&mut self, arm: &Arm, repeats: u32) -> Result<f64, Wrong> {
        match arm {
            Arm::Call { function, of, by } => {
                let inputs = self.inputs(*of, *by)?;
                match by {
                    By::Toy(switches) => self.world.time(function, inputs, *switches, repeats),
                    By::Python(setting, threads) => {
                        let request = json!({
                            "do": "run", "function": function, "index": inputs, "repeats": repeats, "threads": threads
                        });
                        let answer: serde_json::Value = self.child(*setting)?.ask(request)?;
                        if matches!(setting, Setting::Blas(threads) if *threads > 1) {
                            std::thread::sleep(SETTLING);
                        }
                        answer["seconds"].as_f64().ok_or_else(|| Wrong::Said("python3 gave no time".into()))
                    }
                }
            }
            Arm::Processes { count, n, python } => {
                let python = self.python.filter(|_| *python);
                processes::time(self.program, python, *count, *n)
            }
            Arm::Clock => {
                let (run, _) = machine::cycles().ok_or_else(|| Wrong::Said("no clock is known here".into()))?;
                let start = std::time::Instant::now();
                (0..repeats).for_each(|_| run());
                Ok(start.elapsed().as_secs_f64() / repeats as f64)
            }
        }
    }

    /// The number of the inputs where they are to be used; they are made at first.
    fn inputs(&mut self, of: Inputs, by: By) -> Result<usize, Wrong> {
        let setting = match by {
            By::Toy(_) => None,
            By::Python(setting, _) => Some(setting),
        };
        if let Some((.., index)) = self.made.iter().find(|(inputs, owner, _)| *inputs == of && *owner == setting) {
            return Ok(*index);
        }
        let index = match setting {
            None => self.world.make(of.function, of.n, of.lists)?,
            Some(setting) => {
                let request = json!({ "do": "make", "function": of.function, "n": of.n, "lists": of.lists });
                let answer: serde_json::Value = self.child(setting)?.ask(request)?;
                let index = answer["index"].as_u64().and_then(|index| usize::try_from(index).ok());
                index.ok_or_else(|| Wrong::Said("python3 made no inputs".into()))?
            }
        };
        self.made.push((of, setting, index));
        Ok(index)
    }

    fn child(&mut self, setting: Setting) -> Result<&mut Running, Wrong> {
        let at = match self.children.iter().position(|(known, _)| *known == setting) {
            Some(at) => at,
            None => {
                let python = self.python.ok_or_else(|| Wrong::Said("there is no python3".into()))?;
                self.children.push((setting, Running::load(python, setting, self.program)?));
                self.children.len() - 1
            }
        };
        Ok(&mut self.children[at].1)
    }
}

/// Whether two results are the same but for the rounding of `n` terms, of float32 at worst where they are many.
fn close(a: Fingerprint, b: Fingerprint, n: usize) -> bool {
    let most = a.sum.abs().max(b.sum.abs()).max(1.0);
    let epsilon = if a.length > 1 { f64::from(f32::EPSILON) } else { f64::EPSILON };
    a.length == b.length && (a.sum - b.sum).abs() <= n as f64 * epsilon * most
}

impl Wrong {
    /// What a script raised.
    pub fn raised(raised: Raised, source: &Source) -> Wrong {
        if raised.kind() == ErrorKind::KeyboardInterrupt {
            return Wrong::Interrupted;
        }
        Wrong::Said(match exceptions::ending(raised) {
            Ending::Exit(status) => format!("{} ended with status {status}", source.name),
            Ending::Message(message) => message,
            Ending::Error(chain) => chain.render(source, false),
        })
    }

    /// Says it, for the command that ends with it.
    pub fn failure(self) -> Failure {
        match self {
            Wrong::Interrupted => Failure::Interrupted,
            Wrong::Said(what) => {
                err(&format!("error: {what}\n"));
                Failure::Script
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        assert_eq!(Form::Ratio(2.0).of(3.0, 1.5), 4.0);
        assert_eq!(Form::Share.of(10.0, 1.0), 90.0);
    }

    #[test]
    fn results_agree_up_to_rounding() {
        let of = |sum, length| Fingerprint { sum, length };
        assert!(close(of(1.0, 1), of(1.0 + 1e-14, 1), 1000));
        assert!(!close(of(1.0, 1), of(1.0 + 1e-12, 1), 1000));
        assert!(!close(of(1.0, 1), of(1.0, 2), 1000));
        assert!(!close(of(f64::NAN, 1), of(1.0, 1), 1000));
    }
}
