//! Sessions of one platform: begun by a sign-in, kept fresh, ended here or by the provider.
//!
//! Owns when tokens are refreshed (one call at a time for a session) and what ends a session. Does not know
//! cookies, pages, or how a store keeps what it keeps.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use url::Url;

use crate::adapter::Adapter;
use crate::logout::SignOut;
use crate::logout_token::LogoutTokenFault;
use crate::metadata::DiscoveryFault;
use crate::pending::StoreFailure;
use crate::refresh::RefreshError;
use crate::session::{Session, SessionKey, SessionStore};
use crate::signed_in::SignedIn;

/// A working day.
const LIFE_SECONDS: i64 = 8 * 3600;

/// Tokens that end so soon are refreshed before they are used.
const REFRESH_SECONDS: i64 = 30;

/// The sessions of one platform. Share it: `Arc<Sessions>`.
pub struct Sessions {
    adapter: Arc<Adapter>,
    store: Arc<dyn SessionStore>,
    life_seconds: i64,
    /// One lock for each session that is being refreshed now.
    refreshing: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

/// Why a session cannot be used now. It is still there.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The store.
    #[error("sessions cannot be found at the moment")]
    Store(#[from] StoreFailure),
    /// Tokens could not be refreshed: the source says what to do.
    #[error("the session's tokens could not be refreshed: {0}")]
    Refresh(#[source] RefreshError),
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
            adapter,
            store,
            life_seconds: LIFE_SECONDS,
            refreshing: Mutex::default(),
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

    /// Begins a session for whoever signed in, under a key that nobody saw before.
    pub async fn begin(&self, signed_in: SignedIn) -> Result<SessionKey, StoreFailure> {
        let key = SessionKey::random();
        let expires_at = self.adapter.clock().now().saturating_add(self.life_seconds);
        self.store
            .insert(&key, Session::of(signed_in, expires_at))
            .await?;
        Ok(key)
    }

    /// The session, as it was last; its tokens may have ended.
    pub async fn find(&self, key: &SessionKey) -> Result<Option<Session>, StoreFailure> {
        self.store.find(key).await
    }

    /// The session, its tokens refreshed if they end soon. `None`: there is none, or the provider has
    /// ended it, and so it is ended here.
    pub async fn find_fresh(&self, key: &SessionKey) -> Result<Option<Session>, SessionError> {
        let Some(session) = self.store.find(key).await? else {
            return Ok(None);
        };
        if !self.is_due(&session) {
            return Ok(Some(session));
        }
        let lock = self.refresh_lock(key);
        let refreshed = {
            let _one_at_a_time = lock.lock().await;
            self.refreshed(key).await
        };
        self.forget_refresh_lock(key, lock);
        refreshed
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
        // Removed before the token is noted: where removing fails, the same token may come again.
        let ended = self.store.remove_ended(&notice.ended).await?;
        // §2.6: a token counts once.
        if !self.store.note_logout(&notice.jti, notice.until).await? {
            return Err(LogoutFault::Token(LogoutTokenFault::Replayed));
        }
        Ok(ended)
    }

    /// The session after its turn to be refreshed: somebody before may have done it.
    async fn refreshed(&self, key: &SessionKey) -> Result<Option<Session>, SessionError> {
        let Some(mut session) = self.store.find(key).await? else {
            return Ok(None);
        };
        if !self.is_due(&session) {
            return Ok(Some(session));
        }
        match self.adapter.refresh(&session).await {
            Ok(tokens) => session.tokens = tokens,
            Err(RefreshError::Ended) => {
                self.store.remove(key).await?;
                return Ok(None);
            }
            Err(error) => return Err(SessionError::Refresh(error)),
        }
        // Signed out meanwhile: what was just issued is not kept.
        let is_kept = self.store.replace(key, session.clone()).await?;
        Ok(is_kept.then_some(session))
    }

    fn is_due(&self, session: &Session) -> bool {
        let soon = self.adapter.clock().now().saturating_add(REFRESH_SECONDS);
        let tokens = &session.tokens;
        tokens.refresh_token.is_some() && tokens.expires_at.is_some_and(|at| at <= soon)
    }

    fn refresh_lock(&self, key: &SessionKey) -> Arc<tokio::sync::Mutex<()>> {
        let mut refreshing = self
            .refreshing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(refreshing.entry(key.reveal().to_owned()).or_default())
    }

    fn forget_refresh_lock(&self, key: &SessionKey, lock: Arc<tokio::sync::Mutex<()>>) {
        let mut refreshing = self
            .refreshing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        drop(lock);
        let unused = |lock: &Arc<_>| Arc::strong_count(lock) == 1;
        if refreshing.get(key.reveal()).is_some_and(unused) {
            refreshing.remove(key.reveal());
        }
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
