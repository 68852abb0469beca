//! Samples of the pages a signed-in person meets: certificate, platforms, consent.

use std::sync::LazyLock;

use time::macros::datetime;

use super::samples::{CHIFENG, NAME, at, challenge, signed_in};
use crate::view::{
    AboutPlatform, CertificateFacts, CertificatePage, ConsentGroup, ConsentItem, ConsentPage,
    Frame, Locale, LockRole, PlatformCard, PlatformState, PlatformsPage, Problem, Renewed, Zone,
    ZoneGroup,
};

/// The certificate page of a holder.
pub(super) fn certificate_of(frame: Frame<'_>, holder_name: &str) -> String {
    let page = CertificatePage {
        frame,
        certificate: CertificateFacts {
            holder_name,
            credit_code: "91150100MA0N00001X",
            subject: "CN=内蒙古蒙源建设工程有限公司,OU=91150100MA0N00001X,O=内蒙古蒙源建设工程有限公司,L=呼和浩特市,ST=内蒙古自治区,C=CN",
            issuer: "CN=NMG Sample CA SM2,O=内蒙古样例数字证书认证有限公司,C=CN",
            authority: "内蒙古样例数字证书认证有限公司",
            serial_number: "4A:10:00:00:00:00:0A:54:7F:C0:11:22",
            key_number: "1A100000000000A547FC",
            media_number: Some("5303201712015217"),
            not_before: datetime!(2024-12-31 16:00 UTC),
            not_after: datetime!(2026-12-30 15:59 UTC),
            lock_role: LockRole::Primary,
        },
        days_left: Some("37".to_owned()),
        renewed: Some(Renewed::Later),
        enter_href: "/platforms",
        platform_name: None,
    };
    page.render().unwrap()
}

/// Maintenance and trouble of one platform.
fn troubled() -> &'static [String] {
    static SAID: LazyLock<[String; 2]> = LazyLock::new(|| {
        [
            "维护中，预计2026年11月28日 06:00:00结束：数据库升级".to_owned(),
            "自2026年11月27日 10:00:00起可能无法访问。".to_owned(),
        ]
    });
    SAID.as_slice()
}

fn zones() -> Vec<ZoneGroup<'static>> {
    let card = |id, name, state| PlatformCard {
        id,
        name,
        state,
        support: Some("0470-0000000"),
        choose_href: (state == PlatformState::Available).then_some("/platforms/choose"),
        own_site: None,
        notices: &[],
    };
    let open = PlatformState::Available;
    vec![
        ZoneGroup {
            zone: Zone::Region,
            platforms: vec![PlatformCard {
                notices: troubled(),
                ..card("150000", "自治区工程交易中心", open)
            }],
        },
        ZoneGroup {
            zone: Zone::West,
            platforms: vec![
                card("150100", "呼和浩特市交易中心", open),
                card("150200", "包头市交易中心", open),
                card("150300", "乌海市交易中心", PlatformState::NotConnected),
                card("150600", "鄂尔多斯市交易中心", PlatformState::Suspended),
                card("152900", "阿拉善盟交易中心", open),
            ],
        },
        ZoneGroup {
            zone: Zone::East,
            platforms: vec![
                card("150400", CHIFENG, open),
                card("150781", "满洲里市公共资源交易中心", open),
            ],
        },
    ]
}

fn consent(locale: Locale) -> ConsentPage<'static> {
    let item = |claim, value: &'static str| ConsentItem {
        claim,
        value: value.into(),
    };
    let group = |scope, items| ConsentGroup { scope, items };
    ConsentPage {
        frame: signed_in(locale, "/consent?consent=c1"),
        consent: "c1",
        platform_name: CHIFENG,
        platform_host: "chifeng.example",
        about: AboutPlatform {
            logo: Some("https://chifeng.example/logo.png"),
            site: Some("https://chifeng.example/about"),
            policy: Some("https://chifeng.example/policy?a=1&b=2"),
            terms: Some("https://chifeng.example/terms"),
        },
        notices: troubled(),
        enterprise_name: NAME,
        groups: vec![
            group("openid", vec![item("sub", "ent_7Q2K9M4D8V")]),
            group(
                "enterprise",
                vec![
                    item("name", NAME),
                    item("credit_code", "91150100MA0N00001X"),
                    item("legal_representative", "巴特尔"),
                    item("region_code", "内蒙古自治区·呼和浩特市·新城区"),
                    item("subject_types", "投标人、政府采购供应商"),
                ],
            ),
            group(
                "certificate",
                vec![
                    item("key_number", "1A100000000000A547FC"),
                    item("media_number", ""),
                    item(
                        "x5t#S256",
                        "6f07 0ad1 eb1c dc00 82dc 3076 639f e511 2b17 13ca 3d96 d734 e4ef 3d8d d37e 760d",
                    ),
                    item("lock_role", "主锁"),
                ],
            ),
            group(
                "contact",
                vec![
                    item("phone_number", "13800000000"),
                    item("address", "呼和浩特市新城区样例路1号"),
                ],
            ),
        ],
        statement: "授权书（第2版）\n授权方：内蒙古蒙源建设工程有限公司\n接收方：赤峰市交易中心",
        challenge: None,
        problem: None,
        text_version: "2026-11",
        remembered_days: None,
    }
}

/// The samples with the names of their files.
pub(super) fn choosing(locale: Locale) -> Vec<(&'static str, String)> {
    let platforms = |frame, query, zones| {
        PlatformsPage {
            frame,
            query,
            refused: query.is_empty().then_some(CHIFENG),
            days_left: query.is_empty().then(|| "37".to_owned()),
            zones,
        }
        .render()
        .unwrap()
    };
    let signed = ConsentPage {
        challenge: Some(challenge("consent")),
        problem: Some(Problem::plain("not-the-lock-signed-in")),
        ..consent(locale)
    };
    let remembered = ConsentPage {
        remembered_days: Some(30),
        ..consent(locale)
    };
    vec![
        (
            "certificate",
            certificate_of(signed_in(locale, "/certificate"), NAME),
        ),
        (
            "platforms",
            platforms(signed_in(locale, "/platforms"), "", zones()),
        ),
        (
            "platforms-public",
            platforms(at(locale, "/platforms"), "", zones()),
        ),
        (
            "platforms-none",
            platforms(at(locale, "/platforms?q=x"), "北京", Vec::new()),
        ),
        ("consent", consent(locale).render().unwrap()),
        ("consent-remembered", remembered.render().unwrap()),
        ("consent-signed", signed.render().unwrap()),
    ]
}
