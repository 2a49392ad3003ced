//! A machine and a roofline of invented figures, for tests of how points are judged and shown.

use super::bound::{Amount, Way};
use super::kernels::placed;
use super::model::{Kind, LeftOut, Roofline};
use super::roofs_of;
use crate::machine::{
    Access, Bandwidth, Cache, Computed, Cpu, Figure, Isa, Latencies, Machine, Moved, Pages, Peak, Place, Precision,
    Width,
};

/// Reads 200, 100, 50 and 20 GB/s; computes 80 GFLOP/s with wide FMAs, 20 with narrow ones; two threads do twice that,
/// but read no faster from memory.
pub fn machine() -> Machine {
    let figure = |best| Figure { best, median: best };
    let cache = |level, size, shared_by| Cache { level, size, line: 64, shared_by };
    let read = |place, gb_per_s: f64| {
        [1, 2].map(|threads| Bandwidth {
            of: Moved { place, access: Access::Read, threads, working_set: 1 << 14 },
            gb_per_s: figure(if place == Place::Memory { gb_per_s } else { gb_per_s * threads as f64 }),
        })
    };
    let peak = |width, gflop_per_s: f64| {
        [1, 2].map(|threads| Peak {
            of: Computed { width, precision: Precision::F64, threads },
            gflop_per_s: figure(gflop_per_s * threads as f64),
        })
    };
    Machine {
        cpu: Cpu { model: "A CPU".into(), cores: 2, threads: 2, usable_threads: 2 },
        isa: Isa { architecture: "x86_64".into(), features: vec!["AVX2".into(), "FMA".into()] },
        caches: vec![cache(1, 32 << 10, 1), cache(2, 512 << 10, 1), cache(3, 32 << 20, 2)],
        pages: Pages { size: 4096, transparent_huge: None, huge_size: None },
        rounds: 3,
        clock: Some(figure(2.5)),
        bandwidths: [(Place::L1, 200.0), (Place::L2, 100.0), (Place::L3, 50.0), (Place::Memory, 20.0)]
            .into_iter()
            .flat_map(|(place, rate)| read(place, rate))
            .collect(),
        peaks: [(Width::Scalar, 20.0), (Width::Bits256, 80.0)]
            .into_iter()
            .flat_map(|(width, rate)| peak(width, rate))
            .collect(),
        latencies: Latencies { fma: Some(figure(1.6)), ..Latencies::default() },
    }
}

/// Reads `n` float64 and computes as many operations, none of them an FMA.
pub fn sum(n: u64) -> Amount {
    let x = n as f64;
    Amount {
        flops: x,
        instructions: x,
        operations: x,
        bytes_read: 8.0 * x,
        bytes_moved: 8.0 * x,
        working_set: 8 * n,
        ..Amount::default()
    }
}

pub fn way(kind: Kind, threads: usize) -> Way {
    let width = if kind.is_loop() { Width::Scalar } else { Width::Bits256 };
    Way { kind, threads, precision: Precision::F64, width: Some(width) }
}

/// A point of each kind, one without floats and one without arithmetic.
pub fn roofline() -> Roofline {
    let machine = machine();
    let figure = |best: f64| Figure { best, median: best * 1.25 };
    let point = |line, text: &str, amount, way, ns, typed| {
        let place = (line, "f".to_owned(), text.to_owned());
        placed(place, amount, way, (figure(ns), typed, None), &machine)
    };
    let each = |amount: Amount, n: f64| Amount {
        flops: amount.flops / n,
        instructions: amount.instructions / n,
        operations: amount.operations / n,
        bytes_read: amount.bytes_read / n,
        bytes_moved: amount.bytes_moved / n,
        ..amount
    };
    let n = 100_000;
    let counted = Amount { flops: 0.0, instructions: 0.0, ..sum(n) };
    let copied = Amount { operations: 0.0, bytes_written: 8e5, bytes_moved: 1.6e6, working_set: 1_600_000, ..counted };
    let one = each(sum(n), n as f64);
    let mut points = vec![
        point(3, "for x in xs", one, way(Kind::InterpretedLoop, 1), 50.0, Some(1.5)),
        point(3, "for x in xs", one, way(Kind::TypedLoop, 1), 1.5, None),
        point(7, "np.sum(x)", sum(n), way(Kind::Kernel, 1), 16_000.0, None),
        point(8, "np.sum(x < 3 | y)", counted, way(Kind::Kernel, 1), 100_000.0, None),
        point(9, "x.astype(np.float64)", copied, way(Kind::Kernel, 2), 20_000.0, None),
        point(10, "np.sum(x)", sum(n), way(Kind::Kernel, 1), 16_100.0, None),
    ];
    for (point, mark) in points.iter_mut().zip('a'..) {
        (point.mark, point.n, point.runs) = (mark, n, 1);
    }
    Roofline {
        script: "script.toy".into(),
        cpu: machine.cpu.model.clone(),
        threads: 2,
        measured_at: 1_780_476_000,
        was_kept: true,
        switches: "--fuse expression".into(),
        roofs: [1, 2].map(|threads| roofs_of(&machine, Precision::F64, threads)).into(),
        points,
        left_out: vec![LeftOut { line: 12, text: "for name in names".into(), why: "it computes <nothing>".into() }],
        notes: vec!["only 2 of 3 rounds of loops fitted the time".into()],
    }
}
