//! The adapter on actix-web: three routes that any platform can mount, and one for its sessions.
//!
//! Owns the routes `/auth/login`, `/auth/initiate`, `/auth/backchannel-logout` and the path of the
//! `redirect_uri`, and the login cookie. Does not know what the platform does with the person who arrives: it says so through
//! [`SignInPages`].

mod cookie;
mod routes;
mod sessions;

pub use sessions::{BACKCHANNEL_LOGOUT_PATH, configure_sessions};

use std::future::Future;
use std::sync::Arc;

use actix_web::middleware::DefaultHeaders;
use actix_web::{HttpRequest, HttpResponse, http::header, web};

use crate::adapter::Adapter;
use crate::advice::Advice;
use crate::finish::LoginError;
use crate::pending::PendingStore;
use crate::signed_in::SignedIn;
use crate::start::StartError;

/// The platform's own link and button lead here; `?target=/page` and `?ui_locales=zh-CN` may follow.
pub const LOGIN_PATH: &str = "/auth/login";
/// Register this as `initiate_login_uri`.
pub const INITIATE_PATH: &str = "/auth/initiate";

/// No honest portal sends a longer one; it goes on as an address.
const LONGEST_FORM: usize = 4 * 1024;

/// What the platform shows.
pub trait SignInPages: 'static {
    /// Somebody signed in. Give them a **new** session and send them on, with status 303.
    fn on_signed_in(
        &self,
        signed_in: SignedIn,
        request: &HttpRequest,
    ) -> impl Future<Output = HttpResponse>;

    /// Nobody signed in. Log `failure` and show a page that goes by its [`SignInFailure::advice`].
    fn on_error(
        &self,
        failure: SignInFailure,
        request: &HttpRequest,
    ) -> impl Future<Output = HttpResponse>;
}

/// Why nobody signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInFailure {
    /// The login did not start.
    #[error("the login did not start: {0}")]
    Start(#[source] StartError),
    /// The login did not finish.
    #[error("the login failed: {0}")]
    Login(#[source] LoginError),
}

impl SignInFailure {
    /// What to tell the person.
    pub fn advice(&self) -> Advice {
        match self {
            Self::Start(error) => error.advice(),
            Self::Login(error) => error.advice(),
        }
    }
}

/// Adapter, store and pages of one platform.
pub struct SignIn<P> {
    adapter: Arc<Adapter>,
    store: Arc<dyn PendingStore>,
    pages: P,
}

impl<P: SignInPages> SignIn<P> {
    /// Puts the three together.
    pub fn new(adapter: Arc<Adapter>, store: Arc<dyn PendingStore>, pages: P) -> Self {
        Self {
            adapter,
            store,
            pages,
        }
    }

    /// The pages, as given.
    pub fn pages(&self) -> &P {
        &self.pages
    }
}

/// Mounts the routes of `sign_in`. Make the `Data` once, outside the factory of the server, so that
/// all workers share it.
pub fn configure<P: SignInPages>(config: &mut web::ServiceConfig, sign_in: web::Data<SignIn<P>>) {
    let callback_path = sign_in.adapter.redirect_uri().path().to_owned();
    let private = || {
        // A code in a URL must not travel on as a referrer, nor rest in a cache.
        DefaultHeaders::new()
            .add((header::CACHE_CONTROL, "no-store"))
            .add((header::REFERRER_POLICY, "no-referrer"))
    };
    config
        .app_data(sign_in)
        .service(
            web::resource(LOGIN_PATH)
                .wrap(private())
                .route(web::get().to(routes::login::<P>)),
        )
        .service(
            // Core §4: both GET and POST.
            web::resource(INITIATE_PATH)
                .app_data(web::PayloadConfig::new(LONGEST_FORM))
                .wrap(private())
                .route(web::get().to(routes::initiate::<P>))
                .route(web::post().to(routes::initiate_by_form::<P>)),
        )
        .service(
            web::resource(callback_path)
                .wrap(private())
                .route(web::get().to(routes::callback::<P>)),
        );
}
