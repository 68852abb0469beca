//! Properties of the CA registry: entries and their history come back, a change is written over the revision it was made
//! from, and the history is never changed.

use idp_core::certificate_authority::{CaAct, CaChange, CaState};
use idp_core::id::CaId;

use crate::backend::{Backend, Property, properties};
use crate::samples::{self, at};
use crate::steps::{read, write};

pub const ALL: &[Property] = properties![
    authority_comes_back_as_stored,
    authority_is_exchanged_only_from_the_expected_revision,
    of_many_changes_of_one_revision_one_wins,
    history_comes_back_and_the_version_counts_it,
    unknown_authority_finds_nothing,
];

async fn authority_comes_back_as_stored(b: &Backend) {
    let mut brought = samples::certificate_authority();
    brought.loaded = Some(brought.entry.clone());
    brought.state = CaState::Active;
    for ca in [brought, samples::certificate_authority()] {
        let (stored, id) = (ca.clone(), ca.id.clone());
        let again = write!(b, |s| {
            assert!(s.insert_certificate_authority(&stored)?);
            s.insert_certificate_authority(&stored)?
        });
        assert!(!again, "the identifier is taken");
        let (found, all) = read!(b, |s| (
            s.find_certificate_authority(&id)?,
            s.list_certificate_authorities()?
        ));
        assert_eq!(found.as_ref(), Some(&ca));
        let all = all.authorities;
        assert!(all.contains(&ca));
        assert!(all.is_sorted_by(|one, next| one.id < next.id));
    }
}

async fn authority_is_exchanged_only_from_the_expected_revision(b: &Backend) {
    let first = samples::certificate_authority();
    let mut second = first.clone();
    second.revision = 2;
    second.state = CaState::Suspended;
    second.entry.name = "改名CA".into();
    second.changed_at = at(9);
    let (id, next) = (first.id.clone(), second.clone());
    let mut third = second.clone();
    third.loaded = Some(third.entry.clone());
    let exchanged = write!(b, |s| {
        s.insert_certificate_authority(&first)?;
        (
            s.exchange_certificate_authority(&next, 1)?,
            s.exchange_certificate_authority(&third, 1)?,
        )
    });
    assert_eq!(exchanged, (true, false));
    let found = read!(b, |s| s.find_certificate_authority(&id)?);
    assert_eq!(found, Some(second));
}

async fn of_many_changes_of_one_revision_one_wins(b: &Backend) {
    let first = samples::certificate_authority();
    let id = first.id.clone();
    let stored = first.clone();
    write!(b, |s| s.insert_certificate_authority(&stored)?);
    let results = crate::races::all(16, |number| {
        let (database, mut next) = (b.database.clone(), first.clone());
        next.revision = 2;
        next.entry.name = number.to_string();
        async move {
            let exchanged = database.write(move |s| s.exchange_certificate_authority(&next, 1));
            exchanged.await.unwrap()
        }
    })
    .await;
    assert_eq!(results.iter().filter(|won| **won).count(), 1);
    let found = read!(b, |s| s.find_certificate_authority(&id)?);
    assert_eq!(found.unwrap().revision, 2);
}

async fn history_comes_back_and_the_version_counts_it(b: &Backend) {
    let (one, other) = (
        samples::certificate_authority(),
        samples::certificate_authority(),
    );
    let id = one.id.clone();
    let mut suspended = samples::ca_change(&one);
    suspended.revision = 2;
    suspended.act = CaAct::Suspended;
    suspended.state = CaState::Suspended;
    suspended.reason = Some("密钥疑似泄露".into());
    let changes: Vec<CaChange> = vec![samples::ca_change(&one), suspended];
    let written = changes.clone();
    // Other properties may write at the same time: a server is shared.
    let before = read!(b, |s| s.ca_registry_version()?);
    write!(b, |s| {
        s.insert_certificate_authority(&one)?;
        s.insert_certificate_authority(&other)?;
        s.append_ca_change(&written[0])?;
        s.append_ca_change(&samples::ca_change(&other))?;
        s.append_ca_change(&written[1])?;
    });
    let (after, found) = read!(b, |s| (s.ca_registry_version()?, s.list_ca_changes(&id)?));
    assert!(after >= before + 3, "{before} {after}");
    assert!(found.is_sorted_by(|a, b| a.sequence < b.sequence));
    let found: Vec<CaChange> = found.into_iter().map(|entry| entry.change).collect();
    assert_eq!(found, changes);
}

async fn unknown_authority_finds_nothing(b: &Backend) {
    let id = CaId::from_text(samples::name("nobody"));
    let mut nobody = samples::certificate_authority();
    nobody.id = id.clone();
    let exchanged = write!(b, |s| s.exchange_certificate_authority(&nobody, 1)?);
    assert!(!exchanged);
    let found = read!(b, |s| (
        s.find_certificate_authority(&id)?,
        s.list_ca_changes(&id)?
    ));
    assert_eq!(found, (None, Vec::new()));
}
