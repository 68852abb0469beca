//! Sessions of one platform: begun by a sign-in, kept fresh, ended here or by the provider.
//!
//! Owns what begins and what ends a session. Does not know cookies, pages, or how a store keeps what it keeps.

use std::sync::Arc;

use url::Url;

use crate::adapter::Adapter;
use crate::logout::SignOut;
use crate::logout_token::LogoutTokenFault;
use crate::metadata::DiscoveryFault;
use crate::pending::StoreFailure;
use crate::refresh::RefreshError;
use crate::refreshing::Refresher;
use crate::session::{ProviderLogout, Session, SessionKey, SessionStore};
use crate::signed_in::SignedIn;

/// A working day.
const LIFE_SECONDS: i64 = 8 * 3600;

/// The sessions of one platform. Share it: `Arc<Sessions>`.
pub struct Sessions {
    adapter: Arc<Adapter>,
    store: Arc<dyn SessionStore>,
    life_seconds: i64,
    refresher: Refresher,
}

/// Why a session cannot be used now. It is still there.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SessionError {
    /// The store.
    #[error("sessions cannot be found at the moment")]
    Store(#[from] StoreFailure),
    /// Tokens could not be refreshed: the source says what to do. All who waited for it share it.
    #[error("the session's tokens could not be refreshed: {0}")]
    Refresh(#[source] Arc<RefreshError>),
    /// The process ends, or the store panicked.
    #[error("refreshing the session's tokens was broken off")]
    BrokenOff,
}

/// Why a logout notice of the provider ended nothing.
#[derive(Debug, thiserror::Error)]
pub enum LogoutFault {
    /// Not from the provider, not for us, not of now: an attack or a broken provider.
    #[error("the logout token is refused: {0}")]
    Token(#[from] LogoutTokenFault),
    /// Keys cannot be fetched: the provider will try again.
    #[error("the provider's keys cannot be fetched")]
    Provider(#[from] DiscoveryFault),
    /// The store: the provider will try again.
    #[error("sessions cannot be ended at the moment")]
    Store(#[from] StoreFailure),
}

impl Sessions {
    /// Sessions of at most eight hours.
    pub fn new(adapter: Arc<Adapter>, store: Arc<dyn SessionStore>) -> Self {
        Self {
            refresher: Refresher::new(Arc::clone(&adapter), Arc::clone(&store)),
            adapter,
            store,
            life_seconds: LIFE_SECONDS,
        }
    }

    /// The same, of at most so many seconds.
    #[must_use]
    pub fn with_life_seconds(mut self, seconds: i64) -> Self {
        self.life_seconds = seconds;
        self
    }

    /// The adapter, as given.
    pub fn adapter(&self) -> &Arc<Adapter> {
        &self.adapter
    }

    /// Begins a session for whoever signed in, under a key that nobody saw before. `None`: the provider has told
    /// meanwhile that they signed out; let them sign in again.
    pub async fn begin(&self, signed_in: SignedIn) -> Result<Option<SessionKey>, StoreFailure> {
        let key = SessionKey::random();
        let session = Session::of(signed_in, self.end_of_life());
        let is_kept = self.store.insert(&key, session).await?;
        Ok(is_kept.then_some(key))
    }

    /// The session, as it was last; its tokens may have ended.
    pub async fn find(&self, key: &SessionKey) -> Result<Option<Session>, StoreFailure> {
        self.store.find(key).await
    }

    /// The session, its tokens refreshed if they end soon. `None`: there is none, or the provider has
    /// ended it, and so it is ended here. Whoever stops waiting loses nothing: a refresh that has begun goes on in a
    /// task of its own. Must be called inside a tokio runtime.
    pub async fn find_fresh(&self, key: &SessionKey) -> Result<Option<Session>, SessionError> {
        match self.store.find(key).await? {
            Some(session) if self.refresher.is_due(&session) => self.refresher.refreshed(key).await,
            found => Ok(found),
        }
    }

    /// How many sessions are being refreshed now.
    pub fn refreshing(&self) -> usize {
        self.refresher.running()
    }

    /// Ends the session here; answers where to send the browser so that it ends at the provider too:
    /// `None` if there was none, or the provider offers no such place or cannot be reached.
    pub async fn sign_out(
        &self,
        key: &SessionKey,
        wish: SignOut,
    ) -> Result<Option<Url>, StoreFailure> {
        let Some(session) = self.store.remove(key).await? else {
            return Ok(None);
        };
        let id_token = &session.tokens.id_token;
        Ok(self.adapter.logout_url(id_token, wish).await.ok())
    }

    /// Takes a logout notice of the provider (Back-Channel Logout §2.5): the form that it posted. Answers
    /// how many sessions ended.
    pub async fn receive_logout(&self, form: &str) -> Result<usize, LogoutFault> {
        let notice = self.adapter.check_logout_notice(form).await?;
        let logout = ProviderLogout {
            ended: notice.ended,
            issued_at: notice.issued_at,
            happened_at: notice.happened_at,
            jti: notice.jti,
            token_until: notice.until,
            remember_until: self.end_of_life(),
        };
        // §2.6: a token counts once.
        let ended = self.store.log_out(&logout).await?;
        Ok(ended.ok_or(LogoutTokenFault::Replayed)?)
    }

    /// When what begins now ends at the latest.
    fn end_of_life(&self) -> i64 {
        self.adapter.clock().now().saturating_add(self.life_seconds)
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sessions")
            .field("adapter", &self.adapter)
            .field("life_seconds", &self.life_seconds)
            .finish_non_exhaustive()
    }
}
