//! Properties of grants: one a code, revoked once, read with all they stand on.

use idp_core::id::GrantId;
use idp_core::session::Which;

use crate::backend::{Backend, Property, properties};
use crate::samples::{self, at};
use crate::steps::{insert_standing, read, write};

pub const ALL: &[Property] = properties![
    grant_comes_back_with_all_it_stands_on,
    code_gives_one_grant,
    first_revocation_of_a_grant_stands,
    grants_to_one_platform_are_revoked_and_no_others,
    a_grant_that_was_given_up_is_dead_and_is_told_of_once_when_its_session_ends,
];

async fn grant_comes_back_with_all_it_stands_on(b: &Backend) {
    let s0 = samples::standing();
    let id = s0.grant.id.clone();
    let s1 = samples::standing();
    let (grant, enterprise) = (s0.grant.clone(), s0.enterprise.clone());
    let (key_lock, platform) = (s0.key_lock.clone(), s0.platform.clone());
    write!(b, |s| {
        insert_standing(s, &s0)?;
        insert_standing(s, &s1)?;
        assert!(s.insert_grant(&s0.grant)? && s.insert_grant(&s1.grant)?);
    });
    let found = read!(b, |s| s.find_grant_standing(&id)?).unwrap();
    assert!(found.is_alive(found.key_lock.not_after));
    assert_eq!((found.grant, found.enterprise), (grant, enterprise));
    assert_eq!((found.key_lock, found.platform), (key_lock, platform));
}

async fn code_gives_one_grant(b: &Backend) {
    let s0 = samples::standing();
    let mut again = s0.grant.clone();
    again.id = GrantId::from_text(samples::name("grant"));
    let inserted = write!(b, |s| {
        insert_standing(s, &s0)?;
        (
            s.insert_grant(&s0.grant)?,
            s.insert_grant(&again)?,
            s.find_grant_standing(&again.id)?,
        )
    });
    assert_eq!(inserted, (true, false, None));
}

async fn first_revocation_of_a_grant_stands(b: &Backend) {
    let s0 = samples::standing();
    let id = s0.grant.id.clone();
    let ended = samples::ended(&s0.grant);
    let (revoked, found) = write!(b, |s| {
        insert_standing(s, &s0)?;
        let code = s0.grant.code_sha256.clone();
        let before = s.revoke_grant_by_code(&code, at(6))?;
        s.insert_grant(&s0.grant)?;
        let revoked = [
            before,
            s.revoke_grant_by_code(&code, at(7))?,
            s.revoke_grant_by_code(&code, at(8))?,
        ];
        (revoked, s.find_grant_standing(&s0.grant.id)?)
    });
    assert_eq!(
        revoked,
        [None, Some((id.clone(), Some(ended))), Some((id, None))]
    );
    let found = found.unwrap();
    assert_eq!(found.grant.revoked_at, Some(at(7)));
    assert!(!found.is_alive(found.key_lock.not_after));
}

async fn grants_to_one_platform_are_revoked_and_no_others(b: &Backend) {
    let (s0, s1) = (samples::standing(), samples::standing());
    let mut revoked_before = s0.grant.clone();
    revoked_before.id = GrantId::from_text(samples::name("grant"));
    revoked_before.code_sha256 = samples::name("code");
    revoked_before.revoked_at = Some(at(5));
    let ids = [&s0.grant, &revoked_before, &s1.grant].map(|grant| grant.id.clone());
    let told = samples::ended(&s0.grant);
    let (counts, found) = write!(b, |s| {
        insert_standing(s, &s0)?;
        insert_standing(s, &s1)?;
        for grant in [&s0.grant, &revoked_before, &s1.grant] {
            assert!(s.insert_grant(grant)?);
        }
        let (enterprise, platform) = (&s0.enterprise.id, &s0.platform.id);
        let counts = [
            s.revoke_grants_to(enterprise, &s1.platform.id, at(6))?,
            s.revoke_grants_to(enterprise, platform, at(7))?,
            s.revoke_grants_to(enterprise, platform, at(8))?,
        ];
        let mut found = Vec::new();
        for id in &ids {
            found.push(s.find_grant_standing(id)?.unwrap().grant.revoked_at);
        }
        (counts, found)
    });
    assert_eq!(counts, [vec![], vec![told], vec![]]);
    assert_eq!(found, [Some(at(7)), Some(at(5)), None]);
}

async fn a_grant_that_was_given_up_is_dead_and_is_told_of_once_when_its_session_ends(b: &Backend) {
    let (s0, s1) = (samples::standing(), samples::standing());
    let told = [&s0, &s1].map(|standing| samples::ended(&standing.grant));
    let (given_up, ended, found) = write!(b, |s| {
        for standing in [&s0, &s1] {
            insert_standing(s, standing)?;
            assert!(s.insert_grant(&standing.grant)?);
        }
        let given_up = [
            s.give_up_grant(&s0.grant.id, at(5))?,
            s.give_up_grant(&s0.grant.id, at(6))?,
        ];
        assert_eq!(s.revoke_grants_held_by(&s1.platform.id, at(5))?, 1);
        assert_eq!(s.revoke_grant(&s0.grant.id, at(6))?, None);
        let (enterprise, platform) = (&s1.enterprise.id, &s1.platform.id);
        let ended = [
            s.revoke_grants_of(&s0.enterprise.id, Which::One(&s0.grant.session_id), at(7))?,
            s.revoke_grants_to(enterprise, platform, at(7))?,
            s.revoke_grants_of(&s0.enterprise.id, Which::All, at(8))?,
            s.revoke_grants_of(enterprise, Which::All, at(8))?,
        ];
        let mut found = Vec::new();
        for standing in [&s0, &s1] {
            let standing = s.find_grant_standing(&standing.grant.id)?.unwrap();
            found.push(standing.grant.revoked_at);
        }
        (given_up, ended, found)
    });
    let [first, second] = told;
    assert_eq!(given_up, [true, false]);
    assert_eq!(ended, [vec![first], vec![second], vec![], vec![]]);
    assert_eq!(found, [Some(at(5)), Some(at(5))], "the first time stands");
}
