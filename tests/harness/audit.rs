//! The audit trail, read from the provider's own store.

use std::time::{Duration, Instant};

use idp_core::audit::{AuditEntry, AuditEvent, AuditKind};
use idp_core::id::PlatformId;

use super::provider::Provider;

/// Transactions under way end within this.
const SETTLING: Duration = Duration::from_secs(20);

/// Events read at once.
const PAGE: u32 = 1000;

impl Provider {
    /// The whole trail, in order.
    pub async fn audit(&self) -> Vec<AuditEntry> {
        self.audit_after(0).await
    }

    /// What came after an entry. On PostgreSQL a list ends before what is written beside a transaction that is under way, were it
    /// only the log's own: what is there already is waited for.
    pub async fn audit_after(&self, mut after: i64) -> Vec<AuditEntry> {
        let database = &self.state.database;
        let end = database.read(|store| store.last_audit_sequence()).await;
        let end = end.unwrap();
        let deadline = Instant::now() + SETTLING;
        let mut trail = Vec::new();
        loop {
            let page = database.read(move |store| store.list_audit(after, PAGE));
            let page = page.await.unwrap();
            if let Some(last) = page.last() {
                after = last.sequence;
                trail.extend(page);
            } else if after >= end {
                return trail;
            } else {
                assert!(Instant::now() < deadline, "the trail does not settle");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }

    /// Where the trail ends now.
    pub async fn audit_end(&self) -> i64 {
        self.audit().await.last().map_or(0, |entry| entry.sequence)
    }

    /// Events of one platform.
    pub async fn audit_of_platform(&self, id: &str) -> Vec<AuditEvent> {
        let id = PlatformId::from_text(id);
        let trail = self.audit().await.into_iter().map(|entry| entry.event);
        trail
            .filter(|event| event.platform_id.as_ref() == Some(&id))
            .collect()
    }

    /// The event behind an incident that a page showed.
    pub async fn audit_of_incident(&self, incident: &str) -> Option<AuditEvent> {
        let trail = self.audit().await.into_iter().map(|entry| entry.event);
        let mut found = trail.filter(|e| {
            e.incident_id
                .as_ref()
                .is_some_and(|id| id.as_str() == incident)
        });
        found.next()
    }

    /// Fails unless the incident of a page is in the trail, as this kind and reason.
    pub async fn expect_incident(&self, incident: &str, kind: AuditKind, reason: &str) {
        let event = self.audit_of_incident(incident).await;
        let event = event.unwrap_or_else(|| panic!("incident {incident} is not in the trail"));
        assert_eq!((event.kind, event.reason.as_deref()), (kind, Some(reason)));
    }

    /// How many events of a kind one platform has.
    pub async fn count_of_platform(&self, id: &str, kind: AuditKind) -> usize {
        let events = self.audit_of_platform(id).await;
        events.iter().filter(|event| event.kind == kind).count()
    }
}
