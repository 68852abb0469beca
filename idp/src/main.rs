//! The binary: `idp serve | migrate | check-config | platform | enterprise | keys`.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    idp::cli::run()
}
