//! The `math` module: the platform's libm behind Python's errors, and CPython's own algorithms where it has them.

mod gamma;
mod libm;
mod parts;
mod real;
mod sumprod;
mod sums;
mod whole;

pub use self::real::to_real;
use self::real::{Infinite, one, two};
use super::arguments::{BuiltinFn, CallingFn};

/// The module's functions by name.
pub const FUNCTIONS: &[(&str, BuiltinFn)] = &[
    ("acos", |args, keywords| one("acos", f64::acos, Infinite::Domain, args, keywords)),
    ("acosh", |args, keywords| one("acosh", |x| libm::acosh(x), Infinite::Domain, args, keywords)),
    ("asin", |args, keywords| one("asin", f64::asin, Infinite::Domain, args, keywords)),
    ("asinh", |args, keywords| one("asinh", |x| libm::asinh(x), Infinite::Domain, args, keywords)),
    ("atan", |args, keywords| one("atan", f64::atan, Infinite::Domain, args, keywords)),
    ("atan2", |args, keywords| two("atan2", f64::atan2, args, keywords)),
    ("atanh", |args, keywords| one("atanh", |x| libm::atanh(x), Infinite::Domain, args, keywords)),
    ("cbrt", |args, keywords| one("cbrt", |x| libm::cbrt(x), Infinite::Domain, args, keywords)),
    ("ceil", whole::ceil),
    ("comb", whole::comb),
    ("copysign", |args, keywords| two("copysign", f64::copysign, args, keywords)),
    ("cos", |args, keywords| one("cos", f64::cos, Infinite::Domain, args, keywords)),
    ("cosh", |args, keywords| one("cosh", f64::cosh, Infinite::Range, args, keywords)),
    ("degrees", |args, keywords| real::plain("degrees", |x| x * (180.0 / std::f64::consts::PI), args, keywords)),
    ("erf", |args, keywords| one("erf", |x| libm::erf(x), Infinite::Domain, args, keywords)),
    ("erfc", |args, keywords| one("erfc", |x| libm::erfc(x), Infinite::Domain, args, keywords)),
    ("exp", |args, keywords| one("exp", f64::exp, Infinite::Range, args, keywords)),
    ("exp2", |args, keywords| one("exp2", f64::exp2, Infinite::Range, args, keywords)),
    ("expm1", |args, keywords| one("expm1", f64::exp_m1, Infinite::Range, args, keywords)),
    ("fabs", |args, keywords| one("fabs", f64::abs, Infinite::Domain, args, keywords)),
    ("factorial", whole::factorial),
    ("floor", whole::floor),
    ("fma", real::fma),
    ("fmod", |args, keywords| two("fmod", |x, y| x % y, args, keywords)),
    ("frexp", parts::frexp),
    ("gamma", |args, keywords| one("gamma", gamma::gamma, Infinite::AtPole, args, keywords)),
    ("gcd", whole::gcd),
    ("hypot", sums::hypot),
    ("isclose", real::isclose),
    ("isfinite", |args, keywords| real::test("isfinite", f64::is_finite, args, keywords)),
    ("isinf", |args, keywords| real::test("isinf", f64::is_infinite, args, keywords)),
    ("isnan", |args, keywords| real::test("isnan", f64::is_nan, args, keywords)),
    ("isqrt", whole::isqrt),
    ("lcm", whole::lcm),
    ("ldexp", parts::ldexp),
    ("lgamma", |args, keywords| one("lgamma", gamma::log_gamma, Infinite::AtPole, args, keywords)),
    ("log", real::log),
    ("log10", |args, keywords| real::logarithm("log10", f64::log10, args, keywords)),
    ("log1p", |args, keywords| one("log1p", f64::ln_1p, Infinite::Domain, args, keywords)),
    ("log2", |args, keywords| real::logarithm("log2", f64::log2, args, keywords)),
    ("modf", parts::modf),
    ("nextafter", parts::nextafter),
    ("perm", whole::perm),
    ("pow", real::pow),
    ("radians", |args, keywords| real::plain("radians", |x| x * (std::f64::consts::PI / 180.0), args, keywords)),
    ("remainder", |args, keywords| two("remainder", |x, y| libm::remainder(x, y), args, keywords)),
    ("sin", |args, keywords| one("sin", f64::sin, Infinite::Domain, args, keywords)),
    ("sinh", |args, keywords| one("sinh", f64::sinh, Infinite::Range, args, keywords)),
    ("sqrt", |args, keywords| one("sqrt", f64::sqrt, Infinite::Domain, args, keywords)),
    ("tan", |args, keywords| one("tan", f64::tan, Infinite::Domain, args, keywords)),
    ("tanh", |args, keywords| one("tanh", f64::tanh, Infinite::Domain, args, keywords)),
    ("trunc", whole::trunc),
    ("ulp", parts::ulp),
];

/// Its functions that walk iterables.
pub const CALLING: &[(&str, CallingFn)] =
    &[("dist", sums::dist), ("fsum", sums::fsum), ("prod", sums::prod), ("sumprod", sumprod::sumprod)];

/// The module's constants by name.
pub const CONSTANTS: &[(&str, f64)] = &[
    ("e", std::f64::consts::E),
    ("inf", f64::INFINITY),
    ("nan", f64::NAN),
    ("pi", std::f64::consts::PI),
    ("tau", std::f64::consts::TAU),
];

#[cfg(test)]
mod tests;
