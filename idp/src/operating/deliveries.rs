//! Deliveries that ended without arriving, tried again by an operator. No signature: nothing is said that was not to be said.

use idp_core::cx::Cx;
use idp_core::delivery::DeliveryStage;
use idp_core::duty::Mandate;
use idp_core::hand::Hand;
use idp_core::id::{LogoutDeliveryId, NotificationId};
use idp_core::operator::Right;
use idp_core::store::{Store, StoreError};
use idp_storage::Database;

/// Deliveries that one request has tried again at most, where it is of all.
const AT_ONCE: u32 = 100;

/// What is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deliveries {
    /// To platforms: that somebody signed out.
    Logouts,
    /// To enterprises: what happened to them.
    Notifications,
}

/// Which are tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one of this identifier.
    One(String),
    /// Those of a stage.
    All(DeliveryStage),
}

impl Deliveries {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Logouts, Self::Notifications];

    /// The machine word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Logouts => "logouts",
            Self::Notifications => "notifications",
        }
    }

    /// The kind that a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.as_str() == word)
    }

    /// Who sees them.
    pub const fn seen_by(self) -> Right {
        match self {
            Self::Logouts => Right::SeePlatforms,
            Self::Notifications => Right::SeeEnterprises,
        }
    }

    /// Who has them tried again.
    pub const fn changed_by(self) -> Right {
        match self {
            Self::Logouts => Right::ChangePlatforms,
            Self::Notifications => Right::ChangeEnterprises,
        }
    }
}

/// Has them tried again, each in a transaction of its own; answers how many. One that waits, or arrived, is left as it is.
pub async fn retry(
    database: &Database,
    cx: &Cx,
    (of, which): (Deliveries, Which),
    mandate: &Mandate,
) -> Result<u32, StoreError> {
    let hand = Hand::on_duty(mandate, None);
    let ids = match which {
        Which::One(id) => vec![id],
        Which::All(stage) => database.read(move |store| list(store, of, stage)).await?,
    };
    let mut retried = 0_u32;
    for id in ids {
        let (cx, hand) = (cx.clone(), hand.clone());
        let done = database
            .write(move |store| again(store, &cx, of, (&id, &hand)))
            .await?;
        retried += u32::from(done);
    }
    Ok(retried)
}

/// Those of a stage, as many as are tried again at once.
fn list(
    store: &mut dyn Store,
    of: Deliveries,
    stage: DeliveryStage,
) -> Result<Vec<String>, StoreError> {
    Ok(match of {
        Deliveries::Logouts => {
            let found = store.list_logout_deliveries(stage, AT_ONCE)?;
            found.iter().map(|one| one.id.to_string()).collect()
        }
        Deliveries::Notifications => {
            let found = store.list_notifications(stage, AT_ONCE)?;
            found.iter().map(|one| one.id.to_string()).collect()
        }
    })
}

fn again(
    store: &mut dyn Store,
    cx: &Cx,
    of: Deliveries,
    (id, hand): (&str, &Hand),
) -> Result<bool, StoreError> {
    match of {
        Deliveries::Logouts => {
            let id = LogoutDeliveryId::from_text(id);
            idp_core::tell_platforms::retry(store, cx, &id, hand)
        }
        Deliveries::Notifications => {
            let id = NotificationId::from_text(id);
            idp_core::notify::retry(store, cx, &id, hand)
        }
    }
}
