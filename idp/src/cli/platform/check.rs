//! `idp platform check`: tries what a platform registered, from here, and says in plain words what is wrong and what to do.
//!
//! How is [`crate::checking`]'s. Nothing is changed, and nobody is signed in or out.

use clap::Args;
use idp_core::directory::version_of;
use idp_core::id::PlatformId;
use idp_core::platform::{ClientAuthentication, Platform, PlatformState};
use idp_core::timestamp::Timestamp;

use super::find;
use super::output::{remark, say};
use super::ready::{self, rfc3339};
use crate::checking::{Finding, Level, Reach, check_addresses, check_keys};
use crate::clock;
use crate::config::Config;
use crate::serve::StartError;

#[derive(Args)]
pub(in crate::cli) struct Check {
    /// Identifier.
    id: String,
}

pub(super) async fn run(config: &Config, asked: Check) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let id = PlatformId::from_text(&asked.id);
    let platform = find(&database, &id).await?;
    let platform = platform
        .ok_or_else(|| StartError::new("platform", format!("there is no platform {id}")))?;
    let mut reach = Reach::new(config).map_err(|e| StartError::new("outbound", e))?;
    let mut findings = entry(&platform, clock::now());
    if let Some(client) = &platform.client {
        check_addresses(&mut reach, client, &mut findings).await;
        check_keys(&mut reach, client, &mut findings).await;
        findings.push(reach.clock());
    }
    for finding in &findings {
        say(finding)?;
    }
    let count = |level| findings.iter().filter(|f| f.level == level).count();
    let (wrong, warnings) = (count(Level::Wrong), count(Level::Warning));
    if wrong == 0 {
        remark(format_args!(
            "{id}: nothing is wrong, {warnings} to look at"
        ));
        return Ok(());
    }
    let why = format!("{id}: {wrong} things are wrong, {warnings} to look at");
    Err(StartError::new("platform check", why))
}

/// What is known without asking anybody.
fn entry(platform: &Platform, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (subject, state) = ("state", platform.state.as_str());
    findings.push(match platform.state {
        PlatformState::Active => Finding::good(subject, state),
        PlatformState::Listed => Finding::wrong(
            subject,
            "listed and not connected",
            "`idp platform add` connects it",
        ),
        PlatformState::Pending => Finding::wrong(
            subject,
            "it registered itself and waits",
            "look at it with `idp platform show`, then `idp platform activate --as-shown` with the version that is shown",
        ),
        PlatformState::Suspended => Finding::wrong(
            subject,
            "suspended",
            "`idp platform activate` lets people go there",
        ),
        PlatformState::Withdrawn => Finding::wrong(
            subject,
            "it gave its registration up",
            "it registers afresh",
        ),
    });
    findings.push(Finding::good("version", version_of(platform)));
    let client = platform.client.as_ref();
    if let Some(ClientAuthentication::ClientSecret {
        previous: Some(previous),
        ..
    }) = client.map(|client| &client.authentication)
        && now < previous.until
    {
        let until = format!("the old one is taken until {}", rfc3339(previous.until));
        let todo = "once the platform has the new one, nothing; `rotate-secret --now` if the old one was seen";
        findings.push(Finding::warning("secret", until, todo));
    }
    findings
}
