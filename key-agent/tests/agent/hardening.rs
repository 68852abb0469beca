//! Who is not answered: SECURITY, line "Agent".

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use key_agent::locks::LockSource;
use key_agent::service::{Ports, StartError};
use serde_json::json;

use crate::http::{Agent, PAGE, sign_body};
use crate::locks::{Folder, PIN};

#[test]
fn only_origins_of_the_allow_list_are_served() {
    let locks = Folder::with(&["sm2.pem"]);
    let agent = Agent::start(&locks);
    for origin in [
        "null",
        "",
        "*",
        "https://evil.example",
        "https://idp.example.evil.example",
        "https://idp.example:8443",
        "http://idp.example",
        "https://idp.example/",
        "https://IDP.example",
    ] {
        let window = agent.window();
        let mut wish = sign_body();
        wish["origin"] = json!(origin);
        // A stranger learns nothing else: whatever else is wrong with its request, it is told the same.
        wish["version"] = json!(99);
        let answer = window.begin(&wish);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (403, "origin-refused"),
            "{origin}"
        );
        assert_eq!(window.call("/api/locks", &json!({})).code(), "bad-request");
    }
    agent.stop();
}

#[test]
fn a_foreign_host_is_not_answered() {
    let locks = Folder::with(&["sm2.pem"]);
    let agent = Agent::start(&locks);
    let port = agent.port();
    for good in [
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        format!("[::1]:{port}"),
    ] {
        assert_eq!(
            agent.send("GET", "/sign", &[("Host", &good)], "").status,
            200,
            "{good}"
        );
    }
    let foreign = [
        "127.0.0.1".to_owned(),
        "localhost".to_owned(),
        format!("evil.example:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        format!("localhost:{}", port.wrapping_add(1)),
        format!("127.0.0.2:{port}"),
        format!("LOCALHOST.:{port}"),
        format!("evil@127.0.0.1:{port}"),
    ];
    for host in foreign {
        for path in ["/", "/sign", "/healthz", "/assets/window.js", "/none"] {
            let answer = agent.send("GET", path, &[("Host", &host)], "");
            assert!(
                [400, 421].contains(&answer.status),
                "{host}{path}: {}",
                answer.status
            );
            assert!(answer.body.is_empty());
        }
    }
    let own = format!("127.0.0.1:{port}");
    let doubled = agent.send(
        "GET",
        "/sign",
        &[("Host", &own), ("Host", "evil.example")],
        "",
    );
    assert!([400, 421].contains(&doubled.status));
    agent.stop();
}

#[test]
fn no_answer_may_be_framed_read_by_other_pages_or_kept() {
    let locks = Folder::with(&[]);
    let agent = Agent::start(&locks);
    let evil = [
        ("Host", agent.host()),
        ("Origin", "https://evil.example".to_owned()),
    ];
    let evil: Vec<(&str, &str)> = evil
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    for path in [
        "/",
        "/sign",
        "/healthz",
        "/assets/window.js",
        "/assets/agent.css",
        "/none",
    ] {
        for method in ["GET", "OPTIONS", "POST"] {
            let answer = agent.send(method, path, &evil, "");
            let policy = answer.header("Content-Security-Policy").unwrap();
            assert!(
                policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"),
                "{policy}"
            );
            assert!(!policy.contains("unsafe"), "{policy}");
            assert_eq!(answer.header("X-Frame-Options"), Some("DENY"));
            assert_eq!(answer.header("X-Content-Type-Options"), Some("nosniff"));
            assert_eq!(answer.header("Cache-Control"), Some("no-store"));
            assert_eq!(
                answer.header("Cross-Origin-Resource-Policy"),
                Some("same-origin")
            );
            assert!(
                !answer.head.to_ascii_lowercase().contains("access-control-"),
                "{}",
                answer.head
            );
        }
    }
    // The window alone keeps its opener.
    assert_eq!(
        agent.get("/sign").header("Cross-Origin-Opener-Policy"),
        Some("unsafe-none")
    );
    assert_eq!(
        agent.get("/").header("Cross-Origin-Opener-Policy"),
        Some("same-origin")
    );
    for kind in ["iframe", "empty", "script", "image"] {
        let answer = agent.send(
            "GET",
            "/sign",
            &[("Host", &agent.host()), ("Sec-Fetch-Dest", kind)],
            "",
        );
        assert_eq!(answer.status, 403, "{kind}");
    }
    agent.stop();
}

#[test]
fn pages_hold_no_inline_script_or_style() {
    let locks = Folder::with(&["sm2.pem"]);
    let agent = Agent::start(&locks);
    for path in ["/", "/sign"] {
        let body = agent.get(path).body;
        assert!(
            !body.contains("<style") && !body.contains(" style=") && !body.contains(" onclick")
        );
        assert_eq!(
            body.matches("<script").count(),
            body.matches("<script src=\"/assets/").count()
        );
    }
    agent.stop();
}

#[test]
fn calls_that_do_not_come_from_the_own_window_are_refused() {
    let locks = Folder::with(&["sm2.pem"]);
    let agent = Agent::start(&locks);
    let window = agent.asked_window(&sign_body());
    let body = json!({ "certificate": window.certificate(0), "pin": PIN }).to_string();
    let (host, own) = (agent.host(), format!("http://{}", agent.host()));
    let token = window.token.as_str();
    let good = [
        ("Host", host.as_str()),
        ("Origin", own.as_str()),
        ("Sec-Fetch-Site", "same-origin"),
        ("Content-Type", "application/json"),
        ("X-Agent-Window", token),
    ];
    let stranger = "A".repeat(43);
    let changes: [(&str, Option<&str>); 11] = [
        ("X-Agent-Window", None),
        ("X-Agent-Window", Some("")),
        ("X-Agent-Window", Some(&stranger)),
        ("Origin", None),
        ("Origin", Some("null")),
        ("Origin", Some(PAGE)),
        ("Origin", Some("http://localhost:1")),
        ("Sec-Fetch-Site", Some("cross-site")),
        ("Sec-Fetch-Site", Some("same-site")),
        ("Content-Type", None),
        ("Content-Type", Some("text/plain")),
    ];
    for path in [
        "/api/begin",
        "/api/locks",
        "/api/sign",
        "/api/read",
        "/api/end",
    ] {
        for (name, value) in changes {
            let headers: Vec<(&str, &str)> = good
                .iter()
                .filter_map(|(known, old)| {
                    if *known == name {
                        value.map(|new| (name, new))
                    } else {
                        Some((*known, *old))
                    }
                })
                .collect();
            let answer = agent.send("POST", path, &headers, &body);
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (403, "bad-request"),
                "{path} {name} {value:?}"
            );
        }
        assert_eq!(agent.send("GET", path, &good, "").status, 404);
    }
    // The window itself was not disturbed.
    assert_eq!(window.sign(0, PIN).status, 200);
    agent.stop();
}

#[test]
fn one_operation_at_a_time() {
    let locks = Folder::with(&["sm2.pem"]);
    let agent = Agent::start(&locks);
    let first = agent.asked_window(&sign_body());
    let second = agent.window();
    let answer = second.begin(&sign_body());
    assert_eq!((answer.status, answer.code().as_str()), (409, "busy"));
    assert_eq!(first.begin(&sign_body()).code(), "busy");
    // The token of a window that has not asked, or of one that has closed, signs nothing.
    assert_eq!(
        second
            .call("/api/sign", &json!({ "certificate": "x/y", "pin": PIN }))
            .code(),
        "bad-request"
    );
    assert_eq!(first.call("/api/end", &json!({})).status, 204);
    assert_eq!(
        first
            .call("/api/sign", &json!({ "certificate": "x/y", "pin": PIN }))
            .status,
        403
    );
    assert_eq!(second.begin(&sign_body()).status, 200);
    agent.stop();
}

#[test]
fn pin_tries_are_paced_over_all_windows() {
    let locks = Folder::with(&["sm2.pem"]);
    let agent = Agent::start(&locks);
    let mut refused = 0;
    for _ in 0..20 {
        let window = agent.asked_window(&sign_body());
        // A lock that is not there: no lock counts these tries, the service does.
        let answer = window.call(
            "/api/sign",
            &json!({ "certificate": "0000000000000000/0", "pin": PIN }),
        );
        refused += usize::from(answer.status == 429);
        window.call("/api/end", &json!({}));
    }
    assert_eq!(refused, 5);
    agent.stop();
}

#[test]
fn huge_or_broken_bodies_are_refused() {
    let locks = Folder::with(&["sm2.pem"]);
    let agent = Agent::start(&locks);
    let window = agent.window();
    let huge = json!({ "origin": "x".repeat(70_000) });
    assert!(window.begin(&huge).status >= 400);
    for body in [json!([]), json!("x"), json!({ "origin": 1 })] {
        assert_eq!(window.begin(&body).code(), "bad-request");
    }
    agent.stop();
}

#[test]
fn it_listens_on_loopback_only_and_takes_the_first_free_port() {
    let locks = Folder::with(&[]);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let agent = Agent::start_with(&locks, |settings| {
        settings.ports = Ports::FirstFree(port..=port.saturating_add(50));
    });
    assert!(agent.port() > port);
    assert!(agent.host().starts_with("127.0.0.1:"));
    let settings = {
        let mut settings = key_agent::service::Settings::new(key_agent::locks::LockSource::Folder(
            locks.folder().to_owned(),
        ));
        settings.ports = Ports::Exactly(port);
        settings
    };
    assert!(matches!(
        key_agent::service::start(settings),
        Err(StartError::NoPort { .. })
    ));
    let (host, port) = (agent.host(), agent.port());
    agent.stop();
    assert!(std::net::TcpStream::connect(host).is_err(), "stopped");
    assert!(TcpListener::bind(("127.0.0.1", port)).is_ok());
}

#[test]
fn who_sends_a_head_or_a_body_slowly_is_let_go_and_keeps_nobody_waiting() {
    let locks = Folder::with(&["sm2.pem"]);
    let agent = Agent::start(&locks);
    let host = agent.host();
    let heads = [
        format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nX-Slow: "),
        format!("POST /api/begin HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\n\r\n{{"),
        format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\n\r\n{{"),
        format!("GET / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\na"),
        format!(
            "POST /api/begin HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\na"
        ),
    ];
    let mut slow: Vec<TcpStream> = (0..60)
        .map(|_| TcpStream::connect(&host).unwrap())
        .collect();
    for (stream, head) in slow.iter_mut().zip(heads.iter().cycle()) {
        stream.write_all(head.as_bytes()).unwrap();
    }
    let began = Instant::now();
    assert_eq!(agent.get("/healthz").status, 200);
    assert!(began.elapsed() < Duration::from_secs(3), "others wait");
    // Octet by octet buys no more time.
    while began.elapsed() < Duration::from_secs(13) {
        for stream in &mut slow {
            let _ = stream.write_all(b"x");
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    for (i, stream) in slow.iter_mut().enumerate() {
        let wait = Some(Duration::from_secs(2));
        stream.set_read_timeout(wait).unwrap();
        let ended = stream.read_to_end(&mut Vec::new());
        let open = ended.is_err_and(|e| e.kind() == std::io::ErrorKind::WouldBlock);
        assert!(!open, "connection {i} is still open");
    }
    agent.stop();
}

#[test]
fn a_browser_that_is_killed_frees_the_agent_soon_and_nobody_takes_its_turn_before() {
    let locks = Folder::with(&["sm2.pem"]);
    let agent = Agent::start(&locks);
    let window = agent.asked_window(&sign_body());
    // The window holds an answer open for as long as its browser lives.
    let mut connection = TcpStream::connect(agent.host()).unwrap();
    let host = agent.host();
    write!(
        connection,
        "POST /api/attend HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nContent-Type: application/json\r\n\
         X-Agent-Window: {}\r\nContent-Length: 0\r\n\r\n",
        window.token
    )
    .unwrap();
    let mut head = [0; 12];
    connection.read_exact(&mut head).unwrap();
    assert_eq!(&head, b"HTTP/1.1 200");
    std::thread::sleep(Duration::from_secs(7));
    let busy = agent.window().begin(&sign_body());
    assert_eq!(busy.code(), "busy", "it is there, though it calls nothing");

    drop(connection);
    let killed = Instant::now();
    while agent.window().begin(&sign_body()).status != 200 {
        assert!(killed.elapsed() < Duration::from_secs(12), "still busy");
        std::thread::sleep(Duration::from_millis(250));
    }
    assert!(killed.elapsed() > Duration::from_secs(2));
    let after = window.call("/api/locks", &json!({}));
    assert_eq!(after.status, 403, "its turn is over");
    agent.stop();
}

#[test]
fn attendance_is_of_the_window_that_asked_alone() {
    let locks = Folder::with(&["sm2.pem"]);
    let agent = Agent::start(&locks);
    let idle = agent.window();
    assert_eq!(idle.call("/api/attend", &json!({})).code(), "bad-request");
    let host = agent.host();
    let stranger = [("Host", host.as_str()), ("Origin", PAGE)];
    let answer = agent.send("POST", "/api/attend", &stranger, "{}");
    assert_eq!(answer.status, 403);
    agent.stop();
}

#[cfg(unix)]
#[test]
fn a_window_whose_first_answer_waits_for_a_slow_lock_keeps_its_turn() {
    use std::os::unix::fs::OpenOptionsExt as _;
    // Without waiting for a reader.
    const O_NONBLOCK: i32 = 0o4000;
    let locks = Folder::with(&["sm2.pem"]);
    let slow = locks.path("slow.pem");
    let made = std::process::Command::new("mkfifo").arg(&slow).status();
    assert!(made.unwrap().success());
    let agent = Agent::start_with(&locks, |settings| {
        settings.locks = LockSource::File(slow.clone()).into();
    });
    let window = agent.window();
    std::thread::scope(|scope| {
        let begun = scope.spawn(|| window.begin(&sign_body()));
        std::thread::sleep(Duration::from_secs(5));
        // Longer than a window may be away; it can't say that it is there before it is answered.
        let busy = agent.window().begin(&sign_body());
        assert_eq!(busy.code(), "busy");
        while !begun.is_finished() {
            let writer = std::fs::OpenOptions::new()
                .write(true)
                .custom_flags(O_NONBLOCK)
                .open(&slow);
            if let Ok(mut writer) = writer {
                writer.write_all(b"no lock").unwrap();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(begun.join().unwrap().status, 200);
    });
    assert_eq!(agent.window().begin(&sign_body()).code(), "busy");
    agent.stop();
}
