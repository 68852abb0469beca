//! 企业登录: one form that asks the lock for a signature.

use askama::Template;

use super::{AboutPlatform, ChallengeForm, Frame, Problem, page};

/// The sign-in page.
#[derive(Clone, Debug, Template)]
#[template(path = "login.html")]
pub struct LoginPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// What the lock is asked to sign.
    pub challenge: ChallengeForm<'a>,
    /// The pending authorization this sign-in belongs to; comes back as the field `request`.
    pub request: Option<&'a str>,
    /// The platform chosen at the portal; comes back as the field `platform`.
    pub platform: Option<&'a str>,
    /// The platform the person is heading for.
    pub platform_name: Option<&'a str>,
    /// What that says of itself.
    pub about: AboutPlatform<'a>,
    /// Credit code of the enterprise that the platform expects (`login_hint`).
    pub expected: Option<&'a str>,
    /// Why the last attempt was refused.
    pub problem: Option<Problem<'a>>,
}

page!(LoginPage, 16 * 1024);
