//! Whether two names are one (RFC 5280 §7.1), for lists that name the issuers of others' certificates.
//!
//! Owns what is no difference: the string type, upper and lower case, how many blanks stand where, full-width letters, and
//! the order within one RDN. Composed and decomposed letters stay apart; Chinese has none. Two names that are taken for one at worst refuse a certificate with the same serial number.

use x509_parser::prelude::FromDer as _;
use x509_parser::x509::X509Name;

use super::text;

/// A name in the form in which it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ComparedName(Box<str>);

impl ComparedName {
    /// Reads a name's DER; `None`: it is none.
    pub(crate) fn of_der(der: &[u8]) -> Option<Self> {
        let Ok(([], name)) = X509Name::from_der(der) else {
            return None;
        };
        let rdns = name.iter_rdn().map(|rdn| {
            let attributes = rdn.iter().map(|attribute| {
                let value = attribute.attr_value();
                let kind = attribute.attr_type().to_id_string();
                (kind, value_of(value.header.tag().0, value.data))
            });
            attributes.collect()
        });
        Some(Self::of_rdns(rdns))
    }

    /// Of values that [`value_of`] or [`folded`] gave, by dotted OID, one RDN after another.
    pub(super) fn of_rdns(rdns: impl Iterator<Item = Vec<(String, String)>>) -> Self {
        let mut all = String::new();
        for rdn in rdns {
            let lines = rdn
                .into_iter()
                .map(|(kind, text)| format!("{kind}={text}\n"));
            let mut attributes: Vec<String> = lines.collect();
            attributes.sort();
            all.extend(attributes);
            // Decoded text holds no control character.
            all.push('\n');
        }
        Self(all.into())
    }

    /// Whether something in it could not be read, so that names that differ may look the same.
    pub(super) fn is_doubtful(&self) -> bool {
        self.0.contains(char::REPLACEMENT_CHARACTER)
    }
}

/// A value by its string type, or as octets where it is no string.
pub(super) fn value_of(tag: u32, content: &[u8]) -> String {
    let text = text::of_string(tag, content);
    text.map_or_else(|| hex::encode(content), |text| folded(&text))
}

/// Lower case; one blank for several, none at the ends; letters of full width as those of ASCII.
pub(super) fn folded(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        c => c,
    };
    let narrowed: String = text.chars().map(narrow).collect();
    let words: Vec<String> = narrowed.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One RDN after another, each a commonName of this string type.
    fn name(values: &[(u8, &[u8])]) -> Option<ComparedName> {
        let tlv = |tag: u8, content: &[u8]| {
            let length = u8::try_from(content.len()).unwrap();
            [&[tag, length], content].concat()
        };
        let rdn = |(tag, value): &(u8, &[u8])| {
            let attribute = [tlv(6, &[0x55, 4, 3]), tlv(*tag, value)].concat();
            tlv(0x31, &tlv(0x30, &attribute))
        };
        let rdns: Vec<u8> = values.iter().flat_map(rdn).collect();
        ComparedName::of_der(&tlv(0x30, &rdns))
    }

    #[test]
    fn string_type_case_blanks_and_width_make_no_other_name() {
        let one = name(&[(12, b"Test CA 1")]).unwrap();
        let wide: Vec<u8> = "Ｔｅｓｔ　CA １"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        for other in [
            (19, b"Test CA 1".as_slice()),
            (12, b"test ca 1"),
            (20, b"  TEST   CA 1 "),
            (30, &wide),
        ] {
            assert_eq!(name(&[other]), Some(one.clone()), "{other:?}");
        }
        for other in [b"Test CA 2".as_slice(), b"TestCA1", b""] {
            assert_ne!(name(&[(12, other)]), Some(one.clone()), "{other:?}");
        }
        assert_ne!(
            name(&[(12, b"a"), (12, b"b")]),
            name(&[(12, b"b"), (12, b"a")])
        );
        assert_ne!(name(&[(12, b"a"), (12, b"b")]), name(&[(12, b"a")]));
        assert_eq!(ComparedName::of_der(b"\x30\x05"), None);
    }
}
