//! `idp check-config`, of what is reached: platforms, and the ways by which enterprises hear of what happens.

use crate::config::{Config, MailTls};
use crate::notifying::Notifier;
use crate::outbound::Fetcher;
use crate::serve::StartError;

/// What is trusted when something is reached must be readable, and every secret of the ways by which enterprises hear.
pub(super) fn reach(config: &Config) -> Result<Vec<String>, StartError> {
    let reach =
        Fetcher::toward_platforms(config).map_err(|e| StartError::new("outbound.ca_file", e))?;
    Notifier::open(config, reach).map_err(|e| StartError::new("notifications", e))?;
    let mut warnings = Vec::new();
    let settings = &config.notifications;
    if settings
        .email
        .as_ref()
        .is_some_and(|email| email.tls == MailTls::None)
    {
        let said = "notifications.email: tls = \"none\": mail goes to its server in clear";
        warnings.push(said.to_owned());
    }
    if settings
        .sms
        .as_ref()
        .is_some_and(|sms| sms.file().is_some())
    {
        let said = "notifications.sms: text messages go to a file, and to nobody";
        warnings.push(said.to_owned());
    }
    Ok(warnings)
}
