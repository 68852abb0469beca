//! Drivers, locks, PINs and certificates.

use std::path::Path;
use std::time::SystemTime;

use super::{Finding, Repair, Topic};
use crate::assistant::certificates::days_left;
use crate::locks::{Listing, LockSource, LockSources};
use crate::service::view::{day, seconds_since_epoch};
use crate::token::{CertificateFacts, CertificateKind, LockFacts, Tries};

/// From so many days before its end on, a certificate's end is a warning.
const REMINDER_DAYS: i64 = 60;

/// With fewer tries left than this, the next one should be thought over.
const FEW_TRIES: u8 = 3;

pub(super) fn findings(sources: &LockSources, now: SystemTime) -> Vec<Finding> {
    let mut findings: Vec<_> = sources.each().map(place).collect();
    if sources.is_empty() {
        let repair = Repair::Words("repair-driver-settings");
        findings.push(Finding::fail(Topic::Driver, "check-driver-none", repair));
    }
    let listing = sources.list().unwrap_or_default();
    findings.extend(presence(&listing));
    let now = seconds_since_epoch(now);
    for lock in &listing.locks {
        findings.push(pin(lock));
        findings.push(signing(lock, now));
        let shown = lock.certificates.iter().map(|one| validity(lock, one, now));
        findings.extend(shown);
    }
    findings
}

/// One folder, or one driver library.
fn place(source: &LockSource) -> Finding {
    let name = source.label();
    let listed = LockSources::from(source.clone()).list();
    let finding = match listed {
        Err(_) => {
            let repair = Repair::Words("repair-folder");
            Finding::fail(Topic::Driver, "check-driver-folder", repair)
        }
        Ok(_) if !source.is_driver() => Finding::pass(Topic::Driver, "check-driver-files"),
        Ok(_) if !Path::new(&name).exists() => {
            let repair = Repair::Words("repair-driver");
            Finding::fail(Topic::Driver, "check-driver-missing", repair)
        }
        Ok(listing) => match listing.unreadable.iter().find(|one| one.label == name) {
            Some(broken) => {
                let repair = Repair::Words("repair-driver");
                Finding::fail(Topic::Driver, "check-driver-failed", repair)
                    .with("reason", &broken.error)
            }
            None => Finding::pass(Topic::Driver, "check-driver"),
        },
    };
    finding.with("name", name)
}

fn presence(listing: &Listing) -> Vec<Finding> {
    let mut findings = Vec::new();
    let count = listing.locks.len();
    if count > 0 {
        findings.push(Finding::pass(Topic::Lock, "check-lock").with("count", count));
    } else if listing.unreadable.is_empty() {
        let repair = Repair::Words("repair-insert");
        findings.push(Finding::fail(Topic::Lock, "check-lock-none", repair));
    }
    findings.extend(listing.unreadable.iter().map(|lock| {
        let repair = Repair::Words("repair-reinsert");
        Finding::fail(Topic::Lock, "check-lock-unreadable", repair)
            .with("lock", &lock.label)
            .with("reason", &lock.error)
    }));
    findings
}

fn pin(lock: &LockFacts) -> Finding {
    let finding = match lock.pin.tries {
        Tries::None => Finding::fail(
            Topic::Pin,
            "check-pin-locked",
            Repair::Words("repair-unlock"),
        ),
        Tries::Left(left) if left < FEW_TRIES => {
            Finding::warn(Topic::Pin, "check-pin-few", Repair::Words("repair-pin-few"))
        }
        Tries::Left(_) => Finding::pass(Topic::Pin, "check-pin"),
        Tries::Untold => Finding::pass(Topic::Pin, "check-pin-untold"),
        Tries::Fewer => Finding::warn(
            Topic::Pin,
            "check-pin-fewer",
            Repair::Words("repair-pin-few"),
        ),
        Tries::Last => Finding::warn(
            Topic::Pin,
            "check-pin-last",
            Repair::Words("repair-pin-few"),
        ),
    };
    let left = lock.pin.tries.number().unwrap_or_default();
    finding.with("lock", &lock.label).with("left", left)
}

/// A certificate that can sign and is valid now; else what stands in the way of the first that can sign.
fn signing(lock: &LockFacts, now: i64) -> Finding {
    let able = |one: &&CertificateFacts| {
        one.kind == CertificateKind::Signing && !one.algorithms.is_empty()
    };
    let mut able = lock.certificates.iter().filter(able);
    let first = able.clone().next();
    let current = able.find(|one| is_current(one, now));
    let finding = match current.or(first) {
        Some(facts) => of_signing(facts, now),
        None if lock.sealed => Finding::pass(Topic::Certificate, "check-certificate-sealed"),
        None if lock.only_encrypts() => Finding::fail(
            Topic::Certificate,
            "check-certificate-encryption",
            Repair::Words("repair-signing"),
        ),
        None => Finding::fail(
            Topic::Certificate,
            "check-certificate-none",
            Repair::Words("repair-signing"),
        ),
    };
    finding.with("lock", &lock.label)
}

fn of_signing(facts: &CertificateFacts, now: i64) -> Finding {
    let certificate = &facts.certificate;
    let finding = if certificate.not_before() > now {
        let repair = Repair::Words("repair-clock");
        Finding::fail(Topic::Certificate, "check-certificate-not-yet", repair)
    } else if certificate.not_after() < now {
        let repair = Repair::Words("repair-renew");
        Finding::fail(Topic::Certificate, "check-certificate-expired", repair)
    } else {
        Finding::pass(Topic::Certificate, "check-certificate")
    };
    dated(finding, facts)
}

fn is_current(facts: &CertificateFacts, now: i64) -> bool {
    (facts.certificate.not_before()..=facts.certificate.not_after()).contains(&now)
}

/// Whose certificate it is, of which kind, and from when to when it is valid.
fn dated(finding: Finding, facts: &CertificateFacts) -> Finding {
    finding
        .with("name", facts.subject_name())
        .with("kind", facts.kind.word())
        .with("from", day(facts.certificate.not_before()))
        .with("until", day(facts.certificate.not_after()))
}

fn validity(lock: &LockFacts, facts: &CertificateFacts, now: i64) -> Finding {
    let certificate = &facts.certificate;
    let finding = if certificate.not_before() > now {
        Finding::fail(
            Topic::Validity,
            "check-validity-not-yet",
            Repair::Words("repair-clock"),
        )
    } else {
        match days_left(certificate, now) {
            None => Finding::fail(
                Topic::Validity,
                "check-validity-expired",
                Repair::Words("repair-renew"),
            ),
            Some(days) if days <= REMINDER_DAYS => Finding::warn(
                Topic::Validity,
                "check-validity-soon",
                Repair::Words("repair-renew"),
            )
            .with("days", days),
            Some(days) => Finding::pass(Topic::Validity, "check-validity").with("days", days),
        }
    };
    dated(finding, facts).with("lock", &lock.label)
}
