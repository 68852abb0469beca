//! What a statement says of an act besides its digest: to what it is done, and what it comes to, in words that are still read
//! when the database is gone.
//!
//! A line each: no name and no identifier holds a line's end, so none can stand for a line of ours. No digest is in one piece:
//! a statement names one alone, that of the act.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use idp_core::key_lock::Thumbprint;
use idp_core::operator::Roles;
use idp_core::proposal::{Change, EVERYBODY};
use sha2::{Digest as _, Sha256};

use crate::operating::{Act, EnterpriseAct, PlatformAct, Prepared};
use crate::view::Messages;

/// A message and what it is followed by.
type Term = (&'static str, String);

/// To what it is done, and what the act makes of it where a few words say that.
pub fn subject(messages: &Messages, prepared: &Prepared) -> String {
    let of = match (&*prepared.subject, &prepared.called) {
        (EVERYBODY, _) => messages.t("act-everybody").into_owned(),
        (id, Some(name)) => format!("{name} ({id})"),
        (subject, None) => subject.to_owned(),
    };
    let terms = terms(messages, prepared).into_iter().map(|(key, value)| {
        let label = messages.t(key);
        let args = [("label", &*label), ("value", &*value)];
        messages.ta("statement-term", &args).into_owned()
    });
    let lines: Vec<String> = std::iter::once(of).chain(terms).collect();
    lines.join("\n")
}

fn terms(messages: &Messages, prepared: &Prepared) -> Vec<Term> {
    if let Some(change) = prepared.change() {
        return of_change(messages, change);
    }
    match &prepared.act {
        Act::Platform {
            what: PlatformAct::RotateSecret { overlap_hours },
            ..
        } => vec![("platform-overlap", overlap_hours.to_string())],
        Act::Enterprise { what, .. } => of_enterprise(messages, what),
        // Long, or said by what is done and to whom.
        Act::Platform {
            what: PlatformAct::Put { .. } | PlatformAct::Suspend | PlatformAct::Activate { .. },
            ..
        }
        | Act::Registration { .. }
        | Act::Propose { .. }
        | Act::Approve { .. }
        | Act::Refuse { .. } => Vec::new(),
    }
}

fn of_enterprise(messages: &Messages, what: &EnterpriseAct) -> Vec<Term> {
    match what {
        EnterpriseAct::OpenRebinding { days } => vec![("enterprise-days", days.to_string())],
        EnterpriseAct::Erase {
            with_evidence: true,
        } => vec![(
            "rename-evidence",
            messages.t("enterprise-with-evidence").into_owned(),
        )],
        // What is registered of people stands in no statement: those are never erased.
        EnterpriseAct::Correct { .. }
        | EnterpriseAct::Erase {
            with_evidence: false,
        }
        | EnterpriseAct::Freeze
        | EnterpriseAct::Unfreeze
        | EnterpriseAct::LockLost { .. }
        | EnterpriseAct::RemoveLock { .. }
        | EnterpriseAct::PromoteLock { .. }
        | EnterpriseAct::CloseRebinding
        | EnterpriseAct::Rename { .. }
        | EnterpriseAct::EndSignIn { .. }
        | EnterpriseAct::EndSignInsOfLock { .. }
        | EnterpriseAct::EndAllSignIns
        | EnterpriseAct::TakeConsentBack { .. } => Vec::new(),
    }
}

fn of_change(messages: &Messages, change: &Change) -> Vec<Term> {
    match change {
        Change::ChangeCa { revision, .. }
        | Change::ActivateCa { revision, .. }
        | Change::SuspendCa { revision, .. } => vec![("authority-revision", revision.to_string())],
        Change::AddOperator {
            roles, certificate, ..
        } => vec![
            ("operator-roles", role_names(messages, roles)),
            ("certificate-sha256", thumbprint(certificate)),
        ],
        Change::ChangeOperator {
            roles,
            state,
            certificate,
            ..
        } => {
            let roles = roles.as_ref();
            let roles = roles.map(|roles| ("operator-roles", role_names(messages, roles)));
            let state = state.map(|state| {
                let name = messages.t(&format!("operator-{}", state.as_str()));
                ("operator-state", name.into_owned())
            });
            let certificate = certificate.as_deref();
            let certificate = certificate.map(|text| ("certificate-sha256", thumbprint(text)));
            roles.into_iter().chain(state).chain(certificate).collect()
        }
        Change::AddCa { .. } | Change::EndGrants { .. } | Change::EndEverySignIn {} => Vec::new(),
    }
}

/// Roles in the language of the messages.
pub fn role_names(messages: &Messages, roles: &Roles) -> String {
    let names = roles
        .iter()
        .map(|role| messages.t(&format!("role-{}", role.as_str())));
    names.collect::<Vec<_>>().join(" · ")
}

/// Of a certificate as changes carry it, in the groups of the page above. What is none is refused before it is signed for.
fn thumbprint(base64: &str) -> String {
    let der = STANDARD.decode(base64).unwrap_or_default();
    Thumbprint(Sha256::digest(der).into()).to_groups()
}

#[cfg(test)]
mod tests {
    use idp_core::id::OperatorId;
    use idp_core::operator::{OperatorState, Right, Role};

    use super::*;
    use crate::view::Locale;

    fn prepared(act: Act, (subject, called): (&str, Option<&str>)) -> Prepared {
        Prepared {
            act,
            right: Right::ChangeOperators,
            code: "change-operator",
            subject: subject.to_owned(),
            called: called.map(str::to_owned),
            traced: subject.to_owned(),
            reason: String::new(),
            digest: String::new(),
            proposal: None,
        }
    }

    fn said(prepared: &Prepared) -> [String; 2] {
        Locale::ALL.map(|locale| subject(Messages::of(locale), prepared))
    }

    #[test]
    fn an_operator_is_named_with_what_it_may_do_from_then_on() {
        let change = Change::ChangeOperator {
            id: OperatorId::from_text("01"),
            version: 3,
            roles: Roles::new([Role::Trust, Role::Auditor]).ok(),
            state: Some(OperatorState::Suspended),
            certificate: Some(STANDARD.encode(b"abc")),
        };
        let act = Act::Propose {
            change: Box::new(change),
            reason: String::new(),
        };
        let sha256 = Thumbprint(Sha256::digest(b"abc").into()).to_groups();
        assert!(sha256.starts_with("ba78 16bf "), "{sha256}");
        assert_eq!(
            said(&prepared(act, ("01", Some("乌兰；职责：审计员")))),
            [
                format!(
                    "乌兰；职责：审计员 (01)\n职责：信任管理员 · 审计员\n状态：已停用\n证书指纹（SHA-256）：{sha256}"
                ),
                format!(
                    "乌兰；职责：审计员 (01)\nRoles: Trust · Auditor\nState: Suspended\nThumbprint (SHA-256): {sha256}"
                ),
            ]
        );
    }

    #[test]
    fn what_an_act_fixes_is_said() {
        let reason = String::new();
        let secret = Act::Platform {
            platform: idp_core::id::PlatformId::from_text("wuhai"),
            what: PlatformAct::RotateSecret { overlap_hours: 24 },
            reason: reason.clone(),
        };
        let [_, english] = said(&prepared(secret, ("wuhai", None)));
        assert_eq!(
            english,
            "wuhai\nHours for which the old secret is taken yet: 24"
        );
        let rebinding = Act::Enterprise {
            credit_code: "1".to_owned(),
            what: EnterpriseAct::OpenRebinding { days: 30 },
            reason: reason.clone(),
        };
        let [chinese, _] = said(&prepared(rebinding, ("1", None)));
        assert_eq!(chinese, "1\n开放天数：30");
        let everybody = Act::Propose {
            change: Box::new(Change::EndEverySignIn {}),
            reason,
        };
        let [chinese, _] = said(&prepared(everybody, (EVERYBODY, None)));
        assert!(!chinese.contains('*') && !chinese.is_empty(), "{chinese}");
    }
}
