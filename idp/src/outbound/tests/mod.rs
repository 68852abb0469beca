//! What is reached, and what is not.

use super::*;
use crate::config::{AddressRange, Config};

fn config(allow_loopback: bool) -> Config {
    let mut config = Config::default();
    config.outbound.allow_loopback = allow_loopback;
    config
}

#[test]
fn only_http_without_a_user_and_no_written_out_address_inside_is_fetched() {
    let fetcher = Fetcher::toward_authorities(&config(true)).unwrap();
    for url in [
        "file:///etc/passwd",
        "ftp://ca.test/1.crl",
        "http://user@ca.test/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "ldap://ca.test/",
        "nonsense",
    ] {
        assert!(fetcher.check(url).is_err(), "{url}");
    }
    assert!(fetcher.check("http://ca.test/1.crl").is_ok());
}

#[test]
fn a_platform_is_reached_by_https_alone() {
    let fetcher = Fetcher::toward_platforms(&config(false)).unwrap();
    for url in [
        "http://platform.test/jwks",
        "http://localhost/jwks",
        "http://127.0.0.1/jwks",
        "https://127.0.0.1/jwks",
        "https://[::ffff:10.0.0.1]/jwks",
        "https://169.254.169.254/latest",
        "https://user:word@platform.test/",
        "urn:ietf:params:oauth:request_uri:x",
    ] {
        assert!(fetcher.check(url).is_err(), "{url}");
    }
    assert!(fetcher.check("https://platform.test/jwks").is_ok());
}

#[test]
fn this_machine_is_reached_by_plain_http_where_that_is_allowed_and_nobody_else_is() {
    let fetcher = Fetcher::toward_platforms(&config(true)).unwrap();
    for url in [
        "http://127.0.0.1:1/",
        "http://[::1]:1/",
        "http://localhost:1/",
        "https://127.0.0.1/",
    ] {
        assert!(fetcher.check(url).is_ok(), "{url}");
    }
    for url in [
        "http://platform.test/",
        "http://10.0.0.1/",
        "https://10.0.0.1/",
    ] {
        assert!(fetcher.check(url).is_err(), "{url}");
    }
}

#[test]
fn each_setting_names_addresses_for_its_own_side() {
    let mut config = config(false);
    config.outbound.allow_addresses =
        vec![AddressRange::try_from("10.0.0.0/8".to_owned()).unwrap()];
    let platforms = Fetcher::toward_platforms(&config).unwrap();
    let authorities = Fetcher::toward_authorities(&config).unwrap();
    assert!(platforms.check("https://10.1.1.1/").is_ok());
    let refused = authorities.check("https://10.1.1.1/").unwrap_err();
    assert!(refused.to_string().contains("revocation.allow_addresses"));
}

#[test]
fn roots_that_cannot_be_read_are_said() {
    let mut config = config(false);
    config.outbound.ca_file = "no-such-file.pem".into();
    let Err(error) = Fetcher::toward_platforms(&config) else {
        panic!("the file is not there");
    };
    assert!(error.to_string().contains("no-such-file.pem"), "{error}");
}
