//! An act that is signed: what console and admin API ask a lock to sign, and doing what was signed.
//!
//! The exact act goes out and comes back with the signature; the statement under that names its digest, so another act than
//! the one that was shown has another statement. Owns the statement, the check of the signature and what is kept of it.
//! Does not know pages nor programs.

use actix_web::http::StatusCode;
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::challenge::Challenge;
use idp_core::directory::{DirectoryError, RegistrationRefusal};
use idp_core::duty::{OnDuty, OperatorAuthentication};
use idp_core::four_eyes::FourEyesRefusal;
use idp_core::id::SignedStatementId;
use idp_core::operate::OperateRefusal;
use idp_core::session::SessionKey;
use idp_core::signed_statement::SignedStatement;
use protocol::challenge::Purpose;

use super::error::Failure;
use super::extract::Visit;
use super::{act_words, challenge, trail};
use crate::operating::{ActError, Done, Prepared, Signed, carry_out};
use crate::view::{Locale, Messages};

/// Who signs, and where it was asked to.
#[derive(Clone, Copy)]
pub struct Signatory<'a> {
    /// The operator, on duty.
    pub on_duty: &'a OnDuty,
    /// The sign-in behind that.
    pub authentication: &'a OperatorAuthentication,
    /// What its challenges are bound to: they are answered nowhere else.
    pub session: &'a SessionKey,
}

/// How it ended.
pub enum Answered {
    /// Done.
    Done(Done),
    /// The signature counts for nothing: the word for why.
    Unsigned(&'static str),
    /// It is signed, and may not be done.
    Refused(ActError),
}

/// A challenge to sign for an act.
pub async fn ask(
    visit: &Visit,
    signatory: Signatory<'_>,
    prepared: &Prepared,
) -> Result<Challenge, Failure> {
    let statement = statement(visit, signatory, (visit.locale, prepared));
    let stated = (Purpose::Approve, statement);
    challenge::issue_stated(visit, signatory.session, stated).await
}

/// Does an act whose challenge was answered. What is refused is an event.
pub async fn answer(
    visit: &Visit,
    signatory: Signatory<'_>,
    (prepared, answer): (&Prepared, (&str, &str)),
) -> Result<Answered, Failure> {
    // Gather.
    let signed = match signature(visit, signatory, (prepared, answer)).await? {
        Ok(signed) => signed,
        Err(code) => {
            note(visit, signatory, (prepared, code)).await?;
            return Ok(Answered::Unsigned(code));
        }
    };
    // Decide.
    let (cx, what) = (visit.cx.clone(), prepared.clone());
    let done = visit
        .state
        .database
        .write(move |store| carry_out(store, &cx, &signed, &what))
        .await;
    // Answer.
    match done {
        Ok(done) => Ok(Answered::Done(done)),
        Err(error) => {
            if let Some(code) = error.code() {
                note(visit, signatory, (prepared, code)).await?;
            }
            Ok(Answered::Refused(error))
        }
    }
}

/// What was signed, by the very certificate of whoever is on duty; or the word for why it counts for nothing.
async fn signature(
    visit: &Visit,
    signatory: Signatory<'_>,
    (prepared, answer): (&Prepared, (&str, &str)),
) -> Result<Result<Signed, &'static str>, Failure> {
    let meant = Locale::ALL.map(|locale| statement(visit, signatory, (locale, prepared)));
    let asked = (Purpose::Approve, &meant[..]);
    let proven = challenge::prove_whole(visit, signatory.session, answer, asked).await?;
    let (proven, challenge) = match proven {
        Ok(proven) => proven,
        Err(refusal) => return Ok(Err(refusal.code())),
    };
    if let Err(unfit) = signatory.on_duty.is_proven_by(&proven, visit.cx.now) {
        return Ok(Err(unfit.code()));
    }
    let (_, proof) = answer;
    Ok(Ok(Signed {
        authentication: signatory.authentication.clone(),
        caller: visit.caller(),
        statement: SignedStatement {
            id: SignedStatementId::generate(&*visit.cx.rng, visit.cx.now),
            operator_id: signatory.on_duty.operator().id.clone(),
            at: visit.cx.now,
            purpose: challenge.purpose.as_str().to_owned(),
            origin: visit.state.settings.origin.clone(),
            nonce: challenge.nonce,
            statement: challenge.statement,
            proof: proof.to_owned(),
        },
    }))
}

/// A signature that counts for nothing, and an act that was refused, are events.
async fn note(
    visit: &Visit,
    signatory: Signatory<'_>,
    (prepared, code): (&Prepared, &str),
) -> Result<(), Failure> {
    let (verb, what, subject) = (prepared.verb(), prepared.code, &prepared.traced);
    let detail = format!("{verb} {what} {subject} sha256 {}", prepared.digest);
    let event = AuditEvent {
        operator_id: Some(signatory.on_duty.operator().id.clone()),
        detail: Some(idp_core::audit::operator_words(&detail)),
        ..trail::event(visit, AuditKind::OperatorActRefused, code)
    };
    trail::write(visit, event).await
}

/// The text the agent shows and the operator signs: who, what, to what, why, and the digest of the exact change.
fn statement(
    visit: &Visit,
    signatory: Signatory<'_>,
    (locale, prepared): (Locale, &Prepared),
) -> String {
    let messages = Messages::of(locale);
    let what = messages.t(&format!("act-{}", prepared.code));
    let subject = act_words::subject(messages, prepared);
    let args = [
        ("operator", &*signatory.on_duty.operator().name),
        ("what", &*what),
        ("subject", &*subject),
        ("reason", &prepared.reason),
        ("digest", &prepared.digest),
        ("origin", &visit.state.settings.origin),
    ];
    messages
        .ta(&format!("statement-act-{}", prepared.verb()), &args)
        .into_owned()
}

impl From<ActError> for Failure {
    fn from(error: ActError) -> Self {
        let status = match &error {
            ActError::NotAllowed => StatusCode::FORBIDDEN,
            ActError::CreditCode
            | ActError::Unwritable(_)
            | ActError::FourEyes(FourEyesRefusal::Reason)
            | ActError::Operate(OperateRefusal::Words { .. } | OperateRefusal::Evidence)
            | ActError::Directory(DirectoryError::Refused(
                RegistrationRefusal::MaintenanceText | RegistrationRefusal::MaintenanceTime,
            )) => StatusCode::BAD_REQUEST,
            _ => StatusCode::CONFLICT,
        };
        match (error.code(), error) {
            (Some(code), _) => Self::refused(status, code),
            (None, ActError::Store(error)) => error.into(),
            (None, error) => Self::internal(error),
        }
    }
}
