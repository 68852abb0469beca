//! `GET /console/enterprises/{credit_code}/do/{act}`: asking for what is done to an enterprise, with a reason.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::evidence::EVIDENCE_MAX;
use idp_core::inspect::{Sight, SightAsk};
use idp_core::listing::AuditFilter;
use idp_core::operator::Right;
use idp_core::region::{Region, regions};
use idp_core::session::LiveSince;

use super::bench::{bench, frame};
use super::enterprise::{acts, lock_acts, sight};
use super::enterprise_acts::asked as asked_act;
use super::enterprise_facts::{of_enterprise, of_part};
use super::paging::asked;
use super::shown::{not_found, show as show_page};
use super::{ENTERPRISE_ACT, ENTERPRISE_RENAME, ENTERPRISES, PERSONAL_DATA};
use crate::http::error::Failure;
use crate::http::extract::{Desk, Form, Visit};
use crate::http::page::region_name;
use crate::view::Choice;
use crate::view::console::{EnterpriseActPage, Fact};

/// What an act is about, where it is not about all of the enterprise: fields of the address and of the form.
const PARTS: [&str; 3] = ["lock", "session", "platform"];

/// `GET /console/enterprises/{credit_code}/do/{act}`
pub async fn ask(
    visit: Visit,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    let rights = [Right::ChangeEnterprises];
    show_page(&visit, &request, &rights, async |desk| {
        let (code, act) = path.into_inner();
        let ask = SightAsk {
            live: LiveSince::at(&visit.cx.settings, visit.cx.now),
            events: AuditFilter::default(),
            cursor: None,
            size: 1,
        };
        let sight = sight(&visit, &code, ask).await?;
        let mut facts = of_enterprise(&visit, &sight.enterprise);
        if let Some(act) = acts(&sight).into_iter().find(|known| *known == act) {
            return Ok(page(&visit, desk, (&sight, act), (facts, None)));
        }
        let part = PARTS.into_iter().find_map(|name| {
            let said = asked(&request, name)?;
            Some((name, said))
        });
        let (name, id) = part.ok_or(not_found())?;
        fits(&visit, &sight, (&act, name, &id))?;
        let fields = [("do", act.as_str()), (name, id.as_str())];
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let what = asked_act(&Form::of_pairs(fields.map(owned).to_vec()))
            .map_err(|_no_act| not_found())?;
        let of_part = of_part(&visit, &sight.enterprise, &what).await?;
        if of_part.is_empty() {
            return Err(not_found());
        }
        facts.extend(of_part);
        Ok(page(
            &visit,
            desk,
            (&sight, what.code()),
            (facts, Some((name, &id))),
        ))
    })
    .await
}

/// Of a lock only what fits its state is asked for.
fn fits(visit: &Visit, sight: &Sight, (act, part, id): (&str, &str, &str)) -> Result<(), Failure> {
    if part != "lock" {
        return Ok(());
    }
    let lock = sight.locks.iter().find(|one| one.id.as_str() == id);
    let fitting = lock_acts(visit, lock.ok_or(not_found())?, sight);
    if fitting.contains(&act) {
        Ok(())
    } else {
        Err(Failure::refused(
            StatusCode::CONFLICT,
            "enterprise-lock-state",
        ))
    }
}

fn page(
    visit: &Visit,
    desk: &Desk,
    (sight, act): (&Sight, &str),
    (facts, part): (Vec<Fact>, Option<(&str, &str)>),
) -> HttpResponse {
    let code = sight.enterprise.credit_code.as_str();
    let back = format!("{ENTERPRISES}/{code}");
    let mut hidden = vec![("credit_code", code), ("do", act), ("back", &*back)];
    hidden.extend(part);
    let named = |one: Region| Choice {
        value: one.code,
        label: region_name(one, visit.locale),
    };
    let page = EnterpriseActPage {
        frame: frame(visit, desk),
        bench: bench(desk),
        code,
        act,
        facts,
        hidden,
        action: match act {
            "rename" => ENTERPRISE_RENAME,
            "export-personal-data" => PERSONAL_DATA,
            _ => ENTERPRISE_ACT,
        },
        regions: match act {
            "correct" => regions().map(named).collect(),
            _ => Vec::new(),
        },
        evidence_max: EVIDENCE_MAX,
    };
    visit.html(StatusCode::OK, page.render())
}
