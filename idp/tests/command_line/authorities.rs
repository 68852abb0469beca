//! `idp check-config` on certificates and revocation lists with which nobody could sign in.

use std::fmt::Write as _;

use super::{Ended, Operator};

const PROFILE: &str = "
[certificate_authorities.profile]
holder_name = [{ subject = 'O' }]
credit_code = [{ extension = '1.2.156.10260.4.1.4' }]
key_number = [{ serial_number = true }]
lock_kind = [{ is = 'key_lock', when = { always = true } }]
";

/// An entry of the configuration.
fn entry(id: &str, anchor: &str, intermediates: &str, crls: &str) -> String {
    format!(
        "[[certificate_authorities]]\nid = '{id}'\nname = '甲CA'\njurisdiction = '150000'\n\
         anchors = ['{anchor}']\nintermediates = [{intermediates}]\ncrls = [{crls}]\n{PROFILE}"
    )
}

/// A root, an issuing CA below it, their lists, and another CA with its own.
fn made() -> Operator {
    let operator = Operator::new();
    operator.ca("root", "root");
    operator.ca("issuing", "root");
    operator.ca("other", "other");
    for ca in ["root", "issuing", "other"] {
        operator.list(ca, &format!("{ca}.crl"));
    }
    operator
}

fn checked(operator: &Operator, lines: &str) -> Ended {
    operator.write("idp.toml", lines);
    operator.run(&["check-config", "--strict"])
}

/// Fails unless it is refused, the place named and what is wrong said.
fn refused(operator: &Operator, lines: &str, words: &[&str]) {
    let ended = checked(operator, lines);
    assert_eq!(ended.code, 1, "{words:?}: {}{}", ended.out, ended.err);
    assert!(!ended.out.contains("good"), "{}", ended.out);
    let place = "idp.toml: certificate_authorities: nmgca (甲CA): ";
    for word in words.iter().chain([&place]) {
        assert!(
            ended.err.contains(word),
            "`{word}` is not in: {}",
            ended.err
        );
    }
}

const BOTH: &str = "'issuing.pem'";
const LISTS: &str = "'root.crl', 'issuing.crl'";

#[test]
fn a_ca_with_everything_in_order_is_good() {
    let operator = made();
    let ended = checked(&operator, &entry("nmgca", "root.pem", BOTH, LISTS));
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("configuration is good"), "{}", ended.out);
    let ended = checked(
        &operator,
        &entry("nmgca", "issuing.pem", "", "'issuing.crl'"),
    );
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
}

#[test]
fn a_list_that_is_missing_garbage_foreign_or_stale_is_an_error() {
    let operator = made();
    let with = |crls: &str| entry("nmgca", "root.pem", "", crls);
    let meets = "(revocation-unavailable)";
    let uncovered = "no list in force for the CA certificate CN=root";
    refused(
        &operator,
        &with("'absent.crl'"),
        &[
            "crls: absent.crl: No such file",
            uncovered,
            meets,
            "暂时无法确认",
        ],
    );
    operator.write("garbage.crl", "garbage");
    refused(
        &operator,
        &with("'garbage.crl'"),
        &[
            "crls: garbage.crl: the revocation list is malformed",
            uncovered,
            meets,
        ],
    );
    refused(
        &operator,
        &with("'other.crl'"),
        &[
            "crls: other.crl: list of CN=other: no certificate of this CA",
            uncovered,
            meets,
        ],
    );
    // One foreign list beside the right one refuses nobody, and is no list of this CA all the same.
    refused(
        &operator,
        &with("'root.crl', 'other.crl'"),
        &["crls: other.crl: list of CN=other: no certificate of this CA"],
    );
    operator.list_of_time("root", "stale.crl", ("20200101000000Z", "20200201000000Z"));
    refused(
        &operator,
        &with("'stale.crl'"),
        &[
            "crls: stale.crl: list of CN=root: it is out of date",
            uncovered,
            meets,
        ],
    );
    operator.list_of_time("root", "early.crl", ("20550101000000Z", "20550201000000Z"));
    refused(
        &operator,
        &with("'early.crl'"),
        &["early.crl: list of CN=root: it is not yet in force"],
    );
}

#[test]
fn a_stale_list_beside_one_in_force_is_a_warning() {
    let operator = made();
    operator.list_of_time("root", "stale.crl", ("20200101000000Z", "20200201000000Z"));
    operator.write(
        "idp.toml",
        &entry("nmgca", "root.pem", "", "'root.crl', 'stale.crl'"),
    );
    let ended = operator.run(&["check-config"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains("WARNING: idp.toml: "), "{}", ended.err);
    assert!(
        ended.err.contains("stale.crl: list of CN=root"),
        "{}",
        ended.err
    );
}

#[test]
fn a_list_by_an_impostor_of_the_same_name_is_an_error() {
    let operator = made();
    std::fs::rename(
        operator.folder.join("root.pem"),
        operator.folder.join("true.pem"),
    )
    .unwrap();
    operator.ca("root", "root");
    operator.list("root", "impostor.crl");
    refused(
        &operator,
        &entry("nmgca", "true.pem", "", "'impostor.crl'"),
        &["crls: impostor.crl: list of CN=root: no certificate of this CA signed it"],
    );
}

#[test]
fn a_list_of_the_root_alone_does_not_open_the_issuing_ca() {
    let operator = made();
    refused(
        &operator,
        &entry("nmgca", "root.pem", BOTH, "'root.crl'"),
        &[
            "no list in force for the CA certificate CN=issuing",
            "no lock of it can sign in",
        ],
    );
    refused(
        &operator,
        &entry("nmgca", "root.pem", BOTH, "'issuing.crl'"),
        &[
            "no list in force for the CA certificate CN=root",
            "no lock of it can sign in",
        ],
    );
}

#[test]
fn an_intermediate_or_an_anchor_of_another_ca_is_an_error() {
    let operator = made();
    operator.ca("stranger", "other");
    operator.list("stranger", "stranger.crl");
    refused(
        &operator,
        &entry(
            "nmgca",
            "root.pem",
            "'stranger.pem'",
            "'root.crl', 'stranger.crl'",
        ),
        &[
            "intermediates: stranger.pem: CN=stranger: no anchor of this CA",
            "(foreign-ca)",
        ],
    );
    refused(
        &operator,
        &entry("nmgca", "other.pem", BOTH, LISTS),
        &[
            "intermediates: issuing.pem: CN=issuing: no anchor of this CA",
            "list of CN=root",
        ],
    );
}

#[test]
fn a_certificate_that_is_no_ca_or_has_expired_is_an_error() {
    let operator = made();
    let past = [
        "-startdate",
        "20200101000000Z",
        "-enddate",
        "20200201000000Z",
    ];
    let now = [
        "-startdate",
        "20260101000000Z",
        "-enddate",
        "20560101000000Z",
    ];
    operator.issue("ended", "root", ("ca_ext", &past));
    operator.issue("holder", "root", ("end_ext", &now));
    operator.issue("old", "old", ("ca_ext", &past));
    operator.list("old", "old.crl");
    for (name, why) in [
        ("ended", "it has expired"),
        ("holder", "is not a certificate authority"),
    ] {
        let lines = entry("nmgca", "root.pem", &format!("'{name}.pem'"), "'root.crl'");
        refused(
            &operator,
            &lines,
            &[&format!("intermediates: {name}.pem: "), why],
        );
    }
    refused(
        &operator,
        &entry("nmgca", "old.pem", "", "'old.crl'"),
        &[
            "anchors: old.pem: CN=old: it has expired",
            "(certificate-invalid)",
        ],
    );
    refused(
        &operator,
        &entry("nmgca", "holder.pem", "", "'root.crl'"),
        &["anchors: holder.pem: CN=holder cannot be a trust anchor"],
    );
}

#[test]
fn a_file_of_certificates_that_is_missing_is_named_with_configuration_entry_and_key() {
    let operator = made();
    for command in ["check-config", "serve"] {
        for (lines, key) in [
            (entry("nmgca", "absent.pem", "", "'root.crl'"), "anchors"),
            (
                entry("nmgca", "root.pem", "'absent.pem'", LISTS),
                "intermediates",
            ),
        ] {
            operator.write("idp.toml", &lines);
            let place = format!(
                "idp.toml: certificate_authorities: nmgca (甲CA): {key}: absent.pem: No such"
            );
            operator.run(&[command]).refused_with(&[&place]);
        }
    }
}

#[test]
fn every_problem_of_every_ca_is_said() {
    let operator = made();
    let mut lines = entry("nmgca", "root.pem", "", "'absent.crl'");
    write!(lines, "{}", entry("nmgca-b", "other.pem", "", "'root.crl'")).unwrap();
    refused(
        &operator,
        &lines,
        &["nmgca-b (甲CA): crls: root.crl", "absent.crl"],
    );
}

#[test]
fn the_log_says_it_when_serving_begins() {
    let operator = made();
    operator.write(
        "idp.toml",
        &entry("nmgca", "root.pem", BOTH, "'root.crl', 'absent.crl'"),
    );
    // Ends by itself, since its own certificate is none.
    operator.write("none.pem", "none");
    let mut serve = operator.command(&["serve"]);
    serve.env("IDP_ISSUER", "https://127.0.0.1:8600");
    serve.env("IDP_TLS__CERTIFICATE", "none.pem");
    let ended = super::ended(serve.env("IDP_TLS__KEY", "none.pem"));
    ended.refused_with(&["tls", "none.pem"]);
    for said in [
        "nmgca (甲CA): crls: ",
        "absent.crl: No such file",
        "no list in force for the CA certificate CN=issuing",
        "no lock of this certificate authority can sign in",
    ] {
        let line = ended.err.lines().find(|line| line.contains(said));
        assert!(line.is_some_and(|l| l.contains("ERROR")), "{}", ended.err);
    }
}
