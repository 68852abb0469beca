//! Proofs that answer another question than the one asked, or with another key.

use std::collections::BTreeMap;

use e2e::browser::{csrf_token, set};
use e2e::proof::{Challenge, Draft};
use e2e::story::{binding_form, new_lock};
use e2e::{Answer, Browser, KeyKind, Lock, Order, Provider, world};
use idp_core::audit::AuditKind;
use protocol::challenge::Purpose;
use protocol::proof::ProofAlgorithm;

struct Attack {
    browser: Browser,
    lock: Lock,
    page: Answer,
    challenge: Challenge,
}

impl Attack {
    /// A bound lock in front of a login page.
    async fn begin() -> Self {
        let lock = new_lock();
        let mut browser = Browser::new(Provider::shared());
        browser.bind(&lock).await;
        let page = browser.open("/login").await;
        let challenge = Challenge::of(&page);
        Self {
            browser,
            lock,
            page,
            challenge,
        }
    }

    /// Sends a proof; it must be refused with this code and written down, and the lock must still come in
    /// with a true one.
    async fn refused(mut self, proof: &str, code: &str) {
        let answer = self.browser.answer_challenge(&self.page, proof, &[]).await;
        assert_refused(&answer, code).await;
        assert_eq!(
            self.browser.open("/certificate").await.location(),
            Some("/login")
        );
        self.browser.sign_in(&self.lock).await;
    }

    async fn refused_draft(self, code: &str, bend: impl FnOnce(&Challenge, &Lock) -> Draft) {
        let proof = bend(&self.challenge, &self.lock).json();
        self.refused(&proof, code).await;
    }
}

async fn assert_refused(answer: &Answer, code: &str) {
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, code),
        "{}",
        answer.summary()
    );
    let provider = Provider::shared();
    provider
        .expect_incident(&answer.incident(), AuditKind::LoginRefused, code)
        .await;
}

#[tokio::test]
async fn a_nonce_serves_once() {
    let mut attack = Attack::begin().await;
    let proof = attack.challenge.proof(&attack.lock);
    let first = attack
        .browser
        .answer_challenge(&attack.page, &proof, &[])
        .await;
    assert_eq!(first.location(), Some("/certificate"));
    // The same answer again, in the session it was signed for and in the one it opened.
    let fresh = attack.browser.open("/certificate").await;
    let mut fields = vec![("csrf_token".to_owned(), csrf_token(&fresh))];
    set(&mut fields, "nonce", &attack.challenge.nonce);
    set(&mut fields, "proof", &proof);
    let again = attack.browser.post("/login", &fields).await;
    assert_refused(&again, "challenge-expired").await;
}

#[tokio::test]
async fn a_nonce_is_spent_even_when_the_proof_was_wrong() {
    let mut attack = Attack::begin().await;
    let mut draft = attack.challenge.draft(&attack.lock);
    draft.signature[10] ^= 1;
    let wrong = attack
        .browser
        .answer_challenge(&attack.page, &draft.json(), &[])
        .await;
    assert_refused(&wrong, "signature-invalid").await;
    let right = attack.challenge.proof(&attack.lock);
    let late = attack
        .browser
        .answer_challenge(&attack.page, &right, &[])
        .await;
    assert_refused(&late, "challenge-expired").await;
}

#[tokio::test]
async fn a_nonce_of_another_browser_is_refused() {
    let mut victim = Attack::begin().await;
    // The attacker's own page asks; the victim's lock signs the attacker's nonce.
    let mut attacker = Browser::new(Provider::shared());
    let theirs = attacker.open("/login").await;
    let challenge = Challenge::of(&theirs);
    let mut fields = victim.page.fields("#challenge-form");
    set(&mut fields, "nonce", &challenge.nonce);
    set(&mut fields, "proof", &challenge.proof(&victim.lock));
    let answer = victim.browser.post("/login", &fields).await;
    assert_refused(&answer, "challenge-of-other-browser").await;
    // And the nonce is gone for the attacker too.
    let late = attacker
        .answer_challenge(&theirs, &challenge.proof(&victim.lock), &[])
        .await;
    assert_refused(&late, "challenge-expired").await;
}

#[tokio::test]
async fn a_signature_for_another_origin_is_refused() {
    for origin in ["https://evil.example", "http://127.0.0.1", "null", ""] {
        let attack = Attack::begin().await;
        attack
            .refused_draft("signature-invalid", |challenge, lock| {
                let mut other = challenge.clone();
                origin.clone_into(&mut other.origin);
                other.draft(lock)
            })
            .await;
    }
}

#[tokio::test]
async fn a_signature_for_another_purpose_is_refused() {
    for purpose in Purpose::ALL
        .into_iter()
        .filter(|purpose| *purpose != Purpose::Login)
    {
        let attack = Attack::begin().await;
        attack
            .refused_draft("signature-invalid", |challenge, lock| {
                let mut other = challenge.clone();
                other.purpose = purpose;
                other.draft(lock)
            })
            .await;
    }
}

#[tokio::test]
async fn a_nonce_given_for_binding_does_not_sign_in_and_the_reverse() {
    let mut attack = Attack::begin().await;
    let bind = attack.browser.open("/bind").await;
    let for_binding = Challenge::of(&bind);
    let mut fields = attack.page.fields("#challenge-form");
    set(&mut fields, "nonce", &for_binding.nonce);
    set(&mut fields, "proof", &for_binding.proof(&attack.lock));
    let answer = attack.browser.post("/login", &fields).await;
    assert_refused(&answer, "signature-invalid").await;

    let stranger = new_lock();
    let login = attack.browser.open("/login").await;
    let for_login = Challenge::of(&login);
    let mut fields = attack.browser.open("/bind").await.fields("#challenge-form");
    set(&mut fields, "nonce", &for_login.nonce);
    set(&mut fields, "proof", &for_login.proof(&stranger));
    fields.extend(binding_form(&stranger.credit_code()));
    let answer = attack.browser.post("/bind", &fields).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "signature-invalid")
    );
    assert!(Provider::shared().stored_lock(&stranger).await.is_none());
}

#[tokio::test]
async fn an_altered_statement_is_refused() {
    for altered in ["", "授权向 https://evil.example 付款"] {
        let attack = Attack::begin().await;
        attack
            .refused_draft("signature-invalid", |challenge, lock| {
                let mut other = challenge.clone();
                altered.clone_into(&mut other.statement);
                other.draft(lock)
            })
            .await;
    }
}

#[tokio::test]
async fn a_signature_by_another_key_is_refused() {
    let stranger = new_lock();
    let attack = Attack::begin().await;
    attack
        .refused_draft("signature-invalid", |challenge, lock| {
            let mut draft = challenge.draft(lock);
            draft.signature = challenge.draft(&stranger).signature;
            draft
        })
        .await;
}

#[tokio::test]
async fn a_certificate_swapped_after_signing_is_refused() {
    // Seen on a page, bound to another enterprise: not a key.
    let victim = new_lock();
    Browser::new(Provider::shared()).bind(&victim).await;
    let attack = Attack::begin().await;
    attack
        .refused_draft("signature-invalid", |challenge, lock| {
            let mut draft = challenge.draft(lock);
            draft.certificate = victim.certificate.der().to_vec();
            draft
        })
        .await;
}

#[tokio::test]
async fn the_algorithm_is_the_keys_and_never_the_proofs_choice() {
    let world = world();
    let locks = [
        world.p256.lock(&Order::enterprise(KeyKind::P256)),
        world.p256.lock(&Order::enterprise(KeyKind::P384)),
        world.rsa.lock(&Order::enterprise(KeyKind::Rsa(2048))),
        world.sm2.lock(&Order::enterprise(KeyKind::Sm2)),
    ];
    let provider = Provider::shared();
    for lock in &locks {
        let mut browser = Browser::new(provider);
        browser.bind(lock).await;
        for algorithm in ProofAlgorithm::ALL {
            let both = [lock.algorithm, algorithm];
            if lock.algorithm == algorithm || both.iter().all(|a| is_rsa(*a)) {
                continue;
            }
            let page = browser.open("/login").await;
            let mut draft = Challenge::of(&page).draft(lock);
            algorithm.as_str().clone_into(&mut draft.algorithm);
            let answer = browser.answer_challenge(&page, &draft.json(), &[]).await;
            assert_refused(&answer, "algorithm-mismatch").await;
        }
    }
}

fn is_rsa(algorithm: ProofAlgorithm) -> bool {
    matches!(algorithm, ProofAlgorithm::Rs256 | ProofAlgorithm::Ps256)
}

#[tokio::test]
async fn one_rsa_padding_does_not_pass_for_the_other() {
    let provider = Provider::shared();
    let lock = world().rsa.lock(&Order::enterprise(KeyKind::Rsa(2048)));
    let mut browser = Browser::new(provider);
    browser.bind(&lock).await;
    for (signed, said) in [("RS256", "PS256"), ("PS256", "RS256")] {
        let page = browser.open("/login").await;
        let mut draft = Challenge::of(&page).draft_with(&lock, signed.parse().unwrap());
        said.clone_into(&mut draft.algorithm);
        let answer = browser.answer_challenge(&page, &draft.json(), &[]).await;
        assert_refused(&answer, "signature-invalid").await;
    }
}

#[tokio::test]
async fn a_signature_that_is_no_signature_is_refused() {
    let signatures = [
        vec![0; 64],
        vec![0xff; 64],
        vec![0; 1],
        vec![0; 63],
        vec![1; 65],
        vec![7; 4096],
    ];
    for signature in signatures {
        let attack = Attack::begin().await;
        attack
            .refused_draft("signature-invalid", |challenge, lock| {
                let mut draft = challenge.draft(lock);
                draft.signature = signature;
                draft
            })
            .await;
    }
}

#[tokio::test]
async fn a_hundred_uses_of_one_nonce_at_once_sign_in_once() {
    let attack = Attack::begin().await;
    let proof = attack.challenge.proof(&attack.lock);
    let tries = (0..100).map(|_| {
        let (mut browser, page, proof) =
            (attack.browser.clone(), attack.page.clone(), proof.clone());
        tokio::spawn(async move { browser.answer_challenge(&page, &proof, &[]).await })
    });
    let mut outcomes: BTreeMap<u16, usize> = BTreeMap::new();
    for answer in tries.collect::<Vec<_>>() {
        let answer = answer.await.unwrap();
        *outcomes.entry(answer.status).or_default() += 1;
        // Whoever comes after the winner's session was renewed finds none at all.
        assert!(
            matches!(answer.status, 303 | 400 | 403),
            "{}",
            answer.summary()
        );
    }
    assert_eq!(outcomes.get(&303), Some(&1), "{outcomes:?}");
}

#[tokio::test]
async fn a_web_eid_token_names_no_purpose_and_so_binds_nothing() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let lock = new_lock();
    let mut browser = Browser::new(Provider::shared());
    let page = browser.open("/bind").await;
    let octets = Challenge::of(&page)
        .text()
        .web_eid_to_be_signed(ProofAlgorithm::Es256);
    let token = serde_json::json!({
        "format": "web-eid:1.0",
        "unverifiedCertificate": STANDARD.encode(lock.certificate.der()),
        "algorithm": "ES256",
        "signature": STANDARD.encode(lock.sign(ProofAlgorithm::Es256, &octets)),
    });
    let form = binding_form(&lock.credit_code());
    let answer = browser
        .answer_challenge(&page, &token.to_string(), &form)
        .await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "signature-invalid")
    );
    assert!(Provider::shared().stored_lock(&lock).await.is_none());
}
