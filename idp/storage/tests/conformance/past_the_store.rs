//! Properties of the database itself, which the store never tries: it refuses what must not change,
//! and a row that no version of the program writes is named.

use idp_core::key_lock::KeyLockState;
use idp_core::store::StoreError;
use protocol::claims::LockRole;

use crate::backend::{Backend, Property, properties};
use crate::samples::{self, at};
use crate::steps::{audit_of, insert_standing, read, write};

pub const ALL: &[Property] = properties![
    audit_refuses_change_and_removal,
    consent_records_refuse_change_and_removal,
    registry_history_refuses_change_and_removal,
    impossible_registry_rows_are_named,
    impossible_rows_are_named,
    second_active_primary_is_refused_by_the_database,
];

async fn audit_refuses_change_and_removal(b: &Backend) {
    let detail = samples::name("kept");
    let event = samples::audit_event(&detail);
    write!(b, |s| s.append_audit(&event)?);
    let mut attempts = vec![
        "UPDATE audit SET detail = 'changed'".to_owned(),
        "DELETE FROM audit".to_owned(),
    ];
    if b.is_postgres() {
        attempts.push("TRUNCATE audit".to_owned());
    } else {
        let replace = "INSERT OR REPLACE INTO audit (sequence, at, kind) VALUES (1, 0, 'logout')";
        attempts.push(replace.to_owned());
    }
    refuse_all(b, attempts, "audit is append-only");
    assert_eq!(audit_of(b, &[detail], 1).await.len(), 1);
}

async fn consent_records_refuse_change_and_removal(b: &Backend) {
    let s0 = samples::standing();
    let (id, first) = (s0.record.id.clone(), s0.record.clone());
    write!(b, |s| insert_standing(s, &s0)?);
    let mut attempts = vec![
        format!("UPDATE consent_records SET outcome = 'refused' WHERE id = '{id}'"),
        format!("DELETE FROM consent_records WHERE id = '{id}'"),
    ];
    if b.is_postgres() {
        attempts.push("TRUNCATE consent_records CASCADE".into());
    } else {
        attempts.push(format!(
            "INSERT OR REPLACE INTO consent_records SELECT id, enterprise_id, key_lock_id, platform_id, \
             scopes, 1, 1, language, 'refused', at, claims FROM consent_records WHERE id = '{id}'"
        ));
    }
    refuse_all(b, attempts, "consent_records is append-only");
    assert_eq!(read!(b, |s| s.find_consent_record(&id)?), Some(first));
}

async fn registry_history_refuses_change_and_removal(b: &Backend) {
    let ca = samples::certificate_authority();
    let (id, change) = (ca.id.clone(), samples::ca_change(&ca));
    write!(b, |s| {
        s.insert_certificate_authority(&ca)?;
        s.append_ca_change(&change)?;
    });
    let table = "certificate_authority_changes";
    let mut attempts = vec![
        format!("UPDATE {table} SET reason = 'another' WHERE ca_id = '{id}'"),
        format!("DELETE FROM {table} WHERE ca_id = '{id}'"),
    ];
    if b.is_postgres() {
        attempts.push(format!("TRUNCATE {table}"));
    } else {
        attempts.push(format!(
            "INSERT OR REPLACE INTO {table} (ca_id, revision, at, \"by\", act, state, entry) \
             SELECT ca_id, revision, at, 'another', act, state, entry FROM {table} WHERE ca_id = '{id}'"
        ));
    }
    refuse_all(b, attempts, "certificate_authority_changes is append-only");
    let kept = read!(b, |s| s.list_ca_changes(&id)?);
    assert_eq!((kept.len(), kept[0].change.by.as_str()), (1, "其其格"));
}

/// Each mended at once: the whole registry is read by others.
async fn impossible_registry_rows_are_named(b: &Backend) {
    let (ca, beside) = (
        samples::certificate_authority(),
        samples::certificate_authority(),
    );
    let (id, entry) = (ca.id.clone(), serde_json::to_string(&ca.entry).unwrap());
    let entry = entry.replace('\'', "''");
    let both = [ca.clone(), beside.clone()];
    write!(b, |s| {
        s.insert_certificate_authority(&both[0])?;
        s.insert_certificate_authority(&both[1])?;
    });
    for (column, value, good) in [
        ("entry", "{}", entry.as_str()),
        ("state", "asleep", "proposed"),
        ("loaded", "{", entry.as_str()),
    ] {
        let set = |value: &str| {
            let table = "certificate_authorities";
            format!("UPDATE {table} SET {column} = '{value}' WHERE id = '{id}'")
        };
        past(b, &set(value)).unwrap();
        let asked = id.clone();
        let found = b
            .database
            .read(move |s| s.find_certificate_authority(&asked))
            .await;
        let all = read!(b, |s| s.list_certificate_authorities()?);
        past(b, &set(good)).unwrap();
        // In the list it is told apart, and hides nobody.
        let told = all.unreadable.iter().find(|one| one.id == id).unwrap();
        assert!(told.problem.contains(column), "{}", told.problem);
        let state = (column != "state").then_some(ca.state);
        assert_eq!(told.state, state);
        assert!(all.authorities.contains(&beside));
        match found {
            Err(StoreError::ImpossibleRow {
                table, column: c, ..
            }) => {
                assert_eq!((table, c), ("certificate_authorities", column));
            }
            other => panic!("{column}: {other:?}"),
        }
    }
}

pub fn refuse_all(b: &Backend, attempts: Vec<String>, why: &str) {
    for attempt in attempts {
        let refused = past(b, &attempt).unwrap_err();
        assert!(refused.contains(why), "{attempt}: {refused}");
    }
}

/// Past the store, from inside a property.
fn past(b: &Backend, statements: &str) -> Result<(), String> {
    tokio::task::block_in_place(|| b.execute(statements))
}

async fn impossible_rows_are_named(b: &Backend) {
    let s0 = samples::standing();
    let names = (
        s0.enterprise.id.clone(),
        s0.key_lock.id.clone(),
        s0.platform.id.clone(),
        s0.grant.id.clone(),
    );
    write!(b, |s| {
        insert_standing(s, &s0)?;
        s.insert_grant(&s0.grant)?;
    });
    let (enterprise, key_lock, platform, grant) = names;
    let cases = [
        ("grants", "scopes", grant.to_string(), "openid everything"),
        ("grants", "acr", grant.to_string(), "urn:unheard-of"),
        ("grants", "cnf", grant.to_string(), "{\"kid\":1}"),
        ("platforms", "client", platform.to_string(), "{}"),
        ("key_locks", "thumbprint", key_lock.to_string(), "short"),
        ("enterprises", "state", enterprise.to_string(), "asleep"),
    ];
    for (table, column, id, value) in cases {
        past(
            b,
            &format!("UPDATE {table} SET {column} = '{value}' WHERE id = '{id}'"),
        )
        .unwrap();
        let grant = grant.clone();
        let found = b
            .database
            .read(move |s| s.find_grant_standing(&grant))
            .await;
        match found {
            Err(StoreError::ImpossibleRow {
                table: t,
                column: c,
                id: i,
            }) => {
                assert_eq!((t, c, &i), (table, column, &id));
            }
            other => panic!("{table}.{column}: {other:?}"),
        }
        // Mended in the order of finding: grant, enterprise, lock, platform.
        let mend = match (table, column) {
            ("grants", "acr") => "acr = 'urn:yizhengtong:acr:key-lock'",
            ("grants", "cnf") => "cnf = NULL",
            ("grants", _) => "scopes = 'openid'",
            ("platforms", _) => "client = NULL",
            ("key_locks", _) => "thumbprint = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'",
            _ => "state = 'active'",
        };
        past(b, &format!("UPDATE {table} SET {mend} WHERE id = '{id}'")).unwrap();
    }
}

async fn second_active_primary_is_refused_by_the_database(b: &Backend) {
    let enterprise = samples::enterprise();
    let first = samples::key_lock(&enterprise, LockRole::Primary);
    let mut second = samples::key_lock(&enterprise, LockRole::Primary);
    second.state = KeyLockState::Removed;
    let id = second.id.clone();
    write!(b, |s| {
        s.insert_enterprise(&enterprise)?;
        assert!(s.insert_key_lock(&first)? && s.insert_key_lock(&second)?);
    });
    let exchanged = b
        .database
        .write(move |s| {
            s.exchange_key_lock_state(&id, KeyLockState::Removed, (KeyLockState::Active, at(5)))
        })
        .await;
    assert!(matches!(exchanged, Err(StoreError::Unavailable(_))));
}
