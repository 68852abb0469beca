//! The store over one connection: says which noun answers, and remembers a lost transaction. One file a trait of the port.

mod audit;
mod audit_log;
mod authorities;
mod consent_statements;
mod consents;
mod enterprises;
mod evidence;
mod figures;
mod grants;
mod key_locks;
mod keys;
mod listings;
mod logout_deliveries;
mod notices;
mod notifications;
mod operators;
mod platform_health;
mod platforms;
mod sessions;
mod tokens;

use idp_core::store::StoreError;

use crate::database::Connection;

/// What a closure of `read` or `write` works on.
///
/// After the first error nothing more reaches the database: `PostgreSQL` would refuse it anyway, and
/// `SQLite` may have rolled back by itself, so that the next statement would stand alone.
pub(crate) struct Transaction<'a> {
    connection: &'a mut Connection,
    lost: bool,
    /// Whether a platform was written, so that what is remembered of them does not count any more.
    pub(crate) changed_platforms: bool,
}

impl<'a> Transaction<'a> {
    pub(crate) fn over(connection: &'a mut Connection) -> Self {
        Self {
            connection,
            lost: false,
            changed_platforms: false,
        }
    }

    /// Whether a query failed, even when the caller passed over it.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost
    }

    fn run<T>(
        &mut self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.lost {
            return Err(StoreError::Unavailable("the transaction is lost".into()));
        }
        let result = work(self.connection);
        self.lost = result.is_err();
        result
    }
}
