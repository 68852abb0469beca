//! What devices tell about themselves, made fit to be shown and passed on.
//!
//! Owns the limits on it: a device, like a page, can say anything.

use pki::certificate::Certificate;
use pki::signature::PublicKey;
use protocol::proof::ProofAlgorithm;
use sha2::{Digest as _, Sha256};

use super::CertificateFacts;

/// Longest label that is shown, in characters.
const LABEL_MAX: usize = 64;

/// Largest certificate that is read, in octets.
pub(super) const CERTIFICATE_MAX_OCTETS: usize = 16 * 1024;

/// Most certificates, containers, slots or files that are looked at in one place.
pub(super) const THINGS_MAX: usize = 64;

/// A device's text in one line, without what is padding or would show as something else.
pub(super) fn label(text: &str) -> String {
    let shown: String = text
        .trim_matches(|one: char| one.is_whitespace() || one == '\0')
        .chars()
        .filter(|one| !one.is_control() && !matches!(one, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'))
        .take(LABEL_MAX)
        .collect();
    shown.trim().to_owned()
}

/// 硬件介质号 out of a device's serial number, if a proof may carry it.
pub(super) fn media_number(serial: &str) -> Option<String> {
    let number = serial.trim_matches(|one: char| one.is_whitespace() || one == '\0');
    is_number(number).then(|| number.to_owned())
}

/// As the proof allows it: at most 64 letters, digits, hyphens and underscores.
pub(super) fn is_number(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|one| one.is_ascii_alphanumeric() || one == b'-' || one == b'_')
}

/// A name for something, out of everything that tells it from its like.
pub(super) fn id(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize()).chars().take(16).collect()
}

/// The facts of a certificate that is a person's or an enterprise's, with what its key can do on this device.
pub(super) fn certificate(
    der: &[u8],
    able: impl FnOnce(&'static [ProofAlgorithm]) -> &'static [ProofAlgorithm],
) -> Option<CertificateFacts> {
    let certificate = Certificate::from_der(der).ok().filter(|one| !one.is_ca())?;
    let weak = PublicKey::from_spki_der(certificate.subject_public_key_info_der()).is_weak();
    let mut facts = CertificateFacts::of(certificate, None);
    facts.algorithms = if weak { &[] } else { able(facts.algorithms) };
    Some(facts)
}

/// Whether a thing of this name may hold an e-seal.
pub(super) fn names_seal(name: &str) -> bool {
    let name = name.to_lowercase();
    ["seal", "签章", ".esl"]
        .iter()
        .any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_device_tells_is_made_fit() {
        assert_eq!(label("  Key\u{202e}x\n \0\0"), "Keyx");
        assert_eq!(label(&"长".repeat(200)).chars().count(), LABEL_MAX);
        assert_eq!(media_number("0123ABCD  \0"), Some("0123ABCD".to_owned()));
        assert_eq!(media_number("12 34"), None);
        assert_eq!(media_number("   "), None);
        assert_ne!(id(&[b"ab", b"c"]), id(&[b"a", b"bc"]));
        assert!(names_seal("企业签章") && names_seal("ESEAL1") && !names_seal("notes"));
    }
}
