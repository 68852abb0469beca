//! The figures as a table for people.

use std::fmt::Write as _;

use crate::ceilings::Cryptography;
use crate::measure::{Figures, HalfRate, Row};
use crate::operation::Operation;
use crate::page_weight::WEIGHT_MAX;
use crate::rounds::quantile;
use crate::summary::{Spread, ratios, restarts};

/// A whole login over its cryptography and as many bare requests, at most.
const RATIO_MAX: f64 = 1.6;
/// p99 over p50 at half of the highest rate, at most.
const TAIL_MAX: f64 = 5.0;
/// MiB of the server, idle and after load, at most.
const RESIDENT_MIB: (f64, f64) = (25.0, 40.0);
/// Milliseconds of a start at most.
const START_MS: f64 = 100.0;
/// MiB of the program at most.
const PROGRAM_MIB: f64 = 25.0;

fn met(value: f64, most: f64) -> &'static str {
    if value <= most { "yes" } else { "no" }
}

/// The table.
pub fn text(figures: &Figures) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = operations(&mut out, figures);
    let _ = ceilings(&mut out, figures);
    let _ = tails(&mut out, &figures.half_rate);
    let _ = sizes(&mut out, figures);
    let _ = pages(&mut out, figures);
    out
}

fn operations(out: &mut String, figures: &Figures) -> std::fmt::Result {
    writeln!(
        out,
        "{} people at once; processor time in microseconds of one operation; latency in milliseconds\n",
        figures.people
    )?;
    writeln!(
        out,
        "{:<28} {:>6} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>7}  met",
        "operation",
        "rounds",
        "ops/s",
        "p50",
        "p99",
        "least",
        "middle",
        "greatest",
        "loader",
        "target"
    )?;
    for row in figures.rows.iter().chain([&figures.bare]) {
        let (server, latencies) = (row.server(), row.latencies());
        let target = row.operation.target();
        writeln!(
            out,
            "{:<28} {:>6} {:>9.0} {:>8.2} {:>8.2} {:>8.1} {:>8.1} {:>8.1} {:>8.1} {:>7}  {}",
            row.operation.name(),
            row.samples.len(),
            row.rate().middle,
            quantile(&latencies, 0.5) / 1e3,
            quantile(&latencies, 0.99) / 1e3,
            server.least,
            server.middle,
            server.greatest,
            row.loader().middle,
            target.map_or_else(|| "-".to_owned(), |most| most.to_string()),
            target.map_or("-", |most| server.met(most)),
        )?;
    }
    Ok(())
}

fn ceilings(out: &mut String, figures: &Figures) -> std::fmt::Result {
    let of = |pick: fn(&Cryptography) -> f64| Spread::of(figures.cryptography.iter().map(pick));
    writeln!(
        out,
        "\ncryptography, one thread         least   middle greatest"
    )?;
    for (name, spread) in [
        ("ES256 sign", of(|c| c.es256_sign)),
        ("P-256 verify", of(|c| c.p256_verify)),
        ("RSA-2048 verify", of(|c| c.rsa_verify)),
        ("SM2 verify", of(|c| c.sm2_verify)),
    ] {
        line(out, name, spread, None)?;
    }
    let ratios = ratios(figures);
    if !ratios.is_empty() {
        writeln!(
            out,
            "\nwhole login / (its cryptography + as many bare requests), target {RATIO_MAX}"
        )?;
    }
    for (operation, spread) in ratios {
        line(out, &operation.name(), spread, Some(RATIO_MAX))?;
    }
    Ok(())
}

fn line(out: &mut String, name: &str, spread: Spread, most: Option<f64>) -> std::fmt::Result {
    let Spread {
        least,
        middle,
        greatest,
    } = spread;
    let word = most.map_or("", |most| spread.met(most));
    writeln!(
        out,
        "{name:<28} {least:>9.2} {middle:>8.2} {greatest:>8.2}  {word}"
    )
}

fn tails(out: &mut String, half_rates: &[HalfRate]) -> std::fmt::Result {
    if !half_rates.is_empty() {
        writeln!(
            out,
            "\nat half of the highest rate, target p99 / p50 <= {TAIL_MAX}"
        )?;
    }
    for half in half_rates {
        let (p50, p99) = (
            half.sample.quantile(0.5) / 1e3,
            half.sample.quantile(0.99) / 1e3,
        );
        writeln!(
            out,
            "{:<28} {:>6.0}/s asked {:>6.0}/s done  p50 {p50:.2} p99 {p99:.2} ms  ratio {:.1}  {}",
            half.operation.name(),
            half.rate,
            half.sample.rate,
            p99 / p50,
            if p50 * 1e3 > half.busy_p50 {
                "- (the machine was busy)"
            } else {
                met(p99 / p50, TAIL_MAX)
            },
        )?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "shown to one decimal")]
fn mib(octets: u64) -> f64 {
    octets as f64 / 1024.0 / 1024.0
}

fn sizes(out: &mut String, figures: &Figures) -> std::fmt::Result {
    let program = mib(figures.program_octets);
    let restarts = restarts(figures);
    let first = figures.starts.0.as_secs_f64() * 1e3;
    let operations = |rounds| -> u32 {
        let samples = |row: &'_ Row| {
            row.samples
                .iter()
                .take(rounds)
                .map(|s| s.operations)
                .sum::<u32>()
        };
        figures.rows.iter().map(samples).sum()
    };
    // Of the first round: they come before everything else.
    let logins = || -> u32 {
        let whole = |row: &&Row| matches!(row.operation, Operation::WholeLogin(_));
        let samples = figures.rows.iter().filter(whole);
        let first = samples.filter_map(|row| row.samples.first());
        first.map(|sample| sample.operations).sum()
    };
    writeln!(out)?;
    let (idle_max, loaded_max) = RESIDENT_MIB;
    for (when, kib, target, after) in [
        ("idle", figures.resident.idle, idle_max, 0),
        ("logins", figures.resident.logins, loaded_max, logins()),
        (
            "one round",
            figures.resident.first_round,
            loaded_max,
            operations(1),
        ),
        (
            "all rounds",
            figures.resident.all_rounds,
            loaded_max,
            operations(usize::MAX),
        ),
    ] {
        let resident = mib(kib * 1024);
        let met = met(resident, target);
        writeln!(
            out,
            "resident memory, {when:<10} {resident:>8.1} MiB  target {target}  {met}  (after {after} operations)"
        )?;
    }
    writeln!(
        out,
        "start to first healthy answer {:.0} / {:.0} / {:.0} ms  target {START_MS}  {}  (very first, with tables and keys to make: {first:.0} ms)",
        restarts.least,
        restarts.middle,
        restarts.greatest,
        restarts.met(START_MS),
    )?;
    writeln!(
        out,
        "program                      {program:>7.1} MiB  target {PROGRAM_MIB}  {}",
        met(program, PROGRAM_MIB)
    )?;
    writeln!(
        out,
        "database at the end          {:>7.1} MiB",
        mib(figures.database_octets)
    )
}

fn pages(out: &mut String, figures: &Figures) -> std::fmt::Result {
    writeln!(
        out,
        "\npage on the wire, octets         page   assets    total  of {WEIGHT_MAX}"
    )?;
    for weight in &figures.weights {
        writeln!(
            out,
            "{:<28} {:>9} {:>8} {:>8}  {}",
            weight.path,
            weight.page,
            weight.assets,
            weight.total(),
            if weight.total() <= WEIGHT_MAX {
                "yes"
            } else {
                "no"
            },
        )?;
    }
    Ok(())
}
