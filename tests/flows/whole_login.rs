//! The whole story once: bind, sign in, consent, code, tokens, userinfo.

use e2e::jwt::verified;
use e2e::story::new_lock;
use e2e::{Browser, Platform, Provider};

#[tokio::test]
async fn a_bidder_binds_signs_in_consents_and_arrives() {
    let provider = Provider::shared();
    let lock = new_lock();
    let mut browser = Browser::new(provider);
    browser.bind(&lock).await;
    let platform = Platform::connect(provider).await;
    let tokens = platform.receive(&mut browser, &lock).await;

    let jwks = platform.fetch("/oauth2/jwks").await.json();
    let claims = verified(tokens.id(), &jwks, &provider.issuer, &platform.id).unwrap();
    assert_eq!(claims["nonce"], tokens.asking.nonce);

    let info = platform.userinfo(tokens.access()).await;
    assert_eq!(info.status, 200, "{}", info.summary());
    assert_eq!(info.json()["sub"], claims["sub"]);
    assert_eq!(info.json()["name"], lock.holder);
    assert_eq!(info.json()["credit_code"], lock.credit_code());
}
