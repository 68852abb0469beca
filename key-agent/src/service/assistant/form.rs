//! Forms: who may press a button of the assistant's pages.
//!
//! Owns the checks on every POST: sent by a page of this very service, with the token of a page that was shown and whose
//! token was not used. Does not know what a button does.

use std::collections::BTreeMap;
use std::time::Instant;

use actix_web::HttpRequest;
use actix_web::web::Bytes;

use crate::service::guard;
use crate::service::server::Shared;

/// Most fields of one form.
const FIELDS_MAX: usize = 64;

/// The fields of a form whose token was good. Only [`Form::read`] makes one.
pub(super) struct Form(BTreeMap<String, Vec<String>>);

impl Form {
    /// Reads a form and uses its token up.
    pub(super) fn read(request: &HttpRequest, body: &Bytes, shared: &Shared) -> Option<Self> {
        if !guard::is_own_form(request) {
            tracing::warn!("a form that no page of this service sent was refused");
            return None;
        }
        let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(body).take(FIELDS_MAX) {
            fields
                .entry(name.into_owned())
                .or_default()
                .push(value.into_owned());
        }
        let token = fields.remove("token").unwrap_or_default();
        let [token] = token.as_slice() else {
            return None;
        };
        let is_good = shared.assistant.visits().take(token, Instant::now());
        is_good.then_some(Self(fields))
    }

    /// The one value of a field.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        match self.all(name) {
            [value] => Some(value),
            _ => None,
        }
    }

    /// All values of a field.
    pub(super) fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}
