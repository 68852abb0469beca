//! What a statement says of an act besides its digest: to what it is done, and what it comes to, in words that are still read
//! when the database is gone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use idp_core::operator::Roles;
use idp_core::proposal::{Change, EVERYBODY};
use sha2::{Digest as _, Sha256};

use crate::operating::{Act, EnterpriseAct, PlatformAct, Prepared};
use crate::view::Messages;

/// A message and what it is followed by.
type Term = (&'static str, String);

/// To what it is done, and each thing that the act itself fixes.
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
    std::iter::once(of).chain(terms).collect()
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
        _ => Vec::new(),
    }
}

fn of_enterprise(messages: &Messages, what: &EnterpriseAct) -> Vec<Term> {
    match what {
        EnterpriseAct::OpenRebinding { days } => vec![("enterprise-days", days.to_string())],
        EnterpriseAct::Rename { evidence, .. } => {
            vec![("evidence-sha256", evidence.sha256.clone())]
        }
        EnterpriseAct::Erase {
            with_evidence: true,
        } => vec![(
            "rename-evidence",
            messages.t("enterprise-with-evidence").into_owned(),
        )],
        _ => Vec::new(),
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

/// Of a certificate as changes carry it. One that is none is refused when the change is made.
fn thumbprint(base64: &str) -> String {
    let der = STANDARD.decode(base64).unwrap_or_default();
    hex::encode(Sha256::digest(der))
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
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(
            said(&prepared(act, ("01", Some("乌兰")))),
            [
                format!(
                    "乌兰 (01)；职责：信任管理员 · 审计员；状态：已停用；证书指纹（SHA-256）：{sha256}"
                ),
                format!(
                    "乌兰 (01); Roles: Trust · Auditor; State: Suspended; Thumbprint (SHA-256): {sha256}"
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
            "wuhai; Hours for which the old secret is taken yet: 24"
        );
        let everybody = Act::Propose {
            change: Box::new(Change::EndEverySignIn {}),
            reason,
        };
        let [chinese, _] = said(&prepared(everybody, (EVERYBODY, None)));
        assert!(!chinese.contains('*') && !chinese.is_empty(), "{chinese}");
    }
}
