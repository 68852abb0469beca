//! Receipts of others, and receipts that lie.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::platform::Method;
use e2e::receipt::{
    ask, forged, given, order, payload, provider, receipt, trust, wrong, wrong_with,
};
use e2e::story::new_lock;
use e2e::{Browser, Platform, PlatformOrder, Provider, TokenRequest};
use idp::receipts::{LONGEST, Standing, verify};
use idp_core::consent_statement::ConsentSigner;
use protocol::scope::ScopeSet;
use serde_json::{Value, json};

#[tokio::test]
async fn nobody_reads_the_receipts_of_others() {
    let provider = provider();
    let (scene, id) = given(provider, new_lock(), PlatformOrder::default()).await;
    receipt(provider, &scene.platform, &id).await;
    let (mut other, _) = given(provider, new_lock(), PlatformOrder::default()).await;
    let answer = ask(&other.platform, "consent", &id).await;
    assert_eq!((answer.status, answer.error().as_str()), (404, "not_found"));
    let page = other
        .browser
        .open(&format!("/account/receipt?consent={id}"))
        .await;
    assert_eq!(
        (page.status, page.problem().as_str()),
        (404, "receipt-unknown")
    );
    // The same answer as for what never was.
    let page = other.browser.open("/account/receipt?consent=never").await;
    assert_eq!(
        (page.status, page.problem().as_str()),
        (404, "receipt-unknown")
    );
    let mut stranger = Browser::new(provider);
    let answer = stranger
        .open(&format!("/account/receipt?consent={id}"))
        .await;
    assert_eq!(answer.location(), Some("/login"));
    let listed = TokenRequest::for_receipt(&other.platform, "/oauth2/receipts")
        .send()
        .await
        .json();
    assert!(!listed.to_string().contains(&id));
}

#[tokio::test]
async fn a_platform_proves_itself_and_one_that_can_not_gets_nothing() {
    let provider = provider();
    let (scene, id) = given(provider, new_lock(), PlatformOrder::default()).await;
    receipt(provider, &scene.platform, &id).await;
    let nobody = TokenRequest::for_receipt(&scene.platform, "/oauth2/receipt")
        .with("consent", &id)
        .without("client_secret")
        .with_header("authorization", "Basic eDp5")
        .send()
        .await;
    assert_eq!(
        (nobody.status, nobody.error().as_str()),
        (401, "invalid_client")
    );
    let order = PlatformOrder {
        method: Method::Public,
        ..PlatformOrder::default()
    };
    let public = Platform::order(provider, order).await;
    let answer = ask(&public, "consent", &id).await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (401, "invalid_client")
    );
}

#[tokio::test]
async fn a_platform_that_was_not_told_who_it_is_does_not_learn_it_from_a_receipt() {
    let provider = provider();
    let order = PlatformOrder {
        scopes: ScopeSet::of_known_words("openid contact"),
        ..PlatformOrder::default()
    };
    let (scene, id) = given(provider, new_lock(), order).await;
    provider.grow_log(1).await;
    let answer = ask(&scene.platform, "consent", &id).await;
    assert_eq!((answer.status, answer.error().as_str()), (404, "not_found"));
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[tokio::test]
async fn no_header_but_our_own_is_understood() {
    let provider = provider();
    let (scene, id) = given(provider, new_lock(), PlatformOrder::default()).await;
    let jws = receipt(provider, &scene.platform, &id).await;
    let parts: Vec<&str> = jws.split('.').collect();
    let kid = e2e::jwt::part(&jws, 0)["kid"].clone();
    let typ = "consent-receipt+jws";
    for header in [
        json!({"alg": "none", "typ": typ, "kid": kid}),
        json!({"alg": "HS256", "typ": typ, "kid": kid}),
        json!({"alg": "ES256", "typ": "at+jwt", "kid": kid}),
        json!({"alg": "ES256", "typ": typ, "kid": kid, "crit": ["b64"], "b64": false}),
        json!({"alg": "ES256", "typ": typ, "kid": kid, "jwk": {"kty": "EC"}}),
        json!({"alg": "ES256", "typ": typ, "kid": kid, "jku": "https://evil.example"}),
        json!({"alg": "ES256", "typ": typ}),
    ] {
        let bent = format!("{}.{}.{}", encoded(&header), parts[1], parts[2]);
        assert_eq!(
            wrong_with(provider, &bent).await,
            ["format: header-not-understood"],
            "{header}"
        );
    }
    let unsigned = format!("{}.{}.", parts[0], parts[1]);
    assert_eq!(
        wrong_with(provider, &unsigned).await,
        ["jws: signature-invalid"]
    );
    let twice = format!(
        "{}.{}.{}",
        parts[0],
        URL_SAFE_NO_PAD.encode(payload(&jws).to_string().replacen(
            '{',
            r#"{"iss":"https://evil.example","#,
            1
        )),
        parts[2]
    );
    assert_eq!(
        wrong_with(provider, &twice).await,
        ["format: not-a-receipt"]
    );
}

#[tokio::test]
async fn huge_nested_and_broken_texts_are_refused_without_effort() {
    let provider = provider();
    let trust = trust(provider).await;
    let nested = URL_SAFE_NO_PAD.encode("[".repeat(100_000));
    let header = encoded(&json!({"alg": "ES256", "typ": "consent-receipt+jws", "kid": "x"}));
    for (text, why) in [
        ("e".repeat(LONGEST + 1), "too-large"),
        (String::new(), "not-a-jws"),
        ("a.b".to_owned(), "not-a-jws"),
        ("a.b.c.d".to_owned(), "not-a-jws"),
        ("\u{0}.\u{0}.\u{0}".to_owned(), "not-a-jws"),
        (format!("{header}.{nested}.e30"), "not-a-receipt"),
        (format!("{nested}.e30.e30"), "header-not-understood"),
        (format!("{header}.e30.e30"), "not-a-receipt"),
    ] {
        let verified = verify(&text, &trust);
        assert_eq!(wrong(&verified), [format!("format: {why}")]);
        assert_eq!(verified.standing(), Standing::Bad);
    }
    // The page takes no more than it needs.
    let mut browser = Browser::new(provider);
    let fields = [("receipt".to_owned(), "e".repeat(2 * LONGEST + 1))];
    let answer = browser.post("/receipt", &fields).await;
    assert_eq!(answer.status, 413, "{}", answer.summary());
    files_are_bounded_and_no_file_is_no_receipt(&mut browser).await;
}

/// As what is pasted.
async fn files_are_bounded_and_no_file_is_no_receipt(browser: &mut Browser) {
    let large = vec![b'e'; LONGEST + 1];
    let answer = browser
        .upload("/receipt", &[], Some(("file", "a.jws", &large)))
        .await;
    assert_eq!(answer.status, 413, "{}", answer.summary());
    for file in [None, Some(("file", "", &b""[..]))] {
        let answer = browser.upload("/receipt", &[], file).await;
        assert_eq!(answer.status, 400, "{}", answer.summary());
        assert_eq!(answer.problem(), "receipt-no-file");
    }
    // Octets that are no text, and an empty file.
    for content in [&[0xff, 0xfe, 0x00][..], b""] {
        let answer = browser
            .upload("/receipt", &[], Some(("file", "<b>.jws", content)))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.summary());
        assert!(answer.has("#check-format-1"), "{}", answer.summary());
        assert!(!answer.has("#statement"));
    }
}

/// What is changed, how, and the check that finds it.
type Bend<'a> = (&'a str, Box<dyn Fn(&mut Value) + 'a>, &'a str);

/// Lies about the text and the lock.
fn of_the_signature(theirs: &Value) -> Vec<Bend<'_>> {
    vec![
        (
            "another text",
            Box::new(|it| it["evidence"]["statement"] = json!("授权一切")),
            "statement: digest-differs",
        ),
        (
            "another text with its digest",
            Box::new(|it| {
                let theirs = &theirs["evidence"];
                it["evidence"]["statement"] = theirs["statement"].clone();
                it["evidence"]["statement_sha256"] = theirs["statement_sha256"].clone();
            }),
            "statement: not-in-the-line",
        ),
        (
            "another enterprise's text, under the own name",
            Box::new(|it| {
                it["evidence"]["statement"] = theirs["evidence"]["statement"].clone();
            }),
            "holder: unchecked look-at-the-certificate",
        ),
        (
            "another lock's signature",
            Box::new(|it| it["evidence"]["signature"] = theirs["evidence"]["signature"].clone()),
            "statement: signature-not-in-the-line",
        ),
        (
            "another nonce",
            Box::new(|it| it["evidence"]["signature"]["nonce"] = json!("bm9uY2U=")),
            "lock-signature: signature-invalid",
        ),
        (
            "a truncated proof",
            Box::new(|it| it["evidence"]["signature"]["proof"] = json!("{\"format\":\"yzt-pr")),
            "lock-signature: proof-malformed",
        ),
        (
            "no signature where the line names one",
            Box::new(|it| {
                it["evidence"]["signature"] = Value::Null;
                it["evidence"]["signed_by"] = json!("provider");
            }),
            "statement: signature-not-in-the-line",
        ),
        (
            "another time",
            Box::new(|it| it["evidence"]["signature"]["at"] = json!(1_000)),
            "lock-signature: time-differs",
        ),
    ]
}

/// Lies about the log, the parties and the lists.
fn of_the_rest(theirs: &Value) -> Vec<Bend<'_>> {
    vec![
        (
            "another enterprise's line",
            Box::new(|it| it["events"][0] = theirs["events"][0].clone()),
            "content: other-consent",
        ),
        (
            "an altered line",
            Box::new(|it| {
                let line = it["events"][0]["log"]["line"].as_str().unwrap();
                it["events"][0]["log"]["line"] = json!(line.replace("openid", "openid contact"));
            }),
            "inclusion: leaf-differs",
        ),
        (
            "a shorter path",
            Box::new(|it| {
                let proof = it["events"][0]["log"]["proof"].as_array_mut().unwrap();
                proof.pop();
            }),
            "inclusion: not-in-the-tree",
        ),
        (
            "another place",
            Box::new(|it| it["events"][0]["log"]["index"] = json!(0)),
            "inclusion: not-in-the-tree",
        ),
        (
            "more data than was agreed to",
            Box::new(|it| {
                let pii = &mut it["pii_processing"][0]["pii_information"][0]["pii_attributes"];
                pii.as_array_mut().unwrap().push(json!("everything"));
            }),
            "content: data-differ",
        ),
        (
            "another platform",
            Box::new(|it| it["party_identification"][2]["party_id"] = json!("elsewhere")),
            "content: other-party",
        ),
        (
            "a part of the credit code",
            Box::new(|it| it["party_identification"][0]["credit_code"] = json!("M0001")),
            "content: party-not-in-the-statement",
        ),
        (
            "a list that nobody signed",
            Box::new(|it| {
                it["evidence"]["signature"]["revocation"][0]["der"] = json!("MAA=");
            }),
            "revocation: evidence-digest-differs",
        ),
        (
            "no list",
            Box::new(|it| it["evidence"]["signature"]["revocation"] = json!([])),
            "revocation: not-cleared",
        ),
        (
            "another head",
            Box::new(|it| {
                let note = it["evidence"]["checkpoint"].as_str().unwrap();
                it["evidence"]["checkpoint"] = json!(note.replacen("/audit\n", "/audit\n9", 1));
            }),
            "checkpoint: not-signed-by-the-log",
        ),
    ]
}

#[tokio::test]
async fn a_provider_that_lies_about_the_text_the_lock_or_the_log_is_found_out() {
    let provider = provider();
    let (scene, id) = given(provider, new_lock(), order(ConsentSigner::Lock)).await;
    let jws = receipt(provider, &scene.platform, &id).await;
    let (other, theirs) = given(provider, new_lock(), order(ConsentSigner::Lock)).await;
    let theirs = payload(&receipt(provider, &other.platform, &theirs).await);
    let bends = of_the_signature(&theirs).into_iter();
    for (what, bend, expected) in bends.chain(of_the_rest(&theirs)) {
        let lie = forged(provider, &jws, bend);
        let wrong = wrong_with(provider, &lie).await;
        assert!(wrong.iter().any(|one| one == expected), "{what}: {wrong:?}");
    }
    // Unchanged, and signed again, it holds: the checks above found the change and nothing else.
    let same = forged(provider, &jws, |_| ());
    assert_eq!(wrong_with(provider, &same).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_receipt_of_another_provider_holds_by_none_of_our_keys() {
    let (ours, theirs) = (provider(), Provider::start(|_| ()));
    let (scene, id) = given(&theirs, new_lock(), order(ConsentSigner::Lock)).await;
    let jws = receipt(&theirs, &scene.platform, &id).await;
    let found = wrong_with(ours, &jws).await;
    assert_eq!(
        found,
        ["jws: key-unknown", "checkpoint: not-signed-by-the-log"]
    );
}

#[tokio::test]
async fn a_withdrawal_of_others_or_of_before_is_none() {
    let provider = provider();
    let (scene, id) = given(provider, new_lock(), PlatformOrder::default()).await;
    let (mut other, theirs) = given(provider, new_lock(), PlatformOrder::default()).await;
    let fields = [("platform", other.platform.id.as_str())];
    let browser = &mut other.browser;
    browser.post_own("/account/consents/revoke", &fields).await;
    let theirs = receipt(provider, &other.platform, &theirs).await;
    let jws = receipt(provider, &scene.platform, &id).await;
    let withdrawn = payload(&theirs)["events"][1].clone();
    let lie = forged(provider, &jws, |it| {
        it["events"].as_array_mut().unwrap().push(withdrawn);
    });
    let wrong = wrong_with(provider, &lie).await;
    assert!(
        wrong.contains(&"content: other-event".to_owned()),
        "{wrong:?}"
    );
    let twisted = forged(provider, &theirs, |it| {
        let events = it["events"].as_array_mut().unwrap();
        events.swap(0, 1);
    });
    let wrong = wrong_with(provider, &twisted).await;
    assert!(!wrong.is_empty());
}
