//! `/console/authorities`: the CA registry; every change of it is proposed.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::certificate_authority::{CaChangeEntry, CaEntry, CertificateAuthority};
use idp_core::id::CaId;
use idp_core::operator::Right;
use idp_core::proposal::Change;

use super::AUTHORITIES;
use super::act::review;
use super::asked::{invalid, proposal, reason};
use super::authority_facts::{certificates, of_entry, region};
use super::bench::{bench, frame};

use super::facts::word;
use super::shown::{not_found, show as show_page, submit};
use crate::certificates::{AuthorityStanding, Registered};
use crate::http::error::Failure;
use crate::http::extract::{Desk, Form, Visit};
use crate::http::page::moment;
use crate::view::Problem;
use crate::view::console::{
    AuthoritiesPage, AuthorityFormPage, AuthorityPage, AuthorityRow, HistoryRow,
};

const RIGHTS: [Right; 1] = [Right::ChangeAuthorities];

/// `GET /console/authorities`
pub async fn list(visit: Visit, request: HttpRequest) -> HttpResponse {
    show_page(&visit, &request, &[Right::SeeAuthorities], async |desk| {
        let database = &visit.state.database;
        let stored = database
            .read(|store| store.list_certificate_authorities())
            .await?;
        let standings = visit.state.standings.look(visit.cx.now);
        let row = |ca| row(&visit, ca, &standings);
        let page = AuthoritiesPage {
            frame: frame(&visit, desk),
            bench: bench(desk),
            authorities: stored.authorities.iter().map(row).collect(),
            unreadable: (stored.unreadable.iter())
                .map(|one| (one.id.to_string(), one.problem.clone()))
                .collect(),
            may_change: desk.may(Right::ChangeAuthorities),
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    })
    .await
}

fn row<'a>(
    visit: &Visit,
    ca: &'a CertificateAuthority,
    standings: &[AuthorityStanding],
) -> AuthorityRow<'a> {
    let found = standings.iter().find(|one| one.id == ca.id.as_str());
    let lines = found.map(|one| one.errors.iter().chain(&one.warnings));
    let lines: Vec<_> = lines.into_iter().flatten().cloned().collect();
    AuthorityRow {
        id: ca.id.as_str(),
        name: &ca.entry.name,
        region: region(visit, &ca.entry),
        state: ca.state.as_str(),
        is_good: lines.is_empty(),
        standing: match (found, lines.is_empty()) {
            (None, _) => "–".to_owned(),
            (Some(_), true) => word(visit, "authority-good"),
            (Some(_), false) => lines.join("; "),
        },
    }
}

/// `GET /console/authorities/{id}`
pub async fn show(visit: Visit, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    show_page(&visit, &request, &[Right::SeeAuthorities], async |desk| {
        let ca = find(&visit, &id).await?;
        let of = ca.id.clone();
        let database = &visit.state.database;
        let changes = database
            .read(move |store| store.list_ca_changes(&of))
            .await?;
        let page = AuthorityPage {
            frame: frame(&visit, desk),
            bench: bench(desk),
            id: ca.id.as_str(),
            name: &ca.entry.name,
            revision: ca.revision,
            state: ca.state.as_str(),
            facts: of_entry(&visit, &ca.id, &ca.entry),
            certificates: certificates(&visit, &ca.entry),
            history: changes
                .iter()
                .rev()
                .map(|one| history(&visit, one))
                .collect(),
            may_change: desk.may(Right::ChangeAuthorities),
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    })
    .await
}

fn history(visit: &Visit, entry: &CaChangeEntry) -> HistoryRow {
    let change = &entry.change;
    HistoryRow {
        revision: change.revision,
        at: visit.locale.date_time(moment(change.at)),
        by: change.by.clone(),
        act: change.act.as_str(),
        reason: change.reason.clone().unwrap_or_default(),
    }
}

/// `POST /console/authorities/{id}`: recognise it, or recognise it no more.
pub async fn state(
    mut visit: Visit,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    let back = format!("{AUTHORITIES}/{id}");
    visit.at(&back);
    submit(&visit, (&request, &body), &RIGHTS, async |desk, form| {
        let ca = find(&visit, &id).await?;
        let (id, revision) = (ca.id, revision(form)?);
        let change = match form.one("do")? {
            "activate" => Change::ActivateCa { id, revision },
            "suspend" => Change::SuspendCa { id, revision },
            _ => return Err(invalid()),
        };
        let reason = reason(form)?;
        review(&visit, desk, (proposal(change, reason), &back)).await
    })
    .await
}

/// `GET /console/authorities/new`
pub async fn ask(visit: Visit, request: HttpRequest) -> HttpResponse {
    show_page(&visit, &request, &RIGHTS, async |desk| {
        let text = (String::new(), String::new());
        Ok(form_page(&visit, desk, (None, &text, None)))
    })
    .await
}

/// `GET /console/authorities/{id}/change`
pub async fn ask_change(visit: Visit, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    show_page(&visit, &request, &RIGHTS, async |desk| {
        let ca = find(&visit, &id).await?;
        let text = toml::to_string_pretty(&ca.entry).map_err(Failure::internal)?;
        let of = Some((ca.id.as_str(), ca.revision));
        Ok(form_page(&visit, desk, (of, &(text, String::new()), None)))
    })
    .await
}

/// `POST /console/authorities/new`
pub async fn add(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at("/console/authorities/new");
    submit(&visit, (&request, &body), &RIGHTS, async |desk, form| {
        let (text, why) = typed(form)?;
        let wanted = read_new(&text).and_then(|(id, entry)| {
            judge(&id, &entry)?;
            Ok(Change::AddCa { id, entry })
        });
        match (wanted, reason(form)) {
            (Ok(change), Ok(reason)) => {
                review(&visit, desk, (proposal(change, reason), AUTHORITIES)).await
            }
            (Err(wrong), _) => {
                let wrong = Some(("ca-entry-unreadable", Some(wrong.as_str())));
                Ok(form_page(&visit, desk, (None, &(text, why), wrong)))
            }
            (Ok(_), Err(failure)) => {
                let wrong = Some((failure.code, None));
                Ok(form_page(&visit, desk, (None, &(text, why), wrong)))
            }
        }
    })
    .await
}

/// `POST /console/authorities/{id}/change`
pub async fn change(
    mut visit: Visit,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    let back = format!("{AUTHORITIES}/{id}");
    visit.at(&format!("{back}/change"));
    submit(&visit, (&request, &body), &RIGHTS, async |desk, form| {
        let (id, revision) = (find(&visit, &id).await?.id, revision(form)?);
        let (text, why) = typed(form)?;
        let entry = toml::from_str::<CaEntry>(&text).map_err(|e| e.to_string());
        let entry = entry.and_then(|entry| judge(&id, &entry).map(|()| entry));
        let of = Some((id.as_str(), revision));
        match (entry, reason(form)) {
            (Ok(entry), Ok(reason)) => {
                let change = Change::ChangeCa {
                    id: id.clone(),
                    revision,
                    entry,
                };
                review(&visit, desk, (proposal(change, reason), &back)).await
            }
            (Err(wrong), _) => {
                let wrong = Some(("ca-entry-unreadable", Some(wrong.as_str())));
                Ok(form_page(&visit, desk, (of, &(text, why), wrong)))
            }
            (Ok(_), Err(failure)) => {
                let wrong = Some((failure.code, None));
                Ok(form_page(&visit, desk, (of, &(text, why), wrong)))
            }
        }
    })
    .await
}

/// A new entry begins with its identifier.
fn read_new(text: &str) -> Result<(CaId, CaEntry), String> {
    let mut table: toml::Table = text.parse().map_err(|e: toml::de::Error| e.to_string())?;
    let id = table.remove("id");
    let id = id.as_ref().and_then(toml::Value::as_str);
    let id = id.ok_or("`id` is missing: lower-case letters, digits and hyphens")?;
    let entry = table
        .try_into()
        .map_err(|e: toml::de::Error| e.to_string())?;
    Ok((CaId::from_text(id), entry))
}

/// What nobody could be judged by is not proposed.
fn judge(id: &CaId, entry: &CaEntry) -> Result<(), String> {
    Registered::of_one(id, entry)
        .map(drop)
        .map_err(|error| error.to_string())
}

fn typed(form: &Form) -> Result<(String, String), Failure> {
    Ok((
        form.one("entry")?.to_owned(),
        form.one("reason")?.to_owned(),
    ))
}

type Wrong<'a> = Option<(&'static str, Option<&'a str>)>;

fn form_page(
    visit: &Visit,
    desk: &Desk,
    (of, (entry, reason), wrong): (Option<(&str, u32)>, &(String, String), Wrong<'_>),
) -> HttpResponse {
    let page = AuthorityFormPage {
        frame: frame(visit, desk),
        bench: bench(desk),
        id: of.map(|(id, _)| id),
        revision: of.map_or(0, |(_, revision)| revision),
        entry,
        reason,
        problem: wrong.map(|(code, _)| Problem::plain(code)),
        why: wrong.and_then(|(_, why)| why),
    };
    let status = match wrong {
        None => StatusCode::OK,
        Some(_) => StatusCode::BAD_REQUEST,
    };
    visit.html(status, page.render())
}

async fn find(visit: &Visit, id: &str) -> Result<CertificateAuthority, Failure> {
    let id = CaId::from_text(id);
    let database = &visit.state.database;
    let found = database
        .read(move |store| store.find_certificate_authority(&id))
        .await?;
    found.ok_or(not_found())
}

fn revision(form: &Form) -> Result<u32, Failure> {
    form.one("revision")?.parse().or(Err(invalid()))
}
