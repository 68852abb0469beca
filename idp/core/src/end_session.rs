//! Flow: a platform's request that a person be signed out (RP-Initiated Logout 1.0). From parameters to what is to be
//! done, in two steps: [`Asked::read`], then, with the platform that it names, [`Asked::admit`].
//!
//! Owns whose word counts: an ID token of ours says which session is meant, whatever its age. Without one the person is
//! asked, and is led nowhere unasked.

use protocol::claims::IdTokenClaims;

use crate::cx::Cx;
use crate::id::{PlatformId, SessionId};
use crate::platform::Platform;
use crate::presence::Present;
use crate::session::{Authentication, SessionRecord, SessionStage};
use crate::sign_out::{EndSession, Onward};
use crate::signer::{ID_TOKEN_TYP, Signer};

/// Longest ID token, in octets.
const TOKEN_MAX: usize = 8 * 1024;

/// Longest `state`, in octets.
const STATE_MAX: usize = 2048;

/// Why a request ends on a page. None leads anywhere, and none signs anybody out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoutRefusal {
    /// A parameter came more than once, or is too long.
    Malformed,
    /// `id_token_hint` is no ID token that we signed.
    HintInvalid,
    /// `client_id` is another one than that of the ID token.
    ClientMismatch,
    /// There is no such platform.
    PlatformUnknown,
    /// `post_logout_redirect_uri` is not registered, or nobody says for whom it is.
    RedirectUriMismatch,
}

impl LogoutRefusal {
    /// The machine word, in the audit trail and on pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "request-invalid",
            Self::HintInvalid => "logout-hint-invalid",
            Self::ClientMismatch => "logout-client-mismatch",
            Self::PlatformUnknown => "platform-unknown",
            Self::RedirectUriMismatch => "logout-uri-mismatch",
        }
    }
}

/// A request as it came, its ID token verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Whose request it is, as far as it says.
    pub platform: Option<PlatformId>,
    /// `ui_locales`
    pub ui_locales: Option<String>,
    session: Option<SessionId>,
    redirect_uri: Option<String>,
    state: Option<String>,
}

impl Asked {
    /// Reads the parameters.
    pub fn read(
        cx: &Cx,
        signer: &dyn Signer,
        parameters: &[(String, String)],
    ) -> Result<Self, LogoutRefusal> {
        // 1. Each parameter once.
        let [hint, client, redirect_uri, state, ui_locales] = [
            ("id_token_hint", TOKEN_MAX),
            ("client_id", 64),
            ("post_logout_redirect_uri", 2048),
            ("state", STATE_MAX),
            ("ui_locales", 256),
        ]
        .map(|(name, most)| one(parameters, name, most));
        let (hint, client) = (hint?, client?.map(PlatformId::from_text));
        // 2. An ID token of ours, if any (§2, §4): no expiry is looked at.
        let hinted = match hint {
            None => None,
            Some(token) => Some(hinted(cx, signer, &token)?),
        };
        // 3. Nobody speaks for another.
        let platform = match (hinted.as_ref().map(|(platform, _)| platform), client) {
            (Some(hinted), Some(named)) if *hinted != named => {
                return Err(LogoutRefusal::ClientMismatch);
            }
            (Some(hinted), _) => Some(hinted.clone()),
            (None, named) => named,
        };
        Ok(Self {
            platform,
            ui_locales: ui_locales?,
            session: hinted.map(|(_, session)| session),
            redirect_uri: redirect_uri?,
            state: state?,
        })
    }

    /// With the platform that [`Self::platform`] names, as it is stored.
    pub fn admit(self, platform: Option<&Platform>) -> Result<EndSession, LogoutRefusal> {
        if self.platform.is_some() && platform.is_none() {
            return Err(LogoutRefusal::PlatformUnknown);
        }
        let onward = match (self.redirect_uri, platform) {
            (None, _) => None,
            (Some(uri), Some(platform)) if Onward::is_registered(platform, &uri) => Some(Onward {
                platform: platform.id.clone(),
                uri,
                state: self.state,
            }),
            // §3: never anywhere else.
            (Some(_), _) => return Err(LogoutRefusal::RedirectUriMismatch),
        };
        Ok(EndSession {
            session: self.session,
            onward,
        })
    }
}

fn one(
    parameters: &[(String, String)],
    name: &str,
    most: usize,
) -> Result<Option<String>, LogoutRefusal> {
    let mut values = parameters.iter().filter(|(n, _)| n == name);
    match (values.next(), values.next()) {
        (Some((_, value)), None) if value.len() > most => Err(LogoutRefusal::Malformed),
        (value, None) => Ok(value.map(|(_, v)| v.clone()).filter(|v| !v.is_empty())),
        (_, Some(_)) => Err(LogoutRefusal::Malformed),
    }
}

/// For whom an ID token of ours was issued, and in which session.
fn hinted(
    cx: &Cx,
    signer: &dyn Signer,
    token: &str,
) -> Result<(PlatformId, SessionId), LogoutRefusal> {
    let bad = LogoutRefusal::HintInvalid;
    let claims = signer.verify(ID_TOKEN_TYP, token).ok_or(bad)?;
    let claims: IdTokenClaims = serde_json::from_slice(&claims).or(Err(bad))?;
    if claims.iss != cx.settings.issuer {
        return Err(bad);
    }
    let platform = PlatformId::from_text(claims.aud);
    Ok((platform, SessionId::from_text(claims.sid)))
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The ID token names the session of this very browser: it is signed out.
    SignOut,
    /// Somebody is signed in, and no ID token says that they are meant: they are asked.
    Ask,
    /// Nobody is signed in; what is left of the session that the ID token names, whose time is over, ends.
    Finish(Authentication),
    /// Nobody is signed in, and nothing is left to end.
    Nothing,
}

/// Decides. `meant` is the record of the session that the ID token names.
pub fn decide(cx: &Cx, meant: Option<SessionRecord>, present: Option<&Present>) -> Next {
    match (meant, present) {
        (Some(meant), Some(present)) if meant.root_id == present.session.root_id => Next::SignOut,
        (_, Some(_)) => Next::Ask,
        // A live one is somebody's in another browser: this one says nothing about it.
        (Some(meant), None) if meant.stage(&cx.settings, cx.now) == SessionStage::Over => {
            Next::Finish(Authentication {
                enterprise_id: meant.enterprise_id,
                key_lock_id: meant.key_lock_id,
                auth_time: meant.begun_at,
                session_id: meant.id,
            })
        }
        (_, None) => Next::Nothing,
    }
}
