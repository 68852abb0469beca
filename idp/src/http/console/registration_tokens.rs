//! `/console/registration-tokens`: what lets platforms register themselves (RFC 7591), issued and taken back by signature.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::directory::is_token_possible;
use idp_core::id::RegistrationTokenId;
use idp_core::listing::{List, PageAsk};
use idp_core::operator::Right;
use idp_core::platform::{SecurityProfile, Zone};
use idp_core::region::RegionCode;
use idp_core::registration::{RegistrationTerms, RegistrationToken};
use protocol::scope::{Scope, ScopeSet};

use super::REGISTRATION_TOKENS;
use super::act::review;
use super::asked::{choices, invalid, reason};
use super::bench::{bench, frame};
use super::facts::{Shown, word};
use super::paging::{cursor, pager};
use super::shown::{show as show_page, submit};
use crate::http::error::Failure;
use crate::http::extract::{Desk, Form, Visit};
use crate::http::page::{moment, region_name};
use crate::operating::{Act, RegistrationAct};
use crate::view::Problem;
use crate::view::console::{Fact, RegistrationTokenRow, RegistrationTokensPage};

/// Fields of one value.
const FIELDS: [&str; 5] = ["uses", "days", "region_code", "zone", "profile"];

/// `GET /console/registration-tokens`
pub async fn list(visit: Visit, request: HttpRequest) -> HttpResponse {
    show_page(&visit, &request, &[Right::SeePlatforms], async |desk| {
        let cursor = cursor(&request);
        let ask = PageAsk::read(List::RegistrationTokens, cursor.as_deref(), None)?;
        page(&visit, desk, ask, None).await
    })
    .await
}

/// `POST /console/registration-tokens`: toward the page that is signed.
pub async fn issue(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(REGISTRATION_TOKENS);
    let rights = [Right::ChangePlatforms];
    submit(
        &visit,
        (&request, &body),
        &rights,
        async |desk, form| match (wanted(form)?, reason(form)) {
            (Ok(what), Ok(reason)) => {
                let act = Act::Registration { what, reason };
                review(&visit, desk, (act, REGISTRATION_TOKENS)).await
            }
            (Err(code), _) => {
                let ask = PageAsk::first(idp_core::listing::PAGE);
                page(&visit, desk, ask, Some((form, code))).await
            }
            (_, Err(failure)) => {
                let ask = PageAsk::first(idp_core::listing::PAGE);
                page(&visit, desk, ask, Some((form, failure.code))).await
            }
        },
    )
    .await
}

/// `POST /console/registration-tokens/revoke`: toward the page that is signed.
pub async fn revoke(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(REGISTRATION_TOKENS);
    let rights = [Right::ChangePlatforms];
    submit(&visit, (&request, &body), &rights, async |desk, form| {
        let act = Act::Registration {
            what: RegistrationAct::Revoke {
                token: RegistrationTokenId::from_text(form.one("token")?),
            },
            reason: reason(form)?,
        };
        review(&visit, desk, (act, REGISTRATION_TOKENS)).await
    })
    .await
}

/// What the form says, or the word for what is wrong with it.
fn wanted(form: &Form) -> Result<Result<RegistrationAct, &'static str>, Failure> {
    let scopes = form.all("scopes").join(" ");
    let Ok(scopes) = ScopeSet::try_from(scopes) else {
        return Err(invalid());
    };
    if !scopes.contains(Scope::Openid) {
        return Ok(Err("registration-token-no-openid"));
    }
    let (uses, days) = (form.one("uses")?.trim(), form.one("days")?.trim());
    let bounds = (uses.parse().ok()).zip(days.parse::<u16>().ok());
    // Before anybody signs for what can't be.
    let is_possible = |(uses, days): &(u32, u16)| {
        is_token_possible(*uses, Duration::from_hours(24) * u32::from(*days))
    };
    let Some((uses, days)) = bounds.filter(is_possible) else {
        return Ok(Err("registration-token-bounds"));
    };
    let Ok(region_code) = RegionCode::parse(form.one("region_code")?.trim()) else {
        return Ok(Err("registration-token-region"));
    };
    let rule = |name: &str| form.all("rules").iter().any(|one| one == name);
    let profile = match form.one("profile")? {
        "fapi2" => SecurityProfile::Fapi2,
        _ => SecurityProfile::Standard,
    };
    let terms = RegistrationTerms {
        scopes,
        profile,
        trusted: rule("trusted"),
        pkce_optional: rule("pkce_optional"),
        client_credentials: rule("client_credentials"),
        region_code,
        zone: Zone::of_word(form.one("zone")?).ok_or(invalid())?,
    };
    Ok(Ok(RegistrationAct::Issue {
        terms: Box::new(terms),
        uses,
        days,
    }))
}

async fn page(
    visit: &Visit,
    desk: &Desk,
    ask: PageAsk,
    refused: Option<(&Form, &'static str)>,
) -> Result<HttpResponse, Failure> {
    let database = &visit.state.database;
    let found = database
        .read(move |store| store.page_registration_tokens(&ask))
        .await?;
    let zones = Zone::ALL.map(|zone| {
        let named = word(visit, &format!("console-zone-{}", zone.as_str()));
        (zone.as_str(), named)
    });
    let scopes: Vec<_> = Scope::ALL
        .into_iter()
        .map(|scope| (scope.as_str(), scope.as_str().to_owned()))
        .collect();
    let mut values = Vec::new();
    let mut chosen = vec!["openid".to_owned(), "enterprise".to_owned()];
    if let Some((form, _)) = refused {
        for name in FIELDS.into_iter().chain(["reason"]) {
            values.push((name, form.one(name)?.to_owned()));
        }
        chosen = form.all("scopes");
        chosen.extend(form.all("rules"));
    } else {
        values.extend([("uses", "1".to_owned()), ("days", "7".to_owned())]);
    }
    let page = RegistrationTokensPage {
        frame: frame(visit, desk),
        bench: bench(desk),
        rows: found.items.iter().map(|one| row(visit, one)).collect(),
        pager: pager(
            (&found, List::RegistrationTokens),
            (REGISTRATION_TOKENS, &[]),
            "",
        ),
        may_change: desk.may(Right::ChangePlatforms),
        is_open: visit.state.config.registration.enabled,
        scopes: choices(&scopes),
        zones: choices(&zones),
        values,
        chosen,
        problem: refused.map(|(_, code)| Problem::plain(code)),
    };
    let status = match refused {
        None => StatusCode::OK,
        Some(_) => StatusCode::BAD_REQUEST,
    };
    Ok(visit.html(status, page.render()))
}

fn row<'a>(visit: &Visit, token: &'a RegistrationToken) -> RegistrationTokenRow<'a> {
    RegistrationTokenRow {
        id: token.id.as_str(),
        state: token.standing(visit.cx.now),
        used: format!("{} / {}", token.used, token.uses),
        until: visit.locale.date_time(moment(token.expires_at)),
        by: &token.issued_by,
        terms: token.terms.scopes.to_string(),
    }
}

/// What is shown of such an act before it is signed.
pub fn of_registration(visit: &Visit, what: &RegistrationAct) -> Shown {
    let mut shown = Shown::default();
    match what {
        RegistrationAct::Issue { terms, uses, days } => {
            let region = terms.region_code.region();
            let region = region.map_or("", |region| region_name(region, visit.locale));
            let zone = format!("console-zone-{}", terms.zone.as_str());
            let profile = match terms.profile {
                SecurityProfile::Standard => "standard",
                SecurityProfile::Fapi2 => "FAPI 2.0",
            };
            let yes_or_no = |yes: bool| word(visit, if yes { "console-yes" } else { "console-no" });
            shown.facts = vec![
                Fact::new("console-token-uses", uses.to_string()),
                Fact::new("console-token-days", days.to_string()),
                Fact::code("platform-scopes", terms.scopes.to_string()),
                Fact::new(
                    "platform-region_code",
                    format!("{region} ({})", terms.region_code),
                ),
                Fact::new("platform-zone", word(visit, &zone)),
                Fact::code("platform-profile", profile),
                Fact::new("console-token-trusted", yes_or_no(terms.trusted)),
                Fact::new(
                    "platform-rule-pkce_optional",
                    yes_or_no(terms.pkce_optional),
                ),
                Fact::new(
                    "platform-rule-client_credentials",
                    yes_or_no(terms.client_credentials),
                ),
            ];
            if terms.trusted {
                shown
                    .warnings
                    .push(word(visit, "console-token-trusted-warning"));
            }
        }
        RegistrationAct::Revoke { token } => {
            shown.facts = vec![Fact::code("act-subject", token.as_str())];
        }
    }
    shown
}
