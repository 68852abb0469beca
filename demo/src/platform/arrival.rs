//! What the platform does when the adapter says who arrived, or that nobody did.
//!
//! Owns that answer. Does not know the protocol: the adapter has checked everything.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use client_adapter::actix::{SignInFailure, SignInPages};
use client_adapter::{LoginError, SignOut, SignedIn};

use super::pages;
use super::sessions::{Arrival, Stage};
use super::site::Site;

/// The platform's side of a login.
pub(super) struct Arrivals(Arc<Site>);

impl Arrivals {
    pub(super) fn new(site: Arc<Site>) -> Self {
        Self(site)
    }
}

impl SignInPages for Arrivals {
    async fn on_signed_in(&self, signed_in: SignedIn, request: &HttpRequest) -> HttpResponse {
        // Whoever was signed in here before is no more; at the provider they may be.
        drop(self.0.end_session(request, SignOut::default()).await);
        let session = match self.0.signed_in.begin(signed_in.clone()).await {
            Ok(Some(session)) => session,
            Ok(None) => {
                let failure = SignInFailure::Login(LoginError::SignedOut);
                return self.on_error(failure, request).await;
            }
            Err(failure) => {
                let failure = SignInFailure::Login(LoginError::Store(failure));
                return self.on_error(failure, request).await;
            }
        };
        let arrival = Arrival::from(signed_in);
        let key = (self.0.sessions).begin(arrival, session, Stage::Arrived);
        HttpResponse::SeeOther()
            .cookie(self.0.cookie(&key))
            .insert_header((header::LOCATION, "/confirm"))
            .finish()
    }

    async fn on_error(&self, failure: SignInFailure, request: &HttpRequest) -> HttpResponse {
        eprintln!("platform {}: {failure}", self.0.id);
        let status = match &failure {
            SignInFailure::Start(client_adapter::StartError::Provider(_))
            | SignInFailure::Login(LoginError::Provider(_) | LoginError::Store(_)) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            SignInFailure::Start(_) | SignInFailure::Login(_) => StatusCode::BAD_REQUEST,
        };
        pages::sign_in_failed(&self.0, request, (status, &failure))
    }
}
