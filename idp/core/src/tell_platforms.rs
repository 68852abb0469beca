//! Flow: telling platforms that a session ended (Back-Channel Logout 1.0). Taking what is due, the token that is sent,
//! and what comes of it.
//!
//! Several processes do this over one store: a delivery is taken by one. Does not know how it is sent.

use serde::Serialize;

use crate::audit::{AuditEvent, AuditKind, operator_words};
use crate::cx::{Cx, random_text};
pub use crate::delivery::Heard;
use crate::hand::Hand;
use crate::id::{LogoutDeliveryId, PlatformId};
use crate::logout_delivery::{DeliveryStage, DeliveryState, LogoutDelivery};
use crate::platform::Platform;
use crate::signer::{LOGOUT_TOKEN_TYP, NotSigned, Signer};
use crate::store::{Store, StoreError};
use crate::subject::subject;

/// The event of a logout token (§2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// How long a logout token is valid; §4 advises two minutes at most.
const TOKEN_SECONDS: i64 = 120;

/// Takes up to `most` deliveries that are due, none of these platforms. Whoever took one has it alone for the lease.
pub fn take_due(
    store: &mut dyn Store,
    cx: &Cx,
    except: &[PlatformId],
    most: u32,
) -> Result<Vec<LogoutDelivery>, StoreError> {
    let mut taken = Vec::new();
    for due in store.list_due_logout_deliveries(cx.now, except, most)? {
        let mine = due.taken(cx.now);
        if store.exchange_logout_delivery(&due, &mine)? {
            taken.push(mine);
        }
    }
    Ok(taken)
}

/// So long after a session ended `iat` says when that was.
const AT_ONCE_SECONDS: i64 = 2;

/// Claims of a logout token (§2.4). No `nonce`: it must never be taken for an ID token.
#[derive(Serialize)]
struct LogoutTokenClaims<'a> {
    iss: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    /// When the session ended (RFC 8417 §2.2), where that was before this attempt: what the platform was given in the same
    /// session since then goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    toe: Option<i64>,
    jti: String,
    events: serde_json::Value,
    sub: String,
    sid: &'a str,
}

/// Where a delivery goes, and the token that is sent; `None`: the platform has no address for it any more. Each attempt
/// has a token of its own: a platform may refuse one that it has seen.
pub fn message(
    cx: &Cx,
    signer: &dyn Signer,
    platform: &Platform,
    delivery: &LogoutDelivery,
) -> Result<Option<(String, String)>, NotSigned> {
    let Some(client) = &platform.client else {
        return Ok(None);
    };
    let Some(uri) = &client.logout.backchannel_uri else {
        return Ok(None);
    };
    let (now, ended) = (cx.now.unix_seconds(), delivery.created_at.unix_seconds());
    let claims = LogoutTokenClaims {
        iss: &cx.settings.issuer,
        aud: platform.id.as_str(),
        iat: now,
        exp: now + TOKEN_SECONDS,
        toe: (now.saturating_sub(ended) > AT_ONCE_SECONDS).then_some(ended),
        jti: random_text(&*cx.rng),
        events: serde_json::json!({ EVENT: {} }),
        // As in the ID token.
        sub: subject(cx, client, &delivery.enterprise_id),
        sid: delivery.session_id.as_str(),
    };
    // A plain struct of text and numbers always serialises.
    let claims = serde_json::to_vec(&claims).unwrap_or_default();
    let token = signer.sign(client.id_token_alg, LOGOUT_TOKEN_TYP, &claims)?;
    Ok(Some((uri.clone(), token)))
}

/// Writes down what came of an attempt. Where the delivery was taken by another meanwhile, its word counts.
pub fn settle(
    store: &mut dyn Store,
    cx: &Cx,
    taken: &LogoutDelivery,
    heard: &Heard,
) -> Result<(), StoreError> {
    let (next, kind) = match heard {
        Heard::Done => (
            taken.in_state(DeliveryState::Confirmed(cx.now), None),
            Some(AuditKind::LogoutConfirmed),
        ),
        Heard::Refused(why) => (
            taken.in_state(DeliveryState::Refused(cx.now), Some(why)),
            Some(AuditKind::LogoutFailed),
        ),
        Heard::Nobody(why) => (
            taken.in_state(DeliveryState::GivenUp(cx.now), Some(why)),
            Some(AuditKind::LogoutGivenUp),
        ),
        Heard::Nothing(why) => {
            let next = taken.missed(why, cx.now);
            let is_over = matches!(next.state, DeliveryState::GivenUp(_));
            (next, is_over.then_some(AuditKind::LogoutGivenUp))
        }
    };
    if store.exchange_logout_delivery(taken, &next)?
        && let Some(kind) = kind
    {
        store.append_audit(&event(cx, kind, &next))?;
    }
    Ok(())
}

/// An operator has a delivery tried again that was refused or given up; `false`: there is no such one.
pub fn retry(
    store: &mut dyn Store,
    cx: &Cx,
    id: &LogoutDeliveryId,
    hand: &Hand,
) -> Result<bool, StoreError> {
    let Some(found) = store.find_logout_delivery(id)? else {
        return Ok(false);
    };
    let (stage, _) = found.state.parts();
    let again = found.revived(cx.now);
    if !matches!(stage, DeliveryStage::Refused | DeliveryStage::GivenUp)
        || !store.exchange_logout_delivery(&found, &again)?
    {
        return Ok(false);
    }
    store.append_audit(&AuditEvent {
        operator_id: hand.operator_id.clone(),
        reason: hand.reason.clone(),
        detail: Some(operator_words(&format!("{id} by {}", hand.by))),
        ..event(cx, AuditKind::LogoutRetried, &again)
    })?;
    Ok(true)
}

fn event(cx: &Cx, kind: AuditKind, delivery: &LogoutDelivery) -> AuditEvent {
    AuditEvent {
        reason: delivery.why.clone(),
        enterprise_id: Some(delivery.enterprise_id.clone()),
        platform_id: Some(delivery.platform_id.clone()),
        session_id: Some(delivery.session_id.clone()),
        detail: Some(format!("attempt {}", delivery.attempts)),
        ..AuditEvent::new(cx, kind)
    }
}
