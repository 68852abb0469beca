//! The assistant's pages: what they show, what their buttons do, and whom they refuse.

use std::fs;
use std::net::TcpListener;
use std::time::{Duration, SystemTime};

use serde_json::json;

use key_agent::assistant::check::{
    Circumstances, Finding, Repair, Service, Topic, Verdict, of_this_computer,
};
use key_agent::locks::{LockSource, LockSources};
use key_agent::service::{DEFAULT_PORTS, PagePorts};
use key_agent::texts::{Language, Texts};

use crate::http::{Agent, PAGE, sign_body};
use crate::locks::{Folder, PIN, SUBJECT};

/// Every page of the assistant.
const PAGES: [&str; 7] = [
    "/",
    "/check",
    "/certificates",
    "/seals",
    "/tidy",
    "/questions",
    "/update",
];

/// Every button.
const FORMS: [(&str, &str); 5] = [
    ("/check", ""),
    ("/check/repair", "repair=allow-portal"),
    ("/check/repair", "repair=clear-stale"),
    ("/tidy", "what=choices&what=downloads&what=confirmed"),
    ("/update", "do=look"),
];

#[test]
fn every_page_speaks_both_languages_and_names_all_seven_functions() {
    let locks = Folder::with(&["pair.pem"]);
    let agent = Agent::start(&locks);
    let words = |lang: &str| match lang {
        "zh-CN" => [
            "一键检测",
            "证书显示",
            "签章显示",
            "登录系统",
            "清理证书",
            "常见问题",
            "软件升级",
        ],
        _ => [
            "Check",
            "Certificates",
            "E-seals",
            "Sign in",
            "Tidy up",
            "Questions",
            "Update",
        ],
    };
    for page in PAGES {
        for lang in ["zh-CN", "en"] {
            let shown = agent.get(&format!("{page}?lang={lang}"));
            assert_eq!(shown.status, 200, "{page}");
            assert!(
                shown.body.contains(&format!("<html lang=\"{lang}\">")),
                "{page}"
            );
            for word in words(lang) {
                assert!(shown.body.contains(word), "{page} {lang}: {word}");
            }
        }
        assert_eq!(agent.get(&format!("{page}?lang=de")).status, 303, "{page}");
    }
    agent.stop();
}

#[test]
fn certificates_are_shown_with_all_their_facts_and_saved_as_they_are() {
    let locks = Folder::with(&["pair.pem"]);
    locks.write(
        "pair.pem.toml",
        "label = \"主锁\"\nmedia_number = \"5303201712015217\"\nkey_number = \"1A10\"\n",
    );
    let agent = Agent::start(&locks);
    let page = agent.get("/certificates").body;
    for part in [
        "主锁",
        "5303201712015217",
        "1A10",
        SUBJECT,
        "签名与加密双证书",
        "签名证书",
        "加密证书",
        "SM2",
        "ECDSA P-256",
        "digitalSignature, nonRepudiation",
        "keyEncipherment",
        "-----BEGIN CERTIFICATE-----",
    ] {
        assert!(page.contains(part), "{part}");
    }
    // Whole days: the thirtieth has begun, unless no second has passed since the certificate was made.
    assert!(page.contains("还有 29 天") || page.contains("还有 30 天"));
    let link = page.split("href=\"/certificates/").nth(1).unwrap();
    let link = format!("/certificates/{}", link.split('"').next().unwrap());
    let saved = agent.get(&link);
    assert_eq!(saved.header("Content-Type"), Some("application/x-pem-file"));
    assert!(
        saved
            .header("Content-Disposition")
            .unwrap()
            .starts_with("attachment; filename=\"")
    );
    let read = pki::certificate::Certificate::from_pem(&saved.body).unwrap();
    assert_eq!(read[0].subject().common_name(), Some(SUBJECT));
    // What is not in the lock is not served.
    for path in [
        "/certificates/x/y.pem",
        "/certificates/../../etc/passwd.pem",
        "/certificates/%2e%2e/x.pem",
    ] {
        assert_eq!(agent.get(path).status, 404, "{path}");
    }
    // A lock that goes is gone from the page.
    locks.remove("pair.pem");
    assert!(agent.get("/certificates").body.contains("请插入CA锁"));
    agent.stop();
}

#[test]
fn the_check_runs_in_the_background_and_tells_everything() {
    let locks = Folder::with(&["sm2.pem", "encryption.pem"]);
    locks.write("broken.p12", "0\u{1}\u{2}");
    // Nobody answers there.
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let agent = Agent::start_with(&locks, |settings| {
        settings.allow_origins = vec![format!("http://{closed}").parse().unwrap()];
        settings.portal_url = Some("https://portal.example/start".parse().unwrap());
    });
    assert_eq!(agent.press("/check", "/check", "").status, 303);
    let page = agent.wait_for("/check", "id=\"outcome\"");
    for text in [
        "check-service-outside",
        "check-allowed-portal-missing",
        "check-driver-files",
        "check-lock\"",
        "check-lock-unreadable",
        "check-pin\"",
        "check-certificate\"",
        "check-certificate-encryption",
        "check-validity-soon",
        "check-portal-unreachable",
    ] {
        assert!(
            page.contains(&format!("data-text=\"{}", text.trim_end_matches('"'))),
            "{text}: {page}"
        );
    }
    agent.stop();
}

#[test]
fn the_portal_of_the_settings_is_allowed_once_a_person_confirms_it() {
    let locks = Folder::with(&["sm2.pem"]);
    let state = tempfile::tempdir().unwrap();
    let folder = state.path().join("state");
    let begin = |agent: &Agent| {
        let mut wish = sign_body();
        wish["origin"] = json!("https://portal.example");
        agent.window().begin(&wish).status
    };
    let configure = |settings: &mut key_agent::service::Settings| {
        settings.allow_origins.clear();
        settings.portal_url = Some("https://portal.example/start".parse().unwrap());
        settings.state = Some(folder.clone());
    };
    let agent = Agent::start_with(&locks, configure);
    assert_eq!(begin(&agent), 403);
    // A form cannot name another website.
    let pressed = agent.press(
        "/check",
        "/check/repair",
        "repair=allow-portal&origin=https://evil.example",
    );
    assert_eq!(pressed.status, 303);
    assert_eq!(begin(&agent), 200);
    agent.stop();
    // It is remembered, and only for the portal of the settings: another line in the file allows nobody.
    let file = folder.join("memory.json");
    let kept = fs::read_to_string(&file).unwrap();
    assert!(kept.contains("https://portal.example"), "{kept}");
    fs::write(
        &file,
        kept.replace("https://portal.example", "https://evil.example"),
    )
    .unwrap();
    let agent = Agent::start_with(&locks, configure);
    assert_eq!(begin(&agent), 403);
    assert!(!agent.get("/").body.contains("evil.example"));
    agent.stop();
}

#[test]
fn the_certificate_chosen_last_is_remembered_until_it_is_tidied_away() {
    let locks = Folder::with(&["sm2.pem", "rsa.pem"]);
    let state = tempfile::tempdir().unwrap();
    let agent = Agent::start_with(&locks, |settings| {
        settings.state = Some(state.path().join("state"));
    });
    let window = agent.window();
    let shown = window.begin(&sign_body()).json();
    assert_eq!(shown["remembered"], json!(null));
    let chosen = window.certificate(1);
    let answer = window.call("/api/sign", &json!({ "certificate": chosen, "pin": PIN }));
    assert_eq!(answer.status, 200);
    let window = agent.window();
    assert_eq!(
        window.begin(&sign_body()).json()["remembered"],
        json!(chosen)
    );
    window.call("/api/end", &json!({}));

    let page = agent.get("/tidy").body;
    assert!(
        page.contains(PAGE) && page.contains("各网站上次选择的证书"),
        "{page}"
    );
    let gone = agent.press("/tidy", "/tidy", "what=choices");
    assert!(
        gone.body.contains("已清除 1 项") && gone.body.contains(PAGE),
        "{}",
        gone.body
    );
    assert_eq!(
        agent.window().begin(&sign_body()).json()["remembered"],
        json!(null)
    );
    // The locks are as they were.
    assert!(locks.path("sm2.pem").exists() && locks.path("rsa.pem").exists());
    agent.stop();
}

#[test]
fn the_sign_in_system_is_opened_straight_or_chosen() {
    let locks = Folder::with(&[]);
    let agent = Agent::start(&locks);
    let answer = agent.get("/portal");
    assert_eq!(
        (answer.status, answer.header("Location")),
        (303, Some("https://idp.example/"))
    );
    agent.stop();
    let agent = Agent::start_with(&locks, |settings| {
        settings.portal_url = Some("https://other.example/start".parse().unwrap());
    });
    let page = agent.get("/portal").body;
    assert!(
        page.contains("href=\"https://other.example/start\"")
            && page.contains("href=\"https://idp.example/\"")
    );
    agent.stop();
}

#[test]
fn no_button_is_pressed_by_another_page_without_a_token_or_twice() {
    let locks = Folder::with(&["sm2.pem"]);
    let agent = Agent::start_with(&locks, |settings| {
        settings.portal_url = Some("https://portal.example/".parse().unwrap());
    });
    let host = agent.host();
    let own = format!("http://{host}");
    let form = "application/x-www-form-urlencoded";
    for (path, fields) in FORMS {
        let headers = |origin: &'static str, site: &'static str, kind: &'static str| {
            [
                ("Host", host.clone()),
                ("Origin", origin.to_owned()),
                ("Sec-Fetch-Site", site.to_owned()),
                ("Content-Type", kind.to_owned()),
            ]
        };
        let send = |headers: &[(&str, String)], token: &str| {
            let headers: Vec<_> = headers
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            agent
                .send("POST", path, &headers, &format!("token={token}&{fields}"))
                .status
        };
        let page = if path == "/check/repair" {
            "/check"
        } else {
            path
        };
        // Pages without a form show no token; a token of another page is one as well.
        let token = || {
            agent.form_token(if page == "/update" || page == "/tidy" {
                "/check"
            } else {
                page
            })
        };
        for (origin, site, kind) in [
            ("https://evil.example", "cross-site", form),
            ("null", "cross-site", form),
            (PAGE, "cross-site", form),
        ] {
            assert_eq!(
                send(&headers(origin, site, kind), &token()),
                403,
                "{path} {origin}"
            );
        }
        let mut good = headers("", "same-origin", form);
        good[1].1.clone_from(&own);
        let mut lying = good.clone();
        lying[2].1 = "cross-site".to_owned();
        assert_eq!(send(&lying, &token()), 403, "{path}");
        let mut json = good.clone();
        json[3].1 = "text/plain".to_owned();
        assert_eq!(send(&json, &token()), 403, "{path}");
        for none in ["", "x", "&token=a"] {
            assert_eq!(send(&good, none), 403, "{path}");
        }
        // Without any Origin, as a command line sends it.
        let bare = [("Host", host.clone()), ("Content-Type", form.to_owned())];
        assert_eq!(send(&bare, &token()), 403, "{path}");
        let once = token();
        assert_ne!(send(&good, &once), 403, "{path}");
        assert_eq!(send(&good, &once), 403, "{path}");
    }
    agent.stop();
}

#[test]
fn no_page_is_framed_or_read_by_another_site() {
    let locks = Folder::with(&["sm2.pem"]);
    let agent = Agent::start(&locks);
    let host = agent.host();
    let link = agent.get("/certificates").body;
    let link = link.split("href=\"/certificates/").nth(1).unwrap();
    let link = format!("/certificates/{}", link.split('"').next().unwrap());
    let mut paths = PAGES.to_vec();
    paths.extend(["/portal", link.as_str(), "/seals/0/picture"]);
    for path in paths {
        let ask = |site: &str, dest: &str| {
            let headers = [
                ("Host", host.as_str()),
                ("Sec-Fetch-Site", site),
                ("Sec-Fetch-Dest", dest),
            ];
            agent.send("GET", path, &headers, "").status
        };
        for dest in ["iframe", "frame", "object", "embed"] {
            assert_eq!(ask("cross-site", dest), 403, "{path} {dest}");
            assert_eq!(ask("same-origin", dest), 403, "{path} {dest}");
        }
        for dest in ["image", "script", "empty", "style"] {
            assert_eq!(ask("cross-site", dest), 403, "{path} {dest}");
            assert_eq!(ask("same-site", dest), 403, "{path} {dest}");
        }
        assert_ne!(ask("cross-site", "document"), 403, "{path}");
        assert_ne!(ask("same-origin", "empty"), 403, "{path}");
        let foreign = agent.send("GET", path, &[("Host", "evil.example")], "");
        assert!([400, 421].contains(&foreign.status), "{path}");
        let answer = agent.get(path);
        let policy = answer.header("Content-Security-Policy").unwrap();
        assert!(
            policy.contains("frame-ancestors 'none'")
                && policy.contains("form-action 'self'")
                && !policy.contains("unsafe"),
            "{path}: {policy}"
        );
        assert_eq!(answer.header("X-Frame-Options"), Some("DENY"), "{path}");
    }
    agent.stop();
}

#[test]
fn a_hostile_label_or_subject_is_text() {
    let locks = Folder::with(&["sm2.pem"]);
    locks.write(
        "sm2.pem.toml",
        "label = \"\\\"><script>alert(1)</script>\"\n",
    );
    locks.hostile("hostile.pem", "<img src=x onerror=alert(2)>");
    let agent = Agent::start(&locks);
    agent.press("/check", "/check", "");
    agent.wait_for("/check", "id=\"outcome\"");
    for page in ["/", "/certificates", "/check"] {
        let shown = agent.get(page).body;
        assert!(
            shown.contains("alert(1)") && shown.contains("alert(2)"),
            "{page}: {shown}"
        );
        assert!(
            !shown.contains("<script>alert") && !shown.contains("<img src=x"),
            "{page}"
        );
    }
    agent.stop();
}

#[test]
fn the_questions_are_worded_as_on_the_provider_s_help_page() {
    /// From the first question to the last answer.
    fn questions(text: &str) -> Vec<&str> {
        let begun = text
            .lines()
            .skip_while(|line| !line.starts_with("faq-1-question"));
        let is_own = |line: &&str| line.starts_with("faq-") || line.starts_with("    ");
        begun.take_while(is_own).collect()
    }
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    for language in ["zh-CN", "en"] {
        let read = |path: String| std::fs::read_to_string(format!("{root}/{path}")).unwrap();
        let own = read(format!("key-agent/locales/questions.{language}.ftl"));
        let provider = read(format!("idp/locales/{language}.ftl"));
        assert!(questions(&own).len() >= 24);
        assert_eq!(questions(&own), questions(&provider), "{language}");
    }
}

#[test]
fn an_unknown_path_has_a_page_that_leads_back() {
    let locks = Folder::with(&[]);
    let agent = Agent::start(&locks);
    for (path, lang, words) in [
        ("/nowhere", "zh-CN", "没有这个页面"),
        ("/nowhere/else?lang=en", "en", "There is no such page"),
        ("/check/nothing?x=1", "zh-CN", "没有这个页面"),
    ] {
        let answer = agent.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(
            answer.body.contains(&format!("<html lang=\"{lang}\">")),
            "{path}"
        );
        assert!(answer.body.contains(words), "{path}: {}", answer.body);
        assert!(
            !answer.body.contains("nowhere"),
            "what was asked for is not echoed"
        );
    }
    // Neither other pages nor programs get one.
    let host = agent.host();
    let framed = [("Host", host.as_str()), ("Sec-Fetch-Dest", "iframe")];
    for (method, headers) in [("GET", &framed[..]), ("POST", &framed[..1])] {
        let answer = agent.send(method, "/nowhere", headers, "");
        assert_eq!((answer.status, answer.body.as_str()), (404, ""));
    }
    agent.stop();
}

/// What the check finds of these locks so many days from now.
fn found_after(locks: &Folder, days: u64) -> Vec<Finding> {
    let circumstances = Circumstances {
        locks: Some(LockSources::from(LockSource::Folder(
            locks.folder().to_owned(),
        ))),
        allowed: None,
        portal: None,
        memory: None,
        service: Service::Here(1, PagePorts::Told),
    };
    let now = SystemTime::now() + Duration::from_hours(24 * days);
    of_this_computer(&circumstances, now)
}

#[test]
fn a_signing_certificate_that_has_ended_cannot_be_used_and_the_repair_is_renewal() {
    let locks = Folder::with(&["pair.pem"]);
    let of = |days, topic| {
        let found = found_after(&locks, days).into_iter();
        found
            .filter(|finding| finding.topic == topic)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(0, Topic::Certificate)[0].verdict, Verdict::Pass);
    let [ended] = &of(400, Topic::Certificate)[..] else {
        panic!("one lock, one line");
    };
    assert_eq!(
        (ended.verdict, ended.text, ended.repair),
        (
            Verdict::Fail,
            "check-certificate-expired",
            Some(Repair::Words("repair-renew"))
        )
    );
    // Of the pair, each line says which one it means.
    let texts = Texts::load().unwrap();
    for (language, words) in [
        (Language::ZhCn, ["签名证书", "加密证书"]),
        (
            Language::En,
            ["signing certificate", "encryption certificate"],
        ),
    ] {
        for days in [0, 400] {
            let lines = of(days, Topic::Validity).into_iter();
            let lines: Vec<_> = lines
                .map(|one| texts.say_telling(language, one.text, &one.facts))
                .collect();
            assert_eq!(lines.len(), 2);
            for word in words {
                let named = lines.iter().filter(|line| line.contains(word));
                assert_eq!(named.count(), 1, "{word}: {lines:?}");
            }
        }
    }
}

#[test]
fn a_port_outside_the_usual_ones_is_right_where_pages_are_told_of_it() {
    let of = |pages| {
        let service = Service::Here(1, pages);
        let circumstances = Circumstances {
            locks: None,
            allowed: None,
            portal: None,
            memory: None,
            service,
        };
        of_this_computer(&circumstances, SystemTime::now())
    };
    let told = of(PagePorts::Told);
    assert!(told.iter().all(|finding| finding.verdict == Verdict::Pass));
    assert_eq!(told[0].text, "check-service-answers");
    let outside = of(PagePorts::Range(DEFAULT_PORTS));
    assert_eq!(outside[0].text, "check-service-outside");
}
