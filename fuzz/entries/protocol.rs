//! What the fuzz target of `protocol` does with octets from outside. Shared by the target, which libFuzzer drives, and by a
//! unit test, which replays the seeds.

use protocol::proof::{PROOF_MAX_OCTETS, Proof, ProofFormat, is_media_number};

/// A proof's JSON: what is read keeps the limits and reads back as itself.
pub fn proof(octets: &[u8]) {
    let Ok(text) = std::str::from_utf8(octets) else {
        return;
    };
    let Ok(proof) = Proof::from_json(text) else {
        return;
    };
    assert!(text.len() <= PROOF_MAX_OCTETS);
    assert!(!proof.certificate.is_empty() && !proof.signature.is_empty());
    assert!(proof.media_number.as_deref().is_none_or(is_media_number));
    if proof.format == ProofFormat::YztProofV1 {
        assert_eq!(Proof::from_json(&proof.to_json()), Ok(proof));
    }
}
