//! `idp ca inspect`: what certificates say, which CA they lead to, and what each CA's profile would make of them.
//!
//! Owns what is asked, and the answer as JSON; as text it is `told`'s. What a certificate says is `pki`'s description, what a profile makes of it `pki`'s explanation.

use std::io::Read as _;
use std::path::Path;

use idp_core::id::CaId;
use idp_core::recognition::{CaRegistry, RecognisedCa};
use pki::certificate::{Certificate, CertificateError, Description};
use pki::holder::{CreditCode, Explanation, PlaceFound, RuleAsked};
use pki::path::{PathError, verify_path};
use pki::revocation::Revocation;
use serde_json::{Value, json};

use super::change::written;
use super::told::{kind_word, told};
use crate::certificates::{Registered, entry_of, load_registry, read_stored};
use crate::cli::output::{remark, say};
use crate::cli::ready;
use crate::clock;
use crate::config::Config;
use crate::serve::StartError;

/// Largest file that is read.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// Certificates of a file that are shown.
const MAX_CERTIFICATES: usize = 50;

pub(super) async fn run(
    config: &Config,
    file: &Path,
    draft: Option<&Path>,
    as_json: bool,
) -> Result<(), StartError> {
    let certificates = read(file)?;
    let registry = registry(config, draft).await?;
    let now = clock::now().unix_seconds();
    if as_json {
        let looked = certificates.iter().map(|read| look(read, &registry, now));
        let looked: Vec<Value> = looked.collect();
        return say(format_args!("{:#}", json!(looked)));
    }
    for (number, one) in certificates.iter().enumerate() {
        say(format_args!(
            "certificate {} of {}",
            number + 1,
            certificates.len()
        ))?;
        let text = match one {
            Ok(certificate) => told(certificate, &registry, now),
            Err(why) => format!("  can't be read: {why}\n"),
        };
        say(text.trim_end_matches('\n'))?;
    }
    Ok(())
}

type Read = Result<Certificate, CertificateError>;

fn read(file: &Path) -> Result<Vec<Read>, StartError> {
    let named = |e: &dyn ToString| StartError::new(file.display().to_string(), e.to_string());
    let opened = std::fs::File::open(file).map_err(|e| named(&e))?;
    let mut octets = Vec::new();
    opened
        .take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut octets)
        .map_err(|e| named(&e))?;
    if octets.len() as u64 > MAX_FILE_BYTES {
        return Err(named(&"larger than 1 MiB"));
    }
    let mut certificates = Certificate::each_of(&octets);
    if certificates.len() > MAX_CERTIFICATES {
        remark(format_args!(
            "{} certificates stand in it; the first {MAX_CERTIFICATES} are shown.",
            certificates.len()
        ));
        certificates.truncate(MAX_CERTIFICATES);
    }
    if certificates.iter().all(Result::is_err) {
        let why = certificates.into_iter().find_map(Result::err);
        let why = why.unwrap_or(CertificateError::BadPem);
        return Err(named(&format!("{why}; PEM and DER are read")));
    }
    Ok(certificates)
}

/// The stored registry, the configuration's entries that are not in it, and the draft.
async fn registry(config: &Config, draft: Option<&Path>) -> Result<CaRegistry, StartError> {
    let mut all = stored(config).await;
    let configured = load_registry(&config.certificate_authorities)
        .map_err(|e| StartError::new(config.source(), e))?;
    for ca in &configured.registry().authorities {
        if !all.authorities.iter().any(|known| known.id == ca.id) {
            all.authorities.push(ca.clone());
        }
    }
    if let Some(file) = draft {
        let written = written(file)?;
        let named = |e| StartError::new(file.display().to_string(), e);
        let entry = entry_of(&written).map_err(named)?;
        let id = CaId::from_text(format!("{} (draft)", written.id));
        let draft = Registered::of_one(&id, &entry).map_err(named)?;
        all.authorities.extend(draft.registry().authorities.clone());
    }
    Ok(all)
}

/// Certificates can be looked at where there is no database yet.
async fn stored(config: &Config) -> CaRegistry {
    let url = config.database_url();
    let absent = url
        .strip_prefix("sqlite://")
        .is_some_and(|file| !Path::new(file).exists());
    let why = if absent {
        "there is none yet".to_owned()
    } else {
        match ready::database(config).await {
            Err(error) => error.to_string(),
            Ok(database) => match read_stored(&database).await {
                Ok(registered) => return registered.registry().clone(),
                Err(error) => error.to_string(),
            },
        }
    };
    remark(format_args!(
        "The stored registry is left out ({why}); the configuration's entries are asked."
    ));
    CaRegistry::default()
}

pub(super) fn path_to(
    certificate: &Certificate,
    ca: &RecognisedCa,
    now: i64,
) -> Result<(), PathError> {
    let (anchors, between) = (&ca.anchors, &ca.intermediates);
    verify_path(certificate, anchors, between, &Revocation::NotChecked, now).map(drop)
}

fn look(read: &Read, registry: &CaRegistry, now: i64) -> Value {
    let certificate = match read {
        Ok(certificate) => certificate,
        Err(why) => return json!({ "unreadable": why.to_string() }),
    };
    let each = registry.authorities.iter().map(|ca| {
        let path = path_to(certificate, ca, now);
        let explained = Explanation::of(certificate, &ca.profile);
        json!({
            "id": ca.id.as_str(),
            "name": ca.name,
            "state": ca.state.as_str(),
            "leads_to_it": path.is_ok(),
            "why_not": path.err().map(|why| why.to_string()),
            "profile": {
                "holder_name": places(&explained.holder_name),
                "credit_code": places(&explained.credit_code),
                "key_number": places(&explained.key_number),
                "lock_kind": rules(&explained.lock_kind),
                "verdict": verdict(&explained),
            },
        })
    });
    json!({
        "certificate": Description::of(certificate),
        "purpose": format!("{:?}", certificate.purpose()),
        "authorities": each.collect::<Vec<_>>(),
    })
}

fn places(all: &[PlaceFound]) -> Vec<Value> {
    let each = all.iter().map(|found| {
        json!({
            "place": found.place,
            "texts": found.texts.as_ref().ok(),
            "error": found.texts.as_ref().err().map(ToString::to_string),
            "decides": found.decides,
        })
    });
    each.collect()
}

fn rules(all: &[RuleAsked]) -> Vec<Value> {
    let each = all.iter().map(|asked| {
        json!({
            "rule": asked.rule,
            "holds": asked.holds.as_ref().ok(),
            "error": asked.holds.as_ref().err().map(ToString::to_string),
            "decides": asked.decides,
        })
    });
    each.collect()
}

fn verdict(explained: &Explanation) -> Value {
    match &explained.holder {
        Ok(holder) => json!({
            "holder_name": holder.name,
            "credit_code": holder.credit_code.as_ref().map(CreditCode::as_str),
            "key_number": holder.key_number,
            "lock_kind": kind_word(holder.lock_kind),
        }),
        Err(why) => json!({ "refused": why.to_string() }),
    }
}
