//! Asking a lock to sign, and taking its answer: what the pages with `#challenge-form` share.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::challenge::Challenge;
use idp_core::ephemeral::TypedEphemeral as _;
use idp_core::proof::{self, ProofRefusal, Proven};
use idp_core::recognition::{CertificateRefusal, Recognised};
use idp_core::session::SessionKey;
use protocol::challenge::{CHALLENGE_LIFETIME_SECONDS, Purpose};
use serde::Deserialize;
use serde_json::json;

use super::error::Failure;
use super::extract::{Browser, Form, Visit};
use super::{limit, routes};
use crate::view::{ChallengeForm, Messages};

/// Algorithms a page tells the agent, in the order in which we like them.
const ALGORITHMS: &str = "SM2SM3 ES256 ES384 RS256 PS256";

/// Makes a challenge for this browser and remembers it.
pub async fn issue(
    visit: &Visit,
    browser: &Browser,
    purpose: Purpose,
) -> Result<Challenge, Failure> {
    let statement = statement(visit, browser, purpose);
    issue_stated(visit, browser.session()?.0, (purpose, statement)).await
}

/// As [`issue`], with a statement of the page's own.
pub async fn issue_stated(
    visit: &Visit,
    session: &SessionKey,
    (purpose, statement): (Purpose, String),
) -> Result<Challenge, Failure> {
    let challenge = Challenge::issue(&visit.cx, session, purpose, statement);
    let lifetime = std::time::Duration::from_secs(CHALLENGE_LIFETIME_SECONDS.unsigned_abs());
    visit
        .state
        .ephemeral
        .put_record(&challenge.nonce, &challenge, lifetime)
        .await?;
    Ok(challenge)
}

/// Programs that ask for an operator's token have no session before they have one: what is answered there is answered
/// nowhere else.
pub fn of_programs() -> SessionKey {
    SessionKey::of_program("operator-login")
}

/// The text the agent shows and the lock signs.
fn statement(visit: &Visit, browser: &Browser, purpose: Purpose) -> String {
    let origin = visit.state.settings.origin.as_str();
    let present = browser.present.as_ref();
    let enterprise = present.map_or("", |p| p.enterprise.name.as_str());
    let args = [("origin", origin), ("enterprise", enterprise)];
    Messages::of(visit.locale)
        .ta(&format!("statement-{purpose}"), &args)
        .into_owned()
}

/// A challenge as a form carries it.
pub fn form<'a>(visit: &'a Visit, challenge: &'a Challenge) -> ChallengeForm<'a> {
    ChallengeForm {
        nonce: &challenge.nonce,
        purpose: challenge.purpose.as_str(),
        statement: &challenge.statement,
        origin: &visit.state.settings.origin,
        agent_ports: &visit.state.agent_ports,
        algorithms: ALGORITHMS,
        refresh_path: Some(routes::CHALLENGE),
    }
}

/// Takes the challenge a form answers and checks the proof. The challenge is spent either way.
pub async fn prove(
    visit: &Visit,
    browser: &Browser,
    form: &Form,
    purpose: Purpose,
) -> Result<Result<Proven, ProofRefusal>, Failure> {
    prove_stated(visit, browser.session()?.0, form, (purpose, &[])).await
}

/// As [`prove`], where the challenge must have had one of these statements; any will do where none is given.
pub async fn prove_stated(
    visit: &Visit,
    session: &SessionKey,
    form: &Form,
    asked: (Purpose, &[String]),
) -> Result<Result<Proven, ProofRefusal>, Failure> {
    let answer = (form.one("nonce")?, form.one("proof")?);
    let answered = prove_whole(visit, session, answer, asked).await?;
    Ok(answered.map(|(proven, _)| proven))
}

/// As [`prove_stated`], with the challenge that was answered: for what is kept as evidence.
pub async fn prove_whole(
    visit: &Visit,
    session: &SessionKey,
    (nonce, proof): (&str, &str),
    (purpose, meant): (Purpose, &[String]),
) -> Result<Result<(Proven, Challenge), ProofRefusal>, Failure> {
    let challenge = visit
        .state
        .ephemeral
        .take_record::<Challenge>(nonce)
        .await?;
    let is_meant = |it: &Challenge| meant.is_empty() || meant.contains(&it.statement);
    if challenge.as_ref().is_some_and(|it| !is_meant(it)) {
        return Ok(Err(ProofRefusal::OtherPurpose));
    }
    let checked = proof::check(&visit.cx, challenge.as_ref(), session, purpose, proof);
    // Only now: a stranger with a copy of its certificate must not use up what a lock may do.
    if let Ok(proven) = &checked {
        let thumbprint = proven.certificate().thumbprint_sha256();
        limit::of_lock(visit, thumbprint).await?;
    }
    Ok(checked.and_then(|proven| {
        let challenge = challenge.ok_or(ProofRefusal::ChallengeExpired)?;
        Ok((proven, challenge))
    }))
}

/// The verdict on the certificate of a lock that proved its key. Only now is its CA's responder asked, so that nobody
/// makes us ask with a lie; what it answers is in the verdict.
pub async fn judge(visit: &Visit, proven: &Proven) -> Result<Recognised, CertificateRefusal> {
    let certificate = proven.certificate();
    visit.state.gather_revocation(certificate).await;
    let verdicts = &visit.state.verdicts;
    verdicts.on_shown(certificate, visit.cx.now, &visit.incident_id)
}

/// What the script asks for when a page has been open for longer than a challenge lives.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refresh {
    purpose: Purpose,
}

/// `POST /challenge`: a fresh nonce with the same statement.
pub async fn refresh(visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    match refreshed(&visit, &request, &body).await {
        Ok(challenge) => HttpResponse::Ok()
            .insert_header(("Cache-Control", "no-store"))
            .json(json!({ "nonce": challenge.nonce, "statement": challenge.statement })),
        Err(failure) => failure.json(&visit),
    }
}

async fn refreshed(
    visit: &Visit,
    request: &HttpRequest,
    body: &[u8],
) -> Result<Challenge, Failure> {
    let browser = Browser::find(visit, request).await?;
    browser.check_header(visit, request).await?;
    let Refresh { purpose } = serde_json::from_slice(body).or(Err(Failure::refused(
        StatusCode::BAD_REQUEST,
        "request-invalid",
    )))?;
    let is_refreshed = match purpose {
        Purpose::Login | Purpose::Bind => true,
        Purpose::ActivateLock => browser.present.is_some(),
        Purpose::Consent | Purpose::OperatorLogin | Purpose::Approve => false,
    };
    if !is_refreshed {
        return Err(Failure::refused(StatusCode::BAD_REQUEST, "request-invalid"));
    }
    issue(visit, &browser, purpose).await
}
