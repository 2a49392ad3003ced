//! What is done to a kernel between lowering and machine code: a list to read, verified after each step.

use super::ir::{Kernel, Node, NodeId, Op};
use super::op::UnaryOp;
use super::verify::verify;

/// One step from a kernel to an equal one.
pub struct Pass {
    pub name: &'static str,
    /// What it does, in a line.
    pub meaning: &'static str,
    pub run: fn(&Kernel) -> Kernel,
}

pub const PASSES: &[Pass] = &[
    Pass {
        name: "simplify",
        meaning: "drop operations that change nothing: a cast to the same dtype, not not x, neg neg x",
        run: simplify,
    },
    Pass { name: "cse", meaning: "compute equal nodes once", run: cse },
    Pass { name: "dce", meaning: "leave out nodes that nobody uses", run: dce },
];

/// Runs every pass; `seen` gets the kernel after each, and first as it came, under the name `lower`.
///
/// # Errors
/// Names the pass that broke a rule of the IR, and the rule.
pub fn run_all(kernel: &Kernel, seen: &mut dyn FnMut(&'static str, &Kernel)) -> Result<Kernel, String> {
    let mut kernel = kernel.clone();
    verify(&kernel).map_err(|why| format!("lower: {why}"))?;
    seen("lower", &kernel);
    for pass in PASSES {
        kernel = (pass.run)(&kernel);
        verify(&kernel).map_err(|why| format!("{}: {why}", pass.name))?;
        seen(pass.name, &kernel);
    }
    Ok(kernel)
}

/// Rebuilds a kernel node by node: `rewrite` gets each node with its operands already renamed, and answers with the
/// new node to use in its place, or with one to append.
fn rebuild(kernel: &Kernel, mut rewrite: impl FnMut(&[Node], Node) -> Rewritten) -> Kernel {
    let mut nodes: Vec<Node> = Vec::with_capacity(kernel.nodes.len());
    let mut renamed: Vec<NodeId> = Vec::with_capacity(kernel.nodes.len());
    for node in &kernel.nodes {
        let mut node = *node;
        node.op.map_operands(|id| renamed[id.index()]);
        renamed.push(match rewrite(&nodes, node) {
            Rewritten::Is(id) => id,
            Rewritten::Append(node) => {
                nodes.push(node);
                NodeId(nodes.len() as u32 - 1)
            }
        });
    }
    let mut root = kernel.root;
    root.map_operands(|id| renamed[id.index()]);
    Kernel { inputs: kernel.inputs.clone(), nodes, root }
}

enum Rewritten {
    Is(NodeId),
    Append(Node),
}

fn simplify(kernel: &Kernel) -> Kernel {
    rebuild(kernel, |nodes, node| {
        let at = |id: NodeId| nodes[id.index()];
        match node.op {
            Op::Cast(x) if at(x).dtype == node.dtype => Rewritten::Is(x),
            Op::Unary(UnaryOp::Pos, x) => Rewritten::Is(x),
            Op::Unary(outer @ (UnaryOp::Neg | UnaryOp::Not | UnaryOp::Invert), x) => match at(x).op {
                Op::Unary(inner, y) if inner == outer => Rewritten::Is(y),
                _ => Rewritten::Append(node),
            },
            Op::Select(_, a, b) if a == b => Rewritten::Is(a),
            Op::Select(c, a, b) => match at(c).op {
                Op::Unary(UnaryOp::Not, c) => Rewritten::Append(Node { op: Op::Select(c, b, a), ..node }),
                _ => Rewritten::Append(node),
            },
            Op::Load(_) | Op::Cast(_) | Op::Unary(..) | Op::Binary(..) | Op::Fma(..) => Rewritten::Append(node),
        }
    })
}

fn cse(kernel: &Kernel) -> Kernel {
    rebuild(kernel, |nodes, node| match nodes.iter().position(|known| *known == node) {
        Some(index) => Rewritten::Is(NodeId(index as u32)),
        None => Rewritten::Append(node),
    })
}

fn dce(kernel: &Kernel) -> Kernel {
    let mut used = vec![false; kernel.nodes.len()];
    kernel.root.operands(|id| used[id.index()] = true);
    for (id, node) in kernel.iter().rev() {
        if used[id.index()] {
            node.op.operands(|operand| used[operand.index()] = true);
        }
    }
    let mut nodes = Vec::new();
    let mut renamed = vec![NodeId(0); kernel.nodes.len()];
    for (id, mut node) in kernel.iter().filter(|(id, _)| used[id.index()]) {
        node.op.map_operands(|operand| renamed[operand.index()]);
        renamed[id.index()] = NodeId(nodes.len() as u32);
        nodes.push(node);
    }
    let mut root = kernel.root;
    root.map_operands(|id| renamed[id.index()]);
    Kernel { inputs: kernel.inputs.clone(), nodes, root }
}
