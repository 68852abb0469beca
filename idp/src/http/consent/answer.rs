//! The answer: taken once, from the browser that was shown the question.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::answer_consent::{Answered, Said, answer_consent};
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::authorization::AuthorizationRequest;
use idp_core::authorize::ErrorCode;
use idp_core::consent::{ConsentOffer, FreshConsent};
use idp_core::ephemeral::TypedEphemeral as _;
use idp_core::id::PlatformId;
use idp_core::platform::Client;
use idp_core::presence::Present;

use super::page::ask_again;
use super::signing;
use super::wanted::{connected, initiate_uri, still_wanted, written_down};
use crate::http::error::Failure;
use crate::http::extract::browser::see_other;
use crate::http::extract::{Browser, Form, Visit};
use crate::http::toward::Toward;
use crate::http::{leave, onward, routes, trail};
use crate::view::BackLink;

/// `POST /consent`
pub async fn answer(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(routes::PLATFORMS);
    let form = Form::parse(&body);
    match answered(&mut visit, &request, &form).await {
        Ok(answer) => answer,
        Err(failure) if failure.code == "session-expired" => {
            match toward_of_form(&visit, &form).await {
                Ok(toward) => {
                    let back = BackLink {
                        href: &toward.by(routes::LOGIN),
                        label_key: "back-to-login",
                    };
                    failure.page_leading_to(&visit, back)
                }
                Err(failure) => failure.page(&visit),
            }
        }
        Err(failure) => failure.page(&visit),
    }
}

/// Where somebody was heading whose session ended on the consent page. Whoever knows the offer's name saw
/// the page; they learn nothing, and sign in anew on the way.
async fn toward_of_form(visit: &Visit, form: &Form) -> Result<Toward, Failure> {
    let offer = visit
        .state
        .ephemeral
        .get_record::<ConsentOffer>(form.one("consent")?)
        .await?;
    Ok(offer.as_ref().map_or(Toward::Nowhere, toward_of))
}

fn toward_of(offer: &ConsentOffer) -> Toward {
    match &offer.request {
        Some(id) => Toward::Request(id.clone()),
        None => Toward::Platform(offer.platform_id.to_string()),
    }
}

async fn answered(
    visit: &mut Visit,
    request: &HttpRequest,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    // Gather.
    let browser = Browser::find(visit, request).await?;
    browser.check_form(visit, form).await?;
    let is_granted = match form.one("decision")? {
        "grant" => true,
        "refuse" => false,
        _ => {
            let event = trail::event(visit, AuditKind::ConsentMisused, "decision-unknown");
            let failure = Failure::refused(StatusCode::BAD_REQUEST, "request-invalid");
            return Err(trail::refused(visit, event, failure).await);
        }
    };
    let present = match browser.present() {
        Ok(present) => present.clone(),
        Err(failure) => {
            let event = trail::event(visit, AuditKind::ConsentMisused, "nobody-signed-in");
            return Err(trail::refused(visit, event, failure).await);
        }
    };
    let offer = taken_offer(visit, &browser, form.one("consent")?).await?;
    let said = if is_granted {
        let client = match connected(visit, &offer.platform_id).await {
            Ok((_, client)) => client,
            Err(failure) => return Err(written_down(visit, &offer, failure).await),
        };
        match signing::agreed(visit, &browser, form, (&offer, &client)).await? {
            Ok(agreed) => Said::Grant(agreed),
            Err(refusal) => {
                signing::note(visit, &present, (&offer, refusal)).await?;
                visit.at(&toward_of(&offer).by(routes::CONSENT));
                return ask_again(visit, &browser, &offer, refusal.code()).await;
            }
        }
    } else {
        Said::Refuse
    };
    let (client, asked) = match still_wanted(visit, &offer).await {
        Ok(wanted) => wanted,
        Err(failure) => return Err(written_down(visit, &offer, failure).await),
    };
    // The last word counts: what was given a moment ago is spent, whatever is said now.
    let name = onward::fresh_name(&present, &offer.platform_id);
    let ephemeral = &visit.state.ephemeral;
    ephemeral.take_record::<FreshConsent>(&name).await?;
    let platform_id = offer.platform_id.clone();
    let answered = decided(visit, (offer, said), &present, asked.clone()).await?;
    answer_to(visit, &present, (answered, asked), (&platform_id, &client)).await
}

async fn decided(
    visit: &Visit,
    (offer, said): (ConsentOffer, Said),
    present: &Present,
    waiting: Option<AuthorizationRequest>,
) -> Result<Answered, Failure> {
    let (cx, caller, person) = (visit.cx.clone(), visit.caller(), present.clone());
    let answered = visit
        .state
        .database
        .write(move |store| {
            let who = (&person, waiting.as_ref());
            answer_consent(store, &cx, &caller, (&offer, &said), who)
        })
        .await?;
    Ok(answered)
}

async fn answer_to(
    visit: &Visit,
    present: &Present,
    (answered, asked): (Answered, Option<AuthorizationRequest>),
    (platform_id, client): (&PlatformId, &Client),
) -> Result<HttpResponse, Failure> {
    match (answered, asked) {
        (Answered::NotPresent, _) => Err(Failure::refused(
            StatusCode::UNAUTHORIZED,
            "session-expired",
        )),
        (Answered::Code(code), Some(asked)) => onward::send_code(visit, &asked, &code).await,
        (Answered::Refused, Some(asked)) => {
            onward::send_error(visit, &asked, ErrorCode::AccessDenied).await
        }
        (Answered::Fresh(fresh), None) => {
            let name = onward::fresh_name(present, platform_id);
            let lifetime = visit.state.settings.fresh_consent_lifetime;
            visit
                .state
                .ephemeral
                .put_record(&name, &fresh, lifetime)
                .await?;
            Ok(leave::to(&initiate_uri(visit, client)?))
        }
        // The page one comes back to says what was done: it looks up whether it is true.
        (Answered::Refused, None) => Ok(see_other(&routes::platforms_after_refusal(platform_id))),
        (Answered::Code(_), None) | (Answered::Fresh(_), Some(_)) => Err(Failure::internal(
            "a consent was answered for another way in",
        )),
    }
}

/// The offer this form answers: once, by the browser, enterprise and lock it was shown to.
async fn taken_offer(visit: &Visit, browser: &Browser, id: &str) -> Result<ConsentOffer, Failure> {
    let (session, _) = browser.session()?;
    let present = browser.present()?;
    let offer = visit
        .state
        .ephemeral
        .take_record::<ConsentOffer>(id)
        .await?;
    let reason = match &offer {
        None => "offer-unknown",
        Some(offer) if offer.session != session.as_str() => "offer-of-other-session",
        Some(offer)
            if offer.enterprise_id != present.enterprise.id
                || offer.key_lock_id != present.key_lock.id =>
        {
            "offer-of-other-lock"
        }
        // Shown by a version that kept no text.
        Some(offer) if offer.statement.is_empty() => "offer-without-text",
        Some(_) => return offer.ok_or(Failure::internal("an offer that was just there")),
    };
    let event = AuditEvent {
        enterprise_id: Some(present.enterprise.id.clone()),
        key_lock_id: Some(present.key_lock.id.clone()),
        session_id: Some(present.authentication.session_id.clone()),
        platform_id: offer.map(|offer| offer.platform_id),
        ..trail::event(visit, AuditKind::ConsentMisused, reason)
    };
    let failure = Failure::refused(StatusCode::BAD_REQUEST, "request-expired");
    Err(trail::refused(visit, event, failure).await)
}
