//! Looking through `audit`, newest first.
//!
//! Owns which index a search goes along. Locks, consents, grants and sign-ins have none in `audit`: each index there costs
//! every event, so they are looked up in what is theirs, and their enterprise's events are walked.

use diesel::QueryableByName;
use diesel::sql_types::Text;
use idp_core::audit::{AuditEntry, AuditKind};
use idp_core::listing::{AuditFilter, Page, PageAsk, Place};
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::audit::{NumberedEventRow, entry};
use crate::database::Connection;
use crate::listing::conditions::{Conditions, Keys, Value};
use crate::listing::statement::load;
use crate::listing::walk::{LOOK, Walk};

/// As the index over the others says it: `SQLite` takes the index where the same words stand in the statement.
const IS_RARE: &str = "kind NOT IN ('login.succeeded', 'consent.granted', 'code.issued', 'code.redeemed', \
     'userinfo.read', 'grant.refreshed', 'client-credentials.granted')";

/// Kinds that come all day.
const FREQUENT: [AuditKind; 7] = [
    AuditKind::LoginSucceeded,
    AuditKind::ConsentGranted,
    AuditKind::CodeIssued,
    AuditKind::CodeRedeemed,
    AuditKind::UserinfoRead,
    AuditKind::GrantRefreshed,
    AuditKind::ClientCredentialsGranted,
];

/// Most kinds that are walked one by one.
const BRANCHES_MAX: usize = 16;

/// Events of one index are counted to here, to find the shorter of two ways.
const COUNTED: u32 = 2_000;

pub(crate) fn page(
    connection: &mut Connection,
    filter: &AuditFilter,
    ask: &PageAsk,
) -> Result<Page<AuditEntry>, StoreError> {
    let enterprise = enterprise(connection, filter)?;
    let walk = shortest(connection, ways(filter, enterprise.as_deref()))?;
    let place = |row: &NumberedEventRow| Place {
        number: row.at(),
        text: row.sequence().to_string(),
    };
    walk.page(connection, ask, place)?.try_map(entry)
}

#[derive(QueryableByName)]
struct EnterpriseOf {
    #[diesel(sql_type = Text)]
    enterprise_id: String,
}

/// Whose events these are, where the filter names something of one enterprise.
fn enterprise(
    connection: &mut Connection,
    filter: &AuditFilter,
) -> Result<Option<String>, StoreError> {
    if let Some(enterprise) = &filter.enterprise {
        return Ok(Some(enterprise.as_str().to_owned()));
    }
    let consent = filter.consent.as_ref().map(idp_core::id::ConsentId::as_str);
    let grant = filter.grant.as_ref().map(idp_core::id::GrantId::as_str);
    let key_lock = filter
        .key_lock
        .as_ref()
        .map(idp_core::id::KeyLockId::as_str);
    let session = filter.session.as_ref().map(idp_core::id::SessionId::as_str);
    let places = [
        (
            consent,
            "SELECT enterprise_id FROM consent_records WHERE id = ?",
        ),
        (grant, "SELECT enterprise_id FROM grants WHERE id = ?"),
        (key_lock, "SELECT enterprise_id FROM key_locks WHERE id = ?"),
        (session, "SELECT enterprise_id FROM sessions WHERE id = ?"),
        (
            session,
            "SELECT enterprise_id FROM audit WHERE kind = 'login.succeeded' AND session_id = ? \
             AND enterprise_id IS NOT NULL",
        ),
    ];
    for (id, text) in places {
        let Some(id) = id else {
            continue;
        };
        let found: Vec<EnterpriseOf> = load(connection, text, vec![Value::Text(id.to_owned())])?;
        if let Some(found) = found.into_iter().next() {
            return Ok(Some(found.enterprise_id));
        }
    }
    Ok(None)
}

/// The ways to what is looked for, the surest first: any of them finds it.
fn ways(filter: &AuditFilter, enterprise: Option<&str>) -> Vec<Walk> {
    let text = |id: &'static str, value: Option<&str>| Conditions::default().text(id, value);
    let platform = filter
        .platform
        .as_ref()
        .map(idp_core::id::PlatformId::as_str);
    let operator = filter
        .operator
        .as_ref()
        .map(idp_core::id::OperatorId::as_str);
    let incident = filter
        .incident
        .as_ref()
        .map(idp_core::id::IncidentId::as_str);
    let reason = filter.reason.as_deref();
    let mut ways = Vec::new();
    for (id, value) in [
        ("incident_id = ?", incident),
        ("operator_id = ?", operator),
        ("enterprise_id = ?", enterprise),
        ("reason = ?", reason),
        ("platform_id = ?", platform),
    ] {
        if value.is_some() {
            ways.push(walk(filter, text(id, value)));
        }
    }
    let is_rare = |kind: &AuditKind| !FREQUENT.contains(kind);
    if (1..=BRANCHES_MAX).contains(&filter.kinds.len()) && filter.kinds.iter().all(is_rare) {
        let besides_kinds = AuditFilter {
            kinds: Vec::new(),
            ..filter.clone()
        };
        let kinds = filter.kinds.iter();
        let branches = kinds.map(|kind| text("kind = ?", Some(kind.as_str())));
        ways.push(Walk {
            branches: branches.collect(),
            ..walk(&besides_kinds, Conditions::default().that(IS_RARE))
        });
    }
    if ways.is_empty() {
        ways.push(walk(filter, Conditions::default()));
    }
    ways
}

/// Along one index, within the time; everything that is looked for is looked at in each row.
fn walk(filter: &AuditFilter, index: Conditions) -> Walk {
    let kinds = filter.kinds.iter().map(|kind| kind.as_str());
    let besides = Conditions::default()
        .any_text("kind = ?", kinds)
        .text("reason = ?", filter.reason.as_deref())
        .text(
            "enterprise_id = ?",
            filter
                .enterprise
                .as_ref()
                .map(idp_core::id::EnterpriseId::as_str),
        )
        .text(
            "key_lock_id = ?",
            filter
                .key_lock
                .as_ref()
                .map(idp_core::id::KeyLockId::as_str),
        )
        .text(
            "platform_id = ?",
            filter
                .platform
                .as_ref()
                .map(idp_core::id::PlatformId::as_str),
        )
        .text(
            "operator_id = ?",
            filter
                .operator
                .as_ref()
                .map(idp_core::id::OperatorId::as_str),
        )
        .text(
            "session_id = ?",
            filter.session.as_ref().map(idp_core::id::SessionId::as_str),
        )
        .text(
            "consent_id = ?",
            filter.consent.as_ref().map(idp_core::id::ConsentId::as_str),
        )
        .text(
            "grant_id = ?",
            filter.grant.as_ref().map(idp_core::id::GrantId::as_str),
        )
        .text(
            "incident_id = ?",
            filter
                .incident
                .as_ref()
                .map(idp_core::id::IncidentId::as_str),
        )
        .text("remote_address = ?", filter.remote_address.as_deref());
    let besides = besides.without(&index);
    Walk {
        columns: "sequence, at, kind, reason, operator_id, enterprise_id, key_lock_id, platform_id, \
                  session_id, consent_id, grant_id, incident_id, remote_address, detail, salt, leaf_hash",
        from: "audit",
        keys: Keys::Numbers("at", "sequence"),
        is_descending: true,
        along: index
            .number("at >= ?", filter.from.map(Timestamp::unix_millis))
            .number("at < ?", filter.until.map(Timestamp::unix_millis)),
        branches: Vec::new(),
        besides,
        look: LOOK,
    }
}

/// The way with the fewest events, counted as far as it matters.
fn shortest(connection: &mut Connection, ways: Vec<Walk>) -> Result<Walk, StoreError> {
    let mut shortest: Option<(i64, Walk)> = None;
    let is_choice = ways.len() > 1;
    for way in ways {
        let events = if is_choice {
            way.count(connection, COUNTED)?
        } else {
            0
        };
        if shortest.as_ref().is_none_or(|(least, _)| events < *least) {
            shortest = Some((events, way));
        }
    }
    match shortest {
        Some((_, way)) => Ok(way),
        None => Err(StoreError::Unavailable(
            "no way through the audit trail".into(),
        )),
    }
}
