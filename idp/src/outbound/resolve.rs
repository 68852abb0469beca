//! Names, resolved to those of their addresses that may be reached.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::FetchError;
use super::addresses::may_be_reached;
use crate::config::AddressRange;

/// What is connected to is what was judged here.
pub(super) struct Guarded {
    pub(super) allowed: Arc<[AddressRange]>,
    pub(super) setting: &'static str,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (allowed, address) = (Arc::clone(&self.allowed), name.as_str().to_owned());
        let setting = self.setting;
        Box::pin(async move {
            let asked = address.clone();
            let found = tokio::task::spawn_blocking(move || (asked.as_str(), 0).to_socket_addrs());
            let may: Vec<SocketAddr> = found
                .await??
                .filter(|address| may_be_reached(address.ip(), &allowed))
                .collect();
            if may.is_empty() {
                return Err(FetchError::Forbidden { address, setting }.into());
            }
            let may: Addrs = Box::new(may.into_iter());
            Ok(may)
        })
    }
}
