//! The console's pages of enterprises: found by whatever is known of them, seen whole, and what support does to them.

use e2e::account::lock_of_same;
use e2e::lock::credit_code;
use e2e::operator::Worker;
use e2e::story::Scene;
use e2e::{Answer, Browser, Provider};
use idp_core::audit::AuditKind;
use idp_core::enterprise::Enterprise;
use idp_core::id::EnterpriseId;
use idp_core::key_lock::{KeyLockState, Thumbprint};
use idp_core::operator::Role;
use idp_core::session::SessionEnding;
use idp_core::store::StoreError;
use protocol::claims::LockRole;

fn page_of(scene: &Scene) -> String {
    format!("/console/enterprises/{}", scene.lock.credit_code())
}

/// The codes that a list shows.
fn codes(list: &Answer) -> Vec<String> {
    list.texts("#enterprises td.code")
}

/// The search for these words.
async fn search(worker: &mut Worker, words: &str) -> Answer {
    let words: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
    let path = format!("/console/enterprises?q={words}");
    worker.browser.open(&path).await
}

#[tokio::test]
async fn an_enterprise_is_found_by_whatever_is_known_of_it() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    let code = scene.lock.credit_code();
    let stored = provider.stored_lock(&scene.lock).await.unwrap();
    let mut support = Worker::on_duty(provider, &[Role::Support]).await;
    let part: String = scene.lock.holder.chars().skip(1).collect();
    let sha256 = hex::encode(scene.lock.certificate.thumbprint_sha256());
    let groups = Thumbprint(scene.lock.certificate.thumbprint_sha256()).to_groups();
    for (words, by) in [
        (code.as_str(), "按统一社会信用代码查找。"),
        (&code[..17].to_lowercase(), "按统一社会信用代码查找。"),
        (&part, "按名称查找，包括曾用名。"),
        (&stored.key_number, "按证书Key号或硬件介质号查找。"),
        (&sha256, "按证书指纹查找。"),
        (&groups, "按证书指纹查找。"),
    ] {
        let list = search(&mut support, words).await;
        assert_eq!(list.text("#understood").as_deref(), Some(by), "{words}");
        assert!(codes(&list).contains(&code), "{words}: {}", list.summary());
    }
    let nobody = search(&mut support, "没有这样的公司名称").await;
    assert!(nobody.has("#no-enterprises") && codes(&nobody).is_empty());
    let frozen = format!("/console/enterprises?q={code}&state=suspended");
    assert!(codes(&support.browser.open(&frozen).await).is_empty());
    let here = format!("/console/enterprises?q={code}&state=active&region=150400");
    assert_eq!(
        codes(&support.browser.open(&here).await),
        std::slice::from_ref(&code)
    );
    let elsewhere = format!("/console/enterprises?q={code}&region=150100");
    assert!(codes(&support.browser.open(&elsewhere).await).is_empty());
}

/// Writes enterprises of one name without going through their binding.
async fn write_many(provider: &Provider, like: &Enterprise, name: &str, count: usize) {
    let many: Vec<_> = (0..count)
        .map(|number| Enterprise {
            id: EnterpriseId::generate(&*provider.state.cx().rng),
            credit_code: credit_code().parse().unwrap(),
            name: format!("{name}{number}有限公司"),
            ..like.clone()
        })
        .collect();
    let written = provider.state.database.write(move |store| {
        for one in &many {
            assert!(store.insert_enterprise(one)?);
        }
        Ok::<_, StoreError>(())
    });
    written.await.unwrap();
}

#[tokio::test]
async fn a_long_list_is_walked_there_and_back() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    let like = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap();
    write_many(provider, &like, "翻页查验", 120).await;
    let mut support = Worker::on_duty(provider, &[Role::Support]).await;
    let first = search(&mut support, "翻页查验").await;
    assert!(!first.has("#page-back"));
    let (mut page, mut seen) = (first.clone(), codes(&first));
    let mut pages = 1;
    while let Some(on) = page.attribute("#page-on", "href") {
        page = support.browser.open(&on).await;
        seen.extend(codes(&page));
        pages += 1;
    }
    assert_eq!((pages, seen.len()), (3, 120));
    let known: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!(known.len(), 120, "an enterprise came twice");
    for _ in 0..2 {
        let back = page.attribute("#page-back", "href").unwrap();
        page = support.browser.open(&back).await;
    }
    assert_eq!(codes(&page), codes(&first));
}

#[tokio::test]
async fn an_enterprise_is_seen_whole_with_what_happened_in_words() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    scene.receive().await;
    let stored = provider.stored_lock(&scene.lock).await.unwrap();
    let mut auditor = Worker::on_duty(provider, &[Role::Auditor]).await;
    let page = auditor.browser.open(&page_of(&scene)).await;
    assert_eq!(page.text("h1"), Some(scene.lock.holder.clone()));
    assert_eq!(
        page.text("[data-fact=claim-credit_code]"),
        Some(scene.lock.credit_code())
    );
    let lock = page.text(&format!("[id='lock-{}']", stored.id)).unwrap();
    for known in [&stored.key_number, &stored.serial_number, &stored.ca_name] {
        assert!(lock.contains(known.as_str()), "{known} is not in {lock}");
    }
    assert!(page.text("#sign-ins").unwrap().contains("在线"));
    let platform = format!("[id='consent-{}']", scene.platform.id);
    assert!(page.text(&platform).unwrap().contains("有效"));
    let events = page.text("#events").unwrap();
    for word in ["企业绑定第一把锁", "登录成功", "确认授权", "平台兑换授权码"]
    {
        assert!(events.contains(word), "{word} is not in {events}");
    }
    // Names, not identifiers.
    assert!(events.contains(&stored.key_number) && !events.contains(stored.id.as_str()));

    let narrowed = format!("{}?kinds=locks", page_of(&scene));
    let narrowed = auditor.browser.open(&narrowed).await;
    let words = narrowed.texts("#events td:nth-child(2)");
    assert_eq!(words, ["企业绑定第一把锁"]);
    let none = format!("{}?kinds=fended", page_of(&scene));
    assert!(auditor.browser.open(&none).await.has("#no-events"));

    auditor.browser = auditor.browser.clone().speaking("en");
    let page = auditor.browser.open(&page_of(&scene)).await;
    assert!(page.text("#events").unwrap().contains("First key bound"));
}

#[tokio::test]
async fn support_freezes_and_unfreezes_from_the_page() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let mut support = Worker::on_duty(provider, &[Role::Support]).await;
    let at = page_of(&scene);
    let page = support.browser.open(&at).await;
    let form = page.attribute("#freeze", "href").unwrap();
    let asked = support.browser.open(&form).await;
    let review = support
        .send(&asked, "#act-form", &[("reason", "来函〔2026〕7号")])
        .await;
    assert_eq!(
        review.text("[data-fact=claim-name]"),
        Some(scene.lock.holder.clone())
    );
    assert!(
        review
            .text("[data-fact=act-effect]")
            .unwrap()
            .contains("不能登录")
    );
    assert_eq!(
        scene.browser.open("/certificate").await.status,
        200,
        "too early"
    );
    let done = support.sign(&review).await;
    support.is_told(&done, (&at, "freeze")).await;
    assert_eq!(scene.browser.open("/certificate").await.status, 303);
    let page = support.browser.open(&at).await;
    assert_eq!(page.text("#enterprise-state").as_deref(), Some("已冻结"));
    let newest = page.text("#events tr td:nth-child(3)").unwrap();
    assert!(
        newest.contains("来函〔2026〕7号") && newest.contains(&support.name),
        "{newest}"
    );
    let form = page.attribute("#unfreeze", "href").unwrap();
    support.act(&form, &[("reason", "核查完毕")]).await;
    let page = support.browser.open(&at).await;
    assert_eq!(page.text("#enterprise-state").as_deref(), Some("正常"));
    let kinds = support.kinds(provider).await;
    assert!(kinds.ends_with(&[AuditKind::EnterpriseFrozen, AuditKind::EnterpriseUnfrozen]));
}

#[tokio::test]
async fn a_lost_primary_lock_is_followed_by_another_one_or_by_binding_anew() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let second = lock_of_same(&scene.lock);
    scene.browser.activate(&second).await;
    let (first_id, second_id) = (
        provider.lock_id(&scene.lock).await,
        provider.lock_id(&second).await,
    );
    let mut support = Worker::on_duty(provider, &[Role::Support]).await;
    let at = page_of(&scene);
    let page = support.browser.open(&at).await;
    let promote = format!("[id='promote-lock-{second_id}']");
    assert!(!page.has(&promote) && !page.has("#open-rebinding"));
    let lost = page.attribute(&format!("[id='lock-lost-{first_id}']"), "href");
    support.act(&lost.unwrap(), &[("reason", "挂失证明")]).await;
    let stored = provider.stored_lock(&scene.lock).await.unwrap();
    assert_eq!(stored.state, KeyLockState::Lost);

    let page = support.browser.open(&at).await;
    assert!(!page.has(&format!("[id='lock-lost-{first_id}']")));
    let open = page.attribute("#open-rebinding", "href").unwrap();
    support
        .act(&open, &[("reason", "主锁遗失"), ("days", "7")])
        .await;
    let page = support.browser.open(&at).await;
    assert!(page.has("[data-fact=enterprise-rebinding]") && page.has("#close-rebinding"));
    let promote = page.attribute(&promote, "href").unwrap();
    support.act(&promote, &[("reason", "副锁转主锁")]).await;
    let stored = provider.stored_lock(&second).await.unwrap();
    assert_eq!(stored.role, LockRole::Primary);
    let page = support.browser.open(&at).await;
    assert!(!page.has("#close-rebinding") && !page.has("#open-rebinding"));
}

const PAPER: &[u8] = b"%PDF-1.7 a notice of approval";

/// Hands evidence in with a new name; the page that is signed.
async fn renaming(worker: &mut Worker, at: &str, new_name: &str) -> Answer {
    let form = worker.browser.open(&format!("{at}/do/rename")).await;
    let mut fields = form.fields("#act-form");
    e2e::browser::set(&mut fields, "new_name", new_name);
    e2e::browser::set(&mut fields, "reason", "核准通知书〔2026〕9号");
    let action = form.attribute("#act-form", "action").unwrap();
    let file = ("evidence", "核准 通知书.pdf", PAPER);
    worker.browser.upload(&action, &fields, Some(file)).await
}

#[tokio::test]
async fn an_enterprise_is_renamed_with_evidence_that_is_kept_and_given_out_as_a_file() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let at = page_of(&scene);
    let old = scene.lock.holder.clone();
    let new_name = format!("新{old}");
    let mut support = Worker::on_duty(provider, &[Role::Support]).await;
    let review = renaming(&mut support, &at, &new_name).await;
    assert_eq!(
        review.text("[data-fact=rename-new] ins"),
        Some(new_name.clone())
    );
    assert_eq!(review.text("[data-fact=rename-new] del"), Some(old.clone()));
    assert_eq!(
        review.text("[data-fact=evidence-name]").as_deref(),
        Some("核准 通知书.pdf")
    );
    assert_eq!(
        review.text("[data-fact=evidence-type]").as_deref(),
        Some("application/pdf")
    );
    let sha256 = review.text("[data-fact=evidence-sha256]").unwrap();
    assert!(review.text("#statement").unwrap().contains(&new_name));
    let done = support.sign(&review).await;
    support.is_told(&done, (&at, "rename")).await;
    let renamed = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap();
    assert_eq!(renamed.name, new_name);
    assert_eq!(scene.browser.open("/certificate").await.status, 303);
    let holder = renamed.id.clone();
    let kept = provider
        .state
        .database
        .read(move |store| store.list_enterprise_renames(&holder));
    assert_eq!(kept.await.unwrap()[0].evidence_sha256, sha256);

    let mut auditor = Worker::on_duty(provider, &[Role::Auditor]).await;
    let page = auditor.browser.open(&at).await;
    assert!(page.text("#renames").unwrap().contains(&old));
    let file = page.attribute("#evidence-1", "href").unwrap();
    let file = auditor.browser.open(&file).await;
    assert_eq!(file.body.as_bytes(), PAPER);
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert!(
        file.header("content-disposition")
            .starts_with("attachment; filename*=UTF-8''")
    );
    let part: String = old.chars().take(20).collect();
    assert!(codes(&search(&mut support, &part).await).contains(&scene.lock.credit_code()));
}

#[tokio::test]
async fn support_corrects_what_an_enterprise_can_t() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    let mut support = Worker::on_duty(provider, &[Role::Support]).await;
    let form = format!("{}/do/correct", page_of(&scene));
    let typed = [
        ("legal_representative", "乌仁"),
        ("region_code", "150100"),
        ("reason", "营业执照"),
    ];
    let page = support.browser.open(&form).await;
    let review = support.send(&page, "#act-form", &typed).await;
    let changed = "[data-fact=claim-legal_representative]";
    assert_eq!(
        review.text(&format!("{changed} del")).as_deref(),
        Some("其其格")
    );
    support.sign(&review).await;
    let now = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap();
    assert_eq!(now.legal_representative, "乌仁");
    assert_eq!(now.region_code.as_str(), "150100");
    let same = support.act(&form, &typed).await;
    assert_eq!(same.problem(), "change-nothing");
}

#[tokio::test]
async fn support_ends_one_sign_in_then_all_of_them_and_takes_a_consent_back() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let tokens = scene.receive().await;
    let mut other = Browser::new(provider);
    other.sign_in(&scene.lock).await;
    let at = page_of(&scene);
    let mut support = Worker::on_duty(provider, &[Role::Support]).await;
    let back = format!("{at}/do/take-consent-back?platform={}", scene.platform.id);
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);
    let done = support.act(&back, &[("reason", "企业来函")]).await;
    support.is_told(&done, (&at, "take-consent-back")).await;
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
    assert_eq!(support.browser.open(&back).await.status, 404);

    let page = support.browser.open(&at).await;
    // The newest first: the other browser's.
    let newest = page.attribute("#sign-ins a", "href").unwrap();
    let form = support.browser.open(&newest).await;
    assert!(form.has("[data-fact=sessions-begun]"), "{}", form.summary());
    support.act(&newest, &[("reason", "陌生地点")]).await;
    assert_eq!(other.open("/certificate").await.status, 303);
    assert_eq!(scene.browser.open("/certificate").await.status, 200);
    support
        .act(
            &format!("{at}/do/end-all-sign-ins"),
            &[("reason", "全部退出")],
        )
        .await;
    assert_eq!(scene.browser.open("/certificate").await.status, 303);
    let page = support.browser.open(&at).await;
    assert!(!page.has("#sign-ins a"));
    let enterprise = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap()
        .id;
    let ended = provider
        .state
        .database
        .read(move |store| store.list_sessions(&enterprise, 9));
    let how = |one: &idp_core::session::SessionRecord| one.ended.map(|(_, how)| how);
    assert!(
        ended
            .await
            .unwrap()
            .iter()
            .all(|one| how(one) == Some(SessionEnding::EndedByOperator))
    );
}

#[tokio::test]
async fn personal_data_is_told_as_a_file_and_erased_once_no_lock_is_in_force() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    let at = page_of(&scene);
    let mut support = Worker::on_duty(provider, &[Role::Support]).await;
    let form = support
        .browser
        .open(&format!("{at}/do/export-personal-data"))
        .await;
    let file = support
        .send(&form, "#act-form", &[("reason", "本人申请")])
        .await;
    assert!(file.header("content-disposition").starts_with("attachment"));
    assert_eq!(file.json()["enterprise"]["legal_representative"], "其其格");
    let page = support.browser.open(&at).await;
    assert!(page.text("#events").unwrap().contains("导出个人信息") && !page.has("#erase"));

    let lost = format!(
        "{at}/do/lock-lost?lock={}",
        provider.lock_id(&scene.lock).await
    );
    support.act(&lost, &[("reason", "注销")]).await;
    let page = support.browser.open(&at).await;
    let erase = page.attribute("#erase", "href").unwrap();
    let done = support.act(&erase, &[("reason", "本人申请")]).await;
    support.is_told(&done, (&at, "erase")).await;
    let now = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap();
    assert_eq!((now.legal_representative.as_str(), now.phone), ("", None));
    assert!(
        support
            .kinds(provider)
            .await
            .ends_with(&[AuditKind::PersonalDataErased])
    );
}
