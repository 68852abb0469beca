//! How long a verdict takes. Not run by default: `cargo test --release -p pki -- --ignored --nocapture`.

use std::hint::black_box;
use std::time::Instant;

use pki::path::verify_path;
use pki::revocation::Revocation;
use pki::signature::{SignatureAlgorithm, verify_signature};
use pki::sm2::SigningKey;

use crate::draft::Draft;
use crate::lab::{AT, Kind, Lab, Order, anchors, lists};

fn print_time(what: &str, rounds: u32, mut work: impl FnMut()) {
    work();
    let start = Instant::now();
    for _ in 0..rounds {
        work();
    }
    println!(
        "{what}: {:.1} us",
        start.elapsed().as_secs_f64() * 1e6 / f64::from(rounds)
    );
}

#[test]
#[ignore = "a measurement, not a check"]
fn times_are_printed() {
    let (ca_key, key) = (
        SigningKey::generate().unwrap(),
        SigningKey::generate().unwrap(),
    );
    let root = Draft::ca("root").certificate(&ca_key, &ca_key);
    let lock = Draft::lock("root", "lock").certificate(&key, &ca_key);
    let signature = key.sign(b"message").unwrap();
    print_time("SM2 sign", 2000, || drop(black_box(key.sign(b"message"))));
    print_time("SM2 verify", 2000, || {
        verify_signature(
            &lock,
            SignatureAlgorithm::Sm2Sm3,
            b"message",
            black_box(&signature),
        )
        .unwrap();
    });
    let roots = anchors(&[&root]);
    print_time("SM2 path of one signature", 1000, || {
        verify_path(&lock, &roots, &[], &Revocation::NotChecked, AT).unwrap();
    });
    print_time("certificate read", 2000, || {
        drop(black_box(pki::certificate::Certificate::from_der(
            lock.der(),
        )));
    });

    let lab = Lab::new();
    let root = lab.root("root", Kind::Sm2);
    let issuing = lab.issue("root", &Order::ca("issuing", Kind::Sm2, "/CN=issuing"));
    let lock = lab.issue("issuing", &Order::lock("lock", Kind::Sm2));
    let list = |issuer| lab.crl(issuer, "20260601000000Z", "20260701000000Z");
    let known = lists(&[list("root"), list("issuing")], &[&root, &issuing]);
    let (roots, chain) = (anchors(&[&root]), [issuing]);
    print_time("SM2 path of two signatures and two lists", 500, || {
        verify_path(&lock, &roots, &chain, &Revocation::Asked(&known), AT).unwrap();
    });
}
