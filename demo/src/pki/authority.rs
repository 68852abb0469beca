//! A certificate authority of the sample PKI: a name, a key, its own certificate.
//!
//! Owns issuing certificates and revocation lists. Does not know what a lock is.

use der::asn1::BitString;
use der::{Decode as _, Encode as _};
use x509_cert::certificate::Version;
use x509_cert::crl::{CertificateList, RevokedCert, TbsCertList};
use x509_cert::ext::pkix::CrlNumber;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;

use super::certificate::{self, Issuer, Order, Validity, time};
use super::extension::{self, Extensions, ids};
use super::name::SubjectName;
use super::{Key, KeyKind, PkiError};

/// How long before `now` a list begins, so that clocks may differ.
const BACKDATED_SECONDS: i64 = 300;

/// A certificate authority.
#[derive(Debug)]
pub struct Authority {
    name: Name,
    key: Key,
    certificate: Vec<u8>,
}

impl Authority {
    /// A new root.
    pub fn root(kind: KeyKind, name: SubjectName, validity: Validity) -> Result<Self, PkiError> {
        let key = Key::generate(kind)?;
        let order = Order {
            subject: name,
            validity,
            extensions: Extensions::authority(None)?,
        };
        let name = order.subject.to_name()?;
        let issuer = Issuer {
            name: &name,
            key: &key,
        };
        let certificate = certificate::issue(&issuer, &order, key.subject_public_key_info_der())?;
        Ok(Self {
            name,
            key,
            certificate,
        })
    }

    /// A new CA below this one, with none below itself.
    pub fn subordinate(
        &self,
        kind: KeyKind,
        name: SubjectName,
        validity: Validity,
    ) -> Result<Self, PkiError> {
        let order = Order {
            subject: name,
            validity,
            extensions: Extensions::authority(Some(0))?,
        };
        let key = Key::generate(kind)?;
        let certificate = self.issue(&order, key.subject_public_key_info_der())?;
        Ok(Self {
            name: order.subject.to_name()?,
            key,
            certificate,
        })
    }

    /// An authority that was made before, from its certificate's DER and its key.
    pub(super) fn restored(certificate: Vec<u8>, key: Key) -> Result<Self, PkiError> {
        let read = x509_cert::Certificate::from_der(&certificate)?;
        Ok(Self {
            name: read.tbs_certificate().subject().clone(),
            key,
            certificate,
        })
    }

    /// Its key.
    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    /// Its own certificate, DER.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// Issues a certificate over a DER `SubjectPublicKeyInfo`; the answer is DER.
    pub fn issue(&self, order: &Order, subject_spki: &[u8]) -> Result<Vec<u8>, PkiError> {
        let issuer = Issuer {
            name: &self.name,
            key: &self.key,
        };
        certificate::issue(&issuer, order, subject_spki)
    }

    /// Issues a revocation list, in force from just before `now` until `next_update`; the answer is DER. Serial numbers
    /// are hexadecimal, as `pki::certificate::Certificate::serial_number` tells them.
    pub fn revocation_list(
        &self,
        revoked: &[String],
        now: i64,
        next_update: i64,
    ) -> Result<Vec<u8>, PkiError> {
        let this_update = now.saturating_sub(BACKDATED_SECONDS);
        let revoked = revoked
            .iter()
            .map(|serial| entry(serial, this_update))
            .collect::<Result<Vec<_>, _>>()?;
        // RFC 5280 §5.2.3: the number grows with each list.
        let number = CrlNumber::try_from(now.max(1).unsigned_abs())?;
        let authority_key = extension::authority_key(self.key.subject_public_key_info_der())?;
        let extensions = vec![
            extension::extension(ids::AUTHORITY_KEY_IDENTIFIER, false, &authority_key)?,
            extension::extension(ids::CRL_NUMBER, false, &number)?,
        ];
        let signature_algorithm = self.key.signature_algorithm();
        let tbs_cert_list: TbsCertList = TbsCertList {
            version: Version::V2,
            signature: signature_algorithm.clone(),
            issuer: self.name.clone(),
            this_update: time(this_update)?,
            next_update: Some(time(next_update)?),
            // RFC 5280 §5.1.2.6: absent rather than empty.
            revoked_certificates: (!revoked.is_empty()).then_some(revoked),
            crl_extensions: Some(extensions),
        };
        let signature = self.key.sign(&tbs_cert_list.to_der()?)?;
        let list = CertificateList {
            tbs_cert_list,
            signature_algorithm,
            signature: BitString::from_bytes(&signature)?,
        };
        Ok(list.to_der()?)
    }
}

fn entry(serial: &str, revocation_date: i64) -> Result<RevokedCert, PkiError> {
    let octets =
        hex::decode(serial).or(Err(PkiError::Key("a serial number is not hexadecimal")))?;
    Ok(RevokedCert {
        serial_number: SerialNumber::new(&octets)?,
        revocation_date: time(revocation_date)?,
        crl_entry_extensions: None,
    })
}
