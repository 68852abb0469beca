//! Enterprise (企业/主体): who signs in. Owns its data and state; knows no lock and no platform.

use pki::holder::credit_code::CreditCode;
use protocol::claims::SubjectType;

use crate::id::EnterpriseId;
use crate::region::RegionCode;
use crate::timestamp::Timestamp;

/// Whether an enterprise may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnterpriseState {
    /// It may.
    Active,
    /// An operator froze it.
    Suspended,
}

impl EnterpriseState {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }

    /// The state a stored word names.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Active, Self::Suspended]
            .into_iter()
            .find(|s| s.as_str() == word)
    }
}

/// An enterprise that bound a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enterprise {
    /// Also the `sub` claim.
    pub id: EnterpriseId,
    /// 统一社会信用代码; unique.
    pub credit_code: CreditCode,
    /// 主体名称, from the certificate that was bound first.
    pub name: String,
    /// 企业所在地市.
    pub region_code: RegionCode,
    /// 法人代表.
    pub legal_representative: String,
    /// 联系电话.
    pub phone: Option<String>,
    /// 联系邮箱: where notifications go, and nobody else learns of it.
    pub contact_email: Option<String>,
    /// 单位地址.
    pub address: Option<String>,
    /// 主体类型, at least one.
    pub subject_types: Vec<SubjectType>,
    /// Whether it may sign in.
    pub state: EnterpriseState,
    /// When it was bound.
    pub created_at: Timestamp,
    /// An operator lets it bind a new primary lock until then (FAQ 10).
    pub rebinding_until: Option<Timestamp>,
    /// Grows by one with each change: a change of what has changed since is no change.
    pub version: u32,
}

impl Enterprise {
    /// Whether an operator lets it bind a new primary lock now.
    pub fn is_rebinding_open(&self, now: Timestamp) -> bool {
        self.rebinding_until.is_some_and(|until| now < until)
    }
}

/// One change of name (FAQ 6), kept for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnterpriseRename {
    /// Whose.
    pub enterprise_id: EnterpriseId,
    /// The name before.
    pub old_name: String,
    /// The name since.
    pub new_name: String,
    /// When an operator applied it.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// File name of the evidence.
    pub evidence_name: String,
    /// SHA-256 of the evidence, hexadecimal.
    pub evidence_sha256: String,
}
