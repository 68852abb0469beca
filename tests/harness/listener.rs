//! A platform's address where it is told that sessions ended (Back-Channel Logout §2.5).

use std::sync::{Arc, Mutex};
use std::time::Duration;

use idp_core::platform::LogoutRules;
use serde_json::Value;

use super::jwt::verified_with;
use super::platform::{Platform, PlatformOrder};
use super::publisher::Publisher;

/// It listens on loopback, and keeps what it is told.
pub struct Listener {
    /// How the HTTP side of it does.
    pub publisher: Publisher,
    told: Arc<Mutex<Vec<String>>>,
    status: Arc<Mutex<u16>>,
}

impl Default for Listener {
    fn default() -> Self {
        Self::start()
    }
}

impl Listener {
    /// Answers 200 to whatever comes.
    pub fn start() -> Self {
        let told = Arc::<Mutex<Vec<String>>>::default();
        let status = Arc::new(Mutex::new(200));
        let (keeps, says) = (Arc::clone(&told), Arc::clone(&status));
        let publisher = Publisher::start(Box::new(move |body| {
            let pairs = url::form_urlencoded::parse(body);
            let tokens = pairs.filter(|(name, _)| name == "logout_token");
            keeps
                .lock()
                .unwrap()
                .extend(tokens.map(|(_, token)| token.into_owned()));
            let status = *says.lock().unwrap();
            let body = r#"{"error":"invalid_request"}"#;
            let head = format!(
                "HTTP/1.1 {status} Said\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            Some(head.into_bytes())
        }));
        Self {
            publisher,
            told,
            status,
        }
    }

    /// Answers with this status from now on.
    pub fn answer(&self, status: u16) {
        *self.status.lock().unwrap() = status;
    }

    /// What a platform that listens here is registered with.
    pub fn order(&self) -> PlatformOrder {
        let mut order = PlatformOrder::refreshing();
        order.logout = LogoutRules {
            post_logout_redirect_uris: vec![
                "https://{id}.example/bye".to_owned(),
                "https://{id}.example/out?from=yzt".to_owned(),
            ],
            backchannel_uri: Some(self.publisher.url.clone()),
            backchannel_session_required: true,
        };
        order
    }

    /// Logout tokens that came, in order.
    pub fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }

    /// Waits until so many came.
    pub async fn wait_for(&self, count: usize) -> Vec<String> {
        for _ in 0..150 {
            let told = self.told();
            if told.len() >= count {
                assert_eq!(told.len(), count, "more than that came");
                return told;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{count} logout tokens did not come: {:?}", self.told());
    }
}

impl Platform {
    /// The claims of a logout token, verified as Back-Channel Logout §2.6 has it.
    pub async fn logout_claims(&self, token: &str) -> Value {
        let header = jsonwebtoken::decode_header(token).unwrap();
        assert_eq!(header.typ.as_deref(), Some("logout+jwt"));
        let jwks = self.fetch("/oauth2/jwks").await.json();
        let needed = ["iss", "aud", "exp", "sub"];
        let claims = verified_with(token, &jwks, (&self.issuer, &self.id), &needed);
        let claims = claims.unwrap_or_else(|| panic!("no logout token: {token}"));
        let event = "http://schemas.openid.net/event/backchannel-logout";
        assert_eq!(claims["events"], serde_json::json!({ event: {} }));
        let mut names: Vec<_> = claims.as_object().unwrap().keys().cloned().collect();
        // Where the ending was before the attempt.
        names.retain(|name| name != "toe");
        let mut expected = ["iss", "aud", "iat", "exp", "jti", "events", "sub", "sid"];
        expected.sort_unstable();
        assert_eq!(names, expected, "nothing else, a nonce least of all");
        claims
    }
}
