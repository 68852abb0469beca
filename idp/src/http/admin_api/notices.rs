//! `/api/admin/v1/notices`: what is announced at the portal.

use actix_web::{HttpRequest, HttpResponse};
use idp_core::id::NoticeId;
use idp_core::operator::Right;
use serde_json::{Value, json};

use super::caller::read;
use super::query::Query;
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
