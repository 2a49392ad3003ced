//! Ctrl-C: a flag that a signal handler sets, and that whatever runs long asks: the machine at jumps back and calls,
//! kernels between blocks, sorting, big integers, blocking reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

thread_local! {
    static FLAG: Arc<AtomicBool> = Arc::default();
}

/// The user asked the running script to end. Becomes `KeyboardInterrupt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted;

/// The flag of the script that runs on this thread: set it to interrupt the script, from wherever.
pub fn flag() -> Arc<AtomicBool> {
    FLAG.with(Arc::clone)
}

/// Answers a request to end, so that the next one counts anew.
///
/// # Errors
/// [`Interrupted`] if there was one.
#[inline]
pub fn check() -> Result<(), Interrupted> {
    FLAG.with(|flag| if flag.load(Ordering::Relaxed) { answer(flag) } else { Ok(()) })
}

#[cold]
fn answer(flag: &AtomicBool) -> Result<(), Interrupted> {
    if flag.swap(false, Ordering::Relaxed) { Err(Interrupted) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_answered_once() {
        assert_eq!(check(), Ok(()));
        flag().store(true, Ordering::Relaxed);
        assert_eq!(check(), Err(Interrupted));
        assert_eq!(check(), Ok(()));
    }
}
