//! Signing out at the provider (`OpenID` Connect RP-Initiated Logout 1.0 §2).
//!
//! Owns the address the browser is sent to. Does not know sessions: end yours first.

use std::str::FromStr as _;

use openidconnect::{
    ClientId, CsrfToken, EndSessionUrl, LanguageTag, LogoutRequest, PostLogoutRedirectUrl,
};
use url::Url;

use crate::adapter::Adapter;
use crate::metadata::DiscoveryFault;
use crate::provider::OurIdToken;
use crate::secret::Secret;
use crate::start::tags;

/// How to sign out.
#[derive(Clone, Debug, Default)]
pub struct SignOut {
    /// Comes back with the browser, if it does: keep it with the browser and compare.
    pub state: Option<Secret>,
    /// Languages for the provider's page, the best first.
    pub ui_locales: Vec<String>,
}

/// Why there is no address to sign out at.
#[derive(Debug, thiserror::Error)]
pub enum LogoutUrlError {
    /// Metadata: try again later.
    #[error("the provider cannot be used at the moment")]
    Provider(#[source] DiscoveryFault),
    /// No `end_session_endpoint`.
    #[error("the provider does not offer signing out (RP-Initiated Logout)")]
    NotOffered,
}

impl Adapter {
    /// Where to send the browser of a person who signs out: the provider ends its own session, tells the
    /// other platforms, and sends the browser to
    /// [`AdapterSettings::post_logout_redirect_uri`](crate::AdapterSettings::post_logout_redirect_uri).
    pub async fn logout_url(
        &self,
        id_token: &Secret,
        wish: SignOut,
    ) -> Result<Url, LogoutUrlError> {
        let provider = self.provider().await.map_err(LogoutUrlError::Provider)?;
        let endpoint = provider.endpoints.end_session.clone();
        let endpoint = EndSessionUrl::from_url(endpoint.ok_or(LogoutUrlError::NotOffered)?);
        let mut request = LogoutRequest::from(endpoint)
            .set_client_id(ClientId::new(self.settings.client_id.clone()));
        // It came from the provider and was checked; anything else is no hint.
        if let Ok(id_token) = OurIdToken::from_str(id_token.reveal()) {
            request = request.set_id_token_hint(&id_token);
        }
        if let Some(uri) = &self.settings.post_logout_redirect_uri {
            let uri = PostLogoutRedirectUrl::from_url(uri.clone());
            request = request.set_post_logout_redirect_uri(uri);
        }
        if let Some(state) = wish.state {
            request = request.set_state(CsrfToken::new(state.reveal().to_owned()));
        }
        for locale in tags(&wish.ui_locales) {
            request = request.add_ui_locale(LanguageTag::new(locale.clone()));
        }
        Ok(request.http_get_url())
    }
}
