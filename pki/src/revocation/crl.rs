//! Certificate revocation lists (RFC 5280 §5), read once, indexed by serial number and shared cheaply.
//!
//! Reading a list does not verify it: that needs the issuer and happens with each path.

use std::fmt;
use std::sync::Arc;

use rustls_pki_types::CertificateRevocationListDer;
use rustls_pki_types::pem::PemObject;
use webpki::{CertRevocationList, OwnedCertRevocationList};
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::{FromDer, X509Extension};
use x509_parser::revocation_list::CertificateRevocationList;

use crate::name::Name;

/// Largest list that is read, in bytes: above a million entries.
pub const MAX_CRL_BYTES: usize = 64 * 1024 * 1024;

/// Why bytes are not a revocation list that can be worked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrlError {
    /// Larger than [`MAX_CRL_BYTES`].
    #[error("the revocation list is too large")]
    TooLarge,
    /// Not the DER of a version 2 list with nextUpdate and extensions.
    #[error("the revocation list is malformed")]
    Malformed,
    /// A delta or indirect list, or one divided by reasons.
    #[error("the revocation list is of a kind that is not supported")]
    Unsupported,
    /// The PEM text is broken or holds no list.
    #[error("the PEM text holds no readable revocation list")]
    BadPem,
}

/// A revocation list. Cloning shares it.
#[derive(Clone)]
pub struct Crl {
    inner: Arc<Facts>,
}

struct Facts {
    list: CertRevocationList<'static>,
    issuer: Name,
    issuer_der: Vec<u8>,
    der: Box<[u8]>,
    scope: Scope,
    this_update: i64,
    next_update: i64,
}

/// Whose certificates a list is about (RFC 5280 §5.2.5). No extension: everybody's.
#[derive(Clone, Copy, Debug, Default)]
struct Scope {
    users_only: bool,
    cas_only: bool,
}

impl Scope {
    fn read(list: &CertificateRevocationList<'_>) -> Self {
        let mut points = list
            .extensions()
            .iter()
            .map(X509Extension::parsed_extension);
        let point = points.find_map(|extension| match extension {
            ParsedExtension::IssuingDistributionPoint(point) => Some(point),
            _ => None,
        });
        point.map_or_else(Self::default, |point| Self {
            users_only: point.only_contains_user_certs,
            cas_only: point.only_contains_ca_certs,
        })
    }
}

impl Crl {
    /// Reads one DER list.
    pub fn from_der(der: &[u8]) -> Result<Self, CrlError> {
        if der.len() > MAX_CRL_BYTES {
            return Err(CrlError::TooLarge);
        }
        let list = OwnedCertRevocationList::from_der(der).map_err(|why| refusal(&why))?;
        let Ok(([], parsed)) = CertificateRevocationList::from_der(der) else {
            return Err(CrlError::Malformed);
        };
        let head = &parsed.tbs_cert_list;
        let facts = Facts {
            issuer: Name::read(&head.issuer),
            issuer_der: head.issuer.as_raw().to_vec(),
            this_update: head.this_update.timestamp(),
            next_update: head.next_update.ok_or(CrlError::Malformed)?.timestamp(),
            list: list.into(),
            der: der.into(),
            scope: Scope::read(&parsed),
        };
        Ok(Self {
            inner: Arc::new(facts),
        })
    }

    /// Reads every `X509 CRL` section of a PEM text. At least one is needed.
    pub fn from_pem(pem: &str) -> Result<Vec<Self>, CrlError> {
        let lists = CertificateRevocationListDer::pem_slice_iter(pem.as_bytes())
            .map(|section| section.map_err(|_malformed| CrlError::BadPem))
            .map(|section| section.and_then(|der| Self::from_der(&der)))
            .collect::<Result<Vec<_>, _>>()?;
        if lists.is_empty() {
            Err(CrlError::BadPem)
        } else {
            Ok(lists)
        }
    }

    /// Who issued the list, by its own words.
    pub fn issuer(&self) -> &Name {
        &self.inner.issuer
    }

    /// When it was issued, in seconds since the Unix epoch.
    pub fn this_update(&self) -> i64 {
        self.inner.this_update
    }

    /// When the next one is due at the latest, in seconds since the Unix epoch; from then on this one is stale.
    pub fn next_update(&self) -> i64 {
        self.inner.next_update
    }

    pub(crate) fn list(&self) -> &CertRevocationList<'static> {
        &self.inner.list
    }

    pub(crate) fn issuer_der(&self) -> &[u8] {
        &self.inner.issuer_der
    }

    /// As it was read, for its signature.
    pub(crate) fn der(&self) -> &[u8] {
        &self.inner.der
    }

    /// Whether certificates of CAs are within its scope.
    pub(crate) fn is_about_cas(&self) -> bool {
        !self.inner.scope.users_only
    }

    /// Whether certificates of holders are within its scope.
    pub(crate) fn is_about_holders(&self) -> bool {
        !self.inner.scope.cas_only
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crl")
            .field("issuer", &self.inner.issuer.to_string())
            .field("this_update", &self.inner.this_update)
            .field("next_update", &self.inner.next_update)
            .finish_non_exhaustive()
    }
}

fn refusal(why: &webpki::Error) -> CrlError {
    match why {
        webpki::Error::UnsupportedDeltaCrl
        | webpki::Error::UnsupportedIndirectCrl
        | webpki::Error::UnsupportedCrlVersion
        | webpki::Error::UnsupportedCriticalExtension
        | webpki::Error::UnsupportedRevocationReason
        | webpki::Error::UnsupportedRevocationReasonsPartitioning
        | webpki::Error::UnsupportedCrlIssuingDistributionPoint => CrlError::Unsupported,
        _ => CrlError::Malformed,
    }
}
