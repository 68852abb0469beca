//! Why a configuration can't be used: where it stands, which key, what is wrong, what is allowed.

use std::path::Path;

use figment::Figment;
use figment::error::Kind;

/// Why a configuration can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// File or environment can't be read, or hold what does not fit.
    #[error("{0}")]
    Unreadable(String),
    /// A value makes no sense.
    #[error("{key}: {problem}")]
    Value {
        /// Which.
        key: &'static str,
        /// Why, and what is allowed.
        problem: String,
    },
}

impl ConfigError {
    /// What the reader of the sources says, one line a problem.
    pub(super) fn unreadable(file: Option<&Path>, errors: figment::Error) -> Self {
        let lines: Vec<String> = errors.into_iter().map(|e| line(file, e)).collect();
        Self::Unreadable(lines.join("; "))
    }

    /// Says where the value came from.
    pub(super) fn found_in(self, file: Option<&Path>, sources: &Figment) -> Self {
        let Self::Value { key, problem } = &self else {
            return self;
        };
        let name = sources.find_metadata(key).map(|m| m.name.clone());
        match name {
            Some(name) if name.contains("environment") => {
                Self::Unreadable(format!("variable {}: {problem}", variable(key)))
            }
            Some(name) if name.contains("TOML") => {
                let file = file.map(|f| format!("{}: ", f.display()));
                Self::Unreadable(format!("{}{key}: {problem}", file.unwrap_or_default()))
            }
            _ => self,
        }
    }
}

fn line(file: Option<&Path>, error: figment::Error) -> String {
    let mut path = error.path.clone();
    let problem = match error.kind {
        Kind::UnknownField(field, allowed) => {
            if path.last() != Some(&field) {
                path.push(field);
            }
            format!("unknown key; allowed here: {}", allowed.join(", "))
        }
        Kind::MissingField(field) => {
            path.push(field.into_owned());
            "is missing".to_owned()
        }
        Kind::UnknownVariant(found, allowed) => {
            format!("`{found}` is none of {}", allowed.join(", "))
        }
        Kind::InvalidType(found, wanted) | Kind::InvalidValue(found, wanted) => {
            format!("must be {wanted}, not {found}")
        }
        Kind::Message(why) if why.contains("socket address") => {
            format!("{why}; write ADDRESS:PORT, as in \"127.0.0.1:8600\"")
        }
        kind => kind.to_string().trim().to_owned(),
    };
    let key = path.join(".");
    let by_variable = error
        .metadata
        .is_some_and(|m| m.name.contains("environment"));
    let place = match file {
        _ if by_variable => return format!("variable {}: {problem}", variable(&key)),
        Some(file) => format!("{}: ", file.display()),
        None => String::new(),
    };
    if key.is_empty() {
        return format!("{place}{problem}");
    }
    format!("{place}{key}: {problem}")
}

fn variable(key: &str) -> String {
    format!("IDP_{}", key.replace('.', "__").to_uppercase())
}
