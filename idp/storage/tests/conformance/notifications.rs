//! Properties of notifications: one is taken by one, moves once, and is found while it waits; how many went out lately;
//! notice of a certificate's end is given once.

use idp_core::delivery::{DeliveryStage, DeliveryState, LEASE};
use idp_core::enterprise::{Enterprise, EnterpriseState};
use idp_core::id::{EnterpriseId, NotificationId};
use idp_core::key_lock::{KeyLock, KeyLockState};
use idp_core::listing::{NotificationFilter, PageAsk};
use idp_core::notification::{Channel, Happening, LockFacts, Notification, NotificationKind};
use idp_core::place::Place;
use idp_core::timestamp::Timestamp;
use protocol::claims::LockRole;

use crate::backend::{Backend, Property, properties};
use crate::samples::{self, at};
use crate::steps::{read, write};

pub const ALL: &[Property] = properties![
    a_notification_comes_back_as_it_was_written_and_moves_once,
    what_is_due_is_found_by_the_ways_that_are_open,
    of_sixteen_who_take_one_notification_one_has_it,
    what_went_out_lately_is_counted_and_what_was_held_back_is_not,
    only_settled_notifications_are_forgotten,
    notice_of_a_certificates_end_is_given_once_for_so_many_days,
    notifications_are_read_a_page_at_a_time,
];

/// Long before everything else that a shared database may hold.
const EARLY: i64 = -8_000_000;

async fn enterprise(b: &Backend) -> (Enterprise, KeyLock) {
    let enterprise = samples::enterprise();
    let key_lock = samples::key_lock(&enterprise, LockRole::Primary);
    let written = (enterprise.clone(), key_lock.clone());
    write!(b, |s| {
        assert!(s.insert_enterprise(&written.0)?);
        assert!(s.insert_key_lock(&written.1)?);
    });
    (enterprise, key_lock)
}

fn notification(of: &(Enterprise, KeyLock), channel: Channel, due: i64) -> Notification {
    let id = NotificationId::from_text(samples::name("notification"));
    let happening = Happening::NewPlace {
        lock: LockFacts::of(&of.1),
        place: Place::of(Some("2400:3200::1"), Some("Firefox/140 '\"<&")),
    };
    Notification::of((id, at(due)), &of.0.id, channel, &happening)
}

async fn a_notification_comes_back_as_it_was_written_and_moves_once(b: &Backend) {
    let of = enterprise(b).await;
    let waiting = notification(&of, Channel::Webhook("desk".into()), 3);
    let renamed = Notification {
        id: NotificationId::from_text(samples::name("notification")),
        happening: Happening::Renamed {
            old_name: "旧 \" ' \\".into(),
            new_name: "新".into(),
        },
        ..waiting.clone()
    };
    let taken = waiting.taken(at(4));
    let done = taken.in_state(DeliveryState::Refused(at(5)), Some("no such mailbox"));
    let steps = [
        (waiting.clone(), taken.clone()),
        (waiting.clone(), taken.clone()),
        (taken.clone(), done.clone()),
        (taken, waiting.clone()),
    ];
    let (id, other) = (waiting.id.clone(), renamed.clone());
    let (moved, found, found_other, none) = write!(b, |s| {
        s.insert_notification(&waiting)?;
        s.insert_notification(&other)?;
        assert_eq!(s.find_notification(&id)?, Some(waiting));
        let mut moved = Vec::new();
        for (from, to) in &steps {
            moved.push(s.exchange_notification(from, to)?);
        }
        let absent = NotificationId::from_text("absent");
        (
            moved,
            s.find_notification(&id)?,
            s.find_notification(&other.id)?,
            s.find_notification(&absent)?,
        )
    });
    assert_eq!(moved, [true, false, true, false]);
    assert_eq!(
        (found, found_other, none),
        (Some(done), Some(renamed), None)
    );
}

async fn what_is_due_is_found_by_the_ways_that_are_open(b: &Backend) {
    let of = enterprise(b).await;
    let mine = of.0.id.clone();
    let one = |channel, due| notification(&of, channel, EARLY + due);
    let [mail, message, later] = [
        one(Channel::Email, 20),
        one(Channel::Sms, 10),
        one(Channel::Email, 30),
    ];
    let written = [mail.clone(), message.clone(), later.clone()];
    let (all, open, listed) = write!(b, |s| {
        for notification in &written {
            s.insert_notification(notification)?;
        }
        let of_mine = |mut found: Vec<Notification>| {
            found.retain(|it| it.enterprise_id == mine);
            found
        };
        let all = of_mine(s.list_due_notifications(at(EARLY + 20), &[], 10_000)?);
        let except = [Channel::Sms];
        let open = of_mine(s.list_due_notifications(at(EARLY + 30), &except, 10_000)?);
        let listed = s.list_notifications(DeliveryStage::Waiting, 10_000)?;
        (all, open, listed)
    });
    assert_eq!(all, [message, mail.clone()]);
    assert_eq!(open, [mail, later]);
    assert!(listed.is_sorted_by_key(|it| std::cmp::Reverse(it.state.parts().1)));
}

async fn of_sixteen_who_take_one_notification_one_has_it(b: &Backend) {
    let of = enterprise(b).await;
    let waiting = notification(&of, Channel::Sms, 3);
    let (id, written) = (waiting.id.clone(), waiting.clone());
    write!(b, |s| s.insert_notification(&written)?);
    let takers = (0..16).map(|_| {
        let (database, waiting) = (b.database.clone(), waiting.clone());
        tokio::spawn(async move {
            let taken = waiting.taken(at(4));
            let moved = database.write(move |s| s.exchange_notification(&waiting, &taken));
            moved.await.unwrap()
        })
    });
    let takers: Vec<_> = takers.collect();
    let mut won = 0;
    for taker in takers {
        won += usize::from(taker.await.unwrap());
    }
    assert_eq!(won, 1);
    let found = read!(b, |s| s.find_notification(&id)?).unwrap();
    assert_eq!(found.state, DeliveryState::Waiting(at(4) + LEASE));
}

async fn what_went_out_lately_is_counted_and_what_was_held_back_is_not(b: &Backend) {
    let of = enterprise(b).await;
    let held_back = notification(&of, Channel::Sms, 12)
        .in_state(DeliveryState::GivenUp(at(12)), Some("withheld"));
    let given_up = notification(&of, Channel::Sms, 12)
        .taken(at(12))
        .in_state(DeliveryState::GivenUp(at(12)), Some("silent"));
    let written = [
        notification(&of, Channel::Sms, 10),
        notification(&of, Channel::Sms, 11),
        notification(&of, Channel::Email, 11),
        held_back,
        given_up,
    ];
    let id = of.0.id.clone();
    let (lately, other_kind, other_way, nobody, counts) = write!(b, |s| {
        for notification in &written {
            s.insert_notification(notification)?;
        }
        let mut count = |id: &EnterpriseId, kind, channel: Channel| {
            s.count_notifications_since(id, (kind, &channel), at(10))
        };
        let place = NotificationKind::NewPlace;
        let stranger = EnterpriseId::from_text("nobody");
        let lately = count(&id, place, Channel::Sms)?;
        let other_kind = count(&id, NotificationKind::LockLost, Channel::Sms)?;
        let other_way = count(&id, place, Channel::Email)?;
        let nobody = count(&stranger, place, Channel::Sms)?;
        (
            lately,
            other_kind,
            other_way,
            nobody,
            s.count_notifications()?,
        )
    });
    // After that moment: one that waits and one that was tried in vain.
    assert_eq!((lately, other_kind, other_way, nobody), (2, 0, 1, 0));
    let of_way = |way: Channel| counts.iter().filter(move |(it, _)| *it == way);
    assert_eq!(of_way(Channel::Sms).count(), 1);
    let (_, messages) = of_way(Channel::Sms).next().unwrap();
    assert!(
        messages.waiting >= 2 && messages.given_up >= 2,
        "{messages:?}"
    );
}

async fn only_settled_notifications_are_forgotten(b: &Backend) {
    let of = enterprise(b).await;
    let waiting = notification(&of, Channel::Email, EARLY - 100);
    let [old, young] = [EARLY - 60, EARLY - 50].map(|settled| {
        notification(&of, Channel::Email, EARLY - 100)
            .in_state(DeliveryState::Confirmed(at(settled)), None)
    });
    let ids = [&waiting, &old, &young].map(|it| it.id.clone());
    let (gone, left) = write!(b, |s| {
        for notification in [&waiting, &old, &young] {
            s.insert_notification(notification)?;
        }
        let gone = s.forget_notifications(at(EARLY - 50), 9)?;
        let mut left = Vec::new();
        for id in &ids {
            left.push(s.find_notification(id)?.is_some());
        }
        (gone, left)
    });
    assert_eq!((gone, left), (1, vec![true, false, true]));
}

async fn notice_of_a_certificates_end_is_given_once_for_so_many_days(b: &Backend) {
    const END: i64 = EARLY + 1_000;
    let ending = |end: i64| {
        let enterprise = samples::enterprise();
        let key_lock = KeyLock {
            not_after: at(end),
            ..samples::key_lock(&enterprise, LockRole::Primary)
        };
        (enterprise, key_lock)
    };
    let [first, second, late] = [ending(END), ending(END), ending(END + 500)];
    let mut frozen = ending(END);
    frozen.0.state = EnterpriseState::Suspended;
    let mut removed = ending(END);
    removed.1.state = KeyLockState::Removed;
    let written = [&first, &second, &late, &frozen, &removed].map(Clone::clone);
    write!(b, |s| {
        for (enterprise, key_lock) in &written {
            assert!(s.insert_enterprise(enterprise)?);
            assert!(s.insert_key_lock(key_lock)?);
        }
    });
    let mut both = [first.1.id.clone(), second.1.id.clone()];
    both.sort();
    let (one, other) = (both[0].clone(), both[1].clone());
    let (found, after, given, seven, thirty, renewed) = write!(b, |s| {
        let range: (Timestamp, Timestamp) = (at(END), at(END + 100));
        let ids = |found: Vec<KeyLock>| found.into_iter().map(|lock| lock.id).collect::<Vec<_>>();
        let found = ids(s.list_expiring_key_locks(range, 30, None, 9)?);
        let after = ids(s.list_expiring_key_locks(range, 30, Some(&one), 9)?);
        let given = [
            s.insert_expiry_notice(&one, at(END), 30)?,
            s.insert_expiry_notice(&one, at(END), 30)?,
        ];
        let seven = ids(s.list_expiring_key_locks(range, 7, None, 9)?);
        let thirty = ids(s.list_expiring_key_locks(range, 60, None, 9)?);
        (
            found,
            after,
            given,
            seven,
            thirty,
            s.insert_expiry_notice(&one, at(END + 1), 30)?,
        )
    });
    assert_eq!(found, both);
    assert_eq!(after, std::slice::from_ref(&other));
    assert_eq!(given, [true, false]);
    // Fewer days are news; more are not.
    assert_eq!(seven, both);
    assert_eq!(thirty, [other]);
    assert!(renewed, "another certificate ends at another time");
}

async fn notifications_are_read_a_page_at_a_time(b: &Backend) {
    let of = enterprise(b).await;
    let mut written = Vec::new();
    for due in 0..5 {
        let one = notification(&of, Channel::Webhook("pages".into()), due);
        let row = one.clone();
        write!(b, |s| s.insert_notification(&row)?);
        written.push(one.id);
    }
    let waiting = Some(DeliveryStage::Waiting);
    for stage in [None, waiting] {
        let filter = NotificationFilter {
            stage,
            enterprise: Some(of.0.id.clone()),
        };
        let mut found = Vec::new();
        let mut ask = PageAsk::first(2);
        loop {
            let (filter, asked) = (filter.clone(), ask.clone());
            let page = read!(b, |s| s.page_notifications(&filter, &asked)?);
            found.extend(page.items.into_iter().map(|one| one.id));
            let Some(start) = page.next else { break };
            ask.start = start;
        }
        let newest_first: Vec<_> = written.iter().rev().cloned().collect();
        assert_eq!(found, newest_first, "{stage:?}");
    }
    let settled = NotificationFilter {
        stage: Some(DeliveryStage::GivenUp),
        enterprise: Some(of.0.id.clone()),
    };
    let none = read!(b, |s| s.page_notifications(&settled, &PageAsk::first(2))?);
    assert_eq!(none.items, []);
    let counted = read!(b, |s| s
        .count_notifications_in(DeliveryStage::Waiting, 3)?);
    assert_eq!(counted, 3, "counted no further than it was asked");
}
