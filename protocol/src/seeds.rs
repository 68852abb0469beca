//! The seeds of the fuzz target, replayed without libFuzzer.

use crate::fuzz_entries;

const SEEDS: [&[u8]; 4] = [
    include_bytes!("../../fuzz/seeds/proof/yzt"),
    include_bytes!("../../fuzz/seeds/proof/yzt-media"),
    include_bytes!("../../fuzz/seeds/proof/web-eid"),
    include_bytes!("../../fuzz/seeds/proof/dictionary-like"),
];

#[test]
fn seeds_of_proofs_are_read_without_a_crash() {
    let understood = SEEDS.iter().filter(|seed| {
        let text = str::from_utf8(seed).unwrap_or_default();
        protocol::proof::Proof::from_json(text).is_ok()
    });
    assert_eq!(understood.count(), 3);
    for seed in SEEDS {
        fuzz_entries::proof(seed);
        for at in 0..seed.len() {
            fuzz_entries::proof(&seed[..at]);
            let mut changed = seed.to_vec();
            changed[at] ^= 0x01;
            fuzz_entries::proof(&changed);
        }
    }
}
