//! What an auditor looks for: the fields of a form, and the filter they make. Owns no text.

use actix_web::HttpRequest;
use idp_core::audit::AuditKind;
use idp_core::audit_group::AuditGroup;
use idp_core::id::{
    ConsentId, EnterpriseId, GrantId, IncidentId, KeyLockId, OperatorId, PlatformId, SessionId,
};
use idp_core::listing::{AuditFilter, word};
use idp_core::timestamp::Timestamp;
use pki::holder::credit_code::CreditCode;
use time::format_description::well_known::Rfc3339;
use time::macros::{format_description, offset};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use super::asked::invalid;
use super::paging::asked;
use crate::http::error::Failure;
use crate::http::extract::{Form, Visit};

/// The fields, in the order of the form.
pub const FIELDS: [&str; 13] = [
    "from",
    "until",
    "kind",
    "enterprise",
    "platform",
    "address",
    "reason",
    "lock",
    "operator",
    "session",
    "consent",
    "grant",
    "incident",
];

/// What was typed, by field.
pub struct Asked(Vec<(&'static str, String)>);

impl Asked {
    /// From an address.
    pub fn of_address(request: &HttpRequest) -> Self {
        let said = |name| (name, asked(request, name).unwrap_or_default());
        Self(FIELDS.into_iter().map(said).collect())
    }

    /// From a form.
    pub fn of_form(form: &Form) -> Result<Self, Failure> {
        let mut fields = Vec::new();
        for name in FIELDS {
            fields.push((name, form.one(name)?.trim().to_owned()));
        }
        Ok(Self(fields))
    }

    /// One field; empty: it narrows nothing.
    pub fn value(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value)
    }

    /// All of them.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (*name, &**value))
            .collect()
    }

    /// The filter; `None`: of an enterprise that is not bound there is nothing.
    pub async fn filter(&self, visit: &Visit) -> Result<Option<AuditFilter>, Failure> {
        let enterprise = match self.text("enterprise")? {
            None => None,
            Some(code) => match find(visit, &code).await? {
                None => return Ok(None),
                found => found,
            },
        };
        Ok(Some(AuditFilter {
            from: self.moment("from")?,
            until: self.moment("until")?,
            kinds: self.kinds()?,
            reason: self.text("reason")?,
            enterprise,
            key_lock: self.text("lock")?.map(KeyLockId::from_text),
            platform: self.text("platform")?.map(PlatformId::from_text),
            operator: self.text("operator")?.map(OperatorId::from_text),
            session: self.text("session")?.map(SessionId::from_text),
            consent: self.text("consent")?.map(ConsentId::from_text),
            grant: self.text("grant")?.map(GrantId::from_text),
            incident: self.text("incident")?.map(IncidentId::from_text),
            remote_address: self.text("address")?,
        }))
    }

    fn text(&self, name: &str) -> Result<Option<String>, Failure> {
        match self.value(name) {
            "" => Ok(None),
            said => word(said).map(Some).or(Err(invalid())),
        }
    }

    /// One kind, or all of a group.
    fn kinds(&self) -> Result<Vec<AuditKind>, Failure> {
        let said = self.value("kind");
        if said.is_empty() {
            return Ok(Vec::new());
        }
        if let Some(group) = AuditGroup::of_word(said) {
            return Ok(group.kinds().collect());
        }
        let kind = AuditKind::of_word(said).ok_or(invalid())?;
        Ok(vec![kind])
    }

    fn moment(&self, name: &str) -> Result<Option<Timestamp>, Failure> {
        match self.value(name) {
            "" => Ok(None),
            said => moment(said).map(Some).ok_or(invalid()),
        }
    }
}

async fn find(visit: &Visit, code: &str) -> Result<Option<EnterpriseId>, Failure> {
    let Ok(code) = code.to_ascii_uppercase().parse::<CreditCode>() else {
        return Ok(None);
    };
    let database = &visit.state.database;
    let found = database
        .read(move |store| store.find_enterprise_by_credit_code(&code))
        .await?;
    Ok(found.map(|enterprise| enterprise.id))
}

/// A moment as a browser's field or a program writes it; without a zone it is the time of the region, as pages write it.
pub fn moment(text: &str) -> Option<Timestamp> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok().or_else(|| {
        let minutes = format_description!("[year]-[month]-[day]T[hour]:[minute]");
        let seconds = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
        let day = format_description!("[year]-[month]-[day]");
        let local = (PrimitiveDateTime::parse(text, minutes))
            .or_else(|_| PrimitiveDateTime::parse(text, seconds))
            .or_else(|_| Date::parse(text, day).map(|day| day.with_time(Time::MIDNIGHT)));
        local.ok().map(|local| local.assume_offset(offset!(+8)))
    })?;
    Some(Timestamp::from_unix_seconds(at.unix_timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_in_the_region_s_time_unless_they_say_another() {
        let seconds = |text: &str| moment(text).map(Timestamp::unix_seconds);
        let at = seconds("2026-11-27T08:00:00+08:00");
        assert!(at.is_some());
        for same in [
            "2026-11-27T08:00",
            "2026-11-27T08:00:00",
            "2026-11-27T00:00:00Z",
        ] {
            assert_eq!(seconds(same), at, "{same}");
        }
        assert_eq!(seconds("2026-11-27"), at.map(|at| at - 8 * 3600));
        for wrong in [
            "yesterday",
            "2026-13-01",
            "27.11.2026",
            "2026-11-27T25:00",
            "1e9",
        ] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
