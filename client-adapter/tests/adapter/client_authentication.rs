//! The four ways in which a platform proves at the token endpoint that it is itself.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
    UnparsedPublicKey,
};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use client_adapter::{ClientAuthentication, PrivateKeyJwt, SigningAlgorithm};
use serde_json::Value;

use crate::fake_provider::{CLIENT_ID, CLIENT_SECRET, FakeProvider, Wrong, now};
use crate::{key_pem, settings, sign_in};

#[actix_web::test]
async fn a_secret_travels_in_the_header_or_in_the_form() {
    let provider = FakeProvider::start(Wrong::default());
    sign_in(&provider, settings(&provider)).await.unwrap();
    let (header, form) = provider.last_token_request();
    assert!(header.unwrap().starts_with("Basic "));
    assert!(!form.contains_key("client_secret"));

    let mut by_form = settings(&provider);
    by_form.client_authentication = ClientAuthentication::ClientSecretPost(CLIENT_SECRET.into());
    sign_in(&provider, by_form).await.unwrap();
    let (header, form) = provider.last_token_request();
    assert_eq!(header, None);
    assert_eq!(form["client_secret"], CLIENT_SECRET);
}

#[actix_web::test]
async fn a_public_platform_sends_its_name_and_no_secret() {
    let provider = FakeProvider::start(Wrong::default());
    let mut public = settings(&provider);
    public.client_authentication = ClientAuthentication::Public;
    sign_in(&provider, public).await.unwrap();
    let (header, form) = provider.last_token_request();
    assert_eq!(header, None);
    assert_eq!(form["client_id"], CLIENT_ID);
    assert!(!form.contains_key("client_secret"));
    assert!(form.contains_key("code_verifier"));
}

#[actix_web::test]
async fn a_private_key_signs_a_short_lived_assertion_for_this_provider_alone() {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let pem = key_pem(&key);
    let provider = FakeProvider::start(Wrong::default());
    let mut signing = settings(&provider);
    signing.client_authentication = ClientAuthentication::PrivateKeyJwt(PrivateKeyJwt {
        key_id: "platform-1".to_owned(),
        algorithm: SigningAlgorithm::Es256,
        private_key_pem: pem.into(),
    });
    sign_in(&provider, signing).await.unwrap();

    let (header, form) = provider.last_token_request();
    assert_eq!(header, None);
    assert_eq!(
        form["client_assertion_type"],
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    );
    let assertion = &form["client_assertion"];
    let (input, signature) = assertion.rsplit_once('.').unwrap();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key().as_ref())
        .verify(
            input.as_bytes(),
            &BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap(),
        )
        .unwrap();
    let parts: Vec<Value> = input
        .split('.')
        .map(|part| serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
        .collect();
    assert_eq!(parts[0]["kid"], "platform-1");
    assert_eq!(parts[0]["alg"], "ES256");
    assert_eq!(parts[1]["iss"], CLIENT_ID);
    assert_eq!(parts[1]["sub"], CLIENT_ID);
    assert_eq!(parts[1]["aud"], provider.issuer());
    assert_eq!(parts[1]["jti"].as_str().unwrap().len(), 43);
    let expires_in = parts[1]["exp"].as_i64().unwrap() - now();
    assert!((1..=60).contains(&expires_in), "{expires_in}");
}
