//! A platform built on the client adapter signs people out at the real provider, and learns that they signed out there.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::{App, HttpServer};
use client_adapter::actix::{BACKCHANNEL_LOGOUT_PATH, configure_sessions};
use client_adapter::{
    Adapter, AdapterSettings, CallbackQuery, ClientAuthentication, Clock, InMemorySessionStore,
    Secret, SessionKey, Sessions, SignOut, StartLogin,
};
use e2e::browser::csrf_token;
use e2e::story::Scene;
use e2e::{Platform, PlatformOrder};
use url::Url;

use super::back_channel::provider;

/// A platform that is told of sign-outs, and somebody who signed in at it.
struct Entered {
    scene: Scene,
    sessions: Arc<Sessions>,
    key: SessionKey,
}

async fn entered() -> Entered {
    let provider = provider();
    let mut scene = Scene::at(provider).await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let mut order = PlatformOrder::refreshing();
    order.redirect_uris = vec![format!("{origin}/auth/callback")];
    order.logout.post_logout_redirect_uris = vec![format!("{origin}/")];
    order.logout.backchannel_uri = Some(format!("{origin}{BACKCHANNEL_LOGOUT_PATH}"));
    order.logout.backchannel_session_required = true;
    scene.platform = Platform::order(provider, order).await;

    let secret = scene.platform.secret.clone().into();
    let mut settings = AdapterSettings::new(
        &provider.issuer,
        &scene.platform.id,
        ClientAuthentication::ClientSecretBasic(secret),
        format!("{origin}/auth/callback").parse().unwrap(),
    );
    settings.post_logout_redirect_uri = Some(format!("{origin}/").parse().unwrap());
    let adapter = Arc::new(Adapter::discover(settings).await.unwrap());
    let store = InMemorySessionStore::new(10, Clock::system());
    let sessions = Arc::new(Sessions::new(Arc::clone(&adapter), Arc::new(store)));
    listen(listener, Arc::clone(&sessions));

    let key = sign_in(&mut scene, &sessions).await;
    Entered {
        scene,
        sessions,
        key,
    }
}

/// The platform's address for sign-outs, for as long as the tests run.
fn listen(listener: TcpListener, sessions: Arc<Sessions>) {
    let server = HttpServer::new(move || {
        let sessions = Arc::clone(&sessions);
        App::new().configure(|config| configure_sessions(config, sessions))
    });
    let server = server.workers(1).disable_signals().listen(listener);
    tokio::spawn(server.unwrap().run());
}

async fn sign_in(scene: &mut Scene, sessions: &Sessions) -> SessionKey {
    let started = sessions.adapter().start_login(StartLogin::default());
    let (url, pending) = started.await.unwrap();
    let mut page = scene.browser.go(&path(&url)).await;
    if page.has("#consent-form") {
        page = scene.browser.decide(&page, "grant").await;
    }
    let location = page
        .location()
        .unwrap_or_else(|| panic!("{}", page.summary()));
    let callback = Url::parse(location).unwrap();
    let query = CallbackQuery::parse(callback.query().unwrap()).unwrap();
    let signed_in = sessions
        .adapter()
        .finish_login(query, pending)
        .await
        .unwrap();
    sessions.begin(signed_in).await.unwrap().unwrap()
}

fn path(url: &Url) -> String {
    format!("{}?{}", url.path(), url.query().unwrap())
}

#[tokio::test]
async fn signing_out_at_the_platform_signs_out_at_the_provider_and_leads_back() {
    let mut at = entered().await;
    let wish = SignOut {
        state: Some(Secret::new("state-1")),
        ..SignOut::default()
    };
    let url = at.sessions.sign_out(&at.key, wish).await.unwrap().unwrap();
    assert!(at.sessions.find(&at.key).await.unwrap().is_none());
    let answer = at.scene.browser.open(&path(&url)).await;
    let back = Url::parse(answer.location().unwrap()).unwrap();
    assert_eq!(back.query(), Some("state=state-1"));
    assert_eq!(back.path(), "/");
    let page = at.scene.browser.open("/login").await;
    assert!(page.has("#challenge-form"), "{}", page.summary());
}

#[tokio::test]
async fn signing_out_at_the_portal_ends_the_session_at_the_platform() {
    let mut at = entered().await;
    assert!(at.sessions.find(&at.key).await.unwrap().is_some());
    let page = at.scene.browser.go("/certificate").await;
    let token = ("csrf_token".to_owned(), csrf_token(&page));
    at.scene.browser.post("/logout", &[token]).await;
    for _ in 0..100 {
        if at.sessions.find(&at.key).await.unwrap().is_none() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the platform was not told");
}
