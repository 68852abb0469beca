//! Habits of the repository: files that can be read, that say what they own, and that name no machine.

use std::path::Path;

use e2e::source::{rust_files, short, tracked_files};

/// Source of every product crate.
const SOURCES: [&str; 8] = [
    "pki/src",
    "protocol/src",
    "idp/core/src",
    "idp/storage/src",
    "idp/src",
    "client-adapter/src",
    "key-agent/src",
    "demo/src",
];

#[test]
fn no_file_is_so_long_that_nobody_reads_it() {
    const WARN: usize = 400;
    const FAIL: usize = 600;
    let mut too_long = Vec::new();
    for folder in [
        "pki",
        "protocol",
        "idp",
        "client-adapter",
        "key-agent",
        "demo",
        "tests",
    ] {
        for file in rust_files(folder) {
            let lines = std::fs::read_to_string(&file).unwrap().lines().count();
            if lines > FAIL {
                too_long.push(format!("{} has {lines} lines", short(&file)));
            } else if lines > WARN {
                println!("{} has {lines} lines: why?", short(&file));
            }
        }
    }
    assert!(
        too_long.is_empty(),
        "files over {FAIL} lines:\n  {}",
        too_long.join("\n  ")
    );
}

#[test]
fn every_source_file_begins_by_saying_what_it_owns() {
    let mut silent = Vec::new();
    for src in SOURCES {
        for file in rust_files(src) {
            let text = std::fs::read_to_string(&file).unwrap();
            if !text.starts_with("//!") {
                silent.push(short(&file));
            }
        }
    }
    assert!(
        silent.is_empty(),
        "without `//!`:\n  {}",
        silent.join("\n  ")
    );
}

/// Where a lock file may fetch from.
const REGISTRIES: [&str; 3] = [
    "https://github.com/rust-lang/crates.io-index",
    "https://registry.npmjs.org/",
    "https://crates.io/",
];

#[test]
fn no_tracked_file_names_a_machine_or_a_private_registry() {
    let Some(files) = tracked_files() else {
        println!("SKIPPED: this is no git repository");
        return;
    };
    // Put together here, so that this file does not name them.
    let machine: Vec<String> = ["work", "root", "home"]
        .iter()
        .map(|folder| format!("/{folder}/"))
        .collect();
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.is_file()) {
        let Ok(text) = std::fs::read_to_string(file) else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            if machine.iter().any(|path| names_folder(line, path)) || private_registry(file, line) {
                found.push(format!("{}:{}: {}", short(file), number + 1, line.trim()));
            }
        }
    }
    assert!(
        found.is_empty(),
        "machine paths or private registries:\n  {}",
        found.join("\n  ")
    );
}

/// An absolute path: nothing that is part of a longer one stands before it.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !(c.is_alphanumeric() || "._-/}*$".contains(c)))
    })
}

fn private_registry(file: &Path, line: &str) -> bool {
    let file_name = file.file_name().and_then(|name| name.to_str());
    let fetches = match file_name.unwrap_or_default() {
        "Cargo.lock" => true,
        "package-lock.json" => line.contains("\"resolved\""),
        ".npmrc" | "config.toml" => line.contains("registry"),
        _ => false,
    };
    let urls = line.match_indices("http").map(|(at, _)| &line[at..]);
    let mut origins = urls.filter(|url| url.starts_with("http://") || url.starts_with("https://"));
    fetches && origins.any(|url| !REGISTRIES.iter().any(|known| url.starts_with(known)))
}
