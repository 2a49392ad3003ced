//! Kernel IR to machine code; Cranelift is named only here.
