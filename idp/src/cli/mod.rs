//! The command line: for operators and service managers. Owns words and exit codes; the work is the
//! core's and [`crate::serve`]'s.

mod api;
mod audit;
mod ca;
mod check_config;
mod check_reach;
mod check_tls;
mod consent;
mod deliveries;
mod enterprise;
mod figures;
mod keys;
mod log;
mod logouts;
mod notifications;
mod operator;
mod output;
mod paging;
mod platform;
mod ready;
mod receipt;
mod registration_token;
mod revocation;
mod session;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use idp_core::cx::{Cx, Rng};
use output::{say, tell};

use crate::clock::{self, SystemRng};
use crate::config::Config;
use crate::serve::{self, StartError};

/// What stands below `idp --help`.
const AFTERWORD: &str = "\
Variables:
  IDP_CONFIG       the configuration file, as --config
  IDP_<KEY>        any key of it, levels joined by two underscores: IDP_DATABASE__URL
  IDP_LOG          how much is logged: off, error, warn, info (default), debug, trace, or TARGET=LEVEL

Exit codes: 0 done; 1 not done, standard error says why; 2 the command line is wrong.

First steps: check-config, migrate, platform add, serve.";

/// 一证通: one certificate, every trading platform.
#[derive(Parser)]
#[command(name = "idp", version, after_help = AFTERWORD)]
struct Cli {
    /// Configuration file (TOML). Without it: the defaults and the variables.
    #[arg(long, short, global = true, env = "IDP_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until a signal comes. Does first what `migrate` does.
    Serve,
    /// Bring the database to the newest schema and list the guide's platforms in it.
    Migrate {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Read configuration, certificates, revocation lists and master key; say what is wrong. Opens no
    /// database.
    CheckConfig {
        /// End with exit code 1 when there are warnings too.
        #[arg(long)]
        strict: bool,
    },
    /// Platforms (盟市交易平台): connect, change, look at and stop them.
    Platform {
        #[command(subcommand)]
        command: platform::Command,
    },
    /// Registration tokens: by one, platforms register themselves (RFC 7591).
    RegistrationToken {
        #[command(subcommand)]
        command: registration_token::Command,
    },
    /// Enterprises (企业): look for them, look one up, rename it, its lost locks, freeze it, its people's data.
    Enterprise {
        #[command(subcommand)]
        command: enterprise::Command,
    },
    /// Operators (技术人员): who works at the console, and who is the first.
    Operator {
        #[command(subcommand)]
        command: operator::Command,
    },
    /// Sign-ins: list them, end them.
    Session {
        #[command(subcommand)]
        command: session::Command,
    },
    /// Consents (确认授权): list them, take one back.
    Consent {
        #[command(subcommand)]
        command: consent::Command,
    },
    /// Figures of the last day or week: sign-ins, arrivals at platforms, failures, what ends or waits.
    Figures(figures::Figures),
    /// Certificate authorities (CA办理机构): look at the registry and change it, inspect certificates.
    Ca {
        #[command(subcommand)]
        command: ca::Command,
    },
    /// What CAs took back: how the sources do, import lists, fetch now.
    Revocation {
        #[command(subcommand)]
        command: revocation::Command,
    },
    /// Platforms that are told that sessions ended: what waits, what was given up.
    Logouts {
        #[command(subcommand)]
        command: logouts::Command,
    },
    /// The audit trail as a log: verify it, export it, sign its head, prove a line.
    Audit {
        #[command(subcommand)]
        command: audit::Command,
    },
    /// What enterprises hear of by webhook, mail or text message: what waits, what was given up.
    Notifications {
        #[command(subcommand)]
        command: notifications::Command,
    },
    /// The same over a provider's admin API, from anywhere, by an operator's own key. Needs no configuration.
    Api(Box<api::Api>),
    /// Consent receipts: write one, check one.
    Receipt {
        #[command(subcommand)]
        command: receipt::Command,
    },
    /// Signing keys: list, rotate, withdraw a stolen one.
    Keys {
        #[command(subcommand)]
        command: keys::Command,
    },
}

/// Who changes something, for the audit trail: whom `--by` names, or the user of the machine.
fn operator_name(by: Option<&str>) -> Result<String, StartError> {
    let of_machine = || {
        let variables = ["USER", "LOGNAME"].into_iter();
        let said = variables.flat_map(std::env::var).next();
        // Services and containers have no such variables; the account has a name all the same.
        said.or_else(|| whoami::username().ok())
    };
    let by = by.map(str::to_owned).or_else(of_machine);
    let by = by.ok_or_else(|| StartError::new("--by", "is needed: the machine names no user"))?;
    idp_core::operate::operator_name(&by).map_err(|e| StartError::new("--by", e))
}

/// Runs the command line.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let ended = log::to_standard_error()
        .and_then(|()| actix_web::rt::System::new().block_on(carry_out(cli)));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::remark(format_args!("idp: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn carry_out(cli: Cli) -> Result<(), StartError> {
    let command = match cli.command {
        Command::Api(api) => return api::run(*api).await,
        command => command,
    };
    let config =
        Config::load(cli.config.as_deref()).map_err(|e| StartError::new("configuration", e))?;
    match command {
        Command::Api(api) => api::run(*api).await,
        Command::Serve => serve_until_stopped(config).await,
        Command::Migrate { json } => migrate(&config, json).await,
        Command::CheckConfig { strict } => check_config::run(&config, strict),
        Command::Platform { command } => platform::run(&config, command).await,
        Command::RegistrationToken { command } => registration_token::run(&config, command).await,
        Command::Enterprise { command } => enterprise::run(&config, command).await,
        Command::Operator { command } => operator::run(&config, command).await,
        Command::Session { command } => session::run(&config, command).await,
        Command::Consent { command } => consent::run(&config, command).await,
        Command::Audit { command } => audit::run(&config, command).await,
        Command::Figures(figures) => figures::run(&config, figures).await,
        Command::Ca { command } => ca::run(&config, command).await,
        Command::Revocation { command } => revocation::run(&config, command).await,
        Command::Logouts { command } => logouts::run(&config, command).await,
        Command::Notifications { command } => notifications::run(&config, command).await,
        Command::Receipt { command } => receipt::run(&config, command).await,
        Command::Keys { command } => keys::run(&config, command).await,
    }
}

async fn serve_until_stopped(config: Config) -> Result<(), StartError> {
    let issuer = config.issuer.clone();
    let _alone = serve::Alone::hold(&config)?;
    let running = serve::start(config).await?;
    for address in &running.addresses {
        tracing::info!(%address, issuer, "serving");
    }
    running
        .serve()
        .await
        .map_err(|e| StartError::new("server", e))
}

async fn migrate(config: &Config, as_json: bool) -> Result<(), StartError> {
    let database = serve::open_database(config)?;
    let failed = |e: &dyn ToString| StartError::new("database migration", e.to_string());
    let pending = database
        .pending_migrations()
        .await
        .map_err(|e| failed(&e))?;
    database.migrate().await.map_err(|e| failed(&e))?;
    match pending.len() {
        _ if as_json => {}
        0 => say("nothing to do: the schema is the newest")?,
        n => say(format_args!(
            "applied {n} migrations: {}",
            pending.join(", ")
        ))?,
    }
    let listed = database
        .write(|store| {
            idp_core::directory::seed(store)?;
            store.list_platforms()
        })
        .await
        .map_err(|e| StartError::new("platform directory", e))?;
    let told = serde_json::json!({ "applied": pending, "platforms": listed.len() });
    let words = format!("{} platforms are in the directory", listed.len());
    tell(as_json, words, &told)
}

/// The outside of a command.
fn cx(config: &Config) -> Result<Cx, StartError> {
    let settings = config
        .settings()
        .map_err(|e| StartError::new("configuration", e))?;
    let rng: Arc<dyn Rng> = Arc::new(SystemRng);
    Ok(clock::cx(&Arc::new(settings), &rng))
}
