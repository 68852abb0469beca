//! What is listed of each list. What is absent of a filter narrows nothing.

use crate::audit::AuditKind;
use crate::consent::ConsentOutcome;
use crate::enterprise::EnterpriseState;
use crate::id::{
    CaId, ConsentId, EnterpriseId, GrantId, IncidentId, KeyLockId, OperatorId, PlatformId,
    SessionId,
};
use crate::key_lock::KeyLockState;
use crate::logout_delivery::DeliveryStage;
use crate::region::RegionCode;
use crate::session::LiveSince;
use crate::timestamp::Timestamp;

/// Which enterprises.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnterpriseFilter {
    /// In this state.
    pub state: Option<EnterpriseState>,
    /// In one of these regions; none: in any.
    pub regions: Vec<RegionCode>,
}

/// Which locks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyLockFilter {
    /// Of this enterprise.
    pub enterprise: Option<EnterpriseId>,
    /// In this state.
    pub state: Option<KeyLockState>,
    /// Issued by this CA.
    pub ca: Option<CaId>,
}

/// Which sign-ins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionFilter {
    /// Of this enterprise.
    pub enterprise: Option<EnterpriseId>,
    /// With this lock.
    pub key_lock: Option<KeyLockId>,
    /// Not ended, begun and seen after these moments.
    pub live: Option<LiveSince>,
    /// Ended, or begun or last seen before these moments.
    pub past: Option<LiveSince>,
    /// Begun from this moment on.
    pub from: Option<Timestamp>,
    /// Begun before this moment.
    pub until: Option<Timestamp>,
    /// From this address.
    pub remote_address: Option<String>,
}

/// Which askings for consent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsentFilter {
    /// Of this enterprise.
    pub enterprise: Option<EnterpriseId>,
    /// For this platform.
    pub platform: Option<PlatformId>,
    /// That ended so.
    pub outcome: Option<ConsentOutcome>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// Which grants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantFilter {
    /// Of this enterprise.
    pub enterprise: Option<EnterpriseId>,
    /// To this platform.
    pub platform: Option<PlatformId>,
    /// Not revoked.
    pub standing: bool,
}

/// Which tellings of platforms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// In this stage.
    pub stage: Option<DeliveryStage>,
    /// Of this platform.
    pub platform: Option<PlatformId>,
}

/// Which notifications.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotificationFilter {
    /// In this stage.
    pub stage: Option<DeliveryStage>,
    /// To this enterprise.
    pub enterprise: Option<EnterpriseId>,
}

/// Which events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Of one of these kinds; none: of any.
    pub kinds: Vec<AuditKind>,
    /// With exactly this reason.
    pub reason: Option<String>,
    /// Of this enterprise.
    pub enterprise: Option<EnterpriseId>,
    /// With this lock.
    pub key_lock: Option<KeyLockId>,
    /// At this platform.
    pub platform: Option<PlatformId>,
    /// By this operator.
    pub operator: Option<OperatorId>,
    /// In this sign-in.
    pub session: Option<SessionId>,
    /// On this consent.
    pub consent: Option<ConsentId>,
    /// On this grant.
    pub grant: Option<GrantId>,
    /// Named so on an error page.
    pub incident: Option<IncidentId>,
    /// From this address.
    pub remote_address: Option<String>,
}

impl AuditFilter {
    /// In words, for whoever reads later what was looked for; empty: everything.
    pub fn to_words(&self) -> String {
        let moment = |at: Option<Timestamp>| at.map(|at| at.unix_seconds().to_string());
        let kinds: Vec<_> = self.kinds.iter().map(|kind| kind.as_str()).collect();
        let id = |id: Option<&str>| id.map(str::to_owned);
        let said = [
            ("from", moment(self.from)),
            ("until", moment(self.until)),
            (
                "enterprise",
                id(self.enterprise.as_ref().map(EnterpriseId::as_str)),
            ),
            ("lock", id(self.key_lock.as_ref().map(KeyLockId::as_str))),
            (
                "platform",
                id(self.platform.as_ref().map(PlatformId::as_str)),
            ),
            (
                "operator",
                id(self.operator.as_ref().map(OperatorId::as_str)),
            ),
            ("session", id(self.session.as_ref().map(SessionId::as_str))),
            ("consent", id(self.consent.as_ref().map(ConsentId::as_str))),
            ("grant", id(self.grant.as_ref().map(GrantId::as_str))),
            (
                "incident",
                id(self.incident.as_ref().map(IncidentId::as_str)),
            ),
            ("address", self.remote_address.clone()),
            ("reason", self.reason.clone()),
            ("kinds", (!kinds.is_empty()).then(|| kinds.join(","))),
        ];
        let words = said
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name} {}", value?)));
        words.collect::<Vec<_>>().join(" ")
    }
}
