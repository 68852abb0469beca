//! Servers reached over TLS: trusted by root certificate and name, and by nothing less.

use idp_storage::{Database, DatabaseSettings, EphemeralStore, OpenError};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::{run, servers};

/// A root and a server certificate for `localhost`, in PEM.
struct Certificates {
    root: String,
    server: String,
    key: String,
}

fn certificates() -> Certificates {
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let server = server.signed_by(&key, &root).unwrap();
    Certificates {
        root: root.pem(),
        server: server.pem(),
        key: key.serialize_pem(),
    }
}

fn ping(url: &str) -> Result<(), String> {
    let database =
        Database::open(&DatabaseSettings::new(url)).map_err(|error| error.to_string())?;
    run(database.ping()).map_err(|error| error.to_string())
}

#[test]
fn postgres_over_tls_is_trusted_by_root_and_name() {
    let certificates = certificates();
    let files = [
        ("server.crt", &*certificates.server),
        ("server.key", &*certificates.key),
    ];
    let Some(server) = servers::postgres(&["ssl=on"], &files) else {
        return;
    };
    let Some(port) = server.port() else {
        println!("SKIPPED: TLS needs a private PostgreSQL");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root.pem");
    std::fs::write(&root, &certificates.root).unwrap();
    let base = format!("postgres://postgres@localhost:{port}/postgres");
    let trusted = format!("sslrootcert={}", root.display());

    for mode in ["require", "verify-ca", "verify-full"] {
        ping(&format!("{base}?sslmode={mode}&{trusted}")).unwrap();
        let other_root = ping(&format!("{base}?sslmode={mode}")).unwrap_err();
        assert!(
            other_root.contains("UnknownIssuer") || other_root.contains("none found"),
            "{other_root}"
        );
        let other_name =
            format!("postgres://postgres@127.0.0.1:{port}/postgres?sslmode={mode}&{trusted}");
        assert!(
            ping(&other_name)
                .unwrap_err()
                .contains("not valid for name")
        );
    }
    ping(&format!("{base}?sslmode=disable")).unwrap();
    ping(&base).unwrap();

    let url = format!("{base}?sslmode=verify-full&{trusted}");
    let database = Database::open(&DatabaseSettings::new(&url)).unwrap();
    assert!(!run(database.migrate()).unwrap().is_empty());
}

#[test]
fn unknown_tls_settings_are_refused() {
    let open = |query: &str| {
        let url = format!("postgres://db.example/idp?{query}");
        Database::open(&DatabaseSettings::new(url)).map(drop)
    };
    assert!(matches!(open("sslmode=prefer"), Err(OpenError::Url(_))));
    assert!(matches!(
        open("sslrootcert=/nowhere/root.pem"),
        Err(OpenError::Roots(_))
    ));
    for url in [
        "mysql://localhost/x",
        "sqlite://",
        "sqlite:x.db",
        "postgres://h/x?port=none",
    ] {
        let opened = Database::open(&DatabaseSettings::new(url)).map(drop);
        assert!(
            matches!(opened, Err(OpenError::Url(_))),
            "{url}: {opened:?}"
        );
    }
}

#[test]
fn redis_over_tls_is_trusted_by_root_and_name() {
    let certificates = certificates();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let root = write("root.pem", &certificates.root);
    let (cert, key) = (
        write("server.crt", &certificates.server),
        write("server.key", &certificates.key),
    );
    let tls_port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
        .to_string();
    let arguments = [
        "--tls-port",
        &tls_port,
        "--tls-cert-file",
        &cert,
        "--tls-key-file",
        &key,
        "--tls-ca-cert-file",
        &root,
        "--tls-auth-clients",
        "no",
    ];
    let Some(_server) = servers::redis(&arguments).filter(servers::Server::is_private) else {
        return;
    };
    let open = |host: &str, query: &str| {
        run(async {
            let store =
                EphemeralStore::redis(&format!("rediss://{host}:{tls_port}/{query}")).await?;
            store
                .ping()
                .await
                .map_err(|error| OpenError::Unreachable(error.to_string()))
        })
    };
    let trusted = format!("?sslrootcert={root}");
    open("localhost", &trusted).unwrap();
    assert!(open("localhost", "").is_err());
    assert!(open("127.0.0.1", &trusted).is_err());
}
