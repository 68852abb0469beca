//! Files that operators are given, at the console and over the admin API: under which name, and the export of the audit trail.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, Charset, ContentDisposition, DispositionParam,
    DispositionType, ExtendedValue,
};
use actix_web::{HttpResponse, web};
use futures_util::stream::try_unfold;
use idp_core::audit_export::note_audit_export;
use idp_core::duty::Mandate;
use idp_core::enterprise::EnterpriseRename;
use idp_core::hand::Hand;
use idp_core::listing::AuditFilter;

use super::error::Failure;
use super::extract::Visit;
use crate::clock;
use crate::event_table::{Export, Format};

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

/// A paper that somebody handed in: octets that no browser shows, whatever they are.
pub fn paper(rename: &EnterpriseRename, content: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header(attachment(&rename.evidence_name))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .body(content)
}

/// What a filter leaves of the audit trail. That it is given out is an event, written before the first line goes.
pub async fn audit_export(
    visit: &Visit,
    mandate: &Mandate,
    (filter, format): (AuditFilter, Format),
) -> Result<HttpResponse, Failure> {
    let hand = Hand::on_duty(mandate, None);
    let (cx, caller, noted) = (visit.cx.clone(), visit.caller(), filter.clone());
    let database = &visit.state.database;
    database
        .write(move |store| {
            let what = (&noted, format.as_str());
            note_audit_export(store, &cx, (&hand, Some(&caller)), what)
        })
        .await?;
    let export = Export::new(database.clone(), filter, format);
    Ok(piecewise(visit, export, format))
}

/// Piece by piece, as fast as whoever asked takes them. A piece that can't be read breaks the connection off: half a file must not
/// look like a whole one.
fn piecewise(visit: &Visit, export: Export, format: Format) -> HttpResponse {
    let at = clock::rfc3339(visit.cx.now).replace([':', '-'], "");
    let name = format!("audit-{at}.{}", format.as_str());
    let incident = visit.incident_id.clone();
    let pieces = try_unfold(export, move |mut export| {
        let incident = incident.clone();
        async move {
            match export.next().await {
                Ok(piece) => Ok(piece.map(|piece| (web::Bytes::from(piece), export))),
                Err(error) => {
                    tracing::error!(%incident, %error, "an export of the audit trail broke off");
                    Err(error)
                }
            }
        }
    });
    HttpResponse::Ok()
        .content_type(format.media_type())
        .insert_header(attachment(&name))
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(pieces)
}
