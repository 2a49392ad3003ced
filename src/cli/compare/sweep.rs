//! `--sweep`: the vectorized form under each value of some switches, the others as they are set.

use std::cell::RefCell;
use std::mem::swap;
use std::time::Duration;

use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde::Serialize;

use super::super::timing::{self, Spread};
use super::agree;
use super::pair::{Pair, Wrong};
use crate::cli::figures::{RULED, figure};
use crate::interp::Machine;
use crate::interp::probe::Silent;
use crate::jit::switches::{SWITCHES, Switch, Values};
use crate::jit::{Engine, Switches};

/// One setting of one switch.
#[derive(Debug, Serialize)]
pub struct Setting {
    pub switch: &'static str,
    pub value: String,
    pub ns_per_element: Spread,
    /// Time as everything was set, divided by the time with this setting.
    pub times_as_fast: f64,
    /// How far the results are from those as everything was set; none: the same bits.
    pub max_difference: Option<f64>,
}

/// What one length showed.
#[derive(Debug, Serialize)]
pub struct Sweep {
    pub n: usize,
    /// As everything was set.
    pub base_ns_per_element: Spread,
    pub settings: Vec<Setting>,
}

/// Settings of the switches named, where this machine has them, beside those as everything is set.
///
/// # Errors
/// In words, if there is no such switch.
pub fn settings(names: &[String], base: Switches) -> Result<Vec<(&'static str, String, Switches)>, String> {
    let mut settings = Vec::new();
    for name in names {
        let switch = SWITCHES.iter().find(|switch| switch.name == name).ok_or_else(|| {
            let known: Vec<&str> = SWITCHES.iter().map(|switch| switch.name).collect();
            format!("--sweep knows {}, not '{name}'", known.join(", "))
        })?;
        for value in values(switch) {
            let mut switches = base;
            if switches.set(switch.name, &value).is_ok() && Engine::new(switches).is_ok() {
                settings.push((switch.name, value, switches));
            }
        }
    }
    Ok(settings)
}

/// The values of a switch, of a number powers of two up to what the machine has.
fn values(switch: &Switch) -> Vec<String> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    match switch.values {
        Values::UpTo(most) => {
            (0..).map(|power| 1 << power).take_while(|n| *n <= cores.min(most)).map(|n: usize| n.to_string()).collect()
        }
        Values::Words(words) => words.split('|').filter(|value| *value != "auto").map(str::to_string).collect(),
    }
}

impl Pair {
    /// Runs the vectorized form under each setting on inputs of length `n`, in turns.
    pub fn sweep(
        &self,
        machine: &mut Machine,
        n: usize,
        settings: &[(&'static str, String, Switches)],
        budget: Duration,
        progress: &mut dyn FnMut(f64),
    ) -> Result<Sweep, Wrong> {
        let arrays = self.arrays(machine, n)?;
        let base = machine.runtime.engine.borrow().switches();
        let make = |switches: Switches| Engine::new(switches).unwrap_or_else(|_| Engine::reference(switches));
        let mut engines: Vec<Engine> = vec![make(base)];
        engines.extend(settings.iter().map(|(.., switches)| make(*switches)));

        let mut results = Vec::new();
        for engine in &mut engines {
            swap(&mut *machine.runtime.engine.borrow_mut(), engine);
            let result = machine.call(&self.vectorized, &arrays, Silent);
            swap(&mut *machine.runtime.engine.borrow_mut(), engine);
            results.push(agree::numbers(&result?).unwrap_or_default());
        }
        let machine = RefCell::new(machine);
        let mut runs: Vec<_> = engines
            .iter_mut()
            .map(|engine| {
                || {
                    let mut machine = machine.borrow_mut();
                    swap(&mut *machine.runtime.engine.borrow_mut(), engine);
                    let result = machine.call(&self.vectorized, &arrays, Silent);
                    swap(&mut *machine.runtime.engine.borrow_mut(), engine);
                    result.map(drop)
                }
            })
            .collect();
        let mut tasks: Vec<timing::Task<'_, _>> = runs.iter_mut().map(|run| run as timing::Task<'_, _>).collect();
        let spreads = timing::interleaved(&mut tasks, budget, progress)?;

        let per_element = |seconds: &Spread| seconds.scaled(1e9 / n as f64);
        let same =
            |a: &[f64], b: &[f64]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits());
        let setting = |(index, (switch, value, _)): (usize, &(&'static str, String, Switches))| Setting {
            switch,
            value: value.clone(),
            ns_per_element: per_element(&spreads[index + 1]),
            times_as_fast: spreads[0].median / spreads[index + 1].median,
            max_difference: (!same(&results[0], &results[index + 1]))
                .then(|| agree::max_difference(&results[0], &results[index + 1])),
        };
        let settings = settings.iter().enumerate().map(setting).collect();
        Ok(Sweep { n, base_ns_per_element: per_element(&spreads[0]), settings })
    }
}

/// As a table for each pair.
pub fn table(results: &[(String, Vec<Sweep>)], switches: &Switches) -> String {
    let mut out = String::new();
    for (name, sweeps) in results {
        out += &format!("{name}_vectorized: time per element, median and quartiles\n");
        let mut table = Table::new();
        table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(["n", "setting", "ns per element", "quartiles", "times as fast", "result"]);
        for sweep in sweeps {
            let ns = sweep.base_ns_per_element;
            let quartiles = |ns: Spread| format!("{} – {}", figure(ns.low), figure(ns.high));
            table.add_row([
                sweep.n.to_string(),
                "as set".into(),
                figure(ns.median),
                quartiles(ns),
                figure(1.0),
                String::new(),
            ]);
            for setting in &sweep.settings {
                let ns = setting.ns_per_element;
                table.add_row([
                    String::new(),
                    format!("--{} {}", setting.switch, setting.value),
                    figure(ns.median),
                    quartiles(ns),
                    figure(setting.times_as_fast),
                    setting.max_difference.map_or("same bits".into(), |by| format!("differs by {by:.1e}")),
                ]);
            }
        }
        for column in [0, 2, 3, 4] {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        out += &format!("{table}\n\n");
    }
    out + &format!("As set: {switches}. Each setting changes one switch; all are measured in turns.\n")
}

pub fn json(results: &[(String, Vec<Sweep>)], switches: &Switches) -> String {
    let pairs: Vec<_> =
        results.iter().map(|(name, sweeps)| serde_json::json!({ "name": name, "sweeps": sweeps })).collect();
    let report = serde_json::json!({ "version": 1, "as_set": switches.to_string(), "pairs": pairs });
    serde_json::to_string_pretty(&report).expect("numbers and strings") + "\n"
}
