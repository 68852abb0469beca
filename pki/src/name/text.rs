//! Text out of ASN.1 strings, in every encoding that certificates of this field carry.
//!
//! Owns decoding and cleaning. Decoding never fails for the string types it knows: what cannot be decoded becomes
//! U+FFFD, so a strange name makes a strange text and not an error at log-in.

use encoding_rs::GB18030;

pub(crate) const UTF8_STRING: u32 = 12;
const NUMERIC_STRING: u32 = 18;
pub(crate) const PRINTABLE_STRING: u32 = 19;
const T61_STRING: u32 = 20;
pub(crate) const IA5_STRING: u32 = 22;
const VISIBLE_STRING: u32 = 26;
const GENERAL_STRING: u32 = 27;
const UNIVERSAL_STRING: u32 = 28;
const BMP_STRING: u32 = 30;

/// The clean text of an ASN.1 string with this universal tag number; `None` if the tag is no string type.
pub(crate) fn of_string(tag: u32, content: &[u8]) -> Option<String> {
    let text = match tag {
        UTF8_STRING | NUMERIC_STRING | PRINTABLE_STRING | T61_STRING | IA5_STRING
        | VISIBLE_STRING | GENERAL_STRING => of_bytes(content),
        BMP_STRING => utf16_be(content),
        UNIVERSAL_STRING => utf32_be(content),
        _ => return None,
    };
    Some(clean(&text))
}

/// What ASN.1 calls the string type with this universal tag number.
pub(crate) const fn type_name(tag: u32) -> Option<&'static str> {
    Some(match tag {
        UTF8_STRING => "UTF8String",
        NUMERIC_STRING => "NumericString",
        PRINTABLE_STRING => "PrintableString",
        T61_STRING => "T61String",
        IA5_STRING => "IA5String",
        VISIBLE_STRING => "VisibleString",
        GENERAL_STRING => "GeneralString",
        UNIVERSAL_STRING => "UniversalString",
        BMP_STRING => "BMPString",
        _ => return None,
    })
}

/// Text of bytes whose encoding nobody declared, or declared wrongly: UTF-8 if it is valid UTF-8, otherwise GB18030,
/// which old certificates put into `T61String` and `PrintableString` alike.
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// GB18030, or `None` when the bytes are not.
pub(crate) fn gb18030(bytes: &[u8]) -> Option<String> {
    GB18030
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(std::borrow::Cow::into_owned)
}

/// Replaces by U+FFFD what a text from a certificate has no business to contain: it ends in pages, logs and headers.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| {
            if is_unsafe(c) {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect()
}

fn is_unsafe(c: char) -> bool {
    // C0, DEL and C1; soft hyphen; Arabic letter mark; zero-width and directional marks; line and paragraph
    // separators; directional embeddings, overrides and isolates; byte order mark; tag characters.
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}')
        || matches!(c, '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

fn utf16_be(bytes: &[u8]) -> String {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| u16::from_be_bytes(*pair));
    let mut text: String = char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    if !rest.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text
}

fn utf32_be(bytes: &[u8]) -> String {
    let (units, rest) = bytes.as_chunks::<4>();
    let mut text: String = units
        .iter()
        .map(|unit| {
            char::from_u32(u32::from_be_bytes(*unit)).unwrap_or(char::REPLACEMENT_CHARACTER)
        })
        .collect();
    if !rest.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text
}
