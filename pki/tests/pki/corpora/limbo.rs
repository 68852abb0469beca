//! C2SP x509-limbo against our chain validation, without what the cases expect of host names.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use pki::anchors::TrustAnchors;
use pki::certificate::Certificate;
use pki::path::verify_chain;
use pki::revocation::{Lists, Revocation, UnverifiedCrl, crls_in};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::divergences::ACCEPTED_DIVERGENCES;

fn judge(case: &Value) -> Result<(), String> {
    let say = |why: &dyn std::fmt::Display| why.to_string();
    let read = |pem: &Value| Certificate::from_pem(pem.as_str().unwrap()).map_err(|why| say(&why));
    let all = |field: &str| -> Vec<Certificate> {
        case[field]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|pem| read(pem).ok())
            .flatten()
            .collect()
    };
    let lock = read(&case["peer_certificate"])?.remove(0);
    let trusted: Vec<Certificate> = all("trusted_certs")
        .into_iter()
        .filter(|certificate| {
            TrustAnchors::from_certificates(std::slice::from_ref(certificate)).is_ok()
        })
        .collect();
    let anchors = TrustAnchors::from_certificates(&trusted).map_err(|why| say(&why))?;
    let between = all("untrusted_intermediates");
    let lists = case["crls"].as_array().unwrap().iter();
    let lists = lists
        .filter_map(|pem| crls_in(pem.as_str().unwrap().as_bytes().to_vec()).ok())
        .flatten()
        .filter_map(|der| {
            let unverified = UnverifiedCrl::from_der(&der).ok()?;
            unverified.verify(trusted.iter().chain(&between)).ok()
        });
    let lists = Lists::new(lists.collect());
    let listed = !case["crls"].as_array().unwrap().is_empty();
    let revocation = if listed {
        Revocation::Asked(&lists)
    } else {
        Revocation::NotChecked
    };
    let at = case["validation_time"]
        .as_str()
        .map_or(DEFAULT_TIME, |time| {
            OffsetDateTime::parse(time, &Rfc3339)
                .unwrap()
                .unix_timestamp()
        });
    verify_chain(&lock, &anchors, &between, &revocation, at)
        .map(|_| ())
        .map_err(|why| say(&why))
}

/// 2026-06-15T00:00:00Z, for cases that leave the time to the reader.
const DEFAULT_TIME: i64 = 1_781_481_600;

#[test]
fn limbo_cases_end_as_expected_but_for_a_written_list() {
    let Some(corpus) = super::corpus("x509-limbo/limbo.json") else {
        return;
    };
    let rows: Vec<Row> = corpus.as_array().unwrap().iter().map(Row::of).collect();
    let divergences: BTreeMap<&str, &Row> = rows
        .iter()
        .filter(|row| row.diverges())
        .map(|row| (row.id.as_str(), row))
        .collect();
    let accepted: BTreeSet<&str> = ACCEPTED_DIVERGENCES
        .iter()
        .flat_map(|(_, ids)| ids.iter().copied())
        .collect();
    let lax = divergences.values().filter(|row| row.ours.is_ok()).count();
    println!(
        "limbo.json: {} cases, {} as expected, {} accepted divergences ({lax} of them pass here)",
        rows.len(),
        rows.len() - divergences.len(),
        divergences.len()
    );
    assert_eq!(
        divergences.keys().copied().collect::<BTreeSet<_>>(),
        accepted,
        "{divergences:#?}"
    );
    the_table_is_true(&table(&rows));
}

/// One case.
#[derive(Debug)]
struct Row {
    id: String,
    expected: bool,
    ours: Result<(), String>,
}

impl Row {
    fn of(case: &Value) -> Self {
        Self {
            id: case["id"].as_str().unwrap().to_owned(),
            expected: case["expected_result"] == "SUCCESS",
            ours: judge(case),
        }
    }

    fn diverges(&self) -> bool {
        self.expected != self.ours.is_ok()
    }

    /// The number, from 1, of the reason for which it diverges.
    fn reason(&self) -> Option<usize> {
        ACCEPTED_DIVERGENCES
            .iter()
            .position(|(_, ids)| ids.contains(&self.id.as_str()))
            .map(|place| place + 1)
    }
}

/// What docs/CORPORA.md says of the cases.
fn table(rows: &[Row]) -> String {
    let count = |wanted: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| wanted(row)).count();
    let mut text = format!(
        "{} cases: {} pass as they should, {} are refused as they should; {} pass here that the corpus refuses, {} are refused \
         here that the corpus lets pass.\n\n",
        rows.len(),
        count(&|row| row.expected && row.ours.is_ok()),
        count(&|row| !row.expected && row.ours.is_err()),
        count(&|row| !row.expected && row.ours.is_ok()),
        count(&|row| row.expected && row.ours.is_err()),
    );
    for (number, (reason, ids)) in (1..).zip(ACCEPTED_DIVERGENCES) {
        writeln!(text, "{number}. {reason} ({})", ids.len()).unwrap();
    }
    text.push_str("\n| case | corpus | ours | reason |\n|---|---|---|---|\n");
    let mut rows: Vec<&Row> = rows.iter().collect();
    rows.sort_by_key(|row| &row.id);
    for row in rows {
        let expected = if row.expected { "passes" } else { "refused" };
        let ours = match &row.ours {
            Ok(()) => "passes".to_owned(),
            Err(why) => format!("refused: {why}"),
        };
        let reason = row.reason().filter(|_| row.diverges());
        let reason = reason.map_or_else(String::new, |number| format!("({number})"));
        writeln!(text, "| `{}` | {expected} | {ours} | {reason} |", row.id).unwrap();
    }
    text
}

/// Between its two marks docs/CORPORA.md says exactly this. With `YZT_WRITE` set it is made to.
fn the_table_is_true(table: &str) {
    const MARKS: [&str; 2] = [
        "<!-- limbo: made by the test -->\n",
        "<!-- limbo: end -->\n",
    ];
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/CORPORA.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once(MARKS[0]).unwrap();
    let (written, after) = rest.split_once(MARKS[1]).unwrap();
    if std::env::var_os("YZT_WRITE").is_some() {
        let text = [before, MARKS[0], table, MARKS[1], after].concat();
        std::fs::write(path, text).unwrap();
    } else {
        assert!(
            written == table,
            "docs/CORPORA.md is out of date: YZT_WRITE=1 cargo test --workspace --test pki limbo"
        );
    }
}
