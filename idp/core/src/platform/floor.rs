//! Floor: how strict an operator left a registration that its platform manages itself (RFC 7592).
//!
//! Owns what of a registration has a stricter and a looser side. Who sets it, and who is held to it, is the directory's.

use serde::{Deserialize, Serialize};

use super::{Client, ClientAuthentication, SenderConstraint, SubjectType};

/// How strict a registration is, where it could be looser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a rule of its own in the standards"
)]
pub struct Floor {
    /// Its requests are signed.
    pub signed_requests: bool,
    /// Its tokens are bound to a key or a certificate.
    pub bound_tokens: bool,
    /// Its subjects are those of its sector.
    pub pairwise: bool,
    /// It gets refresh tokens: the one thing here that is looser where it is so.
    pub refresh_tokens: bool,
    /// How it proves itself.
    pub proof: Proof,
}

/// How strong a proof is, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// None.
    Nothing,
    /// A secret that we know as well.
    Secret,
    /// A key, or a certificate, that it alone has.
    Key,
}

impl Floor {
    /// Of a registration as it stands.
    pub fn of(client: &Client) -> Self {
        Self {
            signed_requests: client.requests.signed_only,
            bound_tokens: client.tokens.sender_constraint != SenderConstraint::None,
            pairwise: client.tokens.subject_type != SubjectType::Public,
            refresh_tokens: client.tokens.refresh,
            proof: match client.authentication {
                ClientAuthentication::None => Proof::Nothing,
                ClientAuthentication::ClientSecret { .. } => Proof::Secret,
                ClientAuthentication::PrivateKeyJwt
                | ClientAuthentication::TlsClientAuth { .. }
                | ClientAuthentication::SelfSignedTlsClientAuth => Proof::Key,
            },
        }
    }

    /// The member of metadata by which a registration would be looser than this; `None`: it is as strict, or stricter.
    pub fn undercut_by(&self, client: &Client) -> Option<&'static str> {
        let then = Self::of(client);
        [
            (
                "require_signed_request_object",
                self.signed_requests && !then.signed_requests,
            ),
            (
                "dpop_bound_access_tokens",
                self.bound_tokens && !then.bound_tokens,
            ),
            ("subject_type", self.pairwise && !then.pairwise),
            ("grant_types", then.refresh_tokens && !self.refresh_tokens),
            ("token_endpoint_auth_method", then.proof < self.proof),
        ]
        .into_iter()
        .find_map(|(member, is_looser)| is_looser.then_some(member))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Loosen = fn(&mut Client);

    #[test]
    fn each_side_that_is_looser_is_named_and_what_is_stricter_is_not() {
        let mut strict = Client::standard(ClientAuthentication::PrivateKeyJwt, Vec::new());
        strict.requests.signed_only = true;
        strict.tokens.sender_constraint = SenderConstraint::Dpop;
        strict.tokens.subject_type = SubjectType::Pairwise {
            sector: "p.example".to_owned(),
        };
        let floor = Floor::of(&strict);
        assert_eq!(floor.undercut_by(&strict), None);
        let looser: [(&str, Loosen); 6] = [
            ("require_signed_request_object", |client| {
                client.requests.signed_only = false;
            }),
            ("dpop_bound_access_tokens", |client| {
                client.tokens.sender_constraint = SenderConstraint::None;
            }),
            ("subject_type", |client| {
                client.tokens.subject_type = SubjectType::Public;
            }),
            ("grant_types", |client| client.tokens.refresh = true),
            ("token_endpoint_auth_method", |client| {
                client.authentication = ClientAuthentication::None;
            }),
            ("token_endpoint_auth_method", |client| {
                client.authentication = ClientAuthentication::ClientSecret {
                    sha256: String::new(),
                    previous: None,
                };
            }),
        ];
        for (member, loosen) in looser {
            let mut changed = strict.clone();
            loosen(&mut changed);
            assert_eq!(floor.undercut_by(&changed), Some(member));
            assert_eq!(Floor::of(&changed).undercut_by(&strict), None, "{member}");
        }
        // To a certificate from a key: bound either way.
        strict.tokens.sender_constraint = SenderConstraint::Mtls;
        strict.authentication = ClientAuthentication::SelfSignedTlsClientAuth;
        assert_eq!(floor.undercut_by(&strict), None);
    }
}
