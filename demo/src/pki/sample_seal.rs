//! The electronic seal of a sample lock: a maker of seals certified by the lock's CA signs it.

use super::certificate::{Order, Validity};
use super::eseal::{SealMaker, SealOrder, make_seal};
use super::extension::Extensions;
use super::name::SubjectName;
use super::{Ca, Key, MintedLock, PkiError, SamplePki};

/// The picture of every seal here: a round seal that says it is for demonstration.
const SEAL_PICTURE: &[u8] = include_bytes!("../../assets/seal.png");

impl SamplePki {
    /// Makes the seal of a lock, good from yesterday for 700 days.
    /// The maker's key is used this once.
    pub fn seal(
        &self,
        ca: Ca,
        lock: &MintedLock,
        name: &str,
        now: i64,
    ) -> Result<Vec<u8>, PkiError> {
        let (_file, issuer) = self.issuer(ca);
        let validity = Validity::around(now, 1, 700);
        let key = Key::generate(ca.own_key_kind())?;
        let order = Order {
            subject: SubjectName::china()
                .organization(ca.display_name())
                .common_name("电子印章制章者（演示）"),
            validity,
            extensions: Extensions::signing()?,
        };
        let certificate = issuer.issue(&order, key.subject_public_key_info_der())?;
        let id = format!("YZT{}", lock.key_number());
        let order = SealOrder {
            id: &id,
            name,
            png: SEAL_PICTURE,
            millimetres: 40,
            validity,
            locks: &[lock.certificate_der()],
        };
        let maker = SealMaker {
            key: &key,
            certificate: &certificate,
        };
        make_seal(&order, &maker)
    }
}
