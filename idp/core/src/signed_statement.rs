//! Signed statement: what an operator signed, kept whole, so that anybody can check the signature later.

use crate::id::{OperatorId, SignedStatementId};
use crate::timestamp::Timestamp;

/// A statement with its proof. With the nonce and the origin these are all the octets under the signature
/// (`docs/KEY-AGENT.md`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedStatement {
    /// Our identifier.
    pub id: SignedStatementId,
    /// Who signed.
    pub operator_id: OperatorId,
    /// When it came.
    pub at: Timestamp,
    /// The purpose, as on the wire.
    pub purpose: String,
    /// `scheme://host[:port]` it was signed for.
    pub origin: String,
    /// The nonce of the challenge.
    pub nonce: String,
    /// The text.
    pub statement: String,
    /// The proof as the agent gave it: certificate, algorithm and signature, JSON.
    pub proof: String,
}
