//! The `key-agent` program: the service, and commands for scripts and support.
//!
//! Owns the command line and its exit codes. Does not know how a lock signs: that is the library's.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
