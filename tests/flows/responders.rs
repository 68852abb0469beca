//! Responders that change their mind.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::publisher::{Publisher, ok};
use e2e::receipt::{forged, given, order, payload, receipt, trust, wrong};
use e2e::story::{Scene, new_lock};
use e2e::world;
use idp::receipts::{Standing, verify};
use idp_core::certificate_authority::NoncePolicy;
use idp_core::consent_statement::ConsentSigner;
use idp_core::key_lock::KeyLockState;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::revocation_sources::{ocsp, provider_with, state_of, until};

#[tokio::test]
async fn a_lock_that_its_responder_did_not_know_for_a_while_is_asked_about_until_it_does() {
    let ca = &world().p256;
    let lock = new_lock();
    let good = ca.responder(&[&lock]);
    let publisher = Publisher::start(Box::new(move |question| Some(ok(&good(question)))));
    let provider = provider_with(vec![ocsp(&publisher, NoncePolicy::Required)]);
    let mut scene = Scene::with(&provider, lock).await;
    let tokens = scene.receive().await;
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);

    let nobody = ca.responder(&[]);
    publisher.answer(Box::new(move |question| Some(ok(&nobody(question)))));
    let before = publisher.asked();
    until("it is asked while it does not know", async || {
        publisher.asked() > before + 1
    })
    .await;
    assert_eq!(state_of(&provider, &scene.lock).await, KeyLockState::Active);

    ca.revoke(&scene.lock);
    let revoked = ca.responder(&[&scene.lock]);
    publisher.answer(Box::new(move |question| Some(ok(&revoked(question)))));
    // Nobody signs in meanwhile.
    until("the lock is ended", async || {
        state_of(&provider, &scene.lock).await == KeyLockState::Revoked
    })
    .await;
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
}

#[tokio::test]
async fn a_receipt_shows_what_the_responder_answered_and_verifies_by_it() {
    let ca = &world().p256;
    let lock = new_lock();
    let good = ca.responder(&[&lock]);
    let publisher = Publisher::start(Box::new(move |question| Some(ok(&good(question)))));
    let provider = provider_with(vec![ocsp(&publisher, NoncePolicy::Required)]);
    let (scene, id) = given(&provider, lock, order(ConsentSigner::Lock)).await;
    let jws = receipt(&provider, &scene.platform, &id).await;
    let said = payload(&jws);
    let revocation = said["evidence"]["signature"]["revocation"]
        .as_array()
        .unwrap();
    assert_eq!(revocation.len(), 1, "{revocation:?}");
    assert_eq!(revocation[0]["kind"], "ocsp");
    let octets = STANDARD
        .decode(revocation[0]["der"].as_str().unwrap())
        .unwrap();
    let digest = hex::encode(Sha256::digest(&octets));
    assert_eq!(revocation[0]["sha256"], digest);
    let trusted = trust(&provider).await;
    let verified = verify(&jws, &trusted);
    assert_eq!(wrong(&verified), Vec::<String>::new());
    assert_eq!(verified.standing(), Standing::Good);
    // Without the answer nothing passes in its place, and another one is not the one that was heard.
    let bare = forged(&provider, &jws, |it| {
        it["evidence"]["signature"]["revocation"][0]["der"] = Value::Null;
    });
    let wrongs = wrong(&verify(&bare, &trusted));
    assert!(
        wrongs.iter().any(|one| one.starts_with("revocation: ")),
        "{wrongs:?}"
    );
    let other = forged(&provider, &jws, |it| {
        it["evidence"]["signature"]["revocation"][0]["der"] = STANDARD.encode(b"good").into();
    });
    let wrongs = wrong(&verify(&other, &trusted));
    assert!(
        wrongs.contains(&"revocation: evidence-digest-differs".to_owned()),
        "{wrongs:?}"
    );
}
