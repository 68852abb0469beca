//! The program: `cargo run -p demo`.

use std::process::ExitCode;

fn main() -> ExitCode {
    demo::cli::run()
}
