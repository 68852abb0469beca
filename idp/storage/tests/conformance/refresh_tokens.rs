//! Properties of refresh tokens, of what a grant holds beside its scopes, and of keys that moved within a registration.

use diesel::Connection as _;
use diesel::sqlite::SqliteConnection;
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use idp_core::authorization::{Assurance, RequestedClaims};
use idp_core::id::GrantId;
use idp_core::platform::{ClientAuthentication, ClientKeys};
use idp_core::refresh_token::RefreshToken;
use idp_core::revoked_token::RevokedToken;
use protocol::claims::Confirmation;

use crate::backend::{Backend, Property, properties};
use crate::migrations::{another, folder};
use crate::races;
use crate::samples::{self, Standing, at};
use crate::steps::{insert_standing, read, write};

pub const ALL: &[Property] = properties![
    token_comes_back_as_it_was,
    token_has_one_place_and_a_grant,
    first_use_stands,
    of_many_uses_at_once_one_is_first,
    only_what_has_expired_is_deleted,
    a_token_that_was_given_up_is_known_until_it_expires,
    grant_keeps_whatever_was_asked_and_proven,
];

/// On a database of its own, which more than one process opens.
pub const ON_ITS_OWN: &[Property] = properties![keys_move_out_of_the_authentication];

fn token(grant: &GrantId) -> RefreshToken {
    RefreshToken {
        sha256: samples::name("sha256"),
        grant_id: grant.clone(),
        seed: "種-seed".into(),
        issued_at: at(10),
        expires_at: at(1000),
        used_at: None,
    }
}

/// A stored grant.
async fn granted(b: &Backend) -> Standing {
    let standing = samples::standing();
    let stored = standing.clone();
    write!(b, |s| {
        insert_standing(s, &stored)?;
        assert!(s.insert_grant(&stored.grant)?);
    });
    standing
}

async fn token_comes_back_as_it_was(b: &Backend) {
    let grant = granted(b).await.grant.id;
    let fresh = token(&grant);
    let used = RefreshToken {
        used_at: Some(at(11)),
        ..token(&grant)
    };
    for one in [fresh, used] {
        let (stored, name) = (one.clone(), one.sha256.clone());
        assert!(write!(b, |s| s.insert_refresh_token(&stored)?));
        assert_eq!(read!(b, |s| s.find_refresh_token(&name)?), Some(one));
    }
    assert_eq!(read!(b, |s| s.find_refresh_token("none")?), None);
}

async fn token_has_one_place_and_a_grant(b: &Backend) {
    let grant = granted(b).await.grant.id;
    let first = token(&grant);
    let again = RefreshToken {
        seed: "another".into(),
        ..first.clone()
    };
    let (name, kept) = (first.sha256.clone(), first.clone());
    let inserted = write!(b, |s| (
        s.insert_refresh_token(&first)?,
        s.insert_refresh_token(&again)?
    ));
    assert_eq!(inserted, (true, false));
    assert_eq!(read!(b, |s| s.find_refresh_token(&name)?), Some(kept));
    let orphan = token(&GrantId::from_text("no-such-grant"));
    let (name, inserted) = (
        orphan.sha256.clone(),
        b.database
            .write(move |s| s.insert_refresh_token(&orphan))
            .await,
    );
    assert!(inserted.is_err(), "it stands on no grant: {inserted:?}");
    assert_eq!(read!(b, |s| s.find_refresh_token(&name)?), None);
}

async fn first_use_stands(b: &Backend) {
    let one = token(&granted(b).await.grant.id);
    let name = one.sha256.clone();
    let used = write!(b, |s| {
        s.insert_refresh_token(&one)?;
        [
            s.exchange_refresh_token_use(&one.sha256, (None, Some(at(20))))?,
            s.exchange_refresh_token_use(&one.sha256, (None, Some(at(21))))?,
            s.exchange_refresh_token_use("none", (None, Some(at(22))))?,
        ]
    });
    assert_eq!(used, [true, false, false]);
    let found = read!(b, |s| s.find_refresh_token(&name)?).unwrap();
    assert_eq!(found.used_at, Some(at(20)));
}

async fn of_many_uses_at_once_one_is_first(b: &Backend) {
    let one = token(&granted(b).await.grant.id);
    let name = one.sha256.clone();
    write!(b, |s| s.insert_refresh_token(&one)?);
    let used = races::all(50, |number| {
        let (database, name) = (b.database.clone(), name.clone());
        let when = at(30 + i64::try_from(number).unwrap());
        async move {
            let used =
                database.write(move |s| s.exchange_refresh_token_use(&name, (None, Some(when))));
            used.await.unwrap()
        }
    })
    .await;
    assert_eq!(used.iter().filter(|first| **first).count(), 1);
}

async fn only_what_has_expired_is_deleted(b: &Backend) {
    let grant = granted(b).await.grant.id;
    let until = |second| RefreshToken {
        expires_at: at(second),
        ..token(&grant)
    };
    // Long before what any other property stores: they share the database.
    let tokens = [until(-500), until(-400), until(-399), until(1000)];
    let names = tokens.clone().map(|token| token.sha256);
    let deleted = write!(b, |s| {
        for one in &tokens {
            assert!(s.insert_refresh_token(one)?);
        }
        s.delete_expired_tokens(at(-400))?
    });
    let mut left = Vec::new();
    for name in names {
        left.push(read!(b, |s| s.find_refresh_token(&name)?).is_some());
    }
    assert!(!left[0] && left[2] && left[3], "{left:?}");
    assert_eq!(deleted, left.iter().filter(|is_left| !**is_left).count());
}

async fn a_token_that_was_given_up_is_known_until_it_expires(b: &Backend) {
    let platform = samples::platform();
    let [one, other] = [-700, 1000].map(|second| RevokedToken {
        jti: samples::name("jti"),
        platform_id: platform.id.clone(),
        expires_at: at(second),
    });
    let found = write!(b, |s| {
        assert!(s.insert_platform(&platform)?);
        let inserted = [
            s.insert_revoked_token(&one)?,
            s.insert_revoked_token(&other)?,
            s.insert_revoked_token(&other)?,
        ];
        assert_eq!(inserted, [true, true, false]);
        let mut found = vec![s.is_token_revoked(&one.jti)?, s.is_token_revoked("none")?];
        assert!(s.delete_expired_tokens(at(-650))? >= 1);
        found.push(s.is_token_revoked(&one.jti)?);
        found.push(s.is_token_revoked(&other.jti)?);
        found
    });
    assert_eq!(found, [true, false, false, true]);
}

async fn grant_keeps_whatever_was_asked_and_proven(b: &Backend) {
    let confirmations = [
        None,
        Some(Confirmation::Key("a\"b".into())),
        Some(Confirmation::Certificate("thumbprint".into())),
    ];
    for confirmation in confirmations {
        for assurance in Assurance::ALL {
            for resources in [Vec::new(), vec!["https://a.example/?x='y'".to_owned()]] {
                let mut standing = samples::standing();
                standing.grant.confirmation.clone_from(&confirmation);
                standing.grant.assurance = assurance;
                standing.grant.resources = resources;
                if confirmation.is_none() {
                    standing.grant.claims = RequestedClaims::default();
                }
                let wanted = standing.grant.clone();
                write!(b, |s| {
                    insert_standing(s, &standing)?;
                    assert!(s.insert_grant(&standing.grant)?);
                });
                let id = wanted.id.clone();
                let found = read!(b, |s| s.find_grant_standing(&id)?).unwrap();
                assert_eq!(found.grant, wanted);
            }
        }
    }
}

/// A registration as it was written before keys stood beside the authentication reads as it is written now.
async fn keys_move_out_of_the_authentication(b: &Backend) {
    const MOVE: &str = "20261126005010";
    let backend = another(b).await;
    let platform = samples::platform();
    let id = platform.id.clone();
    write!(backend, |s| s.insert_platform(&platform)?);
    let (url, postgres) = (backend.url.clone(), backend.is_postgres());
    tokio::task::spawn_blocking(move || {
        if postgres {
            let mut c = AsyncConnectionWrapper::<AsyncPgConnection>::establish(&url).unwrap();
            let all = FileBasedMigrations::from_path(folder("postgres")).unwrap();
            while c.revert_last_migration(all.clone()).unwrap().to_string() != MOVE {}
        } else {
            let path = url.strip_prefix("sqlite://").unwrap();
            let mut c = SqliteConnection::establish(path).unwrap();
            let all = FileBasedMigrations::from_path(folder("sqlite")).unwrap();
            while c.revert_last_migration(all.clone()).unwrap().to_string() != MOVE {}
        }
    })
    .await
    .unwrap();
    let before = r#"{"authentication":{"method":"private_key_jwt","jwks":{"keys":[{"kty":"EC"}]}},
        "redirect_uris":["https://p.example/cb"],"initiate_login_uri":null,"target_link_uri":null,
        "scopes":"openid","id_token_alg":"ES256","consent":"ask_always"}"#;
    let written = format!("UPDATE platforms SET client = '{before}' WHERE id = '{id}'");
    tokio::task::block_in_place(|| backend.execute(&written)).unwrap();
    backend.database.migrate().await.unwrap();
    let found = read!(backend, |s| s.find_platform(&id)?).unwrap();
    let client = found.client.unwrap();
    assert_eq!(client.authentication, ClientAuthentication::PrivateKeyJwt);
    let keys = serde_json::json!({ "keys": [{ "kty": "EC" }] });
    assert_eq!(client.keys, Some(ClientKeys::Jwks(keys)));
}
