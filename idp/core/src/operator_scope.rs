//! Operator scope: what an operator's token is for, in the words of OAuth (RFC 6749 §3.3).
//!
//! Owns the one table of scopes: one a right. What a role gives is [`crate::operator`]'s; a token opens what it names and what
//! the roles give at that moment, never more than either.

use std::fmt;

use crate::operator::{Right, Roles};

impl Right {
    /// The scope that stands for it.
    pub const fn scope(self) -> &'static str {
        match self {
            Self::SeePlatforms => "platforms:read",
            Self::ChangePlatforms => "platforms:write",
            Self::SeeEnterprises => "enterprises:read",
            Self::ChangeEnterprises => "enterprises:write",
            Self::SeeAuthorities => "authorities:read",
            Self::ChangeAuthorities => "authorities:write",
            Self::SeeOperators => "operators:read",
            Self::ChangeOperators => "operators:write",
            Self::SeeNotices => "notices:read",
            Self::ChangeNotices => "notices:write",
            Self::SeeAudit => "audit:read",
        }
    }

    /// The right a scope stands for.
    pub fn of_scope(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.scope() == word)
    }
}

/// Some of them, in the order of [`Right::ALL`], each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorScopes(Vec<Right>);

impl OperatorScopes {
    /// All that these roles give.
    pub fn of_roles(roles: &Roles) -> Self {
        let given = Right::ALL.into_iter().filter(|right| roles.give(*right));
        Self(given.collect())
    }

    /// What these words name; `None`: nothing, or something that is no scope.
    pub fn parse(words: &str) -> Option<Self> {
        let named = words.split_ascii_whitespace().map(Right::of_scope);
        let named = named.collect::<Option<Vec<_>>>()?;
        let ordered = Right::ALL.into_iter().filter(|right| named.contains(right));
        Some(Self(ordered.collect())).filter(|scopes| !scopes.0.is_empty())
    }

    /// Whether the right is among them.
    pub fn include(&self, right: Right) -> bool {
        self.0.contains(&right)
    }

    /// Whether these roles give every one of them.
    pub fn are_within(&self, roles: &Roles) -> bool {
        self.0.iter().all(|right| roles.give(*right))
    }
}

impl fmt::Display for OperatorScopes {
    /// Words separated by blanks, as tokens have them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.0.iter().map(|right| right.scope()).collect();
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::Role;

    #[test]
    fn each_right_has_a_scope_of_its_own() {
        for right in Right::ALL {
            assert_eq!(Right::of_scope(right.scope()), Some(right));
            let reads = right.as_str().starts_with("see");
            assert_eq!(right.scope().ends_with(":read"), reads, "{right:?}");
        }
        assert_eq!(Right::of_scope("openid"), None);
    }

    #[test]
    fn what_each_role_gives_is_what_the_documents_say() {
        let of = |role: Role| OperatorScopes::of_roles(&Roles::new([role]).unwrap()).to_string();
        assert_eq!(
            of(Role::Registrar),
            "platforms:read platforms:write notices:read notices:write"
        );
        assert_eq!(of(Role::Support), "enterprises:read enterprises:write");
        assert_eq!(
            of(Role::Trust),
            "authorities:read authorities:write operators:read operators:write"
        );
        assert_eq!(
            of(Role::Auditor),
            "platforms:read enterprises:read authorities:read operators:read notices:read audit:read"
        );
    }

    #[test]
    fn words_are_scopes_or_nothing_is_read() {
        let read = |words| OperatorScopes::parse(words).map(|scopes| scopes.to_string());
        assert_eq!(
            read("audit:read  platforms:read audit:read").as_deref(),
            Some("platforms:read audit:read")
        );
        for bad in ["", " ", "openid", "platforms:read openid", "Platforms:read"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
