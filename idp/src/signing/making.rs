//! Making: new keys of what is due, side by side and off the worker.

use std::time::Duration;

use idp_core::cx::Cx;
use idp_core::platform::JwsAlgorithm;
use idp_core::signing_key::SigningKey;
use idp_core::timestamp::Timestamp;

use super::Keeper;
use super::hsm::HsmError;
use super::key_pair::BadKey;
use super::rotation::KeysError;

/// How long a withdrawal waits for its successor: the key that others hold signs meanwhile.
const PATIENCE: Duration = Duration::from_secs(20);

/// A key to be made: for what, its generation, and from when it signs.
pub(super) type Due = (JwsAlgorithm, u32, Timestamp);

/// A key of every algorithm.
pub(super) fn all_due(keeper: &Keeper, stored: &[SigningKey], signs_from: Timestamp) -> Vec<Due> {
    keeper
        .algorithms()
        .map(|algorithm| (algorithm, next_generation(stored, algorithm), signs_from))
        .collect()
}

/// The generation of a successor to what was found. Fixed before the transaction: of two processes that
/// found the same, one gets it.
pub(super) fn next_generation(stored: &[SigningKey], algorithm: JwsAlgorithm) -> u32 {
    let same = stored.iter().filter(|key| key.algorithm == algorithm);
    same.map(|key| key.generation).max().unwrap_or(0) + 1
}

/// Side by side: an RSA key takes a while, and the first start makes all. What could be made, and why not all were.
pub(super) async fn generate_all(
    keeper: &Keeper,
    cx: &Cx,
    due: Vec<Due>,
) -> (Vec<SigningKey>, Option<KeysError>) {
    let threads: Vec<_> = due
        .into_iter()
        .map(|due| {
            let (keeper, cx) = (keeper.clone(), cx.clone());
            tokio::task::spawn_blocking(move || generate(&keeper, &cx, due))
        })
        .collect();
    let mut made = Vec::new();
    let mut first_error = None;
    for thread in threads {
        match thread.await.unwrap_or(Err(KeysError::BadKey(BadKey))) {
            Ok(key) => made.push(key),
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
    }
    (made, first_error)
}

/// As [`generate_all`], for what can't wait for a token that hangs. What is made later comes to nothing.
pub(super) async fn generate_in_time(
    keeper: &Keeper,
    cx: &Cx,
    due: Vec<Due>,
) -> (Vec<SigningKey>, Option<KeysError>) {
    let (ours, cx) = (keeper.clone(), cx.clone());
    let mut making = tokio::spawn(async move { generate_all(&ours, &cx, due).await });
    if let Ok(made) = tokio::time::timeout(PATIENCE, &mut making).await {
        return made.unwrap_or((Vec::new(), Some(KeysError::BadKey(BadKey))));
    }
    let keeper = keeper.clone();
    tokio::spawn(async move {
        let (late, _) = making.await.unwrap_or_default();
        for key in late {
            keeper.discard(key).await;
        }
    });
    let why = HsmError::Away("it made no key in time".to_owned());
    (Vec::new(), Some(why.into()))
}

/// Runs what a token may take its time for.
pub(super) async fn off_worker<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KeysError> + Send + 'static,
) -> Result<T, KeysError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(KeysError::BadKey(BadKey)))
}

/// A new key with its place in the calendar.
fn generate(
    keeper: &Keeper,
    cx: &Cx,
    (algorithm, generation, signs_from): Due,
) -> Result<SigningKey, KeysError> {
    let made = keeper.make(algorithm)?;
    Ok(SigningKey {
        id: made.id,
        algorithm,
        generation,
        public_jwk: made.public_jwk,
        kept: made.kept,
        created_at: cx.now,
        signs_from,
        retired_at: None,
        withdrawn_at: None,
    })
}
