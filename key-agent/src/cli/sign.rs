//! `key-agent sign`: the proof JSON, and nothing else, on standard output.

use std::io::Write as _;

use clap::Args;
use key_agent::service::Origin;
use key_agent::sign::OpenedKey;
use key_agent::token::Wanted;
use protocol::challenge::{ChallengeText, Purpose};
use protocol::proof::ProofAlgorithm;

use super::pin::PinSource;
use super::{CliError, Places};

#[derive(Args)]
pub(super) struct Sign {
    #[command(flatten)]
    places: Places,
    /// The lock with this media number; without it the first that may sign
    #[arg(long, value_name = "NUMBER")]
    media_number: Option<String>,
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
        let sources = self.places.sources();
        let listing = sources.list().map_err(CliError::locks)?;
        let lock = listing.for_signing(self.media_number.as_deref())?;
        let opened = sources.find(&lock.id)?.open(&Wanted::Signing, &pin)?;
        let key = OpenedKey::from(opened);
        let proof = match self.algorithm {
            Some(algorithm) => key.sign_with(&challenge, &[algorithm])?,
            None => key.sign(&challenge)?,
        };
        writeln!(std::io::stdout(), "{}", proof.to_json())?;
        Ok(())
    }
}
