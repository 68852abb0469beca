//! What operators look at, and end, of what really happened: figures, timelines, sign-ins and consents.

use std::time::Duration;

use e2e::story::{Scene, new_lock};
use e2e::{Browser, Provider};
use idp::counting::count_up;
use idp_core::audit::AuditKind;
use idp_core::id::PlatformId;
use idp_core::inspect::{dashboard, timeline};
use idp_core::listing::AuditFilter;
use idp_core::operate::{OperateError, OperateRefusal, SignIns, end_sign_ins, take_consent_back};
use idp_core::session::SessionEnding;
use idp_core::store::StoreError;

#[tokio::test]
async fn what_happened_is_counted_into_its_hour_once() {
    let provider = Provider::start(|_| ());
    let mut scene = Scene::at(&provider).await;
    scene.receive().await;
    Browser::new(&provider).try_sign_in(&new_lock()).await;
    let now = provider.state.cx().now;
    let happened = provider.audit().await.len();
    let (one, other) = tokio::join!(
        count_up(&provider.state, now),
        count_up(&provider.state, now)
    );
    // The server itself may have been quicker than both.
    assert!(one.unwrap() + other.unwrap() <= happened);
    assert_eq!(count_up(&provider.state, now).await.unwrap(), 0);
    let day = Duration::from_hours(24);
    let seen = provider
        .state
        .database
        .read(move |store| dashboard(store, now, day))
        .await
        .unwrap();
    let events = |kind| {
        let audit = provider.audit();
        async move {
            audit
                .await
                .iter()
                .filter(|entry| entry.event.kind == kind)
                .count()
        }
    };
    let sum = |figures: &[idp_core::figures::HourFigure]| {
        usize::try_from(figures.iter().map(|figure| figure.events).sum::<i64>()).unwrap()
    };
    assert_eq!(sum(&seen.sign_ins), events(AuditKind::LoginSucceeded).await);
    assert_eq!(sum(&seen.arrivals), 1);
    let platform = Some(PlatformId::from_text(&scene.platform.id));
    assert_eq!(seen.arrivals[0].platform_id, platform);
    let refused = seen
        .failures
        .iter()
        .find(|f| f.kind == AuditKind::LoginRefused)
        .unwrap();
    assert_eq!((refused.reason.as_str(), refused.events), ("not-bound", 1));
    assert_eq!(seen.counted_to, provider.audit_end().await);
}

#[tokio::test]
async fn a_timeline_names_the_platforms_and_locks_of_its_events() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    scene.receive().await;
    let enterprise = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap();
    let id = enterprise.id.clone();
    let read = provider
        .state
        .database
        .read(move |store| timeline(store, &id, &AuditFilter::default(), (None, Some(200))));
    let seen = read.await.unwrap();
    let kinds: Vec<_> = seen
        .page
        .items
        .iter()
        .map(|entry| entry.event.kind)
        .collect();
    for kind in [
        AuditKind::BindingSucceeded,
        AuditKind::LoginSucceeded,
        AuditKind::CodeRedeemed,
    ] {
        assert!(kinds.contains(&kind), "{kind:?} is not in {kinds:?}");
    }
    let events = seen.page.items.iter().map(|entry| &entry.event);
    for event in events {
        assert_eq!(event.enterprise_id.as_ref(), Some(&enterprise.id));
        assert!(
            event
                .platform_id
                .as_ref()
                .is_none_or(|id| seen.names.platforms.contains_key(id))
        );
        assert!(
            event
                .key_lock_id
                .as_ref()
                .is_none_or(|id| seen.names.locks.contains_key(id))
        );
    }
}

#[tokio::test]
async fn an_operator_ends_one_sign_in_or_all_and_says_why() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let mut other = Browser::new(provider);
    other.sign_in(&scene.lock).await;
    let enterprise = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap();
    let id = enterprise.id.clone();
    let sessions = provider
        .state
        .database
        .read(move |store| store.list_sessions(&id, 10));
    let newest = sessions.await.unwrap().remove(0);
    let ended = provider.operate(&scene.lock, {
        let one = SignIns::One(newest.id.clone());
        move |store, cx, code, order| end_sign_ins(store, cx, code, (&one, order))
    });
    assert_eq!(ended.await.unwrap(), 1);
    assert_eq!(other.open("/account").await.location(), Some("/login"));
    assert_eq!(scene.browser.open("/account").await.status, 200);
    let again = provider.operate(&scene.lock, {
        let one = SignIns::One(newest.id.clone());
        move |store, cx, code, order| end_sign_ins(store, cx, code, (&one, order))
    });
    let refused = again.await.unwrap_err();
    assert!(matches!(
        refused,
        OperateError::Refused(OperateRefusal::Nothing(_))
    ));
    let all = provider.operate(&scene.lock, move |store, cx, code, order| {
        end_sign_ins(store, cx, code, (&SignIns::All, order))
    });
    assert!(all.await.unwrap() >= 1);
    assert_eq!(
        scene.browser.open("/account").await.location(),
        Some("/login")
    );
    let id = enterprise.id.clone();
    let sessions = provider
        .state
        .database
        .read(move |store| store.list_sessions(&id, 10));
    for session in sessions.await.unwrap() {
        assert_eq!(
            session.ended.map(|(_, how)| how),
            Some(SessionEnding::EndedByOperator)
        );
    }
    let trail = provider.audit().await;
    let events = trail.iter().map(|entry| &entry.event).filter(|event| {
        event.kind == AuditKind::SessionsEnded
            && event.enterprise_id.as_ref() == Some(&enterprise.id)
    });
    let events: Vec<_> = events.collect();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].session_id.as_ref(), Some(&newest.id));
    for event in events {
        assert_eq!(event.reason.as_deref(), Some("按材料办理"));
        assert!(event.detail.as_deref().unwrap().starts_with("by 审核员: "));
    }
}

#[tokio::test]
async fn nobody_elses_sign_in_is_ended_by_naming_it() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    let mut victim = Scene::at(provider).await;
    let theirs = provider
        .enterprise(&victim.lock.credit_code())
        .await
        .unwrap()
        .id;
    let sessions = provider
        .state
        .database
        .read(move |store| store.list_sessions(&theirs, 1));
    let theirs = sessions.await.unwrap().remove(0).id;
    let named = theirs.clone();
    let refused = provider.operate(&scene.lock, move |store, cx, code, order| {
        end_sign_ins(store, cx, code, (&SignIns::One(named), order))
    });
    let refused = refused.await.unwrap_err();
    assert!(
        matches!(refused, OperateError::Refused(OperateRefusal::UnknownSignIn(id)) if id == theirs)
    );
    assert_eq!(victim.browser.open("/account").await.status, 200);
}

#[tokio::test]
async fn an_operator_takes_a_consent_back_and_what_was_given_ends() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let tokens = scene.receive().await;
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);
    let platform = PlatformId::from_text(&scene.platform.id);
    let (lock, named) = (&scene.lock, platform.clone());
    let taken = provider.operate(lock, move |store, cx, code, order| {
        take_consent_back(store, cx, code, (&named, order))
    });
    let record = taken.await.unwrap();
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
    let records = provider.consents(&scene.lock).await;
    assert_eq!(records[0].id, record);
    let again = provider.operate(lock, move |store, cx, code, order| {
        take_consent_back(store, cx, code, (&platform, order))
    });
    let refused = again.await.unwrap_err();
    assert!(matches!(
        refused,
        OperateError::Refused(OperateRefusal::NoConsent(_))
    ));
    let kept = provider
        .state
        .database
        .read(move |store| Ok::<_, StoreError>(store.find_consent_record(&record)?.unwrap()));
    assert_eq!(kept.await.unwrap().outcome.as_str(), "revoked");
}
