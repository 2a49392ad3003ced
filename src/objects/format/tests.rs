//! The mini language against CPython's answers.

use super::*;

fn message(value: &Value, spec: &str) -> String {
    match format(value, spec) {
        Ok(text) => text,
        Err(raised) => format!("{:?}: {}", raised.exception().kind, raised.exception().message),
    }
}
