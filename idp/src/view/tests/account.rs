//! Samples of the account pages.

use super::samples::{CHIFENG, INCIDENT, NAME, challenge, signed_in};
use crate::view::{
    Choice, ConsentRow, ConsentsPage, Done, EnterpriseFacts, FieldError, HistoryPage,
    InformationPage, InformationValues, Limits, Locale, LockRole, LockRow, LockState, LocksPage,
    Problem, PromoteLockPage, ReadCertificate, RemoveLockPage, RevokeConsentPage, SessionRow,
    SessionStage, SessionsPage,
};

const KEY: &str = "1A100000000000A547FC";

fn lock(id: &'static str, role: LockRole, state: LockState) -> LockRow<'static> {
    LockRow {
        id,
        holder_name: NAME,
        key_number: KEY,
        media_number: (role == LockRole::Primary).then_some("5303201712015217"),
        not_after: "2027年1月1日".to_owned(),
        state,
        role,
        days_left: (state == LockState::Active).then(|| "37".to_owned()),
        ended: (state == LockState::Removed).then(|| "2026年11月24日 09:30".to_owned()),
        is_this: role == LockRole::Primary,
    }
}

fn problem(code: &'static str) -> Problem<'static> {
    Problem {
        incident: Some(INCIDENT),
        ..Problem::plain(code)
    }
}

fn locks(locale: Locale) -> LocksPage<'static> {
    LocksPage {
        frame: signed_in(locale, "/account/locks"),
        locks: vec![
            lock("1", LockRole::Primary, LockState::Active),
            lock("2", LockRole::Secondary, LockState::Expired),
            lock("3", LockRole::Secondary, LockState::Removed),
            lock("4", LockRole::Secondary, LockState::Lost),
            lock("5", LockRole::Secondary, LockState::Revoked),
        ],
        challenge: Some(challenge("activate-lock")),
        certificate: None,
        done: None,
        problem: None,
    }
}

fn information(locale: Locale) -> InformationPage<'static> {
    let choice = |value, label| Choice { value, label };
    InformationPage {
        frame: signed_in(locale, "/account"),
        facts: Some(EnterpriseFacts {
            name: NAME,
            credit_code: "91150100MA0N00001X",
            legal_representative: "巴特尔",
            region: "内蒙古自治区·赤峰市·红山区",
        }),
        values: InformationValues {
            enterprise: "e",
            version: "3",
            phone: "0476-8881234",
            contact_email: "office@example.cn",
            address: "",
            subject_types: vec!["bidder"],
        },
        subject_types: vec![choice("bidder", "投标人"), choice("supplier", "供应商")],
        errors: Vec::new(),
        limits: Limits {
            person: 64,
            address: 200,
            phone: 32,
            email: 254,
        },
        days_left: Some("37".to_owned()),
        saved: true,
        problem: None,
    }
}

fn consent() -> ConsentRow<'static> {
    ConsentRow {
        consent_id: "0199f3c5-7c1e-7000-8000-000000000001",
        platform_id: "chifeng",
        platform: CHIFENG,
        since: "2026年11月23日 10:00:00".to_owned(),
        last_used: None,
        scopes: vec![
            ("openid", &["sub"]),
            ("certificate", &["key_number", "x5t#S256"]),
        ],
    }
}

fn session(id: &'static str, stage: SessionStage) -> SessionRow<'static> {
    let ended = !matches!(stage, SessionStage::Live | SessionStage::Over);
    SessionRow {
        id,
        key_number: KEY,
        role: Some(LockRole::Primary),
        begun: "2026年11月23日 10:00:00".to_owned(),
        seen: "2026年11月23日 10:30:00".to_owned(),
        address: "203.0.113.7",
        agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0",
        stage,
        ended: ended.then(|| "2026年11月23日 11:00:00".to_owned()),
        is_this: id == "1",
        can_end: true,
    }
}

pub(super) fn account(locale: Locale) -> Vec<(&'static str, String)> {
    let wrong = InformationPage {
        facts: None,
        saved: false,
        errors: vec![FieldError {
            field: "phone",
            code: "phone-malformed",
            max: None,
        }],
        problem: Some(problem("information-stale")),
        ..information(locale)
    };
    let refused = LocksPage {
        certificate: Some(ReadCertificate {
            holder_name: NAME,
            key_number: KEY,
            media_number: "5303201712015306",
            certificate: "MIIB",
        }),
        problem: Some(problem("lock-name-differs")),
        ..locks(locale)
    };
    let secondary = LocksPage {
        challenge: None,
        done: Some((Done::Promoted, KEY)),
        ..locks(locale)
    };
    let remove = RemoveLockPage {
        frame: signed_in(locale, "/account/locks/remove?lock=2"),
        lock: lock("2", LockRole::Secondary, LockState::Active),
    };
    let promote = PromoteLockPage {
        frame: signed_in(locale, "/account/locks/promote?lock=2"),
        lock: lock("2", LockRole::Secondary, LockState::Active),
        challenge: challenge("approve"),
        problem: Some(problem("not-the-primary-signature")),
    };
    let consents = |consents, revoked| ConsentsPage {
        frame: signed_in(locale, "/account/consents"),
        consents,
        revoked,
    };
    let revoke = RevokeConsentPage {
        frame: signed_in(locale, "/account/consents/revoke?platform=chifeng"),
        consent: consent(),
    };
    let stages = [
        ("1", SessionStage::Live),
        ("2", SessionStage::Over),
        ("3", SessionStage::SignedOut),
        ("4", SessionStage::Replaced),
        ("5", SessionStage::EndedByEnterprise),
        ("6", SessionStage::LockEnded),
        ("7", SessionStage::EndedByOperator),
    ];
    let history = HistoryPage {
        frame: signed_in(locale, "/account/history"),
        sessions: stages.map(|(id, stage)| session(id, stage)).to_vec(),
        most: "100",
        days: "365",
    };
    let sessions = SessionsPage {
        frame: signed_in(locale, "/account/sessions"),
        sessions: ["1", "2"]
            .map(|id| session(id, SessionStage::Live))
            .to_vec(),
        ended: true,
        most: Some("100".to_owned()),
    };
    vec![
        ("account", information(locale).render().unwrap()),
        ("account-wrong", wrong.render().unwrap()),
        ("account-locks", locks(locale).render().unwrap()),
        ("account-locks-refused", refused.render().unwrap()),
        ("account-locks-secondary", secondary.render().unwrap()),
        ("account-remove", remove.render().unwrap()),
        ("account-promote", promote.render().unwrap()),
        (
            "account-consents",
            consents(vec![consent()], Some(CHIFENG)).render().unwrap(),
        ),
        (
            "account-consents-none",
            consents(Vec::new(), None).render().unwrap(),
        ),
        ("account-revoke", revoke.render().unwrap()),
        ("account-history", history.render().unwrap()),
        ("account-sessions", sessions.render().unwrap()),
    ]
}
