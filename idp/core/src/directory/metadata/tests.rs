//! Metadata, read and written: by tables of what is taken and what is not.

use std::sync::Arc;

use protocol::registration::ClientMetadata;
use protocol::scope::{Scope, ScopeSet};
use serde_json::{Value, json};

use super::{MetadataProblem, client_of, names_of, of_platform};
use crate::cx::{Cx, Rng, Settings};
use crate::id::PlatformId;
use crate::platform::{
    Client, ClientAuthentication, JwsAlgorithm, Platform, PlatformState, SecurityProfile,
    SenderConstraint, SubjectType, Zone,
};
use crate::region::RegionCode;
use crate::timestamp::Timestamp;

struct NoRng;

impl Rng for NoRng {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}

fn cx(issuer: &str) -> Cx {
    Cx {
        now: Timestamp::from_unix_seconds(1_795_000_000),
        rng: Arc::new(NoRng),
        settings: Arc::new(Settings::for_issuer(issuer, issuer)),
    }
}

fn before() -> Client {
    Client::standard(ClientAuthentication::None, Vec::new())
}

fn metadata(members: Value) -> ClientMetadata {
    let mut metadata = json!({ "redirect_uris": ["https://p.example/cb"] });
    let Value::Object(members) = members else {
        panic!("members are an object")
    };
    for (name, value) in members {
        metadata[name] = value;
    }
    serde_json::from_value(metadata).unwrap()
}

fn read(members: Value, before: &Client) -> Result<Client, MetadataProblem> {
    client_of(&cx("https://id.example"), &metadata(members), before)
}

fn fapi() -> Client {
    let mut client = before();
    client.profile = SecurityProfile::Fapi2;
    client
}

const KEY: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","use":"sig",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;

fn jwks() -> Value {
    serde_json::from_str(KEY).unwrap()
}

/// Descriptions that are taken, from the smallest to one that says everything.
fn taken() -> Vec<Value> {
    vec![
        json!({}),
        json!({ "token_endpoint_auth_method": "client_secret_post", "nobody_knows_this": [1] }),
        json!({ "token_endpoint_auth_method": "none", "application_type": "native",
                "redirect_uris": ["http://127.0.0.1/cb", "https://p.example/cb"] }),
        json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://p.example/jwks",
                "request_object_signing_alg": "PS256", "request_uris": ["https://p.example/ro#1"] }),
        json!({ "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_ip": "2001:db8::1",
                "tls_client_certificate_bound_access_tokens": true }),
        json!({ "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": "CN=p,C=CN" }),
        json!({ "token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": jwks() }),
        json!({ "id_token_encrypted_response_alg": "ECDH-ES+A256KW", "id_token_encrypted_response_enc": "A256GCM",
                "jwks_uri": "https://p.example/jwks" }),
        json!({
            "token_endpoint_auth_method": "private_key_jwt", "jwks": jwks(),
            "redirect_uris": ["https://p.example/cb", "https://q.example/cb?from=yzt"],
            "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
            "scope": "openid enterprise profile", "contacts": ["ops@p.example"],
            "software_id": "trade", "software_version": "4.1",
            "client_uri": "https://p.example/about", "logo_uri": "https://p.example/logo.png",
            "policy_uri": "https://p.example/policy", "tos_uri": "https://p.example/tos",
            "initiate_login_uri": "https://p.example/login", "subject_type": "pairwise",
            "sector_identifier_uri": "https://p.example/sector", "id_token_signed_response_alg": "ES256",
            "userinfo_signed_response_alg": "RS256", "default_max_age": 600, "default_acr_values": [],
            "post_logout_redirect_uris": ["https://p.example/out"],
            "backchannel_logout_uri": "https://q.example/bye", "backchannel_logout_session_required": true,
            "require_pushed_authorization_requests": true, "require_signed_request_object": true,
            "dpop_bound_access_tokens": true,
        }),
    ]
}

#[test]
fn what_is_written_of_a_registration_reads_as_that_registration() {
    for members in taken() {
        let client = read(members.clone(), &before()).unwrap_or_else(|e| panic!("{members}: {e}"));
        let platform = Platform {
            id: PlatformId::from_text("p"),
            name_zh: "平台".to_owned(),
            name_en: "Platform".to_owned(),
            region_code: RegionCode::parse("150400").unwrap(),
            zone: Zone::Eastern,
            support_contact: None,
            state: PlatformState::Active,
            in_force_since: None,
            client: Some(client.clone()),
        };
        let written = of_platform(&platform).unwrap();
        let names = Some(("平台".to_owned(), "Platform".to_owned()));
        assert_eq!(names_of(&written), Ok(names));
        // By way of the wire.
        let text = serde_json::to_string(&written).unwrap();
        let written: ClientMetadata = serde_json::from_str(&text).unwrap();
        let again = client_of(&cx("https://id.example"), &written, &client);
        assert_eq!(again.as_ref(), Ok(&client), "{text}");
        // What the members said stands in what is written, but for scopes that nobody knows.
        let said = serde_json::to_value(&written).unwrap();
        for (name, value) in members.as_object().unwrap() {
            let passed_over = matches!(
                name.as_str(),
                "scope" | "nobody_knows_this" | "default_acr_values" | "jwks"
            );
            assert!(passed_over || said[name] == *value, "{name}: {said}");
        }
    }
}

#[test]
fn defaults_are_those_of_the_standards_and_spelled_out() {
    let client = read(json!({}), &before()).unwrap();
    assert_eq!(client.id_token_alg, JwsAlgorithm::Rs256);
    assert_eq!(client.tokens.subject_type, SubjectType::Public);
    assert!(client.must_prove_key() && !client.tokens.refresh);
    let secret = ClientAuthentication::ClientSecret {
        sha256: String::new(),
        previous: None,
    };
    assert!(
        client.authentication == secret,
        "a secret is the caller's to make"
    );
    let platform = Platform {
        id: PlatformId::from_text("p"),
        name_zh: "平台".to_owned(),
        name_en: "Platform".to_owned(),
        region_code: RegionCode::parse("150400").unwrap(),
        zone: Zone::Eastern,
        support_contact: None,
        state: PlatformState::Pending,
        in_force_since: None,
        client: Some(client),
    };
    let said = serde_json::to_value(of_platform(&platform).unwrap()).unwrap();
    for (name, value) in [
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("grant_types", json!(["authorization_code"])),
        ("response_types", json!(["code"])),
        ("application_type", json!("web")),
        ("subject_type", json!("public")),
        ("id_token_signed_response_alg", json!("RS256")),
        ("scope", json!("openid enterprise certificate contact")),
        ("require_pushed_authorization_requests", json!(false)),
        ("client_name#zh-CN", json!("平台")),
    ] {
        assert_eq!(said[name], value, "{name}");
    }
}

#[test]
fn what_an_operator_decides_is_beyond_metadata() {
    let mut before = before();
    before.scopes = [Scope::Openid, Scope::Enterprise].into_iter().collect();
    let asked = json!({
        "scope": "openid enterprise contact certificate", "pkce_optional": true, "consent": "never",
        "profile": "standard", "resources": ["https://archive.example/"], "origins": ["https://p.example"],
    });
    let client = read(asked, &before).unwrap();
    assert_eq!(client.scopes, before.scopes);
    assert!(client.must_prove_key() && client.origins.is_empty());
    assert!(client.tokens.resources.is_empty());
    let own = json!({ "grant_types": ["authorization_code", "client_credentials"] });
    assert!(read(own.clone(), &before).is_err());
    before.tokens.client_credentials = true;
    before.requests.pushed_only = true;
    let client = read(own, &before).unwrap();
    assert!(client.tokens.client_credentials && client.requests.pushed_only);
    let looser = json!({ "require_pushed_authorization_requests": false });
    let client = read(looser, &before).unwrap();
    assert!(client.must_push() && client.tokens.client_credentials);
    assert_eq!(client.scopes, ScopeSet::of_known_words("openid enterprise"));
}

#[test]
fn the_profile_asks_for_what_it_is_made_of() {
    let good = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": jwks(),
                       "dpop_bound_access_tokens": true });
    let client = read(good.clone(), &fapi()).unwrap();
    assert_eq!(client.id_token_alg, JwsAlgorithm::Es256);
    assert_eq!(client.tokens.sender_constraint, SenderConstraint::Dpop);
    for (name, value) in [
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("token_endpoint_auth_method", json!("none")),
        ("id_token_signed_response_alg", json!("RS256")),
        ("userinfo_signed_response_alg", json!("RS256")),
        ("request_object_signing_alg", json!("RS256")),
    ] {
        let mut bent = good.clone();
        bent[name] = value.clone();
        let refused = read(bent, &fapi()).unwrap_err().to_string();
        assert!(refused.contains("FAPI 2.0"), "{name}={value}: {refused}");
    }
    let mut excepted = fapi();
    excepted.requests.pkce_optional = true;
    assert!(read(good, &excepted).is_err());
}

#[test]
fn metadata_that_can_t_be_kept_is_refused_under_its_name() {
    check_refused(&[
        (json!({ "redirect_uris": [] }), "redirect_uris"),
        (
            json!({ "redirect_uris": ["http://p.example/cb"] }),
            "redirect_uris",
        ),
        (
            json!({ "redirect_uris": ["http://127.0.0.1/cb"] }),
            "redirect_uris",
        ),
        (
            json!({ "redirect_uris": ["https://p.example/cb#there"] }),
            "redirect_uris",
        ),
        (
            json!({ "redirect_uris": ["javascript:alert(1)"] }),
            "redirect_uris",
        ),
        (
            json!({ "redirect_uris": vec!["https://p.example/cb"; 21] }),
            "redirect_uris",
        ),
        (
            json!({ "response_types": ["code", "token"] }),
            "response_types",
        ),
        (json!({ "grant_types": ["implicit"] }), "grant_types"),
        (json!({ "grant_types": ["refresh_token"] }), "grant_types"),
        (
            json!({ "token_endpoint_auth_method": "client_secret_jwt" }),
            "token_endpoint_auth_method",
        ),
        (
            json!({ "token_endpoint_auth_method": "private_key_jwt" }),
            "jwks_uri",
        ),
        (
            json!({ "token_endpoint_auth_method": "tls_client_auth" }),
            "tls_client_auth",
        ),
        (
            json!({ "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": "p",
                 "tls_client_auth_san_uri": "urn:p" }),
            "tls_client_auth",
        ),
        (
            json!({ "jwks": jwks(), "jwks_uri": "https://p.example/jwks" }),
            "jwks",
        ),
        (
            json!({ "jwks": { "keys": [{ "kty": "oct", "k": "AA" }] } }),
            "jwks",
        ),
        (json!({ "jwks_uri": "http://10.0.0.1/jwks" }), "jwks_uri"),
        (
            json!({ "logo_uri": "data:image/png;base64,AA" }),
            "logo_uri",
        ),
        (json!({ "policy_uri": "javascript:alert(1)" }), "policy_uri"),
        (
            json!({ "initiate_login_uri": "http://p.example/login" }),
            "initiate_login_uri",
        ),
    ]);
}

#[test]
fn neither_are_logout_tokens_and_words_that_nobody_keeps() {
    check_refused(&[
        (
            json!({ "post_logout_redirect_uris": ["https://other.example/out"] }),
            "post_logout_redirect_uris",
        ),
        (
            json!({ "backchannel_logout_uri": "https://other.example/bye" }),
            "backchannel_logout_uri",
        ),
        (
            json!({ "request_uris": ["http://p.example/ro"] }),
            "request_uris",
        ),
        (json!({ "subject_type": "secret" }), "subject_type"),
        (
            json!({ "subject_type": "pairwise",
                 "redirect_uris": ["https://p.example/cb", "https://q.example/cb"] }),
            "sector_identifier_uri",
        ),
        (
            json!({ "id_token_signed_response_alg": "none" }),
            "id_token_signed_response_alg",
        ),
        (
            json!({ "id_token_signed_response_alg": "HS256" }),
            "id_token_signed_response_alg",
        ),
        (
            json!({ "default_acr_values": ["urn:nobody:knows"] }),
            "default_acr_values",
        ),
        (json!({ "application_type": "desktop" }), "application_type"),
        (json!({ "scope": "enterprise" }), "scope"),
        (
            json!({ "dpop_bound_access_tokens": true, "tls_client_certificate_bound_access_tokens": true }),
            "dpop_bound_access_tokens",
        ),
        (json!({ "contacts": vec!["a"; 11] }), "contacts"),
        (json!({ "software_id": "a\u{202e}b" }), "software_id"),
        (
            json!({ "software_statement": "e30.e30." }),
            "software_statement",
        ),
    ]);
}

fn check_refused(table: &[(Value, &str)]) {
    for (members, name) in table.iter().cloned() {
        let refused = read(members.clone(), &before()).expect_err(&members.to_string());
        assert!(
            refused.to_string().starts_with(&format!("{name}: ")),
            "{members}: {refused}"
        );
        let word = match name {
            "redirect_uris" => "invalid_redirect_uri",
            "software_statement" => "unapproved_software_statement",
            _ => "invalid_client_metadata",
        };
        assert_eq!(refused.code(), word, "{members}");
    }
}

#[test]
fn loopback_is_for_development_and_for_native_applications() {
    let here = json!({ "redirect_uris": ["http://127.0.0.1:9001/cb"], "jwks_uri": "http://127.0.0.1:9001/jwks" });
    let development = client_of(
        &cx("http://127.0.0.1:8600"),
        &metadata(here.clone()),
        &before(),
    );
    assert!(development.is_ok(), "{development:?}");
    assert!(read(here, &before()).is_err());
    let native = json!({ "redirect_uris": ["http://[::1]/cb"], "application_type": "native" });
    assert!(read(native, &before()).is_ok());
}

#[test]
fn a_name_in_one_language_stands_for_both_and_must_be_readable() {
    let names = |members| names_of(&metadata(members));
    let both = |zh: &str, en: &str| Ok(Some((zh.to_owned(), en.to_owned())));
    assert_eq!(names(json!({})), Ok(None));
    assert_eq!(names(json!({ "client_name": "P" })), both("P", "P"));
    assert_eq!(
        names(json!({ "client_name#zh": "平台", "client_name": "P" })),
        both("平台", "P")
    );
    assert_eq!(
        names(json!({ "client_name#zh-CN": "平台", "client_name#en": "P" })),
        both("平台", "P")
    );
    assert_eq!(names(json!({ "client_name#en": "P" })), both("P", "P"));
    for bad in ["", " ", "a\u{202e}b", "a\nb", &"平".repeat(101)] {
        assert!(names(json!({ "client_name": bad })).is_err(), "{bad}");
    }
}

#[test]
fn the_member_that_is_wrong_is_the_one_that_is_named() {
    for uris in [
        json!(["http://p.example/cb"]),
        json!(["https://p.example/cb#part"]),
        json!([]),
    ] {
        let ends = json!({
            "redirect_uris": uris, "post_logout_redirect_uris": ["https://p.example/out"],
            "backchannel_logout_uri": "https://p.example/bye",
        });
        let problem = read(ends, &before()).unwrap_err();
        assert!(
            matches!(problem, MetadataProblem::RedirectUri(_)),
            "{problem:?}"
        );
    }
    for name in ["initiate_login_uri", "logo_uri", "tos_uri"] {
        let problem = read(json!({ name: "http://p.example/x" }), &before()).unwrap_err();
        assert!(
            matches!(problem, MetadataProblem::Metadata(named, _) if named == name),
            "{problem:?}"
        );
    }
}
