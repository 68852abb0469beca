//! A PKCS #11 token that refuses, hangs or errs: what is about one request is nobody else's loss.

use std::sync::Arc;
use std::time::{Duration, Instant};

use e2e::jwt::part;
use e2e::listener::Listener;
use e2e::softhsm::{LABEL, Tokens};
use e2e::story::Scene;
use e2e::{Browser, Platform, Provider};
use idp::config::KeepIn;
use idp::serve::{HSM_WATCH, KEY_WATCH};
use idp::signing::{
    Keeper, MasterKey, WithdrawalError, Withdrawn, replace_all, rotate_now, withdraw,
};
use idp::telling::TELL_EVERY;
use idp_core::directory::Act;
use idp_core::id::KeyId;
use idp_core::logout_delivery::DeliveryStage;
use idp_core::platform::JwsAlgorithm;
use idp_core::signer::Signer;
use idp_core::signing_key::{Kept, SigningKey};
use idp_core::store::StoreError;

/// `CKR_DEVICE_MEMORY`
const FULL: &str = "0x31";
/// `CKR_ACTION_PROHIBITED`
const PROHIBITED: &str = "0x1b";
/// `CKR_KEY_HANDLE_INVALID`
const NO_SUCH_KEY: &str = "0x60 once";
/// `CKR_OBJECT_HANDLE_INVALID`
const NO_SUCH_OBJECT: &str = "0x82 once";
/// `CKR_SESSION_COUNT`
const NO_MORE_SESSIONS: &str = "0xb1";

const DRILL: Act<'_> = Act {
    operator_id: None,
    by: "Wang Wu",
    reason: Some("drill"),
};

const MOMENT: Duration = Duration::from_millis(700);

async fn stored(provider: &Provider) -> Vec<SigningKey> {
    let database = &provider.state.database;
    let keys = database.read(|store| store.list_signing_keys());
    keys.await.unwrap()
}

async fn is_published(provider: &Provider, id: &KeyId) -> bool {
    let answer = Browser::new(provider).open("/oauth2/jwks").await;
    answer.body.contains(id.as_str())
}

async fn ready(provider: &Provider) -> u16 {
    Browser::new(provider).open("/readyz").await.status
}

/// What the command beside the server works with.
fn keeper(provider: &Provider, keep_in: KeepIn) -> Keeper {
    let mut config = provider.state.config.clone();
    config.signing_keys.keep_in = keep_in;
    let master = MasterKey::load(&config).unwrap();
    Keeper::new(&config, master, provider.state.keys.hsm().cloned())
}

fn sign(provider: &Provider, algorithm: JwsAlgorithm) -> String {
    let keys = &*provider.state.keys;
    Signer::sign(keys, algorithm, "JWT", b"{}").unwrap()
}

/// Keys inside that sign tomorrow.
async fn with_waiting_keys(tokens: &Tokens) -> Provider {
    let provider = Provider::start(|config| tokens.keep_inside_a_faulty_one(config));
    let (state, keeper) = (&provider.state, keeper(&provider, KeepIn::Pkcs11));
    let (cx, day) = (state.cx(), Duration::from_hours(24));
    let made = rotate_now(&state.database, &keeper, &cx, cx.now + day, "drill").await;
    assert_eq!(made.unwrap().len(), 3);
    tokio::time::sleep(KEY_WATCH + MOMENT).await;
    provider
}

async fn waiting(provider: &Provider, algorithm: JwsAlgorithm) -> KeyId {
    let now = provider.state.cx().now;
    let mut keys = stored(provider).await.into_iter();
    let found = keys.find(|key| key.algorithm == algorithm && key.signs_from > now);
    found.unwrap().id
}

async fn withdrawn(
    provider: &Provider,
    id: &KeyId,
    keep_in: KeepIn,
) -> Result<Withdrawn, WithdrawalError> {
    let (state, keeper) = (&provider.state, keeper(provider, keep_in));
    let schedule = state.config.key_schedule();
    withdraw(
        &state.database,
        (&keeper, &schedule),
        &state.cx(),
        id,
        DRILL,
    )
    .await
}

/// Each 200 ms for so long everything that is inside signs.
async fn assert_serves(provider: &Provider, time: Duration) {
    let began = Instant::now();
    while began.elapsed() < time {
        assert_eq!(ready(provider).await, 200);
        for algorithm in JwsAlgorithm::STANDARD {
            sign(provider, algorithm);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..150 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("never: {what}");
}

#[tokio::test]
async fn a_token_that_is_full_at_a_rotation_goes_on_signing_and_keeps_no_other_key_out() {
    let test = "flows::pkcs11_faults::a_token_that_is_full_at_a_rotation_goes_on_signing_and_keeps_no_other_key_out";
    let Some(tokens) = Tokens::alone(test) else {
        return;
    };
    let provider = with_waiting_keys(&tokens).await;
    tokens.err("C_GenerateKeyPair", FULL);
    let (logins, tries) = (tokens.calls("C_Login"), tokens.calls("C_GenerateKeyPair"));
    // Its successor can't be made: it goes all the same, and the running server tries to make one from now on.
    let es256 = waiting(&provider, JwsAlgorithm::Es256).await;
    let outcome = withdrawn(&provider, &es256, KeepIn::Pkcs11).await.unwrap();
    assert!(outcome.successor.is_none());
    let why = outcome.failed.unwrap().to_string();
    assert!(why.contains("DeviceMemory"), "{why}");
    assert_serves(&provider, Duration::from_secs(5)).await;
    assert!(!is_published(&provider, &es256).await);
    let asked = tokens.calls("C_GenerateKeyPair") - tries;
    assert!((2..=4).contains(&asked), "{asked} tries");
    // What another process makes meanwhile comes in.
    let rs256 = waiting(&provider, JwsAlgorithm::Rs256).await;
    let outcome = withdrawn(&provider, &rs256, KeepIn::Database).await;
    let (successor, _) = outcome.unwrap().successor.unwrap();
    tokio::time::sleep(KEY_WATCH + MOMENT).await;
    assert!(is_published(&provider, &successor).await);
    assert!(!is_published(&provider, &rs256).await);
    assert_eq!(tokens.calls("C_Login"), logins);

    tokens.mend("C_GenerateKeyPair");
    until("the successor", async || {
        let keys = stored(&provider).await;
        let mut made = keys.iter().filter(|key| key.withdrawn_at.is_none());
        let now = provider.state.cx().now;
        made.any(|key| key.algorithm == JwsAlgorithm::Es256 && key.signs_from > now)
    })
    .await;
    let made = waiting_in_force(&provider, JwsAlgorithm::Es256).await;
    until("it is published", async || {
        is_published(&provider, &made).await
    })
    .await;
}

async fn waiting_in_force(provider: &Provider, algorithm: JwsAlgorithm) -> KeyId {
    let now = provider.state.cx().now;
    let mut keys = stored(provider).await.into_iter();
    let found = keys.find(|key| {
        key.algorithm == algorithm && key.signs_from > now && key.withdrawn_at.is_none()
    });
    found.unwrap().id
}

#[tokio::test]
async fn while_a_token_hangs_over_a_new_key_withdrawals_are_followed_and_all_others_sign() {
    let test = "flows::pkcs11_faults::while_a_token_hangs_over_a_new_key_withdrawals_are_followed_and_all_others_sign";
    let Some(tokens) = Tokens::alone(test) else {
        return;
    };
    let provider = with_waiting_keys(&tokens).await;
    let take_out = async |id: &KeyId| {
        let (id, now) = (id.clone(), provider.state.cx().now);
        let write =
            move |store: &mut dyn idp_core::store::Store| store.withdraw_signing_key(&id, now);
        let taken = provider.state.database.write::<_, StoreError, _>(write);
        assert!(taken.await.unwrap());
    };
    tokens.err("C_GenerateKeyPair", "hang");
    tokens.err("C_DestroyObject", "hang");
    let tries = tokens.calls("C_GenerateKeyPair");
    take_out(&waiting(&provider, JwsAlgorithm::Es256).await).await;
    until("it hangs", async || {
        tokens.calls("C_GenerateKeyPair") > tries
    })
    .await;
    let stolen = waiting(&provider, JwsAlgorithm::Rs256).await;
    assert!(is_published(&provider, &stolen).await);
    take_out(&stolen).await;
    tokio::time::sleep(KEY_WATCH + MOMENT).await;
    assert!(!is_published(&provider, &stolen).await);
    assert_serves(&provider, HSM_WATCH + HSM_WATCH).await;
    tokens.mend("C_GenerateKeyPair");
    tokens.mend("C_DestroyObject");
    until("all is in order", async || {
        let keys = stored(&provider).await;
        let gone = keys.iter().filter(|key| key.withdrawn_at.is_some());
        let in_force = keys.iter().filter(|key| key.withdrawn_at.is_none());
        gone.filter(|key| key.kept == Kept::Destroyed(LABEL.to_owned()))
            .count()
            == 2
            && in_force.count() == 6
    })
    .await;
}

#[tokio::test]
async fn a_token_that_destroys_nothing_goes_on_signing_and_what_another_destroyed_is_gone() {
    let test = "flows::pkcs11_faults::a_token_that_destroys_nothing_goes_on_signing_and_what_another_destroyed_is_gone";
    let Some(tokens) = Tokens::alone(test) else {
        return;
    };
    let provider = with_waiting_keys(&tokens).await;
    let destroyed = async || {
        let destroyed = Kept::Destroyed(LABEL.to_owned());
        let keys = stored(&provider).await;
        keys.iter().filter(|key| key.kept == destroyed).count()
    };
    // As if another copy had been quicker.
    tokens.err("C_DestroyObject", NO_SUCH_OBJECT);
    let logins = tokens.calls("C_Login");
    let es256 = waiting(&provider, JwsAlgorithm::Es256).await;
    withdrawn(&provider, &es256, KeepIn::Pkcs11).await.unwrap();
    until("it is noted", async || destroyed().await == 1).await;

    tokens.err("C_DestroyObject", PROHIBITED);
    let tries = tokens.calls("C_DestroyObject");
    let (state, keeper) = (&provider.state, keeper(&provider, KeepIn::Pkcs11));
    let replaced = replace_all(&state.database, &keeper, &state.cx(), DRILL).await;
    assert_eq!(replaced.unwrap().made.len(), 3);
    tokio::time::sleep(KEY_WATCH + MOMENT).await;
    assert_serves(&provider, Duration::from_secs(4)).await;
    assert_eq!(destroyed().await, 1);
    let asked = tokens.calls("C_DestroyObject") - tries;
    // Six keys each time.
    assert!((6..=24).contains(&asked), "{asked} tries");
    assert_eq!(tokens.calls("C_Login"), logins);
    tokens.mend("C_DestroyObject");
    until("they are destroyed", async || destroyed().await == 7).await;
}

#[tokio::test]
async fn a_key_that_a_session_found_before_is_looked_for_anew_and_fewer_sessions_are_waited_for() {
    let test = "flows::pkcs11_faults::a_key_that_a_session_found_before_is_looked_for_anew_and_fewer_sessions_are_waited_for";
    let Some(tokens) = Tokens::alone(test) else {
        return;
    };
    let provider = Provider::start(|config| tokens.keep_inside_a_faulty_one(config));
    sign(&provider, JwsAlgorithm::Es256);
    let (logins, sessions) = (tokens.calls("C_Login"), tokens.calls("C_OpenSession"));
    for (function, fault) in [("C_SignInit", NO_SUCH_KEY), ("C_Sign", "flip once")] {
        tokens.err(function, fault);
        let signed = sign(&provider, JwsAlgorithm::Es256);
        let keys: &dyn Signer = &*provider.state.keys;
        assert!(keys.verify("JWT", &signed).is_some(), "{function}");
    }
    // What does not verify twice comes to nobody, and keeps nobody else from signing.
    tokens.err("C_Sign", "flip");
    let refused = Signer::sign(&*provider.state.keys, JwsAlgorithm::Es256, "JWT", b"{}");
    assert!(refused.unwrap_err().to_string().contains("does not verify"));
    tokens.mend("C_Sign");
    assert_eq!(ready(&provider).await, 200);
    sign(&provider, JwsAlgorithm::Es256);

    tokens.err("C_OpenSession", NO_MORE_SESSIONS);
    let keys = &provider.state.keys;
    let all = (0..60).map(|_| {
        let keys = Arc::clone(keys);
        tokio::spawn(async move {
            let sign = |signer: &dyn Signer| signer.sign(JwsAlgorithm::Rs256, "JWT", b"{}");
            idp::signing::signing(&keys, sign).await.unwrap().unwrap()
        })
    });
    for signed in all.collect::<Vec<_>>() {
        assert!(!signed.await.unwrap().is_empty());
    }
    assert!(tokens.calls("C_OpenSession") > sessions);
    assert_eq!(tokens.calls("C_Login"), logins);
    assert_eq!(ready(&provider).await, 200);
}

#[tokio::test]
async fn while_the_token_is_away_a_stolen_key_goes_without_a_successor() {
    let test =
        "flows::pkcs11_faults::while_the_token_is_away_a_stolen_key_goes_without_a_successor";
    let Some(tokens) = Tokens::alone(test) else {
        return;
    };
    // In the database; the next ones are to be made inside.
    let provider = Provider::start(|config| tokens.configure(config));
    let folder = provider.folder.clone();
    drop(provider);
    let provider = Provider::start(|config| {
        config.state_dir = folder;
        tokens.keep_inside(config);
    });
    let mut scene = Scene::at(&provider).await;
    let before = scene.receive().await;
    let stolen = part(before.access(), 0)["kid"].as_str().unwrap().to_owned();
    let (code, asking) = scene.code().await;
    tokens.take_away();
    let stolen = KeyId::from_text(stolen);
    let outcome = withdrawn(&provider, &stolen, KeepIn::Pkcs11).await.unwrap();
    assert!(outcome.successor.is_none() && outcome.failed.is_some());
    let keys = stored(&provider).await;
    let gone = keys.iter().find(|key| key.id == stolen).unwrap();
    assert!(gone.withdrawn_at.is_some());
    let (state, keeper) = (&provider.state, keeper(&provider, KeepIn::Pkcs11));
    let replaced = replace_all(&state.database, &keeper, &state.cx(), DRILL).await;
    let replaced = replaced.unwrap();
    assert!(replaced.made.is_empty() && replaced.failed.is_some());
    assert!(replaced.withdrawn.len() >= 2);
    tokio::time::sleep(KEY_WATCH + MOMENT).await;
    assert_eq!(scene.platform.userinfo(before.access()).await.status, 401);
    // Nothing signs, and nothing is spent for that.
    assert_eq!(ready(&provider).await, 503);
    let refused = scene.platform.redeem(&code, &asking).send().await;
    assert_eq!(refused.status, 503, "{}", refused.summary());
    tokens.put_back();
    until("successors", async || ready(&provider).await == 200).await;
    let keys = stored(&provider).await;
    let in_force = keys.iter().filter(|key| key.withdrawn_at.is_none());
    let inside = Kept::Inside(LABEL.to_owned());
    assert_eq!(in_force.filter(|key| key.kept == inside).count(), 3);
    let taken = scene.platform.redeem(&code, &asking).send().await;
    assert_eq!(taken.status, 200, "{}", taken.summary());
}

#[tokio::test]
async fn a_token_that_is_away_is_no_platforms_failure_to_hear_of_a_logout() {
    let test =
        "flows::pkcs11_faults::a_token_that_is_away_is_no_platforms_failure_to_hear_of_a_logout";
    let Some(tokens) = Tokens::alone(test) else {
        return;
    };
    let provider = Provider::start(|config| {
        tokens.keep_inside(config);
        config.outbound.allow_loopback = true;
    });
    let listener = Listener::start();
    let mut scene = Scene::at(&provider).await;
    scene.platform = Platform::order(&provider, listener.order()).await;
    scene.receive().await;
    let waiting = async || {
        let database = &provider.state.database;
        let list = database.read(|store| store.list_logout_deliveries(DeliveryStage::Waiting, 10));
        list.await.unwrap()
    };
    tokens.take_away();
    tokio::time::sleep(HSM_WATCH + MOMENT).await;
    scene.browser.sign_out().await;
    tokio::time::sleep(TELL_EVERY * 5).await;
    let found = waiting().await;
    assert!(found.len() == 1 && found[0].attempts <= 1, "{found:?}");
    assert!(listener.told().is_empty());
    tokens.put_back();
    assert_eq!(listener.wait_for(1).await.len(), 1);
}
