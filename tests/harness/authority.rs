//! CAs of this test process: three recognised ones, one outside the region, one that nobody knows.

use std::path::PathBuf;
use std::sync::{Mutex, OnceLock};

use idp::config::{AuthorityConfig, RevocationConfig, RevocationSourceConfig};
use idp_core::certificate_authority::KeyAlgorithm;

use super::lock::{KeyKind, Lock, Order};
use super::{openssl, scratch};

/// Where the recognised CAs write what. A lock says its kind in OU, as several CAs of the field do.
const PROFILE: &str = r#"
holder_name = [{ subject = "O" }]
credit_code = [{ extension = "1.2.156.10260.4.1.4" }, { extension = "1.2.86.11.7.3", length = 18 }]
key_number = [{ subject = "serialNumber" }]
lock_kind = [
    { is = "legal_person_lock", when = { subject = "OU", contains = "法人" } },
    { is = "key_lock", when = { subject = "OU", contains = "企业" } },
]
"#;

/// A day, in seconds.
pub const DAY: i64 = 86_400;

/// One CA.
pub struct Authority {
    /// Identifier in the registry.
    pub id: &'static str,
    /// Name as people and platforms see it.
    pub name: &'static str,
    /// Its key.
    pub kind: KeyKind,
    jurisdiction: &'static str,
    folder: PathBuf,
    revoked: Mutex<Vec<String>>,
}

/// Every CA.
pub struct World {
    /// SM2, recognised.
    pub sm2: Authority,
    /// P-256, recognised.
    pub p256: Authority,
    /// RSA, recognised.
    pub rsa: Authority,
    /// In the registry, but not of the region.
    pub outside: Authority,
    /// In no registry.
    pub foreign: Authority,
}

/// Made once for the process.
pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| World {
        sm2: Authority::make("sm2-ca", "内蒙古甲CA", KeyKind::Sm2, "150100"),
        p256: Authority::make("p256-ca", "内蒙古乙CA", KeyKind::P256, "150400"),
        rsa: Authority::make("rsa-ca", "内蒙古丙CA", KeyKind::Rsa(2048), "150200"),
        outside: Authority::make("outside-ca", "北京CA", KeyKind::P256, "110000"),
        foreign: Authority::make("foreign-ca", "区外CA", KeyKind::P256, "110000"),
    })
}

impl World {
    /// CAs of the registry, their lists in files of their own in a new folder.
    pub fn registry(&self) -> Vec<AuthorityConfig> {
        let lists = scratch::folder("lists");
        [&self.sm2, &self.p256, &self.rsa, &self.outside]
            .map(|ca| {
                let list = lists.join(format!("{}.crl", ca.id));
                ca.publish_list(&list, (-DAY, 30 * DAY));
                ca.entry(list)
            })
            .to_vec()
    }
}

impl Authority {
    fn make(
        id: &'static str,
        name: &'static str,
        kind: KeyKind,
        jurisdiction: &'static str,
    ) -> Self {
        let folder = scratch::folder(id);
        openssl::make_key(&folder, kind);
        openssl::issue(&folder, None, &Order::root(name, kind));
        Self {
            id,
            name,
            kind,
            jurisdiction,
            folder,
            revoked: Mutex::default(),
        }
    }

    /// A lock, made now.
    pub fn lock(&self, order: &Order) -> Lock {
        let folder = scratch::folder("lock");
        openssl::make_key(&folder, order.kind);
        openssl::issue(&folder, Some((&self.folder, self.kind)), order);
        Lock::read(&folder, order)
    }

    /// A lock with the key of another, by another certificate.
    pub fn lock_of_key(&self, of: &Lock, order: &Order) -> Lock {
        let folder = scratch::folder("lock");
        std::fs::copy(of.folder().join("key.pem"), folder.join("key.pem")).unwrap();
        openssl::issue(&folder, Some((&self.folder, self.kind)), order);
        Lock::read(&folder, order)
    }

    /// A CA that gives itself the same name.
    pub fn impostor(of: &Self) -> Self {
        Self::make(of.id, of.name, of.kind, of.jurisdiction)
    }

    /// Another CA with another key and the same subject name.
    pub fn namesake(of: &Self, id: &'static str) -> Self {
        Self::make(id, of.name, of.kind, of.jurisdiction)
    }

    /// A certificate for this CA's name and key by another CA, valid from and to these seconds from now.
    pub fn cross_certificate(&self, by: &Self, (not_before, not_after): (i64, i64)) -> PathBuf {
        let folder = scratch::folder("cross");
        std::fs::copy(self.folder.join("key.pem"), folder.join("key.pem")).unwrap();
        let order = Order::root(self.name, self.kind).valid(not_before, not_after);
        openssl::issue(&folder, Some((&by.folder, by.kind)), &order);
        folder.join("certificate.pem")
    }

    /// A lock that another lock of this CA issued.
    pub fn lock_of_lock(&self, order: &Order) -> Lock {
        let folders = [scratch::folder("lock"), scratch::folder("lock")];
        let between = Order::enterprise(self.kind);
        for (folder, kind) in [(&folders[0], between.kind), (&folders[1], order.kind)] {
            openssl::make_key(folder, kind);
        }
        openssl::issue(&folders[0], Some((&self.folder, self.kind)), &between);
        openssl::issue(&folders[1], Some((&folders[0], between.kind)), order);
        Lock::read(&folders[1], order)
    }

    /// Writes a lock down as revoked; the next list holds it.
    pub fn revoke(&self, lock: &Lock) {
        let serial = lock.certificate.serial_number().to_owned();
        self.revoked.lock().unwrap().push(serial);
    }

    /// Writes a certificate of another CA down as revoked: one that [`Self::cross_certificate`] made.
    pub fn revoke_certificate(&self, file: &std::path::Path) {
        let pem = std::fs::read_to_string(file).unwrap();
        let read = pki::certificate::Certificate::from_pem(&pem).unwrap();
        let serial = read[0].serial_number().to_owned();
        self.revoked.lock().unwrap().push(serial);
    }

    /// Writes the list, in force from and to these seconds from now.
    pub fn publish_list(&self, file: &std::path::Path, validity: (i64, i64)) {
        let revoked = self.revoked.lock().unwrap().clone();
        openssl::revocation_list((&self.folder, self.kind), &revoked, validity, "", file);
    }

    /// A list with this many certificates more, by serial numbers of 16 octets.
    pub fn long_list(&self, entries: u32, validity: (i64, i64)) -> Vec<u8> {
        let file = scratch::folder("long").join("list.crl");
        let serial = |number| {
            let mixed = u128::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
            format!("{:032X}", mixed >> 1 | 1 << 126)
        };
        let mut revoked = self.revoked.lock().unwrap().clone();
        revoked.extend((0..entries).map(serial));
        openssl::revocation_list((&self.folder, self.kind), &revoked, validity, "", &file);
        let pem = std::fs::read(file).unwrap();
        pki::revocation::crls_in(pem).unwrap().swap_remove(0)
    }

    /// The list about the part of its certificates that names this distribution point, with everything that was revoked.
    pub fn part(&self, point: &str, validity: (i64, i64)) -> Vec<u8> {
        let file = scratch::folder("part").join("list.crl");
        let revoked = self.revoked.lock().unwrap().clone();
        let extensions =
            format!("issuingDistributionPoint=critical,@point\n[point]\nfullname=URI:{point}\n");
        let signer = (self.folder.as_path(), self.kind);
        openssl::revocation_list(signer, &revoked, validity, &extensions, &file);
        std::fs::read(file).unwrap()
    }

    /// The list, as it would be written.
    pub fn list(&self, validity: (i64, i64)) -> Vec<u8> {
        let file = scratch::folder("published").join("list.crl");
        self.publish_list(&file, validity);
        std::fs::read(file).unwrap()
    }

    /// What OpenSSL answers to an OCSP question, as a responder with this CA's key. It knows these locks and which of
    /// them were revoked.
    pub fn responder(&self, locks: &[&Lock]) -> impl Fn(&[u8]) -> Vec<u8> + Send + use<> {
        let serials = locks.iter().map(|lock| lock.certificate.serial_number());
        let known: Vec<String> = serials.map(str::to_owned).collect();
        let (revoked, authority) = (self.revoked.lock().unwrap().clone(), self.folder.clone());
        move |question| {
            let folder = scratch::folder("responder");
            let line = |serial: &String| {
                let state = if revoked.contains(serial) {
                    "R\t491231235959Z\t260101000000Z"
                } else {
                    "V\t491231235959Z\t"
                };
                format!("{state}\t{serial}\tunknown\t/CN={serial}\n")
            };
            let index: String = known.iter().map(line).collect();
            std::fs::write(folder.join("index"), index).unwrap();
            std::fs::write(folder.join("question"), question).unwrap();
            let (certificate, key) = (authority.join("certificate.pem"), authority.join("key.pem"));
            let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
            openssl::run(
                &folder,
                &[
                    "ocsp",
                    "-index",
                    "index",
                    "-CA",
                    certificate,
                    "-reqin",
                    "question",
                    "-respout",
                    "answer",
                    "-rsigner",
                    certificate,
                    "-rkey",
                    key,
                    "-nmin",
                    "10",
                ],
            );
            std::fs::read(folder.join("answer")).unwrap()
        }
    }

    /// Its entry in the registry, with these sources alone.
    pub fn entry_with(&self, sources: Vec<RevocationSourceConfig>) -> AuthorityConfig {
        AuthorityConfig {
            crls: Vec::new(),
            revocation_sources: sources,
            ..self.entry(PathBuf::new())
        }
    }

    /// Its entry in the registry, with this list.
    pub fn entry(&self, list: PathBuf) -> AuthorityConfig {
        AuthorityConfig {
            id: self.id.to_owned(),
            name: self.name.to_owned(),
            jurisdiction: self.jurisdiction.to_owned(),
            anchors: vec![self.folder.join("certificate.pem")],
            intermediates: Vec::new(),
            algorithms: KeyAlgorithm::all(),
            revocation: RevocationConfig::Required,
            crls: vec![list],
            revocation_sources: Vec::new(),
            profile: toml::from_str(PROFILE).unwrap(),
        }
    }
}
