//! `idp check-config`: what would not work, and what would work but not as meant.
//!
//! Owns the warnings. Errors come from the loaders themselves.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use idp_core::recognition::{CaRegistry, RevocationPolicy};

use super::output::{remark, say};
use super::{check_reach, check_tls};
use crate::certificates::{Registered, RevocationSources, Standings, load_registry};
use crate::clock;
use crate::config::Config;
use crate::serve::StartError;
use crate::signing::MasterKey;

/// Says what is wrong. With `strict` a warning is an error.
pub(super) fn run(config: &Config, strict: bool) -> Result<(), StartError> {
    let registered = load_registry(&config.certificate_authorities)
        .map_err(|e| StartError::new(config.source(), e))?;
    let Questioned {
        mut warnings,
        refused,
    } = question(&config.source(), &registered)?;
    if let Some(refused) = refused {
        return Err(refused);
    }
    master_key(config)?;
    if registered.registry().authorities.is_empty() {
        warnings.push(
            "no certificate authority: nobody can sign in, unless the stored registry holds one"
                .to_owned(),
        );
    }
    warnings.extend(check_tls::tls(config)?);
    warnings.extend(addresses(config));
    warnings.extend(loopback(config));
    warnings.extend(check_reach::reach(config)?);
    warnings.extend(unwritable(config));
    for warning in &warnings {
        remark(format_args!("WARNING: {warning}"));
    }
    let issuer = &config.issuer;
    match warnings.len() {
        0 => say(format_args!("configuration is good: issuer {issuer}")),
        n if strict => Err(StartError::new(
            "configuration",
            format!("{n} warning(s), and --strict lets none pass"),
        )),
        n => say(format_args!(
            "configuration can be used, with {n} warning(s): issuer {issuer}"
        )),
    }
}

/// What the questions of a sign-in gave. Errors were told already.
pub(super) struct Questioned {
    /// What would work, but not as meant.
    pub(super) warnings: Vec<String>,
    /// How many errors there are, if any.
    pub(super) refused: Option<StartError>,
}

/// Puts the questions of a sign-in to every certificate and list, and tells the answers.
pub(super) fn question(source: &str, registered: &Registered) -> Result<Questioned, StartError> {
    let lists = Arc::new(RevocationSources::foreseen(registered.registry()));
    let found = Standings::new(source, registered, lists).look(clock::now());
    for standing in &found {
        for error in &standing.errors {
            remark(format_args!("ERROR: {error}"));
        }
        let id = &standing.id;
        if standing.can_judge {
            say(format_args!(
                "certificate authority {id}: locks of it can be judged"
            ))?;
        } else {
            remark(format_args!(
                "ERROR: certificate authority {id}: no lock of it can sign in"
            ));
        }
    }
    let errors: usize = found.iter().map(|standing| standing.errors.len()).sum();
    let is_refused = errors > 0 || found.iter().any(|standing| !standing.can_judge);
    let refused = is_refused.then(|| {
        let why = format!("{errors} error(s), see above");
        StartError::new("certificate authorities", why)
    });
    let mut warnings: Vec<String> = found.into_iter().flat_map(|s| s.warnings).collect();
    if refused.is_none() {
        warnings.extend(authorities(registered.registry()));
    }
    Ok(Questioned { warnings, refused })
}

/// One that is named must be there; the state folder's own is made at first start.
fn master_key(config: &Config) -> Result<(), StartError> {
    let named = !config.master_key.file.as_os_str().is_empty();
    let own = config.state_dir.join("master.key");
    if named || !config.master_key.value.is_empty() || own.exists() {
        MasterKey::load(config).map_err(|e| StartError::new("master key", e))?;
    }
    Ok(())
}

fn authorities(registry: &CaRegistry) -> Vec<String> {
    let mut warnings = Vec::new();
    for ca in &registry.authorities {
        if !ca.jurisdiction.is_inner_mongolia() {
            warnings.push(format!(
                "certificate authority {}: jurisdiction {} is outside Inner Mongolia (15xxxx): its \
                 certificates are refused",
                ca.id, ca.jurisdiction
            ));
        }
        if !ca.profile.lock_kind.admits_key_locks() {
            warnings.push(format!(
                "certificate authority {}: no profile.lock_kind rule says key_lock: every lock of it \
                 is refused",
                ca.id
            ));
        }
        if ca.revocation == RevocationPolicy::NotChecked {
            warnings.push(format!(
                "certificate authority {}: revocation is not checked: a lost lock signs in until its \
                 certificate ends",
                ca.id
            ));
        }
    }
    warnings
}

fn addresses(config: &Config) -> Option<String> {
    let elsewhere = config.listen.iter().find(|at| !at.ip().is_loopback())?;
    (!config.is_https()).then(|| {
        format!(
            "issuer {} is http, for this machine alone, and {elsewhere} listens to others: cookies \
             and codes would travel in clear",
            config.issuer
        )
    })
}

fn loopback(config: &Config) -> Option<String> {
    let said = "outbound.allow_loopback: platforms may have addresses on this machine, by plain http too: for \
                development and tests alone";
    config.outbound.allow_loopback.then(|| said.to_owned())
}

fn unwritable(config: &Config) -> Vec<String> {
    let mut folders = vec![config.state_dir.clone()];
    let url = config.database_url();
    if let Some(file) = url.strip_prefix("sqlite://").map(PathBuf::from)
        && let Some(folder) = file.parent()
        && folder != config.state_dir
    {
        folders.push(folder.to_owned());
    }
    folders
        .iter()
        .filter_map(|folder| {
            let error = try_to_write(folder).err()?;
            let folder = folder.display();
            Some(format!("data folder {folder} can't be written: {error}"))
        })
        .collect()
}

/// Writes beside the data, or where the folder would be made, and takes it away again.
fn try_to_write(folder: &Path) -> std::io::Result<()> {
    let standing = folder
        .ancestors()
        .find(|above| above.as_os_str().is_empty() || above.exists());
    let standing = match standing {
        Some(above) if !above.as_os_str().is_empty() => above,
        _ => Path::new("."),
    };
    let probe = standing.join(format!(".idp-check-{}", std::process::id()));
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&probe)?;
    std::fs::remove_file(probe)
}

#[cfg(test)]
mod tests {
    use idp_core::certificate_authority::{CaState, KeyAlgorithm};
    use idp_core::id::CaId;
    use idp_core::recognition::RecognisedCa;
    use idp_core::region::RegionCode;
    use pki::anchors::TrustAnchors;

    use super::*;

    fn authority(jurisdiction: &str, lock_kind: &str) -> RecognisedCa {
        let profile = format!(
            "holder_name = [{{ subject = 'O' }}]\nkey_number = [{{ serial_number = true }}]\n{lock_kind}"
        );
        RecognisedCa {
            id: CaId::from_text("some-ca"),
            name: String::new(),
            jurisdiction: RegionCode::parse(jurisdiction).unwrap(),
            anchors: TrustAnchors::from_certificates(&[]).unwrap(),
            intermediates: Vec::new(),
            profile: toml::from_str(&profile).unwrap(),
            revocation: RevocationPolicy::Required,
            sources: Vec::new(),
            state: CaState::Active,
            algorithms: KeyAlgorithm::all(),
        }
    }

    fn warned(authority: RecognisedCa) -> String {
        let authorities = vec![authority];
        let registry = CaRegistry {
            authorities,
            unreadable: Vec::new(),
            version: 0,
        };
        super::authorities(&registry).join("\n")
    }

    const KEY_LOCKS: &str = "lock_kind = [{ is = 'key_lock', when = { always = true } }]";

    #[test]
    fn an_authority_that_serves_is_no_warning() {
        assert_eq!(warned(authority("150000", KEY_LOCKS)), "");
    }

    #[test]
    fn an_authority_outside_the_region_is_a_warning() {
        let warned = warned(authority("110000", KEY_LOCKS));
        assert!(
            warned.contains("some-ca") && warned.contains("15xxxx"),
            "{warned}"
        );
    }

    #[test]
    fn an_authority_whose_locks_are_all_refused_is_a_warning() {
        let legal_persons = "lock_kind = [{ is = 'legal_person_lock', when = { always = true } }]";
        for lock_kind in ["", legal_persons] {
            let warned = warned(authority("150000", lock_kind));
            assert!(warned.contains("lock_kind"), "{warned}");
        }
    }
}
