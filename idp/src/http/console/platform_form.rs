//! `/console/platforms/new` and `…/{id}/change`: the guided form, and what was typed on its way to the page that is signed.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::consent_statement::ConsentSigner;
use idp_core::directory::{Entry, RegistrationRefusal, Terms, Wanted, version_of};
use idp_core::id::PlatformId;
use idp_core::operator::Right;
use idp_core::platform::{
    ConsentPolicy, JwsAlgorithm, Platform, PlatformState, SecurityProfile, Zone,
};
use idp_core::region::RegionCode;
use protocol::registration::ClientMetadata;
use protocol::scope::{Scope, ScopeSet};
use serde_json::{Map, Value, json};

use super::PLATFORMS;
use super::act::review;
use super::asked::{choices, reason};
use super::bench::{bench, frame};
use super::facts::word;
use super::platform_facts::find;
use super::platform_words::{has_field, unknown_member, unreadable, why};
use super::shown::{show as show_page, submit};
use crate::http::error::Failure;
use crate::http::extract::{Desk, Form, Visit};
use crate::operating::{Act, PlatformAct};
use crate::view::Problem;
use crate::view::console::PlatformFormPage;

const RIGHTS: [Right; 1] = [Right::ChangePlatforms];

/// Fields of one value, and the member of the metadata that each is; empty: none of them.
const FIELDS: [(&str, &str); 17] = [
    ("version", ""),
    ("id", ""),
    ("name_zh", ""),
    ("name_en", ""),
    ("region_code", ""),
    ("zone", ""),
    ("support_contact", ""),
    ("redirect_uris", "redirect_uris"),
    ("initiate_login_uri", "initiate_login_uri"),
    ("backchannel_logout_uri", "backchannel_logout_uri"),
    ("post_logout_redirect_uris", "post_logout_redirect_uris"),
    ("method", "token_endpoint_auth_method"),
    ("jwks_uri", "jwks_uri"),
    ("id_token_alg", "id_token_signed_response_alg"),
    ("consent_days", ""),
    ("consent_signature", ""),
    ("profile", ""),
];

/// Members that the form's own fields say.
const SAID: [&str; 5] = [
    "scope",
    "grant_types",
    "response_types",
    "client_name#zh-CN",
    "client_name#en",
];

/// What stands in the form.
struct Typed {
    values: Vec<(&'static str, String)>,
    chosen: Vec<(String, String)>,
}

/// `GET /console/platforms/new`
pub async fn ask(visit: Visit, request: HttpRequest) -> HttpResponse {
    show_page(&visit, &request, &RIGHTS, async |desk| {
        let scopes = ScopeSet::all();
        let typed = Typed {
            values: vec![
                ("method", "private_key_jwt".to_owned()),
                ("id_token_alg", JwsAlgorithm::Es256.as_str().to_owned()),
            ],
            chosen: chosen_scopes(&scopes),
        };
        Ok(page(&visit, desk, (None, &typed), None))
    })
    .await
}

/// `GET /console/platforms/{id}/change`
pub async fn ask_change(visit: Visit, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    show_page(&visit, &request, &RIGHTS, async |desk| {
        let platform = find(&visit, &id).await?;
        let typed = of_platform(&platform)?;
        Ok(page(
            &visit,
            desk,
            (Some(platform.id.as_str()), &typed),
            None,
        ))
    })
    .await
}

/// `POST /console/platforms/new`
pub async fn add(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at("/console/platforms/new");
    submit(&visit, (&request, &body), &RIGHTS, async |desk, form| {
        let id = PlatformId::from_text(form.one("id")?.trim());
        let database = &visit.state.database;
        let of = id.clone();
        let standing = database.read(move |store| store.find_platform(&of)).await?;
        let taken = standing.filter(|one| one.state != PlatformState::Listed);
        let wanted = match taken {
            Some(_) => Err(why(
                &visit,
                &RegistrationRefusal::Connected(id.clone()).into(),
            )),
            None => wanted(&visit, form, None),
        };
        asked(&visit, desk, form, (&id, None, wanted)).await
    })
    .await
}

/// `POST /console/platforms/{id}/change`
pub async fn change(
    mut visit: Visit,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    visit.at(&format!("{PLATFORMS}/{id}/change"));
    submit(&visit, (&request, &body), &RIGHTS, async |desk, form| {
        let platform = find(&visit, &id).await?;
        let wanted = wanted(&visit, form, Some(&platform));
        asked(&visit, desk, form, (&platform.id, Some(&platform), wanted)).await
    })
    .await
}

async fn asked(
    visit: &Visit,
    desk: &Desk,
    form: &Form,
    (id, from, wanted): (&PlatformId, Option<&Platform>, Result<Wanted, String>),
) -> Result<HttpResponse, Failure> {
    let shown = from.map(|_| id.as_str());
    match (wanted, reason(form)) {
        (Ok(wanted), Ok(reason)) => {
            let listed = from.is_none_or(|one| one.state == PlatformState::Listed);
            let act = Act::Platform {
                platform: id.clone(),
                what: PlatformAct::Put {
                    as_shown: (!listed)
                        .then(|| form.one("version").map(str::to_owned))
                        .transpose()?,
                    wanted: Box::new(wanted),
                },
                reason,
            };
            let back = format!("{PLATFORMS}/{id}");
            review(visit, desk, (act, &back)).await
        }
        (Err(why), _) => {
            let wrong = Some(("platform-registration-refused", Some(why.as_str())));
            Ok(page(visit, desk, (shown, &of_form(form)?), wrong))
        }
        (Ok(_), Err(failure)) => {
            let wrong = Some((failure.code, None));
            Ok(page(visit, desk, (shown, &of_form(form)?), wrong))
        }
    }
}

/// What the form describes, and that it could be kept.
fn wanted(visit: &Visit, form: &Form, from: Option<&Platform>) -> Result<Wanted, String> {
    let one = |name: &str| form.one(name).map(str::trim).map_err(|f| f.code.to_owned());
    let filled = |name: &str| one(name).map(|text| (!text.is_empty()).then(|| text.to_owned()));
    let region = RegionCode::parse(one("region_code")?).map_err(|_unknown| {
        unreadable(visit, "region_code", one("region_code").unwrap_or_default())
    })?;
    let entry = Entry {
        name_zh: one("name_zh")?.to_owned(),
        name_en: one("name_en")?.to_owned(),
        region_code: region,
        zone: Zone::of_word(one("zone")?).ok_or("zone: unknown")?,
        support_contact: filled("support_contact")?,
    };
    let rules = form.all("rules");
    let rule = |name: &str| rules.iter().any(|one| one == name);
    let scopes: Vec<String> = form.all("scopes");
    let standing = Terms::of(from.and_then(|one| one.client.as_ref()));
    let terms = Terms {
        profile: match one("profile")? {
            "fapi2" => SecurityProfile::Fapi2,
            _ => SecurityProfile::Standard,
        },
        scopes: ScopeSet::try_from(scopes.join(" ")).map_err(|e| e.to_string())?,
        consent: match one("consent_days")? {
            "" | "0" => ConsentPolicy::AskAlways,
            days => ConsentPolicy::RememberDays(
                days.parse()
                    .map_err(|_none| unreadable(visit, "consent_days", days))?,
            ),
        },
        consent_signature: match one("consent_signature")? {
            "lock" => ConsentSigner::Lock,
            _ => ConsentSigner::Provider,
        },
        pkce_optional: rule("pkce_optional"),
        pushed_only: rule("pushed_only"),
        client_credentials: rule("client_credentials"),
        sm2_tokens: rule("sm2_tokens"),
        ..standing
    };
    let metadata = described(visit, form, (one("more")?, &terms, rule("refresh")))?;
    let wanted = Wanted {
        entry,
        terms,
        metadata,
    };
    let fresh = wanted.fresh(&PlatformId::from_text(one("id")?));
    wanted
        .in_place_of(&visit.cx, from.unwrap_or(&fresh))
        .map(|_| wanted)
        .map_err(|error| why(visit, &error))
}

/// The metadata: what was typed besides, and each field in the place of its member.
fn described(
    visit: &Visit,
    form: &Form,
    (more, terms, refresh): (&str, &Terms, bool),
) -> Result<ClientMetadata, String> {
    let mut members: Map<String, Value> = match more {
        "" => Map::new(),
        text => {
            serde_json::from_str(text).map_err(|e| unreadable(visit, "more", &e.to_string()))?
        }
    };
    let typed: Vec<String> = members.keys().cloned().collect();
    let fields = FIELDS.iter().map(|(_, member)| *member);
    let mut fields = fields.chain(["scope", "grant_types"]);
    if let Some(member) = fields.find(|member| members.contains_key(*member)) {
        return Err(has_field(visit, member));
    }
    for (field, member) in FIELDS.iter().filter(|(_, member)| !member.is_empty()) {
        let text = form.one(field).map_err(|f| f.code.to_owned())?.trim();
        let value = match *field {
            "redirect_uris" | "post_logout_redirect_uris" => {
                json!(text.split_whitespace().collect::<Vec<_>>())
            }
            _ if text.is_empty() => continue,
            _ => json!(text),
        };
        members.insert((*member).to_owned(), value);
    }
    let mut grants = vec!["authorization_code"];
    if refresh {
        grants.push("refresh_token");
    }
    if terms.client_credentials {
        grants.push("client_credentials");
    }
    members.insert("grant_types".to_owned(), json!(grants));
    members.insert("scope".to_owned(), json!(terms.scopes.to_string()));
    let read: ClientMetadata = serde_json::from_value(Value::Object(members))
        .map_err(|e| unreadable(visit, "more", &e.to_string()))?;
    // What a platform sends of members that nobody knows is passed over (RFC 7591 §2); a person who typed one mistook it.
    let known = serde_json::to_value(&read).map_err(|e| e.to_string())?;
    match typed.iter().find(|member| known.get(member).is_none()) {
        Some(member) => Err(unknown_member(visit, member)),
        None => Ok(read),
    }
}

fn of_form(form: &Form) -> Result<Typed, Failure> {
    let mut values = Vec::new();
    for name in FIELDS
        .map(|(name, _)| name)
        .into_iter()
        .chain(["more", "reason"])
    {
        values.push((name, form.one(name)?.to_owned()));
    }
    let of = |name: &'static str| {
        let all = form.all(name).into_iter();
        all.map(move |value| (name.to_owned(), value))
    };
    Ok(Typed {
        values,
        chosen: of("scopes").chain(of("rules")).collect(),
    })
}

fn of_platform(platform: &Platform) -> Result<Typed, Failure> {
    let wanted = Wanted::of(platform);
    let members = serde_json::to_value(&wanted.metadata).map_err(Failure::internal)?;
    let mut members = members.as_object().cloned().unwrap_or_default();
    let entry = &wanted.entry;
    let mut values = vec![
        ("version", version_of(platform)),
        ("name_zh", entry.name_zh.clone()),
        ("name_en", entry.name_en.clone()),
        ("region_code", entry.region_code.to_string()),
        ("zone", entry.zone.as_str().to_owned()),
        (
            "support_contact",
            entry.support_contact.clone().unwrap_or_default(),
        ),
        (
            "consent_days",
            match wanted.terms.consent {
                ConsentPolicy::AskAlways => String::new(),
                ConsentPolicy::RememberDays(days) => days.to_string(),
            },
        ),
        (
            "consent_signature",
            wanted.terms.consent_signature.as_str().to_owned(),
        ),
        (
            "profile",
            match wanted.terms.profile {
                SecurityProfile::Fapi2 => "fapi2",
                SecurityProfile::Standard => "standard",
            }
            .to_owned(),
        ),
    ];
    for (field, member) in FIELDS.iter().filter(|(_, member)| !member.is_empty()) {
        values.push((field, text_of(members.remove(*member))));
    }
    let grants = text_of(members.get("grant_types").cloned());
    for said in SAID.iter().chain(&["client_name"]) {
        members.remove(*said);
    }
    let more = serde_json::to_string_pretty(&members).map_err(Failure::internal)?;
    values.push((
        "more",
        if members.is_empty() {
            String::new()
        } else {
            more
        },
    ));
    let terms = &wanted.terms;
    let rules = [
        ("refresh", grants.contains("refresh_token")),
        ("client_credentials", terms.client_credentials),
        ("pkce_optional", terms.pkce_optional),
        ("pushed_only", terms.pushed_only),
        ("sm2_tokens", terms.sm2_tokens),
    ];
    let rules = rules.into_iter().filter(|(_, is)| *is);
    let mut chosen = chosen_scopes(&terms.scopes);
    chosen.extend(rules.map(|(name, _)| ("rules".to_owned(), name.to_owned())));
    Ok(Typed { values, chosen })
}

/// A text, or texts one a line.
fn text_of(value: Option<Value>) -> String {
    match value {
        Some(Value::String(text)) => text,
        Some(Value::Array(texts)) => {
            let texts: Vec<_> = texts.iter().filter_map(Value::as_str).collect();
            texts.join("\n")
        }
        _ => String::new(),
    }
}

fn chosen_scopes(scopes: &ScopeSet) -> Vec<(String, String)> {
    let all = Scope::ALL
        .into_iter()
        .filter(|scope| scopes.contains(*scope));
    all.map(|scope| ("scopes".to_owned(), scope.as_str().to_owned()))
        .collect()
}

fn page(
    visit: &Visit,
    desk: &Desk,
    (id, typed): (Option<&str>, &Typed),
    wrong: Option<(&'static str, Option<&str>)>,
) -> HttpResponse {
    let named = |key: String| word(visit, &key);
    let scopes = Scope::ALL.map(|s| (s.as_str(), named(format!("scope-{}", s.as_str()))));
    let zones = Zone::ALL.map(|z| (z.as_str(), named(format!("console-zone-{}", z.as_str()))));
    let action = match id {
        Some(id) => format!("{PLATFORMS}/{id}/change"),
        None => format!("{PLATFORMS}/new"),
    };
    let page = PlatformFormPage {
        frame: frame(visit, desk),
        bench: bench(desk),
        action: &action,
        id,
        values: &typed.values,
        chosen: &typed.chosen,
        scopes: choices(&scopes),
        zones: choices(&zones),
        problem: wrong.map(|(code, _)| Problem::plain(code)),
        why: wrong.and_then(|(_, why)| why),
    };
    let status = match wrong {
        None => StatusCode::OK,
        Some(_) => StatusCode::BAD_REQUEST,
    };
    visit.html(status, page.render())
}
