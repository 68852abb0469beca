//! A website that may ask for signatures: can it be reached, is it a provider, and does its clock agree?

use std::time::{Duration, SystemTime};

use url::Url;

use super::{Finding, Repair, Topic};
use crate::assistant::web::{Fetched, Web, WebFailure};
use crate::service::Origin;

/// No honest description of a provider is longer.
const LONGEST_ANSWER: usize = 256 * 1024;

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// From here on challenges and tokens of minutes begin to fail.
const CLOCK_FAILS: u64 = 120;
const CLOCK_WARNS: u64 = 30;

/// Asks the website for the description that every OpenID provider has (OpenID Connect Discovery §4).
pub async fn of_portal(origin: &Origin) -> Vec<Finding> {
    let asked = in_time(ask(origin)).await;
    let findings = match asked {
        Ok((fetched, now)) => vec![provider(&fetched, origin), clock(&fetched, now)],
        Err(failure) => vec![unreachable(failure)],
    };
    let name = |finding: Finding| finding.with("origin", origin);
    findings.into_iter().map(name).collect()
}

async fn in_time<T>(asking: impl Future<Output = Result<T, WebFailure>>) -> Result<T, WebFailure> {
    actix_web::rt::time::timeout(PATIENCE, asking)
        .await
        .unwrap_or(Err(WebFailure::TimedOut))
}

async fn ask(origin: &Origin) -> Result<(Fetched, SystemTime), WebFailure> {
    let place = format!("{origin}/.well-known/openid-configuration");
    let place = Url::parse(&place).or(Err(WebFailure::Unprotected))?;
    let fetched = Web::to(&place)?.fetch(&place, LONGEST_ANSWER).await?;
    Ok((fetched, SystemTime::now()))
}

fn provider(fetched: &Fetched, origin: &Origin) -> Finding {
    let description: Option<serde_json::Value> = serde_json::from_slice(&fetched.body).ok();
    let issuer = description
        .as_ref()
        .and_then(|description| description.get("issuer")?.as_str());
    match issuer.and_then(|issuer| Url::parse(issuer).ok()) {
        Some(issuer) if issuer.origin().ascii_serialization() == origin.as_str() => {
            Finding::pass(Topic::Portal, "check-portal")
        }
        _ => Finding::warn(
            Topic::Portal,
            "check-portal-no-provider",
            Repair::Words("repair-administrator"),
        ),
    }
}

fn clock(fetched: &Fetched, now: SystemTime) -> Finding {
    let Some(date) = fetched.date else {
        let repair = Repair::Words("repair-administrator");
        return Finding::warn(Topic::Clock, "check-clock-untold", repair);
    };
    let apart = match now.duration_since(date) {
        Ok(behind) => behind,
        Err(ahead) => ahead.duration(),
    };
    let seconds = apart.as_secs();
    let repair = Repair::Words("repair-clock");
    let finding = if seconds >= CLOCK_FAILS {
        Finding::fail(Topic::Clock, "check-clock-off", repair)
    } else if seconds >= CLOCK_WARNS {
        Finding::warn(Topic::Clock, "check-clock-off", repair)
    } else {
        Finding::pass(Topic::Clock, "check-clock")
    };
    finding.with("seconds", seconds)
}

fn unreachable(failure: WebFailure) -> Finding {
    let (text, repair) = match failure {
        WebFailure::Unprotected => ("check-portal-unprotected", "repair-administrator"),
        WebFailure::TimedOut => ("check-portal-timed-out", "repair-network"),
        WebFailure::Untrusted => ("check-portal-untrusted", "repair-trust"),
        WebFailure::Unreachable => ("check-portal-unreachable", "repair-network"),
        WebFailure::TooLong => ("check-portal-too-long", "repair-administrator"),
        WebFailure::Status(_) => ("check-portal-status", "repair-administrator"),
    };
    let finding = Finding::fail(Topic::Portal, text, Repair::Words(repair));
    match failure {
        WebFailure::Status(status) => finding.with("status", status),
        _ => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn fetched(body: &str, date: Option<SystemTime>) -> Fetched {
        Fetched {
            date,
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn a_clock_that_is_off_is_told_in_both_directions() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(500_000);
        for (seconds, verdict) in [
            (0, Verdict::Pass),
            (45, Verdict::Warn),
            (400, Verdict::Fail),
        ] {
            for date in [
                now + Duration::from_secs(seconds),
                now - Duration::from_secs(seconds),
            ] {
                let finding = clock(&fetched("", Some(date)), now);
                assert_eq!(
                    (finding.verdict, finding.facts["seconds"].as_str()),
                    (verdict, seconds.to_string().as_str())
                );
            }
        }
        assert_eq!(clock(&fetched("", None), now).verdict, Verdict::Warn);
    }

    #[test]
    fn only_a_description_of_this_very_origin_makes_a_provider() {
        let origin = "https://idp.example".parse().unwrap();
        let verdict = |body: &str| provider(&fetched(body, None), &origin).verdict;
        assert_eq!(
            verdict("{\"issuer\":\"https://idp.example\"}"),
            Verdict::Pass
        );
        for body in [
            "",
            "<html>",
            "{}",
            "{\"issuer\":\"https://evil.example\"}",
            "{\"issuer\":1}",
        ] {
            assert_eq!(verdict(body), Verdict::Warn, "{body}");
        }
    }
}
