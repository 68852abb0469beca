//! `idp ca add | change | activate | suspend`: what changes the registry, and what is asked before.

use std::path::Path;

use idp_core::authorities::{self, RegistryRefusal};
use idp_core::certificate_authority::{CaEntry, CaState, CertificateAuthority};
use idp_core::cx::Cx;
use idp_core::hand::Hand;
use idp_core::id::CaId;
use idp_core::recognition::CaRegistry;
use idp_core::store::Store;
use idp_storage::Database;
use serde_json::json;

use super::Act;
use crate::certificates::{REGISTRY, Registered, entry_of, read_stored, with_whole_paths};
use crate::cli::check_config::{self, Questioned};
use crate::cli::output::{remark, tell};
use crate::cli::{cx, ready};
use crate::config::{AuthorityConfig, Config};
use crate::serve::{REGISTRY_WATCH, StartError};

pub(super) async fn add(config: &Config, file: &Path, act: &Act) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let written = written(file)?;
    let id = CaId::from_text(&written.id);
    let entry = ready_to_store(file, &written)?;
    judged(&file.display().to_string(), &id, &entry, act)?;
    let operator = act.operator()?;
    let added = changed(config, &database, move |store, cx| {
        authorities::add(store, cx, &operator, &id, entry)
    })
    .await?;
    told(&added, act.json)?;
    remark(format_args!(
        "It recognises nobody yet: `idp ca activate {}`.",
        added.id
    ));
    Ok(())
}

pub(super) async fn change(
    config: &Config,
    id: &CaId,
    file: &Path,
    act: &Act,
) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let before = super::found(&database, id).await?;
    let written = written(file)?;
    if written.id != id.as_str() {
        let why = format!("id: is {}, and {id} was to be changed", written.id);
        return Err(StartError::new(file.display().to_string(), why));
    }
    let entry = ready_to_store(file, &written)?;
    judged(&file.display().to_string(), id, &entry, act)?;
    let (operator, id) = (act.operator()?, id.clone());
    let changed = changed(config, &database, move |store, cx| {
        authorities::change(store, cx, &operator, &id, entry)
    })
    .await?;
    told(&changed, act.json)?;
    if before.loaded.is_some() {
        remark(
            "The configuration holds an entry of it too. It overrides this change when it is next changed \
             there, and not before.",
        );
    }
    Ok(())
}

pub(super) async fn activate(config: &Config, id: CaId, act: &Act) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let found = super::found(&database, &id).await?;
    judged(REGISTRY, &id, &found.entry, act)?;
    let operator = act.operator()?;
    let changed = changed(config, &database, move |store, cx| {
        authorities::activate(store, cx, &operator, &id)
    })
    .await?;
    told(&changed, act.json)
}

pub(super) async fn suspend(
    config: &Config,
    id: CaId,
    operator: Hand,
    as_json: bool,
) -> Result<(), StartError> {
    if operator
        .reason
        .as_deref()
        .is_none_or(|why| why.trim().is_empty())
    {
        return Err(StartError::new("--reason", "is empty"));
    }
    let database = ready::database(config).await?;
    let changed = changed(config, &database, move |store, cx| {
        authorities::suspend(store, cx, &operator, &id)
    })
    .await?;
    told(&changed, as_json)?;
    let registered = read_stored(&database)
        .await
        .map_err(|e| StartError::new(REGISTRY, e))?;
    for warning in ways_around(registered.registry(), &changed.id) {
        remark(format_args!("WARNING: {warning}"));
    }
    Ok(())
}

/// Keys of a suspended CA that an active one has too: its locks are recognised there, as its entry says.
fn ways_around(registry: &CaRegistry, suspended: &CaId) -> Vec<String> {
    let all = &registry.authorities;
    let Some(of) = all.iter().find(|ca| ca.id == *suspended) else {
        return Vec::new();
    };
    let mut ways = Vec::new();
    for other in all.iter().filter(|ca| ca.state == CaState::Active) {
        let own = of.anchors.certificates().iter().chain(&of.intermediates);
        for certificate in own.filter(|one| other.holds_key_of(one)) {
            let (id, subject) = (&other.id, certificate.subject());
            ways.push(format!(
                "{id} is active and holds the key of {subject} too: locks under it are still recognised, by {id}"
            ));
        }
    }
    ways
}

/// A file with one entry.
pub(super) fn written(file: &Path) -> Result<AuthorityConfig, StartError> {
    AuthorityConfig::load(file).map_err(|e| StartError::new("entry", e))
}

fn ready_to_store(file: &Path, written: &AuthorityConfig) -> Result<CaEntry, StartError> {
    let entry = entry_of(written).map_err(|e| StartError::new(file.display().to_string(), e))?;
    with_whole_paths(entry).map_err(|e| StartError::new("working folder", e))
}

/// Asks what check-config asks, and refuses what nobody could sign in with.
fn judged(source: &str, id: &CaId, entry: &CaEntry, act: &Act) -> Result<(), StartError> {
    let registered = Registered::of_one(id, entry).map_err(|e| StartError::new(source, e))?;
    let Questioned { warnings, refused } = check_config::question(source, &registered)?;
    for warning in warnings {
        remark(format_args!("WARNING: {warning}"));
    }
    match refused {
        Some(refused) if !act.despite_errors => {
            let why = format!("{}; --despite-errors does it all the same", refused.why);
            Err(StartError::new(refused.what, why))
        }
        _ => Ok(()),
    }
}

async fn changed(
    config: &Config,
    database: &Database,
    change: impl FnOnce(&mut dyn Store, &Cx) -> Result<CertificateAuthority, RegistryRefusal>
    + Send
    + 'static,
) -> Result<CertificateAuthority, StartError> {
    let cx = cx(config)?;
    database
        .write(move |store| change(store, &cx))
        .await
        .map_err(|e| StartError::new(REGISTRY, e))
}

fn told(ca: &CertificateAuthority, as_json: bool) -> Result<(), StartError> {
    let (id, name, state) = (&ca.id, &ca.entry.name, ca.state.as_str());
    let told = json!({
        "id": id.as_str(),
        "name": name,
        "state": state,
        "revision": ca.revision,
    });
    let words = format_args!("{id} ({name}) is {state}, revision {}", ca.revision);
    tell(as_json, words, &told)?;
    remark(format_args!(
        "Running servers follow within {} seconds or so.",
        REGISTRY_WATCH.as_secs() + 1
    ));
    Ok(())
}
