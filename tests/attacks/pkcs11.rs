//! A token that keeps signing keys gives none out, and is not locked by a provider that has the wrong PIN.

use std::path::PathBuf;

use e2e::softhsm::{LABEL, PIN, Tokens};
use e2e::{Provider, scratch};
use idp::config::{Config, KeepIn};
use idp::signing::{Hsm, HsmError};
use idp_core::signing_key::Kept;

#[tokio::test]
async fn a_private_key_inside_comes_out_nowhere() {
    let test = "attacks::pkcs11::a_private_key_inside_comes_out_nowhere";
    let Some(tokens) = Tokens::alone(test) else {
        return;
    };
    let provider = Provider::start(|config| tokens.keep_inside(config));
    let keys = provider
        .state
        .database
        .read(|store| store.list_signing_keys());
    for key in keys.await.unwrap() {
        assert!(key.kept == Kept::Inside(LABEL.to_owned()));
        // `CKA_ID` is the `kid`.
        let id = hex::encode(key.id.as_str());
        let told = tokens.private_keys();
        let object = told.iter().find(|object| object.contains(&id)).unwrap();
        for word in [
            "sensitive",
            "always sensitive",
            "never extractable",
            "local",
        ] {
            assert!(object.contains(word), "{object}");
        }
        assert!(!object.contains("decrypt"), "{object}");
        let read = tokens.read_private_key(&id);
        assert!(!read.status.success() || read.stdout.is_empty(), "{read:?}");
    }
}

#[tokio::test]
async fn a_wrong_pin_is_tried_once_and_told_to_nobody() {
    let test = "attacks::pkcs11::a_wrong_pin_is_tried_once_and_told_to_nobody";
    let Some(tokens) = Tokens::alone(test) else {
        return;
    };
    let wrong = "1717-wrong";
    let mut config = Config::default();
    tokens.keep_inside(&mut config);
    config.signing_keys.pkcs11.pin = wrong.to_owned();
    assert!(!format!("{config:?}").contains(wrong));
    let hsm = Hsm::of(&config.signing_keys.pkcs11).unwrap().unwrap();
    let refused = HsmError::Barred("its PIN is wrong".to_owned());
    assert_eq!(hsm.look(&[]), Err(refused.clone()));
    // Were it tried again, it would be right now.
    tokens.set_pin(wrong);
    assert_eq!(hsm.look(&[]), Err(refused));
    tokens.set_pin_from(wrong, PIN);
    let folder = scratch::folder("wrong-pin");
    let started = Provider::try_start(|config| {
        config.state_dir.clone_from(&folder);
        tokens.keep_inside(config);
        config.signing_keys.pkcs11.pin = wrong.to_owned();
    });
    let error = started.err().expect("it started").to_string();
    assert!(
        error.contains("PIN is wrong") && !error.contains(wrong),
        "{error}"
    );
    // The right one is taken after all that.
    let right = Provider::try_start(|config| {
        config.state_dir.clone_from(&folder);
        tokens.keep_inside(config);
    });
    assert!(right.is_ok());
}

#[tokio::test]
async fn without_its_token_the_provider_does_not_start() {
    let test = "attacks::pkcs11::without_its_token_the_provider_does_not_start";
    let Some(tokens) = Tokens::alone(test) else {
        return;
    };
    let folder = scratch::folder("no-token");
    let open = folder.join("open-pin");
    std::fs::write(&open, PIN).unwrap();
    let start = |change: &dyn Fn(&mut Config)| {
        Provider::try_start(|config| {
            config.state_dir.clone_from(&folder);
            tokens.keep_inside(config);
            change(config);
        })
    };
    let refused = |change: &dyn Fn(&mut Config), why: &str| {
        let error = start(change).err().expect(why).to_string();
        assert!(error.contains(why), "{error}");
    };
    let none = PathBuf::from("/nowhere/pkcs11.so");
    refused(
        &|c| c.signing_keys.pkcs11.module.clone_from(&none),
        "pkcs11.so is not there",
    );
    refused(
        &|c| c.signing_keys.pkcs11.module.clone_from(&open),
        "can't be loaded",
    );
    refused(
        &|c| c.signing_keys.pkcs11.token = "other".to_owned(),
        "there is no token other",
    );
    refused(&|c| c.signing_keys.sm2 = true, "PKCS #11 has no SM2");
    refused(&|c| c.signing_keys.pkcs11.pin.clear(), "pin_file");
    #[cfg(unix)]
    refused(
        &|c| {
            c.signing_keys.pkcs11.pin.clear();
            c.signing_keys.pkcs11.pin_file.clone_from(&open);
        },
        "mode to 600",
    );
    drop(start(&|_| ()).unwrap_or_else(|error| panic!("{error}")));
    // Keys that are to sign are inside, and nobody says where that is.
    refused(
        &|c| {
            c.signing_keys.keep_in = KeepIn::Database;
            c.signing_keys.pkcs11.module = PathBuf::new();
        },
        "idp keys emergency",
    );
    tokens.add(LABEL);
    refused(&|_| (), "more than one token");
}
