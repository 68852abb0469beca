//! FAPI 2.0 Security Profile (§5.3): what a client held to it must be. One switch; each rule is asked where it counts.

use std::time::Duration;

use super::{Client, ClientAlgorithm, ClientAuthentication, JwsAlgorithm, SecurityProfile};

/// §5.3.2.1: no longer than so.
const CODE_LIFETIME: Duration = Duration::from_mins(1);

impl Client {
    /// Whether it is held to FAPI 2.0.
    pub fn is_fapi2(&self) -> bool {
        self.profile == SecurityProfile::Fapi2
    }

    /// How long its codes live.
    pub fn code_lifetime(&self, configured: Duration) -> Duration {
        if self.is_fapi2() {
            configured.min(CODE_LIFETIME)
        } else {
            configured
        }
    }

    /// What of its registration the profile does not allow.
    pub fn breach_of_profile(&self) -> Option<&'static str> {
        if !self.is_fapi2() {
            return None;
        }
        let proves_itself = match self.authentication {
            ClientAuthentication::PrivateKeyJwt
            | ClientAuthentication::TlsClientAuth { .. }
            | ClientAuthentication::SelfSignedTlsClientAuth => true,
            ClientAuthentication::None | ClientAuthentication::ClientSecret { .. } => false,
        };
        if !proves_itself {
            return Some("FAPI 2.0 needs private_key_jwt or a client certificate");
        }
        let algorithms = [Some(self.id_token_alg), self.tokens.userinfo_alg];
        let forbidden = [JwsAlgorithm::Rs256, JwsAlgorithm::Sm2Sm3].map(Some);
        if algorithms.iter().any(|used| forbidden.contains(used))
            || self.requests.object_alg == Some(ClientAlgorithm::Rs256)
        {
            return Some("FAPI 2.0 allows ES256 and PS256 alone");
        }
        if self.requests.pkce_optional {
            return Some("FAPI 2.0 allows no exception from PKCE");
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_held_to_fapi_2_is_what_the_profile_demands() {
        let mut client = Client::standard(ClientAuthentication::PrivateKeyJwt, Vec::new());
        client.id_token_alg = JwsAlgorithm::Rs256;
        assert_eq!(client.breach_of_profile(), None);
        client.profile = SecurityProfile::Fapi2;
        assert!(client.breach_of_profile().is_some());
        client.id_token_alg = JwsAlgorithm::Ps256;
        assert_eq!(client.breach_of_profile(), None);
        let breaches: [fn(&mut Client); 7] = [
            |client| client.authentication = ClientAuthentication::None,
            |client| {
                client.authentication = ClientAuthentication::ClientSecret {
                    sha256: String::new(),
                    previous: None,
                };
            },
            |client| client.requests.pkce_optional = true,
            |client| client.requests.object_alg = Some(ClientAlgorithm::Rs256),
            |client| client.tokens.userinfo_alg = Some(JwsAlgorithm::Rs256),
            |client| client.tokens.userinfo_alg = Some(JwsAlgorithm::Sm2Sm3),
            |client| client.id_token_alg = JwsAlgorithm::Sm2Sm3,
        ];
        for (i, breach) in breaches.iter().enumerate() {
            let mut changed = client.clone();
            breach(&mut changed);
            assert!(changed.breach_of_profile().is_some(), "{i}");
        }
    }

    #[test]
    fn codes_of_such_a_client_live_a_minute_at_most() {
        let mut client = Client::standard(ClientAuthentication::PrivateKeyJwt, Vec::new());
        let ten = Duration::from_mins(10);
        assert_eq!(client.code_lifetime(ten), ten);
        client.profile = SecurityProfile::Fapi2;
        assert_eq!(client.code_lifetime(ten), Duration::from_mins(1));
        let short = Duration::from_secs(30);
        assert_eq!(client.code_lifetime(short), short);
    }
}
