//! `idp ca inspect`: what certificates say, which CA they lead to, and what each CA's profile would make of them.
//!
//! Owns what is asked, and the answer as JSON; as text it is `told`'s. What a certificate says is `pki`'s description, what a profile makes of it `pki`'s explanation.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use idp_core::certificate_authority::CaState;
use idp_core::id::CaId;
use idp_core::recognition::{
    CaRegistry, CertificateRefusal, RecognisedCa, RevocationKnowledge, RevocationPolicy, recognise,
};
use idp_core::timestamp::Timestamp;
use pki::certificate::{Certificate, CertificateError, Description};
use pki::holder::{CreditCode, Explanation, PlaceFound, RuleAsked};
use pki::path::{PathError, verify_chain};
use pki::revocation::{Lists, Revocation, RevocationStatus};
use serde_json::{Value, json};

use super::change::written;
use super::told::{kind_word, place_in, told};
use crate::certificates::{self, Registered, entry_of, load_registry, read_stored};
use crate::cli::output::{remark, say};
use crate::cli::ready;
use crate::clock;
use crate::config::Config;
use crate::serve::StartError;

/// Largest file that is read.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// What is said of a PFX.
const PKCS12: &str = "this is PKCS #12 (.p12, .pfx): a private key and its certificates, under a password. Take the \
                      certificate out, without the key: `openssl pkcs12 -in FILE -nokeys -clcerts -out certificate.pem` \
                      (with -legacy where an old program wrote it), and inspect that";

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
    if is_pkcs12(&octets) {
        return Err(named(&PKCS12));
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

/// Whether it is a PFX (RFC 7292 §4), by its version and what comes after. Some programs write it without a length.
fn is_pkcs12(octets: &[u8]) -> bool {
    let [0x30, length, ..] = octets else {
        return false;
    };
    let further = match length {
        0x81..0x90 => usize::from(length & 0x0F),
        _ => 0,
    };
    let content = octets.get(2 + further..).unwrap_or_default();
    content.starts_with(&[2, 1, 3, 0x30])
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
    let why = if ready::absent_database(config).is_some() {
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

/// Whether it leads to this CA, within its validity and whatever it is for: that is the sign-in's to say.
pub(super) fn path_to(
    certificate: &Certificate,
    ca: &RecognisedCa,
    now: i64,
) -> Result<(), PathError> {
    let (anchors, between) = (&ca.anchors, &ca.intermediates);
    let at = now
        .min(certificate.not_after())
        .max(certificate.not_before());
    verify_chain(certificate, anchors, between, &Revocation::NotChecked, at).map(drop)
}

/// What a sign-in would be told by this CA's entry alone, were the CA active and the certificate not revoked.
pub(super) fn sign_in(
    certificate: &Certificate,
    ca: &RecognisedCa,
    now: i64,
) -> Result<(), CertificateRefusal> {
    let mut ca = ca.clone();
    ca.revocation = RevocationPolicy::NotChecked;
    if ca.state == CaState::Proposed {
        ca.state = CaState::Active;
    }
    let registry = CaRegistry {
        authorities: vec![ca],
        ..CaRegistry::default()
    };
    let now = Timestamp::from_unix_seconds(now);
    recognise(&registry, &NobodyAsked, certificate, now).map(drop)
}

/// Revocation is left aside.
struct NobodyAsked;

impl RevocationKnowledge for NobodyAsked {
    fn of(&self, _: &CaId) -> Arc<dyn RevocationStatus> {
        Arc::new(Lists::default())
    }
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
            "part_of_it": place_in(ca, certificate),
            "why_not": path.err().map(|why| why.to_string()),
            "sign_in": match sign_in(certificate, ca, now) {
                Ok(()) => json!({ "recognised": true }),
                Err(why) => json!({ "recognised": false, "code": why.code(), "text": certificates::told(why) }),
            },
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
