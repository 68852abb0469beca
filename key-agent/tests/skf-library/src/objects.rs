//! Handles, and which applications had their PIN shown.

use std::collections::{HashMap, HashSet};
use std::ffi::c_void;
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use crate::devices::{Application, Container, Device};

#[derive(Clone)]
pub(crate) enum Object {
    Device(Device),
    Application(Application),
    Container(Container),
}

#[derive(Default)]
struct Kept {
    last: usize,
    objects: HashMap<usize, Object>,
    logged_in: HashSet<PathBuf>,
}

fn kept() -> MutexGuard<'static, Kept> {
    static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A handle is a number, so that a wrong one is noticed and not followed.
pub(crate) fn keep(object: Object) -> *mut c_void {
    let mut kept = kept();
    kept.last += 1;
    let handle = kept.last;
    kept.objects.insert(handle, object);
    std::ptr::without_provenance_mut(handle)
}

pub(crate) fn find(handle: *mut c_void) -> Option<Object> {
    kept().objects.get(&handle.addr()).cloned()
}

pub(crate) fn forget(handle: *mut c_void) -> bool {
    kept().objects.remove(&handle.addr()).is_some()
}

pub(crate) fn log_in(application: &Application) {
    kept().logged_in.insert(application.folder.clone());
}

pub(crate) fn log_out(application: &Application) {
    kept().logged_in.remove(&application.folder);
}

pub(crate) fn is_logged_in(application: &Application) -> bool {
    kept().logged_in.contains(&application.folder)
}
