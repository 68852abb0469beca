//! A distinguished name as somebody wrote it down (RFC 4514), read back to be compared with a certificate's.
//!
//! Owns the reading of escapes, of several attributes in one RDN and of values in hexadecimal. What is no difference between
//! two names is [`ComparedName`]'s.

use der::{Decode as _, Tagged as _};

use super::compared::{ComparedName, folded, value_of};
use super::text::clean;
use crate::certificate::Certificate;
use crate::oid;

impl Certificate {
    /// Whether the subject is the name in this RFC 4514 text, attribute for attribute. A text that is no such name, and a
    /// name with something unreadable in it, is nobody's.
    pub fn has_subject(&self, written: &str) -> bool {
        let (Some(written), Some(own)) = (read(written), ComparedName::of_der(self.subject_der()))
        else {
            return false;
        };
        written == own && !own.is_doubtful()
    }
}

/// Whether this text is a name that a certificate can be compared with.
pub fn is_name(written: &str) -> bool {
    read(written).is_some()
}

/// Last RDN first, as RFC 4514 §2.1 writes it; `None`: it is no name, or names nothing.
fn read(written: &str) -> Option<ComparedName> {
    let rdns = parts(written, ',')?.into_iter().rev().map(|rdn| {
        let attributes = parts(rdn, '+')?.into_iter().map(attribute);
        attributes.collect::<Option<Vec<_>>>()
    });
    let rdns = rdns.collect::<Option<Vec<_>>>()?;
    Some(ComparedName::of_rdns(rdns.into_iter()))
}

/// The parts between separators that no backslash stands before. None of them is empty.
fn parts(text: &str, separator: char) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let (mut begin, mut escaped) = (0, false);
    for (at, c) in text.char_indices() {
        if !escaped && c == separator {
            parts.push(text.get(begin..at)?);
            begin = at + c.len_utf8();
        }
        escaped = !escaped && c == '\\';
    }
    parts.push(text.get(begin..)?);
    parts
        .iter()
        .all(|part| !part.trim().is_empty())
        .then_some(parts)
}

/// Dotted OID and value of `TYPE=VALUE`.
fn attribute(text: &str) -> Option<(String, String)> {
    let (kind, value) = text.split_once('=')?;
    let kind = kind.trim();
    let is_dotted = !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let kind = if is_dotted {
        kind.to_owned()
    } else {
        oid::of_short_name(kind)?.to_owned()
    };
    let value = match value.trim_start().strip_prefix('#') {
        Some(encoded) => {
            let encoded = hex::decode(encoded.trim_end()).ok()?;
            let value = der::asn1::AnyRef::from_der(&encoded).ok()?;
            value_of(value.tag().number().value(), value.value())
        }
        None => folded(&clean(&unescaped(value)?)),
    };
    Some((kind, value))
}

/// RFC 4514 §3: `\` before a special character, or before two hexadecimal digits of a UTF-8 octet.
fn unescaped(value: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first != b'\\' {
            octets.push(*first);
            rest = after;
        } else if let Some(pair) = after
            .get(..2)
            .filter(|p| p.iter().all(u8::is_ascii_hexdigit))
        {
            octets.extend(hex::decode(pair).ok()?);
            rest = after.get(2..)?;
        } else {
            let (escaped, after) = after.split_first()?;
            octets.push(*escaped);
            rest = after;
        }
    }
    String::from_utf8(octets).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_the_same_however_it_is_written() {
        let plain = read("CN=Bank, Ltd".replace(", ", "\\, ").as_str()).unwrap();
        for same in [
            "cn=bank\\2C ltd",
            "2.5.4.3=Bank\\,  Ltd",
            "CN=#0c0942616e6b2c204c7464",
            " CN = Bank\\, Ltd ",
        ] {
            assert_eq!(read(same), Some(plain.clone()), "{same}");
        }
        assert_ne!(read("CN=Bank Ltd"), Some(plain.clone()));
        assert_ne!(read("O=Bank\\, Ltd"), Some(plain));
    }

    #[test]
    fn order_counts_between_rdns_and_not_within_one() {
        assert_eq!(read("CN=a+OU=b,O=c"), read("OU=b+CN=a,O=c"));
        assert_ne!(read("CN=a,OU=b,O=c"), read("OU=b,CN=a,O=c"));
        assert_ne!(read("CN=a+OU=b,O=c"), read("CN=a,OU=b,O=c"));
        assert_ne!(read("CN=a,O=c"), read("CN=a"));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for bad in [
            "",
            "CN",
            "CN=a,",
            ",CN=a",
            "CN=a++O=b",
            "nonsense=a",
            "CN=a\\",
            "CN=#0c05",
            "CN=#zz",
            "CN=\\ff",
        ] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
