//! Requests that no browser sends: too large, in the wrong shape, at the wrong place. Never a 500, and
//! whoever comes next is served.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use e2e::browser::client;
use e2e::story::Scene;
use e2e::{Browser, Provider};
use reqwest::Method;

const PATHS: [&str; 31] = [
    "/account",
    "/account/language",
    "/account/locks",
    "/account/locks/remove",
    "/account/locks/promote",
    "/account/consents",
    "/account/consents/revoke",
    "/account/history",
    "/account/sessions",
    "/account/sessions/end",
    "/account/sessions/end-others",
    "/",
    "/login",
    "/bind",
    "/bind/certificate",
    "/challenge",
    "/certificate",
    "/platforms",
    "/consent",
    "/logout",
    "/signed-out",
    "/driver",
    "/help",
    "/oauth2/authorize",
    "/oauth2/token",
    "/oauth2/userinfo",
    "/oauth2/jwks",
    "/oauth2/logout",
    "/.well-known/openid-configuration",
    "/healthz",
    "/nowhere",
];

#[tokio::test]
async fn no_method_and_no_body_makes_the_provider_fail() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    let cookie = format!("yzt_session={}", scene.browser.session().unwrap());
    let methods = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::HEAD,
        Method::OPTIONS,
    ];
    let bodies: [&[u8]; 6] = [
        b"",
        b"%",
        b"csrf_token=%ff%fe&nonce=%00",
        b"\xff\xfe\x00",
        b"{\"a\":",
        b"a=b&a=b&=&&==&a",
    ];
    for path in PATHS {
        for method in &methods {
            for body in bodies {
                let request = client()
                    .request(method.clone(), format!("{}{path}", provider.base))
                    .header("cookie", &cookie)
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(body.to_vec());
                let status = request.send().await.unwrap().status().as_u16();
                assert!(status < 500, "{method} {path} {body:?}: {status}");
            }
        }
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let provider = Provider::shared();
    let field = ("proof".to_owned(), "x".repeat(70 * 1024));
    for path in ["/login", "/bind", "/oauth2/token", "/oauth2/authorize"] {
        let answer = Browser::new(provider)
            .post(path, std::slice::from_ref(&field))
            .await;
        assert_eq!(answer.status, 413, "{path}: {}", answer.summary());
    }
    assert_eq!(Browser::new(provider).open("/").await.status, 200);
}

#[tokio::test]
async fn huge_headers_and_addresses_are_refused() {
    let provider = Provider::shared();
    let huge = "h".repeat(300 * 1024);
    let requests = [
        client().get(&provider.base).header("x-huge", &huge),
        client()
            .get(&provider.base)
            .header("cookie", format!("yzt_session={huge}")),
        client().get(format!(
            "{}/login?request={}",
            provider.base,
            &huge[..60_000]
        )),
    ];
    for request in requests {
        // Closing the connection is an answer too.
        if let Ok(answer) = request.send().await {
            let status = answer.status().as_u16();
            assert!((400..500).contains(&status), "{status}");
        }
    }
    assert_eq!(Browser::new(provider).open("/").await.status, 200);
}

#[tokio::test]
async fn who_sends_slowly_is_let_go_and_keeps_nobody_waiting() {
    let provider = Provider::shared();
    let address = provider.base.strip_prefix("http://").unwrap().to_owned();
    let mut slow: Vec<TcpStream> = (0..50)
        .map(|_| TcpStream::connect(&address).unwrap())
        .collect();
    for stream in &mut slow {
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
            .unwrap();
    }
    let began = std::time::Instant::now();
    assert_eq!(Browser::new(provider).open("/help").await.status, 200);
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "others wait for the slow"
    );
    tokio::time::sleep(Duration::from_secs(12)).await;
    for stream in &mut slow {
        stream
            .set_read_timeout(Some(Duration::from_secs(2)))
            .unwrap();
        let mut answer = Vec::new();
        let ended = stream.read_to_end(&mut answer);
        assert!(ended.is_ok(), "a slow connection is still open");
    }
}

/// Whether the other side closes the connection within this time, whatever it says before. `drip` goes on sending.
fn is_let_go(mut stream: TcpStream, drip: bool, within: Duration) -> bool {
    stream
        .set_read_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    let began = std::time::Instant::now();
    while began.elapsed() < within {
        if drip {
            let _ = stream.write_all(b"x");
        }
        match stream.read(&mut [0; 512]) {
            Ok(0) => return true,
            Ok(_) => (),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => (),
            Err(_) => return true,
        }
    }
    false
}

#[tokio::test]
async fn a_body_that_comes_octet_by_octet_is_given_up() {
    let provider = Provider::shared();
    let address = provider.base.strip_prefix("http://").unwrap().to_owned();
    let ended = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(&address).unwrap();
        let head =
            b"POST /oauth2/token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n";
        stream.write_all(head).unwrap();
        is_let_go(stream, true, Duration::from_secs(45))
    });
    assert!(ended.await.unwrap(), "a slow body is still waited for");
}

#[tokio::test]
async fn a_body_without_a_length_holds_no_connection() {
    let provider = Provider::shared();
    let address = provider.base.strip_prefix("http://").unwrap().to_owned();
    let heads = [
        "GET / HTTP/1.1",
        "POST /nope HTTP/1.1",
        "POST /oauth2/token HTTP/1.1",
        "POST /login HTTP/1.1\r\nOrigin: https://evil.example",
        "PUT /oauth2/userinfo HTTP/1.1",
    ];
    let open = heads.map(|head| {
        [false, true].map(|drip| {
            let mut stream = TcpStream::connect(&address).unwrap();
            let rest = "\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\na";
            stream
                .write_all(format!("{head}{rest}").as_bytes())
                .unwrap();
            tokio::task::spawn_blocking(move || is_let_go(stream, drip, Duration::from_secs(15)))
        })
    });
    for (head, tries) in heads.iter().zip(open) {
        for ended in tries {
            assert!(ended.await.unwrap(), "{head} holds its connection");
        }
    }
}

#[tokio::test]
async fn two_bodies_in_one_request_are_not_two_requests() {
    // Request smuggling: both lengths at once must be refused (RFC 9112 §6.1).
    let provider = Provider::shared();
    let address = provider.base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .write_all(
            b"POST /oauth2/token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\n\
              Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n\
              Host: 127.0.0.1\r\n\r\n",
        )
        .unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer);
    assert!(
        !text.contains("\"status\":\"ok\""),
        "the second request was served: {text}"
    );
}
