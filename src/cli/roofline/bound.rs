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
mod tests {
    use expect_test::{Expect, expect};

    use super::super::sample::{machine, sum, way};
    use super::*;

    /// How long a call and typed code take.
    type Others = (Option<f64>, Option<f64>);

    const NONE: Others = (None, None);

    /// For each of them the roof in nanoseconds, what bounds, and why.
    fn check(cases: &[(Amount, Way, f64, Others)], expected: Expect) {
        let machine = machine();
        let said = |(amount, way, ns, others): &(Amount, Way, f64, Others)| {
            let roof = Roof::over(amount, way, &machine);
            let place = machine.place_of(amount.working_set, way.threads);
            let (bound, why) = judge((amount, way, place), *ns, roof.as_ref(), *others, &machine);
            let roof = roof.map_or("no roof".to_owned(), |roof| format!("{} ns", number(roof.ns)));
            format!("{roof}; {}; {why}\n", bound.words())
        };
        expected.assert_eq(&cases.iter().map(said).collect::<String>());
    }

    fn kernel(threads: usize) -> Way {
        way(Kind::Kernel, threads)
    }

    #[test]
    fn the_roof_is_that_of_where_the_data_lie() {
        check(
            &[
                (sum(1000), kernel(1), 50.0, NONE),
                (sum(10_000), kernel(1), 1000.0, NONE),
                (sum(1_000_000), kernel(2), 100_000.0, NONE),
                (sum(10_000_000), kernel(2), 5e6, NONE),
            ],
            expect![[r#"
                40.0 ns; L1 bandwidth; L1 bandwidth: 8,000 bytes need 40.0 ns from L1 with 1 thread; 80.0 % of the roof
                800 ns; L2 bandwidth; L2 bandwidth: 80,000 bytes need 800 ns from L2 with 1 thread; 80.0 % of the roof
                80,000 ns; L3 bandwidth; L3 bandwidth: 8,000,000 bytes need 80,000 ns from L3 with 2 threads; 80.0 % of the roof
                4,000,000 ns; memory bandwidth; memory bandwidth: 80,000,000 bytes need 4,000,000 ns from memory with 2 threads; 80.0 % of the roof
            "#]],
        );
    }

    #[test]
    fn arithmetic_is_that_of_the_width_and_of_fma() {
        let fused = |part: f64| Amount { flops: 16_000.0, instructions: 16_000.0 - part, ..sum(1000) };
        // A library's registers are the widest.
        let product = Way { width: None, ..way(Kind::Product, 2) };
        check(
            &[
                (fused(0.0), kernel(1), 500.0, NONE),
                (fused(8000.0), kernel(1), 250.0, NONE),
                (fused(4000.0), kernel(1), 400.0, NONE),
                (fused(0.0), way(Kind::TypedLoop, 1), 2000.0, NONE),
                (fused(8000.0), product, 120.0, NONE),
            ],
            expect![[r#"
                400 ns; arithmetic; arithmetic: 16,000 FLOP, without FMA, which halves the peak, need 400 ns with registers of 256 bits and 1 thread; 80.0 % of the roof
                200 ns; arithmetic; arithmetic: 16,000 FLOP, all FMAs, need 200 ns with registers of 256 bits and 1 thread; 80.0 % of the roof
                300 ns; arithmetic; arithmetic: 16,000 FLOP, 50.0 % of them in FMAs, need 300 ns with registers of 256 bits and 1 thread; 75.0 % of the roof
                1,600 ns; arithmetic; arithmetic: 16,000 FLOP, without FMA, which halves the peak, need 1,600 ns with one number in an instruction and 1 thread; 80.0 % of the roof
                100 ns; arithmetic; arithmetic: 16,000 FLOP, all FMAs, need 100 ns with the widest registers and 2 threads; 83.3 % of the roof
            "#]],
        );
    }

    #[test]
    fn what_is_asked_for_again_comes_from_the_nearest_cache() {
        let stencil = Amount { bytes_read: 32e6, bytes_moved: 8e6, ..sum(1_000_000) };
        let often = Amount { bytes_read: 64e6, ..stencil };
        let strided = Amount { bytes_moved: 64e6, working_set: 64_000_000, ..sum(1_000_000) };
        check(
            &[
                (stencil, kernel(1), 250_000.0, NONE),
                (often, kernel(1), 400_000.0, NONE),
                (strided, kernel(1), 4e6, NONE),
            ],
            expect![[r#"
                160,000 ns; L3 bandwidth; L3 bandwidth: 8,000,000 bytes need 160,000 ns from L3 with 1 thread; 64.0 % of the roof
                320,000 ns; L1 bandwidth; L1 bandwidth: 64,000,000 bytes need 320,000 ns from L1 with 1 thread; 80.0 % of the roof; they lie in L3, but each is asked for 8.00 times
                3,200,000 ns; memory bandwidth; memory bandwidth: 64,000,000 bytes need 3,200,000 ns from memory with 1 thread; 80.0 % of the roof; whole cache lines come, 8.00 times the bytes that it uses
            "#]],
        );
    }

    #[test]
    fn a_cache_that_others_use_may_hold_less() {
        let slow = |n: u64, ns| (sum(n), kernel(1), ns, NONE);
        // Of 24 MB as fast as from memory, faster, and slower; of 800 bytes, which come from a core's own cache.
        check(
            &[slow(3_000_000, 1.25e6), slow(3_000_000, 1.1e6), slow(3_000_000, 1.25e7), slow(100, 10.0)],
            expect![[r#"
            480,000 ns; memory bandwidth; memory bandwidth: its data would fit L3, but are more than that was measured with, and come at 96.0 % of what 1 thread moved from memory; 38.4 % of the roof
            480,000 ns; neither; neither memory nor arithmetic: 43.6 % of the roof; latency, or instructions other than its arithmetic and its loads
            480,000 ns; neither; neither memory nor arithmetic: 3.8 % of the roof; latency, or instructions other than its arithmetic and its loads
            4.00 ns; neither; neither memory nor arithmetic: 40.0 % of the roof; latency, or instructions other than its arithmetic and its loads
        "#]],
        );
    }

    #[test]
    fn what_is_far_below_its_roof_is_bound_by_something_else() {
        let slow = Amount { slow: 1000.0, ..sum(1000) };
        let nothing = Amount { operations: 1.0, ..Amount::default() };
        check(
            &[
                (sum(100), kernel(1), 100.0, (Some(95.0), None)),
                (sum(100), kernel(1), 100.0, (Some(20.0), None)),
                // Without the call it is at the roof.
                (sum(1000), kernel(1), 95.0, (Some(40.0), None)),
                (slow, kernel(2), 1000.0, NONE),
                (sum(1), way(Kind::TypedLoop, 1), 1.6, NONE),
                (sum(1), way(Kind::InterpretedLoop, 1), 50.0, (None, Some(1.6))),
                (nothing, way(Kind::InterpretedLoop, 1), 9.0, NONE),
                (sum(1), way(Kind::Reference, 1), 900.0, (Some(880.0), None)),
            ],
            expect![[r#"
                4.00 ns; the call; the call: of its 100 ns, 95.0 ns go by over two elements as well; 4.0 % of the roof
                4.00 ns; neither; neither memory nor arithmetic: 4.0 % of the roof; the call takes 20.0 of 100 ns; latency, or instructions other than its arithmetic and its loads
                40.0 ns; L1 bandwidth; L1 bandwidth: 8,000 bytes need 40.0 ns from L1 with 1 thread; 42.1 % of the roof
                20.0 ns; neither; neither memory nor arithmetic: 2.0 % of the roof; divisions, remainders and square roots take far longer than FMAs; the work is handed to 2 threads; latency, or instructions other than its arithmetic and its loads
                0.100 ns; neither; neither memory nor arithmetic: 6.2 % of the roof; an operation takes 1.60 ns, and one that waits for another 1.60 ns (an FMA)
                0.100 ns; interpretation; interpretation, neither memory nor arithmetic: an iteration takes 50.0 ns, of which its bytes need 0.040 ns and its arithmetic needs 0.100 ns at the roof, and as machine code it takes 1.60 ns
                no roof; interpretation; interpretation: an iteration takes 9.00 ns; it moves no bytes and computes no floats, for which there would be a roof
                0.040 ns; interpretation; interpretation: the reference evaluator goes through its IR for each element; < 0.1 % of the roof
            "#]],
        );
    }

    #[test]
    fn without_floats_there_is_bandwidth_alone() {
        let integers = Amount { flops: 0.0, instructions: 0.0, ..sum(10_000) };
        let nothing = Amount { operations: 1.0, ..Amount::default() };
        check(
            &[(integers, kernel(1), 1000.0, NONE), (nothing, way(Kind::TypedLoop, 1), 1.0, NONE)],
            expect![[r#"
            800 ns; L2 bandwidth; L2 bandwidth: 80,000 bytes need 800 ns from L2 with 1 thread; 80.0 % of the roof
            no roof; unknown; it moves no bytes and computes no floats, for which there would be a roof
        "#]],
        );
        assert_eq!((integers.unit(), integers.units()), (Unit::Operation, 10_000.0));
        let copied = Amount { operations: 0.0, bytes_written: 8.0, ..integers };
        assert_eq!((copied.unit(), copied.units()), (Unit::Byte, 80_008.0));
    }
}
