//! Claims in ID tokens, access tokens and at userinfo.
//!
//! Owns their names and types. Does not know who may see which (see [`crate::scope`]) nor how a
//! token is signed.

use serde::{Deserialize, Serialize};

/// `acr` of a sign-in by a key lock: a hardware or software held key answered a fresh challenge.
pub const ACR_KEY_LOCK: &str = "urn:yizhengtong:acr:key-lock";

/// `acr` of a sign-in whose key answered for the very request: none that stood before counts.
pub const ACR_KEY_LOCK_FRESH: &str = "urn:yizhengtong:acr:key-lock-fresh";

/// `amr` of a sign-in by a key lock (RFC 8176 §2): proof of possession of a key that a PIN opens.
pub const AMR_KEY_LOCK: [&str; 3] = ["pop", "pin", "mfa"];

/// A primary (主锁) or secondary (副锁) lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LockRole {
    /// 主锁: the lock that was bound first.
    Primary,
    /// 副锁: another lock of the same enterprise.
    Secondary,
}

/// What kinds of market subject an enterprise is (主体类型); one or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectType {
    /// 投标人
    Bidder,
    /// 供应商
    Supplier,
    /// 招标人
    Tenderer,
    /// 采购人
    Purchaser,
    /// 招标代理
    TenderAgency,
    /// 竞买人
    AuctionBidder,
}

impl SubjectType {
    /// Every subject type, in the order in which pages show them.
    pub const ALL: [Self; 6] = [
        Self::Bidder,
        Self::Supplier,
        Self::Tenderer,
        Self::Purchaser,
        Self::TenderAgency,
        Self::AuctionBidder,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bidder => "bidder",
            Self::Supplier => "supplier",
            Self::Tenderer => "tenderer",
            Self::Purchaser => "purchaser",
            Self::TenderAgency => "tender-agency",
            Self::AuctionBidder => "auction-bidder",
        }
    }

    /// The type a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.as_str() == word)
    }
}

/// Claims of scope `enterprise`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnterpriseClaims {
    /// 主体名称, as the certificate gives it.
    pub name: String,
    /// 统一社会信用代码 (GB 32100), 18 characters.
    pub credit_code: String,
    /// 法人代表.
    pub legal_representative: String,
    /// GB/T 2260 code of where the enterprise is, 6 digits.
    pub region_code: String,
    /// 主体类型.
    pub subject_types: Vec<SubjectType>,
}

/// Claims of scope `certificate`: the lock that signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateClaims {
    /// Name of the CA办理机构 in the CA registry.
    pub certificate_issuer: String,
    /// Serial number, upper-case hexadecimal.
    pub certificate_serial_number: String,
    /// 证书Key号.
    pub key_number: String,
    /// 硬件介质号, where the token has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_number: Option<String>,
    /// notBefore, seconds since the Unix epoch.
    pub certificate_not_before: i64,
    /// notAfter, seconds since the Unix epoch.
    pub certificate_not_after: i64,
    /// SHA-256 thumbprint of the certificate, base64url (RFC 7515 §4.1.8).
    #[serde(rename = "x5t#S256")]
    pub x5t_s256: String,
    /// Primary or secondary.
    pub lock_role: LockRole,
}

/// The `address` claim (`OpenID` Connect Core §5.1.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressClaim {
    /// The whole address in one text.
    pub formatted: String,
}

/// Claims of scope `contact`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactClaims {
    /// 联系电话.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// 单位地址.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<AddressClaim>,
}

/// What userinfo answers (`OpenID` Connect Core §5.3.2): `sub` and the claims of the granted scopes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserInfo {
    /// Stable per enterprise.
    pub sub: String,
    /// With scope `enterprise`.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub enterprise: Option<EnterpriseClaims>,
    /// With scope `certificate`.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateClaims>,
    /// With scope `contact`.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactClaims>,
}

/// `aud`: one audience or several (RFC 7519 §4.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Audience {
    /// Whether `audience` is among them.
    pub fn names(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Many(many) => many.iter().any(|one| one == audience),
        }
    }
}

/// Claims of an ID token (`OpenID` Connect Core §2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdTokenClaims {
    /// Issuer.
    pub iss: String,
    /// Stable per enterprise.
    pub sub: String,
    /// The platform's `client_id`.
    pub aud: String,
    /// Expiry, seconds since the Unix epoch.
    pub exp: i64,
    /// Issued at, seconds since the Unix epoch.
    pub iat: i64,
    /// When the lock signed, seconds since the Unix epoch.
    pub auth_time: i64,
    /// Echo of the request's nonce.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// How it was done: [`ACR_KEY_LOCK`].
    pub acr: String,
    /// RFC 8176 words.
    pub amr: Vec<String>,
    /// The provider's session.
    pub sid: String,
    /// Half of the access token's digest (`OpenID` Connect Core §3.1.3.6).
    pub at_hash: String,
    /// Claims that the request asked for here (§5.5).
    #[serde(flatten)]
    pub told: serde_json::Map<String, serde_json::Value>,
}

/// Who alone may use a token (RFC 7800 `cnf`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confirmation {
    /// Whoever holds the key with this thumbprint (RFC 9449 §6.1).
    #[serde(rename = "jkt")]
    Key(String),
    /// Whoever shows the certificate with this thumbprint (RFC 8705 §3.1).
    #[serde(rename = "x5t#S256")]
    Certificate(String),
}

/// Claims of a JWT access token (RFC 9068 §2.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTokenClaims {
    /// Issuer.
    pub iss: String,
    /// Expiry, seconds since the Unix epoch.
    pub exp: i64,
    /// The resource: the provider's own userinfo unless the request named others.
    pub aud: Audience,
    /// Stable per enterprise.
    pub sub: String,
    /// The platform.
    pub client_id: String,
    /// Issued at, seconds since the Unix epoch.
    pub iat: i64,
    /// Names this token.
    pub jti: String,
    /// Granted scopes, separated by spaces.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scope: String,
    /// The grant this token stands on; revoking the grant kills the token. Absent, as all that follows from a sign-in,
    /// where a platform asked in its own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant_id: Option<String>,
    /// When the lock signed, seconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// How it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// RFC 8176 words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// Who alone may use it; absent: its bearer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
}

impl AccessTokenClaims {
    /// `token_type` of the token response (RFC 9449 §5; RFC 8705 §3: bound to a certificate, it is a bearer's in form).
    pub const fn token_type(&self) -> &'static str {
        match self.cnf {
            Some(Confirmation::Key(_)) => "DPoP",
            Some(Confirmation::Certificate(_)) | None => "Bearer",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn userinfo_holds_only_what_was_granted() {
        let info = UserInfo {
            sub: "s".to_owned(),
            enterprise: None,
            certificate: None,
            contact: None,
        };
        assert_eq!(
            serde_json::to_value(&info).ok(),
            Some(serde_json::json!({ "sub": "s" }))
        );
        let back: Result<UserInfo, _> = serde_json::from_str(r#"{"sub":"s"}"#);
        assert_eq!(back.ok().map(|i| i.enterprise), Some(None));
    }
}
