//! Properties of each noun: what was stored comes back; what is unique stays so.

use idp_core::enterprise::EnterpriseState;
use idp_core::id::{
    CaId, ConsentId, EnterpriseId, GrantId, KeyId, KeyLockId, PlatformId, SessionId,
};
use idp_core::key_lock::{KeyLockState, Thumbprint};
use idp_core::platform::{PlatformState, Zone};
use idp_core::region::RegionCode;
use idp_core::signing_key::Kept;
use protocol::claims::LockRole;
use protocol::scope::ScopeSet;

use crate::backend::{Backend, Property, properties};
use crate::samples::{self, at};
use crate::steps::{audit_of, insert_standing, read, write};

pub const ALL: &[Property] = properties![
    enterprise_comes_back_as_stored,
    credit_code_is_unique,
    key_lock_comes_back_as_stored,
    key_locks_are_listed_oldest_first,
    active_key_locks_of_a_ca_are_read_page_by_page,
    certificate_is_bound_once_for_ever,
    enterprise_has_one_active_primary_lock,
    key_lock_state_is_exchanged_only_from_the_expected_one,
    platform_comes_back_as_stored_and_updated,
    platforms_are_listed_by_zone_then_region,
    consent_records_are_listed_newest_first,
    standing_consent_is_replaced,
    signing_key_comes_back_and_retires_once,
    signing_key_generation_is_unique,
    signing_key_inside_a_token_is_destroyed_once,
    signing_key_is_withdrawn_once,
    sealed_secret_comes_back_and_is_sealed_anew_as_it_was_read,
    audit_comes_back_in_growing_order,
    unknown_names_find_nothing,
];

async fn enterprise_comes_back_as_stored(b: &Backend) {
    let mut full = samples::enterprise();
    full.address = Some("新城区".into());
    full.state = EnterpriseState::Suspended;
    let mut bare = samples::enterprise();
    bare.phone = None;
    for enterprise in [full, bare] {
        let stored = enterprise.clone();
        assert!(write!(b, |s| s.insert_enterprise(&stored)?));
        let (id, code) = (enterprise.id.clone(), enterprise.credit_code.clone());
        let found = read!(b, |s| (
            s.find_enterprise(&id)?,
            s.find_enterprise_by_credit_code(&code)?
        ));
        assert_eq!(found, (Some(enterprise.clone()), Some(enterprise)));
    }
}

async fn credit_code_is_unique(b: &Backend) {
    let first = samples::enterprise();
    let mut second = samples::enterprise();
    second.credit_code = first.credit_code.clone();
    let id = second.id.clone();
    // The transaction lives on after the conflict.
    let third = samples::enterprise();
    let inserted = write!(b, |s| {
        let taken = (s.insert_enterprise(&first)?, s.insert_enterprise(&second)?);
        (taken, s.insert_enterprise(&third)?)
    });
    assert_eq!(inserted, ((true, false), true));
    assert_eq!(read!(b, |s| s.find_enterprise(&id)?), None);
}

async fn key_lock_comes_back_as_stored(b: &Backend) {
    let enterprise = samples::enterprise();
    let mut primary = samples::key_lock(&enterprise, LockRole::Primary);
    primary.media_number = Some("M-9".into());
    let secondary = samples::key_lock(&enterprise, LockRole::Secondary);
    let (p, q) = (primary.clone(), secondary.clone());
    let owner = enterprise.clone();
    write!(b, |s| {
        assert!(s.insert_enterprise(&owner)?);
        assert!(s.insert_key_lock(&p)? && s.insert_key_lock(&q)?);
    });
    let (id, thumbprint) = (primary.id.clone(), secondary.thumbprint);
    let found = read!(b, |s| (
        s.find_key_lock(&id)?,
        s.find_key_lock_by_thumbprint(thumbprint)?
    ));
    assert_eq!(found, (Some(primary), Some(secondary)));
}

async fn active_key_locks_of_a_ca_are_read_page_by_page(b: &Backend) {
    let enterprise = samples::enterprise();
    let ca = CaId::from_text(samples::name("ca"));
    let mut locks: Vec<_> = (0..6)
        .map(|_| samples::key_lock(&enterprise, LockRole::Secondary))
        .collect();
    for lock in &mut locks[..5] {
        lock.ca_id = ca.clone();
    }
    // The last is another CA's, the one before it no lock in force.
    locks[4].state = KeyLockState::Lost;
    let stored = locks.clone();
    assert!(write!(b, |s| {
        s.insert_enterprise(&enterprise)?;
        let mut all = true;
        for lock in &stored {
            all &= s.insert_key_lock(lock)?;
        }
        all
    }));
    let mut expected: Vec<_> = locks[..4].to_vec();
    expected.sort_by(|one, other| one.id.as_str().cmp(other.id.as_str()));
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let (of, from) = (ca.clone(), after.take());
        let page = read!(b, |s| s.list_active_key_locks_of_ca(
            &of,
            from.as_ref(),
            3
        )?);
        assert!(page.len() <= 3);
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        found.extend(page);
    }
    assert_eq!(found, expected);
}

async fn key_locks_are_listed_oldest_first(b: &Backend) {
    let enterprise = samples::enterprise();
    let id = enterprise.id.clone();
    let mut locks: Vec<_> = (0..3)
        .map(|_| samples::key_lock(&enterprise, LockRole::Secondary))
        .collect();
    locks[0].bound_at = at(30);
    locks[1].bound_at = at(10);
    locks[2].bound_at = at(20);
    let stored = locks.clone();
    let other = samples::enterprise();
    let others = samples::key_lock(&other, LockRole::Primary);
    write!(b, |s| {
        s.insert_enterprise(&enterprise)?;
        s.insert_enterprise(&other)?;
        s.insert_key_lock(&others)?;
        for lock in &stored {
            s.insert_key_lock(lock)?;
        }
    });
    let listed = read!(b, |s| s.list_key_locks(&id)?);
    assert_eq!(
        listed,
        [locks[1].clone(), locks[2].clone(), locks[0].clone()]
    );
}

async fn certificate_is_bound_once_for_ever(b: &Backend) {
    let enterprise = samples::enterprise();
    let mut removed = samples::key_lock(&enterprise, LockRole::Primary);
    removed.state = KeyLockState::Removed;
    let mut again = samples::key_lock(&enterprise, LockRole::Primary);
    again.thumbprint = removed.thumbprint;
    let inserted = write!(b, |s| {
        s.insert_enterprise(&enterprise)?;
        (s.insert_key_lock(&removed)?, s.insert_key_lock(&again)?)
    });
    assert_eq!(inserted, (true, false));
}

async fn enterprise_has_one_active_primary_lock(b: &Backend) {
    let enterprise = samples::enterprise();
    let mut lost = samples::key_lock(&enterprise, LockRole::Primary);
    lost.state = KeyLockState::Lost;
    let first = samples::key_lock(&enterprise, LockRole::Primary);
    let second = samples::key_lock(&enterprise, LockRole::Primary);
    let secondary = samples::key_lock(&enterprise, LockRole::Secondary);
    let inserted = write!(b, |s| {
        s.insert_enterprise(&enterprise)?;
        [
            s.insert_key_lock(&lost)?,
            s.insert_key_lock(&first)?,
            s.insert_key_lock(&second)?,
            s.insert_key_lock(&secondary)?,
        ]
    });
    assert_eq!(inserted, [true, true, false, true]);
}

async fn key_lock_state_is_exchanged_only_from_the_expected_one(b: &Backend) {
    use KeyLockState::{Active, Lost, Removed};
    let standing = samples::standing();
    let id = standing.key_lock.id.clone();
    let exchanged = write!(b, |s| {
        insert_standing(s, &standing)?;
        [
            s.exchange_key_lock_state(&id, Lost, (Removed, at(5)))?,
            s.exchange_key_lock_state(&id, Active, (Lost, at(6)))?,
            s.exchange_key_lock_state(&id, Active, (Removed, at(7)))?,
            s.exchange_key_lock_state(&KeyLockId::from_text("none"), Active, (Lost, at(8)))?,
        ]
    });
    assert_eq!(exchanged, [false, true, false, false]);
}

async fn platform_comes_back_as_stored_and_updated(b: &Backend) {
    let platform = samples::platform();
    let (stored, id) = (platform.clone(), platform.id.clone());
    let inserted = write!(b, |s| (
        s.insert_platform(&stored)?,
        s.insert_platform(&stored)?
    ));
    assert_eq!(inserted, (true, false));
    let found = {
        let id = id.clone();
        read!(b, |s| s.find_platform(&id)?)
    };
    assert_eq!(found.as_ref(), Some(&platform));
    let mut listed = samples::platform();
    listed.id = id.clone();
    listed.state = PlatformState::Listed;
    listed.client = None;
    listed.support_contact = None;
    listed.zone = Zone::Autonomous;
    let (changed, unknown) = (listed.clone(), samples::platform());
    let updated = write!(b, |s| (
        s.update_platform(&changed)?,
        s.update_platform(&unknown)?
    ));
    assert_eq!(updated, (true, false));
    assert_eq!(read!(b, |s| s.find_platform(&id)?), Some(listed));
}

async fn platforms_are_listed_by_zone_then_region(b: &Backend) {
    let places = [
        (Zone::Eastern, "150400"),
        (Zone::Western, "150200"),
        (Zone::Western, "150100"),
        (Zone::Autonomous, "150000"),
    ];
    let platforms = places.map(|(zone, region)| {
        let mut platform = samples::platform();
        platform.zone = zone;
        platform.region_code = RegionCode::parse(region).unwrap();
        platform
    });
    let ids = platforms.clone().map(|platform| platform.id);
    write!(b, |s| {
        for platform in &platforms {
            s.insert_platform(platform)?;
        }
    });
    let mine = ids.clone();
    let mut listed = read!(b, |s| s.list_platforms()?);
    listed.retain(|platform| mine.contains(&platform.id));
    let order: Vec<_> = listed.into_iter().map(|platform| platform.id).collect();
    let [eastern, baotou, hohhot, autonomous] = ids;
    assert_eq!(order, [autonomous, hohhot, baotou, eastern]);
}

async fn consent_records_are_listed_newest_first(b: &Backend) {
    let s0 = samples::standing();
    let later = samples::record(&s0.enterprise, &s0.key_lock, &s0.platform, 9);
    let between = samples::record(&s0.enterprise, &s0.key_lock, &s0.platform, 5);
    let expected = [later.clone(), between.clone()];
    let (enterprise, first) = (s0.enterprise.id.clone(), s0.record.clone());
    write!(b, |s| {
        insert_standing(s, &s0)?;
        s.insert_consent_record(&later)?;
        s.insert_consent_record(&between)?;
    });
    let id = first.id.clone();
    let found = read!(b, |s| (
        s.list_consent_records(&enterprise, 2)?,
        s.find_consent_record(&id)?
    ));
    assert_eq!(found, (expected.to_vec(), Some(first)));
}

async fn standing_consent_is_replaced(b: &Backend) {
    let s0 = samples::standing();
    let mut again = s0.consent.clone();
    let record = samples::record(&s0.enterprise, &s0.key_lock, &s0.platform, 9);
    again.consent_id = record.id.clone();
    again.scopes = ScopeSet::all();
    again.granted_at = at(9);
    again.revoked_at = Some(at(10));
    let (first, expected) = (s0.consent.clone(), again.clone());
    let pair = (first.enterprise_id.clone(), first.platform_id.clone());
    let found = write!(b, |s| {
        insert_standing(s, &s0)?;
        let before = s.find_standing_consent(&pair.0, &pair.1)?;
        s.insert_consent_record(&record)?;
        s.upsert_standing_consent(&again)?;
        (before, s.find_standing_consent(&pair.0, &pair.1)?)
    });
    assert_eq!(found, (Some(first), Some(expected)));
}

async fn signing_key_comes_back_and_retires_once(b: &Backend) {
    let (younger, older) = (samples::signing_key(2), samples::signing_key(1));
    let ids = [older.id.clone(), younger.id.clone()];
    let expected = {
        let mut retired = older.clone();
        retired.retired_at = Some(at(3));
        [retired, younger.clone()]
    };
    let changed = write!(b, |s| [
        s.insert_signing_key(&younger)?,
        s.insert_signing_key(&older)?,
        s.insert_signing_key(&older)?,
        s.retire_signing_key(&older.id, at(3))?,
        s.retire_signing_key(&older.id, at(4))?,
        s.retire_signing_key(&KeyId::from_text("none"), at(4))?,
    ]);
    assert_eq!(changed, [true, true, false, true, false, false]);
    let mut listed = read!(b, |s| s.list_signing_keys()?);
    listed.retain(|key| ids.contains(&key.id));
    assert!(listed == expected);
}

async fn signing_key_generation_is_unique(b: &Backend) {
    let first = samples::signing_key(1);
    let mut second = samples::signing_key(1);
    second.generation = first.generation;
    let inserted = write!(b, |s| (
        s.insert_signing_key(&first)?,
        s.insert_signing_key(&second)?
    ));
    assert_eq!(inserted, (true, false));
}

async fn sealed_secret_comes_back_and_is_sealed_anew_as_it_was_read(b: &Backend) {
    let key = samples::signing_key(1);
    let sealed = [0, 255, 7];
    let (id, name) = (key.id.clone(), format!("secret-{}", key.id));
    let changed = write!(b, |s| [
        s.find_sealed_secret(&name)?.is_some(),
        s.insert_sealed_secret(&name, b"one")?,
        s.insert_sealed_secret(&name, b"two")?,
        s.exchange_sealed_secret(&name, (b"two", b"three"))?,
        s.exchange_sealed_secret(&name, (b"one", b"three"))?,
        s.find_sealed_secret(&name)?.as_deref() == Some(b"three"),
        s.insert_signing_key(&key)?,
        s.exchange_signing_key_sealing(&key.id, (b"other", b"new"))?,
        s.exchange_signing_key_sealing(&key.id, (&sealed, b"new"))?,
        s.exchange_signing_key_sealing(&key.id, (&sealed, b"newer"))?,
    ]);
    assert_eq!(
        changed,
        [
            false, true, false, false, true, true, true, false, true, false
        ]
    );
    let listed = read!(b, |s| s.list_signing_keys()?);
    let stored = listed.into_iter().find(|stored| stored.id == id);
    assert!(stored.unwrap().kept == Kept::Sealed(b"new".to_vec()));
}

async fn signing_key_inside_a_token_is_destroyed_once(b: &Backend) {
    let (sealed, mut inside) = (samples::signing_key(1), samples::signing_key(1));
    inside.kept = Kept::Inside("令牌".to_owned());
    let expected = inside.clone();
    let ids = [sealed.id.clone(), inside.id.clone()];
    let id = inside.id.clone();
    let listed = write!(b, |s| {
        s.insert_signing_key(&sealed)?;
        s.insert_signing_key(&inside)?;
        s.list_signing_keys()?
    });
    assert!(listed.contains(&expected));
    let changed = write!(b, |s| [
        s.destroy_signing_key(&ids[0], at(3))?,
        s.destroy_signing_key(&ids[1], at(3))?,
        s.destroy_signing_key(&ids[1], at(4))?,
    ]);
    assert_eq!(changed, [false, true, false]);
    let listed = read!(b, |s| s.list_signing_keys()?);
    let stored = listed.into_iter().find(|stored| stored.id == id);
    assert!(stored.unwrap().kept == Kept::Destroyed("令牌".to_owned()));
}

async fn signing_key_is_withdrawn_once(b: &Backend) {
    let key = samples::signing_key(1);
    let id = key.id.clone();
    let changed = write!(b, |s| [
        s.insert_signing_key(&key)?,
        s.withdraw_signing_key(&key.id, at(3))?,
        s.withdraw_signing_key(&key.id, at(4))?,
        s.withdraw_signing_key(&KeyId::from_text("none"), at(4))?,
    ]);
    assert_eq!(changed, [true, true, false, false]);
    let mut listed = read!(b, |s| s.list_signing_keys()?);
    listed.retain(|found| found.id == id);
    assert_eq!(listed[0].withdrawn_at, Some(at(3)));
}

async fn audit_comes_back_in_growing_order(b: &Backend) {
    let details = [samples::name("a"), samples::name("b"), samples::name("c")];
    for detail in details.clone() {
        let event = samples::audit_event(&detail);
        write!(b, |s| s.append_audit(&event)?);
    }
    let mine = audit_of(b, &details, 3).await;
    let events: Vec<_> = mine.iter().map(|entry| entry.event.clone()).collect();
    assert_eq!(
        events,
        details.clone().map(|detail| samples::audit_event(&detail))
    );
    assert!(mine[0].sequence < mine[1].sequence && mine[1].sequence < mine[2].sequence);
    let after = mine[0].sequence;
    let next = read!(b, |s| s.list_audit(after, 1)?);
    assert_eq!(next, [mine[1].clone()]);
}

async fn unknown_names_find_nothing(b: &Backend) {
    let code = samples::credit_code();
    let nothing = read!(b, |s| {
        s.find_enterprise(&EnterpriseId::from_text("' OR 1=1 --"))?
            .is_none()
            && s.find_enterprise_by_credit_code(&code)?.is_none()
            && s.find_key_lock(&KeyLockId::from_text("none"))?.is_none()
            && s.find_session_standing(&SessionId::from_text("none"))?
                .is_none()
            && s.find_superseded_certificate(Thumbprint([9; 32]))?
                .is_none()
            && s.find_key_lock_by_thumbprint(Thumbprint([9; 32]))?
                .is_none()
            && s.list_key_locks(&EnterpriseId::from_text("none"))?
                .is_empty()
            && s.find_platform(&PlatformId::from_text("none"))?.is_none()
            && s.find_consent_record(&ConsentId::from_text("none"))?
                .is_none()
            && s.find_standing_consent(
                &EnterpriseId::from_text("none"),
                &PlatformId::from_text("none"),
            )?
            .is_none()
            && s.find_grant_standing(&GrantId::from_text("none"))?
                .is_none()
    });
    assert!(nothing);
}
