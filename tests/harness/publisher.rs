//! What a CA publishes, over HTTP: lists, and answers of OpenSSL as a responder; or whatever a hostile one says.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What it answers to the body of a request; `None`: nothing, for as long as the other side waits.
pub type Answering = Box<dyn Fn(&[u8]) -> Option<Vec<u8>> + Send>;

/// A server on a port of 127.0.0.1, for as long as the process lives.
pub struct Publisher {
    /// Its address.
    pub url: String,
    answering: Arc<Mutex<Answering>>,
    asked: Arc<AtomicUsize>,
    head: Arc<Mutex<String>>,
    delay: Arc<Mutex<Duration>>,
}

impl Publisher {
    /// Answers by this, head of the answer included.
    pub fn start(answering: Answering) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}/published", listener.local_addr().unwrap());
        let answering = Arc::new(Mutex::new(answering));
        let asked = Arc::new(AtomicUsize::new(0));
        let (by, count) = (Arc::clone(&answering), Arc::clone(&asked));
        let (head, delay) = (
            Arc::<Mutex<String>>::default(),
            Arc::<Mutex<Duration>>::default(),
        );
        let (heads, delays) = (Arc::clone(&head), Arc::clone(&delay));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (by, count) = (Arc::clone(&by), Arc::clone(&count));
                let (heads, delays) = (Arc::clone(&heads), Arc::clone(&delays));
                std::thread::spawn(move || {
                    let mut stream = stream;
                    let (head, body) = request(&mut stream);
                    *heads.lock().unwrap() = head;
                    count.fetch_add(1, Ordering::Relaxed);
                    let delay = *delays.lock().unwrap();
                    std::thread::sleep(delay);
                    let answer = (by.lock().unwrap())(&body);
                    match answer {
                        Some(answer) => drop(stream.write_all(&answer)),
                        None => std::thread::sleep(Duration::from_mins(1)),
                    }
                });
            }
        });
        Self {
            url,
            answering,
            asked,
            head,
            delay,
        }
    }

    /// Takes so long for each answer from now on, side by side.
    pub fn delay(&self, delay: Duration) {
        *self.delay.lock().unwrap() = delay;
    }

    /// The head of the last request, in lower case.
    pub fn last_head(&self) -> String {
        self.head.lock().unwrap().clone()
    }

    /// A list that can be changed by [`Self::answer`].
    pub fn of(octets: Vec<u8>) -> Self {
        Self::start(Box::new(move |_| Some(ok(&octets))))
    }

    /// Answers otherwise from now on.
    pub fn answer(&self, answering: Answering) {
        *self.answering.lock().unwrap() = answering;
    }

    /// Publishes these octets from now on.
    pub fn publish(&self, octets: Vec<u8>) {
        self.answer(Box::new(move |_| Some(ok(&octets))));
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

/// An answer with this body.
pub fn ok(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// An answer that leads onward.
pub fn onward(to: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    .into_bytes()
}

fn request(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut octets = Vec::new();
    let mut part = [0; 4096];
    loop {
        let head = octets.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = head {
            let text = String::from_utf8_lossy(&octets[..end]).to_lowercase();
            let length = text
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |number| number.trim().parse().unwrap());
            if octets.len() >= end + 4 + length {
                return (text, octets[end + 4..].to_vec());
            }
        }
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return (String::new(), Vec::new()),
            Ok(read) => octets.extend_from_slice(&part[..read]),
        }
    }
}
