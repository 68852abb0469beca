//! `grant_type=client_credentials` (RFC 6749 §4.4).

use idp_core::token::client_credentials::{Asked as OwnAsked, grant};
use idp_core::token::mint::{TokenResponse, mint_own};

use super::{Asked, Ended};
use crate::http::error::Failure;
use crate::signing::signing;

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
        Ok(token) => {
            let cx = visit.cx.clone();
            let minted = signing(&visit.state.keys, move |signer| {
                mint_own(&cx, signer, &token)
            });
            Ok(minted.await??)
        }
        Err(refusal) => Err(Ended::Written(refusal)),
    }
}
