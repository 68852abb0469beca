//! 确认授权: `GET /consent` names the platform and every datum, `POST /consent` takes the answer.
//!
//! Two ways lead here (REQUIREMENTS §3): a platform's waiting request (`?request=`), or a platform chosen
//! at the portal (`?platform=`).

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::answer_consent::{Answered, answer_consent};
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::authorization::AuthorizationRequest;
use idp_core::authorize::ErrorCode;
use idp_core::consent::{ConsentOffer, ConsentOutcome, FreshConsent, TEXT_VERSION};
use idp_core::cx::random_text;
use idp_core::ephemeral::TypedEphemeral as _;
use idp_core::id::PlatformId;
use idp_core::platform::{Client, ConsentPolicy, Platform, PlatformState};
use idp_core::subject::subject;

use super::error::Failure;
use super::extract::browser::see_other;
use super::extract::{Browser, Form, Visit};
use super::onward::{self, Onward};
use super::toward::{self, Toward, to_login};
use super::trouble::Trouble;
use super::{guard, leave, page, pushed, routes, trail};
use crate::view::{BackLink, ConsentPage};

/// `GET /consent`
pub async fn show(mut visit: Visit, request: HttpRequest) -> HttpResponse {
    match shown(&mut visit, &request).await {
        Ok(answer) => answer,
        Err(failure) => failure.page(&visit),
    }
}

async fn shown(visit: &mut Visit, request: &HttpRequest) -> Result<HttpResponse, Failure> {
    let toward = Toward::of_query(request.query_string());
    let browser = Browser::find(visit, request).await?;
    match &toward {
        Toward::Request(waiting) => {
            // A stranger may ask for what never was; only an answer is worth an event.
            let Some(asked) = toward::waiting(visit, waiting).await? else {
                return Err(toward::expired());
            };
            visit.wish(asked.ui_locales.as_deref());
            let (platform, client) = connected(visit, &asked.platform_id).await?;
            check_registered(&asked, &client)?;
            let here = (&asked, Some(waiting.as_str()));
            match onward::go_on(visit, &browser, here, &client).await? {
                Onward::LogIn => Ok(to_login(&toward)),
                Onward::Leave(answer) => Ok(answer),
                Onward::Ask => {
                    let waiting = Some((waiting.as_str(), &asked));
                    ask(visit, &browser, (&platform, &client), waiting).await
                }
            }
        }
        Toward::Platform(id) => {
            // Before anybody signs: a platform that can't be entered is no reason to.
            let (platform, client) = connected(visit, &PlatformId::from_text(id)).await?;
            initiate_uri(visit, &client)?;
            if browser.present.is_none() {
                return Ok(to_login(&toward));
            }
            ask(visit, &browser, (&platform, &client), None).await
        }
        Toward::Nowhere => Ok(see_other(routes::PLATFORMS)),
    }
}

/// What the offer's answer goes to, if that is there and may still be answered.
async fn still_wanted(
    visit: &Visit,
    offer: &ConsentOffer,
) -> Result<(Client, Option<AuthorizationRequest>), Failure> {
    let (_, client) = connected(visit, &offer.platform_id).await?;
    let Some(id) = &offer.request else {
        initiate_uri(visit, &client)?;
        return Ok((client, None));
    };
    let asked = toward::take_waiting(visit, id).await?;
    check_registered(&asked, &client)?;
    pushed::answered(visit, &asked).await?;
    Ok((client, Some(asked)))
}

/// A redirect URI or scope that was taken from the platform while a request waited is not served.
fn check_registered(asked: &AuthorizationRequest, client: &Client) -> Result<(), Failure> {
    let mismatch = Failure::refused(StatusCode::BAD_REQUEST, "redirect-uri-mismatch");
    asked
        .is_still_registered(client)
        .then_some(())
        .ok_or(mismatch)
}

/// An answer that can't be carried out because of the platform is an event of its own.
async fn written_down(visit: &Visit, offer: &ConsentOffer, failure: Failure) -> Failure {
    if !failure.status.is_client_error() {
        return failure;
    }
    let event = AuditEvent {
        enterprise_id: Some(offer.enterprise_id.clone()),
        key_lock_id: Some(offer.key_lock_id.clone()),
        platform_id: Some(offer.platform_id.clone()),
        ..trail::event(visit, AuditKind::AuthorizationRefused, failure.code)
    };
    trail::refused(visit, event, failure).await
}

/// A platform that people can go to now.
async fn connected(visit: &Visit, id: &PlatformId) -> Result<(Arc<Platform>, Client), Failure> {
    let platform = visit
        .state
        .database
        .find_platform(id)
        .await?
        .ok_or(Failure::refused(StatusCode::NOT_FOUND, "platform-unknown"))?;
    match (platform.active_client().cloned(), platform.state) {
        (Some(client), _) => Ok((platform, client)),
        (None, PlatformState::Suspended) => Err(Failure::refused(
            StatusCode::FORBIDDEN,
            "platform-suspended",
        )),
        (None, _) => Err(Failure::refused(
            StatusCode::NOT_FOUND,
            "platform-not-connected",
        )),
    }
}

/// The page. What it shows is remembered, so that the answer is to that and nothing else.
async fn ask(
    visit: &Visit,
    browser: &Browser,
    (platform, client): (&Platform, &Client),
    waiting: Option<(&str, &AuthorizationRequest)>,
) -> Result<HttpResponse, Failure> {
    let present = browser.present()?;
    let (session, _) = browser.session()?;
    let offer = ConsentOffer {
        session: session.as_str().to_owned(),
        enterprise_id: present.enterprise.id.clone(),
        key_lock_id: present.key_lock.id.clone(),
        platform_id: platform.id.clone(),
        scopes: waiting
            .map_or(&client.scopes, |(_, asked)| &asked.scopes)
            .clone(),
        claims: waiting
            .map(|(_, asked)| asked.claims.all().beyond(&asked.scopes))
            .unwrap_or_default(),
        language: visit.locale.tag().to_owned(),
        request: waiting.map(|(id, _)| id.to_owned()),
    };
    let id = random_text(&*visit.cx.rng);
    let lifetime = visit.state.settings.request_lifetime;
    visit
        .state
        .ephemeral
        .put_record(&id, &offer, lifetime)
        .await?;

    let target = match waiting {
        Some((_, asked)) => asked.redirect_uri.as_str(),
        None => client.initiate_login_uri.as_deref().unwrap_or_default(),
    };
    let host = url::Url::parse(target)
        .ok()
        .and_then(|url| match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => Some(format!("{host}:{port}")),
            (host, _) => host.map(str::to_owned),
        })
        .unwrap_or_default();
    let (of, now) = (platform.id.clone(), visit.cx.now);
    let trouble = visit
        .state
        .database
        .read(move |store| Trouble::read(store, Some(&of), now))
        .await?;
    let notices = trouble.said(visit, &platform.id);
    let frame = visit.frame(Some(browser));
    let page = ConsentPage {
        frame,
        consent: &id,
        platform_name: page::platform_name(platform, visit.locale),
        platform_host: &host,
        about: page::about(platform),
        notices: &notices,
        enterprise_name: &present.enterprise.name,
        groups: page::disclosure(
            &frame,
            subject(&visit.cx, client, &present.enterprise.id),
            (&offer.scopes, &offer.claims),
            &present.enterprise,
            &present.key_lock,
        ),
        text_version: &TEXT_VERSION.to_string(),
        remembered_days: match client.consent {
            ConsentPolicy::AskAlways => None,
            ConsentPolicy::RememberDays(days) => Some(u32::from(days)),
        },
    };
    let mut answer = visit.html(StatusCode::OK, page.render());
    let origins = client
        .initiate_login_uri
        .iter()
        .chain(&client.redirect_uris);
    guard::allow_forms_to(&mut answer, origins.map(String::as_str));
    if let Some(logo) = &client.presentation.logo_uri {
        guard::allow_picture_of(&mut answer, logo);
    }
    Ok(answer)
}

/// `POST /consent`
pub async fn answer(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(routes::PLATFORMS);
    let form = Form::parse(&body);
    match answered(&visit, &request, &form).await {
        Ok(answer) => answer,
        Err(failure) if failure.code == "session-expired" => {
            match toward_of_offer(&visit, &form).await {
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
async fn toward_of_offer(visit: &Visit, form: &Form) -> Result<Toward, Failure> {
    let offer = visit
        .state
        .ephemeral
        .get_record::<ConsentOffer>(form.one("consent")?)
        .await?;
    Ok(match offer {
        None => Toward::Nowhere,
        Some(offer) => match offer.request {
            Some(id) => Toward::Request(id),
            None => Toward::Platform(offer.platform_id.to_string()),
        },
    })
}

async fn answered(
    visit: &Visit,
    request: &HttpRequest,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    // Gather.
    let browser = Browser::find(visit, request).await?;
    browser.check_form(visit, form).await?;
    let outcome = match form.one("decision")? {
        "grant" => ConsentOutcome::Granted,
        "refuse" => ConsentOutcome::Refused,
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
    let (client, asked) = match still_wanted(visit, &offer).await {
        Ok(wanted) => wanted,
        Err(failure) => return Err(written_down(visit, &offer, failure).await),
    };
    // The last word counts: what was given a moment ago is spent, whatever is said now.
    let name = onward::fresh_name(&present, &offer.platform_id);
    visit
        .state
        .ephemeral
        .take_record::<FreshConsent>(&name)
        .await?;
    // Decide.
    let (cx, caller) = (visit.cx.clone(), visit.caller());
    let (person, waiting) = (present.clone(), asked.clone());
    let platform_id = offer.platform_id.clone();
    let answered = visit
        .state
        .database
        .write(move |store| {
            let who = (&person, waiting.as_ref());
            answer_consent(store, &cx, &caller, (&offer, outcome), who)
        })
        .await?;
    // Answer.
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
            let name = onward::fresh_name(&present, &platform_id);
            let lifetime = visit.state.settings.fresh_consent_lifetime;
            visit
                .state
                .ephemeral
                .put_record(&name, &fresh, lifetime)
                .await?;
            Ok(leave::to(&initiate_uri(visit, &client)?))
        }
        // The page one comes back to says what was done: it looks up whether it is true.
        (Answered::Refused, None) => Ok(see_other(&routes::platforms_after_refusal(&platform_id))),
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

/// Third-party-initiated login (`OpenID` Connect Core §4): the platform begins, nothing is sent unasked.
fn initiate_uri(visit: &Visit, client: &Client) -> Result<String, Failure> {
    let initiation = client.initiation(&visit.state.settings.issuer);
    initiation.ok_or(Failure::refused(
        StatusCode::NOT_FOUND,
        "platform-not-connected",
    ))
}
