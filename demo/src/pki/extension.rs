//! The extensions of a certificate.
//!
//! Owns their DER. Does not know which CA writes what where.

use aws_lc_rs::digest::{SHA256, digest};
use der::asn1::{Any, ObjectIdentifier, OctetString};
use der::{Encode, Tag, TagNumber};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::certpolicy::{CertificatePolicies, PolicyInformation};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages,
    SubjectKeyIdentifier,
};
use x509_cert::spki::SubjectPublicKeyInfoRef;

use super::PkiError;

/// id-kp-clientAuth.
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");

/// What a certificate says beside its name and key, in order.
#[derive(Clone, Debug, Default)]
pub struct Extensions {
    list: Vec<Extension>,
}

impl Extensions {
    /// Nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// Of a CA with at most this many CAs below it.
    pub fn authority(path_length: Option<u8>) -> Result<Self, PkiError> {
        let constraints = BasicConstraints {
            ca: true,
            path_len_constraint: path_length,
        };
        Self::none()
            .with(ids::BASIC_CONSTRAINTS, true, &constraints)?
            .usage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)
    }

    /// Of a lock's signing certificate: digitalSignature, nonRepudiation.
    pub fn signing() -> Result<Self, PkiError> {
        Self::none().usage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation)
    }

    /// Of a lock's encryption certificate: keyEncipherment, dataEncipherment, keyAgreement.
    pub fn encryption() -> Result<Self, PkiError> {
        Self::none().usage(
            KeyUsages::KeyEncipherment | KeyUsages::DataEncipherment | KeyUsages::KeyAgreement,
        )
    }

    fn usage(self, usage: impl Into<UsageFlags>) -> Result<Self, PkiError> {
        self.with(ids::KEY_USAGE, true, &KeyUsage(usage.into()))
    }

    /// Adds `ExtendedKeyUsage` with clientAuth.
    pub fn client_auth(self) -> Result<Self, PkiError> {
        let usage = ExtendedKeyUsage(vec![CLIENT_AUTH]);
        self.with(ids::EXTENDED_KEY_USAGE, false, &usage)
    }

    /// Adds one certificate policy.
    pub fn policy(self, policy: &str) -> Result<Self, PkiError> {
        let policies = CertificatePolicies(vec![PolicyInformation {
            policy_identifier: oid(policy)?,
            policy_qualifiers: None,
        }]);
        self.with(ids::CERTIFICATE_POLICIES, false, &policies)
    }

    /// Adds a text as a `PrintableString`.
    pub fn printable(self, id: &str, text: &str) -> Result<Self, PkiError> {
        let text = Any::new(Tag::PrintableString, text.as_bytes())?;
        self.with(oid(id)?, false, &text)
    }

    /// Adds a text as some CAs wrap it: `SET { [0] { PrintableString } }`.
    pub fn wrapped(self, id: &str, text: &str) -> Result<Self, PkiError> {
        let text = Any::new(Tag::PrintableString, text.as_bytes())?.to_der()?;
        let tagged = Tag::ContextSpecific {
            constructed: true,
            number: TagNumber(0),
        };
        let tagged = Any::new(tagged, text)?.to_der()?;
        self.with(oid(id)?, false, &Any::new(Tag::Set, tagged)?)
    }

    /// Adds any octets under any id.
    pub fn raw(mut self, id: &str, critical: bool, octets: &[u8]) -> Result<Self, PkiError> {
        self.list.push(Extension {
            extn_id: oid(id)?,
            critical,
            extn_value: OctetString::new(octets)?,
        });
        Ok(self)
    }

    /// Adds the identifiers of the subject's and the issuer's keys.
    pub(super) fn key_identifiers(
        self,
        subject_spki: &[u8],
        issuer_spki: &[u8],
    ) -> Result<Self, PkiError> {
        let subject = SubjectKeyIdentifier(OctetString::new(key_identifier(subject_spki)?)?);
        self.with(ids::SUBJECT_KEY_IDENTIFIER, false, &subject)?
            .with(
                ids::AUTHORITY_KEY_IDENTIFIER,
                false,
                &authority_key(issuer_spki)?,
            )
    }

    fn with(
        mut self,
        id: ObjectIdentifier,
        critical: bool,
        value: &impl Encode,
    ) -> Result<Self, PkiError> {
        self.list.push(extension(id, critical, value)?);
        Ok(self)
    }

    pub(super) fn into_list(self) -> Vec<Extension> {
        self.list
    }
}

type UsageFlags = x509_cert::der::flagset::FlagSet<KeyUsages>;

pub(super) fn extension(
    extn_id: ObjectIdentifier,
    critical: bool,
    value: &impl Encode,
) -> Result<Extension, PkiError> {
    Ok(Extension {
        extn_id,
        critical,
        extn_value: OctetString::new(value.to_der()?)?,
    })
}

pub(super) fn authority_key(spki: &[u8]) -> Result<AuthorityKeyIdentifier, PkiError> {
    Ok(AuthorityKeyIdentifier {
        key_identifier: Some(OctetString::new(key_identifier(spki)?)?),
        authority_cert_issuer: None,
        authority_cert_serial_number: None,
    })
}

/// RFC 7093 §2 method 1: the leftmost 160 bits of the SHA-256 over the key.
fn key_identifier(spki: &[u8]) -> Result<Vec<u8>, PkiError> {
    let spki = SubjectPublicKeyInfoRef::try_from(spki)
        .or(Err(PkiError::Key("its public half is malformed")))?;
    let hash = digest(&SHA256, spki.subject_public_key.raw_bytes());
    Ok(hash.as_ref().iter().take(20).copied().collect())
}

fn oid(dotted: &str) -> Result<ObjectIdentifier, PkiError> {
    ObjectIdentifier::new(dotted).map_err(|error| PkiError::Encoding(error.into()))
}

/// RFC 5280 §4.2.1 and §5.2.
pub(super) mod ids {
    use der::asn1::ObjectIdentifier;

    pub(in crate::pki) const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("2.5.29.14");
    pub(in crate::pki) const KEY_USAGE: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("2.5.29.15");
    pub(in crate::pki) const BASIC_CONSTRAINTS: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("2.5.29.19");
    pub(in crate::pki) const CRL_NUMBER: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("2.5.29.20");
    pub(in crate::pki) const CERTIFICATE_POLICIES: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("2.5.29.32");
    pub(in crate::pki) const AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("2.5.29.35");
    pub(in crate::pki) const EXTENDED_KEY_USAGE: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("2.5.29.37");
}
