//! 个人信息维护 (`/account`): an enterprise's own pages, for whoever is signed in.
//!
//! One file a page: [`information`], [`locks`] with [`lock_change`], [`consents`], [`sessions`] (history and
//! live ones). What they share is in [`shown`].

pub mod consents;
pub mod information;
pub mod lock_change;
pub mod locks;
pub mod receipt;
pub mod sessions;
mod shown;
