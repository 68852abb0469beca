//! Who arrived.
//!
//! Owns the outcome of a login. Only the pipeline of [`crate::Adapter::finish_login`] makes one, so
//! holding a [`SignedIn`] is the proof that every check passed.

use protocol::claims::{CertificateClaims, ContactClaims, EnterpriseClaims};

use crate::secret::Secret;
use crate::target::Target;

/// A person who has just signed in for an enterprise.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Names the enterprise at this provider, for good: the key of your own record of it.
    pub sub: String,
    /// The provider's session (`sid`); a logout notice will name it.
    pub session_id: String,
    /// When the lock signed, seconds since the Unix epoch.
    pub auth_time: i64,
    /// How: usually [`protocol::claims::ACR_KEY_LOCK`].
    pub acr: String,
    /// With what (RFC 8176).
    pub amr: Vec<String>,
    /// Who it is; with scope `enterprise`.
    pub enterprise: Option<EnterpriseClaims>,
    /// The lock; with scope `certificate`.
    pub certificate: Option<CertificateClaims>,
    /// How to reach it; with scope `contact`.
    pub contact: Option<ContactClaims>,
    /// The ID token as it came, for `id_token_hint` at logout.
    pub id_token: Secret,
    /// When the access token ends, seconds since the Unix epoch, if the provider said.
    pub access_token_expires_at: Option<i64>,
    /// The page the person wanted.
    pub target: Option<Target>,
}
