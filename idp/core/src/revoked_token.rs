//! Revoked token: what is kept of a token of a platform's own that the platform gave up (RFC 7009). Such a token stands on no grant
//! that could end, so that it is remembered by itself, for as long as it would have lived.

use crate::id::PlatformId;
use crate::timestamp::Timestamp;

/// A token of a platform's own that the platform gave up before its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedToken {
    /// `jti`
    pub jti: String,
    /// Whose it was.
    pub platform_id: PlatformId,
    /// It is worth nothing from then on anyway: nothing has to be kept of it.
    pub expires_at: Timestamp,
}
