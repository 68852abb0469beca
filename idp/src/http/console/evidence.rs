//! Evidence (证明材料) of a change of name: handed in with the change (`POST /console/enterprises/rename`), and given out as a file
//! that no browser shows (`GET /console/enterprises/{credit_code}/evidence/{sha256}`).

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, Charset, ContentDisposition, DispositionParam,
    DispositionType, ExtendedValue,
};
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::enterprise::EnterpriseRename;
use idp_core::evidence::{EVIDENCE_MAX, Evidence};
use idp_core::operate::{hand_in, new_name};
use idp_core::operator::Right;
use idp_core::store::StoreError;
use pki::holder::credit_code::CreditCode;

use super::act::review;
use super::asked::reason;
use super::shown::{not_found, show as show_page, within};
use crate::http::error::Failure;
use crate::http::extract::upload::Upload;
use crate::http::extract::{Desk, Visit};
use crate::operating::{Act, ActError, EnterpriseAct};

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
        .unwrap_or_else(|failure: Failure| failure.page(&visit))
}

async fn handed_in(visit: &Visit, desk: &Desk, upload: Upload) -> Result<HttpResponse, Failure> {
    let form = &upload.form;
    let credit_code = form.one("credit_code")?.trim().to_owned();
    let unreadable = Failure::refused(StatusCode::BAD_REQUEST, "enterprise-name");
    let new_name = new_name(form.one("new_name")?).or(Err(unreadable))?;
    let (reason, back) = (reason(form)?, within(form.one("back")?).to_owned());
    let missing = Failure::refused(StatusCode::BAD_REQUEST, "evidence-missing");
    let file = upload.file.ok_or(missing)?;
    let evidence = Evidence::named(&file.name, file.content);
    let facts = evidence.facts();
    let session_over = Failure::refused(StatusCode::UNAUTHORIZED, "operator-session-over");
    let authentication = desk.authentication().cloned().ok_or(session_over)?;
    let cx = visit.cx.clone();
    visit
        .state
        .database
        .write(move |store| hand_in(store, &cx, &authentication, evidence))
        .await
        .map_err(ActError::from)?;
    let act = Act::Enterprise {
        credit_code,
        what: EnterpriseAct::Rename {
            new_name,
            evidence: facts,
        },
        reason,
    };
    if act.credit_code().is_none() {
        return Err(Failure::refused(StatusCode::BAD_REQUEST, "bad-credit-code"));
    }
    review(visit, desk, (act, &back)).await
}

/// `GET /console/enterprises/{credit_code}/evidence/{sha256}`
pub async fn download(
    visit: Visit,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    show_page(&visit, &request, &[Right::SeeEnterprises], async |_| {
        let (code, sha256) = path.into_inner();
        let found = find(&visit, &code, sha256).await?;
        let (rename, content) = found.ok_or(not_found())?;
        Ok(HttpResponse::Ok()
            .content_type("application/octet-stream")
            .insert_header(attachment(&rename.evidence_name))
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
            .body(content))
    })
    .await
}

async fn find(
    visit: &Visit,
    code: &str,
    sha256: String,
) -> Result<Option<(EnterpriseRename, Vec<u8>)>, Failure> {
    let code: CreditCode = code.parse().map_err(|_malformed| not_found())?;
    let database = &visit.state.database;
    let found = database.read(move |store| {
        let Some(enterprise) = store.find_enterprise_by_credit_code(&code)? else {
            return Ok::<_, StoreError>(None);
        };
        let renames = store.list_enterprise_renames(&enterprise.id)?;
        let kept =
            |one: &EnterpriseRename| one.evidence_sha256 == sha256 && !one.evidence_name.is_empty();
        let Some(rename) = renames.into_iter().find(kept) else {
            return Ok(None);
        };
        let content = store.find_rename_evidence(&enterprise.id, &sha256)?;
        Ok(content.map(|content| (rename, content)))
    });
    Ok(found.await?)
}

/// A file to keep, under the name it came with (RFC 6266).
pub fn attachment(name: &str) -> ContentDisposition {
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::FilenameExt(ExtendedValue {
            charset: Charset::Ext("UTF-8".to_owned()),
            language_tag: None,
            value: name.as_bytes().to_vec(),
        })],
    }
}
