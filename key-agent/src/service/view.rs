//! Locks and certificates as the window, the root page and `list` show them.
//!
//! Owns the choice and spelling of what is shown. Does not judge: an expired certificate is marked, not refused.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use time::OffsetDateTime;
use time::macros::{format_description, offset};

use crate::locks::Listing;
use crate::token::soft::SEALED_CERTIFICATE;
use crate::token::{CertificateFacts, CertificateKind, LockFacts};

/// All locks that are present.
#[derive(Clone, Debug, Serialize)]
pub struct Locks {
    /// Locks that can be read.
    pub locks: Vec<Lock>,
    /// Locks that cannot.
    pub unreadable: Vec<Unreadable>,
    /// `no-lock` or `only-encryption-certificate` while nothing can be signed.
    pub obstacle: Option<&'static str>,
}

/// One lock.
#[derive(Clone, Debug, Serialize)]
pub struct Lock {
    /// What a person calls it.
    pub label: String,
    /// A file, fit for demonstration and tests only.
    pub software: bool,
    /// 硬件介质号.
    pub media_number: Option<String>,
    /// What is known of the PIN tries left: `left` (then there is a number), `untold`, `fewer`, `last` or `none`.
    pub tries: &'static str,
    /// PIN tries left, where the lock counts.
    pub retries_left: Option<u8>,
    /// PIN tries after a right PIN, where the lock tells.
    pub retries_max: Option<u8>,
    /// Whether the certificates are shown only after the PIN.
    pub sealed: bool,
    /// Its certificates; of a sealed lock one stand-in.
    pub certificates: Vec<Certificate>,
}

/// One certificate.
#[derive(Clone, Debug, Serialize)]
pub struct Certificate {
    /// Names it in a choice: lock and certificate.
    pub id: String,
    /// Stand-in for a certificate that is shown only after the PIN.
    pub sealed: bool,
    /// Short name of the subject.
    pub subject_name: String,
    /// The whole subject.
    pub subject: String,
    /// Short name of the issuer.
    pub issuer_name: String,
    /// The whole issuer.
    pub issuer: String,
    /// Serial number, hex.
    pub serial_number: String,
    /// 证书Key号, if the lock tells it.
    pub key_number: Option<String>,
    /// `signing`, `encryption` or `other`.
    pub kind: &'static str,
    /// First day of validity (Beijing time).
    pub not_before: String,
    /// Last day of validity (Beijing time).
    pub not_after: String,
    /// Whether the validity has ended.
    pub expired: bool,
    /// Whether it may be chosen.
    pub usable: bool,
    /// What its key can do.
    pub algorithms: Vec<&'static str>,
}

/// A lock that cannot be read.
#[derive(Clone, Debug, Serialize)]
pub struct Unreadable {
    /// What a person calls it.
    pub label: String,
    /// Why.
    pub reason: String,
}

impl Locks {
    /// What there is at `now`.
    pub fn of(listing: &Listing, now: SystemTime) -> Self {
        let now = seconds_since_epoch(now);
        Self {
            locks: listing
                .locks
                .iter()
                .map(|lock| Lock::of(lock, now))
                .collect(),
            unreadable: listing
                .unreadable
                .iter()
                .map(|lock| Unreadable {
                    label: lock.label.clone(),
                    reason: lock.error.to_string(),
                })
                .collect(),
            obstacle: listing
                .obstacle()
                .map(|error| super::failure::Failure::from(error).code()),
        }
    }
}

impl Lock {
    /// What there is at `now`, in seconds since the Unix epoch.
    pub(crate) fn of(lock: &LockFacts, now: i64) -> Self {
        let mut certificates: Vec<_> = lock
            .certificates
            .iter()
            .map(|facts| Certificate::of(&lock.id, facts, now))
            .collect();
        if lock.sealed {
            certificates.push(Certificate::sealed(lock));
        }
        Self {
            label: lock.label.clone(),
            software: lock.software,
            media_number: lock.media_number.clone(),
            tries: lock.pin.tries.word(),
            retries_left: lock.pin.tries.number(),
            retries_max: lock.pin.max,
            sealed: lock.sealed,
            certificates,
        }
    }
}

impl Lock {
    /// The tries left for the command line.
    pub fn tries_in_words(&self) -> String {
        match (self.retries_left, self.retries_max) {
            (Some(left), Some(max)) => format!("{left} of {max}"),
            (Some(left), None) => left.to_string(),
            (None, _) => match self.tries {
                "fewer" => "fewer than after a right PIN; the lock does not count".to_owned(),
                "last" => "one, the last".to_owned(),
                _ => "the lock does not tell".to_owned(),
            },
        }
    }

    /// The key of the text that stands where a counting lock shows its number.
    pub fn tries_text_key(&self) -> &'static str {
        match self.tries {
            "fewer" => "window-tries-fewer",
            "last" => "window-tries-last",
            _ => "window-tries-untold",
        }
    }
}

impl Certificate {
    fn of(lock: &str, facts: &CertificateFacts, now: i64) -> Self {
        let certificate = &facts.certificate;
        Self {
            id: format!("{lock}/{}", facts.id),
            sealed: false,
            subject_name: facts.subject_name(),
            subject: certificate.subject().to_string(),
            issuer_name: facts.issuer_name(),
            issuer: certificate.issuer().to_string(),
            serial_number: certificate.serial_number().to_owned(),
            key_number: facts.key_number.clone(),
            kind: facts.kind.word(),
            not_before: day(certificate.not_before()),
            not_after: day(certificate.not_after()),
            expired: certificate.not_after() < now,
            usable: facts.kind == CertificateKind::Signing && !facts.algorithms.is_empty(),
            algorithms: facts
                .algorithms
                .iter()
                .map(|algorithm| algorithm.as_str())
                .collect(),
        }
    }

    fn sealed(lock: &LockFacts) -> Self {
        Self {
            id: format!("{}/{SEALED_CERTIFICATE}", lock.id),
            sealed: true,
            subject_name: lock.label.clone(),
            subject: String::new(),
            issuer_name: String::new(),
            issuer: String::new(),
            serial_number: String::new(),
            key_number: None,
            kind: "signing",
            not_before: String::new(),
            not_after: String::new(),
            expired: false,
            usable: true,
            algorithms: Vec::new(),
        }
    }
}

/// Seconds since the Unix epoch.
pub(crate) fn seconds_since_epoch(moment: SystemTime) -> i64 {
    let since = moment.duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

/// The calendar day in the zone where these locks are issued and used.
pub(crate) fn day(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|moment| {
            moment
                .to_offset(offset!(+8))
                .format(format_description!("[year]-[month]-[day]"))
                .ok()
        })
        .unwrap_or_else(|| "-".to_owned())
}
