//! Properties of what enterprises agreed to, word for word, and of the lines of the trail about it.

use idp_core::audit::{AuditEvent, AuditKind, AuditSalt};
use idp_core::consent_statement::{
    ConsentSigner, ConsentStatement, EvidenceKind, LockSignature, PathEvidence, RevocationEvidence,
};
use idp_core::transparency::event_line;

use crate::backend::{Backend, Property, properties};
use crate::past_the_store::refuse_all;
use crate::samples::{self, Standing, at};
use crate::steps::{insert_standing, read, write};

pub const ALL: &[Property] = properties![
    what_was_agreed_to_comes_back_as_stored_with_its_evidence,
    one_list_clears_many_locks_and_is_kept_once,
    who_signed_the_consent_in_force_is_known,
    lines_of_the_trail_are_kept_beside_their_consent,
];

pub const PAST_THE_STORE: &[Property] = properties![what_was_agreed_to_refuses_change_and_removal];

fn statement(of: &Standing) -> ConsentStatement {
    let evidence = |kind, octets: Option<&[u8]>| RevocationEvidence {
        certificate: "00".repeat(32),
        kind,
        sha256: samples::name("digest"),
        issuer: Some("CN=某某CA".into()),
        number: Some("0a".into()),
        this_update: 1,
        next_update: 2,
        octets: octets.map(<[u8]>::to_vec),
    };
    ConsentStatement {
        consent_id: of.record.id.clone(),
        text: "授权书\n授权方：\"某某\"".into(),
        signature: Some(LockSignature {
            at: at(5),
            origin: "https://idp.example".into(),
            nonce: samples::name("nonce"),
            proof: "{\"format\":\"yzt-proof:v1\"}".into(),
            path: PathEvidence {
                chain: vec![(0..=255).collect(), vec![1]],
                revocation_checked: true,
                revocation: vec![
                    evidence(EvidenceKind::Crl, Some(&[0, 255])),
                    evidence(EvidenceKind::Ocsp, None),
                ],
            },
        }),
    }
}

async fn store(b: &Backend, standing: &Standing) {
    let standing = standing.clone();
    write!(b, |s| insert_standing(s, &standing)?);
}

async fn keep(b: &Backend, statement: &ConsentStatement) {
    let statement = statement.clone();
    write!(b, |s| s.insert_consent_statement(&statement)?);
}

async fn note(b: &Backend, event: &AuditEvent) {
    let event = event.clone();
    write!(b, |s| s.append_consent_audit(&event)?);
}

fn event(of: &Standing, kind: AuditKind, salt: u8) -> AuditEvent {
    AuditEvent {
        kind,
        enterprise_id: Some(of.enterprise.id.clone()),
        platform_id: Some(of.platform.id.clone()),
        consent_id: Some(of.record.id.clone()),
        salt: Some(AuditSalt([salt; 16])),
        ..samples::audit_event(&samples::name("line"))
    }
}

async fn what_was_agreed_to_comes_back_as_stored_with_its_evidence(b: &Backend) {
    let (signed, plain) = (samples::standing(), samples::standing());
    store(b, &signed).await;
    store(b, &plain).await;
    let with = statement(&signed);
    let without = ConsentStatement {
        signature: None,
        ..statement(&plain)
    };
    for kept in [&with, &without] {
        keep(b, kept).await;
        let id = kept.consent_id.clone();
        let found = read!(b, |s| s.find_consent_statement(&id)?);
        assert_eq!(found.as_ref(), Some(kept));
    }
    let mut unasked = statement(&signed);
    let other = samples::standing();
    store(b, &other).await;
    unasked.consent_id = other.record.id.clone();
    let path = &mut unasked.signature.as_mut().unwrap().path;
    (path.revocation_checked, path.revocation) = (false, Vec::new());
    keep(b, &unasked).await;
    let id = unasked.consent_id.clone();
    assert_eq!(read!(b, |s| s.find_consent_statement(&id)?), Some(unasked));
}

async fn one_list_clears_many_locks_and_is_kept_once(b: &Backend) {
    let (first, second) = (samples::standing(), samples::standing());
    let (one, mut other) = (statement(&first), statement(&second));
    let list = one.signature.as_ref().unwrap().path.revocation[0].clone();
    other.signature.as_mut().unwrap().path.revocation[0] = list;
    for (standing, kept) in [(&first, &one), (&second, &other)] {
        store(b, standing).await;
        keep(b, kept).await;
        let id = kept.consent_id.clone();
        let found = read!(b, |s| s.find_consent_statement(&id)?);
        assert_eq!(found.as_ref(), Some(kept));
    }
}

async fn who_signed_the_consent_in_force_is_known(b: &Backend) {
    let mut standing = samples::standing();
    store(b, &standing).await;
    standing.consent.signed_by = ConsentSigner::Lock;
    let to = standing.consent.clone();
    let put = to.clone();
    write!(b, |s| s.upsert_standing_consent(&put)?);
    let (enterprise, platform) = (to.enterprise_id.clone(), to.platform_id.clone());
    let found = read!(b, |s| s.find_standing_consent(&enterprise, &platform)?);
    assert_eq!(found, Some(to));
}

async fn lines_of_the_trail_are_kept_beside_their_consent(b: &Backend) {
    let standing = samples::standing();
    store(b, &standing).await;
    let given = event(&standing, AuditKind::ConsentGranted, 1);
    let taken = event(&standing, AuditKind::ConsentWithdrawn, 2);
    let again = event(&standing, AuditKind::ConsentWithdrawn, 3);
    for one in [&given, &taken, &again] {
        note(b, one).await;
    }
    let id = standing.record.id.clone();
    let (enterprise, platform) = (standing.enterprise.id, standing.platform.id);
    let granted = read!(b, |s| s.find_consent_granted(&id)?).unwrap();
    assert_eq!(granted.line, event_line(&given));
    let through = (granted.sequence - 1, granted.sequence);
    let entry = read!(b, |s| s.list_audit_records(through, 1)?);
    assert_eq!(entry[0].line(), granted.line, "it is the trail's own");
    let mut after = granted.sequence;
    for expected in [Some(&taken), Some(&again), None] {
        let (enterprise, platform) = (enterprise.clone(), platform.clone());
        let found = read!(b, |s| s.find_consent_withdrawn(
            &enterprise,
            &platform,
            after
        )?);
        assert_eq!(
            found.as_ref().map(|event| event.line.clone()),
            expected.map(event_line)
        );
        after = found.map_or(after, |event| event.sequence);
    }
}

async fn what_was_agreed_to_refuses_change_and_removal(b: &Backend) {
    let standing = samples::standing();
    store(b, &standing).await;
    let kept = statement(&standing);
    let given = event(&standing, AuditKind::ConsentGranted, 4);
    keep(b, &kept).await;
    note(b, &given).await;
    let id = &standing.record.id;
    let list = &kept.signature.as_ref().unwrap().path.revocation[0].sha256;
    for (table, key, change) in [
        (
            "consent_statements",
            format!("consent_id = '{id}'"),
            "statement = 'x'",
        ),
        (
            "consent_events",
            format!("consent_id = '{id}'"),
            "line = 'x'",
        ),
        (
            "revocation_evidence",
            format!("sha256 = '{list}'"),
            "sha256 = 'x'",
        ),
    ] {
        let mut attempts = vec![
            format!("UPDATE {table} SET {change} WHERE {key}"),
            format!("DELETE FROM {table} WHERE {key}"),
        ];
        if b.is_postgres() {
            attempts.push(format!("TRUNCATE {table} CASCADE"));
        } else {
            attempts.push(format!(
                "INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE {key}"
            ));
        }
        refuse_all(b, attempts, &format!("{table} is append-only"));
    }
    let id = id.clone();
    assert_eq!(read!(b, |s| s.find_consent_statement(&id)?), Some(kept));
}
