//! The written form of attribute profiles.

use pki::holder::{AttributeProfile, LockKind, read_holder};
use pki::sm2::SigningKey;

use crate::draft::{Draft, extension, name_of, tlv};

const HEAD: &str =
    "holder_name = [{ subject = \"CN\" }]\nkey_number = [{ serial_number = true }]\n";

fn refused(tail: &str) -> bool {
    toml::from_str::<AttributeProfile>(&format!("{HEAD}{tail}")).is_err()
}

#[test]
fn unknown_and_contradictory_words_are_refused() {
    assert!(!refused(""));
    assert!(refused("colour = 1"));
    assert!(refused(
        "credit_code = [{ subject = \"CN\", extension = \"1.2.3\" }]"
    ));
    assert!(refused("credit_code = [{ }]"));
    assert!(refused("credit_code = [{ serial_number = false }]"));
    assert!(refused("credit_code = [{ subject = \"nonsense\" }]"));
    assert!(refused("credit_code = [{ extension = \"1.2.x\" }]"));
    assert!(refused(
        "credit_code = [{ extension = \"1.2.3\", decoding = \"rot13\" }]"
    ));
    assert!(refused(
        "credit_code = [{ subject = \"O\", decoding = \"utf8\" }]"
    ));
    assert!(refused(
        "credit_code = [{ subject = \"O\", separator = \"@\" }]"
    ));
    assert!(refused(
        "credit_code = [{ subject = \"O\", separator = \"@\", part = 0 }]"
    ));
    assert!(refused(
        "credit_code = [{ subject = \"O\", prefix = \"x\" }]"
    ));
    assert!(refused(
        "lock_kind = [{ is = \"undecidable\", when = { always = true } }]"
    ));
    assert!(refused("lock_kind = [{ is = \"key_lock\" }]"));
    assert!(refused(
        "lock_kind = [{ is = \"key_lock\", when = { always = false } }]"
    ));
    assert!(refused(
        "lock_kind = [{ is = \"key_lock\", when = { always = true, subject = \"O\" } }]"
    ));
    assert!(refused(
        "lock_kind = [{ is = \"key_lock\", when = { policy = \"1.2.3\", equals = \"a\" } }]"
    ));
    assert!(refused(
        "lock_kind = [{ is = \"key_lock\", when = { subject = \"O\", equals = \"a\", contains = \"a\" } }]"
    ));
    assert!(refused(
        "lock_kind = [{ is = \"key_lock\", when = { equals = \"a\" } }]"
    ));
    assert!(!refused(
        "lock_kind = [{ is = \"key_lock\", when = { always = true } }]"
    ));
}

#[test]
fn refusal_says_what_would_be_right() {
    let text = format!("{HEAD}credit_code = [{{ subject = \"CN\", extension = \"1.2.3\" }}]");
    let why = toml::from_str::<AttributeProfile>(&text)
        .unwrap_err()
        .to_string();
    assert!(why.contains("exactly one of"), "{why}");
}

#[test]
fn parts_prefixes_and_lengths_are_taken() {
    let key = SigningKey::generate().unwrap();
    let mut draft = Draft::lock("root", "lock");
    draft.subject = name_of(&[
        (
            b"\x55\x04\x03",
            12,
            "某公司@91350100M000100Y43@01".as_bytes(),
        ),
        (b"\x55\x04\x0b", 12, "财务部".as_bytes()),
        (b"\x55\x04\x0b", 12, b"USCC:91350100M000100Y43"),
    ]);
    // 1.2.86.11.7.3 with a business registration number of another form, 1.2.3.4 with raw bytes.
    draft
        .extensions
        .push(extension("2a560b0703", false, &tlv(19, b"150102000000001")));
    draft
        .extensions
        .push(extension("2a0304", false, b"\x00\xab\xcd"));
    let certificate = draft.certificate(&key, &key);
    let profile: AttributeProfile = toml::from_str(
        r#"
        holder_name = [{ subject = "CN", separator = "@", part = 1 }]
        credit_code = [
            { extension = "1.2.86.11.7.3", length = 18 },
            { subject = "CN", separator = "@", part = 2 },
            { subject = "OU", strip_prefix = "USCC:" },
        ]
        key_number = [{ extension = "1.2.3.4", decoding = "hex" }]
        lock_kind = [
            { is = "legal_person_lock", when = { policy = "1.2.3" } },
            { is = "legal_person_lock", when = { subject = "OU", equals = "法人" } },
            { is = "key_lock", when = { subject = "OU", contains = "财务" } },
        ]
        "#,
    )
    .unwrap();
    let holder = read_holder(&certificate, &profile).unwrap();
    assert_eq!(holder.name, "某公司");
    assert_eq!(holder.credit_code.unwrap().as_str(), "91350100M000100Y43");
    assert_eq!(holder.key_number, "00ABCD");
    assert_eq!(holder.lock_kind, LockKind::KeyLock);
}

#[test]
fn profile_of_the_documentation_works() {
    let documentation = include_str!("../../src/holder/profile/mod.rs");
    let lines: Vec<&str> = documentation
        .lines()
        .skip_while(|line| !line.contains("```toml"))
        .skip(1)
        .take_while(|line| *line != "//! ```")
        .map(|line| line.trim_start_matches("//!"))
        .collect();
    let text = lines.join("\n");
    assert!(text.contains("holder_name"));
    toml::from_str::<AttributeProfile>(&text).unwrap();
}

#[test]
fn each_decoding_takes_its_own_form_only() {
    let key = SigningKey::generate().unwrap();
    let name_with = |decoding: &str, value: &[u8]| {
        let mut draft = Draft::lock("root", "lock");
        draft.extensions.push(extension("2a0304", false, value));
        let profile = format!(
            "holder_name = [{{ extension = \"1.2.3.4\", decoding = \"{decoding}\" }}]\nkey_number = [{{ serial_number = true }}]"
        );
        let profile: AttributeProfile = toml::from_str(&profile).unwrap();
        read_holder(&draft.certificate(&key, &key), &profile)
            .ok()
            .map(|holder| holder.name)
    };
    let gb18030 = b"\xc4\xda\xc3\xc9\xb9\xc5";
    let wrapped = tlv(0x31, &tlv(0xA0, &tlv(19, b"abc")));
    assert_eq!(name_with("gb18030", gb18030).as_deref(), Some("内蒙古"));
    assert_eq!(name_with("utf8", gb18030), None);
    assert_eq!(name_with("auto", gb18030).as_deref(), Some("内蒙古"));
    assert_eq!(
        name_with("auto", &tlv(20, gb18030)).as_deref(),
        Some("内蒙古")
    );
    assert_eq!(
        name_with("string", &tlv(20, gb18030)).as_deref(),
        Some("内蒙古")
    );
    assert_eq!(name_with("string", &wrapped), None);
    assert_eq!(name_with("wrapped", &wrapped).as_deref(), Some("abc"));
    assert_eq!(name_with("utf8", b"a\nb").as_deref(), Some("a\u{FFFD}b"));
    assert_eq!(name_with("string", b"abc"), None);
}

#[test]
fn a_profile_is_written_in_the_form_it_was_read() {
    const WHOLE: &str = r#"
        holder_name = [{ subject = "O" }, { subject = "2.5.4.3", strip_prefix = "名", separator = "@", part = 2 }]
        credit_code = [{ extension = "1.2.86.11.7.3", decoding = "wrapped", length = 18 }, { extension = "1.2.3" }]
        key_number = [{ serial_number = true }]
        lock_kind = [
            { is = "legal_person_lock", when = { subject = "OU", contains = "法人" } },
            { is = "legal_person_lock", when = { extension = "1.2.3", decoding = "hex", starts_with = "5346" } },
            { is = "key_lock", when = { subject = "1.2.3.4", equals = "企业" } },
            { is = "key_lock", when = { policy = "1.2.156.1" } },
            { is = "key_lock", when = { extension = "1.2.5" } },
            { is = "key_lock", when = { always = true } },
        ]
    "#;
    let read: AttributeProfile = toml::from_str(WHOLE).unwrap();
    let json = serde_json::to_value(&read).unwrap();
    assert_eq!(json["holder_name"][1]["subject"], "CN");
    assert_eq!(
        json["credit_code"][1],
        serde_json::json!({ "extension": "1.2.3" })
    );
    assert_eq!(
        json["lock_kind"][5]["when"],
        serde_json::json!({ "always": true })
    );
    assert_eq!(
        serde_json::from_value::<AttributeProfile>(json).unwrap(),
        read
    );
    let toml = toml::to_string(&read).unwrap();
    assert_eq!(toml::from_str::<AttributeProfile>(&toml).unwrap(), read);
}
