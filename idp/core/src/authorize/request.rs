//! Reading an authorization request: a numbered pipeline from parameters to [`AuthorizationRequest`].
//!
//! Until the redirect URI is known to be registered, every refusal is a page.

use protocol::claims::IdTokenClaims;
use protocol::scope::{Scope, ScopeSet};

use super::error::{ErrorCode, PageRefusal, RequestRefusal};
use crate::authorization::{AuthorizationRequest, Prompt};
use crate::cx::Cx;
use crate::fields::is_unreadable;
use crate::platform::{Client, Platform, PlatformState};
use crate::signer::{ID_TOKEN_TYP, Signer};

/// Longest `state` and `nonce` that are carried along, in octets: every stranger can have us keep some.
const STATE_MAX: usize = 1024;

/// Longest `login_hint` and `ui_locales`, in octets.
const HINT_MAX: usize = 128;

/// Longest `id_token_hint`, in octets.
const TOKEN_MAX: usize = 4096;

/// Parameters as they came, in order.
pub type Parameters = [(String, String)];

/// The one value of a parameter. `Err`: it came more than once (RFC 6749 §3.1).
fn single<'a>(parameters: &'a Parameters, name: &str) -> Result<Option<&'a str>, Doubled> {
    let mut values = parameters.iter().filter(|(n, _)| n == name);
    let first = values.next();
    if values.next().is_some() {
        return Err(Doubled);
    }
    // RFC 6749 §3.1: parameters without a value are treated as omitted.
    Ok(first.map(|(_, v)| v.as_str()).filter(|v| !v.is_empty()))
}

struct Doubled;

/// The `client_id`, to look the platform up before [`read`].
pub fn client_id(parameters: &Parameters) -> Result<Option<&str>, RequestRefusal> {
    single(parameters, "client_id").or(Err(RequestRefusal::Page(PageRefusal::Malformed)))
}

/// Reads a request. `platform` is what the store has under its `client_id`.
pub fn read(
    cx: &Cx,
    signer: &dyn Signer,
    parameters: &Parameters,
    platform: Option<&Platform>,
) -> Result<AuthorizationRequest, RequestRefusal> {
    // 1. A platform that people can go to.
    let platform = platform.ok_or(RequestRefusal::Page(PageRefusal::PlatformUnknown))?;
    let client = active_client(platform).map_err(RequestRefusal::Page)?;
    // 2. A registered place to answer to.
    let redirect_uri = redirect_uri(parameters, client).map_err(RequestRefusal::Page)?;
    let state =
        single(parameters, "state").or(Err(RequestRefusal::Page(PageRefusal::Malformed)))?;
    // 3. From here on the platform gets the error.
    let asked = Asked {
        parameters,
        client,
        signer,
    };
    asked
        .read(cx, platform, redirect_uri, state)
        .map_err(|(error, description)| RequestRefusal::Redirect {
            redirect_uri: redirect_uri.to_owned(),
            state: state.map(str::to_owned),
            error,
            description,
        })
}

fn active_client(platform: &Platform) -> Result<&Client, PageRefusal> {
    match (platform.state, &platform.client) {
        (PlatformState::Active, Some(client)) => Ok(client),
        (PlatformState::Suspended, _) => Err(PageRefusal::PlatformSuspended),
        (PlatformState::Active | PlatformState::Listed, _) => {
            Err(PageRefusal::PlatformNotConnected)
        }
    }
}

/// Compared character by character; never a prefix, a pattern or a normalised form (RFC 9700 §2.1).
fn redirect_uri<'a>(parameters: &'a Parameters, client: &Client) -> Result<&'a str, PageRefusal> {
    let asked = single(parameters, "redirect_uri")
        .or(Err(PageRefusal::Malformed))?
        .ok_or(PageRefusal::RedirectUriMismatch)?;
    client
        .redirect_uris
        .iter()
        .any(|registered| registered == asked)
        .then_some(asked)
        .ok_or(PageRefusal::RedirectUriMismatch)
}

type Refused = (ErrorCode, &'static str);

struct Asked<'a> {
    parameters: &'a Parameters,
    client: &'a Client,
    signer: &'a dyn Signer,
}

impl<'a> Asked<'a> {
    fn read(
        &self,
        cx: &Cx,
        platform: &Platform,
        redirect_uri: &str,
        state: Option<&str>,
    ) -> Result<AuthorizationRequest, Refused> {
        self.refuse_what_is_not_taken()?;
        self.check_response()?;
        if state.is_some_and(|s| s.len() > STATE_MAX) {
            return Err((ErrorCode::InvalidRequest, "state is too long"));
        }
        Ok(AuthorizationRequest {
            platform_id: platform.id.clone(),
            redirect_uri: redirect_uri.to_owned(),
            scopes: self.scopes()?,
            state: state.map(str::to_owned),
            nonce: self.text("nonce", STATE_MAX)?,
            code_challenge: self.code_challenge()?,
            prompt: self.prompt()?,
            max_age: self.max_age()?,
            login_hint: self.text("login_hint", HINT_MAX)?,
            expected_subject: self.expected_subject(cx)?,
            ui_locales: self.text("ui_locales", HINT_MAX)?,
            received_at: cx.now,
        })
    }

    fn one(&self, name: &'static str) -> Result<Option<&'a str>, Refused> {
        single(self.parameters, name).or(Err((
            ErrorCode::InvalidRequest,
            "a parameter came more than once",
        )))
    }

    fn text(&self, name: &'static str, max: usize) -> Result<Option<String>, Refused> {
        match self.one(name)? {
            Some(text) if text.len() > max || text.chars().any(is_unreadable) => Err((
                ErrorCode::InvalidRequest,
                "a parameter is too long or has control characters",
            )),
            text => Ok(text.map(str::to_owned)),
        }
    }

    /// Silently passing over these would make the platform believe in something that did not happen.
    fn refuse_what_is_not_taken(&self) -> Result<(), Refused> {
        let not_taken = [
            (
                "request",
                ErrorCode::RequestNotSupported,
                "request objects are not supported",
            ),
            (
                "request_uri",
                ErrorCode::RequestUriNotSupported,
                "request_uri is not supported",
            ),
            (
                "registration",
                ErrorCode::RegistrationNotSupported,
                "registration is not supported",
            ),
        ];
        for (name, error, description) in not_taken {
            if self
                .parameters
                .iter()
                .any(|(n, v)| n == name && !v.is_empty())
            {
                return Err((error, description));
            }
        }
        Ok(())
    }

    fn check_response(&self) -> Result<(), Refused> {
        match self.one("response_type")? {
            Some("code") => {}
            Some(_) => {
                return Err((
                    ErrorCode::UnsupportedResponseType,
                    "response_type must be code",
                ));
            }
            None => return Err((ErrorCode::InvalidRequest, "response_type is missing")),
        }
        match self.one("response_mode")? {
            None | Some("query") => Ok(()),
            Some(_) => Err((ErrorCode::InvalidRequest, "response_mode must be query")),
        }
    }

    fn scopes(&self) -> Result<ScopeSet, Refused> {
        let asked = ScopeSet::of_known_words(self.one("scope")?.unwrap_or_default());
        if !asked.contains(Scope::Openid) {
            return Err((ErrorCode::InvalidScope, "scope must contain openid"));
        }
        if !self.client.scopes.includes(&asked) {
            return Err((
                ErrorCode::InvalidScope,
                "a scope is not registered for this client",
            ));
        }
        Ok(asked)
    }

    /// PKCE is required of every client, S256 alone (RFC 7636 §4.3, RFC 9700 §2.1.1).
    fn code_challenge(&self) -> Result<String, Refused> {
        match self.one("code_challenge_method")? {
            Some("S256") => {}
            // RFC 7636 §4.3: absent means plain.
            _ => {
                return Err((
                    ErrorCode::InvalidRequest,
                    "code_challenge_method must be S256",
                ));
            }
        }
        let challenge = self
            .one("code_challenge")?
            .ok_or((ErrorCode::InvalidRequest, "code_challenge is missing"))?;
        // An S256 challenge is the base64url text of 32 octets.
        let well_formed = challenge.len() == 43
            && challenge
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        well_formed
            .then(|| challenge.to_owned())
            .ok_or((ErrorCode::InvalidRequest, "code_challenge is malformed"))
    }

    fn prompt(&self) -> Result<Prompt, Refused> {
        let mut prompt = Prompt::default();
        for word in self
            .one("prompt")?
            .unwrap_or_default()
            .split_ascii_whitespace()
        {
            match word {
                "none" => prompt.none = true,
                "login" => prompt.login = true,
                "consent" => prompt.consent = true,
                "select_account" => prompt.select_account = true,
                _ => return Err((ErrorCode::InvalidRequest, "prompt has an unknown value")),
            }
        }
        if prompt.none && (prompt.login || prompt.consent || prompt.select_account) {
            return Err((ErrorCode::InvalidRequest, "prompt none stands alone"));
        }
        Ok(prompt)
    }

    /// An ID token of ours names who is expected; how old it is does not matter (`OpenID` Connect Core
    /// §3.1.2.1).
    fn expected_subject(&self, cx: &Cx) -> Result<Option<String>, Refused> {
        const BAD: Refused = (
            ErrorCode::InvalidRequest,
            "id_token_hint is not an ID token of this issuer",
        );
        let Some(token) = self.text("id_token_hint", TOKEN_MAX)? else {
            return Ok(None);
        };
        let claims = self.signer.verify(ID_TOKEN_TYP, &token).ok_or(BAD)?;
        let claims: IdTokenClaims = serde_json::from_slice(&claims).or(Err(BAD))?;
        if claims.iss != cx.settings.issuer {
            return Err(BAD);
        }
        Ok(Some(claims.sub))
    }

    fn max_age(&self) -> Result<Option<u64>, Refused> {
        self.one("max_age")?
            .map(|text| {
                text.parse().or(Err((
                    ErrorCode::InvalidRequest,
                    "max_age is not a number of seconds",
                )))
            })
            .transpose()
    }
}
