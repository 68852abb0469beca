//! HTTP/1.1 over one kept-alive connection: just what the load needs, so that reading an answer costs
//! far less than making it.
//!
//! Knows bodies with a length only; the provider and bare actix-web send no others.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Fault;

/// Headers of one answer at most.
const HEADERS_MAX: usize = 64;
/// Octets of one answer at most.
const ANSWER_MAX: usize = 4 * 1024 * 1024;

/// A request.
pub struct Request<'a> {
    /// Path and query.
    pub path: &'a str,
    /// Name and value.
    pub headers: &'a [(&'a str, &'a str)],
    /// Makes it a POST.
    pub form: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// `GET` without more.
    pub fn get(path: &'a str) -> Self {
        Self {
            path,
            headers: &[],
            form: None,
        }
    }
}

/// What of an answer the load looks at.
#[derive(Default)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// `Location`
    pub location: Option<String>,
    /// Name and value of each `Set-Cookie`.
    pub cookies: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// Head and body on the wire.
    pub octets: usize,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> Result<&str, Fault> {
        Ok(std::str::from_utf8(&self.body)?)
    }

    /// Where it sends the browser.
    pub fn redirect(&self) -> Result<&str, Fault> {
        match (self.status, &self.location) {
            (302 | 303, Some(location)) => Ok(location),
            _ => Err(self.unexpected("a redirect")),
        }
    }

    /// Itself, if the status is this one.
    pub fn expect(self, status: u16) -> Result<Self, Fault> {
        if self.status == status {
            Ok(self)
        } else {
            Err(self.unexpected(&status.to_string()))
        }
    }

    fn unexpected(&self, wanted: &str) -> Fault {
        let beginning: String = String::from_utf8_lossy(&self.body)
            .chars()
            .take(2000)
            .collect();
        format!("{wanted} was expected, {} came: {beginning}", self.status).into()
    }
}

/// One connection.
pub struct Connection {
    stream: TcpStream,
    inbox: Vec<u8>,
    outbox: Vec<u8>,
    host: String,
}

impl Connection {
    /// Connects to a port of 127.0.0.1.
    pub async fn open(port: u16) -> Result<Self, Fault> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            inbox: Vec::with_capacity(32 * 1024),
            outbox: Vec::with_capacity(4 * 1024),
            host: address.to_string(),
        })
    }

    /// Sends a request and waits for the whole answer.
    pub async fn send(&mut self, request: &Request<'_>) -> Result<Answer, Fault> {
        self.write(request);
        self.stream.write_all(&self.outbox).await?;
        self.inbox.clear();
        loop {
            if self.stream.read_buf(&mut self.inbox).await? == 0 {
                return Err(format!("the server hung up on {}", request.path).into());
            }
            if let Some(answer) = read(&self.inbox)? {
                return Ok(answer);
            }
            if self.inbox.len() > ANSWER_MAX {
                return Err(format!("the answer to {} does not end", request.path).into());
            }
        }
    }

    fn write(&mut self, request: &Request<'_>) {
        let method = if request.form.is_some() {
            "POST "
        } else {
            "GET "
        };
        let head = &mut self.outbox;
        head.clear();
        for part in [
            method,
            request.path,
            " HTTP/1.1\r\nhost: ",
            &self.host,
            "\r\n",
        ] {
            head.extend_from_slice(part.as_bytes());
        }
        for (name, value) in request.headers {
            for part in [*name, ": ", *value, "\r\n"] {
                head.extend_from_slice(part.as_bytes());
            }
        }
        let Some(form) = request.form else {
            head.extend_from_slice(b"\r\n");
            return;
        };
        head.extend_from_slice(
            b"content-type: application/x-www-form-urlencoded\r\ncontent-length: ",
        );
        head.extend_from_slice(form.len().to_string().as_bytes());
        head.extend_from_slice(b"\r\n\r\n");
        head.extend_from_slice(form.as_bytes());
    }
}

/// The answer, once it is here whole.
fn read(inbox: &[u8]) -> Result<Option<Answer>, Fault> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut head = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = head.parse(inbox)? else {
        return Ok(None);
    };
    let mut answer = Answer {
        status: head.code.unwrap_or_default(),
        ..Answer::default()
    };
    let mut body_length = 0;
    for header in head.headers.iter() {
        let value = std::str::from_utf8(header.value)?;
        if header.name.eq_ignore_ascii_case("content-length") {
            body_length = value.parse()?;
        } else if header.name.eq_ignore_ascii_case("location") {
            answer.location = Some(value.to_owned());
        } else if header.name.eq_ignore_ascii_case("set-cookie") {
            let pair = value
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='));
            answer
                .cookies
                .extend(pair.map(|(name, value)| (name.to_owned(), value.to_owned())));
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            return Err("an answer without a length came".into());
        }
    }
    answer.octets = length + body_length;
    let Some(body) = inbox.get(length..answer.octets) else {
        return Ok(None);
    };
    answer.body = body.to_vec();
    Ok(Some(answer))
}
