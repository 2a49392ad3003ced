//! Roofs and what bounds, on a machine of invented figures.

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
        &[(stencil, kernel(1), 250_000.0, NONE), (often, kernel(1), 400_000.0, NONE), (strided, kernel(1), 4e6, NONE)],
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
