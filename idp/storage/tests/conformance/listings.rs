//! Long lists: every item once, in order, forwards and backwards; what is found, and what words from outside do not do.

#![allow(
    clippy::too_many_lines,
    clippy::assigning_clones,
    clippy::cloned_ref_to_slice_refs,
    reason = "what is expected is written as lists"
)]

use std::time::Duration;

use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::enterprise::{Enterprise, EnterpriseRename, EnterpriseState};
use idp_core::id::{IncidentId, PlatformId};
use idp_core::key_lock::{KeyLockState, SupersededCertificate};
use idp_core::listing::{
    AuditFilter, CodePart, ConsentFilter, DeliveryFilter, EnterpriseFilter, GrantFilter,
    KeyLockFilter, NamePart, Page, PageAsk, SessionFilter, Start,
};
use idp_core::region::RegionCode;
use idp_core::session::{LiveSince, SessionEnding, Which};
use idp_core::store::{Store, StoreError};
use protocol::claims::LockRole;

use crate::backend::{Backend, Property, properties};
use crate::samples;
use crate::steps::insert_standing;

pub const ALL: &[Property] = properties![
    every_event_is_on_one_page_forwards_and_backwards,
    events_are_found_by_what_they_name,
    enterprises_are_found_by_parts_of_their_names_and_former_names,
    enterprises_are_found_by_codes_numbers_and_certificates,
    enterprises_are_listed_by_region_and_state,
    locks_sign_ins_consents_and_grants_are_listed,
    platforms_and_tellings_are_listed,
];

pub const PAST_THE_STORE: &[Property] = properties![
    a_look_is_bounded_and_goes_on_where_it_ended,
    names_from_before_are_found_once_they_are_filled_in,
];

/// Every page from the beginning, then back again: the same items in the same order.
async fn every_page<T, F>(backend: &Backend, size: u32, read: F) -> Vec<T>
where
    T: Clone + PartialEq + std::fmt::Debug + Send + 'static,
    F: Fn(&mut dyn Store, &PageAsk) -> Result<Page<T>, StoreError> + Clone + Send + 'static,
{
    let page = |start: Start| {
        let read = read.clone();
        let ask = PageAsk { start, size };
        backend.database.read(move |s| read(s, &ask))
    };
    let (mut forwards, mut start, mut last) = (Vec::new(), Some(Start::Beginning), None);
    while let Some(from) = start {
        let found = page(from).await.unwrap();
        assert!(found.items.len() <= usize::try_from(size).unwrap());
        forwards.extend(found.items.iter().cloned());
        start = found.next.clone();
        last = Some(found);
    }
    let mut last = last.unwrap();
    let mut backwards = last.items.clone();
    while let Some(from) = last.previous.clone() {
        last = page(from).await.unwrap();
        backwards.splice(0..0, last.items.iter().cloned());
    }
    assert_eq!(forwards, backwards);
    forwards
}

pub async fn append(backend: &Backend, events: Vec<AuditEvent>) {
    let wrote = backend
        .database
        .write(move |s| events.iter().try_for_each(|e| s.append_audit(e)));
    wrote.await.unwrap();
}

/// Events named so on an error page, which nobody else's are: `seconds` says when each was.
fn named_events(seconds: &[i64]) -> (IncidentId, Vec<AuditEvent>) {
    let incident = IncidentId::from_text(samples::name("incident"));
    let event = |second: &i64| AuditEvent {
        at: samples::at(*second),
        incident_id: Some(incident.clone()),
        enterprise_id: None,
        ..samples::audit_event(&second.to_string())
    };
    (incident.clone(), seconds.iter().map(event).collect())
}

async fn every_event_is_on_one_page_forwards_and_backwards(backend: &Backend) {
    // Many in one moment, and not in the order in which they are written.
    let (incident, events) = named_events(&[7, 7, 3, 7, 9, 7, 1, 7, 7, 3]);
    append(backend, events).await;
    let filter = AuditFilter {
        incident: Some(incident),
        ..AuditFilter::default()
    };
    for size in [1, 2, 3, 10, 200] {
        let filter = filter.clone();
        let found = every_page(backend, size, move |s, ask| s.page_audit(&filter, ask)).await;
        let moments: Vec<_> = found
            .iter()
            .map(|e| e.event.detail.clone().unwrap())
            .collect();
        assert_eq!(moments, ["9", "7", "7", "7", "7", "7", "7", "3", "3", "1"]);
        let places = found.iter().map(|e| (e.event.at, e.sequence));
        assert!(places.rev().is_sorted_by(|a, b| a < b));
    }
    let within = AuditFilter {
        from: Some(samples::at(3)),
        until: Some(samples::at(7)),
        ..filter
    };
    let found = every_page(backend, 1, move |s, ask| s.page_audit(&within, ask)).await;
    assert_eq!(found.len(), 2);
}

async fn events_are_found_by_what_they_name(backend: &Backend) {
    let standing = samples::standing();
    let given = standing.clone();
    let session = samples::session(&standing.key_lock, 3);
    let signed_in = session.clone();
    let stored = backend.database.write(move |s| {
        insert_standing(s, &given)?;
        s.insert_session(&signed_in)?;
        s.insert_grant(&given.grant)
    });
    assert!(stored.await.unwrap());
    let reason = samples::name("because");
    let event = AuditEvent {
        kind: AuditKind::CodeReplayed,
        reason: Some(reason.clone()),
        operator_id: Some(idp_core::id::OperatorId::from_text(samples::name(
            "operator",
        ))),
        enterprise_id: Some(standing.enterprise.id.clone()),
        key_lock_id: Some(standing.key_lock.id.clone()),
        platform_id: Some(standing.platform.id.clone()),
        session_id: Some(session.id.clone()),
        consent_id: Some(standing.record.id.clone()),
        grant_id: Some(standing.grant.id.clone()),
        incident_id: Some(IncidentId::from_text(samples::name("incident"))),
        remote_address: Some(samples::name("address")),
        ..samples::audit_event("the one")
    };
    let other = AuditEvent {
        kind: AuditKind::LoginSucceeded,
        enterprise_id: Some(standing.enterprise.id.clone()),
        ..samples::audit_event("another")
    };
    append(backend, vec![event.clone(), other]).await;
    let none = AuditFilter::default;
    let ways = [
        AuditFilter {
            reason: event.reason.clone(),
            ..none()
        },
        AuditFilter {
            operator: event.operator_id.clone(),
            ..none()
        },
        AuditFilter {
            key_lock: event.key_lock_id.clone(),
            ..none()
        },
        AuditFilter {
            platform: event.platform_id.clone(),
            ..none()
        },
        AuditFilter {
            session: event.session_id.clone(),
            ..none()
        },
        AuditFilter {
            consent: event.consent_id.clone(),
            ..none()
        },
        AuditFilter {
            grant: event.grant_id.clone(),
            ..none()
        },
        AuditFilter {
            incident: event.incident_id.clone(),
            ..none()
        },
        AuditFilter {
            remote_address: event.remote_address.clone(),
            ..none()
        },
        AuditFilter {
            enterprise: event.enterprise_id.clone(),
            kinds: vec![AuditKind::CodeReplayed, AuditKind::CaAdded],
            ..none()
        },
        AuditFilter {
            kinds: vec![AuditKind::CodeReplayed, AuditKind::CaAdded],
            remote_address: event.remote_address.clone(),
            ..none()
        },
        AuditFilter {
            kinds: vec![AuditKind::CodeReplayed, AuditKind::LoginSucceeded],
            grant: event.grant_id.clone(),
            platform: event.platform_id.clone(),
            ..none()
        },
    ];
    for way in ways {
        let filter = way.clone();
        let found = every_page(backend, 2, move |s, ask| s.page_audit(&filter, ask)).await;
        let found: Vec<_> = found.into_iter().map(|entry| entry.event).collect();
        assert_eq!(found, [event.clone()], "{way:?}");
    }
    let nobody = AuditFilter {
        reason: Some("' OR 1=1 --".into()),
        platform: Some(PlatformId::from_text("%_\"$1 ?")),
        ..none()
    };
    let found = every_page(backend, 2, move |s, ask| s.page_audit(&nobody, ask)).await;
    assert_eq!(found, []);
}

pub async fn stored(backend: &Backend, name: &str) -> Enterprise {
    let enterprise = Enterprise {
        name: name.into(),
        ..samples::enterprise()
    };
    let row = enterprise.clone();
    assert!(
        backend
            .database
            .write(move |s| s.insert_enterprise(&row))
            .await
            .unwrap()
    );
    enterprise
}

pub async fn named(backend: &Backend, words: &str, filter: &EnterpriseFilter) -> Vec<String> {
    let Ok(part) = NamePart::parse(words) else {
        return Vec::new();
    };
    let filter = filter.clone();
    let read =
        move |s: &mut dyn Store, ask: &PageAsk| s.page_enterprises_by_name(&part, &filter, ask);
    let found = every_page(backend, 2, read).await;
    found
        .into_iter()
        .map(|enterprise| enterprise.name)
        .collect()
}

async fn enterprises_are_found_by_parts_of_their_names_and_former_names(backend: &Backend) {
    let any = EnterpriseFilter::default();
    let first = stored(backend, "包头市鹿鸣道桥（集团）有限责任公司").await;
    let second = stored(backend, "鹿鸣ＡＢ c_%'\"*路桥").await;
    stored(backend, "道桥鹿鸣").await;
    assert_eq!(named(backend, "鹿鸣道桥", &any).await, [first.name.clone()]);
    assert_eq!(named(backend, "鹿鸣", &any).await.len(), 3);
    assert_eq!(named(backend, "桥(集", &any).await, [first.name.clone()]);
    assert_eq!(named(backend, "鸣ab C", &any).await, [second.name.clone()]);
    for words in ["_%'\"*路", "_%"] {
        assert_eq!(named(backend, words, &any).await, [second.name.clone()]);
    }
    for words in [
        "鹿*",
        "\"鹿鸣\" OR",
        "%%",
        "' --",
        "NEAR(鹿 鸣)",
        "$1",
        "??",
        "鹿\u{1F98C}",
        "鸣鹿",
    ] {
        assert_eq!(
            named(backend, words, &any).await,
            Vec::<String>::new(),
            "{words}"
        );
    }
    // Renamed: by the old name as well as by the new one.
    let renamed = Enterprise {
        name: "呦呦筑路".into(),
        state: EnterpriseState::Suspended,
        ..first.clone()
    };
    let to = renamed.clone();
    assert!(
        backend
            .database
            .write(move |s| s.exchange_enterprise(&to))
            .await
            .unwrap()
    );
    for words in ["鹿鸣道桥", "呦呦筑路"] {
        assert_eq!(named(backend, words, &any).await, [renamed.name.clone()]);
    }
    let suspended = EnterpriseFilter {
        state: Some(EnterpriseState::Suspended),
        regions: vec![renamed.region_code.clone()],
    };
    assert_eq!(named(backend, "鹿鸣", &suspended).await, [renamed.name]);
}

async fn enterprises_are_found_by_codes_numbers_and_certificates(backend: &Backend) {
    let enterprise = stored(backend, "按号码找").await;
    let mut lock = samples::key_lock(&enterprise, LockRole::Primary);
    lock.media_number = Some(samples::name("media"));
    let old = SupersededCertificate {
        key_number: samples::name("old-key"),
        thumbprint: samples::key_lock(&enterprise, LockRole::Secondary).thumbprint,
        ..SupersededCertificate::of(&lock, samples::at(9))
    };
    let (row, before) = (lock.clone(), old.clone());
    let wrote = backend.database.write(move |s| {
        s.insert_key_lock(&row)?;
        s.insert_superseded_certificate(&before)
    });
    wrote.await.unwrap();
    let (key, media) = (lock.key_number.clone(), lock.media_number.clone().unwrap());
    for number in [key, media, old.key_number] {
        let found = backend
            .database
            .read(move |s| s.list_enterprises_by_device_number(&number, 5));
        assert_eq!(found.await.unwrap(), [enterprise.clone()]);
    }
    for thumbprint in [lock.thumbprint, old.thumbprint] {
        let found = backend
            .database
            .read(move |s| s.find_enterprise_by_thumbprint(thumbprint));
        assert_eq!(found.await.unwrap(), Some(enterprise.clone()));
    }
    let code = enterprise.credit_code.as_str().to_owned();
    for length in [18, 12, 2] {
        let part = CodePart::parse(&code[..length]).unwrap();
        let read = move |s: &mut dyn Store, ask: &PageAsk| {
            s.page_enterprises_by_code(&part, &EnterpriseFilter::default(), ask)
        };
        let found = every_page(backend, 3, read).await;
        let codes: Vec<_> = found
            .iter()
            .map(|e| e.credit_code.as_str().to_owned())
            .collect();
        assert!(codes.is_sorted() && codes.contains(&code));
        assert!(codes.iter().all(|found| found.starts_with(&code[..length])));
    }
}

async fn enterprises_are_listed_by_region_and_state(backend: &Backend) {
    let regions = ["152921", "152922", "152923"].map(|code| RegionCode::parse(code).unwrap());
    let mut rows = Vec::new();
    for number in 0..7_usize {
        rows.push(Enterprise {
            region_code: regions[number % 3].clone(),
            state: match number {
                5 => EnterpriseState::Suspended,
                _ => EnterpriseState::Active,
            },
            created_at: samples::at(i64::try_from(number / 2).unwrap()),
            ..samples::enterprise()
        });
    }
    let insert = rows.clone();
    let wrote = backend.database.write(move |s| {
        insert
            .iter()
            .try_for_each(|e| s.insert_enterprise(e).map(drop))
    });
    wrote.await.unwrap();
    let listed = |filter: EnterpriseFilter| {
        every_page(backend, 2, move |s, ask| s.page_enterprises(&filter, ask))
    };
    let mut expected = rows.clone();
    expected.sort_by(|a, b| (b.created_at, b.id.as_str()).cmp(&(a.created_at, a.id.as_str())));
    let all = EnterpriseFilter {
        state: None,
        regions: regions.to_vec(),
    };
    assert_eq!(listed(all).await, expected);
    let two = EnterpriseFilter {
        state: Some(EnterpriseState::Active),
        regions: regions[1..].to_vec(),
    };
    expected.retain(|e| e.region_code != regions[0] && e.state == EnterpriseState::Active);
    assert_eq!(listed(two).await, expected);
    let suspended = EnterpriseFilter {
        state: Some(EnterpriseState::Suspended),
        regions: Vec::new(),
    };
    let found = listed(suspended).await;
    assert!(
        found.contains(&rows[5]) && found.iter().all(|e| e.state == EnterpriseState::Suspended)
    );
}

async fn locks_sign_ins_consents_and_grants_are_listed(backend: &Backend) {
    let standing = samples::standing();
    let (given, lock) = (standing.clone(), standing.key_lock.clone());
    let sessions: Vec<_> = [1, 5, 5, 9]
        .iter()
        .map(|second| samples::session(&lock, *second))
        .collect();
    let begun = sessions.clone();
    let mut second = samples::key_lock(&standing.enterprise, LockRole::Secondary);
    second.not_after = samples::at(-100_000_000);
    let lost = second.clone();
    let wrote = backend.database.write(move |s| {
        insert_standing(s, &given)?;
        s.insert_key_lock(&lost)?;
        s.insert_grant(&given.grant)?;
        begun
            .iter()
            .try_for_each(|session| s.insert_session(session))?;
        let ending = (samples::at(10), SessionEnding::SignedOut);
        s.end_sessions(&given.enterprise.id, Which::One(&begun[3].id), ending)
    });
    assert_eq!(wrote.await.unwrap(), 1);
    let enterprise = Some(standing.enterprise.id.clone());
    let of = SessionFilter {
        enterprise: enterprise.clone(),
        ..SessionFilter::default()
    };
    let live = SessionFilter {
        key_lock: Some(lock.id.clone()),
        live: Some(LiveSince {
            begun: samples::at(1),
            seen: samples::at(1),
        }),
        ..SessionFilter::default()
    };
    let read =
        |filter: SessionFilter| every_page(backend, 1, move |s, ask| s.page_sessions(&filter, ask));
    assert_eq!(read(of).await.len(), 4);
    let mut ids: Vec<_> = read(live)
        .await
        .into_iter()
        .map(|session| session.id)
        .collect();
    ids.sort();
    let mut expected = [sessions[1].id.clone(), sessions[2].id.clone()];
    expected.sort();
    assert_eq!(ids, expected);
    let locks = KeyLockFilter {
        enterprise: enterprise.clone(),
        state: Some(KeyLockState::Active),
        ca: Some(lock.ca_id.clone()),
    };
    let found = every_page(backend, 1, move |s, ask| s.page_key_locks(&locks, ask)).await;
    assert_eq!(found.len(), 2);
    let before = samples::at(-99_999_999);
    let ending = every_page(backend, 1, move |s, ask| {
        s.page_ending_key_locks((None, before), ask)
    })
    .await;
    assert!(ending.contains(&second) && !ending.contains(&lock));
    let after = Some(second.not_after + Duration::from_millis(1));
    let ending_later = every_page(backend, 1, move |s, ask| {
        s.page_ending_key_locks((after, before), ask)
    })
    .await;
    assert!(!ending_later.contains(&second));
    let counted = backend
        .database
        .read(move |s| s.count_ending_key_locks(before, 1_000))
        .await;
    assert_eq!(usize::try_from(counted.unwrap()).unwrap(), ending.len());
    let platform = Some(standing.platform.id.clone());
    for (enterprise, platform) in [
        (enterprise.clone(), None),
        (None, platform.clone()),
        (enterprise, platform),
    ] {
        let consents = ConsentFilter {
            enterprise: enterprise.clone(),
            platform: platform.clone(),
            outcome: Some(standing.record.outcome),
            ..ConsentFilter::default()
        };
        let found = every_page(backend, 1, move |s, ask| s.page_consents(&consents, ask)).await;
        assert_eq!(found, [standing.record.clone()]);
        let grants = GrantFilter {
            enterprise,
            platform,
            standing: true,
        };
        let found = every_page(backend, 1, move |s, ask| s.page_grants(&grants, ask)).await;
        assert_eq!(found, [standing.grant.clone()]);
    }
}

async fn platforms_and_tellings_are_listed(backend: &Backend) {
    let platform = samples::platform();
    let row = platform.clone();
    assert!(
        backend
            .database
            .write(move |s| s.insert_platform(&row))
            .await
            .unwrap()
    );
    let found = every_page(backend, 2, |s, ask| s.page_platforms(ask)).await;
    assert!(found.contains(&platform));
    assert!(
        found
            .iter()
            .map(|p| p.id.clone())
            .collect::<std::collections::BTreeSet<_>>()
            .len()
            == found.len()
    );
    let none = DeliveryFilter {
        stage: Some(idp_core::logout_delivery::DeliveryStage::Waiting),
        platform: Some(platform.id.clone()),
    };
    let found = every_page(backend, 2, move |s, ask| {
        s.page_logout_deliveries(&none, ask)
    })
    .await;
    assert_eq!(found, []);
    let tokens = every_page(backend, 2, |s, ask| s.page_registration_tokens(ask)).await;
    let listed = backend
        .database
        .read(|s| s.list_registration_tokens())
        .await
        .unwrap();
    assert_eq!(tokens.len(), listed.len());
}

async fn a_look_is_bounded_and_goes_on_where_it_ended(backend: &Backend) {
    let address = samples::name("address");
    // Long ago, where nothing else is: more than one look, with one event to find at each end.
    let rows = "21000";
    let columns = "INSERT INTO audit (leaf_hash, at, kind, remote_address)";
    let leaf = if backend.is_postgres() {
        "decode(repeat('00', 32), 'hex')"
    } else {
        "zeroblob(32)"
    };
    let row = format!(
        "{leaf}, 5000000 + n, 'userinfo.read', CASE WHEN n IN (3, 20999) THEN '{address}' ELSE 'x' END"
    );
    let fill = if backend.is_postgres() {
        format!("{columns} SELECT {row} FROM generate_series(1, {rows}) AS s(n)")
    } else {
        format!(
            "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {rows}) {columns} SELECT {row} FROM s"
        )
    };
    tokio::task::block_in_place(|| backend.execute(&fill)).unwrap();
    let filter = AuditFilter {
        until: Some(idp_core::timestamp::Timestamp::from_unix_millis(6_000_000)),
        remote_address: Some(address),
        ..AuditFilter::default()
    };
    let again = filter.clone();
    let first = backend
        .database
        .read(move |s| s.page_audit(&again, &PageAsk::first(50)))
        .await
        .unwrap();
    assert!(first.is_cut && first.items.len() == 1 && first.previous.is_none());
    let found = every_page(backend, 50, move |s, ask| s.page_audit(&filter, ask)).await;
    assert_eq!(found.len(), 2);
}

async fn names_from_before_are_found_once_they_are_filled_in(backend: &Backend) {
    let enterprise = stored(backend, "从前就有的单位").await;
    let rename = EnterpriseRename {
        enterprise_id: enterprise.id.clone(),
        old_name: "更早以前的名称".into(),
        new_name: enterprise.name.clone(),
        at: samples::at(1),
        by: "其其格".into(),
        reason: "改名".into(),
        evidence_name: "a.pdf".into(),
        evidence_sha256: "00".into(),
    };
    backend
        .database
        .write(move |s| s.insert_enterprise_rename(&rename, b"x"))
        .await
        .unwrap();
    // As the migration leaves it.
    let id = enterprise.id.as_str();
    let of = format!("(SELECT number FROM enterprise_words WHERE enterprise_id = '{id}')");
    let emptied = format!(
        "DELETE FROM enterprise_grams WHERE number = {of}; UPDATE enterprise_words SET words = '' WHERE enterprise_id = '{id}'"
    );
    tokio::task::block_in_place(|| backend.execute(&emptied)).unwrap();
    let any = EnterpriseFilter::default();
    assert!(named(backend, "从前就有", &any).await.is_empty());
    backend.database.migrate().await.unwrap();
    for words in ["从前就有", "更早以前"] {
        assert_eq!(named(backend, words, &any).await, [enterprise.name.clone()]);
    }
}
