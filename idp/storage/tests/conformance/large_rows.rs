//! The rows of the large database, and what it says of itself: see `large.rs`.

#![allow(clippy::too_many_lines, reason = "a long list of tables")]

use diesel::connection::Connection as _;
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use crate::backend::Backend;

/// Rows of one statement: each is a transaction.
const AT_ONCE: i64 = 250_000;

/// The same identifier as the statements make.
pub fn enterprise_id(number: i64) -> String {
    let scattered = number * 2_654_435_761 % 4_294_967_296;
    format!("{scattered:08x}-0000-4000-8000-{number:012x}")
}

pub fn lock_id(number: i64) -> String {
    format!("01900000-0000-7000-8000-{number:012x}")
}

/// Numbers as hexadecimal text of some length.
fn hex(backend: &Backend, expression: &str, length: usize) -> String {
    if backend.is_postgres() {
        format!("lpad(to_hex(CAST({expression} AS BIGINT)), {length}, '0')")
    } else {
        format!("printf('%0{length}x', {expression})")
    }
}

fn padded(backend: &Backend, expression: &str, length: usize) -> String {
    if backend.is_postgres() {
        format!("lpad(CAST({expression} AS TEXT), {length}, '0')")
    } else {
        format!("printf('%0{length}d', {expression})")
    }
}

fn enterprise(backend: &Backend, number: &str) -> String {
    let scattered = hex(
        backend,
        &format!("(({number}) * 2654435761 % 4294967296)"),
        8,
    );
    format!(
        "{scattered} || '-0000-4000-8000-' || {}",
        hex(backend, number, 12)
    )
}

fn lock(backend: &Backend, number: &str) -> String {
    format!("'01900000-0000-7000-8000-' || {}", hex(backend, number, 12))
}

/// A name of a place, three words and a trade.
fn name() -> String {
    let words = "草原丰泽鸿雁青松华业宏图瑞丰兴达安泰恒信盛世中天北方蒙达金桥博远万和永昌众诚正大明珠东升长河德源广厦\
                 新宇同创立信远航嘉业祥云亿利百川凯旋顺通鼎盛天成国泰民安龙腾凤翔";
    let words: String = words.split_whitespace().collect();
    let word = |by: &str| format!("substr('{words}', CAST(1 + 2 * ({by} % 48) AS INTEGER), 2)");
    let places = "呼和包头乌海赤峰通辽鄂市巴彦乌兰兴安锡林阿拉";
    let trades = "建筑工程路桥建设园林绿化信息科技设备安装咨询服务水利水电商贸物流";
    format!(
        "'内蒙古' || substr('{places}', CAST(1 + 2 * (n % 11) AS INTEGER), 2) || {} || {} || {} || \
         substr('{trades}', CAST(1 + 4 * (n % 8) AS INTEGER), 4) || '有限公司'",
        word("n"),
        word("(n / 48)"),
        word("(n / 2304)")
    )
}

/// A credit code whose check character is right (GB 32100 §4.4).
fn credit_code(backend: &Backend) -> String {
    let weights = [20, 29, 25, 13, 8, 24, 10, 30, 28];
    let digit = |(place, weight): (usize, &i64)| {
        let tens = 10_i64.pow(u32::try_from(8 - place).unwrap());
        format!("(n / {tens} % 10) * {weight}")
    };
    let sum: Vec<_> = weights.iter().enumerate().map(digit).collect();
    format!(
        "'91150100' || {} || substr('0123456789ABCDEFGHJKLMNPQRTUWXY', \
         CAST(1 + (31 - (182 + {}) % 31) % 31 AS INTEGER), 1)",
        padded(backend, "n", 9),
        sum.join(" + ")
    )
}

/// Runs `INSERT … SELECT … FROM s` for the numbers up to `count`, in pieces.
fn insert(backend: &Backend, count: i64, into: &str, select: &str) {
    let mut from = 1;
    while from <= count {
        let to = (from + AT_ONCE - 1).min(count);
        let statement = if backend.is_postgres() {
            format!(
                "INSERT INTO {into} SELECT {select} FROM generate_series(CAST({from} AS BIGINT), {to}) AS s(n)"
            )
        } else {
            format!(
                "PRAGMA cache_size = -524288; WITH RECURSIVE s(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM s WHERE n < {to}) \
             INSERT INTO {into} SELECT {select} FROM s"
            )
        };
        backend.execute(&statement).unwrap();
        from = to + 1;
    }
}

pub fn fill(backend: &Backend, (enterprises, events): (i64, i64), end: i64) {
    let b = backend;
    let regions = "substr('150102150203150205150402150502150602150702150802150902152201152502152921', \
                   CAST(1 + 6 * (n % 12) AS INTEGER), 6)";
    insert(
        b,
        enterprises,
        "enterprises (id, credit_code, name, region_code, legal_representative, subject_types, state, created_at)",
        &format!(
            "{}, {}, {}, {regions}, '法人', 'bidder', CASE WHEN n % 997 = 0 THEN 'suspended' ELSE 'active' END, \
                  {end} - 80000000000 + n",
            enterprise(b, "n"),
            credit_code(b),
            name()
        ),
    );
    let overriding = if b.is_postgres() {
        " OVERRIDING SYSTEM VALUE"
    } else {
        ""
    };
    insert(
        b,
        enterprises,
        &format!("enterprise_words (number, enterprise_id, words){overriding}"),
        &format!("n, {}, {} || '\n'", enterprise(b, "n"), name()),
    );
    let gram = "SELECT DISTINCT substr(w.words, i.n, 2), w.number FROM enterprise_words w";
    let numbers = "(SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL \
         SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9 UNION ALL SELECT 10 UNION ALL SELECT 11 UNION ALL \
         SELECT 12 UNION ALL SELECT 13 UNION ALL SELECT 14 UNION ALL SELECT 15 UNION ALL SELECT 16 UNION ALL SELECT 17) AS i";
    let pragma = if b.is_postgres() {
        ""
    } else {
        "PRAGMA cache_size = -524288;"
    };
    b.execute(&format!(
        "{pragma} INSERT INTO enterprise_grams (gram, number) {gram} CROSS JOIN {numbers} \
         WHERE i.n < length(w.words) - 1 ORDER BY 1, 2"
    ))
    .unwrap();
    let blob = if b.is_postgres() {
        "decode(repeat('30', 900), 'hex')"
    } else {
        "zeroblob(900)"
    };
    insert(
        b,
        enterprises,
        "key_locks (id, enterprise_id, role, state, certificate_der, thumbprint, ca_id, ca_name, holder_name, ca_platform, \
         serial_number, key_number, media_number, not_before, not_after, bound_by, bound_at)",
        &format!(
            "{}, {}, 'primary', 'active', {blob}, {} || {} || 'A', 'ca-1', 'CA', {}, '', '0A', 'K' || {}, 'M' || {}, \
                  {end} - 40000000000, {end} + (n * 7919 % 400) * 86400000, '人', {end} - 80000000000 + n",
            lock(b, "n"),
            enterprise(b, "n"),
            hex(b, "(n * 2654435761 % 4294967296)", 8),
            padded(b, "n", 34),
            name(),
            padded(b, "n", 12),
            padded(b, "n", 16)
        ),
    );
    insert(
        b,
        16,
        "platforms (id, name_zh, name_en, region_code, zone, state)",
        &format!(
            "'large-' || {}, '平台', 'platform', '150100', 'western', 'active'",
            padded(b, "(n - 1)", 2)
        ),
    );
    let Login {
        who,
        at,
        session,
        platform,
    } = Login::of(b, (enterprises, events), end);
    let uuid = |kind: &str| format!("'0190{kind}000-0000-7000-8000-' || {}", hex(b, "n", 12));
    let some = (events / 5).min(1_000_000);
    insert(
        b,
        some,
        "sessions (id, root_id, enterprise_id, key_lock_id, begun_at, seen_at, remote_address)",
        &format!(
            "{session}, {session}, {}, {}, {end} - ({some} - n) * 15000, {end} - ({some} - n) * 15000, '10.1.2.3'",
            enterprise(b, &who),
            lock(b, &who)
        ),
    );
    insert(
        b,
        some,
        "consent_records (id, enterprise_id, key_lock_id, platform_id, scopes, claims_version, text_version, language, outcome, at)",
        &format!(
            "{}, {}, {}, {platform}, 'openid enterprise', 1, 1, 'zh-CN', 'granted', {at}",
            uuid("c"),
            enterprise(b, &who),
            lock(b, &who)
        ),
    );
    insert(
        b,
        some,
        "grants (id, code_sha256, enterprise_id, key_lock_id, platform_id, consent_id, session_id, scopes, auth_time, created_at)",
        &format!(
            "{}, {}, {}, {}, {platform}, {}, {session}, 'openid', {at}, {at}",
            uuid("d"),
            hex(b, "(n * 2654435761 % 4294967296)", 8) + " || " + &hex(b, "n", 56),
            enterprise(b, &who),
            lock(b, &who),
            uuid("c")
        ),
    );
    fill_audit(b, events, (&who, &at, &session, &platform));
}

/// What the sign-in of number `n` is, as statements say it.
struct Login {
    who: String,
    at: String,
    session: String,
    platform: String,
}

impl Login {
    fn of(b: &Backend, (enterprises, events): (i64, i64), end: i64) -> Self {
        let logins = events / 5;
        Self {
            // Most sign in rarely, some every day.
            who: format!(
                "(CASE WHEN (n * 40503 % 10) < 7 THEN n * 7919 % {} ELSE n * 104729 % {enterprises} END + 1)",
                (enterprises / 20).max(1)
            ),
            at: format!("({end} - ({logins} - n) * (31536000000 / {logins}))"),
            session: format!(
                "{} || '-0000-4000-9000-' || {}",
                hex(b, "(n * 2654435761 % 4294967296)", 8),
                hex(b, "n", 12)
            ),
            platform: format!(
                "'large-' || {}",
                padded(b, "(n * 2654435761 % 4294967296 / 64 % 16)", 2)
            ),
        }
    }
}

/// Tellings, notifications and texts of consents, at most.
const TOLD_MAX: i64 = 300_000;

/// Who is told of what, one in a hundred in vain, and what was agreed to word for word; nothing where that is there already.
pub fn fill_what_is_told(b: &Backend, (enterprises, events): (i64, i64), end: i64) {
    let known = b.ask("SELECT CAST(COUNT(*) AS TEXT) AS line FROM (SELECT 1 FROM consent_statements LIMIT 1) AS one");
    if known != ["0"] {
        return;
    }
    let count = (events / 5).min(TOLD_MAX);
    let login = Login::of(b, (enterprises, events), end);
    let (who, at, session, platform) = (login.who, login.at, login.session, login.platform);
    let who = &who;
    let uuid = |kind: &str| format!("'0190{kind}000-0000-7000-8000-' || {}", hex(b, "n", 12));
    let state = "CASE WHEN n % 100 = 0 THEN 'given-up' ELSE 'confirmed' END";
    insert(
        b,
        count,
        "logout_deliveries (id, platform_id, enterprise_id, session_id, created_at, tried_since, attempts, state, state_at)",
        &format!(
            "{}, {platform}, {}, {session}, {at}, {at}, 1, {state}, {at}",
            uuid("f"),
            enterprise(b, who)
        ),
    );
    let happening = "'{\"happened\":\"renamed\",\"old_name\":\"旧\",\"new_name\":\"新\"}'";
    insert(
        b,
        count,
        "notifications (id, enterprise_id, kind, channel, happening, created_at, tried_since, attempts, state, state_at)",
        &format!(
            "{}, {}, 'enterprise.renamed', 'sms', {happening}, {at}, {at}, 1, {state}, {at}",
            uuid("f"),
            enterprise(b, who)
        ),
    );
    insert(
        b,
        count,
        "consent_statements (consent_id, statement)",
        &format!("{}, '兹授权该平台获取本企业的登记信息。'", uuid("c")),
    );
}

/// As a database is that ran for a while; and of its events only the last ones are still to be counted into their hours, so that the
/// dashboard's week has figures.
pub fn settle(b: &Backend) {
    let last = "(SELECT CASE WHEN MAX(sequence) > 1000000 THEN MAX(sequence) - 1000000 ELSE 0 END FROM audit)";
    b.execute(&format!(
        "UPDATE audit_counted SET sequence = {last} WHERE sequence < {last}"
    ))
    .unwrap();
    b.execute(if b.is_postgres() {
        "VACUUM ANALYZE"
    } else {
        "PRAGMA wal_checkpoint(TRUNCATE)"
    })
    .unwrap();
}

/// Five events a sign-in, as the login path writes them; now and then a refusal, or an operator's act.
fn fill_audit(b: &Backend, events: i64, (who, at, session, platform): (&str, &str, &str, &str)) {
    // The sign-in is the event's number by five.
    let of = |text: &str| text.replace("n *", "(n / 5) *").replace("- n)", "- n / 5)");
    let (who, at, session, platform) = (of(who), of(at), of(session), of(platform));
    let session = session
        .replace("'%012x', n)", "'%012x', n / 5)")
        .replace("to_hex(CAST(n AS", "to_hex(CAST(n / 5 AS");
    let id = |kind: &str| {
        format!(
            "'0190{kind}000-0000-7000-8000-' || {}",
            hex(b, "(n / 5)", 12)
        )
    };
    let is_refused = "n % 100 = 0";
    let is_act = "n % 10000 = 5005";
    let step = "n % 5";
    let leaf = if b.is_postgres() {
        "decode(repeat('00', 32), 'hex')"
    } else {
        "zeroblob(32)"
    };
    insert(
        b,
        events,
        "audit (leaf_hash, at, kind, reason, operator_id, enterprise_id, key_lock_id, platform_id, session_id, consent_id, grant_id, incident_id, remote_address, detail)",
        &format!(
            "{leaf}, {at} + {step}, \
             CASE WHEN {is_act} THEN 'enterprise.frozen' WHEN {is_refused} THEN 'login.refused' WHEN {step} = 0 THEN 'login.succeeded' \
                  WHEN {step} = 1 THEN 'consent.granted' WHEN {step} = 2 THEN 'code.issued' WHEN {step} = 3 THEN 'code.redeemed' ELSE 'userinfo.read' END, \
             CASE WHEN {is_refused} THEN 'certificate-expired' END, CASE WHEN {is_act} THEN 'large-operator' END, \
             {}, {}, CASE WHEN {step} > 0 THEN CASE WHEN n % 2500001 = 7 THEN 'large-rare' ELSE {platform} END END, \
             CASE WHEN NOT ({is_refused}) THEN {session} END, CASE WHEN {step} > 0 THEN {} END, CASE WHEN {step} > 2 THEN {} END, \
             CASE WHEN {is_refused} THEN {} END, '10.' || (n / 5 % 250) || '.' || (n / 1250 % 250) || '.7', \
             CASE WHEN {step} = 0 THEN 'thumbprint 0123456789abcdef0123456789abcdef' WHEN {step} = 1 THEN 'openid enterprise' END",
            enterprise(b, &who),
            lock(b, &who),
            id("c"),
            id("d"),
            id("e")
        ),
    );
}

pub fn sizes(backend: &Backend) -> Vec<String> {
    let statement = if backend.is_postgres() {
        "SELECT relname || ' ' || pg_relation_size(oid) / 1048576 || ' MiB' FROM pg_class \
             WHERE relnamespace = current_schema()::regnamespace AND pg_relation_size(oid) > 4194304 \
             ORDER BY pg_relation_size(oid) DESC"
    } else {
        "SELECT 'whole file ' || (page_count * page_size / 1048576) || ' MiB' AS line \
              FROM pragma_page_count(), pragma_page_size() \
             UNION ALL SELECT 'enterprises ' || COUNT(*) FROM enterprises UNION ALL SELECT 'locks ' || COUNT(*) FROM key_locks \
             UNION ALL SELECT 'grams ' || COUNT(*) FROM enterprise_grams UNION ALL SELECT 'sign-ins ' || COUNT(*) FROM sessions \
             UNION ALL SELECT 'consents ' || COUNT(*) FROM consent_records UNION ALL SELECT 'grants ' || COUNT(*) FROM grants \
             UNION ALL SELECT 'events ' || COUNT(*) FROM audit"
    };
    backend.ask(statement)
}

/// The database's plan of a statement that was sent, its values put in.
pub fn explain(backend: &Backend, sent: &str) -> Vec<String> {
    let (text, values) = sent.split_once(" -- binds: ").unwrap_or((sent, "[]"));
    let values: Vec<serde_json::Value> = serde_json::from_str(values).unwrap_or_default();
    let mut text = text.replace('`', "\"");
    for (number, value) in values.iter().enumerate().rev() {
        let put = match value {
            serde_json::Value::String(text) => format!("'{}'", text.replace('\'', "''")),
            other => other.to_string(),
        };
        text = text.replace(&format!("${}", number + 1), &put);
    }
    if backend.is_postgres() {
        backend.ask(&format!("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {text}"))
    } else {
        // The plan's own column is called `detail`.
        let path = backend.url.strip_prefix("sqlite://").unwrap();
        let mut connection = SqliteConnection::establish(path).unwrap();
        let rows: Vec<Plan> = sql_query(format!("EXPLAIN QUERY PLAN {text}"))
            .load(&mut connection)
            .unwrap();
        rows.into_iter().map(|row| row.detail).collect()
    }
}

#[derive(QueryableByName)]
struct Plan {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Without what is read of each row.
pub fn shortened(statement: &str) -> String {
    let text = statement.split(" -- binds").next().unwrap_or(statement);
    match text.find(" FROM ") {
        Some(from) => format!("SELECT …{}", &text[from..]),
        None => text.to_owned(),
    }
}
