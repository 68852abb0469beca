//! Events as people read them, and the way on through a long list.

/// One event in a list.
#[derive(Clone, Debug)]
pub struct EventRow {
    /// Its number in the trail.
    pub sequence: i64,
    /// When.
    pub at: String,
    /// Its kind as the end of a key: `event-<kind>` is its text.
    pub kind: String,
    /// Whether somebody did not get what they came for.
    pub is_failure: bool,
    /// What else is known of it.
    pub lines: Vec<EventLine>,
    /// Where all of it is shown, for whoever may read it.
    pub href: Option<String>,
}

/// One thing that is known of an event.
#[derive(Clone, Debug)]
pub struct EventLine {
    /// The message with its label.
    pub key: &'static str,
    /// What it is.
    pub value: String,
    /// Whether it is read character by character.
    pub is_code: bool,
    /// Where more of it is.
    pub href: Option<String>,
}

/// The way to the pages beside this one.
#[derive(Clone, Debug, Default)]
pub struct Pager {
    /// What is newer, or comes before.
    pub back: Option<String>,
    /// What is older, or comes after.
    pub on: Option<String>,
    /// Not all was looked through that one look might have found.
    pub is_cut: bool,
}
