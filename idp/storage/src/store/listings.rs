//! [`ListingStore`] over one connection.

use idp_core::audit::AuditEntry;
use idp_core::consent::ConsentRecord;
use idp_core::enterprise::Enterprise;
use idp_core::grant::Grant;
use idp_core::key_lock::{KeyLock, Thumbprint};
use idp_core::listing::{
    AuditFilter, CodePart, ConsentFilter, DeliveryFilter, EnterpriseFilter, GrantFilter,
    KeyLockFilter, NamePart, NotificationFilter, Page, PageAsk, SessionFilter,
};
use idp_core::logout_delivery::LogoutDelivery;
use idp_core::notification::Notification;
use idp_core::platform::Platform;
use idp_core::registration::RegistrationToken;
use idp_core::session::SessionRecord;
use idp_core::store::{ListingStore, StoreError};
use idp_core::timestamp::Timestamp;

use super::Transaction;
use crate::audit_search;
use crate::listing::{enterprises, locks_and_sessions, others};

impl ListingStore for Transaction<'_> {
    fn page_enterprises(
        &mut self,
        filter: &EnterpriseFilter,
        ask: &PageAsk,
    ) -> Result<Page<Enterprise>, StoreError> {
        self.run(|c| enterprises::page(c, filter, ask))
    }

    fn page_enterprises_by_name(
        &mut self,
        part: &NamePart,
        filter: &EnterpriseFilter,
        ask: &PageAsk,
    ) -> Result<Page<Enterprise>, StoreError> {
        self.run(|c| enterprises::page_by_name(c, part, filter, ask))
    }

    fn page_enterprises_by_code(
        &mut self,
        part: &CodePart,
        filter: &EnterpriseFilter,
        ask: &PageAsk,
    ) -> Result<Page<Enterprise>, StoreError> {
        self.run(|c| enterprises::page_by_code(c, part, filter, ask))
    }

    fn list_enterprises_by_device_number(
        &mut self,
        number: &str,
        limit: u32,
    ) -> Result<Vec<Enterprise>, StoreError> {
        self.run(|c| enterprises::list_by_device_number(c, number, limit))
    }

    fn find_enterprise_by_thumbprint(
        &mut self,
        thumbprint: Thumbprint,
    ) -> Result<Option<Enterprise>, StoreError> {
        self.run(|c| enterprises::find_by_thumbprint(c, thumbprint))
    }

    fn page_key_locks(
        &mut self,
        filter: &KeyLockFilter,
        ask: &PageAsk,
    ) -> Result<Page<KeyLock>, StoreError> {
        self.run(|c| locks_and_sessions::page_key_locks(c, filter, ask))
    }

    fn page_ending_key_locks(
        &mut self,
        within: (Option<Timestamp>, Timestamp),
        ask: &PageAsk,
    ) -> Result<Page<KeyLock>, StoreError> {
        self.run(|c| locks_and_sessions::page_ending_key_locks(c, within, ask))
    }

    fn page_sessions(
        &mut self,
        filter: &SessionFilter,
        ask: &PageAsk,
    ) -> Result<Page<SessionRecord>, StoreError> {
        self.run(|c| locks_and_sessions::page_sessions(c, filter, ask))
    }

    fn page_consents(
        &mut self,
        filter: &ConsentFilter,
        ask: &PageAsk,
    ) -> Result<Page<ConsentRecord>, StoreError> {
        self.run(|c| others::page_consents(c, filter, ask))
    }

    fn page_grants(
        &mut self,
        filter: &GrantFilter,
        ask: &PageAsk,
    ) -> Result<Page<Grant>, StoreError> {
        self.run(|c| others::page_grants(c, filter, ask))
    }

    fn page_logout_deliveries(
        &mut self,
        filter: &DeliveryFilter,
        ask: &PageAsk,
    ) -> Result<Page<LogoutDelivery>, StoreError> {
        self.run(|c| others::page_deliveries(c, filter, ask))
    }

    fn page_notifications(
        &mut self,
        filter: &NotificationFilter,
        ask: &PageAsk,
    ) -> Result<Page<Notification>, StoreError> {
        self.run(|c| others::page_notifications(c, filter, ask))
    }

    fn page_platforms(&mut self, ask: &PageAsk) -> Result<Page<Platform>, StoreError> {
        self.run(|c| others::page_platforms(c, ask))
    }

    fn page_registration_tokens(
        &mut self,
        ask: &PageAsk,
    ) -> Result<Page<RegistrationToken>, StoreError> {
        self.run(|c| others::page_registration_tokens(c, ask))
    }

    fn page_audit(
        &mut self,
        filter: &AuditFilter,
        ask: &PageAsk,
    ) -> Result<Page<AuditEntry>, StoreError> {
        self.run(|c| audit_search::page(c, filter, ask))
    }
}
