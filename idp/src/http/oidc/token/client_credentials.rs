//! `grant_type=client_credentials` (RFC 6749 §4.4).

use idp_core::token::client_credentials::{Asked as OwnAsked, grant};
use idp_core::token::mint::{TokenResponse, mint_own};

use super::{Asked, Ended};
use crate::http::error::Failure;

pub(super) async fn granted(asked: Asked<'_>) -> Result<TokenResponse, Ended> {
    let visit = asked.visit;
    let (cx, caller, platform) = (visit.cx.clone(), visit.caller(), asked.platform.clone());
    let own = OwnAsked {
        scope: asked.parameter("scope")?,
        resources: asked.resources(),
        confirmation: asked.confirmation.clone(),
    };
    let granted = visit
        .state
        .database
        .write(move |store| grant(store, &cx, &caller, &platform, &own))
        .await
        .map_err(Failure::from)?;
    match granted {
        Ok(token) => mint_own(&visit.cx, &*visit.state.keys, &token)
            .map_err(|error| Ended::Failed(Failure::internal(error))),
        Err(refusal) => Err(Ended::Written(refusal)),
    }
}
