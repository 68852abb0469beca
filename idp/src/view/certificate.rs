//! 证书信息: what the lock said about itself, before 进入授权.

use std::borrow::Cow;

use askama::Template;
use time::OffsetDateTime;

use super::{Frame, page};

/// The certificate page.
#[derive(Clone, Debug, Template)]
#[template(path = "certificate.html")]
pub struct CertificatePage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// What the certificate says.
    pub certificate: CertificateFacts<'a>,
    /// Whole days until it expires, where it is time to be reminded.
    pub days_left: Option<String>,
    /// Whether this sign-in put the certificate in an older one's place, and what that brought.
    pub renewed: Option<Renewed>,
    /// Where 进入授权 leads.
    pub enter_href: &'a str,
    /// The platform the person is heading for.
    pub platform_name: Option<&'a str>,
}

/// What a certificate brought that took an older one's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewed {
    /// A later end.
    Later,
    /// The name that the enterprise has since it was renamed (FAQ 6).
    NewName,
}

impl Renewed {
    const fn key(self) -> &'static str {
        match self {
            Self::Later => "certificate-renewed",
            Self::NewName => "certificate-renamed",
        }
    }
}

/// What is shown of a certificate.
#[derive(Clone, Copy, Debug)]
pub struct CertificateFacts<'a> {
    /// 主体名称.
    pub holder_name: &'a str,
    /// 统一社会信用代码.
    pub credit_code: &'a str,
    /// The subject as one line (RFC 4514).
    pub subject: &'a str,
    /// The issuer as one line (RFC 4514).
    pub issuer: &'a str,
    /// The recognised CA's name in the registry.
    pub authority: &'a str,
    /// Serial number, hexadecimal.
    pub serial_number: &'a str,
    /// 证书Key号.
    pub key_number: &'a str,
    /// 硬件介质号.
    pub media_number: Option<&'a str>,
    /// Start of validity.
    pub not_before: OffsetDateTime,
    /// End of validity.
    pub not_after: OffsetDateTime,
    /// 主锁 or 副锁.
    pub lock_role: LockRole,
}

/// The lock's place in its enterprise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockRole {
    /// 主锁.
    Primary,
    /// 副锁.
    Secondary,
}

impl LockRole {
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Primary => "lock-role-primary",
            Self::Secondary => "lock-role-secondary",
        }
    }
}

impl CertificatePage<'_> {
    fn validity(&self) -> Cow<'static, str> {
        let frame = &self.frame;
        let from = frame.locale.date(self.certificate.not_before);
        let to = frame.locale.date(self.certificate.not_after);
        frame.ta(
            "certificate-validity-range",
            &[("from", &from), ("to", &to)],
        )
    }
}

page!(CertificatePage, 8 * 1024);
