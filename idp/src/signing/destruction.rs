//! Destruction: private keys inside a token that nobody needs any more go, and the store notes it.
//!
//! The store says which: withdrawn keys at once, retired ones a minute after their end. Where the token is away, the next
//! look tries again. One that the token does not destroy holds up no other.

use std::sync::Arc;

use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::cx::Cx;
use idp_core::id::KeyId;
use idp_core::signing_key::{Kept, SigningKey};
use idp_core::store::StoreError;
use idp_storage::Database;

use super::hsm::{Hsm, HsmError};
use super::making::off_worker;
use super::rotation::KeysError;

/// Destroys those that are inside this token; which.
pub async fn destroy_spent(
    database: &Database,
    hsm: &Arc<Hsm>,
    cx: &Cx,
) -> Result<Vec<KeyId>, KeysError> {
    let stored = database.read(|store| store.list_signing_keys()).await?;
    let is_here =
        |key: &SigningKey| matches!(&key.kept, Kept::Inside(token) if token == hsm.name());
    let mut destroyed = Vec::new();
    let mut refused = None;
    for key in stored
        .into_iter()
        .filter(|key| is_here(key) && key.is_spent(cx.now))
    {
        let (hsm, id) = (Arc::clone(hsm), key.id.clone());
        match off_worker(move || Ok(hsm.destroy(id.as_str())?)).await {
            Ok(_) => (),
            Err(KeysError::Hsm(error @ (HsmError::Refused(_) | HsmError::Wrong(_)))) => {
                refused.get_or_insert(error);
                continue;
            }
            Err(error) => return Err(error),
        }
        let (cx, id) = (cx.clone(), key.id.clone());
        let noted = database
            .write::<_, StoreError, _>(move |store| {
                if !store.destroy_signing_key(&key.id, cx.now)? {
                    return Ok(false);
                }
                store.append_audit(&AuditEvent {
                    detail: Some(format!("{} {}", key.algorithm.as_str(), key.id)),
                    ..AuditEvent::new(&cx, AuditKind::SigningKeyDestroyed)
                })?;
                Ok(true)
            })
            .await?;
        destroyed.extend(noted.then_some(id));
    }
    match refused {
        None => Ok(destroyed),
        Some(error) => Err(error.into()),
    }
}
