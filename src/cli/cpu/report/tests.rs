//! Figures of no machine, as they are printed.

use expect_test::expect;

use super::*;
use crate::machine::{Bandwidth, Branches, Cpu, Isa, Latencies, Load, Moved, Pages, Peak, Width};

const MEASURED: u64 = 1_780_476_000;

fn figure(best: f64) -> Figure {
    Figure { best, median: best * 1.25 }
}

fn known(machine: Machine) -> Known {
    Known { machine, measured_at: MEASURED, was_kept: true, file: Some("/cache/toy/cpu.json".into()), note: None }
}

/// A machine with everything that a report shows.
fn full() -> Machine {
    let cache = |level, size, shared_by| Cache { level, size, line: 64, shared_by };
    let read = |place, threads, best| Bandwidth {
        of: Moved { place, access: Access::Read, threads, working_set: 1 << 14 },
        gb_per_s: figure(best),
    };
    let peak = |width, precision, threads, best| Peak {
        of: Computed { width, precision, threads },
        gflop_per_s: figure(best),
    };
    Machine {
        cpu: Cpu { model: "Some CPU @ 4 GHz".into(), cores: 4, threads: 8, usable_threads: 6 },
        isa: Isa { architecture: "x86_64".into(), features: vec!["AVX2".into(), "FMA".into()] },
        caches: vec![cache(1, 48 << 10, 2), cache(2, 1280 << 10, 2), cache(3, 24 << 20, 8), cache(4, 64 << 20, 8)],
        pages: Pages { size: 4096, transparent_huge: Some("always".into()), huge_size: Some(2 << 20) },
        rounds: 15,
        clock: Some(figure(4.0)),
        bandwidths: vec![
            read(Place::L1, 1, 400.0),
            read(Place::L1, 6, 2400.0),
            read(Place::L2, 1, 200.0),
            read(Place::Memory, 1, 20.0),
            read(Place::Memory, 6, 80.0),
        ],
        peaks: vec![
            peak(Width::Scalar, Precision::F32, 1, 16.0),
            peak(Width::Scalar, Precision::F64, 6, 96.0),
            peak(Width::Bits256, Precision::F32, 1, 128.0),
        ],
        latencies: Latencies {
            loads: vec![
                Load { place: Place::L1, working_set: 24 << 10, ns: figure(1.25) },
                Load { place: Place::Memory, working_set: 1 << 28, ns: figure(80.0) },
            ],
            fma: Some(figure(1.0)),
            branches: Branches::new(figure(0.5), figure(3.0)),
        },
    }
}

/// A machine of which hardly anything is known.
fn bare() -> Machine {
    Machine {
        cpu: Cpu { model: String::new(), cores: 1, threads: 1, usable_threads: 1 },
        isa: Isa { architecture: "riscv64".into(), features: Vec::new() },
        caches: Vec::new(),
        pages: Pages { size: 16 << 10, transparent_huge: None, huge_size: None },
        rounds: 3,
        clock: None,
        bandwidths: Vec::new(),
        peaks: Vec::new(),
        latencies: Latencies::default(),
    }
}

#[test]
fn all_that_is_known() {
    let methods = [Method { of: "bandwidth", how: "with a bucket, from one place to another, ".repeat(3) }];
    expect![[r#"
        Some CPU @ 4 GHz (x86_64)
          cores         4, with 8 hardware threads in all, of which 6 can be used here
          instructions  AVX2, FMA
          pages         4 KiB; transparent huge pages of 2 MiB: always
          clock         4.00 (5.00) GHz

        Each figure is the best of 15 rounds; in parentheses, their median.

        Caches of one core, and memory
        ──────────────────────────────────────────────────────────────────────────────────────────────────────────
                      size   line   shared by       load ns   cycles   read GB/s, 1 thread   read GB/s, 6 threads 
        ──────────────────────────────────────────────────────────────────────────────────────────────────────────
         L1         48 KiB   64 B   2 threads   1.25 (1.56)     5.00             400 (500)            2400 (3000) 
         L2       1.25 MiB   64 B   2 threads             –        –             200 (250)                      – 
         L3         24 MiB   64 B   8 threads             –        –                     –                      – 
         L4         64 MiB   64 B   8 threads             –        –                     –                      – 
         memory                                  80.0 (100)      320           20.0 (25.0)             80.0 (100) 
        ──────────────────────────────────────────────────────────────────────────────────────────────────────────

        Memory
        ─────────────────────────────────────────────────────
                            GB/s, 1 thread   GB/s, 6 threads 
        ─────────────────────────────────────────────────────
         read                  20.0 (25.0)        80.0 (100) 
         write                           –                 – 
         copy                            –                 – 
         write, streaming                –                 – 
         copy, streaming                 –                 – 
        ─────────────────────────────────────────────────────

        Peak of fused multiply-adds, GFLOP/s
        ────────────────────────────────────────────────────────────────────────────
                    f32, 1 thread   f32, 6 threads   f64, 1 thread   f64, 6 threads 
        ────────────────────────────────────────────────────────────────────────────
         scalar       16.0 (20.0)                –               –       96.0 (120) 
         256 bits       128 (160)                –               –                – 
        ────────────────────────────────────────────────────────────────────────────

        Other latencies
        ───────────────────────────────────────────────────────────
                                                       ns   cycles 
        ───────────────────────────────────────────────────────────
         FMA, one after the other             1.00 (1.25)     4.00 
         branch that was guessed wrongly      5.00 (6.25)     20.0 
           iteration with a random branch     3.00 (3.75)     12.0 
           iteration with a sorted branch   0.500 (0.625)     2.00 
        ───────────────────────────────────────────────────────────

        How it was measured
          bandwidth: with a bucket, from one place to another, with a bucket, from one place to another,
            with a bucket, from one place to another, .

        Measured on 2026-06-03 08:40 UTC, 2 hours ago; kept in /cache/toy/cpu.json; --measure measures anew.
    "#]]
    .assert_eq(&table(&known(full()), &methods, MEASURED + 7200));
}

#[test]
fn what_is_not_known() {
    let fresh = Known { was_kept: false, file: None, ..known(bare()) };
    expect![[r#"
        A CPU without a name (riscv64)
          cores         1, with 1 hardware thread in all
          instructions  –
          pages         16 KiB

        Each figure is the best of 3 rounds; in parentheses, their median.

        Caches of one core, and memory
        ───────────────────────────────────────────────────────────────────────────
                  size   line   shared by   load ns   cycles   read GB/s, 1 thread 
        ───────────────────────────────────────────────────────────────────────────
         memory                                   –        –                     – 
        ───────────────────────────────────────────────────────────────────────────

        Memory
        ───────────────────────────────────
                            GB/s, 1 thread 
        ───────────────────────────────────
         read                            – 
         write                           – 
         copy                            – 
         write, streaming                – 
         copy, streaming                 – 
        ───────────────────────────────────

        Peak of fused multiply-adds: not measured here

        Other latencies
        ───────────────────────────────────────────────────────────────
                                                           ns   cycles 
        ───────────────────────────────────────────────────────────────
         FMA, one after the other           not measured here        – 
         branch that was guessed wrongly    not measured here        – 
           iteration with a random branch   not measured here        – 
           iteration with a sorted branch   not measured here        – 
        ───────────────────────────────────────────────────────────────

        How it was measured

        Measured just now, 2026-06-03 08:40 UTC.
    "#]]
    .assert_eq(&table(&fresh, &[], MEASURED));
}

#[test]
fn when_it_was_measured() {
    let line = |known: &Known, now| origin(known, now);
    let kept = known(bare());
    expect![[r#"
        Measured on 2026-06-03 08:40 UTC, 59 seconds ago; kept in /cache/toy/cpu.json; --measure measures anew.
        Measured on 2026-06-03 08:40 UTC, 2 days ago; kept in /cache/toy/cpu.json; --measure measures anew.
        Measured on 2026-06-03 08:40 UTC, in the future, by this machine's clock; kept in /cache/toy/cpu.json; --measure measures anew.
    "#]].assert_eq(&(line(&kept, MEASURED + 59) + &line(&kept, MEASURED + 200_000) + &line(&kept, 0)));
}

#[test]
fn json_has_everything() {
    let mut machine = full();
    machine.bandwidths.truncate(1);
    machine.peaks.truncate(1);
    machine.caches.truncate(1);
    let known = Known { note: Some("it rained".into()), ..known(machine) };
    expect![[r#"
        {
          "version": 1,
          "measured_at": 1780476000,
          "was_kept": true,
          "file": "/cache/toy/cpu.json",
          "note": "it rained",
          "machine": {
            "cpu": {
              "model": "Some CPU @ 4 GHz",
              "cores": 4,
              "threads": 8,
              "usable_threads": 6
            },
            "isa": {
              "architecture": "x86_64",
              "features": [
                "AVX2",
                "FMA"
              ]
            },
            "caches": [
              {
                "level": 1,
                "size": 49152,
                "line": 64,
                "shared_by": 2
              }
            ],
            "pages": {
              "size": 4096,
              "transparent_huge": "always",
              "huge_size": 2097152
            },
            "rounds": 15,
            "clock": {
              "best": 4.0,
              "median": 5.0
            },
            "bandwidths": [
              {
                "place": "L1",
                "access": "read",
                "threads": 1,
                "working_set": 16384,
                "gb_per_s": {
                  "best": 400.0,
                  "median": 500.0
                }
              }
            ],
            "peaks": [
              {
                "width": "scalar",
                "precision": "f32",
                "threads": 1,
                "gflop_per_s": {
                  "best": 16.0,
                  "median": 20.0
                }
              }
            ],
            "latencies": {
              "loads": [
                {
                  "place": "L1",
                  "working_set": 24576,
                  "ns": {
                    "best": 1.25,
                    "median": 1.5625
                  }
                },
                {
                  "place": "memory",
                  "working_set": 268435456,
                  "ns": {
                    "best": 80.0,
                    "median": 100.0
                  }
                }
              ],
              "fma": {
                "best": 1.0,
                "median": 1.25
              },
              "branches": {
                "sorted": {
                  "best": 0.5,
                  "median": 0.625
                },
                "random": {
                  "best": 3.0,
                  "median": 3.75
                },
                "misprediction": {
                  "best": 5.0,
                  "median": 6.25
                }
              }
            }
          },
          "methods": [
            {
              "of": "clock",
              "how": "with a sundial"
            }
          ]
        }
    "#]]
    .assert_eq(&json(&known, &[Method { of: "clock", how: "with a sundial".into() }]));
}
