//! Onward: what an authorization request meets next, shared by the endpoint where it arrives and the
//! page where it waits. Owns putting a code where it waits and the redirect that carries it.

use actix_web::HttpResponse;
use idp_core::authorization::{AuthorizationCode, AuthorizationRequest, code_sha256};
use idp_core::authorize::{
    AnswerTo, ConsentAtHand, Decision, ErrorCode, decide, issue_code, needs_login, note_refusal,
};
use idp_core::consent::FreshConsent;
use idp_core::cx::random_text;
use idp_core::ephemeral::TypedEphemeral as _;
use idp_core::id::PlatformId;
use idp_core::platform::{Client, ConsentPolicy};
use idp_core::presence::Present;

use super::error::Failure;
use super::extract::{Browser, Visit};
use super::{leave, pushed, toward};

/// What comes next.
pub enum Onward {
    /// A lock has to sign.
    LogIn,
    /// The person has to be asked.
    Ask,
    /// The browser goes back to the platform.
    Leave(HttpResponse),
}

/// Decides, and carries out what needs no person. A request that waits under `waiting` is taken just before
/// it is answered: of two who answer it at once one does, and looking at it costs nobody anything.
pub async fn go_on(
    visit: &Visit,
    browser: &Browser,
    (request, waiting): (&AuthorizationRequest, Option<&str>),
    client: &Client,
) -> Result<Onward, Failure> {
    let present = browser.present.as_ref();
    let consent = consent_at_hand(visit, request, client, present).await?;
    let decision = decide(&visit.cx, request, client, present, &consent);
    if let Decision::Issue(_) | Decision::Refuse(_) = &decision {
        if let Some(id) = waiting {
            drop(toward::take_waiting(visit, id).await?);
        }
        pushed::answered(visit, request).await?;
    }
    match (decision, present) {
        (Decision::Issue(consent_id), Some(present)) => {
            let (cx, caller) = (visit.cx.clone(), visit.caller());
            let (asked, present) = (request.clone(), present.clone());
            let code = visit
                .state
                .database
                .write(move |store| {
                    issue_code(store, &cx, &caller, &asked, (&present, &consent_id))
                })
                .await?;
            Ok(Onward::Leave(send_code(visit, request, &code).await?))
        }
        (Decision::Refuse(error), _) => Ok(Onward::Leave(send_error(visit, request, error).await?)),
        (Decision::Ask, Some(_)) => Ok(Onward::Ask),
        (Decision::LogIn | Decision::Issue(_) | Decision::Ask, _) => Ok(Onward::LogIn),
    }
}

/// Takes a consent just given at the portal, where this request could use it, and reads a remembered one
/// where the platform may remember.
async fn consent_at_hand(
    visit: &Visit,
    request: &AuthorizationRequest,
    client: &Client,
    present: Option<&Present>,
) -> Result<ConsentAtHand, Failure> {
    let Some(present) = present.filter(|p| !needs_login(&visit.cx, request, client, Some(p)))
    else {
        return Ok(ConsentAtHand::default());
    };
    let name = fresh_name(present, &request.platform_id);
    let fresh = visit
        .state
        .ephemeral
        .take_record::<FreshConsent>(&name)
        .await?;
    let standing = if client.consent == ConsentPolicy::AskAlways && fresh.is_none() {
        None
    } else {
        let enterprise = present.enterprise.id.clone();
        let platform = request.platform_id.clone();
        visit
            .state
            .database
            .read(move |store| store.find_standing_consent(&enterprise, &platform))
            .await?
    };
    // Taken back since, in another session.
    let is_revoked = (standing.as_ref()).is_some_and(|consent| consent.revoked_at.is_some());
    let fresh = fresh.filter(|_| !is_revoked);
    Ok(ConsentAtHand { fresh, standing })
}

/// A fresh consent belongs to one sign-in and one platform.
pub fn fresh_name(present: &Present, platform_id: &PlatformId) -> String {
    format!("{}:{platform_id}", present.authentication.session_id)
}

/// Puts the code where it waits and sends the browser to the platform with it.
pub async fn send_code(
    visit: &Visit,
    request: &AuthorizationRequest,
    code: &AuthorizationCode,
) -> Result<HttpResponse, Failure> {
    let text = random_text(&*visit.cx.rng);
    visit
        .state
        .ephemeral
        .put_record(
            &code_sha256(&text),
            code,
            visit.state.settings.code_lifetime,
        )
        .await?;
    let issuer = &visit.state.settings.issuer;
    let answer = AnswerTo::request(request).code(issuer, &text);
    leave::with(visit, &request.platform_id, &answer).await
}

/// Sends the browser to the platform with an error; written down before.
pub async fn send_error(
    visit: &Visit,
    request: &AuthorizationRequest,
    error: ErrorCode,
) -> Result<HttpResponse, Failure> {
    let (cx, caller, asked) = (visit.cx.clone(), visit.caller(), request.clone());
    visit
        .state
        .database
        .write(move |store| note_refusal(store, &cx, &caller, &asked, error))
        .await?;
    let issuer = &visit.state.settings.issuer;
    let answer = AnswerTo::request(request).error(issuer, error, None);
    leave::with(visit, &request.platform_id, &answer).await
}
