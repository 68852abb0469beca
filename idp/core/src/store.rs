//! Port to what must never be lost. Implemented by `idp-storage` over SQLite and PostgreSQL.
//!
//! Every method runs inside the transaction that the caller opened. An `insert_x` answers `false`
//! when a row with the same unique value stands already; an `exchange_x` is compare-and-set and
//! answers whether it won. `Err` means that the transaction is lost.

use pki::holder::credit_code::CreditCode;

use crate::audit::{AuditEntry, AuditEvent};
use crate::certificate_authority::{CaChange, CaChangeEntry, CertificateAuthority, StoredRegistry};
use crate::consent::{ConsentRecord, StandingConsent};
use crate::enterprise::{Enterprise, EnterpriseRename};
use crate::grant::{EndedGrant, Grant, GrantStanding};
use crate::id::{
    CaId, ConsentId, EnterpriseId, GrantId, KeyId, KeyLockId, LogoutDeliveryId, PlatformId,
    RegistrationTokenId, SessionId,
};
use crate::key_lock::{KeyLock, KeyLockState, SupersededCertificate, Thumbprint};
use crate::logout_delivery::{DeliveryCounts, DeliveryStage, LogoutDelivery};
use crate::platform::Platform;
use crate::refresh_token::RefreshToken;
use crate::registration::{RegistrationToken, SelfRegistration};
use crate::revoked_token::RevokedToken;
use crate::session::{LiveSince, SessionEnding, SessionRecord, SessionStanding, Which};
use crate::signing_key::SigningKey;
use crate::timestamp::Timestamp;

/// Why the store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is away, full or busy beyond its limit.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// A row that no version of this program writes.
    #[error("impossible row in {table}: column {column} of {id}")]
    ImpossibleRow {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Row.
        id: String,
    },
}

/// Everything durable.
pub trait Store {
    /// One enterprise.
    fn find_enterprise(&mut self, id: &EnterpriseId) -> Result<Option<Enterprise>, StoreError>;
    /// As [`Store::find_enterprise`], and nobody else changes it until this transaction ends: what is decided by
    /// it still holds when it is written. Whoever holds or writes more than one thing does so in one order:
    /// enterprise, lock, sign-in, consent, platform, grant.
    fn hold_enterprise(&mut self, id: &EnterpriseId) -> Result<Option<Enterprise>, StoreError>;
    /// As [`Store::hold_enterprise`], and nobody else holds it: for whoever goes on to change what others hold
    /// with it. Of two who held together and then wrote, each would wait for the other.
    fn hold_enterprise_alone(
        &mut self,
        id: &EnterpriseId,
    ) -> Result<Option<Enterprise>, StoreError>;
    /// The enterprise with this credit code.
    fn find_enterprise_by_credit_code(
        &mut self,
        credit_code: &CreditCode,
    ) -> Result<Option<Enterprise>, StoreError>;
    /// `false`: the credit code is taken.
    fn insert_enterprise(&mut self, enterprise: &Enterprise) -> Result<bool, StoreError>;

    /// `to` in place of the enterprise as it was read, its version one higher; `false` when it has changed
    /// since.
    fn exchange_enterprise(&mut self, to: &Enterprise) -> Result<bool, StoreError>;
    /// Appends a change of name with its evidence.
    fn insert_enterprise_rename(
        &mut self,
        rename: &EnterpriseRename,
        evidence: &[u8],
    ) -> Result<(), StoreError>;
    /// Changes of name of one enterprise, oldest first.
    fn list_enterprise_renames(
        &mut self,
        enterprise: &EnterpriseId,
    ) -> Result<Vec<EnterpriseRename>, StoreError>;
    /// The evidence of a change of name.
    fn find_rename_evidence(
        &mut self,
        enterprise: &EnterpriseId,
        sha256: &str,
    ) -> Result<Option<Vec<u8>>, StoreError>;

    /// One lock.
    fn find_key_lock(&mut self, id: &KeyLockId) -> Result<Option<KeyLock>, StoreError>;
    /// As [`Store::find_key_lock`], and nobody else changes it until this transaction ends.
    fn hold_key_lock(&mut self, id: &KeyLockId) -> Result<Option<KeyLock>, StoreError>;
    /// Locks of one CA with this 证书Key号, oldest first.
    fn list_key_locks_by_key_number(
        &mut self,
        ca: &CaId,
        key_number: &str,
    ) -> Result<Vec<KeyLock>, StoreError>;
    /// The lock with this certificate.
    fn find_key_lock_by_thumbprint(
        &mut self,
        thumbprint: Thumbprint,
    ) -> Result<Option<KeyLock>, StoreError>;
    /// Locks of one enterprise, oldest first.
    fn list_key_locks(&mut self, enterprise: &EnterpriseId) -> Result<Vec<KeyLock>, StoreError>;
    /// Locks in force that a CA issued, in order of identifier, after one of them, at most `limit`.
    fn list_active_key_locks_of_ca(
        &mut self,
        ca: &CaId,
        after: Option<&KeyLockId>,
        limit: u32,
    ) -> Result<Vec<KeyLock>, StoreError>;
    /// `false`: the certificate is bound already, or another lock in force has its place: that of the
    /// enterprise's primary one, or of the same key.
    fn insert_key_lock(&mut self, key_lock: &KeyLock) -> Result<bool, StoreError>;
    /// `from` → `to`, in which it is since that moment; `false` when the lock was not in `from`.
    fn exchange_key_lock_state(
        &mut self,
        id: &KeyLockId,
        from: KeyLockState,
        to: (KeyLockState, Timestamp),
    ) -> Result<bool, StoreError>;
    /// `to` in place of `from`, the same lock; `false` when its state, role or certificate is not that of
    /// `from` any more, or where another lock has its place, as for [`Store::insert_key_lock`].
    fn exchange_key_lock(&mut self, from: &KeyLock, to: &KeyLock) -> Result<bool, StoreError>;
    /// Keeps a certificate that a lock had before.
    fn insert_superseded_certificate(
        &mut self,
        certificate: &SupersededCertificate,
    ) -> Result<(), StoreError>;
    /// A certificate that a lock had before. Looked up after [`Store::find_key_lock_by_thumbprint`]: a
    /// certificate moves in that direction alone.
    fn find_superseded_certificate(
        &mut self,
        thumbprint: Thumbprint,
    ) -> Result<Option<SupersededCertificate>, StoreError>;
    /// Certificates that a lock had before, oldest first.
    fn list_superseded_certificates(
        &mut self,
        key_lock: &KeyLockId,
    ) -> Result<Vec<SupersededCertificate>, StoreError>;

    /// Puts a sign-in on record.
    fn insert_session(&mut self, session: &SessionRecord) -> Result<(), StoreError>;
    /// A sign-in with what it stands on: what every signed-in request asks.
    fn find_session_standing(
        &mut self,
        id: &SessionId,
    ) -> Result<Option<SessionStanding>, StoreError>;
    /// As [`Store::find_session_standing`], and nobody else ends or changes any of the three until this transaction
    /// ends: enterprise, lock and sign-in are held, in that order.
    fn hold_session_standing(
        &mut self,
        id: &SessionId,
    ) -> Result<Option<SessionStanding>, StoreError>;
    /// Sign-ins of one enterprise, newest first, at most `limit`.
    fn list_sessions(
        &mut self,
        enterprise: &EnterpriseId,
        limit: u32,
    ) -> Result<Vec<SessionRecord>, StoreError>;
    /// Sign-ins of one enterprise that were not ended, began and were seen after these moments; newest first, at
    /// most `limit`.
    fn list_standing_sessions(
        &mut self,
        enterprise: &EnterpriseId,
        after: LiveSince,
        limit: u32,
    ) -> Result<Vec<SessionRecord>, StoreError>;
    /// Notes that a request came in this session.
    fn touch_session(&mut self, id: &SessionId, at: Timestamp) -> Result<(), StoreError>;
    /// Ends sign-ins that were not ended; answers how many.
    fn end_sessions(
        &mut self,
        enterprise: &EnterpriseId,
        which: Which<'_>,
        ending: (Timestamp, SessionEnding),
    ) -> Result<usize, StoreError>;
    /// Takes sign-ins that began before a moment off record, `limit` at most; answers how many.
    fn forget_sessions(&mut self, before: Timestamp, limit: u32) -> Result<usize, StoreError>;

    /// One platform.
    fn find_platform(&mut self, id: &PlatformId) -> Result<Option<Platform>, StoreError>;
    /// As [`Store::find_platform`], and nobody else changes it until this transaction ends.
    fn hold_platform(&mut self, id: &PlatformId) -> Result<Option<Platform>, StoreError>;
    /// As [`Store::hold_platform`], and nobody else holds it: for whoever changes it.
    fn hold_platform_alone(&mut self, id: &PlatformId) -> Result<Option<Platform>, StoreError>;
    /// All platforms by zone, then region code.
    fn list_platforms(&mut self) -> Result<Vec<Platform>, StoreError>;
    /// `false`: the identifier is taken.
    fn insert_platform(&mut self, platform: &Platform) -> Result<bool, StoreError>;
    /// Replaces everything but the identifier; `false`: there is no such platform.
    fn update_platform(&mut self, platform: &Platform) -> Result<bool, StoreError>;

    /// Keeps a registration token. `false`: its identifier or digest is taken.
    fn insert_registration_token(&mut self, token: &RegistrationToken) -> Result<bool, StoreError>;
    /// The registration token whose text has this SHA-256.
    fn find_registration_token(
        &mut self,
        sha256: &str,
    ) -> Result<Option<RegistrationToken>, StoreError>;
    /// All registration tokens, oldest first.
    fn list_registration_tokens(&mut self) -> Result<Vec<RegistrationToken>, StoreError>;
    /// Spends one use of a registration token; `false` when none is left, it is over or was taken back.
    fn exchange_registration_token_use(
        &mut self,
        id: &RegistrationTokenId,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Takes a registration token back; `false` when there is none or it was before.
    fn revoke_registration_token(
        &mut self,
        id: &RegistrationTokenId,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Keeps what a platform holds that registered itself. `false`: it is there already.
    fn insert_self_registration(
        &mut self,
        registration: &SelfRegistration,
    ) -> Result<bool, StoreError>;
    /// What a platform holds that registered itself.
    fn find_self_registration(
        &mut self,
        platform: &PlatformId,
    ) -> Result<Option<SelfRegistration>, StoreError>;
    /// Deletes that; `false` when there is none.
    fn delete_self_registration(&mut self, platform: &PlatformId) -> Result<bool, StoreError>;

    /// Appends one asking.
    fn insert_consent_record(&mut self, record: &ConsentRecord) -> Result<(), StoreError>;
    /// One asking.
    fn find_consent_record(&mut self, id: &ConsentId) -> Result<Option<ConsentRecord>, StoreError>;
    /// Askings of one enterprise, newest first, at most `limit`.
    fn list_consent_records(
        &mut self,
        enterprise: &EnterpriseId,
        limit: u32,
    ) -> Result<Vec<ConsentRecord>, StoreError>;
    /// The consent in force.
    fn find_standing_consent(
        &mut self,
        enterprise: &EnterpriseId,
        platform: &PlatformId,
    ) -> Result<Option<StandingConsent>, StoreError>;
    /// As [`Store::find_standing_consent`], and nobody else changes it until this transaction ends.
    fn hold_standing_consent(
        &mut self,
        enterprise: &EnterpriseId,
        platform: &PlatformId,
    ) -> Result<Option<StandingConsent>, StoreError>;
    /// Consents of one enterprise, one a platform, those taken back included.
    fn list_standing_consents(
        &mut self,
        enterprise: &EnterpriseId,
    ) -> Result<Vec<StandingConsent>, StoreError>;
    /// Inserts or replaces the consent in force.
    fn upsert_standing_consent(&mut self, consent: &StandingConsent) -> Result<(), StoreError>;

    /// `false`: this code gave a grant already.
    fn insert_grant(&mut self, grant: &Grant) -> Result<bool, StoreError>;
    /// A grant with all it stands on.
    fn find_grant_standing(&mut self, id: &GrantId) -> Result<Option<GrantStanding>, StoreError>;
    /// Revokes every grant that an enterprise gave a platform; answers those that were not told of yet, and counts them
    /// as told. What is answered is told: only [`crate::ending`] calls this and its like.
    fn revoke_grants_to(
        &mut self,
        enterprise: &EnterpriseId,
        platform: &PlatformId,
        at: Timestamp,
    ) -> Result<Vec<EndedGrant>, StoreError>;
    /// Revokes every grant that an enterprise gave in these sign-ins; answers those that were not told of yet, and counts
    /// them as told. A sign-in is taken with those that it continues.
    fn revoke_grants_of(
        &mut self,
        enterprise: &EnterpriseId,
        which: Which<'_>,
        at: Timestamp,
    ) -> Result<Vec<EndedGrant>, StoreError>;
    /// Revokes every grant that a platform holds and that stands; answers how many. Nobody is told yet: the sessions in
    /// which they were given go on.
    fn revoke_grants_held_by(
        &mut self,
        platform: &PlatformId,
        at: Timestamp,
    ) -> Result<usize, StoreError>;
    /// When an enterprise last gave a platform a grant, whether it stands or ended.
    fn find_last_grant_at(
        &mut self,
        enterprise: &EnterpriseId,
        platform: &PlatformId,
    ) -> Result<Option<Timestamp>, StoreError>;
    /// Revokes what a code gave; `None` when the code gave nothing yet, else the grant, and what there is to tell
    /// where it stood until now.
    fn revoke_grant_by_code(
        &mut self,
        code_sha256: &str,
        at: Timestamp,
    ) -> Result<Option<(GrantId, Option<EndedGrant>)>, StoreError>;
    /// Revokes one grant that its platform gave up; `false` when it was revoked before. Nobody is told yet: the session in
    /// which it was given goes on.
    fn give_up_grant(&mut self, id: &GrantId, at: Timestamp) -> Result<bool, StoreError>;
    /// Revokes one grant, and counts it as told; `None` when it was revoked before.
    fn revoke_grant(
        &mut self,
        id: &GrantId,
        at: Timestamp,
    ) -> Result<Option<EndedGrant>, StoreError>;

    /// Keeps that a platform is to be told.
    fn insert_logout_delivery(&mut self, delivery: &LogoutDelivery) -> Result<(), StoreError>;
    /// One delivery.
    fn find_logout_delivery(
        &mut self,
        id: &LogoutDeliveryId,
    ) -> Result<Option<LogoutDelivery>, StoreError>;
    /// Deliveries that wait and are due, the longest due first, at most `limit`; none of these platforms.
    fn list_due_logout_deliveries(
        &mut self,
        now: Timestamp,
        except: &[PlatformId],
        limit: u32,
    ) -> Result<Vec<LogoutDelivery>, StoreError>;
    /// Deliveries in one stage, the newest first, at most `limit`.
    fn list_logout_deliveries(
        &mut self,
        stage: DeliveryStage,
        limit: u32,
    ) -> Result<Vec<LogoutDelivery>, StoreError>;
    /// `to` in place of `from`, the same delivery; `false` when it has moved since it was read.
    fn exchange_logout_delivery(
        &mut self,
        from: &LogoutDelivery,
        to: &LogoutDelivery,
    ) -> Result<bool, StoreError>;
    /// How many deliveries there are in each stage.
    fn count_logout_deliveries(&mut self) -> Result<DeliveryCounts, StoreError>;
    /// Deletes deliveries that were settled before a moment, `limit` at most; answers how many.
    fn forget_logout_deliveries(
        &mut self,
        before: Timestamp,
        limit: u32,
    ) -> Result<usize, StoreError>;

    /// Keeps a refresh token. `false`: it is there already.
    fn insert_refresh_token(&mut self, token: &RefreshToken) -> Result<bool, StoreError>;
    /// The refresh token whose text has this SHA-256.
    fn find_refresh_token(&mut self, sha256: &str) -> Result<Option<RefreshToken>, StoreError>;
    /// Notes the first use of a refresh token, or takes it back: from what was read to what is to be; `false` when it is
    /// another by now.
    fn exchange_refresh_token_use(
        &mut self,
        sha256: &str,
        change: (Option<Timestamp>, Option<Timestamp>),
    ) -> Result<bool, StoreError>;
    /// Notes that a platform gave up a token of its own. `false`: it had before.
    fn insert_revoked_token(&mut self, token: &RevokedToken) -> Result<bool, StoreError>;
    /// Whether a platform gave up the token of its own that has this `jti`.
    fn is_token_revoked(&mut self, jti: &str) -> Result<bool, StoreError>;
    /// Deletes refresh tokens, and notes of revoked tokens, that expired before; answers how many.
    fn delete_expired_tokens(&mut self, before: Timestamp) -> Result<usize, StoreError>;

    /// All signing keys, oldest first.
    fn list_signing_keys(&mut self) -> Result<Vec<SigningKey>, StoreError>;
    /// `false`: the `kid`, or the generation within its algorithm, is taken.
    fn insert_signing_key(&mut self, key: &SigningKey) -> Result<bool, StoreError>;
    /// Sets when a key stops signing, or brings it forward; `false` when it stops no later already.
    fn retire_signing_key(&mut self, id: &KeyId, at: Timestamp) -> Result<bool, StoreError>;
    /// Takes a key out of force for ever; `false` when there is none or it was withdrawn before.
    fn withdraw_signing_key(&mut self, id: &KeyId, at: Timestamp) -> Result<bool, StoreError>;
    /// Notes that the private part is not inside its token any more; `false` when that is noted, or it never was.
    fn destroy_signing_key(&mut self, id: &KeyId, at: Timestamp) -> Result<bool, StoreError>;

    /// A secret of the provider, sealed under the master key.
    fn find_sealed_secret(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;
    /// `false`: there is one of this name.
    fn insert_sealed_secret(&mut self, name: &str, sealed: &[u8]) -> Result<bool, StoreError>;
    /// Seals one anew; `false` when it is not sealed as in `from` any more.
    fn exchange_sealed_secret(
        &mut self,
        name: &str,
        sealing: (&[u8], &[u8]),
    ) -> Result<bool, StoreError>;
    /// Seals a signing key anew; `false` when it is not sealed as in `from` any more.
    fn exchange_signing_key_sealing(
        &mut self,
        id: &KeyId,
        sealing: (&[u8], &[u8]),
    ) -> Result<bool, StoreError>;

    /// All CAs of the registry; an impossible row is told apart and refuses none of the others.
    fn list_certificate_authorities(&mut self) -> Result<StoredRegistry, StoreError>;
    /// One CA.
    fn find_certificate_authority(
        &mut self,
        id: &CaId,
    ) -> Result<Option<CertificateAuthority>, StoreError>;
    /// `false`: the identifier is taken.
    fn insert_certificate_authority(
        &mut self,
        ca: &CertificateAuthority,
    ) -> Result<bool, StoreError>;
    /// Replaces the CA; `false` when it does not stand at the revision `from`.
    fn exchange_certificate_authority(
        &mut self,
        ca: &CertificateAuthority,
        from: u32,
    ) -> Result<bool, StoreError>;
    /// Appends one change to the history.
    fn append_ca_change(&mut self, change: &CaChange) -> Result<(), StoreError>;
    /// Changes of one CA, oldest first.
    fn list_ca_changes(&mut self, id: &CaId) -> Result<Vec<CaChangeEntry>, StoreError>;
    /// How many changes the whole history holds: another number, another registry.
    fn ca_registry_version(&mut self) -> Result<i64, StoreError>;

    /// Appends one event.
    fn append_audit(&mut self, event: &AuditEvent) -> Result<(), StoreError>;
    /// Events after `after`, oldest first, at most `limit`.
    fn list_audit(&mut self, after: i64, limit: u32) -> Result<Vec<AuditEntry>, StoreError>;
}
