//! Alternative names of a certificate's subject (RFC 5280 §4.2.1.6): those that a program can be known by.

use core::net::IpAddr;

use x509_parser::extensions::{GeneralName, SubjectAlternativeName};
use x509_parser::prelude::FromDer as _;

use super::Certificate;
use crate::oid;

/// One alternative name, as the certificate writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlternativeName {
    /// dNSName
    Dns(String),
    /// uniformResourceIdentifier
    Uri(String),
    /// rfc822Name
    Email(String),
    /// iPAddress
    Ip(IpAddr),
}

impl Certificate {
    /// The names of these kinds; none where the extension is missing or malformed.
    pub fn alternative_names(&self) -> Vec<AlternativeName> {
        let value = self.extension(oid::SUBJECT_ALTERNATIVE_NAME);
        let Some(Ok(([], names))) = value.map(SubjectAlternativeName::from_der) else {
            return Vec::new();
        };
        names.general_names.iter().filter_map(read).collect()
    }
}

fn read(name: &GeneralName<'_>) -> Option<AlternativeName> {
    Some(match name {
        GeneralName::DNSName(name) => AlternativeName::Dns((*name).to_owned()),
        GeneralName::URI(uri) => AlternativeName::Uri((*uri).to_owned()),
        GeneralName::RFC822Name(address) => AlternativeName::Email((*address).to_owned()),
        GeneralName::IPAddress(octets) => AlternativeName::Ip(address(octets)?),
        _ => return None,
    })
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(octets)
        .map(IpAddr::from)
        .or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from))
        .ok()
}
