//! Platforms that are remembered for a moment: whose change counts when.

use std::time::{Duration, Instant};

use idp_core::platform::{Platform, PlatformState};
use idp_core::store::StoreError;
use idp_storage::remembered::REMEMBERED_FOR;

use crate::backend::{Backend, Property, properties};
use crate::races::all;
use crate::samples;
use crate::steps::write;

pub const ALL: &[Property] = properties![
    own_change_to_a_platform_counts_at_once,
    of_racing_readers_none_holds_on_to_what_was_before_a_change,
    change_that_was_rolled_back_changes_nothing,
    another_process_change_to_a_platform_counts_in_time,
    platform_that_was_unknown_is_found_as_soon_as_another_process_adds_it,
];

fn suspended(platform: &Platform) -> Platform {
    let mut platform = platform.clone();
    platform.state = PlatformState::Suspended;
    platform
}

async fn state(b: &Backend, platform: &Platform) -> Option<PlatformState> {
    let found = b.database.find_platform(&platform.id).await.unwrap();
    found.map(|platform| platform.state)
}

async fn own_change_to_a_platform_counts_at_once(b: &Backend) {
    let platform = samples::platform();
    let (stored, changed) = (platform.clone(), suspended(&platform));
    write!(b, |s| s.insert_platform(&stored)?);
    for _ in 0..2 {
        assert_eq!(state(b, &platform).await, Some(platform.state));
    }
    assert!(write!(b, |s| s.update_platform(&changed)?));
    assert_eq!(state(b, &platform).await, Some(PlatformState::Suspended));
}

async fn of_racing_readers_none_holds_on_to_what_was_before_a_change(b: &Backend) {
    for _ in 0..20 {
        let platform = samples::platform();
        let stored = platform.clone();
        write!(b, |s| s.insert_platform(&stored)?);
        let readers = all(8, |number| {
            let (database, platform) = (b.database.clone(), platform.clone());
            async move {
                if number == 4 {
                    let changed = suspended(&platform);
                    let written = database.write(move |s| s.update_platform(&changed)).await;
                    assert!(written.unwrap());
                }
                database.find_platform(&platform.id).await.unwrap();
            }
        });
        readers.await;
        assert_eq!(state(b, &platform).await, Some(PlatformState::Suspended));
    }
}

async fn change_that_was_rolled_back_changes_nothing(b: &Backend) {
    let platform = samples::platform();
    let (stored, changed) = (platform.clone(), suspended(&platform));
    write!(b, |s| s.insert_platform(&stored)?);
    let undone = b.database.write(move |s| {
        s.update_platform(&changed)?;
        Err::<(), _>(StoreError::Unavailable("undo".into()))
    });
    assert!(undone.await.is_err());
    assert_eq!(state(b, &platform).await, Some(platform.state));
}

async fn another_process_change_to_a_platform_counts_in_time(b: &Backend) {
    let platform = samples::platform();
    let (stored, changed) = (platform.clone(), suspended(&platform));
    write!(b, |s| s.insert_platform(&stored)?);
    assert_eq!(state(b, &platform).await, Some(platform.state));
    let second = b.open_again();
    let written = second.write(move |s| s.update_platform(&changed)).await;
    assert!(written.unwrap());
    let since = Instant::now();
    // Asking again and again does not make it last.
    while since.elapsed() < REMEMBERED_FOR {
        state(b, &platform).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(state(b, &platform).await, Some(PlatformState::Suspended));
}

async fn platform_that_was_unknown_is_found_as_soon_as_another_process_adds_it(b: &Backend) {
    let platform = samples::platform();
    assert_eq!(state(b, &platform).await, None);
    let stored = platform.clone();
    let second = b.open_again();
    let added = second.write(move |s| s.insert_platform(&stored)).await;
    assert!(added.unwrap());
    assert_eq!(state(b, &platform).await, Some(platform.state));
}
