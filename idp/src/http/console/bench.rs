//! The frame around every page of the console: who works here and which places its roles open.

use idp_core::operator::{Right, Role};

use super::acted::done;
use super::deliveries::SEEING;
use super::{
    AUDIT, AUTHORITIES, CONSENTS, CONSOLE, DELIVERIES, ENDING_LOCKS, ENTERPRISES, HEALTH, NOTICES,
    OPERATORS, PLATFORMS, PROPOSALS, SIGN_INS,
};
use crate::http::extract::{Desk, Visit};
use crate::view::Frame;
use crate::view::console::{Bench, MenuLink};

/// Places, with the rights of which one opens them; none: everybody's.
const MENU: &[(MenuLink, &[Right])] = &[
    (link(CONSOLE, "console-nav-dashboard"), &[]),
    (
        link(PLATFORMS, "console-nav-platforms"),
        &[Right::SeePlatforms],
    ),
    (link(HEALTH, "console-nav-health"), &[Right::SeePlatforms]),
    (link(DELIVERIES, "console-nav-deliveries"), SEEING),
    (
        link(ENTERPRISES, "console-nav-enterprises"),
        &[Right::SeeEnterprises],
    ),
    (
        link(ENDING_LOCKS, "console-nav-key-locks"),
        &[Right::SeeEnterprises],
    ),
    (
        link(SIGN_INS, "console-nav-sign-ins"),
        &[Right::SeeEnterprises],
    ),
    (
        link(CONSENTS, "console-nav-consents"),
        &[Right::SeeEnterprises],
    ),
    (
        link(AUTHORITIES, "console-nav-authorities"),
        &[Right::SeeAuthorities],
    ),
    (link(NOTICES, "console-nav-notices"), &[Right::SeeNotices]),
    (link(PROPOSALS, "console-nav-proposals"), PROPOSING),
    (
        link(OPERATORS, "console-nav-operators"),
        &[Right::SeeOperators],
    ),
    (link(AUDIT, "console-nav-audit"), &[Right::SeeAudit]),
];

/// Who has to do with changes of two persons.
pub const PROPOSING: &[Right] = &[
    Right::SeeAuthorities,
    Right::SeeOperators,
    Right::ChangePlatforms,
    Right::ChangeEnterprises,
];

const fn link(href: &'static str, key: &'static str) -> MenuLink {
    MenuLink { href, key }
}

/// The bench of whoever is on duty.
pub fn bench(desk: &Desk) -> Bench<'_> {
    let Some(on_duty) = &desk.on_duty else {
        return Bench::default();
    };
    let operator = on_duty.operator();
    let opens = |rights: &[Right]| rights.is_empty() || rights.iter().any(|r| desk.may(*r));
    Bench {
        operator: Some(&operator.name),
        roles: operator.roles.iter().map(Role::as_str).collect(),
        menu: (MENU.iter().filter(|(_, rights)| opens(rights)))
            .map(|(link, _)| *link)
            .collect(),
    }
}

/// The portal's frame with the console's own token, and nobody of the portal in it.
pub fn frame<'a>(visit: &'a Visit, desk: &'a Desk) -> Frame<'a> {
    Frame {
        signed_in: None,
        csrf_token: desk.csrf_token(),
        done: done(visit, desk),
        ..visit.frame(None)
    }
}
