//! x86-64 machine code as text, and which of its lines are the loop that the work is done in.

use iced_x86::{Formatter, Instruction, IntelFormatter, Mnemonic, OpKind};

use super::assembly::instructions;

/// The code of one function.
pub struct Disassembly {
    /// A line for each instruction, as Intel's manuals write it, with its offset in front; constants behind them are
    /// left out.
    pub text: String,
    /// The lines of the main loop, counted from 0; empty if there is no loop.
    pub main_loop: Vec<usize>,
}

/// What control does after one instruction.
struct Step {
    at: u64,
    /// Whether the next instruction may follow.
    falls: bool,
    jumps_to: Option<u64>,
    /// What it adds to a register.
    advance: u64,
}

pub fn disassemble(code: &[u8]) -> Disassembly {
    let mut formatter = IntelFormatter::new();
    formatter.options_mut().set_branch_leading_zeros(false);
    formatter.options_mut().set_rip_relative_addresses(true);
    let (mut text, mut steps) = (String::new(), Vec::new());
    for instruction in instructions(code) {
        text.push_str(&format!("{:5x}:  ", instruction.ip()));
        formatter.format(&instruction, &mut text);
        text.push('\n');
        let target = Some(instruction.near_branch_target()).filter(|target| *target != 0);
        steps.push(Step {
            at: instruction.ip(),
            falls: !matches!(instruction.mnemonic(), Mnemonic::Jmp | Mnemonic::Ret | Mnemonic::Ud2),
            jumps_to: target.filter(|_| instruction.mnemonic() != Mnemonic::Call),
            advance: match instruction.op1_kind() {
                OpKind::Immediate8to64 | OpKind::Immediate32to64 if instruction.mnemonic() == Mnemonic::Add => {
                    instruction.immediate(1)
                }
                _ => 0,
            },
        });
    }
    Disassembly { text, main_loop: main_loop(&steps) }
}

/// One instruction, as Intel's manuals write it.
pub fn text(instruction: &Instruction) -> String {
    let mut text = String::new();
    IntelFormatter::new().format(instruction, &mut text);
    text
}

/// The lines of the deepest loop, and of several the one that moves on furthest in a pass: the others take what is left
/// over.
fn main_loop(steps: &[Step]) -> Vec<usize> {
    let loops = loops(steps);
    let depth = |head: usize| loops.iter().filter(|(_, body)| body[head]).count();
    let advance =
        |body: &[bool]| steps.iter().zip(body).filter(|(_, inside)| **inside).map(|(step, _)| step.advance).max();
    let main = loops.iter().max_by_key(|(head, body)| (depth(*head), advance(body)));
    main.map_or(Vec::new(), |(_, body)| (0..steps.len()).filter(|line| body[*line]).collect())
}

/// Every natural loop: the line of its head, and for each line whether it belongs to the loop, which is to say that
/// control comes from there to a jump back to the head without passing the head.
fn loops(steps: &[Step]) -> Vec<(usize, Vec<bool>)> {
    let line = |at: u64| steps.binary_search_by_key(&at, |step| step.at).ok();
    let mut before = vec![Vec::new(); steps.len()];
    for (from, step) in steps.iter().enumerate() {
        let next = Some(from + 1).filter(|next| step.falls && *next < steps.len());
        for to in step.jumps_to.and_then(line).into_iter().chain(next) {
            before[to].push(from);
        }
    }
    let mut loops = Vec::new();
    for (head, sources) in before.iter().enumerate() {
        let mut body = vec![false; steps.len()];
        body[head] = true;
        let mut pending: Vec<usize> = sources.iter().copied().filter(|from| *from >= head).collect();
        while let Some(at) = pending.pop() {
            if !std::mem::replace(&mut body[at], true) {
                pending.extend(&before[at]);
            }
        }
        // A jump back that can be reached without passing its target closes no loop.
        let repeats = sources.iter().any(|from| *from >= head);
        if repeats && (head == 0 || !body[0]) {
            loops.push((head, body));
        }
    }
    loops
}
