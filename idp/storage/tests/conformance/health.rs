//! Properties of how platforms do: one looks, an address is written once, what was long ago goes; maintenance ends once.

use std::time::Duration;

use idp_core::id::{MaintenanceId, PlatformId};
use idp_core::platform_health::{Endpoint, EndpointHealth, HealthChange, HealthState, Maintenance};

use crate::backend::{Backend, Property, properties};
use crate::samples::{self, at};
use crate::steps::write;

pub const ALL: &[Property] = properties![
    a_look_is_due_to_one_and_moves_once,
    an_address_is_written_as_it_does_and_forgotten_with_the_platforms_own,
    changes_are_kept_newest_first_and_go_when_they_are_old,
    maintenance_ends_once_and_is_listed_while_it_is_ahead,
];

async fn platform(b: &Backend) -> PlatformId {
    let platform = samples::platform();
    let id = platform.id.clone();
    write!(b, |s| assert!(s.insert_platform(&platform)?));
    id
}

fn health(platform: &PlatformId, url: &str) -> EndpointHealth {
    EndpointHealth {
        platform_id: platform.clone(),
        endpoint: Endpoint::Jwks,
        url: url.to_owned(),
        state: HealthState::Ok,
        reason: None,
        since: at(1),
        checked_at: at(2),
        misses: 0,
    }
}

async fn a_look_is_due_to_one_and_moves_once(b: &Backend) {
    let id = platform(b).await;
    let (moved, listed) = write!(b, |s| {
        let moved = [
            s.exchange_health_check(&id, Some(at(1)), at(2))?,
            s.exchange_health_check(&id, None, at(2))?,
            s.exchange_health_check(&id, None, at(3))?,
            s.exchange_health_check(&id, Some(at(2)), at(4))?,
            s.exchange_health_check(&id, Some(at(2)), at(5))?,
        ];
        let listed = s.list_health_checks()?.into_iter();
        (
            moved,
            listed.filter(|(it, _)| *it == id).collect::<Vec<_>>(),
        )
    });
    assert_eq!(moved, [false, true, false, true, false]);
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].1, at(4));
}

async fn an_address_is_written_as_it_does_and_forgotten_with_the_platforms_own(b: &Backend) {
    let id = platform(b).await;
    let first = health(&id, "https://a.example/?x='\"");
    let other = health(&id, "https://b.example/");
    let down = EndpointHealth {
        state: HealthState::Down,
        reason: Some("too-slow".into()),
        since: at(9),
        misses: 3,
        ..first.clone()
    };
    let expected = [down.clone(), other.clone()];
    let kept = other.clone();
    let (listed, all, left) = write!(b, |s| {
        for one in [&first, &other, &down] {
            s.upsert_endpoint_health(one)?;
        }
        let listed = s.list_endpoint_health(Some(&id))?;
        let all = s.list_endpoint_health(None)?;
        s.delete_endpoint_health(&down)?;
        (listed, all, s.list_endpoint_health(Some(&id))?)
    });
    assert_eq!(listed, expected);
    assert!(expected.iter().all(|it| all.contains(it)));
    assert_eq!(left, [kept]);
}

async fn changes_are_kept_newest_first_and_go_when_they_are_old(b: &Backend) {
    const EARLY: i64 = -7_000_000;
    let id = platform(b).await;
    let change = |second| HealthChange {
        platform_id: id.clone(),
        endpoint: Endpoint::Redirect,
        url: "https://a.example/".into(),
        at: at(EARLY + second),
        from: HealthState::Ok,
        to: HealthState::Down,
        reason: Some("unreachable".into()),
    };
    let [old, young] = [change(1), change(20)];
    let of = id.clone();
    let (listed, one, gone, left) = write!(b, |s| {
        s.insert_health_change(&old)?;
        s.insert_health_change(&young)?;
        let listed = s.list_health_changes(&of, 9)?;
        let one = s.list_health_changes(&of, 1)?;
        let gone = s.forget_health_changes(at(EARLY + 10), 100)?;
        (listed, one, gone, s.list_health_changes(&of, 9)?)
    });
    assert_eq!(listed.len(), 2);
    assert_eq!(one, listed[..1]);
    assert!(listed[0].at > listed[1].at);
    assert!(gone >= 1);
    assert_eq!(left, one);
}

async fn maintenance_ends_once_and_is_listed_while_it_is_ahead(b: &Backend) {
    let id = platform(b).await;
    let maintenance = |from: i64| Maintenance {
        id: MaintenanceId::from_text(samples::name("maintenance")),
        platform_id: id.clone(),
        from: at(from),
        until: at(from) + Duration::from_hours(1),
        text_zh: "升级 '\"".into(),
        text_en: "Upgrade".into(),
        announced_by: "审核员".into(),
        announced_at: at(0),
        ended_at: None,
    };
    let [later, sooner] = [maintenance(9_000), maintenance(5_000)];
    let (of, expected) = (id.clone(), [sooner.clone(), later.clone()]);
    let over = later.until;
    let (listed, all, ended, left, found, none) = write!(b, |s| {
        s.insert_maintenance(&later)?;
        s.insert_maintenance(&sooner)?;
        let listed = s.list_maintenances(Some(&of), at(5_000))?;
        let all = s.list_maintenances(None, at(5_000))?;
        let ended = [
            s.end_maintenance(&sooner.id, at(6_000))?,
            s.end_maintenance(&sooner.id, at(7_000))?,
        ];
        let left = s.list_maintenances(Some(&of), at(5_000))?;
        let found = s.find_maintenance(&sooner.id)?;
        (
            listed,
            all,
            ended,
            left,
            found,
            s.list_maintenances(Some(&of), over)?,
        )
    });
    assert_eq!(listed, expected);
    assert!(expected.iter().all(|it| all.contains(it)));
    assert_eq!(ended, [true, false]);
    assert_eq!(left, expected[1..]);
    assert_eq!(found.unwrap().ended_at, Some(at(6_000)));
    assert!(none.is_empty());
}
