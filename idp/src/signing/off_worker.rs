//! Signing without holding up others: what is signed inside a token takes as long as the token takes.

use std::sync::Arc;

use idp_core::signer::{NotSigned, Signer};

use super::KeyRing;

/// Runs what signs; off the worker where keys are inside a token, and not at all while that is known to be away: a token that
/// hangs must not fill the threads of everybody else. In memory a signature is quicker than the way there.
pub async fn signing<T: Send + 'static>(
    keys: &Arc<KeyRing>,
    sign: impl FnOnce(&dyn Signer) -> T + Send + 'static,
) -> Result<T, NotSigned> {
    if !keys.is_inside() {
        return Ok(sign(&**keys));
    }
    if keys.is_out_of_reach() {
        return Err(NotSigned::OutOfReach("its token is away".to_owned()));
    }
    let keys = Arc::clone(keys);
    tokio::task::spawn_blocking(move || sign(&*keys))
        .await
        .map_err(|error| NotSigned::OutOfReach(error.to_string()))
}
