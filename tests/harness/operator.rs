//! Operators: entered on the machine itself, at a browser of their own, with a key of their own.

use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::hand::Hand;
use idp_core::id::OperatorId;
use idp_core::operator::{Role, Roles};
use idp_core::operators;

use super::answer::Answer;
use super::browser::{Browser, csrf_token, set};
use super::lock::Lock;
use super::provider::Provider;
use super::story::new_lock;

/// One operator.
pub struct Worker {
    /// Its identifier.
    pub id: OperatorId,
    /// Its name.
    pub name: String,
    /// What it signs with.
    pub lock: Lock,
    /// Where it works.
    pub browser: Browser,
}

impl Worker {
    /// Enters one with these roles; it is not signed in.
    pub async fn new(provider: &Provider, roles: &[Role]) -> Self {
        Self::with_lock(provider, roles, new_lock()).await
    }

    /// As [`Worker::new`], with this lock.
    pub async fn with_lock(provider: &Provider, roles: &[Role], lock: Lock) -> Self {
        let name = format!("技术员{}", &lock.credit_code()[9..17]);
        let (cx, der) = (provider.state.cx(), lock.certificate.der().to_vec());
        let (called, roles) = (name.clone(), Roles::new(roles.iter().copied()).unwrap());
        let added = provider.state.database.write(move |store| {
            let hand = Hand::on_the_machine("root", None);
            operators::add(store, &cx, &hand, (&called, roles, &der))
        });
        Self {
            id: added.await.unwrap().id,
            name,
            lock,
            browser: Browser::new(provider),
        }
    }

    /// Enters one with these roles and signs in.
    pub async fn on_duty(provider: &Provider, roles: &[Role]) -> Self {
        let mut worker = Self::new(provider, roles).await;
        let answer = worker.sign_in().await;
        assert_eq!(answer.location(), Some("/console"), "{}", answer.summary());
        worker
    }

    /// Signs in; the answer to the form.
    pub async fn sign_in(&mut self) -> Answer {
        let page = self.browser.open("/console/sign-in").await;
        self.browser.sign(&page, &self.lock).await
    }

    /// Fills in a form of a page and sends it.
    pub async fn send(&mut self, page: &Answer, form: &str, typed: &[(&str, &str)]) -> Answer {
        let mut fields = page.fields(form);
        for (name, value) in typed {
            set(&mut fields, name, value);
        }
        let action = page.attribute(form, "action").unwrap();
        self.browser.post(&action, &fields).await
    }

    /// Sends a form of its session to an address, whatever its pages offer.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.browser.open("/console").await;
        let mut all = vec![("csrf_token".to_owned(), csrf_token(&page))];
        let given = fields.iter();
        all.extend(given.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.browser.post(path, &all).await
    }

    /// Signs the act that a page shows; the answer to the form.
    pub async fn sign(&mut self, page: &Answer) -> Answer {
        assert!(page.has("#act"), "nothing to sign: {}", page.summary());
        self.browser.sign(page, &self.lock).await
    }

    /// Opens the form of an act, fills it in and signs what it leads to; the last answer.
    pub async fn act(&mut self, form: &str, typed: &[(&str, &str)]) -> Answer {
        let page = self.browser.open(form).await;
        assert!(page.has("#act-form"), "no form: {}", page.summary());
        let review = self.send(&page, "#act-form", typed).await;
        self.sign(&review).await
    }

    /// Fills in a form, signs the proposal it leads to; the proposal's address.
    pub async fn propose(&mut self, page: &Answer, form: &str, typed: &[(&str, &str)]) -> String {
        let review = self.send(page, form, typed).await;
        self.proposed(&review).await
    }

    /// Signs the proposal that a page shows; its address.
    pub async fn proposed(&mut self, review: &Answer) -> String {
        let answer = self.sign(review).await;
        let address = answer
            .location()
            .and_then(|to| to.split_once("?decided=proposed."));
        let (address, _) = address.unwrap_or_else(|| panic!("{}", answer.summary()));
        address.to_owned()
    }

    /// That it was led back there, and is told in words that the act was done.
    pub async fn is_told(&mut self, done: &Answer, (address, act): (&str, &str)) {
        let told = done.location().unwrap_or_default();
        let expected = format!("{address}?acted={act}.");
        assert!(told.starts_with(&expected), "{}", done.summary());
        let page = self.browser.open(told).await;
        assert!(page.has("#acted"), "{}", page.summary());
    }

    /// Posts this decision of a proposal and signs it; the last answer.
    pub async fn decide(&mut self, proposal: &str, decision: &str) -> Answer {
        let page = self.browser.open(proposal).await;
        let fields = [
            ("csrf_token".to_owned(), csrf_token(&page)),
            ("decision".to_owned(), decision.to_owned()),
        ];
        let answer = self.browser.post(proposal, &fields).await;
        if answer.has("#act") {
            self.sign(&answer).await
        } else {
            answer
        }
    }

    /// What the trail says of it, in order.
    pub async fn trail(&self, provider: &Provider) -> Vec<AuditEvent> {
        let all = provider.audit().await.into_iter();
        let of = |event: &AuditEvent| event.operator_id.as_ref() == Some(&self.id);
        all.map(|entry| entry.event).filter(of).collect()
    }

    /// The kinds of that.
    pub async fn kinds(&self, provider: &Provider) -> Vec<AuditKind> {
        let trail = self.trail(provider).await;
        trail.iter().map(|event| event.kind).collect()
    }
}
