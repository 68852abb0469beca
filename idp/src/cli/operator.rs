//! `idp operator`: who works at the console. On the machine itself, where whoever can run this can change the database: the
//! first operator can't be entered otherwise. Each change leaves its event.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use idp_core::cx::Cx;
use idp_core::hand::Hand;
use idp_core::id::OperatorId;
use idp_core::operator::{Operator, OperatorState, Role, Roles};
use idp_core::operators::{self, OperatorChange, OperatorsError};
use idp_core::store::Store;
use pki::certificate::Certificate;
use serde_json::{Value, json};

use super::output::{remark, say};
use super::ready;
use super::{cx, operator_name};
use crate::config::Config;
use crate::serve::StartError;
use crate::shapes::operator::row;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Enter an operator with its certificate. The first ones can't be entered at the console.
    Add {
        /// The certificate it signs in with, PEM; it alone counts.
        #[arg(long, value_name = "FILE")]
        cert: PathBuf,
        /// Its name, as others read it.
        #[arg(long)]
        name: String,
        /// What it may do: registrar, support, trust, auditor; several separated by commas.
        #[arg(long, value_delimiter = ',', required = true)]
        roles: Vec<Role>,
        #[command(flatten)]
        behind: Behind,
    },
    /// List operators.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Change roles, certificate or state of an operator.
    Change {
        /// The operator, as `list` names it.
        id: String,
        /// What it may do from now on.
        #[arg(long, value_delimiter = ',')]
        roles: Option<Vec<Role>>,
        /// What it signs in with from now on, PEM.
        #[arg(long, value_name = "FILE")]
        cert: Option<PathBuf>,
        #[command(flatten)]
        behind: Behind,
    },
    /// Let an operator sign in no more; what is signed in is over at once.
    Suspend {
        /// The operator, as `list` names it.
        id: String,
        #[command(flatten)]
        behind: Behind,
    },
    /// Let it sign in again.
    Activate {
        /// The operator, as `list` names it.
        id: String,
        #[command(flatten)]
        behind: Behind,
    },
}

/// Who does it, and why.
#[derive(Args)]
pub(super) struct Behind {
    /// Why; goes into the audit trail.
    #[arg(long)]
    reason: Option<String>,
    /// Who; the user of this machine where it is not said.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    match command {
        Command::Add {
            cert,
            name,
            roles,
            behind,
        } => {
            let roles = roles_of(roles)?;
            let certificate = read(&cert)?;
            change(config, behind, move |store, cx, hand| {
                operators::add(store, cx, hand, (&name, roles, &certificate))
            })
            .await
        }
        Command::List { json } => list(config, json).await,
        Command::Change {
            id,
            roles,
            cert,
            behind,
        } => {
            let to = OperatorChange {
                roles: roles.map(roles_of).transpose()?,
                certificate: cert.as_deref().map(read).transpose()?,
                state: None,
            };
            become_this(config, (id, behind), to).await
        }
        Command::Suspend { id, behind } => {
            become_this(config, (id, behind), in_state(OperatorState::Suspended)).await
        }
        Command::Activate { id, behind } => {
            become_this(config, (id, behind), in_state(OperatorState::Active)).await
        }
    }
}

fn in_state(state: OperatorState) -> OperatorChange {
    OperatorChange {
        state: Some(state),
        ..OperatorChange::default()
    }
}

async fn become_this(
    config: &Config,
    (id, behind): (String, Behind),
    to: OperatorChange,
) -> Result<(), StartError> {
    let id = OperatorId::from_text(id);
    change(config, behind, move |store, cx, hand| {
        let now = store.find_operator(&id)?;
        let version = now.map_or(0, |now| now.version);
        operators::change(store, cx, hand, (&id, version, to))
    })
    .await
}

async fn change(
    config: &Config,
    behind: Behind,
    work: impl FnOnce(&mut dyn Store, &Cx, &Hand) -> Result<Operator, OperatorsError> + Send + 'static,
) -> Result<(), StartError> {
    let hand = Hand::on_the_machine(operator_name(behind.by.as_deref())?, behind.reason);
    let (cx, database) = (cx(config)?, ready::database(config).await?);
    let operator = database
        .write(move |store| work(store, &cx, &hand))
        .await
        .map_err(|e| StartError::new("operator", e))?;
    if behind.json {
        return say(format_args!("{:#}", row(&operator)));
    }
    say(line(&operator))?;
    if config.console.enabled {
        remark(format_args!("Signs in at {}/console", config.issuer));
    } else {
        remark("The console is switched off (console.enabled): nobody signs in there.");
    }
    Ok(())
}

async fn list(config: &Config, as_json: bool) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let all = database
        .read(|store| store.list_operators())
        .await
        .map_err(|e| StartError::new("database", e))?;
    if as_json {
        let all: Vec<Value> = all.iter().map(row).collect();
        return say(format_args!("{:#}", json!(all)));
    }
    for operator in &all {
        say(line(operator))?;
    }
    if all.is_empty() {
        remark(
            "There is none. `idp operator add --cert FILE --name NAME --roles trust` enters the first.",
        );
    }
    Ok(())
}

fn line(operator: &Operator) -> String {
    let (id, name, state) = (&operator.id, &operator.name, operator.state.as_str());
    let roles = &operator.roles;
    format!("{id}  {state:<9}  {name}  [{roles}]")
}

fn roles_of(roles: Vec<Role>) -> Result<Roles, StartError> {
    Roles::new(roles).map_err(|e| StartError::new("--roles", e))
}

/// The one certificate of a file.
fn read(file: &Path) -> Result<Vec<u8>, StartError> {
    let wrong = |why: String| StartError::new(file.display().to_string(), why);
    let text = std::fs::read_to_string(file).map_err(|e| wrong(e.to_string()))?;
    let all = Certificate::from_pem(&text).map_err(|e| wrong(e.to_string()))?;
    match all.as_slice() {
        [one] => Ok(one.der().to_vec()),
        all => Err(wrong(format!(
            "holds {} certificates; the operator's own alone is wanted",
            all.len()
        ))),
    }
}
