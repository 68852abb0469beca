//! Tree heads as checkpoints (C2SP tlog-checkpoint): what is signed, when there is something to sign, and what witnesses
//! add.
//!
//! No extension lines: nobody who watches the log could audit them.

use super::hash::Hash;
use super::lookup::read_stored;
use super::note::{NoteError, NoteSignature, SignatureKind, SignedNote, VerifierKey, Verify};
use super::tiles::{LogError, StoreTiles, root};
use crate::store::Store;

/// A tree head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose log.
    pub origin: String,
    /// Lines in the tree.
    pub size: u64,
    /// Its root.
    pub root: Hash,
}

impl Checkpoint {
    /// The text that is signed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root.to_text())
    }

    /// Reads such a text. Extension lines of others are passed over.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let text = text.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(NoteError::Malformed);
        };
        let read = size.parse::<u64>().or(Err(NoteError::Malformed))?;
        // `007` and `+7` are other texts for the same number.
        if origin.is_empty() || read.to_string() != size || lines.any(str::is_empty) {
            return Err(NoteError::Malformed);
        }
        Ok(Self {
            origin: origin.to_owned(),
            size: read,
            root: Hash::of_text(root).ok_or(NoteError::Malformed)?,
        })
    }

    /// The checkpoint of a note that this key signed; it is of the log that the key is named after.
    pub fn opened(note: &str, key: &VerifierKey, verify: Verify) -> Result<Self, NoteError> {
        let note = SignedNote::parse(note)?;
        let checkpoint = Self::parse(&note.text)?;
        if checkpoint.origin != key.name() || !note.is_signed_by(key, verify) {
            return Err(NoteError::Malformed);
        }
        Ok(checkpoint)
    }
}

/// The head that is to be signed next; `None` when the newest signed one says the same.
///
/// Nothing is signed that does not grow from what was signed last: whoever changed the tree must not get our word for it.
pub fn prepare_head(store: &mut dyn Store, origin: &str) -> Result<Option<Checkpoint>, LogError> {
    let size = store.find_audit_head()?.size;
    let signed = store.find_newest_checkpoint()?;
    let last = signed.as_ref().map(read_stored).transpose()?;
    let mut tiles = StoreTiles::over(store);
    if let Some(last) = last {
        if last.size > size {
            let why = format!("{} lines were signed, and {size} are there", last.size);
            return Err(LogError::Damaged(why));
        }
        if root(&mut tiles, last.size)? != last.root {
            let why = format!(
                "the first {} lines are not those that were signed",
                last.size
            );
            return Err(LogError::Damaged(why));
        }
        if last.size == size {
            return Ok(None);
        }
    }
    if size == 0 {
        return Ok(None);
    }
    Ok(Some(Checkpoint {
        origin: origin.to_owned(),
        size,
        root: root(&mut tiles, size)?,
    }))
}

/// Why a cosignature was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CosignError {
    /// The line or the note.
    #[error("not a signature line of a signed note")]
    Malformed,
    /// Nobody of the configured witnesses.
    #[error("no configured witness has this name and key")]
    UnknownWitness,
    /// It does not verify.
    #[error("the cosignature does not verify")]
    Wrong,
}

/// The witness that made this line over this checkpoint, and when it says that it saw it, in seconds.
pub fn cosigned<'a>(
    checkpoint: &SignedNote,
    line: &str,
    witnesses: &'a [VerifierKey],
    verify: Verify,
) -> Result<(&'a VerifierKey, u64), CosignError> {
    let signature = NoteSignature::parse(line).or(Err(CosignError::Malformed))?;
    let witness = witnesses
        .iter()
        .find(|key| key.kind() == SignatureKind::Cosignature && signature.is_of(key))
        .ok_or(CosignError::UnknownWitness)?;
    let (time, octets) = signature
        .octets
        .split_first_chunk()
        .ok_or(CosignError::Malformed)?;
    let time = u64::from_be_bytes(*time);
    if i64::try_from(time).is_err() {
        return Err(CosignError::Malformed);
    }
    let message = format!("cosignature/v1\ntime {time}\n{}", checkpoint.text);
    if verify(witness.key(), message.as_bytes(), octets) {
        Ok((witness, time))
    } else {
        Err(CosignError::Wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    #[test]
    fn checkpoints_are_read_and_written_to_the_octet() {
        let checkpoint = Checkpoint::parse(TEXT).unwrap();
        assert_eq!(
            (checkpoint.size, checkpoint.text().as_str()),
            (20_852_163, TEXT)
        );
        assert_eq!(Checkpoint::parse(&format!("{TEXT}more\n")), Ok(checkpoint));
        for (what, with) in [
            ("20852163", "020852163"),
            ("20852163", "+20852163"),
            ("20852163", "20852163 "),
            ("20852163", "99999999999999999999"),
            ("q2I=", "q2"),
            ("CsUY", ""),
            ("example.com/behind-the-sofa", ""),
            ("=\n", "=\n\n"),
            ("=\n", "="),
        ] {
            let wrong = TEXT.replace(what, with);
            assert_eq!(
                Checkpoint::parse(&wrong),
                Err(NoteError::Malformed),
                "{wrong:?}"
            );
        }
    }
}
