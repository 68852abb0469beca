//! Growing pauses between tries that fail.

use std::time::{Duration, Instant};

/// After the first failure.
const FIRST: Duration = Duration::from_secs(2);

/// After many.
const LONGEST: Duration = Duration::from_secs(30);

/// When the next try is due.
#[derive(Default)]
pub(super) struct Pause {
    length: Duration,
    until: Option<Instant>,
}

impl Pause {
    pub(super) fn is_over(&self) -> bool {
        self.until.is_none_or(|until| Instant::now() >= until)
    }

    /// After a try: it went well, or the next pause is twice as long.
    pub(super) fn after(&mut self, went_well: bool) {
        if went_well {
            *self = Self::default();
            return;
        }
        self.length = (self.length * 2).clamp(FIRST, LONGEST);
        self.until = Some(Instant::now() + self.length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_until_something_goes_well() {
        let mut pause = Pause::default();
        assert!(pause.is_over());
        let lengths = [2, 4, 8, 16, 30, 30].map(Duration::from_secs);
        for length in lengths {
            pause.after(false);
            assert_eq!(pause.length, length);
            assert!(!pause.is_over());
        }
        pause.after(true);
        assert!(pause.is_over());
        pause.after(false);
        assert_eq!(pause.length, FIRST);
    }
}
