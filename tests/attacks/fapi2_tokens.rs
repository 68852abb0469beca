//! FAPI 2.0 Security Profile: token requests and uses of tokens that must be refused; a test for each module of the
//! certification plan, under the module's name.

use std::time::Duration;

use e2e::dpop::{DpopKey, Proof};
use e2e::fapi2::Fapi2;
use e2e::jwt::{Assertion, now};
use e2e::{Answer, PlatformOrder, Provider, TokenRequest};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

fn refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (status, error),
        "{}",
        answer.summary()
    );
    assert_eq!(answer.json().get("access_token"), None);
}

/// A code, and the token request for it as it should be.
async fn redeeming(fapi2: &mut Fapi2) -> TokenRequest {
    let asking = fapi2.ask();
    let code = fapi2.code(&asking).await;
    fapi2.platform().redeem(&code, &asking)
}

#[tokio::test]
async fn ensure_client_id_in_token_endpoint() {
    let mut fapi2 = Fapi2::new().await;
    let other = Fapi2::new().await;
    let request = redeeming(&mut fapi2).await;
    let with_other = request.with("client_id", &other.platform().id);
    refused(&fapi2.key.send(&with_other).await, 401, "invalid_client");
}

#[tokio::test]
async fn ensure_holder_of_key_required() {
    let mut fapi2 = Fapi2::new().await;
    let request = redeeming(&mut fapi2).await;
    refused(&request.send().await, 400, "invalid_dpop_proof");
}

#[tokio::test]
async fn ensure_authorization_code_is_bound_to_client() {
    let mut fapi2 = Fapi2::new().await;
    let mut other = Fapi2::new().await;
    let asking = fapi2.ask();
    let code = fapi2.code(&asking).await;
    refused(&other.redeem(&code, &asking).await, 400, "invalid_grant");
}

#[tokio::test]
async fn attempt_reuse_authorization_code_after_one_second() {
    let mut fapi2 = Fapi2::new().await;
    let asking = fapi2.ask();
    let code = fapi2.code(&asking).await;
    let tokens = fapi2.redeem(&code, &asking).await.json();
    tokio::time::sleep(Duration::from_secs(1)).await;
    refused(&fapi2.redeem(&code, &asking).await, 400, "invalid_grant");
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(fapi2.userinfo(access, |_| ()).await.status, 401);
}

/// A code lives a minute at most (`codes_of_such_a_client_live_a_minute_at_most`); here it lives a second.
#[tokio::test]
async fn ensure_token_endpoint_fails_with_expired_auth_code() {
    let provider = Provider::start(|config| config.lifetimes.code = 1);
    let mut fapi2 = Fapi2::at(&provider, PlatformOrder::fapi2(Algorithm::ES256)).await;
    let asking = fapi2.ask();
    let code = fapi2.code(&asking).await;
    tokio::time::sleep(Duration::from_millis(1200)).await;
    refused(&fapi2.redeem(&code, &asking).await, 400, "invalid_grant");
}

#[tokio::test]
async fn ensure_signed_client_assertion_with_rs256_fails() {
    let mut fapi2 = Fapi2::ordering(PlatformOrder::fapi2(Algorithm::PS256)).await;
    let request = redeeming(&mut fapi2).await;
    // The registered key itself, with the padding that FAPI 2.0 forbids.
    fapi2.scene.platform.key.as_mut().unwrap().algorithm = Algorithm::RS256;
    let forbidden = fapi2.proven(request.clone(), |proof| proof);
    refused(&fapi2.key.send(&forbidden).await, 401, "invalid_client");
    fapi2.scene.platform.key.as_mut().unwrap().algorithm = Algorithm::PS256;
    let allowed = fapi2.proven(request, |proof| proof);
    let answer = fapi2.key.send(&allowed).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
}

#[tokio::test]
async fn ensure_client_assertion_in_token_endpoint() {
    let mut fapi2 = Fapi2::new().await;
    let request = redeeming(&mut fapi2).await;
    let bare = request
        .without("client_assertion")
        .without("client_assertion_type")
        .with("client_id", &fapi2.scene.platform.id);
    refused(&fapi2.key.send(&bare).await, 401, "invalid_client");
    // Nor does the secret that other platforms have serve instead.
    let secret = bare.with("client_secret", &fapi2.scene.platform.secret);
    refused(&fapi2.key.send(&secret).await, 401, "invalid_client");
}

async fn of_assertion(change: impl FnOnce(Assertion) -> Assertion) {
    let mut fapi2 = Fapi2::new().await;
    let request = redeeming(&mut fapi2).await;
    let changed = fapi2.proven(request, change);
    refused(&fapi2.key.send(&changed).await, 401, "invalid_client");
}

#[tokio::test]
async fn ensure_client_assertion_with_exp_is_5_minutes_in_past_fails() {
    of_assertion(|proof| proof.with("exp", now() - 300)).await;
}

#[tokio::test]
async fn ensure_client_assertion_with_wrong_aud_fails() {
    of_assertion(|proof| proof.with("aud", "https://other.example")).await;
}

#[tokio::test]
async fn ensure_client_assertion_with_no_sub_fails() {
    of_assertion(|proof| proof.without("sub")).await;
}

#[tokio::test]
async fn ensure_pkce_code_verifier_required() {
    let mut fapi2 = Fapi2::new().await;
    let request = redeeming(&mut fapi2).await.without("code_verifier");
    refused(&fapi2.key.send(&request).await, 400, "invalid_grant");
}

#[tokio::test]
async fn incorrect_pkce_code_verifier_rejected() {
    let mut fapi2 = Fapi2::new().await;
    let wrong = fapi2.ask().verifier;
    let request = redeeming(&mut fapi2).await.with("code_verifier", &wrong);
    refused(&fapi2.key.send(&request).await, 400, "invalid_grant");
}

/// `dpop_jkt` says one key, the proof at the push shows another.
#[tokio::test]
async fn ensure_mismatched_dpop_jkt_fails() {
    let mut fapi2 = Fapi2::new().await;
    let other = DpopKey::generate(&fapi2.platform().issuer);
    let asking = fapi2.ask().with("dpop_jkt", &other.jkt());
    let push = fapi2.platform().push(&asking);
    refused(&fapi2.key.send(&push).await, 400, "invalid_dpop_proof");
}

/// The proof at the push bound the code to one key; another redeems it.
#[tokio::test]
async fn ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt() {
    let mut fapi2 = Fapi2::new().await;
    let asking = fapi2.ask();
    let push = fapi2.platform().push(&asking);
    let pushed = fapi2.key.send(&push).await;
    let code = fapi2.arrive(&pushed).await.parameter("code").unwrap();
    fapi2.key = DpopKey::generate(&fapi2.platform().issuer);
    refused(
        &fapi2.redeem(&code, &asking).await,
        400,
        "invalid_dpop_proof",
    );
}

/// As above, by `dpop_jkt`.
#[tokio::test]
async fn ensure_token_endpoint_fails_with_mismatched_dpop_jkt() {
    let mut fapi2 = Fapi2::new().await;
    let other = DpopKey::generate(&fapi2.platform().issuer);
    let asking = fapi2.ask().with("dpop_jkt", &other.jkt());
    let code = fapi2.code(&asking).await;
    refused(
        &fapi2.redeem(&code, &asking).await,
        400,
        "invalid_dpop_proof",
    );
}

type Change = Box<dyn Fn(&mut Proof)>;

fn claim(name: &'static str, value: Value) -> Change {
    Box::new(move |proof| proof.claims[name] = value.clone())
}

fn header(name: &'static str, value: Value) -> Change {
    Box::new(move |proof| proof.header[name] = value.clone())
}

fn no_claim(name: &'static str) -> Change {
    Box::new(move |proof| {
        proof.claims.as_object_mut().unwrap().remove(name);
    })
}

fn no_header(name: &'static str) -> Change {
    Box::new(move |proof| {
        proof.header.as_object_mut().unwrap().remove(name);
    })
}

/// What a proof at the resource must not be.
fn bad_proofs(issuer: &str) -> Vec<(&'static str, Change)> {
    let uri = format!("{issuer}/oauth2/userinfo");
    vec![
        ("no typ", no_header("typ")),
        ("wrong typ", header("typ", json!("JWT"))),
        ("no alg", no_header("alg")),
        ("no jwk", no_header("jwk")),
        ("no jti", no_claim("jti")),
        ("no htm", no_claim("htm")),
        ("no htu", no_claim("htu")),
        ("no iat", no_claim("iat")),
        ("no ath", no_claim("ath")),
        ("alg none", header("alg", json!("none"))),
        ("alg changed", header("alg", json!("PS256"))),
        ("alg RS256", header("alg", json!("RS256"))),
        (
            "private key in jwk",
            Box::new(|proof| proof.header["jwk"]["d"] = json!("AAAA")),
        ),
        ("wrong htm", claim("htm", json!("POST"))),
        ("htm in small letters", claim("htm", json!("get"))),
        (
            "wrong htu",
            claim("htu", json!(format!("{issuer}/oauth2/token"))),
        ),
        ("query in htu", claim("htu", json!(format!("{uri}?a=b")))),
        ("fragment in htu", claim("htu", json!(format!("{uri}#a")))),
        ("iat an hour ago", claim("iat", json!(now() - 3600))),
        ("iat in an hour", claim("iat", json!(now() + 3600))),
        ("wrong ath", claim("ath", json!("AAAA"))),
    ]
}

#[tokio::test]
async fn dpop_negative_tests() {
    let mut fapi2 = Fapi2::new().await;
    let access = fapi2.access_token().await;
    let platform = fapi2.platform();
    for (what, change) in bad_proofs(&platform.issuer) {
        let answer = fapi2.userinfo(&access, change).await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (401, "invalid_dpop_proof"),
            "{what}"
        );
    }
    let fresh = || fapi2.key.sign(&fapi2.key.userinfo_proof(&access));
    let mut other = DpopKey::generate(&platform.issuer);
    other.nonce.clone_from(&fapi2.key.nonce);
    let used = fresh();
    assert_eq!(
        platform
            .userinfo_by("DPoP", &access, std::slice::from_ref(&used))
            .await
            .status,
        200
    );
    let broken = fresh();
    let broken = format!("{}AAAA", &broken[..broken.len() - 4]);
    for (what, scheme, proofs) in [
        ("Bearer scheme", "Bearer", vec![fresh()]),
        ("Bearer scheme, no proof", "Bearer", vec![]),
        ("no proof", "DPoP", vec![]),
        ("two proofs", "DPoP", vec![fresh(), fresh()]),
        (
            "the same proof twice",
            "DPoP",
            vec![used.clone(), used.clone()],
        ),
        ("replayed jti", "DPoP", vec![used]),
        ("malformed", "DPoP", vec!["not.a.proof".to_owned()]),
        ("bad signature", "DPoP", vec![broken]),
        (
            "other key",
            "DPoP",
            vec![other.sign(&other.userinfo_proof(&access))],
        ),
    ] {
        let answer = platform.userinfo_by(scheme, &access, &proofs).await;
        assert_eq!(answer.status, 401, "{what}: {}", answer.summary());
    }
    let upper = platform.issuer.replace("http://", "HTTP://");
    let accepted = [
        ("extra header", header("extra", json!("x"))),
        ("extra claim", claim("extra", json!({ "a": 1 }))),
        (
            "upper-case scheme",
            claim("htu", json!(format!("{upper}/oauth2/userinfo"))),
        ),
    ];
    for (what, change) in accepted {
        let answer = fapi2.userinfo(&access, change).await;
        assert_eq!(answer.status, 200, "{what}: {}", answer.summary());
    }
}

/// A code lives ten minutes for others, and a minute for a platform held to FAPI 2.0; what is registered must keep to the
/// profile in the first place.
#[tokio::test]
async fn a_registration_that_breaks_the_profile_is_refused() {
    use idp_core::directory::{Act, DirectoryError, RegistrationRefusal, connect};
    let fapi2 = Fapi2::new().await;
    let provider = Provider::shared();
    let mut registration = fapi2.platform().registration.clone();
    registration.id = idp_core::id::PlatformId::from_text("fapi2-breach");
    registration.client.as_mut().unwrap().id_token_alg = idp_core::platform::JwsAlgorithm::Rs256;
    let cx = provider.state.cx();
    let written = provider
        .state
        .database
        .write(move |store| connect(store, &cx, &registration, Act::by("test", None)))
        .await;
    assert!(matches!(
        written,
        Err(DirectoryError::Refused(RegistrationRefusal::Profile(_)))
    ));
}
