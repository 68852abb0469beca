//! What an operator does by hand: import signed lists where there is no network, fetch now.

use idp_core::recognition::CaRegistry;
use pki::revocation::{Crl, UnverifiedCrl, crls_in};
use sha2::{Digest as _, Sha256};

use super::kept::{Kept, write_whole};
use super::replacing::is_of_the_future;
use super::sources::RevocationSources;
use super::urls::UrlSource;
use super::watched::certificates_of;
use crate::config::RevocationSettings;
use crate::outbound::Fetcher;

/// One list that was imported.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The CA whose list it is.
    pub ca: String,
    /// The list.
    pub list: Crl,
}

/// Verifies every list of a file against the registry and keeps it. One that does not verify, is of the future or is older
/// than what was imported before, is an error, and nothing of the file is kept.
pub fn import(
    registry: &CaRegistry,
    kept: &Kept,
    octets: Vec<u8>,
) -> Result<Vec<Imported>, String> {
    let mut found = Vec::new();
    for der in crls_in(octets).map_err(|e| e.to_string())? {
        let (ca, list) = of_registry(registry, &der)?;
        if is_of_the_future(&list) {
            return Err(format!("list of {}: it is not yet in force", list.issuer()));
        }
        found.push((Imported { ca, list }, der));
    }
    let before = kept.all_imported().into_iter().filter_map(|path| {
        let der = std::fs::read(&path).ok()?;
        let (_, list) = of_registry(registry, &der).ok()?;
        Some((path, list))
    });
    let before: Vec<_> = before.collect();
    for (new, _) in &found {
        let is_newer = |(_, old): &(_, Crl)| {
            old.is_about_the_same_as(&new.list) && new.list.is_older_than(old)
        };
        if before.iter().any(is_newer) {
            let issuer = new.list.issuer();
            return Err(format!(
                "list of {issuer}: it is older than the one imported before"
            ));
        }
    }
    let failed = |e: std::io::Error| format!("{}: {e}", kept.imported().display());
    for (new, der) in &found {
        let name = format!("{}.crl", hex::encode(Sha256::digest(der)));
        let path = kept.imported().join(name);
        write_whole(&path, der).map_err(failed)?;
        for (old, list) in &before {
            if *old != path && list.is_about_the_same_as(&new.list) {
                std::fs::remove_file(old).map_err(failed)?;
            }
        }
    }
    Ok(found.into_iter().map(|(imported, _)| imported).collect())
}

fn of_registry(registry: &CaRegistry, der: &[u8]) -> Result<(String, Crl), String> {
    let unverified = UnverifiedCrl::from_der(der).map_err(|e| e.to_string())?;
    let mut refusal = pki::revocation::CrlError::Foreign;
    for ca in &registry.authorities {
        match unverified.verify(&certificates_of(ca)) {
            Ok(list) => return Ok((ca.id.to_string(), list)),
            Err(pki::revocation::CrlError::Foreign) => {}
            Err(why) => refusal = why,
        }
    }
    Err(format!("list of {}: {refusal}", unverified.issuer()))
}

/// Fetches every list behind an address, due or not; the errors of those that did not come, and how many came.
pub async fn fetch_now(
    registry: &CaRegistry,
    sources: &RevocationSources,
    fetcher: &Fetcher,
    settings: &RevocationSettings,
) -> (usize, Vec<String>) {
    let mut came = 0;
    for source in UrlSource::all(registry) {
        came += usize::from(source.fetch(sources, fetcher, settings).await);
    }
    let report = sources.report().into_iter();
    let failed = report.filter(|one| one.kind == "url").filter_map(|one| {
        let why = one.last_error?;
        (one.errors > 0).then(|| format!("{}: {}: {why}", one.ca, one.address))
    });
    (came, failed.collect())
}
