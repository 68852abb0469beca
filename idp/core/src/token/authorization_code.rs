//! This grant only: an authorization code becomes a grant (RFC 6749 §4.1.3, RFC 7636 §4.6).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::TokenRefusal;
use crate::audit::{AuditEvent, AuditKind};
use crate::authorization::AuthorizationCode;
use crate::cx::{Caller, Cx};
use crate::ephemeral::Spent;
use crate::grant::Grant;
use crate::id::GrantId;
use crate::platform::{Client, JwsAlgorithm, Platform};
use crate::store::{Store, StoreError};

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
}

/// A durable grant and what its tokens need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The grant.
    pub grant: Grant,
    /// For the ID token.
    pub nonce: Option<String>,
    /// For the ID token.
    pub id_token_alg: JwsAlgorithm,
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
            return match store.revoke_grant_by_code(&redemption.code_sha256, cx.now)? {
                Some(_) => replayed(store, cx, caller, platform, redemption),
                None => refused(store, cx, caller, platform, why),
            };
        }
    };
    if let Err(why) = check(cx, platform, code, redemption) {
        return refused(store, cx, caller, platform, why);
    }
    if redemption.lock_is_over || !still_stands(store, cx, code)? {
        return refused(
            store,
            cx,
            caller,
            platform,
            "the sign-in behind the code has ended",
        );
    }
    let grant = grant(cx, code, redemption);
    // A replay that overtook us revoked the code's grant before it was there.
    if !store.insert_grant(&grant)? {
        return replayed(store, cx, caller, platform, redemption);
    }
    store.append_audit(&event(cx, caller, &grant, AuditKind::CodeRedeemed))?;
    Ok(Redeemed::Granted(Box::new(Granted {
        grant,
        nonce: code.nonce.clone(),
        id_token_alg: platform
            .active_client()
            .map_or(JwsAlgorithm::Es256, |client| client.id_token_alg),
    })))
}

fn check(
    cx: &Cx,
    platform: &Platform,
    code: &AuthorizationCode,
    redemption: &Redemption,
) -> Result<(), &'static str> {
    if cx.now >= code.issued_at + cx.settings.code_lifetime {
        return Err("the code is unknown or expired");
    }
    if code.platform_id != platform.id {
        return Err("the code was given to another client");
    }
    if redemption.redirect_uri.as_deref() != Some(&code.redirect_uri) {
        return Err("redirect_uri differs from the authorization request");
    }
    let registered = |client: &Client| client.redirect_uris.contains(&code.redirect_uri);
    if !platform.active_client().is_some_and(registered) {
        return Err("redirect_uri is not registered any more");
    }
    let verifier = redemption
        .code_verifier
        .as_deref()
        .ok_or("code_verifier is missing")?;
    if !verifier_matches(verifier, &code.code_challenge) {
        return Err("code_verifier does not match code_challenge");
    }
    Ok(())
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
/// out. All of it is held, in that order: whoever ends a part of it at this moment finds the grant.
fn still_stands(
    store: &mut dyn Store,
    cx: &Cx,
    code: &AuthorizationCode,
) -> Result<bool, StoreError> {
    let standing = store.hold_session_standing(&code.session_id)?;
    let is_alive = standing.is_some_and(|standing| {
        standing.is_alive(cx.now)
            && standing.key_lock.id == code.key_lock_id
            && standing.enterprise.id == code.enterprise_id
    });
    if !is_alive {
        return Ok(false);
    }
    let consent = store.hold_standing_consent(&code.enterprise_id, &code.platform_id)?;
    Ok(consent.is_none_or(|consent| consent.revoked_at.is_none()))
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
    let grant_id = store.revoke_grant_by_code(&redemption.code_sha256, cx.now)?;
    store.append_audit(&AuditEvent {
        platform_id: Some(platform.id.clone()),
        grant_id,
        incident_id: Some(caller.incident_id.clone()),
        remote_address: caller.remote_address.clone(),
        ..AuditEvent::new(cx, AuditKind::CodeReplayed)
    })?;
    Ok(Redeemed::Replayed)
}

fn event(cx: &Cx, caller: &Caller, grant: &Grant, kind: AuditKind) -> AuditEvent {
    AuditEvent {
        enterprise_id: Some(grant.enterprise_id.clone()),
        key_lock_id: Some(grant.key_lock_id.clone()),
        platform_id: Some(grant.platform_id.clone()),
        session_id: Some(grant.session_id.clone()),
        consent_id: Some(grant.consent_id.clone()),
        grant_id: Some(grant.id.clone()),
        remote_address: caller.remote_address.clone(),
        ..AuditEvent::new(cx, kind)
    }
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
