//! The ID token: is it the provider's, for us, of this login or session, and of now?
//!
//! Owns the checks of `OpenID` Connect Core §3.1.3.7 and §12.2. The `openidconnect` crate does those of
//! signature, `iss`, `aud`, `exp` and `crit`; the rest, and one name for each failure, are here.
//! Does not know how the token was fetched.

use std::sync::Arc;

use chrono::DateTime;
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, Nonce, SignatureVerificationError,
    TokenResponse as _,
};

use crate::adapter::Adapter;
use crate::id_token_fault::{IdTokenFault, explain, fault, signature_fault};
use crate::pending::PendingLogin;
use crate::provider::{OurIdToken, OurIdTokenClaims, Provider, TokenAnswer};
use crate::session::Session;
use crate::settings::AdapterSettings;

/// How far the provider's clock may be from ours.
pub(crate) const SKEW_SECONDS: i64 = 30;
/// An ID token is used as soon as it is issued; an older one was kept by somebody.
const LONGEST_WAY_SECONDS: i64 = 600;

/// The claims of an ID token that passed. Only [`verify`] makes one.
pub(crate) struct Verified<'a>(&'a OurIdTokenClaims);

impl<'a> Verified<'a> {
    pub(crate) fn claims(&self) -> &'a OurIdTokenClaims {
        self.0
    }
}

/// What the token must belong to.
#[derive(Clone, Copy)]
pub(crate) enum Expected<'a> {
    /// The login it finishes (§3.1.3.7).
    Login(&'a PendingLogin),
    /// The session it refreshes (§12.2).
    Session(&'a Session),
}

/// Checks `id_token`, which came with `access_token`.
pub(crate) fn verify<'a>(
    settings: &AdapterSettings,
    provider: &Provider,
    expected: Expected<'_>,
    (id_token, access_token): (&'a OurIdToken, &AccessToken),
) -> Result<Verified<'a>, IdTokenFault> {
    let now = settings.clock.now();
    let verifier = (provider.client.id_token_verifier())
        .set_allowed_algs(provider.algorithms.iter().cloned())
        .set_time_fn(|| {
            DateTime::from_timestamp(now, 0).unwrap_or(DateTime::<chrono::Utc>::MAX_UTC)
        })
        // Checked below, where each failure has its own name.
        .set_issue_time_verifier_fn(|_| Ok(()));
    let nonce = |claimed: Option<&Nonce>| expected.check_nonce(claimed);
    let claims = id_token
        .claims(&verifier, nonce)
        .map_err(|error| match error {
            ClaimsVerificationError::Unsupported(_) => explain(&id_token.to_string()),
            other => fault(&other),
        })?;
    check_age(claims, now)?;
    // Core §2: not empty, at most 255 ASCII characters.
    let subject = claims.subject().as_str();
    if subject.is_empty() || subject.len() > 255 || !subject.is_ascii() {
        return Err(IdTokenFault::Subject);
    }
    if let Some(party) = claims.authorized_party()
        && party.as_str() != settings.client_id
    {
        return Err(IdTokenFault::AuthorizedParty);
    }
    expected.check_sign_in(claims)?;
    let hash = claims
        .access_token_hash()
        .ok_or(IdTokenFault::Missing("at_hash"))?;
    let signing_alg = id_token.signing_alg().map_err(|e| signature_fault(&e))?;
    let key = id_token
        .signing_key(&verifier)
        .map_err(|e| signature_fault(&e))?;
    let actual = AccessTokenHash::from_token(access_token, signing_alg, key)
        .map_err(|_not_hashable| IdTokenFault::AccessTokenHash)?;
    if actual != *hash {
        return Err(IdTokenFault::AccessTokenHash);
    }
    Ok(Verified(claims))
}

impl Expected<'_> {
    fn check_nonce(self, claimed: Option<&Nonce>) -> Result<(), String> {
        let (nonce, may_be_absent) = match self {
            Self::Login(pending) => (&pending.nonce, false),
            Self::Session(session) => (&session.nonce, true),
        };
        let is_right = claimed.map_or(may_be_absent, |claimed| nonce.matches(claimed.secret()));
        is_right.then_some(()).ok_or_else(String::new)
    }

    /// When and how the person signed in.
    fn check_sign_in(self, claims: &OurIdTokenClaims) -> Result<(), IdTokenFault> {
        let acr = claims.auth_context_ref().map(|acr| acr.as_str());
        let auth_time = claims.auth_time().map(|time| time.timestamp());
        match self {
            Self::Login(pending) => {
                let accepted = &pending.accepted_acr;
                if !accepted.is_empty() && !accepted.iter().any(|it| acr == Some(it)) {
                    return Err(IdTokenFault::Acr);
                }
                let Some(since) = pending.authenticated_since else {
                    return Ok(());
                };
                let auth_time = auth_time.ok_or(IdTokenFault::Missing("auth_time"))?;
                if auth_time.saturating_add(SKEW_SECONDS) < since {
                    return Err(IdTokenFault::AuthTime);
                }
                Ok(())
            }
            Self::Session(session) => {
                let sid = claims.additional_claims().sid.as_deref();
                let is_the_same = claims.subject().as_str() == session.sub
                    && sid.is_none_or(|sid| sid == session.session_id)
                    && auth_time.is_none_or(|time| time == session.auth_time)
                    && acr.is_none_or(|acr| acr == session.acr);
                is_the_same.then_some(()).ok_or(IdTokenFault::OtherSession)
            }
        }
    }
}

impl Adapter {
    /// An ID token may be signed with a key newer than the ones we know (Core §10.1.1): then, and
    /// only then, the provider is asked again.
    pub(crate) async fn with_the_right_keys(
        &self,
        provider: Arc<Provider>,
        answer: &TokenAnswer,
    ) -> Arc<Provider> {
        let unknown_key =
            (answer.id_token()).is_some_and(|id_token| is_of_unknown_key(&provider, id_token));
        if unknown_key && let Some(newer) = self.source.with_newer_keys(&provider).await {
            return newer;
        }
        provider
    }
}

/// Whether newer keys of the provider may help: the algorithm is agreed, but no key fits.
fn is_of_unknown_key(provider: &Provider, id_token: &OurIdToken) -> bool {
    let agreed = (id_token.signing_alg()).is_ok_and(|it| provider.algorithms.contains(it));
    let verifier = provider.client.id_token_verifier();
    let key = id_token.signing_key(&verifier);
    agreed && matches!(key, Err(SignatureVerificationError::NoMatchingKey))
}

fn check_age(claims: &OurIdTokenClaims, now: i64) -> Result<(), IdTokenFault> {
    let age = now.saturating_sub(claims.issue_time().timestamp());
    if age < -SKEW_SECONDS {
        return Err(IdTokenFault::FromTheFuture);
    }
    if age > LONGEST_WAY_SECONDS {
        return Err(IdTokenFault::TooOld);
    }
    Ok(())
}
