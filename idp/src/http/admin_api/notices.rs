//! `/api/admin/v1/notices`: what is announced at the portal, announcing something and taking it back.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::id::NoticeId;
use idp_core::notices::{AnnounceError, AnnounceRefusal, Announcement, publish, withdraw};
use idp_core::operator::Right;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::{self, moment};
use super::caller::{changed, read};
use super::query::Query;
use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::shapes::notice;

/// `GET /api/admin/v1/notices`: the newest first.
pub async fn list(visit: Visit, request: HttpRequest) -> HttpResponse {
    read(&visit, &request, &[Right::SeeNotices], async |_| {
        let (before, size) = Query::of_list(&request, &[])?.before()?;
        let database = &visit.state.database;
        let mut found = database
            .read(move |store| {
                let before = before.map(NoticeId::from_text);
                store.list_notices(before.as_ref(), size + 1)
            })
            .await?;
        let next = Query::next(&mut found, size, |one| one.id.as_str().to_owned());
        let rows = found.iter().map(|one| notice::row(one, visit.cx.now));
        Ok(json!({ "items": rows.collect::<Vec<Value>>(), "next": next }))
    })
    .await
}

/// What is announced.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Announced {
    title_zh: String,
    title_en: String,
    #[serde(default)]
    text_zh: String,
    #[serde(default)]
    text_en: String,
    from: Option<String>,
    until: Option<String>,
}

/// `POST /api/admin/v1/notices`
pub async fn announce(visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    changed(
        &visit,
        &request,
        Right::ChangeNotices,
        async |_, mandate| {
            Query::read(&request, &[])?;
            let said: Announced = body::read(&request, &body)?;
            let announcement = Announcement {
                title: (said.title_zh, said.title_en),
                text: (said.text_zh, said.text_en),
                from: moment(said.from.as_deref())?,
                until: moment(said.until.as_deref())?,
            };
            let (cx, caller, mandate) = (visit.cx.clone(), visit.caller(), mandate.clone());
            let database = &visit.state.database;
            let done = database
                .write(move |store| publish(store, &cx, (&mandate, &caller), &announcement))
                .await;
            Ok(notice::row(&done.map_err(refused)?, visit.cx.now))
        },
    )
    .await
}

/// `POST /api/admin/v1/notices/{id}/withdraw`
pub async fn take_back(visit: Visit, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    changed(
        &visit,
        &request,
        Right::ChangeNotices,
        async |_, mandate| {
            Query::read(&request, &[])?;
            let id = NoticeId::from_text(id.as_str());
            let (cx, caller, mandate) = (visit.cx.clone(), visit.caller(), mandate.clone());
            let database = &visit.state.database;
            let done = database
                .write(move |store| withdraw(store, &cx, (&mandate, &caller), &id))
                .await;
            done.map_err(refused)?;
            Ok(json!({ "done": "made" }))
        },
    )
    .await
}

fn refused(error: AnnounceError) -> Failure {
    match error {
        AnnounceError::Store(error) => error.into(),
        AnnounceError::Refused(refusal) => {
            let status = match refusal {
                AnnounceRefusal::NotAllowed => StatusCode::FORBIDDEN,
                AnnounceRefusal::Title | AnnounceRefusal::Text | AnnounceRefusal::Time => {
                    StatusCode::BAD_REQUEST
                }
                AnnounceRefusal::Gone => StatusCode::CONFLICT,
            };
            Failure::refused(status, refusal.code())
        }
    }
}
