//! Verdicts on certificates, remembered for a while: a chain costs several signatures, and a lock
//! comes back often. The challenge signature is always checked anew, elsewhere.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use idp_core::id::IncidentId;
use idp_core::key_lock::KeyLock;
use idp_core::recognition::{
    CaRegistry, CertificateRefusal, Consequence, Recognised, RecognisedCa, recognise,
};
use idp_core::timestamp::Timestamp;
use moka::sync::Cache;
use pki::certificate::Certificate;
use pki::path::verify_path;
use pki::revocation::Revocation;

use super::RevocationSources;

/// A certificate, with the versions of the registry and of the lists it was judged by.
type Remembered = ([u8; 32], i64, u64);

/// Asks the core, or remembers.
pub struct Verdicts {
    registry: RwLock<Arc<CaRegistry>>,
    pub(super) lists: Arc<RevocationSources>,
    good: Cache<Remembered, Recognised>,
}

impl Verdicts {
    /// Over a registry and its lists. At most `remembered` good verdicts are kept.
    pub fn new(registry: CaRegistry, lists: Arc<RevocationSources>, remembered: u64) -> Self {
        Self {
            registry: RwLock::new(Arc::new(registry)),
            lists,
            good: Cache::builder()
                .max_capacity(remembered)
                .time_to_live(Duration::from_hours(1))
                .build(),
        }
    }

    /// Judges by another registry from now on. What was remembered under the old version is worth nothing.
    pub fn follow(&self, registry: CaRegistry) {
        *self
            .registry
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(registry);
    }

    /// The verdict now. Only good ones are remembered, under the versions of the registry and of the lists
    /// they were made with, and no longer than they say themselves.
    pub fn on(
        &self,
        certificate: &Certificate,
        now: Timestamp,
    ) -> Result<Recognised, CertificateRefusal> {
        let registry = self.registry();
        let thumbprint = certificate.thumbprint_sha256();
        let key = (thumbprint, registry.version, self.lists.version());
        if let Some(recognised) = self.good.get(&key)
            && now < recognised.good_until()
        {
            return Ok(recognised);
        }
        let recognised = recognise(&registry, &*self.lists, certificate, now)?;
        // With no room at all the cache would hold it until its next sweep.
        if self.good.policy().max_capacity() != Some(0) {
            self.good.insert(key, recognised.clone());
        }
        Ok(recognised)
    }

    /// The verdict on a certificate that somebody shows now. What a mistake in our own registry or lists may
    /// refuse is told in the log, with the CA where it is known; never whose certificate it is.
    pub fn on_shown(
        &self,
        certificate: &Certificate,
        now: Timestamp,
        incident: &IncidentId,
    ) -> Result<Recognised, CertificateRefusal> {
        self.told(self.on(certificate, now), certificate, (now, incident))
    }

    /// As [`Self::on_shown`] on a certificate whose key nobody proved yet: no responder is asked for it, so that one has
    /// not answered refuses nothing. What counts is the verdict after the proof.
    pub fn on_unproven(
        &self,
        certificate: &Certificate,
        now: Timestamp,
        incident: &IncidentId,
    ) -> Result<Recognised, CertificateRefusal> {
        let verdict = match self.on(certificate, now) {
            Err(CertificateRefusal::RevocationUnavailable) => {
                let knowledge = self.lists.before_proof();
                recognise(&self.registry(), &knowledge, certificate, now)
            }
            verdict => verdict,
        };
        self.told(verdict, certificate, (now, incident))
    }

    fn told(
        &self,
        verdict: Result<Recognised, CertificateRefusal>,
        certificate: &Certificate,
        (now, incident): (Timestamp, &IncidentId),
    ) -> Result<Recognised, CertificateRefusal> {
        if let Err(refusal) = &verdict
            && matches!(
                refusal,
                CertificateRefusal::RevocationUnavailable
                    | CertificateRefusal::ForeignCa
                    | CertificateRefusal::CaSuspended
                    | CertificateRefusal::AlgorithmNotAllowed
                    | CertificateRefusal::IssuerRevoked
                    | CertificateRefusal::CaUnreadable
            )
        {
            let registry = self.registry();
            let ca = issued_by(&registry, certificate, now).map(|ca| ca.id.as_str());
            let claimed = claimed_by(&registry, certificate).map(|ca| ca.id.as_str());
            let (ca, claimed) = (ca.unwrap_or("unknown"), claimed.unwrap_or("unknown"));
            tracing::warn!(%incident, code = refusal.code(), ca, claimed, "certificate refused");
        }
        verdict
    }

    /// The verdict on a bound lock as registry and lists stand now. That its CA can't be read is no word of the registry
    /// against it.
    pub fn on_bound(&self, key_lock: &KeyLock, now: Timestamp) -> Result<(), CertificateRefusal> {
        let registry = self.registry();
        let key = (
            key_lock.thumbprint.0,
            registry.version,
            self.lists.version(),
        );
        if self
            .good
            .get(&key)
            .is_some_and(|recognised| now < recognised.good_until())
        {
            return Ok(());
        }
        let certificate = Certificate::from_der(&key_lock.certificate_der)
            .or(Err(CertificateRefusal::Invalid))?;
        let Err(refusal) = self.on(&certificate, now) else {
            return Ok(());
        };
        let of_its_ca = match refusal.consequence() {
            Consequence::EndsSignIns => registry.refusal_of_unreadable(&key_lock.ca_id),
            Consequence::EndsTheLock | Consequence::Pauses | Consequence::None => None,
        };
        Err(of_its_ca.unwrap_or(refusal))
    }

    /// The registry that is judged by now.
    pub fn registry(&self) -> Arc<CaRegistry> {
        let registry = self.registry.read();
        Arc::clone(&registry.unwrap_or_else(PoisonError::into_inner))
    }
}

/// The CA to which a path leads, revocation aside.
pub(super) fn issued_by<'a>(
    registry: &'a CaRegistry,
    certificate: &Certificate,
    now: Timestamp,
) -> Option<&'a RecognisedCa> {
    let at = now.unix_seconds();
    registry.authorities.iter().find(|ca| {
        let (anchors, between) = (&ca.anchors, &ca.intermediates);
        verify_path(certificate, anchors, between, &Revocation::NotChecked, at).is_ok()
    })
}

/// The CA of which a certificate has the name that stands as the issuer: anybody can write it there.
fn claimed_by<'a>(registry: &'a CaRegistry, certificate: &Certificate) -> Option<&'a RecognisedCa> {
    registry.authorities.iter().find(|ca| {
        let anchors = ca.anchors.certificates().iter();
        let mut all = anchors.chain(&ca.intermediates);
        all.any(|one| one.subject() == certificate.issuer())
    })
}
