//! What goes back to a platform from the authorization endpoint: a code or an error, with `state` and `iss` (RFC 9207).

use super::ErrorCode;
use crate::authorization::{AuthorizationRequest, ResponseMode};

/// Where an answer goes, how, and with which `state`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerTo {
    /// Registered.
    pub redirect_uri: String,
    /// How it travels.
    pub mode: ResponseMode,
    /// As it came.
    pub state: Option<String>,
}

/// An answer with all its parameters, `state` and `iss` included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Where to.
    pub redirect_uri: String,
    /// How.
    pub mode: ResponseMode,
    /// In order.
    pub parameters: Vec<(&'static str, String)>,
}

impl AnswerTo {
    /// Where a request is answered.
    pub fn request(request: &AuthorizationRequest) -> Self {
        Self {
            redirect_uri: request.redirect_uri.clone(),
            mode: request.response_mode,
            state: request.state.clone(),
        }
    }

    /// With a code.
    pub fn code(self, issuer: &str, code: &str) -> Answer {
        self.with(issuer, vec![("code", code.to_owned())])
    }

    /// With an error; the description is for the platform's developer.
    pub fn error(self, issuer: &str, error: ErrorCode, description: Option<&str>) -> Answer {
        let mut parameters = vec![("error", error.as_str().to_owned())];
        parameters.extend(description.map(|text| ("error_description", text.to_owned())));
        self.with(issuer, parameters)
    }

    fn with(self, issuer: &str, mut parameters: Vec<(&'static str, String)>) -> Answer {
        parameters.extend(self.state.map(|state| ("state", state)));
        parameters.push(("iss", issuer.to_owned()));
        Answer {
            redirect_uri: self.redirect_uri,
            mode: self.mode,
            parameters,
        }
    }
}

impl Answer {
    /// The whole address of [`ResponseMode::Query`]. `None`: the address can't be read.
    pub fn address(&self) -> Option<String> {
        let mut uri = url::Url::parse(&self.redirect_uri).ok()?;
        uri.query_pairs_mut().extend_pairs(&self.parameters);
        Some(uri.into())
    }
}
