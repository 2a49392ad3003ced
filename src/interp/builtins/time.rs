//! The module `time`.

use std::time::Duration;

use crate::bytecode::chunk::Flags;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::interp::arrays::Barrier;
use crate::interp::call::Args;
use crate::interp::host::Clock;
use crate::interp::numpy::RuntimeFn;
use crate::interp::runtime::Runtime;
use crate::objects::arguments;
use crate::objects::files::system_error;
use crate::objects::number::{IndexValue, index_value, not_an_integer};
use crate::value::Value;

pub const FUNCTIONS: &[(&str, RuntimeFn)] = &[
    ("monotonic", |cx, args, _| seconds(cx, "monotonic", args, Clock::Monotonic)),
    ("monotonic_ns", |cx, args, _| nanoseconds(cx, "monotonic_ns", args, Clock::Monotonic)),
    ("perf_counter", |cx, args, _| seconds(cx, "perf_counter", args, Clock::Monotonic)),
    ("perf_counter_ns", |cx, args, _| nanoseconds(cx, "perf_counter_ns", args, Clock::Monotonic)),
    ("process_time", |cx, args, _| seconds(cx, "process_time", args, Clock::Process)),
    ("process_time_ns", |cx, args, _| nanoseconds(cx, "process_time_ns", args, Clock::Process)),
    ("sleep", sleep),
    ("time", |cx, args, _| seconds(cx, "time", args, Clock::Calendar)),
    ("time_ns", |cx, args, _| nanoseconds(cx, "time_ns", args, Clock::Calendar)),
];

/// What CPython's module has and toy's has not.
pub const REFUSED: &[&str] = &[
    "altzone",
    "asctime",
    "clock_gettime",
    "ctime",
    "daylight",
    "get_clock_info",
    "gmtime",
    "localtime",
    "mktime",
    "strftime",
    "strptime",
    "struct_time",
    "thread_time",
    "thread_time_ns",
    "timezone",
    "tzname",
    "tzset",
];

fn nanoseconds(cx: &mut Runtime, name: &str, args: Args, clock: Clock) -> Result<Value> {
    arguments::none(&format!("time.{name}"), &args.positional, &args.keywords)?;
    cx.pass_barrier(Barrier::Work)?;
    Ok(Value::int(cx.host.clock(clock)))
}

fn seconds(cx: &mut Runtime, name: &str, args: Args, clock: Clock) -> Result<Value> {
    arguments::none(&format!("time.{name}"), &args.positional, &args.keywords)?;
    cx.pass_barrier(Barrier::Work)?;
    Ok(Value::float(cx.host.clock(clock) as f64 / 1e9))
}

/// `sleep(seconds)`
fn sleep(cx: &mut Runtime, args: Args, _: Flags) -> Result<Value> {
    let value = arguments::one("time.sleep", &args.positional, &args.keywords)?;
    let time = duration(value)?;
    cx.host.sleep(time).map_err(|error| system_error(&error, None))?;
    Ok(Value::none())
}

fn duration(value: &Value) -> Result<Duration> {
    /// The longest time in seconds that 64 bits of nanoseconds hold.
    const LONGEST: f64 = 9_223_372_036.854_775;
    let overflow = |what| Err(Raised::new(ErrorKind::OverflowError, what));
    let seconds = match (value.get::<f64>(), index_value(value)) {
        (Some(seconds), _) if seconds.is_nan() => return Err(Raised::value_error("Invalid value NaN (not a number)")),
        (Some(seconds), _) if seconds.abs() > LONGEST => {
            return overflow("timestamp out of range for platform time_t");
        }
        (Some(seconds), _) => *seconds,
        (None, Some(IndexValue::At(seconds))) if (seconds as f64).abs() <= LONGEST => seconds as f64,
        (None, Some(_)) => return overflow("timestamp too large to convert to C PyTime_t"),
        (None, None) => return Err(not_an_integer(value)),
    };
    if seconds < 0.0 {
        return Err(Raised::value_error("sleep length must be non-negative"));
    }
    // CPython rounds up, so that nobody wakes too early.
    Ok(Duration::from_nanos((seconds * 1e9).ceil() as u64))
}
