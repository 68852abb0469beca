//! Sign-ins and askings within a time, sign-ins that are over, and suspended enterprises by their name.

use idp_core::enterprise::{Enterprise, EnterpriseState};
use idp_core::listing::{ConsentFilter, EnterpriseFilter, PageAsk, SessionFilter};
use idp_core::region::RegionCode;
use idp_core::session::{LiveSince, SessionEnding, Which};

use crate::backend::{Backend, Property, properties};
use crate::listings::{named, stored};
use crate::samples::{self, at};
use crate::steps::{insert_standing, read, write};

pub const ALL: &[Property] = properties![
    sign_ins_are_live_or_past_and_within_their_time,
    askings_are_within_their_time,
    suspended_ones_are_found_by_name_page_by_page,
];

async fn sign_ins_are_live_or_past_and_within_their_time(b: &Backend) {
    let standing = samples::standing();
    let given = standing.clone();
    let sessions = [1, 5, 6, 9].map(|second| samples::session(&standing.key_lock, second));
    let ids = sessions.clone().map(|session| session.id);
    let ended = ids[3].clone();
    write!(b, |s| {
        insert_standing(s, &given)?;
        for session in &sessions {
            s.insert_session(session)?;
        }
        let ending = (at(10), SessionEnding::SignedOut);
        s.end_sessions(&given.enterprise.id, Which::One(&ended), ending)?;
    });
    let of = SessionFilter {
        enterprise: Some(standing.enterprise.id.clone()),
        ..SessionFilter::default()
    };
    let since = Some(LiveSince {
        begun: at(1),
        seen: at(1),
    });
    for (filter, expected) in [
        (
            SessionFilter {
                live: since,
                ..of.clone()
            },
            vec![2, 1],
        ),
        (
            SessionFilter {
                past: since,
                ..of.clone()
            },
            vec![3, 0],
        ),
        (
            SessionFilter {
                from: Some(at(5)),
                until: Some(at(9)),
                ..of.clone()
            },
            vec![2, 1],
        ),
        (
            SessionFilter {
                from: Some(at(6)),
                past: since,
                ..of.clone()
            },
            vec![3],
        ),
    ] {
        let asked = filter.clone();
        let found = read!(b, |s| s.page_sessions(&asked, &PageAsk::first(9))?).items;
        let found: Vec<_> = found.into_iter().map(|session| session.id).collect();
        let expected: Vec<_> = expected
            .into_iter()
            .map(|place: usize| ids[place].clone())
            .collect();
        assert_eq!(found, expected, "{filter:?}");
    }
}

async fn askings_are_within_their_time(b: &Backend) {
    let standing = samples::standing();
    let given = standing.clone();
    write!(b, |s| insert_standing(s, &given)?);
    let record = &standing.record;
    let filter = |from, until| ConsentFilter {
        enterprise: Some(record.enterprise_id.clone()),
        from,
        until,
        ..ConsentFilter::default()
    };
    for (filter, is_there) in [
        (filter(None, None), true),
        (filter(Some(record.at), None), true),
        (filter(None, Some(record.at)), false),
    ] {
        let asked = filter.clone();
        let found = read!(b, |s| s.page_consents(&asked, &PageAsk::first(9))?).items;
        assert_eq!(found.contains(record), is_there, "{filter:?}");
    }
}

/// Along those who are suspended, not along the name: whole, narrowed, forwards and back.
async fn suspended_ones_are_found_by_name_page_by_page(backend: &Backend) {
    let word = samples::name("停");
    let mut expected = Vec::new();
    for number in 0..5 {
        let enterprise = stored(backend, &format!("{word}用的单位{number}")).await;
        let to = Enterprise {
            state: EnterpriseState::Suspended,
            ..enterprise.clone()
        };
        if number != 2 {
            let changed = backend
                .database
                .write(move |s| s.exchange_enterprise(&to))
                .await;
            assert!(changed.unwrap());
            expected.push(enterprise.name);
        }
    }
    let suspended = EnterpriseFilter {
        state: Some(EnterpriseState::Suspended),
        regions: Vec::new(),
    };
    let mut found = named(backend, &word, &suspended).await;
    found.sort();
    assert_eq!(found, expected);
    let elsewhere = EnterpriseFilter {
        regions: RegionCode::parse("152921").unwrap().with_those_below(),
        ..suspended
    };
    assert!(named(backend, &word, &elsewhere).await.is_empty());
}
