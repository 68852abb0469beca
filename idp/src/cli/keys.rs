//! `idp keys list | rotate | withdraw | emergency | reseal`

mod list;

use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use idp_core::directory::Act;
use idp_core::id::KeyId;
use idp_core::timestamp::Timestamp;
use idp_storage::Database;
use serde_json::json;

use super::output::{remark, say, tell};
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
        /// As JSON.
        #[arg(long)]
        json: bool,
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
        /// As JSON.
        #[arg(long)]
        json: bool,
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
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Seal all keys anew, under another master key. Then put that in the old one's place.
    Reseal {
        /// File with the new master key: the base64 text of 32 octets, readable by its owner alone.
        #[arg(long, value_name = "FILE")]
        new_master_key: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    match command {
        Command::List { json } => list::run(config, json).await,
        Command::Rotate { now, by, json } => {
            rotate(config, now, &operator_name(by.as_deref())?, json).await
        }
        Command::Withdraw {
            kid,
            reason,
            by,
            yes,
            json,
        } => {
            let (id, by) = (KeyId::from_text(kid), operator_name(by.as_deref())?);
            let act = act(&by, reason.as_deref());
            take_out(config, (&id, act), yes, json).await
        }
        Command::Emergency {
            reason,
            by,
            yes,
            json,
        } => {
            let by = operator_name(by.as_deref())?;
            replace(config, act(&by, Some(&reason)), yes, json).await
        }
        Command::Reseal {
            new_master_key,
            json,
        } => seal_anew(config, &new_master_key, json).await,
    }
}

const fn act<'a>(by: &'a str, reason: Option<&'a str>) -> Act<'a> {
    Act {
        operator_id: None,
        by,
        reason,
    }
}

async fn rotate(config: &Config, at_once: bool, by: &str, as_json: bool) -> Result<(), StartError> {
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
    let mut told = Told::default();
    told.made
        .extend(made.into_iter().map(|id| (id, signs_from)));
    told.tell(as_json)
}

async fn take_out(
    config: &Config,
    (id, act): (&KeyId, Act<'_>),
    yes: bool,
    as_json: bool,
) -> Result<(), StartError> {
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
    let told = Told {
        withdrawn: vec![id.clone()],
        made: withdrawn.successor.into_iter().collect(),
    };
    told.tell(as_json)?;
    tell_of_none(withdrawn.failed);
    destroy(config, &database, &keeper, as_json).await?;
    remark(format_args!(
        "Running servers follow within {} seconds. Platforms go on believing their copy of the JWK Set \
         until they fetch it again: tell them.",
        KEY_WATCH.as_secs()
    ));
    Ok(())
}

async fn replace(
    config: &Config,
    act: Act<'_>,
    yes: bool,
    as_json: bool,
) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let keeper = Keeper::load(config)?;
    let question = "Withdraw ALL signing keys? Every token of this provider is refused from then on, and it \
                    can't be undone.";
    if !yes && !confirmed(question)? {
        return Err(StartError::new("signing keys", "nothing was withdrawn"));
    }
    let cx = cx(config)?;
    let replaced = replace_all(&database, &keeper, &cx, act).await?;
    if as_json {
        let made = replaced.made.into_iter().map(|id| (id, cx.now));
        let told = Told {
            withdrawn: replaced.withdrawn,
            made: made.collect(),
        };
        told.tell(as_json)?;
    } else {
        for id in replaced.withdrawn {
            say(format_args!("{id} is withdrawn"))?;
        }
        for id in replaced.made {
            say(format_args!("{id} signs from now on"))?;
        }
    }
    tell_of_none(replaced.failed);
    destroy(config, &database, &keeper, as_json).await?;
    remark(format_args!(
        "Running servers follow within {} second. Platforms go on believing their copy of the JWK Set until \
         they fetch it again: tell them.",
        KEY_WATCH.as_secs()
    ));
    Ok(())
}

/// What became of keys.
#[derive(Default)]
struct Told {
    withdrawn: Vec<KeyId>,
    /// With the moment from which each signs.
    made: Vec<(KeyId, Timestamp)>,
}

impl Told {
    fn tell(&self, as_json: bool) -> Result<(), StartError> {
        if as_json {
            let withdrawn: Vec<_> = self.withdrawn.iter().map(ToString::to_string).collect();
            let made = self.made.iter();
            let made =
                made.map(|(id, at)| json!({ "kid": id.to_string(), "signs_from": rfc3339(*at) }));
            let told = json!({ "withdrawn": withdrawn, "made": made.collect::<Vec<_>>() });
            return say(format_args!("{told:#}"));
        }
        for id in &self.withdrawn {
            say(format_args!("{id} is withdrawn"))?;
        }
        for (id, signs_from) in &self.made {
            say(format_args!("{id} signs from {}", rfc3339(*signs_from)))?;
        }
        Ok(())
    }
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
async fn destroy(
    config: &Config,
    database: &Database,
    keeper: &Keeper,
    as_json: bool,
) -> Result<(), StartError> {
    let Some(hsm) = keeper.hsm() else {
        return Ok(());
    };
    match destroy_spent(database, hsm, &cx(config)?).await {
        Ok(destroyed) => {
            for id in destroyed {
                let words = format!("{id} is destroyed inside {}", hsm.name());
                // One answer is one object: what comes after it is a remark.
                if as_json {
                    remark(words);
                } else {
                    say(words)?;
                }
            }
        }
        Err(error) => remark(format_args!(
            "WARNING: {error}; a running server destroys withdrawn keys inside the token when it is back"
        )),
    }
    Ok(())
}

async fn seal_anew(config: &Config, file: &Path, as_json: bool) -> Result<(), StartError> {
    let failed = |e: &dyn std::fmt::Display| StartError::new("master key", e);
    let database = ready::database(config).await?;
    let old = MasterKey::load(config).map_err(|e| failed(&e))?;
    let new = MasterKey::of_file(file).map_err(|e| failed(&e))?;
    let count = reseal(&database, (&old, &new))
        .await
        .map_err(|e| failed(&e))?;
    let words = format!("{count} keys are sealed under {}", file.display());
    tell(as_json, words, &json!({ "sealed": count }))?;
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
