//! Object identifiers of the key types a soft lock may hold.

use pkcs8::ObjectIdentifier;

/// rsaEncryption (RFC 8017).
pub(in crate::token) const RSA: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// id-ecPublicKey (RFC 5480).
pub(in crate::token) const EC_PUBLIC_KEY: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// secp256r1 (RFC 5480).
pub(in crate::token) const P256: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
/// secp384r1 (RFC 5480).
pub(in crate::token) const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
/// The SM2 curve (GM/T 0006), which some also write as the key type.
pub(in crate::token) const SM2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.156.10197.1.301");
