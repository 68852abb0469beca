//! From nouns of the core to what pages show. Owns no text: those are the view's messages.

use std::borrow::Cow;

use idp_core::disclosure::disclose_chosen;
use idp_core::enterprise::Enterprise;
use idp_core::key_lock::KeyLock;
use idp_core::platform::{Platform, PlatformState, Zone};
use idp_core::region::{Region, RegionCode};
use idp_core::timestamp::Timestamp;
use protocol::claims::{LockRole, SubjectType};
use protocol::scope::{ClaimSet, Scope, ScopeSet};
use time::OffsetDateTime;

use crate::clock;
use crate::view::{self, AboutPlatform, ConsentGroup, ConsentItem, Frame, Locale};

/// A moment as pages write it.
pub fn moment(at: Timestamp) -> OffsetDateTime {
    clock::utc(at)
}

/// A platform's name in the page's language.
pub fn platform_name(platform: &Platform, locale: Locale) -> &str {
    match locale {
        Locale::ZhCn => &platform.name_zh,
        Locale::En => &platform.name_en,
    }
}

/// A region's name in the page's language.
pub const fn region_name(region: Region, locale: Locale) -> &'static str {
    match locale {
        Locale::ZhCn => region.name_zh,
        Locale::En => region.name_en,
    }
}

/// A zone of the portal.
pub const fn zone(zone: Zone) -> view::Zone {
    match zone {
        Zone::Autonomous => view::Zone::Region,
        Zone::Western => view::Zone::West,
        Zone::Eastern => view::Zone::East,
    }
}

/// What a platform says of itself.
pub fn about(platform: &Platform) -> AboutPlatform<'_> {
    let shown = platform.active_client().map(|client| &client.presentation);
    let Some(shown) = shown else {
        return AboutPlatform::default();
    };
    AboutPlatform {
        logo: shown.logo_uri.as_deref(),
        site: shown.client_uri.as_deref(),
        policy: shown.policy_uri.as_deref(),
        terms: shown.tos_uri.as_deref(),
    }
}

/// Whether one can go there.
pub const fn platform_state(state: PlatformState) -> view::PlatformState {
    match state {
        PlatformState::Listed | PlatformState::Pending | PlatformState::Withdrawn => {
            view::PlatformState::NotConnected
        }
        PlatformState::Active => view::PlatformState::Available,
        PlatformState::Suspended => view::PlatformState::Suspended,
    }
}

/// Whole days until a lock's certificate ends, where it is time to be reminded.
pub fn days_left(key_lock: &KeyLock, now: Timestamp) -> Option<String> {
    key_lock
        .is_due(now)
        .then(|| key_lock.days_left(now).to_string())
}

/// Primary or secondary.
pub const fn lock_role(role: LockRole) -> view::LockRole {
    match role {
        LockRole::Primary => view::LockRole::Primary,
        LockRole::Secondary => view::LockRole::Secondary,
    }
}

/// Name of a subject type.
pub fn subject_type(frame: &Frame<'_>, subject_type: SubjectType) -> Cow<'static, str> {
    frame.t(&format!("subject-type-{}", subject_type.as_str()))
}

/// Every datum that is opened by `scopes` or named one by one, by scope, as a person reads it. Made from what userinfo
/// would answer, so that the page can't name less than is sent.
pub fn disclosure<'a>(
    frame: &Frame<'_>,
    sub: String,
    opened: (&ScopeSet, &ClaimSet),
    enterprise: &Enterprise,
    key_lock: &KeyLock,
) -> Vec<ConsentGroup<'a>> {
    let sent = disclose_chosen(sub, opened, enterprise, key_lock);
    let (scopes, claims) = opened;
    let has_some = |scope: &Scope| {
        scopes.contains(*scope) || scope.claims().iter().any(|claim| claims.contains(claim))
    };
    (Scope::ALL.into_iter().filter(has_some))
        .map(|scope| ConsentGroup {
            scope: scope.as_str(),
            items: items(frame, scope, (&sent, key_lock)),
        })
        .collect()
}

fn items<'a>(
    frame: &Frame<'_>,
    scope: Scope,
    (sent, key_lock): (&serde_json::Map<String, serde_json::Value>, &KeyLock),
) -> Vec<ConsentItem<'a>> {
    scope
        .claims()
        .iter()
        .filter_map(|claim| {
            let value = match *claim {
                // Sent in base64url; certificates are told apart in hexadecimal everywhere else.
                "x5t#S256" => sent.get(*claim).map(|_| key_lock.thumbprint.to_groups())?,
                claim => readable(frame, claim, sent.get(claim)?),
            };
            Some(ConsentItem {
                claim,
                value: Cow::Owned(value),
            })
        })
        .collect()
}

fn readable(frame: &Frame<'_>, claim: &str, value: &serde_json::Value) -> String {
    let text = value.as_str().unwrap_or_default();
    match claim {
        "certificate_not_before" | "certificate_not_after" => {
            let at = Timestamp::from_unix_seconds(value.as_i64().unwrap_or_default());
            frame.locale.date(moment(at))
        }
        "region_code" => {
            let region = RegionCode::parse(text).ok().and_then(|code| code.region());
            let name = region.map_or("", |region| region_name(region, frame.locale));
            format!("{name} ({text})")
        }
        "lock_role" => frame.t(&format!("lock-role-{text}")).into_owned(),
        "address" => value
            .get("formatted")
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        "subject_types" => value
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|word| SubjectType::of_word(word.as_str()?))
            .map(|t| subject_type(frame, t).into_owned())
            .collect::<Vec<_>>()
            .join(match frame.locale {
                Locale::ZhCn => "、",
                Locale::En => ", ",
            }),
        _ => text.to_owned(),
    }
}
