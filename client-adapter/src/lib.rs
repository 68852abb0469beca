//! `OpenID` Connect for trading platforms written in Rust.
//!
//! A platform (盟市交易平台) signs enterprises in at the provider with their CA lock: the browser goes to
//! the provider, comes back with a code, and the platform learns who arrived. This crate does all of
//! it and checks everything on the way; the platform writes its pages.
//!
//! # A complete platform
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use actix_web::cookie::{Cookie, SameSite};
//! use actix_web::{App, HttpRequest, HttpResponse, HttpServer, http::header, web};
//! use client_adapter::actix::{SignIn, SignInFailure, SignInPages, configure, configure_sessions};
//! use client_adapter::{
//!     Adapter, AdapterSettings, ClientAuthentication, DpopKey, InMemoryPendingStore,
//!     InMemorySessionStore, PushedRequests, SenderConstraint, SessionKey, Sessions, SignOut,
//!     SignedIn,
//! };
//!
//! struct Pages(Arc<Sessions>);
//!
//! impl SignInPages for Pages {
//!     async fn on_signed_in(&self, signed_in: SignedIn, _request: &HttpRequest) -> HttpResponse {
//!         // `signed_in.sub` never changes: look your own record of the enterprise up by it.
//!         let target = signed_in.target.as_ref().map_or("/", |it| it.as_str()).to_owned();
//!         let key = match self.0.begin(signed_in).await {
//!             Ok(Some(key)) => key,
//!             Ok(None) => return HttpResponse::BadRequest().body("signed out meanwhile: sign in again"),
//!             Err(_) => return HttpResponse::ServiceUnavailable().finish(),
//!         };
//!         let cookie = Cookie::build("__Host-session", key.reveal().to_owned())
//!             .path("/").secure(true).http_only(true).same_site(SameSite::Lax);
//!         HttpResponse::SeeOther()
//!             .cookie(cookie.finish())
//!             .insert_header((header::LOCATION, target))
//!             .finish()
//!     }
//!
//!     async fn on_error(&self, failure: SignInFailure, _request: &HttpRequest) -> HttpResponse {
//!         eprintln!("{failure}");
//!         // One page for each of four kinds of advice.
//!         HttpResponse::BadRequest().body(format!("{:?}", failure.advice()))
//!     }
//! }
//!
//! fn key_of(request: &HttpRequest) -> Option<SessionKey> {
//!     SessionKey::of_cookie(request.cookie("__Host-session")?.value())
//! }
//!
//! /// Your own page. The tokens are refreshed on the way; a session the provider ended is none.
//! async fn home(sessions: web::Data<Sessions>, request: HttpRequest) -> HttpResponse {
//!     let Some(key) = key_of(&request) else {
//!         return HttpResponse::Ok().body("nobody is signed in");
//!     };
//!     match sessions.find_fresh(&key).await {
//!         Ok(Some(session)) => match &session.enterprise {
//!             Some(enterprise) => HttpResponse::Ok().body(enterprise.name.clone()),
//!             None => HttpResponse::Ok().body(session.sub),
//!         },
//!         Ok(None) => HttpResponse::Ok().body("signed out"),
//!         Err(error) => HttpResponse::ServiceUnavailable().body(error.to_string()),
//!     }
//! }
//!
//! /// Your own button, by POST with your own protection against forged forms.
//! async fn sign_out(sessions: web::Data<Sessions>, request: HttpRequest) -> HttpResponse {
//!     let onward = match key_of(&request) {
//!         Some(key) => sessions.sign_out(&key, SignOut::default()).await.unwrap_or_default(),
//!         None => None,
//!     };
//!     let onward = onward.map_or_else(|| "/".to_owned(), |url| url.to_string());
//!     HttpResponse::SeeOther().insert_header((header::LOCATION, onward)).finish()
//! }
//!
//! #[actix_web::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let mut settings = AdapterSettings::new(
//!         "https://idp.example",
//!         "chifeng",
//!         ClientAuthentication::ClientSecretBasic(std::env::var("CLIENT_SECRET")?.into()),
//!         "https://platform.example/auth/callback".parse()?,
//!     );
//!     // If registered so: pushed requests, and tokens that serve this process alone.
//!     settings.pushed_requests = PushedRequests::Always;
//!     settings.sender_constraint = SenderConstraint::Dpop(DpopKey::generate()?);
//!     settings.post_logout_redirect_uri = Some("https://platform.example/".parse()?);
//!     let clock = settings.clock.clone();
//!     // `Adapter::discover(settings).await?` would insist on a provider that answers already.
//!     let adapter = Arc::new(Adapter::new(settings)?);
//!     let kept = InMemorySessionStore::new(10_000, clock.clone());
//!     let sessions = Arc::new(Sessions::new(Arc::clone(&adapter), Arc::new(kept)));
//!     let pending = InMemoryPendingStore::new(10_000, clock);
//!     let pages = Pages(Arc::clone(&sessions));
//!     let sign_in = web::Data::new(SignIn::new(adapter, Arc::new(pending), pages));
//!     HttpServer::new(move || {
//!         App::new()
//!             .configure(|config| configure(config, sign_in.clone()))
//!             .configure(|config| configure_sessions(config, Arc::clone(&sessions)))
//!             .app_data(web::Data::from(Arc::clone(&sessions)))
//!             .route("/", web::get().to(home))
//!             .route("/sign-out", web::post().to(sign_out))
//!     })
//!     .bind(("127.0.0.1", 8080))?
//!     .run()
//!     .await?;
//!     Ok(())
//! }
//! ```
//!
//! Link to `/auth/login` from your own page (`?target=/projects` leads back to that page), and register
//! `https://platform.example/auth/callback` as `redirect_uri`, `https://platform.example/auth/initiate` as
//! `initiate_login_uri`, `https://platform.example/` as `post_logout_redirect_uri` and
//! `https://platform.example/auth/backchannel-logout` as `backchannel_logout_uri`.
//!
//! Without actix-web, call [`Adapter::start_login`], [`Adapter::third_party_login`] and
//! [`Adapter::finish_login`] yourself, and keep the [`PendingLogin`] in between where only the browser
//! that started it can lead to it.
//!
//! # What is checked
//!
//! `state` and browser binding, RFC 9207 `iss`, PKCE S256, client authentication, ID token (signature by a
//! published key with an agreed algorithm, `crit`, `iss`, `aud`, `azp`, `exp`, `iat`, `nonce`, `acr`, `auth_time`,
//! `at_hash`), userinfo's `sub`; targets only within the platform. A refreshed ID token continues its session
//! (`sub`, `sid`, `auth_time`, `acr`); an access token is of the type that was asked for (`DPoP` or bearer); a logout
//! token is checked as an ID token is, with `typ`, `events`, no `nonce`, and `jti` once. Every call to the provider is bounded
//! in time and size and follows no redirect.
//!
//! Owns the client side of the protocol. Does not know any `idp` crate, the platform's pages and cookies,
//! or what the platform does with whom.

pub mod actix;
mod adapter;
mod advice;
mod callback;
mod client_assertion;
mod clock;
mod dpop;
mod finish;
mod http;
mod id_token;
mod id_token_fault;
mod logout;
mod logout_token;
mod metadata;
mod pending;
mod provider;
mod provider_source;
mod proving_http;
mod push;
mod refresh;
mod refreshing;
mod secret;
mod session;
mod session_memory;
mod sessions;
mod settings;
mod signed_in;
mod start;
mod target;
mod token_endpoint;
mod user_info;

pub use adapter::{Adapter, SetUpError};
pub use advice::Advice;
pub use callback::{AuthorizationRefusal, CallbackQuery, MalformedCallback};
pub use clock::Clock;
pub use dpop::DpopKey;
pub use finish::LoginError;
pub use http::HttpFailure;
pub use id_token_fault::IdTokenFault;
pub use logout::{LogoutUrlError, SignOut};
pub use logout_token::LogoutTokenFault;
pub use metadata::DiscoveryFault;
pub use pending::{
    BoundLogin, BrowserKey, InMemoryPendingStore, PENDING_LOGIN_SECONDS, PendingLogin,
    PendingStore, StoreFailure, Stored,
};
pub use protocol;
pub use push::PushFault;
pub use refresh::{RefreshError, UserInfoError};
pub use secret::Secret;
pub use session::{EndedSessions, ProviderLogout, Session, SessionKey, SessionStore};
pub use session_memory::InMemorySessionStore;
pub use sessions::{LogoutFault, SessionError, Sessions};
pub use settings::{
    AcceptedAlgorithms, AdapterSettings, ClientAuthentication, PrivateKeyJwt, PushedRequests,
    SenderConstraint, SettingsError, SigningAlgorithm,
};
pub use signed_in::{SignedIn, Tokens};
pub use start::{Prompt, StartError, StartLogin, ThirdPartyLogin};
pub use target::{ForeignTarget, Target};
pub use token_endpoint::TokenFault;
pub use user_info::{UserInfo, UserInfoFault};
