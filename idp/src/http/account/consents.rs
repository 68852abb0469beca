//! `GET /account/consents`: what each platform may have; `/account/consents/revoke` takes it back.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::account::{AccountRefusal, revoke_consent};
use idp_core::consent::{FreshConsent, StandingConsent};
use idp_core::ephemeral::TypedEphemeral as _;
use idp_core::id::PlatformId;
use idp_core::platform::Platform;
use idp_core::presence::Present;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use super::shown;
use crate::http::error::Failure;
use crate::http::extract::browser::see_other;
use crate::http::extract::form::parameter;
use crate::http::extract::{Browser, Form, Visit};
use crate::http::{onward, page, routes};
use crate::view::{ConsentRow, ConsentsPage, RevokeConsentPage};

/// A consent with its platform and when it was last used.
type Given = (StandingConsent, Platform, Option<Timestamp>);

/// `GET /account/consents`
pub async fn show(visit: Visit, request: HttpRequest) -> HttpResponse {
    shown::show(&visit, &request, async |browser| {
        let given = given(&visit, browser.present()?).await?;
        let in_force = given
            .iter()
            .filter(|(consent, ..)| consent.revoked_at.is_none());
        let named = parameter(&request, "revoked");
        // An address can be made up.
        let revoked = given.iter().find(|(consent, platform, _)| {
            consent.revoked_at.is_some() && named.as_deref() == Some(platform.id.as_str())
        });
        let page = ConsentsPage {
            frame: visit.frame(Some(browser)),
            consents: in_force.map(|given| row(&visit, given)).collect(),
            revoked: revoked.map(|(_, platform, _)| page::platform_name(platform, visit.locale)),
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    })
    .await
}

/// `GET /account/consents/revoke`
pub async fn ask(visit: Visit, request: HttpRequest) -> HttpResponse {
    shown::show(&visit, &request, async |browser| {
        let id = parameter(&request, "platform").unwrap_or_default();
        let given = given(&visit, browser.present()?).await?;
        let found = given.iter().find(|(consent, platform, _)| {
            consent.revoked_at.is_none() && platform.id.as_str() == id
        });
        let page = RevokeConsentPage {
            frame: visit.frame(Some(browser)),
            consent: row(&visit, found.ok_or(not_in_force())?),
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    })
    .await
}

/// `POST /account/consents/revoke`
pub async fn submit(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let at = (&mut visit, routes::ACCOUNT_CONSENTS);
    shown::submit(at, (&request, &body), revoke).await
}

async fn revoke(
    visit: &Visit,
    browser: &mut Browser,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    let present = browser.present()?;
    let platform = PlatformId::from_text(form.one("platform")?);
    // One just given here and not used yet goes with it.
    let fresh = onward::fresh_name(present, &platform);
    let ephemeral = &visit.state.ephemeral;
    ephemeral.take_record::<FreshConsent>(&fresh).await?;
    let (cx, caller, of) = (visit.cx.clone(), visit.caller(), platform.clone());
    let (language, who) = (visit.locale.tag(), present.authentication.clone());
    let revoked = visit
        .state
        .database
        .write(move |store| revoke_consent(store, &cx, &caller, &who, (&of, language)))
        .await?;
    revoked.map_err(shown::refused)?;
    Ok(see_other(&routes::consents_after_revoking(&platform)))
}

fn not_in_force() -> Failure {
    shown::refused(AccountRefusal::ConsentNotInForce)
}

async fn given(visit: &Visit, present: &Present) -> Result<Vec<Given>, Failure> {
    let enterprise = present.enterprise.id.clone();
    let database = &visit.state.database;
    let given = database.read(move |store| {
        let mut given = Vec::new();
        for consent in store.list_standing_consents(&enterprise)? {
            let Some(platform) = store.find_platform(&consent.platform_id)? else {
                continue;
            };
            let last = store.find_last_grant_at(&enterprise, &platform.id)?;
            given.push((consent, platform, last));
        }
        Ok::<_, StoreError>(given)
    });
    Ok(given.await?)
}

fn row<'a>(visit: &Visit, (consent, platform, last): &'a Given) -> ConsentRow<'a> {
    let written = |at: Timestamp| visit.locale.date_time(page::moment(at));
    let scopes = consent.scopes.iter();
    ConsentRow {
        platform_id: platform.id.as_str(),
        consent_id: consent.consent_id.as_str(),
        platform: page::platform_name(platform, visit.locale),
        since: written(consent.granted_at),
        last_used: last.map(written),
        scopes: scopes
            .map(|scope| (scope.as_str(), scope.claims()))
            .collect(),
    }
}
