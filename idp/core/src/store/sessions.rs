//! Sign-ins on record.

use super::StoreError;
use crate::id::{EnterpriseId, SessionId};
use crate::session::{LiveSince, SessionEnding, SessionRecord, SessionStanding, Which};
use crate::timestamp::Timestamp;

/// Sign-ins on record.
pub trait SessionStore {
    /// Puts a sign-in on record.
    fn insert_session(&mut self, session: &SessionRecord) -> Result<(), StoreError>;
    /// A sign-in with what it stands on: what every signed-in request asks.
    fn find_session_standing(
        &mut self,
        id: &SessionId,
    ) -> Result<Option<SessionStanding>, StoreError>;
    /// As [`SessionStore::find_session_standing`], and nobody else ends or changes any of the three until this transaction
    /// ends: enterprise, lock and sign-in are held, in that order.
    fn hold_session_standing(
        &mut self,
        id: &SessionId,
    ) -> Result<Option<SessionStanding>, StoreError>;
    /// Sign-ins of one enterprise, newest first, at most `limit`.
    fn list_sessions(
        &mut self,
        enterprise: &EnterpriseId,
        limit: u32,
    ) -> Result<Vec<SessionRecord>, StoreError>;
    /// Sign-ins of one enterprise that were not ended, began and were seen after these moments; newest first, at
    /// most `limit`.
    fn list_standing_sessions(
        &mut self,
        enterprise: &EnterpriseId,
        after: LiveSince,
        limit: u32,
    ) -> Result<Vec<SessionRecord>, StoreError>;
    /// Notes that a request came in this session.
    fn touch_session(&mut self, id: &SessionId, at: Timestamp) -> Result<(), StoreError>;
    /// Ends sign-ins that were not ended; answers how many.
    fn end_sessions(
        &mut self,
        enterprise: &EnterpriseId,
        which: Which<'_>,
        ending: (Timestamp, SessionEnding),
    ) -> Result<usize, StoreError>;
    /// Ends every sign-in of everybody that was not ended; answers how many. Whoever is signing in or giving a grant is waited for.
    fn end_every_session(
        &mut self,
        ending: (Timestamp, SessionEnding),
    ) -> Result<usize, StoreError>;
    /// Empties address and browser of an enterprise's sign-ins that began before; answers of how many.
    fn erase_session_traces(
        &mut self,
        enterprise: &EnterpriseId,
        before: Timestamp,
    ) -> Result<usize, StoreError>;
    /// Takes sign-ins that began before a moment off record, `limit` at most; answers how many.
    fn forget_sessions(&mut self, before: Timestamp, limit: u32) -> Result<usize, StoreError>;
}
