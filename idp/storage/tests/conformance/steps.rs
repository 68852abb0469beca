//! What properties do again and again.

use std::time::Duration;

use idp_core::audit::AuditEntry;
use idp_core::store::{Store, StoreError};

use crate::backend::Backend;
use crate::samples::Standing;

/// Stores everything a grant stands on; not the grant.
pub fn insert_standing(store: &mut dyn Store, s: &Standing) -> Result<(), StoreError> {
    assert!(store.insert_enterprise(&s.enterprise)?);
    assert!(store.insert_key_lock(&s.key_lock)?);
    assert!(store.insert_platform(&s.platform)?);
    store.insert_consent_record(&s.record)?;
    store.upsert_standing_consent(&s.consent)
}

/// Runs the body in one write transaction and unwraps.
macro_rules! write {
    ($backend:expr, |$store:ident| $body:expr) => {
        $backend
            .database
            .write(move |$store| Ok::<_, idp_core::store::StoreError>($body))
            .await
            .unwrap()
    };
}
pub(crate) use write;

/// Runs the body in one read transaction and unwraps.
macro_rules! read {
    ($backend:expr, |$store:ident| $body:expr) => {
        $backend
            .database
            .read(move |$store| Ok::<_, idp_core::store::StoreError>($body))
            .await
            .unwrap()
    };
}
pub(crate) use read;

/// Entries with these details, page by page, waited for: with PostgreSQL an entry is shown once no
/// older transaction runs, and the server may be busy with another test.
pub async fn audit_of(b: &Backend, details: &[String], count: usize) -> Vec<AuditEntry> {
    for _ in 0..200 {
        let mut mine = Vec::new();
        let mut after = 0;
        loop {
            let page = read!(b, |s| s.list_audit(after, 100)?);
            let Some(last) = page.last() else { break };
            after = last.sequence;
            mine.extend(page);
        }
        assert!(mine.is_sorted_by(|a, b| a.sequence < b.sequence));
        mine.retain(|entry| {
            entry
                .event
                .detail
                .as_ref()
                .is_some_and(|d| details.contains(d))
        });
        if mine.len() >= count {
            return mine;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("audit entries did not come");
}
