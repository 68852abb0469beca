//! `/console/platforms`: 交易平台 as registrars keep them: the list, one of them, what is done to it, its configuration.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::directory::{metadata, version_of};
use idp_core::operator::Right;
use idp_core::platform::{ClientAuthentication, Platform};
use idp_core::proposal::Change;

use super::PLATFORMS;
use super::act::review;
use super::asked::{invalid, proposal, reason};
use super::bench::{bench, frame};
use super::platform_facts::{find, of_platform};
use super::shown::{not_found, show as show_page, submit};
use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::http::page;
use crate::http::routes::OPENID_CONFIGURATION;
use crate::operating::{Act, PlatformAct};
use crate::shapes;
use crate::view::console::{ConsolePlatformPage, ConsolePlatformRow, ConsolePlatformsPage};

/// `GET /console/platforms`
pub async fn list(visit: Visit, request: HttpRequest) -> HttpResponse {
    show_page(&visit, &request, &[Right::SeePlatforms], async |desk| {
        let database = &visit.state.database;
        let all = database.read(|store| store.list_platforms()).await?;
        let page = ConsolePlatformsPage {
            frame: frame(&visit, desk),
            bench: bench(desk),
            platforms: all.iter().map(|one| row(&visit, one)).collect(),
            may_change: desk.may(Right::ChangePlatforms),
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    })
    .await
}

fn row<'a>(visit: &Visit, platform: &'a Platform) -> ConsolePlatformRow<'a> {
    let described = metadata::of_platform(platform);
    let method = described.and_then(|said| said.token_endpoint_auth_method);
    ConsolePlatformRow {
        id: platform.id.as_str(),
        name: page::platform_name(platform, visit.locale),
        zone: platform.zone.as_str(),
        state: platform.state.as_str(),
        method: method.unwrap_or_default(),
    }
}

/// `GET /console/platforms/{id}`
pub async fn show(visit: Visit, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    show_page(&visit, &request, &[Right::SeePlatforms], async |desk| {
        let platform = find(&visit, &id).await?;
        let client = platform.client.as_ref();
        let page = ConsolePlatformPage {
            frame: frame(&visit, desk),
            bench: bench(desk),
            id: platform.id.as_str(),
            name: page::platform_name(&platform, visit.locale),
            state: platform.state.as_str(),
            version: &version_of(&platform),
            facts: of_platform(&visit, &platform),
            may_change: desk.may(Right::ChangePlatforms),
            has_secret: client.is_some_and(|client| {
                matches!(
                    client.authentication,
                    ClientAuthentication::ClientSecret { .. }
                )
            }),
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    })
    .await
}

/// `POST /console/platforms/{id}`: toward the page that is signed.
pub async fn act(
    mut visit: Visit,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    let back = format!("{PLATFORMS}/{id}");
    visit.at(&back);
    let rights = [Right::ChangePlatforms];
    submit(&visit, (&request, &body), &rights, async |desk, form| {
        let platform = find(&visit, &id).await?.id;
        let reason = reason(form)?;
        let what = match form.one("do")? {
            "suspend" => PlatformAct::Suspend,
            "activate" => PlatformAct::Activate {
                as_shown: form.one("version")?.to_owned(),
            },
            "rotate-secret" => PlatformAct::RotateSecret {
                overlap_hours: form.one("overlap")?.parse().or(Err(invalid()))?,
            },
            "end-grants" => {
                let change = Change::EndGrants { platform };
                return review(&visit, desk, (proposal(change, reason), &back)).await;
            }
            _ => return Err(invalid()),
        };
        let act = Act::Platform {
            platform,
            what,
            reason,
        };
        review(&visit, desk, (act, &back)).await
    })
    .await
}

/// `GET /console/platforms/{id}/configuration`: what the platform's own people need, as a file. No secret is in it.
pub async fn configuration(
    visit: Visit,
    request: HttpRequest,
    id: web::Path<String>,
) -> HttpResponse {
    show_page(&visit, &request, &[Right::SeePlatforms], async |_| {
        let platform = find(&visit, &id).await?;
        let at = (&*visit.state.config.issuer, OPENID_CONFIGURATION);
        let configuration = shapes::platform::configuration(at, &platform).ok_or(not_found())?;
        let text = serde_json::to_string_pretty(&configuration).map_err(Failure::internal)?;
        let name = format!("attachment; filename=\"{}.json\"", platform.id);
        Ok(HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "application/json"))
            .insert_header((header::CONTENT_DISPOSITION, name))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(text))
    })
    .await
}
