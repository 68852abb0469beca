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
//! use actix_web::{App, HttpRequest, HttpResponse, HttpServer, http::header, web};
//! use client_adapter::actix::{SignIn, SignInFailure, SignInPages, configure};
//! use client_adapter::{
//!     Adapter, AdapterSettings, ClientAuthentication, InMemoryPendingStore, SignedIn,
//! };
//!
//! struct Pages;
//!
//! impl SignInPages for Pages {
//!     async fn on_signed_in(&self, signed_in: SignedIn, _request: &HttpRequest) -> HttpResponse {
//!         // `signed_in.sub` never changes: look your own record of the enterprise up by it. Then
//!         // start a new session here, set its cookie, and go on to `signed_in.target`.
//!         if let Some(enterprise) = &signed_in.enterprise {
//!             println!("{} ({}) arrived", enterprise.name, enterprise.credit_code);
//!         }
//!         let target = signed_in.target.as_ref().map_or("/", |target| target.as_str());
//!         HttpResponse::SeeOther()
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
//! #[actix_web::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let settings = AdapterSettings::new(
//!         "https://idp.example",
//!         "chifeng",
//!         ClientAuthentication::ClientSecretBasic(std::env::var("CLIENT_SECRET")?.into()),
//!         "https://platform.example/auth/callback".parse()?,
//!     );
//!     let store = InMemoryPendingStore::new(10_000, settings.clock.clone());
//!     // `Adapter::discover(settings).await?` would insist on a provider that answers already.
//!     let adapter = Arc::new(Adapter::new(settings)?);
//!     let sign_in = web::Data::new(SignIn::new(adapter, Arc::new(store), Pages));
//!     HttpServer::new(move || App::new().configure(|config| configure(config, sign_in.clone())))
//!         .bind(("127.0.0.1", 8080))?
//!         .run()
//!         .await?;
//!     Ok(())
//! }
//! ```
//!
//! Link to `/auth/login` from your own page (`?target=/projects` leads back to that page), and register
//! `https://platform.example/auth/callback` as `redirect_uri` and `https://platform.example/auth/initiate` as
//! `initiate_login_uri`.
//!
//! Without actix-web, call [`Adapter::start_login`], [`Adapter::third_party_login`] and
//! [`Adapter::finish_login`] yourself, and keep the [`PendingLogin`] in between where only the browser
//! that started it can lead to it.
//!
//! # What is checked
//!
//! `state` and browser binding, RFC 9207 `iss`, PKCE S256, client authentication, ID token (signature by a
//! published key with an agreed algorithm, `crit`, `iss`, `aud`, `azp`, `exp`, `iat`, `nonce`, `acr`, `auth_time`,
//! `at_hash`), userinfo's `sub`; targets only within the platform. Every call to the provider is bounded
//! in time and size and follows no redirect.
//!
//! Owns the client side of the protocol. Does not know any `idp` crate, sessions of the platform, or
//! what the platform does with whom.

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
pub use session::{EndedSessions, Session, SessionKey, SessionStore};
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
