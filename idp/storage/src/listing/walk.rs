//! Walking a long table along an index, a page at a time.
//!
//! Owns how a page becomes statements, the same text for both databases. A page begins beside a place (never OFFSET), and looks
//! through a bounded number of rows, [`LOOK`] or fewer, however few of them pass: then it is cut, and its cursor goes on from there. So a
//! filter that no index answers costs many looks, never a long one.
//!
//! Only texts of this program are put into a statement; what comes from outside is bound.

use diesel::QueryableByName;
use diesel::pg::Pg;
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::Sqlite;
use idp_core::listing::{Page, PageAsk, Place, Start};
use idp_core::store::StoreError;

use super::conditions::{Conditions, Keys, Value};
use super::paging::{Found, page};
use super::statement::load;
use crate::database::Connection;

/// Rows that one page looks through at most, of a table or an index that is read in its own order.
pub(crate) const LOOK: u32 = 20_000;

/// No alternatives: one branch that narrows nothing.
const WHOLE: &[Conditions] = &[Conditions {
    texts: Vec::new(),
    values: Vec::new(),
}];

/// One way through a table.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    /// What is read of each row.
    pub(crate) columns: &'static str,
    /// The table, or several joined.
    pub(crate) from: &'static str,
    pub(crate) keys: Keys,
    /// The greatest first.
    pub(crate) is_descending: bool,
    /// What the index answers.
    pub(crate) along: Conditions,
    /// Alternatives of one more that the index answers: each is walked by itself, and what is found is put in order.
    pub(crate) branches: Vec<Conditions>,
    /// What is looked at in each row.
    pub(crate) besides: Conditions,
    /// Rows that one page looks through at most, where not all of them pass: [`LOOK`], or fewer where each costs more.
    pub(crate) look: u32,
}

#[derive(QueryableByName)]
struct PlaceRow {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Text)]
    text: String,
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

impl Walk {
    /// A page of it; `place` says where a row stands.
    pub(crate) fn page<R>(
        &self,
        connection: &mut Connection,
        ask: &PageAsk,
        place: impl Fn(&R) -> Place,
    ) -> Result<Page<R>, StoreError>
    where
        R: QueryableByName<Sqlite> + QueryableByName<Pg> + Send + 'static,
    {
        let is_backwards = matches!(ask.start, Start::Before(_));
        let branches = self.branches();
        let most = self.look / u32::try_from(branches.len()).unwrap_or(self.look).max(1);
        let mut found = Found::new(is_backwards, self.is_descending);
        for branch in branches {
            let floor = if self.besides.is_empty() {
                None
            } else {
                self.floor(connection, ask, (branch, most))?
            };
            let rows: Vec<R> = self.rows(connection, ask, (branch, floor.as_ref()))?;
            found.add(rows.into_iter().map(|row| (place(&row), row)), floor);
        }
        Ok(page(found, ask))
    }

    /// How many rows the index answers, counted to `most`.
    pub(crate) fn count(&self, connection: &mut Connection, most: u32) -> Result<i64, StoreError> {
        let along = self.along_alone();
        let mut counted = 0;
        for branch in self.branches() {
            let (text, values) =
                along.conditions(connection.is_postgres(), &Start::Beginning, (branch, None));
            let from = self.from;
            let text = format!(
                "SELECT COUNT(*) AS rows FROM (SELECT 1 FROM {from}{text} LIMIT {most}) AS counted"
            );
            let rows: Vec<CountRow> = load(connection, &text, values)?;
            counted += rows.first().map_or(0, |row| row.rows);
        }
        Ok(counted)
    }

    fn branches(&self) -> &[Conditions] {
        match self.branches.as_slice() {
            [] => WHOLE,
            branches => branches,
        }
    }

    fn along_alone(&self) -> Self {
        Self {
            besides: Conditions::default(),
            ..self.clone()
        }
    }

    /// The last row that a page looks at; `None`: it looks at all that are left.
    fn floor(
        &self,
        connection: &mut Connection,
        ask: &PageAsk,
        (branch, most): (&Conditions, u32),
    ) -> Result<Option<Place>, StoreError> {
        let along = self.along_alone();
        let (text, values) = along.conditions(connection.is_postgres(), &ask.start, (branch, None));
        let (place, from, order) = (self.keys.as_place(), self.from, self.order(&ask.start));
        let skipped = most.saturating_sub(1);
        let text = format!("SELECT {place} FROM {from}{text}{order} LIMIT 1 OFFSET {skipped}");
        let rows: Vec<PlaceRow> = load(connection, &text, values)?;
        let place = |row: PlaceRow| Place {
            number: row.number,
            text: row.text,
        };
        Ok(rows.into_iter().next().map(place))
    }

    fn rows<R>(
        &self,
        connection: &mut Connection,
        ask: &PageAsk,
        (branch, floor): (&Conditions, Option<&Place>),
    ) -> Result<Vec<R>, StoreError>
    where
        R: QueryableByName<Sqlite> + QueryableByName<Pg> + Send + 'static,
    {
        let (text, values) = self.conditions(connection.is_postgres(), &ask.start, (branch, floor));
        let (columns, from, order) = (self.columns, self.from, self.order(&ask.start));
        // One more than is shown: whether there is a next page.
        let limit = ask.size.saturating_add(1);
        let text = format!("SELECT {columns} FROM {from}{text}{order} LIMIT {limit}");
        load(connection, &text, values)
    }

    fn order(&self, start: &Start) -> String {
        let is_descending = self.is_descending != matches!(start, Start::Before(_));
        let direction = if is_descending { "DESC" } else { "ASC" };
        let columns = self.keys.columns();
        let each: Vec<_> = columns.iter().map(|c| format!("{c} {direction}")).collect();
        format!(" ORDER BY {}", each.join(", "))
    }

    fn conditions(
        &self,
        is_postgres: bool,
        start: &Start,
        (branch, floor): (&Conditions, Option<&Place>),
    ) -> (String, Vec<Value>) {
        let parts = [&self.along, branch, &self.besides];
        let mut texts: Vec<String> = Vec::new();
        let mut values: Vec<Value> = Vec::new();
        for part in parts {
            texts.extend(part.texts.iter().map(ToString::to_string));
            values.extend(part.values.iter().cloned());
        }
        let (beside, is_backwards) = match start {
            Start::Beginning => (None, false),
            Start::After(place) => (Some(place), false),
            Start::Before(place) => (Some(place), true),
        };
        let goes_down = self.is_descending != is_backwards;
        let columns = self.keys.columns();
        let mut bound = |place: &Place, sign: &str| {
            let marks = vec!["?"; columns.len()].join(", ");
            let all = self.keys.values(place);
            if let ([first, _, ..], true) = (columns.as_slice(), is_postgres) {
                // Says no more than the pair, but PostgreSQL knows how few rows it leaves; of a pair it guesses a third of all.
                texts.push(format!("{first} {}= ?", sign.trim_end_matches('=')));
                values.extend(all.first().cloned());
            }
            texts.push(match columns.as_slice() {
                [column] => format!("{column} {sign} ?"),
                columns => format!("({}) {sign} ({marks})", columns.join(", ")),
            });
            values.extend(all);
        };
        if let Some(place) = beside {
            bound(place, if goes_down { "<" } else { ">" });
        }
        if let Some(place) = floor {
            bound(place, if goes_down { ">=" } else { "<=" });
        }
        if texts.is_empty() {
            (String::new(), values)
        } else {
            (format!(" WHERE {}", texts.join(" AND ")), values)
        }
    }
}
