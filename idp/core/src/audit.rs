//! Audit: what happened, as a closed list. Not a log: durable before the answer, appended only.

use crate::cx::{Cx, Rng};
use crate::id::{
    ConsentId, EnterpriseId, GrantId, IncidentId, KeyLockId, OperatorId, PlatformId, SessionId,
};
use crate::timestamp::Timestamp;

macro_rules! audit_kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum AuditKind { $($(#[$doc])* $name,)* }

        impl AuditKind {
            /// Every kind there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The kind a stored word names.
            pub fn of_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|k| k.as_str() == word)
            }
        }
    };
}

audit_kinds! {
    /// A lock signed in.
    LoginSucceeded = "login.succeeded",
    /// A proof was refused at login.
    LoginRefused = "login.refused",
    /// A session ended by the person.
    LoggedOut = "logout",
    /// A platform's request that a person be signed out was refused.
    LogoutRefused = "logout.refused",
    /// A platform confirmed that it ended its session.
    LogoutConfirmed = "logout.confirmed",
    /// A platform said that it could not end its session.
    LogoutFailed = "logout.failed",
    /// A platform could not be told that a session ended; it is not tried any more.
    LogoutGivenUp = "logout.given-up",
    /// An operator had it tried again.
    LogoutRetried = "logout.retried",
    /// An enterprise, or a system of the operator's, was told that something happened to it.
    NotificationSent = "notification.sent",
    /// Whoever carries it said that it can't be.
    NotificationRefused = "notification.refused",
    /// Nobody could be told; it is not tried any more.
    NotificationGivenUp = "notification.given-up",
    /// So many of one kind had gone out already that this one was held back.
    NotificationWithheld = "notification.withheld",
    /// An operator had it tried again.
    NotificationRetried = "notification.retried",
    /// The certificate of a bound lock was seen revoked.
    LockRevoked = "lock.revoked",
    /// An enterprise bound its first lock.
    BindingSucceeded = "binding.succeeded",
    /// A binding was refused.
    BindingRefused = "binding.refused",
    /// A certificate that was read for a binding was refused.
    CertificateRefused = "certificate.refused",
    /// 确认授权.
    ConsentGranted = "consent.granted",
    /// 拒绝.
    ConsentRefused = "consent.refused",
    /// What an enterprise let a platform have was taken back, by whatever way: the line that receipts show.
    ConsentWithdrawn = "consent.withdrawn",
    /// An answer to a consent page that is not this browser's, or is gone or answered.
    ConsentMisused = "consent.misused",
    /// A code went out to a platform.
    CodeIssued = "code.issued",
    /// An authorization request was refused.
    AuthorizationRefused = "authorization.refused",
    /// A code was redeemed.
    CodeRedeemed = "code.redeemed",
    /// A code came a second time; what it gave is revoked.
    CodeReplayed = "code.replayed",
    /// A platform got a token in its own name.
    ClientCredentialsGranted = "client-credentials.granted",
    /// A grant was refreshed.
    GrantRefreshed = "grant.refreshed",
    /// A platform gave a token up; its grant is revoked.
    GrantRevoked = "grant.revoked",
    /// A platform gave up a token of its own, on which no grant stands.
    OwnTokenRevoked = "own-token.revoked",
    /// A refresh token came back after it was used; its grant is revoked.
    RefreshTokenReused = "refresh-token.reused",
    /// A token request was refused.
    TokenRefused = "token.refused",
    /// A platform read userinfo.
    UserinfoRead = "userinfo.read",
    /// A token was refused at userinfo.
    UserinfoRefused = "userinfo.refused",
    /// An operator added a platform.
    PlatformAdded = "platform.added",
    /// An operator changed a platform, or it changed its own registration.
    PlatformChanged = "platform.changed",
    /// An operator stopped a platform.
    PlatformSuspended = "platform.suspended",
    /// An operator let a platform go on, or let one in that registered itself.
    PlatformActivated = "platform.activated",
    /// An operator announced maintenance of a platform.
    MaintenanceAnnounced = "maintenance.announced",
    /// An operator took it back, or ended it before its time.
    MaintenanceEnded = "maintenance.ended",
    /// A platform got a new secret.
    PlatformSecretRotated = "platform.secret-rotated",
    /// A platform registered itself.
    PlatformRegistered = "platform.registered",
    /// A platform gave its registration up.
    PlatformWithdrawn = "platform.withdrawn",
    /// A registration, or a look at one or a change of one, was refused.
    RegistrationRefused = "registration.refused",
    /// An operator issued a token by which platforms register themselves.
    RegistrationTokenIssued = "registration-token.issued",
    /// An operator took such a token back.
    RegistrationTokenRevoked = "registration-token.revoked",
    /// A signing key was made.
    SigningKeyMade = "signing-key.made",
    /// An operator took a signing key out of force.
    SigningKeyWithdrawn = "signing-key.withdrawn",
    /// The private part of a signing key inside a token was destroyed.
    SigningKeyDestroyed = "signing-key.destroyed",
    /// A CA was entered into the registry.
    CaAdded = "ca.added",
    /// The entry of a CA was replaced.
    CaChanged = "ca.changed",
    /// A CA became recognised.
    CaActivated = "ca.activated",
    /// A CA ceased to be recognised.
    CaSuspended = "ca.suspended",
    /// A new certificate took the place of a lock's old one.
    LockRenewed = "lock.renewed",
    /// An enterprise activated a secondary lock.
    LockActivated = "lock.activated",
    /// An activation was refused.
    LockActivationRefused = "lock.activation-refused",
    /// A lock was removed (解除绑定), by its enterprise or an operator.
    LockRemoved = "lock.removed",
    /// A secondary lock became the primary one.
    LockPromoted = "lock.promoted",
    /// Removing or promoting a lock was refused.
    LockChangeRefused = "lock.change-refused",
    /// An operator marked a lock lost.
    LockLost = "lock.lost",
    /// An operator let an enterprise bind a new primary lock, or closed that again.
    RebindingChanged = "rebinding.changed",
    /// An enterprise bound a new primary lock after that.
    Rebound = "rebinding.used",
    /// An enterprise changed its information.
    EnterpriseChanged = "enterprise.changed",
    /// An operator corrected an enterprise's information.
    EnterpriseCorrected = "enterprise.corrected",
    /// An operator applied a change of name.
    EnterpriseRenamed = "enterprise.renamed",
    /// An operator froze an enterprise.
    EnterpriseFrozen = "enterprise.frozen",
    /// An operator put an enterprise in force again.
    EnterpriseUnfrozen = "enterprise.unfrozen",
    /// An operator told what is held of the people behind an enterprise.
    PersonalDataExported = "personal-data.exported",
    /// An operator erased it.
    PersonalDataErased = "personal-data.erased",
    /// An enterprise took a consent back, or an operator did for it.
    ConsentRevoked = "consent.revoked",
    /// Sign-ins or grants were ended: by the enterprise from its account, by an operator, or (with a reason) since the CA registry knows
    /// their lock no more, or since their lock has another key.
    SessionsEnded = "sessions.ended",
    /// An enterprise named a sign-in or a consent that it can't end, or its own sign-in had ended meanwhile.
    AccountRefused = "account.refused",
    /// A form came without its session or CSRF token, or from another origin.
    RequestForged = "request.forged",
    /// A form of a session that is over or another one by now, and the browser says that it comes from our own page: left
    /// open in a second tab, not forged.
    RequestStale = "request.stale",
    /// An operator signed in.
    OperatorSignedIn = "operator.signed-in",
    /// An operator's sign-in was refused.
    OperatorRefused = "operator.refused",
    /// An operator signed out.
    OperatorSignedOut = "operator.signed-out",
    /// An operator asked for what none of its roles allows, or its signature under an act was refused.
    OperatorActRefused = "operator.act-refused",
    /// An operator got a token for the admin API.
    OperatorTokenIssued = "operator.token-issued",
    /// A token was refused at the admin API.
    ApiRefused = "api.refused",
    /// An operator was added.
    OperatorAdded = "operator.added",
    /// Roles, name, certificate or state of an operator changed.
    OperatorChanged = "operator.changed",
    /// An operator proposed a change that a second person decides.
    ChangeProposed = "change.proposed",
    /// A second person approved it, and it was made.
    ChangeApproved = "change.approved",
    /// A second person refused it.
    ChangeRefused = "change.refused",
    /// Whoever proposed it took it back.
    ChangeWithdrawn = "change.withdrawn",
    /// An operator announced something at the portal.
    NoticePublished = "notice.published",
    /// An operator took an announcement back.
    NoticeWithdrawn = "notice.withdrawn",
    /// All tokens of a platform were ended at once.
    GrantsEnded = "grants.ended",
    /// Old lines of the trail were sealed into a file; their rows went.
    AuditSealed = "audit.sealed",
    /// An operator had events given out as a file.
    AuditExported = "audit.exported",
    /// A row of the trail was found not to say any more what was written.
    AuditAltered = "audit.altered",
    /// Somebody asked for more than anybody may in so short a time; written once for as long as they go on.
    RequestsLimited = "requests.limited",
}

impl AuditKind {
    /// Whether somebody did not get what they came for, or what was to be done was not. Its reason is a machine word then.
    pub fn is_failure(self) -> bool {
        let word = self.as_str();
        let is_named = matches!(
            self,
            Self::LogoutFailed
                | Self::LogoutGivenUp
                | Self::ConsentMisused
                | Self::CodeReplayed
                | Self::RefreshTokenReused
                | Self::RequestForged
                | Self::RequestStale
                | Self::RequestsLimited
        );
        // 拒绝 is the person's own choice.
        let is_choice = self == Self::ConsentRefused;
        is_named || (word.ends_with("refused") && !is_choice)
    }
}

/// One event. `sequence` is given by the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: AuditKind,
    /// Short machine word for why it was refused.
    pub reason: Option<String>,
    /// Which operator did it, where one that signed in did.
    pub operator_id: Option<OperatorId>,
    /// Who, where known.
    pub enterprise_id: Option<EnterpriseId>,
    /// With which lock.
    pub key_lock_id: Option<KeyLockId>,
    /// Which platform.
    pub platform_id: Option<PlatformId>,
    /// Which session.
    pub session_id: Option<SessionId>,
    /// Which consent.
    pub consent_id: Option<ConsentId>,
    /// Which grant.
    pub grant_id: Option<GrantId>,
    /// On the error page the person saw.
    pub incident_id: Option<IncidentId>,
    /// Address of the other side.
    pub remote_address: Option<String>,
    /// Thumbprint or certificate facts that help a dispute; never a PIN, a secret or a token.
    pub detail: Option<String>,
    /// Random, so that the event's hash tells nothing to whoever guesses the rest. Absent from events of before the log.
    pub salt: Option<AuditSalt>,
}

/// 128 random bits beside an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditSalt(pub [u8; 16]);

impl AuditSalt {
    /// Fresh.
    pub fn generate(rng: &dyn Rng) -> Self {
        let mut octets = [0; 16];
        rng.fill(&mut octets);
        Self(octets)
    }
}

impl AuditEvent {
    /// An event that knows only what and when; the flow fills in the rest.
    pub fn new(cx: &Cx, kind: AuditKind) -> Self {
        Self {
            at: cx.now,
            kind,
            reason: None,
            operator_id: None,
            enterprise_id: None,
            key_lock_id: None,
            platform_id: None,
            session_id: None,
            consent_id: None,
            grant_id: None,
            incident_id: None,
            remote_address: None,
            detail: None,
            salt: Some(AuditSalt::generate(&*cx.rng)),
        }
    }
}

/// Letters of a person's words that are kept.
const OPERATOR_WORDS_MAX: usize = 200;

/// A person's words, bounded and without control characters: they are shown to others later.
pub fn operator_words(words: &str) -> String {
    let kept = words.chars().take(OPERATOR_WORDS_MAX);
    kept.map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A stored event with its place in the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Grows by one with each event.
    pub sequence: i64,
    /// The event.
    pub event: AuditEvent,
}
