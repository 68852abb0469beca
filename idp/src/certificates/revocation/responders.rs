//! Asking responders: about a lock that is there and has proven its key, and again about bound ones while their answers
//! last.
//!
//! One question about one certificate is under way at a time; whoever needs the same answer waits for it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use idp_core::certificate_authority::{NoncePolicy, RevocationSource};
use idp_core::cx::Rng;
use idp_core::recognition::{CaRegistry, RecognisedCa, RevocationKnowledge as _, RevocationPolicy};
use pki::certificate::Certificate;
use pki::path::verify_path;
use pki::revocation::ocsp::{MAX_RESPONSE_BYTES, NONCE_OCTETS, OcspAnswer, OcspError, OcspRequest};
use pki::revocation::{Link, Revocation};

use super::answers::key;
use super::kept_answers::{Keeping, answer, find, take_for_good, take_kept};
use super::sources::RevocationSources;
use super::under_way::UnderWay;
use crate::clock;
use crate::outbound::{Bounds, Fetcher};

/// How long a responder may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// A responder that gave no sign of itself is left alone this long, in seconds: a dead one holds nobody up twice. One that
/// answers, whatever it answers about one certificate, is asked about the others.
const REST: i64 = 3;

/// Asks.
pub struct Responders {
    fetcher: Fetcher,
    rng: Arc<dyn Rng>,
    under_way: UnderWay,
    keeping: Keeping,
}

impl Responders {
    /// Asks by what reaches what CAs publish.
    pub fn new(fetcher: Fetcher, rng: Arc<dyn Rng>) -> Self {
        Self {
            fetcher,
            rng,
            under_way: UnderWay::default(),
            keeping: Keeping::default(),
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
                let known = find(ca, sources, (one, issuer));
                if known.is_none() && take_for_good(ca, sources, (one, issuer)) {
                    continue;
                }
                let by_list = !responder_first(ca) && sources.of(&ca.id).status(&link).is_ok();
                if !by_list && known.is_none_or(|it| it.is_worth_asking_again(at)) {
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
        let turn = self.under_way.turn(key(certificate, issuer));
        let held = turn.lock().await;
        let at = clock::now().unix_seconds();
        let known = find(ca, sources, (certificate, issuer));
        let is_over = known.is_none_or(|it| it.is_worth_asking_again(at));
        if is_over && !self.ask_anew(ca, sources, (certificate, issuer)).await {
            take_kept(ca, sources, (certificate, issuer));
        }
        drop(held);
    }

    /// Tries again to keep the revocations that could not be kept.
    pub(super) async fn keep_again(&self) {
        self.keeping.keep_again().await;
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
            if let Ok(heard) = asked {
                let said = (heard.said, heard.is_cas_word, heard.octets.clone());
                let Some(answer) = answer(ca, said, (certificate, issuer), at) else {
                    return false;
                };
                self.keeping.keep(sources, &answer, heard.octets).await;
                sources.take(answer);
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
    ) -> Result<Heard, Unheard> {
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
        let is_cas_word = configured.is_none() || request.verify(&octets, None, at).is_ok();
        Ok(Heard {
            said,
            is_cas_word,
            octets,
        })
    }
}

/// An answer that counts.
struct Heard {
    said: OcspAnswer,
    is_cas_word: bool,
    octets: Vec<u8>,
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

pub(super) fn configured(pem: Option<&str>) -> Option<Certificate> {
    Certificate::from_pem(pem?).ok()?.into_iter().next()
}

pub(super) fn asks_responders(ca: &RecognisedCa) -> bool {
    let responder = |source: &RevocationSource| matches!(source, RevocationSource::Ocsp { .. });
    ca.sources.iter().any(responder)
}

/// Whether the first source of a CA is a responder: it is asked although a list is in force.
pub(super) fn responder_first(ca: &RecognisedCa) -> bool {
    matches!(ca.sources.first(), Some(RevocationSource::Ocsp { .. }))
}
