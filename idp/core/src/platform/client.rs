//! Client: the OAuth side of a platform, in the words of RFC 7591 §2 and `OpenID` Connect Registration §2.
//!
//! Owns what is registered and its defaults. What was registered before a rule existed reads with the rule's
//! default, which is always the strict one that was in force then.

use protocol::scope::ScopeSet;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::consent_statement::ConsentSigner;

use super::{
    ClientAlgorithm, ClientAuthentication, ClientKeys, ContentEncryption, Floor, JwsAlgorithm,
    KeyEncryption,
};

/// When the consent page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentPolicy {
    /// At every login, as the guide shows.
    AskAlways,
    /// An operator lets the platform remember it for this many days.
    RememberDays(u16),
}

/// The rules a client is held to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecurityProfile {
    /// `OpenID` Connect with the rules of RFC 9700.
    #[default]
    Standard,
    /// FAPI 2.0 Security Profile: pushed requests, PKCE, a key or certificate of its own, tokens bound to it.
    Fapi2,
}

/// The OAuth side of a platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// How it proves itself.
    pub authentication: ClientAuthentication,
    /// Its public keys, where it has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<ClientKeys>,
    /// Compared character by character (RFC 9700 §2.1).
    pub redirect_uris: Vec<String>,
    /// Where the portal sends a person who chose this platform (`OpenID` Connect Core §4).
    pub initiate_login_uri: Option<String>,
    /// Sent along as `target_link_uri`.
    pub target_link_uri: Option<String>,
    /// The most it may ask for; also what the portal's consent page offers.
    pub scopes: ScopeSet,
    /// `id_token_signed_response_alg`.
    pub id_token_alg: JwsAlgorithm,
    /// When the consent page is shown.
    pub consent: ConsentPolicy,
    /// By whom its consents are signed. An operator's word alone: no metadata says it.
    #[serde(default)]
    pub consent_signature: ConsentSigner,
    /// Which rules it is held to.
    #[serde(default)]
    pub profile: SecurityProfile,
    /// Of its authorization requests.
    #[serde(default)]
    pub requests: RequestRules,
    /// Of its tokens.
    #[serde(default)]
    pub tokens: TokenRules,
    /// Of signing out.
    #[serde(default)]
    pub logout: LogoutRules,
    /// What people are shown of it.
    #[serde(default)]
    pub presentation: Presentation,
    /// What it said of itself that no rule reads.
    #[serde(default)]
    pub particulars: Particulars,
    /// Origins whose scripts may read its answers (CORS).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
    /// How strict an operator left it, where its platform manages it itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<Floor>,
}

/// What its authorization requests must and may be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a rule of its own in the standards"
)]
pub struct RequestRules {
    /// `require_pushed_authorization_requests` (RFC 9126 §6).
    pub pushed_only: bool,
    /// An operator lets this confidential client leave PKCE out. What it sends is checked all the same.
    pub pkce_optional: bool,
    /// `require_signed_request_object` (RFC 9101 §10.5).
    pub signed_only: bool,
    /// `request_object_signing_alg`; absent: any that clients may sign with.
    pub object_alg: Option<ClientAlgorithm>,
    /// `request_uris`: where its request objects may be, to the character.
    pub request_uris: Vec<String>,
    /// `default_max_age`, seconds.
    pub default_max_age: Option<u64>,
    /// `default_acr_values`
    pub default_acr_values: Vec<String>,
    /// `application_type` native: the port of a loopback redirect URI is the request's choice (RFC 8252 §7.3).
    pub native: bool,
}

/// To whom its access tokens are of use (RFC 9449, RFC 8705 §3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SenderConstraint {
    /// To the bearer, unless a request brings a `DPoP` proof.
    #[default]
    None,
    /// `dpop_bound_access_tokens`: a proof is required.
    Dpop,
    /// `tls_client_certificate_bound_access_tokens`: a certificate is required.
    Mtls,
}

/// What `sub` is to it (`OpenID` Connect Core §8).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// The same at every platform.
    #[default]
    Public,
    /// Another in each sector: what two platforms hold can't be laid side by side.
    Pairwise {
        /// Host of `sector_identifier_uri`, or of its redirect URIs.
        sector: String,
    },
}

/// What its tokens are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenRules {
    /// It gets refresh tokens.
    pub refresh: bool,
    /// It may ask for tokens of its own (RFC 6749 §4.4).
    pub client_credentials: bool,
    /// To whom they are of use.
    pub sender_constraint: SenderConstraint,
    /// What `sub` is.
    pub subject_type: SubjectType,
    /// `userinfo_signed_response_alg`; absent: plain JSON.
    pub userinfo_alg: Option<JwsAlgorithm>,
    /// An operator lets what it is told be signed with SM2.
    pub sm2: bool,
    /// `id_token_encrypted_response_alg` and `_enc`; absent: not encrypted.
    pub id_token_encryption: Option<TokenEncryption>,
    /// Resources it may name (RFC 8707), to the character.
    pub resources: Vec<String>,
    /// Resources it is: it may ask what a token for them is worth (RFC 7662), whoever holds it.
    pub serves: Vec<String>,
}

/// How a token is encrypted to the client (RFC 7518 §4, §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenEncryption {
    /// `alg`
    pub alg: KeyEncryption,
    /// `enc`
    pub enc: ContentEncryption,
}

/// What happens when people sign out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogoutRules {
    /// `post_logout_redirect_uris` (RP-Initiated Logout §3.1), to the character.
    pub post_logout_redirect_uris: Vec<String>,
    /// `backchannel_logout_uri` (Back-Channel Logout §2.2).
    pub backchannel_uri: Option<String>,
    /// `backchannel_logout_session_required`
    pub backchannel_session_required: bool,
}

/// What people are shown of it (RFC 7591 §2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Presentation {
    /// `client_uri`
    pub client_uri: Option<String>,
    /// `logo_uri`
    pub logo_uri: Option<String>,
    /// `policy_uri`
    pub policy_uri: Option<String>,
    /// `tos_uri`
    pub tos_uri: Option<String>,
}

/// What it said of itself that no rule reads: said back when its registration is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Particulars {
    /// `contacts`: whom to write to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,
    /// `software_id`
    pub software_id: Option<String>,
    /// `software_version`
    pub software_version: Option<String>,
    /// `sector_identifier_uri`, whose host became the sector.
    pub sector_identifier_uri: Option<String>,
    /// It named `client_secret_post`; a secret is taken either way.
    pub secret_by_post: bool,
}

impl Client {
    /// The strict defaults, for a client that proves itself in this way and gets its codes there.
    pub fn standard(authentication: ClientAuthentication, redirect_uris: Vec<String>) -> Self {
        Self {
            authentication,
            keys: None,
            redirect_uris,
            initiate_login_uri: None,
            target_link_uri: None,
            scopes: ScopeSet::all(),
            id_token_alg: JwsAlgorithm::Es256,
            consent: ConsentPolicy::AskAlways,
            consent_signature: ConsentSigner::Provider,
            profile: SecurityProfile::default(),
            requests: RequestRules::default(),
            tokens: TokenRules::default(),
            logout: LogoutRules::default(),
            presentation: Presentation::default(),
            particulars: Particulars::default(),
            origins: Vec::new(),
            floor: None,
        }
    }

    /// Whether codes may be sent there: compared character by character, never a prefix, a pattern or a normalised
    /// form (RFC 9700 §2.1). Of a native application's loopback address the port is left out (RFC 8252 §7.3).
    pub fn has_redirect_uri(&self, asked: &str) -> bool {
        let portless = self
            .requests
            .native
            .then(|| loopback_without_port(asked))
            .flatten();
        self.redirect_uris.iter().any(|registered| {
            registered == asked
                || portless.is_some() && loopback_without_port(registered) == portless
        })
    }
    /// Whether it can keep a secret.
    pub fn is_confidential(&self) -> bool {
        self.authentication != ClientAuthentication::None
    }

    /// Whether each of its requests must be pushed.
    pub fn must_push(&self) -> bool {
        self.requests.pushed_only || self.profile == SecurityProfile::Fapi2
    }

    /// Whether each of its requests must have a PKCE challenge (RFC 9700 §2.1.1): always, but for confidential
    /// clients that an operator excepted.
    pub fn must_prove_key(&self) -> bool {
        !(self.requests.pkce_optional
            && self.is_confidential()
            && self.profile == SecurityProfile::Standard)
    }

    /// Where a person goes who chose it at the portal (`OpenID` Connect Core §4). `None`: it takes nobody from there.
    pub fn initiation(&self, issuer: &str) -> Option<String> {
        let mut uri = Url::parse(self.initiate_login_uri.as_deref()?).ok()?;
        uri.query_pairs_mut().append_pair("iss", issuer);
        if let Some(target) = &self.target_link_uri {
            uri.query_pairs_mut().append_pair("target_link_uri", target);
        }
        Some(uri.into())
    }

    /// Whether anything it is told is signed with SM2.
    pub fn is_told_by_sm2(&self) -> bool {
        let algorithms = [Some(self.id_token_alg), self.tokens.userinfo_alg];
        algorithms.contains(&Some(JwsAlgorithm::Sm2Sm3))
    }

    /// Algorithms it may sign with.
    pub fn may_sign_with(&self, algorithm: ClientAlgorithm) -> bool {
        self.profile == SecurityProfile::Standard || algorithm != ClientAlgorithm::Rs256
    }
}

/// A loopback address by IP literal (RFC 8252 §7.3; a name may resolve elsewhere, §8.3), its port left out.
fn loopback_without_port(text: &str) -> Option<String> {
    let mut uri = url::Url::parse(text)
        .ok()
        .filter(|uri| uri.as_str() == text)?;
    let is_loopback = match uri.host()? {
        url::Host::Ipv4(address) => address.is_loopback(),
        url::Host::Ipv6(address) => address.is_loopback(),
        url::Host::Domain(_) => false,
    };
    if uri.scheme() != "http" || !is_loopback {
        return None;
    }
    uri.set_port(None).ok()?;
    Some(uri.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_native_application_chooses_the_port_and_only_on_loopback() {
        let uris = vec![
            "http://127.0.0.1/cb".to_owned(),
            "https://p.example/cb".to_owned(),
        ];
        let mut client = Client::standard(ClientAuthentication::None, uris);
        assert!(client.has_redirect_uri("http://127.0.0.1/cb"));
        assert!(!client.has_redirect_uri("http://127.0.0.1:4711/cb"));
        client.requests.native = true;
        assert!(client.has_redirect_uri("http://127.0.0.1:4711/cb"));
        for other in [
            "http://127.0.0.1:4711/cb/",
            "http://127.0.0.2:4711/cb",
            "http://localhost:4711/cb",
            "http://127.0.0.1:4711/cb?x",
            "http://user@127.0.0.1:4711/cb",
            "https://127.0.0.1:4711/cb",
            "https://p.example:4711/cb",
            "http://127.0.0.1:4711/a/../cb",
        ] {
            assert!(!client.has_redirect_uri(other), "{other}");
        }
    }

    #[test]
    fn a_registration_of_before_reads_with_the_strict_defaults() {
        let old = r#"{"authentication":{"method":"client_secret","sha256":"00"},"redirect_uris":["https://p.example/cb"],
            "initiate_login_uri":null,"target_link_uri":null,"scopes":"openid","id_token_alg":"ES256","consent":"ask_always"}"#;
        let client: Client = serde_json::from_str(old).unwrap();
        assert!(client.must_prove_key() && !client.must_push());
        assert_eq!(client.tokens, TokenRules::default());
        let again: Client = serde_json::from_str(&serde_json::to_string(&client).unwrap()).unwrap();
        assert_eq!(again, client);
    }
}
