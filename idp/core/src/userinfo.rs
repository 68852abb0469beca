//! Flow: the userinfo endpoint (`OpenID` Connect Core §5.3).
//!
//! Owns which claims a grant opens. The token's signature is the signer's; whether the grant still
//! lives is read from the store each time.

use protocol::claims::{AccessTokenClaims, UserInfo};
use protocol::scope::ScopeSet;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::disclosure::{disclose, disclose_chosen};
use crate::grant::GrantStanding;
use crate::id::GrantId;
use crate::platform::Client;
use crate::sender;
use crate::signer::{ACCESS_TOKEN_TYP, NotSigned, Signer, USERINFO_TYP};
use crate::store::{Store, StoreError};
use crate::subject::subject;

/// Why a token opens nothing (RFC 6750 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserinfoRefusal {
    /// The token came in more than one way, or in the query.
    InvalidRequest,
    /// Not one of our access tokens, or not for here.
    InvalidToken,
    /// It was, and its time is over.
    Expired,
    /// The grant, consent, lock, platform or enterprise behind it ended.
    Revoked,
    /// It is bound to a key or certificate that the sender did not show, or to no key though the sender shows one.
    WrongSender,
    /// The `DPoP` proof proves nothing.
    InvalidDpopProof(&'static str),
    /// The `DPoP` proof has no nonce of ours.
    UseDpopNonce,
}

impl UserinfoRefusal {
    /// The word on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidToken | Self::Expired | Self::Revoked | Self::WrongSender => {
                "invalid_token"
            }
            Self::InvalidDpopProof(_) => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
        }
    }

    /// For the platform's developer.
    pub const fn description(self) -> &'static str {
        match self {
            Self::InvalidRequest => "the access token must come once, by header or by form",
            Self::InvalidToken => "the access token is malformed or not ours",
            Self::Expired => "the access token has expired",
            Self::Revoked => "the grant behind the access token has ended",
            Self::WrongSender => "the access token is not for whoever sent it in this way",
            Self::InvalidDpopProof(why) => why,
            Self::UseDpopNonce => "the DPoP proof needs the nonce of the DPoP-Nonce header",
        }
    }
}

/// Reads an access token of ours. Signature, `typ`, issuer, audience and time.
pub fn read_access_token(
    cx: &Cx,
    signer: &dyn Signer,
    token: &str,
) -> Result<AccessTokenClaims, UserinfoRefusal> {
    let claims = signer
        .verify(ACCESS_TOKEN_TYP, token)
        .ok_or(UserinfoRefusal::InvalidToken)?;
    let claims: AccessTokenClaims =
        serde_json::from_slice(&claims).or(Err(UserinfoRefusal::InvalidToken))?;
    if claims.iss != cx.settings.issuer || !claims.aud.names(&cx.settings.issuer) {
        return Err(UserinfoRefusal::InvalidToken);
    }
    if cx.now.unix_seconds() >= claims.exp {
        return Err(UserinfoRefusal::Expired);
    }
    Ok(claims)
}

/// Whether a token may be used by whoever sent it. `jkt`, `x5t`: thumbprints of what was proven.
pub fn check_sender(
    claims: &AccessTokenClaims,
    jkt: Option<&str>,
    x5t: Option<&str>,
) -> Result<(), UserinfoRefusal> {
    let is_theirs = sender::is_theirs(claims.cnf.as_ref(), jkt, x5t);
    is_theirs.then_some(()).ok_or(UserinfoRefusal::WrongSender)
}

/// The token's grant with all it stands on, if it lives.
pub fn answer(
    store: &mut dyn Store,
    cx: &Cx,
    claims: &AccessTokenClaims,
) -> Result<Result<GrantStanding, UserinfoRefusal>, StoreError> {
    let Some(grant_id) = &claims.grant_id else {
        return Ok(Err(UserinfoRefusal::InvalidToken));
    };
    let standing = store.find_grant_standing(&GrantId::from_text(grant_id))?;
    Ok(match standing {
        Some(standing) if standing.is_alive(cx.now) => Ok(standing),
        _ => Err(UserinfoRefusal::Revoked),
    })
}

/// Writes down that a platform received the data, or came with a token that opens nothing.
pub fn note(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    claims: Option<&AccessTokenClaims>,
    refusal: Option<UserinfoRefusal>,
) -> Result<(), StoreError> {
    use crate::id::PlatformId;
    let kind = match refusal {
        None => AuditKind::UserinfoRead,
        Some(_) => AuditKind::UserinfoRefused,
    };
    let grant_id = claims.and_then(|c| c.grant_id.as_deref().map(GrantId::from_text));
    // Whose it is says the grant: `sub` may be of the platform's sector alone.
    let standing = match &grant_id {
        Some(id) => store.find_grant_standing(id)?,
        None => None,
    };
    store.append_audit(&AuditEvent {
        reason: refusal.map(|r| r.description().to_owned()),
        enterprise_id: standing.map(|standing| standing.grant.enterprise_id),
        platform_id: claims.map(|c| PlatformId::from_text(&c.client_id)),
        grant_id,
        incident_id: refusal.map(|_| caller.incident_id.clone()),
        remote_address: caller.remote_address.clone(),
        ..AuditEvent::new(cx, kind)
    })
}

/// The answer of a grant that lives.
#[derive(Serialize)]
#[serde(untagged)]
pub enum UserInfoAnswer {
    /// All that its scopes open.
    Whole(Box<UserInfo>),
    /// That, and what was named one by one.
    Chosen(Map<String, Value>),
}

/// Answers for a grant that lives, as much as this token opens of it.
pub fn user_info(
    cx: &Cx,
    standing: &GrantStanding,
    client: &Client,
    token: &AccessTokenClaims,
) -> UserInfoAnswer {
    let (grant, enterprise, key_lock) = (&standing.grant, &standing.enterprise, &standing.key_lock);
    let scopes = ScopeSet::of_known_words(&token.scope).intersection(&grant.scopes);
    let sub = subject(cx, client, &enterprise.id);
    if grant.claims.userinfo.is_empty() {
        return UserInfoAnswer::Whole(Box::new(disclose(sub, &scopes, enterprise, key_lock)));
    }
    let opened = (&scopes, &grant.claims.userinfo);
    UserInfoAnswer::Chosen(disclose_chosen(sub, opened, enterprise, key_lock))
}

/// The answer as a client that registered an algorithm for it wants it (`OpenID` Connect Core §5.3.2): signed, and to it
/// alone. `None`: plain JSON serves.
pub fn signed(
    cx: &Cx,
    signer: &dyn Signer,
    (client_id, client): (&str, &Client),
    answer: &UserInfoAnswer,
) -> Option<Result<String, NotSigned>> {
    #[derive(Serialize)]
    struct Signed<'a> {
        iss: &'a str,
        aud: &'a str,
        iat: i64,
        #[serde(flatten)]
        answer: &'a UserInfoAnswer,
    }
    let algorithm = client.tokens.userinfo_alg?;
    let claims = Signed {
        iss: &cx.settings.issuer,
        aud: client_id,
        iat: cx.now.unix_seconds(),
        answer,
    };
    // Plain structs of text and numbers always serialise.
    let claims = serde_json::to_vec(&claims).unwrap_or_default();
    Some(signer.sign(algorithm, USERINFO_TYP, &claims))
}
