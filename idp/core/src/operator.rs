//! Operator (技术人员): who works at the console, with which certificate, and what each role may do.
//!
//! Owns roles, rights and the state of an operator. Does not know how one signs in ([`crate::operator_log_in`]) nor what
//! needs a second person ([`crate::proposal`]).

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::OperatorId;
use crate::key_lock::Thumbprint;
use crate::timestamp::Timestamp;

/// What an operator may do at all (REQUIREMENTS §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Platforms.
    Registrar,
    /// Enterprises and their locks.
    Support,
    /// CAs and operators; a second person agrees.
    Trust,
    /// Reads everything, changes nothing.
    Auditor,
}

/// One thing that is allowed or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// Look at platforms.
    SeePlatforms,
    /// Register, change, suspend platforms.
    ChangePlatforms,
    /// Look at enterprises, their locks, sign-ins and consents.
    SeeEnterprises,
    /// Change them.
    ChangeEnterprises,
    /// Look at the CA registry.
    SeeAuthorities,
    /// Propose and approve changes of it.
    ChangeAuthorities,
    /// Look at operators.
    SeeOperators,
    /// Propose and approve changes of them.
    ChangeOperators,
    /// Look at announcements.
    SeeNotices,
    /// Announce something at the portal.
    ChangeNotices,
    /// Search and export the audit trail.
    SeeAudit,
}

impl Right {
    /// Every right there is.
    pub const ALL: [Self; 11] = [
        Self::SeePlatforms,
        Self::ChangePlatforms,
        Self::SeeEnterprises,
        Self::ChangeEnterprises,
        Self::SeeAuthorities,
        Self::ChangeAuthorities,
        Self::SeeOperators,
        Self::ChangeOperators,
        Self::SeeNotices,
        Self::ChangeNotices,
        Self::SeeAudit,
    ];

    /// The machine word, in the audit trail.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SeePlatforms => "see-platforms",
            Self::ChangePlatforms => "change-platforms",
            Self::SeeEnterprises => "see-enterprises",
            Self::ChangeEnterprises => "change-enterprises",
            Self::SeeAuthorities => "see-authorities",
            Self::ChangeAuthorities => "change-authorities",
            Self::SeeOperators => "see-operators",
            Self::ChangeOperators => "change-operators",
            Self::SeeNotices => "see-notices",
            Self::ChangeNotices => "change-notices",
            Self::SeeAudit => "see-audit",
        }
    }
}

impl Role {
    /// Every role there is.
    pub const ALL: [Self; 4] = [Self::Registrar, Self::Support, Self::Trust, Self::Auditor];

    /// The word in the database and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registrar => "registrar",
            Self::Support => "support",
            Self::Trust => "trust",
            Self::Auditor => "auditor",
        }
    }

    /// Whether the role has a right.
    pub const fn gives(self, right: Right) -> bool {
        match right {
            Right::SeePlatforms | Right::SeeNotices => {
                matches!(self, Self::Registrar | Self::Auditor)
            }
            Right::ChangePlatforms | Right::ChangeNotices => matches!(self, Self::Registrar),
            Right::SeeEnterprises => matches!(self, Self::Support | Self::Auditor),
            Right::ChangeEnterprises => matches!(self, Self::Support),
            Right::SeeAuthorities | Right::SeeOperators => {
                matches!(self, Self::Trust | Self::Auditor)
            }
            Right::ChangeAuthorities | Right::ChangeOperators => matches!(self, Self::Trust),
            Right::SeeAudit => matches!(self, Self::Auditor),
        }
    }
}

/// A word that names no role.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no role: registrar, support, trust or auditor, several separated by commas")]
pub struct UnknownRole(String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(word: &str) -> Result<Self, UnknownRole> {
        let found = Self::ALL.into_iter().find(|role| role.as_str() == word);
        found.ok_or_else(|| UnknownRole(word.to_owned()))
    }
}

/// The roles of one operator; never none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeSet<Role>", into = "BTreeSet<Role>")]
pub struct Roles(BTreeSet<Role>);

/// An operator without a role could sign in and do nothing.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an operator has at least one role")]
pub struct NoRole;

impl Roles {
    /// From any number of them but none.
    pub fn new(roles: impl IntoIterator<Item = Role>) -> Result<Self, NoRole> {
        Self::try_from(roles.into_iter().collect::<BTreeSet<_>>())
    }

    /// One after the other, in the order of [`Role::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = Role> {
        self.0.iter().copied()
    }

    /// Whether one of them is this one.
    pub fn contains(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// Whether one of them has a right.
    pub fn give(&self, right: Right) -> bool {
        self.iter().any(|role| role.gives(right))
    }
}

impl TryFrom<BTreeSet<Role>> for Roles {
    type Error = NoRole;

    fn try_from(roles: BTreeSet<Role>) -> Result<Self, NoRole> {
        if roles.is_empty() {
            Err(NoRole)
        } else {
            Ok(Self(roles))
        }
    }
}

impl From<Roles> for BTreeSet<Role> {
    fn from(roles: Roles) -> Self {
        roles.0
    }
}

impl fmt::Display for Roles {
    /// Words separated by blanks: as the database has them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.iter().map(Role::as_str).collect();
        f.write_str(&words.join(" "))
    }
}

/// Whether an operator may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OperatorState {
    /// May sign in.
    Active,
    /// May not; what was signed in is over.
    Suspended,
}

impl OperatorState {
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
            .find(|state| state.as_str() == word)
    }
}

/// One operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Our identifier.
    pub id: OperatorId,
    /// As others read it, in the audit trail too.
    pub name: String,
    /// What it may do.
    pub roles: Roles,
    /// Whether it may sign in.
    pub state: OperatorState,
    /// The one certificate it signs in with, DER.
    pub certificate: Vec<u8>,
    /// SHA-256 over that.
    pub thumbprint: Thumbprint,
    /// Counts its changes from 1; a change is written over the version it was made from.
    pub version: u32,
    /// First written.
    pub created_at: Timestamp,
    /// Last changed.
    pub changed_at: Timestamp,
}

impl Operator {
    /// Whether it is in force and one of its roles gives a right.
    pub fn may(&self, right: Right) -> bool {
        self.state == OperatorState::Active && self.roles.give(right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_right_is_somebodys_and_an_auditor_changes_nothing() {
        for right in Right::ALL {
            assert!(
                Role::ALL.into_iter().any(|role| role.gives(right)),
                "{right:?}"
            );
            let changes = right.as_str().starts_with("change");
            assert_eq!(Role::Auditor.gives(right), !changes, "{right:?}");
        }
    }

    #[test]
    fn no_role_but_the_auditor_reaches_into_another_ones_work() {
        let of = |role: Role| {
            Right::ALL
                .into_iter()
                .filter(move |right| role.gives(*right))
        };
        for one in [Role::Registrar, Role::Support, Role::Trust] {
            for other in [Role::Registrar, Role::Support, Role::Trust] {
                assert!(one == other || of(one).all(|right| !other.gives(right)));
            }
        }
    }

    #[test]
    fn roles_are_words_and_never_none() {
        let roles = Roles::new([Role::Trust, Role::Registrar]).unwrap();
        assert_eq!(roles.to_string(), "registrar trust");
        assert_eq!(Roles::new([]), Err(NoRole));
        assert!(serde_json::from_str::<Roles>("[]").is_err());
        assert_eq!(
            serde_json::to_string(&roles).unwrap(),
            r#"["registrar","trust"]"#
        );
        assert!("Trust".parse::<Role>().is_err());
    }
}
