//! Which questions are under way, so that whoever needs the same answer waits for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::MutexGuard;

use super::answers::Key;

/// Those under way, by what they are about.
#[derive(Default)]
pub(super) struct UnderWay(Mutex<HashMap<Key, Arc<tokio::sync::Mutex<()>>>>);

/// The turn of one who asks. With the last one who waits for it, it is forgotten, however that one goes: whoever asked may
/// have hung up.
pub(super) struct Turn<'a> {
    all: &'a UnderWay,
    key: Key,
    row: Arc<tokio::sync::Mutex<()>>,
}

impl UnderWay {
    /// Takes its place in the row of those who ask about this.
    pub(super) fn turn(&self, key: Key) -> Turn<'_> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let row = Arc::clone(all.entry(key).or_default());
        Turn {
            all: self,
            key,
            row,
        }
    }
}

impl Turn<'_> {
    /// Waits for those before.
    pub(super) async fn lock(&self) -> MutexGuard<'_, ()> {
        self.row.lock().await
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut all = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Ours, and the one in the map: nobody else waits.
        if Arc::strong_count(&self.row) <= 2 {
            all.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_question_whose_asker_hung_up_is_forgotten() {
        let under_way = UnderWay::default();
        let key = ([1; 32], [2; 32]);
        let asking = async || {
            let turn = under_way.turn(key);
            let _held = turn.lock().await;
            std::future::pending::<()>().await;
        };
        let patience = Duration::from_millis(20);
        let both = async { tokio::join!(asking(), asking()) };
        assert!(tokio::time::timeout(patience, both).await.is_err());
        assert!(under_way.0.lock().unwrap().is_empty());
    }
}
