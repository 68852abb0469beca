//! Events as a table: CSV (RFC 4180) for spreadsheets and JSON Lines for programs; console and command line export alike.
//!
//! Owns the columns, how a cell is kept from being a formula, and how far one export goes. Does not know who asks.

use std::borrow::Cow;

use idp_core::audit::{AuditEntry, AuditEvent};
use idp_core::listing::{AuditFilter, PAGE_MAX, PageAsk, Start};
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;
use idp_storage::Database;
use serde_json::{Value, json};

use crate::clock::rfc3339;
use crate::shapes::audit::event;

/// Most events of one export: who needs more asks for one time after the other.
pub const EXPORT_MAX: u32 = 100_000;

/// Looks that one export takes at most: each goes through some 20,000 events.
const LOOKS_MAX: u32 = 500;

/// What the last line is called where an export ended before the events did.
const CUT: &str = "export.cut";

/// The columns, in both formats.
const COLUMNS: [&str; 15] = [
    "sequence",
    "at",
    "at_ms",
    "kind",
    "reason",
    "operator",
    "enterprise",
    "lock",
    "platform",
    "session",
    "consent",
    "grant",
    "incident",
    "remote_address",
    "detail",
];

/// How events are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For spreadsheets.
    Csv,
    /// For programs.
    JsonLines,
}

impl Format {
    /// The machine word, which also ends a file's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// The format that a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Csv, Self::JsonLines]
            .into_iter()
            .find(|one| one.as_str() == word)
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::JsonLines => "application/jsonl",
        }
    }
}

/// Why an export ended.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A line that can't be written.
    #[error(transparent)]
    Line(#[from] csv::Error),
}

/// An export, piece by piece: no more than one look's events are held at a time.
pub struct Export {
    database: Database,
    filter: AuditFilter,
    format: Format,
    ask: PageAsk,
    left: u32,
    looks: u32,
    is_begun: bool,
    is_over: bool,
}

impl Export {
    /// Of what a filter leaves, newest first.
    pub fn new(database: Database, filter: AuditFilter, format: Format) -> Self {
        Self {
            database,
            filter,
            format,
            ask: PageAsk::first(PAGE_MAX),
            left: EXPORT_MAX,
            looks: LOOKS_MAX,
            is_begun: false,
            is_over: false,
        }
    }

    /// The next piece; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, ExportError> {
        let mut piece = Vec::new();
        if !self.is_begun {
            self.is_begun = true;
            piece = head(self.format)?;
        }
        while piece.is_empty() && !self.is_over {
            piece = self.look().await?;
        }
        Ok((!piece.is_empty()).then_some(piece))
    }

    async fn look(&mut self) -> Result<Vec<u8>, ExportError> {
        let (filter, ask) = (self.filter.clone(), self.ask.clone());
        let look = self
            .database
            .read(move |store| store.page_audit(&filter, &ask));
        let page = look.await?;
        self.looks -= 1;
        self.left = (self.left).saturating_sub(u32::try_from(page.items.len()).unwrap_or(u32::MAX));
        let mut piece = Vec::new();
        for entry in &page.items {
            piece.extend(line(self.format, entry)?);
        }
        match page.next {
            None => self.is_over = true,
            Some(next) if self.left == 0 || self.looks == 0 => {
                self.is_over = true;
                piece.extend(cut(self.format, &next)?);
            }
            Some(next) => {
                self.ask.start = next;
                self.ask.size = self.left.min(PAGE_MAX);
            }
        }
        Ok(piece)
    }
}

/// What stands before the first event. The mark of UTF-8 is there for spreadsheets, which take the text for GBK without it.
fn head(format: Format) -> Result<Vec<u8>, csv::Error> {
    match format {
        Format::JsonLines => Ok(Vec::new()),
        Format::Csv => {
            let mut head = "\u{feff}".as_bytes().to_vec();
            head.extend(csv_line(COLUMNS)?);
            Ok(head)
        }
    }
}

/// The cells of one line, in the order of the columns.
type Cells = [Option<String>; 15];

fn cells(entry: &AuditEntry) -> Cells {
    fn text(value: Option<impl ToString>) -> Option<String> {
        value.map(|value| value.to_string())
    }
    let event: &AuditEvent = &entry.event;
    [
        Some(entry.sequence.to_string()),
        Some(rfc3339(event.at)),
        Some(event.at.unix_millis().to_string()),
        Some(event.kind.as_str().to_owned()),
        event.reason.clone(),
        text(event.operator_id.as_ref()),
        text(event.enterprise_id.as_ref()),
        text(event.key_lock_id.as_ref()),
        text(event.platform_id.as_ref()),
        text(event.session_id.as_ref()),
        text(event.consent_id.as_ref()),
        text(event.grant_id.as_ref()),
        text(event.incident_id.as_ref()),
        event.remote_address.clone(),
        event.detail.clone(),
    ]
}

/// That there is more, and from when on: a line like the others, so that it is seen wherever the file is read.
fn cut(format: Format, next: &Start) -> Result<Vec<u8>, csv::Error> {
    let at = match next {
        Start::After(place) | Start::Before(place) => place.number,
        Start::Beginning => 0,
    };
    let written = rfc3339(Timestamp::from_unix_millis(at));
    let told = "there are older events: export on from here";
    match format {
        Format::Csv => {
            let mut cells = Cells::default();
            for (cell, value) in cells
                .iter_mut()
                .skip(1)
                .zip([written, at.to_string(), CUT.into()])
            {
                *cell = Some(value);
            }
            if let Some(last) = cells.last_mut() {
                *last = Some(told.to_owned());
            }
            csv_cells(&cells)
        }
        Format::JsonLines => Ok(json_line(
            &json!({ "at": written, "at_ms": at, "kind": CUT, "detail": told }),
        )),
    }
}

fn line(format: Format, entry: &AuditEntry) -> Result<Vec<u8>, csv::Error> {
    match format {
        Format::Csv => csv_cells(&cells(entry)),
        Format::JsonLines => Ok(json_line(&event(entry))),
    }
}

fn json_line(object: &Value) -> Vec<u8> {
    format!("{object}\n").into_bytes()
}

fn csv_cells(cells: &Cells) -> Result<Vec<u8>, csv::Error> {
    csv_line(cells.iter().map(|cell| {
        let cell = cell.as_deref().unwrap_or_default();
        defused(cell).into_owned()
    }))
}

fn csv_line(cells: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(cells)?;
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

/// A cell that a spreadsheet would calculate is text with a sign in front (CWE-1236); their full-width forms are calculated too.
fn defused(cell: &str) -> Cow<'_, str> {
    let is_formula = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    let begins_white = cell.starts_with(['\t', '\r', '\n']);
    let begins = cell.trim_start().chars().next();
    if begins_white || begins.is_some_and(is_formula) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_would_be_calculated_is_text() {
        for bad in [
            "=1+1",
            "+1",
            "-1",
            "@A1",
            "\t=1",
            "\r1",
            "  =cmd|' /C calc'!A0",
            "＝1",
        ] {
            assert_eq!(defused(bad), format!("'{bad}"));
        }
        for good in [
            "",
            "login.succeeded",
            "1.2.3.4",
            "2026-11-27",
            "a=b",
            "内蒙古",
        ] {
            assert_eq!(defused(good), good);
        }
    }

    #[test]
    fn a_line_has_every_column_and_survives_quotes_and_breaks() {
        let mut cells = Cells::default();
        cells[14] = Some("\"a\",\r\nb".into());
        let text = String::from_utf8(csv_cells(&cells).unwrap()).unwrap();
        assert_eq!(text, format!("{}\"\"\"a\"\",\r\nb\"\r\n", ",".repeat(14)));
        let place = idp_core::listing::Place {
            number: 1_795_000_000_000,
            text: "7".into(),
        };
        for format in [Format::Csv, Format::JsonLines] {
            let last = cut(format, &Start::After(place.clone())).unwrap();
            let last = String::from_utf8(last).unwrap();
            assert!(last.contains("2026-11-18T") && last.contains(CUT), "{last}");
            assert_eq!(last.lines().count(), 1);
        }
        let head = head(Format::Csv).unwrap();
        assert!(
            head.starts_with(b"\xef\xbb\xbfsequence,at,at_ms,kind,") && head.ends_with(b"\r\n")
        );
    }
}
