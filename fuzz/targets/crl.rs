#![no_main]

#[allow(dead_code, reason = "the other targets' entries")]
#[path = "../entries/pki.rs"]
mod entries;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| entries::crl(octets));
