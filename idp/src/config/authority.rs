//! `[[certificate_authorities]]`: one CA办理机构 as the operator writes it down.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use idp_core::certificate_authority::KeyAlgorithm;
use pki::holder::profile::AttributeProfile;
use serde::{Deserialize, Serialize};

use super::{ConfigError, RevocationSourceConfig};

/// How a CA's revocation is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevocationConfig {
    /// Its lists must cover every certificate. No list, no login.
    #[default]
    Required,
    /// Does without, knowingly.
    NotChecked,
}

/// One CA.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityConfig {
    /// Identifier: lower-case letters, digits, hyphens.
    pub id: String,
    /// Name as people and platforms see it.
    pub name: String,
    /// GB/T 2260 code of where it is; only CAs of Inner Mongolia (15…) are recognised.
    pub jurisdiction: String,
    /// PEM files with its roots.
    pub anchors: Vec<PathBuf>,
    /// PEM files with the CAs between.
    #[serde(default)]
    pub intermediates: Vec<PathBuf>,
    /// Kinds of keys that count on a path to it: `rsa`, `p256`, `p384`, `sm2`; all of them when nothing is said.
    #[serde(default = "KeyAlgorithm::all")]
    pub algorithms: Vec<KeyAlgorithm>,
    /// How revocation is judged.
    #[serde(default)]
    pub revocation: RevocationConfig,
    /// Revocation lists, PEM or DER; read again when they change. Asked before the other sources.
    #[serde(default)]
    pub crls: Vec<PathBuf>,
    /// Further places that know what it took back, asked in this order.
    #[serde(default)]
    pub revocation_sources: Vec<RevocationSourceConfig>,
    /// Where its certificates say what.
    pub profile: AttributeProfile,
}

impl AuthorityConfig {
    /// What messages call this entry.
    pub fn place(&self) -> String {
        format!("certificate_authorities: {} ({})", self.id, self.name)
    }

    pub(super) fn resolve_from(&mut self, folder: &Path) {
        let files = self
            .anchors
            .iter_mut()
            .chain(&mut self.intermediates)
            .chain(&mut self.crls);
        for file in files {
            *file = folder.join(&*file);
        }
        for source in &mut self.revocation_sources {
            source.resolve_from(folder);
        }
    }
}

pub(super) fn check_all(authorities: &[AuthorityConfig]) -> Result<(), ConfigError> {
    let mut seen = HashSet::new();
    for authority in authorities {
        let problem = |problem: String| ConfigError::Value {
            key: "certificate_authorities",
            problem: format!("{}: {problem}", authority.id),
        };
        if !seen.insert(&authority.id) {
            return Err(problem("the id stands twice".to_owned()));
        }
        if authority.anchors.is_empty() {
            return Err(problem("anchors is empty".to_owned()));
        }
        if authority.revocation == RevocationConfig::Required
            && authority.crls.is_empty()
            && authority.revocation_sources.is_empty()
        {
            return Err(problem(
                "crls and revocation_sources are empty and revocation is required: every certificate \
                 would be refused"
                    .to_owned(),
            ));
        }
    }
    Ok(())
}
