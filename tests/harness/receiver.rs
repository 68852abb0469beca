//! A system that is told by HTTP: a webhook's reader, or a gateway of text messages. It keeps what came, head and body.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

/// One request.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its head, as it came.
    pub head: String,
    /// Its body, as it came.
    pub body: Vec<u8>,
}

impl Received {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1);
        let mut pairs = lines.filter_map(|line| line.split_once(": "));
        let found = pairs.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }

    /// Its body, read.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// It listens on loopback for as long as the process lives.
pub struct Receiver {
    /// Its address.
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
    status: Arc<Mutex<u16>>,
}

impl Default for Receiver {
    fn default() -> Self {
        Self::start()
    }
}

impl Receiver {
    /// Answers 200 to whatever comes.
    pub fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let received = Arc::<Mutex<Vec<Received>>>::default();
        let status = Arc::new(Mutex::new(200));
        let (keeps, says) = (Arc::clone(&received), Arc::clone(&status));
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let Some(request) = read(&mut stream) else {
                    continue;
                };
                keeps.lock().unwrap().push(request);
                let status = *says.lock().unwrap();
                let head = format!(
                    "HTTP/1.1 {status} Said\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                );
                drop(stream.write_all(head.as_bytes()));
            }
        });
        Self {
            url,
            received,
            status,
        }
    }

    /// Answers with this status from now on.
    pub fn answer(&self, status: u16) {
        *self.status.lock().unwrap() = status;
    }

    /// What came, in order.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Waits until something came that is so; the first such.
    pub async fn wait_for(&self, is_so: impl Fn(&Received) -> bool) -> Received {
        for _ in 0..200 {
            if let Some(found) = self.received().into_iter().find(&is_so) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("it did not come: {:?}", self.received());
    }

    /// Waits until so many came that are so.
    pub async fn wait_for_all(
        &self,
        count: usize,
        is_so: impl Fn(&Received) -> bool,
    ) -> Vec<Received> {
        for _ in 0..200 {
            let found: Vec<_> = self.received().into_iter().filter(&is_so).collect();
            if found.len() >= count {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{count} did not come: {:?}", self.received());
    }
}

fn read(stream: &mut std::net::TcpStream) -> Option<Received> {
    let mut octets = Vec::new();
    let mut part = [0; 4096];
    loop {
        if let Some(end) = octets.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&octets[..end]).into_owned();
            let lower = head.to_lowercase();
            let length = lower
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |number| number.trim().parse().unwrap());
            if octets.len() >= end + 4 + length {
                let body = octets[end + 4..].to_vec();
                return Some(Received { head, body });
            }
        }
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return None,
            Ok(read) => octets.extend_from_slice(&part[..read]),
        }
    }
}
