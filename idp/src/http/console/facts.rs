//! An act, line by line, as the page that is signed and the page of a proposal show it. Owns no text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use idp_core::id::{CaId, OperatorId};
use idp_core::operator::{Operator, OperatorState, Roles};
use idp_core::proposal::Change;
use idp_core::timestamp::Timestamp;
use pki::certificate::Certificate;

use super::authority_facts::{differences, of_entry, warnings};
use super::{enterprise_facts, platform_facts, registration_tokens::of_registration};
use crate::http::act_words;
use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::http::page::moment;
use crate::operating::{Act, PlatformAct, Prepared};
use crate::view::Messages;
use crate::view::console::Fact;

/// What is shown of an act.
#[derive(Default)]
pub struct Shown {
    /// Line by line.
    pub facts: Vec<Fact>,
    /// What should be looked at before signing.
    pub warnings: Vec<String>,
}

/// What is shown of an act before it is signed.
pub async fn of_act(visit: &Visit, prepared: &Prepared) -> Result<Shown, Failure> {
    let mut shown = match prepared.change() {
        Some(change) => of_change(visit, change).await?,
        None => of_one(visit, prepared).await?,
    };
    shown.facts.push(Fact::new("act-reason", &prepared.reason));
    shown.facts.push(Fact::code("act-digest", &prepared.digest));
    Ok(shown)
}

/// What is shown of a change, beside what stands there now.
pub async fn of_change(visit: &Visit, change: &Change) -> Result<Shown, Failure> {
    match change {
        Change::AddCa { id, entry } => Ok(Shown {
            facts: of_entry(visit, id, entry),
            warnings: warnings(id, entry),
        }),
        Change::ChangeCa {
            id,
            revision,
            entry,
        } => {
            let mut facts = vec![of_revision(*revision)];
            match authority(visit, id).await? {
                Some(now) => facts.extend(differences(visit, id, (&now.entry, entry))),
                None => facts.extend(of_entry(visit, id, entry)),
            }
            Ok(Shown {
                facts,
                warnings: warnings(id, entry),
            })
        }
        Change::ActivateCa { id, revision } | Change::SuspendCa { id, revision } => {
            let mut shown = Shown {
                facts: vec![of_revision(*revision)],
                ..Shown::default()
            };
            if let Some(now) = authority(visit, id).await? {
                shown.facts.extend(of_entry(visit, id, &now.entry));
                shown.warnings = warnings(id, &now.entry);
            }
            Ok(shown)
        }
        Change::AddOperator {
            name,
            roles,
            certificate,
        } => {
            let mut facts = vec![
                Fact::new("operator-name", name),
                Fact::new("operator-roles", role_names(visit, roles)),
            ];
            facts.extend(of_text(visit, certificate));
            Ok(Shown {
                facts,
                ..Shown::default()
            })
        }
        Change::ChangeOperator {
            id,
            roles,
            state,
            certificate,
            ..
        } => of_operator_change(visit, id, (roles.as_ref(), *state, certificate.as_deref())).await,
        Change::EndGrants { platform } => Ok(Shown {
            facts: vec![Fact::code("act-subject", platform.as_str())],
            ..Shown::default()
        }),
        Change::EndEverySignIn {} => Ok(Shown {
            facts: vec![Fact::new("act-subject", word(visit, "act-everybody"))],
            ..Shown::default()
        }),
    }
}

async fn of_operator_change(
    visit: &Visit,
    id: &OperatorId,
    (roles, state, certificate): (Option<&Roles>, Option<OperatorState>, Option<&str>),
) -> Result<Shown, Failure> {
    let of = id.clone();
    let database = &visit.state.database;
    let now = database.read(move |store| store.find_operator(&of)).await?;
    let Some(now) = now else {
        return Ok(Shown::default());
    };
    let mut facts = vec![Fact::new("operator-name", &now.name)];
    if let Some(roles) = roles {
        let names = role_names(visit, roles);
        facts.push(Fact::new("operator-roles", names).instead_of(role_names(visit, &now.roles)));
    }
    if let Some(state) = state {
        let name = |state: OperatorState| word(visit, &format!("operator-{}", state.as_str()));
        facts.push(Fact::new("operator-state", name(state)).instead_of(name(now.state)));
    }
    if let Some(text) = certificate {
        facts.extend(of_text(visit, text));
    }
    Ok(Shown {
        facts,
        ..Shown::default()
    })
}

async fn of_one(visit: &Visit, prepared: &Prepared) -> Result<Shown, Failure> {
    let (platform, what) = match &prepared.act {
        Act::Platform { platform, what, .. } => (platform, what),
        Act::Registration { what, .. } => return Ok(of_registration(visit, what)),
        _ => return of_enterprise(visit, prepared).await,
    };
    let id = platform.clone();
    let database = &visit.state.database;
    let standing = database.read(move |store| store.find_platform(&id)).await?;
    let former = standing
        .as_ref()
        .filter(|_| matches!(what, PlatformAct::RotateSecret { .. }));
    let former = former.and_then(|standing| platform_facts::former_until(visit, standing));
    let warnings = former.map(|until| {
        let messages = Messages::of(visit.locale);
        messages
            .ta("platform-former-ends", &[("until", &until)])
            .into_owned()
    });
    let facts = match what {
        PlatformAct::Put { wanted, .. } => {
            let fresh = wanted.fresh(platform);
            let from = standing.as_ref().filter(|one| one.client.is_some());
            let to = platform_facts::normal(visit, wanted, from.unwrap_or(&fresh));
            platform_facts::of_change(visit, (platform.as_str(), &to), from)
        }
        PlatformAct::RotateSecret { overlap_hours } => vec![
            Fact::code("platform-id", platform.as_str()),
            Fact::new("platform-overlap", overlap_hours.to_string()),
        ],
        PlatformAct::Suspend | PlatformAct::Activate { .. } => standing
            .map(|standing| platform_facts::of_platform(visit, &standing))
            .unwrap_or_default(),
    };
    Ok(Shown {
        facts,
        warnings: warnings.into_iter().collect(),
    })
}

async fn of_enterprise(visit: &Visit, prepared: &Prepared) -> Result<Shown, Failure> {
    let (Act::Enterprise { what, .. }, Some(code)) = (&prepared.act, prepared.act.credit_code())
    else {
        return Ok(Shown::default());
    };
    enterprise_facts::of_act(visit, &code, what).await
}

/// What is known of an operator.
pub fn of_operator(visit: &Visit, operator: &Operator) -> Vec<Fact> {
    let state = format!("operator-{}", operator.state.as_str());
    let written = |at| visit.locale.date_time(moment(at));
    let mut facts = vec![
        Fact::new("operator-roles", role_names(visit, &operator.roles)),
        Fact::new("operator-state", word(visit, &state)),
        Fact::new("operator-since", written(operator.created_at)),
        Fact::new("operator-changed", written(operator.changed_at)),
    ];
    if let Ok(certificate) = Certificate::from_der(&operator.certificate) {
        facts.extend(of_certificate(visit, &certificate));
    }
    facts
}

/// From so many days before it ends a certificate is due.
const DUE_DAYS: i64 = 30;

/// When an operator's certificate ends, and in how many days where that is soon.
pub fn ending(visit: &Visit, operator: &Operator) -> (Timestamp, Option<i64>) {
    let certificate = Certificate::from_der(&operator.certificate).ok();
    let not_after = certificate.map_or(0, |one| one.not_after());
    let left = (not_after - visit.cx.now.unix_seconds()) / 86_400;
    let ends = Timestamp::from_unix_seconds(not_after);
    (ends, (left < DUE_DAYS).then_some(left))
}

fn of_text(visit: &Visit, base64: &str) -> Vec<Fact> {
    let der = STANDARD.decode(base64).unwrap_or_default();
    Certificate::from_der(&der)
        .map(|certificate| of_certificate(visit, &certificate))
        .unwrap_or_default()
}

/// What a person compares of a certificate.
pub fn of_certificate(visit: &Visit, certificate: &Certificate) -> Vec<Fact> {
    let day = |at: i64| {
        let at = Timestamp::from_unix_seconds(at);
        visit.locale.date(moment(at))
    };
    let validity = format!(
        "{} – {}",
        day(certificate.not_before()),
        day(certificate.not_after())
    );
    let thumbprint = idp_core::key_lock::Thumbprint(certificate.thumbprint_sha256());
    vec![
        Fact::new("certificate-subject", certificate.subject().to_string()),
        Fact::new("certificate-issuer", certificate.issuer().to_string()),
        Fact::code("certificate-serial", certificate.serial_number()),
        Fact::new("certificate-validity", validity),
        Fact::code("certificate-sha256", thumbprint.to_groups()),
    ]
}

/// Roles in the page's language.
pub fn role_names(visit: &Visit, roles: &Roles) -> String {
    act_words::role_names(Messages::of(visit.locale), roles)
}

fn of_revision(revision: u32) -> Fact {
    Fact::new("authority-revision", revision.to_string())
}

/// A message of the page.
pub fn word(visit: &Visit, key: &str) -> String {
    Messages::of(visit.locale).t(key).into_owned()
}

async fn authority(
    visit: &Visit,
    id: &CaId,
) -> Result<Option<idp_core::certificate_authority::CertificateAuthority>, Failure> {
    let id = id.clone();
    let database = &visit.state.database;
    Ok(database
        .read(move |store| store.find_certificate_authority(&id))
        .await?)
}
