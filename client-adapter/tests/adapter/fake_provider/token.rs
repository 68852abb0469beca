//! The token endpoint: codes and refresh tokens, with a nonce where the test wants one.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::{HttpRequest, HttpResponse, web};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::signing::sign;
use super::{
    CLIENT_ID, CLIENT_SECRET, Granted, SUBJECT, Seen, Shared, Wrong, b64, now, plain, random, see,
};

pub(super) async fn token(
    shared: web::Data<Shared>,
    request: HttpRequest,
    body: String,
) -> HttpResponse {
    let seen = see(&shared, &request, &body);
    let wrong = shared.wrong.lock().unwrap().clone();
    let takes = wrong.token_takes;
    let answer = answer(&shared, wrong, &seen);
    actix_web::rt::time::sleep(takes).await;
    (shared.held.subscribe().wait_for(|held| !held).await).unwrap();
    answer
}

fn answer(shared: &Shared, wrong: Wrong, seen: &Seen) -> HttpResponse {
    if let Some(answer) = wrong.token {
        return plain(answer);
    }
    if !is_client(seen.authorization.as_deref(), &seen.form) {
        return refuse("invalid_client");
    }
    if lacks_nonce(&wrong, seen) {
        return HttpResponse::BadRequest()
            .insert_header(("DPoP-Nonce", wrong.nonce.unwrap()))
            .json(json!({ "error": "use_dpop_nonce" }));
    }
    if seen.form["grant_type"] == "refresh_token" {
        return refresh(shared, &wrong, seen);
    }
    let Some(granted) = shared.codes.lock().unwrap().remove(&seen.form["code"]) else {
        return refuse("invalid_grant");
    };
    let challenge = b64(digest(&SHA256, seen.form["code_verifier"].as_bytes()).as_ref());
    if granted.challenge != challenge || granted.redirect_uri != seen.form["redirect_uri"] {
        return refuse("invalid_grant");
    }
    HttpResponse::Ok().json(issue(shared, &wrong, seen, Some(granted)))
}

/// Whether a proof came without the nonce that is wanted.
pub(super) fn lacks_nonce(wrong: &Wrong, seen: &Seen) -> bool {
    let (Some(nonce), Some(proof)) = (wrong.nonce, &seen.proof) else {
        return false;
    };
    let claims = BASE64_URL_SAFE_NO_PAD.decode(proof.split('.').nth(1).unwrap());
    let claims: Value = serde_json::from_slice(&claims.unwrap()).unwrap();
    claims["nonce"] != nonce
}

fn refresh(shared: &Shared, wrong: &Wrong, seen: &Seen) -> HttpResponse {
    let token = &seen.form["refresh_token"];
    if let Some(answer) = shared.lost.lock().unwrap().remove(token) {
        return HttpResponse::Ok().json(answer);
    }
    if !shared.refresh_tokens.lock().unwrap().remove(token) {
        shared.reuses.fetch_add(1, Ordering::SeqCst);
        return refuse("invalid_grant");
    }
    let answer = issue(shared, wrong, seen, None);
    let one_less = |left: usize| left.checked_sub(1);
    let is_lost = (shared.to_lose).fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less);
    if is_lost.is_ok() {
        shared.lost.lock().unwrap().insert(token.clone(), answer);
        let stalls = shared.stalls.load(Ordering::SeqCst);
        return HttpResponse::Ok().body(Lost { stalls });
    }
    HttpResponse::Ok().json(answer)
}

/// A body that never comes.
struct Lost {
    /// Or else the connection breaks.
    stalls: bool,
}

impl MessageBody for Lost {
    type Error = std::io::Error;

    fn size(&self) -> BodySize {
        BodySize::Sized(100)
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<web::Bytes, Self::Error>>> {
        if self.stalls {
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(std::io::Error::other("the connection breaks"))))
    }
}

/// Tokens for a code, or without one: refreshed.
fn issue(shared: &Shared, wrong: &Wrong, seen: &Seen, granted: Option<Granted>) -> Value {
    let access_token = random();
    let mut claims = json!({
        "iss": shared.issuer, "sub": SUBJECT, "aud": CLIENT_ID,
        "iat": now(), "exp": now() + 300, "auth_time": shared.auth_time,
        "sid": "session-1",
        "acr": "urn:yizhengtong:acr:key-lock", "amr": ["pop", "pin", "mfa"],
        "at_hash": b64(&digest(&SHA256, access_token.as_bytes()).as_ref()[..16]),
    });
    match granted {
        Some(granted) => {
            claims["nonce"] = granted.nonce.into();
            (wrong.claims)(&mut claims);
        }
        None => (wrong.refreshed)(&mut claims),
    }
    let mut answer = json!({
        "access_token": access_token,
        "token_type": if seen.proof.is_some() { "DPoP" } else { "Bearer" },
        "expires_in": 300,
        "id_token": sign(&claims, wrong.signature, wrong.header),
    });
    if wrong.refreshes {
        let refresh_token = random();
        (shared.refresh_tokens.lock().unwrap()).insert(refresh_token.clone());
        answer["refresh_token"] = refresh_token.into();
    }
    (wrong.answer)(&mut answer);
    answer
}

fn refuse(error: &str) -> HttpResponse {
    HttpResponse::BadRequest().json(json!({ "error": error }))
}

fn is_client(authorization: Option<&str>, form: &HashMap<String, String>) -> bool {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let basic = format!("{}:{}", encode(CLIENT_ID), encode(CLIENT_SECRET));
    let basic = format!("Basic {}", BASE64_STANDARD.encode(basic));
    match authorization {
        Some(header) => header == basic,
        // Post, assertion and public clients are looked at by the tests themselves.
        None => form["client_id"] == CLIENT_ID,
    }
}
