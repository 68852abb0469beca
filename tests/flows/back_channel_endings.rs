//! Whatever ends a session, a lock, a consent or an enterprise ends its tokens and tells the platforms: each ending once,
//! with refresh tokens, and with tokens that are bound to a key.

use e2e::account::lock_of_same;
use e2e::dpop::DpopKey;
use e2e::listener::Listener;
use e2e::story::{Scene, Tokens};
use e2e::{Browser, Lock, Platform, TokenRequest};
use idp_core::directory;
use idp_core::id::PlatformId;
use idp_core::operate;
use idp_core::platform::SenderConstraint;
use idp_core::recognition::CertificateRefusal;
use idp_core::revocation::end_unrecognised;
use serde_json::Value;

use super::back_channel::{deliveries, provider};

/// Somebody who entered two platforms that listen: one whose tokens are a bearer's, one whose tokens are bound.
struct Entered {
    scene: Scene,
    bound: Platform,
    key: DpopKey,
    listeners: [Listener; 2],
    tokens: [Value; 2],
}

impl Entered {
    async fn new() -> Self {
        Self::of(Scene::at(provider()).await).await
    }

    async fn of(mut scene: Scene) -> Self {
        let listeners = [Listener::start(), Listener::start()];
        scene.platform = Platform::order(provider(), listeners[0].order()).await;
        let mut order = listeners[1].order();
        order.tokens.sender_constraint = SenderConstraint::Dpop;
        let bound = Platform::order(provider(), order).await;
        let mut key = DpopKey::generate(&provider().issuer);
        let first = scene.receive().await.response;
        let (code, asking) = bound.code(&mut scene.browser, &scene.lock).await;
        let answer = key.send(&bound.redeem(&code, &asking)).await;
        assert_eq!(answer.status, 200, "{}", answer.summary());
        let tokens = [first, answer.json()];
        Self {
            scene,
            bound,
            key,
            listeners,
            tokens,
        }
    }

    async fn userinfo(&self) -> [u16; 2] {
        let [bearer, bound] = [0, 1].map(|i| self.tokens[i]["access_token"].as_str().unwrap());
        let proof = self.key.sign(&self.key.userinfo_proof(bound));
        let bearer = self.scene.platform.userinfo(bearer).await.status;
        let bound = self.bound.userinfo_by("DPoP", bound, &[proof]).await.status;
        [bearer, bound]
    }

    /// Every token works; nobody was told anything.
    async fn expect_alive(&self) {
        assert_eq!(self.userinfo().await, [200, 200]);
        assert!(self.listeners.iter().all(|l| l.told().is_empty()));
    }

    /// No token works any more, and both platforms were told of this very session.
    async fn expect_ended(&mut self, what: &str) {
        assert_eq!(self.userinfo().await, [401, 401], "{what}");
        let [bearer, bound] = [0, 1].map(|i| self.tokens[i]["refresh_token"].as_str().unwrap());
        let answers = [
            self.scene.platform.refresh(bearer).send().await,
            self.key.send(&self.bound.refresh(bound)).await,
        ];
        for answer in answers {
            assert_eq!(
                (answer.status, answer.error().as_str()),
                (400, "invalid_grant"),
                "{what}"
            );
        }
        for (i, platform) in [&self.scene.platform, &self.bound].into_iter().enumerate() {
            let token = self.listeners[i].wait_for(1).await.pop().unwrap();
            let claims = platform.logout_claims(&token).await;
            let id_token = e2e::jwt::part(self.tokens[i]["id_token"].as_str().unwrap(), 1);
            for claim in ["sub", "sid", "aud"] {
                assert_eq!(claims[claim], id_token[claim], "{what}: {claim}");
            }
        }
    }
}

#[tokio::test]
async fn signing_out() {
    let mut entered = Entered::new().await;
    entered.expect_alive().await;
    entered.scene.browser.sign_out().await;
    entered.expect_ended("signing out").await;
}

#[tokio::test]
async fn a_session_ended_from_the_list_of_another() {
    for (path, fields) in [
        ("/account/sessions/end", true),
        ("/account/sessions/end-others", false),
        ("/account/sessions/end-all", false),
    ] {
        let mut entered = Entered::new().await;
        entered.expect_alive().await;
        let mut elsewhere = Browser::new(provider());
        elsewhere.sign_in(&entered.scene.lock).await;
        let sid = e2e::jwt::part(entered.tokens[0]["id_token"].as_str().unwrap(), 1)["sid"].clone();
        let named = [("session", sid.as_str().unwrap())];
        let fields = if fields { &named[..] } else { &[] };
        let answer = elsewhere.post_own(path, fields).await;
        assert_eq!(answer.status, 303, "{}", answer.summary());
        entered.expect_ended(path).await;
    }
}

#[tokio::test]
async fn a_consent_taken_back_or_refused_ends_what_that_platform_was_given_and_no_other() {
    let mut entered = Entered::new().await;
    let platforms = [entered.scene.platform.id.clone(), entered.bound.id.clone()];
    let browser = &mut entered.scene.browser;
    let taken = [("platform", platforms[0].as_str())];
    let answer = browser.post_own("/account/consents/revoke", &taken).await;
    assert_eq!(answer.status, 303, "{}", answer.summary());
    assert_eq!(entered.userinfo().await, [401, 200]);
    entered.listeners[0].wait_for(1).await;
    assert_eq!(entered.listeners[1].told().len(), 0);
    let page = entered.scene.browser.go(&entered.bound.ask().path()).await;
    entered.scene.browser.decide(&page, "refuse").await;
    entered.expect_ended("consent").await;
}

async fn second_lock(scene: &mut Scene) -> Lock {
    let second = lock_of_same(&scene.lock);
    scene.browser.activate(&second).await;
    second
}

#[tokio::test]
async fn a_lock_that_is_removed_lost_or_revoked() {
    for how in ["removed", "lost", "revoked"] {
        let mut primary = Scene::at(provider()).await;
        let second = second_lock(&mut primary).await;
        let id = provider().lock_id(&second).await;
        let mut browser = Browser::new(provider());
        browser.sign_in(&second).await;
        let stored = provider().stored_lock(&second).await.unwrap();
        let mut entered = Entered::of(Scene {
            browser,
            lock: second,
            platform: primary.platform,
        })
        .await;
        entered.expect_alive().await;
        match how {
            "removed" => {
                let named = [("lock", id.as_str())];
                let answer = primary
                    .browser
                    .post_own("/account/locks/remove", &named)
                    .await;
                assert_eq!(answer.status, 303, "{}", answer.summary());
            }
            "lost" => {
                let done = provider().operate(&primary.lock, move |store, cx, code, reason| {
                    operate::lock_lost(store, cx, code, (&id, reason))
                });
                done.await.unwrap();
            }
            _ => {
                let cx = provider().state.cx();
                let caller = idp_core::cx::Caller {
                    remote_address: None,
                    incident_id: idp_core::id::IncidentId::generate(&*cx.rng, cx.now),
                };
                let database = &provider().state.database;
                let done = database.write(move |store| {
                    idp_core::revocation::remember(store, &cx, &caller, stored.thumbprint)
                });
                done.await.unwrap();
            }
        }
        entered.expect_ended(how).await;
    }
}

#[tokio::test]
async fn a_lock_that_the_registry_knows_no_more() {
    let mut entered = Entered::new().await;
    let cx = provider().state.cx();
    let stored = provider().stored_lock(&entered.scene.lock).await.unwrap();
    let caller = idp_core::cx::Caller {
        remote_address: None,
        incident_id: idp_core::id::IncidentId::generate(&*cx.rng, cx.now),
    };
    let database = &provider().state.database;
    let done = database.write(move |store| {
        let refused = (&stored, CertificateRefusal::CaSuspended);
        end_unrecognised(store, &cx, &caller, refused)
    });
    done.await.unwrap();
    entered.expect_ended("not recognised").await;
}

#[tokio::test]
async fn an_enterprise_that_is_frozen() {
    let mut entered = Entered::new().await;
    let lock = &entered.scene.lock;
    let done = provider().operate(lock, |store, cx, code, reason| {
        operate::freeze(store, cx, code, reason)
    });
    done.await.unwrap();
    entered.expect_ended("frozen").await;
    // Put in force again, nothing comes back.
    let lock = &entered.scene.lock;
    let done = provider().operate(lock, |store, cx, code, reason| {
        operate::unfreeze(store, cx, code, reason)
    });
    done.await.unwrap();
    assert_eq!(entered.userinfo().await, [401, 401]);
}

#[tokio::test]
async fn a_code_that_comes_twice_and_a_refresh_token_that_comes_back_tell_the_platform_too() {
    let listener = Listener::start();
    let (mut scene, tokens) = super::back_channel::entered(&listener).await;
    let replay = scene.platform.redeem(&tokens.code, &tokens.asking);
    assert_eq!(replay.send().await.status, 400);
    listener.wait_for(1).await;

    let tokens = scene.receive().await;
    let first = tokens.response["refresh_token"].as_str().unwrap();
    assert_eq!(scene.platform.refresh(first).send().await.status, 200);
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let answer = scene.platform.refresh(first).send().await;
    assert_eq!(answer.error(), "invalid_grant", "{}", answer.summary());
    listener.wait_for(2).await;
}

/// As often as it may be told, and once is right.
async fn expect_told_once(scene: &Scene, listener: &Listener, tokens: &Tokens) {
    let [token] = listener.wait_for(1).await.try_into().unwrap();
    let claims = scene.platform.logout_claims(&token).await;
    assert_eq!(claims["sid"], e2e::jwt::part(tokens.id(), 1)["sid"]);
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    assert_eq!(listener.told().len(), 1);
    assert_eq!(deliveries(&scene.platform.id).await.len(), 1);
}

#[tokio::test]
async fn a_platform_that_gives_a_token_up_itself_is_told_when_the_session_ends_and_not_before() {
    let listener = Listener::start();
    let (mut scene, tokens) = super::back_channel::entered(&listener).await;
    let refresh = tokens.response["refresh_token"].as_str().unwrap();
    let given_up = TokenRequest::about(&scene.platform, "/oauth2/revoke", refresh);
    assert_eq!(given_up.send().await.status, 200);
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
    assert!(deliveries(&scene.platform.id).await.is_empty());
    // It came again, in the same session: one session is told once.
    scene.receive().await;
    let page = scene.browser.sign_out().await;
    let name = scene.platform.registration.name_zh.as_str();
    assert_eq!(page.texts("#signed-out-platforms dt"), [name]);
    expect_told_once(&scene, &listener, &tokens).await;
    // What ends after that finds nothing that was not told.
    let done = provider().operate(&scene.lock, |store, cx, code, reason| {
        operate::freeze(store, cx, code, reason)
    });
    done.await.unwrap();
    assert_eq!(deliveries(&scene.platform.id).await.len(), 1);
}

#[tokio::test]
async fn a_platform_that_was_suspended_is_told_of_sessions_from_before_whether_or_not_it_is_active_again()
 {
    for is_activated in [false, true] {
        let listener = Listener::start();
        let (mut scene, tokens) = super::back_channel::entered(&listener).await;
        let id = PlatformId::from_text(&scene.platform.id);
        let act = directory::Act {
            operator_id: None,
            by: "test",
            reason: None,
        };
        let cx = provider().state.cx();
        let done = provider().state.database.write(move |store| {
            directory::suspend(store, &cx, &id, act)?;
            if is_activated {
                directory::activate(store, &cx, &id, (act, None))?;
            }
            Ok::<_, directory::DirectoryError>(())
        });
        done.await.unwrap();
        assert!(listener.told().is_empty());
        scene.browser.sign_out().await;
        expect_told_once(&scene, &listener, &tokens).await;
    }
}
