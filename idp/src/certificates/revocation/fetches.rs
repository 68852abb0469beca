//! The fetches that are under way, one for each source: a source that takes its time holds up itself alone.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::{Id, JoinSet};

use super::urls::{SourceName, UrlSource};
use crate::state::AppState;

/// Those under way. They end when this goes.
pub(super) struct Fetches {
    tasks: JoinSet<()>,
    sources: HashMap<Id, SourceName>,
    /// Set whenever one came or failed.
    tried: Arc<AtomicBool>,
}

impl Fetches {
    pub(super) fn new(tried: &Arc<AtomicBool>) -> Self {
        Self {
            tasks: JoinSet::new(),
            sources: HashMap::new(),
            tried: Arc::clone(tried),
        }
    }

    /// Begins to fetch every list that is due and not under way.
    pub(super) fn begin_due(&mut self, state: &AppState, now: i64) {
        self.forget_done();
        let settings = &state.config.revocation;
        for source in UrlSource::all(&state.verdicts.registry()) {
            let name = source.name();
            let is_under_way = self.sources.values().any(|one| *one == name);
            if is_under_way || !source.is_due(&state.lists, settings, now) {
                continue;
            }
            let (lists, fetcher) = (Arc::clone(&state.lists), state.fetcher.clone());
            let (settings, tried) = (settings.clone(), Arc::clone(&self.tried));
            let task = self.tasks.spawn(async move {
                source.fetch(&lists, &fetcher, &settings).await;
                tried.store(true, Ordering::Release);
            });
            self.sources.insert(task.id(), name);
        }
    }

    /// A fetch that ended by a panic is done too.
    fn forget_done(&mut self) {
        while let Some(done) = self.tasks.try_join_next_with_id() {
            let id = done.map_or_else(|error| error.id(), |(id, ())| id);
            self.sources.remove(&id);
        }
    }
}
