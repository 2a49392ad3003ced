//! How fast each cache and memory are read, and memory is written and copied.

use std::fmt;
use std::io;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::caches::{Cache, Place, WARMING, beyond, working_set};
use super::crew::Crew;
use super::micro::{Block, Memory, Micro};
use super::trial::{Figure, Trial, Unit};
use crate::array::budget;

/// A measured bandwidth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bandwidth {
    #[serde(flatten)]
    pub of: Moved,
    /// 10⁹ bytes that all threads together move in a second.
    pub gb_per_s: Figure,
}

/// What is moved, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub place: Place,
    pub access: Access,
    pub threads: usize,
    /// Bytes that each thread walks over.
    pub working_set: u64,
}

/// How memory is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    Read,
    Write,
    /// Bytes count twice: read, and written.
    Copy,
    /// With stores that pass the caches by.
    WriteStreaming,
    CopyStreaming,
}

/// Memory of each thread of a crew, which that thread touched first.
pub struct Field {
    of_threads: Vec<Mutex<Memory>>,
}

impl Field {
    /// As much as the trials need.
    ///
    /// # Errors
    /// If the system has not so much.
    pub fn new(caches: &[Cache], crew: &Crew) -> io::Result<Field> {
        let sets = (0..caches.len()).flat_map(|at| [1, crew.len()].map(|threads| working_set(caches, at, threads)));
        let most = sets.flatten().max().unwrap_or(0).max(beyond(caches, crew.len()).div_ceil(crew.len() as u64));
        if !usize::try_from(most).ok().and_then(|bytes| bytes.checked_mul(crew.len())).is_some_and(budget::allows) {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        let memory = crew.each(|_| {
            let mut memory = Memory::new(most)?;
            for line in memory.iter_mut() {
                line.0[0] = 1;
            }
            Ok(Mutex::new(memory))
        });
        Ok(Field { of_threads: memory.into_iter().collect::<io::Result<_>>()? })
    }

    fn with<T>(&self, thread: usize, work: impl FnOnce(&mut [Block]) -> T) -> T {
        // A thread that panicked has left numbers behind, as good as any.
        let mut memory = self.of_threads[thread].lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        work(memory.blocks_mut())
    }
}

/// Reads of each level, and everything with memory: by one thread, and by all of the crew.
pub fn trials<'a>(micro: &Micro, caches: &[Cache], crew: &'a Crew, field: &'a Field) -> Vec<Trial<'a, Moved>> {
    let threads = if crew.len() == 1 { vec![1] } else { vec![1, crew.len()] };
    let mut trials = Vec::new();
    for threads in threads.iter().copied() {
        for (at, cache) in caches.iter().enumerate() {
            if let (Some(place), Some(bytes)) = (cache.place(), working_set(caches, at, threads)) {
                trials.push(of_cache(
                    micro,
                    Moved { place, access: Access::Read, threads, working_set: whole(bytes) },
                    crew,
                    field,
                ));
            }
        }
    }
    for access in Access::ALL {
        for threads in threads.iter().copied() {
            let bytes = beyond(caches, threads) / threads as u64;
            let moved = Moved { place: Place::Memory, access, threads, working_set: whole(bytes) };
            trials.extend(access.over(micro).map(|step| of_memory(step, moved, crew, field)));
        }
    }
    trials
}

/// Reads what lies in a cache.
fn of_cache<'a>(micro: &Micro, of: Moved, crew: &'a Crew, field: &'a Field) -> Trial<'a, Moved> {
    let read = micro.transfer.read;
    let count = blocks(of.working_set);
    let pass = move |thread, passes| field.with(thread, |blocks| read(&blocks[..count.min(blocks.len())], passes));
    Trial {
        subject: of,
        unit: Unit::PerNanosecond((count * size_of::<Block>() * of.threads) as f64),
        run: Box::new(move |passes| {
            if of.threads > 1 {
                return crew.time(|thread| pass(thread, WARMING), |thread| pass(thread, passes));
            }
            pass(0, WARMING);
            timed(|| pass(0, passes))
        }),
    }
}

/// Goes over more than fits the caches. One thread takes the memory of as many as it needs for that.
fn of_memory<'a>(step: Step, of: Moved, crew: &'a Crew, field: &'a Field) -> Trial<'a, Moved> {
    let mut bytes = 0;
    let mut pieces = Vec::new();
    for thread in 0..crew.len() {
        let left = if of.threads > 1 { of.working_set } else { of.working_set.saturating_sub(bytes) };
        let count = field.with(thread, |memory| memory.len().min(blocks(left)));
        if left > 0 {
            bytes += (count * size_of::<Block>()) as u64;
            pieces.push(count);
        }
    }
    let pass = move |thread, count: usize| field.with(thread, |memory| step.go(&mut memory[..count]));
    Trial {
        subject: of,
        unit: Unit::PerNanosecond(bytes as f64),
        run: Box::new(move |passes| {
            if of.threads > 1 {
                return crew.time(|_| (), |thread| (0..passes).for_each(|_| pass(thread, pieces[thread])));
            }
            timed(|| {
                (0..passes).for_each(|_| pieces.iter().enumerate().for_each(|(thread, count)| pass(thread, *count)))
            })
        }),
    }
}

/// Bytes of whole blocks.
fn whole(bytes: u64) -> u64 {
    (blocks(bytes) * size_of::<Block>()) as u64
}

/// At least two, so that there is something to copy.
fn blocks(bytes: u64) -> usize {
    (bytes / size_of::<Block>() as u64).max(2) as usize
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// What is done to a piece of memory.
#[derive(Clone, Copy)]
enum Step {
    Read(fn(&[Block], u64)),
    Write(fn(&mut [Block])),
    /// From one half to the other.
    Copy(fn(&[Block], &mut [Block])),
}

impl Step {
    fn go(self, memory: &mut [Block]) {
        match self {
            Step::Read(read) => read(memory, 1),
            Step::Write(write) => write(memory),
            Step::Copy(copy) => {
                let (from, to) = memory.split_at_mut(memory.len() / 2);
                copy(from, to);
            }
        }
    }
}

impl Access {
    pub const ALL: [Access; 5] =
        [Access::Read, Access::Write, Access::Copy, Access::WriteStreaming, Access::CopyStreaming];

    /// None where there are no such stores.
    fn over(self, micro: &Micro) -> Option<Step> {
        let transfer = micro.transfer;
        match self {
            Access::Read => Some(Step::Read(transfer.read)),
            Access::Write => Some(Step::Write(transfer.write)),
            Access::Copy => Some(Step::Copy(transfer.copy)),
            Access::WriteStreaming => transfer.stream.map(|stream| Step::Write(stream.write)),
            Access::CopyStreaming => transfer.stream.map(|stream| Step::Copy(stream.copy)),
        }
    }
}

/// How these figures were measured.
pub fn method(micro: &Micro) -> String {
    format!(
        "{} loads and stores, in huge pages where the system has them, over memory of each thread's own: half of its \
         share of the first cache, the geometric mean of its shares of a further one and the one before it, four times \
         the last for memory; what lies in a cache was read {WARMING} times before. A copy's bytes count as read and as written; \
         what an ordinary store fetches before it writes does not count; streaming stores pass the caches by",
        micro.transfer.by
    )
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Access::Read => "read",
            Access::Write => "write",
            Access::Copy => "copy",
            Access::WriteStreaming => "write, streaming",
            Access::CopyStreaming => "copy, streaming",
        })
    }
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(
            f,
            "{}: {} by {} thread{}",
            self.place,
            self.access,
            self.threads,
            if self.threads == 1 { "" } else { "s" }
        )
    }
}
