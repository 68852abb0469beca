//! Asking responders: about a lock that is there and has proven its key, and again about bound ones while their answers
//! last.
//!
//! One question about one certificate is under way at a time; whoever needs the same answer waits for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use idp_core::certificate_authority::{NoncePolicy, RevocationSource};
use idp_core::cx::Rng;
use idp_core::recognition::{CaRegistry, RecognisedCa, RevocationKnowledge as _, RevocationPolicy};
use pki::certificate::Certificate;
use pki::path::verify_path;
use pki::revocation::ocsp::{
    MAX_RESPONSE_BYTES, NONCE_OCTETS, OcspAnswer, OcspError, OcspRequest, OcspStatus,
};
use pki::revocation::{Link, Revocation};

use super::answers::{Answer, Key, key};
use super::fetch::{Bounds, Fetcher};
use super::kept::write_whole;
use super::sources::RevocationSources;
use crate::clock;

/// How long a responder may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// A responder that gave no sign of itself is left alone this long, in seconds: a dead one holds nobody up twice. One that
/// answers, whatever it answers about one certificate, is asked about the others.
const REST: i64 = 3;

/// Asks.
pub struct Responders {
    fetcher: Fetcher,
    rng: Arc<dyn Rng>,
    under_way: Mutex<HashMap<Key, Arc<tokio::sync::Mutex<()>>>>,
}

impl Responders {
    pub(super) fn new(fetcher: Fetcher, rng: Arc<dyn Rng>) -> Self {
        Self {
            fetcher,
            rng,
            under_way: Mutex::default(),
        }
    }

    /// Gathers what is missing to judge a certificate whose key was proven. What can't be had stays missing.
    pub async fn gather(
        &self,
        registry: &CaRegistry,
        sources: &RevocationSources,
        certificate: &Certificate,
    ) {
        let asks =
            |ca: &&RecognisedCa| ca.revocation == RevocationPolicy::Required && asks_responders(ca);
        for ca in registry.authorities.iter().filter(asks) {
            let at = clock::now().unix_seconds();
            let (anchors, between) = (&ca.anchors, &ca.intermediates);
            let path = verify_path(certificate, anchors, between, &Revocation::NotChecked, at);
            let Ok(path) = path else { continue };
            let issuers = path.certificates().iter().skip(1).chain([path.anchor()]);
            for (height, (one, issuer)) in path.certificates().iter().zip(issuers).enumerate() {
                let link = Link {
                    certificate: one,
                    issuer,
                    is_ca: height > 0,
                    at,
                };
                let by_list = !responder_first(ca) && sources.of(&ca.id).status(&link).is_ok();
                if !by_list && sources.answers.find(&key(one, issuer), at).is_none() {
                    self.ask(ca, sources, (one, issuer)).await;
                }
            }
        }
    }

    /// Asks the responders of a CA in order, unless somebody else just did.
    async fn ask(
        &self,
        ca: &RecognisedCa,
        sources: &RevocationSources,
        (certificate, issuer): (&Certificate, &Certificate),
    ) {
        let key = key(certificate, issuer);
        let turn = {
            let mut under_way = self
                .under_way
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            Arc::clone(under_way.entry(key).or_default())
        };
        let held = turn.lock().await;
        let at = clock::now().unix_seconds();
        if sources.answers.find(&key, at).is_none()
            && !take_kept(ca, sources, (certificate, issuer))
        {
            self.ask_anew(ca, sources, (certificate, issuer)).await;
        }
        drop(held);
        let mut under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Ours, and the one in the map: nobody else waits.
        if Arc::strong_count(&turn) <= 2 {
            under_way.remove(&key);
        }
    }

    /// Asks over the network whatever is at hand; answers whether somebody answered.
    pub(super) async fn ask_anew(
        &self,
        ca: &RecognisedCa,
        sources: &RevocationSources,
        (certificate, issuer): (&Certificate, &Certificate),
    ) -> bool {
        for source in &ca.sources {
            let RevocationSource::Ocsp {
                url,
                nonce,
                responder,
            } = source
            else {
                continue;
            };
            let before = clock::now().unix_seconds();
            let silent = sources.attempted.of(&ca.id, url).silent_at;
            if silent.is_some_and(|at| (at..at + REST).contains(&before)) {
                continue;
            }
            let begin = Instant::now();
            let configured = configured(responder.as_deref());
            let asked = self.ask_one((url, *nonce), configured.as_ref(), (certificate, issuer));
            let asked = asked.await;
            let at = clock::now().unix_seconds();
            if matches!(&asked, Err(Unheard { silent: true, .. })) {
                sources.attempted.note_silence((&ca.id, url), at);
            }
            let asked = asked.map_err(|unheard| unheard.why);
            let outcome = asked
                .as_ref()
                .map(|_| begin.elapsed())
                .map_err(Clone::clone);
            if sources.attempted.note((&ca.id, url), outcome, at) {
                let ca = ca.id.as_str();
                if let Err(why) = &asked {
                    tracing::error!(ca, url, why, "responder gives no answer that counts");
                } else {
                    tracing::info!(ca, url, "responder answers again");
                }
            }
            if let Ok((said, octets)) = asked {
                keep(sources, &key(certificate, issuer), octets).await;
                sources.take(answer(ca, said, (certificate, issuer), at));
                return true;
            }
        }
        false
    }

    async fn ask_one(
        &self,
        (url, nonce): (&str, NoncePolicy),
        configured: Option<&Certificate>,
        (certificate, issuer): (&Certificate, &Certificate),
    ) -> Result<(OcspAnswer, Vec<u8>), Unheard> {
        let nonce = match nonce {
            NoncePolicy::Absent => None,
            NoncePolicy::Required => {
                let mut nonce = [0; NONCE_OCTETS];
                self.rng.fill(&mut nonce);
                Some(nonce)
            }
        };
        let request = OcspRequest::new(certificate, issuer, nonce)?;
        let question = ("application/ocsp-request", request.der().to_vec());
        let bounds = Bounds {
            octets: MAX_RESPONSE_BYTES,
            time: PATIENCE,
        };
        let octets = self.fetcher.post(url, question, bounds).await;
        let octets = octets.map_err(|error| Unheard {
            silent: error.is_silence(),
            why: error.to_string(),
        })?;
        let at = clock::now().unix_seconds();
        let said = request.verify(&octets, configured, at)?;
        Ok((said, octets))
    }
}

/// Why there is no answer that counts.
struct Unheard {
    why: String,
    /// Nobody answered at all.
    silent: bool,
}

impl From<OcspError> for Unheard {
    fn from(error: OcspError) -> Self {
        Self {
            why: error.to_string(),
            silent: false,
        }
    }
}

/// Takes the kept answer, if it counts still and says something. It was asked for before, so its nonce is not looked for again.
fn take_kept(
    ca: &RecognisedCa,
    sources: &RevocationSources,
    (certificate, issuer): (&Certificate, &Certificate),
) -> bool {
    let Some(kept) = sources.kept() else {
        return false;
    };
    let Ok(octets) = std::fs::read(kept.answer(&key(certificate, issuer))) else {
        return false;
    };
    let at = clock::now().unix_seconds();
    let Ok(request) = OcspRequest::new(certificate, issuer, None) else {
        return false;
    };
    let verified = ca.sources.iter().find_map(|source| match source {
        RevocationSource::Ocsp { responder, .. } => {
            let configured = configured(responder.as_deref());
            request.verify(&octets, configured.as_ref(), at).ok()
        }
        RevocationSource::CrlFile { .. } | RevocationSource::CrlUrl { .. } => None,
    });
    let Some(said) = verified else { return false };
    if said.status() == OcspStatus::Unknown {
        return false;
    }
    sources.take(answer(ca, said, (certificate, issuer), at));
    true
}

/// The next start reads it. That it can't be kept costs a question then.
async fn keep(sources: &RevocationSources, key: &Key, octets: Vec<u8>) {
    let Some(path) = sources.kept().map(|kept| kept.answer(key)) else {
        return;
    };
    let written = tokio::task::spawn_blocking(move || write_whole(&path, &octets)).await;
    if let Ok(Err(error)) = written {
        tracing::warn!(%error, "an answer of a responder can't be kept");
    }
}

fn answer(
    ca: &RecognisedCa,
    said: OcspAnswer,
    (certificate, issuer): (&Certificate, &Certificate),
    asked_at: i64,
) -> Answer {
    Answer {
        said,
        ca: ca.id.clone(),
        certificate: certificate.clone(),
        issuer: issuer.clone(),
        asked_at,
    }
}

fn configured(pem: Option<&str>) -> Option<Certificate> {
    Certificate::from_pem(pem?).ok()?.into_iter().next()
}

fn asks_responders(ca: &RecognisedCa) -> bool {
    let responder = |source: &RevocationSource| matches!(source, RevocationSource::Ocsp { .. });
    ca.sources.iter().any(responder)
}

/// Whether the first source of a CA is a responder: it is asked although a list is in force.
fn responder_first(ca: &RecognisedCa) -> bool {
    matches!(ca.sources.first(), Some(RevocationSource::Ocsp { .. }))
}
