//! The keys of a platform: whether it has what it needs to sign, and whether what is behind its address can be used.

use idp_core::directory::usable_keys;
use idp_core::platform::{Client, ClientAuthentication, ClientKeys};
use serde_json::Value;

use super::addresses::{unreachable, with_certificate};
use super::finding::{Finding, Level};
use super::reach::Reach;

/// Its keys, wherever they are.
pub async fn check(reach: &mut Reach, client: &Client, findings: &mut Vec<Finding>) {
    match &client.keys {
        None => (),
        Some(ClientKeys::Jwks(jwks)) => findings.push(set("jwks".to_owned(), jwks, client)),
        Some(ClientKeys::JwksUri(uri)) => {
            findings.push(published(reach, uri, client).await);
        }
    }
}

/// What is behind the address of a key set.
pub(super) async fn published(reach: &mut Reach, uri: &str, client: &Client) -> Finding {
    let subject = format!("jwks_uri {uri}");
    match reach.look(uri).await {
        Err(error) => unreachable(subject, &error),
        Ok((look, _)) if look.status != 200 => {
            let reason = if look.status >= 500 {
                "server-error"
            } else {
                "not-found"
            };
            let todo = "no assertion can be verified: have the key set put up there";
            Finding::wrong(subject, format!("answers {}", look.status), todo).because(reason)
        }
        Ok((look, certified)) => match serde_json::from_slice(&look.body) {
            Ok(jwks) => match set(subject, &jwks, client) {
                Finding {
                    level: Level::Good, ..
                } if certified.ends_soon() => {
                    with_certificate(format!("jwks_uri {uri}"), certified.words(), &certified)
                }
                found => found,
            },
            Err(error) => Finding::wrong(
                subject,
                format!("is no JSON: {error}"),
                "it must be a JWK Set (RFC 7517 §5)",
            )
            .because("keys-unusable"),
        },
    }
}

fn set(subject: String, jwks: &Value, client: &Client) -> Finding {
    let todo = "let the platform put its key set right: public keys alone, ES256 on P-256 or RSA of 2048 bits and more";
    let usable = match usable_keys(jwks) {
        // Certificates are compared as they are; what they are of does not matter.
        Err(_) if client.authentication == ClientAuthentication::SelfSignedTlsClientAuth => {
            return Finding::warning(
                subject,
                "holds no key that signs assertions",
                "that is well if the platform shows a certificate and signs nothing",
            )
            .because("keys-unusable");
        }
        Err(problem) => {
            let wrong = Finding::wrong(subject, problem.to_string(), todo);
            return wrong.because("keys-unusable");
        }
        Ok(usable) => usable,
    };
    let keys = usable.get("keys").and_then(Value::as_array);
    let keys = keys.map(Vec::as_slice).unwrap_or_default();
    let nameless = keys.iter().filter(|key| key.get("kid").is_none()).count();
    let found = format!("{} usable keys", keys.len());
    if nameless > 0 && keys.len() > 1 {
        let found = format!("{found}, {nameless} of them without a kid");
        return Finding::warning(
            subject,
            found,
            "name each key (kid), so that they can be told apart",
        )
        .because("keys-nameless");
    }
    Finding::good(subject, found)
}
