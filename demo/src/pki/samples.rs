//! The ten sample locks of the demonstration and what each of them shows.
//!
//! Owns the list. Does not know where the files lie, nor who makes them.

use std::path::{Path, PathBuf};

use key_agent::pin::Pin;
use key_agent::token::soft::SoftToken;
use key_agent::token::{Token as _, Wanted};
use serde::{Deserialize, Serialize};

use super::credit_code::complete_credit_code;
use super::lock::{Ca, LockOrder, LockRole};
use super::{PkiError, SamplePki};
use crate::files::{self, Readers};

/// The PIN of every sample lock.
pub const SAMPLE_PIN: &str = "123456";

/// What a sample lock is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SampleKind {
    /// A good SM2 企业锁.
    GoodSm2,
    /// A good RSA 企业锁 of the other recognised CA.
    GoodRsa,
    /// Another good lock of the first enterprise.
    SecondLock,
    /// 法人锁.
    LegalPerson,
    /// Expired.
    Expired,
    /// Revoked.
    Revoked,
    /// Of a CA outside the region.
    ForeignCa,
    /// A good lock whose certificate ends within 60 days.
    EndingSoon,
    /// The next certificate of that lock.
    Renewed,
    /// The first lock after its enterprise was renamed.
    Renamed,
}

/// What happens when a sample lock is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Expectation {
    /// Whether the certificate is recognised.
    pub recognised: bool,
    /// The machine word of the refusal at binding: of the certificate, or for the second lock of its enterprise.
    pub refusal: Option<&'static str>,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

/// One sample lock.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// What it is.
    pub kind: SampleKind,
    /// The name of its file.
    pub file: &'static str,
    /// What a person calls it.
    pub name_zh: &'static str,
    /// The same in English.
    pub name_en: &'static str,
    /// What happens.
    pub expectation: Expectation,
    ca: Ca,
    enterprise: &'static str,
    /// The first 17 characters of its credit code.
    credit_code: &'static str,
    key_number: &'static str,
    media_number: &'static str,
}

/// Of the lock that ends soon, and of its next certificate.
const ORDOS: (&str, &str) = ("鄂尔多斯市示例能源装备有限公司", "91150602MA0DEM006");

/// 证书Key号 and 硬件介质号 of that lock: the certificate changes, the key's number does not.
const ORDOS_KEY: (&str, &str) = ("1A100000000000A61C09", "5303201712016119");

const WUHAI: (&str, &str) = ("乌海市示例路桥工程有限责任公司", "91150302MA0DEM001");

/// What happens with a lock whose certificate was taken back.
const REVOKED: Expectation = Expectation {
    recognised: false,
    refusal: Some("certificate-revoked"),
    zh: "拒绝：该证书已被吊销，请联系CA签发机构",
    en: "refused: the certificate has been revoked",
};

/// All of them, in the order in which a person would try them.
pub const SAMPLES: [Sample; 10] = [
    Sample {
        kind: SampleKind::GoodSm2,
        file: "1-good-sm2.pem",
        name_zh: "企业锁（SM2，双证书）",
        name_en: "good key lock (SM2, dual certificates)",
        expectation: Expectation {
            recognised: true,
            refusal: None,
            zh: "可以绑定、登录",
            en: "binds and signs in",
        },
        ca: Ca::Sm2,
        enterprise: WUHAI.0,
        credit_code: WUHAI.1,
        key_number: "1A100000000000A547FC",
        media_number: "5303201712015217",
    },
    Sample {
        kind: SampleKind::GoodRsa,
        file: "2-good-rsa.p12",
        name_zh: "企业锁（RSA，另一家CA）",
        name_en: "good key lock (RSA, of the other CA)",
        expectation: Expectation {
            recognised: true,
            refusal: None,
            zh: "可以绑定、登录",
            en: "binds and signs in",
        },
        ca: Ca::Rsa,
        enterprise: "呼和浩特市示例园林绿化有限公司",
        credit_code: "91150102MA0DEM002",
        key_number: "1A100000000000B6210D",
        media_number: "5303201803024418",
    },
    Sample {
        kind: SampleKind::SecondLock,
        file: "3-second-lock-sm2.pem",
        name_zh: "第一家企业的另一把企业锁",
        name_en: "another key lock of the first enterprise",
        expectation: Expectation {
            recognised: true,
            refusal: Some("credit-code-bound"),
            zh: "第一把锁绑定之后：该统一社会信用代码已被其他锁绑定，请用主锁登录后添加为副锁",
            en: "once the first lock is bound: refused, the credit code is bound with another lock",
        },
        ca: Ca::Sm2,
        enterprise: WUHAI.0,
        credit_code: WUHAI.1,
        key_number: "1A100000000000A548E3",
        media_number: "5303201712015306",
    },
    Sample {
        kind: SampleKind::LegalPerson,
        file: "4-legal-person.pem",
        name_zh: "法人锁",
        name_en: "legal-person lock",
        expectation: Expectation {
            recognised: false,
            refusal: Some("legal-person-lock"),
            zh: "拒绝：法人锁不支持跨平台投标，请使用企业锁",
            en: "refused: a legal-person lock is not for bidding across platforms",
        },
        ca: Ca::Sm2,
        enterprise: WUHAI.0,
        credit_code: WUHAI.1,
        key_number: "1A100000000000A54901",
        media_number: "5303201712015314",
    },
    Sample {
        kind: SampleKind::Expired,
        file: "5-expired.pem",
        name_zh: "已过期的企业锁",
        name_en: "expired key lock",
        expectation: Expectation {
            recognised: false,
            refusal: Some("certificate-expired"),
            zh: "拒绝：证书已过期",
            en: "refused: the certificate has expired",
        },
        ca: Ca::Sm2,
        enterprise: "通辽市示例建材有限公司",
        credit_code: "91150502MA0DEM003",
        key_number: "1A100000000000A31B77",
        media_number: "5303201509018841",
    },
    Sample {
        kind: SampleKind::Revoked,
        file: "6-revoked.pem",
        name_zh: "已被吊销的企业锁",
        name_en: "revoked key lock",
        expectation: REVOKED,
        ca: Ca::Rsa,
        enterprise: "包头市示例机电设备有限公司",
        credit_code: "91150203MA0DEM004",
        key_number: "1A100000000000B59C42",
        media_number: "5303201803022067",
    },
    Sample {
        kind: SampleKind::ForeignCa,
        file: "7-foreign-ca.pem",
        name_zh: "区外CA的企业锁",
        name_en: "key lock of a CA outside the region",
        expectation: Expectation {
            recognised: false,
            refusal: Some("foreign-ca"),
            zh: "拒绝：必须是内蒙古自治区内办理的CA数字证书",
            en: "refused: the CA is not of Inner Mongolia",
        },
        ca: Ca::Foreign,
        enterprise: "北京示例科技有限公司",
        credit_code: "91110108MA0DEM005",
        key_number: "2B200000000000C0017E",
        media_number: "7701201903310045",
    },
    Sample {
        kind: SampleKind::EndingSoon,
        file: "8-ending-soon.pem",
        name_zh: "即将到期的企业锁",
        name_en: "key lock that ends soon",
        expectation: Expectation {
            recognised: true,
            refusal: None,
            zh: "可以绑定、登录，并提醒证书即将到期",
            en: "binds and signs in, with a reminder that its certificate ends soon",
        },
        ca: Ca::Sm2,
        enterprise: ORDOS.0,
        credit_code: ORDOS.1,
        key_number: ORDOS_KEY.0,
        media_number: ORDOS_KEY.1,
    },
    Sample {
        kind: SampleKind::Renewed,
        file: "9-renewed.pem",
        name_zh: "延期后的企业锁",
        name_en: "the same lock after its renewal",
        expectation: Expectation {
            recognised: true,
            refusal: Some("credit-code-bound"),
            zh: "即将到期的锁绑定之后：直接登录，作为同一把锁继续使用",
            en: "once the lock that ends soon is bound: signs in and goes on as the same lock",
        },
        ca: Ca::Sm2,
        enterprise: ORDOS.0,
        credit_code: ORDOS.1,
        key_number: ORDOS_KEY.0,
        media_number: ORDOS_KEY.1,
    },
    Sample {
        kind: SampleKind::Renamed,
        file: "a-renamed.pem",
        name_zh: "名称变更后的企业锁",
        name_en: "the first lock after its enterprise was renamed",
        expectation: Expectation {
            recognised: true,
            refusal: Some("enterprise-renamed"),
            zh: "第一把锁绑定之后：拒绝，请先办理名称变更",
            en: "once the first lock is bound: refused until the change of name is recorded",
        },
        ca: Ca::Sm2,
        enterprise: "乌海市示例路桥集团有限公司",
        credit_code: WUHAI.1,
        key_number: "1A100000000000A547FC",
        media_number: "5303201712015217",
    },
];

/// The person of the 法人锁.
const LEGAL_PERSON: &str = "王示例";

impl Sample {
    /// The CA that issues it.
    pub fn ca(&self) -> Ca {
        self.ca
    }

    /// The enterprise it speaks for.
    pub fn enterprise(&self) -> &'static str {
        self.enterprise
    }

    /// Its enterprise's credit code.
    pub fn credit_code(&self) -> Result<String, PkiError> {
        complete_credit_code(self.credit_code).ok_or(PkiError::Key("a sample's credit code is bad"))
    }

    /// 证书Key号.
    pub fn key_number(&self) -> &'static str {
        self.key_number
    }

    /// 硬件介质号.
    pub fn media_number(&self) -> &'static str {
        self.media_number
    }

    /// What to make.
    pub fn order(&self) -> Result<LockOrder, PkiError> {
        let good = LockOrder::key_lock(self.ca, self.enterprise, &self.credit_code()?);
        let (days_before, days_after) = match self.kind {
            SampleKind::Expired => (760, -30),
            SampleKind::EndingSoon => (690, 40),
            SampleKind::Renewed => (1, 770),
            SampleKind::Renamed => (1, good.days_after),
            _ => (good.days_before, good.days_after),
        };
        Ok(LockOrder {
            role: match self.kind {
                SampleKind::LegalPerson => LockRole::LegalPersonLock {
                    person: LEGAL_PERSON.to_owned(),
                },
                _ => LockRole::KeyLock,
            },
            key_number: Some(self.key_number.to_owned()),
            media_number: Some(self.media_number.to_owned()),
            days_before,
            days_after,
            with_encryption_certificate: matches!(
                self.kind,
                SampleKind::GoodSm2 | SampleKind::GoodRsa
            ),
            label: format!("{} · {}", self.name_zh, self.enterprise),
            ..good
        })
    }

    /// The electronic seal that lies beside the lock as `<name>.esl`: the first lock has one.
    pub fn seal_file(&self) -> Option<PathBuf> {
        (self.kind == SampleKind::GoodSm2).then(|| Path::new(self.file).with_extension("esl"))
    }

    /// What happens now with its file in a folder: another thing once the certificate in it was taken back.
    pub fn expectation_now(&self, pki: &SamplePki, folder: &Path) -> Result<Expectation, PkiError> {
        let token = SoftToken::new(folder.join(self.file));
        let pin = Pin::first_line(SAMPLE_PIN.to_owned());
        // A lock that does not open any more is told as it was made.
        let Ok(opened) = token.open(&Wanted::Signing, &pin) else {
            return Ok(self.expectation);
        };
        let serial_number = opened.certificate().serial_number();
        let is_revoked = pki.is_revoked(self.ca, serial_number)?;
        Ok(if is_revoked {
            REVOKED
        } else {
            self.expectation
        })
    }

    /// Makes its file in a folder, its seal if it has one, and revokes it if that is what it is to show.
    pub fn make(&self, pki: &SamplePki, folder: &Path, now: i64) -> Result<(), PkiError> {
        let lock = pki.mint(&self.order()?, now)?;
        if self.kind == SampleKind::Revoked {
            pki.revoke(self.ca, lock.serial_number(), now)?;
        }
        if let Some(file) = self.seal_file() {
            let name = format!("{}公章（演示）", self.enterprise);
            let seal = pki.seal(self.ca, &lock, &name, now)?;
            let path = folder.join(file);
            files::replace(&path, &seal, Readers::All)
                .map_err(|source| PkiError::File { path, source })?;
        }
        lock.write(&folder.join(self.file), SAMPLE_PIN)
    }
}
