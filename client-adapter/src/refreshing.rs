//! One refresh of a session at a time, and each to its end.
//!
//! Owns the task in which a refresh token is spent and what came for it is kept: it goes on though nobody waits for
//! it any more, since a spent token whose successor is lost looks like a stolen one to the provider. Does not know
//! how tokens are asked for, or where sessions are kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::adapter::Adapter;
use crate::pending::StoreFailure;
use crate::refresh::RefreshError;
use crate::session::{Session, SessionKey, SessionStore};
use crate::sessions::SessionError;

/// Tokens that end so soon are refreshed before they are used.
const REFRESH_SECONDS: i64 = 30;

/// Between two tries of a store that fails; each next pause is twice as long, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// So often a store may fail before those who wait are told.
const SILENT_TRIES: u32 = 3;

/// Refreshes the sessions of one platform.
pub(crate) struct Refresher {
    adapter: Arc<Adapter>,
    store: Arc<dyn SessionStore>,
    running: Running,
}

/// What is under way, by session.
type Running = Arc<Mutex<HashMap<String, watch::Receiver<Progress>>>>;

type Outcome = Result<Option<Session>, SessionError>;

#[derive(Clone)]
enum Progress {
    Asking,
    /// New tokens came, and the store does not take them yet.
    NotKept(StoreFailure),
    Done(Box<Outcome>),
}

impl Refresher {
    pub(crate) fn new(adapter: Arc<Adapter>, store: Arc<dyn SessionStore>) -> Self {
        Self {
            adapter,
            store,
            running: Running::default(),
        }
    }

    /// Whether the tokens of `session` should be refreshed before they are used.
    pub(crate) fn is_due(&self, session: &Session) -> bool {
        is_due(session, self.adapter.clock().now())
    }

    /// The session after it was refreshed, by us or by whoever was first. May be given up at any time: the refresh
    /// itself goes on.
    pub(crate) async fn refreshed(&self, key: &SessionKey) -> Outcome {
        let mut progress = self.join(key);
        let news = progress.wait_for(|it| !matches!(it, Progress::Asking));
        match news.await.map(|news| news.clone()) {
            Ok(Progress::Done(outcome)) => *outcome,
            Ok(Progress::NotKept(failure)) => Err(SessionError::Store(failure)),
            Ok(Progress::Asking) | Err(_) => Err(SessionError::BrokenOff),
        }
    }

    /// How many are under way.
    pub(crate) fn running(&self) -> usize {
        lock(&self.running).len()
    }

    /// The refresh of this session that is under way, or one that begins now.
    fn join(&self, key: &SessionKey) -> watch::Receiver<Progress> {
        let mut running = lock(&self.running);
        if let Some(progress) = running.get(key.reveal()) {
            return progress.clone();
        }
        let (tell, progress) = watch::channel(Progress::Asking);
        running.insert(key.reveal().to_owned(), progress.clone());
        // A task that cannot start is dropped at once, and takes its place out itself.
        drop(running);
        let turn = Turn {
            adapter: Arc::clone(&self.adapter),
            store: Arc::clone(&self.store),
            key: key.clone(),
            tell,
            _place: Place {
                running: Arc::clone(&self.running),
                key: key.clone(),
            },
        };
        tokio::spawn(turn.take());
        progress
    }
}

/// One refresh.
struct Turn {
    adapter: Arc<Adapter>,
    store: Arc<dyn SessionStore>,
    key: SessionKey,
    tell: watch::Sender<Progress>,
    /// Dropped after everything was told: whoever comes later looks in the store, which has it all by then.
    _place: Place,
}

/// The entry among those that run; taken out however the refresh ends.
struct Place {
    running: Running,
    key: SessionKey,
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.running).remove(self.key.reveal());
    }
}

impl Turn {
    async fn take(self) {
        let outcome = self.refresh().await;
        self.tell.send_replace(Progress::Done(Box::new(outcome)));
    }

    async fn refresh(&self) -> Outcome {
        let Some(mut session) = self.store.find(&self.key).await? else {
            return Ok(None);
        };
        // Somebody before may have done it.
        if !is_due(&session, self.adapter.clock().now()) {
            return Ok(Some(session));
        }
        match self.adapter.refresh(&session).await {
            Ok(tokens) => session.renew(tokens),
            Err(RefreshError::Ended) => {
                self.store.remove(&self.key).await?;
                return Ok(None);
            }
            Err(error) => {
                // The old one is spent, whatever is wrong with what came beside the new one.
                if let RefreshError::IdToken { refresh_token, .. } = &error
                    && let Some(refresh_token) = refresh_token
                {
                    session.keep_refresh_token(refresh_token.clone());
                    // Signed out meanwhile: then nothing failed.
                    if self.keep(session).await?.is_none() {
                        return Ok(None);
                    }
                }
                return Err(SessionError::Refresh(Arc::new(error)));
            }
        }
        self.keep(session).await
    }

    /// Keeps what came. A store that fails is tried again for as long as the session lives: the tokens in its hands
    /// are spent. Nobody else spends them meanwhile, since this is still the one refresh of this session.
    async fn keep(&self, session: Session) -> Outcome {
        let (mut tries, mut pause) = (0, FIRST_PAUSE);
        loop {
            // Signed out meanwhile: what was just issued is not kept.
            match self.store.replace(&self.key, session.clone()).await {
                Ok(is_kept) => return Ok(is_kept.then_some(session)),
                Err(failure) if self.adapter.clock().now() >= session.expires_at => {
                    return Err(SessionError::Store(failure));
                }
                Err(failure) if tries >= SILENT_TRIES => {
                    self.tell.send_replace(Progress::NotKept(failure));
                }
                Err(_) => tries += 1,
            }
            tokio::time::sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause.saturating_mul(2));
        }
    }
}

fn is_due(session: &Session, now: i64) -> bool {
    let soon = now.saturating_add(REFRESH_SECONDS);
    let tokens = &session.tokens;
    tokens.refresh_token.is_some() && tokens.expires_at.is_some_and(|at| at <= soon)
}

fn lock(running: &Running) -> MutexGuard<'_, HashMap<String, watch::Receiver<Progress>>> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}
