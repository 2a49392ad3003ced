//! The instructions that this CPU has, as far as they matter to arithmetic over arrays.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An instruction set: the architecture, and what this CPU has of its extensions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Isa {
    /// As Rust spells it: `x86_64`, `aarch64`.
    pub architecture: String,
    /// The extensions under the names of their manuals: `AVX2`, `AVX-512F`, `NEON`.
    pub features: Vec<String>,
}

/// How much one instruction computes: one number, or a register full of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Width {
    #[serde(rename = "scalar")]
    Scalar,
    #[serde(rename = "128 bits")]
    Bits128,
    #[serde(rename = "256 bits")]
    Bits256,
    #[serde(rename = "512 bits")]
    Bits512,
}

/// A floating-point format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    F32,
    F64,
}

macro_rules! detect {
    ($detected:ident: $($name:literal $feature:tt,)*) => {
        [$(($name, std::arch::$detected!($feature))),*].into_iter().filter(|(_, has)| *has).map(|(name, _)| name)
    };
}

impl Isa {
    /// That of the machine that runs this program; what the operating system does not save is not there.
    pub fn here() -> Isa {
        #[cfg(target_arch = "x86_64")]
        let features = detect! { is_x86_feature_detected:
            "SSE4.2" "sse4.2",
            "AVX" "avx",
            "AVX2" "avx2",
            "FMA" "fma",
            "F16C" "f16c",
            "BMI2" "bmi2",
            "AVX-512F" "avx512f",
            "AVX-512BW" "avx512bw",
            "AVX-512DQ" "avx512dq",
            "AVX-512VL" "avx512vl",
            "AVX-512CD" "avx512cd",
            "AVX-512VNNI" "avx512vnni",
            "AVX-512BF16" "avx512bf16",
            "AVX-512FP16" "avx512fp16",
        };
        #[cfg(target_arch = "aarch64")]
        let features = detect! { is_aarch64_feature_detected:
            "NEON" "neon",
            "FP16" "fp16",
            "DotProd" "dotprod",
            "BF16" "bf16",
            "SVE" "sve",
            "SVE2" "sve2",
        };
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        let features = std::iter::empty::<&str>();
        Isa { architecture: std::env::consts::ARCH.into(), features: features.map(str::to_string).collect() }
    }

    pub fn has(&self, feature: &str) -> bool {
        self.features.iter().any(|known| known == feature)
    }
}

impl Width {
    /// Numbers of `precision` in one register.
    pub fn lanes(self, precision: Precision) -> u64 {
        match self {
            Width::Scalar => 1,
            Width::Bits128 => 128 / precision.bits(),
            Width::Bits256 => 256 / precision.bits(),
            Width::Bits512 => 512 / precision.bits(),
        }
    }
}

impl Precision {
    pub fn bits(self) -> u64 {
        match self {
            Precision::F32 => 32,
            Precision::F64 => 64,
        }
    }

    /// As NumPy calls its elements.
    pub fn dtype(self) -> &'static str {
        match self {
            Precision::F32 => "float32",
            Precision::F64 => "float64",
        }
    }
}

impl fmt::Display for Width {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Width::Scalar => "scalar",
            Width::Bits128 => "128 bits",
            Width::Bits256 => "256 bits",
            Width::Bits512 => "512 bits",
        })
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "f{}", self.bits())
    }
}
