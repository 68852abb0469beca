//! Walls: who may import whom (`docs/ARCHITECTURE.md`). Reads `cargo metadata` and the paths that source
//! files name, and fails with the name of the forbidden arrow.

use std::collections::BTreeMap;
use std::process::Command;

use e2e::source::{module_of, paths_named, resolved, root, rust_files, short};
use serde_json::Value;

/// A crate, where its source is, and the crates it may not name. `*` stands for any ending.
const CRATES: [(&str, &str, &[&str]); 7] = [
    (
        "pki",
        "pki/src",
        &[
            "protocol",
            "idp*",
            "client-adapter",
            "key-agent",
            "actix*",
            "diesel*",
            "redis",
            "reqwest",
            "tokio",
            "ureq",
            "hyper*",
        ],
    ),
    (
        "protocol",
        "protocol/src",
        &[
            "idp*",
            "client-adapter",
            "key-agent",
            "actix*",
            "diesel*",
            "redis",
            "reqwest",
            "tokio",
        ],
    ),
    (
        "idp-core",
        "idp/core/src",
        &[
            "idp",
            "idp-storage",
            "client-adapter",
            "key-agent",
            "actix*",
            "diesel*",
            "redis",
            "reqwest",
            "tokio",
            "rand*",
            "getrandom",
            "hyper*",
        ],
    ),
    (
        "idp-storage",
        "idp/storage/src",
        &[
            "idp",
            "client-adapter",
            "key-agent",
            "actix*",
            "reqwest",
            "askama",
        ],
    ),
    (
        "idp",
        "idp/src",
        &[
            "diesel*",
            "redis",
            "rusqlite",
            "libsqlite3-sys",
            "tokio-postgres",
            "client-adapter",
            "key-agent",
        ],
    ),
    (
        "client-adapter",
        "client-adapter/src",
        &["idp*", "key-agent", "diesel*", "redis"],
    ),
    (
        "key-agent",
        "key-agent/src",
        &["idp*", "client-adapter", "diesel*", "redis"],
    ),
];

/// Paths of the standard library that reach outside; what comes in comes as an argument.
const OUTSIDE: [&str; 10] = [
    "SystemTime::now",
    "Instant::now",
    "std::time::SystemTime",
    "std::time::Instant",
    "std::net",
    "std::fs",
    "std::env",
    "std::process",
    "std::thread::sleep",
    "std::io::stdin",
];

const FLOWS: [&str; 16] = [
    "account",
    "answer_consent",
    "authorities",
    "authorize",
    "bind",
    "directory",
    "end_session",
    "locks",
    "log_in",
    "log_out",
    "notify",
    "operate",
    "tell_platforms",
    "token",
    "userinfo",
    "watch_platforms",
];

const NOUNS: [&str; 19] = [
    "audit",
    "authorization",
    "certificate_authority",
    "challenge",
    "consent",
    "delivery",
    "enterprise",
    "grant",
    "key_lock",
    "logout_delivery",
    "notification",
    "place",
    "platform",
    "platform_health",
    "region",
    "registration",
    "session",
    "sign_out",
    "signing_key",
];

/// Handlers of `idp/src/http`. Everything else there is a shared step.
const HANDLERS: [&str; 21] = [
    "http::admin_api",
    "http::receipt",
    "http::account",
    "http::audit_log",
    "http::binding",
    "http::certificate",
    "http::consent",
    "http::console",
    "http::health",
    "http::home",
    "http::login",
    "http::logout",
    "http::platforms",
    "http::oidc::authorize",
    "http::oidc::discovery",
    "http::oidc::end_session",
    "http::oidc::par",
    "http::oidc::registration",
    "http::oidc::token",
    "http::oidc::token_status",
    "http::oidc::userinfo",
];

/// Fails with every forbidden arrow that was found.
fn expect_none(arrows: &[String]) {
    assert!(
        arrows.is_empty(),
        "forbidden arrows:\n  {}",
        arrows.join("\n  ")
    );
}

fn fits(name: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

/// Normal and build dependencies of every crate of the workspace.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap().iter();
            let names = dependencies
                .filter(|dependency| dependency["kind"] != "dev")
                .map(|dependency| dependency["name"].as_str().unwrap().to_owned());
            (
                package["name"].as_str().unwrap().to_owned(),
                names.collect(),
            )
        })
        .collect()
}

#[test]
fn no_crate_depends_on_what_is_above_it_or_outside_its_world() {
    let dependencies = dependencies();
    let mut arrows = Vec::new();
    for (name, _, forbidden) in CRATES {
        for dependency in &dependencies[name] {
            if forbidden.iter().any(|pattern| fits(dependency, pattern)) {
                arrows.push(format!("{name} -> {dependency} (Cargo.toml)"));
            }
        }
    }
    expect_none(&arrows);
}

#[test]
fn no_source_file_names_a_crate_that_its_own_may_not_know() {
    let mut arrows = Vec::new();
    for (name, src, forbidden) in CRATES {
        for file in rust_files(src) {
            for path in paths_named(&file) {
                let first = path
                    .split("::")
                    .find(|word| !word.is_empty())
                    .unwrap_or_default();
                let package = first.replace('_', "-");
                if package != name && forbidden.iter().any(|pattern| fits(&package, pattern)) {
                    arrows.push(format!("{name} -> {path} ({})", short(&file)));
                }
            }
        }
    }
    expect_none(&arrows);
}

#[test]
fn pki_protocol_and_core_know_no_clock_no_network_and_no_file() {
    let mut arrows = Vec::new();
    for src in ["pki/src", "protocol/src", "idp/core/src"] {
        for file in rust_files(src) {
            for path in paths_named(&file) {
                // An address is a value like any other: it reaches nothing.
                if path.ends_with("std::net::IpAddr") {
                    continue;
                }
                let reaches = |outside: &&str| {
                    path == *outside
                        || path.contains(&format!("{outside}::"))
                        || path.ends_with(*outside)
                };
                if OUTSIDE.iter().any(reaches) {
                    arrows.push(format!("{} -> {path}", short(&file)));
                }
            }
        }
    }
    expect_none(&arrows);
}

#[test]
fn no_sql_stands_outside_the_storage() {
    let words = [
        "SELECT ",
        "INSERT INTO",
        "DELETE FROM",
        "UPDATE audit",
        "sql_query",
    ];
    let mut arrows = Vec::new();
    for src in [
        "idp/src",
        "idp/core/src",
        "protocol/src",
        "client-adapter/src",
        "key-agent/src",
    ] {
        for file in rust_files(src) {
            let text = std::fs::read_to_string(&file).unwrap();
            for word in words.iter().filter(|word| text.contains(**word)) {
                arrows.push(format!("{} -> SQL: {word}", short(&file)));
            }
        }
    }
    expect_none(&arrows);
}

/// Arrows of one crate between modules, from and to as paths below `src`.
fn arrows_within(src: &str) -> Vec<(String, String, String)> {
    let mut arrows = Vec::new();
    for file in rust_files(src) {
        let module = module_of(&file, src);
        for path in paths_named(&file) {
            if let Some(target) = resolved(&path, &module) {
                arrows.push((module.join("::"), target.join("::"), short(&file)));
            }
        }
    }
    arrows
}

fn is_within(path: &str, module: &str) -> bool {
    path == module || path.starts_with(&format!("{module}::"))
}

#[test]
fn no_flow_of_the_core_imports_another_flow() {
    let mut arrows = Vec::new();
    for (from, to, file) in arrows_within("idp/core/src") {
        let of = |path: &str| FLOWS.iter().copied().find(|flow| is_within(path, flow));
        if let (Some(one), Some(other)) = (of(&from), of(&to))
            && one != other
        {
            arrows.push(format!("flow {one} -> flow {other} ({file} names {to})"));
        }
    }
    expect_none(&arrows);
}

#[test]
fn no_noun_or_port_of_the_core_imports_a_flow_and_no_noun_the_store() {
    let mut arrows = Vec::new();
    for (from, to, file) in arrows_within("idp/core/src") {
        let is_noun = NOUNS.iter().any(|noun| is_within(&from, noun));
        let is_port = ["store", "ephemeral", "signer", "cx"]
            .iter()
            .any(|port| is_within(&from, port));
        let to_flow = FLOWS.iter().any(|flow| is_within(&to, flow));
        let to_store = is_within(&to, "store") || is_within(&to, "ephemeral");
        if ((is_noun || is_port) && to_flow) || (is_noun && to_store) {
            arrows.push(format!("{from} -> {to} ({file})"));
        }
    }
    expect_none(&arrows);
}

/// Whoever revoked a grant by itself would leave its platform untold.
#[test]
fn grants_are_revoked_in_one_place_of_the_core() {
    let mut found = Vec::new();
    for src in ["idp/core/src", "idp/src"] {
        for file in rust_files(src) {
            let text = std::fs::read_to_string(&file).unwrap();
            if text.contains("store.revoke_grant") || text.contains("store.give_up_grant") {
                found.push(short(&file));
            }
        }
    }
    assert_eq!(found, ["idp/core/src/ending.rs"]);
}

#[test]
fn no_handler_imports_a_sibling_handler() {
    let mut arrows = Vec::new();
    for (from, to, file) in arrows_within("idp/src") {
        // The map and the doors name every handler: that is what they are for.
        if from == "http::routes" || from == "http" || from == "http::oidc" {
            continue;
        }
        let of = |path: &str| {
            HANDLERS
                .iter()
                .copied()
                .find(|handler| is_within(path, handler))
        };
        let Some(other) = of(&to).filter(|_| is_within(&from, "http")) else {
            continue;
        };
        if of(&from) != Some(other) {
            arrows.push(format!("{from} -> handler {other} ({file} names {to})"));
        }
    }
    expect_none(&arrows);
}

#[test]
fn the_scanner_sees_the_arrows_that_stand_there() {
    // Allowed ones: were they not seen, forbidden ones would not be either.
    let sees = |src: &str, from: &str, to: &str| {
        let arrows = arrows_within(src);
        let seen = arrows
            .iter()
            .any(|(one, other, _)| one == from && is_within(other, to));
        assert!(seen, "{src}: {from} -> {to} is not seen");
    };
    sees("idp/core/src", "log_in", "store");
    sees("idp/core/src", "token::authorization_code", "grant");
    sees("idp/src", "http::login", "http::extract");
    sees("idp/src", "http::login", "http::challenge");
    sees("idp/src", "http::oidc::token", "http::error");
    sees("idp/src", "http::routes", "http::logout");
    let dependencies = dependencies();
    assert!(dependencies["idp"].contains(&"idp-core".to_owned()));
    assert!(dependencies["idp-storage"].contains(&"diesel".to_owned()));
}

#[test]
fn the_lists_of_flows_nouns_and_handlers_are_the_truth() {
    let exists = |src: &str, module: &str| {
        let path = root().join(src).join(module.replace("::", "/"));
        path.is_dir() || path.with_extension("rs").is_file()
    };
    for module in FLOWS.iter().chain(&NOUNS) {
        assert!(
            exists("idp/core/src", module),
            "{module} is not in the core any more"
        );
    }
    for module in HANDLERS {
        assert!(exists("idp/src", module), "{module} is no handler any more");
    }
}
