//! `/api/admin/v1/audit`: what happened, by whatever events name; and `/api/admin/v1/figures`: how often.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse};
use idp_core::audit::AuditKind;
use idp_core::id::{ConsentId, GrantId, IncidentId, KeyLockId, OperatorId, PlatformId, SessionId};
use idp_core::inspect::dashboard;
use idp_core::listing::{AuditFilter, List};
use idp_core::operator::Right;

use super::caller::read;
use super::enterprises::{credit_code, find};
use super::query::{Query, failed, misunderstood};
use crate::clock;
use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::shapes::{self, audit, figures};

/// What events are narrowed by: each name once, all of them at once.
const NARROWED: [&str; 13] = [
    "from",
    "until",
    "kind",
    "reason",
    "enterprise",
    "lock",
    "platform",
    "operator",
    "session",
    "consent",
    "grant",
    "incident",
    "address",
];

/// Days that figures are told of at most.
const DAYS_MAX: u32 = 31;

/// What is told of figures to those alone who see what they count.
const PARTS: [(&str, Right); 4] = [
    ("signing_keys", Right::SeeAuthorities),
    ("sign_outs", Right::SeePlatforms),
    ("notifications", Right::SeeEnterprises),
    ("locks_ending", Right::SeeEnterprises),
];

/// `GET /api/admin/v1/audit`: newest first. `cut`: the look ended early, and goes on with `next`.
pub async fn search(visit: Visit, request: HttpRequest) -> HttpResponse {
    read(&visit, &request, &[Right::SeeAudit], async |_| {
        let query = Query::of_list(&request, &NARROWED)?;
        let filter = filter(&visit, &query).await?;
        let ask = query.ask(List::Audit)?;
        let database = &visit.state.database;
        let page = database
            .read(move |store| store.page_audit(&filter, &ask))
            .await?;
        Ok(shapes::page((&page, List::Audit), audit::event))
    })
    .await
}

async fn filter(visit: &Visit, query: &Query) -> Result<AuditFilter, Failure> {
    let enterprise = match query.word("enterprise") {
        None => None,
        Some(code) => Some(find(visit, credit_code(code)?).await?),
    };
    // Several kinds are separated by commas.
    let kinds = query.word("kind").map(|words| {
        let kinds = words.split(',').map(AuditKind::of_word);
        kinds.collect::<Option<Vec<_>>>().ok_or(misunderstood())
    });
    Ok(AuditFilter {
        from: query.named("from", |word| clock::read_rfc3339(word).ok())?,
        until: query.named("until", |word| clock::read_rfc3339(word).ok())?,
        kinds: kinds.transpose()?.unwrap_or_default(),
        reason: query.word("reason").map(str::to_owned),
        enterprise,
        key_lock: query.word("lock").map(KeyLockId::from_text),
        platform: query.word("platform").map(PlatformId::from_text),
        operator: query.word("operator").map(OperatorId::from_text),
        session: query.word("session").map(SessionId::from_text),
        consent: query.word("consent").map(ConsentId::from_text),
        grant: query.word("grant").map(GrantId::from_text),
        incident: query.word("incident").map(IncidentId::from_text),
        remote_address: query.word("address").map(str::to_owned),
    })
}

/// `GET /api/admin/v1/figures?days=`: what the overview shows, and of it what the caller sees.
pub async fn count(visit: Visit, request: HttpRequest) -> HttpResponse {
    read(&visit, &request, &[], async |caller| {
        let query = Query::read(&request, &["days"])?;
        let days = query.named("days", |word| {
            word.parse()
                .ok()
                .filter(|days| (1..=DAYS_MAX).contains(days))
        })?;
        let (now, back) = (visit.cx.now, Duration::from_hours(24) * days.unwrap_or(1));
        let database = &visit.state.database;
        let seen = database
            .read(move |store| dashboard(store, now, back))
            .await
            .map_err(failed)?;
        let mut told = figures::whole(&seen);
        if let Some(members) = told.as_object_mut() {
            let hidden = PARTS.iter().filter(|(_, right)| !caller.may(*right));
            for (member, _) in hidden {
                members.remove(*member);
            }
        }
        Ok(told)
    })
    .await
}
