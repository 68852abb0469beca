//! `idp keys list | rotate`

use clap::Subcommand;
use idp_core::timestamp::Timestamp;

use super::cx;
use crate::config::Config;
use crate::http::page::moment;
use crate::serve::{StartError, open_database};
use crate::signing::{MasterKey, rotate_now};

#[derive(Subcommand)]
pub(super) enum Command {
    /// List the signing keys and their times.
    List,
    /// Make successors of all signing keys. They are published now and sign after the configured
    /// time, so that every platform's cache has them.
    Rotate {
        /// Let them sign at once. Only when a key is lost: caches of platforms may not have them yet.
        #[arg(long)]
        now: bool,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    match command {
        Command::List => list(config).await,
        Command::Rotate { now } => rotate(config, now).await,
    }
}

async fn list(config: &Config) -> Result<(), StartError> {
    let database = open_database(config)?;
    let keys = database
        .read(|store| store.list_signing_keys())
        .await
        .map_err(|e| StartError::new("database", e))?;
    let now = crate::clock::now();
    let schedule = config.key_schedule();
    for key in keys {
        let retired = key.retired_at.is_some_and(|at| at <= now);
        let state = match (
            key.signs_from <= now,
            retired,
            schedule.is_published(&key, now),
        ) {
            (_, true, false) => "gone",
            (_, true, true) => "published",
            (true, false, _) => "signing",
            (false, false, _) => "waiting",
        };
        let until = key
            .retired_at
            .map_or("-".to_owned(), |at: Timestamp| moment(at).to_string());
        let from = moment(key.signs_from);
        println!(
            "{} {:<5} {:<9} from {from} until {until}",
            key.id,
            key.algorithm.as_str(),
            state
        );
    }
    Ok(())
}

async fn rotate(config: &Config, at_once: bool) -> Result<(), StartError> {
    let database = open_database(config)?;
    let master = MasterKey::load(config).map_err(|e| StartError::new("master key", e))?;
    let cx = cx(config)?;
    let signs_from = if at_once {
        cx.now
    } else {
        cx.now + config.key_schedule().publish_before
    };
    let made = rotate_now(&database, &master, &cx, signs_from)
        .await
        .map_err(|e| StartError::new("signing keys", e))?;
    for id in made {
        println!("{id} signs from {}", moment(signs_from));
    }
    Ok(())
}
