//! `idp enterprise`: what an operator changes, against a database where an enterprise is bound.

use idp_core::enterprise::{Enterprise, EnterpriseState};
use idp_core::id::{CaId, EnterpriseId, KeyLockId};
use idp_core::key_lock::{KeyLock, KeyLockState, Thumbprint};
use idp_core::region::RegionCode;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;
use idp_storage::{Database, DatabaseSettings};
use protocol::claims::{LockRole, SubjectType};
use serde_json::Value;

use super::{Ended, Operator, ended};

const CODE: &str = "91350100M000100Y43";
pub(super) const PRIMARY: &str = "lock-1";
const SECONDARY: &str = "lock-2";

fn enterprise() -> Enterprise {
    Enterprise {
        id: EnterpriseId::from_text("enterprise"),
        credit_code: CODE.parse().unwrap(),
        name: "旧名称有限公司".to_owned(),
        region_code: RegionCode::parse("150100").unwrap(),
        legal_representative: "巴特尔".to_owned(),
        phone: Some("13847100001".to_owned()),
        contact_email: Some("office@example.cn".to_owned()),
        address: None,
        subject_types: vec![SubjectType::Bidder],
        state: EnterpriseState::Active,
        created_at: Timestamp::from_unix_seconds(1_790_000_000),
        rebinding_until: None,
        version: 0,
    }
}

fn lock(id: &str, role: LockRole, thumbprint: u8) -> KeyLock {
    KeyLock {
        id: KeyLockId::from_text(id),
        enterprise_id: EnterpriseId::from_text("enterprise"),
        role,
        state: KeyLockState::Active,
        certificate_der: vec![1],
        thumbprint: Thumbprint([thumbprint; 32]),
        ca_id: CaId::from_text("ca"),
        ca_name: "CA".to_owned(),
        holder_name: "旧名称有限公司".to_owned(),
        ca_platform: "chifeng".to_owned(),
        serial_number: "0A".to_owned(),
        key_number: format!("K-{thumbprint}"),
        media_number: None,
        not_before: Timestamp::from_unix_seconds(1_790_000_000),
        not_after: Timestamp::from_unix_seconds(1_890_000_000),
        bound_by: "乌兰".to_owned(),
        bound_at: Timestamp::from_unix_seconds(1_790_000_000),
        ended_at: None,
    }
}

/// An operator beside a database with one enterprise and two locks.
pub(super) fn with_enterprise() -> Operator {
    let operator = Operator::ready();
    bind_enterprise(&operator);
    operator
}

/// Binds the enterprise with its two locks.
pub(super) fn bind_enterprise(operator: &Operator) {
    let file = operator.folder.join("state/idp.db");
    let settings = DatabaseSettings::new(format!("sqlite://{}", file.display()));
    let database = Database::open(&settings).unwrap();
    let written = actix_web::rt::System::new().block_on(database.write(|store| {
        store.insert_enterprise(&enterprise())?;
        store.insert_key_lock(&lock(PRIMARY, LockRole::Primary, 1))?;
        store.insert_key_lock(&lock(SECONDARY, LockRole::Secondary, 2))?;
        Ok::<_, StoreError>(())
    }));
    written.unwrap();
}

impl Operator {
    /// `enterprise WORD CODE …` with a reason and a name.
    fn change(&self, word: &str, more: &[&str]) -> Ended {
        let mut words = vec!["enterprise", word, CODE];
        words.extend(more);
        words.extend(["--reason", "按材料办理", "--by", "审核员"]);
        self.run(&words)
    }

    pub(super) fn changed(&self, word: &str, more: &[&str]) {
        let done = self.change(word, more);
        assert_eq!(done.code, 0, "{word}: {}", done.err);
    }

    fn shown(&self) -> Value {
        self.run(&["enterprise", "show", CODE]).json()
    }
}

fn lock_state(shown: &Value, id: &str) -> (String, String) {
    let locks = shown["locks"].as_array().unwrap();
    let lock = locks.iter().find(|lock| lock["id"] == id).unwrap();
    let text = |name: &str| lock[name].as_str().unwrap().to_owned();
    (text("role"), text("state"))
}

#[test]
fn a_change_of_name_keeps_its_evidence_and_its_history() {
    let operator = with_enterprise();
    operator.write("paper.pdf", "%PDF-1.7 evidence");
    let name = ["--name", "新名称有限公司", "--evidence", "paper.pdf"];
    operator.changed("rename", &name);
    let shown = operator.shown();
    assert_eq!(shown["name"], "新名称有限公司");
    let rename = &shown["renames"][0];
    assert_eq!(rename["old_name"], "旧名称有限公司");
    assert_eq!(
        (rename["by"].as_str(), rename["evidence"].as_str()),
        (Some("审核员"), Some("paper.pdf"))
    );
    let sha256 = rename["evidence_sha256"].as_str().unwrap();
    let out = ["enterprise", "evidence", CODE, sha256, "--out", "back.pdf"];
    assert_eq!(operator.run(&out).code, 0);
    let back = std::fs::read(operator.folder.join("back.pdf")).unwrap();
    assert_eq!(back, b"%PDF-1.7 evidence");
    operator.run(&out).refused_with(&["--out"]);
    operator
        .change("rename", &name)
        .refused_with(&["that is its name"]);
}

#[test]
fn evidence_must_be_there_and_not_too_large() {
    let operator = with_enterprise();
    operator.write("empty.pdf", "");
    operator.write("large.pdf", &"x".repeat((8 << 20) + 1));
    let named = |file| ["--name", "新名称", "--evidence", file];
    for file in ["empty.pdf", "large.pdf"] {
        operator
            .change("rename", &named(file))
            .refused_with(&["8 MiB"]);
    }
    operator
        .change("rename", &named("none.pdf"))
        .refused_with(&["--evidence none.pdf"]);
    assert_eq!(operator.shown()["name"], "旧名称有限公司");
}

#[test]
fn a_lost_primary_lock_leads_to_re_binding_or_to_a_secondary_lock_in_its_place() {
    let operator = with_enterprise();
    operator
        .change("open-rebinding", &[])
        .refused_with(&["active primary lock (lock-1)"]);
    operator
        .change("promote-lock", &["--lock", SECONDARY])
        .refused_with(&["active primary lock (lock-1)"]);
    operator.changed("lock-lost", &["--lock", PRIMARY]);
    assert_eq!(lock_state(&operator.shown(), PRIMARY).1, "lost");
    operator
        .change("lock-lost", &["--lock", PRIMARY])
        .refused_with(&["the lock lock-1 is lost"]);
    operator.changed("open-rebinding", &["--days", "7"]);
    assert!(operator.shown()["rebinding_until"].is_string());
    operator.changed("close-rebinding", &[]);
    assert!(operator.shown()["rebinding_until"].is_null());
    operator.changed("open-rebinding", &[]);
    operator.changed("promote-lock", &["--lock", SECONDARY]);
    let shown = operator.shown();
    assert_eq!(lock_state(&shown, SECONDARY).0, "primary");
    assert!(
        shown["rebinding_until"].is_null(),
        "promoting closes re-binding"
    );
    operator.changed("remove-lock", &["--lock", SECONDARY]);
    assert_eq!(lock_state(&operator.shown(), SECONDARY).1, "removed");
    let past = ["--until", "2020-01-01T00:00:00Z"];
    operator
        .change("open-rebinding", &past)
        .refused_with(&["at most 90 days"]);
    assert_eq!(operator.change("open-rebinding", &["--days", "91"]).code, 2);
}

#[test]
fn freezing_and_correcting_say_when_there_is_nothing_to_do() {
    let operator = with_enterprise();
    operator.changed("freeze", &[]);
    assert_eq!(operator.shown()["state"], "suspended");
    operator
        .change("freeze", &[])
        .refused_with(&["frozen already"]);
    operator.changed("unfreeze", &[]);
    operator
        .change("unfreeze", &[])
        .refused_with(&["is not frozen"]);
    operator.changed(
        "correct",
        &["--legal-representative", "其其格", "--region", "150400"],
    );
    let shown = operator.shown();
    assert_eq!(
        (
            shown["legal_representative"].as_str(),
            shown["region_code"].as_str()
        ),
        (Some("其其格"), Some("150400"))
    );
    operator
        .change("correct", &["--region", "150400"])
        .refused_with(&["it is so already"]);
    let neither = operator.change("correct", &[]);
    assert_eq!(neither.code, 2);
    for option in ["--legal-representative", "--region"] {
        assert!(neither.err.contains(option), "{}", neither.err);
    }
}

#[test]
fn nothing_is_done_without_a_reason_and_a_name() {
    let operator = with_enterprise();
    assert_eq!(operator.run(&["enterprise", "freeze", CODE]).code, 2);
    let blank = ["enterprise", "freeze", CODE, "--reason", " ", "--by", "x"];
    operator
        .run(&blank)
        .refused_with(&["the reason must be given"]);
    // One rule for every command that changes something: a name, or the user of the machine; readable.
    let freeze = ["enterprise", "freeze", CODE, "--reason", "x"];
    let suspend = ["ca", "suspend", "none", "--reason", "x"];
    for words in [&freeze[..], &suspend] {
        let unseen = [words, &["--by", "\u{202e}x"]].concat();
        operator
            .run(&unseen)
            .refused_with(&["--by: the operator's name"]);
    }
    // Where the machine names no user, the account has a name all the same.
    let mut nameless = operator.command(&suspend);
    let done = ended(nameless.env_remove("USER").env_remove("LOGNAME"));
    assert!(!done.err.contains("--by"), "{}", done.err);
    operator
        .change("lock-lost", &["--lock", "none"])
        .refused_with(&["has no lock none"]);
    let unbound = [
        "enterprise",
        "freeze",
        "91110000101623741K",
        "--reason",
        "x",
        "--by",
        "x",
    ];
    operator.run(&unbound).refused_with(&["is not bound"]);
    assert_eq!(operator.shown()["state"], "active");
}
