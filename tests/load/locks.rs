//! Sample CAs and the locks of the people: made by the demonstration's PKI, opened by the key agent's
//! library.

use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use demo::pki::{Ca, KeyKind, LockOrder, SamplePki, random_credit_code};
use key_agent::pin::Pin;
use key_agent::sign::OpenedKey;

use crate::Fault;
use crate::operation::Algorithm;

/// Opens the locks; they live as long as a run.
const PIN: &str = "123456";

/// A lock beside a person, its PIN shown.
#[derive(Clone)]
pub struct Lock {
    /// Signs.
    pub key: Arc<OpenedKey>,
    /// 统一社会信用代码 of its enterprise.
    pub credit_code: String,
}

/// The CAs, in a folder of their own.
pub fn open_authorities(folder: &Path) -> Result<SamplePki, Fault> {
    Ok(SamplePki::open(folder, PIN, now()?)?)
}

/// Locks of as many enterprises.
pub fn mint(
    authorities: &SamplePki,
    algorithm: Algorithm,
    count: u16,
    folder: &Path,
) -> Result<Vec<Lock>, Fault> {
    let (ca, kind) = match algorithm {
        Algorithm::P256 => (Ca::Rsa, KeyKind::P256),
        Algorithm::Rsa2048 => (Ca::Rsa, KeyKind::Rsa2048),
        Algorithm::Sm2 => (Ca::Sm2, KeyKind::Sm2),
    };
    (0..count)
        .map(|number| {
            let credit_code = random_credit_code("150400")?;
            let name = format!("赤峰市第{number}示例有限公司 ({})", algorithm.name());
            let order = LockOrder::key_lock(ca, &name, &credit_code).with_key_kind(kind);
            let file = folder.join(format!("{}-{number}.pem", algorithm.name()));
            authorities.mint(&order, now()?)?.write(&file, PIN)?;
            let key = OpenedKey::open(&file, &Pin::first_line(PIN.to_owned()))?;
            Ok(Lock {
                key: Arc::new(key),
                credit_code,
            })
        })
        .collect()
}

/// Seconds since the epoch.
pub fn now() -> Result<i64, Fault> {
    Ok(i64::try_from(
        SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
    )?)
}
