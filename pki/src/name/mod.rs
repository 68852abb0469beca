//! Distinguished names as people read them.
//!
//! Owns the decoded attributes of a subject or issuer, in the order of the certificate. The text is safe to show and to
//! log: control characters, line breaks and bidirectional overrides are gone. Names are compared for chain building on
//! their DER elsewhere and by [`ComparedName`] for others' lists, never on this text. A name that somebody wrote down
//! (`written`) is compared in that same form.

mod compared;
pub(crate) mod text;
mod written;

use std::fmt;

use x509_parser::x509::X509Name;

use crate::oid;

pub(crate) use compared::ComparedName;
pub use written::is_name;

/// A distinguished name: attribute OIDs and texts in the certificate's order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    attributes: Vec<(String, String)>,
}

impl Name {
    pub(crate) fn read(name: &X509Name<'_>) -> Self {
        let attributes = name
            .iter_attributes()
            .map(|attribute| {
                let value = attribute.attr_value();
                let decoded = text::of_string(value.header.tag().0, value.data)
                    .unwrap_or_else(|| format!("#{}", hex::encode(value.data)));
                (attribute.attr_type().to_id_string(), decoded)
            })
            .collect();
        Self { attributes }
    }

    /// All attributes as (dotted OID, text), in the certificate's order.
    pub fn attributes(&self) -> &[(String, String)] {
        &self.attributes
    }

    /// The first attribute with this dotted OID.
    pub fn first(&self, oid: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(known, _)| known == oid)
            .map(|(_, text)| text.as_str())
    }

    /// Every attribute with this dotted OID, in order.
    pub fn all<'a>(&'a self, oid: &'a str) -> impl Iterator<Item = &'a str> {
        self.attributes
            .iter()
            .filter(move |(known, _)| known == oid)
            .map(|(_, text)| text.as_str())
    }

    /// The first commonName.
    pub fn common_name(&self) -> Option<&str> {
        self.first(oid::COMMON_NAME)
    }

    /// The first organizationName.
    pub fn organization(&self) -> Option<&str> {
        self.first(oid::ORGANIZATION)
    }
}

/// RFC 4514 §2: last attribute first, special characters escaped. Multi-valued RDNs are shown as separate attributes.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (oid, text)) in self.attributes.iter().rev().enumerate() {
            if position > 0 {
                f.write_str(",")?;
            }
            write!(f, "{}=", oid::short_name(oid).unwrap_or(oid))?;
            write_escaped(f, text)?;
        }
        Ok(())
    }
}

/// RFC 4514 §2.4.
fn write_escaped(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let last = text.chars().count().saturating_sub(1);
    for (position, character) in text.chars().enumerate() {
        let special = matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\' | '=')
            || (position == 0 && matches!(character, '#' | ' '))
            || (position == last && character == ' ');
        if special {
            f.write_str("\\")?;
        }
        write!(f, "{character}")?;
    }
    Ok(())
}
