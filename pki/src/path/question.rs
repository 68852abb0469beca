//! The dialogue with `webpki`: one question, its answer, and our words for its refusals.

use std::cell::Cell;
use std::time::Duration;

use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};
use webpki::{EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter, aws_lc_rs};

use super::VerifiedChain;
use super::error::PathError;
use super::rules::{self, Intermediates};
use crate::anchors::TrustAnchors;
use crate::certificate::Certificate;
use crate::revocation::{Link, Revocation, RevocationStatus, Unconfirmed};
use crate::sm2::SM2_SM3;

/// id-kp-clientAuth, 1.3.6.1.5.5.7.3.2, as `webpki` takes it.
const CLIENT_AUTH: &[u8] = &[43, 6, 1, 5, 5, 7, 3, 2];

/// What is asked of `webpki`.
pub(super) struct Question<'a> {
    pub(super) end_entity: &'a Certificate,
    pub(super) anchors: &'a TrustAnchors,
    pub(super) revocation: &'a Revocation<'a>,
    pub(super) at: i64,
}

impl Question<'_> {
    /// Judges what holds for every certificate, whatever it is for, then looks for the path.
    pub(super) fn ask(
        &self,
        intermediates: &[Certificate],
        usage: impl ExtendedKeyUsageValidator,
    ) -> Result<VerifiedChain, PathError> {
        rules::check_strength(self.end_entity)?;
        rules::check_end_entity(self.end_entity)?;
        rules::check_validity(self.end_entity, self.at)?;
        let intermediates = Intermediates::usable(intermediates);
        let seconds = u64::try_from(self.at).map_err(|_before_1970| PathError::NotYetValid)?;
        let end_entity = EndEntityCert::try_from(self.end_entity.pki_der())?;
        let candidates: Vec<CertificateDer<'_>> = intermediates
            .usable
            .iter()
            .map(|certificate| CertificateDer::from(certificate.der()))
            .collect();

        // A path that is in order for `webpki` but not for us lets the search go on; the best reason is kept here.
        let objection = Cell::new(None);
        let found = Cell::new(None);
        let ours = |path: &webpki::VerifiedPath<'_>| match self.judge(path, &intermediates) {
            Ok(chain) => {
                found.set(Some(chain));
                Ok(())
            }
            Err(why) => {
                objection.set(Some(weightier(objection.get(), why)));
                Err(webpki::Error::UnknownIssuer)
            }
        };
        let verdict = end_entity.verify_for_usage(
            &algorithms(),
            self.anchors.anchors(),
            &candidates,
            UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
            usage,
            None,
            Some(&ours),
        );
        match (verdict, objection.get()) {
            (Ok(_), _) => found.take().ok_or(PathError::Malformed),
            (Err(_), Some(objection)) => Err(objection),
            (Err(why), None) => Err(self.reason(&why, &intermediates)),
        }
    }

    /// What is ours to judge of a path that is in order otherwise.
    fn judge(
        &self,
        path: &webpki::VerifiedPath<'_>,
        intermediates: &Intermediates<'_>,
    ) -> Result<VerifiedChain, PathError> {
        let anchors = self.anchors.certificates_of(path.anchor());
        let anchor = rules::check_anchor(anchors, self.at)?.clone();
        let mut certificates = vec![self.end_entity.clone()];
        for link in path.intermediate_certificates() {
            let der = link.der();
            let known = intermediates
                .usable
                .iter()
                .find(|certificate| certificate.der() == der.as_ref());
            certificates.push((*known.ok_or(PathError::Malformed)?).clone());
        }
        let unrevoked_until = match self.revocation {
            Revocation::NotChecked => None,
            Revocation::Asked(status) => {
                Some(unrevoked_until(*status, &certificates, &anchor, self.at)?)
            }
        };
        Ok(VerifiedChain {
            certificates,
            anchor,
            unrevoked_until,
        })
    }

    /// Our words for `webpki`'s refusal, with what it could not know.
    fn reason(&self, why: &webpki::Error, intermediates: &Intermediates<'_>) -> PathError {
        match PathError::from(why.clone()) {
            PathError::UnknownIssuer => intermediates.objection_to_issuer_of(self.end_entity),
            // The end-entity's own validity was judged before.
            PathError::Expired => PathError::IssuerExpired,
            PathError::NotYetValid => PathError::IssuerNotYetValid,
            other => other,
        }
    }
}

/// Asks for every certificate of a path below its anchor, from the top: what a revoked CA says of others is worth nothing.
/// Below one of which nothing is known it goes on: that the certificate itself was taken back is no less so.
fn unrevoked_until(
    status: &dyn RevocationStatus,
    certificates: &[Certificate],
    anchor: &Certificate,
    at: i64,
) -> Result<i64, PathError> {
    let (mut until, mut unknown) = (i64::MAX, None);
    let mut issuer = anchor;
    for (height, certificate) in certificates.iter().enumerate().rev() {
        let link = Link {
            certificate,
            issuer,
            is_ca: height > 0,
            at,
        };
        match status.status(&link) {
            Ok(answer) => until = until.min(answer.until),
            Err(Unconfirmed::Revoked) if height == 0 => return Err(PathError::Revoked),
            Err(Unconfirmed::Revoked) => return Err(PathError::IssuerRevoked),
            // The uppermost is what to see to first.
            Err(Unconfirmed::Unavailable(gap)) => unknown = unknown.or(Some(gap)),
        }
        issuer = certificate;
    }
    unknown.map_or(Ok(until), |gap| Err(PathError::RevocationUnavailable(gap)))
}

/// Of several paths that do not do: that the certificate itself was revoked settles it; that the status of one path is
/// unknown leaves it open whatever the others say; a revoked CA says more than the rest.
fn weightier(before: Option<PathError>, now: PathError) -> PathError {
    let weight = |why: PathError| match why {
        PathError::Revoked => 3,
        PathError::RevocationUnavailable(_) => 2,
        PathError::IssuerRevoked => 1,
        _ => 0,
    };
    match before {
        Some(before) if weight(before) > weight(now) => before,
        _ => now,
    }
}

/// `ExtendedKeyUsage`, where present, names clientAuth: on the lock's certificate and on every CA below the anchor.
pub(super) struct ClientAuth;

impl ExtendedKeyUsageValidator for ClientAuth {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        webpki::KeyUsage::required_if_present(CLIENT_AUTH).validate(purposes)
    }
}

/// Any use.
pub(super) struct AnyUse;

impl ExtendedKeyUsageValidator for AnyUse {
    fn validate(&self, _purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        Ok(())
    }
}

/// Every signature algorithm that counts in certificates, lists and answers of responders.
pub(super) fn algorithms() -> Vec<&'static dyn SignatureVerificationAlgorithm> {
    let international: [&dyn SignatureVerificationAlgorithm; 10] = [
        aws_lc_rs::ECDSA_P256_SHA256,
        aws_lc_rs::ECDSA_P256_SHA384,
        aws_lc_rs::ECDSA_P384_SHA256,
        aws_lc_rs::ECDSA_P384_SHA384,
        aws_lc_rs::RSA_PKCS1_2048_8192_SHA256,
        aws_lc_rs::RSA_PKCS1_2048_8192_SHA384,
        aws_lc_rs::RSA_PKCS1_2048_8192_SHA512,
        aws_lc_rs::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
        aws_lc_rs::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
        aws_lc_rs::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
    ];
    SM2_SM3.iter().copied().chain(international).collect()
}
