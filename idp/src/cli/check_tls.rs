//! `idp check-config`, its part about `[tls]`: that the files fit, and how long they will.

use std::path::Path;

use super::output::say;
use crate::clock;
use crate::config::Config;
use crate::serve::StartError;
use crate::tls::{Identity, client_authorities};

/// Key and certificate fit, and how long they will.
pub(super) fn tls(config: &Config) -> Result<Vec<String>, StartError> {
    client_authorities(&config.tls.client_ca_file).map_err(|e| StartError::new("tls", e))?;
    if !config.tls.is_own() {
        return Ok(Vec::new());
    }
    let identity = Identity::load(&config.tls).map_err(|e| StartError::new("tls", e))?;
    let now = clock::now().unix_seconds();
    let days = identity.days_left(now);
    if days < 0 {
        return Err(StartError::new(
            "tls",
            "the certificate, or one above it, has ended",
        ));
    }
    say(format_args!(
        "tls: the certificate fits its key and ends in {days} day(s)"
    ))?;
    let issuer = url::Url::parse(&config.issuer).ok();
    let host = issuer
        .as_ref()
        .and_then(url::Url::host_str)
        .unwrap_or_default();
    let mut warnings = identity.warnings(host, now);
    warnings.extend(readable_by_all(&config.tls.key));
    Ok(warnings
        .into_iter()
        .map(|why| format!("tls: {why}"))
        .collect())
}

#[cfg(unix)]
fn readable_by_all(key: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(key).ok()?.permissions().mode();
    (mode & 0o007 != 0).then(|| {
        format!(
            "{} can be read by every user of this machine",
            key.display()
        )
    })
}

#[cfg(not(unix))]
fn readable_by_all(_key: &Path) -> Option<String> {
    None
}
