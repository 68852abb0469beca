//! Where each CA of the demonstration writes what. They differ on purpose, as real ones do.
//!
//! Owns their names, their attribute profiles and the forms of their certificates. Does not issue.

use pki::holder::profile::AttributeProfile;

use super::PkiError;
use super::extension::Extensions;
use super::lock::{Ca, LockOrder, LockRole};
use super::name::SubjectName;

/// The standard's places (GM/T 0015-2012): the credit code in the place of the organisation code; a personal identifier
/// marks a 法人锁; the key number is the subject's serialNumber.
const SM2_PROFILE: &str = r#"
holder_name = [{ subject = "O" }, { subject = "CN" }]
credit_code = [{ extension = "1.2.156.10260.4.1.4" }]
key_number = [{ subject = "serialNumber" }]

[[lock_kind]]
is = "legal_person_lock"
when = { extension = "1.2.156.10260.4.1.1" }

[[lock_kind]]
is = "key_lock"
when = { extension = "1.2.156.10260.4.1.4" }
"#;

/// The places of an RSA CA: the credit code under 1.2.86.11.7 and wrapped, OU tells 企业 from 法人, the key number stands
/// in the common name.
const RSA_PROFILE: &str = r#"
holder_name = [{ subject = "O" }]
credit_code = [
    { extension = "1.2.86.11.7.3", decoding = "wrapped", length = 18 },
    { extension = "1.2.86.11.7.4", decoding = "wrapped", length = 18 },
]
key_number = [{ subject = "CN", separator = "@", part = 2 }]

[[lock_kind]]
is = "legal_person_lock"
when = { subject = "OU", equals = "法人" }

[[lock_kind]]
is = "key_lock"
when = { subject = "OU", equals = "企业" }
"#;

/// A number that nobody has: the form of an identity card, of the region and with a check digit that is wrong.
const PERSONAL_IDENTIFIER: &str = "SF150000000000000000";

impl Ca {
    /// Its identifier in the CA registry.
    pub fn id(self) -> &'static str {
        match self {
            Self::Sm2 => "nmca-demo",
            Self::Rsa => "caoyuan-demo",
            Self::Foreign => "beijing-demo",
        }
    }

    /// Its name.
    pub fn display_name(self) -> &'static str {
        match self {
            Self::Sm2 => "内蒙古数字证书认证有限公司（演示）",
            Self::Rsa => "内蒙古草原电子认证有限公司（演示）",
            Self::Foreign => "北京某电子认证有限公司（演示）",
        }
    }

    /// GB/T 2260 code of where it is.
    pub fn jurisdiction(self) -> &'static str {
        match self {
            Self::Sm2 | Self::Rsa => "150000",
            Self::Foreign => "110000",
        }
    }

    /// Its attribute profile. The foreign CA writes as the SM2 CA does; nobody reads it.
    pub fn profile(self) -> Result<AttributeProfile, PkiError> {
        toml::from_str(self.profile_text()).map_err(|error| PkiError::Content {
            path: self.id().into(),
            problem: error.to_string(),
        })
    }

    /// The same as it stands in a configuration file.
    pub fn profile_text(self) -> &'static str {
        match self {
            Self::Sm2 | Self::Foreign => SM2_PROFILE,
            Self::Rsa => RSA_PROFILE,
        }
    }

    /// The name on its own certificate.
    pub(super) fn authority_name(self, common_name: &str) -> SubjectName {
        let name = SubjectName::china();
        let name = match self {
            Self::Sm2 | Self::Rsa => name.province("内蒙古自治区"),
            Self::Foreign => name.province("北京市"),
        };
        name.organization(self.display_name())
            .common_name(common_name)
    }
}

/// The subject and the extensions of a lock's certificates.
pub(super) struct Form {
    pub(super) subject: SubjectName,
    pub(super) signing: Extensions,
    pub(super) encryption: Extensions,
}

/// What the CA of an order writes into the lock's certificates.
pub(super) fn form(order: &LockOrder, key_number: &str) -> Result<Form, PkiError> {
    match order.ca {
        Ca::Sm2 | Ca::Foreign => standard_form(order, key_number),
        Ca::Rsa => old_form(order, key_number),
    }
}

fn standard_form(order: &LockOrder, key_number: &str) -> Result<Form, PkiError> {
    let subject = SubjectName::china().organization(&order.enterprise);
    let subject = match &order.role {
        LockRole::KeyLock => subject.common_name(&order.enterprise),
        LockRole::LegalPersonLock { person } => subject.common_name(person),
    };
    let marked = |extensions: Extensions| {
        let extensions = match &order.credit_code {
            Some(code) => extensions.printable("1.2.156.10260.4.1.4", code)?,
            None => extensions,
        };
        match order.role {
            LockRole::KeyLock => Ok(extensions),
            LockRole::LegalPersonLock { .. } => {
                extensions.printable("1.2.156.10260.4.1.1", PERSONAL_IDENTIFIER)
            }
        }
    };
    Ok(Form {
        subject: subject.serial_number(key_number),
        signing: marked(Extensions::signing()?)?,
        encryption: marked(Extensions::encryption()?)?,
    })
}

fn old_form(order: &LockOrder, key_number: &str) -> Result<Form, PkiError> {
    let (unit, holder) = match &order.role {
        LockRole::KeyLock => ("企业", order.enterprise.as_str()),
        LockRole::LegalPersonLock { person } => ("法人", person.as_str()),
    };
    let subject = SubjectName::china()
        .province("内蒙古自治区")
        .organization(&order.enterprise)
        .unit(unit)
        .common_name(&format!("{holder}@{key_number}@1"));
    let marked = |extensions: Extensions| match &order.credit_code {
        Some(code) => extensions.wrapped("1.2.86.11.7.3", code),
        None => Ok(extensions),
    };
    Ok(Form {
        subject,
        signing: marked(Extensions::signing()?.client_auth()?)?,
        encryption: marked(Extensions::encryption()?)?,
    })
}
