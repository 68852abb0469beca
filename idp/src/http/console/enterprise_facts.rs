//! What is done to an enterprise, line by line: whose, to what of it, and what comes of it. Owns no text.

use actix_web::http::StatusCode;
use idp_core::enterprise::Enterprise;
use idp_core::evidence::EvidenceFacts;
use idp_core::id::{KeyLockId, PlatformId, SessionId};
use idp_core::key_lock::KeyLock;
use idp_core::session::SessionRecord;
use idp_core::store::StoreError;
use pki::holder::credit_code::CreditCode;
use protocol::claims::LockRole;

use super::enterprises::region;
use super::facts::{Shown, word};
use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::http::page::{moment, platform_name};
use crate::operating::EnterpriseAct;
use crate::view::console::Fact;

/// What is shown of an act before it is signed.
pub async fn of_act(
    visit: &Visit,
    code: &CreditCode,
    what: &EnterpriseAct,
) -> Result<Shown, Failure> {
    let sought = code.clone();
    let database = &visit.state.database;
    let found = database
        .read(move |store| store.find_enterprise_by_credit_code(&sought))
        .await?;
    let unknown = Failure::refused(StatusCode::NOT_FOUND, "enterprise-unknown");
    let enterprise = found.ok_or(unknown)?;
    let mut facts = of_enterprise(visit, &enterprise);
    facts.extend(of_part(visit, &enterprise, what).await?);
    facts.extend(of_itself(visit, &enterprise, what));
    let does = format!("act-does-{}", what.code());
    facts.push(Fact::new("act-effect", word(visit, &does)));
    let warnings = match what {
        EnterpriseAct::Rename { evidence, .. } if is_strange(evidence) => {
            vec![word(visit, "evidence-unknown-type")]
        }
        _ => Vec::new(),
    };
    Ok(Shown { facts, warnings })
}

fn is_strange(evidence: &EvidenceFacts) -> bool {
    evidence.media_type == "application/octet-stream"
}

/// Whose it is.
pub fn of_enterprise(visit: &Visit, enterprise: &Enterprise) -> Vec<Fact> {
    vec![
        Fact::new("claim-name", &enterprise.name),
        Fact::code("claim-credit_code", enterprise.credit_code.as_str()),
        Fact::new("claim-region_code", region(visit, &enterprise.region_code)),
    ]
}

/// What the act itself says, beside what stands there now.
fn of_itself(visit: &Visit, enterprise: &Enterprise, what: &EnterpriseAct) -> Vec<Fact> {
    match what {
        EnterpriseAct::OpenRebinding { days } => {
            vec![Fact::new("enterprise-days", days.to_string())]
        }
        EnterpriseAct::Rename { new_name, evidence } => vec![
            Fact::new("rename-new", new_name).instead_of(&enterprise.name),
            Fact::new("evidence-name", &evidence.name),
            Fact::code("evidence-type", &evidence.media_type),
            Fact::new("evidence-octets", evidence.octets.to_string()),
            Fact::code("evidence-sha256", &evidence.sha256),
        ],
        EnterpriseAct::Correct {
            legal_representative,
            region_code,
        } => {
            let name = legal_representative.as_ref().map(|name| {
                Fact::new("claim-legal_representative", name)
                    .instead_of(&enterprise.legal_representative)
            });
            let place = region_code.as_ref().map(|code| {
                Fact::new("claim-region_code", region(visit, code))
                    .instead_of(region(visit, &enterprise.region_code))
            });
            name.into_iter().chain(place).collect()
        }
        EnterpriseAct::Erase {
            with_evidence: true,
        } => vec![Fact::new(
            "rename-evidence",
            word(visit, "enterprise-with-evidence"),
        )],
        _ => Vec::new(),
    }
}

/// What the part of the enterprise is that the act is about; nothing where it has no such part, or it is about all of it.
pub async fn of_part(
    visit: &Visit,
    enterprise: &Enterprise,
    what: &EnterpriseAct,
) -> Result<Vec<Fact>, Failure> {
    match what {
        EnterpriseAct::EndSignIn { session } => of_session(visit, enterprise, session).await,
        EnterpriseAct::TakeConsentBack { platform } => {
            of_consent(visit, enterprise, platform).await
        }
        what => match what.lock() {
            Some(lock) => find_lock(visit, enterprise, lock).await,
            None => Ok(Vec::new()),
        },
    }
}

async fn find_lock(
    visit: &Visit,
    enterprise: &Enterprise,
    id: &KeyLockId,
) -> Result<Vec<Fact>, Failure> {
    let id = id.clone();
    let database = &visit.state.database;
    let found = database.read(move |store| store.find_key_lock(&id)).await?;
    let own = found.filter(|lock| lock.enterprise_id == enterprise.id);
    Ok(own.map_or_else(Vec::new, |lock| of_lock(visit, &lock)))
}

async fn of_session(
    visit: &Visit,
    enterprise: &Enterprise,
    id: &SessionId,
) -> Result<Vec<Fact>, Failure> {
    let id = id.clone();
    let database = &visit.state.database;
    let found = database
        .read(move |store| store.find_session_standing(&id))
        .await?;
    let own = found.filter(|found| found.enterprise.id == enterprise.id);
    let Some(own) = own else {
        return Ok(Vec::new());
    };
    let written = |at| visit.locale.date_time(moment(at));
    let session: &SessionRecord = &own.session;
    let mut facts = vec![
        Fact::new("sessions-begun", written(session.begun_at)),
        Fact::new("sessions-seen", written(session.seen_at)),
        Fact::code("claim-key_number", &own.key_lock.key_number),
    ];
    for (key, value) in [
        ("sessions-address", &session.remote_address),
        ("sessions-agent", &session.user_agent),
    ] {
        let value = value.as_ref();
        facts.extend(value.map(|value| Fact::new(key, value)));
    }
    Ok(facts)
}

async fn of_consent(
    visit: &Visit,
    enterprise: &Enterprise,
    id: &PlatformId,
) -> Result<Vec<Fact>, Failure> {
    let (id, enterprise) = (id.clone(), enterprise.id.clone());
    let database = &visit.state.database;
    let (consent, platform) = database
        .read(move |store| {
            let consent = store.find_standing_consent(&enterprise, &id)?;
            Ok::<_, StoreError>((consent, store.find_platform(&id)?))
        })
        .await?;
    let Some(consent) = consent.filter(|consent| consent.revoked_at.is_none()) else {
        return Ok(Vec::new());
    };
    let name = platform
        .as_ref()
        .map_or(consent.platform_id.as_str(), |one| {
            platform_name(one, visit.locale)
        });
    Ok(vec![
        Fact::new("event-platform", name),
        Fact::code("consent-scopes", consent.scopes.to_string()),
        Fact::new(
            "consents-since",
            visit.locale.date_time(moment(consent.granted_at)),
        ),
    ])
}

/// What tells a lock from another one.
fn of_lock(visit: &Visit, lock: &KeyLock) -> Vec<Fact> {
    let role = word(visit, &format!("lock-role-{}", role(lock.role)));
    let mut facts = vec![
        Fact::code("claim-key_number", &lock.key_number),
        Fact::new("claim-lock_role", role),
        Fact::new("claim-certificate_issuer", &lock.ca_name),
        Fact::code("claim-certificate_serial_number", &lock.serial_number),
        Fact::new(
            "claim-certificate_not_after",
            visit.locale.date(moment(lock.not_after)),
        ),
    ];
    if let Some(media) = &lock.media_number {
        facts.insert(1, Fact::code("claim-media_number", media));
    }
    facts
}

/// The word of a role.
pub const fn role(role: LockRole) -> &'static str {
    match role {
        LockRole::Primary => "primary",
        LockRole::Secondary => "secondary",
    }
}
