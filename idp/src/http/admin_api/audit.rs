//! `/api/admin/v1/audit`: what happened, by whatever events name; and `/api/admin/v1/figures`: how often.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::audit::AuditKind;
use idp_core::audit_group::AuditGroup;
use idp_core::id::{ConsentId, GrantId, IncidentId, KeyLockId, OperatorId, PlatformId, SessionId};
use idp_core::inspect::{dashboard, look_at_event};
use idp_core::listing::{AuditFilter, List};
use idp_core::operator::Right;
use serde_json::json;

use super::caller::{given, read};
use super::enterprises::{credit_code, find};
use super::query::{Query, failed, misunderstood, not_found};
use crate::event_table::Format;
use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::http::file::audit_export;
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

/// `GET /api/admin/v1/audit/export?format=`: what was found, as a file. That it is given out is an event.
pub async fn export(visit: Visit, request: HttpRequest) -> HttpResponse {
    given(&visit, &request, Right::SeeAudit, async |_, mandate| {
        let query = Query::read(&request, &[&NARROWED[..], &["format"]].concat())?;
        let format = query.named("format", Format::of_word)?;
        let format = format.ok_or(misunderstood())?;
        let filter = filter(&visit, &query).await?;
        audit_export(&visit, mandate, (filter, format)).await
    })
    .await
}

/// `GET /api/admin/v1/audit/{sequence}`: one event, with its place in the log.
pub async fn show(visit: Visit, request: HttpRequest, sequence: web::Path<String>) -> HttpResponse {
    read(&visit, &request, &[Right::SeeAudit], async |_| {
        Query::read(&request, &[])?;
        let sequence: i64 = sequence.parse().or(Err(not_found()))?;
        let database = &visit.state.database;
        let found = database
            .read(move |store| look_at_event(store, sequence))
            .await?;
        let sight = found.ok_or(not_found())?;
        let mut told = audit::event(&sight.entry);
        if let Some(members) = told.as_object_mut() {
            members.insert("index".to_owned(), json!(sight.index));
            members.insert("is_as_written".to_owned(), json!(sight.is_as_written));
        }
        Ok(told)
    })
    .await
}

async fn filter(visit: &Visit, query: &Query) -> Result<AuditFilter, Failure> {
    let enterprise = match query.word("enterprise") {
        None => None,
        Some(code) => Some(find(visit, credit_code(code)?).await?),
    };
    let kinds = query.named("kind", kinds)?;
    Ok(AuditFilter {
        from: query.moment("from")?,
        until: query.moment("until")?,
        kinds: kinds.unwrap_or_default(),
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

/// Several are separated by commas; the name of a group stands for all of it.
fn kinds(words: &str) -> Option<Vec<AuditKind>> {
    let mut kinds = Vec::new();
    for word in words.split(',') {
        match AuditGroup::of_word(word) {
            Some(group) => kinds.extend(group.kinds()),
            None => kinds.push(AuditKind::of_word(word)?),
        }
    }
    Some(kinds)
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
