//! A platform as it stands, line by line, and what it is to be beside that.

use idp_core::directory::{Wanted, metadata, version_of};
use idp_core::id::PlatformId;
use idp_core::platform::{Client, ClientAuthentication, ConsentPolicy, Platform};

use super::facts::word;
use super::members::members;
use super::shown::not_found;
use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::http::page::{moment, region_name};
use crate::view::console::Fact;

/// What is registered of a platform.
pub fn of_platform(visit: &Visit, platform: &Platform) -> Vec<Fact> {
    let mut facts = of_wanted(visit, platform.id.as_str(), &Wanted::of(platform));
    if platform.client.is_some() {
        facts.push(Fact::code("platform-version", version_of(platform)));
    }
    let until = former_until(visit, platform);
    facts.extend(until.map(|until| Fact::new("platform-secret-until", until)));
    facts
}

/// How long the former secret is taken yet, where it is.
pub fn former_until(visit: &Visit, platform: &Platform) -> Option<String> {
    let client: &Client = platform.client.as_ref()?;
    match &client.authentication {
        ClientAuthentication::ClientSecret {
            previous: Some(previous),
            ..
        } if previous.until > visit.cx.now => Some(visit.locale.date_time(moment(previous.until))),
        _ => None,
    }
}

/// What a platform is to be, line by line; beside how it stands, where it does.
pub fn of_change(visit: &Visit, to: (&str, &Wanted), from: Option<&Platform>) -> Vec<Fact> {
    let after = of_wanted(visit, to.0, to.1);
    let Some(from) = from else {
        return after;
    };
    let mut before = of_wanted(visit, to.0, &Wanted::of(from));
    let mut facts = Vec::new();
    for fact in after {
        let at = before.iter().position(|one| one.key == fact.key);
        facts.push(match at {
            Some(at) => fact.instead_of(before.remove(at).value),
            None => fact.instead_of("–"),
        });
    }
    let gone = before.into_iter();
    facts.extend(gone.map(|one| Fact::code(one.key, "–").instead_of(one.value)));
    facts
}

fn of_wanted(visit: &Visit, id: &str, wanted: &Wanted) -> Vec<Fact> {
    let entry = &wanted.entry;
    let region = entry.region_code.region();
    let region = region.map_or("", |region| region_name(region, visit.locale));
    let zone = format!("console-zone-{}", entry.zone.as_str());
    let mut facts = vec![
        Fact::code("platform-id", id),
        Fact::new("platform-name_zh", &entry.name_zh),
        Fact::new("platform-name_en", &entry.name_en),
        Fact::new(
            "platform-region_code",
            format!("{region} ({})", entry.region_code),
        ),
        Fact::new("platform-zone", word(visit, &zone)),
    ];
    if let Some(contact) = &entry.support_contact {
        facts.push(Fact::new("platform-support_contact", contact));
    }
    let said = &wanted.metadata;
    if said == &protocol::registration::ClientMetadata::default() {
        return facts;
    }
    let mut address = |key, value: &Option<String>| {
        if let Some(value) = value {
            facts.push(Fact::code(key, value));
        }
    };
    address("platform-initiate_login_uri", &said.initiate_login_uri);
    address(
        "platform-backchannel_logout_uri",
        &said.backchannel_logout_uri,
    );
    address("platform-jwks_uri", &said.jwks_uri);
    address("platform-method", &said.token_endpoint_auth_method);
    facts.push(Fact::code(
        "platform-redirect_uris",
        said.redirect_uris.join(" "),
    ));
    facts.push(Fact::code(
        "platform-scopes",
        wanted.terms.scopes.to_string(),
    ));
    facts.push(Fact::new(
        "platform-consent_days",
        match wanted.terms.consent {
            ConsentPolicy::AskAlways => "0".to_owned(),
            ConsentPolicy::RememberDays(days) => days.to_string(),
        },
    ));
    facts.push(Fact::code(
        "platform-consent_signature",
        wanted.terms.consent_signature.as_str().to_owned(),
    ));
    facts.push(Fact::code("platform-decided", members(&wanted.terms)));
    // The names stand above; so that the same registration reads the same, written or shown.
    let plain = protocol::registration::ClientMetadata {
        client_name: None,
        client_name_zh: None,
        client_name_en: None,
        ..said.clone()
    };
    facts.push(Fact::code("platform-metadata", members(&plain)));
    facts
}

/// Of the platform as it would be kept: defaults spelled out, as it is shown when it stands.
pub fn normal(visit: &Visit, wanted: &Wanted, from: &Platform) -> Wanted {
    let kept = wanted.in_place_of(&visit.cx, from);
    kept.map_or_else(
        |_| wanted.clone(),
        |kept| Wanted {
            metadata: metadata::of_platform(&kept).unwrap_or_default(),
            ..Wanted::of(&kept)
        },
    )
}

/// One platform.
pub async fn find(visit: &Visit, id: &str) -> Result<Platform, Failure> {
    let id = PlatformId::from_text(id);
    // As it stands, not as it is remembered.
    let database = &visit.state.database;
    let found = database.read(move |store| store.find_platform(&id)).await?;
    found.ok_or(not_found())
}
