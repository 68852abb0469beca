//! Request objects by reference (RFC 9101 §5.2): fetched from nowhere but where the client registered them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use idp_core::authorize::ErrorCode;
use idp_core::authorize::object::Refused;
use idp_core::client_jwt::CLIENT_JWT_MAX;
use idp_core::platform::Client;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use crate::config::Config;
use crate::outbound::{Bounds, Fetched, Fetcher};

/// Fetches at once: anybody can start one by opening an address.
const AT_ONCE: usize = 32;

/// Fetches request objects.
pub struct RequestObjects {
    fetcher: Fetcher,
    bounds: Bounds,
    turns: Semaphore,
}

impl RequestObjects {
    /// Fetches by what reaches platforms.
    pub fn new(fetcher: Fetcher, config: &Config) -> Self {
        Self {
            fetcher,
            bounds: Bounds {
                octets: CLIENT_JWT_MAX,
                time: config.outbound.time(),
            },
            turns: Semaphore::new(AT_ONCE),
        }
    }

    /// The object that a request names. What it says counts once the client's signature on it was verified.
    pub async fn fetch(&self, client: &Client, uri: &str) -> Result<String, Refused> {
        if !is_registered(client, uri) {
            return Err((
                ErrorCode::RequestUriNotSupported,
                "a request_uri must be one that was pushed or registered",
            ));
        }
        let bad = |why: String| {
            tracing::warn!(uri, why, "request object of a platform can't be had");
            let said = "the request_uri gives no request object";
            (ErrorCode::InvalidRequestUri, said)
        };
        let Ok(_turn) = self.turns.try_acquire() else {
            return Err(bad(format!("{AT_ONCE} are being fetched already")));
        };
        match self.fetcher.get(uri, None, self.bounds).await {
            Ok(Fetched::Body(octets, _)) if !is_named_by(uri, &octets) => {
                Err(bad("its SHA-256 is not the one in the fragment".to_owned()))
            }
            Ok(Fetched::Body(octets, _)) => match String::from_utf8(octets) {
                Ok(text) => Ok(text.trim().to_owned()),
                Err(_) => Err(bad("it is no text".to_owned())),
            },
            Ok(Fetched::Unchanged) => Err(bad("it is empty".to_owned())),
            Err(error) => Err(bad(error.to_string())),
        }
    }
}

/// To the character; but a client may add a fragment to what it registered without one, to say which version it means
/// (`OpenID` Connect Core §6.2).
fn is_registered(client: &Client, uri: &str) -> bool {
    let bare = uri.split_once('#').map_or(uri, |(bare, _)| bare);
    let registered = &client.requests.request_uris;
    registered.iter().any(|one| one == uri || one == bare)
}

/// Where the fragment is a SHA-256, it is the one of what came.
fn is_named_by(uri: &str, octets: &[u8]) -> bool {
    let fragment = uri.split_once('#').map(|(_, fragment)| fragment);
    let named = fragment.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    match named.filter(|named| named.len() == 32) {
        Some(named) => *named == *Sha256::digest(octets),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use idp_core::platform::ClientAuthentication;

    use super::*;

    #[test]
    fn only_what_is_registered_is_named_and_a_fragment_says_which_version() {
        let mut client = Client::standard(ClientAuthentication::PrivateKeyJwt, Vec::new());
        client.requests.request_uris = vec![
            "https://p.example/object".to_owned(),
            "https://p.example/one#v1".to_owned(),
        ];
        for uri in [
            "https://p.example/object",
            "https://p.example/object#v2",
            "https://p.example/one#v1",
        ] {
            assert!(is_registered(&client, uri), "{uri}");
        }
        for uri in [
            "https://p.example/object/",
            "https://p.example/object?x",
            "https://p.example/one",
            "https://p.example/one#v2",
            "https://p.example.evil.example/object",
            "http://p.example/object",
        ] {
            assert!(!is_registered(&client, uri), "{uri}");
        }
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(b"object"));
        let uri = format!("https://p.example/object#{hash}");
        assert!(is_named_by(&uri, b"object") && !is_named_by(&uri, b"another"));
        assert!(is_named_by("https://p.example/object#v2", b"another"));
    }
}
