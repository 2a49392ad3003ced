//! The mechanisms that can be taken away and measured, as they are named on the command line.

use std::fmt;
use std::str::FromStr;

/// Width of the registers that kernels use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Simd {
    /// One element in an instruction.
    Scalar,
    /// 128 bits.
    Sse,
    /// 256 bits.
    Avx,
    /// 512 bits.
    Avx512,
    /// 256 bits where the CPU has them, else 128.
    Auto,
}

/// The order in which the copies of an unrolled loop are emitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Schedule {
    /// Instruction by instruction, each for all copies.
    Interleaved,
    /// Copy by copy.
    Sequential,
}

/// How values get their registers: Cranelift's two allocators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Regalloc {
    Backtracking,
    SinglePass,
}

/// Unrolled copies of a kernel's loop body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Unroll(u8);

/// How array expressions are compiled and run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Switches {
    pub simd: Simd,
    pub unroll: Unroll,
    pub schedule: Schedule,
    pub regalloc: Regalloc,
    /// Ask for memory before it is read.
    pub prefetch: bool,
    pub stream: Stream,
    pub fma: bool,
    pub fuse: Fuse,
    /// At least 1.
    pub threads: usize,
}

/// One row of the command line's table.
pub struct Switch {
    pub name: &'static str,
    pub values: Values,
    pub meaning: &'static str,
    set: fn(Switches, &str) -> Option<Switches>,
    get: fn(&Switches) -> String,
}

/// What a switch takes.
#[derive(Clone, Copy, Debug)]
pub enum Values {
    /// One of these words, between bars.
    Words(&'static str),
    /// A number from 1 to this one.
    UpTo(usize),
}

/// More threads than this are no use to any kernel.
const MAX_THREADS: usize = 1024;

/// Every switch, in the order in which they are printed.
pub const SWITCHES: &[Switch] = &[
    Switch {
        name: "simd",
        values: Values::Words("scalar|sse|avx|avx512|auto"),
        meaning: "one element, or registers of 128, 256 or 512 bits; auto: 256 where there are, 512 where toy cpu has measured more with them",
        set: |switches, value| Some(Switches { simd: value.parse().ok()?, ..switches }),
        get: |switches| switches.simd.name().into(),
    },
    Switch {
        name: "unroll",
        values: Values::Words("1|2|4|8"),
        meaning: "copies of the loop body, and chains of a reduction",
        set: |switches, value| Some(Switches { unroll: Unroll::new(value.parse().ok()?)?, ..switches }),
        get: |switches| switches.unroll.get().to_string(),
    },
    Switch {
        name: "schedule",
        values: Values::Words("interleaved|sequential"),
        meaning: "order of the unrolled copies: instruction by instruction, or copy by copy",
        set: |switches, value| {
            let schedule = match value {
                "interleaved" => Schedule::Interleaved,
                "sequential" => Schedule::Sequential,
                _ => return None,
            };
            Some(Switches { schedule, ..switches })
        },
        get: |switches| switches.schedule.name().into(),
    },
    Switch {
        name: "regalloc",
        values: Values::Words("backtracking|single-pass"),
        meaning: "how registers are allocated: with care, or in one pass that spills",
        set: |switches, value| {
            let regalloc = match value {
                "backtracking" => Regalloc::Backtracking,
                "single-pass" => Regalloc::SinglePass,
                _ => return None,
            };
            Some(Switches { regalloc, ..switches })
        },
        get: |switches| switches.regalloc.name().into(),
    },
    Switch {
        name: "prefetch",
        values: Values::Words("on|off"),
        meaning: "ask for each cache line some passes before it is read",
        set: |switches, value| Some(Switches { prefetch: on_off(value)?, ..switches }),
        get: |switches| shown(switches.prefetch),
    },
    Switch {
        name: "stream",
        values: Values::Words("on|off|auto"),
        meaning: "results go past the caches to memory; auto: those that no cache could hold",
        set: |switches, value| {
            let stream = match value {
                "auto" => Stream::Auto,
                _ if on_off(value)? => Stream::On,
                _ => Stream::Off,
            };
            Some(Switches { stream, ..switches })
        },
        get: |switches| switches.stream.name().into(),
    },
    Switch {
        name: "fma",
        values: Values::Words("on|off"),
        meaning: "a*b + c rounded once",
        set: |switches, value| Some(Switches { fma: on_off(value)?, ..switches }),
        get: |switches| shown(switches.fma),
    },
    Switch {
        name: "fuse",
        values: Values::Words("off|expression|on"),
        meaning: "a kernel for each operation, for each expression, or for as many statements as nobody can tell",
        set: |switches, value| {
            let fuse = match value {
                "off" => Fuse::Off,
                "expression" => Fuse::Expression,
                "on" => Fuse::On,
                _ => return None,
            };
            Some(Switches { fuse, ..switches })
        },
        get: |switches| switches.fuse.name().into(),
    },
    Switch {
        name: "threads",
        values: Values::UpTo(MAX_THREADS),
        meaning: "threads that a large kernel is spread over",
        set: |switches, value| {
            Some(Switches { threads: value.parse().ok().filter(|n| (1..=MAX_THREADS).contains(n))?, ..switches })
        },
        get: |switches| switches.threads.to_string(),
    },
];

impl Switch {
    /// The value that it has in `switches`, as the command line spells it.
    pub fn get(&self, switches: &Switches) -> String {
        (self.get)(switches)
    }
}

/// How much becomes one kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fuse {
    /// One operation, and its result a temporary, as in NumPy.
    Off,
    /// One source expression.
    Expression,
    /// Statements too: an array is computed when its elements are looked at.
    On,
}

/// When results go past the caches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Where operands and result together are larger than the last cache.
    Auto,
    /// Wherever they can.
    On,
    Off,
}

impl Simd {
    pub const ALL: &'static [Simd] = &[Simd::Scalar, Simd::Sse, Simd::Avx, Simd::Avx512, Simd::Auto];

    pub const fn name(self) -> &'static str {
        match self {
            Simd::Scalar => "scalar",
            Simd::Sse => "sse",
            Simd::Avx => "avx",
            Simd::Avx512 => "avx512",
            Simd::Auto => "auto",
        }
    }
}

impl FromStr for Simd {
    type Err = ();

    fn from_str(text: &str) -> Result<Simd, ()> {
        Simd::ALL.iter().copied().find(|simd| simd.name() == text).ok_or(())
    }
}

impl Schedule {
    pub const fn name(self) -> &'static str {
        match self {
            Schedule::Interleaved => "interleaved",
            Schedule::Sequential => "sequential",
        }
    }
}

impl Regalloc {
    pub const fn name(self) -> &'static str {
        match self {
            Regalloc::Backtracking => "backtracking",
            Regalloc::SinglePass => "single-pass",
        }
    }
}

impl Fuse {
    pub const fn name(self) -> &'static str {
        match self {
            Fuse::Off => "off",
            Fuse::Expression => "expression",
            Fuse::On => "on",
        }
    }
}

impl Stream {
    pub const fn name(self) -> &'static str {
        match self {
            Stream::Auto => "auto",
            Stream::On => "on",
            Stream::Off => "off",
        }
    }
}

impl Unroll {
    pub const ALL: [Unroll; 4] = [Unroll(1), Unroll(2), Unroll(4), Unroll(8)];

    /// `None` unless it is 1, 2, 4 or 8.
    pub fn new(copies: u8) -> Option<Unroll> {
        Unroll::ALL.into_iter().find(|unroll| unroll.0 == copies)
    }

    pub fn get(self) -> usize {
        self.0 as usize
    }
}

impl Switches {
    /// Sets the switch `name` to `value`, as the command line spells both.
    ///
    /// # Errors
    /// What the switch accepts, or that there is no such switch.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let switch =
            SWITCHES.iter().find(|switch| switch.name == name).ok_or_else(|| format!("there is no switch --{name}"))?;
        *self = (switch.set)(*self, value).ok_or_else(|| format!("--{name} takes {}, not '{value}'", switch.values))?;
        Ok(())
    }
}

impl Default for Switches {
    fn default() -> Switches {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Switches {
            simd: Simd::Auto,
            unroll: Unroll(DEFAULT_UNROLL),
            schedule: Schedule::Sequential,
            regalloc: Regalloc::Backtracking,
            prefetch: false,
            stream: Stream::Auto,
            fma: true,
            fuse: Fuse::On,
            threads,
        }
    }
}

/// Enough chains to hide the latency of an FMA (4 cycles, 2 in a cycle). Chosen by `benches/kernels.rs`.
const DEFAULT_UNROLL: u8 = 8;

impl fmt::Display for Switches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, switch) in SWITCHES.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}--{} {}", switch.name, (switch.get)(self))?;
        }
        Ok(())
    }
}

impl fmt::Display for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Values::Words(words) => f.write_str(words),
            Values::UpTo(most) => write!(f, "a number from 1 to {most}"),
        }
    }
}

fn on_off(value: &str) -> Option<bool> {
    match value {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

fn shown(on: bool) -> String {
    if on { "on".into() } else { "off".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_switch_reads_what_it_prints() {
        let mut switches = Switches::default();
        let text = "--simd sse --unroll 4 --schedule interleaved --regalloc single-pass --prefetch on --stream off \
                    --fma off --fuse off --threads 3";
        let words: Vec<&str> = text.split_whitespace().collect();
        for pair in words.chunks(2) {
            switches.set(&pair[0][2..], pair[1]).unwrap();
        }
        assert_eq!(switches.to_string(), text);
        assert_eq!(switches.set("unroll", "3").unwrap_err(), "--unroll takes 1|2|4|8, not '3'");
        assert_eq!(switches.set("threads", "0").unwrap_err(), "--threads takes a number from 1 to 1024, not '0'");
        assert_eq!(switches.set("warp", "9").unwrap_err(), "there is no switch --warp");
    }
}
