//! Lists of the console: what an address asks for, and the addresses of the pages beside it.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use idp_core::inspect::InspectError;
use idp_core::listing::{BadCursor, List, Page};

use crate::http::error::Failure;
use crate::http::extract::form::parameter;
use crate::view::console::Pager;

/// Where a page begins, in addresses.
const PAGE: &str = "page";

/// What the address says under this name; blanks alone say nothing.
pub fn asked(request: &HttpRequest, name: &str) -> Option<String> {
    let said = parameter(request, name)?;
    let said = said.trim();
    (!said.is_empty()).then(|| said.to_owned())
}

/// Where the page that is asked for begins.
pub fn cursor(request: &HttpRequest) -> Option<String> {
    asked(request, PAGE)
}

/// An address with what narrows it; what is empty is left out.
pub fn address(path: &str, narrowed: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let said = narrowed.iter().filter(|(_, value)| !value.is_empty());
    query.extend_pairs(said);
    match query.finish().as_str() {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// The way to the pages beside this one.
pub fn pager<T>(
    (page, list): (&Page<T>, List),
    (path, narrowed): (&str, &[(&str, &str)]),
    fragment: &str,
) -> Pager {
    let beside = |cursor: Option<String>| {
        let cursor = cursor?;
        let mut narrowed = narrowed.to_vec();
        narrowed.push((PAGE, &cursor));
        Some(format!("{}{fragment}", address(path, &narrowed)))
    };
    Pager {
        back: beside(page.previous_cursor(list)),
        on: beside(page.next_cursor(list)),
        is_cut: page.is_cut,
    }
}

impl From<BadCursor> for Failure {
    fn from(_: BadCursor) -> Self {
        Self::refused(StatusCode::BAD_REQUEST, "request-invalid")
    }
}

impl From<InspectError> for Failure {
    fn from(error: InspectError) -> Self {
        match error {
            InspectError::Store(error) => error.into(),
            InspectError::Cursor(error) => error.into(),
            InspectError::Words(_) => Self::refused(StatusCode::BAD_REQUEST, "search-words"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_narrows_it_and_nothing_else() {
        assert_eq!(address("/a", &[("q", ""), ("b", "")]), "/a");
        assert_eq!(
            address("/a", &[("q", "公 &=#"), ("b", "1")]),
            "/a?q=%E5%85%AC+%26%3D%23&b=1"
        );
    }
}
