//! PEM sections of a soft lock's file.
//!
//! Owns finding them among other text, as OpenSSL writes it. Does not know what is inside.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::container::KEY_LABEL;

/// Most sections of one kind in a file.
const SECTIONS_MAX: usize = 16;

/// What a PEM file holds.
pub(super) struct Sections {
    /// DER of each `CERTIFICATE`.
    pub(super) certificates: Vec<Vec<u8>>,
    /// DER of each `ENCRYPTED PRIVATE KEY`.
    pub(super) encrypted_keys: Vec<Vec<u8>>,
}

impl Sections {
    /// Reads every section, passing over text and sections of other kinds.
    pub(super) fn read(octets: &[u8]) -> Result<Self, &'static str> {
        let text = str::from_utf8(octets).or(Err("the file is neither PKCS #12 nor PEM"))?;
        let certificates = sections(text, "CERTIFICATE")?;
        let encrypted_keys = sections(text, KEY_LABEL)?;
        Ok(Self {
            certificates,
            encrypted_keys,
        })
    }

    /// Whether there is a key that a PIN protects.
    pub(super) fn holds_key(&self) -> bool {
        !self.encrypted_keys.is_empty()
    }
}

/// RFC 7468 §2: what lies between the encapsulation boundaries is base64 with line breaks.
fn sections(text: &str, label: &str) -> Result<Vec<Vec<u8>>, &'static str> {
    let (begin, end) = (
        format!("-----BEGIN {label}-----"),
        format!("-----END {label}-----"),
    );
    let mut found = Vec::new();
    for rest in text.split(begin.as_str()).skip(1) {
        let (body, _) = rest
            .split_once(end.as_str())
            .ok_or("a PEM section has no end")?;
        let compact: String = body
            .chars()
            .filter(|one| !one.is_ascii_whitespace())
            .collect();
        found.push(
            STANDARD
                .decode(compact)
                .or(Err("a PEM section is not base64"))?,
        );
        if found.len() > SECTIONS_MAX {
            return Err("the file holds too many PEM sections");
        }
    }
    Ok(found)
}
