//! What a request's address asks for: names that are known, each once.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use idp_core::inspect::InspectError;
use idp_core::listing::{List, PAGE, PAGE_MAX, PageAsk};
use idp_core::timestamp::Timestamp;

use crate::clock;
use crate::http::error::Failure;
use crate::http::extract::form::pairs;

/// Which page of a list: the cursor `next` or `previous` of another one, and how many items at most.
pub const PAGING: [&str; 2] = ["page", "size"];

/// The words of a query.
pub struct Query(Vec<(String, String)>);

/// The request can't be understood.
pub const fn misunderstood() -> Failure {
    Failure::refused(StatusCode::BAD_REQUEST, "request-invalid")
}

/// There is nothing of the kind.
pub const fn not_found() -> Failure {
    Failure::refused(StatusCode::NOT_FOUND, "not-found")
}

impl Query {
    /// Reads it. A name that is unknown may be a narrowing that is not made: refused, not passed over. `lang` is every
    /// request's.
    pub fn read(request: &HttpRequest, known: &[&str]) -> Result<Self, Failure> {
        let pairs = pairs(request.query_string().as_bytes());
        for (at, (name, _)) in pairs.iter().enumerate() {
            let is_known = known.contains(&name.as_str()) || name == "lang";
            let before = pairs.iter().take(at);
            if !is_known || before.into_iter().any(|(earlier, _)| earlier == name) {
                return Err(misunderstood());
            }
        }
        Ok(Self(pairs))
    }

    /// As [`Query::read`], of a list.
    pub fn of_list(request: &HttpRequest, known: &[&str]) -> Result<Self, Failure> {
        Self::read(request, &[known, &PAGING[..]].concat())
    }

    /// One word; an empty one is none.
    pub fn word(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// One word as something that it must name.
    pub fn named<T>(
        &self,
        name: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        let Some(word) = self.word(name) else {
            return Ok(None);
        };
        read(word).map(Some).ok_or(misunderstood())
    }

    /// One moment (RFC 3339).
    pub fn moment(&self, name: &str) -> Result<Option<Timestamp>, Failure> {
        self.named(name, |word| clock::read_rfc3339(word).ok())
    }

    /// Cursor and size.
    pub fn page(&self) -> Result<(Option<String>, Option<u32>), Failure> {
        let read = |word: &str| {
            word.parse()
                .ok()
                .filter(|size| (1..=PAGE_MAX).contains(size))
        };
        let size = self.named("size", read)?;
        Ok((self.word("page").map(str::to_owned), size))
    }

    /// Of lists that go on before one of their items: which, and how many.
    pub fn before(&self) -> Result<(Option<String>, u32), Failure> {
        let (before, size) = self.page()?;
        Ok((before, size.unwrap_or(PAGE)))
    }

    /// Where such a list goes on: one more was read than is shown.
    pub fn next<T>(found: &mut Vec<T>, size: u32, id: impl Fn(&T) -> String) -> Option<String> {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let has_more = found.len() > size;
        found.truncate(size);
        found.last().filter(|_| has_more).map(id)
    }

    /// Cursor and size as lists by cursor read them.
    pub fn ask(&self, list: List) -> Result<PageAsk, Failure> {
        let (cursor, size) = self.page()?;
        PageAsk::read(list, cursor.as_deref(), size).or(Err(misunderstood()))
    }
}

/// What a look ended with.
pub fn failed(error: InspectError) -> Failure {
    match error {
        InspectError::Store(error) => error.into(),
        InspectError::Cursor(_) | InspectError::Words(_) => misunderstood(),
    }
}
