//! `idp registration-token issue | list | revoke`: what lets platforms register themselves (RFC 7591).

use std::time::Duration;

use clap::{Args, Subcommand};
use idp_core::directory::{
    Act, DirectoryError, issue_registration_token, revoke_registration_token,
};
use idp_core::id::RegistrationTokenId;
use idp_core::registration::RegistrationTerms;
use protocol::scope::ScopeSet;
use serde_json::{Value, json};

use super::output::{remark, say};
use super::platform::{Profile, region_of, scopes, span, zone_of};
use super::ready::{self, rfc3339};
use super::{cx, operator_name};
use crate::clock;
use crate::config::Config;
use crate::serve::StartError;
use crate::shapes::registration_token::row;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Issue a token and print it once.
    Issue(Box<Issue>),
    /// List the tokens, without their texts.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take a token back. Whoever registered by it stays: `platform suspend` stops one.
    Revoke {
        /// Identifier, as `list` names it.
        id: String,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
        /// Who; the user of this machine where it is not said.
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

/// What platforms get by the token.
#[derive(Args)]
pub(super) struct Issue {
    /// How many platforms may register by it, 1 to 1000.
    #[arg(long, default_value_t = 1)]
    uses: u32,
    /// How long it is good: 90s, 30m, 24h, 7d; 90 days at most.
    #[arg(long, default_value = "7d", value_name = "TIME", value_parser = span)]
    expires: Duration,
    /// The most its platforms may ask for, separated by blanks; `openid` must be among them.
    #[arg(long, value_parser = scopes, default_value = "openid enterprise certificate contact")]
    scopes: ScopeSet,
    /// The rules they are held to.
    #[arg(long, value_enum, default_value_t = Profile::Standard)]
    profile: Profile,
    /// They are in force at once; else each waits for `platform activate`. For test environments.
    #[arg(long)]
    active: bool,
    /// Let them leave PKCE out, where they prove themselves.
    #[arg(long)]
    pkce_optional: bool,
    /// Let them ask for tokens in their own name.
    #[arg(long)]
    client_credentials: bool,
    /// GB/T 2260 code of where they are.
    #[arg(long)]
    region: String,
    /// autonomous, western or eastern.
    #[arg(long)]
    zone: String,
    /// Why.
    #[arg(long)]
    reason: Option<String>,
    /// Who; the user of this machine where it is not said.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    match command {
        Command::Issue(issue) => self::issue(config, *issue).await,
        Command::List { json } => list(config, json).await,
        Command::Revoke {
            id,
            reason,
            by,
            json,
        } => revoke(config, id, (reason, by.as_deref()), json).await,
    }
}

async fn issue(config: &Config, asked: Issue) -> Result<(), StartError> {
    let terms = RegistrationTerms {
        scopes: asked.scopes,
        profile: asked.profile.into(),
        trusted: asked.active,
        pkce_optional: asked.pkce_optional,
        client_credentials: asked.client_credentials,
        region_code: region_of(&asked.region)?,
        zone: zone_of(&asked.zone)?,
    };
    let (by, reason) = (operator_name(asked.by.as_deref())?, asked.reason);
    let (cx, bounds) = (cx(config)?, (asked.uses, asked.expires));
    let database = ready::database(config).await?;
    let (text, token) = database
        .write(move |store| {
            let reason = reason.as_deref();
            let act = Act {
                operator_id: None,
                by: &by,
                reason,
            };
            issue_registration_token(store, &cx, terms, (bounds.0, bounds.1, act))
        })
        .await
        .map_err(refused)?;
    let printed = json!({
        "registration_endpoint": format!("{}/oauth2/register", config.issuer),
        "registration_token": text,
        "token": row(&token, clock::now()),
    });
    say(format_args!("{printed:#}"))?;
    remark("The token is shown once and kept nowhere. Hand it over safely.");
    if !config.registration.enabled {
        remark(
            "WARNING: registration.enabled is off in this configuration: nobody can register yet.",
        );
    }
    Ok(())
}

async fn list(config: &Config, as_json: bool) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let tokens = database
        .read(|store| store.list_registration_tokens())
        .await
        .map_err(|e| StartError::new("database", e))?;
    if as_json {
        let now = clock::now();
        let rows: Vec<Value> = tokens.iter().map(|token| row(token, now)).collect();
        return say(format_args!("{:#}", json!(rows)));
    }
    let now = clock::now();
    for token in tokens {
        say(format_args!(
            "{} {:<7} {}/{} until {} by {}",
            token.id,
            token.standing(now),
            token.used,
            token.uses,
            rfc3339(token.expires_at),
            token.issued_by
        ))?;
    }
    Ok(())
}

async fn revoke(
    config: &Config,
    id: String,
    (reason, by): (Option<String>, Option<&str>),
    as_json: bool,
) -> Result<(), StartError> {
    let (by, cx) = (operator_name(by)?, cx(config)?);
    let told = json!({ "id": id, "state": "revoked" });
    let id = RegistrationTokenId::from_text(id);
    let database = ready::database(config).await?;
    database
        .write(move |store| {
            let reason = reason.as_deref();
            revoke_registration_token(
                store,
                &cx,
                &id,
                Act {
                    operator_id: None,
                    by: &by,
                    reason,
                },
            )
        })
        .await
        .map_err(refused)?;
    if as_json {
        say(format_args!("{told:#}"))?;
    }
    remark("Taken back. `idp platform list` shows who registered.");
    Ok(())
}

fn refused(error: DirectoryError) -> StartError {
    match error {
        DirectoryError::Store(error) => StartError::new("database", error),
        error => StartError::new("registration token", error),
    }
}
