//! What is done to an enterprise, line by line: whose, which lock, and what comes of it. Owns no text.

use idp_core::enterprise::Enterprise;
use idp_core::id::KeyLockId;
use idp_core::key_lock::KeyLock;
use idp_core::store::StoreError;
use pki::holder::credit_code::CreditCode;
use protocol::claims::LockRole;

use super::enterprises::region;
use super::facts::word;
use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::http::page::moment;
use crate::operating::EnterpriseAct;
use crate::view::console::Fact;

/// The lines of an act.
pub async fn of_act(
    visit: &Visit,
    code: &CreditCode,
    what: &EnterpriseAct,
) -> Result<Vec<Fact>, Failure> {
    let (enterprise, lock) = stand(visit, code, what.lock()).await?;
    let mut facts = vec![
        Fact::new("claim-name", &enterprise.name),
        Fact::code("claim-credit_code", enterprise.credit_code.as_str()),
        Fact::new("claim-region_code", region(visit, &enterprise.region_code)),
    ];
    if let Some(lock) = &lock {
        facts.extend(of_lock(visit, lock));
    }
    facts.extend(more(visit, what));
    let does = format!("act-does-{}", what.code());
    facts.push(Fact::new("act-effect", word(visit, &does)));
    Ok(facts)
}

/// What the act itself says.
fn more(_: &Visit, what: &EnterpriseAct) -> Vec<Fact> {
    match what {
        EnterpriseAct::OpenRebinding { days } => {
            vec![Fact::new("enterprise-days", days.to_string())]
        }
        _ => Vec::new(),
    }
}

/// The enterprise, and the lock where one is named that is its own.
async fn stand(
    visit: &Visit,
    code: &CreditCode,
    lock: Option<&KeyLockId>,
) -> Result<(Enterprise, Option<KeyLock>), Failure> {
    let (code, lock) = (code.clone(), lock.cloned());
    let database = &visit.state.database;
    let found = database
        .read(move |store| {
            let Some(enterprise) = store.find_enterprise_by_credit_code(&code)? else {
                return Ok::<_, StoreError>(None);
            };
            let lock = lock.map(|id| store.find_key_lock(&id)).transpose()?;
            let lock = lock.flatten();
            let own = lock.filter(|lock| lock.enterprise_id == enterprise.id);
            Ok(Some((enterprise, own)))
        })
        .await?;
    let unknown = Failure::refused(actix_web::http::StatusCode::NOT_FOUND, "enterprise-unknown");
    found.ok_or(unknown)
}

/// What tells a lock from another one.
pub fn of_lock(visit: &Visit, lock: &KeyLock) -> Vec<Fact> {
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
