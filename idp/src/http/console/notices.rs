//! `/console/notices`: what is announced at the portal.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::id::NoticeId;
use idp_core::notice::Notice;
use idp_core::notices::{AnnounceError, AnnounceRefusal, Announcement, TEXT_MAX, TITLE_MAX};
use idp_core::notices::{publish, withdraw};
use idp_core::operator::Right;
use idp_core::timestamp::Timestamp;

use super::NOTICES;
use super::acted::acted;
use super::bench::{bench, frame};
use super::shown::{show as show_page, submit};
use crate::http::error::Failure;
use crate::http::extract::browser::see_other;
use crate::http::extract::form::parameter;
use crate::http::extract::{Desk, Form, Visit};
use crate::http::page::moment;
use crate::view::Problem;
use crate::view::console::{NoticeRow, NoticesPage};

/// Notices on one page.
const SHOWN: usize = 50;
/// Longest time that a form announces for, in days.
const DAYS_MAX: i64 = 366;

/// `GET /console/notices`
pub async fn list(visit: Visit, request: HttpRequest) -> HttpResponse {
    show_page(&visit, &request, &[Right::SeeNotices], async |desk| {
        let before = parameter(&request, "before").map(NoticeId::from_text);
        page(&visit, desk, (&Form::parse(b""), before, None)).await
    })
    .await
}

/// `POST /console/notices`: announce.
pub async fn announce(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(NOTICES);
    let rights = [Right::ChangeNotices];
    submit(&visit, (&request, &body), &rights, async |desk, form| {
        let mandate = desk.mandate(&visit, Right::ChangeNotices).await?;
        let announcement = match announcement(&visit, form)? {
            Ok(announcement) => announcement,
            Err(refusal) => return page(&visit, desk, (form, None, Some(refusal))).await,
        };
        let (cx, caller) = (visit.cx.clone(), visit.caller());
        let done = visit
            .state
            .database
            .write(move |store| publish(store, &cx, (&mandate, &caller), &announcement))
            .await;
        match done {
            Ok(_) => Ok(see_other(&acted(desk, NOTICES, "publish-notice"))),
            Err(AnnounceError::Refused(refusal)) => {
                page(&visit, desk, (form, None, Some(refusal))).await
            }
            Err(AnnounceError::Store(error)) => Err(error.into()),
        }
    })
    .await
}

/// `POST /console/notices/withdraw`
pub async fn take_back(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(NOTICES);
    let rights = [Right::ChangeNotices];
    submit(&visit, (&request, &body), &rights, async |desk, form| {
        let mandate = desk.mandate(&visit, Right::ChangeNotices).await?;
        let id = NoticeId::from_text(form.one("notice")?);
        let (cx, caller) = (visit.cx.clone(), visit.caller());
        let done = visit
            .state
            .database
            .write(move |store| withdraw(store, &cx, (&mandate, &caller), &id))
            .await;
        match done {
            Ok(()) => Ok(see_other(&acted(desk, NOTICES, "withdraw-notice"))),
            Err(AnnounceError::Refused(refusal)) => {
                Err(Failure::refused(StatusCode::CONFLICT, refusal.code()))
            }
            Err(AnnounceError::Store(error)) => Err(error.into()),
        }
    })
    .await
}

/// What the form says. Days are counted from now: a form has no clock of its own.
fn announcement(
    visit: &Visit,
    form: &Form,
) -> Result<Result<Announcement, AnnounceRefusal>, Failure> {
    let pair =
        |zh: &str, en: &str| Ok::<_, Failure>((form.one(zh)?.to_owned(), form.one(en)?.to_owned()));
    let days = match form.one("days")?.trim() {
        "" => None,
        days => match days.parse::<i64>() {
            Ok(days) if (1..=DAYS_MAX).contains(&days) => Some(days),
            _ => return Ok(Err(AnnounceRefusal::Time)),
        },
    };
    let until =
        days.map(|days| Timestamp::from_unix_seconds(visit.cx.now.unix_seconds() + days * 86_400));
    Ok(Ok(Announcement {
        title: pair("title_zh", "title_en")?,
        text: pair("text_zh", "text_en")?,
        from: None,
        until,
    }))
}

async fn page(
    visit: &Visit,
    desk: &Desk,
    (form, before, refusal): (&Form, Option<NoticeId>, Option<AnnounceRefusal>),
) -> Result<HttpResponse, Failure> {
    let limit = u32::try_from(SHOWN + 1).unwrap_or(u32::MAX);
    let database = &visit.state.database;
    let mut found = database
        .read(move |store| store.list_notices(before.as_ref(), limit))
        .await?;
    let has_older = found.len() > SHOWN;
    found.truncate(SHOWN);
    let last = found.last().filter(|_| has_older);
    let fields = ["title_zh", "title_en", "text_zh", "text_en", "days"];
    let mut values = Vec::new();
    for name in fields {
        values.push((name, form.one(name)?.to_owned()));
    }
    let page = NoticesPage {
        frame: frame(visit, desk),
        bench: bench(desk),
        older: last.map(|last| format!("{NOTICES}?before={}", last.id)),
        notices: found.iter().map(|one| row(visit, one)).collect(),
        may_change: desk.may(Right::ChangeNotices),
        values: &values,
        title_max: TITLE_MAX,
        text_max: TEXT_MAX,
        problem: refusal.map(|refusal| Problem::plain(refusal.code())),
    };
    let status = match refusal {
        None => StatusCode::OK,
        Some(_) => StatusCode::BAD_REQUEST,
    };
    Ok(visit.html(status, page.render()))
}

fn row<'a>(visit: &Visit, notice: &'a Notice) -> NoticeRow<'a> {
    let written = |at| visit.locale.date_time(moment(at));
    NoticeRow {
        id: notice.id.as_str(),
        title_zh: &notice.title_zh,
        title_en: &notice.title_en,
        from: written(notice.from),
        until: notice.until.map(written),
        is_shown: notice.is_shown(visit.cx.now),
    }
}
