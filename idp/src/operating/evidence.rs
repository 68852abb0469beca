//! Evidence (证明材料) that waits for the signature under an act: handed in at the console and over the admin API alike.

use idp_core::cx::Cx;
use idp_core::duty::OperatorAuthentication;
use idp_core::evidence::{Evidence, EvidenceFacts};
use idp_core::operate::hand_in as keep;
use idp_storage::Database;

use super::ActError;

/// Keeps a file for the sign-in that handed it in; what an act says of it, so that this file and no other is signed for.
pub async fn hand_in(
    database: &Database,
    cx: &Cx,
    authentication: &OperatorAuthentication,
    (name, content): (&str, Vec<u8>),
) -> Result<EvidenceFacts, ActError> {
    let evidence = Evidence::named(name, content);
    let facts = evidence.facts();
    let (cx, authentication) = (cx.clone(), authentication.clone());
    database
        .write(move |store| keep(store, &cx, &authentication, evidence))
        .await?;
    Ok(facts)
}
