//! Properties of registration tokens, of platforms that registered themselves, and of platforms that are held.

use idp_core::id::RegistrationTokenId;
use idp_core::platform::{PlatformState, SecurityProfile, Zone};
use idp_core::region::RegionCode;
use idp_core::registration::{RegistrationTerms, RegistrationToken, SelfRegistration};
use protocol::scope::ScopeSet;

use crate::backend::{Backend, Property, properties};
use crate::races::all;
use crate::samples::{self, at};
use crate::steps::{insert_standing, read, write};

pub const ALL: &[Property] = properties![
    token_comes_back_as_stored,
    of_many_uses_of_a_token_so_many_win_as_it_has,
    token_that_is_over_or_taken_back_is_not_used,
    self_registration_comes_back_and_goes,
    grants_that_a_platform_holds_are_revoked_and_no_others,
    of_many_changes_of_a_held_platform_none_is_lost,
];

fn token(uses: u32) -> RegistrationToken {
    RegistrationToken {
        id: RegistrationTokenId::from_text(samples::name("token")),
        sha256: samples::name("sha256"),
        terms: RegistrationTerms {
            scopes: ScopeSet::all(),
            profile: SecurityProfile::Fapi2,
            trusted: true,
            pkce_optional: false,
            client_credentials: true,
            region_code: RegionCode::parse("150400").unwrap(),
            zone: Zone::Eastern,
        },
        issued_by: "值班员".into(),
        issued_at: at(1),
        expires_at: at(100),
        uses,
        used: 0,
        revoked_at: None,
    }
}

async fn token_comes_back_as_stored(b: &Backend) {
    let (first, second) = (token(1), token(9));
    let mut same_text = token(1);
    same_text.sha256.clone_from(&first.sha256);
    let (a, c) = (first.clone(), second.clone());
    let inserted = write!(b, |s| [
        s.insert_registration_token(&a)?,
        s.insert_registration_token(&a)?,
        s.insert_registration_token(&same_text)?,
        s.insert_registration_token(&c)?,
    ]);
    assert_eq!(inserted, [true, false, false, true]);
    let sha256 = first.sha256.clone();
    let found = read!(b, |s| s.find_registration_token(&sha256)?);
    assert_eq!(found, Some(first.clone()));
    let mut listed = read!(b, |s| s.list_registration_tokens()?);
    listed.retain(|token| [&first, &second].map(|t| &t.id).contains(&&token.id));
    assert_eq!(listed, [first, second]);
    assert_eq!(read!(b, |s| s.find_registration_token("none")?), None);
}

async fn of_many_uses_of_a_token_so_many_win_as_it_has(b: &Backend) {
    for uses in [1, 3] {
        let token = token(uses);
        let (id, sha256) = (token.id.clone(), token.sha256.clone());
        write!(b, |s| assert!(s.insert_registration_token(&token)?));
        let results = all(16, |_| {
            let (database, id) = (b.database.clone(), id.clone());
            async move {
                let spent = database.write(move |s| s.exchange_registration_token_use(&id, at(5)));
                spent.await.unwrap()
            }
        })
        .await;
        let won = results.iter().filter(|won| **won).count();
        assert_eq!(won, usize::try_from(uses).unwrap());
        let found = read!(b, |s| s.find_registration_token(&sha256)?).unwrap();
        assert_eq!(found.used, uses);
    }
}

async fn token_that_is_over_or_taken_back_is_not_used(b: &Backend) {
    let token = token(9);
    let id = token.id.clone();
    let results = write!(b, |s| {
        s.insert_registration_token(&token)?;
        [
            s.exchange_registration_token_use(&id, at(99))?,
            s.exchange_registration_token_use(&id, at(100))?,
            s.revoke_registration_token(&id, at(7))?,
            s.revoke_registration_token(&id, at(8))?,
            s.exchange_registration_token_use(&id, at(9))?,
        ]
    });
    assert_eq!(results, [true, false, true, false, false]);
}

async fn self_registration_comes_back_and_goes(b: &Backend) {
    let (platform, token) = (samples::platform(), token(1));
    let registration = SelfRegistration {
        platform_id: platform.id.clone(),
        token_id: token.id.clone(),
        access_sha256: samples::name("sha256"),
        registered_at: at(3),
        trusted: false,
    };
    let id = platform.id.clone();
    let stored = registration.clone();
    let (inserted, found, deleted) = write!(b, |s| {
        s.insert_platform(&platform)?;
        s.insert_registration_token(&token)?;
        let inserted = [
            s.insert_self_registration(&stored)?,
            s.insert_self_registration(&stored)?,
        ];
        let found = s.find_self_registration(&id)?;
        let deleted = [
            s.delete_self_registration(&id)?,
            s.delete_self_registration(&id)?,
        ];
        (inserted, found, deleted)
    });
    assert_eq!((inserted, deleted), ([true, false], [true, false]));
    assert_eq!(found, Some(registration));
}

async fn grants_that_a_platform_holds_are_revoked_and_no_others(b: &Backend) {
    let (mine, others) = (samples::standing(), samples::standing());
    let (id, left) = (mine.grant.id.clone(), others.grant.id.clone());
    let platform = mine.platform.id.clone();
    let revoked = write!(b, |s| {
        insert_standing(s, &mine)?;
        insert_standing(s, &others)?;
        s.insert_grant(&mine.grant)?;
        s.insert_grant(&others.grant)?;
        [
            s.revoke_grants_held_by(&platform, at(7))?,
            s.revoke_grants_held_by(&platform, at(8))?,
        ]
    });
    assert_eq!(revoked, [1, 0]);
    let found = read!(b, |s| (
        s.find_grant_standing(&id)?,
        s.find_grant_standing(&left)?
    ));
    assert_eq!(found.0.unwrap().grant.revoked_at, Some(at(7)));
    assert_eq!(found.1.unwrap().grant.revoked_at, None);
}

async fn of_many_changes_of_a_held_platform_none_is_lost(b: &Backend) {
    let mut platform = samples::platform();
    platform.state = PlatformState::Pending;
    platform.name_en = String::new();
    let id = platform.id.clone();
    write!(b, |s| assert!(s.insert_platform(&platform)?));
    all(16, |_| {
        let (database, id) = (b.database.clone(), id.clone());
        async move {
            let changed = database.write(move |s| {
                let mut platform = s.hold_platform_alone(&id)?.unwrap();
                platform.name_en.push('x');
                s.update_platform(&platform)
            });
            changed.await.unwrap()
        }
    })
    .await;
    let found = read!(b, |s| s.find_platform(&id)?).unwrap();
    assert_eq!(found.name_en.len(), 16);
    assert_eq!(found.state, PlatformState::Pending);
}
