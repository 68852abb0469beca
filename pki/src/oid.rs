//! Object identifiers used in more than one place, in dotted form. Knows nothing about what they are used for.

/// commonName.
pub(crate) const COMMON_NAME: &str = "2.5.4.3";
/// organizationName.
pub(crate) const ORGANIZATION: &str = "2.5.4.10";

/// id-ce-keyUsage (RFC 5280 §4.2.1.3).
pub(crate) const KEY_USAGE: &str = "2.5.29.15";
/// id-ce-subjectAltName (RFC 5280 §4.2.1.6).
pub(crate) const SUBJECT_ALTERNATIVE_NAME: &str = "2.5.29.17";
/// id-ce-basicConstraints (RFC 5280 §4.2.1.9).
pub(crate) const BASIC_CONSTRAINTS: &str = "2.5.29.19";
/// id-ce-nameConstraints (RFC 5280 §4.2.1.10).
pub(crate) const NAME_CONSTRAINTS: &str = "2.5.29.30";
/// id-ce-certificatePolicies (RFC 5280 §4.2.1.4).
pub(crate) const CERTIFICATE_POLICIES: &str = "2.5.29.32";
/// id-ce-policyConstraints (RFC 5280 §4.2.1.11).
pub(crate) const POLICY_CONSTRAINTS: &str = "2.5.29.36";
/// id-ce-extKeyUsage (RFC 5280 §4.2.1.12).
pub(crate) const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
/// id-kp-clientAuth.
pub(crate) const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";

/// rsaEncryption (RFC 8017).
pub(crate) const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";
/// id-ecPublicKey (RFC 5480).
pub(crate) const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
/// secp256r1.
pub(crate) const P256: &str = "1.2.840.10045.3.1.7";
/// secp384r1.
pub(crate) const P384: &str = "1.3.132.0.34";
/// The SM2 curve (GM/T 0006).
pub(crate) const SM2: &str = "1.2.156.10197.1.301";

/// Signature algorithms built on MD2, MD5 or SHA-1: collisions are practical, so nothing they sign is believed.
pub(crate) const BROKEN_SIGNATURES: &[&str] = &[
    "1.2.840.113549.1.1.2",
    "1.2.840.113549.1.1.3",
    "1.2.840.113549.1.1.4",
    "1.2.840.113549.1.1.5",
    "1.2.840.10045.4.1",
    "1.2.840.10040.4.3",
    "1.3.14.3.2.15",
    "1.3.14.3.2.27",
    "1.3.14.3.2.29",
];

/// The dotted OID behind a short attribute name of RFC 4514 or X.520, in any letter case.
pub(crate) fn of_short_name(name: &str) -> Option<&'static str> {
    SHORT_NAMES
        .iter()
        .find(|(short, _)| short.eq_ignore_ascii_case(name))
        .map(|(_, oid)| *oid)
}

/// The short attribute name of a dotted OID.
pub(crate) fn short_name(oid: &str) -> Option<&'static str> {
    SHORT_NAMES
        .iter()
        .find(|(_, known)| *known == oid)
        .map(|(short, _)| *short)
}

const SHORT_NAMES: &[(&str, &str)] = &[
    ("CN", COMMON_NAME),
    ("SN", "2.5.4.4"),
    ("serialNumber", "2.5.4.5"),
    ("C", "2.5.4.6"),
    ("L", "2.5.4.7"),
    ("ST", "2.5.4.8"),
    ("STREET", "2.5.4.9"),
    ("O", ORGANIZATION),
    ("OU", "2.5.4.11"),
    ("title", "2.5.4.12"),
    ("description", "2.5.4.13"),
    ("businessCategory", "2.5.4.15"),
    ("GN", "2.5.4.42"),
    ("organizationIdentifier", "2.5.4.97"),
    ("emailAddress", "1.2.840.113549.1.9.1"),
    ("UID", "0.9.2342.19200300.100.1.1"),
    ("DC", "0.9.2342.19200300.100.1.25"),
];

/// What people call an extension, a use or an algorithm.
pub(crate) fn long_name(oid: &str) -> Option<&'static str> {
    LONG_NAMES
        .iter()
        .find(|(known, _)| *known == oid)
        .map(|(_, name)| *name)
}

const LONG_NAMES: &[(&str, &str)] = &[
    ("2.5.29.14", "subjectKeyIdentifier"),
    (KEY_USAGE, "keyUsage"),
    ("2.5.29.17", "subjectAltName"),
    (BASIC_CONSTRAINTS, "basicConstraints"),
    (NAME_CONSTRAINTS, "nameConstraints"),
    ("2.5.29.31", "cRLDistributionPoints"),
    (CERTIFICATE_POLICIES, "certificatePolicies"),
    ("2.5.29.35", "authorityKeyIdentifier"),
    (EXTENDED_KEY_USAGE, "extKeyUsage"),
    ("1.3.6.1.5.5.7.1.1", "authorityInfoAccess"),
    (CLIENT_AUTH, "clientAuth"),
    ("1.3.6.1.5.5.7.3.1", "serverAuth"),
    ("1.3.6.1.5.5.7.3.4", "emailProtection"),
    ("1.3.6.1.5.5.7.3.9", "OCSPSigning"),
    ("1.3.6.1.4.1.311.20.2.2", "smartcardLogon"),
    ("2.16.840.1.113730.1.1", "netscapeCertType"),
    ("1.2.840.113549.1.1.5", "sha1WithRSA"),
    ("1.2.840.113549.1.1.11", "sha256WithRSA"),
    ("1.2.840.113549.1.1.12", "sha384WithRSA"),
    ("1.2.840.113549.1.1.13", "sha512WithRSA"),
    ("1.2.840.10045.4.3.2", "ecdsaWithSHA256"),
    ("1.2.840.10045.4.3.3", "ecdsaWithSHA384"),
    ("1.2.156.10197.1.501", "sm2WithSM3"),
    ("1.2.156.10197.1.504", "rsaWithSM3"),
    // GM/T 0015-2012; what a CA writes there may be something else.
    ("1.2.156.10260.4.1.1", "GM/T 0015 identity code"),
    ("1.2.156.10260.4.1.2", "GM/T 0015 social insurance number"),
    ("1.2.156.10260.4.1.3", "GM/T 0015 registration number"),
    ("1.2.156.10260.4.1.4", "GM/T 0015 organisation code"),
    ("1.2.156.10260.4.1.5", "GM/T 0015 taxation number"),
];
