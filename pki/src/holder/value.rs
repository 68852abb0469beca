//! Text out of an extension's octets. Owns the decodings that CAs of this field were seen to use; knows no profile.

use serde::{Deserialize, Serialize};
use x509_parser::asn1_rs::{Any, Class};
use x509_parser::prelude::FromDer;

use crate::name::text;

/// How deep a value may be wrapped.
const MAX_DEPTH: u8 = 6;
const OCTET_STRING: u32 = 4;

/// How the octets of an extension become text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decoding {
    /// Plain text, an ASN.1 string, or an ASN.1 string in any number of wrappers, whichever it is.
    #[default]
    Auto,
    /// The octets are UTF-8 text.
    Utf8,
    /// The octets are GB18030 (or GBK, or GB2312) text.
    Gb18030,
    /// The octets are one ASN.1 string of any type.
    String,
    /// The octets are one ASN.1 string inside wrappers, such as `SET { [0] { PrintableString } }`.
    Wrapped,
    /// The octets themselves, written in upper-case hex.
    Hex,
}

/// The clean text, or `None` if the octets are not what the decoding says.
pub(super) fn decode(octets: &[u8], decoding: Decoding) -> Option<String> {
    let text = match decoding {
        Decoding::Auto => plain(octets)
            .or_else(|| unwrapped(octets, MAX_DEPTH))
            .or_else(|| text::gb18030(octets).filter(|text| !text.chars().any(char::is_control))),
        Decoding::Utf8 => std::str::from_utf8(octets).ok().map(str::to_owned),
        Decoding::Gb18030 => text::gb18030(octets),
        Decoding::String => unwrapped(octets, 1),
        Decoding::Wrapped => unwrapped(octets, MAX_DEPTH),
        Decoding::Hex => Some(hex::encode_upper(octets)),
    }?;
    Some(text::clean(&text))
}

/// What each decoding makes of these octets; those that fail are left out.
pub(crate) fn readings(octets: &[u8]) -> Vec<(Decoding, String)> {
    let all = [
        Decoding::Auto,
        Decoding::Utf8,
        Decoding::Gb18030,
        Decoding::String,
        Decoding::Wrapped,
        Decoding::Hex,
    ];
    let read = |decoding| Some((decoding, decode(octets, decoding)?));
    all.into_iter().filter_map(read).collect()
}

/// UTF-8 without control characters. The tag or length of every ASN.1 string is a control character or no UTF-8, so the
/// two are never mistaken for each other.
fn plain(octets: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(octets).ok()?;
    (!text.chars().any(char::is_control)).then(|| text.to_owned())
}

/// One ASN.1 string under at most `depth - 1` wrappers that each hold nothing else.
fn unwrapped(octets: &[u8], depth: u8) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let Ok(([], value)) = Any::from_der(octets) else {
        return None;
    };
    match (value.class(), value.header.is_constructed(), value.tag().0) {
        (Class::Universal, false, OCTET_STRING) => {
            plain(value.data).or_else(|| unwrapped(value.data, depth))
        }
        (Class::Universal, false, tag) => text::of_string(tag, value.data),
        // An implicitly tagged string has lost its type.
        (Class::ContextSpecific, false, _) => {
            plain(value.data).or_else(|| text::gb18030(value.data))
        }
        (Class::Universal | Class::ContextSpecific, true, _) => unwrapped(value.data, depth),
        _ => None,
    }
}
