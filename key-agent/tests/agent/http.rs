//! A client of the service that sends exactly what a test says, as a browser or as somebody else.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use key_agent::locks::LockSource;
use key_agent::service::{Ports, Running, Settings, start};
use serde_json::{Value, json};

use crate::locks::Folder;

/// The page that is allowed to ask.
pub const PAGE: &str = "https://idp.example";
pub const NONCE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
pub const STATEMENT: &str = "您正在登录统一认证平台。\n<b>仅用于本次登录</b>";

/// A service with its own locks and port.
pub struct Agent {
    service: Service,
    address: SocketAddr,
}

/// Inside the test's process, or the program by itself: some drivers read their own settings from the environment.
enum Service {
    Embedded(Running),
    Program { _until_dropped: Program },
}

/// A program that must not outlive a test that failed.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

impl Agent {
    pub fn start(locks: &Folder) -> Self {
        Self::start_with(locks, |_| {})
    }

    pub fn start_with(locks: &Folder, change: impl FnOnce(&mut Settings)) -> Self {
        crate::logs::capture();
        let mut settings = Settings::new(LockSource::Folder(locks.folder().to_owned()));
        settings.allow_origins = vec![PAGE.parse().unwrap()];
        settings.ports = Ports::Exactly(0);
        change(&mut settings);
        let running = start(settings).unwrap();
        Self {
            address: running.address(),
            service: Service::Embedded(running),
        }
    }

    /// Starts `key-agent serve` for [`PAGE`].
    pub fn program(command: &mut Command, locks: &[&str]) -> Self {
        let mut child = command
            .args(["serve", "--port", "0", "--allow-origin", PAGE])
            .args(locks)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let output = child.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").unwrap();
        Self {
            address: address.parse().unwrap(),
            service: Service::Program {
                _until_dropped: Program(child),
            },
        }
    }

    pub fn stop(self) {
        if let Service::Embedded(running) = self.service {
            running.stop();
        }
    }

    pub fn host(&self) -> String {
        self.address.to_string()
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Sends exactly these headers.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let (mut answer, octets) = self.send_for_octets(method, path, headers, body);
        answer.body = String::from_utf8(octets).unwrap();
        answer
    }

    /// Fetches what is no text.
    pub fn get_octets(&self, path: &str) -> (Answer, Vec<u8>) {
        self.send_for_octets("GET", path, &[("Host", &self.host())], "")
    }

    fn send_for_octets(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (Answer, Vec<u8>) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            write!(text, "{name}: {value}\r\n").unwrap();
        }
        write!(stream, "{text}\r\n{body}").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let octets = answer.split_off(end.unwrap() + 4);
        let head = String::from_utf8(answer).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let answer = Answer {
            status,
            head: head.trim_end().to_owned(),
            body: String::new(),
        };
        (answer, octets)
    }

    /// Presses a button of the assistant: a form as a browser sends it, with the token of the page it stands on.
    pub fn press(&self, page: &str, action: &str, fields: &str) -> Answer {
        let token = self.form_token(page);
        self.send_form(action, &format!("token={token}&{fields}"))
    }

    /// The token of a page that is opened now.
    pub fn form_token(&self, page: &str) -> String {
        let shown = self.wait_for(page, "name=\"token\"");
        let (_, rest) = shown.split_once("name=\"token\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    /// Sends a form as a page of the service does.
    pub fn send_form(&self, action: &str, body: &str) -> Answer {
        let host = self.host();
        let origin = format!("http://{host}");
        let headers = [
            ("Host", host.as_str()),
            ("Origin", &origin),
            ("Sec-Fetch-Site", "same-origin"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        self.send("POST", action, &headers, body)
    }

    /// Looks at a page until it says this.
    pub fn wait_for(&self, page: &str, mark: &str) -> String {
        let patience = std::time::Instant::now() + Duration::from_secs(20);
        loop {
            let shown = self.get(page).body;
            if shown.contains(mark) {
                return shown;
            }
            assert!(std::time::Instant::now() < patience, "no {mark} in {shown}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[("Host", &self.host())], "")
    }

    /// Opens the agent's window.
    pub fn window(&self) -> Window<'_> {
        let page = self.get("/sign");
        assert_eq!(page.status, 200);
        let token = page
            .body
            .split("data-window-token=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        Window {
            agent: self,
            token: token.to_owned(),
        }
    }

    /// Opens the agent's window and asks.
    pub fn asked_window(&self, wish: &Value) -> Window<'_> {
        let window = self.window();
        let answer = window.begin(wish);
        assert_eq!(answer.status, 200, "{}", answer.body);
        window
    }
}

/// The agent's own window.
pub struct Window<'a> {
    pub agent: &'a Agent,
    pub token: String,
}

impl Window<'_> {
    /// A call as the window's own script makes it.
    pub fn call(&self, path: &str, body: &Value) -> Answer {
        let host = self.agent.host();
        let headers = [
            ("Host", host.as_str()),
            ("Origin", &format!("http://{host}")),
            ("Sec-Fetch-Site", "same-origin"),
            ("Content-Type", "application/json"),
            ("X-Agent-Window", &self.token),
            ("Accept-Language", "zh-CN"),
        ];
        self.agent.send("POST", path, &headers, &body.to_string())
    }

    pub fn begin(&self, wish: &Value) -> Answer {
        self.call("/api/begin", wish)
    }

    pub fn locks(&self) -> Value {
        self.call("/api/locks", &json!({})).json()
    }

    /// The id of the n-th certificate.
    pub fn certificate(&self, position: usize) -> String {
        let locks = self.locks();
        let all: Vec<&Value> = locks["locks"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|lock| lock["certificates"].as_array().unwrap())
            .collect();
        all[position]["id"].as_str().unwrap().to_owned()
    }

    /// Signs with the n-th certificate.
    pub fn sign(&self, position: usize, pin: &str) -> Answer {
        self.call(
            "/api/sign",
            &json!({ "certificate": self.certificate(position), "pin": pin }),
        )
    }
}

/// What a good page asks.
pub fn sign_body() -> Value {
    json!({
        "origin": PAGE, "operation": "sign", "nonce": NONCE, "purpose": "login", "statement": STATEMENT,
        "algorithms": ["SM2SM3", "ES256", "RS256"], "lang": "zh-CN",
    })
}
