//! Lists and searches: words and cursors from outside are compared, never read as anything else; no look is long.

use e2e::Provider;
use e2e::story::Scene;
use idp_core::id::{PlatformId, SessionId};
use idp_core::inspect::{EnterpriseSearch, InspectError, find_enterprises};
use idp_core::listing::{AuditFilter, BadCursor, EnterpriseFilter, List, PageAsk, Place, Start};

/// What databases and search engines read as something else than letters.
const HOSTILE: [&str; 16] = [
    "'; DROP TABLE enterprises; --",
    "' OR '1'='1",
    "\" OR 1=1",
    "%%",
    "__",
    "*:*",
    "NEAR(a b)",
    "name:公司",
    "a\" AND \"b",
    "$1 $2",
    "??",
    "\\\\",
    "{}[]()^~+-",
    "公司\u{202e}",
    "公\0司",
    "\u{feff}\u{feff}",
];

#[tokio::test]
async fn hostile_words_find_nothing_and_break_nothing() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    let known = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap();
    let long = "公司".repeat(5_000);
    for words in HOSTILE.into_iter().chain([long.as_str()]) {
        let search = EnterpriseSearch {
            words: words.into(),
            filter: EnterpriseFilter::default(),
        };
        let found = provider
            .state
            .database
            .read(move |store| find_enterprises(store, &search, (None, None)));
        match found.await {
            Ok(found) => assert!(found.page.items.is_empty(), "{words}"),
            Err(InspectError::Words(_)) => (),
            Err(other) => panic!("{words}: {other}"),
        }
        let filter = AuditFilter {
            reason: Some(words.into()),
            platform: Some(PlatformId::from_text(words)),
            session: Some(SessionId::from_text(words)),
            ..AuditFilter::default()
        };
        let look = provider
            .state
            .database
            .read(move |store| store.page_audit(&filter, &PageAsk::first(5)));
        assert!(look.await.unwrap().items.is_empty(), "{words}");
    }
    assert_eq!(
        provider.enterprise(&scene.lock.credit_code()).await,
        Some(known)
    );
}

#[tokio::test]
async fn forged_cursors_are_refused_or_name_another_place_of_the_same_list() {
    let provider = Provider::shared();
    Scene::at(provider).await;
    let search = EnterpriseSearch::default();
    let stolen = Start::After(Place {
        number: 1,
        text: "a".into(),
    })
    .to_cursor(List::Audit)
    .unwrap();
    for cursor in [
        stolen.as_str(),
        "",
        "AAAA",
        "../../etc/passwd",
        "ZW50ZXJwcmlzZXM",
        &"A".repeat(100_000),
    ] {
        let (search, cursor) = (search.clone(), cursor.to_owned());
        let found = provider
            .state
            .database
            .read(move |store| find_enterprises(store, &search, (Some(&cursor), None)));
        assert!(matches!(found.await, Err(InspectError::Cursor(BadCursor))));
    }
    // Well formed, with what no list ever says: a place like any other.
    for (number, text) in [
        (i64::MIN, ""),
        (i64::MAX, "'--"),
        (0, "99999999999999999999"),
    ] {
        let place = Place {
            number,
            text: text.into(),
        };
        for start in [Start::After(place.clone()), Start::Before(place.clone())] {
            let cursor = start.to_cursor(List::Audit).unwrap();
            let ask = PageAsk::read(List::Audit, Some(&cursor), Some(1_000_000)).unwrap();
            let look = provider
                .state
                .database
                .read(move |store| store.page_audit(&AuditFilter::default(), &ask));
            assert!(look.await.unwrap().items.len() <= 200);
        }
    }
}
