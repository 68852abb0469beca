//! JSON web tokens bent in every way that some library once took, against everything of the provider that verifies one:
//! signed anew after the bending, so that the rule alone refuses.

mod bend;
mod claims;
mod forms;
mod headers;

use e2e::vector::{Bench, Verifier};

#[tokio::test]
async fn what_is_bent_is_refused_by_everything_that_verifies() {
    let mut bench = Bench::new().await;
    let (mut checks, mut wrong) = (0, Vec::new());
    let tables = [
        forms::ALGORITHMS,
        headers::HEADERS,
        claims::CLAIMS,
        forms::FORMS,
    ];
    for (name, bend, takers) in tables.into_iter().flatten() {
        bench.renew().await;
        for verifier in Verifier::ALL {
            // An address of that length is not sent.
            if *name == "too long" && verifier == Verifier::Hint {
                continue;
            }
            let Some(token) = bend(&bench.kit(verifier)) else {
                continue;
            };
            checks += 1;
            let is_taken = bench.takes(verifier, &token).await;
            if is_taken != takers.contains(&verifier) {
                let did = if is_taken { "takes" } else { "refuses" };
                wrong.push(format!("{verifier:?} {did}: {name}"));
            }
        }
    }
    let vectors: usize = tables.iter().map(|table| table.len()).sum();
    println!(
        "{vectors} vectors, {checks} checks against {} verifiers",
        Verifier::ALL.len()
    );
    assert!(wrong.is_empty(), "of {checks}:\n{}", wrong.join("\n"));
    assert!(vectors >= 100 && checks >= 450, "{vectors} {checks}");
}
