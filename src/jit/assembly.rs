//! Finished machine code as a list of instructions, which can be changed, and the constants that it reads.

use iced_x86::{BlockEncoder, BlockEncoderOptions, Decoder, DecoderOptions, Instruction, InstructionBlock, Mnemonic};

/// One function of x86-64 code. Instructions keep the addresses that jumps know them by, whatever is put between them.
#[derive(Clone, Debug, Default)]
pub struct Assembly {
    pub instructions: Vec<Instruction>,
    /// Bytes that instructions read relative to their own place, as if they began at [`CONSTANTS`].
    pub constants: Vec<u8>,
    /// Addresses that are jumped to, in ascending order.
    targets: Vec<u64>,
    /// Instructions that were put in.
    added: u64,
}

/// Where the constants seem to begin, for who reads them: beyond every instruction.
pub const CONSTANTS: u64 = 1 << 28;

/// Where the code seems to be put: behind every address that it had before, since the encoder takes a constant's address
/// that an instruction had for that instruction.
const PLACE: u64 = 1 << 29;

/// Addresses of instructions that nobody jumps to begin here.
const ADDED: u64 = 1 << 32;

/// The instructions of a function, up to where control cannot come any more: constants lie behind.
pub fn instructions(code: &[u8]) -> Vec<Instruction> {
    let (mut instructions, mut reach) = (Vec::new(), 0);
    for instruction in &mut Decoder::with_ip(64, code, 0, DecoderOptions::NONE) {
        reach = reach.max(instruction.near_branch_target());
        instructions.push(instruction);
        let falls = !matches!(instruction.mnemonic(), Mnemonic::Jmp | Mnemonic::Ret | Mnemonic::Ud2);
        if !falls && instruction.next_ip() > reach {
            break;
        }
    }
    instructions
}

impl Assembly {
    /// The instructions of a function, and the constants behind it.
    ///
    /// # Errors
    /// If there is something else among them.
    pub fn decode(code: &[u8]) -> Result<Assembly, String> {
        let instructions = instructions(code);
        if instructions.iter().any(Instruction::is_invalid) {
            return Err("there are bytes between instructions".into());
        }
        let targets = instructions.iter().map(Instruction::near_branch_target).filter(|target| *target != 0).collect();
        let mut assembly = Assembly { instructions, targets, ..Assembly::default() };
        assembly.targets.sort_unstable();
        let end = assembly.instructions.last().map_or(0, Instruction::next_ip);
        assembly.constants = code[end as usize..].to_vec();
        for instruction in &mut assembly.instructions {
            if instruction.is_ip_rel_memory_operand() {
                let at = instruction.ip_rel_memory_address();
                let behind = at.checked_sub(end).ok_or("an instruction reads code")?;
                instruction.set_memory_displacement64(CONSTANTS + behind);
            }
        }
        Ok(assembly)
    }

    /// The same function with nothing in it yet.
    pub fn emptied(&self) -> Assembly {
        Assembly { targets: self.targets.clone(), added: self.added, ..Assembly::default() }
    }

    /// Whether an instruction is jumped to.
    pub fn is_target(&self, ip: u64) -> bool {
        self.targets.binary_search(&ip).is_ok()
    }

    /// From now on, `ip` is jumped to.
    pub fn add_target(&mut self, ip: u64) {
        if let Err(place) = self.targets.binary_search(&ip) {
            self.targets.insert(place, ip);
        }
    }

    /// Where an instruction stands that is known by `ip`.
    pub fn position(&self, ip: u64) -> Option<usize> {
        self.instructions.iter().position(|instruction| instruction.ip() == ip)
    }

    /// The constant of `size` bytes that an instruction reads; `None` if there is no such.
    pub fn constant(&self, address: u64, size: usize) -> Option<&[u8]> {
        let start = address.checked_sub(CONSTANTS)? as usize;
        self.constants.get(start..start.checked_add(size)?)
    }

    /// An address for an instruction that nobody jumps to.
    pub fn fresh_ip(&mut self) -> u64 {
        self.added += 1;
        ADDED + self.added
    }

    /// The bytes: instructions, then constants on a boundary of 64 bytes.
    ///
    /// # Errors
    /// If an instruction cannot be encoded.
    pub fn encode(&self) -> Result<Vec<u8>, String> {
        let bytes = |instructions: &[Instruction]| {
            BlockEncoder::encode(64, InstructionBlock::new(instructions, PLACE), BlockEncoderOptions::NONE)
                .map(|result| result.code_buffer)
                .map_err(|error| error.to_string())
        };
        let mut code = bytes(&self.instructions)?;
        if self.constants.is_empty() {
            return Ok(code);
        }
        // A place is written in four bytes wherever it is: the second time, nothing moves.
        let start = code.len().next_multiple_of(64);
        let mut placed = self.instructions.clone();
        for instruction in placed.iter_mut().filter(|instruction| instruction.is_ip_rel_memory_operand()) {
            let behind = instruction.ip_rel_memory_address() - CONSTANTS;
            instruction.set_memory_displacement64(PLACE + start as u64 + behind);
        }
        code = bytes(&placed)?;
        code.resize(start, 0xcc);
        code.extend(&self.constants);
        Ok(code)
    }
}
