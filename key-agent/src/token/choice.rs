//! Which certificate of a lock is meant.
//!
//! Owns the rule that signing takes a signing certificate, whatever kind of lock holds it. Does not know keys.

use super::soft::SEALED_CERTIFICATE;
use super::{CertificateFacts, CertificateKind, TokenError, Wanted};

/// The certificate that is wanted, if it may sign.
pub(super) fn chosen<'a>(
    certificates: &'a [CertificateFacts],
    wanted: &Wanted,
) -> Result<&'a CertificateFacts, TokenError> {
    let mut candidates = certificates.iter().filter(|one| match wanted {
        Wanted::Certificate(id) if id != SEALED_CERTIFICATE => one.id == *id,
        _ => true,
    });
    let first = candidates.clone().next();
    let signing = candidates.find(|one| one.kind == CertificateKind::Signing);
    match (signing, first) {
        (Some(signing), _) => Ok(signing),
        (None, Some(other)) if other.kind == CertificateKind::Encryption => {
            Err(TokenError::OnlyEncryptionCertificate)
        }
        (None, Some(_)) => Err(TokenError::NoSigningCertificate),
        (None, None) if certificates.is_empty() => Err(TokenError::NoSigningCertificate),
        (None, None) => Err(TokenError::LockRemoved),
    }
}
