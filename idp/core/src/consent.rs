//! Consent (确认授权): what an enterprise let a platform have, and how the asking ended.
//!
//! Owns the record (append-only) and the standing consent (one current row per enterprise and
//! platform, so that the login path never reads history).

use protocol::scope::{ClaimSet, ScopeSet};
use serde::{Deserialize, Serialize};

use crate::consent_statement::ConsentSigner;
use crate::id::{ConsentId, EnterpriseId, KeyLockId, PlatformId};
use crate::timestamp::Timestamp;

/// Version of the list of claims each scope opens. Raise it when `protocol::scope` changes.
pub const CLAIMS_VERSION: u32 = 1;

/// Version of the wording on the consent page. Raise it when the wording changes.
pub const TEXT_VERSION: u32 = 2;

/// How the asking ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentOutcome {
    /// 确认授权
    Granted,
    /// 拒绝
    Refused,
    /// Taken back from the account pages.
    Revoked,
}

impl ConsentOutcome {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Refused => "refused",
            Self::Revoked => "revoked",
        }
    }

    /// The outcome a stored word names.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Granted, Self::Refused, Self::Revoked]
            .into_iter()
            .find(|o| o.as_str() == word)
    }
}

/// One asking, recorded once and never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRecord {
    /// Identifier.
    pub id: ConsentId,
    /// Who was asked.
    pub enterprise_id: EnterpriseId,
    /// With which lock it was signed in.
    pub key_lock_id: KeyLockId,
    /// Who would receive the data.
    pub platform_id: PlatformId,
    /// What was shown; the claims follow from it and the version.
    pub scopes: ScopeSet,
    /// Claims that were shown one by one, beyond those.
    pub claims: ClaimSet,
    /// [`CLAIMS_VERSION`] at that time.
    pub claims_version: u32,
    /// [`TEXT_VERSION`] at that time.
    pub text_version: u32,
    /// Language of the page (BCP 47).
    pub language: String,
    /// How it ended.
    pub outcome: ConsentOutcome,
    /// When it ended.
    pub at: Timestamp,
}

/// The consent in force for one enterprise at one platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingConsent {
    /// Whose.
    pub enterprise_id: EnterpriseId,
    /// For whom.
    pub platform_id: PlatformId,
    /// The record it came from.
    pub consent_id: ConsentId,
    /// What it covers.
    pub scopes: ScopeSet,
    /// Claims it covers beyond those.
    pub claims: ClaimSet,
    /// Which list of claims it was given under.
    pub claims_version: u32,
    /// When it was given.
    pub granted_at: Timestamp,
    /// Set when the enterprise took it back.
    pub revoked_at: Option<Timestamp>,
    /// Who signed its text.
    pub signed_by: ConsentSigner,
}

impl StandingConsent {
    /// Whether it answers a request for `scopes` and `claims` at `now`, remembered for `days`.
    pub fn covers(
        &self,
        (scopes, claims): (&ScopeSet, &ClaimSet),
        days: u16,
        now: Timestamp,
    ) -> bool {
        let lifetime = std::time::Duration::from_secs(u64::from(days) * 86_400);
        self.revoked_at.is_none()
            && self.claims_version == CLAIMS_VERSION
            && self.scopes.includes(scopes)
            && claims.is_within(&self.scopes, &self.claims)
            && now < self.granted_at + lifetime
    }
}

/// What the consent page showed, remembered while the person reads: the answer can't change it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentOffer {
    /// The browser session that was shown it.
    pub session: String,
    /// Who is asked.
    pub enterprise_id: EnterpriseId,
    /// With which lock.
    pub key_lock_id: KeyLockId,
    /// Who would receive the data.
    pub platform_id: PlatformId,
    /// What it would receive.
    pub scopes: ScopeSet,
    /// Claims it would receive beyond those.
    pub claims: ClaimSet,
    /// Language of the page.
    pub language: String,
    /// The text that is agreed to, to the octet.
    #[serde(default)]
    pub statement: String,
    /// The waiting authorization request, when the platform began; absent from the portal.
    pub request: Option<String>,
}

/// A consent just given at the portal: lets the platform's own request through, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreshConsent {
    /// The record.
    pub consent_id: ConsentId,
    /// Who gave it.
    pub enterprise_id: EnterpriseId,
    /// With which lock.
    pub key_lock_id: KeyLockId,
    /// What it covers.
    pub scopes: ScopeSet,
    /// Claims it covers beyond those.
    pub claims: ClaimSet,
    /// Who signed its text.
    #[serde(default)]
    pub signed_by: ConsentSigner,
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: std::time::Duration = std::time::Duration::from_hours(24);
    const GIVEN: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

    fn standing() -> StandingConsent {
        StandingConsent {
            enterprise_id: EnterpriseId::from_text("enterprise"),
            platform_id: PlatformId::from_text("platform"),
            consent_id: ConsentId::from_text("consent"),
            scopes: ScopeSet::of_known_words("openid enterprise"),
            claims: ["phone_number"].into_iter().collect(),
            claims_version: CLAIMS_VERSION,
            granted_at: GIVEN,
            revoked_at: None,
            signed_by: ConsentSigner::Provider,
        }
    }

    fn covers(consent: &StandingConsent, scopes: &ScopeSet, days: u16, now: Timestamp) -> bool {
        consent.covers((scopes, &ClaimSet::default()), days, now)
    }

    #[test]
    fn a_remembered_consent_covers_single_claims_only_where_they_were_shown() {
        let scopes = ScopeSet::of_known_words("openid");
        let covers = |claim: &str| {
            let claims: ClaimSet = [claim].into_iter().collect();
            standing().covers((&scopes, &claims), 1, GIVEN)
        };
        assert!(covers("phone_number") && covers("name"));
        assert!(!covers("address"));
    }

    #[test]
    fn a_remembered_consent_covers_no_more_than_was_given_for_no_longer_than_allowed() {
        let asked = ScopeSet::of_known_words("openid enterprise");
        let consent = standing();
        assert!(covers(&consent, &asked, 1, GIVEN + DAY / 2));
        assert!(!covers(&consent, &asked, 1, GIVEN + DAY));
        assert!(!covers(&consent, &asked, 0, GIVEN));
        let more = ScopeSet::of_known_words("openid enterprise contact");
        assert!(!covers(&consent, &more, 1, GIVEN));
    }

    #[test]
    fn a_revoked_or_outdated_consent_covers_nothing() {
        let asked = ScopeSet::of_known_words("openid");
        let revoked = StandingConsent {
            revoked_at: Some(GIVEN),
            ..standing()
        };
        let outdated = StandingConsent {
            claims_version: CLAIMS_VERSION + 1,
            ..standing()
        };
        assert!(!covers(&revoked, &asked, 30, GIVEN));
        assert!(!covers(&outdated, &asked, 30, GIVEN));
    }
}
