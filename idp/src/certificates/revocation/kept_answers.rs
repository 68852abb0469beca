//! Answers of responders as they are kept in the folder: written, and taken from there while nobody answers.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use idp_core::certificate_authority::RevocationSource;
use idp_core::recognition::RecognisedCa;
use pki::certificate::Certificate;
use pki::revocation::ocsp::{OcspAnswer, OcspRequest, OcspStatus};

use super::answers::{Answer, asked_of, key};
use super::kept::write_whole;
use super::responders::configured;
use super::sources::RevocationSources;
use crate::clock;

/// Revocations that wait to be written at most.
const UNKEPT: usize = 10_000;

/// Writes them, and remembers those that could not be written.
#[derive(Default)]
pub(super) struct Keeping {
    unkept: Mutex<Vec<Unkept>>,
}

/// A revocation that could not be written: it would be forgotten with this process.
struct Unkept {
    path: PathBuf,
    octets: Vec<u8>,
}

impl Keeping {
    /// The next start reads it. That it can't be kept costs a question then; but a revocation is not to be forgotten, so
    /// that is tried again.
    pub(super) async fn keep(&self, sources: &RevocationSources, answer: &Answer, octets: Vec<u8>) {
        let Some(kept) = sources.kept() else {
            return;
        };
        let asked = (!answer.is_for_good()).then_some(&answer.asked);
        let path = kept.answer((&answer.certificate, &answer.issuer), asked);
        let one = Unkept { path, octets };
        let is_revoked = answer.said.status() == OcspStatus::Revoked;
        match written(&one).await {
            Ok(()) => {}
            Err(error) if is_revoked => {
                tracing::error!(%error, "a revocation can't be kept; it is tried again");
                let mut unkept = self.unkept.lock().unwrap_or_else(PoisonError::into_inner);
                if unkept.len() < UNKEPT {
                    unkept.push(one);
                }
            }
            Err(error) => tracing::warn!(%error, "an answer of a responder can't be kept"),
        }
    }

    /// Tries again to keep the revocations that could not be kept.
    pub(super) async fn keep_again(&self) {
        let waiting = {
            let mut unkept = self.unkept.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *unkept)
        };
        let (all, mut left) = (waiting.len(), Vec::new());
        for one in waiting {
            // A folder that takes nothing takes the others neither.
            if !left.is_empty() || written(&one).await.is_err() {
                left.push(one);
            }
        }
        let kept = all - left.len();
        if kept > 0 {
            tracing::info!(kept, "revocations are kept after all");
        }
        let mut unkept = self.unkept.lock().unwrap_or_else(PoisonError::into_inner);
        unkept.append(&mut left);
    }
}

async fn written(one: &Unkept) -> std::io::Result<()> {
    let (path, octets) = (one.path.clone(), one.octets.clone());
    let write = tokio::task::spawn_blocking(move || write_whole(&path, &octets));
    write.await.map_err(std::io::Error::other)?
}

/// The answer that counts now.
pub(super) fn find(
    ca: &RecognisedCa,
    sources: &RevocationSources,
    (certificate, issuer): (&Certificate, &Certificate),
) -> Option<Answer> {
    let at = clock::now().unix_seconds();
    let asked = asked_of(ca);
    sources
        .answers
        .find(&key(certificate, issuer), asked.as_ref(), at)
}

/// Takes a revocation for good that was kept, whoever was asked then.
pub(super) fn take_for_good(
    ca: &RecognisedCa,
    sources: &RevocationSources,
    (certificate, issuer): (&Certificate, &Certificate),
) -> bool {
    let at = clock::now().unix_seconds();
    let kept = || {
        let path = sources.kept()?.answer((certificate, issuer), None);
        let octets = std::fs::read(path).ok()?;
        let request = OcspRequest::new(certificate, issuer, None).ok()?;
        let said = request.verify_revoked_for_good(&octets, None)?;
        answer(ca, (said, true, octets), (certificate, issuer), at)
    };
    let Some(kept) = kept() else {
        return false;
    };
    sources.take(kept);
    true
}

/// Takes the kept answer of those who were asked and are silent, if it counts still and says something. It was asked for
/// before, so its nonce is not looked for again.
pub(super) fn take_kept(
    ca: &RecognisedCa,
    sources: &RevocationSources,
    (certificate, issuer): (&Certificate, &Certificate),
) {
    let at = clock::now().unix_seconds();
    let kept = || {
        let asked = asked_of(ca)?;
        let path = sources.kept()?.answer((certificate, issuer), Some(&asked));
        let octets = std::fs::read(path).ok()?;
        let request = OcspRequest::new(certificate, issuer, None).ok()?;
        let said = ca.sources.iter().find_map(|source| match source {
            RevocationSource::Ocsp { responder, .. } => {
                let configured = configured(responder.as_deref());
                let configured = configured.as_ref();
                let now = request.verify(&octets, configured, at).ok();
                now.or_else(|| request.verify_revoked_for_good(&octets, configured))
            }
            RevocationSource::CrlFile { .. } | RevocationSource::CrlUrl { .. } => None,
        })?;
        // What is the CA's own word for good is kept elsewhere.
        let answer = answer(ca, (said, false, octets), (certificate, issuer), at)?;
        let is_kept = true;
        Some(Answer { is_kept, ..answer })
    };
    if let Some(kept) = kept().filter(|it| it.said.status() != OcspStatus::Unknown) {
        sources.take(kept);
    }
}

pub(super) fn answer(
    ca: &RecognisedCa,
    (said, is_cas_word, octets): (OcspAnswer, bool, Vec<u8>),
    (certificate, issuer): (&Certificate, &Certificate),
    asked_at: i64,
) -> Option<Answer> {
    Some(Answer {
        said,
        octets: octets.into(),
        ca: ca.id.clone(),
        certificate: certificate.clone(),
        issuer: issuer.clone(),
        asked_at,
        put_off_at: None,
        asked: asked_of(ca)?,
        is_cas_word,
        is_kept: false,
    })
}
