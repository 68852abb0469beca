//! The command line of the load program.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

/// Measures whole logins, the code flow, each endpoint alone and the machine's ceilings, in interleaved
/// rounds. Build first: cargo build --release -p idp -p e2e --bin idp --bin load
#[derive(Parser, Debug)]
#[command(name = "load")]
pub struct Options {
    /// A short run (a minute at most) that checks every answer and prints the same table.
    #[arg(long)]
    pub quick: bool,
    /// Seconds an operation is driven in each round.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=60))]
    pub seconds: Option<u16>,
    /// Rounds.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub rounds: Option<u16>,
    /// People at once, each with a connection and a lock of their own; half of them do a quick run.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub people: u16,
    /// Drives only operations whose name holds this text; the ceilings are measured all the same.
    #[arg(long, value_name = "NAME")]
    pub only: Option<String>,
    /// Writes the figures to this file too.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// The folder in which a state folder is made and removed (default: beside this program). Choose a
    /// disk, not memory: what is measured writes durably.
    #[arg(long, value_name = "FOLDER")]
    pub scratch: Option<PathBuf>,
    /// The provider to measure (default: the `idp` beside this program). Two programs are compared by measuring
    /// them in turn.
    #[arg(long, value_name = "FILE")]
    pub program: Option<PathBuf>,
    /// Good verdicts on certificates that the provider keeps (default: its own); 0: each login judges anew.
    #[arg(long, value_name = "COUNT")]
    pub remembered_verdicts: Option<u32>,
    /// Serves a bare actix-web on this port of 127.0.0.1 until standard input ends: the ceiling.
    #[arg(long, value_name = "PORT", hide = true)]
    pub bare: Option<u16>,
}

impl Options {
    /// How long an operation is driven in a round.
    pub fn duration(&self) -> Duration {
        match (self.seconds, self.quick) {
            (Some(seconds), _) => Duration::from_secs(seconds.into()),
            (None, true) => Duration::from_millis(400),
            (None, false) => Duration::from_secs(2),
        }
    }

    /// How often everything is driven.
    pub fn rounds(&self) -> u16 {
        self.rounds.unwrap_or(if self.quick { 2 } else { 5 })
    }

    /// People of one kind of lock.
    pub fn people(&self) -> u16 {
        if self.quick {
            self.people.div_ceil(2)
        } else {
            self.people
        }
    }

    /// Whether an operation of this name is wanted.
    pub fn wants(&self, name: &str) -> bool {
        self.only.as_deref().is_none_or(|only| name.contains(only))
    }
}
