//! The rungs of the ladder: what each takes away, and how the loop is run then. Each is a step from the one before.

use serde::Serialize;

use crate::cli::rig::Settings;
use crate::interp::hot::{Dial, Mode};
use crate::jit::Switches;
use crate::loops::dial::{Bounds, Boxes, Lists, Types, Unroll};

/// One step.
pub struct Rung {
    /// What `--order` calls it.
    pub key: &'static str,
    pub name: &'static str,
    pub gone: &'static str,
    /// What settings become.
    step: fn(&mut Settings),
    pub stage: Stage,
}

/// Steps of one stage may be taken in any order that its settings allow; stages come one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Interpreter,
    Calls,
    Inlined,
    Dial,
    Vector,
}

pub const RUNGS: &[Rung] = &[
    Rung {
        key: "interpreter",
        name: "interpreter",
        gone: "nothing",
        step: |settings| settings.mode = Mode::Interpret,
        stage: Stage::Interpreter,
    },
    Rung {
        key: "dispatch",
        name: "− dispatch",
        gone: "fetching and decoding bytecodes, and the jumps to their handlers",
        step: |settings| settings.mode = Mode::Calls,
        stage: Stage::Calls,
    },
    Rung {
        key: "calls",
        name: "− calls",
        gone: "calls of handlers, and operands handed over in memory: each bytecode's work stands in the loop",
        step: |settings| {
            settings.mode = Mode::Typed;
            settings.dial = Dial::ALL_OVERHEADS;
        },
        stage: Stage::Inlined,
    },
    Rung {
        key: "types",
        name: "− type checks",
        gone: "looking at types at each use: they are looked at once, when the loop is entered",
        step: |settings| settings.dial.types = Types::Once,
        stage: Stage::Dial,
    },
    Rung {
        key: "boxes",
        name: "− boxes",
        gone: "allocating and following boxes: numbers that the loop computes stay in registers",
        step: |settings| settings.dial.boxes = Boxes::Registers,
        stage: Stage::Dial,
    },
    Rung {
        key: "bounds",
        name: "− bounds checks",
        gone: "comparing each index with a length: done once for all iterations",
        step: |settings| settings.dial.bounds = Bounds::Once,
        stage: Stage::Dial,
    },
    Rung {
        key: "contiguous",
        name: "contiguous",
        gone: "following pointers to the items of lists: they lie side by side (the copy is part of the loop's time)",
        step: |settings| settings.dial.lists = Lists::Contiguous,
        stage: Stage::Dial,
    },
    Rung {
        key: "unroll",
        name: "unrolled",
        gone: "the test and the jump of most iterations",
        step: |settings| settings.dial.unroll = Unroll::On,
        stage: Stage::Dial,
    },
    Rung {
        key: "accumulators",
        name: "FMA, accumulators",
        gone: "waiting for the iteration before: a*b + c in one instruction, sums in several chains",
        step: |settings| {
            vector(settings);
            set(&mut settings.switches, "unroll", "8");
        },
        stage: Stage::Vector,
    },
    Rung {
        key: "sse",
        name: "SSE",
        gone: "one number in an instruction: registers of 128 bits",
        step: |settings| {
            vector(settings);
            set(&mut settings.switches, "simd", "sse");
        },
        stage: Stage::Vector,
    },
    Rung {
        key: "avx",
        name: "AVX",
        gone: "registers of 128 bits: they have 256",
        step: |settings| {
            vector(settings);
            set(&mut settings.switches, "simd", "avx");
        },
        stage: Stage::Vector,
    },
    Rung {
        key: "avx512",
        name: "AVX-512",
        gone: "registers of 256 bits: they have 512",
        step: |settings| {
            vector(settings);
            set(&mut settings.switches, "simd", "avx512");
        },
        stage: Stage::Vector,
    },
    Rung {
        key: "threads",
        name: "threads",
        gone: "the other cores' idleness",
        step: |settings| {
            vector(settings);
            settings.switches.threads = Switches::default().threads;
        },
        stage: Stage::Vector,
    },
];

fn vector(settings: &mut Settings) {
    settings.mode = Mode::Vector;
    settings.dial = Dial::VECTOR;
}

fn set(switches: &mut Switches, name: &str, value: &str) {
    // Names and values are those of the switches' own table, which a test walks.
    let _ = switches.set(name, value);
}

/// Rungs from the first to the last, each by its place in [`RUNGS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order(pub Vec<usize>);

/// A rung of an order, with the settings that all steps up to it have made.
#[derive(Clone, Copy)]
pub struct Placed {
    pub rung: &'static Rung,
    pub settings: Settings,
}

impl Default for Order {
    fn default() -> Order {
        Order((0..RUNGS.len()).collect())
    }
}

impl Order {
    /// `shuffle`, `shuffle:SEED`, or the names of some steps in the order in which they are to be taken: these take the
    /// places that they have in the ladder, and the others keep theirs.
    ///
    /// # Errors
    /// In words, if there is no such step, or it cannot be taken there.
    pub fn parse(text: &str) -> Result<Order, String> {
        if let Some(seed) = text.strip_prefix("shuffle") {
            let seed = match seed.strip_prefix(':') {
                Some(seed) => seed.parse().map_err(|_| format!("'{seed}' is no seed: it is a whole number"))?,
                None if seed.is_empty() => 1,
                None => return Err(format!("there is no order '{text}'")),
            };
            return Ok(Order::shuffled(seed));
        }
        let mut wanted = Vec::new();
        for key in text.split(',') {
            let key = key.trim();
            let known = RUNGS.iter().position(|rung| rung.key == key && rung.stage >= Stage::Dial);
            let at = known.ok_or_else(|| {
                let keys: Vec<&str> =
                    RUNGS.iter().filter(|rung| rung.stage >= Stage::Dial).map(|rung| rung.key).collect();
                format!("--order takes 'shuffle', or some of {}, not '{key}'", keys.join(", "))
            })?;
            if wanted.contains(&at) {
                return Err(format!("--order has '{key}' twice"));
            }
            wanted.push(at);
        }
        let mut next = wanted.iter().copied();
        let places = (0..RUNGS.len()).map(|at| if wanted.contains(&at) { next.next().unwrap_or(at) } else { at });
        let order = Order(places.collect());
        order.validate()?;
        Ok(order)
    }

    /// An order other than the usual one, where there is another.
    fn shuffled(seed: u64) -> Order {
        let mut state = seed.wrapping_mul(2).wrapping_add(1);
        let mut random = |below: usize| {
            // Knuth, The Art of Computer Programming, volume 2, 3.3.4: MMIX's generator; its high bits are used.
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((state >> 33) as usize) % below
        };
        loop {
            let mut order = Order::default();
            for at in (1..order.0.len()).rev() {
                order.0.swap(at, random(at + 1));
            }
            // Stages stay in their order.
            order.0.sort_by_key(|at| RUNGS[*at].stage);
            if order != Order::default() && order.validate().is_ok() {
                return order;
            }
        }
    }

    /// Whether each step can be taken where it stands.
    fn validate(&self) -> Result<(), String> {
        for pair in self.0.windows(2) {
            let (before, after) = (&RUNGS[pair[0]], &RUNGS[pair[1]]);
            if before.stage > after.stage {
                return Err(format!(
                    "'{}' cannot be taken before '{}': array expressions need all of the dial",
                    before.key, after.key
                ));
            }
        }
        let widths: Vec<usize> =
            self.0.iter().copied().filter(|at| ["sse", "avx", "avx512"].contains(&RUNGS[*at].key)).collect();
        if !widths.is_sorted() {
            return Err("wider registers come after narrower ones".to_owned());
        }
        for placed in self.placed(Switches::default(), |_| true) {
            placed
                .settings
                .dial
                .validate()
                .map_err(|why| format!("'{}' cannot be taken there: {why}", placed.rung.key))?;
        }
        Ok(())
    }

    /// The rungs with their settings. A step that this machine has no instructions for (`has` says so) changes
    /// nothing for those behind it.
    pub fn placed(&self, switches: Switches, has: impl Fn(&Settings) -> bool) -> Vec<Placed> {
        let mut settings = Settings { mode: Mode::Interpret, dial: Dial::default(), switches };
        for (name, value) in [("simd", "scalar"), ("unroll", "1"), ("threads", "1")] {
            set(&mut settings.switches, name, value);
        }
        let place = |at: &usize| {
            let rung = &RUNGS[*at];
            let mut next = settings;
            (rung.step)(&mut next);
            if has(&next) {
                settings = next;
            }
            Placed { rung, settings: next }
        };
        self.0.iter().map(place).collect()
    }
}

impl Serialize for Order {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|at| RUNGS[*at].key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(order: &Order) -> Vec<&'static str> {
        order.0.iter().map(|at| RUNGS[*at].key).collect()
    }

    #[test]
    fn the_usual_order_can_be_climbed() {
        assert_eq!(Order::default().validate(), Ok(()));
        let placed = Order::default().placed(Switches::default(), |_| true);
        let commands: Vec<String> = placed.iter().map(|placed| placed.settings.command()).collect();
        assert_eq!(commands[0], "--loops interpret");
        assert_eq!(commands[3], "--loops typed --dial types=once,boxes=kept,bounds=each,lists=boxes,unroll=off");
        assert_eq!(
            commands[7],
            "--loops typed --dial types=once,boxes=registers,bounds=once,lists=contiguous,unroll=on"
        );
        assert_eq!(commands[8], "--loops vector --simd scalar --unroll 8 --threads 1");
        assert_eq!(commands[11], "--loops vector --simd avx512 --unroll 8 --threads 1");
        // No two rungs are the same, if there is more than one thread.
        let several = Switches { threads: 2, ..Switches::default() };
        let mut rungs = Order::default().placed(several, |_| true);
        rungs.pop();
        for (at, placed) in rungs.iter().enumerate() {
            assert!(rungs[..at].iter().all(|other| other.settings != placed.settings), "{}", placed.rung.key);
        }
    }

    #[test]
    fn what_a_machine_lacks_is_no_step() {
        let has = |settings: &Settings| settings.switches.simd.name() != "avx512";
        let placed = Order::default().placed(Switches::default(), has);
        assert_eq!(placed[11].settings.switches.simd.name(), "avx512");
        assert_eq!(placed[12].settings.switches.simd.name(), "avx");
    }

    #[test]
    fn orders_are_those_that_can_be_taken() {
        let order = Order::parse("bounds,types,boxes").unwrap();
        assert_eq!(keys(&order)[3..8], ["bounds", "types", "boxes", "contiguous", "unroll"]);
        let order = Order::parse("threads, accumulators").unwrap();
        assert_eq!(keys(&order)[8..], ["threads", "sse", "avx", "avx512", "accumulators"]);
        for (text, message) in [
            ("boxes,types", "needs boxes=kept"),
            ("unroll,bounds", "needs bounds=once"),
            ("contiguous,types", "needs types=once"),
            ("avx,sse", "wider registers"),
            ("threads,types", "cannot be taken before"),
            ("types,types", "twice"),
            ("dispatch", "not 'dispatch'"),
            ("shuffle:x", "no seed"),
            ("shuffled", "no order"),
        ] {
            let error = Order::parse(text).unwrap_err();
            assert!(error.contains(message), "{text}: {error}");
        }
    }

    #[test]
    fn shuffles_are_valid_and_repeatable() {
        for seed in 0..50 {
            let order = Order::shuffled(seed);
            assert_eq!(order.validate(), Ok(()));
            assert_ne!(order, Order::default());
            assert_eq!(order, Order::shuffled(seed));
        }
        assert_eq!(Order::parse("shuffle:1"), Order::parse("shuffle"));
    }
}
