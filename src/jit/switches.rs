//! The mechanisms that can be taken away and measured, as they are named on the command line.

use std::fmt;
use std::str::FromStr;

/// Width of the registers that kernels use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Simd {
    Scalar,
    Sse,
    Auto,
}

/// Unrolled copies of a kernel's loop body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Unroll(u8);

/// How array expressions are compiled and run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Switches {
    pub simd: Simd,
    pub unroll: Unroll,
    pub fma: bool,
    pub fuse: bool,
    /// At least 1.
    pub threads: usize,
}

/// One row of the command line's table.
pub struct Switch {
    pub name: &'static str,
    pub values: &'static str,
    pub meaning: &'static str,
    set: fn(Switches, &str) -> Option<Switches>,
    get: fn(&Switches) -> String,
}

/// Every switch, in the order in which they are printed.
pub const SWITCHES: &[Switch] = &[
    Switch {
        name: "simd",
        values: "scalar|sse|auto",
        meaning: "one element or 128 bits in an instruction; auto: the widest that is built",
        set: |switches, value| Some(Switches { simd: value.parse().ok()?, ..switches }),
        get: |switches| switches.simd.name().into(),
    },
    Switch {
        name: "unroll",
        values: "1|2|4|8",
        meaning: "copies of the loop body, and chains of a reduction",
        set: |switches, value| Some(Switches { unroll: Unroll::new(value.parse().ok()?)?, ..switches }),
        get: |switches| switches.unroll.get().to_string(),
    },
    Switch {
        name: "fma",
        values: "on|off",
        meaning: "a*b + c rounded once",
        set: |switches, value| Some(Switches { fma: on_off(value)?, ..switches }),
        get: |switches| shown(switches.fma),
    },
    Switch {
        name: "fuse",
        values: "on|off",
        meaning: "a whole expression in one kernel; off: one temporary for each operation",
        set: |switches, value| Some(Switches { fuse: on_off(value)?, ..switches }),
        get: |switches| shown(switches.fuse),
    },
    Switch {
        name: "threads",
        values: "N",
        meaning: "threads that a large kernel is spread over",
        set: |switches, value| {
            Some(Switches { threads: value.parse().ok().filter(|n| (1..=1024).contains(n))?, ..switches })
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

impl Simd {
    pub const ALL: &'static [Simd] = &[Simd::Scalar, Simd::Sse, Simd::Auto];

    pub const fn name(self) -> &'static str {
        match self {
            Simd::Scalar => "scalar",
            Simd::Sse => "sse",
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
        Switches { simd: Simd::Auto, unroll: Unroll(DEFAULT_UNROLL), fma: true, fuse: true, threads }
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
        for (name, value) in [("simd", "sse"), ("unroll", "4"), ("fma", "off"), ("fuse", "off"), ("threads", "3")] {
            switches.set(name, value).unwrap();
        }
        assert_eq!(switches.to_string(), "--simd sse --unroll 4 --fma off --fuse off --threads 3");
        assert_eq!(switches.set("unroll", "3").unwrap_err(), "--unroll takes 1|2|4|8, not '3'");
        assert_eq!(switches.set("threads", "0").unwrap_err(), "--threads takes N, not '0'");
        assert_eq!(switches.set("warp", "9").unwrap_err(), "there is no switch --warp");
    }
}
