//! The key that signs heads of the audit log: Ed25519, made once, never rotated, of no use for tokens.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use idp_core::transparency::{Checkpoint, SignatureKind, SignedNote, VerifierKey};
use idp_storage::Database;

use super::rotation::KeysError;
use super::secrets::{AUDIT_LOG, secret};
use super::{MasterKey, MasterKeyError};

/// Signs heads of one log.
pub struct LogKey {
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

impl LogKey {
    /// Of a seed. The log's origin is the key's name.
    fn of_seed(seed: &[u8; 32], origin: &str) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let key = pair.public_key().as_ref().try_into().ok()?;
        let verifier = VerifierKey::new(origin, SignatureKind::Note, key)?;
        Some(Self { pair, verifier })
    }

    /// By what others verify.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The log's name.
    pub fn origin(&self) -> &str {
        self.verifier.name()
    }

    /// Signs a head of this log.
    pub fn sign(&self, checkpoint: &Checkpoint) -> SignedNote {
        self.sign_text(checkpoint.text())
    }

    /// Signs another text of this log; it must be one that is no head.
    pub fn sign_text(&self, text: String) -> SignedNote {
        let signature = self.pair.sign(text.as_bytes()).as_ref().to_vec();
        SignedNote {
            signatures: vec![self.verifier.signature(signature)],
            text,
        }
    }
}

/// The log's key, made where there is none.
pub async fn log_key(
    database: &Database,
    master: &MasterKey,
    origin: &str,
) -> Result<LogKey, KeysError> {
    let seed = secret(database, master, AUDIT_LOG).await?;
    let key = LogKey::of_seed(&seed, origin);
    Ok(key.ok_or(MasterKeyError::Unusable)?)
}

/// Whether an Ed25519 key signed this (RFC 8032).
pub fn verify_ed25519(key: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    let key = UnparsedPublicKey::new(&ED25519, key);
    key.verify(message, signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_of_others_verify_and_altered_ones_do_not() {
        // The example of C2SP tlog-checkpoint does not come with its key; this one is of golang.org/x/mod/sumdb/note.
        let key = VerifierKey::parse(
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        )
        .unwrap();
        let text = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n\n\
                    \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        let note = SignedNote::parse(text).unwrap();
        assert!(note.is_signed_by(&key, verify_ed25519));
        let altered = SignedNote::parse(&text.replace("think", "thank")).unwrap();
        assert!(!altered.is_signed_by(&key, verify_ed25519));
    }

    #[test]
    fn what_is_signed_is_opened_by_its_own_log_alone() {
        let key = LogKey::of_seed(&[5; 32], "log.example/audit").unwrap();
        let checkpoint = Checkpoint {
            origin: "log.example/audit".into(),
            size: 9,
            root: idp_core::transparency::leaf_hash(b"line"),
        };
        let note = key.sign(&checkpoint).to_string();
        let opened = |key: &LogKey| Checkpoint::opened(&note, key.verifier(), verify_ed25519);
        assert_eq!(opened(&key), Ok(checkpoint.clone()));
        assert!(opened(&LogKey::of_seed(&[6; 32], "log.example/audit").unwrap()).is_err());
        let elsewhere = LogKey::of_seed(&[5; 32], "other.example/audit").unwrap();
        assert!(opened(&elsewhere).is_err());
        // Signed in one name about another's log.
        let foreign = elsewhere.sign(&checkpoint).to_string();
        assert!(Checkpoint::opened(&foreign, elsewhere.verifier(), verify_ed25519).is_err());
    }
}
