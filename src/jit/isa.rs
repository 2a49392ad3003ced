//! The CPU that kernels are compiled for: the features that 128-bit code may use, and nothing wider.

use cranelift_codegen::isa::{self, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};

/// What the code generator may rely on.
#[derive(Clone)]
pub struct Target {
    pub isa: OwnedTargetIsa,
    /// Whether `fma` is one instruction.
    pub fma: bool,
    /// Whether rounding to an integer is one instruction.
    pub rounding: bool,
}

impl Target {
    /// The machine that runs this program.
    ///
    /// # Errors
    /// In words, if there is no code generator for it.
    pub fn host() -> Result<Target, String> {
        let builder = cranelift_native::builder_with_options(false).map_err(str::to_string)?;
        Target::build(builder, &host_features())
    }

    /// A named machine with the features listed, so that what is tested does not depend on the host.
    ///
    /// # Errors
    /// If this build of the code generator does not know it.
    pub fn named(triple: &str, features: &[&str]) -> Result<Target, String> {
        let builder = isa::lookup_by_name(triple).map_err(|error| error.to_string())?;
        Target::build(builder, features)
    }

    fn build(mut builder: isa::Builder, features: &[&str]) -> Result<Target, String> {
        let x86 = builder.triple().architecture.to_string() == "x86_64";
        for feature in features {
            builder.enable(feature).map_err(|error| error.to_string())?;
        }
        let mut flags = settings::builder();
        for (name, value) in [("opt_level", "none"), ("unwind_info", "false"), ("is_pic", "false")] {
            flags.set(name, value).map_err(|error| error.to_string())?;
        }
        let isa = builder.finish(settings::Flags::new(flags)).map_err(|error| error.to_string())?;
        let has = |feature| !x86 || features.contains(&feature);
        Ok(Target { isa, fma: has("has_fma") && has("has_avx"), rounding: has("has_sse41") })
    }
}

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
    ];
    features.into_iter().filter(|(_, has)| *has).map(|(name, _)| name).collect()
}

#[cfg(not(target_arch = "x86_64"))]
fn host_features() -> Vec<&'static str> {
    Vec::new()
}
