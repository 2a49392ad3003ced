//! Ctrl-C: a flag that a signal handler sets, and that whatever runs long asks: the machine at jumps back and calls,
//! kernels between blocks, sorting, big integers, blocking reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

/// How often the flag is asked while work is done apart.
const PATIENCE: Duration = Duration::from_millis(1);
/// What libraries take of the stack: they recurse by halves, and are shallow.
const STACK: usize = 1 << 20;

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

/// Asks the script that runs on this thread to end.
pub fn request() {
    FLAG.with(|flag| flag.store(true, Ordering::Relaxed));
}

/// Answers a request to end, so that the next one counts anew.
///
/// # Errors
/// [`Interrupted`] if there was one.
#[inline]
pub fn check() -> Result<(), Interrupted> {
    FLAG.with(|flag| if flag.load(Ordering::Relaxed) { answer(flag) } else { Ok(()) })
}

/// [`check`] at the first step of a long work, and then at each 4096th.
///
/// # Errors
/// As [`check`].
#[inline]
pub fn check_at(step: usize) -> Result<(), Interrupted> {
    if step.is_multiple_of(4096) { check() } else { Ok(()) }
}

#[cold]
fn answer(flag: &AtomicBool) -> Result<(), Interrupted> {
    if flag.swap(false, Ordering::Relaxed) { Err(Interrupted) } else { Ok(()) }
}

/// Does work that nobody can interrupt, a library's, on a thread of its own, which is left behind when the user does
/// not want to wait any longer.
///
/// # Errors
/// [`Interrupted`].
pub fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Interrupted> {
    check()?;
    let (give, take) = sync_channel(1);
    let (answer, result) = sync_channel(1);
    let worker = thread::Builder::new().stack_size(STACK).spawn(move || {
        if let Ok(work) = take.recv() {
            let work: Box<dyn FnOnce() -> T + Send> = work;
            // Nobody may be there any more.
            let _ = answer.send(work());
        }
    });
    let work: Box<dyn FnOnce() -> T + Send> = Box::new(work);
    let Ok(_) = worker else { return Ok(work()) };
    let _ = give.send(work);
    loop {
        match result.recv_timeout(PATIENCE) {
            Ok(result) => return Ok(result),
            Err(RecvTimeoutError::Timeout) => check()?,
            Err(RecvTimeoutError::Disconnected) => unreachable!("work with checked operands does not panic"),
        }
    }
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

    #[test]
    fn work_that_was_given_up_goes_on_alone() {
        let flag = flag();
        let (started, start) = sync_channel(1);
        let (finish, finished) = sync_channel::<()>(1);
        let user = thread::spawn(move || {
            start.recv().unwrap();
            flag.store(true, Ordering::Relaxed);
        });
        let given_up = apart(move || {
            started.send(()).unwrap();
            finished.recv()
        });
        assert_eq!(given_up, Err(Interrupted));
        user.join().unwrap();
        finish.send(()).unwrap();
        assert_eq!(apart(|| 6 * 7), Ok(42));
    }
}
