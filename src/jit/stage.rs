//! Cuts a kernel into stages of one lane width each.
//!
//! A vector register holds lanes of one size, so where an expression changes between elements of 4 and 8 bytes, or
//! converts between integers and floats, a block of values passes through scratch memory: written by one stage,
//! converted while it is read by the next. A bool is a mask as wide as the numbers beside it.

use crate::array::DType;
use crate::kernel::ir::{InputId, Kernel, Node, NodeId, Op, Root, Term};
use crate::kernel::op::{BinaryOp, ReduceOp};

use super::form::{Form, Width};

/// A value on its way from one stage to a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TempId(pub u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Input(InputId),
    Temp(TempId),
}

/// Where a stage's `Load(n)` comes from: its `n`-th feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feed {
    pub source: Source,
    /// As it lies there.
    pub from: Form,
    /// As the stage wants it.
    pub to: Form,
}

/// What a stage does with its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Yield {
    Temp(TempId, NodeId),
    Output(NodeId),
    Reduce(ReduceOp, Term),
}

/// One function of machine code. Its nodes' inputs are feeds.
#[derive(Clone, Debug)]
pub struct Stage {
    pub width: Width,
    pub nodes: Vec<Node>,
    pub feeds: Vec<Feed>,
    /// Several temporaries, or the output, or the reduction.
    pub yields: Vec<Yield>,
}

/// The stages of a kernel in the order in which they run.
#[derive(Clone, Debug)]
pub struct Stages {
    pub stages: Vec<Stage>,
    /// The form of each temporary.
    pub temps: Vec<Form>,
}

impl Stage {
    pub fn node(&self, id: NodeId) -> Node {
        self.nodes[id.index()]
    }

    pub fn form(&self, id: NodeId) -> Form {
        Form::in_lane(self.node(id).dtype, self.width)
    }

    /// Whether an operation has no vector form, so that the whole stage runs on single elements.
    pub fn is_scalar_only(&self) -> bool {
        self.nodes.iter().any(|node| matches!(node.op, Op::Binary(BinaryOp::FloorDiv | BinaryOp::Mod, ..)))
    }
}

/// Whether the whole kernel has machine code: the remainder of floats has none.
pub fn is_native(kernel: &Kernel) -> bool {
    kernel.nodes.iter().all(|node| match node.op {
        Op::Binary(BinaryOp::FloorDiv | BinaryOp::Mod, ..) => node.dtype == DType::Int64,
        Op::Load(_) | Op::Cast(_) | Op::Unary(..) | Op::Binary(..) | Op::Fma(..) | Op::Select(..) => true,
    })
}

/// Cuts `kernel` into stages.
pub fn split(kernel: &Kernel) -> Stages {
    let places = places(kernel);
    let (root, dtype) = match kernel.root {
        Root::Store(x) | Root::Reduce(_, Term::Value(x)) => (places[x.index()], kernel.node(x).dtype),
        Root::Reduce(_, Term::Product(a, b)) => {
            let level = places[a.index()].level.max(places[b.index()].level);
            (Place { level, ..places[a.index()] }, kernel.node(a).dtype)
        }
    };
    let width = root.width.or(Width::of(dtype)).unwrap_or(Width::Four);
    let mut splitter = Splitter { kernel, places, stages: Vec::new(), temps: Vec::new() };
    let last = splitter.stage(root.level, width);
    let result = match kernel.root {
        Root::Store(x) => Yield::Output(splitter.value(last, x)),
        Root::Reduce(op, Term::Value(x)) => Yield::Reduce(op, Term::Value(splitter.value(last, x))),
        Root::Reduce(op, Term::Product(a, b)) => {
            let a = splitter.value(last, a);
            Yield::Reduce(op, Term::Product(a, splitter.value(last, b)))
        }
    };
    splitter.stages[last].stage.yields.push(result);
    splitter.finish()
}

/// Where a node is computed: stages run level by level.
#[derive(Clone, Copy, Debug)]
struct Place {
    level: u32,
    /// `None`: in any stage that wants it (loads, and what is made of loaded bools alone).
    width: Option<Width>,
}

/// Whether a cast needs a way through memory: every one between two kinds of number.
fn is_conversion(from: DType, to: DType) -> bool {
    from != to && from != DType::Bool && to != DType::Bool
}

fn places(kernel: &Kernel) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::with_capacity(kernel.nodes.len());
    for node in &kernel.nodes {
        let at = |id: NodeId| places[id.index()];
        places.push(match node.op {
            Op::Load(_) => Place { level: 0, width: None },
            Op::Cast(x) if is_conversion(kernel.node(x).dtype, node.dtype) => match kernel.node(x).op {
                Op::Load(_) => Place { level: 0, width: None },
                _ => Place { level: at(x).level + 1, width: None },
            },
            Op::Cast(_) | Op::Unary(..) | Op::Binary(..) | Op::Fma(..) | Op::Select(..) => {
                let mut width = Width::of(node.dtype);
                node.op.operands(|x| width = width.or(at(x).width).or(Width::of(kernel.node(x).dtype)));
                let mut level = 0;
                node.op.operands(|x| {
                    let crosses = at(x).width.is_some() && at(x).width != width;
                    level = level.max(at(x).level + crosses as u32);
                });
                Place { level, width }
            }
        });
    }
    places
}

struct Splitter<'a> {
    kernel: &'a Kernel,
    places: Vec<Place>,
    stages: Vec<Building>,
    /// The node that each temporary holds, and its form.
    temps: Vec<(NodeId, Form)>,
}

struct Building {
    level: u32,
    stage: Stage,
    /// The kernel's nodes that have a value here.
    known: Vec<(NodeId, NodeId)>,
}

impl Splitter<'_> {
    fn stage(&mut self, level: u32, width: Width) -> usize {
        let found = self.stages.iter().position(|built| built.level == level && built.stage.width == width);
        found.unwrap_or_else(|| {
            let stage = Stage { width, nodes: Vec::new(), feeds: Vec::new(), yields: Vec::new() };
            self.stages.push(Building { level, stage, known: Vec::new() });
            self.stages.len() - 1
        })
    }

    /// The value of the kernel's node `id` in a stage.
    fn value(&mut self, stage: usize, id: NodeId) -> NodeId {
        if let Some((_, value)) = self.stages[stage].known.iter().find(|(node, _)| *node == id) {
            return *value;
        }
        let node = self.kernel.node(id);
        let place = self.places[id.index()];
        let here = place
            .width
            .is_none_or(|width| (place.level, width) == (self.stages[stage].level, self.stages[stage].stage.width));
        let value = match node.op {
            Op::Load(input) => self.feed(stage, Source::Input(input), Form::in_array(node.dtype), node.dtype),
            Op::Cast(x) if is_conversion(self.kernel.node(x).dtype, node.dtype) => {
                let from = self.kernel.node(x);
                match from.op {
                    Op::Load(input) => self.feed(stage, Source::Input(input), Form::in_array(from.dtype), node.dtype),
                    _ => self.temp(stage, x, node.dtype),
                }
            }
            _ if !here => self.temp(stage, id, node.dtype),
            mut op => {
                op.map_operands(|operand| self.value(stage, operand));
                self.push(stage, Node { op, ..node })
            }
        };
        self.stages[stage].known.push((id, value));
        value
    }

    /// Reads, as `dtype`, a value that another stage computes.
    fn temp(&mut self, stage: usize, id: NodeId, dtype: DType) -> NodeId {
        let index = match self.temps.iter().position(|(node, _)| *node == id) {
            Some(index) => index,
            None => {
                let place = self.places[id.index()];
                let from = self.kernel.node(id).dtype;
                let width = place.width.or(Width::of(from)).unwrap_or(Width::Four);
                let producer = self.stage(place.level, width);
                let value = self.value(producer, id);
                let index = self.temps.len();
                self.temps.push((id, Form::in_lane(from, width)));
                self.stages[producer].stage.yields.push(Yield::Temp(TempId(index as u32), value));
                index
            }
        };
        self.feed(stage, Source::Temp(TempId(index as u32)), self.temps[index].1, dtype)
    }

    fn feed(&mut self, stage: usize, source: Source, from: Form, dtype: DType) -> NodeId {
        let stage_width = self.stages[stage].stage.width;
        let feed = Feed { source, from, to: Form::in_lane(dtype, stage_width) };
        let feeds = &mut self.stages[stage].stage.feeds;
        feeds.push(feed);
        let input = InputId(feeds.len() as u32 - 1);
        self.push(stage, Node { op: Op::Load(input), dtype })
    }

    fn push(&mut self, stage: usize, node: Node) -> NodeId {
        let nodes = &mut self.stages[stage].stage.nodes;
        nodes.push(node);
        NodeId(nodes.len() as u32 - 1)
    }

    fn finish(mut self) -> Stages {
        self.stages.sort_by_key(|built| (built.level, built.stage.width));
        Stages {
            stages: self.stages.into_iter().map(|built| built.stage).collect(),
            temps: self.temps.into_iter().map(|(_, form)| form).collect(),
        }
    }
}
