//! Problems of pages: which status, which text, which incident. Written to the log once, here.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use idp_core::ephemeral::EphemeralError;
use idp_core::id::IncidentId;
use idp_core::signer::NotSigned;
use idp_core::store::StoreError;

use super::extract::Visit;
use super::routes::{CONSOLE, is_console};
use crate::view::{BackLink, ErrorPage, Problem};

/// A request that ends on the error page.
#[derive(Debug)]
pub struct Failure {
    /// Status of the answer.
    pub status: StatusCode,
    /// Code of the text: `problem-<code>`.
    pub code: &'static str,
    /// For the log; never shown.
    pub cause: Option<String>,
}

impl Failure {
    /// A refusal that needs no explanation in the log.
    pub const fn refused(status: StatusCode, code: &'static str) -> Self {
        Self {
            status,
            code,
            cause: None,
        }
    }

    fn unavailable(cause: String) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: "unavailable",
            cause: Some(cause),
        }
    }

    /// The keys are out of reach, as was seen before.
    pub fn no_signature() -> Self {
        Self::unavailable("nothing can be signed now".to_owned())
    }

    /// Something that cannot happen.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "internal",
            cause: Some(format!("{cause}")),
        }
    }

    /// The error page.
    pub fn page(&self, visit: &Visit) -> HttpResponse {
        self.page_with(visit, self.back(visit), &[])
    }

    /// The error page, leading to where one was heading.
    pub fn page_leading_to(&self, visit: &Visit, link: BackLink<'_>) -> HttpResponse {
        self.page_with(visit, Some(link), &[])
    }

    /// The same, with what was typed into the form that is refused: pairs of field and text.
    pub fn page_keeping(
        &self,
        visit: &Visit,
        link: BackLink<'_>,
        typed: &[(&str, &str)],
    ) -> HttpResponse {
        self.page_with(visit, Some(link), typed)
    }

    fn page_with(
        &self,
        visit: &Visit,
        back: Option<BackLink<'_>>,
        typed: &[(&str, &str)],
    ) -> HttpResponse {
        self.log(&visit.incident_id);
        let page = ErrorPage {
            frame: visit.frame(None),
            status: self.status.as_u16(),
            problem: Problem {
                code: self.code,
                args: &[],
                incident: Some(visit.incident_id.as_str()),
            },
            at: visit.moment(),
            back,
            typed,
        };
        visit.html(self.status, page.render())
    }

    /// Whether a form was refused because the session it came from is over or another one by now: what an
    /// honest person meets who left a page open.
    pub fn is_stale(&self) -> bool {
        matches!(self.code, "session-expired" | "csrf" | "page-outdated")
    }

    /// As a script or as a person reads it, whichever sent the request.
    pub fn answer(&self, visit: &Visit, request: &HttpRequest) -> HttpResponse {
        let kind = request.headers().get(header::CONTENT_TYPE);
        if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json")) {
            self.json(visit)
        } else {
            self.page(visit)
        }
    }

    /// The same for a script: the code and its text in the page's language.
    pub fn json(&self, visit: &Visit) -> HttpResponse {
        self.log(&visit.incident_id);
        let messages = crate::view::Messages::of(visit.locale);
        HttpResponse::build(self.status)
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(serde_json::json!({
                "error": self.code,
                "message": messages.t(&format!("problem-{}", self.code)),
                "advice": messages.t(&format!("problem-{}-advice", self.code)),
                "incident": visit.incident_id.as_str(),
                "stale": self.is_stale(),
            }))
    }

    /// Writes the cause to the log, where there is one.
    pub fn log(&self, incident: &IncidentId) {
        match &self.cause {
            Some(cause) if self.status.is_server_error() => {
                tracing::error!(%incident, code = self.code, cause, "request failed");
            }
            _ => tracing::info!(%incident, code = self.code, "request refused"),
        }
    }

    fn back(&self, visit: &Visit) -> Option<BackLink<'static>> {
        if self.code == "operator-session-over" {
            return Some(BackLink {
                href: "/console/sign-in",
                label_key: "back-to-console",
            });
        }
        let (href, label_key) = match (self.code, visit.is_signed_in()) {
            ("page-outdated", _) => ("/certificate", "go-on-signed-in"),
            ("session-expired" | "csrf" | "request-expired", true) => {
                ("/platforms", "back-to-platforms")
            }
            ("session-expired" | "csrf" | "request-expired", false) => ("/login", "back-to-login"),
            _ if is_console(visit.path().split('?').next().unwrap_or_default()) => {
                (CONSOLE, "back-to-console-home")
            }
            _ => return None,
        };
        Some(BackLink { href, label_key })
    }
}

impl From<NotSigned> for Failure {
    fn from(error: NotSigned) -> Self {
        match error {
            NotSigned::NoKey(_) => Self::internal(error),
            NotSigned::OutOfReach(_) => Self::unavailable(error.to_string()),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::unavailable(error.to_string()),
            StoreError::ImpossibleRow { .. } => Self::internal(error),
        }
    }
}

impl From<crate::receipts::ReceiptError> for Failure {
    fn from(error: crate::receipts::ReceiptError) -> Self {
        use crate::receipts::ReceiptError;
        use idp_core::transparency::LogError;
        match error {
            ReceiptError::Unknown => Self::refused(StatusCode::NOT_FOUND, "receipt-unknown"),
            ReceiptError::NotYet => {
                Self::refused(StatusCode::SERVICE_UNAVAILABLE, "receipt-not-yet")
            }
            ReceiptError::Log(LogError::Store(error)) => error.into(),
            ReceiptError::NotSigned(error) => error.into(),
            ReceiptError::Log(LogError::Damaged(_)) | ReceiptError::Unwritable(_) => {
                Self::internal(error)
            }
        }
    }
}

impl From<EphemeralError> for Failure {
    fn from(error: EphemeralError) -> Self {
        match error {
            EphemeralError::Unavailable(_) => Self::unavailable(error.to_string()),
            EphemeralError::ImpossibleRecord(_) => Self::internal(error),
        }
    }
}

impl From<idp_core::locks::ChangeError> for Failure {
    fn from(error: idp_core::locks::ChangeError) -> Self {
        match error {
            idp_core::locks::ChangeError::Store(error) => error.into(),
            idp_core::locks::ChangeError::Raced => Self::unavailable(error.to_string()),
        }
    }
}

impl From<idp_core::bind::BindError> for Failure {
    fn from(error: idp_core::bind::BindError) -> Self {
        match error {
            idp_core::bind::BindError::Store(error) => error.into(),
            idp_core::bind::BindError::Raced => Self::unavailable(error.to_string()),
        }
    }
}
