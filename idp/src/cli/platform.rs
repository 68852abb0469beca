//! `idp platform add | list`

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use idp_core::cx::random_text;
use idp_core::directory::{connect, usable_keys};
use idp_core::id::PlatformId;
use idp_core::platform::{
    Client, ClientAuthentication, ClientKeys, ConsentPolicy, JwsAlgorithm, Platform, PlatformState,
    Zone,
};
use idp_core::region::RegionCode;
use idp_core::token::client_authentication::secret_sha256;
use protocol::scope::ScopeSet;
use serde_json::json;

use super::output::{remark, say};
use super::{cx, ready};
use crate::clock::SystemRng;
use crate::config::Config;
use crate::serve::StartError;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Connect a platform: one of the directory by its id, or a new one. Prints its client secret once.
    Add(Box<Add>),
    /// List the directory.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
pub(super) struct Add {
    /// Identifier, also the `client_id`: `chifeng`, or a new one.
    id: String,
    /// Where codes are sent; compared character by character. May be given more than once.
    #[arg(long = "redirect-uri", required = true)]
    redirect_uris: Vec<String>,
    /// Where the portal sends a person who chose this platform (third-party-initiated login).
    #[arg(long)]
    initiate_login_uri: Option<String>,
    /// Sent along as `target_link_uri`.
    #[arg(long)]
    target_link_uri: Option<String>,
    /// How it proves itself at the token endpoint.
    #[arg(long, value_enum, default_value_t = Method::ClientSecret)]
    authentication: Method,
    /// File with its public JWK Set: what it signs assertions and request objects with. Keys that can't
    /// verify one are left out.
    #[arg(
        long,
        value_name = "FILE",
        required_if_eq("authentication", "private-key-jwt")
    )]
    jwks: Option<PathBuf>,
    /// Scopes it may ask for, separated by blanks; `openid` must be among them.
    #[arg(long, default_value = "openid enterprise certificate contact")]
    scopes: String,
    /// How its ID tokens are signed: ES256, or RS256 for libraries that know no other.
    #[arg(long, default_value = "ES256")]
    id_token_alg: String,
    /// Remember a consent for this many days, 1 to 365. Without it every login asks.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=365))]
    remember_consent_days: Option<u16>,
    /// Name; needed when it is not in the directory.
    #[arg(long)]
    name_zh: Option<String>,
    /// Name in English.
    #[arg(long)]
    name_en: Option<String>,
    /// GB/T 2260 code; needed when it is not in the directory.
    #[arg(long)]
    region: Option<String>,
    /// autonomous, western or eastern; needed when it is not in the directory.
    #[arg(long)]
    zone: Option<String>,
    /// Its own support, shown for business questions.
    #[arg(long)]
    support_contact: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Method {
    /// `client_secret_basic` or `client_secret_post`.
    ClientSecret,
    /// Assertions signed with its own key (RFC 7523); needs `--jwks`.
    PrivateKeyJwt,
    /// A public client: PKCE alone.
    None,
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    match command {
        Command::Add(add) => self::add(config, *add).await,
        Command::List { json } => list(config, json).await,
    }
}

async fn add(config: &Config, add: Add) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let store = |e: &dyn ToString| StartError::new("database", e.to_string());
    let id = PlatformId::from_text(&add.id);
    let listed = {
        let id = id.clone();
        database
            .read(move |s| s.find_platform(&id))
            .await
            .map_err(|e| store(&e))?
    };
    let secret = random_text(&SystemRng);
    let nameless = add.name_en.is_none() && listed.is_none();
    let platform = platform(add, id, listed.as_ref(), &secret)?;
    let (cx, added) = (cx(config)?, platform.clone());
    database
        .write(move |s| connect(s, &cx, &added))
        .await
        .map_err(|e| StartError::new("platform", e))?;
    if nameless {
        remark(format_args!(
            "WARNING: no --name-en: pages in English call the platform {}",
            platform.name_zh
        ));
    }
    let with_secret = platform
        .client
        .as_ref()
        .is_some_and(|c| matches!(c.authentication, ClientAuthentication::ClientSecret { .. }));
    let printed = json!({
        "issuer": config.issuer,
        "client_id": platform.id.as_str(),
        "client_secret": with_secret.then_some(secret),
    });
    say(format_args!("{printed:#}"))?;
    if with_secret {
        remark("The client secret is shown once and kept nowhere. Hand it over safely.");
    }
    Ok(())
}

fn platform(
    add: Add,
    id: PlatformId,
    listed: Option<&Platform>,
    secret: &str,
) -> Result<Platform, StartError> {
    let missing = |option: &str| {
        StartError::new(
            "platform",
            format!("{id} is not in the directory: {option} is needed"),
        )
    };
    let zone = match &add.zone {
        Some(word) => Some(Zone::of_word(word).ok_or_else(|| {
            StartError::new("platform", "--zone must be autonomous, western or eastern")
        })?),
        None => listed.map(|p| p.zone),
    };
    let region = match &add.region {
        Some(code) => Some(region_of(code)?),
        None => listed.map(|p| p.region_code.clone()),
    };
    let name_zh = add.name_zh.clone().or(listed.map(|p| p.name_zh.clone()));
    let name_zh = name_zh.ok_or_else(|| missing("--name-zh"))?;
    let name_en = add.name_en.clone().or(listed.map(|p| p.name_en.clone()));
    Ok(Platform {
        name_en: name_en.unwrap_or_else(|| name_zh.clone()),
        name_zh,
        region_code: region.ok_or_else(|| missing("--region"))?,
        zone: zone.ok_or_else(|| missing("--zone"))?,
        support_contact: add.support_contact.clone(),
        state: PlatformState::Active,
        client: Some(client(add, secret)?),
        id,
    })
}

/// Platforms are those of the region's leagues and cities (guide, 系统简介).
fn region_of(code: &str) -> Result<RegionCode, StartError> {
    let region = RegionCode::parse(code).map_err(|e| StartError::new("--region", e))?;
    if region.is_inner_mongolia() {
        return Ok(region);
    }
    let why =
        format!("{region} is outside Inner Mongolia: the codes of its platforms begin with 15");
    Err(StartError::new("--region", why))
}

fn client(add: Add, secret: &str) -> Result<Client, StartError> {
    let authentication = authentication(&add, secret)?;
    Ok(Client {
        keys: keys(&add)?,
        initiate_login_uri: add.initiate_login_uri,
        target_link_uri: add.target_link_uri,
        scopes: ScopeSet::try_from(add.scopes).map_err(|e| StartError::new("--scopes", e))?,
        id_token_alg: JwsAlgorithm::of_word(&add.id_token_alg)
            .ok_or_else(|| StartError::new("--id-token-alg", "must be ES256 or RS256"))?,
        consent: match add.remember_consent_days {
            None => ConsentPolicy::AskAlways,
            Some(days) => ConsentPolicy::RememberDays(days),
        },
        ..Client::standard(authentication, add.redirect_uris)
    })
}

fn authentication(add: &Add, secret: &str) -> Result<ClientAuthentication, StartError> {
    Ok(match (add.authentication, &add.jwks) {
        (Method::None, _) => ClientAuthentication::None,
        (Method::ClientSecret, _) => ClientAuthentication::ClientSecret {
            sha256: secret_sha256(secret),
            previous: None,
        },
        (Method::PrivateKeyJwt, Some(_)) => ClientAuthentication::PrivateKeyJwt,
        (Method::PrivateKeyJwt, None) => return Err(StartError::new("--jwks", "is needed")),
    })
}

fn keys(add: &Add) -> Result<Option<ClientKeys>, StartError> {
    let Some(file) = &add.jwks else {
        return Ok(None);
    };
    let named = format!("--jwks {}", file.display());
    let text = std::fs::read_to_string(file).map_err(|e| StartError::new(&named, e))?;
    let jwks = serde_json::from_str(&text).map_err(|e| StartError::new(&named, e))?;
    let jwks = usable_keys(&jwks).map_err(|e| StartError::new(&named, e))?;
    Ok(Some(ClientKeys::Jwks(jwks)))
}

async fn list(config: &Config, as_json: bool) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let platforms = database
        .read(|store| store.list_platforms())
        .await
        .map_err(|e| StartError::new("database", e))?;
    if as_json {
        let rows: Vec<_> = platforms
            .iter()
            .map(|p| {
                json!({
                    "id": p.id.as_str(),
                    "name_zh": p.name_zh,
                    "name_en": p.name_en,
                    "region_code": p.region_code.as_str(),
                    "zone": p.zone.as_str(),
                    "state": p.state.as_str(),
                    "redirect_uris": p.client.as_ref().map(|c| &c.redirect_uris),
                })
            })
            .collect();
        return say(format_args!("{:#}", json!(rows)));
    }
    for p in platforms {
        say(format_args!(
            "{:<12} {:<7} {:<11} {:<10} {}",
            p.id,
            p.region_code,
            p.zone.as_str(),
            p.state.as_str(),
            p.name_zh
        ))?;
    }
    Ok(())
}
