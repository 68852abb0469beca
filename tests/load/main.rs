//! The load program: drives the release `idp` over loopback, and prints what an operation costs the
//! server beside what the same machine's ceilings cost in the same run.
//!
//! Owns the playing of many people at once and the measuring. Everything is bounded in count and time,
//! stays on 127.0.0.1, and ends its child processes whatever happens. How to read the figures:
//! `docs/PERFORMANCE.md`.
//!
//! Read in this order: [`measure`] (rounds), [`operation`] (what is measured), [`person`] (how it is
//! played), [`provider`] (what it is played against), [`table`].

mod bare;
mod ceilings;
mod connection;
mod html;
mod locks;
mod measure;
mod operation;
mod options;
mod page_weight;
mod person;
mod platform;
mod process;
mod provider;
mod rounds;
mod setup;
mod summary;
mod table;

use std::process::ExitCode;

use clap::Parser as _;

use options::Options;

/// Why the run ended early. Nothing here is told apart: it is printed and the run has failed.
type Fault = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let options = Options::parse();
    if let Some(port) = options.bare {
        return ended(bare::serve(port));
    }
    process::stop_all_on_panic();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let result = runtime.map_err(Fault::from).and_then(|runtime| {
        runtime.block_on(async {
            tokio::select! {
                result = measure::run(&options) => result,
                () = process::interrupted() => Err("interrupted".into()),
            }
        })
    });
    process::stop_all();
    ended(result)
}

fn ended(result: Result<(), Fault>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("load: {fault}");
            ExitCode::FAILURE
        }
    }
}
