//! What a right answer yields.

use std::time::Duration;

use client_adapter::protocol::claims::{ACR_KEY_LOCK, LockRole, SubjectType};
use client_adapter::protocol::scope::Scope;
use client_adapter::{AcceptedAlgorithms, Prompt, SigningAlgorithm, StartLogin};

use crate::fake_provider::{FakeProvider, SUBJECT, Signature, Wrong, now};
use crate::{settings, sign_in, sign_in_with};

#[actix_web::test]
async fn an_enterprise_arrives_with_everything_it_consented_to() {
    let provider = FakeProvider::start(Wrong::default());
    let signed_in = sign_in(&provider, settings(&provider)).await.unwrap();
    assert_eq!(signed_in.sub, SUBJECT);
    assert_eq!(signed_in.session_id, "session-1");
    assert_eq!(signed_in.acr, ACR_KEY_LOCK);
    assert_eq!(signed_in.amr, ["pop", "pin", "mfa"]);
    assert!((now() - 120..now()).contains(&signed_in.auth_time));
    let expires_at = signed_in.tokens.expires_at.unwrap();
    assert!((now() + 200..=now() + 300).contains(&expires_at));

    let enterprise = signed_in.enterprise.as_ref().unwrap();
    assert_eq!(enterprise.name, "内蒙古示范建设有限公司");
    assert_eq!(enterprise.credit_code, "91150100MA0N000005");
    assert_eq!(
        enterprise.subject_types,
        [SubjectType::Bidder, SubjectType::Supplier]
    );
    let certificate = signed_in.certificate.as_ref().unwrap();
    assert_eq!(certificate.key_number, "1A100000000000A547FC");
    assert_eq!(certificate.lock_role, LockRole::Primary);
    let contact = signed_in.contact.as_ref().unwrap();
    assert_eq!(contact.phone_number.as_deref(), Some("0476-0000000"));
    assert_eq!(contact.address.as_ref().unwrap().formatted, "赤峰市新城区");

    assert_eq!(signed_in.tokens.id_token.reveal().split('.').count(), 3);
    assert!(!format!("{signed_in:?}").contains(signed_in.tokens.id_token.reveal()));
}

#[actix_web::test]
async fn only_what_was_granted_arrives() {
    let provider = FakeProvider::start(Wrong {
        user_info: |told| {
            let told = told.as_object_mut().unwrap();
            for claim in Scope::Certificate
                .claims()
                .iter()
                .chain(Scope::Contact.claims())
            {
                told.remove(*claim);
            }
        },
        ..Wrong::default()
    });
    let signed_in = sign_in(&provider, settings(&provider)).await.unwrap();
    assert!(signed_in.enterprise.is_some());
    assert!(signed_in.certificate.is_none());
    assert!(signed_in.contact.is_none());
}

#[actix_web::test]
async fn rs256_is_accepted_when_offered_and_refused_when_es256_was_registered() {
    let provider = FakeProvider::start(Wrong {
        signature: Signature::Rs256,
        ..Wrong::default()
    });
    assert!(sign_in(&provider, settings(&provider)).await.is_ok());
    let mut pinned = settings(&provider);
    pinned.id_token_algorithms = AcceptedAlgorithms::Only(SigningAlgorithm::Es256);
    let refused = sign_in(&provider, pinned).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the provider's ID token is refused: it is signed with an algorithm that was not agreed"
    );
}

#[actix_web::test]
async fn a_recent_sign_in_satisfies_max_age_and_a_fresh_one_prompt_login() {
    let provider = FakeProvider::start(Wrong::default());
    let wish = StartLogin {
        max_age: Some(Duration::from_mins(2)),
        ..StartLogin::default()
    };
    assert!(
        sign_in_with(&provider, settings(&provider), wish)
            .await
            .is_ok()
    );
    provider.change(Wrong {
        claims: |claims| claims["auth_time"] = now().into(),
        ..Wrong::default()
    });
    let wish = StartLogin {
        prompt: Some(Prompt::Login),
        ..StartLogin::default()
    };
    assert!(
        sign_in_with(&provider, settings(&provider), wish)
            .await
            .is_ok()
    );
}
