//! The seeds of the fuzz target, replayed without libFuzzer.

use std::path::Path;

use crate::fuzz_entries;

#[test]
fn seeds_of_proofs_are_read_without_a_crash() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds/proof");
    let mut replayed = 0_u32;
    for file in std::fs::read_dir(folder).unwrap() {
        let seed = std::fs::read(file.unwrap().path()).unwrap();
        fuzz_entries::proof(&seed);
        for at in 0..seed.len() {
            fuzz_entries::proof(&seed[..at]);
            let mut changed = seed.clone();
            changed[at] ^= 0x01;
            fuzz_entries::proof(&changed);
        }
        replayed += 1;
    }
    assert!(replayed >= 3, "{replayed} seeds");
}
