//! Subject texts in every string type that certificates of this field carry.

use pki::certificate::Certificate;
use pki::sm2::SigningKey;

use crate::draft::{Draft, name_of};
use crate::lab::{Kind, Lab, Order};

const CN: &[u8] = b"\x55\x04\x03";
const O: &[u8] = b"\x55\x04\x0a";
/// 内蒙古 in GB18030.
const GB18030: &[u8] = b"\xc4\xda\xc3\xc9\xb9\xc5";

fn subject(attributes: &[(&[u8], u8, &[u8])]) -> Certificate {
    let key = SigningKey::generate().unwrap();
    let mut draft = Draft::lock("root", "lock");
    draft.subject = name_of(attributes);
    draft.certificate(&key, &key)
}

fn common_name(tag: u8, content: &[u8]) -> String {
    subject(&[(CN, tag, content)])
        .subject()
        .common_name()
        .unwrap()
        .to_owned()
}

#[test]
fn openssl_names_are_read_in_each_string_type() {
    let lab = Lab::new();
    lab.root("root", Kind::P256);
    let read = |name: &str, strings: &str, subject: &[u8]| {
        let order = Order {
            subject,
            strings,
            ..Order::lock(name, Kind::P256)
        };
        lab.issue("root", &order)
            .subject()
            .common_name()
            .unwrap()
            .to_owned()
    };
    assert_eq!(read("utf8", "utf8only", "/CN=内蒙古".as_bytes()), "内蒙古");
    assert_eq!(
        read("printable", "MASK:0x2", b"/CN=Inner Mongolia"),
        "Inner Mongolia"
    );
    // Given as Latin-1, kept byte for byte in a T61String: what old offices did with GB2312.
    assert_eq!(
        read("t61", "MASK:0x4", &[b"/CN=", GB18030].concat()),
        "内蒙古"
    );
    assert_eq!(read("bmp", "MASK:0x800", b"/CN=M\xfcller"), "Müller");
}

#[test]
fn each_string_type_is_decoded() {
    assert_eq!(common_name(12, "内蒙古".as_bytes()), "内蒙古");
    assert_eq!(common_name(19, b"Inner Mongolia"), "Inner Mongolia");
    assert_eq!(common_name(22, b"a@b.cn"), "a@b.cn");
    assert_eq!(common_name(30, b"\x51\x85\x84\x99\x53\xe4"), "内蒙古");
    assert_eq!(
        common_name(28, b"\0\0\x51\x85\0\0\x84\x99\0\0\x53\xe4"),
        "内蒙古"
    );
    for tag in [12, 19, 20] {
        assert_eq!(
            common_name(tag, GB18030),
            "内蒙古",
            "GB18030 under tag {tag}"
        );
    }
    assert_eq!(
        common_name(20, "内蒙古".as_bytes()),
        "内蒙古",
        "UTF-8 under a T61 tag"
    );
}

#[test]
fn broken_text_becomes_replacement_characters() {
    assert_eq!(common_name(30, b"\x51\x85\x84"), "内\u{FFFD}");
    assert_eq!(common_name(30, b"\xd8\x00"), "\u{FFFD}");
    assert_eq!(common_name(28, b"\0\x11\0\0"), "\u{FFFD}");
    assert!(common_name(12, b"\xff\xff").contains('\u{FFFD}'));
}

#[test]
fn text_cannot_break_out_of_a_line() {
    let hostile = "a\r\nSet-Cookie: x\0\u{85}\u{202E}b\u{2028}\u{200B}\u{2066}\u{FEFF}\u{7f}";
    let text = common_name(12, hostile.as_bytes());
    assert_eq!(
        text,
        "a\u{FFFD}\u{FFFD}Set-Cookie: x\u{FFFD}\u{FFFD}\u{FFFD}b\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"
    );
    assert_eq!(common_name(30, b"\0a\0\n\x20\x2e"), "a\u{FFFD}\u{FFFD}");
}

#[test]
fn display_is_rfc_4514() {
    let certificate = subject(&[
        (b"\x55\x04\x06", 19, b"CN"),
        (O, 12, "甲,乙+\"丙\"".as_bytes()),
        (b"\x2a\x03\x04", 12, b"own"),
        (CN, 12, b" x = #1 "),
    ]);
    let shown = certificate.subject().to_string();
    assert_eq!(
        shown,
        "CN=\\ x \\= #1\\ ,1.2.3.4=own,O=甲\\,乙\\+\\\"丙\\\",C=CN"
    );
    assert_eq!(certificate.subject().first("1.2.3.4"), Some("own"));
    assert_eq!(certificate.subject().all("2.5.4.10").count(), 1);
    assert_eq!(certificate.subject().first("2.5.4.11"), None);
}

#[test]
fn value_of_no_string_type_is_shown_in_hex() {
    assert_eq!(common_name(2, b"\x05"), "#05");
}
