//! Freezing an enterprise, correcting what it can't correct itself, and opening re-binding (FAQ 10).

use std::time::Duration;

use pki::holder::credit_code::CreditCode;

use super::{OperateError, OperateRefusal, Order, change, find, words};
use crate::audit::AuditKind;
use crate::cx::Cx;
use crate::ending::end_standing;
use crate::enterprise::{Enterprise, EnterpriseState};
use crate::fields::PERSON_MAX;
use crate::key_lock::KeyLock;
use crate::region::RegionCode;
use crate::session::{SessionEnding, Which};
use crate::store::Store;
use crate::timestamp::Timestamp;

/// Longest time for which re-binding is open.
const REBINDING_MAX: Duration = Duration::from_hours(90 * 24);

/// Nobody of the enterprise signs in; what is live ends at once.
pub fn freeze(
    store: &mut dyn Store,
    cx: &Cx,
    code: &CreditCode,
    order: &Order,
) -> Result<(), OperateError> {
    let enterprise = find(store, code)?;
    if enterprise.state == EnterpriseState::Suspended {
        return Err(OperateRefusal::Nothing("the enterprise is frozen already").into());
    }
    let frozen = Enterprise {
        state: EnterpriseState::Suspended,
        ..enterprise
    };
    change(store, cx, &frozen, (order, AuditKind::EnterpriseFrozen, ""))?;
    let ending = (Which::All, SessionEnding::EndedByOperator);
    end_standing(store, cx, &frozen.id, ending)?;
    Ok(())
}

/// The enterprise may sign in again; nothing that ended comes back.
pub fn unfreeze(
    store: &mut dyn Store,
    cx: &Cx,
    code: &CreditCode,
    order: &Order,
) -> Result<(), OperateError> {
    let enterprise = find(store, code)?;
    if enterprise.state == EnterpriseState::Active {
        return Err(OperateRefusal::Nothing("the enterprise is not frozen").into());
    }
    let active = Enterprise {
        state: EnterpriseState::Active,
        ..enterprise
    };
    change(
        store,
        cx,
        &active,
        (order, AuditKind::EnterpriseUnfrozen, ""),
    )
}

/// What an operator corrects against a paper; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct Correction {
    /// 法人代表
    pub legal_representative: Option<String>,
    /// 企业所在地市
    pub region_code: Option<RegionCode>,
}

/// Corrects what is registered of the enterprise. Which fields is an event; what stands in them is not.
pub fn correct(
    store: &mut dyn Store,
    cx: &Cx,
    code: &CreditCode,
    (correction, order): (&Correction, &Order),
) -> Result<(), OperateError> {
    let enterprise = find(store, code)?;
    let mut to = enterprise.clone();
    let mut changed = Vec::new();
    if let Some(name) = &correction.legal_representative {
        to.legal_representative = words("the legal representative", name, PERSON_MAX)?;
        changed.push("legal_representative");
    }
    if let Some(region) = &correction.region_code {
        to.region_code = region.clone();
        changed.push("region_code");
    }
    if to == enterprise {
        return Err(OperateRefusal::Nothing("it is so already").into());
    }
    let changed = changed.join(" ");
    change(
        store,
        cx,
        &to,
        (order, AuditKind::EnterpriseCorrected, &changed),
    )
}

/// Lets the enterprise bind a new primary lock until then. Not while it has one.
pub fn open_rebinding(
    store: &mut dyn Store,
    cx: &Cx,
    code: &CreditCode,
    (until, order): (Timestamp, &Order),
) -> Result<(), OperateError> {
    if until <= cx.now || until > cx.now + REBINDING_MAX {
        return Err(OperateRefusal::RebindingTime.into());
    }
    let enterprise = find(store, code)?;
    let locks = store.list_key_locks(&enterprise.id)?;
    if let Some(primary) = locks.into_iter().find(KeyLock::is_active_primary) {
        return Err(OperateRefusal::HasPrimary(primary.id).into());
    }
    let open = Enterprise {
        rebinding_until: Some(until),
        ..enterprise
    };
    let what = format!("open until {}", until.unix_seconds());
    change(
        store,
        cx,
        &open,
        (order, AuditKind::RebindingChanged, &what),
    )
}

/// Takes that back.
pub fn close_rebinding(
    store: &mut dyn Store,
    cx: &Cx,
    code: &CreditCode,
    order: &Order,
) -> Result<(), OperateError> {
    let enterprise = find(store, code)?;
    if enterprise.rebinding_until.is_none() {
        return Err(OperateRefusal::Nothing("re-binding is not open").into());
    }
    let closed = Enterprise {
        rebinding_until: None,
        ..enterprise
    };
    change(
        store,
        cx,
        &closed,
        (order, AuditKind::RebindingChanged, "closed"),
    )
}
