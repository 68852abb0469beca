//! What the commands share: a database that is ready for them, and times as programs read them.

use std::path::PathBuf;

use idp_core::timestamp::Timestamp;
use idp_storage::Database;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

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

/// A moment as RFC 3339 writes it, in UTC and whole seconds.
pub(super) fn rfc3339(at: Timestamp) -> String {
    OffsetDateTime::from_unix_timestamp(at.unix_seconds())
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
        .format(&Rfc3339)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rfc_3339_in_utc() {
        let at = Timestamp::from_unix_millis(1_795_000_000_999);
        assert_eq!(rfc3339(at), "2026-11-18T11:06:40Z");
    }
}
