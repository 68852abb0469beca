//! `demo operator`: somebody who works at the console, with a key of its own beside the sample locks.
//!
//! Owns the options. Enters the operator as `idp operator add` does, into the database of a demonstration that was started
//! once; it may be running.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use idp_core::hand::Hand;
use idp_core::operator::{Role, Roles};
use idp_core::operators;

use crate::error::DemoError;
use crate::pki::{Ca, KeyKind, LockOrder, SAMPLE_PIN, SamplePki, random_credit_code};
use crate::state::{self, Remembered};

/// In whose name the certificate of an operator is.
const DESK: &str = "内蒙古演示公共资源交易中心";

#[derive(Args)]
pub(super) struct Operator {
    /// 姓名 · name
    #[arg(long)]
    name: String,
    /// 职责，逗号分隔 · roles: registrar, support, trust, auditor; separated by commas
    #[arg(long, value_delimiter = ',', default_values = ["registrar", "support", "trust", "auditor"])]
    roles: Vec<Role>,
    /// 状态目录 · the folder of the demonstration
    #[arg(
        long,
        value_name = "DIR",
        default_value = "demo-state",
        env = "DEMO_STATE_DIR"
    )]
    state_dir: PathBuf,
}

impl Operator {
    pub(super) async fn run(self) -> Result<(), DemoError> {
        let roles = Roles::new(self.roles.iter().copied()).map_err(DemoError::provider)?;
        let out = state::locks(&self.state_dir).join(format!("operator-{}.pem", self.name));
        if out.exists() {
            return Err(DemoError::OperatorExists(out));
        }
        let password = Remembered::read_or_make(&self.state_dir)?.ca_password;
        let now = idp::clock::now().unix_seconds();
        let pki = SamplePki::open(&state::pki(&self.state_dir), &password, now)?;
        let good = LockOrder::key_lock(Ca::Sm2, DESK, &random_credit_code("150000")?);
        let order = LockOrder {
            key_kind: KeyKind::P256,
            label: format!("技术人员 · {}", self.name),
            ..good
        };
        let lock = pki.mint(&order, now)?;
        self.enter(roles, lock.certificate_der().to_vec()).await?;
        lock.write(&out, SAMPLE_PIN)?;
        let printed = serde_json::json!({ "file": out, "pin": SAMPLE_PIN, "name": self.name });
        writeln!(std::io::stdout(), "{printed:#}").map_err(DemoError::file("standard output"))
    }

    async fn enter(&self, roles: Roles, certificate: Vec<u8>) -> Result<(), DemoError> {
        let folder = state::provider(&self.state_dir);
        let config = idp::config::Config::embedded("http://127.0.0.1", folder);
        let database = idp::serve::open_database(&config).map_err(DemoError::provider)?;
        database.migrate().await.map_err(DemoError::provider)?;
        let settings = config.settings().map_err(DemoError::provider)?;
        let rng: std::sync::Arc<dyn idp_core::cx::Rng> = std::sync::Arc::new(idp::clock::SystemRng);
        let cx = idp::clock::cx(&std::sync::Arc::new(settings), &rng);
        let name = self.name.clone();
        let added = database.write(move |store| {
            let hand = Hand::on_the_machine("demo", None);
            operators::add(store, &cx, &hand, (&name, roles, &certificate))
        });
        added.await.map(drop).map_err(DemoError::provider)
    }
}
