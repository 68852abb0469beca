//! 修改信息: telephone, mail address, address and subject types. Which fields changed is an event; what stands in them is not.

use protocol::claims::SubjectType;

use super::{AccountRefusal, event, present_now};
use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::enterprise::Enterprise;
use crate::fields::{self, ADDRESS_MAX, FieldProblem};
use crate::session::Authentication;
use crate::store::{Store, StoreError};

/// The form as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InformationForm {
    /// 联系电话
    pub phone: String,
    /// 联系邮箱
    pub contact_email: String,
    /// 单位地址
    pub address: String,
    /// 主体类型
    pub subject_types: Vec<String>,
}

/// The form, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Information {
    phone: Option<String>,
    contact_email: Option<String>,
    address: Option<String>,
    subject_types: Vec<SubjectType>,
}

impl InformationForm {
    /// What an enterprise says of itself now.
    pub fn of(enterprise: &Enterprise) -> Self {
        let words = enterprise.subject_types.iter().map(|t| t.as_str());
        Self {
            phone: enterprise.phone.clone().unwrap_or_default(),
            contact_email: enterprise.contact_email.clone().unwrap_or_default(),
            address: enterprise.address.clone().unwrap_or_default(),
            subject_types: words.map(str::to_owned).collect(),
        }
    }
}

impl Information {
    /// Reads the form; every problem at once, each with its field's name.
    pub fn parse(form: &InformationForm) -> Result<Self, Vec<(&'static str, FieldProblem)>> {
        let phone = fields::telephone(&form.phone).map_err(|p| ("phone", p));
        let email = fields::email(&form.contact_email).map_err(|p| ("contact_email", p));
        let address = fields::optional(&form.address, ADDRESS_MAX).map_err(|p| ("address", p));
        let types = fields::subject_types(&form.subject_types).map_err(|p| ("subject_types", p));
        match (phone, email, address, types) {
            (Ok(phone), Ok(contact_email), Ok(address), Ok(subject_types)) => Ok(Self {
                phone,
                contact_email,
                address,
                subject_types,
            }),
            (phone, email, address, types) => {
                let problems = [phone.err(), email.err(), address.err(), types.err()];
                Err(problems.into_iter().flatten().collect())
            }
        }
    }

    fn changed(&self, enterprise: &Enterprise) -> Vec<&'static str> {
        let fields = [
            ("phone", self.phone != enterprise.phone),
            (
                "contact_email",
                self.contact_email != enterprise.contact_email,
            ),
            ("address", self.address != enterprise.address),
            (
                "subject_types",
                self.subject_types != enterprise.subject_types,
            ),
        ];
        let changed = fields.into_iter().filter(|(_, changed)| *changed);
        changed.map(|(field, _)| field).collect()
    }
}

/// How a change of information ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InformationOutcome {
    /// It is as typed now, in this version of the enterprise.
    Saved(u32),
    /// Somebody else changed it since the form was shown.
    ChangedMeanwhile,
}

/// Writes what changed; nothing where nothing did. `version` is that of the enterprise the form showed.
pub fn change_information(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    authentication: &Authentication,
    (information, version): (&Information, u32),
) -> Result<Result<InformationOutcome, AccountRefusal>, StoreError> {
    let enterprise = match present_now(store, cx, caller, authentication)? {
        Ok(present) => present.enterprise,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if enterprise.version != version {
        return Ok(Ok(InformationOutcome::ChangedMeanwhile));
    }
    let changed = information.changed(&enterprise);
    if changed.is_empty() {
        return Ok(Ok(InformationOutcome::Saved(version)));
    }
    let to = Enterprise {
        phone: information.phone.clone(),
        contact_email: information.contact_email.clone(),
        address: information.address.clone(),
        subject_types: information.subject_types.clone(),
        ..enterprise
    };
    if !store.exchange_enterprise(&to)? {
        return Ok(Ok(InformationOutcome::ChangedMeanwhile));
    }
    store.append_audit(&AuditEvent {
        detail: Some(changed.join(" ")),
        ..event(cx, caller, authentication, AuditKind::EnterpriseChanged)
    })?;
    Ok(Ok(InformationOutcome::Saved(version.saturating_add(1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> InformationForm {
        InformationForm {
            phone: " 0476-8881234 ".to_owned(),
            contact_email: " office@Example.cn ".to_owned(),
            address: String::new(),
            subject_types: vec![
                "supplier".to_owned(),
                "bidder".to_owned(),
                "bidder".to_owned(),
            ],
        }
    }

    #[test]
    fn what_is_typed_is_trimmed_and_each_type_counts_once() {
        let read = Information::parse(&form()).unwrap();
        assert_eq!(read.phone.as_deref(), Some("0476-8881234"));
        assert_eq!(read.contact_email.as_deref(), Some("office@example.cn"));
        assert_eq!(read.address, None);
        assert_eq!(read.subject_types.len(), 2);
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let wrong = InformationForm {
            phone: "call me".to_owned(),
            contact_email: "write me".to_owned(),
            address: "x".repeat(ADDRESS_MAX + 1),
            subject_types: Vec::new(),
        };
        let problems = Information::parse(&wrong).unwrap_err();
        let fields: Vec<_> = problems.iter().map(|(field, _)| *field).collect();
        assert_eq!(
            fields,
            ["phone", "contact_email", "address", "subject_types"]
        );
    }
}
