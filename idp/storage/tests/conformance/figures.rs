//! Figures: each event is counted once, whoever counts.

use std::collections::BTreeMap;

use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::figures::{Hour, count};
use idp_core::id::PlatformId;
use idp_core::store::StoreError;

use crate::backend::{Backend, Property, properties};
use crate::listings::append;
use crate::samples;

pub const ALL: &[Property] = properties![each_event_is_counted_once];

async fn each_event_is_counted_once(backend: &Backend) {
    let platform = PlatformId::from_text(samples::name("platform"));
    let event = |kind, second| AuditEvent {
        kind,
        at: samples::at(second),
        platform_id: Some(platform.clone()),
        ..samples::audit_event("counted")
    };
    let (redeemed, refused) = (AuditKind::CodeRedeemed, AuditKind::UserinfoRefused);
    append(
        backend,
        vec![
            event(redeemed, 1),
            event(redeemed, 7_200),
            event(redeemed, 7_201),
            event(refused, 1),
        ],
    )
    .await;
    loop {
        let (from, events) = backend
            .database
            .read(|s| {
                let from = s.find_last_counted()?;
                Ok::<_, StoreError>((from, s.list_events_to_count(from, 100)?))
            })
            .await
            .unwrap();
        let Some(last) = events.last().map(|event| event.sequence) else {
            break;
        };
        let counts = count(&events);
        let again = counts.clone();
        let added = backend
            .database
            .write(move |s| s.exchange_last_counted((from, last), &counts));
        assert!(added.await.unwrap());
        // Whoever counted the same comes too late, and adds nothing.
        let late = backend
            .database
            .write(move |s| s.exchange_last_counted((from, last), &again));
        assert!(!late.await.unwrap());
    }
    let since = Hour::of(samples::at(0));
    let (figures, failures) = backend
        .database
        .read(move |s| {
            Ok::<_, StoreError>((
                s.sum_by_hour(AuditKind::CodeRedeemed, since)?,
                s.sum_failures(since, 1_000)?,
            ))
        })
        .await
        .unwrap();
    let ours: BTreeMap<_, _> = figures
        .iter()
        .filter(|figure| figure.platform_id.as_ref() == Some(&platform))
        .map(|figure| (figure.hour.0 - since.0, figure.events))
        .collect();
    assert_eq!(ours, BTreeMap::from([(0, 1), (2, 2)]));
    assert!(
        failures
            .iter()
            .any(|f| f.kind == refused && f.reason == "expired" && f.events >= 1)
    );
    let gone = backend
        .database
        .write(move |s| s.forget_counts(Hour(since.0 + 1)));
    assert!(gone.await.unwrap() >= 2);
}
