//! One sample of each page, or of each face of a page, as a person would meet it.

use time::macros::{date, datetime};

use super::account::account;
use super::choosing::choosing;
use crate::view::{
    AboutPlatform, Assets, BackLink, BindOutcome, BindPage, BindValues, BoundPage, ChallengeForm,
    Choice, ChoiceGroup, ConfirmSignOutPage, Download, DriverPage, ErrorPage, FieldError, Frame,
    HelpPage, HomePage, Limits, Locale, LoginPage, Notice, PlatformSignOut, Problem,
    ReadCertificate, RedirectingPage, SignedIn, SignedOutPage, Support,
};

pub(super) const NAME: &str = "内蒙古蒙源建设工程有限公司";
pub(super) const CHIFENG: &str = "赤峰市交易中心";
pub(super) const INCIDENT: &str = "3F7K-92QD";

pub(super) const ASSETS: [(&str, &str); 3] = [
    ("portal.css", include_str!("../../../assets/portal.css")),
    ("portal.js", include_str!("../../../assets/portal.js")),
    ("emblem.svg", include_str!("../../../assets/emblem.svg")),
];

pub(super) fn frame(locale: Locale) -> Frame<'static> {
    Frame {
        locale,
        path_and_query: "/",
        signed_in: None,
        csrf_token: "sample-token",
        done: Some("freeze"),
        assets: Assets {
            css: "portal.css",
            js: "portal.js",
            icon: "emblem.svg",
        },
        support: Support {
            phone: Some("0471-0000000"),
            email: Some("support@ca.example"),
            hours: Some("09:00–17:30"),
        },
        demo: false,
    }
}

/// The frame of the page at `path`.
pub(super) fn at(locale: Locale, path: &'static str) -> Frame<'static> {
    Frame {
        path_and_query: path,
        ..frame(locale)
    }
}

/// The same, for a person who is signed in.
pub(super) fn signed_in(locale: Locale, path: &'static str) -> Frame<'static> {
    let who = SignedIn {
        enterprise_name: NAME,
    };
    Frame {
        signed_in: Some(who),
        demo: true,
        ..at(locale, path)
    }
}

pub(super) fn challenge(purpose: &'static str) -> ChallengeForm<'static> {
    ChallengeForm {
        nonce: "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
        purpose,
        statement: "登录内蒙古自治区公共资源交易 CA互认系统（一证通）。\n日期：2026年11月23日",
        origin: "http://127.0.0.1:8080",
        agent_ports: "17650 17651 17652",
        algorithms: "ES256 ES384 RS256 SM2SM3",
        refresh_path: Some("/challenge"),
    }
}

/// Every sample with the name of its file.
pub(super) fn pages(locale: Locale) -> Vec<(&'static str, String)> {
    let mut pages = entrance(locale);
    pages.extend(binding(locale));
    pages.extend(choosing(locale));
    pages.extend(account(locale));
    pages.extend(reading(locale));
    pages
}

fn entrance(locale: Locale) -> Vec<(&'static str, String)> {
    let notice = |day, title, text| Notice { day, title, text };
    let notices = vec![
        notice(
            date!(2026 - 11 - 20),
            "满洲里市公共资源交易中心已接入CA互认系统",
            Some("即日起可使用企业锁直接登录。"),
        ),
        notice(date!(2026 - 11 - 02), "互通驱动 2.1 发布，请及时升级", None),
    ];
    let home = |notices| {
        HomePage {
            frame: at(locale, "/"),
            notices,
        }
        .render()
        .unwrap()
    };
    let login = |platform_name: Option<&'static str>, problem| {
        let page = LoginPage {
            frame: at(locale, "/login?request=r1"),
            challenge: challenge("login"),
            request: platform_name.map(|_| "r1"),
            platform: None,
            platform_name,
            about: AboutPlatform::default(),
            expected: platform_name.map(|_| "91150302MA0DEM0017"),
            problem,
        };
        page.render().unwrap()
    };
    let revoked = Problem {
        incident: Some(INCIDENT),
        ..Problem::plain("certificate-revoked")
    };
    vec![
        ("home", home(notices)),
        ("home-empty", home(Vec::new())),
        ("login", login(Some(CHIFENG), None)),
        ("login-revoked", login(Some(CHIFENG), Some(revoked))),
        (
            "login-renamed",
            login(None, Some(Problem::plain("enterprise-renamed"))),
        ),
    ]
}

fn bind_page(locale: Locale) -> BindPage<'static> {
    let choice = |value, label| Choice { value, label };
    let hohhot = ["150102", "150103", "150104", "150105"];
    let names = ["新城区", "回民区", "玉泉区", "赛罕区"];
    let districts = hohhot
        .into_iter()
        .zip(names)
        .map(|(code, name)| choice(code, name));
    BindPage {
        frame: at(locale, "/bind"),
        challenge: challenge("bind"),
        values: BindValues::default(),
        certificate: None,
        regions: vec![
            ChoiceGroup {
                label: "呼和浩特市",
                choices: districts.collect(),
            },
            ChoiceGroup {
                label: "赤峰市",
                choices: vec![choice("150402", "红山区")],
            },
        ],
        ca_platforms: vec![
            choice("chifeng", CHIFENG),
            choice("hohhot", "呼和浩特市交易中心"),
        ],
        subject_types: vec![
            choice("bidder", "投标人"),
            choice("tenderer", "招标人（采购人）"),
            choice("agency", "招标代理机构"),
            choice("supplier", "政府采购供应商"),
        ],
        errors: Vec::new(),
        limits: Limits {
            person: 64,
            address: 200,
            phone: 32,
            email: 254,
        },
        problem: None,
    }
}

fn binding(locale: Locale) -> Vec<(&'static str, String)> {
    let error = |field, code, max| FieldError { field, code, max };
    let wrong = BindPage {
        values: BindValues {
            credit_code: "91150100M000100Y4A",
            region_code: "150402",
            phone: "12",
            subject_types: vec!["bidder"],
            ..BindValues::default()
        },
        certificate: Some(ReadCertificate {
            holder_name: NAME,
            key_number: "1A100000000000A547FC",
            media_number: "5303201712015217",
            certificate: "MIIB",
        }),
        errors: vec![
            error("credit_code", "bad-credit-code", None),
            error("legal_representative", "field-required", None),
            error("phone", "phone-malformed", None),
            error("contact_email", "email-malformed", None),
            error("address", "field-too-long", Some(200)),
            error("subject_types", "subject-type-required", None),
        ],
        ..bind_page(locale)
    };
    let taken = BindPage {
        problem: Some(Problem {
            incident: Some(INCIDENT),
            ..Problem::plain("credit-code-bound")
        }),
        ..bind_page(locale)
    };
    let bound = |outcome| {
        let page = BoundPage {
            frame: at(locale, "/bind"),
            outcome,
            enterprise_name: NAME,
            key_number: "1A100000000000A547FC",
            sign_in_href: "/login",
        };
        page.render().unwrap()
    };
    vec![
        ("bind", bind_page(locale).render().unwrap()),
        ("bind-wrong", wrong.render().unwrap()),
        ("bind-taken", taken.render().unwrap()),
        ("bound", bound(BindOutcome::Bound)),
        ("bound-already", bound(BindOutcome::AlreadyBound)),
    ]
}

fn reading(locale: Locale) -> Vec<(&'static str, String)> {
    let error = |status, code, back| {
        let problem = Problem {
            incident: Some(INCIDENT),
            ..Problem::plain(code)
        };
        let at = datetime!(2026-11-23 03:04:05 UTC);
        let page = ErrorPage {
            frame: frame(locale),
            status,
            problem,
            at,
            back,
            typed: &[("reason", "法定代表人变更，见2026年第14号通知")],
        };
        page.render().unwrap()
    };
    let back = BackLink {
        href: "/platforms",
        label_key: "back-to-platforms",
    };
    let download = |system, size| Download {
        system,
        version: "2.1.0",
        size,
        href: "/downloads/driver",
        sha256: Some("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    };
    let driver = |downloads| {
        let page = DriverPage {
            frame: at(locale, "/driver"),
            downloads,
            assistant_href: "http://127.0.0.1:17650/",
        };
        page.render().unwrap()
    };
    let signed_out = SignedOutPage {
        frame: frame(locale),
        again: "/signed-out?of=a",
        platforms: vec![
            (CHIFENG, PlatformSignOut::Confirmed),
            ("呼和浩特市交易中心", PlatformSignOut::Waiting),
            ("包头市交易中心", PlatformSignOut::Failed),
            ("通辽市交易中心", PlatformSignOut::Unsupported),
        ],
        onward: Some(("https://chifeng.example/", CHIFENG)),
    };
    let confirm = ConfirmSignOutPage {
        frame: at(locale, "/logout?request=a"),
        request: "\"><script>",
        platform: Some(CHIFENG),
    };
    let fields = [
        ("code", "c".to_owned()),
        ("state", "\"><script>".to_owned()),
    ];
    let redirecting = RedirectingPage {
        frame: frame(locale),
        action: "https://chifeng.example/callback",
        fields: &fields,
        platform_name: CHIFENG,
    };
    vec![
        ("error-not-found", error(404, "not-found", None)),
        (
            "error-redirect-uri",
            error(400, "redirect-uri-mismatch", Some(back)),
        ),
        ("error-unavailable", error(503, "unavailable", None)),
        (
            "help",
            HelpPage {
                frame: at(locale, "/help"),
            }
            .render()
            .unwrap(),
        ),
        (
            "driver",
            driver(vec![
                download("Windows 10 / 11", "6.4 MB"),
                download("统信 UOS / 麒麟", "7.1 MB"),
            ]),
        ),
        ("driver-none", driver(Vec::new())),
        ("signed-out", signed_out.render().unwrap()),
        ("confirm-sign-out", confirm.render().unwrap()),
        ("redirecting", redirecting.render().unwrap()),
    ]
}
