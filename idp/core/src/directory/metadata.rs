//! Client metadata (RFC 7591 §2) and the registration it describes: one reads as the other, both ways.
//!
//! Owns which values are taken. What an operator alone decides (consent, resources, exceptions, the profile) comes from the
//! registration that stands, never from metadata.

use core::net::IpAddr;

use protocol::registration::ClientMetadata;
use protocol::scope::{Scope, ScopeSet};

use super::client_keys::usable_keys;
use crate::authorization::Assurance;
use crate::platform::{
    Client, ClientAlgorithm, ClientAuthentication, ClientKeys, JwsAlgorithm, LogoutRules,
    Presentation, RequestRules, SenderConstraint, SubjectType, TlsSubject, TokenRules,
};
use crate::token::client_authentication::METHODS;

/// Most addresses of one kind.
const URIS_MAX: usize = 20;

/// Why metadata is refused (RFC 7591 §3.2.2).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataProblem {
    /// `invalid_redirect_uri`
    #[error("redirect_uris: {0}")]
    RedirectUri(String),
    /// `invalid_client_metadata`
    #[error("{0}: {1}")]
    Metadata(&'static str, String),
}

impl MetadataProblem {
    /// The word on the wire.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RedirectUri(_) => "invalid_redirect_uri",
            Self::Metadata(..) => "invalid_client_metadata",
        }
    }
}

fn bad<T>(name: &'static str, why: impl Into<String>) -> Result<T, MetadataProblem> {
    Err(MetadataProblem::Metadata(name, why.into()))
}

/// The registration that metadata describes. `before`: the one that stands, or the defaults; its secret stays where a
/// secret is still wanted, and a new one is the caller's to make.
pub fn client_of(metadata: &ClientMetadata, before: &Client) -> Result<Client, MetadataProblem> {
    if metadata.redirect_uris.is_empty() || metadata.redirect_uris.len() > URIS_MAX {
        let why = format!("1 to {URIS_MAX} are needed");
        return Err(MetadataProblem::RedirectUri(why));
    }
    let responses = metadata.response_types.as_deref().unwrap_or_default();
    if responses.iter().any(|word| word != "code") {
        return bad("response_types", "code alone is supported");
    }
    let client = Client {
        authentication: authentication(metadata, before)?,
        keys: keys(metadata)?,
        redirect_uris: metadata.redirect_uris.clone(),
        initiate_login_uri: metadata.initiate_login_uri.clone(),
        scopes: scopes(metadata, before)?,
        id_token_alg: match &metadata.id_token_signed_response_alg {
            None => JwsAlgorithm::Rs256,
            Some(word) => signing("id_token_signed_response_alg", word)?,
        },
        requests: requests(metadata, before)?,
        tokens: tokens(metadata, before)?,
        logout: logout(metadata)?,
        presentation: Presentation {
            client_uri: metadata.client_uri.clone(),
            logo_uri: metadata.logo_uri.clone(),
            policy_uri: metadata.policy_uri.clone(),
            tos_uri: metadata.tos_uri.clone(),
        },
        ..before.clone()
    };
    super::check_client(&client).map_err(|refusal| match refusal {
        super::RegistrationRefusal::BadUri(uri) if metadata.redirect_uris.contains(&uri) => {
            MetadataProblem::RedirectUri(super::RegistrationRefusal::BadUri(uri).to_string())
        }
        refusal => MetadataProblem::Metadata("client", refusal.to_string()),
    })?;
    Ok(client)
}

fn authentication(
    metadata: &ClientMetadata,
    before: &Client,
) -> Result<ClientAuthentication, MetadataProblem> {
    const NAME: &str = "token_endpoint_auth_method";
    let method = metadata.token_endpoint_auth_method.as_deref();
    Ok(match method.unwrap_or("client_secret_basic") {
        "client_secret_basic" | "client_secret_post" => match &before.authentication {
            secret @ ClientAuthentication::ClientSecret { .. } => secret.clone(),
            // Nothing has this digest: nobody proves themselves until the caller puts one in.
            _ => ClientAuthentication::ClientSecret {
                sha256: String::new(),
                previous: None,
            },
        },
        "private_key_jwt" => ClientAuthentication::PrivateKeyJwt,
        "none" => ClientAuthentication::None,
        "self_signed_tls_client_auth" => ClientAuthentication::SelfSignedTlsClientAuth,
        "tls_client_auth" => ClientAuthentication::TlsClientAuth {
            subject: tls_subject(metadata)?,
        },
        _ => return bad(NAME, format!("must be one of {}", METHODS.join(", "))),
    })
}

/// RFC 8705 §2.1.2: exactly one of the five.
fn tls_subject(metadata: &ClientMetadata) -> Result<TlsSubject, MetadataProblem> {
    let ip = match metadata.tls_client_auth_san_ip.as_deref() {
        None => None,
        Some(text) => match text.parse::<IpAddr>() {
            Ok(address) => Some(TlsSubject::SanIp(address)),
            Err(_) => return bad("tls_client_auth_san_ip", "is no IP address"),
        },
    };
    let text = |value: &Option<String>, make: fn(String) -> TlsSubject| value.clone().map(make);
    let mut named = [
        text(&metadata.tls_client_auth_subject_dn, TlsSubject::Dn),
        text(&metadata.tls_client_auth_san_dns, TlsSubject::SanDns),
        text(&metadata.tls_client_auth_san_uri, TlsSubject::SanUri),
        text(&metadata.tls_client_auth_san_email, TlsSubject::SanEmail),
        ip,
    ]
    .into_iter()
    .flatten();
    let written = metadata.tls_client_auth_subject_dn.as_deref();
    if !written.is_none_or(pki::name::is_name) {
        return bad(
            "tls_client_auth_subject_dn",
            "is no name as RFC 4514 writes it",
        );
    }
    match (named.next(), named.next()) {
        (Some(subject), None) => Ok(subject),
        _ => bad(
            "tls_client_auth",
            "needs exactly one subject or subject alternative name",
        ),
    }
}

fn keys(metadata: &ClientMetadata) -> Result<Option<ClientKeys>, MetadataProblem> {
    match (&metadata.jwks, &metadata.jwks_uri) {
        (Some(_), Some(_)) => bad("jwks", "and jwks_uri exclude one another (RFC 7591 §2)"),
        (Some(jwks), None) => match usable_keys(jwks) {
            Ok(jwks) => Ok(Some(ClientKeys::Jwks(jwks))),
            Err(problem) => bad("jwks", problem.to_string()),
        },
        (None, Some(uri)) if super::is_acceptable_uri(uri) => {
            Ok(Some(ClientKeys::JwksUri(uri.clone())))
        }
        (None, Some(_)) => bad("jwks_uri", "must be an https URI"),
        (None, None) => Ok(None),
    }
}

/// What it asks for within what it may have; without a wish, all of that.
fn scopes(metadata: &ClientMetadata, before: &Client) -> Result<ScopeSet, MetadataProblem> {
    let Some(words) = &metadata.scope else {
        return Ok(before.scopes.clone());
    };
    let scopes = ScopeSet::of_known_words(words).intersection(&before.scopes);
    if scopes.contains(Scope::Openid) {
        return Ok(scopes);
    }
    bad("scope", "must contain openid")
}

fn signing(name: &'static str, word: &str) -> Result<JwsAlgorithm, MetadataProblem> {
    match JwsAlgorithm::of_word(word) {
        Some(algorithm) => Ok(algorithm),
        None => bad(
            name,
            format!(
                "must be one of {}",
                JwsAlgorithm::ALL.map(JwsAlgorithm::as_str).join(", ")
            ),
        ),
    }
}

fn requests(metadata: &ClientMetadata, before: &Client) -> Result<RequestRules, MetadataProblem> {
    let native = match metadata.application_type.as_deref() {
        None | Some("web") => false,
        Some("native") => true,
        Some(_) => return bad("application_type", "must be web or native"),
    };
    let object_alg = match metadata.request_object_signing_alg.as_deref() {
        None => None,
        Some(word) => match ClientAlgorithm::of_word(word) {
            Some(algorithm) => Some(algorithm),
            None => {
                return bad(
                    "request_object_signing_alg",
                    "must be ES256, PS256 or RS256",
                );
            }
        },
    };
    let is_acceptable =
        |uri: &String| super::is_acceptable_uri(uri.split('#').next().unwrap_or_default());
    if metadata.request_uris.len() > URIS_MAX || !metadata.request_uris.iter().all(is_acceptable) {
        return bad("request_uris", format!("at most {URIS_MAX} https URIs"));
    }
    if metadata
        .default_acr_values
        .iter()
        .any(|acr| Assurance::of_word(acr).is_none())
    {
        return bad("default_acr_values", "names one that is not supported");
    }
    Ok(RequestRules {
        pushed_only: metadata
            .require_pushed_authorization_requests
            .unwrap_or(false),
        signed_only: metadata.require_signed_request_object.unwrap_or(false),
        object_alg,
        request_uris: metadata.request_uris.clone(),
        default_max_age: metadata.default_max_age,
        default_acr_values: metadata.default_acr_values.clone(),
        native,
        pkce_optional: before.requests.pkce_optional,
    })
}

fn tokens(metadata: &ClientMetadata, before: &Client) -> Result<TokenRules, MetadataProblem> {
    let asked = metadata.grant_types.as_deref().unwrap_or_default();
    for grant_type in asked {
        if !matches!(
            grant_type.as_str(),
            "authorization_code" | "refresh_token" | "client_credentials"
        ) {
            return bad("grant_types", format!("{grant_type} is not supported"));
        }
    }
    let has = |word: &str| asked.iter().any(|asked| asked == word);
    if !asked.is_empty() && !has("authorization_code") {
        return bad(
            "grant_types",
            "authorization_code is needed: people come by it",
        );
    }
    let sender_constraint = match (
        metadata.dpop_bound_access_tokens.unwrap_or(false),
        metadata
            .tls_client_certificate_bound_access_tokens
            .unwrap_or(false),
    ) {
        (true, true) => {
            return bad(
                "dpop_bound_access_tokens",
                "and tls_client_certificate_bound_access_tokens exclude one another",
            );
        }
        (true, false) => SenderConstraint::Dpop,
        (false, true) => SenderConstraint::Mtls,
        (false, false) => SenderConstraint::None,
    };
    Ok(TokenRules {
        refresh: has("refresh_token"),
        client_credentials: has("client_credentials"),
        sender_constraint,
        subject_type: subject_type(metadata)?,
        userinfo_alg: match &metadata.userinfo_signed_response_alg {
            None => None,
            Some(word) => Some(signing("userinfo_signed_response_alg", word)?),
        },
        ..before.tokens.clone()
    })
}

/// `OpenID` Connect Core §8.1: one host, that of `sector_identifier_uri` or of every redirect URI.
fn subject_type(metadata: &ClientMetadata) -> Result<SubjectType, MetadataProblem> {
    match metadata.subject_type.as_deref() {
        None | Some("public") => return Ok(SubjectType::Public),
        Some("pairwise") => (),
        Some(_) => return bad("subject_type", "must be public or pairwise"),
    }
    let mut hosts: Vec<String> = match &metadata.sector_identifier_uri {
        Some(uri) => host(uri).into_iter().collect(),
        None => metadata
            .redirect_uris
            .iter()
            .filter_map(|uri| host(uri))
            .collect(),
    };
    hosts.sort();
    hosts.dedup();
    match hosts.as_slice() {
        [sector] => Ok(SubjectType::Pairwise {
            sector: sector.clone(),
        }),
        _ => bad(
            "sector_identifier_uri",
            "is needed where redirect URIs have more than one host",
        ),
    }
}

fn logout(metadata: &ClientMetadata) -> Result<LogoutRules, MetadataProblem> {
    let homes: Vec<String> = metadata
        .redirect_uris
        .iter()
        .filter_map(|uri| host(uri))
        .collect();
    let is_at_home = |uri: &String| {
        super::is_acceptable_uri(uri) && host(uri).is_some_and(|host| homes.contains(&host))
    };
    if metadata.post_logout_redirect_uris.len() > URIS_MAX
        || !metadata.post_logout_redirect_uris.iter().all(is_at_home)
    {
        return bad(
            "post_logout_redirect_uris",
            "must be https URIs at the host of a redirect URI",
        );
    }
    if !metadata.backchannel_logout_uri.iter().all(is_at_home) {
        return bad(
            "backchannel_logout_uri",
            "must be an https URI at the host of a redirect URI",
        );
    }
    Ok(LogoutRules {
        post_logout_redirect_uris: metadata.post_logout_redirect_uris.clone(),
        backchannel_uri: metadata.backchannel_logout_uri.clone(),
        backchannel_session_required: metadata
            .backchannel_logout_session_required
            .unwrap_or(false),
    })
}

fn host(uri: &str) -> Option<String> {
    Some(url::Url::parse(uri).ok()?.host_str()?.to_owned())
}
