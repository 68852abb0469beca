//! `key-agent sign`: the proof JSON, and nothing else, on standard output.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use key_agent::service::Origin;
use key_agent::sign::OpenedKey;
use protocol::challenge::{ChallengeText, Purpose};
use protocol::proof::ProofAlgorithm;

use super::CliError;
use super::pin::PinSource;

#[derive(Args)]
pub(super) struct Sign {
    /// The lock file (.p12, .pfx, .pem)
    #[arg(long, value_name = "FILE")]
    lock: PathBuf,
    #[command(flatten)]
    pin: PinSource,
    /// Who asks: `scheme://host[:port]`
    #[arg(long)]
    origin: Origin,
    /// login, bind, activate-lock, consent, operator-login or approve
    #[arg(long)]
    purpose: Purpose,
    /// The nonce of the challenge
    #[arg(long)]
    nonce: String,
    /// The text to sign, exactly as the page shows it
    #[arg(long, allow_hyphen_values = true)]
    statement: String,
    /// SM2SM3, ES256, ES384, RS256 or PS256; the key's preferred one if absent
    #[arg(long)]
    algorithm: Option<ProofAlgorithm>,
}

impl Sign {
    pub(super) fn run(self) -> Result<(), CliError> {
        let pin = self.pin.read()?;
        let challenge = ChallengeText {
            origin: self.origin.as_str(),
            nonce: &self.nonce,
            purpose: self.purpose,
            statement: &self.statement,
        };
        let key = OpenedKey::open(&self.lock, &pin)?;
        let proof = match self.algorithm {
            Some(algorithm) => key.sign_with(&challenge, &[algorithm])?,
            None => key.sign(&challenge)?,
        };
        writeln!(std::io::stdout(), "{}", proof.to_json())?;
        Ok(())
    }
}
