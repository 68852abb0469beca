//! `grant_type=authorization_code` (RFC 6749 §4.1.3).

use idp_core::authorization::{AuthorizationCode, code_sha256};
use idp_core::ephemeral::{Spent, TypedEphemeral as _};
use idp_core::id::KeyLockId;
use idp_core::token::TokenRefusal;
use idp_core::token::authorization_code::{Redeemed, Redemption, redeem};
use idp_core::token::mint::TokenResponse;

use super::{Asked, Ended};
use crate::http::error::Failure;
use crate::http::extract::{Visit, revoked};

pub(super) async fn redeemed(asked: Asked<'_>) -> Result<TokenResponse, Ended> {
    let visit = asked.visit;
    let code_sha256 = code_sha256(&asked.needed("code", "code is missing")?);
    let (redirect_uri, code_verifier) = (
        asked.parameter("redirect_uri")?,
        asked.parameter("code_verifier")?,
    );
    let code = visit
        .state
        .ephemeral
        .spend_record::<AuthorizationCode>(&code_sha256)
        .await?;
    let redemption = Redemption {
        lock_is_over: match &code {
            Spent::Won(code) => lock_is_over(visit, &code.key_lock_id).await?,
            Spent::Before(_) | Spent::Unknown => false,
        },
        code,
        code_sha256,
        redirect_uri,
        code_verifier,
        confirmation: asked.confirmation.clone(),
        resources: asked.resources(),
    };
    let (cx, caller, platform) = (visit.cx.clone(), visit.caller(), asked.platform.clone());
    let redeemed = visit
        .state
        .database
        .write(move |store| redeem(store, &cx, &caller, &platform, &redemption))
        .await
        .map_err(Failure::from)?;
    match redeemed {
        Redeemed::Granted(granted) => asked.minted(*granted).await,
        Redeemed::Refused(refusal) => Err(Ended::Written(refusal)),
        Redeemed::Replayed => Err(Ended::Written(TokenRefusal::InvalidGrant(
            "the code was used before",
        ))),
    }
}

/// The lists, or the registry, may have changed in the minute since the code went out.
async fn lock_is_over(visit: &Visit, id: &KeyLockId) -> Result<bool, Failure> {
    let id = id.clone();
    let found = visit
        .state
        .database
        .read(move |store| store.find_key_lock(&id))
        .await?;
    match found {
        Some(key_lock) => revoked::is_over(visit, &key_lock).await,
        None => Ok(true),
    }
}
