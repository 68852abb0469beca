//! The one check (一键检测), the same for the page and the command line.
//!
//! Owns what is looked at and in which order: first what is at this computer, then each website that may ask for
//! signatures. Contacts no other address. Does not repair anything itself: a finding names the repair.

mod finding;
mod locks;
mod portal;
mod service;
mod settings;

use std::time::SystemTime;

use url::Url;

use super::memory::Memory;
use crate::locks::LockSources;
use crate::service::Origin;

pub use finding::{Finding, Repair, Topic, Verdict};
pub use portal::of_portal;
pub use service::{Service, find_agent};

/// What the check starts from.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// Where locks are looked for; `None`: they are not looked at.
    pub locks: Option<LockSources>,
    /// Websites that may ask for signatures; `None`: unknown to who checks.
    pub allowed: Option<Vec<Origin>>,
    /// Where 登录系统 leads.
    pub portal: Option<Url>,
    /// What the agent keeps.
    pub memory: Option<Memory>,
    /// Where the service is, or is looked for.
    pub service: Service,
}

/// Everything at this computer. Waits for nobody but programs on loopback, two seconds each at most.
pub fn of_this_computer(circumstances: &Circumstances, now: SystemTime) -> Vec<Finding> {
    let mut findings = service::findings(&circumstances.service);
    if let Some(allowed) = &circumstances.allowed {
        findings.push(settings::allow_list(allowed, circumstances.portal.as_ref()));
    }
    if let Some(memory) = &circumstances.memory {
        let allowed = circumstances.allowed.as_deref().unwrap_or_default();
        findings.push(settings::memory(memory, allowed));
    }
    if let Some(locks) = &circumstances.locks {
        findings.extend(locks::findings(locks, now));
    }
    findings
}
