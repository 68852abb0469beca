//! `idp enterprise search | list | timeline`, `session`, `consent`, `audit search`, `figures`, and what is held of people.

use idp_core::consent::{ConsentOutcome, ConsentRecord, StandingConsent};
use idp_core::id::{ConsentId, EnterpriseId, KeyLockId, PlatformId, SessionId};
use idp_core::session::SessionRecord;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;
use idp_storage::{Database, DatabaseSettings};
use protocol::scope::ScopeSet;
use serde_json::Value;

use super::Operator;
use super::enterprises::{PRIMARY, with_enterprise};

const CODE: &str = "91350100M000100Y43";
const BEHIND: [&str; 4] = ["--reason", "按来信办理", "--by", "审核员"];

/// Two sign-ins that go on, and a consent in force for 赤峰.
fn with_life() -> Operator {
    let operator = with_enterprise();
    let file = operator.folder.join("state/idp.db");
    let database = Database::open(&DatabaseSettings::new(format!(
        "sqlite://{}",
        file.display()
    )))
    .unwrap();
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let now = Timestamp::from_unix_millis(i64::try_from(now.as_millis()).unwrap() - 5_000);
    let session = |id: &str| SessionRecord {
        id: SessionId::from_text(id),
        root_id: SessionId::from_text(id),
        enterprise_id: EnterpriseId::from_text("enterprise"),
        key_lock_id: KeyLockId::from_text(PRIMARY),
        begun_at: now,
        seen_at: now,
        remote_address: Some("192.0.2.7".into()),
        user_agent: Some("浏览器".into()),
        ended: None,
    };
    let record = ConsentRecord {
        id: ConsentId::from_text("consent-1"),
        enterprise_id: EnterpriseId::from_text("enterprise"),
        key_lock_id: KeyLockId::from_text(PRIMARY),
        platform_id: PlatformId::from_text("chifeng"),
        scopes: ScopeSet::of_known_words("openid enterprise"),
        claims: std::iter::empty::<&str>().collect(),
        claims_version: 1,
        text_version: 1,
        language: "zh-CN".into(),
        outcome: ConsentOutcome::Granted,
        at: now,
    };
    let standing = StandingConsent {
        enterprise_id: record.enterprise_id.clone(),
        platform_id: record.platform_id.clone(),
        consent_id: record.id.clone(),
        scopes: record.scopes.clone(),
        claims: record.claims.clone(),
        claims_version: 1,
        granted_at: now,
        revoked_at: None,
        signed_by: idp_core::consent_statement::ConsentSigner::Provider,
    };
    let (one, two) = (session("session-1"), session("session-2"));
    let written = actix_web::rt::System::new().block_on(database.write(move |store| {
        store.insert_session(&one)?;
        store.insert_session(&two)?;
        store.insert_consent_record(&record)?;
        store.upsert_standing_consent(&standing)?;
        Ok::<_, StoreError>(())
    }));
    written.unwrap();
    operator
}

impl Operator {
    fn listed(&self, words: &[&str]) -> Value {
        let mut words = words.to_vec();
        words.push("--json");
        self.run(&words).json()
    }

    fn ids(&self, words: &[&str]) -> Vec<String> {
        let listed = self.listed(words);
        let items = listed["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[test]
fn enterprises_are_found_by_whatever_is_known_of_them() {
    let operator = with_enterprise();
    for words in ["旧名称", "有限公司", CODE, "91350100", "K-1"] {
        assert_eq!(
            operator.ids(&["enterprise", "search", words]),
            ["enterprise"],
            "{words}"
        );
    }
    assert_eq!(
        operator.ids(&["enterprise", "list", "--region", "150000"]),
        ["enterprise"]
    );
    for words in [
        ["search", "别的名称"],
        ["list", "--state=suspended"],
        ["list", "--region=150200"],
    ] {
        let mut line = vec!["enterprise"];
        line.extend(words);
        assert_eq!(operator.ids(&line), Vec::<String>::new());
    }
    let line = operator.run(&["enterprise", "search", "旧名"]).out;
    assert_eq!(line, format!("{CODE} active    150100 旧名称有限公司\n"));
    operator
        .run(&["enterprise", "search", "名"])
        .refused_with(&["two characters"]);
    operator
        .run(&["enterprise", "list", "--page", "no-cursor"])
        .refused_with(&["no place in this list"]);
}

#[test]
fn an_operator_lists_and_ends_sign_ins() {
    let operator = with_life();
    assert_eq!(
        operator.ids(&["session", "list", "--live"]),
        ["session-2", "session-1"]
    );
    let first = operator.listed(&["session", "list", "--enterprise", CODE, "--limit", "1"]);
    let next = first["next"].as_str().unwrap();
    assert_eq!(
        operator.ids(&["session", "list", "--enterprise", CODE, "--page", next]),
        ["session-1"]
    );
    let mut end = vec!["session", "end", CODE, "--session", "session-1"];
    end.extend(BEHIND);
    assert_eq!(operator.run(&end).out, "1 sign-ins ended\n");
    operator.run(&end).refused_with(&["has ended already"]);
    assert_eq!(operator.ids(&["session", "list", "--live"]), ["session-2"]);
    let mut all = vec!["session", "end", CODE, "--lock", PRIMARY];
    all.extend(BEHIND);
    assert_eq!(operator.run(&all).out, "1 sign-ins ended\n");
    let ended = operator.listed(&["session", "list", "--address", "192.0.2.7"]);
    assert_eq!(ended["items"][0]["state"], "ended-by-operator");
    let trail = operator.listed(&[
        "audit",
        "search",
        "--kind",
        "sessions.ended",
        "--enterprise",
        CODE,
    ]);
    assert_eq!(trail["items"].as_array().unwrap().len(), 2);
    assert_eq!(trail["items"][1]["session"], "session-1");
    assert_eq!(trail["items"][0]["reason"], "按来信办理");
    operator.run(&["audit", "search", "--kind", "nothing"]);
    assert_eq!(
        operator.run(&["audit", "search", "--kind", "nothing"]).code,
        2
    );
}

#[test]
fn an_operator_takes_a_consent_back() {
    let operator = with_life();
    assert_eq!(
        operator.ids(&["consent", "list", "--platform", "chifeng"]),
        ["consent-1"]
    );
    let mut revoke = vec!["consent", "revoke", CODE, "--platform", "chifeng"];
    revoke.extend(BEHIND);
    assert!(operator.run(&revoke).out.starts_with("taken back: "));
    operator
        .run(&revoke)
        .refused_with(&["no consent in force for chifeng"]);
    let revoked = operator.listed(&[
        "consent",
        "list",
        "--enterprise",
        CODE,
        "--outcome",
        "revoked",
    ]);
    assert_eq!(revoked["items"][0]["lock"], PRIMARY);
    let shown = operator.listed(&["enterprise", "timeline", CODE]);
    assert_eq!(shown["items"][0]["kind"], "consent.revoked");
    assert!(
        shown["items"][0]["platform_name"]["zh"]
            .as_str()
            .unwrap()
            .contains("赤峰")
    );
}

#[test]
fn figures_are_there_before_anything_happened() {
    let operator = Operator::ready();
    let figures = operator.run(&["figures", "--days", "7", "--json"]).json();
    assert_eq!(figures["sign_ins"], serde_json::json!([]));
    assert_eq!(figures["locks_ending"]["60d"], 0);
    assert!(operator.run(&["figures"]).out.contains("sign-ins: 0\n"));
}

#[test]
fn personal_data_is_told_and_erased() {
    let operator = with_life();
    let mut tell = vec!["enterprise", "export-personal-data", CODE];
    tell.extend(BEHIND);
    let told = operator.run(&tell).out;
    for line in [
        "enterprise.legal_representative: 巴特尔\n",
        "locks.1.bound_by: 乌兰\n",
        "sign_ins.1.user_agent: 浏览器\n",
    ] {
        assert!(told.contains(line), "{line} is not in {told}");
    }
    let mut erase = vec!["enterprise", "erase-personal-data", CODE];
    erase.extend(BEHIND);
    operator.run(&erase).refused_with(&["in force"]);
    for lock in ["lock-1", "lock-2"] {
        operator.changed("lock-lost", &["--lock", lock]);
    }
    assert!(operator.run(&erase).out.contains("who bound 2 locks"));
    tell.push("--json");
    let told = operator.run(&tell).json();
    assert_eq!(told["enterprise"]["legal_representative"], "");
    assert_eq!(told["enterprise"]["name"], "旧名称有限公司");
    // A sign-in's traces stay for half a year whatever anybody asks.
    assert_eq!(told["sign_ins"][0]["user_agent"], "浏览器");
    let trail = operator.listed(&["audit", "search", "--enterprise", CODE]);
    let kinds: Vec<_> = trail["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds
            .iter()
            .filter(|kind| **kind == "personal-data.exported")
            .count(),
        2
    );
    assert_eq!(
        kinds
            .iter()
            .filter(|kind| **kind == "personal-data.erased")
            .count(),
        1
    );
}

#[test]
fn events_are_given_out_as_a_file_and_that_is_written_down() {
    let operator = with_life();
    let mut end = vec!["session", "end", CODE, "--all"];
    end.extend(BEHIND);
    operator.run(&end);
    let search = ["audit", "search", "--kind", "sessions.ended"];
    let mut csv = search.to_vec();
    csv.extend(["--format", "csv", "--by", "审核员"]);
    let csv = operator.run(&csv).out;
    assert!(csv.starts_with("\u{feff}sequence,at,at_ms,kind,reason,"));
    assert_eq!(csv.matches("\r\n").count(), 2, "{csv}");
    assert!(csv.contains(",sessions.ended,按来信办理,"), "{csv}");
    let mut jsonl = search.to_vec();
    jsonl.extend(["--format", "jsonl"]);
    let line: Value = serde_json::from_str(operator.run(&jsonl).out.trim_end()).unwrap();
    let listed = operator.listed(&search);
    assert_eq!(line, listed["items"][0]);
    let exports = operator.listed(&["audit", "search", "--kind", "audit.exported"]);
    let told = exports["items"].as_array().unwrap();
    assert_eq!(told.len(), 2);
    assert_eq!(told[1]["detail"], "by 审核员: csv kinds sessions.ended");
    jsonl.push("--json");
    assert_eq!(operator.run(&jsonl).code, 2);
}
