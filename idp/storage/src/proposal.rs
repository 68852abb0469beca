//! Rows of `proposals`. The change is kept as the text whose digest was signed.

use diesel::prelude::*;
use idp_core::id::{OperatorId, ProposalId, SignedStatementId};
use idp_core::proposal::{Change, Decision, Proposal, ProposalState};
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, query};
use crate::row::RowName;
use crate::schema::proposals;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = proposals)]
#[diesel(treat_none_as_default_value = false)]
struct ProposalRow {
    id: String,
    change: String,
    reason: String,
    proposed_by: String,
    proposed_at: i64,
    expires_at: i64,
    signed: String,
    state: String,
    decided_by: Option<String>,
    decided_at: Option<i64>,
    decision_signed: Option<String>,
}

impl TryFrom<&Proposal> for ProposalRow {
    type Error = StoreError;

    fn try_from(proposal: &Proposal) -> Result<Self, StoreError> {
        let change = proposal.change.to_text();
        let decision = proposal.decision.as_ref();
        Ok(Self {
            id: proposal.id.as_str().to_owned(),
            change: change.map_err(|error| StoreError::Unavailable(error.to_string()))?,
            reason: proposal.reason.clone(),
            proposed_by: proposal.proposed_by.as_str().to_owned(),
            proposed_at: proposal.proposed_at.unix_millis(),
            expires_at: proposal.expires_at.unix_millis(),
            signed: proposal.signed.as_str().to_owned(),
            state: proposal.state.as_str().to_owned(),
            decided_by: decision.map(|d| d.by.as_str().to_owned()),
            decided_at: decision.map(|d| d.at.unix_millis()),
            decision_signed: decision
                .and_then(|d| d.signed.as_ref())
                .map(|id| id.as_str().to_owned()),
        })
    }
}

impl TryFrom<ProposalRow> for Proposal {
    type Error = StoreError;

    fn try_from(row: ProposalRow) -> Result<Self, StoreError> {
        let name = RowName {
            table: "proposals",
            id: &row.id,
        };
        let decision = row.decided_by.zip(row.decided_at).map(|(by, at)| Decision {
            by: OperatorId::from_text(by),
            at: Timestamp::from_unix_millis(at),
            signed: row.decision_signed.map(SignedStatementId::from_text),
        });
        Ok(Self {
            change: name.column("change", Change::of_text(&row.change))?,
            state: name.column("state", ProposalState::of_word(&row.state))?,
            id: ProposalId::from_text(row.id),
            reason: row.reason,
            proposed_by: OperatorId::from_text(row.proposed_by),
            proposed_at: Timestamp::from_unix_millis(row.proposed_at),
            expires_at: Timestamp::from_unix_millis(row.expires_at),
            signed: SignedStatementId::from_text(row.signed),
            decision,
        })
    }
}

pub(crate) fn insert(connection: &mut Connection, proposal: &Proposal) -> Result<(), StoreError> {
    let row = ProposalRow::try_from(proposal)?;
    query!(connection, c => diesel::insert_into(proposals::table).values(&row).execute(c))?;
    Ok(())
}

pub(crate) fn find(
    connection: &mut Connection,
    id: &ProposalId,
) -> Result<Option<Proposal>, StoreError> {
    let row: Option<ProposalRow> = query!(connection, c => proposals::table
        .find(id.as_str())
        .select(ProposalRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Proposal::try_from).transpose()
}

/// Identifiers sort by the moment they were made.
pub(crate) fn list(
    connection: &mut Connection,
    state: Option<ProposalState>,
    before: Option<&ProposalId>,
    limit: u32,
) -> Result<Vec<Proposal>, StoreError> {
    let rows: Vec<ProposalRow> = query!(connection, c => {
        let mut wanted = proposals::table.into_boxed();
        if let Some(state) = state {
            wanted = wanted.filter(proposals::state.eq(state.as_str()));
        }
        if let Some(before) = before {
            wanted = wanted.filter(proposals::id.lt(before.as_str()));
        }
        wanted
            .order(proposals::id.desc())
            .limit(limit.into())
            .select(ProposalRow::as_select())
            .load(c)
    })?;
    rows.into_iter().map(Proposal::try_from).collect()
}

pub(crate) fn exchange_waiting(
    connection: &mut Connection,
    to: &Proposal,
) -> Result<bool, StoreError> {
    let row = ProposalRow::try_from(to)?;
    let rows = query!(connection, c => diesel::update(proposals::table)
        .filter(proposals::id.eq(to.id.as_str()))
        .filter(proposals::state.eq(ProposalState::Waiting.as_str()))
        .set((
            proposals::state.eq(&row.state),
            proposals::decided_by.eq(&row.decided_by),
            proposals::decided_at.eq(row.decided_at),
            proposals::decision_signed.eq(&row.decision_signed),
        ))
        .execute(c))?;
    Ok(rows == 1)
}
