//! The facts of one certificate, and which certificates may be anchors.

use pki::anchors::{AnchorProblem, TrustAnchors};
use pki::certificate::Certificate;
use pki::path::VerifiedPath;
use pki::revocation::Crl;
use pki::signature::PublicKey;

use crate::lab::{Kind, LOCK, Lab, Order, ROOT};

#[test]
fn what_is_shared_may_cross_threads() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<Certificate>();
    shared::<Crl>();
    shared::<TrustAnchors>();
    shared::<VerifiedPath>();
}

#[test]
fn facts_of_a_certificate_are_read() {
    let lab = Lab::new();
    lab.root("root", Kind::Rsa(2048));
    let extensions =
        format!("{LOCK}extendedKeyUsage=clientAuth\ncertificatePolicies=1.2.3.4,1.2.3.5\n");
    let lock = lab.issue(
        "root",
        &Order {
            extensions: &extensions,
            ..Order::lock("lock", Kind::Rsa(2048))
        },
    );
    assert_eq!(lock.subject().common_name(), Some("测试企业锁"));
    assert_eq!(lock.subject().organization(), Some("内蒙古测试有限公司"));
    assert_eq!(lock.issuer().to_string(), "CN=root,O=Test,C=CN");
    assert_eq!(*lock.public_key(), PublicKey::Rsa { modulus_bits: 2048 });
    assert_eq!(lock.extended_key_usage().unwrap(), ["1.3.6.1.5.5.7.3.2"]);
    assert_eq!(lock.policies(), ["1.2.3.4", "1.2.3.5"]);
    let usage = lock.key_usage().unwrap();
    assert!(
        usage.digital_signature
            && usage.content_commitment
            && !usage.key_cert_sign
            && !usage.key_encipherment
    );
    assert!(!lock.is_ca());
    assert_eq!(lock.serial_number(), lock.serial_number().to_uppercase());
    assert_eq!(lock.not_before(), 1_767_225_600);
    assert_eq!(Certificate::from_der(lock.der()).unwrap(), lock);
    assert!(!format!("{lock:?}").contains("der"));
}

#[test]
fn only_authorities_become_anchors() {
    let lab = Lab::new();
    lab.root("root", Kind::P256);
    let lock = lab.issue("root", &Order::lock("lock", Kind::P256));
    assert_eq!(
        TrustAnchors::from_certificates(&[lock]).unwrap_err().reason,
        AnchorProblem::NotACa
    );

    let odd = format!("{ROOT}1.2.3.4=critical,ASN1:NULL\n");
    let odd = lab.issue(
        "odd",
        &Order {
            extensions: &odd,
            ..Order::ca("odd", Kind::P256, "/CN=odd")
        },
    );
    let refused = TrustAnchors::from_certificates(&[odd]).unwrap_err();
    assert_eq!(refused.reason, AnchorProblem::UnknownCriticalExtension);
}
