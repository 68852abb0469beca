//! Shared step: who an enterprise is to a platform: its `sub` (`OpenID` Connect Core §8).
//!
//! The one place that says so, for ID tokens, userinfo, introspection and logout, and for whom a request expects.
//! Within a sector an enterprise is the same for ever; what two sectors hold can't be laid side by side without the
//! provider's key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::cx::{Cx, random_text};
use crate::id::EnterpriseId;
use crate::platform::{Client, SubjectType};

/// The key that pairwise subjects are made with. Never changed: every platform of a sector would meet strangers.
#[derive(Clone, Default)]
pub struct PairwiseKey(Option<[u8; 32]>);

impl PairwiseKey {
    /// From its octets.
    pub const fn new(octets: [u8; 32]) -> Self {
        Self(Some(octets))
    }
}

impl std::fmt::Debug for PairwiseKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PairwiseKey")
    }
}

/// `sub` of an enterprise at this client.
pub fn subject(cx: &Cx, client: &Client, enterprise: &EnterpriseId) -> String {
    match &client.tokens.subject_type {
        SubjectType::Public => enterprise.as_str().to_owned(),
        SubjectType::Pairwise { sector } => pairwise(cx, sector, enterprise)
            // Without the key nobody is anybody: a subject that means nothing to no one.
            .unwrap_or_else(|| random_text(&*cx.rng)),
    }
}

/// HMAC-SHA-256 over sector and enterprise. A host holds no NUL, so no other pair has the same octets.
fn pairwise(cx: &Cx, sector: &str, enterprise: &EnterpriseId) -> Option<String> {
    let key = cx.settings.pairwise_key.0.as_ref()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    for part in [sector, "\0", enterprise.as_str()] {
        mac.update(part.as_bytes());
    }
    Some(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::cx::{Rng, Settings};
    use crate::platform::ClientAuthentication;
    use crate::timestamp::Timestamp;

    struct Counting(std::sync::atomic::AtomicU8);

    impl Rng for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    fn cx(key: PairwiseKey) -> Cx {
        let settings = Settings {
            pairwise_key: key,
            ..Settings::for_issuer("https://idp.example", "https://idp.example")
        };
        Cx {
            now: Timestamp::from_unix_seconds(1),
            rng: Arc::new(Counting(0.into())),
            settings: Arc::new(settings),
        }
    }

    fn client(sector: Option<&str>) -> Client {
        let mut client = Client::standard(ClientAuthentication::None, Vec::new());
        if let Some(sector) = sector {
            client.tokens.subject_type = SubjectType::Pairwise {
                sector: sector.to_owned(),
            };
        }
        client
    }

    #[test]
    fn a_pairwise_subject_is_one_in_a_sector_and_another_elsewhere() {
        let here = cx(PairwiseKey::new([7; 32]));
        let (one, other) = (
            EnterpriseId::from_text("one"),
            EnterpriseId::from_text("other"),
        );
        let sub = |sector, enterprise| subject(&here, &client(sector), enterprise);
        assert_eq!(sub(None, &one), "one");
        // printf 'a.example\0one' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707…
        assert_eq!(
            sub(Some("a.example"), &one),
            "NSOgxXwfc78eNuJ1cR5ADzSErxFQ4dLBkWH4P3FLGos"
        );
        let subs = [
            sub(Some("a.example"), &one),
            sub(Some("b.example"), &one),
            sub(Some("a.example"), &other),
            subject(
                &cx(PairwiseKey::new([8; 32])),
                &client(Some("a.example")),
                &one,
            ),
        ];
        for (i, sub) in subs.iter().enumerate() {
            assert_eq!(sub.len(), 43);
            assert!(!subs[..i].contains(sub), "{i}");
        }
    }

    #[test]
    fn without_the_key_a_pairwise_subject_means_nothing() {
        let here = cx(PairwiseKey::default());
        let one = EnterpriseId::from_text("one");
        let client = client(Some("a.example"));
        assert_ne!(subject(&here, &client, &one), subject(&here, &client, &one));
    }
}
