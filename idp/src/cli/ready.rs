//! What the commands share: a database that is ready for them, and times as programs read them.

use std::path::PathBuf;

use idp_core::timestamp::Timestamp;
use idp_storage::Database;

use crate::clock;
pub(super) use crate::clock::rfc3339;
use crate::config::Config;
use crate::serve::{StartError, open_database};

/// Where the embedded database would be, if it is not there.
pub(super) fn absent_database(config: &Config) -> Option<PathBuf> {
    let url = config.database_url();
    let file = PathBuf::from(url.strip_prefix("sqlite://")?);
    (!file.exists()).then_some(file)
}

/// The database, its tables there and the newest. None is made: in a wrong folder it would be an empty one.
pub(super) async fn database(config: &Config) -> Result<Database, StartError> {
    if let Some(file) = absent_database(config) {
        let why = format!(
            "there is none at {}; name the configuration with --config, or make it with `idp migrate`",
            file.display()
        );
        return Err(StartError::new("database", why));
    }
    let database = open_database(config)?;
    let refused = |why: &str| Err(StartError::new("database", why));
    let pending = database
        .pending_migrations()
        .await
        .map_err(|e| StartError::new("database", e))?;
    if pending.is_empty() {
        return Ok(database);
    }
    match database.read(|store| store.list_platforms()).await {
        Err(_) => refused("the database has no tables yet: run `idp migrate`"),
        Ok(_) => refused("the database is older than this program: run `idp migrate`"),
    }
}

/// A moment that somebody typed, as RFC 3339 writes it: an option's parser.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    let read = clock::read_rfc3339(text);
    read.map_err(|_not_one| "a moment is written as in 2026-11-27T22:00:00+08:00".to_owned())
}
