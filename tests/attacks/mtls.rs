//! Certificates that are not what they must be, and those that somebody else tells of.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use e2e::authority::DAY;
use e2e::platform::Method;
use e2e::story::Scene;
use e2e::tls::{Program, TlsAuthority, TlsProvider, from, program_order, tls_authority, trusting};
use e2e::{Order, Platform, PlatformOrder, TokenRequest};
use idp_core::audit::AuditKind;
use idp_core::platform::{ClientAuthentication, ClientKeys, SenderConstraint, TlsSubject};
use rustls::client::ResolvesClientCert;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, ClientConnection, RootCertStore, SignatureScheme, StreamOwned};

/// A platform that proves itself in this way.
async fn platform(tls: &TlsProvider, authentication: ClientAuthentication) -> Platform {
    let mut order = PlatformOrder {
        method: Method::Public,
        ..PlatformOrder::default()
    };
    order.tokens.client_credentials = true;
    order.tokens.resources = vec!["https://rs.example".to_owned()];
    let platform = Platform::order(&tls.provider, order).await;
    let changed = tls.provider.change_platform(&platform.id, |platform| {
        platform.client.as_mut().unwrap().authentication = authentication;
    });
    changed.await;
    platform
}

/// A platform with a certificate of a CA.
async fn named(tls: &TlsProvider, name: &str) -> Platform {
    let dn = format!("CN={name},O=测试平台\\, Ltd,C=CN");
    let subject = TlsSubject::Dn(dn);
    platform(tls, ClientAuthentication::TlsClientAuth { subject }).await
}

/// The shortest request in its own name.
fn own(platform: &Platform) -> TokenRequest {
    TokenRequest::own(platform).with("resource", "https://rs.example")
}

async fn outcome(request: TokenRequest) -> (u16, String) {
    let answer = request.send().await;
    let error = match answer.status {
        200 => String::new(),
        _ => answer.error(),
    };
    (answer.status, error)
}

fn taken() -> (u16, String) {
    (200, String::new())
}

fn refused() -> (u16, String) {
    (401, "invalid_client".to_owned())
}

#[tokio::test]
async fn a_certificate_that_is_not_the_platforms_is_refused() {
    let tls = TlsProvider::shared();
    let platform = named(tls, "victim").await;
    let by = |program: &Program| outcome(own(&platform).by(&program.client).at(&tls.mtls));
    let order = || program_order("victim");
    assert_eq!(by(&tls_authority().program(&order())).await, taken());

    let foreign = TlsAuthority::make("TLS test CA");
    let bad: [(&str, Program); 9] = [
        (
            "another name",
            tls_authority().program(&program_order("victims")),
        ),
        (
            "another name within it",
            tls_authority().program(&program_order("victim,O=x")),
        ),
        ("a CA of the same name", foreign.program(&order())),
        ("its own making", Program::self_signed(&order())),
        (
            "it has ended",
            tls_authority().program(&order().valid(-10 * DAY, -60)),
        ),
        (
            "it has not begun",
            tls_authority().program(&order().valid(DAY, 10 * DAY)),
        ),
        (
            "it is a server's",
            tls_authority().program(&order().with_extension("extendedKeyUsage=serverAuth")),
        ),
        (
            "it does not sign",
            tls_authority().program(&order().with_extension("keyUsage=critical,keyEncipherment")),
        ),
        (
            "its subject has one part less",
            tls_authority().program(&Order {
                subject: vec![("CN", "victim".to_owned())],
                ..order()
            }),
        ),
    ];
    for (what, program) in &bad {
        assert_eq!(by(program).await, refused(), "{what}");
    }
    let written = tls
        .provider
        .count_of_platform(&platform.id, AuditKind::TokenRefused);
    assert_eq!(written.await, bad.len());
    // Without one, at either listener; and with one where nobody is asked for it.
    assert_eq!(outcome(own(&platform)).await, refused());
    assert_eq!(outcome(own(&platform).at(&tls.mtls)).await, refused());
    let right = tls_authority().program(&order());
    assert_eq!(outcome(own(&platform).by(&right.client)).await, refused());
    // A secret beside it is another method than the registered one.
    let with_secret = own(&platform).with("client_secret", "x");
    assert_eq!(
        outcome(with_secret.by(&right.client).at(&tls.mtls)).await,
        refused()
    );
}

#[tokio::test]
async fn a_certificate_of_ones_own_making_counts_by_its_key_never_by_its_name() {
    let tls = TlsProvider::shared();
    let platform = platform(tls, ClientAuthentication::SelfSignedTlsClientAuth).await;
    let registered = Program::self_signed(&program_order("own"));
    let change = |with_certificate| {
        tls.provider.change_platform(&platform.id, move |platform| {
            let client = platform.client.as_mut().unwrap();
            client.keys = with_certificate;
        })
    };
    let by = |program: &Program| outcome(own(&platform).by(&program.client).at(&tls.mtls));
    assert_eq!(by(&registered).await, refused(), "no keys");
    change(Some(ClientKeys::Jwks(registered.jwks(false)))).await;
    assert_eq!(by(&registered).await, taken());
    let others = [
        Program::self_signed(&program_order("own")),
        tls_authority().program(&program_order("own")),
    ];
    for other in &others {
        assert_eq!(by(other).await, refused());
    }
    // The certificate is named: another one counts neither by its own key nor by the registered key's numbers beside it.
    let mut jwks = others[0].jwks(false);
    jwks["keys"][0]["x5c"] = registered.jwks(true)["keys"][0]["x5c"].clone();
    change(Some(ClientKeys::Jwks(jwks))).await;
    assert_eq!(by(&others[0]).await, refused());
    let ended = Program::self_signed(&program_order("own").valid(-10 * DAY, -60));
    change(Some(ClientKeys::Jwks(ended.jwks(false)))).await;
    assert_eq!(by(&ended).await, refused());
}

#[tokio::test]
async fn a_token_for_one_certificate_is_worth_nothing_with_another_or_as_a_proof_of_a_key() {
    let tls = TlsProvider::shared();
    let mut scene = Scene::at(&tls.provider).await;
    let mut order = PlatformOrder::default();
    order.tokens.sender_constraint = SenderConstraint::Mtls;
    scene.platform = Platform::order(&tls.provider, order).await;
    let (mine, thief) = (
        Program::self_signed(&program_order("mine")),
        Program::self_signed(&program_order("mine")),
    );
    let (code, asking) = scene.code().await;
    let redeem = scene.platform.redeem(&code, &asking);
    let answer = redeem.by(&mine.client).at(&tls.mtls).send().await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    let tokens = answer.json();
    let token = tokens["access_token"].as_str().unwrap();
    let answer = thief.userinfo(&tls.mtls, token).await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (401, "invalid_token")
    );
    let header = mine.header();
    for name in ["client-cert", "x-client-cert", "x-ssl-client-cert"] {
        let url = format!("{}/oauth2/userinfo", tls.mtls);
        let request = thief.client.get(url).bearer_auth(token);
        let answer = request.header(name, &header).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{name}");
    }
    let key = e2e::dpop::DpopKey::generate(&tls.provider.issuer);
    let proof = key.sign(&key.userinfo_proof(token));
    let answer = scene.platform.userinfo_by("DPoP", token, &[proof]).await;
    assert_eq!(answer.status, 401);
    assert_eq!(mine.userinfo(&tls.mtls, token).await.status, 200);
}

#[tokio::test]
async fn where_certificates_are_asked_for_there_is_no_page() {
    let tls = TlsProvider::shared();
    let client = trusting().build().unwrap();
    for path in [
        "/",
        "/login",
        "/bind",
        "/consent",
        "/logout",
        "/oauth2/authorize",
        "/oauth2/jwks",
        "/.well-known/openid-configuration",
        "/account",
        "/healthz",
        "/metrics",
        "/oauth2/register",
        "/oauth2/register/nobody",
        "/oauth2/registered",
        "/oauth2/tok%65n",
        "//oauth2/token",
    ] {
        let url = format!("{}{path}", tls.mtls);
        for request in [client.get(&url), client.post(&url)] {
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 404, "{path}");
            assert!(answer.headers().get("set-cookie").is_none());
        }
    }
}

/// Behind a proxy at 127.0.0.2, which tells of certificates.
fn proxied() -> &'static TlsProvider {
    static PROXIED: OnceLock<TlsProvider> = OnceLock::new();
    PROXIED.get_or_init(|| {
        TlsProvider::start(|config| {
            config.http.trusted_proxies = vec!["127.0.0.2".parse().unwrap()];
            "Client-Cert".clone_into(&mut config.tls.client_certificate_header);
        })
    })
}

#[tokio::test]
async fn a_certificate_that_a_proxy_shows_itself_is_no_client_s() {
    static PROXIED: OnceLock<TlsProvider> = OnceLock::new();
    let tls = PROXIED.get_or_init(|| {
        TlsProvider::start(|config| {
            config.http.trusted_proxies = vec!["127.0.0.2".parse().unwrap()];
        })
    });
    let platform = named(tls, "victim").await;
    let victim = tls_authority().program(&program_order("victim"));
    for (address, expected) in [([127, 0, 0, 3], taken()), ([127, 0, 0, 2], refused())] {
        let client = victim.from(address);
        let asked = own(&platform).by(&client).at(&tls.mtls);
        assert_eq!(outcome(asked).await, expected, "{address:?}");
    }
}

#[tokio::test]
async fn a_header_with_a_certificate_counts_from_the_proxy_alone_however_it_is_spelt() {
    let tls = proxied();
    let platform = named(tls, "victim").await;
    let victim = tls_authority().program(&program_order("victim"));
    let (proxy, stranger) = (from([127, 0, 0, 2]), from([127, 0, 0, 3]));
    let told = |value: &str| own(&platform).with_header("client-cert", value);
    assert_eq!(outcome(told(&victim.header()).by(&proxy)).await, taken());
    let escaped: String = url::form_urlencoded::byte_serialize(victim.pem().as_bytes()).collect();
    let escaped = escaped.replace('+', "%20");
    assert_eq!(outcome(told(&escaped).by(&proxy)).await, taken());

    let thief = Program::self_signed(&program_order("victim"));
    for name in [
        "client-cert",
        "Client-Cert",
        "CLIENT-CERT",
        "client_cert",
        "Client_Cert",
        "x-client-cert",
        "ssl-client-cert",
        "x-ssl-cert",
        "x-forwarded-client-cert",
    ] {
        for value in [&victim.header(), &escaped] {
            let request = own(&platform).with_header(name, value);
            let spoofs = [
                request.clone().by(&stranger),
                request.clone().by(&stranger).at(&tls.mtls),
                request.clone().by(&thief.client).at(&tls.mtls),
                request
                    .with_header("x-forwarded-for", "127.0.0.2")
                    .with_header("forwarded", "for=127.0.0.2")
                    .by(&stranger),
            ];
            for spoof in spoofs {
                assert_eq!(outcome(spoof).await, refused(), "{name}");
            }
        }
    }
}

#[tokio::test]
async fn a_proxy_that_tells_twice_or_tells_nonsense_is_not_understood() {
    let tls = proxied();
    let platform = named(tls, "victim").await;
    let victim = tls_authority().program(&program_order("victim"));
    let other = tls_authority().program(&program_order("other"));
    let proxy = from([127, 0, 0, 2]);
    let malformed = (400, "invalid_request".to_owned());
    let twice = |first: &Program, second: &Program| {
        own(&platform)
            .with_header("client-cert", &first.header())
            .with_header("Client-Cert", &second.header())
            .by(&proxy)
    };
    assert_eq!(outcome(twice(&victim, &victim)).await, malformed);
    assert_eq!(outcome(twice(&other, &victim)).await, malformed);
    let header = victim.header();
    let bare = header.trim_matches(':');
    let joined = format!("{header}, {header}");
    let bad = [
        bare,
        &header[..header.len() - 1],
        "::",
        ":AAAA:",
        "nonsense",
        &joined,
        "%2D%2D",
        &format!("{header};a=1"),
    ];
    for value in bad {
        let request = own(&platform).with_header("client-cert", value).by(&proxy);
        assert_eq!(outcome(request).await, malformed, "{value}");
    }
    let none = own(&platform).with_header("client-cert", "").by(&proxy);
    assert_eq!(outcome(none).await, refused());
}

/// Shows a certificate and signs with another key.
#[derive(Debug)]
struct Liar(Arc<CertifiedKey>);

impl ResolvesClientCert for Liar {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// Sends a request over a connection that shows `certificate` by `key`; what came back.
fn over_a_connection_of(certificate: &Program, key: &Program, mtls: &str, body: &str) -> String {
    let provider = aws_lc_rs::default_provider();
    let signer = PrivateKeyDer::from_pem_slice(key.key_pem().as_bytes()).unwrap();
    let signer = provider.key_provider.load_private_key(signer).unwrap();
    let chain = vec![CertificateDer::from(certificate.certificate.der().to_vec())];
    let liar = Liar(Arc::new(CertifiedKey::new(chain, signer)));
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(tls_authority().file()).unwrap())
        .unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_client_cert_resolver(Arc::new(liar));
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let address = mtls.strip_prefix("https://").unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(address).unwrap());
    let head = "POST /oauth2/token HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\
                content-type: application/x-www-form-urlencoded\r\n";
    let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    let mut answer = Vec::new();
    // An alert ends either.
    let _ = stream.write_all(request.as_bytes());
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn whoever_has_a_certificate_without_its_key_shows_nothing() {
    let tls = TlsProvider::shared();
    let platform = named(tls, "victim").await;
    let victim = tls_authority().program(&program_order("victim"));
    let thief = tls_authority().program(&program_order("thief"));
    let body = format!(
        "grant_type=client_credentials&client_id={}&resource=https%3A%2F%2Frs.example",
        platform.id
    );
    let right = over_a_connection_of(&victim, &victim, &tls.mtls, &body);
    assert!(right.starts_with("HTTP/1.1 200"), "{right}");
    let wrong = over_a_connection_of(&victim, &thief, &tls.mtls, &body);
    assert_eq!(wrong, "");
}

#[test]
fn a_handshake_that_goes_nowhere_ends() {
    let tls = TlsProvider::shared();
    for base in [&tls.provider.base, &tls.mtls] {
        let address = base.strip_prefix("https://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"\x16\x03\x01").unwrap();
        let begun = Instant::now();
        let patience = Duration::from_secs(20);
        stream.set_read_timeout(Some(patience)).unwrap();
        let mut rest = Vec::new();
        // Closed or reset: what matters is when.
        let _ = stream.read_to_end(&mut rest);
        assert!(begun.elapsed() < Duration::from_secs(15));
    }
}
