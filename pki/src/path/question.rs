//! The dialogue with `webpki`: one question, its answer, and our words for its refusals.

use std::cell::Cell;
use std::time::Duration;

use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};
use webpki::{
    EndEntityCert, ExpirationPolicy, ExtendedKeyUsageValidator, KeyPurposeIdIter,
    RevocationCheckDepth, RevocationOptions, RevocationOptionsBuilder, UnknownStatusPolicy,
    aws_lc_rs,
};

use super::VerifiedChain;
use super::error::PathError;
use super::rules::{self, Intermediates, ListsInForce};
use crate::anchors::TrustAnchors;
use crate::certificate::Certificate;
use crate::revocation::Revocation;
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
    pub(super) fn ask(
        &self,
        intermediates: &[Certificate],
        usage: impl ExtendedKeyUsageValidator,
    ) -> Result<VerifiedChain, PathError> {
        let intermediates = Intermediates::usable(intermediates);
        let Some(lists) = ListsInForce::select(self.revocation, self.at) else {
            return self.search(&intermediates, None, usage);
        };
        let chain = self.search(&intermediates, Some(&lists), usage)?;
        // Without any list `webpki` cannot be asked about revocation at all; the rest was in order.
        if lists.is_empty() {
            Err(self.unknown_status(&lists, &intermediates))
        } else {
            Ok(chain)
        }
    }

    fn search(
        &self,
        intermediates: &Intermediates<'_>,
        lists: Option<&ListsInForce<'_>>,
        usage: impl ExtendedKeyUsageValidator,
    ) -> Result<VerifiedChain, PathError> {
        let seconds = u64::try_from(self.at).map_err(|_before_1970| PathError::NotYetValid)?;
        let end_entity = EndEntityCert::try_from(self.end_entity.pki_der())?;
        let candidates: Vec<CertificateDer<'_>> = intermediates
            .usable
            .iter()
            .map(|certificate| CertificateDer::from(certificate.der()))
            .collect();
        let crls = lists.map(ListsInForce::lists).unwrap_or_default();

        // A path that is in order for `webpki` but not for us lets the search go on; the reason is kept here.
        let objection = Cell::new(None);
        let ours = |path: &webpki::VerifiedPath<'_>| match self.anchor_of(path, lists.is_some()) {
            Ok(_anchor) => Ok(()),
            Err(why) => {
                objection.set(Some(why));
                Err(webpki::Error::UnknownIssuer)
            }
        };
        let found = end_entity.verify_for_usage(
            &algorithms(),
            self.anchors.anchors(),
            &candidates,
            UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
            usage,
            revocation_options(&crls),
            Some(&ours),
        );
        match found {
            Ok(path) => self.proof(&path, intermediates, lists.is_some()),
            Err(why) => Err(objection
                .take()
                .unwrap_or_else(|| self.reason(&why, intermediates, lists))),
        }
    }

    fn anchor_of(
        &self,
        path: &webpki::VerifiedPath<'_>,
        lists_checked: bool,
    ) -> Result<&Certificate, PathError> {
        rules::check_anchor(
            self.anchors.certificates_of(path.anchor()),
            lists_checked,
            self.at,
        )
    }

    fn proof(
        &self,
        path: &webpki::VerifiedPath<'_>,
        intermediates: &Intermediates<'_>,
        lists_checked: bool,
    ) -> Result<VerifiedChain, PathError> {
        let anchor = self.anchor_of(path, lists_checked)?.clone();
        let mut certificates = vec![self.end_entity.clone()];
        for link in path.intermediate_certificates() {
            let der = link.der();
            let known = intermediates
                .usable
                .iter()
                .find(|certificate| certificate.der() == der.as_ref());
            certificates.push((*known.ok_or(PathError::Malformed)?).clone());
        }
        Ok(VerifiedChain {
            certificates,
            anchor,
        })
    }

    /// Our words for `webpki`'s refusal, with what it could not know.
    fn reason(
        &self,
        why: &webpki::Error,
        intermediates: &Intermediates<'_>,
        lists: Option<&ListsInForce<'_>>,
    ) -> PathError {
        match (PathError::from(why.clone()), why, lists) {
            (PathError::UnknownIssuer, ..) => intermediates.objection_to_issuer_of(self.end_entity),
            (_, webpki::Error::UnknownRevocationStatus, Some(lists)) => {
                self.unknown_status(lists, intermediates)
            }
            // The end-entity's own validity was judged before.
            (PathError::Expired, ..) => PathError::IssuerExpired,
            (PathError::NotYetValid, ..) => PathError::IssuerNotYetValid,
            (other, ..) => other,
        }
    }

    fn unknown_status(
        &self,
        lists: &ListsInForce<'_>,
        intermediates: &Intermediates<'_>,
    ) -> PathError {
        let certificates =
            std::iter::once(self.end_entity).chain(intermediates.usable.iter().copied());
        PathError::RevocationUnavailable(lists.gap(certificates))
    }
}

/// Whole chain, unknown means refused, nextUpdate counts. `None` without lists.
fn revocation_options<'a>(
    crls: &'a [&'a webpki::CertRevocationList<'a>],
) -> Option<RevocationOptions<'a>> {
    let builder = RevocationOptionsBuilder::new(crls).ok()?;
    let options = builder
        .with_depth(RevocationCheckDepth::Chain)
        .with_status_policy(UnknownStatusPolicy::Deny)
        .with_expiration_policy(ExpirationPolicy::Enforce)
        .build();
    Some(options)
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

/// Every signature algorithm that counts in certificates and CRLs.
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
