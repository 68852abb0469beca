//! `GET /console/audit`: what happened, by whatever events name; `/console/audit/{sequence}`: one event with its place in the log;
//! `POST /console/audit/export`: what was found, as a file.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::audit_group::AuditGroup;
use idp_core::inspect::{EventNames, EventSight, look_at_event};
use idp_core::listing::{List, PAGE, Page, PageAsk};
use idp_core::operator::Right;
use idp_core::store::StoreError;

use super::asked::invalid;
use super::audit_asked::Asked;
use super::bench::{bench, frame};
use super::events::{self, Shown};
use super::facts::word;
use super::paging::{cursor, pager};
use super::shown::{not_found, show as show_page, submit};
use super::{AUDIT, AUDIT_EXPORT};
use crate::event_table::{EXPORT_MAX, Format};
use crate::http::error::Failure;
use crate::http::extract::{Desk, Visit};
use crate::http::page::moment;
use crate::http::{file, routes};
use crate::view::console::{AuditPage, EventPage, Fact};
use crate::view::{Choice, ChoiceGroup};

const RIGHTS: [Right; 1] = [Right::SeeAudit];

/// `GET /console/audit`
pub async fn list(visit: Visit, request: HttpRequest) -> HttpResponse {
    show_page(&visit, &request, &RIGHTS, async |desk| {
        let asked = Asked::of_address(&request);
        let cursor = cursor(&request);
        let ask = PageAsk::read(List::Audit, cursor.as_deref(), Some(PAGE))?;
        let filter = asked.filter(&visit).await?;
        let database = &visit.state.database;
        let (found, names) = match filter {
            None => (Page::whole(Vec::new()), EventNames::default()),
            Some(filter) => {
                let look = database.read(move |store| {
                    let page = store.page_audit(&filter, &ask)?;
                    let names = EventNames::of(store, &page.items)?;
                    Ok::<_, StoreError>((page, names))
                });
                look.await?
            }
        };
        let shown = Shown {
            names: &names,
            with_enterprise: true,
            with_link: true,
        };
        let rows = found.items.iter();
        let rows = rows.map(|entry| events::row(&visit, entry, shown));
        let kinds = kinds(&visit);
        let page = AuditPage {
            frame: frame(&visit, desk),
            bench: bench(desk),
            values: asked.pairs(),
            kinds: kinds.iter().map(group).collect(),
            events: rows.collect(),
            pager: pager((&found, List::Audit), (AUDIT, &asked.pairs()), ""),
            export: AUDIT_EXPORT,
            export_max: EXPORT_MAX.to_string(),
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    })
    .await
}

/// A group's name with its entries, of which the first stands for all of it.
type Named = (String, Vec<(&'static str, String)>);

fn kinds(visit: &Visit) -> Vec<Named> {
    let of_group = |group: &AuditGroup| {
        let name = word(visit, &format!("event-group-{}", group.as_str()));
        let all = (
            group.as_str(),
            format!("{name} – {}", word(visit, "list-any")),
        );
        let each = group.kinds().map(|kind| {
            let key = format!("event-{}", kind.as_str().replace('.', "-"));
            (kind.as_str(), word(visit, &key))
        });
        (name, std::iter::once(all).chain(each).collect())
    };
    AuditGroup::ALL.iter().map(of_group).collect()
}

fn group((label, entries): &Named) -> ChoiceGroup<'_> {
    let each = entries.iter();
    ChoiceGroup {
        label,
        choices: each.map(|(value, label)| Choice { value, label }).collect(),
    }
}

/// `GET /console/audit/{sequence}`
pub async fn show(visit: Visit, request: HttpRequest, sequence: web::Path<String>) -> HttpResponse {
    show_page(&visit, &request, &RIGHTS, async |desk| {
        let sequence: i64 = sequence.parse().map_err(|_no_number| not_found())?;
        let database = &visit.state.database;
        let found = database
            .read(move |store| look_at_event(store, sequence))
            .await?;
        let sight = found.ok_or(not_found())?;
        Ok(event_page(&visit, desk, &sight))
    })
    .await
}

fn event_page(visit: &Visit, desk: &Desk, sight: &EventSight) -> HttpResponse {
    let event = &sight.entry.event;
    let shown = Shown {
        names: &sight.names,
        with_enterprise: true,
        with_link: false,
    };
    let sequence = sight.entry.sequence;
    let mut facts = vec![
        Fact::code("event-sequence", sequence.to_string()),
        Fact::new("event-at", visit.locale.date_time(moment(event.at))),
        Fact::code("event-kind", event.kind.as_str()),
    ];
    let ids = [
        (
            "audit-lock",
            event.key_lock_id.as_ref().map(ToString::to_string),
        ),
        (
            "audit-session",
            event.session_id.as_ref().map(ToString::to_string),
        ),
        (
            "audit-consent",
            event.consent_id.as_ref().map(ToString::to_string),
        ),
        (
            "audit-grant",
            event.grant_id.as_ref().map(ToString::to_string),
        ),
    ];
    for (key, value) in ids {
        facts.extend(value.map(|value| Fact::code(key, value)));
    }
    facts.push(match sight.index {
        Some(index) => Fact::code("event-index", index.to_string()),
        None => Fact::new("event-index", word(visit, "event-no-index")),
    });
    let row = events::row(visit, &sight.entry, shown);
    let page = EventPage {
        frame: frame(visit, desk),
        bench: bench(desk),
        facts,
        is_as_written: sight.is_as_written,
        proof: sight
            .index
            .filter(|_| visit.state.config.audit.public)
            .map(|index| format!("{}?index={index}", routes::AUDIT_INCLUSION)),
        event: row,
    };
    visit.html(StatusCode::OK, page.render())
}

/// `POST /console/audit/export`
pub async fn export(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(AUDIT);
    submit(&visit, (&request, &body), &RIGHTS, async |desk, form| {
        let format = Format::of_word(form.one("format")?).ok_or(invalid())?;
        let mandate = desk.mandate(&visit, Right::SeeAudit).await?;
        let filter = Asked::of_form(form)?.filter(&visit).await?;
        let unknown = Failure::refused(StatusCode::NOT_FOUND, "enterprise-unknown");
        let what = (filter.ok_or(unknown)?, format);
        file::audit_export(&visit, &mandate, what).await
    })
    .await
}
