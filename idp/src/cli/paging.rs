//! Pages of long lists on the command line.

use clap::Args;
use idp_core::id::EnterpriseId;
use idp_core::inspect::InspectError;
use idp_core::listing::{List, PAGE, PAGE_MAX, Page, PageAsk};
use idp_core::store::{Store, StoreError};
use pki::holder::credit_code::CreditCode;
use serde_json::Value;

use super::output::{remark, say};
use crate::serve::StartError;
use crate::shapes;

/// Which page.
#[derive(Args, Clone)]
pub(super) struct Paging {
    /// Most that are shown.
    #[arg(long, default_value_t = PAGE, value_parser = clap::value_parser!(u32).range(1..=i64::from(PAGE_MAX)))]
    limit: u32,
    /// Go on from here: the cursor that the page before (or after) ended with.
    #[arg(long, value_name = "CURSOR")]
    page: Option<String>,
    /// As JSON: `items`, and the cursors `next` and `previous`. `cut`: the look ended early and goes on with `next`.
    #[arg(long)]
    pub(super) json: bool,
}

impl Paging {
    /// As the core reads it.
    pub(super) fn asked(&self) -> (Option<&str>, Option<u32>) {
        (self.page.as_deref(), Some(self.limit))
    }

    /// Of one list.
    pub(super) fn ask(&self, list: List) -> Result<PageAsk, InspectError> {
        let (cursor, size) = self.asked();
        Ok(PageAsk::read(list, cursor, size)?)
    }

    /// Prints a page, as JSON or a line an item.
    pub(super) fn print<T>(
        &self,
        (page, list): (&Page<T>, List),
        row: impl Fn(&T) -> Value,
        line: impl Fn(&T) -> String,
    ) -> Result<(), StartError> {
        if self.json {
            return say(format_args!("{:#}", shapes::page((page, list), row)));
        }
        let next = page.next_cursor(list);
        for item in &page.items {
            say(line(item))?;
        }
        if let Some(next) = next {
            let more = if page.is_cut {
                "not all was looked through"
            } else {
                "there are more"
            };
            remark(format_args!("{more}: --page {next}"));
        }
        Ok(())
    }
}

/// What a look ended with.
pub(super) fn failed(error: InspectError) -> StartError {
    match error {
        InspectError::Store(error) => StartError::new("database", error),
        InspectError::Cursor(error) => StartError::new("--page", error),
        error @ InspectError::Words(_) => StartError::new("search", error),
    }
}

/// The enterprise with this code; `None`: it is not bound.
pub(super) fn find_id(
    store: &mut dyn Store,
    code: &CreditCode,
) -> Result<Option<EnterpriseId>, StoreError> {
    let found = store.find_enterprise_by_credit_code(code)?;
    Ok(found.map(|enterprise| enterprise.id))
}

/// That no enterprise has this code.
pub(super) fn unbound(code: &CreditCode) -> StartError {
    StartError::new("enterprise", format!("{code} is not bound"))
}
