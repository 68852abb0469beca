//! This grant only: an authorization code becomes a grant (RFC 6749 §4.1.3, RFC 7636 §4.6).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::claims::Confirmation;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::TokenRefusal;
use super::granted::{Granted, check_sender, narrowed, told};
use crate::audit::{AuditEvent, AuditKind};
use crate::authorization::AuthorizationCode;
use crate::cx::{Caller, Cx};
use crate::ending::end_grant_by_code;
use crate::ephemeral::Spent;
use crate::grant::Grant;
use crate::id::GrantId;
use crate::platform::{Client, Platform};
use crate::refresh_token::RefreshToken;
use crate::session::SessionStanding;
use crate::store::{Store, StoreError};
use crate::subject::subject;

/// What came with the code.
#[derive(Clone, Debug)]
pub struct Redemption {
    /// SHA-256 of the code, hexadecimal.
    pub code_sha256: String,
    /// What spending it gave.
    pub code: Spent<AuthorizationCode>,
    /// Whether the lock behind the code counts no more: by the revocation lists, or by the CA registry, as they stand now.
    pub lock_is_over: bool,
    /// `redirect_uri`.
    pub redirect_uri: Option<String>,
    /// `code_verifier`.
    pub code_verifier: Option<String>,
    /// Who asks, if tokens are to be bound to them: the key of the proof, or the certificate.
    pub confirmation: Option<Confirmation>,
    /// `resource`, each once (RFC 8707 §2.2).
    pub resources: Vec<String>,
}

/// How a redemption ended. Every end is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// Tokens may be minted.
    Granted(Box<Granted>),
    /// Refused.
    Refused(TokenRefusal),
    /// The code was used before; what it gave is revoked (RFC 6749 §4.1.2).
    Replayed,
}

/// Decides and writes.
pub fn redeem(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    platform: &Platform,
    redemption: &Redemption,
) -> Result<Redeemed, StoreError> {
    let code = match &redemption.code {
        Spent::Won(code) => code,
        Spent::Before(code) => {
            // The first use may be on its way to the store at this moment: whoever writes first, the
            // other finds the code's place taken, and nothing of it lives.
            let mut dead = grant(cx, code, redemption);
            dead.revoked_at = Some(cx.now);
            store.insert_grant(&dead)?;
            return replayed(store, cx, caller, platform, redemption);
        }
        Spent::Unknown => {
            let why = "the code is unknown or expired";
            // Long after its lifetime a code may still come again: what it gave dies all the same.
            return match end_grant_by_code(store, cx, &redemption.code_sha256)? {
                Some(_) => replayed(store, cx, caller, platform, redemption),
                None => refused(store, cx, caller, platform, why),
            };
        }
    };
    let client = match check(cx, platform, code, redemption) {
        Ok(client) => client,
        Err(why) => return refused(store, cx, caller, platform, why),
    };
    let standing = still_standing(store, cx, code)?.filter(|_| !redemption.lock_is_over);
    let Some(standing) = standing else {
        let why = "the sign-in behind the code has ended, or the platform was stopped since";
        return refused(store, cx, caller, platform, why);
    };
    let resources = match bounded(client, code, redemption) {
        Ok(resources) => resources,
        Err(refusal) => {
            super::note_refusal(store, cx, caller, Some(&platform.id), refusal)?;
            return Ok(Redeemed::Refused(refusal));
        }
    };
    let grant = grant(cx, code, redemption);
    // A replay that overtook us revoked the code's grant before it was there.
    if !store.insert_grant(&grant)? {
        return replayed(store, cx, caller, platform, redemption);
    }
    store.append_audit(&AuditEvent {
        remote_address: caller.remote_address.clone(),
        ..grant.event(cx, AuditKind::CodeRedeemed)
    })?;
    Ok(Redeemed::Granted(Box::new(Granted {
        told: told(&code.claims, &standing.enterprise, &standing.key_lock),
        subject: subject(cx, client, &grant.enterprise_id),
        nonce: code.nonce.clone(),
        id_token_alg: client.id_token_alg,
        scopes: grant.scopes.clone(),
        resources,
        confirmation: redemption.confirmation.clone(),
        refresh_token: if client.tokens.refresh {
            Some(begun(store, cx, &grant)?)
        } else {
            None
        },
        grant,
    })))
}

/// Where and to whom the tokens are of use.
fn bounded(
    client: &Client,
    code: &AuthorizationCode,
    redemption: &Redemption,
) -> Result<Vec<String>, TokenRefusal> {
    let confirmation = redemption.confirmation.as_ref();
    check_sender(client, confirmation)?;
    let jkt = code.dpop_jkt.as_ref();
    if jkt.is_some_and(|jkt| confirmation != Some(&Confirmation::Key(jkt.clone()))) {
        return Err(TokenRefusal::InvalidDpopProof(
            "the code is for another key than that of the DPoP proof",
        ));
    }
    narrowed(&code.resources, &redemption.resources).ok_or(TokenRefusal::InvalidTarget)
}

/// The grant's first refresh token.
fn begun(store: &mut dyn Store, cx: &Cx, grant: &Grant) -> Result<String, StoreError> {
    let (text, token) = RefreshToken::begin(cx, &grant.id);
    store.insert_refresh_token(&token)?;
    Ok(text)
}

fn check<'a>(
    cx: &Cx,
    platform: &'a Platform,
    code: &AuthorizationCode,
    redemption: &Redemption,
) -> Result<&'a Client, &'static str> {
    if code.platform_id != platform.id {
        return Err("the code was given to another client");
    }
    if redemption.redirect_uri.as_deref() != Some(&code.redirect_uri) {
        return Err("redirect_uri differs from the authorization request");
    }
    let client = platform
        .active_client()
        .filter(|client| client.has_redirect_uri(&code.redirect_uri))
        .ok_or("redirect_uri is not registered any more")?;
    if cx.now >= code.issued_at + client.code_lifetime(cx.settings.code_lifetime) {
        return Err("the code is unknown or expired");
    }
    check_verifier(
        code.code_challenge.as_deref(),
        redemption.code_verifier.as_deref(),
    )?;
    Ok(client)
}

/// A verifier without a challenge is as wrong as a challenge without a verifier (RFC 9700 §4.8.2): somebody took the
/// challenge out.
fn check_verifier(challenge: Option<&str>, verifier: Option<&str>) -> Result<(), &'static str> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if verifier_matches(verifier, challenge) => Ok(()),
        (Some(_), Some(_)) => Err("code_verifier does not match code_challenge"),
        (Some(_), None) => Err("code_verifier is missing"),
        (None, Some(_)) => Err("code_verifier came, but the request had no code_challenge"),
    }
}

/// RFC 7636 §4.6; the verifier has 43 to 128 unreserved characters (§4.1).
fn verifier_matches(verifier: &str, challenge: &str) -> bool {
    let well_formed = (43..=128).contains(&verifier.len())
        && verifier
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~'));
    let made = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    well_formed && bool::from(made.as_bytes().ct_eq(challenge.as_bytes()))
}

/// The enterprise, its lock, the sign-in or the consent may have ended in the minute since the code went
/// out, or the platform been stopped, even if people can go there again. All of it is held, in that order: whoever ends a
/// part of it at this moment finds the grant.
fn still_standing(
    store: &mut dyn Store,
    cx: &Cx,
    code: &AuthorizationCode,
) -> Result<Option<SessionStanding>, StoreError> {
    let standing = store.hold_session_standing(&code.session_id)?;
    let is_alive = |standing: &SessionStanding| {
        standing.is_alive(cx.now)
            && standing.key_lock.id == code.key_lock_id
            && standing.enterprise.id == code.enterprise_id
    };
    let Some(standing) = standing.filter(is_alive) else {
        return Ok(None);
    };
    let consent = store.hold_standing_consent(&code.enterprise_id, &code.platform_id)?;
    let is_revoked = consent.is_some_and(|consent| consent.revoked_at.is_some());
    // The one that proved itself was read a moment ago; this one is nobody's to stop until the grant is there.
    let platform = store.hold_platform(&code.platform_id)?;
    let is_in_force = platform.is_some_and(|platform| platform.is_in_force_since(code.issued_at));
    Ok((is_in_force && !is_revoked).then_some(standing))
}

fn grant(cx: &Cx, code: &AuthorizationCode, redemption: &Redemption) -> Grant {
    Grant {
        id: GrantId::generate(&*cx.rng, cx.now),
        code_sha256: redemption.code_sha256.clone(),
        enterprise_id: code.enterprise_id.clone(),
        key_lock_id: code.key_lock_id.clone(),
        platform_id: code.platform_id.clone(),
        consent_id: code.consent_id.clone(),
        session_id: code.session_id.clone(),
        scopes: code.scopes.clone(),
        claims: code.claims.clone(),
        resources: code.resources.clone(),
        assurance: code.assurance,
        confirmation: redemption.confirmation.clone(),
        auth_time: code.auth_time,
        created_at: cx.now,
        revoked_at: None,
    }
}

fn refused(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    platform: &Platform,
    why: &'static str,
) -> Result<Redeemed, StoreError> {
    let refusal = TokenRefusal::InvalidGrant(why);
    super::note_refusal(store, cx, caller, Some(&platform.id), refusal)?;
    Ok(Redeemed::Refused(refusal))
}

fn replayed(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    platform: &Platform,
    redemption: &Redemption,
) -> Result<Redeemed, StoreError> {
    let grant_id = end_grant_by_code(store, cx, &redemption.code_sha256)?;
    store.append_audit(&AuditEvent {
        platform_id: Some(platform.id.clone()),
        grant_id,
        incident_id: Some(caller.incident_id.clone()),
        remote_address: caller.remote_address.clone(),
        ..AuditEvent::new(cx, AuditKind::CodeReplayed)
    })?;
    Ok(Redeemed::Replayed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verifier_of_rfc_7636_appendix_b_matches_its_challenge_and_no_other() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(verifier_matches(verifier, challenge));
        assert!(!verifier_matches(&verifier.replace('d', "e"), challenge));
        assert!(!verifier_matches(verifier, verifier));
        assert!(!verifier_matches("short", challenge));
        assert!(!verifier_matches(&format!("{verifier} "), challenge));
    }
}
