//! The log: where it goes and how much. Owns reading `IDP_LOG`.

use std::io::IsTerminal as _;
use std::str::FromStr as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::serve::StartError;

/// What may stand in `IDP_LOG`, for error messages.
const ALLOWED: &str =
    "allowed: off, error, warn, info, debug or trace, or TARGET=LEVEL, several joined by commas";

/// Writes the log to standard error from here on.
pub(super) fn to_standard_error() -> Result<(), StartError> {
    let wish = std::env::var_os("IDP_LOG").unwrap_or_default();
    let wish = wish.to_string_lossy();
    let filter = match wish.trim() {
        "" => EnvFilter::new("info"),
        wish => filter(wish)?,
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    Ok(())
}

fn filter(wish: &str) -> Result<EnvFilter, StartError> {
    let refused =
        |why: &str| StartError::new("variable IDP_LOG", format!("`{wish}` {why}; {ALLOWED}"));
    // The library takes any word for a target and would silence everything else.
    let unknown = |word: &&str| {
        !word.contains(['=', '[']) && (word.is_empty() || LevelFilter::from_str(word).is_err())
    };
    if let Some(word) = wish.split(',').map(str::trim).find(unknown) {
        return Err(refused(&format!("holds `{word}`, which is no level")));
    }
    EnvFilter::builder()
        .parse(wish)
        .or(Err(refused("can't be read")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_targets_are_taken() {
        for good in ["info", "WARN", "off", "idp=debug", "warn,idp_storage=trace"] {
            assert!(filter(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn what_would_silence_the_log_by_mistake_is_refused() {
        for bad in ["verbose", "infos", "idp=loud", "info,loud", "=", ","] {
            let error = filter(bad).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(
                error.contains("IDP_LOG") && error.contains("allowed"),
                "{bad}: {error}"
            );
        }
    }
}
