//! `idp keys list | rotate | withdraw | emergency | reseal`

mod list;

use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use idp_core::directory::Act;
use idp_core::id::KeyId;
use idp_storage::Database;

use super::output::{remark, say};
use super::ready::{self, rfc3339};
use super::{cx, operator_name};
use crate::config::Config;
use crate::serve::{KEY_WATCH, StartError};
use crate::signing::{
    Keeper, KeysError, MasterKey, destroy_spent, replace_all, reseal, rotate_now, withdraw,
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// List the signing keys and their times (UTC).
    ///
    /// waiting: published, signs later. signing. published: signs no more, still verifies. gone: past its
    /// time. withdrawn: out of force for ever. off: its algorithm is switched off.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make successors of all signing keys. They are published now and sign after the configured
    /// time, so that every platform's cache has them.
    Rotate {
        /// Let them sign at once. The old keys stay published: for a stolen key use `withdraw`.
        #[arg(long)]
        now: bool,
        /// Who; the user of this machine where it is not said.
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
    /// Take a stolen signing key out of force for ever. It leaves the JWK Set, and what it signed is
    /// refused; running servers follow within seconds. A successor is made where it is needed.
    Withdraw {
        /// Its `kid`, as `idp keys list` shows it.
        #[arg(allow_hyphen_values = true)]
        kid: String,
        /// Why, for the audit trail.
        #[arg(long)]
        reason: Option<String>,
        /// Who; the user of this machine where it is not said.
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Take all signing keys out of force for ever and put new ones in force at once, where nobody can say
    /// which are known. Every token there is dies; running servers follow within a second.
    Emergency {
        /// Why, for the audit trail.
        #[arg(long)]
        reason: String,
        /// Who; the user of this machine where it is not said.
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Seal all keys anew, under another master key. Then put that in the old one's place.
    Reseal {
        /// File with the new master key: the base64 text of 32 octets, readable by its owner alone.
        #[arg(long, value_name = "FILE")]
        new_master_key: PathBuf,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    match command {
        Command::List { json } => list::run(config, json).await,
        Command::Rotate { now, by } => rotate(config, now, &operator_name(by.as_deref())?).await,
        Command::Withdraw {
            kid,
            reason,
            by,
            yes,
        } => {
            let (id, by) = (KeyId::from_text(kid), operator_name(by.as_deref())?);
            let reason = reason.as_deref();
            take_out(
                config,
                &id,
                Act {
                    operator_id: None,
                    by: &by,
                    reason,
                },
                yes,
            )
            .await
        }
        Command::Emergency { reason, by, yes } => {
            let by = operator_name(by.as_deref())?;
            let reason = Some(reason.as_str());
            replace(
                config,
                Act {
                    operator_id: None,
                    by: &by,
                    reason,
                },
                yes,
            )
            .await
        }
        Command::Reseal { new_master_key } => seal_anew(config, &new_master_key).await,
    }
}

async fn rotate(config: &Config, at_once: bool, by: &str) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let stored = database
        .read(|store| store.list_signing_keys())
        .await
        .map_err(|e| StartError::new("database", e))?;
    let failed = |e| StartError::new("master key", e);
    MasterKey::for_keys(config, &stored).map_err(failed)?;
    let keeper = Keeper::load(config)?;
    let cx = cx(config)?;
    // The first ones have nobody to wait for.
    let signs_from = if at_once || stored.is_empty() {
        cx.now
    } else {
        cx.now + config.key_schedule().publish_before
    };
    let made = rotate_now(&database, &keeper, &cx, signs_from, by).await?;
    for id in made {
        say(format_args!("{id} signs from {}", rfc3339(signs_from)))?;
    }
    Ok(())
}

async fn take_out(config: &Config, id: &KeyId, act: Act<'_>, yes: bool) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let keeper = Keeper::load(config)?;
    let question = format!(
        "Withdraw {id}? Every token that it signed is refused from then on, and it can't be undone."
    );
    if !yes && !confirmed(&question)? {
        return Err(StartError::new("signing keys", "nothing was withdrawn"));
    }
    let schedule = config.key_schedule();
    let withdrawn = withdraw(&database, (&keeper, &schedule), &cx(config)?, id, act)
        .await
        .map_err(|e| StartError::new("signing keys", e))?;
    say(format_args!("{id} is withdrawn"))?;
    if let Some((successor, signs_from)) = withdrawn.successor {
        say(format_args!(
            "{successor} signs from {}",
            rfc3339(signs_from)
        ))?;
    }
    tell_of_none(withdrawn.failed);
    destroy(config, &database, &keeper).await?;
    remark(format_args!(
        "Running servers follow within {} seconds. Platforms go on believing their copy of the JWK Set \
         until they fetch it again: tell them.",
        KEY_WATCH.as_secs()
    ));
    Ok(())
}

async fn replace(config: &Config, act: Act<'_>, yes: bool) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let keeper = Keeper::load(config)?;
    let question = "Withdraw ALL signing keys? Every token of this provider is refused from then on, and it \
                    can't be undone.";
    if !yes && !confirmed(question)? {
        return Err(StartError::new("signing keys", "nothing was withdrawn"));
    }
    let replaced = replace_all(&database, &keeper, &cx(config)?, act).await?;
    for id in replaced.withdrawn {
        say(format_args!("{id} is withdrawn"))?;
    }
    for id in replaced.made {
        say(format_args!("{id} signs from now on"))?;
    }
    tell_of_none(replaced.failed);
    destroy(config, &database, &keeper).await?;
    remark(format_args!(
        "Running servers follow within {} second. Platforms go on believing their copy of the JWK Set until \
         they fetch it again: tell them.",
        KEY_WATCH.as_secs()
    ));
    Ok(())
}

/// What was taken out has no successor.
fn tell_of_none(failed: Option<KeysError>) {
    if let Some(error) = failed {
        remark(format_args!(
            "WARNING: a successor could not be made: {error}. Until a running server can make it, nothing may sign: \
             bring the token back, or set signing_keys.keep_in to database and restart."
        ));
    }
}

/// What was withdrawn is inside a token no longer. Where that can't be had, running servers do it later.
async fn destroy(config: &Config, database: &Database, keeper: &Keeper) -> Result<(), StartError> {
    let Some(hsm) = keeper.hsm() else {
        return Ok(());
    };
    match destroy_spent(database, hsm, &cx(config)?).await {
        Ok(destroyed) => {
            for id in destroyed {
                say(format_args!("{id} is destroyed inside {}", hsm.name()))?;
            }
        }
        Err(error) => remark(format_args!(
            "WARNING: {error}; a running server destroys withdrawn keys inside the token when it is back"
        )),
    }
    Ok(())
}

async fn seal_anew(config: &Config, file: &Path) -> Result<(), StartError> {
    let failed = |e: &dyn std::fmt::Display| StartError::new("master key", e);
    let database = ready::database(config).await?;
    let old = MasterKey::load(config).map_err(|e| failed(&e))?;
    let new = MasterKey::of_file(file).map_err(|e| failed(&e))?;
    let count = reseal(&database, (&old, &new))
        .await
        .map_err(|e| failed(&e))?;
    say(format_args!(
        "{count} keys are sealed under {}",
        file.display()
    ))?;
    remark(
        "Put it in the old master key's place now: until then no server starts, and running ones go on with the \
         keys they have.",
    );
    Ok(())
}

/// Asks on standard error; only `yes` is a yes, the end of the input is none.
fn confirmed(question: &str) -> Result<bool, StartError> {
    let failed = |e: std::io::Error| StartError::new("confirmation", e);
    eprint!("{question} Type yes: ");
    std::io::stderr().flush().map_err(failed)?;
    let mut answer = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut answer)
        .map_err(failed)?;
    Ok(answer.trim() == "yes")
}
