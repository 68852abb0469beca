//! Many rounds as few numbers, and the same numbers as JSON for programs.

use serde_json::{Value, json};

use crate::Fault;
use crate::measure::{Figures, HalfRate, Row};
use crate::operation::Operation;
use crate::rounds::quantile;

/// Least, middle, greatest.
#[derive(Clone, Copy)]
pub struct Spread {
    /// The least, which noise inflates least.
    pub least: f64,
    /// The one in the middle.
    pub middle: f64,
    /// The greatest.
    pub greatest: f64,
}

impl Spread {
    /// Of these.
    pub fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
        Self {
            least: at(0),
            middle: at(values.len() / 2),
            greatest: at(values.len().saturating_sub(1)),
        }
    }

    /// Against a most. Noise only adds, so the least counts; the word says when the middle does not
    /// hold it too.
    pub fn met(self, most: f64) -> &'static str {
        if self.middle <= most {
            "yes"
        } else if self.least <= most {
            "yes (least)"
        } else {
            "no"
        }
    }

    /// For programs.
    pub fn json(self) -> Value {
        json!({ "least": self.least, "middle": self.middle, "greatest": self.greatest })
    }
}

impl Row {
    /// Microseconds of the server's processor.
    pub fn server(&self) -> Spread {
        Spread::of(self.samples.iter().map(|s| s.server))
    }

    /// Microseconds of this program's processor.
    pub fn loader(&self) -> Spread {
        Spread::of(self.samples.iter().map(|s| s.loader))
    }

    /// Operations a second.
    pub fn rate(&self) -> Spread {
        Spread::of(self.samples.iter().map(|s| s.rate))
    }

    /// Latencies of all rounds.
    pub fn latencies(&self) -> Vec<u32> {
        let mut all: Vec<u32> = self
            .samples
            .iter()
            .flat_map(|s| s.latencies.clone())
            .collect();
        all.sort_unstable();
        all
    }
}

/// A whole login over what it cannot do without, round by round.
pub fn ratios(figures: &Figures) -> Vec<(Operation, Spread)> {
    let of = |row: &Row| {
        let Operation::WholeLogin(algorithm) = row.operation else {
            return None;
        };
        let requests = f64::from(row.operation.requests());
        let floors = figures.cryptography.iter().zip(&figures.bare.samples);
        let floors = floors.map(|(c, bare)| c.of_login(algorithm) + requests * bare.server);
        let each = row
            .samples
            .iter()
            .zip(floors)
            .map(|(s, floor)| s.server / floor);
        Some((row.operation, Spread::of(each)))
    };
    figures.rows.iter().filter_map(of).collect()
}

/// Milliseconds of each start with a state that is there.
pub fn restarts(figures: &Figures) -> Spread {
    Spread::of(figures.starts.1.iter().map(|time| time.as_secs_f64() * 1e3))
}

/// The same for programs.
pub fn json(figures: &Figures) -> Result<String, Fault> {
    let row = |row: &Row| {
        let latencies = row.latencies();
        json!({
            "operation": row.operation.name(),
            "rounds": row.samples.len(),
            "rate": row.rate().json(),
            "p50_us": quantile(&latencies, 0.5),
            "p99_us": quantile(&latencies, 0.99),
            "server_us": row.server().json(),
            "loader_us": row.loader().json(),
            "target_us": row.operation.target(),
        })
    };
    let half_rate = |half: &HalfRate| {
        json!({
            "operation": half.operation.name(),
            "rate": half.rate,
            "p50_us": half.sample.quantile(0.5),
            "p99_us": half.sample.quantile(0.99),
        })
    };
    let cryptography = |c: &crate::ceilings::Cryptography| {
        json!({
            "es256_sign_us": c.es256_sign,
            "p256_verify_us": c.p256_verify,
            "rsa_verify_us": c.rsa_verify,
            "sm2_verify_us": c.sm2_verify,
        })
    };
    let ratios = ratios(figures);
    let ratio = |(operation, spread): &(Operation, Spread)| json!({ "operation": operation.name(), "ratio": spread.json() });
    let weights = figures.weights.iter();
    let figures = json!({
        "people": figures.people,
        "operations": figures.rows.iter().map(row).collect::<Vec<_>>(),
        "bare": row(&figures.bare),
        "cryptography": figures.cryptography.iter().map(cryptography).collect::<Vec<_>>(),
        "ratios": ratios.iter().map(ratio).collect::<Vec<_>>(),
        "half_rate": figures.half_rate.iter().map(half_rate).collect::<Vec<_>>(),
        "resident_kib": figures.resident,
        "start_ms": { "first": figures.starts.0.as_secs_f64() * 1e3, "again": restarts(figures).json() },
        "program_octets": figures.program_octets,
        "database_octets": figures.database_octets,
        "pages": weights.map(|w| json!({ "path": w.path, "page": w.page, "assets": w.assets })).collect::<Vec<_>>(),
    });
    Ok(serde_json::to_string_pretty(&figures)?)
}
