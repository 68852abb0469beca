//! What its tokens are, by its metadata.

use protocol::registration::ClientMetadata;

use super::super::uris::host;
use super::problem::{MetadataProblem, bad};
use crate::platform::{
    Client, ContentEncryption, JwsAlgorithm, KeyEncryption, SecurityProfile, SenderConstraint,
    SubjectType, TokenEncryption, TokenRules,
};

/// `id_token_signed_response_alg`. The default of `OpenID` Connect Registration §2 is RS256, which is not for FAPI 2.0.
pub(super) fn id_token_alg(
    metadata: &ClientMetadata,
    before: &Client,
) -> Result<JwsAlgorithm, MetadataProblem> {
    match &metadata.id_token_signed_response_alg {
        Some(word) => signing("id_token_signed_response_alg", word, before),
        None if before.profile == SecurityProfile::Fapi2 => Ok(JwsAlgorithm::Es256),
        None => Ok(JwsAlgorithm::Rs256),
    }
}

pub(super) fn tokens(
    metadata: &ClientMetadata,
    before: &Client,
) -> Result<TokenRules, MetadataProblem> {
    Ok(TokenRules {
        refresh: is_refreshing(metadata, before)?,
        sender_constraint: sender_constraint(metadata)?,
        subject_type: subject_type(metadata)?,
        userinfo_alg: match &metadata.userinfo_signed_response_alg {
            None => None,
            Some(word) => Some(signing("userinfo_signed_response_alg", word, before)?),
        },
        id_token_encryption: id_token_encryption(metadata)?,
        ..before.tokens.clone()
    })
}

/// `grant_types`: whether refresh tokens are among them. Tokens in its own name an operator allows.
fn is_refreshing(metadata: &ClientMetadata, before: &Client) -> Result<bool, MetadataProblem> {
    let asked = metadata.grant_types.as_deref().unwrap_or_default();
    for grant_type in asked {
        if !matches!(
            grant_type.as_str(),
            "authorization_code" | "refresh_token" | "client_credentials"
        ) {
            return bad("grant_types", format!("{grant_type:?} is not supported"));
        }
    }
    let has = |word: &str| asked.iter().any(|asked| asked == word);
    if !asked.is_empty() && !has("authorization_code") {
        return bad(
            "grant_types",
            "authorization_code is needed: people come by it",
        );
    }
    if has("client_credentials") && !before.tokens.client_credentials {
        return bad(
            "grant_types",
            "client_credentials is for an operator to allow (--client-credentials)",
        );
    }
    Ok(has("refresh_token"))
}

fn sender_constraint(metadata: &ClientMetadata) -> Result<SenderConstraint, MetadataProblem> {
    let dpop = metadata.dpop_bound_access_tokens.unwrap_or(false);
    let mtls = metadata.tls_client_certificate_bound_access_tokens;
    match (dpop, mtls.unwrap_or(false)) {
        (true, true) => bad(
            "dpop_bound_access_tokens",
            "and tls_client_certificate_bound_access_tokens exclude one another",
        ),
        (true, false) => Ok(SenderConstraint::Dpop),
        (false, true) => Ok(SenderConstraint::Mtls),
        (false, false) => Ok(SenderConstraint::None),
    }
}

/// `OpenID` Connect Registration §2: without a key's algorithm there is none; the content's has a default.
fn id_token_encryption(
    metadata: &ClientMetadata,
) -> Result<Option<TokenEncryption>, MetadataProblem> {
    const ALG: &str = "id_token_encrypted_response_alg";
    const ENC: &str = "id_token_encrypted_response_enc";
    let enc = metadata.id_token_encrypted_response_enc.as_deref();
    let Some(alg) = metadata.id_token_encrypted_response_alg.as_deref() else {
        return match enc {
            None => Ok(None),
            Some(_) => bad(ENC, "needs id_token_encrypted_response_alg"),
        };
    };
    let Some(alg) = KeyEncryption::of_word(alg) else {
        let words = KeyEncryption::ALL.map(KeyEncryption::as_str).join(", ");
        return bad(ALG, format!("must be one of {words}"));
    };
    let enc = match enc {
        None => Some(ContentEncryption::A128CbcHs256),
        Some(word) => ContentEncryption::of_word(word),
    };
    let Some(enc) = enc else {
        let words = ContentEncryption::ALL.map(ContentEncryption::as_str);
        return bad(ENC, format!("must be one of {}", words.join(", ")));
    };
    Ok(Some(TokenEncryption { alg, enc }))
}

/// Those of RFC 7518; SM2 where an operator gave it.
fn signing(
    name: &'static str,
    word: &str,
    before: &Client,
) -> Result<JwsAlgorithm, MetadataProblem> {
    let may = |a: &JwsAlgorithm| JwsAlgorithm::STANDARD.contains(a) || before.tokens.sm2;
    match JwsAlgorithm::of_word(word).filter(may) {
        Some(algorithm) => Ok(algorithm),
        None => bad(
            name,
            format!(
                "must be one of {}",
                JwsAlgorithm::STANDARD.map(JwsAlgorithm::as_str).join(", ")
            ),
        ),
    }
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
