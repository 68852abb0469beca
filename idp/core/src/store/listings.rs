//! Long lists, a page at a time. Reads alone; each look is bounded, however many rows there are.

use super::StoreError;
use crate::audit::AuditEntry;
use crate::consent::ConsentRecord;
use crate::enterprise::Enterprise;
use crate::grant::Grant;
use crate::key_lock::{KeyLock, Thumbprint};
use crate::listing::{
    AuditFilter, CodePart, ConsentFilter, DeliveryFilter, EnterpriseFilter, GrantFilter,
    KeyLockFilter, NamePart, NotificationFilter, Page, PageAsk, SessionFilter,
};
use crate::logout_delivery::LogoutDelivery;
use crate::notification::Notification;
use crate::platform::Platform;
use crate::registration::RegistrationToken;
use crate::session::SessionRecord;
use crate::timestamp::Timestamp;

/// Long lists, a page at a time. How each is ordered says [`crate::listing::List`].
pub trait ListingStore {
    /// Enterprises.
    fn page_enterprises(
        &mut self,
        filter: &EnterpriseFilter,
        ask: &PageAsk,
    ) -> Result<Page<Enterprise>, StoreError>;
    /// Enterprises with this in their name, or in one that they had.
    fn page_enterprises_by_name(
        &mut self,
        part: &NamePart,
        filter: &EnterpriseFilter,
        ask: &PageAsk,
    ) -> Result<Page<Enterprise>, StoreError>;
    /// Enterprises whose credit code begins so, in order of their codes.
    fn page_enterprises_by_code(
        &mut self,
        part: &CodePart,
        filter: &EnterpriseFilter,
        ask: &PageAsk,
    ) -> Result<Page<Enterprise>, StoreError>;
    /// Enterprises with a lock of this 证书Key号 or 硬件介质号, in force or not, or one that had the number before it was
    /// renewed; `limit` at most.
    fn list_enterprises_by_device_number(
        &mut self,
        number: &str,
        limit: u32,
    ) -> Result<Vec<Enterprise>, StoreError>;
    /// The enterprise with a lock that has this certificate, or had it before it was renewed.
    fn find_enterprise_by_thumbprint(
        &mut self,
        thumbprint: Thumbprint,
    ) -> Result<Option<Enterprise>, StoreError>;
    /// Locks.
    fn page_key_locks(
        &mut self,
        filter: &KeyLockFilter,
        ask: &PageAsk,
    ) -> Result<Page<KeyLock>, StoreError>;
    /// Locks in force whose certificate ends between these moments; without the first one: or has ended.
    fn page_ending_key_locks(
        &mut self,
        within: (Option<Timestamp>, Timestamp),
        ask: &PageAsk,
    ) -> Result<Page<KeyLock>, StoreError>;
    /// Sign-ins.
    fn page_sessions(
        &mut self,
        filter: &SessionFilter,
        ask: &PageAsk,
    ) -> Result<Page<SessionRecord>, StoreError>;
    /// Askings for consent.
    fn page_consents(
        &mut self,
        filter: &ConsentFilter,
        ask: &PageAsk,
    ) -> Result<Page<ConsentRecord>, StoreError>;
    /// Grants.
    fn page_grants(
        &mut self,
        filter: &GrantFilter,
        ask: &PageAsk,
    ) -> Result<Page<Grant>, StoreError>;
    /// Tellings of platforms.
    fn page_logout_deliveries(
        &mut self,
        filter: &DeliveryFilter,
        ask: &PageAsk,
    ) -> Result<Page<LogoutDelivery>, StoreError>;
    /// Notifications of enterprises.
    fn page_notifications(
        &mut self,
        filter: &NotificationFilter,
        ask: &PageAsk,
    ) -> Result<Page<Notification>, StoreError>;
    /// Platforms.
    fn page_platforms(&mut self, ask: &PageAsk) -> Result<Page<Platform>, StoreError>;
    /// Registration tokens.
    fn page_registration_tokens(
        &mut self,
        ask: &PageAsk,
    ) -> Result<Page<RegistrationToken>, StoreError>;
    /// What happened. With `PostgreSQL`, an event whose transaction still runs is not there yet, and may then stand a moment
    /// behind the newest.
    fn page_audit(
        &mut self,
        filter: &AuditFilter,
        ask: &PageAsk,
    ) -> Result<Page<AuditEntry>, StoreError>;
}
