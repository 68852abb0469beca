//! Consents with receipts: given, fetched as a platform does, taken apart and put together otherwise.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use idp::receipts::{Trust, Verified, receipt_keys, verify};
use idp_core::consent_statement::ConsentSigner;
use idp_core::platform::JwsAlgorithm;
use idp_core::signer::Signer as _;
use serde_json::Value;

use super::answer::Answer;
use super::lock::Lock;
use super::platform::{Platform, PlatformOrder};
use super::provider::Provider;
use super::story::Scene;
use super::token_request::TokenRequest;

/// One whose log grows when a test says so.
pub fn provider() -> &'static Provider {
    static PROVIDER: OnceLock<Provider> = OnceLock::new();
    PROVIDER.get_or_init(|| Provider::start(|_| ()))
}

/// A platform whose consents are signed so.
pub fn order(signer: ConsentSigner) -> PlatformOrder {
    PlatformOrder {
        consent_signature: signer,
        ..PlatformOrder::default()
    }
}

/// An enterprise that consented, and the consent.
pub async fn given(provider: &Provider, lock: Lock, order: PlatformOrder) -> (Scene, String) {
    let mut scene = Scene::with(provider, lock).await;
    scene.platform = Platform::order(provider, order).await;
    scene.receive().await;
    let consents = provider.consents(&scene.lock).await;
    let id = consents[0].id.to_string();
    (scene, id)
}

/// A platform's question for a receipt: by `consent` or by `token`.
pub async fn ask(platform: &Platform, name: &str, value: &str) -> Answer {
    TokenRequest::for_receipt(platform, "/oauth2/receipt")
        .with(name, value)
        .send()
        .await
}

/// The receipt, once the log's head holds its consent.
pub async fn receipt(provider: &Provider, platform: &Platform, consent: &str) -> String {
    for _ in 0..20 {
        provider.grow_log(1).await;
        let answer = ask(platform, "consent", consent).await;
        if answer.status != 503 {
            assert_eq!(answer.status, 200, "{}", answer.summary());
            return answer.body;
        }
    }
    panic!("the log's head does not come to hold {consent}");
}

/// What somebody trusts who asked this provider for its keys and knows the CAs.
pub async fn trust(provider: &Provider) -> Trust {
    let registry = provider.state.verdicts.registry();
    let anchors = registry
        .authorities
        .iter()
        .flat_map(|ca| ca.anchors.certificates().iter().cloned());
    Trust {
        keys: Some(receipt_keys(&provider.state.database).await.unwrap()),
        log_key: Some(provider.state.log_key.verifier().clone()),
        authorities: anchors.collect(),
        lists: Vec::new(),
    }
}

/// What a receipt says.
pub fn payload(receipt: &str) -> Value {
    let payload = receipt.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// The same, changed and signed again by the provider itself: what one that lies could hand out.
pub fn forged(provider: &Provider, receipt: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut claims = payload(receipt);
    change(&mut claims);
    let claims = serde_json::to_vec(&claims).unwrap();
    let typ = "consent-receipt+jws";
    let keys = &provider.state.keys;
    keys.sign(JwsAlgorithm::Es256, typ, &claims).unwrap()
}

/// Each check that does not pass, as `name: word`.
pub fn wrong(verified: &Verified) -> Vec<String> {
    use idp::receipts::Outcome;
    let checks = verified.checks.iter();
    let failing = checks.filter_map(|check| match check.outcome {
        Outcome::Passed => None,
        Outcome::Failed(why) => Some(format!("{}: {why}", check.name)),
        Outcome::Unchecked(why) => Some(format!("{}: unchecked {why}", check.name)),
    });
    failing.collect()
}

/// What is wrong with a receipt, by everything that can be trusted.
pub async fn wrong_with(provider: &Provider, receipt: &str) -> Vec<String> {
    wrong(&verify(receipt, &trust(provider).await))
}
