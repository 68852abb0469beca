//! The three routes: gather, one call of the adapter, answer.
//!
//! Owns what each takes from its request. Does not know the checks, nor the platform's pages.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use url::{Url, form_urlencoded};

use super::{INITIATE_PATH, SignIn, SignInFailure, SignInPages, cookie};
use crate::callback::CallbackQuery;
use crate::finish::LoginError;
use crate::pending::{BoundLogin, BrowserKey, PendingLogin};
use crate::signed_in::SignedIn;
use crate::start::{StartError, StartLogin, ThirdPartyLogin};

/// `GET /auth/login`: the platform's own way in.
pub(super) async fn login<P: SignInPages>(
    sign_in: web::Data<SignIn<P>>,
    request: HttpRequest,
) -> HttpResponse {
    let started = start(&sign_in, request.query_string()).await;
    answer_start(&sign_in, &request, started).await
}

/// `GET /auth/initiate`: the provider's portal sends the browser (Core §4).
pub(super) async fn initiate<P: SignInPages>(
    sign_in: web::Data<SignIn<P>>,
    request: HttpRequest,
) -> HttpResponse {
    let asked = ThirdPartyLogin::parse(request.query_string());
    let started = sign_in.adapter.third_party_login(asked).await;
    answer_start(&sign_in, &request, started).await
}

/// `POST /auth/initiate`: the same by form. A form of another site comes without our cookie (`SameSite=Lax`), and a new
/// one would shut out logins in other tabs: so it is checked and led on to the GET, which comes with it.
pub(super) async fn initiate_by_form<P: SignInPages>(
    sign_in: web::Data<SignIn<P>>,
    request: HttpRequest,
    form: String,
) -> HttpResponse {
    let asked = ThirdPartyLogin::parse(&form);
    if let Err(error) = sign_in.adapter.check_initiator(&asked) {
        let failure = SignInFailure::Start(error);
        return sign_in.pages.on_error(failure, &request).await;
    }
    let onward = format!("{INITIATE_PATH}?{}", asked.to_query());
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, onward))
        .finish()
}

/// `GET` at the path of the `redirect_uri`: the provider sends the browser back.
pub(super) async fn callback<P: SignInPages>(
    sign_in: web::Data<SignIn<P>>,
    request: HttpRequest,
) -> HttpResponse {
    match finish(&sign_in, &request).await {
        Ok(signed_in) => sign_in.pages.on_signed_in(signed_in, &request).await,
        Err(error) => {
            let failure = SignInFailure::Login(error);
            sign_in.pages.on_error(failure, &request).await
        }
    }
}

async fn start<P: SignInPages>(
    sign_in: &SignIn<P>,
    query: &str,
) -> Result<(Url, PendingLogin), StartError> {
    let mut wish = StartLogin::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "target" => wish.target = Some(sign_in.adapter.target(&value)?),
            "ui_locales" => {
                wish.ui_locales = value
                    .split_ascii_whitespace()
                    .take(5)
                    .map(str::to_owned)
                    .collect();
            }
            _ => {}
        }
    }
    sign_in.adapter.start_login(wish).await
}

/// Remembers the login under the browser's key and sends the browser to the provider.
async fn answer_start<P: SignInPages>(
    sign_in: &SignIn<P>,
    request: &HttpRequest,
    started: Result<(Url, PendingLogin), StartError>,
) -> HttpResponse {
    let (url, login) = match started {
        Ok(started) => started,
        Err(error) => {
            let failure = SignInFailure::Start(error);
            return sign_in.pages.on_error(failure, request).await;
        }
    };
    // A browser keeps its key, so that logins in two of its tabs both finish.
    let browser = cookie::read(&sign_in.adapter, request).unwrap_or_else(BrowserKey::random);
    let cookie = cookie::make(&sign_in.adapter, &browser);
    if let Err(failure) = sign_in.store.insert(BoundLogin { login, browser }).await {
        let failure = SignInFailure::Login(LoginError::Store(failure));
        return sign_in.pages.on_error(failure, request).await;
    }
    // 303: the browser goes on with GET whatever it came with.
    HttpResponse::SeeOther()
        .cookie(cookie)
        .insert_header((header::LOCATION, url.as_str()))
        .finish()
}

async fn finish<P: SignInPages>(
    sign_in: &SignIn<P>,
    request: &HttpRequest,
) -> Result<SignedIn, LoginError> {
    let query = CallbackQuery::parse(request.query_string())?;
    let state = query.state().ok_or(LoginError::State)?;
    let bound = sign_in.store.take(state).await?;
    let bound = bound.ok_or(LoginError::UnknownLogin)?;
    let browser = cookie::read(&sign_in.adapter, request);
    if !browser.is_some_and(|browser| browser.is(&bound.browser)) {
        return Err(LoginError::OtherBrowser);
    }
    sign_in.adapter.finish_login(query, bound.login).await
}
