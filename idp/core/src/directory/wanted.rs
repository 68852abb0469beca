//! A platform as a registrar wants it, whole: its entry in the directory, what an operator alone decides, and its client
//! metadata. What a form or the admin API puts.

use protocol::registration::ClientMetadata;
use protocol::scope::ScopeSet;
use serde::{Deserialize, Serialize};

use super::change::{Act, Changed, DirectoryError, change, connect};
use super::check::{RegistrationRefusal, check_id};
use super::look::version_of;
use super::metadata::{client_of, of_platform};
use super::secret::with_secret;
use crate::consent_statement::ConsentSigner;
use crate::cx::Cx;
use crate::fields;
use crate::id::PlatformId;
use crate::platform::{
    Client, ClientAuthentication, ConsentPolicy, Platform, PlatformState, SecurityProfile, Zone,
};
use crate::region::RegionCode;
use crate::store::Store;

/// Longest name, in characters.
const NAME_MAX: usize = 100;
/// Longest support contact, in characters.
const CONTACT_MAX: usize = 200;

/// Its entry in the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// 名称.
    pub name_zh: String,
    /// In English.
    pub name_en: String,
    /// GB/T 2260; within the region.
    pub region_code: RegionCode,
    /// Where the portal lists it.
    pub zone: Zone,
    /// Its own support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support_contact: Option<String>,
}

/// What an operator alone decides: no metadata says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a yes or no of its own, as on the command line"
)]
pub struct Terms {
    /// The rules it is held to.
    pub profile: SecurityProfile,
    /// The most it may ask for.
    pub scopes: ScopeSet,
    /// When people are asked.
    pub consent: ConsentPolicy,
    /// By whom the text of a consent is signed.
    #[serde(default)]
    pub consent_signature: ConsentSigner,
    /// This confidential client may leave PKCE out.
    #[serde(default)]
    pub pkce_optional: bool,
    /// Its requests come by PAR alone.
    #[serde(default)]
    pub pushed_only: bool,
    /// It may ask for tokens in its own name.
    #[serde(default)]
    pub client_credentials: bool,
    /// What it is told may be signed with SM2.
    #[serde(default)]
    pub sm2_tokens: bool,
    /// Resources it may name.
    #[serde(default)]
    pub resources: Vec<String>,
    /// Resources it is.
    #[serde(default)]
    pub serves: Vec<String>,
    /// Origins whose scripts may read its answers.
    #[serde(default)]
    pub origins: Vec<String>,
    /// Sent along when a person chose it at the portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_link_uri: Option<String>,
}

/// A platform as it is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Its entry.
    pub entry: Entry,
    /// What is decided of it.
    pub terms: Terms,
    /// How it describes itself; the names are the entry's.
    pub metadata: ClientMetadata,
}

impl Terms {
    /// Those of a client that stands, or the strict defaults.
    pub fn of(client: Option<&Client>) -> Self {
        let standard = Client::standard(ClientAuthentication::None, Vec::new());
        let client = client.unwrap_or(&standard);
        Self {
            profile: client.profile,
            scopes: client.scopes.clone(),
            consent: client.consent,
            consent_signature: client.consent_signature,
            pkce_optional: client.requests.pkce_optional,
            pushed_only: client.requests.pushed_only,
            client_credentials: client.tokens.client_credentials,
            sm2_tokens: client.tokens.sm2,
            resources: client.tokens.resources.clone(),
            serves: client.tokens.serves.clone(),
            origins: client.origins.clone(),
            target_link_uri: client.target_link_uri.clone(),
        }
    }

    fn apply(&self, client: &mut Client) {
        client.profile = self.profile;
        client.scopes = self.scopes.clone();
        client.consent = self.consent;
        client.consent_signature = self.consent_signature;
        client.requests.pkce_optional = self.pkce_optional;
        client.requests.pushed_only = self.pushed_only;
        client.tokens.client_credentials = self.client_credentials;
        client.tokens.sm2 = self.sm2_tokens;
        client.tokens.resources.clone_from(&self.resources);
        client.tokens.serves.clone_from(&self.serves);
        client.origins.clone_from(&self.origins);
        client.target_link_uri.clone_from(&self.target_link_uri);
    }
}

impl Wanted {
    /// A platform as it stands: what a form shows to be changed.
    pub fn of(platform: &Platform) -> Self {
        Self {
            entry: Entry {
                name_zh: platform.name_zh.clone(),
                name_en: platform.name_en.clone(),
                region_code: platform.region_code.clone(),
                zone: platform.zone,
                support_contact: platform.support_contact.clone(),
            },
            terms: Terms::of(platform.client.as_ref()),
            metadata: of_platform(platform).unwrap_or_default(),
        }
    }

    /// The platform that this describes in place of the one that stands; what is refused is refused here.
    pub fn in_place_of(&self, cx: &Cx, from: &Platform) -> Result<Platform, DirectoryError> {
        check_id(from.id.as_str())?;
        let entry = &self.entry;
        if !entry.region_code.is_inner_mongolia() {
            return Err(RegistrationRefusal::Region(entry.region_code.clone()).into());
        }
        let standard = Client::standard(ClientAuthentication::None, Vec::new());
        let mut before = from.client.clone().unwrap_or(standard);
        self.terms.apply(&mut before);
        let name = |text: &str| fields::required(text, NAME_MAX).or(Err(RegistrationRefusal::Name));
        let contact = entry.support_contact.as_deref().unwrap_or_default();
        let contact = fields::optional(contact, CONTACT_MAX).or(Err(RegistrationRefusal::Name))?;
        Ok(Platform {
            name_zh: name(&entry.name_zh)?,
            name_en: name(&entry.name_en)?,
            region_code: entry.region_code.clone(),
            zone: entry.zone,
            support_contact: contact,
            client: Some(client_of(cx, &self.metadata, &before)?),
            ..from.clone()
        })
    }

    /// One that is not there yet.
    pub fn fresh(&self, id: &PlatformId) -> Platform {
        Platform {
            id: id.clone(),
            name_zh: String::new(),
            name_en: String::new(),
            region_code: self.entry.region_code.clone(),
            zone: self.entry.zone,
            support_contact: None,
            state: PlatformState::Listed,
            in_force_since: None,
            client: None,
        }
    }
}

/// Connects a platform as it is wanted, or changes one as it was shown.
pub fn put(
    store: &mut dyn Store,
    cx: &Cx,
    id: &PlatformId,
    (wanted, as_shown, act): (&Wanted, Option<&str>, Act<'_>),
) -> Result<Changed, DirectoryError> {
    let found = store.hold_platform_alone(id)?;
    if let Some(standing) = found.filter(|platform| platform.state != PlatformState::Listed) {
        if as_shown != Some(version_of(&standing).as_str()) {
            return Err(RegistrationRefusal::NotAsShown(id.clone()).into());
        }
        let to = wanted.in_place_of(cx, &standing)?;
        let take_over = |platform: &mut Platform| {
            *platform = to;
            Ok(())
        };
        return change(store, cx, id, (act, take_over));
    }
    let mut platform = wanted.in_place_of(cx, &wanted.fresh(id))?;
    platform.state = PlatformState::Active;
    let client = platform.client.as_mut();
    let secret = client.and_then(|client| with_secret(cx, client));
    connect(store, cx, &platform, act)?;
    Ok(Changed { platform, secret })
}
