//! The memory of one compiled function: readable and executable, never writable at the same time, freed when dropped.

#![allow(unsafe_code)]

use std::marker::PhantomData;
use std::mem::ManuallyDrop;

use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{Linkage, Module, ModuleError, default_libcall_names};

/// Finished machine code in memory of its own.
pub struct Memory {
    module: ManuallyDrop<JITModule>,
    start: *const u8,
}

// SAFETY: code is only read once it is finished, and the module that owns it is touched again when it is dropped.
unsafe impl Send for Memory {}
// SAFETY: as above.
unsafe impl Sync for Memory {}

/// One compiled function, which takes the address of `words` words.
pub struct Code {
    memory: Memory,
    words: usize,
}

/// A function that may be called while its code lives, from any thread.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    function: unsafe extern "C" fn(*const usize),
    words: usize,
    code: PhantomData<&'a ()>,
}

impl Memory {
    /// Makes the finished code of a function ready to run.
    ///
    /// # Errors
    /// In words, if there is no memory for it.
    pub fn load(isa: OwnedTargetIsa, bytes: &[u8]) -> Result<Memory, String> {
        let mut module = JITModule::new(JITBuilder::with_isa(isa, default_libcall_names()));
        match define(&mut module, bytes) {
            Ok(start) => Ok(Memory { module: ManuallyDrop::new(module), start }),
            Err(error) => {
                // SAFETY: nothing of this module was called or handed out.
                unsafe { module.free_memory() };
                Err(error)
            }
        }
    }

    /// The address of the function, whose code lives as long as this does.
    pub fn start(&self) -> *const u8 {
        self.start
    }
}

impl Code {
    /// Makes the finished code of a function, which takes the address of `words` words, ready to run.
    ///
    /// # Errors
    /// In words, if there is no memory for it.
    pub fn load(isa: OwnedTargetIsa, bytes: &[u8], words: usize) -> Result<Code, String> {
        Ok(Code { memory: Memory::load(isa, bytes)?, words })
    }

    pub fn entry(&self) -> Entry<'_> {
        // SAFETY: it is the start of a finished function with this very signature.
        let function =
            unsafe { std::mem::transmute::<*const u8, unsafe extern "C" fn(*const usize)>(self.memory.start()) };
        Entry { function, words: self.words, code: PhantomData }
    }
}

/// Cache lines begin here, and the fetch of instructions with them.
const ALIGNMENT: u64 = 64;

fn define(module: &mut JITModule, bytes: &[u8]) -> Result<*const u8, String> {
    let text = |error: ModuleError| format!("{error:#}");
    // Nobody calls it through the module: its signature is of no interest.
    let id = module.declare_function("code", Linkage::Local, &module.make_signature()).map_err(text)?;
    module.define_function_bytes(id, ALIGNMENT, bytes, &[]).map_err(text)?;
    module.finalize_definitions().map_err(text)?;
    Ok(module.get_finalized_function(id))
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: the module is taken out once, here; whoever runs the code holds this value meanwhile.
        unsafe { ManuallyDrop::take(&mut self.module).free_memory() }
    }
}

impl Entry<'_> {
    /// Runs the function.
    ///
    /// # Panics
    /// If there are not as many words as the function reads.
    ///
    /// # Safety
    /// The words say what `super::emit` lays down, and all memory that they describe may be read or written so,
    /// by nobody else meanwhile where it is written.
    pub unsafe fn call(&self, words: &[usize]) {
        assert_eq!(words.len(), self.words, "a kernel gets the words that it reads");
        // SAFETY: the code lives (`'a`); the number of words is right, and the caller answers for what they say.
        unsafe { (self.function)(words.as_ptr()) }
    }
}
