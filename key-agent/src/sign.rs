//! Signing a challenge with a lock in a file, without the service: for the command line, tests and load programs.
//!
//! Owns the choice of algorithm and the making of the proof. Does not know who asked.

use std::path::Path;

use pki::certificate::Certificate;
use protocol::challenge::ChallengeText;
use protocol::proof::{Proof, ProofAlgorithm, ProofFormat};

use crate::pin::Pin;
use crate::token::soft::SoftToken;
use crate::token::{SigningSession, Token as _, TokenError, Wanted};

/// A key whose PIN was shown once and which then signs any number of challenges. May be shared between threads.
pub struct OpenedKey {
    session: Box<dyn SigningSession>,
}

impl OpenedKey {
    /// Opens the signing key of the lock in this file. A wrong PIN counts, as at a real lock.
    pub fn open(lock: &Path, pin: &Pin) -> Result<Self, TokenError> {
        Ok(Self {
            session: SoftToken::new(lock).open(&Wanted::Signing, pin)?,
        })
    }

    /// The key's certificate.
    pub fn certificate(&self) -> &Certificate {
        self.session.certificate()
    }

    /// Signs with the key's preferred algorithm.
    pub fn sign(&self, challenge: &ChallengeText<'_>) -> Result<Proof, TokenError> {
        self.sign_with(challenge, &ProofAlgorithm::ALL)
    }

    /// Signs with the key's preferred algorithm among those accepted.
    pub fn sign_with(
        &self,
        challenge: &ChallengeText<'_>,
        accepted: &[ProofAlgorithm],
    ) -> Result<Proof, TokenError> {
        make_proof(self.session.as_ref(), challenge, accepted)
    }
}

impl From<Box<dyn SigningSession>> for OpenedKey {
    fn from(session: Box<dyn SigningSession>) -> Self {
        Self { session }
    }
}

/// Opens the lock in this file, signs one challenge and closes it.
pub fn sign_challenge(
    lock: &Path,
    pin: &Pin,
    challenge: &ChallengeText<'_>,
) -> Result<Proof, TokenError> {
    OpenedKey::open(lock, pin)?.sign(challenge)
}

/// What is digested depends on the algorithm, so the algorithm is chosen first (KEY-AGENT §1).
fn make_proof(
    session: &dyn SigningSession,
    challenge: &ChallengeText<'_>,
    accepted: &[ProofAlgorithm],
) -> Result<Proof, TokenError> {
    let algorithm = session
        .algorithms()
        .iter()
        .copied()
        .find(|algorithm| accepted.contains(algorithm))
        .ok_or(TokenError::UnsupportedAlgorithm)?;
    Ok(Proof {
        format: ProofFormat::YztProofV1,
        certificate: session.certificate().der().to_vec(),
        algorithm,
        signature: session.sign(algorithm, &challenge.to_be_signed(algorithm))?,
        media_number: session.media_number().map(str::to_owned),
    })
}
