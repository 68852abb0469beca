//! TLS: a CA of this process, a provider that serves over it, and programs with certificates of their own.

use std::fs;
use std::net::{IpAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use idp::config::{Config, TlsConfig};
use idp::serve::Listeners;
use pki::certificate::{Certificate, KeyNumbers};
use reqwest::Client;
use serde_json::{Value, json};

use super::answer::Answer;
use super::authority::DAY;
use super::lock::{KeyKind, Order, Strings};
use super::provider::Provider;
use super::{openssl, scratch};

/// A CA whose certificates servers and programs show.
pub struct TlsAuthority {
    folder: PathBuf,
}

/// The CA that the tests' clients trust, and providers for programs.
pub fn tls_authority() -> &'static TlsAuthority {
    static AUTHORITY: OnceLock<TlsAuthority> = OnceLock::new();
    AUTHORITY.get_or_init(|| TlsAuthority::make("TLS test CA"))
}

impl TlsAuthority {
    /// Another one of this name.
    pub fn make(name: &str) -> Self {
        let folder = scratch::folder("tls-ca");
        openssl::make_key(&folder, KeyKind::P256);
        openssl::issue(&folder, None, &Order::root(name, KeyKind::P256));
        Self { folder }
    }

    /// Its certificate.
    pub fn file(&self) -> PathBuf {
        self.folder.join("certificate.pem")
    }

    /// A certificate with its key, in a folder of its own.
    pub fn issue(&self, order: &Order) -> PathBuf {
        let folder = scratch::folder("tls");
        openssl::make_key(&folder, order.kind);
        openssl::issue(&folder, Some((&self.folder, KeyKind::P256)), order);
        folder
    }

    /// A server's.
    pub fn server(&self) -> PathBuf {
        self.issue(&server_order())
    }

    /// A program's.
    pub fn program(&self, order: &Order) -> Program {
        Program::read(&self.issue(order))
    }
}

fn named(kind: KeyKind, name: &str, uses: &str) -> Order {
    Order {
        kind,
        subject: vec![
            ("C", "CN".to_owned()),
            ("O", "测试平台, Ltd".to_owned()),
            ("CN", name.to_owned()),
        ],
        strings: Strings::Utf8,
        extensions: vec![
            "basicConstraints=CA:FALSE".to_owned(),
            "keyUsage=critical,digitalSignature".to_owned(),
            format!("extendedKeyUsage={uses}"),
        ],
        not_before: -DAY,
        not_after: 400 * DAY,
        digest: None,
    }
}

/// What a server's certificate says.
pub fn server_order() -> Order {
    named(KeyKind::P256, "127.0.0.1", "serverAuth")
        .with_extension("subjectAltName=IP:127.0.0.1,DNS:localhost")
}

/// What a program's certificate says.
pub fn program_order(name: &str) -> Order {
    named(KeyKind::P256, name, "clientAuth")
}

/// A program with a certificate.
pub struct Program {
    /// The certificate.
    pub certificate: Certificate,
    /// What it sends requests with: it shows the certificate to whoever asks.
    pub client: Client,
    folder: PathBuf,
}

impl Program {
    /// One that signed its certificate itself.
    pub fn self_signed(order: &Order) -> Self {
        let folder = scratch::folder("tls-own");
        openssl::make_key(&folder, order.kind);
        openssl::issue(&folder, None, order);
        Self::read(&folder)
    }

    fn read(folder: &Path) -> Self {
        let pem = fs::read_to_string(folder.join("certificate.pem")).unwrap();
        Self {
            certificate: Certificate::from_pem(&pem).unwrap().remove(0),
            client: trusting().identity(identity(folder)).build().unwrap(),
            folder: folder.to_owned(),
        }
    }

    /// As its client, by connections that come from this address.
    pub fn from(&self, address: [u8; 4]) -> Client {
        let shown = trusting().identity(identity(&self.folder));
        let from = shown.local_address(IpAddr::from(address));
        from.build().unwrap()
    }

    /// `x5t#S256`
    pub fn thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.certificate.thumbprint_sha256())
    }

    /// PEM of the certificate.
    pub fn pem(&self) -> String {
        fs::read_to_string(self.folder.join("certificate.pem")).unwrap()
    }

    /// Its key, PEM.
    pub fn key_pem(&self) -> String {
        fs::read_to_string(self.folder.join("key.pem")).unwrap()
    }

    /// As a proxy tells of it (RFC 9440 §2.2).
    pub fn header(&self) -> String {
        format!(":{}:", STANDARD.encode(self.certificate.der()))
    }

    /// A JWK Set of its key, with the certificate or without.
    pub fn jwks(&self, with_certificate: bool) -> Value {
        let text = |octets: &[u8]| URL_SAFE_NO_PAD.encode(octets);
        let mut key = match self.certificate.key_numbers().unwrap() {
            KeyNumbers::P256 { x, y } => {
                json!({ "kty": "EC", "crv": "P-256", "x": text(&x), "y": text(&y) })
            }
            KeyNumbers::Rsa { modulus, exponent } => {
                json!({ "kty": "RSA", "n": text(&modulus), "e": text(&exponent) })
            }
        };
        if with_certificate {
            key["x5c"] = json!([STANDARD.encode(self.certificate.der())]);
        }
        json!({ "keys": [key] })
    }

    /// Reads userinfo.
    pub async fn userinfo(&self, base: &str, access_token: &str) -> Answer {
        let request = self.client.get(format!("{base}/oauth2/userinfo"));
        let response = request.bearer_auth(access_token).send().await.unwrap();
        Answer::read("GET userinfo".to_owned(), response).await
    }
}

/// A client as [`super::browser::client`], that trusts [`tls_authority`].
pub fn trusting() -> reqwest::ClientBuilder {
    let pem = fs::read(tls_authority().file()).unwrap();
    let root = reqwest::Certificate::from_pem(&pem).unwrap();
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(0)
        .tls_certs_only([root])
}

/// What is shown of the certificate and key in a folder.
fn identity(folder: &Path) -> reqwest::Identity {
    let read = |name: &str| fs::read(folder.join(name)).unwrap();
    let pem = [read("certificate.pem"), read("key.pem")].concat();
    reqwest::Identity::from_pem(&pem).unwrap()
}

/// A client whose connections come from this address.
pub fn from(address: [u8; 4]) -> Client {
    let from = trusting().local_address(IpAddr::from(address));
    from.build().unwrap()
}

/// The files of `[tls]`, in a folder that tests may write in.
pub fn configured() -> TlsConfig {
    let folder = tls_authority().server();
    TlsConfig {
        certificate: folder.join("certificate.pem"),
        key: folder.join("key.pem"),
        client_ca_file: tls_authority().file(),
        ..TlsConfig::default()
    }
}

/// A provider over TLS, with a listener for certificates.
pub struct TlsProvider {
    /// The provider.
    pub provider: Provider,
    /// Where it asks for certificates.
    pub mtls: String,
}

impl TlsProvider {
    /// The one that tests share.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<TlsProvider> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(|_| ()))
    }

    /// A fresh one, its configuration changed first.
    pub fn start(change: impl FnOnce(&mut Config)) -> Self {
        let bind = || TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let listeners = Listeners {
            everybody: vec![bind()],
            programs: vec![bind()],
        };
        let programs = listeners.programs[0].local_addr().unwrap();
        let provider = Provider::try_start_on(listeners, "https", |config| {
            config.tls = configured();
            config.tls.mtls_listen = vec![programs];
            change(config);
        });
        Self {
            provider: provider.unwrap_or_else(|error| panic!("{error}")),
            mtls: format!("https://{programs}"),
        }
    }
}
