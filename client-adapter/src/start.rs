//! Starting a login: on the platform's own wish, or because the provider's portal sent the browser.
//!
//! Owns the authorization request (`OpenID` Connect Core §3.1.2.1) and the check of a
//! third-party-initiated login (§4). Does not know how the pending login is kept.

use std::time::Duration;

use openidconnect::core::{CoreAuthPrompt, CoreResponseType};
use openidconnect::{
    AuthenticationContextClass, AuthenticationFlow, CsrfToken, LanguageTag, LoginHint, Nonce,
    PkceCodeChallenge, Scope,
};
use url::{Url, form_urlencoded};

use crate::adapter::Adapter;
use crate::metadata::DiscoveryFault;
use crate::pending::PendingLogin;
use crate::provider::Provider;
use crate::push::PushFault;
use crate::secret::Secret;
use crate::target::{ForeignTarget, Target};

/// Longest hint that the provider takes.
const LONGEST_HINT: usize = 128;

/// So many languages are within what it takes (128 octets).
const MOST_LOCALES: usize = 3;

/// What a login shall be like. The default is the usual one.
#[derive(Clone, Debug, Default)]
pub struct StartLogin {
    /// Where to go afterwards; from [`Adapter::target`].
    pub target: Option<Target>,
    /// Whether the provider shall show a page though it need not, or none though it would.
    pub prompt: Option<Prompt>,
    /// Signing in longer ago than this does not count.
    pub max_age: Option<Duration>,
    /// In which ways to sign in, the best first, for this login in place of
    /// [`AdapterSettings::required_acr`](crate::AdapterSettings::required_acr): a step-up asks for
    /// [`protocol::claims::ACR_KEY_LOCK_FRESH`]. The provider's answer must be one of them.
    pub acr_values: Vec<String>,
    /// Single claims to ask for (`OpenID` Connect Core §5.5), as the JSON object of that section.
    pub claims: Option<serde_json::Value>,
    /// Who is expected.
    pub login_hint: Option<String>,
    /// Languages for the provider's pages, the best first: `zh-CN`, `en`.
    pub ui_locales: Vec<String>,
}

/// `prompt` of `OpenID` Connect Core §3.1.2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// No page at all: an error comes back when one would be needed.
    None,
    /// Sign in again.
    Login,
    /// Ask for consent again.
    Consent,
    /// Let the person choose the lock.
    SelectAccount,
}

/// What the provider's portal sends to `initiate_login_uri` (`OpenID` Connect Core §4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThirdPartyLogin {
    /// Who sends.
    pub iss: Option<String>,
    /// Where the person wants to go.
    pub target_link_uri: Option<String>,
    /// Who is coming.
    pub login_hint: Option<String>,
    repeated: bool,
}

impl ThirdPartyLogin {
    /// Reads the query of a GET, or the form of a POST.
    pub fn parse(encoded: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in form_urlencoded::parse(encoded.as_bytes()) {
            let before = match name.as_ref() {
                "iss" => read.iss.replace(value.into_owned()),
                "target_link_uri" => read.target_link_uri.replace(value.into_owned()),
                "login_hint" => read.login_hint.replace(value.into_owned()),
                _ => None,
            };
            read.repeated |= before.is_some();
        }
        read
    }

    /// The same as a query.
    pub(crate) fn to_query(&self) -> String {
        let said = [
            ("iss", &self.iss),
            ("target_link_uri", &self.target_link_uri),
            ("login_hint", &self.login_hint),
        ];
        let said = (said.into_iter()).filter_map(|(name, value)| Some((name, value.as_deref()?)));
        (form_urlencoded::Serializer::new(String::new()).extend_pairs(said)).finish()
    }
}

/// Why a login does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Try again later, or look at the settings: the source says which.
    #[error("the provider cannot be used at the moment")]
    Provider(#[source] DiscoveryFault),
    /// The request was not taken: the source says why.
    #[error("the provider did not take the request: {0}")]
    Push(#[source] PushFault),
    /// An open redirect, or a wrong link.
    #[error("the link leads to a page that is not of this platform")]
    ForeignTarget(#[from] ForeignTarget),
    /// Somebody else's portal, or nobody's.
    #[error("the login was not initiated by the provider of this platform")]
    ForeignInitiator,
}

impl Adapter {
    /// Reads where a login shall lead: a path of this platform, or a URL of one of its origins.
    pub fn target(&self, text: &str) -> Result<Target, ForeignTarget> {
        self.targets.check(text)
    }

    /// Checks what the provider's portal sent and starts the login it asks for.
    pub async fn third_party_login(
        &self,
        asked: ThirdPartyLogin,
    ) -> Result<(Url, PendingLogin), StartError> {
        let target = self.check_initiator(&asked)?;
        self.start_login(StartLogin {
            target,
            login_hint: asked.login_hint,
            ..StartLogin::default()
        })
        .await
    }

    /// Whether the provider's portal sent this; answers where it leads.
    pub(crate) fn check_initiator(
        &self,
        asked: &ThirdPartyLogin,
    ) -> Result<Option<Target>, StartError> {
        // Core §4: without the right issuer this may be any page's attempt to start a login.
        if asked.repeated || asked.iss.as_deref() != Some(self.settings.issuer.as_str()) {
            return Err(StartError::ForeignInitiator);
        }
        let target = asked.target_link_uri.as_deref();
        Ok(target.map(|text| self.target(text)).transpose()?)
    }

    /// Starts a login: send the browser to the URL, keep the rest until it comes back.
    pub async fn start_login(&self, wish: StartLogin) -> Result<(Url, PendingLogin), StartError> {
        let provider = self.provider().await.map_err(StartError::Provider)?;
        let now = self.settings.clock.now();
        let accepted_acr = if wish.acr_values.is_empty() {
            self.settings.required_acr.clone().into_iter().collect()
        } else {
            wish.acr_values.clone()
        };
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let pending = PendingLogin {
            state: Secret::random(),
            nonce: Secret::random(),
            pkce_verifier: Secret::new(verifier.into_secret()),
            issuer: self.settings.issuer.clone(),
            authenticated_since: authenticated_since(now, wish.max_age, wish.prompt),
            accepted_acr,
            target: wish.target.clone(),
            created_at: now,
        };
        let mut url = self.authorization_url(&provider, (&pending, challenge), wish);
        if let Some(endpoint) = &provider.endpoints.push {
            let pushed = self.push(&provider, endpoint, &url).await;
            url = pushed.map_err(StartError::Push)?;
        }
        Ok((url, pending))
    }

    fn authorization_url(
        &self,
        provider: &Provider,
        (pending, challenge): (&PendingLogin, PkceCodeChallenge),
        wish: StartLogin,
    ) -> Url {
        let sent_state = CsrfToken::new(pending.state.reveal().to_owned());
        let sent_nonce = Nonce::new(pending.nonce.reveal().to_owned());
        let mut request = provider
            .client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || sent_state,
                move || sent_nonce,
            )
            .set_pkce_challenge(challenge);
        for scope in self.settings.scopes.iter() {
            if scope != protocol::scope::Scope::Openid {
                request = request.add_scope(Scope::new(scope.to_string()));
            }
        }
        for acr in &pending.accepted_acr {
            request = request.add_auth_context_value(AuthenticationContextClass::new(acr.clone()));
        }
        if let Some(claims) = &wish.claims {
            request = request.add_extra_param("claims", claims.to_string());
        }
        // RFC 9449 §10: the code serves the key alone, too.
        if let Some(prover) = &self.prover {
            request = request.add_extra_param("dpop_jkt", prover.thumbprint().to_owned());
        }
        if let Some(prompt) = wish.prompt {
            request = request.add_prompt(prompt.into());
        }
        if let Some(max_age) = wish.max_age {
            request = request.set_max_age(max_age);
        }
        if let Some(hint) = wish.login_hint.filter(|hint| hint.len() <= LONGEST_HINT) {
            request = request.set_login_hint(LoginHint::new(hint));
        }
        for locale in tags(&wish.ui_locales) {
            request = request.add_ui_locale(LanguageTag::new(locale.clone()));
        }
        let (url, _, _) = request.url();
        url
    }
}

/// The earliest moment of signing in that satisfies the request.
fn authenticated_since(now: i64, max_age: Option<Duration>, prompt: Option<Prompt>) -> Option<i64> {
    if prompt == Some(Prompt::Login) {
        return Some(now);
    }
    let seconds = i64::try_from(max_age?.as_secs()).unwrap_or(i64::MAX);
    Some(now.saturating_sub(seconds))
}

/// The first languages that have the shape of a BCP 47 tag, so that nothing else rides along.
pub(crate) fn tags(locales: &[String]) -> impl Iterator<Item = &String> {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let is_tag = move |text: &&String| (2..=35).contains(&text.len()) && text.bytes().all(is_part);
    locales.iter().filter(is_tag).take(MOST_LOCALES)
}

impl From<Prompt> for CoreAuthPrompt {
    fn from(prompt: Prompt) -> Self {
        match prompt {
            Prompt::None => Self::None,
            Prompt::Login => Self::Login,
            Prompt::Consent => Self::Consent,
            Prompt::SelectAccount => Self::SelectAccount,
        }
    }
}
