//! Operators, what they signed, and the changes that two of them agree on.

use super::StoreError;
use crate::id::{OperatorId, ProposalId, SignedStatementId};
use crate::key_lock::Thumbprint;
use crate::operator::Operator;
use crate::proposal::{Proposal, ProposalState};
use crate::signed_statement::SignedStatement;

/// Operators, what they signed, and the changes that two of them agree on.
pub trait OperatorStore {
    /// One operator.
    fn find_operator(&mut self, id: &OperatorId) -> Result<Option<Operator>, StoreError>;
    /// The operator who signs in with this certificate.
    fn find_operator_by_thumbprint(
        &mut self,
        thumbprint: Thumbprint,
    ) -> Result<Option<Operator>, StoreError>;
    /// All operators, oldest first.
    fn list_operators(&mut self) -> Result<Vec<Operator>, StoreError>;
    /// All operators, oldest first; nobody else enters or changes one until this transaction ends. Comes before
    /// anything is written that points to an operator, or two wait for one another.
    fn hold_operators(&mut self) -> Result<Vec<Operator>, StoreError>;
    /// `false`: the identifier or the certificate is taken.
    fn insert_operator(&mut self, operator: &Operator) -> Result<bool, StoreError>;
    /// Replaces an operator; `false` when it does not stand at the version `from`. The name stays.
    fn exchange_operator(&mut self, to: &Operator, from: u32) -> Result<bool, StoreError>;

    /// Keeps what an operator signed. Nothing changes or removes it.
    fn insert_signed_statement(&mut self, signed: &SignedStatement) -> Result<(), StoreError>;
    /// What an operator signed.
    fn find_signed_statement(
        &mut self,
        id: &SignedStatementId,
    ) -> Result<Option<SignedStatement>, StoreError>;

    /// Keeps a change that waits for a second person.
    fn insert_proposal(&mut self, proposal: &Proposal) -> Result<(), StoreError>;
    /// One proposal.
    fn find_proposal(&mut self, id: &ProposalId) -> Result<Option<Proposal>, StoreError>;
    /// Proposals in one state, or in any, the newest first, those before one of them, at most `limit`.
    fn list_proposals(
        &mut self,
        state: Option<ProposalState>,
        before: Option<&ProposalId>,
        limit: u32,
    ) -> Result<Vec<Proposal>, StoreError>;
    /// Writes how a proposal ended; `false` when it does not wait any more.
    fn exchange_waiting_proposal(&mut self, to: &Proposal) -> Result<bool, StoreError>;
}
