//! [`OperatorStore`] over one connection.

use idp_core::id::{OperatorId, ProposalId, SignedStatementId};
use idp_core::key_lock::Thumbprint;
use idp_core::operator::Operator;
use idp_core::proposal::{Proposal, ProposalState};
use idp_core::signed_statement::SignedStatement;
use idp_core::store::{OperatorStore, StoreError};

use super::Transaction;
use crate::{operator, proposal};

impl OperatorStore for Transaction<'_> {
    fn find_operator(&mut self, id: &OperatorId) -> Result<Option<Operator>, StoreError> {
        self.run(|c| operator::find(c, id))
    }

    fn find_operator_by_thumbprint(
        &mut self,
        thumbprint: Thumbprint,
    ) -> Result<Option<Operator>, StoreError> {
        self.run(|c| operator::find_by_thumbprint(c, thumbprint))
    }

    fn list_operators(&mut self) -> Result<Vec<Operator>, StoreError> {
        self.run(operator::list)
    }

    fn hold_operators(&mut self) -> Result<Vec<Operator>, StoreError> {
        self.run(|c| {
            c.take_changes("operators")?;
            operator::list(c)
        })
    }

    fn insert_operator(&mut self, operator: &Operator) -> Result<bool, StoreError> {
        self.run(|c| operator::insert(c, operator))
    }

    fn exchange_operator(&mut self, to: &Operator, from: u32) -> Result<bool, StoreError> {
        self.run(|c| operator::exchange(c, to, from))
    }

    fn insert_signed_statement(&mut self, signed: &SignedStatement) -> Result<(), StoreError> {
        self.run(|c| operator::insert_signed(c, signed))
    }

    fn find_signed_statement(
        &mut self,
        id: &SignedStatementId,
    ) -> Result<Option<SignedStatement>, StoreError> {
        self.run(|c| operator::find_signed(c, id))
    }

    fn insert_proposal(&mut self, proposal: &Proposal) -> Result<(), StoreError> {
        self.run(|c| proposal::insert(c, proposal))
    }

    fn find_proposal(&mut self, id: &ProposalId) -> Result<Option<Proposal>, StoreError> {
        self.run(|c| proposal::find(c, id))
    }

    fn list_proposals(
        &mut self,
        state: Option<ProposalState>,
        before: Option<&ProposalId>,
        limit: u32,
    ) -> Result<Vec<Proposal>, StoreError> {
        self.run(|c| proposal::list(c, state, before, limit))
    }

    fn exchange_waiting_proposal(&mut self, to: &Proposal) -> Result<bool, StoreError> {
        self.run(|c| proposal::exchange_waiting(c, to))
    }
}
