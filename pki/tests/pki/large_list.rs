//! What a list of a million entries costs. Not run by default:
//! `cargo test --release --workspace --test pki -- --ignored --nocapture large_list`

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use pki::path::verify_path;
use pki::revocation::{Lists, Revocation, UnverifiedCrl};
use pki::sm2::SigningKey;

use crate::draft::{Draft, extension, name};
use crate::lab::{AT, anchors};

const ENTRIES: u64 = 1_000_000;

/// Tag, length of any size, content.
fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let zeros = length.iter().take_while(|octet| **octet == 0).count();
    let digits = &length[zeros..];
    let mut whole = vec![tag];
    if content.len() < 0x80 {
        whole.push(u8::try_from(content.len()).unwrap());
    } else {
        whole.push(0x80 | u8::try_from(digits.len()).unwrap());
        whole.extend(digits);
    }
    whole.extend(content);
    whole
}

/// Random-looking serial numbers of 16 octets, each with a reason, as CAs write them.
fn list(key: &SigningKey, entries: u64) -> Vec<u8> {
    let reason = extension("551d15", false, b"\x0a\x01\x01");
    let mut all = Vec::new();
    for number in 0..entries {
        let mixed = u128::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        let serial = (mixed >> 1 | 1 << 126).to_be_bytes();
        let entry = [
            tlv(2, &serial),
            tlv(23, b"260601000000Z"),
            tlv(0x30, &reason),
        ];
        all.extend(tlv(0x30, &entry.concat()));
    }
    let algorithm = tlv(0x30, b"\x06\x08\x2a\x81\x1c\xcf\x55\x01\x83\x75");
    let number = extension("551d14", false, b"\x02\x01\x01");
    let content = [
        tlv(2, &[1]),
        algorithm.clone(),
        name("root"),
        tlv(24, b"20260601000000Z"),
        tlv(24, b"20260701000000Z"),
        tlv(0x30, &all),
        tlv(0xA0, &tlv(0x30, &number)),
    ];
    let signed = tlv(0x30, &content.concat());
    let signature = tlv(3, &[&[0], key.sign(&signed).unwrap().as_slice()].concat());
    tlv(0x30, &[signed, algorithm, signature].concat())
}

/// A line of `/proc/self/status`, in MiB.
fn memory(field: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    let kib: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib / 1024.0
}

#[test]
#[ignore = "a measurement, not a check"]
fn a_million_entries_are_measured() {
    let (ca_key, key) = (
        SigningKey::generate().unwrap(),
        SigningKey::generate().unwrap(),
    );
    let root = Draft::ca("root").certificate(&ca_key, &ca_key);
    let lock = Draft::lock("root", "lock").certificate(&key, &ca_key);
    let folder = tempfile::tempdir().unwrap();
    let (large, small) = (folder.path().join("large"), folder.path().join("small"));
    std::fs::write(&large, list(&ca_key, ENTRIES)).unwrap();
    std::fs::write(&small, list(&ca_key, 10)).unwrap();

    let mut said = String::new();
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory("VmRSS");
    let octets = std::fs::read(&large).unwrap();
    let size = octets.len();
    let begin = Instant::now();
    let verified = UnverifiedCrl::from_der(&octets).unwrap().verify([&root]);
    let took = begin.elapsed();
    drop(octets);
    let lists = Lists::new(vec![verified.unwrap()]);
    writeln!(
        said,
        "list of {size} octets, {} entries: verified and indexed in {took:.2?}; resident {before:.1} MiB before, {:.1} \
         MiB after, {:.1} MiB at most",
        lists.all()[0].entries(),
        memory("VmRSS"),
        memory("VmHWM"),
    )
    .unwrap();

    let octets = std::fs::read(&small).unwrap();
    let few = UnverifiedCrl::from_der(&octets).unwrap().verify([&root]);
    let few = Lists::new(vec![few.unwrap()]);
    let begin = Instant::now();
    for _ in 0..1_000_000 {
        assert!(!black_box(&lists.all()[0]).takes_back(black_box(&lock)));
    }
    let micros = begin.elapsed().as_secs_f64();
    writeln!(said, "lookup: {micros:.3} us").unwrap();
    let roots = anchors(&[&root]);
    let judge = |lists: &Lists| {
        let begin = Instant::now();
        for _ in 0..500 {
            verify_path(&lock, &roots, &[], &Revocation::Asked(lists), AT).unwrap();
        }
        begin.elapsed().as_secs_f64() * 2000.0
    };
    for round in 1..=5 {
        let (with_few, with_many) = (judge(&few), judge(&lists));
        writeln!(
            said,
            "round {round}: verdict with 10 entries {with_few:.1} us, with a million {with_many:.1} us, ratio {:.3}",
            with_many / with_few
        )
        .unwrap();
    }
    println!("{said}");
}
