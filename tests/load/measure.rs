//! The run: the world is built, rounds interleave everything, and what they showed is printed.

use std::time::Duration;

use serde::Serialize;

use crate::Fault;
use crate::ceilings::{self, Cryptography};
use crate::operation::{Algorithm, Operation};
use crate::options::Options;
use crate::page_weight::{self, Weight};
use crate::rounds::{self, Crowd, Sample, quantile};
use crate::setup::{self, Scratch, World};
use crate::{summary, table};

/// One operation over all rounds.
pub struct Row {
    /// Which.
    pub operation: Operation,
    /// A sample a round.
    pub samples: Vec<Sample>,
}

/// A drive at half of the highest rate.
pub struct HalfRate {
    /// What was driven.
    pub operation: Operation,
    /// Operations a second that were asked for.
    pub rate: f64,
    /// Microseconds that half of the operations did not exceed at the highest rate.
    pub busy_p50: f64,
    /// What came.
    pub sample: Sample,
}

/// Everything the run showed.
pub struct Figures {
    /// Operations of the provider.
    pub rows: Vec<Row>,
    /// Bare actix-web.
    pub bare: Row,
    /// Cryptography, once a round.
    pub cryptography: Vec<Cryptography>,
    /// The tail.
    pub half_rate: Vec<HalfRate>,
    /// Pages.
    pub weights: Vec<Weight>,
    /// The server's memory.
    pub resident: Resident,
    /// From nothing, and with a state that is there.
    pub starts: (Duration, Vec<Duration>),
    /// Octets of the program.
    pub program_octets: u64,
    /// Octets of the database at the end.
    pub database_octets: u64,
    /// People of each kind.
    pub people: u16,
}

/// Resident memory of the server in KiB.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Resident {
    /// Before anything.
    pub idle: u64,
    /// After the first round's whole logins, before the floods.
    pub logins: u64,
    /// After the first round.
    pub first_round: u64,
    /// After all.
    pub all_rounds: u64,
}

/// Runs.
pub async fn run(options: &Options) -> Result<(), Fault> {
    let wanted: Vec<_> = Operation::all()
        .filter(|o| options.wants(&o.name()))
        .collect();
    if wanted.is_empty() {
        return Err("no operation has such a name".into());
    }
    let scratch = Scratch::new(options)?;
    let mut world = setup::build(options, &scratch).await?;
    let figures = measure(options, &mut world, &wanted).await;
    world.provider.stop();
    let figures = figures?;
    print!("{}", table::text(&figures));
    if let Some(file) = &options.json {
        std::fs::write(file, summary::json(&figures)?)?;
    }
    Ok(())
}

async fn measure(
    options: &Options,
    world: &mut World,
    wanted: &[Operation],
) -> Result<Figures, Fault> {
    let server = world.provider.pid()?;
    let row = |operation: &Operation| Row {
        operation: *operation,
        samples: Vec::new(),
    };
    let mut rows: Vec<Row> = wanted.iter().map(row).collect();
    let mut bare = row(&Operation::Bare);
    let mut cryptography = Vec::new();
    let idle = world.idle_kib;
    let mut resident = Resident {
        idle,
        logins: idle,
        first_round: idle,
        all_rounds: idle,
    };
    for round in 0..options.rounds() {
        cryptography.push(ceilings::measure(&world.signed, options.duration() / 10)?);
        let crowd = crowd_for(&mut world.crowds, Operation::Bare);
        let sample =
            rounds::as_fast_as_possible(crowd, Operation::Bare, options.duration(), world.bare);
        bare.samples.push(sample.await?);
        for row in &mut rows {
            let crowd = crowd_for(&mut world.crowds, row.operation);
            let duration = options.duration();
            let sample = rounds::as_fast_as_possible(crowd, row.operation, duration, server);
            row.samples.push(sample.await?);
            if round == 0 && matches!(row.operation, Operation::WholeLogin(_)) {
                resident.logins = server.resident_kib()?;
            }
        }
        resident.all_rounds = server.resident_kib()?;
        if round == 0 {
            resident.first_round = resident.all_rounds;
        }
    }
    let half_rate = at_half_rate(options, world, &rows).await?;
    let visitor = crowd_for(&mut world.crowds, Operation::Home).first_mut();
    let visitor = visitor.ok_or("nobody is there")?;
    visitor.prepare(Operation::Home).await?;
    let weights = page_weight::weigh(visitor, &world.platform).await?;
    Ok(Figures {
        rows,
        bare,
        cryptography,
        half_rate,
        weights,
        resident,
        starts: (world.first_start, world.restarts.clone()),
        program_octets: world.provider.program_octets()?,
        database_octets: world.provider.database_octets(),
        people: options.people(),
    })
}

/// The tail of the whole login and of the lightest durable request, as far as they were driven.
async fn at_half_rate(
    options: &Options,
    world: &mut World,
    rows: &[Row],
) -> Result<Vec<HalfRate>, Fault> {
    let server = world.provider.pid()?;
    let mut half_rates = Vec::new();
    for row in rows {
        if !matches!(
            row.operation,
            Operation::WholeLogin(Algorithm::P256) | Operation::CodeFlow | Operation::Userinfo
        ) {
            continue;
        }
        let highest = row
            .samples
            .iter()
            .map(|sample| sample.rate)
            .fold(0.0, f64::max);
        let rate = highest / 2.0;
        let pace = (options.duration() * 2, rate);
        let crowd = crowd_for(&mut world.crowds, row.operation);
        half_rates.push(HalfRate {
            operation: row.operation,
            rate,
            busy_p50: quantile(&row.latencies(), 0.5),
            sample: rounds::at_rate(crowd, row.operation, pace, server).await?,
        });
    }
    Ok(half_rates)
}

/// Who does an operation: whose lock does not matter are done by the first.
fn crowd_for(crowds: &mut [Crowd; 3], operation: Operation) -> &mut Crowd {
    let [p256, rsa, sm2] = crowds;
    match operation {
        Operation::WholeLogin(Algorithm::Rsa2048) => rsa,
        Operation::WholeLogin(Algorithm::Sm2) => sm2,
        _ => p256,
    }
}
