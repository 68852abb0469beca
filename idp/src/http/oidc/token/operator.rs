//! Tokens for the admin API: `urn:ietf:params:oauth:grant-type:jwt-bearer` (RFC 7523 §2.1), and the extension grant by which a
//! lock answers a challenge.

use actix_web::HttpRequest;
use idp_core::ephemeral::Ephemeral as _;
use idp_core::token::TokenRefusal;
use idp_core::token::mint::{TokenResponse, mint_operators};
use idp_core::token::operator_assertion::{Assertion, AssertionRefusal, Vouched};
use idp_core::token::operator_grant::{
    Asked, OperatorGrant, OperatorGrantRefusal as Refusal, grant,
};
use protocol::challenge::Purpose;
use protocol::claims::Confirmation;

use super::Ended;
use crate::http::error::Failure;
use crate::http::extract::client::single;
use crate::http::extract::{Visit, dpop, for_operators};
use crate::http::{challenge, limit, routes};
use crate::signing::signing;

/// Kind of the replay set of operators' assertions.
const ASSERTIONS: &str = "operator-assertion";

/// Whether a request asks for an operator's token, where there are any for whoever asks.
pub(super) fn asked_for(
    visit: &Visit,
    request: &HttpRequest,
    form: &[(String, String)],
) -> Option<OperatorGrant> {
    let word = single(form, "grant_type").ok().flatten()?;
    let grant = OperatorGrant::of_word(&word)?;
    for_operators::has_api(&visit.state, request).then_some(grant)
}

pub(super) async fn granted(
    visit: &Visit,
    request: &HttpRequest,
    (by, form): (OperatorGrant, &[(String, String)]),
) -> Result<TokenResponse, Ended> {
    // Gather. The proof first: what lacks our nonce alone comes again with the same assertion.
    let confirmation = confirmation(visit, request).await?;
    let scope = one(form, "scope")?;
    // What is spent is spent: not while nothing can be signed.
    if visit.state.keys.is_out_of_reach() {
        return Err(Ended::Failed(Failure::no_signature()));
    }
    let vouched = match by {
        OperatorGrant::Assertion => asserted(visit, form).await?,
        OperatorGrant::Proof => proven(visit, form).await?,
    };
    let asked = Asked {
        vouched,
        scope,
        confirmation,
    };
    // Decide.
    let (cx, caller) = (visit.cx.clone(), visit.caller());
    let granted = visit
        .state
        .database
        .write(move |store| grant(store, &cx, &caller, &asked))
        .await?;
    // Answer.
    let granted = granted.map_err(|refusal| Ended::Written(refusal.into()))?;
    let cx = visit.cx.clone();
    let minted = signing(&visit.state.keys, move |signer| {
        mint_operators(&cx, signer, &granted)
    });
    Ok(minted.await??)
}

fn one(form: &[(String, String)], name: &str) -> Result<Option<String>, Ended> {
    single(form, name).map_err(|refusal| Ended::Refused(refusal, None))
}

fn needed(
    form: &[(String, String)],
    (name, missing): (&str, &'static str),
) -> Result<String, Ended> {
    let missing = Ended::Refused(TokenRefusal::InvalidRequest(missing), None);
    one(form, name)?.ok_or(missing)
}

/// To whom the token is bound: whoever proves a key with the request (RFC 9449 §5).
async fn confirmation(visit: &Visit, request: &HttpRequest) -> Result<Option<Confirmation>, Ended> {
    let refused = |refusal| Ended::Refused(refusal, None);
    match dpop::proof(visit, request, (routes::TOKEN, None)).await {
        Ok(proof) => Ok(proof.map(|proof| Confirmation::Key(proof.jkt))),
        Err(dpop::Unproven::Invalid(why)) => Err(refused(TokenRefusal::InvalidDpopProof(why))),
        Err(dpop::Unproven::NoNonce) => Err(refused(TokenRefusal::UseDpopNonce)),
        Err(dpop::Unproven::Failed(failure)) => Err(Ended::Failed(failure)),
    }
}

async fn asserted(
    visit: &Visit,
    form: &[(String, String)],
) -> Result<Result<Vouched, Refusal>, Ended> {
    let text = needed(form, ("assertion", "assertion is missing"))?;
    let assertion = match Assertion::read(&text) {
        Ok(assertion) => assertion,
        Err(refusal) => return Ok(Err(Refusal::Assertion(refusal))),
    };
    let named = assertion.named();
    let operator = visit
        .state
        .database
        .read(move |store| store.find_operator_by_thumbprint(named))
        .await?;
    let vouched = match assertion.check(&visit.cx, operator.as_ref()) {
        Ok(vouched) => vouched,
        Err(refusal) => return Ok(Err(Refusal::Assertion(refusal))),
    };
    // Only now: a stranger with a copy of its certificate must not use up what an operator may ask for.
    limit::of_lock(visit, vouched.certificate().thumbprint_sha256()).await?;
    let Some((name, until)) = vouched.once() else {
        return Ok(Ok(vouched));
    };
    let lifetime = until.since(visit.cx.now);
    let ephemeral = &visit.state.ephemeral;
    let is_new = ephemeral
        .put_if_absent(ASSERTIONS, name, vec![1], lifetime)
        .await?;
    let used = Refusal::Assertion(AssertionRefusal::Used);
    Ok(is_new.then_some(vouched).ok_or(used))
}

async fn proven(
    visit: &Visit,
    form: &[(String, String)],
) -> Result<Result<Vouched, Refusal>, Ended> {
    let nonce = needed(form, ("nonce", "nonce is missing"))?;
    let proof = needed(form, ("proof", "proof is missing"))?;
    let session = challenge::of_programs();
    let asked = (Purpose::OperatorLogin, &[][..]);
    let proven = challenge::prove_whole(visit, &session, (&nonce, &proof), asked).await?;
    Ok(proven
        .map(|(proven, _)| Vouched::by_proof(&proven))
        .map_err(Refusal::Proof))
}
