//! The provider's own TLS.

use std::path::Path;
use std::time::{Duration, Instant};

use e2e::lock::{KeyKind, Order};
use e2e::story::Scene;
use e2e::tls::{TlsProvider, configured, server_order, tls_authority, trusting};
use e2e::{Provider, openssl};
use pki::certificate::Certificate;
use reqwest::tls::{TlsInfo, Version};

#[tokio::test]
async fn a_whole_sign_in_goes_over_tls_and_says_that_everything_does() {
    let tls = TlsProvider::shared();
    let mut scene = Scene::at(&tls.provider).await;
    let tokens = scene.receive().await;
    let answer = scene.platform.userinfo(tokens.access()).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    for path in ["/", "/.well-known/openid-configuration", "/oauth2/jwks"] {
        let answer = scene.browser.open(path).await;
        assert_eq!(answer.status, 200, "{}", answer.summary());
        let kept = answer.header("strict-transport-security");
        assert!(kept.starts_with("max-age=63072000"), "{path}: {kept}");
    }
    let session = scene.browser.session().is_some();
    assert!(session && scene.browser.cookies.contains_key("__Host-yzt-session"));
}

#[tokio::test]
async fn both_versions_of_tls_are_spoken_and_nothing_is_answered_in_clear() {
    let base = &TlsProvider::shared().provider.base;
    for version in [Version::TLS_1_2, Version::TLS_1_3] {
        let client = trusting().tls_version_min(version).tls_version_max(version);
        let answer = client.build().unwrap().get(base).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{version:?}");
    }
    let clear = base.replace("https:", "http:");
    let refused = trusting().build().unwrap().get(clear).send().await;
    assert!(refused.is_err());
}

/// The certificate that a connection made now is served with.
async fn served(base: &str) -> Vec<u8> {
    let client = trusting().tls_info(true).build().unwrap();
    let answer = client.get(format!("{base}/healthz")).send().await.unwrap();
    let info = answer.extensions().get::<TlsInfo>().unwrap();
    info.peer_certificate().unwrap().to_vec()
}

async fn becomes_served(base: &str, certificate: &[u8]) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(20) {
        if served(base).await == certificate {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    false
}

fn der(folder: &Path) -> Vec<u8> {
    let pem = std::fs::read_to_string(folder.join("certificate.pem")).unwrap();
    Certificate::from_pem(&pem).unwrap()[0].der().to_vec()
}

#[tokio::test]
async fn a_renewed_certificate_is_served_without_a_restart_and_a_broken_file_changes_nothing() {
    let files = configured();
    let folder = files.certificate.parent().unwrap().to_owned();
    let tls = TlsProvider::start(|config| {
        let programs = std::mem::take(&mut config.tls.mtls_listen);
        config.tls = files;
        config.tls.mtls_listen = programs;
    });
    let base = &tls.provider.base;
    let first = der(&folder);
    assert_eq!(served(base).await, first);

    let renewed = tls_authority().server();
    // The certificate comes first: without its key it is not taken, and the old one is served on.
    std::fs::copy(
        renewed.join("certificate.pem"),
        folder.join("certificate.pem"),
    )
    .unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(served(base).await, first);
    std::fs::copy(renewed.join("key.pem"), folder.join("key.pem")).unwrap();
    assert!(becomes_served(base, &der(&renewed)).await);
    assert!(becomes_served(&tls.mtls, &der(&renewed)).await);

    for broken in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAA"] {
        std::fs::write(folder.join("certificate.pem"), broken).unwrap();
        tokio::time::sleep(Duration::from_millis(2500)).await;
        assert_eq!(served(base).await, der(&renewed), "{broken}");
    }
    std::fs::remove_file(folder.join("certificate.pem")).unwrap();
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(served(base).await, der(&renewed));
}

#[test]
fn a_provider_does_not_start_on_a_certificate_without_its_key() {
    for (bend, why) in [
        (
            (|folder: &Path| openssl::make_key(folder, KeyKind::P256)) as fn(&Path),
            "does not fit",
        ),
        (
            |folder| std::fs::remove_file(folder.join("key.pem")).unwrap(),
            "key.pem",
        ),
        (
            |folder| std::fs::write(folder.join("certificate.pem"), "nonsense").unwrap(),
            "certificate.pem",
        ),
    ] {
        let files = configured();
        bend(files.certificate.parent().unwrap());
        let started = Provider::try_start(|config| {
            config.issuer = "https://idp.example".to_owned();
            config.tls = files;
        });
        let refused = started.err().unwrap().to_string();
        assert!(
            refused.starts_with("tls: ") && refused.contains(why),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn keys_of_either_kind_serve() {
    let order = Order {
        kind: KeyKind::Rsa(2048),
        ..server_order()
    };
    let folder = tls_authority().issue(&order);
    let tls = TlsProvider::start(|config| {
        config.tls.certificate = folder.join("certificate.pem");
        config.tls.key = folder.join("key.pem");
    });
    assert_eq!(served(&tls.provider.base).await, der(&folder));
}
