//! The command line.
//!
//! Owns options, progress lines and exit codes. What is up goes to standard output, everything else to standard error.

mod lock;
mod operator;
mod revoke;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use key_agent::locks::LockSource;

use crate::error::DemoError;
use crate::settings::{DemoSettings, PortChoice, Ports, Step};
use crate::start;

const EXAMPLES: &str = "\
示例 Examples:
  cargo run --bin demo                              启动演示，按 Ctrl-C 结束 · start; Ctrl-C ends it
  cargo run --bin demo -- --ready ready.json        就绪后写出 JSON（含平台密钥）· for scripts
  cargo run --bin demo -- --port 9600               门户使用指定端口 · the portal on this port
  cargo run --bin demo -- lock --kind good --name 赤峰市试验有限公司 --out demo-state/locks/b-mine.pem
                                                    再做一把示例锁 · one more sample lock
  cargo run --bin demo -- operator --name 其其格    登记一名技术人员，可登录 /console · an operator of the console
  cargo run --bin demo -- revoke demo-state/locks/1-good-sm2.pem
                                                    吊销一把示例锁 · take a sample lock back

日志 Log: DEMO_LOG=info cargo run --bin demo";

/// 一证通演示：身份认证、两个交易平台、驱动和示例锁 · the whole system on this computer, with sample locks.
#[derive(Parser)]
#[command(name = "demo", version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Subcommand)]
enum Command {
    /// 制作示例锁 · make one more sample lock, of a CA of this demonstration
    Lock(Box<lock::Lock>),
    /// 登记技术人员 · enter an operator of the console, with a key of its own beside the sample locks
    Operator(operator::Operator),
    /// 吊销示例锁的证书 · take the certificate of a sample lock back, as when it is reported lost
    Revoke(revoke::Revoke),
}

#[derive(Args)]
struct Serve {
    /// 状态目录 · folder that keeps everything over restarts
    #[arg(
        long,
        value_name = "DIR",
        default_value = "demo-state",
        env = "DEMO_STATE_DIR"
    )]
    state_dir: PathBuf,
    /// 就绪后写出 JSON · write this file, whole, when everything is up
    #[arg(long, value_name = "FILE")]
    ready: Option<PathBuf>,
    /// 门户端口 · port of the provider and portal [default: 8600, or a free one]
    #[arg(long)]
    port: Option<u16>,
    /// 赤峰平台端口 · port of the platform 赤峰 [default: 8601, or a free one]
    #[arg(long)]
    chifeng_port: Option<u16>,
    /// 呼和浩特平台端口 · port of the platform 呼和浩特 [default: 8602, or a free one]
    #[arg(long)]
    hohhot_port: Option<u16>,
    /// 驱动端口 · port of the key agent [default: one of 17650-17654, or a free one]
    #[arg(long)]
    agent_port: Option<u16>,
    /// PKCS#11 驱动库，可重复；在驱动进程内运行 · also locks of this PKCS #11 library; may be repeated
    #[arg(long, value_name = "LIB")]
    pkcs11: Vec<PathBuf>,
    /// SKF 驱动库（GM/T 0016），可重复；在驱动进程内运行 · also locks of this SKF library; may be repeated
    #[arg(long, value_name = "LIB")]
    skf: Vec<PathBuf>,
}

/// Runs the program.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    log_to_standard_error();
    let outcome = match arguments.command {
        Some(Command::Lock(lock)) => lock.run(),
        Some(Command::Operator(operator)) => actix_web::rt::System::new().block_on(operator.run()),
        Some(Command::Revoke(revoke)) => revoke.run(),
        None => actix_web::rt::System::new().block_on(serve(arguments.serve)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if let Some(zh) = error.zh() {
                eprintln!("demo: {zh}");
            }
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}

impl Serve {
    fn settings(&self) -> DemoSettings {
        let choice = |port: Option<u16>| port.map_or(PortChoice::Usual, PortChoice::Exactly);
        DemoSettings {
            ports: Ports {
                provider: choice(self.port),
                chifeng: choice(self.chifeng_port),
                hohhot: choice(self.hohhot_port),
                agent: choice(self.agent_port),
            },
            drivers: LockSource::drivers(self.pkcs11.clone(), self.skf.clone()).collect(),
            progress,
            ..DemoSettings::new(&self.state_dir)
        }
    }
}

async fn serve(serve: Serve) -> Result<(), DemoError> {
    if let Some(path) = &serve.ready {
        // A file of an earlier start must not be taken for this one's.
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(DemoError::file(path)(error));
            }
            _ => {}
        }
    }
    let mut running = start::start(serve.settings()).await?;
    words::print(running.ready(), serve.ready.as_deref());
    if let Some(path) = &serve.ready {
        running.ready().write(path)?;
    }
    tokio::select! {
        _ = actix_web::rt::signal::ctrl_c() => {}
        // The provider also ends by itself on SIGTERM.
        () = running.provider_ended() => {}
    }
    eprintln!("正在结束 · ending");
    running.stop().await;
    eprintln!("已结束；再次启动会接着这次的状态 · ended; the next start goes on from here");
    Ok(())
}

fn progress(step: Step) {
    let words = match step {
        Step::State => "打开状态目录 · opening the state folder",
        Step::Authorities => "证书机构与吊销列表 · certificate authorities and revocation lists",
        Step::Locks => "示例锁 · sample locks",
        Step::Agent => "驱动 · key agent",
        Step::Provider => "身份认证与门户 · identity provider and portal",
        Step::Platforms => "交易平台 · trading platforms",
    };
    eprintln!("… {words}");
}

fn log_to_standard_error() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("DEMO_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_writer(std::io::stderr)
        .init();
}
