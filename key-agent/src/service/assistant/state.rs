//! What the assistant knows between two looks at a page.
//!
//! Owns the course of the check and of an update, of which there is one at a time. Does not know how either is done.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::visits::Visits;
use crate::assistant::check::Finding;
use crate::assistant::memory::Memory;
use crate::assistant::update::{Downloaded, News, Offer, UpdateError};
use crate::service::Origin;
use crate::service::Settings;

/// The assistant's share of what every route sees.
pub(in crate::service) struct Assistant {
    pub(in crate::service) memory: Memory,
    visits: Mutex<Visits>,
    check: Mutex<CheckRun>,
    update: Mutex<UpdateRun>,
}

/// The check that was asked for last.
#[derive(Clone, Default)]
pub(super) struct CheckRun {
    pub(super) findings: Vec<Finding>,
    /// Steps done, and of how many; the same number once it is over; 0 before the first.
    pub(super) done: usize,
    pub(super) steps: usize,
}

impl CheckRun {
    pub(super) const fn is_running(&self) -> bool {
        self.done < self.steps
    }
}

/// How far an update is.
#[derive(Clone, Default)]
pub(super) enum UpdateRun {
    /// Nobody asked yet.
    #[default]
    Idle,
    /// The manifest is being looked at.
    Looking,
    /// What it says.
    Told(News),
    /// The file is being fetched.
    Fetching { offer: Offer, received: u64 },
    /// The file is there.
    Fetched(Downloaded),
    /// It came to nothing.
    Failed(UpdateError),
}

impl UpdateRun {
    pub(super) const fn is_running(&self) -> bool {
        matches!(self, Self::Looking | Self::Fetching { .. })
    }
}

impl Assistant {
    pub(in crate::service) fn new(settings: &Settings) -> Self {
        Self {
            memory: Memory::in_folder(settings.state.clone()),
            visits: Mutex::default(),
            check: Mutex::default(),
            update: Mutex::default(),
        }
    }

    /// Websites that may ask: those of the settings, and the settings' portal once a person confirmed it. The memory
    /// alone makes nobody allowed.
    pub(in crate::service) fn allowed(&self, settings: &Settings) -> Vec<Origin> {
        let mut allowed = settings.allow_origins.clone();
        if let Some(portal) = settings.portal_origin()
            && !allowed.contains(&portal)
            && self.memory.kept().confirmed.contains(&portal)
        {
            allowed.push(portal);
        }
        allowed
    }

    pub(super) fn visits(&self) -> MutexGuard<'_, Visits> {
        hold(&self.visits)
    }

    pub(super) fn check(&self) -> MutexGuard<'_, CheckRun> {
        hold(&self.check)
    }

    pub(super) fn update(&self) -> MutexGuard<'_, UpdateRun> {
        hold(&self.update)
    }
}

/// No code that holds one can panic half-way, so a poisoned lock is still whole.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
