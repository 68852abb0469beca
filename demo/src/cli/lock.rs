//! `demo lock`: one more sample lock.
//!
//! Owns the options. The folder may be in use by a running demonstration: only the list of what was revoked is written.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use pki::holder::CreditCode;

use crate::error::DemoError;
use crate::pki::{
    Ca, KeyKind, LockOrder, LockRole, PkiError, SAMPLE_PIN, SamplePki, complete_credit_code,
    random_credit_code,
};
use crate::state::{self, Remembered};

#[derive(Args)]
pub(super) struct Lock {
    /// 锁的种类 · what it is
    #[arg(long, value_enum, default_value_t = Kind::Good)]
    kind: Kind,
    /// 企业名称 · name of the enterprise
    #[arg(long)]
    name: String,
    /// 统一社会信用代码（缺省随机生成）· credit code; a random valid one if absent
    #[arg(long, value_name = "CODE", value_parser = credit_code)]
    credit_code: Option<String>,
    /// 法定代表人姓名（法人锁）· the person of a legal-person lock
    #[arg(long, default_value = "王示例")]
    person: String,
    /// 签发机构 · who issues it
    #[arg(long, value_enum, default_value_t = Issuer::Sm2)]
    ca: Issuer,
    /// 密钥种类（缺省同签发机构）· kind of its key; as the CA's if absent
    #[arg(long, value_enum)]
    key: Option<KeyChoice>,
    /// PIN
    #[arg(long, default_value = SAMPLE_PIN)]
    pin: String,
    /// 锁文件，.pem 或 .p12；放进 locks 目录即等于插锁 · the file; in the folder `locks` it is as good as plugged in
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// 锁文件已存在时另做新锁代替 · a new lock in place of one that is there
    #[arg(long)]
    force: bool,
    /// 同时放入加密证书 · with the encryption certificate of the pair
    #[arg(long)]
    dual: bool,
    /// 状态目录 · the folder of the demonstration
    #[arg(
        long,
        value_name = "DIR",
        default_value = "demo-state",
        env = "DEMO_STATE_DIR"
    )]
    state_dir: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// 企业锁 · a good key lock
    Good,
    /// 法人锁 · a legal-person lock
    LegalPerson,
    /// 已过期 · expired
    Expired,
    /// 即将过期（30 天）· expires in 30 days
    Expiring,
    /// 已吊销 · revoked
    Revoked,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Issuer {
    /// 区内 SM2 机构 · recognised, SM2
    Sm2,
    /// 区内 RSA 机构 · recognised, RSA
    Rsa,
    /// 区外机构 · not recognised
    Foreign,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum KeyChoice {
    /// SM2
    Sm2,
    /// RSA 2048
    Rsa,
    /// P-256
    P256,
}

/// A wrong check character is told with the right one.
fn credit_code(text: &str) -> Result<String, String> {
    match text.parse::<CreditCode>() {
        Ok(code) => Ok(code.as_str().to_owned()),
        Err(error) => {
            let beginning: String = text.chars().take(17).collect();
            Err(match complete_credit_code(&beginning) {
                Some(right) => format!("{error}; {right} would be right"),
                None => error.to_string(),
            })
        }
    }
}

impl Lock {
    pub(super) fn run(self) -> Result<(), DemoError> {
        // Whoever was bound with the key that is in there would lose it.
        if self.out.exists() && !self.force {
            return Err(DemoError::LockExists(self.out));
        }
        std::fs::create_dir_all(&self.state_dir).map_err(DemoError::file(&self.state_dir))?;
        let password = Remembered::read_or_make(&self.state_dir)?.ca_password;
        let now = idp::clock::now().unix_seconds();
        let pki = SamplePki::open(&state::pki(&self.state_dir), &password, now)?;
        let order = self.order()?;
        let lock = pki.mint(&order, now)?;
        if self.kind == Kind::Revoked {
            pki.revoke(order.ca, lock.serial_number(), now)?;
        }
        lock.write(&self.out, &self.pin)?;
        let printed = serde_json::json!({
            "file": self.out,
            "pin": self.pin,
            "enterprise": order.enterprise,
            "credit_code": order.credit_code,
            "ca": order.ca.display_name(),
            "key_number": lock.key_number(),
            "media_number": lock.media_number(),
        });
        writeln!(std::io::stdout(), "{printed:#}").map_err(DemoError::file("standard output"))
    }

    fn order(&self) -> Result<LockOrder, PkiError> {
        let code = match &self.credit_code {
            Some(code) => code.clone(),
            None => random_credit_code("150000")?,
        };
        let ca = match self.ca {
            Issuer::Sm2 => Ca::Sm2,
            Issuer::Rsa => Ca::Rsa,
            Issuer::Foreign => Ca::Foreign,
        };
        let good = LockOrder::key_lock(ca, &self.name, &code);
        let (days_before, days_after) = match self.kind {
            Kind::Good | Kind::LegalPerson | Kind::Revoked => (good.days_before, good.days_after),
            Kind::Expired => (760, -30),
            Kind::Expiring => (700, 30),
        };
        Ok(LockOrder {
            role: match self.kind {
                Kind::LegalPerson => LockRole::LegalPersonLock {
                    person: self.person.clone(),
                },
                _ => LockRole::KeyLock,
            },
            key_kind: match self.key {
                None => good.key_kind,
                Some(KeyChoice::Sm2) => KeyKind::Sm2,
                Some(KeyChoice::Rsa) => KeyKind::Rsa2048,
                Some(KeyChoice::P256) => KeyKind::P256,
            },
            with_encryption_certificate: self.dual,
            days_before,
            days_after,
            ..good
        })
    }
}
