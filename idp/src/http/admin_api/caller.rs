//! Who calls: the operator behind a token, on duty now, and what token and roles allow together (RFC 6750).

use actix_web::HttpRequest;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder};
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::duty::{Mandate, OnDuty, OperatorAuthentication, find_on_duty};
use idp_core::id::OperatorId;
use idp_core::operator::Right;
use idp_core::operator_token::{self, OperatorToken, OperatorTokenRefusal};
use serde_json::Value;

use crate::http::error::Failure;
use crate::http::extract::access_token::{Malformed, access_token};
use crate::http::extract::{Visit, dpop};
use crate::http::{problem, trail};

/// What a proof may be signed with (RFC 9449 §7.1).
const ALGORITHMS: &str = r#"algs="ES256 PS256""#;

/// An operator at the admin API.
pub struct Caller {
    on_duty: OnDuty,
    token: OperatorToken,
}

/// Why nothing is answered.
pub struct Refused {
    failure: Failure,
    /// What `WWW-Authenticate` says; absent: nothing is wrong with the token.
    challenge: Option<Challenge>,
}

enum Challenge {
    /// No token came: the challenge carries no error (RFC 6750 §3.1).
    NoToken,
    /// This is wrong with it.
    Error(&'static str),
    /// It is for less than this.
    Scope(Right),
}

impl<E: Into<Failure>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self {
            failure: error.into(),
            challenge: None,
        }
    }
}

/// Answers whoever may do one of these (anybody on duty where there is none), as JSON.
pub async fn read(
    visit: &Visit,
    request: &HttpRequest,
    rights: &[Right],
    answer: impl AsyncFnOnce(&Caller) -> Result<Value, Failure>,
) -> HttpResponse {
    let whole = async |caller: &Caller| {
        let body = answer(caller).await?;
        Ok(problem::begin(visit, StatusCode::OK).json(body))
    };
    answered(visit, request, rights, whole).await
}

/// Answers whoever is on duty, as JSON; what right that needs is found out on the way.
pub async fn answered_within(
    visit: &Visit,
    request: &HttpRequest,
    answer: impl AsyncFnOnce(&Caller) -> Result<Value, Refused>,
) -> HttpResponse {
    let called = async {
        let caller = Caller::find(visit, request).await?;
        let body = answer(&caller).await?;
        Ok::<_, Refused>(problem::begin(visit, StatusCode::OK).json(body))
    };
    let answer = match called.await {
        Ok(answer) => answer,
        Err(refused) => refused.answer(visit),
    };
    dpop::with_nonce(visit, request, answer).await
}

/// As [`read`], with an answer of its own.
pub async fn answered(
    visit: &Visit,
    request: &HttpRequest,
    rights: &[Right],
    answer: impl AsyncFnOnce(&Caller) -> Result<HttpResponse, Failure>,
) -> HttpResponse {
    let called = async {
        let caller = Caller::find(visit, request).await?;
        caller.allow(visit, rights).await?;
        Ok::<_, Refused>(answer(&caller).await?)
    };
    let answer = match called.await {
        Ok(answer) => answer,
        Err(refused) => refused.answer(visit),
    };
    dpop::with_nonce(visit, request, answer).await
}

/// Does what this right allows without a signature, and answers with JSON.
pub async fn changed(
    visit: &Visit,
    request: &HttpRequest,
    right: Right,
    change: impl AsyncFnOnce(&Caller, &Mandate) -> Result<Value, Failure>,
) -> HttpResponse {
    let whole = async |caller: &Caller, mandate: &Mandate| {
        let body = change(caller, mandate).await?;
        Ok(problem::begin(visit, StatusCode::OK).json(body))
    };
    given(visit, request, right, whole).await
}

/// As [`changed`], with an answer of its own.
pub async fn given(
    visit: &Visit,
    request: &HttpRequest,
    right: Right,
    answer: impl AsyncFnOnce(&Caller, &Mandate) -> Result<HttpResponse, Failure>,
) -> HttpResponse {
    let called = async {
        let caller = Caller::find(visit, request).await?;
        let mandate = caller.mandate(visit, right).await?;
        Ok::<_, Refused>(answer(&caller, &mandate).await?)
    };
    let answer = match called.await {
        Ok(answer) => answer,
        Err(refused) => refused.answer(visit),
    };
    dpop::with_nonce(visit, request, answer).await
}

impl Caller {
    async fn find(visit: &Visit, request: &HttpRequest) -> Result<Self, Refused> {
        let presented = match access_token(request, &[]) {
            Ok(Some(presented)) => presented,
            Ok(None) => return Err(Refused::without_token()),
            Err(Malformed) => {
                let status = StatusCode::BAD_REQUEST;
                return Err(Refused::because(
                    (status, "api-token-malformed"),
                    Challenge::Error("invalid_request"),
                ));
            }
        };
        let jkt = match dpop::proven_key(visit, request, (request.path(), &presented)).await {
            Ok(jkt) => jkt,
            Err(dpop::Unproven::Invalid(_)) => {
                return Err(unproven("api-dpop-invalid", "invalid_dpop_proof"));
            }
            Err(dpop::Unproven::NoNonce) => {
                return Err(unproven("api-dpop-nonce", "use_dpop_nonce"));
            }
            Err(dpop::Unproven::Failed(failure)) => return Err(failure.into()),
        };
        let sent = (presented.text.as_str(), jkt.as_deref());
        let token = match operator_token::read(&visit.cx, &*visit.state.keys, sent) {
            Ok(token) => token,
            Err(refusal) => return Err(refuse(visit, refusal, None).await),
        };
        let (authentication, now) = (token.authentication.clone(), visit.cx.now);
        let database = &visit.state.database;
        let on_duty = database
            .read(move |store| find_on_duty(store, &authentication, now))
            .await?;
        let Some(on_duty) = on_duty else {
            let operator = token.authentication.operator_id;
            return Err(refuse(visit, OperatorTokenRefusal::OffDuty, Some(operator)).await);
        };
        Ok(Self { on_duty, token })
    }

    /// Who it is.
    pub const fn on_duty(&self) -> &OnDuty {
        &self.on_duty
    }

    /// The sign-in that the token stands for.
    pub const fn authentication(&self) -> &OperatorAuthentication {
        &self.token.authentication
    }

    /// Whether token and roles allow it.
    pub fn may(&self, right: Right) -> bool {
        self.token.scopes.include(right) && self.on_duty.mandate(right).is_some()
    }

    /// What lets the operator do something. Asking without the right is an event.
    pub async fn mandate(&self, visit: &Visit, right: Right) -> Result<Mandate, Refused> {
        let mandate = self.on_duty.mandate(right);
        if !self.token.scopes.include(right) {
            let code = "api-scope-insufficient";
            let failure = self.note(visit, right, code).await;
            return Err(Refused {
                failure,
                challenge: Some(Challenge::Scope(right)),
            });
        }
        match mandate {
            Some(mandate) => Ok(mandate),
            None => Err(self.note(visit, right, "operator-not-allowed").await.into()),
        }
    }

    async fn allow(&self, visit: &Visit, rights: &[Right]) -> Result<(), Refused> {
        match rights.first() {
            Some(first) if !rights.iter().any(|right| self.may(*right)) => {
                self.mandate(visit, *first).await.map(drop)
            }
            _ => Ok(()),
        }
    }

    async fn note(&self, visit: &Visit, right: Right, code: &'static str) -> Failure {
        let event = AuditEvent {
            operator_id: Some(self.on_duty.operator().id.clone()),
            detail: Some(right.as_str().to_owned()),
            ..trail::event(visit, AuditKind::OperatorActRefused, code)
        };
        trail::refused(visit, event, Failure::refused(StatusCode::FORBIDDEN, code)).await
    }
}

const fn unproven(code: &'static str, error: &'static str) -> Refused {
    Refused::because((StatusCode::UNAUTHORIZED, code), Challenge::Error(error))
}

/// A token that opens nothing is an event.
async fn refuse(
    visit: &Visit,
    refusal: OperatorTokenRefusal,
    operator_id: Option<OperatorId>,
) -> Refused {
    let event = AuditEvent {
        operator_id,
        ..trail::event(visit, AuditKind::ApiRefused, refusal.code())
    };
    let failure = Failure::refused(StatusCode::UNAUTHORIZED, refusal.code());
    Refused {
        failure: trail::refused(visit, event, failure).await,
        challenge: Some(Challenge::Error("invalid_token")),
    }
}

impl Refused {
    const fn because((status, code): (StatusCode, &'static str), challenge: Challenge) -> Self {
        Self {
            failure: Failure::refused(status, code),
            challenge: Some(challenge),
        }
    }

    const fn without_token() -> Self {
        let said = (StatusCode::UNAUTHORIZED, "api-token-missing");
        Self::because(said, Challenge::NoToken)
    }

    fn answer(&self, visit: &Visit) -> HttpResponse {
        let mut begun = problem::begin(visit, self.failure.status);
        if let Some(challenge) = &self.challenge {
            challenge.name(&mut begun);
        }
        problem::finish(visit, &self.failure, begun)
    }
}

impl Challenge {
    /// Both ways of presenting a token, each in a header of its own (RFC 9449 §7.1).
    fn name(&self, answer: &mut HttpResponseBuilder) {
        let told = match self {
            Self::NoToken => String::new(),
            Self::Error(error) => format!(r#" error="{error}""#),
            Self::Scope(right) => {
                format!(r#" error="insufficient_scope", scope="{}""#, right.scope())
            }
        };
        let between = if told.is_empty() { "" } else { "," };
        let dpop = format!("DPoP{told}{between} {ALGORITHMS}");
        answer
            .append_header((header::WWW_AUTHENTICATE, format!("Bearer{told}")))
            .append_header((header::WWW_AUTHENTICATE, dpop));
    }
}
