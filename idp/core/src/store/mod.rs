//! Port to what must never be lost. Implemented by `idp-storage` over SQLite and PostgreSQL.
//!
//! Every method runs inside the transaction that the caller opened. An `insert_x` answers `false`
//! when a row with the same unique value stands already; an `exchange_x` is compare-and-set and
//! answers whether it won. `Err` means that the transaction is lost. One trait a noun; [`Store`] is all of them.

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

pub use audit::AuditStore;
pub use audit_log::{AuditLogStore, CheckpointStore, SegmentStore};
pub use authorities::AuthorityStore;
pub use consent_statements::ConsentStatementStore;
pub use consents::ConsentStore;
pub use enterprises::EnterpriseStore;
pub use evidence::EvidenceStore;
pub use figures::FigureStore;
pub use grants::GrantStore;
pub use key_locks::KeyLockStore;
pub use keys::KeyStore;
pub use listings::ListingStore;
pub use logout_deliveries::LogoutDeliveryStore;
pub use notices::NoticeStore;
pub use notifications::NotificationStore;
pub use operators::OperatorStore;
pub use platform_health::PlatformHealthStore;
pub use platforms::PlatformStore;
pub use sessions::SessionStore;
pub use tokens::TokenStore;

/// Why the store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is away, full or busy beyond its limit.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// A row that no version of this program writes.
    #[error("impossible row in {table}: column {column} of {id}")]
    ImpossibleRow {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Row.
        id: String,
    },
}

/// Everything durable.
pub trait Store:
    EnterpriseStore
    + EvidenceStore
    + KeyLockStore
    + SessionStore
    + PlatformStore
    + PlatformHealthStore
    + ConsentStore
    + ConsentStatementStore
    + GrantStore
    + LogoutDeliveryStore
    + NotificationStore
    + TokenStore
    + KeyStore
    + AuthorityStore
    + AuditStore
    + OperatorStore
    + AuditLogStore
    + CheckpointStore
    + NoticeStore
    + SegmentStore
    + ListingStore
    + FigureStore
{
}

impl<T> Store for T where
    T: EnterpriseStore
        + EvidenceStore
        + KeyLockStore
        + SessionStore
        + PlatformStore
        + PlatformHealthStore
        + ConsentStore
        + ConsentStatementStore
        + GrantStore
        + LogoutDeliveryStore
        + NotificationStore
        + TokenStore
        + KeyStore
        + AuthorityStore
        + AuditStore
        + OperatorStore
        + AuditLogStore
        + CheckpointStore
        + NoticeStore
        + SegmentStore
        + ListingStore
        + FigureStore
{
}
