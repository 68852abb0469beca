//! The platform through its front door, with a small browser, against the adapter's fake provider.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may stop"
)]

mod browser;
mod ending;
#[path = "../../../../client-adapter/tests/adapter/fake_provider/mod.rs"]
mod fake_provider;
mod filing;

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use reqwest::Url;
use serde_json::{Value, json};

use self::browser::Browser;
use self::fake_provider::{CLIENT_ID, CLIENT_SECRET, FakeProvider, SUBJECT, Wrong};
use super::locale::Locale;
use super::{Connection, PlatformSettings, Running, messages, start, start_on};

/// A folder that goes away.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!(
            "platform-test-{}",
            client_adapter::Secret::random().reveal()
        );
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A platform and what a browser calls it.
fn open(id: &str, provider: &FakeProvider, folder: &Path) -> (Running, Url) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let origin: Url = format!("http://{address}").parse().unwrap();
    let settings = PlatformSettings {
        id: id.to_owned(),
        name_zh: "赤峰市公共资源交易平台".to_owned(),
        name_en: "Chifeng Trading Platform".to_owned(),
        listen: address,
        public_origin: origin.clone(),
        issuer: provider.issuer().to_owned(),
        client_id: CLIENT_ID.to_owned(),
        connection: Connection::Secret(CLIENT_SECRET.into()),
        state_dir: folder.to_owned(),
    };
    (start_on(listener, &settings).unwrap(), origin)
}

/// The anti-forgery token of a page.
fn csrf(page: &str) -> String {
    let (_, rest) = page.split_once(r#"name="csrf" value=""#).expect(page);
    rest.split('"').next().unwrap().to_owned()
}

const FILING: [(&str, &str); 3] = [
    ("contact_person", "乌云"),
    ("phone", "0476-1234567"),
    ("note", "<b>first</b>"),
];

async fn file(browser: &mut Browser, page: &str) -> String {
    let csrf = csrf(page);
    let form: Vec<_> = [("csrf", csrf.as_str())]
        .into_iter()
        .chain(FILING)
        .collect();
    browser.post("/filing", &form).await
}

#[actix_web::test]
async fn an_unknown_enterprise_signs_in_files_and_works_and_a_known_one_works_at_once() {
    let (provider, folder) = (FakeProvider::start(Wrong::default()), Folder::new());
    let (running, origin) = open("chifeng", &provider, &folder.0);
    let mut browser = Browser::at(&origin);
    let home = browser.get("/").await;
    assert!(home.contains(r#"id="login" class="button" href="/auth/login?ui_locales=zh-CN""#));
    assert_eq!(browser.me().await, json!({ "error": "not_signed_in" }));

    let page = browser.get("/auth/login").await;
    assert_eq!(browser.at.path(), "/confirm");
    for text in [
        "第三方平台信息确认",
        "内蒙古示范建设有限公司",
        "91150100MA0N000005",
        "巴特尔",
        "赤峰市 (150400)",
        "投标人、供应商",
        "示范CA",
        "0A1B",
        "1A100000000000A547FC",
        "5303201712015217",
        "2026-01-01 至 2028-01-01",
        "主锁",
        "0476-0000000",
        "赤峰市新城区",
        r#"id="confirm-login""#,
    ] {
        assert!(page.contains(text), "{text} in {page}");
    }
    assert_eq!(browser.me().await["stage"], "arrived");
    // Not signed in before 确认登录.
    browser.get("/workspace").await;
    assert_eq!(browser.at.path(), "/confirm");

    let before = browser.cookies["platform-chifeng-session"].clone();
    let form = browser.post("/confirm", &[("csrf", &csrf(&page))]).await;
    assert_ne!(browser.cookies["platform-chifeng-session"], before);
    assert!(form.contains(r#"<form id="filing-form""#), "{form}");
    let pending = file(&mut browser, &form).await;
    assert!(pending.contains(r#"id="filing-pending""#) && pending.contains("待审核"));
    assert_eq!(browser.me().await["filing"], "pending");
    browser.get("/workspace").await;
    assert_eq!(browser.at.path(), "/filing");
    let token = csrf(&pending);
    let workspace = browser.post("/filing/approve", &[("csrf", &token)]).await;
    assert!(workspace.contains(r#"<section id="workspace">"#));
    assert!(workspace.contains("您好，内蒙古示范建设有限公司"));

    let token = csrf(&workspace);
    browser.post("/logout", &[("csrf", &token)]).await;
    // By way of the provider, which is told whose session it was.
    let told = provider.seen("/oauth2/logout").pop().unwrap();
    assert_eq!(told.form["id_token_hint"].split('.').count(), 3);
    assert_eq!(browser.at.as_str(), origin.as_str());
    assert_eq!(browser.me().await, json!({ "error": "not_signed_in" }));

    // The filing survives a restart, and is for its owner's eyes.
    running.stop().await.unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let file = folder.0.join("platform-chifeng.json");
        let mode = std::fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let (_running, origin) = open("chifeng", &provider, &folder.0);
    let mut browser = Browser::at(&origin);
    let page = browser.get("/auth/login?target=/workspace%3Fpage=2").await;
    browser.post("/confirm", &[("csrf", &csrf(&page))]).await;
    assert_eq!(browser.at.as_str(), format!("{origin}workspace?page=2"));
    let me = browser.me().await;
    assert_eq!(me["arrival"]["sub"], SUBJECT);
    assert_eq!(
        me["arrival"]["enterprise"]["credit_code"],
        "91150100MA0N000005"
    );
    assert_eq!(me["filing"], "approved");
}

#[actix_web::test]
async fn the_portal_sends_people_through_the_initiate_address() {
    let (provider, folder) = (FakeProvider::start(Wrong::default()), Folder::new());
    let (_running, origin) = open("chifeng", &provider, &folder.0);
    let mut browser = Browser::at(&origin);
    let link = format!(
        "/auth/initiate?iss={}&target_link_uri={origin}workspace",
        provider.issuer()
    );
    browser.get(&link).await;
    assert_eq!((browser.at.path(), browser.status), ("/confirm", 200));
    let page = browser.get("/auth/initiate?iss=https://evil.example").await;
    assert_eq!(browser.status, 400);
    assert!(page.contains(r#"data-problem="not-trusted""#));
}

#[actix_web::test]
async fn failures_are_pages_that_say_what_to_do() {
    let folder = Folder::new();
    let rows: [(Wrong, &str); 3] = [
        (
            Wrong {
                callback: |answer| {
                    answer.retain(|(name, _)| name != "code");
                    answer.push(("error".to_owned(), "access_denied".to_owned()));
                },
                ..Wrong::default()
            },
            "declined",
        ),
        (
            Wrong {
                callback: |answer| answer.retain(|(name, _)| name != "iss"),
                ..Wrong::default()
            },
            "not-trusted",
        ),
        (
            Wrong {
                token: Some((
                    401,
                    "application/json",
                    r#"{"error":"invalid_client"}"#.to_owned(),
                )),
                ..Wrong::default()
            },
            "call-support",
        ),
    ];
    for (wrong, kind) in rows {
        let provider = FakeProvider::start(wrong);
        let (_running, origin) = open("chifeng", &provider, &folder.0);
        let mut browser = Browser::at(&origin);
        let page = browser.get("/auth/login").await;
        assert_eq!(browser.status, 400);
        assert!(
            page.contains(&format!(r#"data-problem="{kind}""#)),
            "{page}"
        );
        assert!(page.contains(r#"id="retry-login""#));
        assert_eq!(browser.me().await, json!({ "error": "not_signed_in" }));
        // A callback that was used already is a matter of starting again.
        let used = browser.at.to_string();
        let page = browser.get(&used).await;
        assert!(page.contains(r#"data-problem="start-again""#));
    }
}

#[actix_web::test]
async fn the_provider_being_away_is_said_so() {
    let (provider, folder) = (FakeProvider::start(Wrong::default()), Folder::new());
    let (_running, origin) = open("chifeng", &provider, &folder.0);
    provider.stop().await;
    let mut browser = Browser::at(&origin);
    let page = browser.get("/auth/login").await;
    assert_eq!(browser.status, 503);
    assert!(page.contains(r#"data-problem="start-again""#));
}

#[actix_web::test]
async fn forms_of_others_do_nothing() {
    let (provider, folder) = (FakeProvider::start(Wrong::default()), Folder::new());
    let (_running, origin) = open("chifeng", &provider, &folder.0);
    let mut browser = Browser::at(&origin);
    let page = browser.get("/auth/login").await;
    for path in ["/confirm", "/logout"] {
        let forged = browser.post(path, &[("csrf", "guess")]).await;
        assert_eq!(browser.status, 403, "{path}");
        assert!(forged.contains(r#"data-problem="forged""#));
    }
    let form = browser.post("/confirm", &[("csrf", &csrf(&page))]).await;
    let forged: Vec<_> = [("csrf", "guess")].into_iter().chain(FILING).collect();
    browser.post("/filing", &forged).await;
    assert_eq!(browser.status, 403);
    assert_eq!(browser.me().await["filing"], Value::Null);
    let token = csrf(&form);
    let empty = [
        ("csrf", token.as_str()),
        ("contact_person", " "),
        ("phone", "none"),
    ];
    let mistakes = browser.post("/filing", &empty).await;
    assert!(mistakes.contains("contact-person-mistake") && mistakes.contains("phone-mistake"));
    assert_eq!(browser.me().await["filing"], Value::Null);
}

#[actix_web::test]
async fn names_from_a_certificate_cannot_become_markup() {
    let provider = FakeProvider::start(Wrong {
        user_info: |told| told["name"] = "<script>alert(1)</script>\" x".into(),
        ..Wrong::default()
    });
    let folder = Folder::new();
    let (_running, origin) = open("chifeng", &provider, &folder.0);
    let page = Browser::at(&origin).get("/auth/login").await;
    assert!(!page.contains("<script"), "{page}");
}

#[actix_web::test]
async fn pages_speak_both_languages_and_carry_the_headers() {
    let (provider, folder) = (FakeProvider::start(Wrong::default()), Folder::new());
    let (_running, origin) = open("chifeng", &provider, &folder.0);
    let mut browser = Browser::at(&origin);
    let page = browser.get("/?lang=en").await;
    assert!(page.contains(r#"<html lang="en">"#) && page.contains("Chifeng Trading Platform"));
    let page = browser.get("/auth/login").await;
    assert!(page.contains("Confirm the information received") && page.contains("Primary lock"));
    let form = browser.post("/confirm", &[("csrf", &csrf(&page))]).await;
    let pending = file(&mut browser, &form).await;
    assert!(pending.contains("Demo: approve"));
    let workspace = browser
        .post("/filing/approve", &[("csrf", &csrf(&pending))])
        .await;
    assert!(workspace.contains("Welcome, 内蒙古示范建设有限公司"));
    let missing = browser.get("/nothing?lang=zh-CN").await;
    assert_eq!(browser.status, 404);
    assert!(missing.contains(r#"<html lang="zh-CN">"#) && missing.contains("页面不存在"));

    for path in ["/", "/nothing", "/auth/callback", "/assets/platform.css"] {
        let answer = browser
            .client
            .get(origin.join(path).unwrap())
            .send()
            .await
            .unwrap();
        let policy = answer.headers()["content-security-policy"]
            .to_str()
            .unwrap();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{path}"
        );
        assert_eq!(answer.headers()["x-frame-options"], "DENY");
    }
}

#[test]
fn both_languages_have_the_same_messages() {
    let keys = |locale| -> BTreeSet<&str> {
        messages::source(locale)
            .lines()
            .filter(|line| !line.starts_with(['#', ' ']))
            .filter_map(|line| Some(line.split_once(" = ")?.0))
            .collect()
    };
    assert_eq!(keys(Locale::ZhCn), keys(Locale::En));
    for locale in Locale::ALL {
        let text = messages::source(locale).to_owned();
        fluent_bundle::FluentResource::try_new(text).unwrap();
        assert!(keys(locale).len() > 80);
    }
}

#[actix_web::test]
async fn a_busy_port_and_a_foreign_file_are_said_so() {
    let (provider, folder) = (FakeProvider::start(Wrong::default()), Folder::new());
    let (running, origin) = open("chifeng", &provider, &folder.0);
    let settings = PlatformSettings {
        id: "huhehaote".to_owned(),
        name_zh: String::new(),
        name_en: String::new(),
        listen: running.address,
        public_origin: origin,
        issuer: provider.issuer().to_owned(),
        client_id: CLIENT_ID.to_owned(),
        connection: Connection::Secret(CLIENT_SECRET.into()),
        state_dir: folder.0.clone(),
    };
    let fault = start(&settings).unwrap_err().to_string();
    assert!(fault.contains("is not free"), "{fault}");
    let file = folder.0.join("platform-huhehaote.json");
    std::fs::write(&file, "not ours").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let fault = start_on(listener, &settings).unwrap_err().to_string();
    assert!(fault.contains("does not hold filings"), "{fault}");
    assert_eq!(std::fs::read_to_string(file).unwrap(), "not ours");
}
