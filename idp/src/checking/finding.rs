//! One line of what was found: of what, how it is, and what to do where it is not well.

use std::fmt::{self, Display};

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// As it should be.
    Good,
    /// Somebody should look; it works for now.
    Warning,
    /// It does not work.
    Wrong,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How it is.
    pub level: Level,
    subject: String,
    found: String,
    todo: Option<String>,
    /// Why it is not well, where that is of an address: a machine word.
    pub reason: Option<&'static str>,
}

impl Finding {
    /// It is well.
    pub fn good(subject: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            level: Level::Good,
            subject: subject.into(),
            found: found.into(),
            todo: None,
            reason: None,
        }
    }

    /// Somebody should look, and what to do.
    pub fn warning(
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

    /// It does not work, and what to do.
    pub fn wrong(
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

impl Finding {
    /// With a machine word for why.
    #[must_use]
    pub fn because(self, reason: &'static str) -> Self {
        Self {
            reason: Some(reason),
            ..self
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
