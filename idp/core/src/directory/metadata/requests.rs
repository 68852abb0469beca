//! What its authorization requests are, by its metadata.

use protocol::registration::ClientMetadata;

use super::super::uris::{PlainHttp, URIS_MAX, is_acceptable};
use super::problem::{MetadataProblem, bad};
use crate::authorization::Assurance;
use crate::platform::{Client, ClientAlgorithm, RequestRules};

pub(super) fn requests(
    metadata: &ClientMetadata,
    before: &Client,
    plain: PlainHttp,
) -> Result<RequestRules, MetadataProblem> {
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
    // A fragment may tell one version of an object from another (OpenID Connect Core §6.2).
    let is_acceptable = |uri: &String| {
        let address = uri.split('#').next().unwrap_or_default();
        is_acceptable(address, plain) && !uri.chars().any(char::is_control)
    };
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
    let pushed = metadata.require_pushed_authorization_requests;
    Ok(RequestRules {
        // Stricter is a platform's own to say; what an operator set stays.
        pushed_only: before.requests.pushed_only || pushed.unwrap_or(false),
        signed_only: metadata.require_signed_request_object.unwrap_or(false),
        object_alg,
        request_uris: metadata.request_uris.clone(),
        default_max_age: metadata.default_max_age,
        default_acr_values: metadata.default_acr_values.clone(),
        native,
        pkce_optional: before.requests.pkce_optional,
    })
}
