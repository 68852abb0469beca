//! A platform's site, on a port of 127.0.0.1 for as long as the process lives: answers by path.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// Status, content type and body, by method and path.
type Answers = BTreeMap<(&'static str, String), (u16, &'static str, String)>;

/// The site.
pub struct Site {
    /// Its origin.
    pub origin: String,
    answers: Arc<Mutex<Answers>>,
    ahead: Arc<Mutex<i64>>,
}

impl Site {
    /// A site with nothing on it.
    pub fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let site = Self {
            origin: format!("http://{}", listener.local_addr().unwrap()),
            answers: Arc::default(),
            ahead: Arc::default(),
        };
        let (answers, ahead) = (Arc::clone(&site.answers), Arc::clone(&site.ahead));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let date = date(*ahead.lock().unwrap());
                let answers = answers.lock().unwrap().clone();
                std::thread::spawn(move || drop(answer(stream, &answers, &date)));
            }
        });
        site
    }

    /// Puts something there.
    pub fn put(&self, (method, path): (&'static str, &str), answer: (u16, &'static str, &str)) {
        let (status, kind, body) = answer;
        let mut answers = self.answers.lock().unwrap();
        answers.insert((method, path.to_owned()), (status, kind, body.to_owned()));
    }

    /// Sets its clock, in seconds ahead of ours.
    pub fn set_clock(&self, ahead: i64) {
        *self.ahead.lock().unwrap() = ahead;
    }

    /// An address of it.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

fn date(ahead: i64) -> String {
    let there = OffsetDateTime::from(SystemTime::now()) + time::Duration::seconds(ahead);
    there.format(&Rfc2822).unwrap().replace("+0000", "GMT")
}

fn answer(stream: TcpStream, answers: &Answers, date: &str) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(octets) = line.strip_prefix("content-length:") {
            length = octets.trim().parse().unwrap();
        }
    }
    reader.read_exact(&mut vec![0; length])?;
    let mut words = first.split(' ');
    let method = if words.next() == Some("POST") {
        "POST"
    } else {
        "GET"
    };
    let path = words.next().unwrap_or_default().to_owned();
    let nothing = (404, "text/plain", String::new());
    let (status, kind, body) = answers.get(&(method, path)).unwrap_or(&nothing);
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nDate: {date}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}
