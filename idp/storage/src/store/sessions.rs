//! [`SessionStore`] over one connection.

use idp_core::id::{EnterpriseId, SessionId};
use idp_core::session::{LiveSince, SessionEnding, SessionRecord, SessionStanding, Which};
use idp_core::store::{SessionStore, StoreError};
use idp_core::timestamp::Timestamp;

use super::Transaction;
use crate::session;

impl SessionStore for Transaction<'_> {
    fn insert_session(&mut self, session: &SessionRecord) -> Result<(), StoreError> {
        self.run(|c| session::insert(c, session))
    }

    fn erase_session_traces(
        &mut self,
        enterprise: &EnterpriseId,
        before: Timestamp,
    ) -> Result<usize, StoreError> {
        self.run(|c| session::erase_traces(c, enterprise, before))
    }

    fn find_session_standing(
        &mut self,
        id: &SessionId,
    ) -> Result<Option<SessionStanding>, StoreError> {
        self.run(|c| session::find_standing(c, id))
    }

    fn hold_session_standing(
        &mut self,
        id: &SessionId,
    ) -> Result<Option<SessionStanding>, StoreError> {
        self.run(|c| session::hold_standing(c, id))
    }

    fn list_sessions(
        &mut self,
        enterprise: &EnterpriseId,
        limit: u32,
    ) -> Result<Vec<SessionRecord>, StoreError> {
        self.run(|c| session::list(c, enterprise, limit))
    }

    fn list_standing_sessions(
        &mut self,
        enterprise: &EnterpriseId,
        after: LiveSince,
        limit: u32,
    ) -> Result<Vec<SessionRecord>, StoreError> {
        self.run(|c| session::list_standing(c, enterprise, after, limit))
    }

    fn touch_session(&mut self, id: &SessionId, at: Timestamp) -> Result<(), StoreError> {
        self.run(|c| session::touch(c, id, at))
    }

    fn end_sessions(
        &mut self,
        enterprise: &EnterpriseId,
        which: Which<'_>,
        ending: (Timestamp, SessionEnding),
    ) -> Result<usize, StoreError> {
        self.run(|c| session::end(c, enterprise, which, ending))
    }

    fn end_every_session(
        &mut self,
        ending: (Timestamp, SessionEnding),
    ) -> Result<usize, StoreError> {
        self.run(|c| session::end_every(c, ending))
    }

    fn forget_sessions(&mut self, before: Timestamp, limit: u32) -> Result<usize, StoreError> {
        self.run(|c| session::forget(c, before, limit))
    }
}
