//! `DPoP` (RFC 9449): the proof that comes with a request, and the nonces that make it recent (§8).
//!
//! A nonce serves for a minute or two and every request: replay is prevented by `jti`. Copies of the provider share nonces
//! and replay set through the ephemeral store.

use std::time::Duration;

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use idp_core::cx::random_text;
use idp_core::dpop::{self, DpopProof, ProvenRequest};
use idp_core::ephemeral::{DPOP_USED, Ephemeral as _};

use super::Visit;
use super::access_token::{Presented, Scheme};
use crate::http::error::Failure;
use crate::http::routes;

/// §4.1
const PROOF: HeaderName = HeaderName::from_static("dpop");

/// §8.1
const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// Kind of the nonces.
const NONCES: &str = "dpop-nonce";

/// A nonce is handed out for so long, and taken for twice as long.
const SLOT: Duration = Duration::from_mins(1);

/// Why a proof is not taken.
pub enum Unproven {
    /// It proves nothing.
    Invalid(&'static str),
    /// It holds no nonce of ours.
    NoNonce,
    /// Something of ours failed.
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for Unproven {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// The proof of a request at one of our addresses; `None`: it brought none.
pub async fn proof(
    visit: &Visit,
    request: &HttpRequest,
    (path, access_token): (&str, Option<&str>),
) -> Result<Option<DpopProof>, Unproven> {
    let mut sent = request.headers().get_all(PROOF);
    let Some(first) = sent.next() else {
        return Ok(None);
    };
    if sent.next().is_some() {
        return Err(Unproven::Invalid("more than one DPoP proof came"));
    }
    let text = first.to_str().or(Err(Unproven::Invalid(
        "the DPoP proof is not a compact JWS",
    )))?;
    // RFC 8705 §5: where certificates are asked for, the same endpoints have other addresses.
    let issuer = Some(visit.state.settings.issuer.clone());
    let origins = issuer.into_iter().chain(visit.state.config.mtls_origin());
    let uris: Vec<String> = origins.map(|origin| format!("{origin}{path}")).collect();
    let proven = ProvenRequest {
        method: request.method().as_str(),
        uris: &uris,
        access_token,
    };
    let proof = dpop::verify(&visit.cx, proven, text).map_err(Unproven::Invalid)?;
    if !is_ours(visit, proof.nonce.as_deref()).await? {
        return Err(Unproven::NoNonce);
    }
    let name = format!("{}:{}", proof.jkt, proof.jti);
    let lifetime = proof.expires_at.since(visit.cx.now) + SLOT;
    let is_new = visit
        .state
        .ephemeral
        .put_if_absent(DPOP_USED, &name, vec![1], lifetime)
        .await?;
    is_new
        .then_some(Some(proof))
        .ok_or(Unproven::Invalid("the DPoP proof was used before"))
}

/// The key that was proven with a presented token, where it was presented with one (§7.1).
pub async fn proven_key(
    visit: &Visit,
    request: &HttpRequest,
    (path, presented): (&str, &Presented),
) -> Result<Option<String>, Unproven> {
    if presented.scheme == Scheme::Bearer {
        return Ok(None);
    }
    let bound = (path, Some(presented.text.as_str()));
    let proof = proof(visit, request, bound).await?;
    let proof = proof.ok_or(Unproven::Invalid("the DPoP proof is missing"))?;
    Ok(Some(proof.jkt))
}

/// Whether a request brought one proof and all that is wrong with it may be that it holds no nonce of ours (§8), at an
/// endpoint where proofs count. Believes nothing else of it.
pub async fn lacks_nonce(visit: &Visit, request: &HttpRequest) -> Result<bool, Failure> {
    let mut sent = request.headers().get_all(PROOF);
    let (Some(proof), None) = (sent.next(), sent.next()) else {
        return Ok(false);
    };
    if !matches!(request.path(), routes::TOKEN | routes::PAR) {
        return Ok(false);
    }
    let Some(nonce) = proof.to_str().ok().and_then(dpop::unverified_nonce) else {
        return Ok(false);
    };
    Ok(!is_ours(visit, nonce.as_deref()).await?)
}

/// Whether a nonce is this slot's or the one's before.
async fn is_ours(visit: &Visit, nonce: Option<&str>) -> Result<bool, Failure> {
    let Some(nonce) = nonce else {
        return Ok(false);
    };
    let slot = slot(visit);
    for slot in [slot, slot - 1] {
        let known = visit.state.ephemeral.get(NONCES, &slot.to_string()).await?;
        if known.is_some_and(|known| known == nonce.as_bytes()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Puts the nonce of now into the answer to a request that brought a proof (§8.2).
pub async fn with_nonce(
    visit: &Visit,
    request: &HttpRequest,
    mut answer: HttpResponse,
) -> HttpResponse {
    if !request.headers().contains_key(PROOF) {
        return answer;
    }
    match nonce(visit).await {
        Ok(nonce) => {
            answer.headers_mut().insert(NONCE, nonce);
        }
        // The answer stands without; whoever needs a nonce is told to fetch one.
        Err(failure) => failure.log(&visit.incident_id),
    }
    answer
}

/// The nonce to hand out now.
async fn nonce(visit: &Visit) -> Result<HeaderValue, Failure> {
    let slot = slot(visit).to_string();
    let ephemeral = &visit.state.ephemeral;
    let fresh = random_text(&*visit.cx.rng);
    // Of all who come first in a slot one decides.
    ephemeral
        .put_if_absent(NONCES, &slot, fresh.into_bytes(), SLOT * 3)
        .await?;
    let nonce = ephemeral.get(NONCES, &slot).await?;
    let nonce = nonce.and_then(|nonce| HeaderValue::from_bytes(&nonce).ok());
    nonce.ok_or(Failure::internal("a nonce that was just there"))
}

fn slot(visit: &Visit) -> i64 {
    visit.cx.now.unix_seconds() / SLOT.as_secs().cast_signed()
}
