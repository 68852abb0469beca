//! The portal's pages: one file a page, each a struct that renders itself in the person's language.
//!
//! Owns wording, layout and what a page shows. Does not know HTTP, storage or the rules: every value
//! arrives ready, every path is a plain string, and what comes back is the HTML text.

mod about_platform;
mod account;
mod bind;
mod bound;
mod certificate;
mod challenge;
mod consent;
pub mod console;
mod driver;
mod error_page;
mod help;
mod home;
mod layout;
mod leaving;
mod locale;
mod login;
mod messages;
mod notification;
mod platforms;
mod problem;
mod receipt;
#[cfg(test)]
mod tests;

pub use about_platform::AboutPlatform;
pub use account::{
    ConsentRow, ConsentsPage, Done, EnterpriseFacts, HistoryPage, InformationPage,
    InformationValues, LockRow, LockState, LocksPage, PromoteLockPage, RemoveLockPage,
    RevokeConsentPage, SessionRow, SessionStage, SessionsPage,
};
pub use bind::{BindPage, BindValues, FieldError, Limits, ReadCertificate};
pub use bound::{BindOutcome, BoundPage};
pub use certificate::{CertificateFacts, CertificatePage, LockRole, Renewed};
pub use challenge::ChallengeForm;
pub use consent::{ConsentGroup, ConsentItem, ConsentPage};
pub use driver::{Download, DriverPage};
pub use error_page::ErrorPage;
pub use help::HelpPage;
pub use home::{HomePage, Notice};
pub use layout::{Assets, Choice, ChoiceGroup, Frame, SignedIn, Support};
pub use leaving::{ConfirmSignOutPage, PlatformSignOut, RedirectingPage, SignedOutPage};
pub use locale::{LanguageWishes, Locale};
pub use login::LoginPage;
pub use messages::Messages;
pub use notification::{MailPart, NotificationMail};
pub use platforms::{PlatformCard, PlatformState, PlatformsPage, Zone, ZoneGroup};
pub use problem::{BackLink, Problem};
pub use receipt::{CheckRow, ReceiptPage, ReceiptShown, Stand};

/// Gives a page its `render`: into a buffer that is large enough from the start, since most of a
/// page is message text that the template's own size hint cannot foresee.
macro_rules! page {
    ($page:ident, $bytes:expr) => {
        impl $page<'_> {
            /// The page as HTML.
            ///
            /// # Errors
            /// Only when a template filter fails; none of ours can.
            pub fn render(&self) -> Result<String, askama::Error> {
                let mut html = String::with_capacity($bytes);
                askama::Template::render_into(self, &mut html)?;
                Ok(html)
            }
        }
    };
}
use page;
