//! [`Store`] over one connection: says which noun answers, and remembers a lost transaction.

use idp_core::audit::{AuditEntry, AuditEvent};
use idp_core::certificate_authority::{
    CaChange, CaChangeEntry, CertificateAuthority, StoredRegistry,
};
use idp_core::consent::{ConsentRecord, StandingConsent};
use idp_core::enterprise::{Enterprise, EnterpriseRename};
use idp_core::grant::{EndedGrant, Grant, GrantStanding};
use idp_core::id::{
    CaId, ConsentId, EnterpriseId, GrantId, KeyId, KeyLockId, LogoutDeliveryId, PlatformId,
    RegistrationTokenId, SessionId,
};
use idp_core::key_lock::{KeyLock, KeyLockState, SupersededCertificate, Thumbprint};
use idp_core::logout_delivery::{DeliveryCounts, DeliveryStage, LogoutDelivery};
use idp_core::platform::Platform;
use idp_core::refresh_token::RefreshToken;
use idp_core::registration::{RegistrationToken, SelfRegistration};
use idp_core::revoked_token::RevokedToken;
use idp_core::session::{LiveSince, SessionEnding, SessionRecord, SessionStanding, Which};
use idp_core::signing_key::SigningKey;
use idp_core::store::{Store, StoreError};
use idp_core::timestamp::Timestamp;
use pki::holder::credit_code::CreditCode;

use crate::database::Connection;
use crate::{
    audit, certificate_authority, consent, enterprise, grant, key_lock, logout_delivery, platform,
    refresh_token, registration, revoked_token, sealed_secret, session, signing_key, superseded,
};

/// What a closure of `read` or `write` works on.
///
/// After the first error nothing more reaches the database: `PostgreSQL` would refuse it anyway, and
/// `SQLite` may have rolled back by itself, so that the next statement would stand alone.
pub(crate) struct Transaction<'a> {
    connection: &'a mut Connection,
    lost: bool,
    /// Whether a platform was written, so that what is remembered of them does not count any more.
    pub(crate) changed_platforms: bool,
}

impl<'a> Transaction<'a> {
    pub(crate) fn over(connection: &'a mut Connection) -> Self {
        Self {
            connection,
            lost: false,
            changed_platforms: false,
        }
    }

    /// Whether a query failed, even when the caller passed over it.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost
    }

    fn run<T>(
        &mut self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.lost {
            return Err(StoreError::Unavailable("the transaction is lost".into()));
        }
        let result = work(self.connection);
        self.lost = result.is_err();
        result
    }
}

impl Store for Transaction<'_> {
    fn find_enterprise(&mut self, id: &EnterpriseId) -> Result<Option<Enterprise>, StoreError> {
        self.run(|c| enterprise::find(c, id))
    }

    fn hold_enterprise(&mut self, id: &EnterpriseId) -> Result<Option<Enterprise>, StoreError> {
        self.run(|c| enterprise::hold(c, id))
    }

    fn hold_enterprise_alone(
        &mut self,
        id: &EnterpriseId,
    ) -> Result<Option<Enterprise>, StoreError> {
        self.run(|c| enterprise::hold_alone(c, id))
    }

    fn find_enterprise_by_credit_code(
        &mut self,
        credit_code: &CreditCode,
    ) -> Result<Option<Enterprise>, StoreError> {
        self.run(|c| enterprise::find_by_credit_code(c, credit_code))
    }

    fn insert_enterprise(&mut self, enterprise: &Enterprise) -> Result<bool, StoreError> {
        self.run(|c| enterprise::insert(c, enterprise))
    }

    fn exchange_enterprise(&mut self, to: &Enterprise) -> Result<bool, StoreError> {
        self.run(|c| enterprise::exchange(c, to))
    }

    fn insert_enterprise_rename(
        &mut self,
        rename: &EnterpriseRename,
        evidence: &[u8],
    ) -> Result<(), StoreError> {
        self.run(|c| enterprise::insert_rename(c, rename, evidence))
    }

    fn list_enterprise_renames(
        &mut self,
        enterprise: &EnterpriseId,
    ) -> Result<Vec<EnterpriseRename>, StoreError> {
        self.run(|c| enterprise::list_renames(c, enterprise))
    }

    fn find_rename_evidence(
        &mut self,
        enterprise: &EnterpriseId,
        sha256: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.run(|c| enterprise::find_evidence(c, enterprise, sha256))
    }

    fn find_key_lock(&mut self, id: &KeyLockId) -> Result<Option<KeyLock>, StoreError> {
        self.run(|c| key_lock::find(c, id))
    }

    fn hold_key_lock(&mut self, id: &KeyLockId) -> Result<Option<KeyLock>, StoreError> {
        self.run(|c| key_lock::hold(c, id))
    }

    fn list_key_locks_by_key_number(
        &mut self,
        ca: &CaId,
        key_number: &str,
    ) -> Result<Vec<KeyLock>, StoreError> {
        self.run(|c| key_lock::list_by_key_number(c, ca, key_number))
    }

    fn find_key_lock_by_thumbprint(
        &mut self,
        thumbprint: Thumbprint,
    ) -> Result<Option<KeyLock>, StoreError> {
        self.run(|c| key_lock::find_by_thumbprint(c, thumbprint))
    }

    fn list_key_locks(&mut self, enterprise: &EnterpriseId) -> Result<Vec<KeyLock>, StoreError> {
        self.run(|c| key_lock::list(c, enterprise))
    }

    fn list_active_key_locks_of_ca(
        &mut self,
        ca: &CaId,
        after: Option<&KeyLockId>,
        limit: u32,
    ) -> Result<Vec<KeyLock>, StoreError> {
        self.run(|c| key_lock::list_active_of_ca(c, ca, after, limit))
    }

    fn insert_key_lock(&mut self, key_lock: &KeyLock) -> Result<bool, StoreError> {
        self.run(|c| key_lock::insert(c, key_lock))
    }

    fn exchange_key_lock_state(
        &mut self,
        id: &KeyLockId,
        from: KeyLockState,
        to: (KeyLockState, Timestamp),
    ) -> Result<bool, StoreError> {
        self.run(|c| key_lock::exchange_state(c, id, from, to))
    }

    fn exchange_key_lock(&mut self, from: &KeyLock, to: &KeyLock) -> Result<bool, StoreError> {
        self.run(|c| key_lock::exchange(c, from, to))
    }

    fn insert_superseded_certificate(
        &mut self,
        certificate: &SupersededCertificate,
    ) -> Result<(), StoreError> {
        self.run(|c| superseded::insert(c, certificate))
    }

    fn find_superseded_certificate(
        &mut self,
        thumbprint: Thumbprint,
    ) -> Result<Option<SupersededCertificate>, StoreError> {
        self.run(|c| superseded::find(c, thumbprint))
    }

    fn list_superseded_certificates(
        &mut self,
        key_lock: &KeyLockId,
    ) -> Result<Vec<SupersededCertificate>, StoreError> {
        self.run(|c| superseded::list(c, key_lock))
    }

    fn insert_session(&mut self, session: &SessionRecord) -> Result<(), StoreError> {
        self.run(|c| session::insert(c, session))
    }

    fn find_session_standing(
        &mut self,
        id: &SessionId,
    ) -> Result<Option<SessionStanding>, StoreError> {
        self.run(|c| session::find_standing(c, id))
    }

    fn hold_session_standing(
        &mut self,
        id: &SessionId,
    ) -> Result<Option<SessionStanding>, StoreError> {
        self.run(|c| session::hold_standing(c, id))
    }

    fn list_sessions(
        &mut self,
        enterprise: &EnterpriseId,
        limit: u32,
    ) -> Result<Vec<SessionRecord>, StoreError> {
        self.run(|c| session::list(c, enterprise, limit))
    }

    fn list_standing_sessions(
        &mut self,
        enterprise: &EnterpriseId,
        after: LiveSince,
        limit: u32,
    ) -> Result<Vec<SessionRecord>, StoreError> {
        self.run(|c| session::list_standing(c, enterprise, after, limit))
    }

    fn touch_session(&mut self, id: &SessionId, at: Timestamp) -> Result<(), StoreError> {
        self.run(|c| session::touch(c, id, at))
    }

    fn end_sessions(
        &mut self,
        enterprise: &EnterpriseId,
        which: Which<'_>,
        ending: (Timestamp, SessionEnding),
    ) -> Result<usize, StoreError> {
        self.run(|c| session::end(c, enterprise, which, ending))
    }

    fn forget_sessions(&mut self, before: Timestamp, limit: u32) -> Result<usize, StoreError> {
        self.run(|c| session::forget(c, before, limit))
    }

    fn find_platform(&mut self, id: &PlatformId) -> Result<Option<Platform>, StoreError> {
        self.run(|c| platform::find(c, id))
    }

    fn hold_platform(&mut self, id: &PlatformId) -> Result<Option<Platform>, StoreError> {
        self.run(|c| platform::hold(c, id))
    }

    fn hold_platform_alone(&mut self, id: &PlatformId) -> Result<Option<Platform>, StoreError> {
        self.run(|c| platform::hold_alone(c, id))
    }

    fn list_platforms(&mut self) -> Result<Vec<Platform>, StoreError> {
        self.run(platform::list)
    }

    fn insert_platform(&mut self, platform: &Platform) -> Result<bool, StoreError> {
        self.changed_platforms = true;
        self.run(|c| platform::insert(c, platform))
    }

    fn update_platform(&mut self, platform: &Platform) -> Result<bool, StoreError> {
        self.changed_platforms = true;
        self.run(|c| platform::update(c, platform))
    }

    fn insert_registration_token(&mut self, token: &RegistrationToken) -> Result<bool, StoreError> {
        self.run(|c| registration::insert_token(c, token))
    }

    fn find_registration_token(
        &mut self,
        sha256: &str,
    ) -> Result<Option<RegistrationToken>, StoreError> {
        self.run(|c| registration::find_token(c, sha256))
    }

    fn list_registration_tokens(&mut self) -> Result<Vec<RegistrationToken>, StoreError> {
        self.run(registration::list_tokens)
    }

    fn exchange_registration_token_use(
        &mut self,
        id: &RegistrationTokenId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.run(|c| registration::spend_token(c, id, at))
    }

    fn revoke_registration_token(
        &mut self,
        id: &RegistrationTokenId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.run(|c| registration::revoke_token(c, id, at))
    }

    fn insert_self_registration(
        &mut self,
        registration: &SelfRegistration,
    ) -> Result<bool, StoreError> {
        self.run(|c| registration::insert_self(c, registration))
    }

    fn find_self_registration(
        &mut self,
        platform: &PlatformId,
    ) -> Result<Option<SelfRegistration>, StoreError> {
        self.run(|c| registration::find_self(c, platform))
    }

    fn delete_self_registration(&mut self, platform: &PlatformId) -> Result<bool, StoreError> {
        self.run(|c| registration::delete_self(c, platform))
    }

    fn insert_consent_record(&mut self, record: &ConsentRecord) -> Result<(), StoreError> {
        self.run(|c| consent::insert_record(c, record))
    }

    fn find_consent_record(&mut self, id: &ConsentId) -> Result<Option<ConsentRecord>, StoreError> {
        self.run(|c| consent::find_record(c, id))
    }

    fn list_consent_records(
        &mut self,
        enterprise: &EnterpriseId,
        limit: u32,
    ) -> Result<Vec<ConsentRecord>, StoreError> {
        self.run(|c| consent::list_records(c, enterprise, limit))
    }

    fn find_standing_consent(
        &mut self,
        enterprise: &EnterpriseId,
        platform: &PlatformId,
    ) -> Result<Option<StandingConsent>, StoreError> {
        self.run(|c| consent::find_standing(c, enterprise, platform))
    }

    fn hold_standing_consent(
        &mut self,
        enterprise: &EnterpriseId,
        platform: &PlatformId,
    ) -> Result<Option<StandingConsent>, StoreError> {
        self.run(|c| consent::hold_standing(c, enterprise, platform))
    }

    fn list_standing_consents(
        &mut self,
        enterprise: &EnterpriseId,
    ) -> Result<Vec<StandingConsent>, StoreError> {
        self.run(|c| consent::list_standing(c, enterprise))
    }

    fn upsert_standing_consent(&mut self, consent: &StandingConsent) -> Result<(), StoreError> {
        self.run(|c| consent::upsert_standing(c, consent))
    }

    fn insert_grant(&mut self, grant: &Grant) -> Result<bool, StoreError> {
        self.run(|c| grant::insert(c, grant))
    }

    fn find_grant_standing(&mut self, id: &GrantId) -> Result<Option<GrantStanding>, StoreError> {
        self.run(|c| grant::find_standing(c, id))
    }

    fn revoke_grants_to(
        &mut self,
        enterprise: &EnterpriseId,
        platform: &PlatformId,
        at: Timestamp,
    ) -> Result<Vec<EndedGrant>, StoreError> {
        self.run(|c| grant::revoke_to(c, (enterprise, platform), at))
    }

    fn revoke_grants_of(
        &mut self,
        enterprise: &EnterpriseId,
        which: Which<'_>,
        at: Timestamp,
    ) -> Result<Vec<EndedGrant>, StoreError> {
        self.run(|c| grant::revoke_of(c, enterprise, which, at))
    }

    fn revoke_grants_held_by(
        &mut self,
        platform: &PlatformId,
        at: Timestamp,
    ) -> Result<usize, StoreError> {
        self.run(|c| grant::revoke_held_by(c, platform, at))
    }

    fn find_last_grant_at(
        &mut self,
        enterprise: &EnterpriseId,
        platform: &PlatformId,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.run(|c| grant::last_to(c, (enterprise, platform)))
    }

    fn revoke_grant_by_code(
        &mut self,
        code_sha256: &str,
        at: Timestamp,
    ) -> Result<Option<(GrantId, Option<EndedGrant>)>, StoreError> {
        self.run(|c| grant::revoke_by_code(c, code_sha256, at))
    }

    fn give_up_grant(&mut self, id: &GrantId, at: Timestamp) -> Result<bool, StoreError> {
        self.run(|c| grant::give_up(c, id, at))
    }

    fn revoke_grant(
        &mut self,
        id: &GrantId,
        at: Timestamp,
    ) -> Result<Option<EndedGrant>, StoreError> {
        self.run(|c| grant::revoke(c, id, at))
    }

    fn insert_logout_delivery(&mut self, delivery: &LogoutDelivery) -> Result<(), StoreError> {
        self.run(|c| logout_delivery::insert(c, delivery))
    }

    fn find_logout_delivery(
        &mut self,
        id: &LogoutDeliveryId,
    ) -> Result<Option<LogoutDelivery>, StoreError> {
        self.run(|c| logout_delivery::find(c, id))
    }

    fn list_due_logout_deliveries(
        &mut self,
        now: Timestamp,
        except: &[PlatformId],
        limit: u32,
    ) -> Result<Vec<LogoutDelivery>, StoreError> {
        self.run(|c| logout_delivery::list_due(c, now, except, limit))
    }

    fn list_logout_deliveries(
        &mut self,
        stage: DeliveryStage,
        limit: u32,
    ) -> Result<Vec<LogoutDelivery>, StoreError> {
        self.run(|c| logout_delivery::list(c, stage, limit))
    }

    fn exchange_logout_delivery(
        &mut self,
        from: &LogoutDelivery,
        to: &LogoutDelivery,
    ) -> Result<bool, StoreError> {
        self.run(|c| logout_delivery::exchange(c, from, to))
    }

    fn count_logout_deliveries(&mut self) -> Result<DeliveryCounts, StoreError> {
        self.run(logout_delivery::count)
    }

    fn forget_logout_deliveries(
        &mut self,
        before: Timestamp,
        limit: u32,
    ) -> Result<usize, StoreError> {
        self.run(|c| logout_delivery::forget(c, before, limit))
    }

    fn insert_refresh_token(&mut self, token: &RefreshToken) -> Result<bool, StoreError> {
        self.run(|c| refresh_token::insert(c, token))
    }

    fn find_refresh_token(&mut self, sha256: &str) -> Result<Option<RefreshToken>, StoreError> {
        self.run(|c| refresh_token::find(c, sha256))
    }

    fn exchange_refresh_token_use(
        &mut self,
        sha256: &str,
        change: (Option<Timestamp>, Option<Timestamp>),
    ) -> Result<bool, StoreError> {
        self.run(|c| refresh_token::exchange_use(c, sha256, change))
    }

    fn insert_revoked_token(&mut self, token: &RevokedToken) -> Result<bool, StoreError> {
        self.run(|c| revoked_token::insert(c, token))
    }

    fn is_token_revoked(&mut self, jti: &str) -> Result<bool, StoreError> {
        self.run(|c| revoked_token::is_there(c, jti))
    }

    fn delete_expired_tokens(&mut self, before: Timestamp) -> Result<usize, StoreError> {
        self.run(|c| {
            let refresh_tokens = refresh_token::delete_expired(c, before)?;
            Ok(refresh_tokens + revoked_token::delete_expired(c, before)?)
        })
    }

    fn list_signing_keys(&mut self) -> Result<Vec<SigningKey>, StoreError> {
        self.run(signing_key::list)
    }

    fn insert_signing_key(&mut self, key: &SigningKey) -> Result<bool, StoreError> {
        self.run(|c| signing_key::insert(c, key))
    }

    fn retire_signing_key(&mut self, id: &KeyId, at: Timestamp) -> Result<bool, StoreError> {
        self.run(|c| signing_key::retire(c, id, at))
    }

    fn withdraw_signing_key(&mut self, id: &KeyId, at: Timestamp) -> Result<bool, StoreError> {
        self.run(|c| signing_key::withdraw(c, id, at))
    }

    fn destroy_signing_key(&mut self, id: &KeyId, at: Timestamp) -> Result<bool, StoreError> {
        self.run(|c| signing_key::note_destroyed(c, id, at))
    }

    fn find_sealed_secret(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.run(|c| sealed_secret::find(c, name))
    }

    fn insert_sealed_secret(&mut self, name: &str, sealed: &[u8]) -> Result<bool, StoreError> {
        self.run(|c| sealed_secret::insert(c, name, sealed))
    }

    fn exchange_sealed_secret(
        &mut self,
        name: &str,
        sealing: (&[u8], &[u8]),
    ) -> Result<bool, StoreError> {
        self.run(|c| sealed_secret::exchange(c, name, sealing))
    }

    fn exchange_signing_key_sealing(
        &mut self,
        id: &KeyId,
        sealing: (&[u8], &[u8]),
    ) -> Result<bool, StoreError> {
        self.run(|c| signing_key::exchange_sealing(c, id, sealing))
    }

    fn list_certificate_authorities(&mut self) -> Result<StoredRegistry, StoreError> {
        self.run(certificate_authority::list)
    }

    fn find_certificate_authority(
        &mut self,
        id: &CaId,
    ) -> Result<Option<CertificateAuthority>, StoreError> {
        self.run(|c| certificate_authority::find(c, id))
    }

    fn insert_certificate_authority(
        &mut self,
        ca: &CertificateAuthority,
    ) -> Result<bool, StoreError> {
        self.run(|c| certificate_authority::insert(c, ca))
    }

    fn exchange_certificate_authority(
        &mut self,
        ca: &CertificateAuthority,
        from: u32,
    ) -> Result<bool, StoreError> {
        self.run(|c| certificate_authority::exchange(c, ca, from))
    }

    fn append_ca_change(&mut self, change: &CaChange) -> Result<(), StoreError> {
        self.run(|c| certificate_authority::append_change(c, change))
    }

    fn list_ca_changes(&mut self, id: &CaId) -> Result<Vec<CaChangeEntry>, StoreError> {
        self.run(|c| certificate_authority::list_changes(c, id))
    }

    fn ca_registry_version(&mut self) -> Result<i64, StoreError> {
        self.run(certificate_authority::count_changes)
    }

    fn append_audit(&mut self, event: &AuditEvent) -> Result<(), StoreError> {
        self.run(|c| audit::append(c, event))
    }

    fn list_audit(&mut self, after: i64, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        self.run(|c| audit::list(c, after, limit))
    }
}
