//! What a certificate's key may be used for. Owns `KeyUsage` and the rule for locks; knows no bytes.

use crate::oid;

/// The `KeyUsage` bits of RFC 5280 §4.2.1.3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a bit string of nine named bits is what the standard defines"
)]
pub struct KeyUsage {
    /// digitalSignature
    pub digital_signature: bool,
    /// nonRepudiation, since 2005 contentCommitment
    pub content_commitment: bool,
    /// keyEncipherment
    pub key_encipherment: bool,
    /// dataEncipherment
    pub data_encipherment: bool,
    /// keyAgreement
    pub key_agreement: bool,
    /// keyCertSign
    pub key_cert_sign: bool,
    /// cRLSign
    pub crl_sign: bool,
}

impl KeyUsage {
    /// The names of the bits that are set, as RFC 5280 writes them.
    pub fn names(self) -> Vec<&'static str> {
        let bits = [
            (self.digital_signature, "digitalSignature"),
            (self.content_commitment, "nonRepudiation"),
            (self.key_encipherment, "keyEncipherment"),
            (self.data_encipherment, "dataEncipherment"),
            (self.key_agreement, "keyAgreement"),
            (self.key_cert_sign, "keyCertSign"),
            (self.crl_sign, "cRLSign"),
        ];
        let set = bits.into_iter().filter(|(is_set, _)| *is_set);
        set.map(|(_, name)| name).collect()
    }

    fn enciphers(self) -> bool {
        self.key_encipherment || self.data_encipherment || self.key_agreement
    }
}

/// Which of a lock's two certificates this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CertificatePurpose {
    /// The signing certificate: fit for log-in.
    Signing,
    /// The encryption certificate of the pair: never fit for log-in, and worth its own message.
    EncryptionOnly,
    /// Neither: for instance a certificate of a server or of a CA.
    Neither,
}

/// A log-in needs digitalSignature, so an absent `KeyUsage` is not enough. `ExtendedKeyUsage` is often absent, which is
/// accepted; when present it must name clientAuth.
pub(super) fn purpose(
    key_usage: Option<KeyUsage>,
    extended: Option<&[String]>,
) -> CertificatePurpose {
    match key_usage {
        Some(usage) if usage.digital_signature => {
            if extended
                .is_none_or(|purposes| purposes.iter().any(|purpose| purpose == oid::CLIENT_AUTH))
            {
                CertificatePurpose::Signing
            } else {
                CertificatePurpose::Neither
            }
        }
        Some(usage) if usage.enciphers() && !usage.content_commitment => {
            CertificatePurpose::EncryptionOnly
        }
        _ => CertificatePurpose::Neither,
    }
}
