//! Signed notes (C2SP signed-note) and the keys that sign them. Knows no cryptography: who verifies comes in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// Whether this Ed25519 key signed this message.
pub type Verify = fn(key: &[u8; 32], message: &[u8], signature: &[u8]) -> bool;

/// A larger note is not looked at.
const NOTE_MAX: usize = 16 * 1024;

/// More signatures are not looked at.
const SIGNATURES_MAX: usize = 32;

/// Before each signature.
const DASH: &str = "\u{2014} ";

/// Why a text is no note or no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Its shape.
    #[error("not a signed note")]
    Malformed,
    /// A key that is written otherwise than `name+id+key`.
    #[error("not a verifier key")]
    Key,
}

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureKind {
    /// The note's text.
    Note,
    /// A checkpoint and when it was seen (C2SP tlog-cosignature).
    Cosignature,
}

impl SignatureKind {
    /// Assigned by C2SP signed-note.
    const fn octet(self) -> u8 {
        match self {
            Self::Note => 1,
            Self::Cosignature => 4,
        }
    }

    fn of_octet(octet: u8) -> Option<Self> {
        [Self::Note, Self::Cosignature]
            .into_iter()
            .find(|kind| kind.octet() == octet)
    }
}

/// A public key with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: SignatureKind,
    key: [u8; 32],
}

impl VerifierKey {
    /// Of an Ed25519 key; `None` where the name can't stand in a note.
    pub fn new(name: &str, kind: SignatureKind, key: [u8; 32]) -> Option<Self> {
        is_name(name).then(|| Self {
            name: name.to_owned(),
            kind,
            key,
        })
    }

    /// Reads `name+id+key`.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key);
        };
        let octets = STANDARD.decode(key).or(Err(NoteError::Key))?;
        let (kind, key) = octets.split_first().ok_or(NoteError::Key)?;
        let kind = SignatureKind::of_octet(*kind).ok_or(NoteError::Key)?;
        let key = key.try_into().or(Err(NoteError::Key))?;
        let key = Self::new(name, kind, key).ok_or(NoteError::Key)?;
        if hex::encode(key.id()) == id {
            Ok(key)
        } else {
            Err(NoteError::Key)
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    pub fn kind(&self) -> SignatureKind {
        self.kind
    }

    /// The key.
    pub fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// Four octets that tell keys of one name apart.
    pub fn id(&self) -> [u8; 4] {
        let mut digest = Sha256::new();
        digest.update(self.name.as_bytes());
        digest.update([b'\n', self.kind.octet()]);
        digest.update(self.key);
        let digest: [u8; 32] = digest.finalize().into();
        let [one, two, three, four, ..] = digest;
        [one, two, three, four]
    }

    /// Name and id, as `name+0123abcd`.
    pub fn reference(&self) -> String {
        format!("{}+{}", self.name, hex::encode(self.id()))
    }

    /// A signature of this key.
    pub fn signature(&self, octets: Vec<u8>) -> NoteSignature {
        NoteSignature {
            name: self.name.clone(),
            key_id: self.id(),
            octets,
        }
    }
}

/// `name+id+key`, as tools for notes take it.
impl std::fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let octets = [&[self.kind.octet()][..], &self.key].concat();
        write!(f, "{}+{}", self.reference(), STANDARD.encode(octets))
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

/// One signature of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// Who.
    pub name: String,
    /// With which key.
    pub key_id: [u8; 4],
    /// What the kind of signature says.
    pub octets: Vec<u8>,
}

impl NoteSignature {
    /// Its line, without the newline.
    pub fn line(&self) -> String {
        let octets = [&self.key_id[..], &self.octets].concat();
        format!("{DASH}{} {}", self.name, STANDARD.encode(octets))
    }

    /// Reads its line.
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        let rest = line.strip_prefix(DASH).ok_or(NoteError::Malformed)?;
        let (name, octets) = rest.split_once(' ').ok_or(NoteError::Malformed)?;
        let octets = STANDARD.decode(octets).or(Err(NoteError::Malformed))?;
        let (key_id, octets) = octets.split_first_chunk().ok_or(NoteError::Malformed)?;
        if !is_name(name) || octets.is_empty() {
            return Err(NoteError::Malformed);
        }
        Ok(Self {
            name: name.to_owned(),
            key_id: *key_id,
            octets: octets.to_vec(),
        })
    }

    /// Whether it names this key.
    pub fn is_of(&self, key: &VerifierKey) -> bool {
        self.name == key.name && self.key_id == key.id()
    }
}

/// A text with its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    /// The text, its last newline included.
    pub text: String,
    /// In their order.
    pub signatures: Vec<NoteSignature>,
}

impl SignedNote {
    /// Reads one.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        let odd = |c: char| c.is_control() && c != '\n';
        if note.len() > NOTE_MAX || note.contains(odd) {
            return Err(NoteError::Malformed);
        }
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
        let signatures = signatures.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        let signatures: Vec<NoteSignature> = signatures
            .split('\n')
            .map(NoteSignature::parse)
            .collect::<Result<_, _>>()?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(NoteError::Malformed);
        }
        Ok(Self {
            text: format!("{text}\n"),
            signatures,
        })
    }

    /// Whether this key signed it: there is a signature in its name, and none in its name is wrong.
    pub fn is_signed_by(&self, key: &VerifierKey, verify: Verify) -> bool {
        let mut of_key = self.signatures.iter().filter(|s| s.is_of(key)).peekable();
        key.kind == SignatureKind::Note
            && of_key.peek().is_some()
            && of_key.all(|s| verify(&key.key, self.text.as_bytes(), &s.octets))
    }
}

impl std::fmt::Display for SignedNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|signature| writeln!(f, "{}", signature.line()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of C2SP signed-note and tlog-cosignature.
    const NOTE: &str = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n\
        — quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

    #[test]
    fn notes_are_read_and_written_to_the_octet() {
        let note = SignedNote::parse(NOTE).unwrap();
        assert!(note.text.ends_with("sole:\n\ned è subito sera.\n"));
        assert_eq!(note.signatures.len(), 1);
        assert_eq!(note.signatures[0].octets.len(), 64);
        assert_eq!(note.to_string(), NOTE);
        let no_newline = NOTE.trim_end();
        let tab = NOTE.replace(" sera", "\tsera");
        let dash = NOTE.replace('—', "-");
        let unsigned = "text\n\n";
        for wrong in [no_newline, &tab, &dash, unsigned, "", "text\n"] {
            assert_eq!(
                SignedNote::parse(wrong),
                Err(NoteError::Malformed),
                "{wrong}"
            );
        }
        let many = format!("text\n\n{}", "— a AAAAAAA=\n".repeat(SIGNATURES_MAX + 1));
        assert_eq!(SignedNote::parse(&many), Err(NoteError::Malformed));
    }

    #[test]
    fn verifier_keys_are_read_and_written() {
        // Of the Go checksum database, as every Go tool has it.
        let text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
        let key = VerifierKey::parse(text).unwrap();
        assert_eq!(
            (key.name(), key.kind()),
            ("sum.golang.org", SignatureKind::Note)
        );
        assert_eq!(key.to_string(), text);
        let other_id = text.replace("033de0ae", "033de0af");
        let other_kind = text.replace("+Ac4", "+Cc4");
        for wrong in [
            other_id.as_str(),
            &other_kind,
            "name",
            "a b+033de0ae+Ac4z",
            "",
        ] {
            assert_eq!(VerifierKey::parse(wrong), Err(NoteError::Key), "{wrong}");
        }
        assert_eq!(VerifierKey::new("a+b", SignatureKind::Note, [0; 32]), None);
    }

    #[test]
    fn one_wrong_signature_of_a_key_spoils_its_right_ones() {
        let right: Verify = |_, _, signature| signature == [1];
        let key = VerifierKey::new("log", SignatureKind::Note, [7; 32]).unwrap();
        let with = |octets: &[u8]| SignedNote {
            text: "text\n".into(),
            signatures: octets.iter().map(|o| key.signature(vec![*o])).collect(),
        };
        assert!(with(&[1]).is_signed_by(&key, right));
        assert!(!with(&[1, 2]).is_signed_by(&key, right));
        assert!(!with(&[]).is_signed_by(&key, right));
        let other = VerifierKey::new("log", SignatureKind::Note, [8; 32]).unwrap();
        assert!(!with(&[1]).is_signed_by(&other, right));
    }
}
