//! Certificates of platforms (RFC 8705): client authentication and tokens bound to them.

use e2e::dpop::DpopKey;
use e2e::jwt::part;
use e2e::platform::Method;
use e2e::publisher::Publisher;
use e2e::story::Scene;
use e2e::tls::{Program, TlsProvider, program_order, tls_authority};
use e2e::{Order, Platform, PlatformOrder, Provider, TokenRequest};
use idp_core::platform::{
    Client, ClientAuthentication, ClientKeys, SecurityProfile, SenderConstraint, TlsSubject,
};
use serde_json::{Value, json};

/// A platform that a change of its registration makes one with a certificate, signed in at.
async fn scene(change: impl FnOnce(&mut Client)) -> Scene {
    let provider = &TlsProvider::shared().provider;
    let mut scene = Scene::at(provider).await;
    let mut order = PlatformOrder::refreshing();
    order.method = Method::Public;
    order.tokens.sender_constraint = SenderConstraint::Mtls;
    scene.platform = Platform::order(provider, order).await;
    let id = scene.platform.id.clone();
    let changed = provider.change_platform(&id, |platform| {
        change(platform.client.as_mut().unwrap());
    });
    changed.await;
    scene
}

fn issued(subject: TlsSubject) -> impl FnOnce(&mut Client) {
    |client| client.authentication = ClientAuthentication::TlsClientAuth { subject }
}

/// Redeems a new code with a certificate shown.
async fn received(scene: &mut Scene, program: &Program) -> Value {
    let (code, asking) = scene.code().await;
    let request = scene.platform.redeem(&code, &asking);
    let answer = shown(request, program).send().await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    answer.json()
}

fn shown(request: TokenRequest, program: &Program) -> TokenRequest {
    request.by(&program.client).at(&TlsProvider::shared().mtls)
}

fn access(tokens: &Value) -> &str {
    tokens["access_token"].as_str().unwrap()
}

#[tokio::test]
async fn a_certificate_of_a_trusted_ca_proves_its_platform_by_each_kind_of_name() {
    let order = |names: &str| program_order("chifeng-backend").with_extension(names);
    let uri = "https://chifeng.example/backend";
    for (names, subject) in [
        (
            "subjectAltName=",
            TlsSubject::Dn("CN=Chifeng-Backend,O=测试平台\\, Ltd,C=CN".to_owned()),
        ),
        (
            "subjectAltName=DNS:other.example,DNS:Back.chifeng.example",
            TlsSubject::SanDns("back.chifeng.example".to_owned()),
        ),
        (
            "subjectAltName=URI:https://chifeng.example/backend",
            TlsSubject::SanUri(uri.to_owned()),
        ),
        (
            "subjectAltName=IP:2001:db8::7",
            TlsSubject::SanIp("2001:db8::7".parse().unwrap()),
        ),
        (
            "subjectAltName=email:ops@Chifeng.example",
            TlsSubject::SanEmail("ops@chifeng.example".to_owned()),
        ),
    ] {
        let program = tls_authority().program(&order(names));
        let mut scene = scene(issued(subject)).await;
        let tokens = received(&mut scene, &program).await;
        assert_eq!(tokens["token_type"], "Bearer", "{names}");
        assert_eq!(
            part(access(&tokens), 1)["cnf"],
            json!({ "x5t#S256": program.thumbprint() }),
            "{names}"
        );
    }
}

#[tokio::test]
async fn a_bound_token_opens_userinfo_with_its_certificate_and_in_no_other_way() {
    let tls = TlsProvider::shared();
    let program = tls_authority().program(&program_order("bound"));
    let dn = TlsSubject::Dn(program.certificate.subject().to_string());
    let mut scene = scene(issued(dn)).await;
    let tokens = received(&mut scene, &program).await;

    let answer = program.userinfo(&tls.mtls, access(&tokens)).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    let other = tls_authority().program(&program_order("bound"));
    for (who, base) in [
        (&other, &tls.mtls),
        // Nobody is asked for a certificate there.
        (&program, &tls.provider.base),
    ] {
        let answer = who.userinfo(base, access(&tokens)).await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (401, "invalid_token")
        );
    }
    let answer = scene.platform.userinfo(access(&tokens)).await;
    assert_eq!(answer.status, 401);

    let about = TokenRequest::about(&scene.platform, "/oauth2/introspect", access(&tokens));
    let told = shown(about, &program).send().await.json();
    assert_eq!(
        (&told["active"], &told["cnf"]),
        (&json!(true), &json!({ "x5t#S256": program.thumbprint() }))
    );

    // A confidential platform may have got another certificate meanwhile: the new token is bound to that one.
    let refresh = scene
        .platform
        .refresh(tokens["refresh_token"].as_str().unwrap());
    let answer = shown(refresh, &other).send().await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    let cnf = &part(access(&answer.json()), 1)["cnf"];
    assert_eq!(*cnf, json!({ "x5t#S256": other.thumbprint() }));

    let give_up = TokenRequest::about(&scene.platform, "/oauth2/revoke", access(&tokens));
    assert_eq!(shown(give_up, &program).send().await.status, 200);
    let answer = program.userinfo(&tls.mtls, access(&tokens)).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn a_certificate_of_its_own_making_proves_its_platform_by_key_or_by_certificate() {
    for (kind, with_certificate) in [
        (e2e::KeyKind::P256, false),
        (e2e::KeyKind::P256, true),
        (e2e::KeyKind::Rsa(2048), false),
    ] {
        let program = Program::self_signed(&Order {
            kind,
            ..program_order("own")
        });
        let jwks = program.jwks(with_certificate);
        let mut scene = scene(|client| {
            client.authentication = ClientAuthentication::SelfSignedTlsClientAuth;
            client.keys = Some(ClientKeys::Jwks(jwks));
        })
        .await;
        let tokens = received(&mut scene, &program).await;
        assert_eq!(
            part(access(&tokens), 1)["cnf"]["x5t#S256"],
            program.thumbprint()
        );
    }
}

#[tokio::test]
async fn a_new_certificate_at_the_jwks_uri_counts_at_once_and_the_old_one_no_more() {
    let tls = TlsProvider::start(|config| config.outbound.allow_loopback = true);
    let mut order = PlatformOrder::refreshing();
    order.method = Method::Public;
    order.tokens.client_credentials = true;
    order.tokens.resources = vec!["https://rs.example".to_owned()];
    let platform = Platform::order(&tls.provider, order).await;
    let publisher = Publisher::of(Vec::new());
    let url = publisher.url.clone();
    let changed = tls.provider.change_platform(&platform.id, |platform| {
        let client = platform.client.as_mut().unwrap();
        client.authentication = ClientAuthentication::SelfSignedTlsClientAuth;
        client.keys = Some(ClientKeys::JwksUri(url));
    });
    changed.await;
    let by = |program: &Program| {
        let request = TokenRequest::own(&platform).with("resource", "https://rs.example");
        let request = request.by(&program.client).at(&tls.mtls);
        async move { request.send().await.status }
    };
    let programs = [(), ()].map(|()| Program::self_signed(&program_order("own")));
    for (round, program) in programs.iter().enumerate() {
        publisher.publish(program.jwks(true).to_string().into_bytes());
        assert_eq!(by(program).await, 200, "{round}");
        assert_eq!(publisher.asked(), round + 1);
    }
    assert_eq!(by(&programs[0]).await, 401, "it is gone");
}

#[tokio::test]
async fn a_public_platforms_refresh_token_is_for_its_certificate_alone() {
    let (mine, other) = (
        Program::self_signed(&program_order("mine")),
        Program::self_signed(&program_order("mine")),
    );
    let mut scene = scene(|_| ()).await;
    let tokens = received(&mut scene, &mine).await;
    let refresh = scene
        .platform
        .refresh(tokens["refresh_token"].as_str().unwrap());
    let answer = shown(refresh.clone(), &other).send().await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_grant")
    );
    let answer = refresh.send().await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_request")
    );
    let answer = shown(refresh, &mine).send().await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
}

#[tokio::test]
async fn fapi_goes_through_with_a_certificate_for_authentication_and_for_its_tokens() {
    let program = tls_authority().program(&program_order("fapi"));
    let dn = program.certificate.subject().to_string();
    let mut scene = scene(|client| {
        issued(TlsSubject::Dn(dn))(client);
        client.profile = SecurityProfile::Fapi2;
        client.tokens.sender_constraint = SenderConstraint::None;
    })
    .await;
    let asking = scene.platform.ask();
    let pushed = shown(scene.platform.push(&asking), &program).send().await;
    assert_eq!(pushed.status, 201, "{}", pushed.summary());
    let by_name = scene
        .platform
        .ask_by(pushed.json()["request_uri"].as_str().unwrap());
    let answer = scene.browser.arrive(&scene.lock, &by_name).await;
    let code = answer.parameter("code").unwrap();
    let request = scene.platform.redeem(&code, &asking);
    let refused = request.send().await;
    assert_eq!(
        (refused.status, refused.error().as_str()),
        (401, "invalid_client")
    );
    let answer = shown(request, &program).send().await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    let tokens = answer.json();
    let base = &TlsProvider::shared().mtls;
    let answer = program.userinfo(base, access(&tokens)).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
}

#[tokio::test]
async fn a_platform_with_a_certificate_may_bind_its_tokens_to_another_key_instead() {
    let tls = TlsProvider::shared();
    let program = tls_authority().program(&program_order("dpop"));
    let dn = program.certificate.subject().to_string();
    for base in [&tls.mtls, &tls.provider.base] {
        let dn = TlsSubject::Dn(dn.clone());
        let mut scene = scene(|client| {
            issued(dn)(client);
            client.tokens.sender_constraint = SenderConstraint::Dpop;
        })
        .await;
        // The proof names the endpoint by either of its addresses.
        let mut key = DpopKey::generate(base);
        let (code, asking) = scene.code().await;
        let request = shown(scene.platform.redeem(&code, &asking), &program);
        let answer = key.send(&request).await;
        assert_eq!(answer.status, 200, "{}", answer.summary());
        let cnf = &part(access(&answer.json()), 1)["cnf"];
        assert_eq!(*cnf, json!({ "jkt": key.jkt() }));
    }
}

#[tokio::test]
async fn a_platform_with_a_secret_may_bind_its_tokens_to_a_certificate_besides() {
    let tls = TlsProvider::shared();
    let mut scene = Scene::at(&tls.provider).await;
    let mut order = PlatformOrder::default();
    order.tokens.sender_constraint = SenderConstraint::Mtls;
    scene.platform = Platform::order(&tls.provider, order).await;
    let program = Program::self_signed(&program_order("besides"));
    let tokens = received(&mut scene, &program).await;
    let answer = program.userinfo(&tls.mtls, access(&tokens)).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
}

#[tokio::test]
async fn discovery_names_what_certificates_are_good_for_where_they_can_be_shown() {
    let tls = TlsProvider::shared();
    let platform = Platform::connect(&tls.provider).await;
    let path = "/.well-known/openid-configuration";
    let told = platform.fetch(path).await.json();
    assert_eq!(told["tls_client_certificate_bound_access_tokens"], true);
    let aliases = told["mtls_endpoint_aliases"].as_object().unwrap();
    assert_eq!(aliases.len(), 5);
    for (name, address) in aliases {
        let usual = told[name].as_str().unwrap();
        assert_eq!(*address, usual.replace(&tls.provider.base, &tls.mtls));
    }
    for list in [
        "token_endpoint_auth_methods_supported",
        "introspection_endpoint_auth_methods_supported",
        "revocation_endpoint_auth_methods_supported",
    ] {
        let methods = told[list].as_array().unwrap();
        for method in ["tls_client_auth", "self_signed_tls_client_auth"] {
            assert!(methods.contains(&json!(method)), "{list}");
        }
    }
    let without = Platform::connect(Provider::shared()).await;
    let told = without.fetch(path).await;
    assert!(!told.body.contains("tls_client_auth") && !told.body.contains("mtls"));
    assert_eq!(
        told.json()["tls_client_certificate_bound_access_tokens"],
        false
    );
}
