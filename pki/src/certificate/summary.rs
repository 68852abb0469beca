//! The content of extensions that are standard, in words: above all where a CA says that its revocation is asked.

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{DistributionPointName, GeneralName, ParsedExtension};
use x509_parser::prelude::FromDer;

use crate::name::text;

/// Most entries of one extension that are told.
const MAX_ENTRIES: usize = 20;

/// A line for each extension of a certificate, in its order; none where it says nothing in words here.
pub(super) fn summaries(certificate_der: &[u8]) -> Vec<Option<String>> {
    let Ok((_, certificate)) = X509Certificate::from_der(certificate_der) else {
        return Vec::new();
    };
    let all = certificate.extensions().iter();
    all.map(|extension| summary(extension.parsed_extension()))
        .collect()
}

fn summary(extension: &ParsedExtension<'_>) -> Option<String> {
    match extension {
        ParsedExtension::BasicConstraints(constraints) => {
            Some(match constraints.path_len_constraint {
                Some(length) => format!("CA {}, path length {length}", constraints.ca),
                None => format!("CA {}", constraints.ca),
            })
        }
        ParsedExtension::CRLDistributionPoints(points) => {
            let names = points.points.iter().filter_map(|point| {
                match point.distribution_point.as_ref()? {
                    DistributionPointName::FullName(names) => Some(names),
                    DistributionPointName::NameRelativeToCRLIssuer(_) => None,
                }
            });
            joined(names.flatten().map(general_name))
        }
        ParsedExtension::AuthorityInfoAccess(access) => {
            let each = access.accessdescs.iter().map(|one| {
                let method = one.access_method.to_id_string();
                let method = match method.as_str() {
                    "1.3.6.1.5.5.7.48.1" => "OCSP",
                    "1.3.6.1.5.5.7.48.2" => "CA issuers",
                    other => other,
                };
                format!("{method} {}", general_name(&one.access_location))
            });
            joined(each)
        }
        ParsedExtension::SubjectAlternativeName(names) => {
            joined(names.general_names.iter().map(general_name))
        }
        ParsedExtension::SubjectKeyIdentifier(id) => Some(hex::encode_upper(id.0)),
        ParsedExtension::AuthorityKeyIdentifier(id) => {
            id.key_identifier.as_ref().map(|id| hex::encode_upper(id.0))
        }
        _ => None,
    }
}

fn joined(each: impl Iterator<Item = String>) -> Option<String> {
    let some: Vec<String> = each.take(MAX_ENTRIES).collect();
    (!some.is_empty()).then(|| some.join(", "))
}

fn general_name(name: &GeneralName<'_>) -> String {
    text::clean(&match name {
        GeneralName::URI(uri) => (*uri).to_owned(),
        GeneralName::DNSName(dns) => (*dns).to_owned(),
        GeneralName::RFC822Name(mail) => (*mail).to_owned(),
        other => other.to_string(),
    })
}
