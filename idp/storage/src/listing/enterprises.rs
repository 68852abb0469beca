//! Enterprises: all of them, by name, by credit code, by the number of a lock, by a certificate.

use diesel::QueryableByName;
use diesel::sql_types::BigInt;
use idp_core::enterprise::{Enterprise, EnterpriseState};
use idp_core::key_lock::Thumbprint;
use idp_core::listing::{CodePart, EnterpriseFilter, NamePart, Page, PageAsk, Place, grams};
use idp_core::store::StoreError;

use super::conditions::{Conditions, Keys, Value};
use super::statement::load;
use super::walk::{LOOK, Walk};
use crate::database::Connection;
use crate::enterprise::EnterpriseRow;

/// Rows of one gram are counted to here, to find the rarest of several.
const COUNTED: u32 = 2_000;

/// Rows that a search by name looks through for one page where the enterprise itself has to be looked at: each is read from somewhere
/// else, some 10 µs on `SQLite` and 30 on `PostgreSQL`.
const SCATTERED: u32 = 3_000;

pub(crate) fn page(
    connection: &mut Connection,
    filter: &EnterpriseFilter,
    ask: &PageAsk,
) -> Result<Page<Enterprise>, StoreError> {
    let state = filter.state.map(EnterpriseState::as_str);
    let suspended = filter.state == Some(EnterpriseState::Suspended);
    let (along, besides) = match (suspended, filter.regions.is_empty()) {
        // Few are: they have an index of their own.
        (true, true) => (Conditions::default().that("state = 'suspended'"), None),
        _ => (Conditions::default(), state),
    };
    let regions = filter.regions.iter();
    let branches =
        regions.map(|code| Conditions::default().text("region_code = ?", Some(code.as_str())));
    let walk = Walk {
        columns: "*",
        from: "enterprises",
        keys: Keys::NumberText("created_at", "id"),
        is_descending: true,
        along,
        branches: branches.collect(),
        besides: Conditions::default().text("state = ?", besides),
        look: LOOK,
    };
    walk.page(connection, ask, EnterpriseRow::place_by_age)?
        .try_map(Enterprise::try_from)
}

pub(crate) fn page_by_code(
    connection: &mut Connection,
    part: &CodePart,
    filter: &EnterpriseFilter,
    ask: &PageAsk,
) -> Result<Page<Enterprise>, StoreError> {
    // Compared octet by octet on either database; nothing in a code is above `~`.
    let (key, from, before) = match connection {
        Connection::Sqlite(_) => ("credit_code", "credit_code >= ?", "credit_code < ?"),
        Connection::Postgres(_) => (
            "credit_code COLLATE \"C\"",
            "credit_code COLLATE \"C\" >= ?",
            "credit_code COLLATE \"C\" < ?",
        ),
    };
    let walk = Walk {
        columns: "*",
        from: "enterprises",
        keys: Keys::Text(key),
        is_descending: false,
        along: Conditions::default()
            .text(from, Some(part.as_str()))
            .text(before, Some(format!("{}~", part.as_str()))),
        branches: Vec::new(),
        besides: besides(filter, ("state = ?", "region_code = ?")),
        look: LOOK,
    };
    walk.page(connection, ask, EnterpriseRow::place_by_code)?
        .try_map(Enterprise::try_from)
}

/// State, and the region where it is one; of several regions a search looks at each row.
fn besides(filter: &EnterpriseFilter, (state, region): (&'static str, &'static str)) -> Conditions {
    let conditions = Conditions::default().text(state, filter.state.map(EnterpriseState::as_str));
    match filter.regions.as_slice() {
        [] => conditions,
        regions => conditions.any_text(
            region,
            regions.iter().map(idp_core::region::RegionCode::as_str),
        ),
    }
}

#[derive(QueryableByName)]
struct NumberedRow {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(embed)]
    row: EnterpriseRow,
}

/// Along the rarest gram of what is looked for; that the whole of it stands there is looked at in each row. The words are subqueries of
/// one row each, so that no planner joins from their side. Of the suspended ones, who are few, along those instead: which way it goes
/// hangs on the filter alone, so that a cursor is always read by the way that made it.
pub(crate) fn page_by_name(
    connection: &mut Connection,
    part: &NamePart,
    filter: &EnterpriseFilter,
    ask: &PageAsk,
) -> Result<Page<Enterprise>, StoreError> {
    let all = grams(part.as_str());
    if filter.state == Some(EnterpriseState::Suspended) && !all.is_empty() {
        return page_suspended_by_name(connection, part, filter, ask);
    }
    let holds = match connection {
        Connection::Sqlite(_) => {
            "instr((SELECT w.words FROM enterprise_words w WHERE w.number = g.number), ?) > 0"
        }
        Connection::Postgres(_) => {
            "strpos((SELECT w.words FROM enterprise_words w WHERE w.number = g.number), ?) > 0"
        }
    };
    let is_one = all.len() == 1 && part.as_str().chars().count() == 2;
    let mut rarest: Option<(i64, String)> = None;
    for gram in all {
        let rows = along_gram(&gram).count(connection, COUNTED)?;
        if rarest.as_ref().is_none_or(|(least, _)| rows < *least) {
            rarest = Some((rows, gram));
        }
    }
    let Some((_, gram)) = rarest else {
        return Ok(Page::whole(Vec::new()));
    };
    let narrowed = besides(filter, ("e.state = ?", "e.region_code = ?"));
    let look = if narrowed.is_empty() { LOOK } else { SCATTERED };
    let walk = Walk {
        columns: "g.number AS number, e.*",
        from: "enterprise_grams g CROSS JOIN enterprises e",
        along: along_gram(&gram).along.that(
            "e.id = (SELECT w.enterprise_id FROM enterprise_words w WHERE w.number = g.number)",
        ),
        besides: narrowed.text(holds, (!is_one).then_some(part.as_str())),
        look,
        ..along_gram(&gram)
    };
    let place = |row: &NumberedRow| Place {
        number: row.number,
        text: String::new(),
    };
    walk.page(connection, ask, place)?
        .try_map(|numbered| Enterprise::try_from(numbered.row))
}

/// Suspended ones with this in their name, the youngest first.
fn page_suspended_by_name(
    connection: &mut Connection,
    part: &NamePart,
    filter: &EnterpriseFilter,
    ask: &PageAsk,
) -> Result<Page<Enterprise>, StoreError> {
    let holds = match connection {
        Connection::Sqlite(_) => {
            "instr((SELECT w.words FROM enterprise_words w WHERE w.enterprise_id = enterprises.id), ?) > 0"
        }
        Connection::Postgres(_) => {
            "strpos((SELECT w.words FROM enterprise_words w WHERE w.enterprise_id = enterprises.id), ?) > 0"
        }
    };
    let of_regions = EnterpriseFilter {
        state: None,
        regions: filter.regions.clone(),
    };
    let walk = Walk {
        columns: "*",
        from: "enterprises",
        keys: Keys::NumberText("created_at", "id"),
        is_descending: true,
        along: Conditions::default().that("state = 'suspended'"),
        branches: Vec::new(),
        // As an expression that no index answers: SQLite would go along the region's, and sort all who are there.
        besides: besides(&of_regions, ("state = ?", "region_code || '' = ?"))
            .text(holds, Some(part.as_str())),
        look: SCATTERED,
    };
    walk.page(connection, ask, EnterpriseRow::place_by_age)?
        .try_map(Enterprise::try_from)
}

/// Enterprises with this gram, the one that came last first.
fn along_gram(gram: &str) -> Walk {
    Walk {
        columns: "g.number AS number",
        from: "enterprise_grams g",
        keys: Keys::Number("g.number"),
        is_descending: true,
        along: Conditions::default().text("g.gram = ?", Some(gram)),
        branches: Vec::new(),
        besides: Conditions::default(),
        look: LOOK,
    }
}

pub(crate) fn list_by_device_number(
    connection: &mut Connection,
    number: &str,
    limit: u32,
) -> Result<Vec<Enterprise>, StoreError> {
    let text = format!(
        "SELECT e.* FROM ( \
             SELECT enterprise_id FROM key_locks WHERE key_number = ? \
             UNION SELECT enterprise_id FROM key_locks WHERE media_number = ? \
             UNION SELECT l.enterprise_id FROM key_lock_certificates c \
                 CROSS JOIN key_locks l WHERE c.key_number = ? AND l.id = c.key_lock_id \
         ) AS found CROSS JOIN enterprises e \
         WHERE e.id = found.enterprise_id ORDER BY e.created_at DESC, e.id DESC LIMIT {limit}"
    );
    let number = || Value::Text(number.to_owned());
    let rows: Vec<EnterpriseRow> = load(connection, &text, vec![number(), number(), number()])?;
    rows.into_iter().map(Enterprise::try_from).collect()
}

pub(crate) fn find_by_thumbprint(
    connection: &mut Connection,
    thumbprint: Thumbprint,
) -> Result<Option<Enterprise>, StoreError> {
    let text = "SELECT e.* FROM ( \
             SELECT enterprise_id FROM key_locks WHERE thumbprint = ? \
             UNION SELECT l.enterprise_id FROM key_lock_certificates c \
                 CROSS JOIN key_locks l WHERE c.thumbprint = ? AND l.id = c.key_lock_id \
         ) AS found CROSS JOIN enterprises e WHERE e.id = found.enterprise_id";
    let thumbprint = || Value::Text(thumbprint.to_text());
    let rows: Vec<EnterpriseRow> = load(connection, text, vec![thumbprint(), thumbprint()])?;
    rows.into_iter()
        .next()
        .map(Enterprise::try_from)
        .transpose()
}
