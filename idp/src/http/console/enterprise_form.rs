//! `GET /console/enterprises/{credit_code}/do/{act}`: asking for what is done to an enterprise, with a reason.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::inspect::{Sight, SightAsk};
use idp_core::key_lock::KeyLock;
use idp_core::listing::AuditFilter;
use idp_core::operator::Right;
use idp_core::session::LiveSince;

use super::bench::{bench, frame};
use super::enterprise::{acts, lock_acts, sight};
use super::enterprise_facts::of_lock;
use super::paging::asked;
use super::shown::{not_found, show as show_page};
use super::{ENTERPRISE_ACT, ENTERPRISES};
use crate::http::error::Failure;
use crate::http::extract::{Desk, Visit};
use crate::view::console::{EnterpriseActPage, Fact};

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
        if let Some(act) = acts(&sight).into_iter().find(|known| *known == act) {
            return Ok(page(&visit, desk, (&sight, act, None)));
        }
        let lock = asked(&request, "lock").ok_or(not_found())?;
        let lock = sight.locks.iter().find(|one| one.id.as_str() == lock);
        let lock = lock.ok_or(not_found())?;
        let fits = lock_acts(&visit, lock, &sight);
        let act = fits.into_iter().find(|known| *known == act);
        let refused = Failure::refused(StatusCode::CONFLICT, "enterprise-lock-state");
        Ok(page(
            &visit,
            desk,
            (&sight, act.ok_or(refused)?, Some(lock)),
        ))
    })
    .await
}

fn page(
    visit: &Visit,
    desk: &Desk,
    (sight, act, lock): (&Sight, &str, Option<&KeyLock>),
) -> HttpResponse {
    let enterprise = &sight.enterprise;
    let code = enterprise.credit_code.as_str();
    let back = format!("{ENTERPRISES}/{code}");
    let mut facts = vec![
        Fact::new("claim-name", &enterprise.name),
        Fact::code("claim-credit_code", code),
    ];
    let mut hidden = vec![("credit_code", code), ("do", act), ("back", &*back)];
    if let Some(lock) = lock {
        facts.extend(of_lock(visit, lock));
        hidden.push(("lock", lock.id.as_str()));
    }
    let page = EnterpriseActPage {
        frame: frame(visit, desk),
        bench: bench(desk),
        code,
        act,
        facts,
        hidden,
        action: ENTERPRISE_ACT,
        regions: Vec::new(),
    };
    visit.html(StatusCode::OK, page.render())
}
