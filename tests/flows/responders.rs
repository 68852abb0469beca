//! Responders that change their mind.

use e2e::publisher::{Publisher, ok};
use e2e::story::{Scene, new_lock};
use e2e::world;
use idp_core::certificate_authority::NoncePolicy;
use idp_core::key_lock::KeyLockState;

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
