//! Why the demonstration does not start.
//!
//! Owns the closed list, each with what to do about it.

use std::io;
use std::path::PathBuf;

use key_agent::token::TokenError;

use crate::pki::PkiError;
use crate::platform::StartFault;

/// Why the demonstration does not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A file of the state folder cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file that holds ports and secrets is not one of ours.
    #[error("{path} is damaged ({source}); move the folder away to begin anew")]
    Damaged {
        /// Which.
        path: PathBuf,
        /// Where it is wrong.
        source: serde_json::Error,
    },
    /// Another demonstration runs on the same folder.
    #[error("another demo already uses {0}; end it, or give another folder with --state-dir")]
    InUse(PathBuf),
    /// A lock of another CA.
    #[error(
        "{0} is no lock of this demonstration's certificate authorities; name its folder with --state-dir"
    )]
    NotOurs(PathBuf),
    /// A lock's file that is not there.
    #[error("there is no lock file {0}")]
    NoLock(PathBuf),
    /// A lock's file that is there already.
    #[error(
        "{0} is there already; --force makes a new lock in its place, whose key is another one"
    )]
    LockExists(PathBuf),
    /// An operator's key that is there already.
    #[error("{0} is there already: an operator of this name was entered; choose another name")]
    OperatorExists(PathBuf),
    /// A lock that does not open.
    #[error("{path} does not open: {why}{}", hint(why))]
    LockShut {
        /// Which.
        path: PathBuf,
        /// Why.
        why: TokenError,
    },
    /// A port that was asked for is not to be had.
    #[error(
        "port {port} for the {part} is not free on 127.0.0.1 ({source}); give another with {option}, or leave it out"
    )]
    PortTaken {
        /// For what.
        part: &'static str,
        /// Which.
        port: u16,
        /// The option that names it.
        option: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// No port at all.
    #[error("no free port on 127.0.0.1 for the {part}: {source}")]
    NoPort {
        /// For what.
        part: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// The sample PKI.
    #[error(transparent)]
    Pki(#[from] PkiError),
    /// The identity provider.
    #[error("the identity provider does not start: {0}")]
    Provider(String),
    /// A platform.
    #[error("a platform does not start: {0}")]
    Platform(#[from] StartFault),
    /// The key agent.
    #[error("the key agent does not start: {0}")]
    Agent(#[from] key_agent::service::StartError),
}

impl DemoError {
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |source| Self::File { path, source }
    }

    #[expect(clippy::needless_pass_by_value, reason = "the form that map_err wants")]
    pub(crate) fn provider(error: impl ToString) -> Self {
        Self::Provider(error.to_string())
    }

    /// The same in Chinese, where a person can do something about it.
    pub(crate) fn zh(&self) -> Option<String> {
        Some(match self {
            Self::InUse(folder) => format!(
                "另一个演示正在使用 {}；请先结束它，或用 --state-dir 指定其他目录",
                folder.display()
            ),
            Self::PortTaken {
                part, port, option, ..
            } => format!("{part}：端口 {port} 已被占用；请用 {option} 指定其他端口，或不指定"),
            Self::NotOurs(lock) => format!(
                "{} 不是由本演示的机构签发；请用 --state-dir 指定所属的状态目录",
                lock.display()
            ),
            Self::NoPort { part, .. } => format!("{part}：127.0.0.1 上没有可用端口"),
            Self::Damaged { path, .. } => {
                format!("{} 已损坏；移走该目录即可从头开始", path.display())
            }
            Self::NoLock(lock) => format!("找不到锁文件 {}", lock.display()),
            Self::LockExists(lock) => format!(
                "{} 已经存在；加 --force 则另做一把新锁代替它（密钥随之改变）",
                lock.display()
            ),
            Self::OperatorExists(key) => format!(
                "{} 已经存在：已登记过同名的技术人员，请换一个名称",
                key.display()
            ),
            Self::LockShut { path, why } => {
                let hint = match why {
                    TokenError::PinWrong(_) => "密码错误，请用 --pin 给出正确的密码",
                    TokenError::PinLocked => "密码已锁定；删除旁边的 .pin-state 文件即可重新计数",
                    _ => "不是可以使用的锁文件",
                };
                format!("{} 打不开：{hint}", path.display())
            }
            Self::File { path, .. } => format!("{} 无法读写", path.display()),
            Self::Pki(_) | Self::Provider(_) | Self::Platform(_) | Self::Agent(_) => return None,
        })
    }
}

/// What helps with a lock that does not open.
fn hint(why: &TokenError) -> &'static str {
    match why {
        TokenError::PinWrong(_) => "; give its PIN with --pin",
        TokenError::PinLocked => {
            "; of a sample lock the file .pin-state beside it keeps the count: remove it"
        }
        _ => "",
    }
}
