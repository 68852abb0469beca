//! Pages and cursors.
//!
//! A page begins beside a place, which is what the list is ordered by of one of its items: never a count of items, so that
//! a page far in costs what the first one costs, and what comes or goes meanwhile neither repeats nor hides anything.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Items of a page, where it is not said.
pub const PAGE: u32 = 50;
/// Most items of a page.
pub const PAGE_MAX: u32 = 200;

/// Longest text of a place: identifiers are much shorter.
const TEXT_MAX: usize = 128;

/// Where an item stands in its list: what the list is ordered by, and what tells items apart that are alike in that.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// A moment or a number; 0 where the list is ordered by the text alone.
    pub number: i64,
    /// An identifier; empty where the number alone tells.
    pub text: String,
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the beginning of the list.
    Beginning,
    /// With what comes after.
    After(Place),
    /// With what comes right before, in the order of the list all the same.
    Before(Place),
}

macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// Which list: a cursor of one is none of another.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum List { $($(#[$doc])* $name,)* }

        impl List {
            const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

lists! {
    /// Enterprises, the one bound last first.
    Enterprises = "enterprises",
    /// Enterprises by a part of a name.
    EnterprisesByName = "names",
    /// Enterprises by the beginning of their credit code.
    EnterprisesByCode = "codes",
    /// Locks, the one bound last first.
    KeyLocks = "locks",
    /// Locks in force, the one whose certificate ends first first.
    EndingKeyLocks = "ending-locks",
    /// Sign-ins, newest first.
    Sessions = "sessions",
    /// Askings for consent, newest first.
    Consents = "consents",
    /// Grants, newest first.
    Grants = "grants",
    /// Tellings of platforms, newest first.
    Deliveries = "deliveries",
    /// Notifications, newest first.
    Notifications = "notifications",
    /// Platforms, in order of their identifiers.
    Platforms = "platforms",
    /// Registration tokens, newest first.
    RegistrationTokens = "registration-tokens",
    /// What happened, newest first.
    Audit = "audit",
}

/// A text that is no cursor of this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no place in this list")]
pub struct BadCursor;

impl Start {
    /// As it goes out, opaque. It is not signed: whoever may read a list may read it from any place, and a place tells
    /// nothing that the list does not.
    pub fn to_cursor(&self, list: List) -> Option<String> {
        let (side, place) = match self {
            Self::Beginning => return None,
            Self::After(place) => ("after", place),
            Self::Before(place) => ("before", place),
        };
        let plain = format!("{} {side} {} {}", list.as_str(), place.number, place.text);
        Some(URL_SAFE_NO_PAD.encode(plain))
    }

    /// As it comes back.
    pub fn of_cursor(list: List, cursor: &str) -> Result<Self, BadCursor> {
        if cursor.len() > 4 * TEXT_MAX {
            return Err(BadCursor);
        }
        let plain = URL_SAFE_NO_PAD.decode(cursor).map_err(|_error| BadCursor)?;
        let plain = String::from_utf8(plain).map_err(|_error| BadCursor)?;
        let mut parts = plain.splitn(4, ' ');
        let mut part = || parts.next().ok_or(BadCursor);
        let (word, side, number, text) = (part()?, part()?, part()?, part()?);
        let is_plain = |c: char| c.is_ascii_graphic();
        if word != list.as_str() || text.len() > TEXT_MAX || !text.chars().all(is_plain) {
            return Err(BadCursor);
        }
        let place = Place {
            number: number.parse().map_err(|_error| BadCursor)?,
            text: text.to_owned(),
        };
        match side {
            "after" => Ok(Self::After(place)),
            "before" => Ok(Self::Before(place)),
            _ => Err(BadCursor),
        }
    }
}

/// Which page is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageAsk {
    /// Where it begins.
    pub start: Start,
    /// Items at most.
    pub size: u32,
}

impl PageAsk {
    /// The first page.
    pub const fn first(size: u32) -> Self {
        Self {
            start: Start::Beginning,
            size,
        }
    }

    /// What somebody asked for: a cursor of this list, or none; a size from 1 to [`PAGE_MAX`].
    pub fn read(list: List, cursor: Option<&str>, size: Option<u32>) -> Result<Self, BadCursor> {
        let start = match cursor {
            None => Start::Beginning,
            Some(cursor) => Start::of_cursor(list, cursor)?,
        };
        let size = size.unwrap_or(PAGE).clamp(1, PAGE_MAX);
        Ok(Self { start, size })
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// In the order of the list.
    pub items: Vec<T>,
    /// Where the next page begins; `None`: there is none.
    pub next: Option<Start>,
    /// Where the one before begins.
    pub previous: Option<Start>,
    /// The look ended before the page was full, since as much was looked through as one look may: it goes on from
    /// [`Self::next`] (or [`Self::previous`], looking backwards), though there may be nothing more.
    pub is_cut: bool,
}

impl<T> Page<T> {
    /// A whole list in one page.
    pub const fn whole(items: Vec<T>) -> Self {
        Self {
            items,
            next: None,
            previous: None,
            is_cut: false,
        }
    }

    /// Each item as something else.
    pub fn try_map<U, E>(self, each: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        Ok(Page {
            items: self.items.into_iter().map(each).collect::<Result<_, E>>()?,
            next: self.next,
            previous: self.previous,
            is_cut: self.is_cut,
        })
    }

    /// The cursor of the next page.
    pub fn next_cursor(&self, list: List) -> Option<String> {
        self.next.as_ref().and_then(|start| start.to_cursor(list))
    }

    /// The cursor of the page before.
    pub fn previous_cursor(&self, list: List) -> Option<String> {
        let previous = self.previous.as_ref();
        previous.and_then(|start| start.to_cursor(list))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(number: i64, text: &str) -> Place {
        Place {
            number,
            text: text.into(),
        }
    }

    #[test]
    fn a_cursor_comes_back_as_it_went_out() {
        for start in [
            Start::After(place(-7, "0190-a")),
            Start::Before(place(i64::MAX, "")),
        ] {
            let cursor = start.to_cursor(List::Audit).unwrap();
            assert_eq!(Start::of_cursor(List::Audit, &cursor), Ok(start));
        }
        assert_eq!(Start::Beginning.to_cursor(List::Audit), None);
    }

    #[test]
    fn what_is_no_cursor_of_this_list_is_refused() {
        let cursor = Start::After(place(1, "a")).to_cursor(List::Sessions);
        let other = cursor.as_deref().unwrap();
        assert_eq!(Start::of_cursor(List::Audit, other), Err(BadCursor));
        let encoded = |plain: &str| URL_SAFE_NO_PAD.encode(plain);
        let long = format!("audit after 1 {}", "a".repeat(TEXT_MAX + 1));
        for plain in [
            "",
            "audit",
            "audit after 1",
            "audit after x a",
            "audit beside 1 a",
            "audit after 99999999999999999999 a",
            "audit after 1 a b",
            "audit after 1 a\0",
            "audit after 1 '\u{2028}",
            &long,
        ] {
            let refused = Start::of_cursor(List::Audit, &encoded(plain));
            assert_eq!(refused, Err(BadCursor), "{plain:?}");
        }
        for raw in ["%", "=", "'; DROP TABLE audit; --", &"A".repeat(10_000)] {
            assert_eq!(Start::of_cursor(List::Audit, raw), Err(BadCursor));
        }
    }

    #[test]
    fn a_page_has_fifty_items_and_at_most_two_hundred() {
        let size = |asked| PageAsk::read(List::Audit, None, asked).unwrap().size;
        assert_eq!(size(None), 50);
        assert_eq!(
            (size(Some(0)), size(Some(7)), size(Some(9_999))),
            (1, 7, 200)
        );
    }
}
