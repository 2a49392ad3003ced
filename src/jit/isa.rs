//! The CPU that kernels are compiled for.

use std::sync::LazyLock;

use cranelift_codegen::isa::{self, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};

use super::emit::Style;
use super::switches::{Regalloc, Simd, Switches};
use super::widen::Vector;
use crate::machine;

/// What the code generator may rely on.
#[derive(Clone)]
pub struct Target {
    pub isa: OwnedTargetIsa,
    /// Whether `fma` is one instruction.
    pub fma: bool,
    /// Whether rounding to an integer is one instruction.
    pub rounding: bool,
    /// The widest registers that finished code can be widened to; `None` where it stays as it was generated.
    pub widest: Option<Vector>,
    /// Whether it is the machine that runs this program, of which measurements may be known.
    pub(super) is_host: bool,
}

impl Target {
    /// The machine that runs this program.
    ///
    /// # Errors
    /// In words, if there is no code generator for it.
    pub fn host(regalloc: Regalloc) -> Result<Target, String> {
        let builder = cranelift_native::builder_with_options(false).map_err(str::to_string)?;
        Ok(Target { is_host: true, ..Target::build(builder, &host_features(), regalloc, "none")? })
    }

    /// The same machine, for code that is not arranged by hand: common subexpressions are found, and what does not change
    /// in a loop is moved out of it. It is made once.
    ///
    /// # Errors
    /// As [`Target::host`].
    pub fn of_loops() -> Result<&'static Target, String> {
        static TARGET: LazyLock<Result<Target, String>> = LazyLock::new(|| {
            let builder = cranelift_native::builder_with_options(false).map_err(str::to_string)?;
            Target::build(builder, &host_features(), Regalloc::Backtracking, "speed")
        });
        TARGET.as_ref().map_err(String::clone)
    }

    /// A named machine with the features listed, so that what is tested does not depend on the host.
    ///
    /// # Errors
    /// If this build of the code generator does not know it.
    pub fn named(triple: &str, features: &[&str], regalloc: Regalloc) -> Result<Target, String> {
        let builder = isa::lookup_by_name(triple).map_err(|error| error.to_string())?;
        Target::build(builder, features, regalloc, "none")
    }

    fn build(
        mut builder: isa::Builder,
        features: &[&str],
        regalloc: Regalloc,
        opt_level: &str,
    ) -> Result<Target, String> {
        let x86 = builder.triple().architecture.to_string() == "x86_64";
        // Code is generated as for AVX2, also where it becomes AVX-512, so that widths differ in nothing else.
        for feature in features.iter().filter(|feature| !AVX512.contains(feature)) {
            builder.enable(feature).map_err(|error| error.to_string())?;
        }
        let mut flags = settings::builder();
        let regalloc = match regalloc {
            Regalloc::Backtracking => "backtracking",
            Regalloc::SinglePass => "single_pass",
        };
        for (name, value) in
            [("opt_level", opt_level), ("unwind_info", "false"), ("is_pic", "false"), ("regalloc_algorithm", regalloc)]
        {
            flags.set(name, value).map_err(|error| error.to_string())?;
        }
        let isa = builder.finish(settings::Flags::new(flags)).map_err(|error| error.to_string())?;
        let has = |feature| !x86 || features.contains(&feature);
        let widest = match has("has_avx") && has("has_avx2") && has("has_fma") {
            _ if !x86 => None,
            false => None,
            true if AVX512.iter().all(|feature| features.contains(feature)) => Some(Vector::Zmm),
            true => Some(Vector::Ymm),
        };
        Ok(Target { isa, fma: has("has_fma") && has("has_avx"), rounding: has("has_sse41"), widest, is_host: false })
    }

    /// How stages are emitted under `switches`.
    ///
    /// # Errors
    /// In words, if this CPU has no registers of the width that was asked for.
    pub fn style(&self, switches: &Switches) -> Result<Style, String> {
        let at_most = |vector: Vector, what: &str| match self.widest {
            Some(widest) if vector <= widest => Ok(Some(vector)),
            Some(_) | None => Err(format!("this CPU cannot do --simd {}: it has no {what}", switches.simd.name())),
        };
        let vector = match switches.simd {
            Simd::Scalar => None,
            Simd::Sse => Some(Vector::Xmm),
            Simd::Avx => at_most(Vector::Ymm, "AVX2 with FMA")?,
            Simd::Avx512 => at_most(Vector::Zmm, "AVX-512 (F, BW and DQ)")?,
            Simd::Auto => Some(self.automatic()),
        };
        Ok(Style { vector, unroll: switches.unroll.get(), schedule: switches.schedule, prefetch: switches.prefetch })
    }

    /// 256 bits where there are; 512 where an earlier run has measured that this machine computes more with them. Asked
    /// once, for the first kernel.
    fn automatic(&self) -> Vector {
        static WIDE: LazyLock<bool> =
            LazyLock::new(|| machine::kept().is_some_and(|machine| machine.gains_by_512_bits()));
        match self.widest {
            Some(Vector::Zmm) if self.is_host && *WIDE => Vector::Zmm,
            widest => widest.unwrap_or(Vector::Xmm).min(Vector::Ymm),
        }
    }
}

impl Simd {
    /// The widths that this CPU has, and one element at a time.
    pub fn available() -> Vec<Simd> {
        let host = Target::host(Regalloc::Backtracking);
        let has = |simd: &Simd| {
            let switches = Switches { simd: *simd, ..Switches::default() };
            host.as_ref().is_ok_and(|target| target.style(&switches).is_ok())
        };
        Simd::ALL.iter().copied().filter(|simd| *simd != Simd::Auto && has(simd)).collect()
    }
}

/// What wide registers of 512 bits need, by Cranelift's names and one that it does not have.
const AVX512: [&str; 3] = ["has_avx512f", "has_avx512bw", "has_avx512dq"];

/// What an AVX2 machine has, as far as this one has it.
#[cfg(target_arch = "x86_64")]
fn host_features() -> Vec<&'static str> {
    use std::arch::is_x86_feature_detected as detected;
    let features = [
        ("has_sse3", detected!("sse3")),
        ("has_ssse3", detected!("ssse3")),
        ("has_sse41", detected!("sse4.1")),
        ("has_sse42", detected!("sse4.2")),
        ("has_popcnt", detected!("popcnt")),
        ("has_avx", detected!("avx")),
        ("has_avx2", detected!("avx2")),
        ("has_fma", detected!("fma")),
        ("has_bmi1", detected!("bmi1")),
        ("has_bmi2", detected!("bmi2")),
        ("has_lzcnt", detected!("lzcnt")),
        ("has_avx512f", detected!("avx512f")),
        ("has_avx512bw", detected!("avx512bw")),
        ("has_avx512dq", detected!("avx512dq")),
    ];
    features.into_iter().filter(|(_, has)| *has).map(|(name, _)| name).collect()
}

#[cfg(not(target_arch = "x86_64"))]
fn host_features() -> Vec<&'static str> {
    Vec::new()
}
