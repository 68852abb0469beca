//! A certificate that was read, carried on by a form so that a page that comes back still shows it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use idp_core::recognition::Recognised;
use pki::certificate::Certificate;
use protocol::proof::is_media_number;

use super::error::Failure;
use super::extract::{Form, Visit};
use crate::view::ReadCertificate;

/// A certificate that was read, as the page shows it.
pub struct ReadFacts {
    holder_name: String,
    key_number: String,
    media_number: String,
    certificate: String,
}

impl ReadFacts {
    /// Of a recognised certificate.
    pub fn of(recognised: &Recognised, media_number: Option<String>) -> Self {
        Self {
            holder_name: recognised.holder_name().to_owned(),
            key_number: recognised.key_number().to_owned(),
            media_number: media_number.unwrap_or_default(),
            certificate: STANDARD.encode(recognised.certificate().der()),
        }
    }

    /// Of the certificate that a form carries; looked at anew, so that the page shows no more than a
    /// certificate says. One that does not count is not shown.
    pub fn carried(visit: &Visit, form: &Form) -> Result<Option<Self>, Failure> {
        let certificate = STANDARD.decode(form.one("read_certificate")?).ok();
        let certificate = certificate.and_then(|der| Certificate::from_der(&der).ok());
        let media_number = form.one("read_media_number")?;
        let media_number = is_media_number(media_number).then(|| media_number.to_owned());
        Ok(certificate
            .and_then(|found| {
                let (verdicts, incident) = (&visit.state.verdicts, &visit.incident_id);
                verdicts.on_unproven(&found, visit.cx.now, incident).ok()
            })
            .map(|recognised| Self::of(&recognised, media_number)))
    }

    /// For the page.
    pub fn shown(&self) -> ReadCertificate<'_> {
        ReadCertificate {
            holder_name: &self.holder_name,
            key_number: &self.key_number,
            media_number: &self.media_number,
            certificate: &self.certificate,
        }
    }
}
