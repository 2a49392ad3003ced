//! Which copies of a loop to run: what stands before which of its instructions, and how often it runs.

use std::rc::Rc;

use crate::bytecode::chunk::{Chunk, Instr, Pc};
use crate::bytecode::flow;
use crate::bytecode::op::{Op, Operand};
use crate::bytecode::overhead::Overhead;
use crate::bytecode::variant::{self, Place};
use crate::bytecode::{Verified, listings};
use crate::trace::{EventKind, Listing, LoopId, SiteTotals, Tally, Totals};

/// Work that is done again: an overhead, memory accesses told apart as far as they can be repeated one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Dispatch,
    Dereference,
    BoundsCheck,
    TypeCheck,
    Load,
    Store,
    /// A box allocated, filled and released.
    Box,
    /// A reference taken and released.
    Reference,
    Arithmetic,
    LoopCounter,
    Branch,
    /// Whole instructions, for what is in them beside all these.
    Other,
}

impl Unit {
    pub const ALL: [Unit; 12] = [
        Unit::Dispatch,
        Unit::Dereference,
        Unit::BoundsCheck,
        Unit::TypeCheck,
        Unit::Load,
        Unit::Store,
        Unit::Box,
        Unit::Reference,
        Unit::Arithmetic,
        Unit::LoopCounter,
        Unit::Branch,
        Unit::Other,
    ];

    pub const fn overhead(self) -> Overhead {
        match self {
            Unit::Dispatch => Overhead::Dispatch,
            Unit::Dereference => Overhead::Dereference,
            Unit::BoundsCheck => Overhead::BoundsCheck,
            Unit::TypeCheck => Overhead::TypeCheck,
            Unit::Load | Unit::Store | Unit::Box | Unit::Reference => Overhead::MemoryAccess,
            Unit::Arithmetic => Overhead::Arithmetic,
            Unit::LoopCounter => Overhead::LoopCounter,
            Unit::Branch => Overhead::Branch,
            Unit::Other => Overhead::Other,
        }
    }

    /// How many of these are in a tally. A box is stored to when it is made, and released in the end, as is every
    /// reference: these are part of the one unit.
    pub fn count(self, tally: &Tally) -> u64 {
        match self {
            Unit::Dispatch => tally[EventKind::Dispatch],
            Unit::Dereference => tally[EventKind::Dereference],
            Unit::BoundsCheck => tally[EventKind::BoundsCheck],
            Unit::TypeCheck => tally[EventKind::TypeCheck],
            Unit::Load => tally[EventKind::Load],
            Unit::Store => tally[EventKind::Store].saturating_sub(tally[EventKind::Allocate]),
            Unit::Box => tally[EventKind::Allocate],
            Unit::Reference => tally[EventKind::Retain],
            Unit::Arithmetic => tally[EventKind::Arithmetic],
            Unit::LoopCounter => tally[EventKind::LoopCounter],
            Unit::Branch => tally[EventKind::Branch],
            Unit::Other => tally[EventKind::Other],
        }
    }

    /// The instruction that does it again before `instr`, if one can.
    fn instruction(self, place: Place<'_>, instr: Instr) -> Option<Instr> {
        let chunk: &Chunk = place.chunk;
        let plain = |op: Op| Some(Instr::new(op, 0, 0, 0));
        let of_register = |op: Op| register(chunk, instr).map(|register| Instr::new(op, register, 0, 0));
        match self {
            Unit::Dispatch => plain(Op::AgainNothing),
            Unit::Dereference => of_register(Op::AgainDereference),
            Unit::BoundsCheck => of_register(Op::AgainBoundsCheck),
            Unit::TypeCheck => of_register(Op::AgainTypeCheck),
            Unit::Load => of_register(Op::AgainLoad),
            Unit::Store => plain(Op::AgainStore),
            Unit::Box => plain(Op::AgainBox),
            Unit::Reference => of_register(Op::AgainReference),
            Unit::Arithmetic if instr.op == Op::TrueDiv => plain(Op::AgainDivision),
            Unit::Arithmetic if matches!(instr.op, Op::FloorDiv | Op::Mod) => plain(Op::AgainRemainder),
            Unit::Arithmetic => plain(Op::AgainArithmetic),
            Unit::LoopCounter => plain(Op::AgainCounter),
            Unit::Branch => Some(Instr::wide(Op::AgainBranch, 0, place.region().start)),
            Unit::Other => repeatable(chunk, instr).then_some(instr),
        }
    }
}

/// A register that an instruction reads, so that it holds a value there.
fn register(chunk: &Chunk, instr: Instr) -> Option<u16> {
    let empty = |register: u16| {
        let fields = [instr.a, instr.b, instr.c];
        instr.op.operands().into_iter().zip(fields).any(|(kind, field)| kind == Operand::Local && field == register)
    };
    flow::read(chunk, instr).find(|register| !empty(*register))
}

/// Whether an instruction may be executed twice in a row, and it is as if it had been once; what it takes then may still
/// depend on it.
fn repeatable(chunk: &Chunk, instr: Instr) -> bool {
    use Op::*;
    let pure = matches!(
        instr.op,
        LoadGlobal
            | StoreGlobal
            | CheckBound
            | GetAttr
            | GetItem
            | SetItem
            | SetAdd
            | DictInsert
            | In
            | NotIn
            | Pow
            | Shl
            | Shr
            | Invert
            | FormatValue
            | LoadModule
            | ImportFrom
    );
    let written = flow::written(instr).next();
    pure && instr.flags.0 == 0 && !flow::read(chunk, instr).any(|register| Some(register) == written)
}

/// Whether an instruction assigns the string that the one before it appends to: that one looks ahead, and changes the
/// string in its place, so that nothing may come between.
fn belongs_to_the_one_before(chunk: &Chunk, sites: &[SiteTotals], pc: Pc) -> bool {
    let at = pc.0 as usize;
    let Some(before) = at.checked_sub(1) else { return false };
    let (first, second) = (chunk.code[before], chunk.code[at]);
    first.op == Op::Add
        && second.op == Op::StoreGlobal
        && first.a == second.a
        && sites[before].tally[EventKind::Other] > 0
}

/// A copy of the loop, and what it does again.
pub struct Copy {
    pub unit: Unit,
    pub program: Verified,
    /// How often the instructions run that do it.
    pub executed: u64,
    /// How often it is done again.
    pub repeats: u64,
    /// Pointers that are followed on the way.
    pub dereferences: u64,
    /// What whole instructions that are repeated pay for, dispatch included.
    pub whole: Tally,
}

/// All copies of a loop.
pub struct Plan {
    /// The loop as it is.
    pub bare: Verified,
    /// What every copy has before each instruction that does nothing else.
    pub copies: Vec<Copy>,
    /// What the loop pays for in a run, with the tests that end it.
    pub tally: Tally,
    pub iterations: u64,
}

impl Plan {
    /// What to run for a loop that was counted.
    ///
    /// # Errors
    /// In words, why the loop cannot be measured.
    pub fn new(program: &Verified, listing: &Listing, totals: &Totals, id: LoopId) -> Result<Plan, String> {
        let counted = &totals.loops[id.0 as usize];
        let mut tally = counted.in_iterations;
        tally += counted.outside;
        let number = listing.script_loop(id).chunk.0 as usize;
        let chunk: Rc<Chunk> = listings(program).swap_remove(number).chunk;
        let first = listing.loops.iter().position(|found| found.chunk.0 as usize == number).unwrap_or_default();
        let place = Place { chunk: &chunk, index: id.0 as usize - first };
        let sites = &totals.sites[number];
        let bare = variant::stamped(program, place, &|_, _| None)?;
        let mut copies = Vec::new();
        for unit in Unit::ALL {
            if unit.count(&tally) == 0 {
                continue;
            }
            copies.extend(Copy::new(program, place, sites, unit)?);
        }
        Ok(Plan { bare, copies, tally, iterations: counted.iterations })
    }
}

impl Copy {
    /// `None` if nothing of this kind can be done again in the loop.
    fn new(program: &Verified, place: Place<'_>, sites: &[SiteTotals], unit: Unit) -> Result<Option<Copy>, String> {
        let ran = |pc: Pc| sites[pc.0 as usize].executed > 0;
        let pays = |pc: Pc| unit.count(&sites[pc.0 as usize].tally) > 0;
        let joined = |pc: Pc| belongs_to_the_one_before(place.chunk, sites, pc);
        let can = |pc: Pc, instr: Instr| ran(pc) && !joined(pc) && unit.instruction(place, instr).is_some();
        let mut places: Vec<Pc> =
            place.instructions().filter(|(pc, instr)| pays(*pc) && can(*pc, *instr)).map(|(pc, _)| pc).collect();
        if unit == Unit::Dispatch {
            places = place.instructions().map(|(pc, _)| pc).filter(|pc| !joined(*pc)).collect();
        } else if places.is_empty() && unit != Unit::Other {
            // What pays for it has no register, or is in a function that the loop calls: it is done again elsewhere.
            places = place.instructions().filter(|(pc, instr)| can(*pc, *instr)).map(|(pc, _)| pc).collect();
        }
        if places.is_empty() {
            return Ok(None);
        }
        let before = |pc: Pc, instr: Instr| {
            let again = places.binary_search(&pc).ok().and_then(|_| unit.instruction(place, instr));
            (!joined(pc)).then(|| again.unwrap_or(Instr::new(Op::AgainNothing, 0, 0, 0)))
        };
        let mut copy = Copy {
            unit,
            program: variant::stamped(program, place, &before)?,
            executed: 0,
            repeats: 0,
            dereferences: 0,
            whole: Tally::default(),
        };
        for pc in &places {
            let site = &sites[pc.0 as usize];
            let Some(again) = unit.instruction(place, place.chunk.code[pc.0 as usize]) else { continue };
            copy.executed += site.executed;
            copy.count(unit, again.op, site);
        }
        Ok(Some(copy))
    }

    /// Adds what an instruction does again, as its row in the table of bytecodes declares it.
    fn count(&mut self, unit: Unit, op: Op, site: &SiteTotals) {
        let counts = op.paths()[0].counts;
        match unit {
            Unit::Dispatch => self.repeats += site.executed,
            Unit::Other => {
                self.repeats += site.tally[EventKind::Other];
                self.whole += site.tally;
            }
            // These are one thing, though of several accesses.
            Unit::Box | Unit::Reference => {
                self.repeats += site.executed;
                self.dereferences += site.executed * counts[Overhead::Dereference] as u64;
            }
            Unit::Dereference
            | Unit::BoundsCheck
            | Unit::TypeCheck
            | Unit::Load
            | Unit::Store
            | Unit::Arithmetic
            | Unit::LoopCounter
            | Unit::Branch => {
                self.repeats += site.executed * counts[unit.overhead()] as u64;
                if unit != Unit::Dereference {
                    self.dereferences += site.executed * counts[Overhead::Dereference] as u64;
                }
            }
        }
    }
}
