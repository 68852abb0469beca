//! `GET /console/enterprises/{credit_code}`: one enterprise, whole.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::audit_group::AuditGroup;
use idp_core::enterprise::{Enterprise, EnterpriseState};
use idp_core::inspect::{Sight, SightAsk, look_at};
use idp_core::key_lock::{KeyLock, KeyLockState};
use idp_core::listing::{AuditFilter, List};
use idp_core::operator::Right;
use idp_core::session::LiveSince;
use pki::holder::credit_code::CreditCode;
use protocol::claims::{LockRole, SubjectType};

use super::ENTERPRISES;
use super::asked::{choices, invalid};
use super::bench::{bench, frame};
use super::enterprise_rows::{consent_row, lock_row, rename_row, sign_in_row};
use super::enterprises::region;
use super::events::{self, Shown};
use super::paging::{asked, cursor, pager};
use super::shown::{not_found, show as show_page};
use crate::http::error::Failure;
use crate::http::extract::{Desk, Visit};
use crate::http::page::{moment, subject_type};
use crate::view::Frame;
use crate::view::console::{EnterprisePage, Fact};

/// Events on one page.
const EVENTS: u32 = 30;

/// `GET /console/enterprises/{credit_code}`
pub async fn show(visit: Visit, request: HttpRequest, code: web::Path<String>) -> HttpResponse {
    show_page(&visit, &request, &[Right::SeeEnterprises], async |desk| {
        let group = asked(&request, "kinds").unwrap_or_default();
        let kinds = match group.as_str() {
            "" => Vec::new(),
            word => AuditGroup::of_word(word)
                .ok_or(invalid())?
                .kinds()
                .collect(),
        };
        let ask = SightAsk {
            live: LiveSince::at(&visit.cx.settings, visit.cx.now),
            events: AuditFilter {
                kinds,
                ..AuditFilter::default()
            },
            cursor: cursor(&request),
            size: EVENTS,
        };
        let sight = sight(&visit, &code, ask).await?;
        Ok(page(&visit, desk, (&sight, &group)))
    })
    .await
}

/// Looks at the enterprise that an address names.
pub async fn sight(visit: &Visit, code: &str, ask: SightAsk) -> Result<Sight, Failure> {
    let code: CreditCode = code.parse().map_err(|_malformed| not_found())?;
    let database = &visit.state.database;
    let found = database
        .read(move |store| look_at(store, &code, &ask))
        .await?;
    let unknown = Failure::refused(StatusCode::NOT_FOUND, "enterprise-unknown");
    found.ok_or(unknown)
}

fn page(visit: &Visit, desk: &Desk, (sight, group): (&Sight, &str)) -> HttpResponse {
    let enterprise = &sight.enterprise;
    let code = enterprise.credit_code.as_str();
    let may_change = desk.may(Right::ChangeEnterprises);
    let at = format!("{ENTERPRISES}/{code}");
    let groups = events::groups(visit);
    let locks: BTreeMap<_, _> = sight.locks.iter().map(|lock| (&lock.id, lock)).collect();
    let shown = Shown {
        names: &sight.timeline.names,
        with_enterprise: false,
        with_link: desk.may(Right::SeeAudit),
    };
    let found = &sight.timeline.page;
    let frame = frame(visit, desk);
    let page = EnterprisePage {
        bench: bench(desk),
        code,
        name: &enterprise.name,
        state: enterprise.state.as_str(),
        facts: facts(visit, &frame, enterprise),
        acts: if may_change { acts(sight) } else { Vec::new() },
        locks: (sight.locks.iter())
            .map(|lock| lock_row(visit, lock, lock_acts(visit, lock, sight)))
            .collect(),
        sign_ins: (sight.sign_ins.iter())
            .map(|one| sign_in_row(visit, one, &locks))
            .collect(),
        consents: (sight.consents.iter())
            .map(|one| consent_row(visit, one, &sight.platforms))
            .collect(),
        renames: (sight.renames.iter())
            .map(|one| rename_row(visit, one))
            .collect(),
        events: (found.items.iter())
            .map(|entry| events::row(visit, entry, shown))
            .collect(),
        groups: choices(&groups),
        group,
        pager: pager(
            (found, List::Audit),
            (&at, &[("kinds", group)]),
            "#timeline",
        ),
        may_change,
        frame,
    };
    visit.html(StatusCode::OK, page.render())
}

/// What is registered.
fn facts(visit: &Visit, frame: &Frame<'_>, enterprise: &Enterprise) -> Vec<Fact> {
    let types: Vec<_> = (enterprise.subject_types.iter())
        .map(|one: &SubjectType| subject_type(frame, *one))
        .collect();
    let mut facts = vec![
        Fact::code("claim-credit_code", enterprise.credit_code.as_str()),
        Fact::new("claim-region_code", region(visit, &enterprise.region_code)),
        Fact::new("claim-subject_types", types.join(" · ")),
        Fact::new(
            "claim-legal_representative",
            &enterprise.legal_representative,
        ),
    ];
    for (key, value) in [
        ("claim-phone_number", &enterprise.phone),
        ("enterprise-email", &enterprise.contact_email),
        ("claim-address", &enterprise.address),
    ] {
        let value = value.as_ref();
        facts.extend(value.map(|value| Fact::new(key, value)));
    }
    let written = |at| visit.locale.date_time(moment(at));
    facts.push(Fact::new(
        "enterprise-since",
        written(enterprise.created_at),
    ));
    if let Some(until) = enterprise.rebinding_until {
        facts.push(Fact::new("enterprise-rebinding", written(until)));
    }
    facts
}

/// What may be done to all of it as it stands.
pub fn acts(sight: &Sight) -> Vec<&'static str> {
    let enterprise = &sight.enterprise;
    let mut acts = vec![match enterprise.state {
        EnterpriseState::Active => "freeze",
        EnterpriseState::Suspended => "unfreeze",
    }];
    if enterprise.rebinding_until.is_some() {
        acts.push("close-rebinding");
    } else if !sight.locks.iter().any(KeyLock::is_active_primary) {
        acts.push("open-rebinding");
    }
    acts.extend([
        "rename",
        "correct",
        "end-all-sign-ins",
        "export-personal-data",
    ]);
    let is_in_use = |lock: &KeyLock| lock.state == KeyLockState::Active;
    if !sight.locks.iter().any(is_in_use) {
        acts.push("erase");
    }
    acts
}

/// What may be done to a lock as it stands.
pub fn lock_acts(visit: &Visit, lock: &KeyLock, sight: &Sight) -> Vec<&'static str> {
    match lock.state {
        KeyLockState::Active => {
            let mut acts = vec!["lock-lost", "remove-lock"];
            let has_primary = sight.locks.iter().any(KeyLock::is_active_primary);
            let unfit = lock.unfit(&sight.enterprise.name, visit.cx.now);
            if lock.role == LockRole::Secondary && !has_primary && unfit.is_none() {
                acts.push("promote-lock");
            }
            acts.push("end-sign-ins-of-lock");
            acts
        }
        KeyLockState::Removed => vec!["lock-lost"],
        KeyLockState::Lost | KeyLockState::Revoked => Vec::new(),
    }
}
