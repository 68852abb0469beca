//! `grant_type=client_credentials` (RFC 6749 §4.4).

use idp_core::token::client_credentials::grant;
use idp_core::token::mint::{TokenResponse, mint_own};

use super::{Asked, Ended};
use crate::http::error::Failure;

pub(super) async fn granted(asked: Asked<'_>) -> Result<TokenResponse, Ended> {
    let visit = asked.visit;
    let (cx, caller, platform) = (visit.cx.clone(), visit.caller(), asked.platform.clone());
    let (resources, confirmation) = (asked.resources(), asked.confirmation.clone());
    let granted = visit
        .state
        .database
        .write(move |store| {
            let bounds = (resources.as_slice(), confirmation.as_ref());
            grant(store, &cx, &caller, &platform, bounds)
        })
        .await
        .map_err(Failure::from)?;
    match granted {
        Ok(token) => mint_own(&visit.cx, &*visit.state.keys, &token)
            .map_err(|error| Ended::Failed(Failure::internal(error))),
        Err(refusal) => Err(Ended::Written(refusal)),
    }
}
