//! A platform built on the client adapter, against the real provider: both ways in.

use std::sync::Arc;

use client_adapter::protocol::claims::{ACR_KEY_LOCK, ACR_KEY_LOCK_FRESH};
use client_adapter::{
    Adapter, AdapterSettings, CallbackQuery, ClientAuthentication, Clock, DpopKey,
    InMemorySessionStore, LoginError, PendingLogin, PrivateKeyJwt, PushedRequests, RefreshError,
    SenderConstraint, Sessions, SignedIn, SigningAlgorithm, StartLogin, ThirdPartyLogin,
};
use e2e::browser::csrf_token;
use e2e::platform::{Asking, Method};
use e2e::story::Scene;
use e2e::{Answer, Platform, PlatformOrder, Provider};
use idp_core::platform::{JwsAlgorithm, SenderConstraint as Registered};
use url::Url;

/// A platform of the scene's provider, and the adapter it runs.
async fn adapter(scene: &mut Scene, method: Method, algorithm: JwsAlgorithm) -> Adapter {
    let provider = Provider::shared();
    let order = PlatformOrder {
        method,
        id_token_alg: algorithm,
        ..PlatformOrder::default()
    };
    scene.platform = Platform::order(provider, order).await;
    let secret = scene.platform.secret.clone().into();
    let authentication = match method {
        Method::Post => ClientAuthentication::ClientSecretPost(secret),
        Method::Public => ClientAuthentication::Public,
        _ => ClientAuthentication::ClientSecretBasic(secret),
    };
    let redirect_uri = scene.platform.client().redirect_uris[0].parse().unwrap();
    let id = &scene.platform.id;
    let settings = AdapterSettings::new(&provider.issuer, id, authentication, redirect_uri);
    Adapter::discover(settings).await.unwrap()
}

/// A platform with everything FAPI 2.0 asks of one: its requests are pushed, its tokens bound to its key, and it
/// signs what it sends.
async fn bound_adapter(scene: &mut Scene, signing: SigningAlgorithm) -> Adapter {
    let provider = Provider::shared();
    let mut order = PlatformOrder::refreshing();
    order.method = Method::PrivateKeyJwt(match signing {
        SigningAlgorithm::Es256 => jsonwebtoken::Algorithm::ES256,
        SigningAlgorithm::Ps256 => jsonwebtoken::Algorithm::PS256,
        SigningAlgorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
    });
    order.requests.pushed_only = true;
    order.tokens.sender_constraint = Registered::Dpop;
    scene.platform = Platform::order(provider, order).await;
    let key = scene.platform.key.as_ref().unwrap();
    let authentication = ClientAuthentication::PrivateKeyJwt(PrivateKeyJwt {
        key_id: "platform-key".to_owned(),
        algorithm: signing,
        private_key_pem: key.pem().into(),
    });
    let redirect_uri = scene.platform.client().redirect_uris[0].parse().unwrap();
    let id = &scene.platform.id;
    let mut settings = AdapterSettings::new(&provider.issuer, id, authentication, redirect_uri);
    settings.pushed_requests = PushedRequests::Always;
    settings.sender_constraint = SenderConstraint::Dpop(DpopKey::generate().unwrap());
    Adapter::discover(settings).await.unwrap()
}

fn query(answer: &Answer) -> String {
    let location = answer
        .location()
        .unwrap_or_else(|| panic!("{}", answer.summary()));
    Url::parse(location).unwrap().query().unwrap().to_owned()
}

fn path(url: &Url) -> String {
    format!("{}?{}", url.path(), url.query().unwrap())
}

async fn arrive(
    scene: &mut Scene,
    adapter: &Adapter,
    (url, pending): (Url, PendingLogin),
) -> Result<SignedIn, LoginError> {
    let mut page = scene.browser.go(&path(&url)).await;
    if page.has("#consent-form") {
        page = scene.browser.decide(&page, "grant").await;
    }
    adapter
        .finish_login(CallbackQuery::parse(&query(&page)).unwrap(), pending)
        .await
}

#[tokio::test]
async fn from_the_platforms_own_page_an_enterprise_arrives_with_typed_claims() {
    let ways = [
        (Method::Basic, JwsAlgorithm::Es256),
        (Method::Post, JwsAlgorithm::Rs256),
        (Method::Public, JwsAlgorithm::Es256),
    ];
    let mut scene = Scene::at(Provider::shared()).await;
    for (method, algorithm) in ways {
        let adapter = adapter(&mut scene, method, algorithm).await;
        let started = adapter.start_login(StartLogin::default()).await.unwrap();
        let signed_in = arrive(&mut scene, &adapter, started).await.unwrap();
        let enterprise = signed_in.enterprise.unwrap();
        assert_eq!(enterprise.name, scene.lock.holder);
        assert_eq!(enterprise.credit_code, scene.lock.credit_code());
        assert_eq!(
            signed_in.certificate.unwrap().certificate_issuer,
            "内蒙古乙CA"
        );
        assert_eq!(
            signed_in.contact.unwrap().phone_number.as_deref(),
            Some("0476-8881234")
        );
    }
}

#[tokio::test]
async fn from_the_portal_the_adapter_begins_and_nobody_is_asked_twice() {
    let mut scene = Scene::at(Provider::shared()).await;
    let adapter = adapter(&mut scene, Method::Basic, JwsAlgorithm::Es256).await;
    let consent = scene
        .browser
        .go(&format!("/consent?platform={}", scene.platform.id))
        .await;
    let to_platform = scene.browser.decide(&consent, "grant").await;
    let asked = ThirdPartyLogin::parse(&query(&to_platform));
    let (url, pending) = adapter.third_party_login(asked).await.unwrap();
    let answer = scene.browser.open(&path(&url)).await;
    let callback = CallbackQuery::parse(&query(&answer)).unwrap();
    let signed_in = adapter.finish_login(callback, pending).await.unwrap();
    assert_eq!(signed_in.enterprise.unwrap().name, scene.lock.holder);
    let target = signed_in.target.unwrap();
    assert!(target.as_str().ends_with("/home"), "{}", target.as_str());
}

#[tokio::test]
async fn a_refusal_reaches_the_platform_as_one() {
    let mut scene = Scene::at(Provider::shared()).await;
    let adapter = adapter(&mut scene, Method::Basic, JwsAlgorithm::Es256).await;
    let (url, pending) = adapter.start_login(StartLogin::default()).await.unwrap();
    let page = scene.browser.go(&path(&url)).await;
    let answer = scene.browser.decide(&page, "refuse").await;
    let callback = CallbackQuery::parse(&query(&answer)).unwrap();
    let refused = adapter.finish_login(callback, pending).await.unwrap_err();
    assert!(
        format!("{refused:?}").contains("Denied") || refused.to_string().contains("refus"),
        "{refused:?}"
    );
}

#[test]
fn a_login_waits_at_the_platform_as_long_as_at_the_provider() {
    let lifetimes = idp::config::Config::default().lifetimes;
    let waits = u64::try_from(client_adapter::PENDING_LOGIN_SECONDS).unwrap();
    assert!(waits >= lifetimes.request + lifetimes.code);
}

#[tokio::test]
async fn with_pushed_requests_bound_tokens_and_its_own_key_a_platform_keeps_a_session_until_it_ends()
 {
    let mut scene = Scene::at(Provider::shared()).await;
    for signing in [SigningAlgorithm::Es256, SigningAlgorithm::Ps256] {
        let adapter = Arc::new(bound_adapter(&mut scene, signing).await);
        let started = adapter.start_login(StartLogin::default()).await.unwrap();
        assert!(started.0.query().unwrap().contains("request_uri="));
        let signed_in = arrive(&mut scene, &adapter, started).await.unwrap();
        assert_eq!(signed_in.acr, ACR_KEY_LOCK);

        let store = InMemorySessionStore::new(10, Clock::system());
        let sessions = Sessions::new(Arc::clone(&adapter), Arc::new(store));
        let key = sessions.begin(signed_in).await.unwrap().unwrap();
        let mut session = sessions.find_fresh(&key).await.unwrap().unwrap();
        for _ in 0..3 {
            let tokens = adapter.refresh(&session).await.unwrap();
            let before = session.tokens.access_token.reveal();
            assert!(!tokens.access_token.matches(before));
            session.tokens = tokens;
            let told = adapter.user_info(&session).await.unwrap();
            assert_eq!(told.enterprise.unwrap().name, scene.lock.holder);
        }

        let page = scene.browser.go("/certificate").await;
        let token = ("csrf_token".to_owned(), csrf_token(&page));
        scene.browser.post("/logout", &[token]).await;
        let ended = adapter.refresh(&session).await.unwrap_err();
        assert!(matches!(ended, RefreshError::Ended), "{ended:?}");
        scene.browser.sign_in(&scene.lock).await;
    }
}

#[tokio::test]
async fn a_step_up_asks_for_a_fresh_signature_and_insists_on_it() {
    let mut scene = Scene::at(Provider::shared()).await;
    let adapter = adapter(&mut scene, Method::Basic, JwsAlgorithm::Es256).await;
    let wish = StartLogin {
        acr_values: vec![ACR_KEY_LOCK_FRESH.to_owned()],
        ..StartLogin::default()
    };
    let (url, pending) = adapter.start_login(wish).await.unwrap();
    let asking = Asking {
        parameters: url.query_pairs().into_owned().collect(),
        state: String::new(),
        nonce: String::new(),
        verifier: String::new(),
    };
    let answer = scene.browser.arrive(&scene.lock, &asking).await;
    let callback = CallbackQuery::parse(&query(&answer)).unwrap();
    let signed_in = adapter.finish_login(callback, pending).await.unwrap();
    assert_eq!(signed_in.acr, ACR_KEY_LOCK_FRESH);
}
