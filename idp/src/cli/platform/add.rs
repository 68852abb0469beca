//! `idp platform add`: by options, or by the metadata that the platform's developers wrote.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use idp_core::cx::Cx;
use idp_core::directory::metadata::{client_of, names_of};
use idp_core::directory::{connect, usable_keys, with_secret};
use idp_core::id::PlatformId;
use idp_core::platform::{
    Client, ClientAuthentication, ClientKeys, JwsAlgorithm, Platform, PlatformState,
};
use protocol::registration::ClientMetadata;
use serde_json::json;

use super::options::{Allowed, Entry};
use super::output::{remark, say};
use super::{Behind, cx, find, metadata_file, ready, refused};
use crate::config::Config;
use crate::serve::StartError;

#[derive(Args)]
pub(in crate::cli) struct Add {
    /// Identifier, also the `client_id`: `chifeng`, or a new one.
    id: String,
    /// File with its client metadata (RFC 7591, JSON) instead of the options that describe it; `-`: standard input.
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    #[command(flatten)]
    described: Described,
    #[command(flatten)]
    allowed: Allowed,
    #[command(flatten)]
    entry: Entry,
    /// Who; the user of this machine where it is not said.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// What metadata would say.
#[derive(Args)]
pub(in crate::cli) struct Described {
    /// Where codes are sent; compared character by character. May be given more than once.
    #[arg(
        long = "redirect-uri",
        required_unless_present = "metadata",
        conflicts_with = "metadata"
    )]
    redirect_uris: Vec<String>,
    /// Where the portal sends a person who chose this platform (third-party-initiated login).
    #[arg(long, conflicts_with = "metadata")]
    initiate_login_uri: Option<String>,
    /// How it proves itself at the token endpoint; `--metadata` knows more ways.
    #[arg(long, value_enum, default_value_t = Method::ClientSecret, conflicts_with = "metadata")]
    authentication: Method,
    /// File with its public JWK Set: what it signs assertions and request objects with. Keys that can't
    /// verify one are left out.
    #[arg(
        long,
        value_name = "FILE",
        required_if_eq("authentication", "private-key-jwt"),
        conflicts_with = "metadata"
    )]
    jwks: Option<PathBuf>,
    /// How its ID tokens are signed: ES256, or RS256 for libraries that know no other; x-SM2-SM3 with `--sm2-tokens`.
    #[arg(long, default_value = "ES256", conflicts_with = "metadata")]
    id_token_alg: String,
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

pub(super) async fn run(config: &Config, add: Add) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let id = PlatformId::from_text(&add.id);
    let listed = find(&database, &id).await?;
    let behind = Behind::new(add.by.as_deref(), None)?;
    let cx = cx(config)?;
    let metadata = add.metadata.as_deref().map(metadata_file::read);
    let metadata = metadata.transpose()?;
    let mut client = client(&cx, (add.described, add.allowed), metadata.as_ref())?;
    let secret = with_secret(&cx, &mut client);
    let (platform, nameless) = platform(
        add.entry,
        (id, client),
        (listed.as_ref(), metadata.as_ref()),
    )?;
    let added = platform.clone();
    database
        .write(move |s| connect(s, &cx, &added, behind.act()))
        .await
        .map_err(refused)?;
    if nameless {
        remark(format_args!(
            "WARNING: no --name-en: pages in English call the platform {}",
            platform.name_zh
        ));
    }
    let printed = json!({
        "issuer": config.issuer,
        "client_id": platform.id.as_str(),
        "client_secret": secret,
    });
    say(format_args!("{printed:#}"))?;
    if secret.is_some() {
        remark("The client secret is shown once and kept nowhere. Hand it over safely.");
    }
    Ok(())
}

/// The platform as it will be, and whether nobody named it in English.
fn platform(
    entry: Entry,
    (id, client): (PlatformId, Client),
    (listed, metadata): (Option<&Platform>, Option<&ClientMetadata>),
) -> Result<(Platform, bool), StartError> {
    let missing = |option: &str| {
        StartError::new(
            "platform",
            format!("{id} is not in the directory: {option} is needed"),
        )
    };
    let said = metadata.map(names_of).transpose();
    let said = said
        .map_err(|e| StartError::new("--metadata", e))?
        .flatten();
    let (said_zh, said_en) = said.unzip();
    let (zone, region) = (entry.zone()?, entry.region_code()?);
    let name_zh = (entry.name_zh.or(listed.map(|p| p.name_zh.clone()))).or(said_zh);
    let name_zh = name_zh.ok_or_else(|| missing("--name-zh"))?;
    let name_en = (entry.name_en.or(listed.map(|p| p.name_en.clone()))).or(said_en);
    let nameless = name_en.is_none();
    let region = region.or(listed.map(|p| p.region_code.clone()));
    let zone = zone.or(listed.map(|p| p.zone));
    let platform = Platform {
        name_en: name_en.unwrap_or_else(|| name_zh.clone()),
        name_zh,
        region_code: region.ok_or_else(|| missing("--region"))?,
        zone: zone.ok_or_else(|| missing("--zone"))?,
        support_contact: entry.support_contact,
        state: PlatformState::Active,
        in_force_since: None,
        client: Some(client),
        id,
    };
    Ok((platform, nameless))
}

fn client(
    cx: &Cx,
    (described, allowed): (Described, Allowed),
    metadata: Option<&ClientMetadata>,
) -> Result<Client, StartError> {
    let Some(metadata) = metadata else {
        let mut client = described_client(described)?;
        allowed.apply(&mut client);
        return Ok(client);
    };
    let mut before = Client::standard(ClientAuthentication::None, Vec::new());
    allowed.apply(&mut before);
    client_of(cx, metadata, &before).map_err(|e| StartError::new("--metadata", e))
}

fn described_client(described: Described) -> Result<Client, StartError> {
    let authentication = match described.authentication {
        Method::None => ClientAuthentication::None,
        Method::PrivateKeyJwt => ClientAuthentication::PrivateKeyJwt,
        Method::ClientSecret => ClientAuthentication::ClientSecret {
            sha256: String::new(),
            previous: None,
        },
    };
    let keys = described.jwks.map(keys).transpose()?;
    Ok(Client {
        keys,
        initiate_login_uri: described.initiate_login_uri,
        id_token_alg: JwsAlgorithm::of_word(&described.id_token_alg).ok_or_else(|| {
            StartError::new(
                "--id-token-alg",
                "must be ES256, PS256, RS256 or, with --sm2-tokens, x-SM2-SM3",
            )
        })?,
        ..Client::standard(authentication, described.redirect_uris)
    })
}

fn keys(file: PathBuf) -> Result<ClientKeys, StartError> {
    let named = format!("--jwks {}", file.display());
    let text = std::fs::read_to_string(file).map_err(|e| StartError::new(&named, e))?;
    let jwks = serde_json::from_str(&text).map_err(|e| StartError::new(&named, e))?;
    let jwks = usable_keys(&jwks).map_err(|e| StartError::new(&named, e))?;
    Ok(ClientKeys::Jwks(jwks))
}
