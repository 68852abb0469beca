//! `idp ca inspect`: what it says a sign-in would be told.

use super::Operator;

const PROFILE: &str = "[profile]\nholder_name = [{ subject = 'CN' }]\nkey_number = [{ serial_number = true }]\n\
                       lock_kind = [{ is = 'key_lock', when = { always = true } }]\n";

/// Tables, and an entry of a root with its list.
fn made() -> Operator {
    let operator = Operator::ready();
    operator.ca("root", "root");
    operator.list("root", "root.crl");
    let entry = format!(
        "id = 'nmgca'\nname = '甲CA'\njurisdiction = '150000'\nanchors = ['root.pem']\ncrls = ['root.crl']\n{PROFILE}"
    );
    operator.write("nmgca.toml", &entry);
    let added = operator.run(&["ca", "add", "nmgca.toml"]);
    assert_eq!(added.code, 0, "{}{}", added.out, added.err);
    operator
}

/// A certificate of the root with this use: `NAME.pem`.
fn lock(operator: &Operator, name: &str, usage: &str) {
    operator.write("lock.cnf", &format!("keyUsage=critical,{usage}\n"));
    let [key, request, own] = ["key", "csr", "pem"].map(|end| format!("{name}.{end}"));
    let subject = format!("/CN={name}");
    operator.openssl(&[
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        &subject,
        "-keyout",
        &key,
        "-out",
        &request,
    ]);
    operator.openssl(&[
        "x509",
        "-req",
        "-in",
        &request,
        "-CA",
        "root.pem",
        "-CAkey",
        "root.key",
        "-set_serial",
        "0x4D2",
        "-days",
        "400",
        "-extfile",
        "lock.cnf",
        "-out",
        &own,
    ]);
}

#[test]
fn the_verdict_is_what_a_sign_in_would_be_told() {
    let operator = made();
    lock(&operator, "good", "digitalSignature");
    lock(&operator, "encryption", "keyEncipherment");
    let time = [
        "-startdate",
        "20260101000000Z",
        "-enddate",
        "20260201000000Z",
    ];
    operator.issue("ended", "root", ("lock_ext", &time));
    operator.ca("other", "other");
    operator.issue("foreign", "other", ("lock_ext", &["-days", "400"]));
    for (file, leads, verdict) in [
        (
            "good.pem",
            true,
            "verdict: a sign-in is recognised, once the CA is active, unless it is revoked",
        ),
        (
            "encryption.pem",
            true,
            "verdict: a sign-in is refused, once the CA is active: CA锁中只有加密证书",
        ),
        (
            "ended.pem",
            true,
            "verdict: a sign-in is refused, once the CA is active: 该证书已过期，请联系CA签发机构。 (certificate-expired)",
        ),
        (
            "foreign.pem",
            false,
            "verdict: a sign-in is refused, once the CA is active: ",
        ),
    ] {
        let shown = operator.run(&["ca", "inspect", file]);
        assert_eq!(shown.code, 0, "{}", shown.err);
        let text = &shown.out;
        assert!(
            text.contains(verdict),
            "{file}: `{verdict}` is not in: {text}"
        );
        assert_eq!(text.matches("verdict: ").count(), 1, "{text}");
        assert_eq!(
            text.contains("proposed: it leads to this CA"),
            leads,
            "{text}"
        );
    }
    let json = operator
        .run(&["ca", "inspect", "ended.pem", "--json"])
        .json();
    let sign_in = &json[0]["authorities"][0]["sign_in"];
    assert_eq!(sign_in["code"], "certificate-expired");
    assert_eq!(sign_in["recognised"], false);
}

#[test]
fn a_pkcs12_file_is_called_what_it_is_with_the_way_out() {
    let operator = made();
    lock(&operator, "good", "digitalSignature");
    for (file, more) in [("good.p12", [].as_slice()), ("small.pfx", &["-nokeys"])] {
        let mut words = vec![
            "pkcs12", "-export", "-in", "good.pem", "-inkey", "good.key", "-passout", "pass:x",
            "-out", file,
        ];
        words.extend(more);
        operator.openssl(&words);
        operator.run(&["ca", "inspect", file]).refused_with(&[
            file,
            "this is PKCS #12",
            "`openssl pkcs12 -in FILE -nokeys -clcerts -out certificate.pem`",
        ]);
    }
}

#[test]
fn a_ca_s_own_certificate_is_called_what_it_is() {
    let operator = made();
    let told = operator.run(&["ca", "inspect", "root.pem"]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(told.out.contains("one of its anchors"), "{}", told.out);
    assert!(
        told.out.contains("no lock's: nobody signs in with it"),
        "{}",
        told.out
    );
    assert!(!told.out.contains("does not lead to it"), "{}", told.out);
    let json = operator
        .run(&["ca", "inspect", "--json", "root.pem"])
        .json();
    assert_eq!(
        json[0]["authorities"][0]["part_of_it"],
        "one of its anchors"
    );
}
