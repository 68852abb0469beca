//! The two platforms as clients of the provider.
//!
//! Owns that what the provider has on record is what the platforms are now: after a restart on other ports the redirect
//! URIs follow. Does not know the platforms' pages.

use std::net::TcpListener;

use idp::state::AppState;
use idp_core::directory::{self, ConnectError};
use idp_core::id::PlatformId;
use idp_core::platform::{Client, ClientAuthentication, Platform, PlatformState};
use idp_core::token::client_authentication::secret_sha256;
use protocol::scope::ScopeSet;
use url::Url;

use crate::error::DemoError;
use crate::platform::PlatformSettings;
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
    (id, listener, secret): (&str, TcpListener, &str),
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
        client_secret: client_adapter::Secret::new(secret),
        state_dir: state.platforms(),
    };
    let redirect_uri = site.redirect_uri().map_err(DemoError::provider)?;
    let initiate_login_uri = site.initiate_login_uri().map_err(DemoError::provider)?;
    let wanted = Registration {
        id,
        secret,
        redirect_uri: &redirect_uri,
        initiate_login_uri: &initiate_login_uri,
    };
    let listed = register(provider, &wanted).await?;
    site.name_zh.clone_from(&listed.name_zh);
    site.name_en.clone_from(&listed.name_en);
    let ready = ReadyPlatform {
        id: id.to_owned(),
        name_zh: listed.name_zh,
        name_en: listed.name_en,
        client_id: id.to_owned(),
        client_secret: secret.to_owned(),
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

/// What is to be on record. No `Debug`: it holds the secret.
struct Registration<'a> {
    id: &'a str,
    secret: &'a str,
    redirect_uri: &'a Url,
    initiate_login_uri: &'a Url,
}

/// Connects a platform of the directory, or brings its registration up to date. Answers with the directory's entry.
async fn register(provider: &AppState, wanted: &Registration<'_>) -> Result<Platform, DemoError> {
    let id = PlatformId::from_text(wanted.id);
    let client = client(wanted)?;
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
                directory::connect(store, &cx, &platform)?;
            } else if standing != platform {
                store.update_platform(&platform)?;
            }
            Ok::<_, ConnectError>(Some(platform))
        })
        .await
        .map_err(DemoError::provider)?
        .ok_or_else(|| DemoError::provider(format!("{} is not in its directory", wanted.id)))
}

fn client(wanted: &Registration<'_>) -> Result<Client, DemoError> {
    let authentication = ClientAuthentication::ClientSecret {
        sha256: secret_sha256(wanted.secret),
        previous: None,
    };
    Ok(Client {
        initiate_login_uri: Some(wanted.initiate_login_uri.to_string()),
        scopes: ScopeSet::try_from(SCOPES.to_owned()).map_err(DemoError::provider)?,
        ..Client::standard(authentication, vec![wanted.redirect_uri.to_string()])
    })
}
