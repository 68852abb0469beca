//! Port to what is short-lived and single-use. Implemented by `idp-storage` in process and on Redis.
//!
//! Owns the operations and the name of each kind of record. Every entry has a lifetime; an entry
//! past it is gone, whatever the backend still holds. Single use rests on [`Ephemeral::take`] and
//! [`Ephemeral::spend`], which are atomic: of any number of callers one wins.

use std::future::Future;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::authorization::{AuthorizationCode, AuthorizationRequest, PushedRequest};
use crate::challenge::Challenge;
use crate::consent::{ConsentOffer, FreshConsent};
use crate::operator_session::OperatorSession;
use crate::session::{BrowserSession, ShownRefusal};
use crate::sign_out::{EndSession, SignedOut};

/// Why the port could not answer.
#[derive(Debug, thiserror::Error)]
pub enum EphemeralError {
    /// The backend is away or full.
    #[error("ephemeral store unavailable: {0}")]
    Unavailable(String),
    /// A record that no version of this program writes.
    #[error("impossible ephemeral record of kind {0}")]
    ImpossibleRecord(&'static str),
}

/// A record with a kind, so that a name of one kind never meets another's.
pub trait EphemeralRecord: Serialize + DeserializeOwned + Send + Sync {
    /// The kind; part of the key.
    const KIND: &'static str;
}

impl EphemeralRecord for Challenge {
    const KIND: &'static str = "challenge";
}
impl EphemeralRecord for AuthorizationRequest {
    const KIND: &'static str = "request";
}
impl EphemeralRecord for PushedRequest {
    const KIND: &'static str = "pushed";
}
impl EphemeralRecord for AuthorizationCode {
    const KIND: &'static str = "code";
}
impl EphemeralRecord for BrowserSession {
    const KIND: &'static str = "session";
}
impl EphemeralRecord for OperatorSession {
    const KIND: &'static str = "operator-session";
}
impl EphemeralRecord for ShownRefusal {
    const KIND: &'static str = "refusal";
}
impl EphemeralRecord for EndSession {
    const KIND: &'static str = "end-session";
}
impl EphemeralRecord for SignedOut {
    const KIND: &'static str = "signed-out";
}
impl EphemeralRecord for ConsentOffer {
    const KIND: &'static str = "offer";
}
impl EphemeralRecord for FreshConsent {
    const KIND: &'static str = "fresh";
}

/// Kinds that anybody can have us keep, unproven. They never get the last quarter of a bounded store, so
/// that a flood of them leaves room for those who signed.
pub const KEPT_FOR_STRANGERS: [&str; 7] = [
    Challenge::KIND,
    AuthorizationRequest::KIND,
    // By a public client's name alone.
    PushedRequest::KIND,
    PUSHED_ANSWERED,
    DPOP_USED,
    EndSession::KIND,
    ShownRefusal::KIND,
];

/// Kind of the set of pushed requests that were answered.
pub const PUSHED_ANSWERED: &str = "pushed-answered";

/// Kind of the set of `DPoP` proofs that were used.
pub const DPOP_USED: &str = "dpop";

/// How spending a single-use record ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spent<T> {
    /// This caller, and no other, has it.
    Won(T),
    /// Somebody had it before, and its lifetime is not over yet. What it was is handed out again, so
    /// that the second use can be answered for, not only refused.
    Before(T),
    /// Never there, or long gone.
    Unknown,
}

/// The operations, over octets. Typed access is [`TypedEphemeral`].
pub trait Ephemeral: Send + Sync {
    /// Stores, replacing what stood there.
    fn put(
        &self,
        kind: &'static str,
        id: &str,
        value: Vec<u8>,
        lifetime: Duration,
    ) -> impl Future<Output = Result<(), EphemeralError>> + Send;

    /// Stores unless something stands there; answers whether it stored. For replay sets.
    fn put_if_absent(
        &self,
        kind: &'static str,
        id: &str,
        value: Vec<u8>,
        lifetime: Duration,
    ) -> impl Future<Output = Result<bool, EphemeralError>> + Send;

    /// Reads and leaves.
    fn get(
        &self,
        kind: &'static str,
        id: &str,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, EphemeralError>> + Send;

    /// Reads and begins its lifetime anew.
    fn get_extending(
        &self,
        kind: &'static str,
        id: &str,
        lifetime: Duration,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, EphemeralError>> + Send;

    /// Reads and removes, atomically.
    fn take(
        &self,
        kind: &'static str,
        id: &str,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, EphemeralError>> + Send;

    /// Reads and marks as spent, atomically, for the rest of the lifetime: the value stays, so that a
    /// second use is known as such ([`Spent::Before`] with the value). On Redis: a script over a
    /// leading state octet, since the value has to survive.
    fn spend(
        &self,
        kind: &'static str,
        id: &str,
    ) -> impl Future<Output = Result<Spent<Vec<u8>>, EphemeralError>> + Send;

    /// Adds one to a counter that lives `window` from its first count; answers the new count.
    fn count(
        &self,
        kind: &'static str,
        id: &str,
        window: Duration,
    ) -> impl Future<Output = Result<u64, EphemeralError>> + Send;
}

/// Typed access for every implementation.
pub trait TypedEphemeral: Ephemeral {
    /// [`Ephemeral::put`].
    fn put_record<T: EphemeralRecord>(
        &self,
        id: &str,
        record: &T,
        lifetime: Duration,
    ) -> impl Future<Output = Result<(), EphemeralError>> + Send {
        async move {
            let value = serde_json::to_vec(record)
                .map_err(|error| EphemeralError::Unavailable(error.to_string()))?;
            self.put(T::KIND, id, value, lifetime).await
        }
    }

    /// [`Ephemeral::get`].
    fn get_record<T: EphemeralRecord>(
        &self,
        id: &str,
    ) -> impl Future<Output = Result<Option<T>, EphemeralError>> + Send {
        async move { self.get(T::KIND, id).await?.map(|v| read(&v)).transpose() }
    }

    /// [`Ephemeral::get_extending`].
    fn get_record_extending<T: EphemeralRecord>(
        &self,
        id: &str,
        lifetime: Duration,
    ) -> impl Future<Output = Result<Option<T>, EphemeralError>> + Send {
        async move {
            self.get_extending(T::KIND, id, lifetime)
                .await?
                .map(|v| read(&v))
                .transpose()
        }
    }

    /// [`Ephemeral::take`].
    fn take_record<T: EphemeralRecord>(
        &self,
        id: &str,
    ) -> impl Future<Output = Result<Option<T>, EphemeralError>> + Send {
        async move { self.take(T::KIND, id).await?.map(|v| read(&v)).transpose() }
    }

    /// [`Ephemeral::spend`].
    fn spend_record<T: EphemeralRecord>(
        &self,
        id: &str,
    ) -> impl Future<Output = Result<Spent<T>, EphemeralError>> + Send {
        async move {
            Ok(match self.spend(T::KIND, id).await? {
                Spent::Won(value) => Spent::Won(read(&value)?),
                Spent::Before(value) => Spent::Before(read(&value)?),
                Spent::Unknown => Spent::Unknown,
            })
        }
    }
}

impl<E: Ephemeral> TypedEphemeral for E {}

fn read<T: EphemeralRecord>(value: &[u8]) -> Result<T, EphemeralError> {
    serde_json::from_slice(value).or(Err(EphemeralError::ImpossibleRecord(T::KIND)))
}
