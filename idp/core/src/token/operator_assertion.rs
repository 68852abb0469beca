//! An operator's assertion (RFC 7523 §2.1): a JWT signed with the key of the very certificate that was entered for it.
//!
//! Owns the checks on it. Whether it came before is the caller's to ask the ephemeral port: [`Vouched::once`] says with what.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use pki::certificate::Certificate;
use pki::signature::{SignatureAlgorithm, verify_signature};
use protocol::claims::Audience;
use serde_json::Value;

use super::assertion_claims::{AssertionClaims, Untimely};
use crate::client_jwt::Header;
use crate::cx::Cx;
use crate::id::OperatorId;
use crate::key_lock::Thumbprint;
use crate::operator::Operator;
use crate::proof::Proven;
use crate::timestamp::Timestamp;
use crate::unique_members::Unique;

/// It is made for one token, now: nothing that lies about serves anybody later.
const AHEAD_SECONDS: i64 = 300;

/// `typ` of an assertion; absent stands for the first.
const TYPES: [&str; 2] = ["JWT", "authorization-grant+jwt"];

/// What it may be signed with. Never a symmetric algorithm.
const ALGORITHMS: [SignatureAlgorithm; 4] = [
    SignatureAlgorithm::Es256,
    SignatureAlgorithm::Es384,
    SignatureAlgorithm::Ps256,
    SignatureAlgorithm::Rs256,
];

/// Why an assertion is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssertionRefusal {
    /// No JWT, or of another type, or it names no certificate.
    Malformed,
    /// None of the algorithms.
    Algorithm,
    /// No operator has the certificate that it names.
    Certificate,
    /// Its signature is not that certificate's key's.
    Signature,
    /// `iss` and `sub` are not the operator.
    Subject,
    /// `aud` is not this provider alone.
    Audience,
    /// Its time is over.
    Expired,
    /// `exp` is too far ahead.
    TooFarAhead,
    /// `iat` or `nbf` is in the future.
    NotYet,
    /// It came before.
    Used,
}

impl AssertionRefusal {
    /// The machine word, in the audit trail.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "assertion-malformed",
            Self::Algorithm => "assertion-algorithm",
            Self::Certificate => "assertion-certificate",
            Self::Signature => "assertion-signature",
            Self::Subject => "assertion-subject",
            Self::Audience => "assertion-audience",
            Self::Expired => "assertion-expired",
            Self::TooFarAhead => "assertion-too-far-ahead",
            Self::NotYet => "assertion-not-yet",
            Self::Used => "assertion-used",
        }
    }

    /// For whoever writes the program; ASCII without `"` and `\`.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Malformed => {
                "the assertion is no JWT with iss, sub, aud, exp, jti and x5t#S256 or x5c"
            }
            Self::Algorithm => "the assertion must be signed with ES256, ES384, PS256 or RS256",
            // Whether somebody works here with a certificate is told to those who hold its key.
            Self::Certificate | Self::Signature => {
                "the assertion is not signed by the key of an operator's certificate"
            }
            Self::Subject => {
                "iss and sub of the assertion must be the operator's identifier or the certificate's x5t#S256"
            }
            Self::Audience => {
                "aud of the assertion must be the issuer or the token endpoint, alone"
            }
            Self::Expired => "the assertion has expired",
            Self::TooFarAhead => "exp of the assertion is more than five minutes ahead",
            Self::NotYet => "nbf or iat of the assertion is in the future",
            Self::Used => "the assertion was used before",
        }
    }
}

impl From<Untimely> for AssertionRefusal {
    fn from(untimely: Untimely) -> Self {
        match untimely {
            Untimely::Expired => Self::Expired,
            Untimely::TooFarAhead => Self::TooFarAhead,
            Untimely::NotYet => Self::NotYet,
        }
    }
}

/// A certificate whose key spoke for its operator. Only this module makes it.
#[derive(Clone, Debug)]
pub struct Vouched {
    certificate: Certificate,
    once: Option<(String, Timestamp)>,
}

impl Vouched {
    /// By a challenge that was answered.
    pub fn by_proof(proven: &Proven) -> Self {
        Self {
            certificate: proven.certificate().clone(),
            once: None,
        }
    }

    /// The certificate.
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Name and expiry of an assertion: must be new.
    pub fn once(&self) -> Option<(&str, Timestamp)> {
        self.once
            .as_ref()
            .map(|(name, until)| (name.as_str(), *until))
    }
}

/// An assertion that was read. Nothing of it is believed yet.
pub struct Assertion<'a> {
    jwt: &'a str,
    header: Header,
    named: Thumbprint,
}

impl<'a> Assertion<'a> {
    /// Reads which certificate it names.
    pub fn read(jwt: &'a str) -> Result<Self, AssertionRefusal> {
        let header = Header::read(jwt).ok_or(AssertionRefusal::Malformed)?;
        let typ = match header.member("typ") {
            None => "JWT",
            Some(typ) => typ.as_str().unwrap_or_default(),
        };
        let is_known = TYPES.iter().any(|known| typ.eq_ignore_ascii_case(known));
        if !is_known || header.is_critical() {
            return Err(AssertionRefusal::Malformed);
        }
        let named = named(&header).ok_or(AssertionRefusal::Malformed)?;
        Ok(Self { jwt, header, named })
    }

    /// The certificate it names.
    pub const fn named(&self) -> Thumbprint {
        self.named
    }

    /// Checks it against whoever has that certificate: the key is the entered one's, whatever the header brought.
    pub fn check(&self, cx: &Cx, operator: Option<&Operator>) -> Result<Vouched, AssertionRefusal> {
        let algorithm = self.algorithm()?;
        let operator = operator.ok_or(AssertionRefusal::Certificate)?;
        let certificate = Certificate::from_der(&operator.certificate)
            .ok()
            .filter(|entered| Thumbprint(entered.thumbprint_sha256()) == self.named)
            .ok_or(AssertionRefusal::Certificate)?;
        let claims = self.signed(&certificate, algorithm)?;
        let is_operator =
            |named: &str| named == operator.id.as_str() || named == self.named.to_text();
        if claims.iss != claims.sub || !is_operator(&claims.sub) {
            return Err(AssertionRefusal::Subject);
        }
        if !is_for_us(cx, &claims.aud) {
            return Err(AssertionRefusal::Audience);
        }
        claims.check_time(cx.now, AHEAD_SECONDS)?;
        if !claims.has_jti() {
            return Err(AssertionRefusal::Malformed);
        }
        let until = claims.counts_until();
        Ok(Vouched {
            certificate,
            once: Some((once(&operator.id, &claims.jti), until)),
        })
    }

    fn algorithm(&self) -> Result<SignatureAlgorithm, AssertionRefusal> {
        let word = self.header.text("alg");
        let mut known = ALGORITHMS.into_iter();
        let known = known.find(|algorithm| Some(algorithm.name()) == word);
        known.ok_or(AssertionRefusal::Algorithm)
    }

    fn signed(
        &self,
        certificate: &Certificate,
        algorithm: SignatureAlgorithm,
    ) -> Result<AssertionClaims, AssertionRefusal> {
        let wrong = AssertionRefusal::Signature;
        let (signed, signature) = self.jwt.rsplit_once('.').ok_or(wrong)?;
        let (_, claims) = signed.split_once('.').ok_or(wrong)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).or(Err(wrong))?;
        verify_signature(certificate, algorithm, signed.as_bytes(), &signature).or(Err(wrong))?;
        let malformed = AssertionRefusal::Malformed;
        let claims = URL_SAFE_NO_PAD.decode(claims).or(Err(malformed))?;
        let Unique(claims) = serde_json::from_slice(&claims).or(Err(malformed))?;
        serde_json::from_value(Value::Object(claims)).or(Err(malformed))
    }
}

/// One operator's assertions are told apart by their `jti`.
fn once(operator: &OperatorId, jti: &str) -> String {
    format!("{operator}:{jti}")
}

/// The certificate that a header names: by digest (RFC 7515 §4.1.8), whole (§4.1.6), or both alike.
fn named(header: &Header) -> Option<Thumbprint> {
    let digest = match header.member("x5t#S256") {
        None => None,
        Some(text) => {
            let octets = URL_SAFE_NO_PAD.decode(text.as_str()?).ok()?;
            Some(Thumbprint(octets.try_into().ok()?))
        }
    };
    let whole = match header.member("x5c") {
        None => None,
        Some(chain) => {
            let der = STANDARD.decode(chain.get(0)?.as_str()?).ok()?;
            let certificate = Certificate::from_der(&der).ok()?;
            Some(Thumbprint(certificate.thumbprint_sha256()))
        }
    };
    match (digest, whole) {
        (Some(digest), Some(whole)) => (digest == whole).then_some(digest),
        (one, other) => one.or(other),
    }
}

/// For this provider alone: what is for others too could be used by them.
fn is_for_us(cx: &Cx, audience: &Audience) -> bool {
    let issuer = cx.settings.issuer.as_str();
    let is_ours = |aud: &String| {
        let path = aud.strip_prefix(issuer);
        path.is_some_and(|path| ["", "/oauth2/token"].contains(&path))
    };
    match audience {
        Audience::One(aud) => is_ours(aud),
        Audience::Many(auds) => !auds.is_empty() && auds.iter().all(is_ours),
    }
}
