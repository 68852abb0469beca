//! The standing of every CA, looked at when lists were read: told in the log when it changes, and to `/readyz`.

use std::sync::{Arc, PoisonError, RwLock};

use idp_core::recognition::CertificateRefusal;
use idp_core::timestamp::Timestamp;

use super::standing::{AuthorityStanding, Entered, meets};
use super::{Registered, RevocationSources};

/// Every CA, and how it stood last.
pub struct Standings {
    entered: RwLock<Arc<[Entered]>>,
    unreadable: RwLock<Vec<AuthorityStanding>>,
    lists: Arc<RevocationSources>,
    last: RwLock<Vec<AuthorityStanding>>,
}

/// How many CAs can be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Recognised CAs.
    pub all: usize,
    /// Of which no lock can be judged.
    pub closed: usize,
}

impl Standings {
    /// Over a registry, by the name that messages call it, and its lists. Looks at nothing yet.
    pub fn new(source: &str, registered: &Registered, lists: Arc<RevocationSources>) -> Self {
        Self {
            entered: RwLock::new(Entered::all(source, registered).into()),
            unreadable: RwLock::new(unreadable(source, registered)),
            lists,
            last: RwLock::default(),
        }
    }

    /// Takes over another state of the registry. Looks at nothing yet.
    pub fn follow(&self, source: &str, registered: &Registered) {
        let entered = Entered::all(source, registered).into();
        *self.entered.write().unwrap_or_else(PoisonError::into_inner) = entered;
        let unreadable = unreadable(source, registered);
        *self
            .unreadable
            .write()
            .unwrap_or_else(PoisonError::into_inner) = unreadable;
    }

    /// How each CA stands now. Verifies signatures over whole lists: not on the login path.
    pub fn look(&self, now: Timestamp) -> Vec<AuthorityStanding> {
        let entered = self.entered.read().unwrap_or_else(PoisonError::into_inner);
        let entered = Arc::clone(&entered);
        let mut all: Vec<AuthorityStanding> = entered
            .iter()
            .map(|one| one.look(&self.lists, now))
            .collect();
        let unreadable = self.unreadable.read();
        all.extend_from_slice(&unreadable.unwrap_or_else(PoisonError::into_inner));
        all
    }

    /// Looks, and writes to the log what was not so the last time.
    pub fn watch(&self, now: Timestamp) {
        let found = self.look(now);
        let mut last = self.last.write().unwrap_or_else(PoisonError::into_inner);
        for standing in &found {
            let before = last.iter().find(|before| before.id == standing.id);
            tell(before, standing);
        }
        *last = found;
    }

    /// As it was when last watched.
    pub fn judged(&self) -> Judged {
        let last = self.last.read().unwrap_or_else(PoisonError::into_inner);
        Judged {
            all: last.len(),
            closed: last.iter().filter(|standing| !standing.can_judge).count(),
        }
    }
}

/// Those of which nobody can be judged because they can't be read.
fn unreadable(source: &str, registered: &Registered) -> Vec<AuthorityStanding> {
    let all = registered.registry().unreadable.iter();
    all.filter(|ca| ca.may_be_active())
        .map(|ca| AuthorityStanding {
            id: ca.id.to_string(),
            can_judge: false,
            errors: vec![format!(
                "{source}: {}: what is written of it can't be read: {}; {}",
                ca.id,
                ca.problem,
                meets(CertificateRefusal::CaUnreadable)
            )],
            warnings: Vec::new(),
        })
        .collect()
}

fn tell(before: Option<&AuthorityStanding>, now: &AuthorityStanding) {
    let ca = now.id.as_str();
    if before == Some(now) {
        return;
    }
    let was_told = |line: &String| before.is_some_and(|b| b.errors.contains(line));
    for error in now.errors.iter().filter(|line| !was_told(line)) {
        tracing::error!(ca, "{error}");
    }
    for warning in &now.warnings {
        tracing::warn!(ca, "{warning}");
    }
    let could = before.is_none_or(|before| before.can_judge);
    match (could, now.can_judge) {
        (true, false) => tracing::error!(ca, "no lock of this certificate authority can sign in"),
        (false, true) => {
            tracing::info!(ca, "locks of this certificate authority can sign in again");
        }
        _ if before.is_some_and(|b| !b.errors.is_empty()) && now.errors.is_empty() => {
            tracing::info!(ca, "certificates and revocation lists are in order again");
        }
        _ => (),
    }
}
