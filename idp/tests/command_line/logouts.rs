//! `idp logouts`: platforms that are told that sessions ended, whoever ended them: here a command beside the server.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use idp_core::authorization::{Assurance, RequestedClaims};
use idp_core::consent::{CLAIMS_VERSION, ConsentOutcome, ConsentRecord, TEXT_VERSION};
use idp_core::grant::Grant;
use idp_core::id::{ConsentId, EnterpriseId, GrantId, KeyLockId, PlatformId, SessionId};
use idp_core::logout_delivery::DeliveryStage;
use idp_core::platform::{Client, ClientAuthentication, Platform, PlatformState, Zone};
use idp_core::region::RegionCode;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;
use idp_storage::{Database, DatabaseSettings};
use protocol::scope::{ClaimSet, ScopeSet};
use serde_json::Value;

use super::Operator;
use super::enterprises::{PRIMARY, bind_enterprise};

const PLATFORM: &str = "listener";

fn platform(uri: &str) -> Platform {
    let redirect = vec!["https://listener.example/cb".to_owned()];
    let mut client = Client::standard(ClientAuthentication::None, redirect);
    client.logout.backchannel_uri = Some(uri.to_owned());
    Platform {
        id: PlatformId::from_text(PLATFORM),
        name_zh: "听".to_owned(),
        name_en: "Listener".to_owned(),
        region_code: RegionCode::parse("150400").unwrap(),
        zone: Zone::Eastern,
        support_contact: None,
        state: PlatformState::Active,
        in_force_since: None,
        client: Some(client),
    }
}

fn consent(now: Timestamp) -> ConsentRecord {
    ConsentRecord {
        id: ConsentId::from_text("consent"),
        enterprise_id: EnterpriseId::from_text("enterprise"),
        key_lock_id: KeyLockId::from_text(PRIMARY),
        platform_id: PlatformId::from_text(PLATFORM),
        scopes: ScopeSet::all(),
        claims: ClaimSet::default(),
        claims_version: CLAIMS_VERSION,
        text_version: TEXT_VERSION,
        language: "zh-CN".to_owned(),
        outcome: ConsentOutcome::Granted,
        at: now,
    }
}

fn grant(now: Timestamp) -> Grant {
    Grant {
        id: GrantId::from_text("grant"),
        code_sha256: "code".to_owned(),
        enterprise_id: EnterpriseId::from_text("enterprise"),
        key_lock_id: KeyLockId::from_text(PRIMARY),
        platform_id: PlatformId::from_text(PLATFORM),
        consent_id: ConsentId::from_text("consent"),
        session_id: SessionId::from_text("the-session"),
        scopes: ScopeSet::all(),
        claims: RequestedClaims::default(),
        resources: Vec::new(),
        assurance: Assurance::KeyLock,
        confirmation: None,
        auth_time: now,
        created_at: now,
        revoked_at: None,
    }
}

impl Operator {
    fn database(&self) -> Database {
        let file = self.folder.join("state/idp.db");
        Database::open(&DatabaseSettings::new(format!(
            "sqlite://{}",
            file.display()
        )))
        .unwrap()
    }

    /// The enterprise entered a platform that is told at this address.
    fn entered(&self, uri: &str) {
        bind_enterprise(self);
        let now = Timestamp::from_unix_millis(
            i64::try_from(
                std::time::SystemTime::now()
                    .duration_since(std::time::UNIX_EPOCH)
                    .unwrap()
                    .as_millis(),
            )
            .unwrap(),
        );
        let platform = platform(uri);
        let database = self.database();
        let written = actix_web::rt::System::new().block_on(database.write(move |store| {
            store.insert_platform(&platform)?;
            store.insert_consent_record(&consent(now))?;
            store.insert_grant(&grant(now))?;
            Ok::<_, StoreError>(())
        }));
        written.unwrap();
    }

    fn logouts(&self, more: &[&str]) -> Vec<Value> {
        let mut words = vec!["logouts", "list", "--json"];
        words.extend(more);
        self.run(&words).json().as_array().unwrap().clone()
    }

    /// As if it had been tried for a day.
    fn give_up(&self) {
        self.settle(DeliveryStage::GivenUp);
    }

    /// As if it had come to this.
    fn settle(&self, stage: DeliveryStage) {
        let database = self.database();
        let moved = actix_web::rt::System::new().block_on(database.write(move |store| {
            let waiting = store.list_logout_deliveries(DeliveryStage::Waiting, 1)?;
            let settled = stage.at(waiting[0].created_at);
            let to = waiting[0].in_state(settled, Some("silent"));
            store.exchange_logout_delivery(&waiting[0], &to)
        }));
        assert!(moved.unwrap());
    }
}

#[test]
fn what_a_command_ends_waits_for_a_server_and_is_listed() {
    let operator = Operator::ready();
    operator.entered("https://listener.example/ended");
    assert!(operator.logouts(&[]).is_empty());
    operator.changed("freeze", &[]);
    let [waiting] = operator.logouts(&[]).try_into().unwrap();
    assert_eq!(waiting["platform"], PLATFORM);
    assert_eq!(waiting["session"], "the-session");
    assert_eq!(waiting["state"], "waiting");
    assert_eq!(waiting["attempts"], 0);
    let listed = operator.run(&["logouts", "list"]);
    assert!(listed.out.contains("listener waiting, tried next 20"));
    assert!(
        listed
            .out
            .contains("1 waiting, 0 confirmed, 0 refused, 0 given up")
    );
    assert!(operator.logouts(&["--state", "given-up"]).is_empty());
}

#[test]
fn what_was_given_up_is_tried_again_and_nothing_else_is() {
    let operator = Operator::ready();
    operator.entered("https://listener.example/ended");
    operator.changed("freeze", &[]);
    let id = operator.logouts(&[])[0]["id"].as_str().unwrap().to_owned();
    for id in [id.as_str(), "nothing"] {
        operator
            .run(&["logouts", "retry", id])
            .refused_with(&[id, "there is none that was refused or given up"]);
    }
    operator.give_up();
    assert_eq!(
        operator.logouts(&["--state", "given-up"])[0]["why"],
        "silent"
    );
    // One that is none keeps no other from it, and once is enough.
    let done = operator.run(&["logouts", "retry", "nothing", &id, &id, "--by", "值班员"]);
    done.refused_with(&["nothing: there is none", "1 of 2 can't be told again"]);
    assert_eq!(done.out, "1 told again\n");
    assert_eq!(operator.logouts(&[])[0]["state"], "waiting");
    for state in [DeliveryStage::GivenUp, DeliveryStage::Refused] {
        operator.settle(state);
        assert_eq!(
            operator.run(&["logouts", "retry", "--all"]).out,
            "1 told again\n"
        );
    }
    assert_eq!(
        operator.run(&["logouts", "retry", "--all"]).out,
        "0 told again\n"
    );
    assert_eq!(operator.run(&["logouts", "retry"]).code, 2);
    let audit = actix_web::rt::System::new()
        .block_on(operator.database().read(|store| store.list_audit(0, 1000)));
    let retried = audit.unwrap().into_iter().filter(|entry| {
        entry.event.kind == idp_core::audit::AuditKind::LogoutRetried
            && entry
                .event
                .detail
                .as_deref()
                .is_some_and(|d| d.starts_with(&id))
    });
    assert_eq!(retried.count(), 3);
}

#[test]
fn the_help_says_what_each_word_means() {
    let operator = Operator::new();
    let help = operator.run(&["logouts", "--help"]);
    assert!(
        help.out.contains("list") && help.out.contains("retry"),
        "{}",
        help.out
    );
    let help = operator.run(&["logouts", "list", "--help"]);
    for word in ["waiting", "confirmed", "refused", "given-up"] {
        assert!(help.out.contains(word), "{word}: {}", help.out);
    }
}

#[test]
fn a_running_server_tells_what_a_command_beside_it_ended() {
    let listening = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let uri = format!("http://{}/ended", listening.local_addr().unwrap());
    let operator = Operator::with(
        "issuer = 'http://127.0.0.1:4711'\nlisten = ['127.0.0.1:0']\n[outbound]\nallow_loopback = true\n[platform_health]\nenabled = false\n",
    );
    assert_eq!(operator.run(&["migrate"]).code, 0);
    operator.entered(&uri);
    let serving = operator.serving();
    serving.wait_for("serving");
    operator.changed("freeze", &[]);
    let (mut told, _) = listening.accept().unwrap();
    let mut request = Vec::new();
    while !String::from_utf8_lossy(&request).contains("logout_token=") {
        let mut part = [0; 4096];
        let read = told.read(&mut part).unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&request));
        request.extend_from_slice(&part[..read]);
    }
    told.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        .unwrap();
    drop(told);
    for _ in 0..100 {
        if let [confirmed] = operator.logouts(&["--state", "confirmed"]).as_slice() {
            assert_eq!(confirmed["attempts"], 1);
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("not confirmed: {:?}", operator.logouts(&[]));
}
