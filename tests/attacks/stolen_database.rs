//! Whoever takes the database has no secret of anybody.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::story::Scene;
use e2e::{Provider, scratch};

/// Every octet of the state folder but the master key.
fn stolen(provider: &Provider) -> Vec<u8> {
    let mut octets = Vec::new();
    for entry in fs::read_dir(&provider.folder).unwrap().flatten() {
        if entry.file_name() != "master.key" && entry.path().is_file() {
            octets.extend(fs::read(entry.path()).unwrap());
        }
    }
    assert!(octets.len() > 10_000, "the database is not there");
    octets
}

fn holds(octets: &[u8], wanted: &[u8]) -> bool {
    octets.windows(wanted.len()).any(|window| window == wanted)
}

#[tokio::test]
async fn the_database_holds_no_secret_in_the_clear() {
    let provider = Provider::start(|_| ());
    let mut scene = Scene::at(&provider).await;
    let (waiting, _) = scene.code().await;
    let tokens = scene.receive().await;
    scene.platform.userinfo(tokens.access()).await;
    let octets = stolen(&provider);
    // The look itself works: the enterprise's name is there.
    assert!(holds(&octets, scene.lock.holder.as_bytes()));
    let secrets = [
        ("client secret", scene.platform.secret.as_str()),
        ("session cookie", scene.browser.session().unwrap()),
        ("access token", tokens.access()),
        ("ID token", tokens.id()),
        ("redeemed code", &tokens.code),
        ("waiting code", &waiting),
        ("code verifier", &tokens.asking.verifier),
    ];
    for (what, secret) in secrets {
        assert!(
            !holds(&octets, secret.as_bytes()),
            "{what} is in the database"
        );
    }
    // RFC 5208: how a PKCS #8 key of either algorithm begins after its version.
    let p256 =
        b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x04";
    let rsa = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x04";
    for key in [&p256[..], &rsa[..]] {
        assert!(!holds(&octets, key), "a private key is in the database");
    }
}

#[tokio::test]
async fn without_the_master_key_the_provider_does_not_start_on_a_stolen_database() {
    let folder = scratch::folder("stolen");
    let right = STANDARD.encode([3; 32]);
    let start = |value: &str| {
        Provider::try_start(|config| {
            config.state_dir.clone_from(&folder);
            value.clone_into(&mut config.master_key.value);
        })
    };
    drop(start(&right).unwrap_or_else(|error| panic!("{error}")));
    for wrong in [
        STANDARD.encode([4; 32]),
        STANDARD.encode([3; 16]),
        "nonsense".to_owned(),
    ] {
        let error = start(&wrong)
            .err()
            .expect("it started with the wrong master key");
        assert!(!error.to_string().contains(&wrong), "{error}");
    }
    // The folder without its key file, as a thief of the database has it: a new one is made and is wrong.
    assert!(start("").is_err());
    assert!(start(&right).is_ok());
}

#[cfg(unix)]
#[tokio::test]
async fn a_master_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = scratch::folder("readable");
    let file = folder.join("master.key");
    fs::write(&file, STANDARD.encode([5; 32])).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let refused = Provider::try_start(|config| config.state_dir = folder);
    let error = refused
        .err()
        .expect("it started with a readable master key")
        .to_string();
    assert!(error.contains("600"), "{error}");
}
