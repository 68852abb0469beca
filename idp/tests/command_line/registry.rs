//! `idp ca`: the registry of CAs, and what certificates say.

use serde_json::Value;

use super::{Ended, Operator};

const PROFILE: &str = "
[profile]
holder_name = [{ subject = 'O' }]
credit_code = [{ extension = '1.2.156.10260.4.1.4' }, { extension = '1.2.86.11.7.3', length = 18 }]
key_number = [{ subject = 'serialNumber' }, { serial_number = true }]
lock_kind = [
    { is = 'legal_person_lock', when = { subject = 'OU', contains = '法人' } },
    { is = 'key_lock', when = { subject = 'OU', contains = '企业' } },
]
";

const CODE: &str = "91350100M000100Y43";
const OTHER_CODE: &str = "91110000101623741K";

fn entry(id: &str, name: &str, anchor: &str, crls: &str) -> String {
    format!(
        "id = '{id}'\nname = '{name}'\njurisdiction = '150000'\nanchors = ['{anchor}']\ncrls = [{crls}]\n{PROFILE}"
    )
}

/// Tables, a root with its list, another with its own, and an entry of each in a folder beside.
fn made() -> Operator {
    let operator = Operator::ready();
    for ca in ["root", "other"] {
        operator.ca(ca, ca);
        operator.list(ca, &format!("{ca}.crl"));
    }
    std::fs::create_dir(operator.folder.join("entries")).unwrap();
    for (id, ca) in [("nmgca", "root"), ("otherca", "other")] {
        let (anchor, list) = (format!("../{ca}.pem"), format!("'../{ca}.crl'"));
        operator.write(
            &format!("entries/{id}.toml"),
            &entry(id, "甲CA", &anchor, &list),
        );
    }
    operator
}

fn done(operator: &Operator, words: &[&str]) -> Ended {
    let ended = operator.run(words);
    assert_eq!(ended.code, 0, "{words:?}: {}{}", ended.out, ended.err);
    ended
}

/// A certificate that `root` issued: `lock.pem`.
fn lock(operator: &Operator, unit: &str, extensions: &str) {
    operator.write(
        "lock.cnf",
        &format!("keyUsage=critical,digitalSignature,nonRepudiation\n{extensions}"),
    );
    let subject = format!(
        "/C=CN/O=赤峰市试验有限公司/OU={unit}/serialNumber=1A100000000000A547FC/CN=投标专用"
    );
    operator.openssl(&[
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-utf8",
        "-subj",
        &subject,
        "-keyout",
        "lock.key",
        "-out",
        "lock.csr",
    ]);
    operator.openssl(&[
        "x509",
        "-req",
        "-in",
        "lock.csr",
        "-CA",
        "root.pem",
        "-CAkey",
        "root.key",
        "-set_serial",
        "0x4D2",
        "-days",
        "400",
        "-sha256",
        "-extfile",
        "lock.cnf",
        "-out",
        "lock.pem",
    ]);
}

fn state(operator: &Operator, id: &str) -> (String, u64) {
    let shown = done(operator, &["ca", "show", id, "--json"]).json();
    let state = shown["state"].as_str().unwrap().to_owned();
    (state, shown["revision"].as_u64().unwrap())
}

#[test]
fn a_ca_is_added_activated_changed_and_suspended_and_its_history_tells_it() {
    let operator = made();
    let added = done(
        &operator,
        &["ca", "add", "entries/nmgca.toml", "--by", "其其格"],
    );
    assert!(
        added.out.contains("nmgca (甲CA) is proposed, revision 1"),
        "{}",
        added.out
    );
    assert!(added.err.contains("idp ca activate nmgca"), "{}", added.err);
    operator
        .run(&["ca", "add", "entries/nmgca.toml"])
        .refused_with(&["nmgca is in the registry already"]);
    done(&operator, &["ca", "activate", "nmgca"]);
    operator
        .run(&["ca", "activate", "nmgca"])
        .refused_with(&["nmgca is active already"]);

    operator.write(
        "entries/nmgca.toml",
        &entry("nmgca", "乙CA", "../root.pem", "'../root.crl'"),
    );
    done(&operator, &["ca", "change", "nmgca", "entries/nmgca.toml"]);
    assert_eq!(state(&operator, "nmgca"), ("active".to_owned(), 3));
    operator
        .run(&["ca", "change", "nmgca", "entries/nmgca.toml"])
        .refused_with(&["nmgca has this very entry already"]);
    operator
        .run(&["ca", "change", "nmgca", "entries/otherca.toml"])
        .refused_with(&["entries/otherca.toml: id: is otherca, and nmgca was to be changed"]);
    let why = operator.run(&["ca", "suspend", "nmgca"]);
    assert_eq!(why.code, 2, "a reason is needed: {}", why.err);
    done(
        &operator,
        &["ca", "suspend", "nmgca", "--reason", "密钥疑似\n泄露"],
    );
    assert_eq!(state(&operator, "nmgca"), ("suspended".to_owned(), 4));

    let history = done(&operator, &["ca", "history", "nmgca", "--json"]).json();
    let told: Vec<_> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            let text = |key: &str| change[key].as_str().unwrap_or_default().to_owned();
            (
                text("act"),
                text("by"),
                text("reason"),
                change["entry"]["name"].clone(),
            )
        })
        .collect();
    let of = |act: &str, by: &str, reason: &str, name: &str| {
        (
            act.to_owned(),
            by.to_owned(),
            reason.to_owned(),
            Value::from(name),
        )
    };
    assert_eq!(
        told,
        [
            of("added", "其其格", "", "甲CA"),
            of("activated", "值班员", "", "甲CA"),
            of("changed", "值班员", "", "乙CA"),
            of("suspended", "值班员", "密钥疑似 泄露", "乙CA"),
        ]
    );
    let lines = done(&operator, &["ca", "history", "nmgca"]).out;
    assert_eq!(lines.lines().count(), 4, "{lines}");
    let listed = done(&operator, &["ca", "list"]).out;
    assert!(
        listed.contains("nmgca") && listed.contains("suspended"),
        "{listed}"
    );
    let shown = done(&operator, &["ca", "show", "nmgca"]).out;
    for word in [
        "CN=root",
        "root.crl",
        "revocation required",
        "algorithms rsa p256 p384 sm2",
        "法人",
    ] {
        assert!(shown.contains(word), "`{word}` is not in: {shown}");
    }
}

#[test]
fn a_running_server_takes_over_what_a_command_changed() {
    let operator = made();
    let configured = entry("nmgca", "甲CA", "root.pem", "'root.crl'")
        .replace("[profile]", "[certificate_authorities.profile]");
    operator.write(
        "idp.toml",
        &format!("listen = ['127.0.0.1:0']\n[[certificate_authorities]]\n{configured}"),
    );
    let listed = done(&operator, &["ca", "list"]);
    assert!(
        listed
            .err
            .contains("nmgca stands in the configuration alone"),
        "{}",
        listed.err
    );
    let serving = operator.serving();
    let wait_for = |words: &str| serving.wait_for(words);
    wait_for("serving");
    assert_eq!(state(&operator, "nmgca"), ("active".to_owned(), 1));
    done(&operator, &["ca", "suspend", "nmgca", "--reason", "x"]);
    wait_for("CA registry taken over as it was changed version=2 known=1");
    done(&operator, &["ca", "add", "entries/otherca.toml"]);
    wait_for("CA registry taken over as it was changed version=3 known=2");
}

#[test]
fn an_entry_that_nobody_could_sign_in_by_is_not_written() {
    let operator = made();
    let broken = [
        (
            entry("nmgca", "甲CA", "../absent.pem", "'../root.crl'"),
            vec!["entries/broken.toml", "anchors: ", "absent.pem: No such"],
        ),
        (
            entry("nmgca", "甲CA", "../root.pem", "'../other.crl'"),
            vec!["no certificate of this CA", "--despite-errors"],
        ),
        (
            entry("nmgca", "甲CA", "../root.pem", ""),
            vec!["entries/broken.toml: nmgca: crls and revocation_sources are empty"],
        ),
        (
            entry("NMG CA", "甲CA", "../root.pem", "'../root.crl'"),
            vec!["`NMG CA` is no id"],
        ),
        (
            entry("nmgca", "甲CA", "../root.pem", "'../root.crl'").replace("150000", "999999"),
            vec!["jurisdiction: unknown"],
        ),
        (
            format!(
                "colour = 1\n{}",
                entry("nmgca", "甲CA", "../root.pem", "'../root.crl'")
            ),
            vec!["entries/broken.toml: colour: unknown key"],
        ),
        (
            format!(
                "algorithms = ['rsa']\n{}",
                entry("nmgca", "甲CA", "../root.pem", "'../root.crl'")
            ),
            vec![
                "anchors: ",
                "the key of CN=root is p256, which algorithms leaves out",
            ],
        ),
        (
            entry("nmgca", "甲CA", "../root.pem", "'../root.crl'").replace(
                "crls",
                "revocation_sources = [{ crl_url = 'ftp://a/b' }]\ncrls",
            ),
            vec!["revocation_sources.0: `crl_url` and `ocsp` are http or https"],
        ),
    ];
    for (text, words) in broken {
        operator.write("entries/broken.toml", &text);
        let refused = operator.run(&["ca", "add", "entries/broken.toml"]);
        assert_eq!(refused.code, 1, "{words:?}: {}", refused.out);
        for word in words {
            assert!(
                refused.err.contains(word),
                "`{word}` is not in: {}",
                refused.err
            );
        }
    }
    let listed = done(&operator, &["ca", "list", "--json"]).json();
    assert_eq!(listed, serde_json::json!([]));
    operator
        .run(&["ca", "add", "absent.toml"])
        .refused_with(&["absent.toml"]);
    // What will come in order later can be entered now.
    operator.write(
        "entries/later.toml",
        &entry("later", "甲CA", "../root.pem", "'../later.crl'"),
    );
    operator
        .run(&["ca", "add", "entries/later.toml"])
        .refused_with(&["--despite-errors"]);
    done(
        &operator,
        &["ca", "add", "entries/later.toml", "--despite-errors"],
    );
    operator
        .run(&["ca", "activate", "later"])
        .refused_with(&["--despite-errors"]);
    operator
        .run(&["ca", "check", "later"])
        .refused_with(&["no lock of it can sign in"]);
}

#[test]
fn what_stands_beside_a_certificate_in_its_file_is_not_stored() {
    let operator = made();
    let read = |name: &str| std::fs::read_to_string(operator.folder.join(name)).unwrap();
    let both = read("root.key") + &read("root.pem");
    operator.write("both.pem", &both);
    operator.write(
        "entries/both.toml",
        &entry("both", "甲CA", "../both.pem", "'../root.crl'"),
    );
    done(&operator, &["ca", "add", "entries/both.toml"]);
    let shown = done(&operator, &["ca", "show", "both", "--json"]);
    assert!(shown.out.contains("BEGIN CERTIFICATE"), "{}", shown.out);
    let history = done(&operator, &["ca", "history", "both", "--json"]);
    for text in [shown.out, history.out] {
        assert!(!text.contains("PRIVATE KEY"), "a key was stored");
    }
}

#[test]
fn stored_cas_are_checked_and_unknown_ones_named() {
    let operator = made();
    for id in ["nmgca", "otherca"] {
        done(&operator, &["ca", "add", &format!("entries/{id}.toml")]);
        done(&operator, &["ca", "activate", id]);
    }
    let checked = done(&operator, &["ca", "check"]);
    assert_eq!(
        checked.out.matches("can be judged").count(),
        2,
        "{}",
        checked.out
    );
    operator.list_of_time("root", "root.crl", ("20260101000000Z", "20260201000000Z"));
    operator.run(&["ca", "check"]).refused_with(&[
        "it is out of date",
        "CA registry: nmgca (甲CA): crls: no list",
    ]);
    done(&operator, &["ca", "check", "otherca"]);
    done(
        &operator,
        &["ca", "suspend", "nmgca", "--reason", "no list"],
    );
    done(&operator, &["ca", "check"]);
    for words in [
        ["ca", "show", "nobody"].as_slice(),
        &["ca", "history", "nobody"],
        &["ca", "check", "nobody"],
        &["ca", "activate", "nobody"],
        &["ca", "suspend", "nobody", "--reason", "x"],
        &["ca", "change", "nobody", "entries/nmgca.toml"],
    ] {
        operator
            .run(words)
            .refused_with(&["there is no certificate authority nobody"]);
    }
}

#[test]
fn suspending_tells_where_locks_are_still_recognised() {
    let operator = made();
    done(&operator, &["ca", "add", "entries/nmgca.toml"]);
    done(&operator, &["ca", "activate", "nmgca"]);
    operator.write(
        "entries/twin.toml",
        &entry("twin", "双CA", "../root.pem", "'../root.crl'"),
    );
    done(&operator, &["ca", "add", "entries/twin.toml"]);
    done(&operator, &["ca", "activate", "twin"]);
    let suspended = done(&operator, &["ca", "suspend", "nmgca", "--reason", "x"]);
    assert!(
        suspended
            .err
            .contains("WARNING: twin is active and holds the key of CN=root too"),
        "{}",
        suspended.err
    );
    let suspended = done(&operator, &["ca", "suspend", "twin", "--reason", "x"]);
    assert!(!suspended.err.contains("WARNING"), "{}", suspended.err);
}

#[test]
fn inspecting_shows_everything_and_what_each_profile_makes_of_it() {
    let operator = made();
    done(&operator, &["ca", "add", "entries/nmgca.toml"]);
    done(&operator, &["ca", "add", "entries/otherca.toml"]);
    let code = format!(
        "1.2.156.10260.4.1.4=ASN1:UTF8String:{CODE}\n1.2.3.4.5=ASN1:PRINTABLESTRING:mystery\n\
         crlDistributionPoints=URI:http://ca.example/root.crl\nauthorityInfoAccess=OCSP;URI:http://ca.example/ocsp\n"
    );
    lock(&operator, "企业锁", &code);
    let shown = done(&operator, &["ca", "inspect", "lock.pem"]).out;
    for word in [
        "2.5.4.10 (O) UTF8String: 赤峰市试验有限公司",
        "2.5.4.6 (C) PrintableString: CN",
        "serial number 04D2",
        "key P-256, 256 bits",
        "signed with 1.2.840.10045.4.3.2 (ecdsaWithSHA256)",
        "purpose at log-in: Signing",
        "key usage: digitalSignature, nonRepudiation",
        "extension 1.2.156.10260.4.1.4 (GM/T 0015 organisation code), 20 octets",
        "extension 1.2.3.4.5, 9 octets",
        "says: http://ca.example/root.crl",
        "says: OCSP http://ca.example/ocsp",
        "string: mystery",
        "hex: 13076D797374657279",
        "nmgca (甲CA), proposed: it leads to this CA",
        "otherca (甲CA), proposed: does not lead to it: the certificate was not issued by",
        "the profile reads: 赤峰市试验有限公司 | credit code 91350100M000100Y43 | key number 1A100000000000A547FC | key_lock",
    ] {
        assert!(shown.contains(word), "`{word}` is not in: {shown}");
    }
    let json = done(&operator, &["ca", "inspect", "lock.pem", "--json"]).json();
    let ca = &json[0]["authorities"][0];
    assert_eq!(ca["leads_to_it"], true);
    assert_eq!(ca["profile"]["verdict"]["lock_kind"], "key_lock");
    assert_eq!(ca["profile"]["key_number"][0]["decides"], true);
    assert_eq!(ca["profile"]["key_number"][1]["decides"], false);
    assert_eq!(ca["profile"]["lock_kind"][0]["holds"], false);
    assert_eq!(
        json[0]["certificate"]["subject"][1]["string_type"],
        "UTF8String"
    );

    lock(
        &operator,
        "业务部",
        &format!("{code}1.2.86.11.7.3=ASN1:UTF8String:{OTHER_CODE}\n"),
    );
    let shown = done(&operator, &["ca", "inspect", "lock.pem"]).out;
    assert!(
        shown.contains(
            "the profile reads nothing: the certificate carries conflicting credit codes"
        ) && shown.contains("a sign-in is refused, once the CA is active: 证书中有多个不一致")
            && shown.contains("(conflicting-credit-codes)"),
        "{shown}"
    );
    let draft = entry("draft", "草CA", "../root.pem", "'../root.crl'")
        .replace(", { extension = '1.2.86.11.7.3', length = 18 }", "")
        .replace("contains = '企业'", "contains = '业务'");
    operator.write("entries/draft.toml", &draft);
    let shown = done(
        &operator,
        &["ca", "inspect", "lock.pem", "--draft", "entries/draft.toml"],
    )
    .out;
    assert!(
        shown.contains("draft (draft) (草CA)") && shown.contains("| key_lock"),
        "{shown}"
    );
}

#[test]
fn hostile_input_is_shown_bounded_and_without_control_characters() {
    let operator = made();
    // A title that would clear the screen, and a long one.
    let extensions = format!(
        "1.2.3.4.5=DER:0C:07:1B:5B:32:4A:0A:E7:94\n1.2.3.4.6=ASN1:UTF8String:{}\n",
        "长".repeat(900)
    );
    lock(&operator, "企业锁", &extensions);
    std::fs::rename(
        operator.folder.join("lock.pem"),
        operator.folder.join("one.pem"),
    )
    .unwrap();
    let one = std::fs::read_to_string(operator.folder.join("one.pem")).unwrap();
    let bad = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    operator.write("several.pem", &format!("comment\n{one}{bad}{one}"));
    let shown = done(&operator, &["ca", "inspect", "several.pem"]).out;
    assert!(
        !shown.chars().any(|c| c.is_control() && c != '\n'),
        "{shown}"
    );
    assert!(
        shown.lines().all(|line| line.chars().count() < 700),
        "a long line"
    );
    assert!(
        shown.contains("certificate 2 of 3\n  can't be read: the certificate is malformed"),
        "{shown}"
    );
    operator.openssl(&[
        "x509", "-in", "one.pem", "-outform", "DER", "-out", "one.der",
    ]);
    let shown = done(&operator, &["ca", "inspect", "one.der"]).out;
    assert!(shown.contains("certificate 1 of 1"), "{shown}");

    operator.write("rubbish", "nothing");
    operator.write("empty", "");
    operator.write("bad.pem", bad);
    std::fs::write(operator.folder.join("huge"), vec![b'x'; 2 << 20]).unwrap();
    for (file, why) in [
        ("rubbish", "rubbish: the certificate is malformed"),
        ("empty", "empty: the certificate is malformed"),
        ("bad.pem", "bad.pem: the certificate is malformed"),
        ("huge", "huge: larger than 1 MiB"),
        ("absent", "absent: No such file"),
    ] {
        operator.run(&["ca", "inspect", file]).refused_with(&[why]);
    }
}

#[test]
fn certificates_are_inspected_before_there_is_a_database() {
    let operator = Operator::new();
    operator.ca("root", "root");
    let shown = done(&operator, &["ca", "inspect", "root.pem"]);
    assert!(shown.out.contains("a CA: yes"), "{}", shown.out);
    assert!(shown.err.contains("there is none yet"), "{}", shown.err);
    assert!(!operator.folder.join("state").exists(), "nothing is made");
}
