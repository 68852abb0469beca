//! Pages that everybody reads, error pages, languages, assets and health.

use e2e::story::Scene;
use e2e::{Browser, Provider};
use idp_core::ephemeral::Ephemeral as _;

const PUBLIC: [&str; 6] = ["/", "/login", "/bind", "/platforms", "/driver", "/help"];

#[tokio::test]
async fn every_public_page_is_there_in_both_languages() {
    let provider = Provider::shared();
    for (language, tag) in [("zh-CN", "zh-CN"), ("en", "en")] {
        let mut browser = Browser::new(provider).speaking(language);
        for path in PUBLIC {
            let page = browser.open(path).await;
            assert_eq!(page.status, 200, "{path}");
            assert_eq!(
                page.attribute("html", "lang").as_deref(),
                Some(tag),
                "{path}"
            );
            assert_eq!(page.header("content-language"), tag, "{path}");
            assert_eq!(page.texts("h1").len(), 1, "{path}");
            assert!(!page.text("title").unwrap().is_empty(), "{path}");
            assert!(page.attribute("#main", "id").is_some(), "{path}");
        }
    }
}

#[tokio::test]
async fn english_pages_hold_no_chinese_but_names() {
    let mut browser = Browser::new(Provider::shared()).speaking("en");
    for path in ["/login", "/driver"] {
        let page = browser.open(path).await;
        let main = page.text("#main").unwrap();
        assert!(
            !main.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
            "{path}: {main}"
        );
    }
}

#[tokio::test]
async fn the_switch_chooses_a_language_that_lasts() {
    let mut browser = Browser::new(Provider::shared());
    let page = browser.open("/help").await;
    let switch = page.attribute("#lang-en", "href").unwrap();
    let english = browser.open(&switch).await;
    assert_eq!(english.attribute("html", "lang").as_deref(), Some("en"));
    assert_eq!(
        browser.open("/").await.attribute("html", "lang").as_deref(),
        Some("en")
    );
}

#[tokio::test]
async fn the_help_page_answers_the_questions_of_the_guide() {
    let page = Browser::new(Provider::shared()).open("/help").await;
    for number in 1..=12 {
        assert!(
            page.has(&format!("#faq-{number}")),
            "FAQ {number} is missing"
        );
    }
}

#[tokio::test]
async fn what_is_nowhere_gets_a_page_with_an_incident() {
    let mut browser = Browser::new(Provider::shared());
    let page = browser.open("/nowhere/at/all").await;
    assert_eq!((page.status, page.problem().as_str()), (404, "not-found"));
    assert!(!page.incident().is_empty());
    assert!(page.has("#back"));
    for path in ["/account/sessions/end", "/challenge", "/bind/certificate"] {
        let page = browser.open(path).await;
        assert_eq!(page.status, 405, "{path}");
    }
    let english = browser.speaking("en").open("/nowhere").await;
    assert!(english.text("#error-message").unwrap().is_ascii());
}

#[tokio::test]
async fn assets_are_named_by_their_content_and_kept_for_ever() {
    let mut browser = Browser::new(Provider::shared());
    let page = browser.open("/").await;
    let css = page.attribute("link[rel=stylesheet]", "href").unwrap();
    let js = page.attribute("script[src]", "src").unwrap();
    for path in [css, js] {
        let asset = browser.open(&path).await;
        assert_eq!(asset.status, 200, "{path}");
        assert!(
            asset.header("cache-control").contains("immutable"),
            "{path}"
        );
        assert!(asset.body.len() > 1000);
    }
    assert_eq!(
        browser
            .open("/assets/portal.0000000000000000.css")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn health_says_that_it_lives_and_whether_it_can_serve() {
    let mut browser = Browser::new(Provider::shared());
    let alive = browser.open("/healthz").await;
    assert_eq!(
        (alive.status, alive.json()["status"].as_str()),
        (200, Some("ok"))
    );
    let ready = browser.open("/readyz").await;
    assert_eq!(ready.status, 200);
    assert_eq!(ready.json()["database"], "up");
    assert_eq!(ready.json()["ephemeral"], "up");
    assert_eq!(ready.json()["signing_keys"], "up");
    assert_eq!(ready.json()["certificate_authorities"], "up");
    assert_eq!(ready.json()["status"], "ready");
}

#[tokio::test]
async fn readiness_says_when_the_ephemeral_store_is_full_and_for_whom() {
    let provider = Provider::start(|config| config.ephemeral.capacity_mib = 1);
    let ephemeral = &provider.state.ephemeral;
    let fill = async |kind| {
        for i in 0.. {
            let lifetime = std::time::Duration::from_mins(1);
            let id = format!("{i}");
            let put = ephemeral.put(kind, &id, vec![0; 512], lifetime);
            if put.await.is_err() {
                break;
            }
        }
    };
    let mut browser = Browser::new(&provider);
    fill("challenge").await;
    let ready = browser.open("/readyz").await;
    assert_eq!(
        (ready.status, ready.json()["ephemeral"].as_str()),
        (200, Some("no new sign-ins"))
    );
    fill("session").await;
    let ready = browser.open("/readyz").await;
    assert_eq!(ready.status, 503);
    assert_eq!(ready.json()["ephemeral"], "full");
    assert_eq!(ready.json()["database"], "up");
    assert_eq!(ready.json()["status"], "not ready");
}

#[tokio::test]
async fn the_masthead_says_who_is_signed_in() {
    let mut scene = Scene::at(Provider::shared()).await;
    let page = scene.browser.open("/help").await;
    assert_eq!(
        page.text("#signed-in-enterprise"),
        Some(scene.lock.holder.clone())
    );
    let stranger = Browser::new(Provider::shared()).open("/help").await;
    assert!(!stranger.has("#signed-in-enterprise"));
}
