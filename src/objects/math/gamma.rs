//! The gamma function and its logarithm, as CPython computes them: Lanczos' approximation with the coefficients of
//! Boost's `lanczos13m53` (13 terms, g = 6.0246…), and the reflection formula for negative arguments.

use std::f64::consts::PI;

const G: f64 = 6.02468004077673;
const G_MINUS_HALF: f64 = 5.52468004077673;

/// The rational function's numerator, lowest power first.
const NUMERATOR: [f64; 13] = [
    23531376880.41076,
    42919803642.6491,
    35711959237.35567,
    17921034426.03721,
    6039542586.352028,
    1439720407.3117216,
    248874557.86205417,
    31426415.585400194,
    2876370.6289353725,
    186056.26539522348,
    8071.672002365816,
    210.82427775157936,
    2.5066282746310002,
];

const DENOMINATOR: [f64; 13] = [
    0.0,
    39916800.0,
    120543840.0,
    150917976.0,
    105258076.0,
    45995730.0,
    13339535.0,
    2637558.0,
    357423.0,
    32670.0,
    1925.0,
    66.0,
    1.0,
];

/// The largest whole number below which factorials are exact floats.
const EXACT: f64 = 23.0;

/// The rational function; by powers of `1/x` where those of `x` could overflow.
fn lanczos_sum(x: f64) -> f64 {
    let (mut above, mut below) = (0.0, 0.0);
    let terms = NUMERATOR.iter().zip(&DENOMINATOR);
    if x < 5.0 {
        for (a, b) in terms.rev() {
            above = above * x + a;
            below = below * x + b;
        }
    } else {
        for (a, b) in terms {
            above = above / x + a;
            below = below / x + b;
        }
    }
    above / below
}

/// `sin(πx)`, exact at whole and half numbers.
fn sin_pi(x: f64) -> f64 {
    let y = x.abs() % 2.0;
    let sine = match (2.0 * y).round() as i32 {
        0 => (PI * y).sin(),
        1 => (PI * (y - 0.5)).cos(),
        2 => (PI * (1.0 - y)).sin(),
        3 => -(PI * (y - 1.5)).cos(),
        _ => (PI * (y - 2.0)).sin(),
    };
    sine.copysign(1.0) * 1f64.copysign(sine) * 1f64.copysign(x)
}

/// Γ(x): NaN at negative whole numbers, infinite at zero and beyond 171.6.
pub fn gamma(x: f64) -> f64 {
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x == f64::NEG_INFINITY {
        return f64::NAN;
    }
    if x == 0.0 {
        return f64::INFINITY.copysign(x);
    }
    if x.fract() == 0.0 {
        if x < 0.0 {
            return f64::NAN;
        }
        if x <= EXACT {
            return (2..x as u64).map(|factor| factor as f64).product();
        }
    }
    let magnitude = x.abs();
    if magnitude < 1e-20 {
        return 1.0 / x;
    }
    if magnitude > 200.0 {
        return if x < 0.0 { 0.0 / sin_pi(x) } else { f64::INFINITY };
    }
    let y = magnitude + G_MINUS_HALF;
    // What the rounding of `y` lost, as a relative correction.
    let lost = if magnitude > G_MINUS_HALF { y - magnitude - G_MINUS_HALF } else { y - G_MINUS_HALF - magnitude };
    let correction = lost * G / y;
    if x < 0.0 {
        let mut result = -PI / sin_pi(magnitude) / magnitude * y.exp() / lanczos_sum(magnitude);
        result -= correction * result;
        if magnitude < 140.0 {
            return result / y.powf(magnitude - 0.5);
        }
        let root = y.powf(magnitude / 2.0 - 0.25);
        return result / root / root;
    }
    let mut result = lanczos_sum(magnitude) / y.exp();
    result += correction * result;
    if magnitude < 140.0 {
        return result * y.powf(magnitude - 0.5);
    }
    let root = y.powf(magnitude / 2.0 - 0.25);
    result * root * root
}

/// log |Γ(x)|: infinite at whole numbers up to zero.
pub fn log_gamma(x: f64) -> f64 {
    const LOG_PI: f64 = 1.1447298858494002;
    if !x.is_finite() {
        return if x.is_nan() { x } else { f64::INFINITY };
    }
    if x.fract() == 0.0 && x <= 2.0 {
        return if x <= 0.0 { f64::INFINITY } else { 0.0 };
    }
    let magnitude = x.abs();
    if magnitude < 1e-20 {
        return -magnitude.ln();
    }
    let mut result = lanczos_sum(magnitude).ln() - G;
    result += (magnitude - 0.5) * ((magnitude + G - 0.5).ln() - 1.0);
    if x < 0.0 {
        result = LOG_PI - sin_pi(magnitude).abs().ln() - magnitude.ln() - result;
    }
    result
}
