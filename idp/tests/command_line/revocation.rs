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

#[test]
fn the_sources_of_a_running_server_are_listed() {
    let operator = Operator::with(
        "listen = ['127.0.0.1:0']\n[revocation]\nwatch_seconds = 1\n\
         [[certificate_authorities]]\nid = 'nmgca'\nname = '甲CA'\njurisdiction = '150000'\n\
         anchors = ['root.pem']\ncrls = ['root.crl']\n\
         revocation_sources = [{ crl_url = 'http://127.0.0.1:9/root.crl' }, { ocsp = 'http://127.0.0.1:9/' }]\n\
         [certificate_authorities.profile]\nholder_name = [{ subject = 'O' }]\n\
         key_number = [{ serial_number = true }]\n\
         lock_kind = [{ is = 'key_lock', when = { always = true } }]\n",
    );
    operator.ca("root", "root");
    operator.list("root", "root.crl");
    let serving = operator.serving();
    serving.wait_for("revocation list can't be fetched");
    let report = operator.folder.join("state/revocation/sources.json");
    let begin = std::time::Instant::now();
    while !std::fs::read_to_string(&report).is_ok_and(|text| text.contains("127.0.0.1 is within")) {
        assert!(begin.elapsed().as_secs() < 15);
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let listed = operator.run(&["revocation", "list"]);
    assert_eq!(listed.code, 0, "{}", listed.err);
    for words in [
        "nmgca file ",
        "root.crl\n",
        "this update 2026-01-01T00:00:00Z, next update 2056-01-01T00:00:00Z, entries 0",
        "errors 0, last error: none",
        "nmgca url http://127.0.0.1:9/root.crl",
        "last success -, latency -, errors ",
        "last error: the address 127.0.0.1 is within this machine",
        "nmgca ocsp http://127.0.0.1:9/",
    ] {
        assert!(
            listed.out.contains(words),
            "`{words}` is not in: {}",
            listed.out
        );
    }
    let json = operator.run(&["revocation", "list", "--json"]).json();
    let kinds: Vec<&str> = json
        .as_array()
        .unwrap()
        .iter()
        .map(|source| source["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["file", "url", "ocsp"]);
    assert_eq!(json[0]["next_update"], 2_713_910_400_i64);
    assert!(json[1]["errors"].as_u64().unwrap() > 0);
}
