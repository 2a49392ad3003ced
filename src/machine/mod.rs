//! The machine that runs this program: what it has, and what it was measured to reach. Whoever wants to say how far a
//! loop is from the limit asks here. Knows nothing of scripts, kernels or the terminal.

mod bandwidth;
mod caches;
mod counters;
mod cpu;
#[cfg(target_arch = "x86_64")]
mod cpuid;
mod crew;
mod isa;
mod kept;
mod latency;
mod load;
mod micro;
mod pace;
mod pages;
mod peak;
mod random;
mod roof;
mod trial;
pub mod tsc;

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::bandwidth::{Access, Bandwidth, Moved};
pub use self::caches::{Cache, Place};
pub use self::counters::{Counters, HardwareEvent};
pub use self::cpu::Cpu;
pub use self::isa::{Isa, Precision, Width};
pub use self::kept::{Known, kept, load_or_measure, measure_and_keep, now};
pub use self::latency::{Branches, Latencies, Load, cycles};
pub use self::load::Watch;
pub use self::pace::Pace;
pub use self::pages::Pages;
pub use self::peak::{Computed, Peak};
pub use self::trial::Figure;

use self::bandwidth::Field;
use self::crew::Crew;
use self::latency::Waited;
use self::micro::Micro;
use self::trial::{Trial, in_turns};

/// Time that all measurements may take together, without what is prepared for them.
const BUDGET: Duration = Duration::from_secs(5);

/// What this machine has and reaches. A figure that cannot be measured here is not there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    pub cpu: Cpu,
    pub isa: Isa,
    /// Those that hold data, from the nearest on; none if nobody tells.
    pub caches: Vec<Cache>,
    pub pages: Pages,
    /// Rounds of which each figure is the best.
    pub rounds: u32,
    /// GHz.
    pub clock: Option<Figure>,
    pub bandwidths: Vec<Bandwidth>,
    pub peaks: Vec<Peak>,
    pub latencies: Latencies,
}

/// What a figure is about.
#[derive(Clone, Copy, Debug)]
pub enum Subject {
    Moved(Moved),
    Computed(Computed),
    Waited(Waited),
}

/// A kind of figure, and how it was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Method {
    pub of: &'static str,
    pub how: String,
}

impl Machine {
    /// Measures, some seconds long, on all hardware threads. `progress` is told the share that is done, and what
    /// comes next.
    ///
    /// # Errors
    /// In words, if the system has no memory or no threads for it.
    pub fn measure(progress: &mut dyn FnMut(f64, &Subject)) -> Result<Machine, String> {
        let micro = Micro::here();
        let mut machine = Machine {
            cpu: Cpu::here(),
            isa: Isa::here(),
            caches: Cache::here(),
            pages: Pages::here(),
            rounds: 0,
            clock: None,
            bandwidths: Vec::new(),
            peaks: Vec::new(),
            latencies: Latencies::default(),
        };
        let crew = Crew::new(machine.cpu.usable_threads)?;
        let no_memory = |error| format!("no memory to measure with: {error}");
        let field = Field::new(&machine.caches, &crew).map_err(no_memory)?;
        let mut trials = about(latency::trials(&micro, &machine.caches).map_err(no_memory)?, Subject::Waited);
        trials.extend(about(bandwidth::trials(&micro, &machine.caches, &crew, &field), Subject::Moved));
        trials.extend(about(peak::trials(&micro, &crew), Subject::Computed));
        let (figures, rounds) = in_turns(trials, BUDGET, progress);
        machine.rounds = rounds;
        let (mut sorted, mut random) = (None, None);
        for (subject, figure) in figures {
            match subject {
                Subject::Moved(of) => machine.bandwidths.push(Bandwidth { of, gb_per_s: figure }),
                Subject::Computed(of) => machine.peaks.push(Peak { of, gflop_per_s: figure }),
                Subject::Waited(Waited::Clock) => machine.clock = Some(figure),
                Subject::Waited(Waited::Load { place, working_set }) => {
                    machine.latencies.loads.push(Load { place, working_set, ns: figure });
                }
                Subject::Waited(Waited::Fma) => machine.latencies.fma = Some(figure),
                Subject::Waited(Waited::BranchesSorted) => sorted = Some(figure),
                Subject::Waited(Waited::BranchesRandom) => random = Some(figure),
            }
        }
        machine.latencies.branches = sorted.zip(random).and_then(|(sorted, random)| Branches::new(sorted, random));
        Ok(machine)
    }
}

/// How each kind of figure is measured on this machine.
pub fn methods() -> Vec<Method> {
    let micro = Micro::here();
    let mut methods = vec![
        Method { of: "bandwidth", how: bandwidth::method(&micro) },
        Method { of: "latency of loads", how: latency::LOADS.into() },
    ];
    if micro.add_chain.is_some() {
        methods.push(Method { of: "clock", how: latency::CLOCK.into() });
    }
    if !micro.fma.is_empty() {
        methods.push(Method { of: "peak", how: peak::METHOD.into() });
    }
    if micro.fma_chain.is_some() {
        methods.push(Method { of: "latency of FMA", how: latency::FMA.into() });
    }
    if micro.branches.is_some() {
        methods.push(Method { of: "misprediction", how: latency::MISPREDICTION.into() });
    }
    methods
}

fn about<'a, S: Copy + 'a>(trials: Vec<Trial<'a, S>>, subject: fn(S) -> Subject) -> Vec<Trial<'a, Subject>> {
    let about = |trial: Trial<'a, S>| Trial { subject: subject(trial.subject), unit: trial.unit, run: trial.run };
    trials.into_iter().map(about).collect()
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Subject::Moved(moved) => moved.fmt(f),
            Subject::Computed(computed) => computed.fmt(f),
            Subject::Waited(waited) => waited.fmt(f),
        }
    }
}
