//! The names of subjects and issuers.
//!
//! Owns their DER. Does not know which attributes a CA uses.

use der::asn1::{Any, ObjectIdentifier, SetOfVec};
use der::{Decode as _, Encode as _, Tag};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::Name;

use super::PkiError;

/// Attributes in the order of the certificate, from the country to the holder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubjectName {
    attributes: Vec<(ObjectIdentifier, Tag, Vec<u8>)>,
}

impl SubjectName {
    /// C=CN and what follows it.
    pub fn china() -> Self {
        Self::default().with(COUNTRY, Tag::PrintableString, b"CN")
    }

    /// Adds any attribute with any string type and octets, also those that should not occur.
    #[must_use]
    pub fn with(mut self, oid: ObjectIdentifier, tag: Tag, octets: &[u8]) -> Self {
        self.attributes.push((oid, tag, octets.to_vec()));
        self
    }

    fn text(self, oid: ObjectIdentifier, text: &str) -> Self {
        self.with(oid, Tag::Utf8String, text.as_bytes())
    }

    /// Adds ST, 省.
    #[must_use]
    pub fn province(self, text: &str) -> Self {
        self.text(PROVINCE, text)
    }

    /// Adds L, 市.
    #[must_use]
    pub fn locality(self, text: &str) -> Self {
        self.text(LOCALITY, text)
    }

    /// Adds O.
    #[must_use]
    pub fn organization(self, text: &str) -> Self {
        self.text(ORGANIZATION, text)
    }

    /// Adds OU.
    #[must_use]
    pub fn unit(self, text: &str) -> Self {
        self.text(UNIT, text)
    }

    /// Adds CN.
    #[must_use]
    pub fn common_name(self, text: &str) -> Self {
        self.text(COMMON_NAME, text)
    }

    /// Adds serialNumber.
    #[must_use]
    pub fn serial_number(self, text: &str) -> Self {
        self.with(SERIAL_NUMBER, Tag::PrintableString, text.as_bytes())
    }

    /// As X.501 writes it: one attribute a set.
    pub(super) fn to_name(&self) -> Result<Name, PkiError> {
        let mut sequence = Vec::new();
        for (oid, tag, octets) in &self.attributes {
            let attribute = AttributeTypeAndValue {
                oid: *oid,
                value: Any::new(*tag, octets.clone())?,
            };
            sequence.push(SetOfVec::try_from(vec![attribute])?);
        }
        Ok(Name::from_der(&sequence.to_der()?)?)
    }
}

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const SERIAL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.5");
const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const LOCALITY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.7");
const PROVINCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.8");
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");
