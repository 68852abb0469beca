//! Evidence (证明材料) of a change of name: handed in with the change (`POST /console/enterprises/rename`), and given out as a file
//! that no browser shows (`GET /console/enterprises/{credit_code}/evidence/{sha256}`).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::evidence::EVIDENCE_MAX;
use idp_core::inspect::find_paper;
use idp_core::operate::new_name;
use idp_core::operator::Right;
use pki::holder::credit_code::CreditCode;

use super::act::review;
use super::asked::reason;
use super::shown::{not_found, refusal, show as show_page, within};
use crate::http::error::Failure;
use crate::http::extract::upload::Upload;
use crate::http::extract::{Desk, Form, Visit};
use crate::http::file::paper;
use crate::operating::{Act, EnterpriseAct, hand_in};

/// `POST /console/enterprises/rename`
pub async fn rename(mut visit: Visit, request: HttpRequest, body: web::Payload) -> HttpResponse {
    visit.at(super::ENTERPRISES);
    let asked = async {
        // Before anything of the body is read.
        let desk = Desk::find(&visit, &request).await?;
        desk.mandate(&visit, Right::ChangeEnterprises).await?;
        let upload = Upload::read(&request, body, ("evidence", EVIDENCE_MAX)).await?;
        desk.check_form(&visit, &upload.form).await?;
        handed_in(&visit, &desk, upload).await
    };
    asked
        .await
        .unwrap_or_else(|failure: Failure| refusal(&visit, &failure, (&Form::parse(b""), false)))
}

async fn handed_in(visit: &Visit, desk: &Desk, upload: Upload) -> Result<HttpResponse, Failure> {
    let form = &upload.form;
    let credit_code = form.one("credit_code")?.trim().to_owned();
    let unreadable = Failure::refused(StatusCode::BAD_REQUEST, "enterprise-name");
    let new_name = new_name(form.one("new_name")?).or(Err(unreadable))?;
    let (reason, back) = (reason(form)?, within(form.one("back")?).to_owned());
    let missing = Failure::refused(StatusCode::BAD_REQUEST, "evidence-missing");
    let file = upload.file.ok_or(missing)?;
    let session_over = Failure::refused(StatusCode::UNAUTHORIZED, "operator-session-over");
    let authentication = desk.authentication().ok_or(session_over)?;
    let bad_code = Failure::refused(StatusCode::BAD_REQUEST, "bad-credit-code");
    let code: CreditCode = credit_code.parse().or(Err(bad_code))?;
    check_new(visit, &code, &new_name).await?;
    let file = (&*file.name, file.content);
    let facts = hand_in(&visit.state.database, &visit.cx, authentication, file).await?;
    let act = Act::Enterprise {
        credit_code,
        what: EnterpriseAct::Rename {
            new_name,
            evidence: facts,
        },
        reason,
    };
    review(visit, desk, (act, &back)).await
}

/// Nobody signs for the name that it has.
async fn check_new(visit: &Visit, code: &CreditCode, name: &str) -> Result<(), Failure> {
    let (code, database) = (code.clone(), &visit.state.database);
    let found = database
        .read(move |store| store.find_enterprise_by_credit_code(&code))
        .await?;
    match found {
        Some(enterprise) if enterprise.name == name => {
            Err(Failure::refused(StatusCode::CONFLICT, "change-nothing"))
        }
        _ => Ok(()),
    }
}

/// `GET /console/enterprises/{credit_code}/evidence/{sha256}`
pub async fn download(
    visit: Visit,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    show_page(&visit, &request, &[Right::SeeEnterprises], async |_| {
        let (code, sha256) = path.into_inner();
        let code: CreditCode = code.parse().map_err(|_malformed| not_found())?;
        let database = &visit.state.database;
        let found = database
            .read(move |store| find_paper(store, &code, &sha256))
            .await?;
        let (rename, content) = found.ok_or(not_found())?;
        Ok(paper(&rename, content))
    })
    .await
}
