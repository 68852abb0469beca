//! 签章显示: e-seals written by hand and signed by the OpenSSL command line.

use std::fs;
use std::io::Cursor;
use std::process::Command;

use crate::http::Agent;
use crate::locks::{Folder, SUBJECT};

const ECDSA_WITH_SHA256: &[u8] = b"\x2a\x86\x48\xce\x3d\x04\x03\x02";

/// A seal of GB/T 38540.
struct Draft {
    name: &'static str,
    kind: &'static str,
    picture: Vec<u8>,
    until: &'static [u8],
    /// The lock whose certificate may use it.
    user: &'static str,
}

impl Draft {
    fn new() -> Self {
        Self {
            name: "赤峰测试建设有限公司公章",
            kind: "PNG",
            picture: png(),
            until: b"20990101000000Z",
            user: "p256",
        }
    }

    /// Puts it beside the lock p256.pem, signed by its key.
    fn beside(&self, locks: &Folder) {
        let maker = der(locks, "p256");
        let seal = self.octets(&maker, &der(locks, self.user), |info| {
            let (key, text) = (locks.insert("p256.key"), locks.path("info"));
            fs::write(&text, info).unwrap();
            let done = Command::new("openssl")
                .args(["dgst", "-sha256", "-sign"])
                .args([key, text])
                .output()
                .unwrap();
            assert!(done.status.success(), "{done:?}");
            done.stdout
        });
        fs::write(locks.path("p256.esl"), seal).unwrap();
    }

    fn octets(&self, maker: &[u8], user: &[u8], sign: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let header = [tlv(22, b"ES"), tlv(2, &[4]), tlv(22, b"TESTVENDOR")].concat();
        let property = [
            tlv(2, &[1]),
            tlv(12, self.name.as_bytes()),
            tlv(2, &[1]),
            tlv(0x30, &tlv(4, user)),
            tlv(0x18, b"20200101000000Z"),
            tlv(0x18, b"20200101000000Z"),
            tlv(0x18, self.until),
        ];
        let picture = [
            tlv(22, self.kind.as_bytes()),
            tlv(4, &self.picture),
            tlv(2, &[40]),
            tlv(2, &[40]),
        ];
        let info = [
            tlv(0x30, &header),
            tlv(22, b"SEAL-0001"),
            tlv(0x30, &property.concat()),
            tlv(0x30, &picture.concat()),
        ];
        let info = tlv(0x30, &info.concat());
        let signature = tlv(3, &[vec![0], sign(&info)].concat());
        let named = [tlv(4, maker), tlv(6, ECDSA_WITH_SHA256)].concat();
        tlv(0x30, &[info, named, signature].concat())
    }
}

fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = u32::try_from(value.len()).unwrap().to_be_bytes();
    let head = match value.len() {
        0..=127 => vec![tag, length[3]],
        128..=255 => vec![tag, 0x81, length[3]],
        256..=65535 => vec![tag, 0x82, length[2], length[3]],
        _ => vec![tag, 0x83, length[1], length[2], length[3]],
    };
    [&head, value].concat()
}

fn der(locks: &Folder, name: &str) -> Vec<u8> {
    let pem = fs::read_to_string(locks.insert(&format!("{name}.crt"))).unwrap();
    let certificates = pki::certificate::Certificate::from_pem(&pem).unwrap();
    certificates[0].der().to_vec()
}

fn png() -> Vec<u8> {
    let mut octets = Cursor::new(Vec::new());
    image::RgbImage::from_pixel(8, 8, image::Rgb([200, 30, 30]))
        .write_to(&mut octets, image::ImageFormat::Png)
        .unwrap();
    octets.into_inner()
}

fn agent_with(draft: &Draft) -> (Folder, Agent) {
    let locks = Folder::with(&["p256.pem"]);
    draft.beside(&locks);
    let agent = Agent::start(&locks);
    (locks, agent)
}

fn picture_of(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("src=\"/seals/")?;
    Some(rest.split_once('/')?.0)
}

#[test]
fn a_seal_is_shown_with_its_picture_and_what_is_true_of_it() {
    let (_locks, agent) = agent_with(&Draft::new());
    let page = agent.get("/seals").body;
    for part in [
        "赤峰测试建设有限公司公章",
        "SEAL-0001",
        "TESTVENDOR",
        SUBJECT,
        "data-verdict=\"seal-signed\"",
        // What was not looked at is said as plainly.
        "data-verdict=\"seal-maker-unjudged\"",
        "所附证书由谁颁发、是否过期或吊销、其主体是否为合法的制章者，均未核实",
        "data-verdict=\"seal-current\"",
        "data-verdict=\"seal-listed\"",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let id = picture_of(&page).unwrap();
    let picture = agent.get_octets(&format!("/seals/{id}/picture"));
    assert_eq!(picture.0.header("Content-Type"), Some("image/png"));
    assert_eq!(picture.0.header("X-Content-Type-Options"), Some("nosniff"));
    assert!(
        picture
            .0
            .header("Content-Security-Policy")
            .unwrap()
            .contains("default-src 'none'")
    );
    assert_eq!(picture.1, png());
    agent.stop();
}

#[test]
fn what_is_not_true_of_a_seal_is_told() {
    let ended = Draft {
        until: b"20210101000000Z",
        user: "other",
        ..Draft::new()
    };
    let (locks, agent) = agent_with(&ended);
    let page = agent.get("/seals").body;
    assert!(
        page.contains("seal-ended") && page.contains("seal-not-listed"),
        "{page}"
    );
    assert!(page.contains("seal-signed"));
    // One octet of its name changed.
    let file = locks.path("p256.esl");
    let mut octets = fs::read(&file).unwrap();
    let at = octets
        .windows(9)
        .position(|part| part == b"SEAL-0001")
        .unwrap();
    octets[at] = b'R';
    fs::write(&file, &octets).unwrap();
    assert!(agent.get("/seals").body.contains("seal-forged"));
    // A seal cut short is told as one that cannot be read, and hides nothing else.
    fs::write(&file, &octets[..60]).unwrap();
    assert!(agent.get("/seals").body.contains("此电子签章的格式有误"));
    fs::remove_file(&file).unwrap();
    assert!(agent.get("/seals").body.contains("CA锁中没有电子签章"));
    agent.stop();
}

#[test]
fn a_picture_that_does_not_decode_as_what_it_says_is_not_shown() {
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".to_vec();
    let html = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        b"<script>alert(1)</script>".to_vec(),
    ]
    .concat();
    let mut cut = png();
    cut.truncate(40);
    for picture in [
        svg,
        html,
        cut,
        b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(),
        b"BM".to_vec(),
    ] {
        let draft = Draft {
            picture: picture.clone(),
            kind: "<b>SVG</b>",
            ..Draft::new()
        };
        let (_locks, agent) = agent_with(&draft);
        let page = agent.get("/seals").body;
        assert_eq!(picture_of(&page), None, "{picture:?}");
        assert!(
            page.contains("不能在这里显示") && !page.contains("<b>SVG"),
            "{page}"
        );
        // Nor by its address.
        let id = page.split_once("id=\"seal-").unwrap().1;
        let id = id.split_once('"').unwrap().0;
        assert_eq!(agent.get(&format!("/seals/{id}/picture")).status, 404);
        agent.stop();
    }
}

#[test]
fn a_hostile_name_of_a_seal_is_text() {
    let draft = Draft {
        name: "\"><script>alert(1)</script><img src=x onerror=alert(2)>",
        ..Draft::new()
    };
    let (_locks, agent) = agent_with(&draft);
    let page = agent.get("/seals").body;
    assert!(page.contains("seal-signed"), "{page}");
    assert!(
        !page.contains("<script>alert") && !page.contains("<img src=x"),
        "{page}"
    );
    agent.stop();
}
