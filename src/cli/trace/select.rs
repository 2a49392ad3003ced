//! Which steps of a run are shown.

use std::sync::Arc;

use crate::trace::{Listing, LoopId, Position, Wish};

/// The steps that the command line asks for.
pub struct Select {
    listing: Arc<Listing>,
    /// How many more.
    left: u64,
    /// No step before this one.
    from: u64,
    line: Option<u32>,
    iterations: Option<Iterations>,
    /// Where the run ends at the latest.
    limit: u64,
    pub at_limit: bool,
}

/// The first iterations of a loop, with all that they call.
struct Iterations {
    count: u64,
    /// The loop; the first that begins an iteration if none is named.
    id: Option<LoopId>,
    /// The call in which it runs, once it does.
    depth: Option<u32>,
    over: bool,
}

/// What the command line says.
pub struct Wanted {
    pub steps: u64,
    pub from: u64,
    pub line: Option<u32>,
    pub iterations: Option<u64>,
    pub limit: u64,
}

impl Select {
    /// # Errors
    /// In words, if there is no such line, no code on it, or no loop.
    pub fn new(listing: Arc<Listing>, wanted: &Wanted) -> Result<Select, String> {
        if let Some(line) = wanted.line {
            check_line(&listing, line)?;
        }
        let iterations = match wanted.iterations {
            None => None,
            Some(count) => {
                let id = wanted.line.map(|line| loop_at(&listing, line)).transpose()?;
                if listing.loops.is_empty() {
                    return Err("the script has no loop whose iterations could be shown".into());
                }
                Some(Iterations { count, id, depth: None, over: false })
            }
        };
        let line = wanted.line.filter(|_| iterations.is_none());
        let Wanted { steps, from, limit, .. } = *wanted;
        Ok(Select { listing, left: steps, from, line, iterations, limit, at_limit: false })
    }

    pub fn wish(&mut self, at: &Position) -> Wish {
        if at.number >= self.limit {
            self.at_limit = true;
            return Wish::Stop;
        }
        let listing = &self.listing;
        let wanted = at.number >= self.from
            && self.line.is_none_or(|line| line == at.line)
            && self.iterations.as_mut().is_none_or(|iterations| iterations.contain(listing, at));
        match (wanted, self.left) {
            (false, _) | (true, 0) => Wish::Count,
            (true, _) => {
                self.left -= 1;
                Wish::Record
            }
        }
    }
}

impl Iterations {
    fn contain(&mut self, listing: &Listing, at: &Position) -> bool {
        let Some(depth) = self.depth else {
            let begins = at.innermost.filter(|found| found.begins && self.id.is_none_or(|id| id == found.id));
            let Some(found) = begins.filter(|_| !self.over) else { return false };
            self.id = Some(found.id);
            self.depth = Some(found.depth);
            return true;
        };
        let Some(id) = self.id else { return false };
        let found = listing.script_loop(id);
        let left = at.depth < depth || at.depth == depth && (at.chunk != found.chunk || !found.contains(at.pc));
        let past =
            at.innermost.is_some_and(|inner| inner.id == id && inner.depth == depth && inner.iteration > self.count);
        if left || past {
            self.depth = None;
            self.over = true;
        }
        !self.over
    }
}

/// The innermost loop at a line.
///
/// # Errors
/// In words, if there is none.
pub fn loop_at(listing: &Listing, line: u32) -> Result<LoopId, String> {
    listing.loop_at(line).ok_or_else(|| format!("line {line} of {} is in no loop", listing.name))
}

fn check_line(listing: &Listing, line: u32) -> Result<(), String> {
    if line as usize > listing.lines.len() {
        return Err(format!("{} has {} lines, and no line {line}", listing.name, listing.lines.len()));
    }
    let lines = || listing.chunks.iter().flat_map(|chunk| &chunk.code).map(|instruction| instruction.start.0);
    if lines().any(|known| known == line) {
        return Ok(());
    }
    let nearest = lines().min_by_key(|known| known.abs_diff(line)).unwrap_or(1);
    Err(format!("no instruction comes from line {line} of {}; the nearest line with code is {nearest}", listing.name))
}
