//! Configuration errors and `idp check-config`.

use super::{Ended, Operator, ended};

fn checked(lines: &str) -> Ended {
    Operator::with(lines).run(&["check-config"])
}

#[test]
fn an_error_names_the_file_the_key_what_is_wrong_and_what_is_allowed_once() {
    let cases: [(&str, &[&str]); 8] = [
        (
            "isuer = 'x'",
            &["idp.toml", "isuer", "unknown key", "issuer,"],
        ),
        (
            "[lifetimes]\ncode = 'x'",
            &["idp.toml", "lifetimes.code", "must be u64"],
        ),
        (
            "[lifetimes]\ncode = 0",
            &["idp.toml", "lifetimes.code", "at least 1"],
        ),
        (
            "[lifetimes]\nkode = 1",
            &["idp.toml", "lifetimes.kode", "access_token,"],
        ),
        (
            "issuer = 'http://idp.example'",
            &["idp.toml", "issuer", "must be https"],
        ),
        (
            "listen = ['somewhere']",
            &["idp.toml", "listen", "ADDRESS:PORT"],
        ),
        ("issuer = ", &["idp.toml", "configuration"]),
        (
            "[[certificate_authorities]]\nid = 'a'",
            &["idp.toml", "certificate_authorities", "missing"],
        ),
    ];
    for (lines, words) in cases {
        let checked = checked(lines);
        checked.refused_with(words);
        checked.refused_with(&["configuration"]);
        assert!(!checked.err.contains("default."), "{}", checked.err);
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let operator = Operator::new();
    ended(
        operator
            .command(&["check-config"])
            .args(["--config", "other.toml"]),
    )
    .refused_with(&["other.toml", "configuration"]);
}

#[test]
fn an_error_of_a_variable_names_the_variable() {
    let operator = Operator::new();
    for value in ["x", "0"] {
        let mut command = operator.command(&["check-config"]);
        ended(command.env("IDP_LIFETIMES__CODE", value))
            .refused_with(&["variable IDP_LIFETIMES__CODE: "]);
    }
}

#[test]
fn a_log_filter_that_means_nothing_is_refused_by_every_command() {
    let operator = Operator::new();
    for command in ["check-config", "serve", "migrate"] {
        ended(operator.command(&[command]).env("IDP_LOG", "verbose")).refused_with(&[
            "IDP_LOG",
            "verbose`, which",
            "allowed",
        ]);
    }
}

#[test]
fn what_works_but_not_as_meant_is_a_warning_and_strict_makes_it_an_error() {
    let operator = Operator::with("listen = ['0.0.0.0:8600']");
    let checked = operator.run(&["check-config"]);
    assert_eq!(checked.code, 0, "{}", checked.err);
    assert!(
        checked.err.contains("WARNING: no certificate authority"),
        "{}",
        checked.err
    );
    assert!(checked.err.contains("in clear"), "{}", checked.err);
    operator
        .run(&["check-config", "--strict"])
        .refused_with(&["2 warning(s)"]);
}

#[test]
fn a_data_folder_that_cannot_be_written_is_a_warning() {
    let operator = Operator::with(
        "state_dir = 'idp.toml/state'\n[database]\nurl = 'sqlite://idp.toml/data/idp.db'",
    );
    let checked = operator.run(&["check-config"]);
    assert_eq!(checked.code, 0, "{}", checked.err);
    assert_eq!(
        checked.err.matches("can't be written").count(),
        2,
        "{}",
        checked.err
    );
}

#[test]
fn only_a_configuration_for_tests_may_reach_this_machine_and_it_is_warned_of() {
    let allowed = "[outbound]\nallow_loopback = true";
    for issuer in [
        "http://127.0.0.1:8600",
        "https://idp.test",
        "https://idp.localhost:8443",
    ] {
        let checked =
            Operator::with(&format!("issuer = '{issuer}'\n{allowed}")).run(&["check-config"]);
        assert_eq!(checked.code, 0, "{issuer}: {}", checked.err);
        assert!(
            checked.err.contains("WARNING: outbound.allow_loopback"),
            "{}",
            checked.err
        );
    }
    for issuer in [
        "https://yzt.example.cn",
        "https://test",
        "https://10.0.0.1",
        "https://idp.test.cn",
    ] {
        Operator::with(&format!("issuer = '{issuer}'\n{allowed}"))
            .run(&["check-config"])
            .refused_with(&["outbound.allow_loopback", "development"]);
    }
}

#[test]
fn roots_that_cannot_be_read_are_refused() {
    let checked = Operator::with("[outbound]\nca_file = 'none.pem'").run(&["check-config"]);
    checked.refused_with(&["outbound.ca_file", "none.pem"]);
}

#[test]
fn help_tells_variables_and_exit_codes() {
    let operator = Operator::new();
    let help = operator.run(&["--help"]);
    for word in ["IDP_LOG", "IDP_CONFIG", "Exit codes", "check-config"] {
        assert!(help.out.contains(word), "{word}");
    }
    assert_eq!(operator.run(&["nonsense"]).code, 2);
}

/// `[tls]` with these files, at an https issuer.
fn tls(certificate: &str, key: &str, more: &str) -> String {
    format!(
        "issuer = 'https://idp.example'\n[tls]\ncertificate = '{certificate}'\nkey = '{key}'\n{more}"
    )
}

#[test]
fn the_tls_certificate_must_fit_its_key_and_be_in_force_and_its_end_is_told() {
    let operator = Operator::new();
    operator.ca("root", "root");
    let valid = |from, to| ["-startdate", from, "-enddate", to];
    let long = valid("20260101000000Z", "20560101000000Z");
    let ended = valid("20250101000000Z", "20250201000000Z");
    operator.issue("one", "root", ("end_ext", &long));
    operator.issue("other", "root", ("end_ext", &long));
    operator.issue("past", "root", ("end_ext", &ended));
    let check = |lines: &str| {
        operator.write("idp.toml", lines);
        operator.run(&["check-config"])
    };
    let good = check(&tls("one.pem", "one.key", ""));
    assert_eq!(good.code, 0, "{}", good.err);
    assert!(
        good.out.contains("fits its key and ends in"),
        "{}",
        good.out
    );
    assert!(
        good.err.contains("does not name idp.example"),
        "{}",
        good.err
    );
    check(&tls("one.pem", "other.key", "")).refused_with(&["tls", "other.key", "does not fit"]);
    check(&tls("past.pem", "past.key", "")).refused_with(&["tls", "has ended"]);
    check(&tls("missing.pem", "one.key", "")).refused_with(&["tls", "missing.pem"]);
    check(&tls("one.key", "one.key", "")).refused_with(&["tls", "one.key"]);
    let no_ca = tls("one.pem", "one.key", "client_ca_file = 'one.pem'");
    check(&no_ca).refused_with(&["tls", "one.pem", "not a CA"]);
}

#[test]
fn what_of_tls_does_not_go_together_is_refused() {
    for (lines, words) in [
        ("[tls]\ncertificate = 'a.pem'", ["tls.key", "together"]),
        (
            "[tls]\ncertificate = 'a.pem'\nkey = 'a.key'",
            ["issuer", "must be https"],
        ),
        (
            "[tls]\nmtls_listen = ['127.0.0.1:1']",
            ["tls.mtls_listen", "needs tls.certificate"],
        ),
        (
            "[tls]\nclient_certificate_header = 'Client-Cert'",
            ["tls.client_certificate_header", "trusted_proxies"],
        ),
        (
            "[http]\ntrusted_proxies = ['10.0.0.1']\n[tls]\nclient_certificate_header = 'a b'",
            ["tls.client_certificate_header", "no name"],
        ),
        (
            "[tls]\nmtls_origin = 'https://a.example/'",
            ["tls.mtls_origin", "https origin"],
        ),
        (
            "issuer = 'https://a.example'\nlisten = ['127.0.0.1:1']\n[tls]\ncertificate = 'a'\nkey = 'b'\n\
             mtls_listen = ['127.0.0.1:1']",
            ["tls.mtls_listen", "other addresses"],
        ),
    ] {
        checked(lines).refused_with(&words);
    }
}

#[test]
fn a_second_process_does_not_serve_beside_one_that_keeps_sessions_in_its_memory() {
    let operator = Operator::with("listen = ['127.0.0.1:0']");
    let serving = operator.serving();
    serving.wait_for("serving");
    operator.run(&["serve"]).refused_with(&[
        "state folder",
        "another process serves from it",
        "Redis",
    ]);
    // Other commands go on, and a process that ended is in nobody's way, however it ended.
    assert_eq!(operator.run(&["platform", "list"]).code, 0);
    drop(serving);
    operator.serving().wait_for("serving");
}
