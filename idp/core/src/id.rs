//! Typed identifiers: one type a noun, so that one can't be passed for another.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::cx::Rng;
use crate::timestamp::Timestamp;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes a stored or already checked text.
            pub fn from_text(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text of the identifier.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        id!($(#[$doc])* $name);

        impl $name {
            /// A new identifier that sorts by the moment it was made (UUID version 7).
            pub fn generate(rng: &dyn Rng, now: Timestamp) -> Self {
                Self(ordered_uuid(rng, now))
            }
        }
    };
}

id!(
    /// An enterprise; also its `sub`, so it is random through and through and tells nothing.
    EnterpriseId
);
id!(
    /// A platform; also its `client_id`.
    PlatformId
);
id!(
    /// A CA办理机构 in the CA registry.
    CaId
);
id!(
    /// `kid` of a signing key.
    KeyId
);
id!(
    /// `sid`: the provider's session as platforms see it. Not the cookie.
    SessionId
);
uuid_id!(
    /// An operator (技术人员).
    OperatorId
);
uuid_id!(
    /// What operators announce.
    NoticeId
);
uuid_id!(
    /// A change that one operator proposed and another one decides.
    ProposalId
);
uuid_id!(
    /// What an operator signed.
    SignedStatementId
);
uuid_id!(
    /// A bound key lock.
    KeyLockId
);
uuid_id!(
    /// A consent record.
    ConsentId
);
uuid_id!(
    /// What a redeemed code gave to a platform.
    GrantId
);
uuid_id!(
    /// One telling of a platform that a session of its people ended.
    LogoutDeliveryId
);
uuid_id!(
    /// One telling of an enterprise that something happened to it.
    NotificationId
);
uuid_id!(
    /// Announced maintenance of a platform.
    MaintenanceId
);
uuid_id!(
    /// A registration token, as operators know it.
    RegistrationTokenId
);
uuid_id!(
    /// Shown on an error page and written to the audit trail, so that support finds one by the other.
    IncidentId
);

impl EnterpriseId {
    /// A new identifier (UUID version 4).
    pub fn generate(rng: &dyn Rng) -> Self {
        let mut octets = [0; 16];
        rng.fill(&mut octets);
        Self(
            uuid::Builder::from_random_bytes(octets)
                .into_uuid()
                .to_string(),
        )
    }
}

impl SessionId {
    /// A new identifier (UUID version 4).
    pub fn generate(rng: &dyn Rng) -> Self {
        let mut octets = [0; 16];
        rng.fill(&mut octets);
        Self(
            uuid::Builder::from_random_bytes(octets)
                .into_uuid()
                .to_string(),
        )
    }
}

fn ordered_uuid(rng: &dyn Rng, now: Timestamp) -> String {
    let mut octets = [0; 10];
    rng.fill(&mut octets);
    let millis = u64::try_from(now.unix_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &octets)
        .into_uuid()
        .to_string()
}
