//! Enterprises by whatever somebody knows of them, typed into one field.

use super::InspectError;
use crate::enterprise::Enterprise;
use crate::key_lock::Thumbprint;
use crate::listing::{CodePart, EnterpriseFilter, List, NamePart, Page, PageAsk, word};
use crate::store::Store;

/// Enterprises with one number are few: a number that more have says nothing.
const OF_ONE_NUMBER: u32 = 200;

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct EnterpriseSearch {
    /// A part of a name, present or former, of two characters at least; a credit code or its beginning; a 证书Key号 or 硬件介质号;
    /// the SHA-256 of a certificate. Empty: all.
    pub words: String,
    /// Of those, which.
    pub filter: EnterpriseFilter,
}

/// As what the words were understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundBy {
    /// No words: all.
    Nothing,
    /// The SHA-256 of a certificate.
    Thumbprint,
    /// A credit code or its beginning.
    Code,
    /// A 证书Key号 or 硬件介质号.
    Number,
    /// A part of a name.
    Name,
}

impl FoundBy {
    /// The machine word on pages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Thumbprint => "thumbprint",
            Self::Code => "code",
            Self::Number => "number",
            Self::Name => "name",
        }
    }
}

/// A page, and of which list: what its cursors are for.
#[derive(Clone, Debug)]
pub struct Found {
    /// As what the words were understood.
    pub by: FoundBy,
    /// The page.
    pub page: Page<Enterprise>,
    /// Of which list.
    pub list: List,
}

/// Looks for enterprises. What the words are is found out: a code first, then a number, then a name.
pub fn find_enterprises(
    store: &mut dyn Store,
    search: &EnterpriseSearch,
    (cursor, size): (Option<&str>, Option<u32>),
) -> Result<Found, InspectError> {
    let filter = &search.filter;
    if search.words.trim().is_empty() {
        let list = List::Enterprises;
        let ask = PageAsk::read(list, cursor, size)?;
        let page = store.page_enterprises(filter, &ask)?;
        let by = FoundBy::Nothing;
        return Ok(Found { by, page, list });
    }
    let words = word(&search.words).map_err(InspectError::Words)?;
    if let Some(thumbprint) = Thumbprint::parse(&words) {
        let found = store.find_enterprise_by_thumbprint(thumbprint)?;
        return Ok(few(FoundBy::Thumbprint, found.into_iter(), filter));
    }
    let list = List::EnterprisesByCode;
    if let Some(part) = CodePart::parse(&words)
        && let Ok(ask) = PageAsk::read(list, cursor, size)
    {
        let page = store.page_enterprises_by_code(&part, filter, &ask)?;
        if cursor.is_some() || page.is_cut || !page.items.is_empty() {
            let by = FoundBy::Code;
            return Ok(Found { by, page, list });
        }
    }
    if cursor.is_none() {
        let found = store.list_enterprises_by_device_number(&words, OF_ONE_NUMBER)?;
        if !found.is_empty() {
            return Ok(few(FoundBy::Number, found.into_iter(), filter));
        }
    }
    let list = List::EnterprisesByName;
    let ask = PageAsk::read(list, cursor, size)?;
    let part = NamePart::parse(&words).map_err(InspectError::Words)?;
    let page = store.page_enterprises_by_name(&part, filter, &ask)?;
    let by = FoundBy::Name;
    Ok(Found { by, page, list })
}

/// So few that they are one page.
fn few(by: FoundBy, found: impl Iterator<Item = Enterprise>, filter: &EnterpriseFilter) -> Found {
    let is_wanted = |enterprise: &Enterprise| {
        let regions = &filter.regions;
        filter.state.is_none_or(|state| enterprise.state == state)
            && (regions.is_empty() || regions.contains(&enterprise.region_code))
    };
    Found {
        by,
        page: Page::whole(found.filter(is_wanted).collect()),
        list: List::Enterprises,
    }
}
