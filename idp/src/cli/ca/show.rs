//! `idp ca list | show | history | check`: what stands in the registry.

use std::collections::BTreeSet;

use idp_core::certificate_authority::{
    CaEntry, CaState, KeyAlgorithm, PemFile, RevocationPolicy, RevocationSource, StoredRegistry,
};
use idp_core::id::CaId;
use pki::certificate::Certificate;
use serde_json::{Value, json};

use super::table::{moment, shown};
use crate::certificates::{REGISTRY, Registered};
use crate::cli::check_config::{self, Questioned};
use crate::cli::output::{remark, say};
use crate::cli::ready::{self, rfc3339};
use crate::config::Config;
use crate::serve::StartError;
use crate::shapes::authority;

pub(super) async fn list(config: &Config, as_json: bool) -> Result<(), StartError> {
    let StoredRegistry {
        authorities: all,
        unreadable,
    } = stored(config).await?;
    if as_json {
        let rows = all.iter().map(authority::row);
        let rows: Vec<Value> = rows
            .chain(unreadable.iter().map(authority::unreadable))
            .collect();
        return say(format_args!("{:#}", json!(rows)));
    }
    for ca in &all {
        say(format_args!(
            "{:<16} {:<9} {:>3} {:<7} {}",
            ca.id,
            ca.state.as_str(),
            ca.revision,
            ca.entry.jurisdiction,
            shown(&ca.entry.name)
        ))?;
    }
    for ca in &unreadable {
        let state = ca.state.map_or("unknown", CaState::as_str);
        let problem = shown(&ca.problem);
        remark(format_args!(
            "ERROR: {}, {state}: what is written of it can't be read: {problem}",
            ca.id
        ));
    }
    let stored = all.iter().map(|ca| &ca.id);
    let stored = stored.chain(unreadable.iter().map(|ca| &ca.id));
    let known: BTreeSet<&str> = stored.map(CaId::as_str).collect();
    let configured = config.certificate_authorities.iter();
    for waiting in configured.filter(|one| !known.contains(one.id.as_str())) {
        remark(format_args!(
            "{} stands in the configuration alone; `idp serve` brings it into the registry.",
            waiting.id
        ));
    }
    Ok(())
}

async fn stored(config: &Config) -> Result<StoredRegistry, StartError> {
    let database = ready::database(config).await?;
    database
        .read(|store| store.list_certificate_authorities())
        .await
        .map_err(|e| StartError::new("database", e))
}

pub(super) async fn one(config: &Config, id: &CaId, as_json: bool) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let ca = super::found(&database, id).await?;
    if as_json {
        return say(format_args!("{:#}", authority::whole(&ca)));
    }
    let word = |kind: &KeyAlgorithm| kind.as_str();
    let algorithms: Vec<&str> = ca.entry.algorithms.iter().map(word).collect();
    say(format_args!("{}: {}", ca.id, shown(&ca.entry.name)))?;
    say(format_args!(
        "state {}, revision {}, since {}",
        ca.state.as_str(),
        ca.revision,
        rfc3339(ca.changed_at)
    ))?;
    say(format_args!("jurisdiction {}", ca.entry.jurisdiction))?;
    say(format_args!("algorithms {}", algorithms.join(" ")))?;
    for (key, files) in [
        ("anchor", &ca.entry.anchors),
        ("intermediate", &ca.entry.intermediates),
    ] {
        for line in certificate_lines(files) {
            say(format_args!("{key} {line}"))?;
        }
    }
    revocation(&ca.entry)?;
    let profile = toml::to_string(&ca.entry.profile);
    let profile = profile.map_err(|e| StartError::new("profile", e))?;
    say("profile:")?;
    for line in profile.lines() {
        say(format_args!("  {}", shown(line)))?;
    }
    Ok(())
}

fn certificate_lines(files: &[PemFile]) -> Vec<String> {
    let each = files.iter().flat_map(|file| {
        let inside = Certificate::from_pem(&file.pem).unwrap_or_default();
        inside.into_iter().map(move |one| {
            let (file, subject) = (shown(&file.file), one.subject().to_string());
            let until = moment(one.not_after());
            let sha256 = hex::encode(one.thumbprint_sha256());
            format!(
                "{file}: {}, until {until}, SHA-256 {sha256}",
                shown(&subject)
            )
        })
    });
    each.collect()
}

fn revocation(entry: &CaEntry) -> Result<(), StartError> {
    say(match entry.revocation.policy {
        RevocationPolicy::Required => "revocation required",
        RevocationPolicy::NotChecked => "revocation not checked",
    })?;
    for source in &entry.revocation.sources {
        let line = match source {
            RevocationSource::CrlFile { path, whole_point } => {
                format!(
                    "crl_file {}{}",
                    path.display(),
                    whole(whole_point.as_deref())
                )
            }
            RevocationSource::CrlUrl {
                url, whole_point, ..
            } => format!("crl_url {url}{}", whole(whole_point.as_deref())),
            RevocationSource::Ocsp { url, .. } => format!("ocsp {url}"),
        };
        say(format_args!("source {}", shown(&line)))?;
    }
    Ok(())
}

fn whole(point: Option<&str>) -> String {
    point.map_or_else(String::new, |point| {
        format!(", whole by the CA's statement where its distribution point is {point}")
    })
}

pub(super) async fn history(config: &Config, id: &CaId, as_json: bool) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    super::found(&database, id).await?;
    let asked = id.clone();
    let changes = database
        .read(move |store| store.list_ca_changes(&asked))
        .await
        .map_err(|e| StartError::new("database", e))?;
    if as_json {
        let rows = changes.iter().map(authority::change);
        return say(format_args!("{:#}", json!(rows.collect::<Vec<_>>())));
    }
    for entry in &changes {
        let change = &entry.change;
        let reason = change.reason.as_deref().unwrap_or_default();
        let line = format!(
            "{:>3} {} {:<9} by {} {}",
            change.revision,
            rfc3339(change.at),
            change.act.as_str(),
            shown(&change.by),
            shown(reason)
        );
        say(line.trim_end())?;
    }
    Ok(())
}

/// As check-config, of what is stored.
pub(super) async fn check(config: &Config, id: Option<CaId>) -> Result<(), StartError> {
    let registered = match id {
        Some(id) => {
            let database = ready::database(config).await?;
            let found = super::found(&database, &id).await?;
            Registered::of_one(&id, &found.entry).map_err(|e| StartError::new(REGISTRY, e))?
        }
        None => Registered::of_store(0, &active(stored(config).await?)),
    };
    let Questioned { warnings, refused } = check_config::question(REGISTRY, &registered)?;
    for warning in warnings {
        remark(format_args!("WARNING: {warning}"));
    }
    refused.map_or(Ok(()), Err)
}

fn active(mut all: StoredRegistry) -> StoredRegistry {
    all.authorities.retain(|ca| ca.state == CaState::Active);
    all
}
