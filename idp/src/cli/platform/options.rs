//! Options that several commands take: the entry in the directory, and what an operator alone decides of a client.

use clap::{Args, ValueEnum};
use idp_core::consent_statement::ConsentSigner;
use idp_core::platform::{Client, ConsentPolicy, Platform, SecurityProfile, Zone};
use idp_core::region::RegionCode;
use protocol::scope::ScopeSet;

use crate::serve::StartError;

/// The entry in the directory.
#[derive(Args)]
pub(in crate::cli) struct Entry {
    /// Name; needed when it is not in the directory and the metadata says none.
    #[arg(long)]
    pub(super) name_zh: Option<String>,
    /// Name in English.
    #[arg(long)]
    pub(super) name_en: Option<String>,
    /// GB/T 2260 code; needed when it is not in the directory.
    #[arg(long)]
    pub(super) region: Option<String>,
    /// autonomous, western or eastern; needed when it is not in the directory.
    #[arg(long)]
    pub(super) zone: Option<String>,
    /// Its own support, shown for business questions.
    #[arg(long)]
    pub(super) support_contact: Option<String>,
}

impl Entry {
    pub(super) fn region_code(&self) -> Result<Option<RegionCode>, StartError> {
        self.region.as_deref().map(region_of).transpose()
    }

    pub(super) fn zone(&self) -> Result<Option<Zone>, StartError> {
        self.zone.as_deref().map(zone_of).transpose()
    }

    /// Puts what was said in the place of what stands.
    pub(super) fn apply(self, platform: &mut Platform) -> Result<(), StartError> {
        let (region_code, zone) = (self.region_code()?, self.zone()?);
        platform.region_code = region_code.unwrap_or_else(|| platform.region_code.clone());
        platform.zone = zone.unwrap_or(platform.zone);
        replace(&mut platform.name_zh, self.name_zh);
        replace(&mut platform.name_en, self.name_en);
        if let Some(contact) = self.support_contact {
            platform.support_contact = (!contact.is_empty()).then_some(contact);
        }
        Ok(())
    }
}

fn replace<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

/// Platforms are those of the region's leagues and cities (guide, 系统简介).
pub(in crate::cli) fn region_of(code: &str) -> Result<RegionCode, StartError> {
    let region = RegionCode::parse(code).map_err(|e| StartError::new("--region", e))?;
    if region.is_inner_mongolia() {
        return Ok(region);
    }
    let why =
        format!("{region} is outside Inner Mongolia: the codes of its platforms begin with 15");
    Err(StartError::new("--region", why))
}

/// A zone of the portal.
pub(in crate::cli) fn zone_of(word: &str) -> Result<Zone, StartError> {
    let zone = Zone::of_word(word);
    zone.ok_or_else(|| StartError::new("--zone", "must be autonomous, western or eastern"))
}

/// The rules a client is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Profile {
    /// `OpenID` Connect with the rules of RFC 9700.
    Standard,
    /// FAPI 2.0 Security Profile.
    Fapi2,
}

impl From<Profile> for SecurityProfile {
    fn from(profile: Profile) -> Self {
        match profile {
            Profile::Standard => Self::Standard,
            Profile::Fapi2 => Self::Fapi2,
        }
    }
}

/// What an operator alone decides: no metadata says it. A list that is given takes the place of the one that stands; one empty
/// value empties it.
#[derive(Args)]
pub(in crate::cli) struct Allowed {
    /// The rules it is held to.
    #[arg(long, value_enum)]
    profile: Option<Profile>,
    /// Let this confidential client leave PKCE out (`plain` is never taken).
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pkce_optional: Option<bool>,
    /// Take its authorization requests by PAR alone (RFC 9126).
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pushed_only: Option<bool>,
    /// Let it ask for tokens in its own name (RFC 6749 §4.4).
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    client_credentials: Option<bool>,
    /// Let what it is told be signed with SM2 (`x-SM2-SM3`, ADR 16); needs `signing_keys.sm2`.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    sm2_tokens: Option<bool>,
    /// The most it may ask for, separated by blanks; `openid` must be among them.
    #[arg(long, value_parser = scopes)]
    scopes: Option<ScopeSet>,
    /// When people are asked for consent: `always`, or remembered for this many days, 1 to 365.
    #[arg(long, alias = "remember-consent-days", value_name = "always|DAYS", value_parser = consent)]
    consent: Option<ConsentPolicy>,
    /// By whom the text of a consent is signed: the provider, or the enterprise's own lock.
    #[arg(long, value_name = "provider|lock", value_parser = signer)]
    consent_signature: Option<ConsentSigner>,
    /// A resource it may name (RFC 8707). May be given more than once.
    #[arg(long = "resource", value_name = "URI")]
    resources: Option<Vec<String>>,
    /// A resource it is: it may introspect tokens for it, whoever holds them. May be given more than once.
    #[arg(long = "serves", value_name = "URI")]
    serves: Option<Vec<String>>,
    /// An origin whose scripts may read its answers (CORS). May be given more than once.
    #[arg(long = "origin", value_name = "ORIGIN")]
    origins: Option<Vec<String>>,
    /// Sent along as `target_link_uri` when a person chose it at the portal.
    #[arg(long)]
    target_link_uri: Option<String>,
}

impl Allowed {
    /// Puts what was said in the place of what stands.
    pub(super) fn apply(self, client: &mut Client) {
        replace(&mut client.profile, self.profile.map(Into::into));
        replace(&mut client.requests.pkce_optional, self.pkce_optional);
        replace(&mut client.requests.pushed_only, self.pushed_only);
        replace(
            &mut client.tokens.client_credentials,
            self.client_credentials,
        );
        replace(&mut client.tokens.sm2, self.sm2_tokens);
        replace(&mut client.scopes, self.scopes);
        replace(&mut client.consent, self.consent);
        replace(&mut client.consent_signature, self.consent_signature);
        replace(&mut client.tokens.resources, self.resources.map(list));
        replace(&mut client.tokens.serves, self.serves.map(list));
        replace(&mut client.origins, self.origins.map(list));
        if let Some(uri) = self.target_link_uri {
            client.target_link_uri = (!uri.is_empty()).then_some(uri);
        }
    }
}

fn list(values: Vec<String>) -> Vec<String> {
    values
        .into_iter()
        .filter(|value| !value.is_empty())
        .collect()
}

pub(in crate::cli) fn scopes(words: &str) -> Result<ScopeSet, String> {
    ScopeSet::try_from(words.to_owned()).map_err(|e| e.to_string())
}

fn consent(word: &str) -> Result<ConsentPolicy, String> {
    if word == "always" {
        return Ok(ConsentPolicy::AskAlways);
    }
    match word.parse() {
        Ok(days @ 1..=365) => Ok(ConsentPolicy::RememberDays(days)),
        _ => Err("`always`, or 1 to 365 days".to_owned()),
    }
}

fn signer(word: &str) -> Result<ConsentSigner, String> {
    ConsentSigner::of_word(word).ok_or_else(|| "`provider` or `lock`".to_owned())
}
