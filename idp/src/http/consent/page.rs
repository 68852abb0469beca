//! The page. What it shows is remembered, so that the answer is to that and nothing else.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use idp_core::authorization::AuthorizationRequest;
use idp_core::consent::{ConsentOffer, TEXT_VERSION};
use idp_core::consent_statement::ConsentSigner;
use idp_core::cx::random_text;
use idp_core::ephemeral::TypedEphemeral as _;
use idp_core::id::PlatformId;
use idp_core::platform::{Client, ConsentPolicy, Platform};
use idp_core::subject::subject;
use protocol::challenge::Purpose;
use protocol::scope::ClaimSet;

use super::statement::{self, Stated};
use super::wanted::{check_registered, connected, initiate_uri};
use crate::http::error::Failure;
use crate::http::extract::browser::see_other;
use crate::http::extract::{Browser, Visit};
use crate::http::onward::{self, Onward};
use crate::http::toward::{self, Toward, to_login};
use crate::http::trouble::Trouble;
use crate::http::{challenge, guard, page, routes};
use crate::view::{ChallengeForm, ConsentPage, Problem};

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
                    ask(visit, &browser, (&platform, &client), (waiting, None)).await
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
            ask(visit, &browser, (&platform, &client), (None, None)).await
        }
        Toward::Nowhere => Ok(see_other(routes::PLATFORMS)),
    }
}

/// The page once more, with what was wrong with the signature. The request goes on waiting.
pub(super) async fn ask_again(
    visit: &Visit,
    browser: &Browser,
    offer: &ConsentOffer,
    code: &'static str,
) -> Result<HttpResponse, Failure> {
    let (platform, client) = connected(visit, &offer.platform_id).await?;
    let Some(id) = &offer.request else {
        let of = (&*platform, &client);
        return ask(visit, browser, of, (None, Some(code))).await;
    };
    let asked = toward::waiting(visit, id).await?;
    let asked = asked.ok_or(toward::expired())?;
    check_registered(&asked, &client)?;
    let waiting = Some((id.as_str(), &asked));
    ask(visit, browser, (&platform, &client), (waiting, Some(code))).await
}

async fn ask(
    visit: &Visit,
    browser: &Browser,
    (platform, client): (&Platform, &Client),
    (waiting, refused): (Option<(&str, &AuthorizationRequest)>, Option<&'static str>),
) -> Result<HttpResponse, Failure> {
    let present = browser.present()?;
    let (session, _) = browser.session()?;
    let (scopes, claims) = match waiting {
        Some((_, asked)) => (
            asked.scopes.clone(),
            asked.claims.all().beyond(&asked.scopes),
        ),
        None => (client.scopes.clone(), ClaimSet::default()),
    };
    let frame = visit.frame(Some(browser));
    let groups = page::disclosure(
        &frame,
        subject(&visit.cx, client, &present.enterprise.id),
        (&scopes, &claims),
        &present.enterprise,
        &present.key_lock,
    );
    let offer = ConsentOffer {
        session: session.as_str().to_owned(),
        enterprise_id: present.enterprise.id.clone(),
        key_lock_id: present.key_lock.id.clone(),
        platform_id: platform.id.clone(),
        scopes,
        claims,
        language: visit.locale.tag().to_owned(),
        statement: statement::text(&Stated {
            locale: visit.locale,
            enterprise: &present.enterprise,
            platform,
            groups: &groups,
            remembered: client.consent,
            origin: &visit.state.settings.origin,
        }),
        request: waiting.map(|(id, _)| id.to_owned()),
    };
    let id = random_text(&*visit.cx.rng);
    let lifetime = visit.state.settings.request_lifetime;
    visit
        .state
        .ephemeral
        .put_record(&id, &offer, lifetime)
        .await?;
    let asked_of_lock = match client.consent_signature {
        ConsentSigner::Provider => None,
        ConsentSigner::Lock => {
            let stated = (Purpose::Consent, offer.statement.clone());
            Some(challenge::issue_stated(visit, session, stated).await?)
        }
    };

    let host = host(client, waiting.map(|(_, asked)| asked));
    let notices = notices(visit, platform).await?;
    let page = ConsentPage {
        frame,
        consent: &id,
        platform_name: page::platform_name(platform, visit.locale),
        platform_host: &host,
        about: page::about(platform),
        notices: &notices,
        enterprise_name: &present.enterprise.name,
        groups,
        statement: &offer.statement,
        challenge: asked_of_lock.as_ref().map(|challenge| ChallengeForm {
            // Its statement is this page's alone: a page that was open for long comes back anew.
            refresh_path: None,
            ..challenge::form(visit, challenge)
        }),
        problem: refused.map(|code| Problem {
            code,
            args: &[],
            incident: Some(visit.incident_id.as_str()),
        }),
        text_version: &TEXT_VERSION.to_string(),
        remembered_days: match client.consent {
            ConsentPolicy::AskAlways => None,
            ConsentPolicy::RememberDays(days) => Some(u32::from(days)),
        },
    };
    let status = match refused {
        None => StatusCode::OK,
        Some(_) => StatusCode::FORBIDDEN,
    };
    let mut answer = visit.html(status, page.render());
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

/// Where the browser will be sent.
fn host(client: &Client, asked: Option<&AuthorizationRequest>) -> String {
    let target = match asked {
        Some(asked) => asked.redirect_uri.as_str(),
        None => client.initiate_login_uri.as_deref().unwrap_or_default(),
    };
    let url = url::Url::parse(target).ok();
    let host = url.and_then(|url| match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => Some(format!("{host}:{port}")),
        (host, _) => host.map(str::to_owned),
    });
    host.unwrap_or_default()
}

/// Maintenance and trouble of the platform, in sentences.
async fn notices(visit: &Visit, platform: &Platform) -> Result<Vec<String>, Failure> {
    let (of, now) = (platform.id.clone(), visit.cx.now);
    let database = &visit.state.database;
    let trouble = database.read(move |store| Trouble::read(store, Some(&of), now));
    Ok(trouble.await?.said(visit, &platform.id))
}
