//! The `toy` command: arguments, nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    toy::cli::main()
}
