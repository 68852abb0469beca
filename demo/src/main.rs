//! The program: `cargo run --bin demo`.

use std::process::ExitCode;

fn main() -> ExitCode {
    demo::cli::run()
}
