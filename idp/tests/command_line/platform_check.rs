//! `idp platform check`: what is well, what is wrong, and what to do.

use serde_json::json;

use super::site::Site;
use super::{Ended, Operator};

const KEY: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","use":"sig","kid":"1",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;

/// Where people arrive who chose the platform in the portal, of the issuer that stands where none is configured.
const BEGUN: &str = "/login?iss=http%3A%2F%2F127.0.0.1%3A8600";

const HTML: &str = "text/html";

/// A site where everything is as it should be.
pub(super) fn well() -> Site {
    let site = Site::start();
    site.put(("GET", "/cb"), (400, HTML, "no code"));
    // Without `iss` it is a bad request, as a platform should have it.
    site.put(("GET", "/login"), (400, HTML, "no iss"));
    site.put(("GET", BEGUN), (303, HTML, ""));
    site.put(("GET", "/policy"), (200, HTML, "policy"));
    site.put(("GET", "/logo"), (200, "image/png", "x"));
    site.put(("GET", "/jwks"), (200, "application/json", KEY));
    site.put(("GET", "/out"), (200, HTML, ""));
    site.put(("POST", "/bye"), (400, "application/json", "{}"));
    let list = json!([site.at("/cb")]).to_string();
    site.put(("GET", "/sector"), (200, "application/json", &list));
    site
}

pub(super) fn connected(site: &Site) -> Operator {
    let operator = Operator::with("[outbound]\nallow_loopback = true\n");
    assert_eq!(operator.run(&["migrate"]).code, 0);
    let metadata = json!({
        "redirect_uris": [site.at("/cb")], "initiate_login_uri": site.at("/login"),
        "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": site.at("/jwks"),
        "policy_uri": site.at("/policy"), "logo_uri": site.at("/logo"),
        "post_logout_redirect_uris": [site.at("/out")], "backchannel_logout_uri": site.at("/bye"),
        "subject_type": "pairwise", "sector_identifier_uri": site.at("/sector"),
    });
    operator.write("client.json", &metadata.to_string());
    let add = ["platform", "add", "chifeng", "--metadata", "client.json"];
    let added = operator.run(&add);
    assert_eq!(added.code, 0, "{}", added.err);
    operator
}

fn check(operator: &Operator) -> Ended {
    operator.run(&["platform", "check", "chifeng"])
}

/// The line about this, and the one below it.
fn about<'a>(ended: &'a Ended, word: &str) -> (&'a str, &'a str) {
    let mut lines = ended.out.lines().skip_while(|line| !line.contains(word));
    let line = lines
        .next()
        .unwrap_or_else(|| panic!("{word}: {}", ended.out));
    (line, lines.next().unwrap_or_default())
}

#[test]
fn a_platform_that_is_well_is_said_to_be_line_by_line() {
    let site = well();
    let ended = check(&connected(&site));
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    for word in [
        "state",
        "redirect_uri",
        "initiate_login_uri",
        "jwks_uri",
        "policy_uri",
        "logo_uri",
        "post_logout_redirect_uri",
        "backchannel_logout_uri",
        "sector_identifier_uri",
        "clock",
    ] {
        let (line, _) = about(&ended, word);
        assert!(line.starts_with("ok "), "{line}");
    }
    assert!(
        ended.err.contains("nothing is wrong, 0 to look at"),
        "{}",
        ended.err
    );
}

#[test]
fn each_thing_that_is_wrong_is_named_with_what_to_do() {
    let site = well();
    let operator = connected(&site);
    site.put(("GET", "/cb"), (500, HTML, ""));
    site.put(("GET", BEGUN), (404, HTML, ""));
    site.put(
        ("GET", "/jwks"),
        (
            200,
            "application/json",
            r#"{"keys":[{"kty":"oct","k":"AA"}]}"#,
        ),
    );
    site.put(("POST", "/bye"), (405, HTML, ""));
    site.put(("GET", "/sector"), (200, "application/json", "[]"));
    site.put(("GET", "/logo"), (200, HTML, ""));
    site.set_clock(90);
    let ended = check(&operator);
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    for (word, level, why, todo) in [
        ("redirect_uri ", "WRONG", "answers 500", "its own log"),
        (
            "initiate_login_uri",
            "WRONG",
            "answers 404",
            "platform change",
        ),
        (
            "jwks_uri",
            "WRONG",
            "private or symmetric",
            "public keys alone",
        ),
        ("backchannel_logout_uri", "WRONG", "answers 405", "by POST"),
        (
            "sector_identifier_uri",
            "WRONG",
            "does not list",
            "the list",
        ),
        ("logo_uri", "LOOK", "no image", "correct it"),
        ("clock", "LOOK", "ahead of", "NTP"),
    ] {
        let (line, below) = about(&ended, word);
        assert!(line.starts_with(level) && line.contains(why), "{line}");
        assert!(
            below.starts_with("      -> ") && below.contains(todo),
            "{below}"
        );
    }
    assert!(
        ended.err.contains("5 things are wrong, 2 to look at"),
        "{}",
        ended.err
    );
}

#[test]
fn what_can_t_be_reached_is_told_with_the_way_to_reach_it() {
    let site = well();
    let operator = connected(&site);
    let nobody = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let gone = format!("http://{}/login", nobody.local_addr().unwrap());
    drop(nobody);
    let metadata = json!({ "redirect_uris": [site.at("/cb")], "initiate_login_uri": gone });
    operator.write("client.json", &metadata.to_string());
    let change = ["platform", "change", "chifeng", "--metadata", "client.json"];
    assert_eq!(operator.run(&change).code, 0);
    let ended = check(&operator);
    let (line, below) = about(&ended, "initiate_login_uri");
    assert!(
        line.starts_with("WRONG") && below.contains("the way is open"),
        "{line}{below}"
    );
    // Without the allowance nothing of this machine is reached.
    operator.write("idp.toml", "");
    let ended = check(&operator);
    let (line, _) = about(&ended, "redirect_uri");
    assert!(line.starts_with("WRONG"), "{line}");
    let unknown = operator.run(&["platform", "check", "nobody"]);
    unknown.refused_with(&["there is no platform nobody"]);
    let listed = operator.run(&["platform", "check", "baotou"]);
    assert!(
        listed.code == 1 && listed.out.contains("platform add"),
        "{}",
        listed.out
    );
}
