//! One line of what was found: of what, how it is, and what to do where it is not well.

use std::fmt::{self, Display};

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// As it should be.
    Good,
    /// Somebody should look; it works for now.
    Warning,
    /// It does not work.
    Wrong,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub level: Level,
    subject: String,
    found: String,
    todo: Option<String>,
}

impl Finding {
    pub(super) fn good(subject: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            level: Level::Good,
            subject: subject.into(),
            found: found.into(),
            todo: None,
        }
    }

    pub(super) fn warning(
        subject: impl Into<String>,
        found: impl Into<String>,
        todo: impl Into<String>,
    ) -> Self {
        Self {
            level: Level::Warning,
            todo: Some(todo.into()),
            ..Self::good(subject, found)
        }
    }

    pub(super) fn wrong(
        subject: impl Into<String>,
        found: impl Into<String>,
        todo: impl Into<String>,
    ) -> Self {
        Self {
            level: Level::Wrong,
            ..Self::warning(subject, found, todo)
        }
    }
}

impl Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Good => "ok",
            Level::Warning => "LOOK",
            Level::Wrong => "WRONG",
        };
        write!(f, "{level:<6}{}: {}", self.subject, self.found)?;
        match &self.todo {
            Some(todo) => write!(f, "\n      -> {todo}"),
            None => Ok(()),
        }
    }
}
