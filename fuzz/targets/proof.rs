#![no_main]

#[path = "../entries/protocol.rs"]
mod entries;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| entries::proof(octets));
