//! 企业登录: `GET /login` asks a lock to sign, `POST /login` takes its answer.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::authorization::AuthorizationRequest;
use idp_core::authorize::needs_login;
use idp_core::ephemeral::TypedEphemeral as _;
use idp_core::id::IncidentId;
use idp_core::key_lock::Thumbprint;
use idp_core::log_in::{LoginAttempt, LoginOutcome, LoginRefusal, log_in};
use idp_core::platform::Platform;
use idp_core::session::ShownRefusal;
use pki::holder::credit_code::CreditCode;
use protocol::challenge::Purpose;

use super::error::Failure;
use super::extract::browser::{Accepted, see_other};
use super::extract::form::pairs;
use super::extract::{Browser, Form, Visit};
use super::toward::{self, Toward};
use super::{challenge, guard, page, routes};
use crate::view::{BackLink, LoginPage, Problem};

/// For how long a refused sign-in can be read again, in another language say.
const REFUSAL_SHOWN: Duration = Duration::from_mins(10);

/// Why the page comes back: the lock or its proof was refused, or the page's session is over.
struct Again {
    code: String,
    incident: IncidentId,
}

impl Again {
    fn of(visit: &Visit, code: &str) -> Self {
        Self {
            code: code.to_owned(),
            incident: visit.incident_id.clone(),
        }
    }
}

/// `GET /login`
pub async fn show(mut visit: Visit, request: HttpRequest) -> HttpResponse {
    let toward = Toward::of_query(request.query_string());
    match shown(&mut visit, &request, &toward).await {
        Ok(answer) => answer,
        Err(failure) => failure.page(&visit),
    }
}

async fn shown(
    visit: &mut Visit,
    request: &HttpRequest,
    toward: &Toward,
) -> Result<HttpResponse, Failure> {
    let mut browser = Browser::find(visit, request).await?;
    let heading = heading(visit, toward).await?;
    if !heading.needs_login(visit, &browser) {
        return Ok(see_other(&toward.by(routes::CERTIFICATE)));
    }
    browser.begin_if_none(visit).await?;
    let again = refusal_named(visit, &browser, request).await?;
    page(visit, &browser, toward, &heading, again).await
}

/// The refusal that the address names, where it is the last one that this browser was shown. An address can be made
/// up, and says nothing more than which.
async fn refusal_named(
    visit: &Visit,
    browser: &Browser,
    request: &HttpRequest,
) -> Result<Option<Again>, Failure> {
    let pairs = pairs(request.query_string().as_bytes());
    let named = pairs.iter().find(|(name, _)| name == routes::REFUSED);
    let (Some((_, named)), Some((key, _))) = (named, browser.held()) else {
        return Ok(None);
    };
    let ephemeral = &visit.state.ephemeral;
    let shown = ephemeral.get_record::<ShownRefusal>(key.as_str()).await?;
    let shown = shown.filter(|shown| shown.incident_id.as_str() == named);
    Ok(shown.map(|shown| Again {
        code: shown.code,
        incident: shown.incident_id,
    }))
}

/// Remembers a refusal beside the session, and names it in the address that the language switch leads to.
async fn remember_refusal(
    visit: &mut Visit,
    browser: &Browser,
    (toward, refusal): (&Toward, LoginRefusal),
) -> Result<(), Failure> {
    let shown = ShownRefusal {
        code: refusal.code().to_owned(),
        incident_id: visit.incident_id.clone(),
    };
    let (key, _) = browser.session()?;
    let ephemeral = &visit.state.ephemeral;
    ephemeral
        .put_record(key.as_str(), &shown, REFUSAL_SHOWN)
        .await?;
    visit.at(&routes::login_refused(
        &toward.by(routes::LOGIN),
        &shown.incident_id,
    ));
    Ok(())
}

/// `POST /login`
pub async fn submit(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(routes::LOGIN);
    match submitted(&mut visit, &request, &Form::parse(&body)).await {
        Ok(answer) => answer,
        Err(failure) => failure.page(&visit),
    }
}

async fn submitted(
    visit: &mut Visit,
    request: &HttpRequest,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    // Gather.
    let mut browser = Browser::find(visit, request).await?;
    let toward = Toward::of_form(form)?;
    visit.at(&toward.by(routes::LOGIN));
    if let Accepted::Stale = browser.accept_form(visit, form).await? {
        return stale(visit, &mut browser, &toward).await;
    }
    let attempt = attempt(visit, &browser, form).await?;
    // Decide.
    let (cx, caller) = (visit.cx.clone(), visit.caller());
    let outcome = visit
        .state
        .database
        .write(move |store| log_in(store, &cx, &caller, &attempt))
        .await?;
    // Answer.
    match outcome {
        LoginOutcome::SignedIn {
            authentication,
            renewed,
        } => {
            browser.renew(visit, authentication).await?;
            let mut next = toward.by(routes::CERTIFICATE);
            if renewed {
                next = routes::after_renewal(&next);
            }
            Ok(browser.answer(visit, see_other(&next)))
        }
        LoginOutcome::Refused(refusal) => {
            // A refusal is read in any case, even when the request behind it is gone.
            let heading = heading(visit, &toward).await.unwrap_or_default();
            let again = Some(Again::of(visit, refusal.code()));
            // Where it can't be kept, it is shown all the same, once.
            if let Err(failure) = remember_refusal(visit, &browser, (&toward, refusal)).await {
                failure.log(&visit.incident_id);
            }
            page(visit, &browser, &toward, &heading, again).await
        }
    }
}

/// The page was left open. Whoever has signed in meanwhile, in another tab, can go on; anybody else gets
/// the page anew.
async fn stale(
    visit: &mut Visit,
    browser: &mut Browser,
    toward: &Toward,
) -> Result<HttpResponse, Failure> {
    let heading = heading(visit, toward).await?;
    if heading.needs_login(visit, browser) {
        browser.begin_if_none(visit).await?;
        let again = Some(Again::of(visit, "form-expired"));
        return page(visit, browser, toward, &heading, again).await;
    }
    let outdated = Failure::refused(StatusCode::CONFLICT, "page-outdated");
    let on = BackLink {
        href: &toward.by(routes::CERTIFICATE),
        label_key: "go-on-signed-in",
    };
    Ok(outdated.page_leading_to(visit, on))
}

async fn attempt(visit: &Visit, browser: &Browser, form: &Form) -> Result<LoginAttempt, Failure> {
    let proven = match challenge::prove(visit, browser, form, Purpose::Login).await? {
        Ok(proven) => proven,
        Err(refusal) => {
            return Ok(LoginAttempt {
                verdict: Err(LoginRefusal::Proof(refusal)),
                thumbprint: None,
                media_number: None,
                user_agent: None,
                replaces: None,
            });
        }
    };
    let verdict = challenge::judge(visit, &proven).await;
    Ok(LoginAttempt {
        verdict: verdict.map_err(LoginRefusal::Certificate),
        thumbprint: Some(Thumbprint(proven.certificate().thumbprint_sha256())),
        media_number: proven.media_number().map(str::to_owned),
        user_agent: visit.user_agent().map(str::to_owned),
        replaces: browser.authentication().cloned(),
    })
}

/// The page, with a fresh challenge each time.
async fn page(
    visit: &Visit,
    browser: &Browser,
    toward: &Toward,
    heading: &Heading,
    again: Option<Again>,
) -> Result<HttpResponse, Failure> {
    let challenge = challenge::issue(visit, browser, Purpose::Login).await?;
    let platform = heading.platform.as_ref();
    let page = LoginPage {
        frame: visit.frame(Some(browser)),
        challenge: challenge::form(visit, &challenge),
        request: toward.request(),
        platform: platform
            .filter(|_| toward.request().is_none())
            .map(|platform| platform.id.as_str()),
        platform_name: platform.map(|p| page::platform_name(p, visit.locale)),
        about: platform.map(|p| page::about(p)).unwrap_or_default(),
        expected: heading.expected.as_ref().map(CreditCode::as_str),
        problem: again.as_ref().map(|again| Problem {
            code: &again.code,
            args: &[],
            incident: Some(again.incident.as_str()),
        }),
    };
    let status = match again {
        None => StatusCode::OK,
        Some(_) => StatusCode::FORBIDDEN,
    };
    let mut answer = visit.html(status, page.render());
    if let Some(logo) = page.about.logo {
        guard::allow_picture_of(&mut answer, logo);
    }
    Ok(browser.answer(visit, answer))
}

/// What the page says of where one is heading.
#[derive(Default)]
struct Heading {
    platform: Option<Arc<Platform>>,
    /// The enterprise a waiting request hints at. Only a well-formed credit code is ever shown: a hint is
    /// a stranger's text.
    expected: Option<CreditCode>,
    waiting: Option<AuthorizationRequest>,
}

impl Heading {
    /// Whether a lock has to sign: nobody is here, or the waiting request wants it once more.
    fn needs_login(&self, visit: &Visit, browser: &Browser) -> bool {
        match (&self.waiting, &browser.present) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(waiting), present) => {
                let client = self.platform.as_deref().and_then(Platform::active_client);
                client
                    .is_none_or(|client| needs_login(&visit.cx, waiting, client, present.as_ref()))
            }
        }
    }
}

/// Looks up where one is heading. A waiting request may wish for a language too.
async fn heading(visit: &mut Visit, toward: &Toward) -> Result<Heading, Failure> {
    let id = match toward {
        Toward::Nowhere => return Ok(Heading::default()),
        Toward::Platform(id) => {
            return Ok(Heading {
                platform: toward::enterable(visit, id).await?,
                ..Heading::default()
            });
        }
        Toward::Request(id) => id,
    };
    let Some(waiting) = toward::waiting(visit, id).await? else {
        return Err(toward::expired());
    };
    visit.wish(waiting.ui_locales.as_deref());
    let platform = visit
        .state
        .database
        .find_platform(&waiting.platform_id)
        .await?;
    let Some(platform) = platform else {
        return Err(toward::expired());
    };
    let hint = waiting.login_hint.as_deref();
    Ok(Heading {
        platform: Some(platform),
        expected: hint.and_then(|hint| hint.parse().ok()),
        waiting: Some(waiting),
    })
}
