//! What an act needs before anybody signs for it: the right, and the words under the signature.

use idp_core::fields;
use idp_core::four_eyes::FourEyesRefusal;
use idp_core::id::PlatformId;
use idp_core::operator::Right;
use idp_core::operators::{OperatorsRefusal, certificate_of_text};
use idp_core::proposal::{Change, Proposal, Unwritable};
use idp_core::store::StoreError;
use idp_storage::Database;
use pki::certificate::Certificate;
use pki::holder::credit_code::CreditCode;

use super::{Act, ActError, EnterpriseAct};

/// Longest reason, in characters.
const REASON_MAX: usize = 200;

/// Longest name of what something is done to, in characters.
const SUBJECT_MAX: usize = 320;

/// An act with what the page and the statement say of it.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The act.
    pub act: Act,
    /// What it asks of the operator's roles.
    pub right: Right,
    /// The machine word of what is done.
    pub code: &'static str,
    /// To what.
    pub subject: String,
    /// What people call that, where the identifier says nothing to them.
    pub called: Option<String>,
    /// The subject for the trail, in which nothing stands that was typed of an enterprise.
    pub traced: String,
    /// Why.
    pub reason: String,
    /// SHA-256 of the exact change, hexadecimal.
    pub digest: String,
    /// The proposal that is decided, where one is.
    pub proposal: Option<Proposal>,
}

impl Prepared {
    /// The change it is about, where two persons decide it.
    pub fn change(&self) -> Option<&Change> {
        match (&self.act, &self.proposal) {
            (Act::Propose { change, .. }, _) => Some(&**change),
            (_, Some(proposal)) => Some(&proposal.change),
            _ => None,
        }
    }

    /// What the person does with it: `propose`, `approve`, `refuse` or `do`.
    pub const fn verb(&self) -> &'static str {
        match self.act {
            Act::Propose { .. } => "propose",
            Act::Approve { .. } => "approve",
            Act::Refuse { .. } => "refuse",
            Act::Platform { .. } | Act::Registration { .. } | Act::Enterprise { .. } => "do",
        }
    }
}

/// Looks up what is needed.
pub async fn prepare(database: &Database, act: Act) -> Result<Prepared, ActError> {
    let prepared = looked_up(database, act).await?;
    // It stands under signatures and in the trail, between words of ours: what can't be seen, or goes on for ever, would have
    // others read something else there. What was proposed before can be refused, whatever it is.
    if prepared.proposal.is_none() {
        fields::required(&prepared.subject, SUBJECT_MAX).or(Err(Unwritable))?;
        fields::required(&prepared.reason, REASON_MAX).or(Err(FourEyesRefusal::Reason))?;
        check_certificate(&prepared)?;
    }
    Ok(prepared)
}

/// What nobody can read has no thumbprint to sign for.
fn check_certificate(prepared: &Prepared) -> Result<(), ActError> {
    let certificate = match prepared.change() {
        Some(Change::AddOperator { certificate, .. }) => Some(certificate),
        Some(Change::ChangeOperator { certificate, .. }) => certificate.as_ref(),
        _ => None,
    };
    if let Some(text) = certificate {
        let der = certificate_of_text(text).map_err(ActError::Operators)?;
        let unreadable = ActError::Operators(OperatorsRefusal::CertificateUnreadable);
        Certificate::from_der(&der).or(Err(unreadable))?;
    }
    Ok(())
}

async fn looked_up(database: &Database, act: Act) -> Result<Prepared, ActError> {
    match act.clone() {
        Act::Propose { change, reason } => {
            let called = called(database, &change).await?;
            of_change((act, called), &change, (reason, None))
        }
        Act::Approve { proposal } | Act::Refuse { proposal } => {
            let found = database
                .read(move |store| store.find_proposal(&proposal))
                .await?;
            let found = found.ok_or(FourEyesRefusal::Unknown)?;
            let (change, reason) = (found.change.clone(), found.reason.clone());
            let called = called(database, &change).await?;
            of_change((act, called), &change, (reason, Some(found)))
        }
        Act::Platform {
            platform,
            what,
            reason,
        } => Ok(Prepared {
            right: Right::ChangePlatforms,
            code: what.code(),
            subject: platform.to_string(),
            called: platform_name(database, &platform).await?,
            traced: platform.to_string(),
            reason,
            digest: act.digest()?,
            proposal: None,
            act,
        }),
        Act::Registration { what, reason } => Ok(Prepared {
            right: Right::ChangePlatforms,
            code: what.code(),
            subject: what.subject(),
            called: None,
            traced: what.subject(),
            reason,
            digest: act.digest()?,
            proposal: None,
            act,
        }),
        Act::Enterprise {
            credit_code,
            what,
            reason,
        } => Ok(Prepared {
            right: Right::ChangeEnterprises,
            code: what.code(),
            traced: of_part(&credit_code, what.part_traced()),
            subject: of_part(&credit_code, what.part()),
            called: enterprise_name(database, (&credit_code, &what)).await?,
            reason,
            digest: act.digest()?,
            proposal: None,
            act,
        }),
    }
}

fn of_part(credit_code: &str, part: Option<&str>) -> String {
    match part {
        Some(part) => format!("{credit_code} {part}"),
        None => credit_code.to_owned(),
    }
}

/// Operators and platforms are known by their names.
async fn called(database: &Database, change: &Change) -> Result<Option<String>, ActError> {
    match change {
        Change::ChangeOperator { id, .. } => {
            let id = id.clone();
            let found = database.read(move |store| store.find_operator(&id)).await?;
            Ok(found.map(|one| one.name))
        }
        Change::EndGrants { platform } => Ok(platform_name(database, platform).await?),
        _ => Ok(None),
    }
}

async fn platform_name(database: &Database, id: &PlatformId) -> Result<Option<String>, StoreError> {
    let id = id.clone();
    let found = database.read(move |store| store.find_platform(&id)).await?;
    Ok(found.map(|one| one.name_zh))
}

/// The enterprise's name, with the number of the lock that it is about: that is what a person can look at.
async fn enterprise_name(
    database: &Database,
    (credit_code, what): (&str, &EnterpriseAct),
) -> Result<Option<String>, StoreError> {
    let Ok(code) = credit_code.parse::<CreditCode>() else {
        return Ok(None);
    };
    let lock = what.lock().cloned();
    let found = database
        .read(move |store| {
            let Some(enterprise) = store.find_enterprise_by_credit_code(&code)? else {
                return Ok(None);
            };
            let lock = lock
                .map(|id| store.find_key_lock(&id))
                .transpose()?
                .flatten();
            let lock = lock.filter(|lock| lock.enterprise_id == enterprise.id);
            Ok::<_, StoreError>(Some((enterprise.name, lock.map(|lock| lock.key_number))))
        })
        .await?;
    Ok(found.map(|(name, number)| match number {
        Some(number) => format!("{name} {number}"),
        None => name,
    }))
}

fn of_change(
    (act, called): (Act, Option<String>),
    change: &Change,
    (reason, proposal): (String, Option<Proposal>),
) -> Result<Prepared, ActError> {
    Ok(Prepared {
        act,
        right: change.right(),
        code: change.code(),
        subject: change.subject().to_owned(),
        called,
        traced: change.subject().to_owned(),
        digest: change.digest()?,
        reason,
        proposal,
    })
}
