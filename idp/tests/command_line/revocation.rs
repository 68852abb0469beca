//! `idp revocation`: what an operator does about revocation lists by hand.

use super::Operator;

#[test]
fn lists_are_imported_when_a_ca_of_the_registry_signed_them() {
    let operator = Operator::ready();
    for ca in ["root", "other"] {
        operator.ca(ca, ca);
        operator.list(ca, &format!("{ca}.crl"));
    }
    let entry = "id = 'nmgca'\nname = '甲CA'\njurisdiction = '150000'\nanchors = ['root.pem']\n\
                 revocation_sources = [{ crl_url = 'http://127.0.0.1:9/root.crl' }]\n[profile]\n\
                 holder_name = [{ subject = 'O' }]\nkey_number = [{ serial_number = true }]\n\
                 lock_kind = [{ is = 'key_lock', when = { always = true } }]\n";
    operator.write("nmgca.toml", entry);
    let added = operator.run(&["ca", "add", "nmgca.toml", "--by", "操作员"]);
    assert_eq!(added.code, 0, "{}{}", added.out, added.err);

    let imported = operator.run(&["revocation", "import", "root.crl"]);
    assert_eq!(imported.code, 0, "{}", imported.err);
    assert!(
        imported
            .out
            .contains("root.crl: nmgca: list of CN=root, 0 entries"),
        "{}",
        imported.out
    );
    let refused = operator.run(&["revocation", "import", "other.crl"]);
    refused.refused_with(&["other.crl", "no certificate of this CA has the name"]);
    operator
        .run(&["revocation", "import", "nmgca.toml"])
        .refused_with(&["malformed"]);
    operator.run(&["revocation", "fetch"]).refused_with(&[
        "ERROR: nmgca: http://127.0.0.1:9/root.crl: the address 127.0.0.1 is within",
    ]);
    operator
        .run(&["revocation", "list"])
        .refused_with(&["no server has written how its sources do"]);
}
