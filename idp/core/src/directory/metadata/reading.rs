//! From metadata to the registration.
//!
//! Owns which values are taken. What an operator alone decides (scopes, consent, resources, tokens of its own, exceptions, the
//! profile) comes from the registration that stands, never from metadata: a platform may ask for less of it, not for more.

use protocol::registration::ClientMetadata;
use protocol::scope::{Scope, ScopeSet};

use super::super::check::{RegistrationRefusal, check_client, check_redirect_uris};
use super::super::client_keys::JwksProblem;
use super::super::uris::PlainHttp;
use super::authentication::{authentication, keys};
use super::logout::logout;
use super::problem::{MetadataProblem, bad};
use super::requests::requests;
use super::tokens::{id_token_alg, tokens};
use crate::cx::Cx;
use crate::fields;
use crate::platform::{Client, Particulars, Presentation};

/// Longest name, in characters.
const NAME_MAX: usize = 100;
/// Longest other text that is said back.
const TEXT_MAX: usize = 200;
/// Most people to write to.
const CONTACTS_MAX: usize = 10;

/// The registration that metadata describes. `before`: the one that stands, or the defaults; its secret stays where a
/// secret is still wanted, and a new one is the caller's to make.
pub fn client_of(
    cx: &Cx,
    metadata: &ClientMetadata,
    before: &Client,
) -> Result<Client, MetadataProblem> {
    if metadata.software_statement.is_some() {
        return Err(MetadataProblem::SoftwareStatement);
    }
    let responses = metadata.response_types.as_deref().unwrap_or_default();
    if responses.iter().any(|word| word != "code") {
        return bad("response_types", "code alone is supported");
    }
    let requests = requests(metadata, before, PlainHttp::of(cx))?;
    // First: other members are measured by these.
    check_redirect_uris(cx, &metadata.redirect_uris, requests.native)
        .map_err(|refusal| told(metadata, &refusal))?;
    let client = Client {
        authentication: authentication(metadata, before)?,
        keys: keys(metadata)?,
        redirect_uris: metadata.redirect_uris.clone(),
        initiate_login_uri: metadata.initiate_login_uri.clone(),
        scopes: scopes(metadata, before)?,
        id_token_alg: id_token_alg(metadata, before)?,
        requests,
        tokens: tokens(metadata, before)?,
        logout: logout(metadata)?,
        presentation: Presentation {
            client_uri: metadata.client_uri.clone(),
            logo_uri: metadata.logo_uri.clone(),
            policy_uri: metadata.policy_uri.clone(),
            tos_uri: metadata.tos_uri.clone(),
        },
        particulars: particulars(metadata)?,
        ..before.clone()
    };
    check_client(cx, &client).map_err(|refusal| told(metadata, &refusal))?;
    Ok(client)
}

/// Its name in Chinese and in English, where it says one; what it says in one language alone, or in none, stands for both.
pub fn names_of(metadata: &ClientMetadata) -> Result<Option<(String, String)>, MetadataProblem> {
    let plain = metadata.client_name.as_ref();
    let (zh, en) = (
        metadata.client_name_zh.as_ref(),
        metadata.client_name_en.as_ref(),
    );
    let Some(zh_or_other) = zh.or(plain).or(en) else {
        return Ok(None);
    };
    let en_or_other = en.or(plain).unwrap_or(zh_or_other);
    let readable = |name: &str| match fields::required(name, NAME_MAX) {
        Ok(name) => Ok(name),
        Err(_) => bad(
            "client_name",
            format!("must be 1 to {NAME_MAX} characters that can be seen"),
        ),
    };
    Ok(Some((readable(zh_or_other)?, readable(en_or_other)?)))
}

/// Under the member that is to blame, as far as that can be told.
fn told(metadata: &ClientMetadata, refusal: &RegistrationRefusal) -> MetadataProblem {
    match refusal {
        RegistrationRefusal::NoRedirectUri => MetadataProblem::RedirectUri(refusal.to_string()),
        RegistrationRefusal::BadUri(uri) if metadata.redirect_uris.contains(uri) => {
            MetadataProblem::RedirectUri(refusal.to_string())
        }
        RegistrationRefusal::BadUri(uri) => {
            MetadataProblem::Metadata(member_with(metadata, uri), refusal.to_string())
        }
        RegistrationRefusal::Jwks(JwksProblem::Missing) => {
            MetadataProblem::Metadata("jwks_uri", refusal.to_string())
        }
        RegistrationRefusal::Jwks(_) => MetadataProblem::Metadata("jwks", refusal.to_string()),
        refusal => MetadataProblem::Metadata("client", refusal.to_string()),
    }
}

/// The member that holds an address.
fn member_with(metadata: &ClientMetadata, uri: &str) -> &'static str {
    let members = [
        ("initiate_login_uri", &metadata.initiate_login_uri),
        ("jwks_uri", &metadata.jwks_uri),
        ("sector_identifier_uri", &metadata.sector_identifier_uri),
        ("client_uri", &metadata.client_uri),
        ("logo_uri", &metadata.logo_uri),
        ("policy_uri", &metadata.policy_uri),
        ("tos_uri", &metadata.tos_uri),
    ];
    let held = |(_, value): &&(&str, &Option<String>)| value.as_deref() == Some(uri);
    members.iter().find(held).map_or("client", |(name, _)| name)
}

/// What it asks for within what it may have; without a wish, all of that.
fn scopes(metadata: &ClientMetadata, before: &Client) -> Result<ScopeSet, MetadataProblem> {
    let Some(words) = &metadata.scope else {
        return Ok(before.scopes.clone());
    };
    let scopes = ScopeSet::of_known_words(words).intersection(&before.scopes);
    if scopes.contains(Scope::Openid) {
        return Ok(scopes);
    }
    bad("scope", "must contain openid")
}

fn particulars(metadata: &ClientMetadata) -> Result<Particulars, MetadataProblem> {
    let is_readable = |text: &String| fields::required(text, TEXT_MAX).is_ok_and(|t| t == *text);
    let contacts = metadata.contacts.clone().unwrap_or_default();
    if contacts.len() > CONTACTS_MAX || !contacts.iter().all(is_readable) {
        let why = format!("at most {CONTACTS_MAX}, each of 1 to {TEXT_MAX} characters");
        return bad("contacts", why);
    }
    let software = [&metadata.software_id, &metadata.software_version];
    if !software.into_iter().flatten().all(is_readable) {
        let why = format!("and software_version have 1 to {TEXT_MAX} characters");
        return bad("software_id", why);
    }
    let method = metadata.token_endpoint_auth_method.as_deref();
    Ok(Particulars {
        contacts,
        software_id: metadata.software_id.clone(),
        software_version: metadata.software_version.clone(),
        sector_identifier_uri: metadata.sector_identifier_uri.clone(),
        secret_by_post: method == Some("client_secret_post"),
    })
}
