//! Whole stories, for tests that begin where one ends.

use serde_json::Value;

use super::answer::Answer;
use super::authority::world;
use super::browser::{Browser, Fields};
use super::lock::{KeyKind, Lock, Order};
use super::platform::{Asking, Platform, PlatformOrder};
use super::proof::Challenge;
use super::provider::Provider;

/// A new P-256 lock of a new enterprise: the quickest to make.
pub fn new_lock() -> Lock {
    world().p256.lock(&Order::enterprise(KeyKind::P256))
}

/// What a person types at binding, for this credit code.
pub fn binding_form(credit_code: &str) -> Fields {
    let typed = [
        ("credit_code", credit_code),
        ("region_code", "150402"),
        ("ca_platform", "chifeng"),
        ("legal_representative", "其其格"),
        ("phone", "0476-8881234"),
        ("address", "赤峰市红山区钢铁街1号"),
        ("subject_types", "bidder"),
        ("subject_types", "supplier"),
        ("binder_name", "巴特尔"),
    ];
    typed.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec()
}

impl Browser {
    /// Binds a lock with a form; the page that comes back.
    pub async fn bind_with(&mut self, lock: &Lock, typed: &[(String, String)]) -> Answer {
        let page = self.open("/bind").await;
        let proof = Challenge::of(&page).proof(lock);
        self.answer_challenge(&page, &proof, typed).await
    }

    /// Binds a lock.
    pub async fn bind(&mut self, lock: &Lock) {
        let answer = self
            .bind_with(lock, &binding_form(&lock.credit_code()))
            .await;
        assert!(answer.has("#bound"), "not bound: {}", answer.summary());
    }

    /// Signs in at the portal; the answer to the form.
    pub async fn try_sign_in(&mut self, lock: &Lock) -> Answer {
        let page = self.open("/login").await;
        self.sign(&page, lock).await
    }

    /// Signs in at the portal.
    pub async fn sign_in(&mut self, lock: &Lock) {
        let answer = self.try_sign_in(lock).await;
        assert_eq!(
            answer.location(),
            Some("/certificate"),
            "{}",
            answer.summary()
        );
    }

    /// Signs in once more, as a platform may ask for (`prompt=login`); whoever is signed in meets no sign-in
    /// page otherwise.
    pub async fn sign_in_again(&mut self, platform: &Platform, lock: &Lock) {
        let asking = platform.ask().with("prompt", "login");
        let page = self.go(&asking.path()).await;
        let answer = self.sign(&page, lock).await;
        assert_eq!(answer.status, 303, "{}", answer.summary());
    }

    /// From a platform's request to the redirect that answers it: signs and consents where asked.
    pub async fn arrive(&mut self, lock: &Lock, asking: &Asking) -> Answer {
        let page = self.go(&asking.path()).await;
        self.go_on_from(page, lock).await
    }

    /// From the first page that a request meets to the answer: signs and consents where asked.
    pub async fn go_on_from(&mut self, mut page: Answer, lock: &Lock) -> Answer {
        if page.has("#challenge-form") && !page.has("#consent-form") {
            let answer = self.sign(&page, lock).await;
            let certificate = self.follow(answer).await;
            let enter = certificate.attribute("#enter-authorization", "href");
            let enter = enter.unwrap_or_else(|| panic!("no way in: {}", certificate.summary()));
            page = self.go(&enter).await;
        }
        if page.has("#consent-form") && page.has("#challenge-form") {
            page = self.sign(&page, lock).await;
        } else if page.has("#consent-form") {
            page = self.decide(&page, "grant").await;
        }
        page
    }
}

/// Tokens a platform received, and who received them.
pub struct Tokens {
    /// The token response.
    pub response: Value,
    /// The request behind it.
    pub asking: Asking,
    /// The code behind it.
    pub code: String,
}

impl Tokens {
    /// `access_token`
    pub fn access(&self) -> &str {
        self.response["access_token"].as_str().unwrap()
    }

    /// `id_token`
    pub fn id(&self) -> &str {
        self.response["id_token"].as_str().unwrap()
    }
}

impl Platform {
    /// Lets a person arrive with a code.
    pub async fn code(&self, browser: &mut Browser, lock: &Lock) -> (String, Asking) {
        let asking = self.ask();
        let answer = browser.arrive(lock, &asking).await;
        let code = answer.parameter("code");
        (
            code.unwrap_or_else(|| panic!("no code: {}", answer.summary())),
            asking,
        )
    }

    /// Lets a person arrive and redeems the code.
    pub async fn receive(&self, browser: &mut Browser, lock: &Lock) -> Tokens {
        let (code, asking) = self.code(browser, lock).await;
        let answer = self.redeem(&code, &asking).send().await;
        assert_eq!(answer.status, 200, "{}", answer.summary());
        Tokens {
            response: answer.json(),
            asking,
            code,
        }
    }
}

/// A bound and signed-in lock in a browser of its own, and a platform.
pub struct Scene {
    /// The browser, signed in.
    pub browser: Browser,
    /// The lock.
    pub lock: Lock,
    /// The platform.
    pub platform: Platform,
}

impl Scene {
    /// A new one at this provider.
    pub async fn at(provider: &Provider) -> Self {
        Self::with(provider, new_lock()).await
    }

    /// As [`Self::at`], with this lock.
    pub async fn with(provider: &Provider, lock: Lock) -> Self {
        let mut browser = Browser::new(provider);
        browser.bind(&lock).await;
        browser.sign_in(&lock).await;
        Self {
            browser,
            lock,
            platform: Platform::connect(provider).await,
        }
    }

    /// As [`Self::at`] the shared provider, with this platform.
    pub async fn ordering(order: PlatformOrder) -> Self {
        let provider = Provider::shared();
        let mut scene = Self::at(provider).await;
        scene.platform = Platform::order(provider, order).await;
        scene
    }

    /// What the platform gets when it redeems the code of this answer.
    pub async fn redeemed(&self, answer: &Answer, asking: &Asking) -> Value {
        let code = answer
            .parameter("code")
            .unwrap_or_else(|| panic!("no code: {}", answer.summary()));
        let answer = self.platform.redeem(&code, asking).send().await;
        assert_eq!(answer.status, 200, "{}", answer.summary());
        answer.json()
    }

    /// Arrives and redeems.
    pub async fn receive(&mut self) -> Tokens {
        self.platform.receive(&mut self.browser, &self.lock).await
    }

    /// Arrives with a code.
    pub async fn code(&mut self) -> (String, Asking) {
        self.platform.code(&mut self.browser, &self.lock).await
    }
}
