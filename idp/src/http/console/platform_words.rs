//! Why a registration can't be kept, in the page's language. What a standard calls a thing stays as it is called there.

use idp_core::directory::metadata::MetadataProblem;
use idp_core::directory::{DirectoryError, JwksProblem, RegistrationRefusal};

use crate::http::extract::Visit;
use crate::view::Messages;

/// In words, with what it is about.
pub fn why(visit: &Visit, error: &DirectoryError) -> String {
    let (key, about) = match error {
        DirectoryError::Store(error) => return error.to_string(),
        DirectoryError::Refused(refusal) => match of_refusal(refusal) {
            Some(found) => found,
            None => return refusal.to_string(),
        },
        DirectoryError::Metadata(problem) => of_metadata(problem),
    };
    said(visit, key, &about)
}

/// A field whose text can't be read as what it should be.
pub fn unreadable(visit: &Visit, field: &str, why: &str) -> String {
    let label = Messages::of(visit.locale)
        .t(&format!("platform-{field}"))
        .into_owned();
    said(
        visit,
        "platform-why-unreadable",
        &[("field", label), ("why", why.to_owned())],
    )
}

/// Metadata with a member that a field of the form says: which of both counts, nobody could tell.
pub fn has_field(visit: &Visit, member: &str) -> String {
    let about = [("about", member.to_owned())];
    said(visit, "platform-why-has-field", &about)
}

/// Metadata with a member that is none.
pub fn unknown_member(visit: &Visit, member: &str) -> String {
    let about = [("about", member.to_owned())];
    said(visit, "platform-why-unknown-member", &about)
}

fn said(visit: &Visit, key: &str, about: &[(&'static str, String)]) -> String {
    let args: Vec<_> = about
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    Messages::of(visit.locale).ta(key, &args).into_owned()
}

type Said = (&'static str, Vec<(&'static str, String)>);

/// `None`: nothing that this form can meet.
fn of_refusal(refusal: &RegistrationRefusal) -> Option<Said> {
    use RegistrationRefusal as R;
    let plain = |key| Some((key, Vec::new()));
    let about = |key, text: &str| Some((key, vec![("about", text.to_owned())]));
    match refusal {
        R::BadId => plain("platform-why-id"),
        R::NoRedirectUri => plain("platform-why-redirect-uris"),
        R::BadUri(uri) => about("platform-why-uri", uri),
        R::BadOrigin(origin) => about("platform-why-origin", origin),
        R::BadResource(resource) => about("platform-why-resource", resource),
        R::TooMany(what) => about("platform-why-too-many", what),
        R::NoOpenid => plain("platform-why-openid"),
        R::RememberDays => plain("platform-why-days"),
        R::Profile(breach) => about("platform-why-profile", breach),
        R::Sm2NotGiven | R::Sm2Off => plain("platform-why-sm2"),
        R::Connected(id) => about("platform-why-connected", id.as_str()),
        R::Region(code) => about("platform-why-region", &code.to_string()),
        R::Name => plain("platform-why-name"),
        R::Jwks(JwksProblem::Secret(_)) => plain("platform-why-private-key"),
        R::Jwks(problem) => about("platform-why-keys", &problem.to_string()),
        _ => None,
    }
}

fn of_metadata(problem: &MetadataProblem) -> Said {
    let member = |name: &str, why: &str| {
        let about = vec![("field", name.to_owned()), ("why", why.to_owned())];
        ("platform-why-unreadable", about)
    };
    match problem {
        MetadataProblem::RedirectUri(why) => member("redirect_uris", why),
        MetadataProblem::Metadata(name, why) => member(name, why),
        MetadataProblem::SoftwareStatement => ("platform-why-software-statement", Vec::new()),
    }
}
