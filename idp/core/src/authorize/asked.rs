//! Reading an authorization request, once it is known where to answer: every parameter and what it may be.

use protocol::claims::IdTokenClaims;
use protocol::scope::{ClaimSet, Scope, ScopeSet};

use super::answer::AnswerTo;
use super::claims::{self, ClaimsParameter};
use super::error::ErrorCode;
use super::request::{Parameters, Refused, Way, single};
use crate::authorization::{
    Assurance, AuthorizationRequest, Prompt, RequestedClaims, ResponseMode,
};
use crate::cx::Cx;
use crate::fields::is_unreadable;
use crate::platform::{Client, Platform};
use crate::signer::{ID_TOKEN_TYP, Signer};

/// Longest `state` and `nonce` that are carried along, in octets: every stranger can have us keep some.
const STATE_MAX: usize = 1024;

/// Longest `login_hint` and `ui_locales`, in octets.
const HINT_MAX: usize = 128;

/// Longest `id_token_hint`, in octets.
const TOKEN_MAX: usize = 4096;

/// Most resources of one request.
const RESOURCES_MAX: usize = 8;

/// A request whose answer has a place to go to.
pub(super) struct Asked<'a> {
    pub(super) parameters: &'a Parameters,
    pub(super) client: &'a Client,
    pub(super) signer: &'a dyn Signer,
}

impl<'a> Asked<'a> {
    pub(super) fn read(
        &self,
        cx: &Cx,
        platform: &Platform,
        way: Way,
        to: &AnswerTo,
    ) -> Result<AuthorizationRequest, Refused> {
        self.refuse_what_is_not_taken()?;
        self.check_way(way)?;
        self.check_response()?;
        if to.state.as_ref().is_some_and(|s| s.len() > STATE_MAX) {
            return Err((ErrorCode::InvalidRequest, "state is too long"));
        }
        let claims = match self.one("claims")? {
            None => ClaimsParameter::default(),
            Some(text) => claims::read(text, &self.client.scopes)?,
        };
        Ok(AuthorizationRequest {
            platform_id: platform.id.clone(),
            redirect_uri: to.redirect_uri.clone(),
            response_mode: to.mode,
            scopes: self.scopes()?,
            state: to.state.clone(),
            nonce: self.text("nonce", STATE_MAX)?,
            resources: self.resources()?,
            code_challenge: self.code_challenge()?,
            dpop_jkt: self.dpop_jkt()?,
            assurance: self.assurance(&claims)?,
            prompt: self.prompt()?,
            max_age: self.max_age()?,
            login_hint: self.text("login_hint", HINT_MAX)?,
            expected_subject: self.expected_subject(cx, &claims)?,
            ui_locales: self.text("ui_locales", HINT_MAX)?,
            received_at: cx.now,
            pushed_as: None,
            claims: RequestedClaims {
                userinfo: claims.requested.userinfo.union(&self.by_standard_scopes()?),
                id_token: claims.requested.id_token,
            },
        })
    }

    fn check_way(&self, way: Way) -> Result<(), Refused> {
        let is_pushed = matches!(way, Way::Pushed | Way::PushedObject);
        if self.client.must_push() && !is_pushed {
            return Err((
                ErrorCode::InvalidRequest,
                "this client must push its authorization requests",
            ));
        }
        let is_signed = matches!(way, Way::Object | Way::PushedObject);
        if self.client.requests.signed_only && !is_signed {
            return Err((
                ErrorCode::InvalidRequest,
                "this client must sign its authorization requests",
            ));
        }
        Ok(())
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
        let came = |name: &str| {
            self.parameters
                .iter()
                .any(|(n, v)| n == name && !v.is_empty())
        };
        if came("registration") {
            return Err((
                ErrorCode::RegistrationNotSupported,
                "registration is not supported",
            ));
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
            Some(word) if ResponseMode::of_word(word).is_none() => Err((
                ErrorCode::InvalidRequest,
                "response_mode must be query or form_post",
            )),
            _ => Ok(()),
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

    /// `profile` and its like (`OpenID` Connect Core §5.4): what of their claims the client may have.
    fn by_standard_scopes(&self) -> Result<ClaimSet, Refused> {
        let words = self.one("scope")?.unwrap_or_default();
        Ok(ClaimSet::of_standard_scopes(words).within(&self.client.scopes))
    }

    /// RFC 8707 §2: registered ones alone. Userinfo is none: a token is for it where no resource is named.
    fn resources(&self) -> Result<Vec<String>, Refused> {
        let asked = self
            .parameters
            .iter()
            .filter(|(name, value)| name == "resource" && !value.is_empty());
        let mut resources: Vec<String> = asked.map(|(_, value)| value.clone()).collect();
        resources.sort();
        resources.dedup();
        let known = &self.client.tokens.resources;
        if resources.len() > RESOURCES_MAX || !resources.iter().all(|asked| known.contains(asked)) {
            return Err((
                ErrorCode::InvalidTarget,
                "a resource is not registered for this client",
            ));
        }
        Ok(resources)
    }

    /// PKCE, S256 alone (RFC 7636 §4.3, RFC 9700 §2.1.1); where a client may leave it out, what it sends is checked all
    /// the same.
    fn code_challenge(&self) -> Result<Option<String>, Refused> {
        let (method, challenge) = (
            self.one("code_challenge_method")?,
            self.one("code_challenge")?,
        );
        if method.is_none() && challenge.is_none() && !self.client.must_prove_key() {
            return Ok(None);
        }
        let challenge =
            challenge.ok_or((ErrorCode::InvalidRequest, "code_challenge is missing"))?;
        // RFC 7636 §4.3: absent means plain.
        if method != Some("S256") {
            return Err((
                ErrorCode::InvalidRequest,
                "code_challenge_method must be S256",
            ));
        }
        is_sha256(challenge)
            .then(|| Some(challenge.to_owned()))
            .ok_or((ErrorCode::InvalidRequest, "code_challenge is malformed"))
    }

    fn dpop_jkt(&self) -> Result<Option<String>, Refused> {
        match self.one("dpop_jkt")? {
            Some(jkt) if !is_sha256(jkt) => {
                Err((ErrorCode::InvalidRequest, "dpop_jkt is malformed"))
            }
            jkt => Ok(jkt.map(str::to_owned)),
        }
    }

    /// `claims` before `acr_values` before what is registered.
    fn assurance(&self, claims: &ClaimsParameter) -> Result<Assurance, Refused> {
        if !claims.acr.is_empty() {
            let wishes = claims.acr.iter().map(String::as_str);
            return claims::assurance(wishes, claims.acr_is_essential);
        }
        if let Some(words) = self.text("acr_values", STATE_MAX)? {
            return claims::assurance(words.split_ascii_whitespace(), false);
        }
        let words = &self.client.requests.default_acr_values;
        claims::assurance(words.iter().map(String::as_str), false)
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
    /// §3.1.2.1), as long as its key is published.
    fn expected_subject(&self, cx: &Cx, said: &ClaimsParameter) -> Result<Option<String>, Refused> {
        const BAD: Refused = (
            ErrorCode::InvalidRequest,
            "id_token_hint is not an ID token of this issuer",
        );
        let Some(token) = self.text("id_token_hint", TOKEN_MAX)? else {
            return Ok(said.subject.clone());
        };
        let claims = self.signer.verify(ID_TOKEN_TYP, &token).ok_or(BAD)?;
        let claims: IdTokenClaims = serde_json::from_slice(&claims).or(Err(BAD))?;
        if claims.iss != cx.settings.issuer {
            return Err(BAD);
        }
        if said.subject.as_ref().is_some_and(|sub| *sub != claims.sub) {
            return Err((
                ErrorCode::InvalidRequest,
                "claims and id_token_hint name two subjects",
            ));
        }
        Ok(Some(claims.sub))
    }

    fn max_age(&self) -> Result<Option<u64>, Refused> {
        match self.one("max_age")? {
            None => Ok(self.client.requests.default_max_age),
            Some(text) => text.parse().map(Some).or(Err((
                ErrorCode::InvalidRequest,
                "max_age is not a number of seconds",
            ))),
        }
    }
}

/// The base64url text of 32 octets.
fn is_sha256(text: &str) -> bool {
    let is_base64url = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    text.len() == 43 && text.bytes().all(is_base64url)
}
