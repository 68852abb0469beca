//! Nouns to store, each call another one. Names never repeat within a run or between runs.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::authorization::{Assurance, RequestedClaims};
use idp_core::certificate_authority::{
    CaAct, CaChange, CaEntry, CaState, CertificateAuthority, KeyAlgorithm, NoncePolicy, PemFile,
    RevocationPlan, RevocationPolicy, RevocationSource,
};
use idp_core::consent::{ConsentOutcome, ConsentRecord, StandingConsent};
use idp_core::enterprise::{Enterprise, EnterpriseState};
use idp_core::grant::{EndedGrant, Grant};
use idp_core::id::{
    CaId, ConsentId, EnterpriseId, GrantId, IncidentId, KeyId, KeyLockId, PlatformId, SessionId,
};
use idp_core::key_lock::{KeyLock, KeyLockState, Thumbprint};
use idp_core::platform::{
    Client, ClientAuthentication, ConsentPolicy, JwsAlgorithm, Platform, PlatformState, Zone,
};
use idp_core::region::RegionCode;
use idp_core::session::SessionRecord;
use idp_core::signing_key::{Kept, SigningKey};
use idp_core::timestamp::Timestamp;
use pki::holder::credit_code::CreditCode;
use protocol::claims::Confirmation;
use protocol::claims::{LockRole, SubjectType};
use protocol::scope::ScopeSet;

static BEGAN: LazyLock<u64> = LazyLock::new(|| {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
});
static NUMBER: AtomicU32 = AtomicU32::new(1);

/// Another number, 1 and up.
pub fn number() -> u32 {
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

/// Another name.
pub fn name(kind: &str) -> String {
    format!("{kind}-{}-{}-{}", *BEGAN, std::process::id(), number())
}

/// The moment `number` seconds into the samples' own age.
pub fn at(number: i64) -> Timestamp {
    Timestamp::from_unix_seconds(1_795_000_000 + number)
}

/// Another credit code, its check character right (GB 32100 §4.4).
pub fn credit_code() -> CreditCode {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut serial = *BEGAN * 4096 + u64::from(number());
    let mut body = *b"91150100000000000";
    for place in body.iter_mut().skip(8) {
        *place = ALPHABET[usize::try_from(serial % 31).unwrap()];
        serial /= 31;
    }
    let mut weight = 1;
    let mut sum = 0;
    for octet in body {
        sum += weight * ALPHABET.iter().position(|c| *c == octet).unwrap();
        weight = weight * 3 % 31;
    }
    let check = ALPHABET[(31 - sum % 31) % 31];
    let text = format!(
        "{}{}",
        std::str::from_utf8(&body).unwrap(),
        char::from(check)
    );
    text.parse().unwrap()
}

pub fn enterprise() -> Enterprise {
    Enterprise {
        id: EnterpriseId::from_text(name("enterprise")),
        credit_code: credit_code(),
        name: "内蒙古某某建设有限公司 & <Söhne>".into(),
        region_code: RegionCode::parse("150100").unwrap(),
        legal_representative: "巴特尔".into(),
        phone: Some("0471-1234567".into()),
        contact_email: Some("office@example.cn".into()),
        address: None,
        subject_types: vec![SubjectType::Bidder, SubjectType::TenderAgency],
        state: EnterpriseState::Active,
        created_at: at(0),
        rebinding_until: None,
        version: 0,
    }
}

pub fn key_lock(enterprise: &Enterprise, role: LockRole) -> KeyLock {
    let mut octets = [0; 32];
    octets[..8].copy_from_slice(&BEGAN.to_be_bytes());
    octets[8..12].copy_from_slice(&number().to_be_bytes());
    octets[12..16].copy_from_slice(&std::process::id().to_be_bytes());
    KeyLock {
        id: KeyLockId::from_text(name("lock")),
        enterprise_id: enterprise.id.clone(),
        role,
        state: KeyLockState::Active,
        certificate_der: (0..=255).collect(),
        thumbprint: Thumbprint(octets),
        ca_id: CaId::from_text("ca-1"),
        ca_name: "某某CA".into(),
        holder_name: enterprise.name.clone(),
        ca_platform: "呼和浩特市".into(),
        serial_number: "0A1B2C".into(),
        key_number: name("K"),
        media_number: None,
        not_before: at(-86_400),
        not_after: at(86_400),
        bound_by: "乌兰".into(),
        bound_at: at(1),
        ended_at: None,
    }
}

pub fn platform() -> Platform {
    Platform {
        id: PlatformId::from_text(name("platform")),
        name_zh: "呼和浩特市公共资源交易平台".into(),
        name_en: "Hohhot".into(),
        region_code: RegionCode::parse("150100").unwrap(),
        zone: Zone::Western,
        support_contact: Some("0471-7654321".into()),
        state: PlatformState::Active,
        in_force_since: None,
        client: Some(Client {
            target_link_uri: Some("https://hohhot.example/".into()),
            id_token_alg: JwsAlgorithm::Rs256,
            consent: ConsentPolicy::RememberDays(30),
            ..Client::standard(
                ClientAuthentication::ClientSecret {
                    sha256: "00".repeat(32),
                    previous: None,
                },
                vec!["https://hohhot.example/callback?a=\"b\"".into()],
            )
        }),
    }
}

/// Everything a grant stands on, and the grant, none of it stored.
#[derive(Clone)]
pub struct Standing {
    pub enterprise: Enterprise,
    pub key_lock: KeyLock,
    pub platform: Platform,
    pub record: ConsentRecord,
    pub consent: StandingConsent,
    pub grant: Grant,
}

pub fn standing() -> Standing {
    let enterprise = enterprise();
    let key_lock = key_lock(&enterprise, LockRole::Primary);
    let platform = platform();
    let record = record(&enterprise, &key_lock, &platform, 2);
    let consent = StandingConsent {
        enterprise_id: enterprise.id.clone(),
        platform_id: platform.id.clone(),
        consent_id: record.id.clone(),
        scopes: record.scopes.clone(),
        claims: record.claims.clone(),
        claims_version: record.claims_version,
        granted_at: record.at,
        revoked_at: None,
        signed_by: idp_core::consent_statement::ConsentSigner::Provider,
    };
    let grant = Grant {
        id: GrantId::from_text(name("grant")),
        code_sha256: name("code"),
        enterprise_id: enterprise.id.clone(),
        key_lock_id: key_lock.id.clone(),
        platform_id: platform.id.clone(),
        consent_id: record.id.clone(),
        session_id: SessionId::from_text(name("session")),
        scopes: record.scopes.clone(),
        claims: RequestedClaims {
            userinfo: ["phone_number"].into_iter().collect(),
            id_token: ["name", "credit_code"].into_iter().collect(),
        },
        resources: vec![
            "https://hohhot.example/a".into(),
            "https://hohhot.example/b".into(),
        ],
        assurance: Assurance::KeyLockFresh,
        confirmation: Some(Confirmation::Key("thumbprint".into())),
        auth_time: at(3),
        created_at: at(4),
        revoked_at: None,
    };
    Standing {
        enterprise,
        key_lock,
        platform,
        record,
        consent,
        grant,
    }
}

pub fn record(
    enterprise: &Enterprise,
    key_lock: &KeyLock,
    platform: &Platform,
    second: i64,
) -> ConsentRecord {
    ConsentRecord {
        id: ConsentId::from_text(name("consent")),
        enterprise_id: enterprise.id.clone(),
        key_lock_id: key_lock.id.clone(),
        platform_id: platform.id.clone(),
        scopes: ScopeSet::of_known_words("openid enterprise"),
        claims: ["phone_number"].into_iter().collect(),
        claims_version: 1,
        text_version: u32::MAX,
        language: "zh-CN".into(),
        outcome: ConsentOutcome::Granted,
        at: at(second),
    }
}

pub fn signing_key(second: i64) -> SigningKey {
    // Another generation than any earlier run on the same database.
    let run = u32::try_from(*BEGAN / 1000 % 1_000_000).unwrap();
    SigningKey {
        id: KeyId::from_text(name("key")),
        algorithm: JwsAlgorithm::Es256,
        generation: run * 4000 + number() % 4000,
        public_jwk: "{}".into(),
        kept: Kept::Sealed(vec![0, 255, 7]),
        created_at: at(second),
        signs_from: at(second + 1),
        retired_at: None,
        withdrawn_at: None,
    }
}

/// Proposed; what the store does not read need not be a certificate.
pub fn certificate_authority() -> CertificateAuthority {
    CertificateAuthority {
        id: CaId::from_text(name("ca")),
        entry: ca_entry(),
        state: CaState::Proposed,
        revision: 1,
        loaded: None,
        created_at: at(1),
        changed_at: at(2),
    }
}

fn ca_entry() -> CaEntry {
    let file = |file: &str| PemFile {
        file: file.into(),
        pem: "-----BEGIN CERTIFICATE-----\n'\"\\".into(),
    };
    let profile = r#"{
        "holder_name": [{ "subject": "O" }],
        "key_number": [{ "serial_number": true }],
        "lock_kind": [{ "is": "key_lock", "when": { "subject": "OU", "contains": "企业" } }]
    }"#;
    CaEntry {
        name: "内蒙古甲CA".into(),
        jurisdiction: RegionCode::parse("150100").unwrap(),
        anchors: vec![file("old.pem"), file("new.pem")],
        intermediates: vec![file("between.pem")],
        profile: serde_json::from_str(profile).unwrap(),
        algorithms: vec![KeyAlgorithm::Sm2, KeyAlgorithm::Rsa],
        revocation: RevocationPlan {
            policy: RevocationPolicy::Required,
            sources: vec![
                RevocationSource::CrlFile {
                    path: "/var/lib/crl".into(),
                    whole_point: Some("http://ca.example/whole.crl".into()),
                },
                RevocationSource::CrlUrl {
                    url: "http://ca.example/a.crl".into(),
                    indirect_issuer: Some("PEM".into()),
                    whole_point: None,
                },
                RevocationSource::Ocsp {
                    url: "http://ca.example/ocsp".into(),
                    nonce: NoncePolicy::Absent,
                    responder: None,
                },
            ],
        },
    }
}

/// That it was added.
pub fn ca_change(ca: &CertificateAuthority) -> CaChange {
    CaChange {
        ca_id: ca.id.clone(),
        revision: ca.revision,
        at: ca.changed_at,
        by: "其其格".into(),
        act: CaAct::Added,
        reason: None,
        state: ca.state,
        entry: ca.entry.clone(),
    }
}

pub fn audit_event(detail: &str) -> AuditEvent {
    AuditEvent {
        at: at(5),
        kind: AuditKind::LoginRefused,
        operator_id: Some(idp_core::id::OperatorId::from_text("operator")),
        reason: Some("expired".into()),
        enterprise_id: Some(EnterpriseId::from_text("e")),
        key_lock_id: Some(KeyLockId::from_text("k")),
        platform_id: Some(PlatformId::from_text("p")),
        session_id: Some(SessionId::from_text("s")),
        consent_id: Some(ConsentId::from_text("c")),
        grant_id: Some(GrantId::from_text("g")),
        incident_id: Some(IncidentId::from_text("i")),
        remote_address: Some("2001:db8::1".into()),
        detail: Some(detail.into()),
        salt: Some(idp_core::audit::AuditSalt([9; 16])),
    }
}

/// What is to be told of a grant.
pub fn ended(grant: &Grant) -> EndedGrant {
    EndedGrant {
        enterprise_id: grant.enterprise_id.clone(),
        platform_id: grant.platform_id.clone(),
        session_id: grant.session_id.clone(),
        created_at: grant.created_at,
    }
}

/// A sign-in of a lock, not stored.
pub fn session(key_lock: &KeyLock, second: i64) -> SessionRecord {
    let id = SessionId::from_text(name("session"));
    SessionRecord {
        root_id: id.clone(),
        id,
        enterprise_id: key_lock.enterprise_id.clone(),
        key_lock_id: key_lock.id.clone(),
        begun_at: at(second),
        seen_at: at(second),
        remote_address: Some("2001:db8::2".into()),
        user_agent: Some("浏览器/1".into()),
        ended: None,
    }
}
