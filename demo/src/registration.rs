//! The two platforms as clients of the provider.
//!
//! Owns that what the provider has on record is what the platforms are now: after a restart on other ports the redirect
//! URIs follow. Does not know the platforms' pages.

use std::net::TcpListener;

use idp::state::AppState;
use idp_core::directory::{self, DirectoryError};
use idp_core::id::PlatformId;
use idp_core::platform::{
    Client, ClientAuthentication, ClientKeys, LogoutRules, Platform, PlatformState, RequestRules,
    SenderConstraint, TokenRules,
};
use idp_core::token::client_authentication::secret_sha256;
use protocol::scope::ScopeSet;
use url::Url;

use crate::error::DemoError;
use crate::platform::{Connection, PlatformSettings};
use crate::platform_key::PlatformKey;
use crate::ports;
use crate::ready::ReadyPlatform;
use crate::state::State;

/// Everything a platform may be told.
const SCOPES: &str = "openid enterprise certificate contact";

/// A platform that is on record and can be started.
pub(crate) struct Prepared {
    pub(crate) listener: TcpListener,
    pub(crate) settings: PlatformSettings,
    pub(crate) ready: ReadyPlatform,
}

/// Puts a platform of the directory on record, as it is now.
pub(crate) async fn prepare(
    provider: &AppState,
    state: &State,
    (id, listener, connection): (&str, TcpListener, Connection),
) -> Result<Prepared, DemoError> {
    let address = listener.local_addr().map_err(DemoError::file(id))?;
    let public_origin = Url::parse(&ports::origin(address.port())).map_err(DemoError::provider)?;
    let mut site = PlatformSettings {
        id: id.to_owned(),
        name_zh: String::new(),
        name_en: String::new(),
        listen: address,
        public_origin,
        issuer: provider.config.issuer.clone(),
        client_id: id.to_owned(),
        connection,
        state_dir: state.platforms(),
    };
    let wanted = client(&site)?;
    let listed = register(provider, (id, wanted)).await?;
    site.name_zh.clone_from(&listed.name_zh);
    site.name_en.clone_from(&listed.name_en);
    let redirect_uri = site.redirect_uri().map_err(DemoError::provider)?;
    let initiate_login_uri = site.initiate_login_uri().map_err(DemoError::provider)?;
    let ready = ReadyPlatform {
        id: id.to_owned(),
        name_zh: listed.name_zh,
        name_en: listed.name_en,
        client_id: id.to_owned(),
        client_secret: match &site.connection {
            Connection::Secret(secret) => Some(secret.reveal().to_owned()),
            Connection::Key(_) => None,
        },
        origin: ports::origin(address.port()),
        redirect_uri: redirect_uri.into(),
        initiate_login_uri: initiate_login_uri.into(),
    };
    Ok(Prepared {
        listener,
        settings: site,
        ready,
    })
}

/// Connects a platform of the directory, or brings its registration up to date. Answers with the directory's entry.
async fn register(
    provider: &AppState,
    (id, client): (&str, Client),
) -> Result<Platform, DemoError> {
    let (name, id) = (id, PlatformId::from_text(id));
    let cx = provider.cx();
    provider
        .database
        .write(move |store| {
            let Some(standing) = store.find_platform(&id)? else {
                return Ok(None);
            };
            let platform = Platform {
                state: PlatformState::Active,
                client: Some(client),
                support_contact: Some("0471-5550100".to_owned()),
                ..standing.clone()
            };
            if standing.state == PlatformState::Listed {
                directory::connect(store, &cx, &platform, directory::Act::by("demo", None))?;
            } else if standing != platform {
                store.update_platform(&platform)?;
            }
            Ok::<_, DirectoryError>(Some(platform))
        })
        .await
        .map_err(DemoError::provider)?
        .ok_or_else(|| DemoError::provider(format!("{name} is not in its directory")))
}

fn client(site: &PlatformSettings) -> Result<Client, DemoError> {
    let (authentication, keys) = match &site.connection {
        Connection::Secret(secret) => {
            let sha256 = secret_sha256(secret.reveal());
            let previous = None;
            (
                ClientAuthentication::ClientSecret { sha256, previous },
                None,
            )
        }
        Connection::Key(key) => {
            let key = PlatformKey::of_pem(key.private_key_pem.reveal())?;
            let keys = ClientKeys::Jwks(key.jwks());
            (ClientAuthentication::PrivateKeyJwt, Some(keys))
        }
    };
    let is_strict = keys.is_some();
    let text =
        |uri: Result<Url, url::ParseError>| uri.map(String::from).map_err(DemoError::provider);
    let redirect_uri = text(site.redirect_uri())?;
    Ok(Client {
        keys,
        initiate_login_uri: Some(text(site.initiate_login_uri())?),
        scopes: ScopeSet::try_from(SCOPES.to_owned()).map_err(DemoError::provider)?,
        requests: RequestRules {
            pushed_only: is_strict,
            ..RequestRules::default()
        },
        tokens: TokenRules {
            refresh: true,
            sender_constraint: if is_strict {
                SenderConstraint::Dpop
            } else {
                SenderConstraint::None
            },
            ..TokenRules::default()
        },
        logout: LogoutRules {
            post_logout_redirect_uris: vec![text(site.post_logout_redirect_uri())?],
            backchannel_uri: Some(text(site.backchannel_logout_uri())?),
            backchannel_session_required: true,
        },
        ..Client::standard(authentication, vec![redirect_uri])
    })
}
