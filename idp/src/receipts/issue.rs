//! Putting a receipt together when it is asked for, and signing it with the provider's key of the day.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use idp_core::consent::{ConsentOutcome, ConsentRecord};
use idp_core::consent_statement::{ConsentEvent, ConsentStatement, EvidenceKind, LockSignature};
use idp_core::cx::Cx;
use idp_core::enterprise::Enterprise;
use idp_core::id::ConsentId;
use idp_core::platform::{JwsAlgorithm, Platform};
use idp_core::signer::NotSigned;
use idp_core::store::{Store, StoreError};
use idp_core::timestamp::Timestamp;
use idp_core::transparency::{
    Inclusion as Proven, LogError, VerifierKey, find_index_of_leaf, leaf_hash, prove_inclusion,
};
use idp_storage::Database;
use protocol::scope::Scope;

use super::format::{
    CONTROLLER, Event, Evidence, GIVEN, Inclusion, PRINCIPAL, Party, Pii, Processing, RECIPIENT,
    Receipt, Record, Revocation, SCHEMA, Signature, TYP, WITHDRAWN,
};
use crate::clock;
use crate::signing::{KeyRing, signing};

/// Why there is no receipt.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// No such consent was given, or none whose text was kept.
    #[error("no receipt can be given of this consent")]
    Unknown,
    /// Its line is under no signed head of the log yet.
    #[error("the log's signed head does not hold this consent yet; ask again in a minute")]
    NotYet,
    /// The store, or the log in it.
    #[error(transparent)]
    Log(#[from] LogError),
    /// No key signs now.
    #[error(transparent)]
    NotSigned(#[from] NotSigned),
    /// It can't be written down.
    #[error("the receipt can't be written: {0}")]
    Unwritable(#[from] serde_json::Error),
}

impl From<StoreError> for ReceiptError {
    fn from(error: StoreError) -> Self {
        Self::Log(LogError::Store(error))
    }
}

/// The receipt of a consent, as a compact JWS.
pub async fn issue(
    database: &Database,
    keys: &Arc<KeyRing>,
    (cx, log_key): (&Cx, &VerifierKey),
    id: &ConsentId,
) -> Result<String, ReceiptError> {
    let (id, reading, log_key) = (id.clone(), cx.clone(), log_key.to_string());
    let receipt = database
        .read(move |store| gather(store, &reading, (&id, log_key)))
        .await?;
    let claims = serde_json::to_vec(&receipt)?;
    let signed = signing(keys, move |signer| {
        signer.sign(JwsAlgorithm::Es256, TYP, &claims)
    });
    Ok(signed.await??)
}

fn gather(
    store: &mut dyn Store,
    cx: &Cx,
    (id, log_key): (&ConsentId, String),
) -> Result<Receipt, ReceiptError> {
    let record = store.find_consent_record(id)?;
    let record = record.filter(|record| record.outcome == ConsentOutcome::Granted);
    let record = record.ok_or(ReceiptError::Unknown)?;
    let statement = store.find_consent_statement(id)?;
    let granted = store.find_consent_granted(id)?;
    let (Some(statement), Some(granted)) = (statement, granted) else {
        return Err(ReceiptError::Unknown);
    };
    let (enterprise, platform) = (&record.enterprise_id, &record.platform_id);
    let withdrawn = store.find_consent_withdrawn(enterprise, platform, granted.sequence)?;
    let enterprise = store.find_enterprise(enterprise)?;
    let platform = store.find_platform(platform)?;
    let (Some(enterprise), Some(platform)) = (enterprise, platform) else {
        return Err(ReceiptError::Unknown);
    };
    let (given, checkpoint) = event(store, GIVEN, &granted)?;
    let mut events = vec![given];
    if let Some(withdrawn) = withdrawn {
        events.push(event(store, WITHDRAWN, &withdrawn)?.0);
    }
    Ok(Receipt {
        schema_version: SCHEMA.to_owned(),
        receipt_id: record.id.to_string(),
        iss: cx.settings.issuer.clone(),
        iat: cx.now.unix_seconds(),
        record: Record {
            record_id: record.id.to_string(),
            pii_principal_id: enterprise.id.to_string(),
            language: record.language.clone(),
            text_version: record.text_version,
        },
        pii_processing: vec![processing(cx, &record)],
        party_identification: parties(cx, &enterprise, &platform),
        events,
        evidence: evidence(&statement, (checkpoint, log_key)),
    })
}

/// An event, and the signed head that holds it: of one transaction the newest, so that all events lead to the same.
fn event(
    store: &mut dyn Store,
    state: &str,
    kept: &ConsentEvent,
) -> Result<(Event, String), ReceiptError> {
    let leaf = leaf_hash(kept.line.as_bytes());
    let index = find_index_of_leaf(store, (kept.sequence, leaf))?;
    let index = index.ok_or(ReceiptError::NotYet)?;
    let proven: Option<Proven> = prove_inclusion(store, index, None)?;
    let proven = proven.ok_or(ReceiptError::NotYet)?;
    let event = Event {
        event_state: state.to_owned(),
        event_time: clock::rfc3339(time_of(&kept.line)),
        log: Inclusion {
            line: kept.line.clone(),
            index,
            leaf_hash: proven.leaf.to_text(),
            proof: proven.path.iter().map(|hash| hash.to_text()).collect(),
        },
    };
    Ok((event, proven.checkpoint))
}

/// As the line says it.
pub(super) fn time_of(line: &str) -> Timestamp {
    let read = serde_json::from_str::<serde_json::Value>(line).ok();
    let at = read.as_ref().and_then(|line| line.get("at")?.as_i64());
    Timestamp::from_unix_millis(at.unwrap_or_default())
}

/// What was agreed to, by the names of claims.
fn processing(cx: &Cx, record: &ConsentRecord) -> Processing {
    Processing {
        purpose: "recognise the enterprise, sign it in, conduct public resource trading".to_owned(),
        lawful_basis: "consent".to_owned(),
        consent_type: "explicit".to_owned(),
        collection_method: "consent page of the provider".to_owned(),
        pii_information: categories(record),
        pii_controllers: vec![cx.settings.issuer.clone()],
        recipients: vec![record.platform_id.to_string()],
        withdrawal_method: format!("{}/account/consents", cx.settings.origin),
    }
}

fn categories(record: &ConsentRecord) -> Vec<Pii> {
    let opened =
        |scope: Scope, claim: &str| record.scopes.contains(scope) || record.claims.contains(claim);
    let category = |scope: Scope| {
        let claims = scope.claims().iter().copied();
        let named = claims.filter(|claim| opened(scope, claim));
        Pii {
            pii_type: scope.as_str().to_owned(),
            pii_attributes: named.map(str::to_owned).collect(),
        }
    };
    let all = Scope::ALL.into_iter().map(category);
    all.filter(|pii| !pii.pii_attributes.is_empty()).collect()
}

fn parties(cx: &Cx, enterprise: &Enterprise, platform: &Platform) -> Vec<Party> {
    let party = |id: &str, role: &str, name: &str| Party {
        party_id: id.to_owned(),
        party_role: role.to_owned(),
        party_name: name.to_owned(),
        credit_code: None,
    };
    vec![
        Party {
            credit_code: Some(enterprise.credit_code.as_str().to_owned()),
            ..party(enterprise.id.as_str(), PRINCIPAL, &enterprise.name)
        },
        party(&cx.settings.issuer, CONTROLLER, "一证通 Yizhengtong"),
        party(platform.id.as_str(), RECIPIENT, &platform.name_zh),
    ]
}

fn evidence(statement: &ConsentStatement, (checkpoint, log_key): (String, String)) -> Evidence {
    Evidence {
        statement: statement.text.clone(),
        statement_sha256: statement.sha256(),
        signed_by: statement.signer().as_str().to_owned(),
        signature: statement.signature.as_ref().map(signature),
        checkpoint,
        log_key,
    }
}

fn signature(signed: &LockSignature) -> Signature {
    let evidence = signed.path.revocation.iter();
    Signature {
        at: signed.at.unix_millis(),
        purpose: "consent".to_owned(),
        origin: signed.origin.clone(),
        nonce: signed.nonce.clone(),
        proof: signed.proof.clone(),
        chain: signed
            .path
            .chain
            .iter()
            .map(|der| STANDARD.encode(der))
            .collect(),
        revocation_checked: signed.path.revocation_checked,
        revocation: evidence
            .map(|one| Revocation {
                certificate_sha256: one.certificate.clone(),
                kind: match one.kind {
                    EvidenceKind::Crl => "crl",
                    EvidenceKind::Ocsp => "ocsp",
                }
                .to_owned(),
                sha256: one.sha256.clone(),
                issuer: one.issuer.clone(),
                number: one.number.clone(),
                this_update: one.this_update,
                next_update: one.next_update,
                der: one.octets.as_ref().map(|octets| STANDARD.encode(octets)),
            })
            .collect(),
    }
}
