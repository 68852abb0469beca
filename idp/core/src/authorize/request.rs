//! Reading an authorization request: a numbered pipeline from parameters to [`AuthorizationRequest`]. The parameters one
//! by one are in [`super::asked`].
//!
//! Until the redirect URI is known to be registered, every refusal is a page.

use super::answer::AnswerTo;
use super::asked::Asked;
use super::error::{ErrorCode, PageRefusal, RequestRefusal};
use crate::authorization::{AuthorizationRequest, ResponseMode};
use crate::cx::Cx;
use crate::platform::{Client, Platform, PlatformState};
use crate::signer::Signer;

/// How a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By its parameters.
    Plain,
    /// By a request object that the client signed.
    Object,
    /// Pushed by the client, by its parameters.
    Pushed,
    /// Pushed by the client, by a request object.
    PushedObject,
}

/// Parameters as they came, in order.
pub type Parameters = [(String, String)];

/// The one value of a parameter. `Err`: it came more than once (RFC 6749 §3.1).
pub fn single<'a>(parameters: &'a Parameters, name: &str) -> Result<Option<&'a str>, Doubled> {
    let mut values = parameters.iter().filter(|(n, _)| n == name);
    let first = values.next();
    if values.next().is_some() {
        return Err(Doubled);
    }
    // RFC 6749 §3.1: parameters without a value are treated as omitted.
    Ok(first.map(|(_, v)| v.as_str()).filter(|v| !v.is_empty()))
}

/// A parameter came more than once.
#[derive(Debug)]
pub struct Doubled;

/// The `client_id`, to look the platform up before [`read`].
pub fn client_id(parameters: &Parameters) -> Result<Option<&str>, RequestRefusal> {
    single(parameters, "client_id").or(Err(RequestRefusal::Page(PageRefusal::Malformed)))
}

/// Reads a request. `platform` is what the store has under its `client_id`; `parameters` are those of the request
/// object where there is one.
pub fn read(
    cx: &Cx,
    signer: &dyn Signer,
    (parameters, way): (&Parameters, Way),
    platform: Option<&Platform>,
) -> Result<AuthorizationRequest, RequestRefusal> {
    // 1. A platform that people can go to. 2. A registered place to answer to.
    let (platform, client, to) = answerable(parameters, platform)?;
    // 3. From here on the platform gets the error.
    let asked = Asked {
        parameters,
        client,
        signer,
    };
    asked
        .read(cx, platform, way, &to)
        .map_err(|refused| told(to, refused))
}

/// The refusal of a request whose object is unusable: to the platform where the parameters beside the object name a
/// registered place, else a page.
pub fn refuse(
    parameters: &Parameters,
    platform: Option<&Platform>,
    refused: Refused,
) -> RequestRefusal {
    match answerable(parameters, platform) {
        Ok((_, _, to)) => told(to, refused),
        Err(RequestRefusal::Page(PageRefusal::RedirectUriMismatch)) => {
            RequestRefusal::Page(PageRefusal::RequestUnusable)
        }
        Err(refusal) => refusal,
    }
}

fn told(to: AnswerTo, (error, description): Refused) -> RequestRefusal {
    RequestRefusal::Redirect {
        to,
        error,
        description,
    }
}

fn answerable<'a>(
    parameters: &Parameters,
    platform: Option<&'a Platform>,
) -> Result<(&'a Platform, &'a Client, AnswerTo), RequestRefusal> {
    let platform = platform.ok_or(RequestRefusal::Page(PageRefusal::PlatformUnknown))?;
    let client = active_client(platform).map_err(RequestRefusal::Page)?;
    let redirect_uri = redirect_uri(parameters, client).map_err(RequestRefusal::Page)?;
    let state =
        single(parameters, "state").or(Err(RequestRefusal::Page(PageRefusal::Malformed)))?;
    // Where the mode itself is wrong, the error goes in the default one.
    let mode = single(parameters, "response_mode").ok().flatten();
    let to = AnswerTo {
        redirect_uri: redirect_uri.to_owned(),
        mode: mode.and_then(ResponseMode::of_word).unwrap_or_default(),
        state: state.map(str::to_owned),
    };
    Ok((platform, client, to))
}

fn active_client(platform: &Platform) -> Result<&Client, PageRefusal> {
    match (platform.state, &platform.client) {
        (PlatformState::Active, Some(client)) => Ok(client),
        (PlatformState::Suspended, _) => Err(PageRefusal::PlatformSuspended),
        (
            PlatformState::Active
            | PlatformState::Listed
            | PlatformState::Pending
            | PlatformState::Withdrawn,
            _,
        ) => Err(PageRefusal::PlatformNotConnected),
    }
}

fn redirect_uri<'a>(parameters: &'a Parameters, client: &Client) -> Result<&'a str, PageRefusal> {
    let asked = single(parameters, "redirect_uri")
        .or(Err(PageRefusal::Malformed))?
        .ok_or(PageRefusal::RedirectUriMismatch)?;
    client
        .has_redirect_uri(asked)
        .then_some(asked)
        .ok_or(PageRefusal::RedirectUriMismatch)
}

/// An error for the platform and its explanation.
pub type Refused = (ErrorCode, &'static str);
