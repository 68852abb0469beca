//! 个人信息维护: the pages of an enterprise's own account, one file a page.

mod consents;
mod information;
mod lock_change;
mod locks;
mod sessions;

pub use consents::{ConsentRow, ConsentsPage, RevokeConsentPage};
pub use information::{EnterpriseFacts, InformationPage, InformationValues};
pub use lock_change::{PromoteLockPage, RemoveLockPage};
pub use locks::{Done, LockRow, LockState, LocksPage};
pub use sessions::{HistoryPage, SessionRow, SessionStage, SessionsPage};
