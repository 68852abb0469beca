//! The signature on a consent: taken from the form, judged by the core.

use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::consent::ConsentOffer;
use idp_core::consent_statement::PathEvidence;
use idp_core::platform::Client;
use idp_core::presence::Present;
use idp_core::proof::Proven;
use idp_core::recognition::{CertificateRefusal, Recognised};
use idp_core::signed_consent::{Agreed, SignedByLock, SigningRefusal, by_lock, by_provider};
use protocol::challenge::Purpose;

use crate::http::error::Failure;
use crate::http::extract::{Browser, Form, Visit};
use crate::http::{challenge, trail};

/// Whether what came with 确认授权 is what the platform asks for. A page that was shown while the platform asked for a lock's
/// signature brings one also where it does not any more.
pub(super) async fn agreed(
    visit: &Visit,
    browser: &Browser,
    form: &Form,
    (offer, client): (&ConsentOffer, &Client),
) -> Result<Result<Agreed, SigningRefusal>, Failure> {
    if form.one("nonce")?.is_empty() {
        return Ok(by_provider(client));
    }
    let (session, present) = (browser.session()?.0, browser.present()?);
    let meant = [offer.statement.clone()];
    let asked = (Purpose::Consent, &meant[..]);
    let answer = (form.one("nonce")?, form.one("proof")?);
    let (proven, answered) = match challenge::prove_whole(visit, session, answer, asked).await? {
        Ok(proven) => proven,
        Err(refusal) => return Ok(Err(SigningRefusal::Proof(refusal))),
    };
    let signed = SignedByLock {
        proven: &proven,
        challenge: answered,
        proof: form.one("proof")?,
        verdict: judged(visit, &proven).await,
    };
    Ok(by_lock(&visit.cx, (offer, present), signed))
}

async fn judged(
    visit: &Visit,
    proven: &Proven,
) -> Result<(Recognised, PathEvidence), CertificateRefusal> {
    let recognised = challenge::judge(visit, proven).await?;
    let path = visit.state.verdicts.evidence(&recognised, visit.cx.now)?;
    Ok((recognised, path))
}

/// A signature that counts for nothing is an event.
pub(super) async fn note(
    visit: &Visit,
    present: &Present,
    (offer, refusal): (&ConsentOffer, SigningRefusal),
) -> Result<(), Failure> {
    let event = AuditEvent {
        enterprise_id: Some(present.enterprise.id.clone()),
        key_lock_id: Some(present.key_lock.id.clone()),
        session_id: Some(present.authentication.session_id.clone()),
        platform_id: Some(offer.platform_id.clone()),
        ..trail::event(visit, AuditKind::ConsentMisused, refusal.code())
    };
    trail::write(visit, event).await
}
