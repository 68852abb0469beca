//! The authorities of the demonstration in one folder.
//!
//! Owns the folder: certificates and lists open, keys encrypted, what was revoked. A folder that is there is complete: it
//! is made beside its place and renamed. Does not know the provider, except for the form of its CA registry.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use idp::config::{AuthorityConfig, RevocationConfig};
use idp_core::certificate_authority::KeyAlgorithm;
use pki::anchors::TrustAnchors;
use pki::certificate::Certificate;
use pki::path::verify_chain;
use pki::revocation::Revocation;

use super::authority::Authority;
use super::certificate::{DAY, Order, Validity};
use super::lock::{Ca, LockOrder};
use super::lock_file::{Half, MintedLock, certificate_pem};
use super::{Key, KeyKind, PkiError, recognised};
use crate::files::{self, Readers};

/// How long a list is in force.
const LIST_DAYS: i64 = 30;

const REVOKED: &str = "revoked.json";

/// The authorities of the demonstration.
#[derive(Debug)]
pub struct SamplePki {
    folder: PathBuf,
    sm2_root: Authority,
    sm2: Authority,
    rsa: Authority,
    foreign: Authority,
}

/// Serial numbers that were revoked, by the file name of the issuer.
type Revoked = BTreeMap<String, Vec<String>>;

impl SamplePki {
    /// Opens the folder, or makes it. Revocation lists are issued anew, in force from now.
    pub fn open(folder: &Path, password: &str, now: i64) -> Result<Self, PkiError> {
        if !folder.exists() {
            let beside = folder.with_extension(format!("{}.new", std::process::id()));
            let pki = Self::generate(&beside, now)?;
            pki.save(password)?;
            fs::rename(&beside, folder).map_err(fault(folder))?;
        }
        let read = |file, kind| read_authority(folder, file, kind, password);
        let pki = Self {
            folder: folder.to_owned(),
            sm2_root: read("sm2-root", KeyKind::Sm2)?,
            sm2: read("sm2-issuing", KeyKind::Sm2)?,
            rsa: read("rsa", KeyKind::Rsa2048)?,
            foreign: read("foreign", KeyKind::P256)?,
        };
        pki.issue_lists(now)?;
        Ok(pki)
    }

    fn generate(folder: &Path, now: i64) -> Result<Self, PkiError> {
        let long = Validity::around(now, 3650, 7300);
        let name = |ca: Ca, common_name| ca.authority_name(common_name);
        let sm2_root = Authority::root(KeyKind::Sm2, name(Ca::Sm2, "内蒙古演示根CA (SM2)"), long)?;
        let sm2_name = name(Ca::Sm2, "内蒙古演示企业CA (SM2)");
        let rsa_name = name(Ca::Rsa, "草原演示CA (RSA)");
        let foreign_name = name(Ca::Foreign, "北京演示CA (P-256)");
        Ok(Self {
            folder: folder.to_owned(),
            sm2: sm2_root.subordinate(KeyKind::Sm2, sm2_name, long)?,
            sm2_root,
            rsa: Authority::root(KeyKind::Rsa2048, rsa_name, long)?,
            foreign: Authority::root(KeyKind::P256, foreign_name, long)?,
        })
    }

    fn save(&self, password: &str) -> Result<(), PkiError> {
        for (file, authority) in self.authorities() {
            let path = self.path(&format!("{file}.pem"));
            let pem = certificate_pem(authority.certificate_der())?;
            files::replace(&path, pem.as_bytes(), Readers::All).map_err(fault(&path))?;
            let path = self.path(&format!("{file}.key.pem"));
            let pem = authority.key().to_encrypted_pem(password)?;
            files::replace(&path, pem.as_bytes(), Readers::Owner).map_err(fault(&path))?;
        }
        Ok(())
    }

    fn authorities(&self) -> [(&'static str, &Authority); 4] {
        [
            ("sm2-root", &self.sm2_root),
            ("sm2-issuing", &self.sm2),
            ("rsa", &self.rsa),
            ("foreign", &self.foreign),
        ]
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Who issues the locks of a CA, and its file name.
    pub(super) fn issuer(&self, ca: Ca) -> (&'static str, &Authority) {
        match ca {
            Ca::Sm2 => ("sm2-issuing", &self.sm2),
            Ca::Rsa => ("rsa", &self.rsa),
            Ca::Foreign => ("foreign", &self.foreign),
        }
    }

    /// The recognised CAs, as the provider's configuration names them. The foreign one is not among them.
    pub fn registry(&self) -> Result<Vec<AuthorityConfig>, PkiError> {
        let sm2 = AuthorityConfig {
            intermediates: vec![self.path("sm2-issuing.pem")],
            ..self.entry(
                Ca::Sm2,
                "sm2-root.pem",
                &["sm2-root.crl", "sm2-issuing.crl"],
            )?
        };
        let rsa = self.entry(Ca::Rsa, "rsa.pem", &["rsa.crl"])?;
        Ok(vec![sm2, rsa])
    }

    fn entry(&self, ca: Ca, anchor: &str, lists: &[&str]) -> Result<AuthorityConfig, PkiError> {
        Ok(AuthorityConfig {
            id: ca.id().to_owned(),
            name: ca.display_name().to_owned(),
            jurisdiction: ca.jurisdiction().to_owned(),
            anchors: vec![self.path(anchor)],
            intermediates: Vec::new(),
            algorithms: KeyAlgorithm::all(),
            revocation: RevocationConfig::Required,
            crls: lists.iter().map(|file| self.path(file)).collect(),
            revocation_sources: Vec::new(),
            profile: ca.profile()?,
        })
    }

    /// Issues every revocation list anew, in force from now.
    pub fn issue_lists(&self, now: i64) -> Result<(), PkiError> {
        let revoked = self.revoked()?;
        for (file, authority) in self.authorities() {
            let serials = revoked.get(file).map_or(&[][..], Vec::as_slice);
            let next_update = now.saturating_add(LIST_DAYS * DAY);
            let list = authority.revocation_list(serials, now, next_update)?;
            let path = self.path(&format!("{file}.crl"));
            files::replace(&path, &list, Readers::All).map_err(fault(&path))?;
        }
        Ok(())
    }

    /// Revokes a certificate by its serial number (hexadecimal) and issues the lists anew.
    pub fn revoke(&self, ca: Ca, serial_number: &str, now: i64) -> Result<(), PkiError> {
        let mut revoked = self.revoked()?;
        let serials = revoked.entry(self.issuer(ca).0.to_owned()).or_default();
        if !serials.iter().any(|known| known == serial_number) {
            serials.push(serial_number.to_owned());
        }
        let path = self.path(REVOKED);
        let text = serde_json::to_vec_pretty(&revoked).map_err(|e| content(&path, &e))?;
        files::replace(&path, &text, Readers::All).map_err(fault(&path))?;
        self.issue_lists(now)
    }

    /// Whether this CA took a certificate back.
    pub fn is_revoked(&self, ca: Ca, serial_number: &str) -> Result<bool, PkiError> {
        let revoked = self.revoked()?;
        let serials = revoked.get(self.issuer(ca).0);
        Ok(serials.is_some_and(|serials| serials.iter().any(|known| known == serial_number)))
    }

    /// The CA that issued a certificate: its signature says so, since every demonstration has CAs of these names.
    pub fn issuer_of(&self, certificate: &Certificate, now: i64) -> Option<Ca> {
        let at = now.min(certificate.not_after());
        Ca::ALL.into_iter().find(|ca| {
            let issuer = Certificate::from_der(self.issuer(*ca).1.certificate_der());
            let anchors = issuer.map(|issuer| TrustAnchors::from_certificates(&[issuer]));
            let Ok(Ok(anchors)) = anchors else {
                return false;
            };
            verify_chain(certificate, &anchors, &[], &Revocation::NotChecked, at).is_ok()
        })
    }

    fn revoked(&self) -> Result<Revoked, PkiError> {
        let path = self.path(REVOKED);
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|e| content(&path, &e)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Revoked::new()),
            Err(error) => Err(fault(&path)(error)),
        }
    }

    /// Makes a lock.
    pub fn mint(&self, order: &LockOrder, now: i64) -> Result<MintedLock, PkiError> {
        let key_number = match &order.key_number {
            Some(number) => number.clone(),
            None => random_key_number()?,
        };
        let media_number = match &order.media_number {
            Some(number) => number.clone(),
            None => random_media_number()?,
        };
        let form = recognised::form(order, &key_number)?;
        let certificate = |extensions| Order {
            subject: form.subject.clone(),
            validity: Validity::around(now, order.days_before, order.days_after),
            extensions,
        };
        let signing = self.half(order, &certificate(form.signing))?;
        let encryption = if order.with_encryption_certificate {
            Some(self.half(order, &certificate(form.encryption))?)
        } else {
            None
        };
        let read = Certificate::from_der(&signing.certificate)
            .map_err(|error| PkiError::LockFile(error.to_string()))?;
        Ok(MintedLock {
            serial_number: read.serial_number().to_owned(),
            signing,
            encryption,
            key_number,
            media_number,
            label: order.label.clone(),
        })
    }

    fn half(&self, order: &LockOrder, certificate: &Order) -> Result<Half, PkiError> {
        let key = Key::generate(order.key_kind)?;
        let (_file, issuer) = self.issuer(order.ca);
        let certificate = issuer.issue(certificate, key.subject_public_key_info_der())?;
        Ok(Half { key, certificate })
    }
}

fn read_authority(
    folder: &Path,
    file: &str,
    kind: KeyKind,
    password: &str,
) -> Result<Authority, PkiError> {
    let path = folder.join(format!("{file}.pem"));
    let text = fs::read_to_string(&path).map_err(fault(&path))?;
    let certificates = Certificate::from_pem(&text).map_err(|e| content(&path, &e))?;
    let certificate = certificates
        .first()
        .ok_or_else(|| content(&path, &"it holds no certificate"))?;
    let path = folder.join(format!("{file}.key.pem"));
    let text = fs::read_to_string(&path).map_err(fault(&path))?;
    let key = Key::from_encrypted_pem(kind, &text, password)?;
    Authority::restored(certificate.der().to_vec(), key)
}

fn random<const N: usize>() -> Result<[u8; N], PkiError> {
    let mut octets = [0; N];
    aws_lc_rs::rand::fill(&mut octets).or(Err(PkiError::Key("no random numbers are to be had")))?;
    Ok(octets)
}

/// Of the form 1A100000000000A547FC.
fn random_key_number() -> Result<String, PkiError> {
    Ok(format!("1A10{}", hex::encode_upper(random::<8>()?)))
}

/// Of the form 5303201712015217.
fn random_media_number() -> Result<String, PkiError> {
    let digits = random::<12>()?;
    let digits = digits.iter().map(|octet| char::from(b'0' + octet % 10));
    Ok(format!("5303{}", digits.collect::<String>()))
}

fn fault(path: &Path) -> impl Fn(io::Error) -> PkiError + use<> {
    let path = path.to_owned();
    move |source| PkiError::File {
        path: path.clone(),
        source,
    }
}

fn content(path: &Path, problem: &dyn ToString) -> PkiError {
    PkiError::Content {
        path: path.to_owned(),
        problem: problem.to_string(),
    }
}
