//! The launcher: what is up, what survives, what happens when a port is taken.

use std::net::{Ipv4Addr, TcpListener};

use demo::{DemoError, DemoSettings, PortChoice, Running};
use serde_json::Value;

async fn started(settings: DemoSettings) -> Running {
    demo::start(settings).await.unwrap()
}

fn ready_file(running: &Running) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("ready.json");
    running.ready().write(&file).unwrap();
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

#[actix_web::test]
async fn the_ready_file_names_all_that_is_up_and_each_of_it_answers() {
    let dir = tempfile::tempdir().unwrap();
    let running = started(DemoSettings::on_free_ports(dir.path())).await;
    let ready = ready_file(&running);
    let client = reqwest::Client::new();
    let get = async |url: String| client.get(url).send().await.unwrap();

    let issuer = ready["issuer"].as_str().unwrap();
    let discovery = get(format!("{issuer}/.well-known/openid-configuration")).await;
    let discovery: Value = discovery.json().await.unwrap();
    assert_eq!(discovery["issuer"], issuer);

    assert_eq!(ready["platforms"][0]["client_id"], "chifeng");
    assert_eq!(ready["platforms"][1]["client_id"], "hohhot");
    for platform in ready["platforms"].as_array().unwrap() {
        let origin = platform["origin"].as_str().unwrap();
        assert!(get(format!("{origin}/")).await.status().is_success());
        for uri in ["redirect_uri", "initiate_login_uri"] {
            assert!(platform[uri].as_str().unwrap().starts_with(origin));
        }
    }
    // One is connected by a secret, the other by a key that stays with it.
    let secret = ready["platforms"][0]["client_secret"].as_str();
    assert!(secret.unwrap().len() >= 43);
    assert!(ready["platforms"][1].get("client_secret").is_none());
    let agent = ready["agent"]["address"].as_str().unwrap();
    assert!(get(format!("{agent}/healthz")).await.status().is_success());

    let locks = ready["locks"].as_array().unwrap();
    assert_eq!(locks.len(), 10);
    for lock in locks {
        assert!(std::path::Path::new(lock["file"].as_str().unwrap()).is_file());
        assert_eq!(lock["pin"], "123456");
        for word in ["kind", "name", "name_en", "ca", "enterprise", "credit_code"] {
            assert!(!lock[word].as_str().unwrap().is_empty(), "{word}");
        }
        assert!(lock["expect"]["zh"].is_string() && lock["expect"]["recognised"].is_boolean());
    }
    running.stop().await;
}

#[actix_web::test]
async fn a_restart_goes_on_where_the_last_one_ended() {
    let dir = tempfile::tempdir().unwrap();
    let first = started(DemoSettings::on_free_ports(dir.path())).await;
    let before = ready_file(&first);
    let lock = std::fs::read(&first.ready().locks[0].file).unwrap();
    first.stop().await;

    let second = started(DemoSettings::new(dir.path())).await;
    let after = ready_file(&second);
    assert_eq!(before, after);
    assert_eq!(lock, std::fs::read(&second.ready().locks[0].file).unwrap());
    second.stop().await;
}

#[actix_web::test]
async fn a_taken_port_is_replaced_and_the_registration_follows() {
    let dir = tempfile::tempdir().unwrap();
    let first = started(DemoSettings::on_free_ports(dir.path())).await;
    let redirect_uri = first.ready().platforms[0].redirect_uri.clone();
    let port = first.ready().platforms[0]
        .origin
        .rsplit(':')
        .next()
        .unwrap();
    let port: u16 = port.parse().unwrap();
    first.stop().await;

    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    let second = started(DemoSettings::new(dir.path())).await;
    let moved = second.ready().platforms[0].redirect_uri.clone();
    assert_ne!(redirect_uri, moved);
    let platforms = (second.provider().database)
        .read(|store| store.list_platforms())
        .await
        .unwrap();
    let chifeng = platforms.iter().find(|p| p.id.as_str() == "chifeng");
    let client = chifeng.unwrap().active_client().unwrap();
    assert_eq!(client.redirect_uris, [moved.as_str()]);
    second.stop().await;

    // The new port is remembered, also when the old one is free again.
    drop(taken);
    let third = started(DemoSettings::new(dir.path())).await;
    assert_eq!(third.ready().platforms[0].redirect_uri, moved);
    third.stop().await;
}

#[actix_web::test]
async fn a_port_that_was_asked_for_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = PortChoice::Exactly(taken.local_addr().unwrap().port());
    let mut settings = DemoSettings::on_free_ports(dir.path());
    settings.ports.hohhot = port;
    let refused = demo::start(settings).await.err().unwrap();
    assert!(matches!(
        refused,
        DemoError::PortTaken {
            option: "--hohhot-port",
            ..
        }
    ));

    let mut settings = DemoSettings::on_free_ports(dir.path());
    settings.ports.agent = port;
    let refused = demo::start(settings).await.err().unwrap();
    assert!(matches!(
        refused,
        DemoError::PortTaken {
            option: "--agent-port",
            ..
        }
    ));
}

#[actix_web::test]
async fn one_folder_serves_one_demonstration() {
    let dir = tempfile::tempdir().unwrap();
    let running = started(DemoSettings::on_free_ports(dir.path())).await;
    let refused = demo::start(DemoSettings::on_free_ports(dir.path())).await;
    assert!(matches!(refused, Err(DemoError::InUse(_))));
    running.stop().await;
}

#[actix_web::test]
async fn a_damaged_state_file_is_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("demo.json");
    std::fs::write(&file, "{").unwrap();
    let refused = demo::start(DemoSettings::on_free_ports(dir.path())).await;
    assert!(matches!(refused, Err(DemoError::Damaged { .. })));
    assert_eq!(std::fs::read_to_string(file).unwrap(), "{");
}
