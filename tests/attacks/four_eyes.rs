//! One who would be two, and changes whose ground is gone when the second person comes.

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use e2e::authority::world;
use e2e::lock::{KeyKind, Order};
use e2e::operator::Worker;
use e2e::story::new_lock;
use e2e::{Answer, Lock, Provider};
use idp_core::audit::AuditKind;
use idp_core::hand::Hand;
use idp_core::id::{OperatorId, ProposalId};
use idp_core::operator::{OperatorState, Role, Roles};
use idp_core::operators::{self, OperatorChange};
use idp_core::proposal::ProposalState;

/// What a form of a new operator is filled in with.
async fn propose_new(worker: &mut Worker, lock: &Lock) -> String {
    let page = worker.browser.open("/console/operators/new").await;
    let pem = lock.pem();
    let typed = [
        ("name", "乌兰"),
        ("roles", "trust"),
        ("certificate", pem.as_str()),
        ("reason", "新同事"),
    ];
    worker.propose(&page, "#new-form", &typed).await
}

async fn state(provider: &Provider, address: &str) -> ProposalState {
    let id = ProposalId::from_text(address.rsplit('/').next().unwrap());
    let database = &provider.state.database;
    let found = database.read(move |store| store.find_proposal(&id)).await;
    found.unwrap().unwrap().state
}

/// Refused as a whole, with its event; the proposal waits.
async fn expect_refused(provider: &Provider, answer: &Answer, (code, address): (&str, &str)) {
    let got = (answer.status, answer.problem());
    assert_eq!(got, (409, code.to_owned()), "{}", answer.summary());
    let kind = AuditKind::OperatorActRefused;
    provider
        .expect_incident(&answer.incident(), kind, code)
        .await;
    assert_eq!(state(provider, address).await, ProposalState::Waiting);
}

/// Changes an operator on the machine itself.
async fn change(provider: &Provider, id: &OperatorId, to: OperatorChange) {
    let (cx, id) = (provider.state.cx(), id.clone());
    let database = &provider.state.database;
    let changed = database.write(move |store| {
        let version = store.find_operator(&id)?.unwrap().version;
        let hand = Hand::on_the_machine("root", None);
        operators::change(store, &cx, &hand, (&id, version, to))
    });
    changed.await.unwrap();
}

#[tokio::test]
async fn one_lock_is_one_operator_whatever_certificates_it_has() {
    let provider = Provider::shared();
    for kind in [KeyKind::P256, KeyKind::Rsa(2048), KeyKind::Sm2] {
        let ca = match kind {
            KeyKind::P256 => &world().p256,
            KeyKind::Sm2 => &world().sm2,
            _ => &world().rsa,
        };
        let lock = ca.lock(&Order::enterprise(kind));
        let twin = ca.lock_of_key(&lock, &Order::enterprise(kind));
        let mut first = Worker::with_lock(provider, &[Role::Trust], lock).await;
        assert_eq!(first.sign_in().await.location(), Some("/console"));
        let mut second = Worker::on_duty(provider, &[Role::Trust]).await;
        // As a new operator, who would approve what the first one proposes.
        let proposal = propose_new(&mut first, &twin).await;
        let answer = second.decide(&proposal, "approve").await;
        expect_refused(provider, &answer, ("operator-key-taken", &proposal)).await;
        // As the new certificate of one who is there.
        let third = Worker::new(provider, &[Role::Trust]).await;
        let page = format!("/console/operators/{}", third.id);
        let page = first.browser.open(&page).await;
        let pem = twin.pem();
        let typed = [
            ("roles", "trust"),
            ("state", "active"),
            ("certificate", pem.as_str()),
            ("reason", "换证"),
        ];
        let proposal = first.propose(&page, "#change-form", &typed).await;
        let answer = second.decide(&proposal, "approve").await;
        expect_refused(provider, &answer, ("operator-key-taken", &proposal)).await;
        // It is the first one's own next certificate.
        let der = Some(twin.certificate.der().to_vec());
        let to = OperatorChange {
            certificate: der,
            ..OperatorChange::default()
        };
        change(provider, &first.id, to).await;
    }
}

#[tokio::test]
async fn what_somebody_proposed_who_was_put_out_since_is_not_approved() {
    let provider = Provider::shared();
    let mut second = Worker::on_duty(provider, &[Role::Trust]).await;
    let suspended = OperatorChange {
        state: Some(OperatorState::Suspended),
        ..OperatorChange::default()
    };
    let of_role = |role| OperatorChange {
        roles: Some(Roles::new([role]).unwrap()),
        ..OperatorChange::default()
    };
    let back = OperatorChange {
        state: Some(OperatorState::Active),
        ..of_role(Role::Trust)
    };
    for out in [suspended, of_role(Role::Auditor)] {
        let mut first = Worker::on_duty(provider, &[Role::Trust]).await;
        let proposal = propose_new(&mut first, &new_lock()).await;
        change(provider, &first.id, out).await;
        let answer = second.decide(&proposal, "approve").await;
        expect_refused(provider, &answer, ("proposal-proposer-off", &proposal)).await;
        // Who is back in stands behind it again; it could have been refused all the while.
        change(provider, &first.id, back.clone()).await;
        let answer = second.decide(&proposal, "approve").await;
        assert_eq!(answer.status, 303, "{}", answer.summary());
        assert_eq!(state(provider, &proposal).await, ProposalState::Approved);
    }
    let mut first = Worker::on_duty(provider, &[Role::Trust]).await;
    let proposal = propose_new(&mut first, &new_lock()).await;
    change(provider, &first.id, of_role(Role::Support)).await;
    assert_eq!(second.decide(&proposal, "refuse").await.status, 303);
    assert_eq!(state(provider, &proposal).await, ProposalState::Refused);
}

#[tokio::test]
async fn a_reason_that_was_altered_in_the_database_is_not_approved() {
    let provider = Provider::start(|_| ());
    let mut first = Worker::on_duty(&provider, &[Role::Trust]).await;
    let mut second = Worker::on_duty(&provider, &[Role::Trust]).await;
    let proposal = propose_new(&mut first, &new_lock()).await;
    let file = provider.folder.join("idp.db");
    let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    connection
        .batch_execute("UPDATE proposals SET reason = '局长批准'")
        .unwrap();
    let answer = second.decide(&proposal, "approve").await;
    expect_refused(&provider, &answer, ("proposal-altered", &proposal)).await;
}

/// The words between ours in what the second person signs, and in the trail, are seen whole or not taken.
#[tokio::test]
async fn what_can_t_be_seen_names_nothing_that_is_signed_for() {
    let provider = Provider::shared();
    let mut worker = Worker::on_duty(provider, &[Role::Trust, Role::Registrar]).await;
    let before = worker.trail(provider).await.len();
    let long = "长".repeat(2_000);
    for name in ["", "乌兰\n原因：例行", "乌\u{202e}兰", "\u{0}", &long] {
        let name = serde_json::to_string(name).unwrap();
        for act in [
            format!(
                r#"{{"act":"propose","change":{{"change":"add-operator","name":{name},"roles":["trust"],"certificate":"AA=="}},"reason":"x"}}"#
            ),
            format!(
                r#"{{"act":"propose","change":{{"change":"end-grants","platform":{name}}},"reason":"x"}}"#
            ),
            format!(
                r#"{{"act":"platform","platform":{name},"what":{{"do":"suspend"}},"reason":"x"}}"#
            ),
        ] {
            let fields = [
                ("act", act.as_str()),
                ("back", "/console"),
                ("nonce", "x"),
                ("proof", "{}"),
            ];
            let answer = worker.post("/console/act", &fields).await;
            assert_eq!(
                (answer.status, answer.problem().as_str()),
                (400, "request-invalid"),
                "{act}"
            );
        }
    }
    assert_eq!(worker.trail(provider).await.len(), before);
}

#[tokio::test]
async fn a_name_that_was_typed_for_an_enterprise_stands_in_no_event() {
    let provider = Provider::shared();
    let mut support = Worker::on_duty(provider, &[Role::Support]).await;
    let code = new_lock().credit_code();
    let name = "张三个体工商户";
    let act = format!(
        r#"{{"act":"enterprise","credit_code":"{code}","what":{{"do":"rename","new_name":"{name}","evidence":{{"name":"a.pdf","media_type":"application/pdf","octets":1,"sha256":"00"}}}},"reason":"工单7"}}"#
    );
    let fields = [
        ("act", act.as_str()),
        ("back", "/console"),
        ("nonce", "x"),
        ("proof", "{}"),
    ];
    let answer = support.post("/console/act", &fields).await;
    assert!(answer.status >= 400, "{}", answer.summary());
    let trail = support.trail(provider).await;
    let refused = trail.last().unwrap();
    assert_eq!(refused.kind, AuditKind::OperatorActRefused);
    let detail = refused.detail.clone().unwrap();
    assert!(
        detail.starts_with(&format!("do rename {code} sha256 ")) && !detail.contains(name),
        "{detail}"
    );
}
