//! Rows of `consent_statements`, `revocation_evidence` and `consent_events`: appended only.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::*;
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::consent_statement::{
    ConsentEvent, ConsentStatement, LockSignature, PathEvidence, RevocationEvidence,
};
use idp_core::id::{ConsentId, EnterpriseId, PlatformId};
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;
use idp_core::transparency::event_line;

use crate::audit;
use crate::database::{Connection, query};
use crate::row::RowName;
use crate::schema::{consent_events, consent_statements, revocation_evidence};

const TABLE: &str = "consent_statements";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = consent_statements)]
#[diesel(treat_none_as_default_value = false)]
struct StatementRow {
    consent_id: String,
    statement: String,
    signed_at: Option<i64>,
    origin: Option<String>,
    nonce: Option<String>,
    proof: Option<String>,
    chain: Option<String>,
    revocation: Option<String>,
}

fn unwritable(error: &serde_json::Error) -> StoreError {
    StoreError::Unavailable(format!("consent statement: {error}"))
}

impl TryFrom<&ConsentStatement> for StatementRow {
    type Error = StoreError;

    fn try_from(kept: &ConsentStatement) -> Result<Self, StoreError> {
        let signature = kept.signature.as_ref();
        let chain = signature.map(|it| {
            let all = it.path.chain.iter().map(|der| STANDARD.encode(der));
            serde_json::to_string(&all.collect::<Vec<_>>())
        });
        let checked = signature.filter(|it| it.path.revocation_checked);
        let revocation = checked.map(|it| serde_json::to_string(&it.path.revocation));
        Ok(Self {
            consent_id: kept.consent_id.as_str().to_owned(),
            statement: kept.text.clone(),
            signed_at: signature.map(|it| it.at.unix_millis()),
            origin: signature.map(|it| it.origin.clone()),
            nonce: signature.map(|it| it.nonce.clone()),
            proof: signature.map(|it| it.proof.clone()),
            chain: chain.transpose().map_err(|e| unwritable(&e))?,
            revocation: revocation.transpose().map_err(|e| unwritable(&e))?,
        })
    }
}

impl TryFrom<StatementRow> for ConsentStatement {
    type Error = StoreError;

    fn try_from(row: StatementRow) -> Result<Self, StoreError> {
        let name = RowName {
            table: TABLE,
            id: &row.consent_id,
        };
        let signature = match row.proof {
            None => None,
            Some(proof) => Some(LockSignature {
                at: Timestamp::from_unix_millis(name.column("signed_at", row.signed_at)?),
                origin: name.column("origin", row.origin)?,
                nonce: name.column("nonce", row.nonce)?,
                proof,
                path: path(name, row.chain.as_deref(), row.revocation.as_deref())?,
            }),
        };
        Ok(Self {
            consent_id: ConsentId::from_text(row.consent_id),
            text: row.statement,
            signature,
        })
    }
}

fn path(
    name: RowName<'_>,
    chain: Option<&str>,
    revocation: Option<&str>,
) -> Result<PathEvidence, StoreError> {
    let texts = chain.and_then(|text| serde_json::from_str::<Vec<String>>(text).ok());
    let ders = texts.map(|all| all.iter().map(|text| STANDARD.decode(text)).collect());
    let ders: Option<Result<Vec<Vec<u8>>, _>> = ders;
    // Absent where the CA's entry asks for none.
    let evidence = match revocation {
        None => Vec::new(),
        Some(text) => {
            let read = serde_json::from_str::<Vec<RevocationEvidence>>(text).ok();
            name.column("revocation", read)?
        }
    };
    Ok(PathEvidence {
        chain: name.column("chain", ders.and_then(Result::ok))?,
        revocation_checked: revocation.is_some(),
        revocation: evidence,
    })
}

pub(crate) fn insert(
    connection: &mut Connection,
    statement: &ConsentStatement,
) -> Result<(), StoreError> {
    let row = StatementRow::try_from(statement)?;
    query!(connection, c => diesel::insert_into(consent_statements::table).values(&row).execute(c))?;
    let evidence = statement
        .signature
        .iter()
        .flat_map(|it| &it.path.revocation);
    for one in evidence {
        if let Some(octets) = &one.octets {
            keep_octets(connection, (&one.sha256, octets))?;
        }
    }
    Ok(())
}

/// The same list clears many locks: it is kept once. The trigger against replacing speaks before a conflict is seen, so it
/// is looked for first; on `PostgreSQL` two may look at once.
fn keep_octets(
    connection: &mut Connection,
    (sha256, octets): (&str, &[u8]),
) -> Result<(), StoreError> {
    let kept = query!(connection, c => revocation_evidence::table
        .find(sha256)
        .select(revocation_evidence::sha256)
        .get_result::<String>(c)
        .optional())?;
    if kept.is_none() {
        query!(connection, c => diesel::insert_into(revocation_evidence::table)
            .values((
                revocation_evidence::sha256.eq(sha256),
                revocation_evidence::octets.eq(octets),
            ))
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

pub(crate) fn find(
    connection: &mut Connection,
    id: &ConsentId,
) -> Result<Option<ConsentStatement>, StoreError> {
    let row: Option<StatementRow> = query!(connection, c => consent_statements::table
        .find(id.as_str())
        .select(StatementRow::as_select())
        .get_result(c)
        .optional())?;
    let Some(row) = row else {
        return Ok(None);
    };
    let mut statement = ConsentStatement::try_from(row)?;
    if let Some(signature) = &mut statement.signature {
        for one in &mut signature.path.revocation {
            one.octets = query!(connection, c => revocation_evidence::table
                .find(&one.sha256)
                .select(revocation_evidence::octets)
                .get_result(c)
                .optional())?;
        }
    }
    Ok(Some(statement))
}

/// An event of the trail, and its line beside its consent.
pub(crate) fn append_event(
    connection: &mut Connection,
    event: &AuditEvent,
) -> Result<(), StoreError> {
    let missing = |column| StoreError::ImpossibleRow {
        table: "consent_events",
        column,
        id: event.kind.as_str().to_owned(),
    };
    let consent = event.consent_id.as_ref();
    let enterprise = event.enterprise_id.as_ref();
    let platform = event.platform_id.as_ref();
    let consent = consent.ok_or_else(|| missing("consent_id"))?.as_str();
    let enterprise = enterprise.ok_or_else(|| missing("enterprise_id"))?.as_str();
    let platform = platform.ok_or_else(|| missing("platform_id"))?.as_str();
    let sequence = audit::append_numbered(connection, event)?;
    let line = event_line(event);
    query!(connection, c => diesel::insert_into(consent_events::table)
        .values((
            consent_events::consent_id.eq(consent),
            consent_events::sequence.eq(sequence),
            consent_events::kind.eq(event.kind.as_str()),
            consent_events::enterprise_id.eq(enterprise),
            consent_events::platform_id.eq(platform),
            consent_events::line.eq(&line),
        ))
        .execute(c))?;
    Ok(())
}

fn event((sequence, line): (i64, String)) -> ConsentEvent {
    ConsentEvent { sequence, line }
}

pub(crate) fn find_granted(
    connection: &mut Connection,
    id: &ConsentId,
) -> Result<Option<ConsentEvent>, StoreError> {
    let row: Option<(i64, String)> = query!(connection, c => consent_events::table
        .filter(consent_events::consent_id.eq(id.as_str()))
        .filter(consent_events::kind.eq(AuditKind::ConsentGranted.as_str()))
        .order(consent_events::sequence)
        .select((consent_events::sequence, consent_events::line))
        .first(c)
        .optional())?;
    Ok(row.map(event))
}

pub(crate) fn find_withdrawn(
    connection: &mut Connection,
    (enterprise, platform): (&EnterpriseId, &PlatformId),
    after: i64,
) -> Result<Option<ConsentEvent>, StoreError> {
    let row: Option<(i64, String)> = query!(connection, c => consent_events::table
        .filter(consent_events::enterprise_id.eq(enterprise.as_str()))
        .filter(consent_events::platform_id.eq(platform.as_str()))
        // In these very words the partial index says it.
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("kind = 'consent.withdrawn'"))
        .filter(consent_events::sequence.gt(after))
        .order(consent_events::sequence)
        .select((consent_events::sequence, consent_events::line))
        .first(c)
        .optional())?;
    Ok(row.map(event))
}
