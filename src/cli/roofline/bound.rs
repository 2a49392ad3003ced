//! Where the roof is over a piece of work, and what keeps it from going faster (Williams, Waterman and Patterson,
//! *Roofline*, 2009; the bytes are those that the code asks for, as in Ilic, Pratas and Sousa, *Cache-aware Roofline
//! Model*, 2014, whichever level they come from).

use serde::Serialize;

use super::model::{Kind, Unit, threads};
use crate::cli::figures::{number, percent};
use crate::machine::{Machine, Place, Precision, Width};

/// Whoever reaches this part of a roof is bound by it.
const BOUND: f64 = 0.5;

/// What is less than this part of the operations does not slow down the rest.
const SLOW: f64 = 0.02;

/// What there is to do, in a run of a kernel or an iteration of a loop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Amount {
    /// Additions, multiplications, … of floats; an FMA is two.
    pub flops: f64,
    /// Instructions that compute them, if an FMA is one and each computes one result.
    pub instructions: f64,
    /// Divisions, remainders and square roots.
    pub slow: f64,
    /// Operations of any kind.
    pub operations: f64,
    pub bytes_read: f64,
    pub bytes_written: f64,
    /// Bytes of cache lines that have to come from where the data lie, each once.
    pub bytes_moved: f64,
    /// Bytes that all of the run, or of the loop, goes over.
    pub working_set: u64,
}

/// How it is done.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    pub kind: Kind,
    pub threads: usize,
    pub precision: Precision,
    /// Of registers; none if a library decides.
    pub width: Option<Width>,
}

/// The least time that it takes on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Roof {
    pub ns: f64,
    pub by: Limit,
    /// What its bytes, and what its arithmetic take by themselves.
    pub memory_ns: f64,
    pub compute_ns: f64,
    /// From where its data lie.
    pub gb_per_s: Option<f64>,
    /// Of this width, precision and mix of instructions.
    pub gflop_per_s: Option<f64>,
}

/// What a roof is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    Bandwidth(Place),
    Arithmetic,
}

/// What keeps it from going faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    Bandwidth(Place),
    Arithmetic,
    /// What a call costs before it computes anything.
    Call,
    Interpretation,
    /// None of these: instructions wait for one another, or are others than those of the roof.
    Neither,
    /// There is no roof to compare with.
    Unknown,
}

impl Amount {
    pub fn bytes(&self) -> f64 {
        self.bytes_read + self.bytes_written
    }

    /// What is counted of it.
    pub fn unit(&self) -> Unit {
        if self.flops > 0.0 {
            Unit::Flop
        } else if self.operations > 0.0 {
            Unit::Operation
        } else {
            Unit::Byte
        }
    }

    /// So many of these there are.
    pub fn units(&self) -> f64 {
        match self.unit() {
            Unit::Flop => self.flops,
            Unit::Operation => self.operations,
            Unit::Byte => self.bytes(),
        }
    }
}

impl Roof {
    /// The highest roof over it. None if nothing is moved or computed, or nothing of that was measured. Nobody measured
    /// how fast integers are computed: over these there is bandwidth alone.
    pub fn over(amount: &Amount, way: &Way, machine: &Machine) -> Option<Roof> {
        let place = machine.place_of(amount.working_set, way.threads);
        let writes = amount.bytes_written > 0.0;
        let gb_per_s = machine.gb_per_s(place, writes, way.threads).filter(|_| amount.bytes() > 0.0);
        // What is read again comes from the nearest cache at best.
        let nearest = machine.gb_per_s(Place::L1, writes, way.threads);
        let far = gb_per_s.map_or(0.0, |rate| amount.bytes_moved / rate);
        let near = nearest.map_or(0.0, |rate| amount.bytes() / rate);
        let peak = machine.gflop_per_s(way.precision, way.width, way.threads).filter(|_| amount.flops > 0.0);
        let compute_ns = peak.map_or(0.0, |peak| 2.0 * amount.instructions / peak);
        let memory_ns = far.max(near);
        let by = match compute_ns > memory_ns {
            true => Limit::Arithmetic,
            false if near > far => Limit::Bandwidth(Place::L1),
            false => Limit::Bandwidth(place),
        };
        let ns = memory_ns.max(compute_ns);
        let gflop_per_s = (compute_ns > 0.0).then(|| amount.flops / compute_ns);
        (ns > 0.0).then_some(Roof { ns, by, memory_ns, compute_ns, gb_per_s, gflop_per_s })
    }
}

/// What bounds it, in a word and in a sentence. `call_ns`: what a call of it over next to nothing takes; `typed_ns`: what
/// the same iteration takes as machine code.
pub fn judge(
    (amount, way, place): (&Amount, &Way, Place),
    ns: f64,
    roof: Option<&Roof>,
    (call_ns, typed_ns): (Option<f64>, Option<f64>),
    machine: &Machine,
) -> (Bound, String) {
    let Some(roof) = roof else { return without_roof(way, ns, typed_ns) };
    let share = roof.ns / ns;
    let call = call_ns.filter(|call| *call < ns).unwrap_or(0.0);
    let reached = share >= BOUND || (call / ns < BOUND && roof.ns / (ns - call) >= BOUND);
    let of_roof = format!("{} of the roof", percent(share));
    if reached {
        return match roof.by {
            Limit::Bandwidth(from) => (Bound::Bandwidth(from), bandwidth(amount, way, (place, from), roof, &of_roof)),
            Limit::Arithmetic => (Bound::Arithmetic, arithmetic(amount, way, roof, &of_roof)),
        };
    }
    if way.kind == Kind::InterpretedLoop {
        let bytes = match amount.bytes() > 0.0 {
            true => format!("its bytes need {} ns and ", number(roof.memory_ns)),
            false => String::new(),
        };
        let why = format!(
            "interpretation, neither memory nor arithmetic: an iteration takes {} ns, of which {bytes}its arithmetic needs \
             {} ns at the roof{}",
            number(ns),
            number(roof.compute_ns),
            as_code(typed_ns)
        );
        return (Bound::Interpretation, why);
    }
    if way.kind == Kind::Reference {
        let why = format!("interpretation: the reference evaluator goes through its IR for each element; {of_roof}");
        return (Bound::Interpretation, why);
    }
    if call / ns >= BOUND {
        let why = format!(
            "the call: of its {} ns, {} ns go by over two elements as well; {of_roof}",
            number(ns),
            number(call)
        );
        return (Bound::Call, why);
    }
    if let Some(part) = from_memory(amount, way, place, ns, machine) {
        let why = format!(
            "memory bandwidth: its data would fit {place}, but are more than that was measured with, and come at {} of what \
             {} moved from memory; {of_roof}",
            percent(part),
            threads(way.threads)
        );
        return (Bound::Bandwidth(Place::Memory), why);
    }
    (Bound::Neither, neither(amount, way, (ns, call), &of_roof, machine))
}

/// What part of memory's bandwidth is reached by data that may come from there although they fit a cache, if that is
/// much; what comes faster does not come from there.
fn from_memory(amount: &Amount, way: &Way, place: Place, ns: f64, machine: &Machine) -> Option<f64> {
    let rate = machine.gb_per_s(Place::Memory, amount.bytes_written > 0.0, way.threads)?;
    let part = amount.bytes_moved / rate / ns;
    let may_be = machine.may_spill(place, amount.working_set, way.threads);
    (may_be && (BOUND..=1.0).contains(&part)).then_some(part)
}

/// Of what moves no bytes and computes no floats.
fn without_roof(way: &Way, ns: f64, typed_ns: Option<f64>) -> (Bound, String) {
    let none = "it moves no bytes and computes no floats, for which there would be a roof";
    match way.kind {
        Kind::InterpretedLoop => {
            let time = format!("an iteration takes {} ns{}", number(ns), as_code(typed_ns));
            (Bound::Interpretation, format!("interpretation: {time}; {none}"))
        }
        Kind::Kernel | Kind::Reference | Kind::Product | Kind::TypedLoop => (Bound::Unknown, none.into()),
    }
}

fn as_code(typed_ns: Option<f64>) -> String {
    typed_ns.map_or(String::new(), |typed| format!(", and as machine code it takes {} ns", number(typed)))
}

fn bandwidth(amount: &Amount, way: &Way, (lies, from): (Place, Place), roof: &Roof, of_roof: &str) -> String {
    let again = if lies == from {
        String::new()
    } else {
        format!("; they lie in {lies}, but each is asked for {} times", number(amount.bytes() / amount.bytes_moved))
    };
    let lines = amount.bytes_moved / amount.bytes();
    let lines = if from != Place::L1 && lines > 1.01 {
        format!("; whole cache lines come, {} times the bytes that it uses", number(lines))
    } else {
        String::new()
    };
    let needs = number(roof.memory_ns);
    format!(
        "{from} bandwidth: {} bytes need {needs} ns from {from} with {}; {of_roof}{again}{lines}",
        number(if from == Place::L1 { amount.bytes() } else { amount.bytes_moved }),
        threads(way.threads)
    )
}

fn arithmetic(amount: &Amount, way: &Way, roof: &Roof, of_roof: &str) -> String {
    let width = way.width.map_or("the widest registers".to_owned(), |width| match width {
        Width::Scalar => "one number in an instruction".to_owned(),
        Width::Bits128 | Width::Bits256 | Width::Bits512 => format!("registers of {width}"),
    });
    // 1 if no instruction is an FMA, 2 if all are.
    let fused = amount.flops / amount.instructions;
    let fma = if fused > 1.99 {
        ", all FMAs,".to_owned()
    } else if fused < 1.01 {
        ", without FMA, which halves the peak,".to_owned()
    } else {
        format!(", {} of them in FMAs,", percent(2.0 - 2.0 / fused))
    };
    format!(
        "arithmetic: {} FLOP{fma} need {} ns with {width} and {}; {of_roof}",
        number(amount.flops),
        number(roof.compute_ns),
        threads(way.threads)
    )
}

fn neither(amount: &Amount, way: &Way, (ns, call): (f64, f64), of_roof: &str, machine: &Machine) -> String {
    let mut why = format!("neither memory nor arithmetic: {of_roof}");
    if call / ns >= 0.1 {
        why += &format!("; the call takes {} of {} ns", number(call), number(ns));
    }
    if amount.slow >= SLOW * amount.operations {
        why += "; divisions, remainders and square roots take far longer than FMAs";
    }
    if way.threads > 1 {
        why += &format!("; the work is handed to {}", threads(way.threads));
    }
    let latency = machine.latencies.fma.map(|figure| figure.best);
    match latency.filter(|_| way.kind == Kind::TypedLoop && amount.flops > 0.0) {
        Some(latency) => {
            why += &format!(
                "; an operation takes {} ns, and one that waits for another {} ns (an FMA)",
                number(ns / amount.flops),
                number(latency)
            );
        }
        None => why += "; latency, or instructions other than its arithmetic and its loads",
    }
    why
}

impl Bound {
    pub fn words(self) -> String {
        match self {
            Bound::Bandwidth(place) => format!("{place} bandwidth"),
            Bound::Arithmetic => "arithmetic".into(),
            Bound::Call => "the call".into(),
            Bound::Interpretation => "interpretation".into(),
            Bound::Neither => "neither".into(),
            Bound::Unknown => "unknown".into(),
        }
    }
}

#[cfg(test)]
mod tests;
