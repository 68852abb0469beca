//! Leave: how the browser goes to a platform, with an answer or without.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use idp_core::authorization::ResponseMode;
use idp_core::authorize::Answer;
use idp_core::id::PlatformId;

use super::error::Failure;
use super::extract::Visit;
use super::{guard, page};
use crate::view::RedirectingPage;

/// With an answer of the authorization endpoint.
pub async fn with(
    visit: &Visit,
    platform: &PlatformId,
    answer: &Answer,
) -> Result<HttpResponse, Failure> {
    match answer.mode {
        ResponseMode::Query => {
            let address = answer.address();
            let unreadable = Failure::internal("a registered redirect URI can't be read");
            Ok(to(&address.ok_or(unreadable)?))
        }
        ResponseMode::FormPost => by_form(visit, platform, answer).await,
    }
}

/// 303: whatever brought the browser here, it goes on with a GET (RFC 9700 §2.6 forbids 307).
pub fn to(uri: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, uri))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// A page that posts the answer: by script at once, by its button without.
async fn by_form(
    visit: &Visit,
    platform: &PlatformId,
    answer: &Answer,
) -> Result<HttpResponse, Failure> {
    let found = visit.state.database.find_platform(platform).await?;
    let name = found
        .as_deref()
        .map(|platform| page::platform_name(platform, visit.locale));
    let page = RedirectingPage {
        frame: visit.frame(None),
        action: &answer.redirect_uri,
        fields: &answer.parameters,
        platform_name: name.unwrap_or_default(),
    };
    let mut response = visit.html(StatusCode::OK, page.render());
    guard::allow_forms_to(&mut response, [answer.redirect_uri.as_str()].into_iter());
    Ok(response)
}
