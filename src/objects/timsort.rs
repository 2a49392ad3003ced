//! The sort of Python's lists: Tim Peters' merge sort of natural runs (CPython's `Objects/listsort.txt`), merged in the
//! order of J. I. Munro and S. Wild, *Nearly-Optimal Mergesorts* (2018).
//!
//! It asks the same comparisons in the same order as CPython 3.13, so that lists which have no order (of NaNs, or with
//! items that cannot be compared) end up as CPython leaves them.

use crate::exception::Result;

/// Lists shorter than this are one run, sorted by insertion; runs of longer ones have at least half of it.
const MAX_MINRUN: usize = 64;
/// So many items in a row from the same run, and the merge begins to gallop.
const MIN_GALLOP: usize = 7;

/// Sorts by `less`, stably. After an error the items are all there, in some order.
///
/// # Errors
/// What `less` raises.
pub fn sort<T: Copy>(items: &mut [T], less: impl FnMut(&T, &T) -> Result<bool>) -> Result<()> {
    if items.len() < 2 {
        return Ok(());
    }
    Sorter { items, less, spare: Vec::new(), runs: Vec::new(), min_gallop: MIN_GALLOP }.sort()
}

struct Sorter<'a, T, F> {
    items: &'a mut [T],
    less: F,
    /// Where the shorter of two runs waits while they are merged.
    spare: Vec<T>,
    runs: Vec<Run>,
    min_gallop: usize,
}

#[derive(Clone, Copy)]
struct Run {
    start: usize,
    len: usize,
    /// Depth of the boundary to the next run in a nearly balanced tree of merges.
    power: u32,
}

impl<T: Copy, F: FnMut(&T, &T) -> Result<bool>> Sorter<'_, T, F> {
    fn sort(mut self) -> Result<()> {
        let shortest = shortest_run(self.items.len());
        let mut start = 0;
        while start < self.items.len() {
            let left = self.items.len() - start;
            let mut len = self.leading_run(start)?;
            if len < shortest {
                let forced = left.min(shortest);
                self.insert(start, start + len, start + forced)?;
                len = forced;
            }
            self.merge_deeper(len)?;
            self.runs.push(Run { start, len, power: 0 });
            start += len;
        }
        while let Some(mut at) = self.runs.len().checked_sub(2) {
            if at > 0 && self.runs[at - 1].len < self.runs[at + 1].len {
                at -= 1;
            }
            self.merge_at(at)?;
        }
        Ok(())
    }

    fn less(&mut self, a: usize, b: usize) -> Result<bool> {
        (self.less)(&self.items[a], &self.items[b])
    }

    /// The length of the ascending run at `start`; a descending one is turned around first, its equal items kept in
    /// order.
    fn leading_run(&mut self, start: usize) -> Result<usize> {
        let ascending = self.extend_run(start + 1)?;
        if ascending == self.items.len() || ascending > start + 1 && self.less(start, ascending - 1)? {
            return Ok(ascending - start);
        }
        // So far all are equal, and a smaller one follows. Each run of equals is turned around twice.
        self.items[start..ascending].reverse();
        let mut end = ascending + 1;
        let mut equals = ascending;
        while end < self.items.len() {
            if self.less(end, end - 1)? {
                self.items[equals..end].reverse();
                equals = end;
            } else if self.less(end - 1, end)? {
                break;
            }
            end += 1;
        }
        self.items[equals..end].reverse();
        self.items[start..end].reverse();
        Ok(self.extend_run(end)? - start)
    }

    /// The end of the ascending run that the items before `end` begin.
    fn extend_run(&mut self, mut end: usize) -> Result<usize> {
        while end < self.items.len() && !self.less(end, end - 1)? {
            end += 1;
        }
        Ok(end)
    }

    /// Inserts the items from `sorted` to `end` into the sorted ones before them, by binary search.
    fn insert(&mut self, start: usize, sorted: usize, end: usize) -> Result<()> {
        for at in sorted..end {
            let (mut low, mut high) = (start, at);
            while low < high {
                let middle = low + (high - low) / 2;
                if self.less(at, middle)? {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            let item = self.items[at];
            self.items.copy_within(low..at, low + 1);
            self.items[low] = item;
        }
        Ok(())
    }

    /// Merges the runs that lie deeper in the tree than the boundary to a new one of `len` items.
    fn merge_deeper(&mut self, len: usize) -> Result<()> {
        let Some(last) = self.runs.last() else { return Ok(()) };
        let power = power(last.start, last.len, len, self.items.len());
        while let Some(at) = self.runs.len().checked_sub(2)
            && self.runs[at].power > power
        {
            self.merge_at(at)?;
        }
        if let Some(last) = self.runs.last_mut() {
            last.power = power;
        }
        Ok(())
    }

    /// Merges a run with its right neighbour.
    fn merge_at(&mut self, at: usize) -> Result<()> {
        let (left, right) = (self.runs[at], self.runs[at + 1]);
        self.runs[at].len += right.len;
        self.runs.remove(at + 1);

        // What is in place already at both ends stays.
        let first = self.items[right.start];
        let skipped = gallop_right(&mut self.less, &first, &self.items[left.start..right.start], 0)?;
        let (start, middle) = (left.start + skipped, right.start);
        if start == middle {
            return Ok(());
        }
        let last = self.items[middle - 1];
        let others = &self.items[middle..middle + right.len];
        let end = middle + gallop_left(&mut self.less, &last, others, right.len - 1)?;
        if end == middle {
            return Ok(());
        }
        if middle - start <= end - middle {
            self.merge_low(start, middle, end)
        } else {
            self.merge_high(start, middle, end)
        }
    }

    /// Merges from the front; the left run is the shorter one. The right one's first item comes first, the left
    /// one's last item last.
    fn merge_low(&mut self, start: usize, middle: usize, end: usize) -> Result<()> {
        let spare = self.set_aside(start, middle);
        let mut merge = Merge { to: start, a: 0, b: middle };
        let result = self.merge_forward(&spare, &mut merge, end);
        // What is left of the left run; after an error, before what is left of the right one.
        let rest = &spare[merge.a..];
        if result.is_ok() && rest.len() == 1 {
            self.items.copy_within(merge.b..end, merge.to);
            self.items[merge.to + end - merge.b] = rest[0];
        } else {
            self.items[merge.to..merge.to + rest.len()].copy_from_slice(rest);
        }
        self.spare = spare;
        result
    }

    /// Until one item of `spare` is left, or none of the right run.
    fn merge_forward(&mut self, spare: &[T], m: &mut Merge, end: usize) -> Result<()> {
        self.items[m.to] = self.items[m.b];
        (m.to, m.b) = (m.to + 1, m.b + 1);
        if m.b == end || spare.len() == 1 {
            return Ok(());
        }
        let mut min_gallop = self.min_gallop;
        loop {
            let (mut from_a, mut from_b) = (0, 0);
            while from_a < min_gallop && from_b < min_gallop {
                if (self.less)(&self.items[m.b], &spare[m.a])? {
                    self.items[m.to] = self.items[m.b];
                    (m.to, m.b) = (m.to + 1, m.b + 1);
                    (from_a, from_b) = (0, from_b + 1);
                    if m.b == end {
                        return Ok(());
                    }
                } else {
                    self.items[m.to] = spare[m.a];
                    (m.to, m.a) = (m.to + 1, m.a + 1);
                    (from_a, from_b) = (from_a + 1, 0);
                    if m.a + 1 == spare.len() {
                        return Ok(());
                    }
                }
            }
            // One run wins so often that whole stretches of it may be found by search.
            min_gallop += 1;
            loop {
                min_gallop -= (min_gallop > 1) as usize;
                self.min_gallop = min_gallop;
                let from_a = gallop_right(&mut self.less, &self.items[m.b], &spare[m.a..], 0)?;
                self.items[m.to..m.to + from_a].copy_from_slice(&spare[m.a..m.a + from_a]);
                (m.to, m.a) = (m.to + from_a, m.a + from_a);
                if from_a > 0 && m.a + 1 >= spare.len() {
                    return Ok(());
                }
                self.items[m.to] = self.items[m.b];
                (m.to, m.b) = (m.to + 1, m.b + 1);
                if m.b == end {
                    return Ok(());
                }
                let from_b = gallop_left(&mut self.less, &spare[m.a], &self.items[m.b..end], 0)?;
                self.items.copy_within(m.b..m.b + from_b, m.to);
                (m.to, m.b) = (m.to + from_b, m.b + from_b);
                if m.b == end {
                    return Ok(());
                }
                self.items[m.to] = spare[m.a];
                (m.to, m.a) = (m.to + 1, m.a + 1);
                if m.a + 1 == spare.len() {
                    return Ok(());
                }
                if from_a < MIN_GALLOP && from_b < MIN_GALLOP {
                    break;
                }
            }
            min_gallop += 1;
            self.min_gallop = min_gallop;
        }
    }

    /// Merges from the back; the right run is the shorter one.
    fn merge_high(&mut self, start: usize, middle: usize, end: usize) -> Result<()> {
        let spare = self.set_aside(middle, end);
        let mut merge = Merge { to: end, a: middle, b: spare.len() };
        let result = self.merge_backward(&spare, &mut merge, start);
        // What is left of the right run; after an error, behind what is left of the left one.
        let rest = &spare[..merge.b];
        if result.is_ok() && rest.len() == 1 {
            self.items.copy_within(start..merge.a, start + 1);
            self.items[start] = rest[0];
        } else {
            self.items[merge.to - rest.len()..merge.to].copy_from_slice(rest);
        }
        self.spare = spare;
        result
    }

    /// Until one item of `spare` is left, or none of the left run. Here positions are those behind the next items.
    fn merge_backward(&mut self, spare: &[T], m: &mut Merge, start: usize) -> Result<()> {
        (m.to, m.a) = (m.to - 1, m.a - 1);
        self.items[m.to] = self.items[m.a];
        if m.a == start || spare.len() == 1 {
            return Ok(());
        }
        let mut min_gallop = self.min_gallop;
        loop {
            let (mut from_a, mut from_b) = (0, 0);
            while from_a < min_gallop && from_b < min_gallop {
                if (self.less)(&spare[m.b - 1], &self.items[m.a - 1])? {
                    (m.to, m.a) = (m.to - 1, m.a - 1);
                    self.items[m.to] = self.items[m.a];
                    (from_a, from_b) = (from_a + 1, 0);
                    if m.a == start {
                        return Ok(());
                    }
                } else {
                    (m.to, m.b) = (m.to - 1, m.b - 1);
                    self.items[m.to] = spare[m.b];
                    (from_a, from_b) = (0, from_b + 1);
                    if m.b == 1 {
                        return Ok(());
                    }
                }
            }
            min_gallop += 1;
            loop {
                min_gallop -= (min_gallop > 1) as usize;
                self.min_gallop = min_gallop;
                let left = &self.items[start..m.a];
                let from_a = left.len() - gallop_right(&mut self.less, &spare[m.b - 1], left, left.len() - 1)?;
                self.items.copy_within(m.a - from_a..m.a, m.to - from_a);
                (m.to, m.a) = (m.to - from_a, m.a - from_a);
                if m.a == start {
                    return Ok(());
                }
                (m.to, m.b) = (m.to - 1, m.b - 1);
                self.items[m.to] = spare[m.b];
                if m.b == 1 {
                    return Ok(());
                }
                let from_b = m.b - gallop_left(&mut self.less, &self.items[m.a - 1], &spare[..m.b], m.b - 1)?;
                self.items[m.to - from_b..m.to].copy_from_slice(&spare[m.b - from_b..m.b]);
                (m.to, m.b) = (m.to - from_b, m.b - from_b);
                if from_b > 0 && m.b <= 1 {
                    return Ok(());
                }
                (m.to, m.a) = (m.to - 1, m.a - 1);
                self.items[m.to] = self.items[m.a];
                if m.a == start {
                    return Ok(());
                }
                if from_a < MIN_GALLOP && from_b < MIN_GALLOP {
                    break;
                }
            }
            min_gallop += 1;
            self.min_gallop = min_gallop;
        }
    }

    /// A copy of some items in the spare memory.
    fn set_aside(&mut self, start: usize, end: usize) -> Vec<T> {
        let mut spare = std::mem::take(&mut self.spare);
        spare.clear();
        spare.extend_from_slice(&self.items[start..end]);
        spare
    }
}

/// Where a merge stands: in its result, in the left run, in the right run.
struct Merge {
    to: usize,
    a: usize,
    b: usize,
}

/// A run length for which the number of runs is a power of two, or a little less.
fn shortest_run(mut len: usize) -> usize {
    let mut rest = 0;
    while len >= MAX_MINRUN {
        rest |= len & 1;
        len >>= 1;
    }
    len + rest
}

/// The first bit in which the middles of two neighbouring runs differ, as fractions of the whole list.
fn power(start: usize, left: usize, right: usize, len: usize) -> u32 {
    let mut a = 2 * start + left;
    let mut b = a + left + right;
    let mut power = 1;
    loop {
        if a >= len {
            a -= len;
            b -= len;
        } else if b >= len {
            return power;
        }
        (a, b, power) = (2 * a, 2 * b, power + 1);
    }
}

/// The position of `key` in sorted items, left of equal ones; the search begins at `hint`, in growing steps.
fn gallop_left<T>(mut less: impl FnMut(&T, &T) -> Result<bool>, key: &T, items: &[T], hint: usize) -> Result<usize> {
    let (mut near, mut far) = (0, 1);
    let (mut low, mut high);
    if less(&items[hint], key)? {
        let most = items.len() - hint;
        while far < most && less(&items[hint + far], key)? {
            (near, far) = (far, 2 * far + 1);
        }
        (low, high) = (hint + near + 1, hint + far.min(most));
    } else {
        let most = hint + 1;
        while far < most && !less(&items[hint - far], key)? {
            (near, far) = (far, 2 * far + 1);
        }
        (low, high) = (hint + 1 - far.min(most), hint - near);
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if less(&items[middle], key)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(high)
}

/// The position of `key` in sorted items, right of equal ones; the search begins at `hint`, in growing steps.
fn gallop_right<T>(mut less: impl FnMut(&T, &T) -> Result<bool>, key: &T, items: &[T], hint: usize) -> Result<usize> {
    let (mut near, mut far) = (0, 1);
    let (mut low, mut high);
    if less(key, &items[hint])? {
        let most = hint + 1;
        while far < most && less(key, &items[hint - far])? {
            (near, far) = (far, 2 * far + 1);
        }
        (low, high) = (hint + 1 - far.min(most), hint - near);
    } else {
        let most = items.len() - hint;
        while far < most && !less(key, &items[hint + far])? {
            (near, far) = (far, 2 * far + 1);
        }
        (low, high) = (hint + near + 1, hint + far.min(most));
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if less(key, &items[middle])? {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(high)
}
