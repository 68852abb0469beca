//! The account pages as a person uses them, and what an operator does beside.

use idp_core::id::KeyLockId;
use idp_core::operate::{OperateError, Order as Reason};
use idp_core::store::Store;
use pki::holder::credit_code::CreditCode;

use super::answer::Answer;
use super::authority::world;
use super::browser::{Browser, Fields, csrf_token, set};
use super::lock::{KeyKind, Lock, Order};
use super::proof::Challenge;
use super::provider::Provider;

/// Another lock of the same enterprise.
pub fn lock_of_same(lock: &Lock) -> Lock {
    world().p256.lock(&order_of_same(lock))
}

/// What another lock of the same enterprise says.
pub fn order_of_same(lock: &Lock) -> Order {
    Order::of(KeyKind::P256, &lock.holder, &lock.credit_code())
}

/// The information form of a page, as a browser would send it untouched.
pub fn information_form(page: &Answer) -> Fields {
    let mut fields = page.fields("#information-form");
    for name in ["phone", "contact_email", "address"] {
        let value = page.attribute(&format!("#{name}"), "value");
        set(&mut fields, name, &value.unwrap_or_default());
    }
    let checked = page.attributes("#subject_types input[checked]", "value");
    fields.extend(
        checked
            .into_iter()
            .map(|value| ("subject_types".to_owned(), value)),
    );
    fields
}

impl Browser {
    /// 激活: the new lock signs on the locks page.
    pub async fn try_activate(&mut self, lock: &Lock) -> Answer {
        let page = self.open("/account/locks").await;
        let proof = Challenge::of(&page).proof(lock);
        self.answer_challenge(&page, &proof, &[]).await
    }

    /// 激活, and the list afterwards.
    pub async fn activate(&mut self, lock: &Lock) -> Answer {
        let answer = self.try_activate(lock).await;
        assert_eq!(answer.status, 303, "not activated: {}", answer.summary());
        let list = self.follow(answer).await;
        assert!(list.has("#done"), "{}", list.summary());
        list
    }

    /// 退出登录 by the portal's button; the page that says what was done.
    pub async fn sign_out(&mut self) -> Answer {
        let answer = self.post_own("/logout", &[]).await;
        self.follow(answer).await
    }

    /// Posts a form of the account pages with the session's own token.
    pub async fn post_own(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.open("/platforms").await;
        let mut form = vec![("csrf_token".to_owned(), csrf_token(&page))];
        form.extend(
            fields
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned())),
        );
        self.post(path, &form).await
    }
}

impl Provider {
    /// What the store calls a lock.
    pub async fn lock_id(&self, lock: &Lock) -> KeyLockId {
        self.stored_lock(lock).await.unwrap().id
    }

    /// An operator's change of the enterprise of a lock.
    pub async fn operate<T, F>(&self, lock: &Lock, work: F) -> Result<T, OperateError>
    where
        T: Send + 'static,
        F: FnOnce(
                &mut dyn Store,
                &idp_core::cx::Cx,
                &CreditCode,
                &Reason,
            ) -> Result<T, OperateError>
            + Send
            + 'static,
    {
        let (cx, code) = (self.state.cx(), lock.credit_code().parse().unwrap());
        let reason = Reason::new("审核员", "按材料办理").unwrap();
        let database = &self.state.database;
        database
            .write(move |store| work(store, &cx, &code, &reason))
            .await
    }
}
