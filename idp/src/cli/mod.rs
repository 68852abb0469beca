//! The command line: for operators and service managers. Owns words and exit codes; the work is the
//! core's and [`crate::serve`]'s.

mod enterprise;
mod keys;
mod platform;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use idp_core::cx::{Cx, Rng};

use crate::clock::{self, SystemRng};
use crate::config::Config;
use crate::serve::{self, StartError};

/// 一证通: one certificate, every trading platform.
#[derive(Parser)]
#[command(name = "idp", version, about, long_about = None)]
struct Cli {
    /// Configuration file (TOML). Variables IDP_… override it.
    #[arg(long, short, global = true, env = "IDP_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the provider. Migrates the database first.
    Serve,
    /// Bring the database to the newest schema and end.
    Migrate,
    /// Read configuration, certificates and master key, say what is wrong, and end.
    CheckConfig,
    /// Platforms (盟市交易平台).
    Platform {
        #[command(subcommand)]
        command: platform::Command,
    },
    /// Enterprises (企业).
    Enterprise {
        #[command(subcommand)]
        command: enterprise::Command,
    },
    /// Signing keys.
    Keys {
        #[command(subcommand)]
        command: keys::Command,
    },
}

/// Runs the command line.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    log_to_standard_error();
    let ended = actix_web::rt::System::new().block_on(carry_out(cli));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("idp: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn carry_out(cli: Cli) -> Result<(), StartError> {
    let config =
        Config::load(cli.config.as_deref()).map_err(|e| StartError::new("configuration", e))?;
    match cli.command {
        Command::Serve => serve_until_stopped(config).await,
        Command::Migrate => migrate(&config).await,
        Command::CheckConfig => check_config(&config),
        Command::Platform { command } => platform::run(&config, command).await,
        Command::Enterprise { command } => enterprise::run(&config, command).await,
        Command::Keys { command } => keys::run(&config, command).await,
    }
}

async fn serve_until_stopped(config: Config) -> Result<(), StartError> {
    let issuer = config.issuer.clone();
    let running = serve::start(config).await?;
    for address in &running.addresses {
        tracing::info!(%address, issuer, "serving");
    }
    running
        .serve()
        .await
        .map_err(|e| StartError::new("server", e))
}

async fn migrate(config: &Config) -> Result<(), StartError> {
    let database = serve::open_database(config)?;
    let failed = |e: &dyn ToString| StartError::new("database migration", e.to_string());
    let pending = database
        .pending_migrations()
        .await
        .map_err(|e| failed(&e))?;
    database.migrate().await.map_err(|e| failed(&e))?;
    match pending.len() {
        0 => println!("nothing to do: the schema is the newest"),
        n => println!("applied {n} migrations: {}", pending.join(", ")),
    }
    Ok(())
}

fn check_config(config: &Config) -> Result<(), StartError> {
    let registry = crate::certificates::load_registry(&config.certificate_authorities)
        .map_err(|e| StartError::new("certificate authorities", e))?;
    let now = clock::now().unix_seconds();
    let lists = crate::certificates::CrlFiles::load(&config.certificate_authorities);
    for ca in &registry.authorities {
        use idp_core::recognition::{RevocationLists as _, RevocationPolicy};
        let crls = lists.lists_of(&ca.id);
        let current = crls.iter().filter(|crl| now < crl.next_update()).count();
        if ca.revocation == RevocationPolicy::Required && current == 0 {
            let why = "no revocation list in force: every certificate of it would be refused";
            return Err(StartError::new(
                format!("certificate authority {}", ca.id),
                why,
            ));
        }
        println!(
            "certificate authority {}: {} list(s) in force",
            ca.id, current
        );
    }
    if registry.authorities.is_empty() {
        println!("warning: no certificate authority: nobody can sign in");
    }
    let named = !config.master_key.file.as_os_str().is_empty();
    if named || !config.master_key.value.is_empty() {
        crate::signing::MasterKey::load(config).map_err(|e| StartError::new("master key", e))?;
    }
    println!("configuration is good: issuer {}", config.issuer);
    Ok(())
}

/// The outside of a command.
fn cx(config: &Config) -> Result<Cx, StartError> {
    let settings = config
        .settings()
        .map_err(|e| StartError::new("configuration", e))?;
    let rng: Arc<dyn Rng> = Arc::new(SystemRng);
    Ok(clock::cx(&Arc::new(settings), &rng))
}

fn log_to_standard_error() {
    use std::io::IsTerminal as _;
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("IDP_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
}
