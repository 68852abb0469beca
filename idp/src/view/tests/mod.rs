//! Every page in both languages: the words are all there, the HTML keeps its promises.
//!
//! With `VIEW_OUT` set to a directory, the sample pages are written there to be looked at.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod account;
mod choosing;
mod samples;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use idp_core::audit::AuditKind;
use idp_core::audit_group::AuditGroup;

use super::messages::source;
use super::problem::{AGENT_CODES, CODES};
use super::{Frame, Locale, Messages};
use samples::{ASSETS, frame, pages};

/// Keys of a Fluent file with the placeholders each one uses.
fn entries(locale: Locale) -> BTreeMap<String, BTreeSet<String>> {
    let mut entries: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in source(locale).lines() {
        let starts_entry = line.starts_with(|c: char| c.is_ascii_lowercase());
        if starts_entry {
            key = line.split_once(" =").expect("key = value").0.to_owned();
            let before = entries.insert(key.clone(), BTreeSet::new());
            assert!(before.is_none(), "{key} occurs twice");
        }
        if starts_entry || line.starts_with(' ') {
            for placeable in line.split("{ $").skip(1) {
                let name = placeable.split(' ').next().unwrap().to_owned();
                entries.get_mut(&key).unwrap().insert(name);
            }
        }
    }
    entries
}

/// Every string literal that stands right after one of `openings`.
fn literals(text: &str, openings: &[&str]) -> BTreeSet<String> {
    let of = |opening: &&str| {
        let opening = format!("{opening}\"");
        text.split(opening.as_str())
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    openings.iter().flat_map(of).collect()
}

/// The texts of the files below `folder` that end in `.extension`, these tests left out.
fn files(folder: &Path, extension: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("view/tests") {
            texts.extend(files(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            texts.push(std::fs::read_to_string(path).unwrap());
        }
    }
    texts
}

fn used_keys() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut keys = BTreeSet::new();
    for text in files(&root.join("templates"), "html") {
        keys.extend(literals(&text, &["frame.t(", "frame.ta("]));
    }
    for text in files(&root.join("src"), "rs") {
        // A long call is wrapped: its key stands on the next line.
        let text: String = text.lines().map(str::trim_start).collect();
        keys.extend(literals(&text, &[".t(", ".ta(", ".lines(", "label_key: "]));
        let mut maybe = literals(&text, &["=> ", ", ", "("]);
        maybe.retain(|key| Messages::of(Locale::ZhCn).has(key));
        keys.extend(maybe);
    }
    keys
}

#[test]
fn both_languages_have_the_same_keys_and_placeholders() {
    assert_eq!(entries(Locale::ZhCn), entries(Locale::En));
}

#[test]
fn every_key_of_the_files_can_be_read() {
    for locale in Locale::ALL {
        for key in entries(locale).keys() {
            assert!(Messages::of(locale).has(key), "{key} in {}", locale.tag());
        }
    }
}

#[test]
fn every_key_that_is_used_exists_and_every_key_that_exists_is_used() {
    let used = used_keys();
    let existing = entries(Locale::ZhCn);
    for key in &used {
        assert!(existing.contains_key(key), "{key} is used but missing");
    }
    // Composed in code: by problem code, question number, field, scope or claim.
    let composed = [
        "problem-",
        "faq-",
        "bind-",
        "scope-",
        "claim-",
        "back-to-",
        "statement-",
        "notification-",
        "subject-type-",
        "act-",
        "platform-",
        "receipt-check-",
        "notice-",
        "console-",
        "event-",
        "audit-",
        "consent-outcome-",
        "evidence-",
        "field-",
        "enterprise-",
        "enterprises-by-",
        "lock-role-",
        "lock-state-",
        "sign-in-",
        "authority-",
        "figure-",
        "operator-",
        "proposal-",
        "role-",
    ];
    for key in existing.keys() {
        let known = used.contains(key) || composed.iter().any(|it| key.starts_with(it));
        assert!(known, "{key} is never used");
    }
}

#[test]
fn every_problem_has_a_message_and_advice() {
    for code in CODES.iter().chain(&AGENT_CODES) {
        for locale in Locale::ALL {
            let messages = Messages::of(locale);
            assert!(messages.has(&format!("problem-{code}")), "{code}");
            assert!(messages.has(&format!("problem-{code}-advice")), "{code}");
        }
    }
}

#[test]
fn every_event_and_every_group_of_events_has_words() {
    let kinds = AuditKind::ALL.iter().map(|kind| kind.as_str());
    let groups = AuditGroup::ALL.iter().map(|group| group.as_str());
    let of_kinds = kinds.map(|word| format!("event-{}", word.replace('.', "-")));
    let keys = of_kinds.chain(groups.map(|word| format!("event-group-{word}")));
    for key in keys {
        for locale in Locale::ALL {
            assert!(Messages::of(locale).has(&key), "{key}");
        }
    }
}

#[test]
fn problems_are_told_apart_by_their_texts() {
    for locale in Locale::ALL {
        let texts: BTreeSet<_> = CODES
            .iter()
            .map(|code| Messages::of(locale).t(&format!("problem-{code}")))
            .collect();
        assert_eq!(texts.len(), CODES.len());
    }
}

#[test]
fn every_claim_that_can_be_consented_to_has_a_label() {
    let claims = [
        "sub",
        "name",
        "credit_code",
        "legal_representative",
        "region_code",
        "subject_types",
        "certificate_issuer",
        "certificate_serial_number",
        "key_number",
        "media_number",
        "certificate_not_before",
        "certificate_not_after",
        "x5t-S256",
        "lock_role",
        "phone_number",
        "address",
    ];
    for claim in claims {
        assert!(Messages::of(Locale::ZhCn).has(&format!("claim-{claim}")));
    }
}

#[test]
fn every_page_is_sound_html_in_both_languages() {
    for locale in Locale::ALL {
        for (name, html) in pages(locale) {
            check_structure(&format!("{name} ({})", locale.tag()), &html, locale);
        }
    }
}

fn check_structure(name: &str, html: &str, locale: Locale) {
    assert!(html.starts_with("<!DOCTYPE html>"), "{name}: doctype");
    let lang = format!("<html lang=\"{}\">", locale.tag());
    assert!(html.contains(&lang), "{name}: lang");
    assert_eq!(html.matches("<h1").count(), 1, "{name}: one h1");
    assert_eq!(html.matches("<main").count(), 1, "{name}: one main");
    for forbidden in [" style=", "<style", " onclick=", "javascript:", "{{", "{%"] {
        assert!(!html.contains(forbidden), "{name}: {forbidden}");
    }
    let scripts: Vec<_> = html.split("<script").skip(1).collect();
    assert!(
        scripts.iter().all(|it| it.starts_with(" src=")),
        "{name}: inline script"
    );
    let ids = literals(html, &[" id="]);
    assert_eq!(
        html.matches(" id=\"").count(),
        ids.len(),
        "{name}: an id occurs twice"
    );
    let mut references = literals(html, &[" for=", " aria-labelledby=", " href=\"#"]);
    for list in literals(html, &[" aria-describedby="]) {
        references.extend(list.split_whitespace().map(str::to_owned));
    }
    for id in references.iter().filter(|id| !id.is_empty()) {
        assert!(ids.contains(id), "{name}: nothing has the id {id}");
    }
    for tag in [
        "div", "p", "ul", "ol", "dl", "li", "a", "section", "form", "span", "button",
    ] {
        let opened =
            html.matches(&format!("<{tag} ")).count() + html.matches(&format!("<{tag}>")).count();
        assert_eq!(
            opened,
            html.matches(&format!("</{tag}>")).count(),
            "{name}: <{tag}>"
        );
    }
}

#[test]
fn every_form_that_posts_carries_the_token() {
    for (name, html) in pages(Locale::ZhCn) {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap();
            let posts = form.contains("method=\"post\"");
            // The token is for our own pages: a form that goes to a platform must not tell it.
            let is_ours = !form.contains("action=\"https:");
            assert_eq!(
                posts && is_ours,
                form.contains("name=\"csrf_token\""),
                "{name}"
            );
        }
    }
}

#[test]
fn names_from_certificates_are_escaped() {
    let html = choosing::certificate_of(frame(Locale::ZhCn), "<script>alert(1)</script>\"");
    assert!(!html.contains("<script>alert"));
    assert!(html.contains("&#60;script&#62;"));
}

#[test]
fn the_language_switch_keeps_the_page_and_its_query() {
    let href = |path_and_query: &str| {
        let frame = Frame {
            path_and_query,
            ..frame(Locale::ZhCn)
        };
        frame.languages()[1].href.clone().unwrap()
    };
    assert_eq!(href("/"), "/?lang=en");
    assert_eq!(
        href("/login?request=a%26b&lang=zh-CN"),
        "/login?request=a%26b&lang=en"
    );
    assert_eq!(
        href("/platforms?lang=zh&q=%E8%B5%A4"),
        "/platforms?q=%E8%B5%A4&lang=en"
    );
    assert_eq!(href("//evil.example/x?y=1"), "/?y=1&lang=en");
    assert_eq!(href("/\\evil.example"), "/?lang=en");
    assert_eq!(href("https://evil.example"), "/?lang=en");
}

#[test]
fn a_page_with_its_assets_stays_within_the_budget_even_uncompressed_by_half() {
    let assets: usize = ASSETS.iter().map(|(_, text)| text.len()).sum();
    for (name, html) in pages(Locale::ZhCn) {
        // 60 kB on the wire is compressed; text like this shrinks at least to 40 %.
        assert!(
            (assets + html.len()) * 2 / 5 < 60_000,
            "{name}: {}",
            html.len()
        );
    }
    let script = ASSETS
        .iter()
        .find(|(name, _)| *name == "portal.js")
        .unwrap();
    // Its growth is to be noticed: it is read on every page.
    assert!(script.1.len() <= 13 * 1024, "portal.js: {}", script.1.len());
}

#[test]
fn the_pages_can_be_written_out_to_be_looked_at() {
    let Ok(folder) = std::env::var("VIEW_OUT") else {
        return;
    };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).unwrap();
    for (name, text) in ASSETS {
        std::fs::write(folder.join(name), text).unwrap();
    }
    for locale in Locale::ALL {
        for (name, html) in pages(locale) {
            let file = format!("{name}.{}.html", locale.tag());
            std::fs::write(folder.join(file), html).unwrap();
        }
    }
}
