//! `grant_type=refresh_token` (RFC 6749 §6).

use idp_core::refresh_token::refresh_token_sha256;
use idp_core::store::{Store, StoreError};
use idp_core::token::TokenRefusal;
use idp_core::token::mint::TokenResponse;
use idp_core::token::refresh::{Refreshed, Refreshing, refresh, take_back};

use super::{Asked, Ended};
use crate::http::error::Failure;
use crate::http::extract::{Visit, revoked};

pub(super) async fn refreshed(asked: Asked<'_>) -> Result<TokenResponse, Ended> {
    let visit = asked.visit;
    let text = asked.needed("refresh_token", "refresh_token is missing")?;
    let refreshing = Refreshing {
        lock_is_over: lock_is_over(visit, &text).await?,
        text: text.clone(),
        scope: asked.parameter("scope")?,
        resources: asked.resources(),
        confirmation: asked.confirmation.clone(),
    };
    let (cx, caller, platform) = (visit.cx.clone(), visit.caller(), asked.platform.clone());
    let refreshed = visit
        .state
        .database
        .write(move |store| refresh(store, &cx, &caller, &platform, &refreshing))
        .await
        .map_err(Failure::from)?;
    match refreshed {
        Refreshed::Granted(granted) => {
            let minted = asked.minted(*granted).await;
            if minted.is_err() {
                let cx = visit.cx.clone();
                let back = move |store: &mut dyn Store| take_back(store, &cx, &text);
                let back: Result<bool, StoreError> = visit.state.database.write(back).await;
                back.map_err(Failure::from)?;
            }
            minted
        }
        Refreshed::Refused(refusal) => Err(Ended::Written(refusal)),
        Refreshed::Reused => Err(Ended::Written(TokenRefusal::InvalidGrant(
            "the refresh token was used before",
        ))),
    }
}

/// Lists, or the registry, may have changed since the lock signed. Where there is no such token, refreshing says so.
async fn lock_is_over(visit: &Visit, text: &str) -> Result<bool, Failure> {
    let sha256 = refresh_token_sha256(text);
    let standing = visit
        .state
        .database
        .read(move |store| match store.find_refresh_token(&sha256)? {
            Some(token) => store.find_grant_standing(&token.grant_id),
            None => Ok(None),
        })
        .await?;
    match standing {
        Some(standing) => revoked::is_over(visit, &standing.key_lock).await,
        None => Ok(false),
    }
}
