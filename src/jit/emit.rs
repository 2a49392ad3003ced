//! One stage as one CLIF function: loops over memory around the nodes.
//!
//! The function gets one pointer, to words: how much there is to do, the address of each feed, and the addresses
//! that it writes to. A feed that does not move is the address of one element.

use std::ops::Range;

use cranelift_codegen::Context;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{AbiParam, BlockArg, InstBuilder, MemFlagsData, UserFuncName, Value};
use cranelift_codegen::isa::TargetIsa;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

use super::form::Width;
use super::lanes::{Emitter, Lanes};
use super::stage::{Stage, Yield};
use super::switches::Schedule;
use super::widen::Vector;
use crate::array::DType;
use crate::kernel::ir::{InputId, Node, NodeId, Op, Term};
use crate::kernel::op::ReduceOp;
use crate::kernel::order::{BLOCK_LEN, REDUCTION_LANES, ROWS, row_len};
use crate::kernel::scalar;

/// How a stage is emitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Style {
    /// The registers that addresses and steps are laid out for; `None`: one element at a time.
    pub vector: Option<Vector>,
    /// Copies of the loop body, and accumulators of a reduction.
    pub unroll: usize,
    pub schedule: Schedule,
    /// Ask for memory before it is read.
    pub prefetch: bool,
}

impl Style {
    /// Elements that a pass of a stage's main loop takes.
    pub fn pass(self, stage: &Stage, direction: Direction) -> usize {
        let size = stage.width.bytes();
        let step = self.vector.filter(|_| !stage.is_scalar_only()).map_or(size, Vector::bytes);
        let reduces = stage.yields.iter().any(|result| matches!(result, Yield::Reduce(..)));
        let copies = match direction {
            Direction::Along if reduces => self.chains(size, step),
            Direction::Along | Direction::Across => self.unroll,
        };
        copies * step / size
    }

    /// Accumulators of a reduction: no more than a row has elements.
    fn chains(self, size: usize, step: usize) -> usize {
        self.unroll.min(row_len(size) * size / step)
    }
}

/// What the function of a reducing stage does with its places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Reduces blocks, each to a word.
    Along,
    /// Adds each place to an accumulator of its own: one row of many columns.
    Across,
}

/// The words in front of the feeds' addresses: the number of elements, and room for the lanes of a reduction.
pub const LEADING_WORDS: usize = 2;

/// A fold of more steps is a loop.
const UNROLLED_FOLDS: usize = 4;

/// Emits `stage` into `context`. `still[n]` says that feed `n` is one element that does not move.
pub fn emit(
    context: &mut Context,
    isa: &dyn TargetIsa,
    stage: &Stage,
    still: &[bool],
    style: Style,
    direction: Direction,
) {
    let style = if stage.is_scalar_only() { Style { vector: None, ..style } } else { style };
    context.func.name = UserFuncName::user(0, 0);
    context.func.signature.call_conv = isa.default_call_conv();
    context.func.signature.params.push(AbiParam::new(I64));
    let mut scratch = FunctionBuilderContext::new();
    let mut builder = FunctionBuilder::new(&mut context.func, &mut scratch);
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let words = builder.block_params(entry)[0];

    let reduce = stage.yields.iter().find_map(|result| match result {
        Yield::Reduce(op, term) => Some((*op, *term)),
        Yield::Temp(..) | Yield::Output(_) => None,
    });
    let mut emission = Emission::new(builder, stage, still, style, words);
    match reduce {
        None => emission.elementwise(words),
        Some((op, term)) => match direction {
            Direction::Along => emission.reduction(words, op, term),
            Direction::Across => emission.elementwise(words),
        },
    }
    emission.builder.ins().return_(&[]);
    emission.builder.seal_all_blocks();
    emission.builder.finalize(isa.frontend_config());
}

struct Emission<'a> {
    builder: FunctionBuilder<'a>,
    stage: &'a Stage,
    style: Style,
    /// Address of each feed.
    feeds: Vec<Value>,
    /// Address of each result.
    results: Vec<Value>,
    /// Nodes that are the same at every place: as one element, and in every lane.
    fixed: Vec<Option<(Value, Value)>>,
}

impl<'a> Emission<'a> {
    fn new(builder: FunctionBuilder<'a>, stage: &'a Stage, still: &[bool], style: Style, words: Value) -> Emission<'a> {
        let mut emission =
            Emission { builder, stage, style, feeds: Vec::new(), results: Vec::new(), fixed: Vec::new() };
        let mut at = LEADING_WORDS;
        emission.feeds = stage.feeds.iter().map(|_| emission.word(words, &mut at)).collect();
        emission.results = stage.yields.iter().map(|_| emission.word(words, &mut at)).collect();
        for (index, node) in stage.nodes.iter().enumerate() {
            let fixed = emission.fixed_node(index, *node, still);
            emission.fixed.push(fixed);
        }
        emission
    }

    fn word(&mut self, words: Value, at: &mut usize) -> Value {
        let offset = *at as i32 * 8;
        *at += 1;
        let flags = MemFlagsData::trusted().with_readonly();
        self.builder.ins().load(I64, flags, words, offset)
    }

    /// Computes a node before the loops, if nothing that it needs moves.
    fn fixed_node(&mut self, index: usize, node: Node, still: &[bool]) -> Option<(Value, Value)> {
        let mut moves = false;
        node.op.operands(|operand| moves |= self.fixed[operand.index()].is_none());
        let one = match node.op {
            Op::Load(feed) if still[feed.index()] => {
                let base = self.feeds[feed.index()];
                self.emitter().load(node.dtype, Lanes::One, base, 0)
            }
            Op::Load(_) => return None,
            _ if moves => return None,
            Op::Cast(_) | Op::Unary(..) | Op::Binary(..) | Op::Fma(..) | Op::Select(..) => {
                let known: Vec<Value> = self.fixed.iter().map(|fixed| fixed.map_or(self.feeds[0], |f| f.0)).collect();
                self.node(NodeId(index as u32), Lanes::One, &|id| known[id.index()])
            }
        };
        let vector = match self.style.vector {
            None => one,
            Some(_) => self.emitter().splat(node.dtype, one),
        };
        Some((one, vector))
    }

    fn emitter(&mut self) -> Emitter<'_, 'a> {
        Emitter { builder: &mut self.builder, width: self.stage.width }
    }

    /// One node that is no load.
    fn node(&mut self, id: NodeId, lanes: Lanes, value: &dyn Fn(NodeId) -> Value) -> Value {
        let (stage, node) = (self.stage, self.stage.node(id));
        let dtype = |id: NodeId| stage.node(id).dtype;
        let mut emitter = self.emitter();
        match node.op {
            Op::Load(InputId(feed)) => unreachable!("feed {feed} is loaded where it lies"),
            Op::Cast(x) => emitter.cast(dtype(x), node.dtype, lanes, value(x)),
            Op::Unary(op, x) => emitter.unary(op, node.dtype, lanes, value(x)),
            Op::Binary(op, a, b) => emitter.binary(op, dtype(a), lanes, value(a), value(b)),
            Op::Fma(a, b, c) => emitter.fma(value(a), value(b), value(c)),
            Op::Select(c, a, b) => emitter.select(node.dtype, lanes, value(c), value(a), value(b)),
        }
    }

    /// Every node at `offset` bytes behind the feeds' addresses.
    fn body(&mut self, lanes: Lanes, offset: Value) -> Vec<Value> {
        let mut values = Vec::with_capacity(self.stage.nodes.len());
        (0..self.stage.nodes.len()).for_each(|index| self.place(index, lanes, offset, 0, &mut values));
        values
    }

    /// Appends the value of node `index` at `offset` bytes (plus `more`) behind the feeds' addresses.
    fn place(&mut self, index: usize, lanes: Lanes, offset: Value, more: usize, values: &mut Vec<Value>) {
        let node = self.stage.nodes[index];
        let value = match (self.fixed[index], node.op) {
            (Some((one, vector)), _) => match lanes {
                Lanes::One => one,
                Lanes::Vector => vector,
            },
            (None, Op::Load(feed)) => {
                let base = self.builder.ins().iadd(self.feeds[feed.index()], offset);
                self.emitter().load(node.dtype, lanes, base, more as i32)
            }
            (None, _) => self.node(NodeId(index as u32), lanes, &|id| values[id.index()]),
        };
        values.push(value);
    }

    /// The copies of an unrolled body, the first `offset` bytes behind the feeds' addresses, each as far behind that as
    /// `more` says; `finish` takes the values of each.
    fn copies(
        &mut self,
        lanes: Lanes,
        offset: Value,
        more: &[usize],
        mut finish: impl FnMut(&mut Self, usize, &[Value]),
    ) {
        let nodes = self.stage.nodes.len();
        let mut values = vec![Vec::with_capacity(nodes); more.len()];
        match self.style.schedule {
            Schedule::Sequential => {
                for (copy, (values, more)) in values.iter_mut().zip(more).enumerate() {
                    (0..nodes).for_each(|index| self.place(index, lanes, offset, *more, values));
                    finish(self, copy, values);
                }
            }
            Schedule::Interleaved => {
                for index in 0..nodes {
                    values.iter_mut().zip(more).for_each(|(v, more)| self.place(index, lanes, offset, *more, v));
                }
                values.iter().enumerate().for_each(|(copy, values)| finish(self, copy, values));
            }
        }
    }

    /// Stores what the stage yields, or adds it to accumulators, at `offset` bytes (plus `more`).
    fn store_all(&mut self, lanes: Lanes, values: &[Value], offset: Value, more: usize) {
        for (index, result) in self.stage.yields.iter().enumerate() {
            let base = self.builder.ins().iadd(self.results[index], offset);
            let (dtype, value) = match *result {
                Yield::Temp(_, id) | Yield::Output(id) => (self.stage.node(id).dtype, values[id.index()]),
                Yield::Reduce(op, term) => {
                    let dtype = self.term_dtype(term);
                    let sum = self.emitter().load(dtype, lanes, base, more as i32);
                    (dtype, self.accumulate(op, term, dtype, lanes, values, sum))
                }
            };
            self.emitter().store(dtype, lanes, value, base, more as i32);
        }
    }

    fn term_dtype(&self, term: Term) -> DType {
        match term {
            Term::Value(x) | Term::Product(x, _) => self.stage.node(x).dtype,
        }
    }

    /// Bytes that one step of `lanes` moves on.
    fn step(&self, lanes: Lanes) -> usize {
        match (lanes, self.style.vector) {
            (Lanes::Vector, Some(vector)) => vector.bytes(),
            (Lanes::One, _) | (Lanes::Vector, None) => self.stage.width.bytes(),
        }
    }

    /// The widest that the style allows.
    fn widest(&self) -> Lanes {
        if self.style.vector.is_some() { Lanes::Vector } else { Lanes::One }
    }

    fn elementwise(&mut self, words: Value) {
        let count = self.word(words, &mut 0);
        let end = self.bytes(count);
        let wide = self.widest();
        let start = self.builder.ins().iconst(I64, 0);
        let step = self.step(wide);
        let more: Vec<usize> = (0..self.style.unroll).map(|copy| copy * step).collect();
        let place = self.counted_loop(start, end, step * self.style.unroll, |emission, place| {
            emission.copies(wide, place, &more, |emission, copy, values| {
                emission.store_all(wide, values, place, more[copy]);
            });
        });
        self.rest(place, end, |emission, lanes, place| {
            let values = emission.body(lanes, place);
            emission.store_all(lanes, &values, place, 0);
        });
    }

    /// Blocks of a reduction, one after the other: what each comes to is written to a word of its own behind the
    /// result's address.
    fn reduction(&mut self, words: Value, op: ReduceOp, term: Term) {
        let [count, lanes_base] = [0, 1].map(|at| self.word(words, &mut { at }));
        let end = self.bytes(count);
        let (wide, size) = (self.widest(), self.stage.width.bytes());
        let block_size = BLOCK_LEN * size;
        let dtype = self.term_dtype(term);
        let identity = self.emitter().identity(op, dtype, wide);
        let zero = self.builder.ins().iconst(I64, 0);
        self.accumulating_loop(zero, end, block_size, Vec::new(), |emission, block, _| {
            let next = emission.builder.ins().iadd_imm_s(block, block_size as i64);
            let is_last = emission.builder.ins().icmp(IntCC::SignedLessThan, end, next);
            let block_end = emission.builder.ins().select(is_last, end, next);
            emission.block(op, term, identity, lanes_base, block..block_end);
            let sum = emission.fold(op, term, lanes_base);
            let index = emission.builder.ins().ushr_imm_u(block, block_size.trailing_zeros() as i64);
            let offset = emission.builder.ins().ishl_imm_u(index, 3);
            let result = emission.builder.ins().iadd(emission.results[0], offset);
            emission.emitter().store(dtype, Lanes::One, sum, result, 0);
        });
    }

    /// The places from one offset up to another, a block at most: leaves the accumulators of all its lanes in memory.
    fn block(&mut self, op: ReduceOp, term: Term, identity: Value, lanes_base: Value, places: Range<Value>) {
        let wide = self.widest();
        let dtype = self.term_dtype(term);
        let (size, step) = (self.stage.width.bytes(), self.step(wide));
        let copies = self.style.chains(size, step);
        let group_size = copies * step;
        let row = row_len(size) * size;
        let more: Vec<usize> = (0..copies).map(|copy| copy * step).collect();

        // A group of lanes walks through the full rows of its run with accumulators in registers. Offsets are in bytes:
        // `group` of its first lane, `place` of an element.
        let len = self.builder.ins().isub(places.end, places.start);
        let in_rows = self.builder.ins().band_imm_s(len, -(row as i64));
        let rows_end = self.builder.ins().iadd(places.start, in_rows);
        let begun = self.builder.ins().iadd_imm_s(in_rows, ((ROWS - 1) * row) as i64);
        let runs = self.builder.ins().ushr_imm_u(begun, (ROWS * row).trailing_zeros() as i64);
        let full = self.builder.ins().imul_imm_s(runs, row as i64);
        let zero = self.builder.ins().iconst(I64, 0);
        let stopped = self.counted_loop(zero, full, group_size, |emission, group| {
            let within = emission.run_offset(group, size);
            let start = emission.builder.ins().iadd(places.start, within);
            let run_end = emission.builder.ins().iadd_imm_s(start, (ROWS * row) as i64);
            let is_last = emission.builder.ins().icmp(IntCC::SignedLessThan, rows_end, run_end);
            let end = emission.builder.ins().select(is_last, rows_end, run_end);
            let (_, sums) =
                emission.accumulating_loop(start, end, row, vec![identity; copies], |emission, place, sums| {
                    emission.copies(wide, place, &more, |emission, copy, values| {
                        sums[copy] = emission.accumulate(op, term, dtype, wide, values, sums[copy]);
                    });
                });
            let base = emission.builder.ins().iadd(lanes_base, group);
            for (copy, sum) in sums.into_iter().enumerate() {
                emission.emitter().store(dtype, wide, sum, base, (copy * step) as i32);
            }
        });

        // What fills no row is added to lanes in memory.
        let all = self.builder.ins().iconst(I64, (REDUCTION_LANES * size) as i64);
        self.counted_loop(stopped, all, step, |emission, lane| {
            let base = emission.builder.ins().iadd(lanes_base, lane);
            emission.emitter().store(dtype, wide, identity, base, 0);
        });
        self.rest(rows_end, places.end, |emission, lanes, place| {
            let values = emission.body(lanes, place);
            let within = emission.builder.ins().isub(place, places.start);
            let lane = emission.lane_offset(within, size);
            let base = emission.builder.ins().iadd(lanes_base, lane);
            let sum = emission.emitter().load(dtype, lanes, base, 0);
            let sum = emission.accumulate(op, term, dtype, lanes, &values, sum);
            emission.emitter().store(dtype, lanes, sum, base, 0);
        });
    }

    /// Folds a block's lanes in halves ([`crate::kernel::order`]), in memory, and gives the last one. Lanes that saw no
    /// element hold the identity, which changes nothing.
    fn fold(&mut self, op: ReduceOp, term: Term, lanes_base: Value) -> Value {
        let (dtype, size) = (self.term_dtype(term), self.stage.width.bytes());
        let mut half = REDUCTION_LANES * size / 2;
        while half >= size {
            let lanes = if self.step(self.widest()) <= half { self.widest() } else { Lanes::One };
            let step = self.step(lanes);
            let combine = |emission: &mut Self, base: Value, more: usize| {
                let a = emission.emitter().load(dtype, lanes, base, more as i32);
                let b = emission.emitter().load(dtype, lanes, base, (more + half) as i32);
                let sum = emission.emitter().binary(scalar::combining(op), dtype, lanes, a, b);
                emission.emitter().store(dtype, lanes, sum, base, more as i32);
            };
            if half / step <= UNROLLED_FOLDS {
                (0..half).step_by(step).for_each(|more| combine(self, lanes_base, more));
            } else {
                let (start, end) = (self.builder.ins().iconst(I64, 0), self.builder.ins().iconst(I64, half as i64));
                self.counted_loop(start, end, step, |emission, lane| {
                    let base = emission.builder.ins().iadd(lanes_base, lane);
                    combine(emission, base, 0);
                });
            }
            half /= 2;
        }
        self.emitter().load(dtype, Lanes::One, lanes_base, 0)
    }

    /// From the offset of a lane to that of its first element.
    fn run_offset(&mut self, lane: Value, size: usize) -> Value {
        let run = self.builder.ins().band_imm_s(lane, -((row_len(size) * size) as i64));
        let skipped = self.builder.ins().imul_imm_s(run, (ROWS - 1) as i64);
        self.builder.ins().iadd(lane, skipped)
    }

    /// From the offset of an element to that of its lane.
    fn lane_offset(&mut self, place: Value, size: usize) -> Value {
        let row = row_len(size) * size;
        let run = self.builder.ins().ushr_imm_u(place, (ROWS * row).trailing_zeros() as i64);
        let first = self.builder.ins().imul_imm_s(run, row as i64);
        let within = self.builder.ins().band_imm_s(place, (row - 1) as i64);
        self.builder.ins().iadd(first, within)
    }

    fn accumulate(
        &mut self,
        op: ReduceOp,
        term: Term,
        dtype: DType,
        lanes: Lanes,
        values: &[Value],
        sum: Value,
    ) -> Value {
        match term {
            Term::Value(x) => self.emitter().binary(scalar::combining(op), dtype, lanes, sum, values[x.index()]),
            Term::Product(a, b) => self.emitter().fma(values[a.index()], values[b.index()], sum),
        }
    }

    /// From elements to bytes.
    fn bytes(&mut self, elements: Value) -> Value {
        let shift = match self.stage.width {
            Width::Four => 2,
            Width::Eight => 3,
        };
        self.builder.ins().ishl_imm_u(elements, shift)
    }

    /// What is left after the unrolled loop: vector by vector, then element by element.
    fn rest(&mut self, start: Value, end: Value, mut body: impl FnMut(&mut Self, Lanes, Value)) {
        let mut place = start;
        if self.style.vector.is_some() {
            let step = self.step(Lanes::Vector);
            place = self.counted_loop(place, end, step, |emission, place| body(emission, Lanes::Vector, place));
        }
        let step = self.step(Lanes::One);
        self.counted_loop(place, end, step, |emission, place| body(emission, Lanes::One, place));
    }

    /// Runs `body` at `start`, `start + step`, … while a whole step is left before `end`; gives where it stopped.
    fn counted_loop(&mut self, start: Value, end: Value, step: usize, mut body: impl FnMut(&mut Self, Value)) -> Value {
        let last = self.builder.ins().iadd_imm_s(end, 1 - step as i64);
        self.accumulating_loop(start, last, step, Vec::new(), |emission, place, _| body(emission, place)).0
    }

    /// Runs `body` at `start`, `start + step`, … before `end`, with values that each pass hands to the next; gives the
    /// place where it stopped and the last values.
    fn accumulating_loop(
        &mut self,
        start: Value,
        end: Value,
        step: usize,
        first: Vec<Value>,
        body: impl FnOnce(&mut Self, Value, &mut Vec<Value>),
    ) -> (Value, Vec<Value>) {
        let (head, inside, exit) =
            (self.builder.create_block(), self.builder.create_block(), self.builder.create_block());
        let types = first.iter().map(|value| self.builder.func.dfg.value_type(*value)).collect::<Vec<_>>();
        let place = self.builder.append_block_param(head, I64);
        let carried: Vec<Value> =
            types.into_iter().map(|clif_type| self.builder.append_block_param(head, clif_type)).collect();
        let jump = |emission: &mut Self, place: Value, values: &[Value]| {
            let values = values.iter().map(|value| BlockArg::Value(*value));
            let arguments: Vec<BlockArg> = std::iter::once(BlockArg::Value(place)).chain(values).collect();
            emission.builder.ins().jump(head, &arguments);
        };
        jump(self, start, &first);
        self.builder.switch_to_block(head);
        let more = self.builder.ins().icmp(IntCC::SignedLessThan, place, end);
        self.builder.ins().brif(more, inside, &[], exit, &[]);
        self.builder.switch_to_block(inside);
        // Each new value is used once, by this jump: only then does Cranelift fold loads into the arithmetic.
        let mut next = carried.clone();
        body(self, place, &mut next);
        let after = self.builder.ins().iadd_imm_s(place, step as i64);
        jump(self, after, &next);
        self.builder.switch_to_block(exit);
        (place, carried)
    }
}
