//! A mail server that keeps what it is given (RFC 5321, as much of it as a client needs), and what a mail says.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use idp::config::MailTls;
use mailparse::{MailHeaderMap as _, ParsedMail, parse_mail};

/// One mail as it came.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// `MAIL FROM`.
    pub sender: String,
    /// Each `RCPT TO`.
    pub recipients: Vec<String>,
    /// Header and body.
    pub data: Vec<u8>,
    /// Whether it came over TLS.
    pub encrypted: bool,
    /// `AUTH PLAIN`: what came with it, base64.
    pub credentials: String,
}

impl Mail {
    /// Every value of a header, decoded.
    pub fn headers(&self, name: &str) -> Vec<String> {
        self.parsed().headers.get_all_values(name)
    }

    /// The only value of a header, decoded.
    pub fn header(&self, name: &str) -> String {
        let mut values = self.headers(name);
        assert_eq!(values.len(), 1, "{name}: {values:?}");
        values.remove(0)
    }

    /// The text of one part, decoded.
    pub fn part(&self, kind: &str) -> String {
        let parsed = self.parsed();
        let part = parsed
            .subparts
            .iter()
            .find(|part| part.ctype.mimetype == kind);
        part.unwrap_or_else(|| panic!("no {kind}"))
            .get_body()
            .unwrap()
    }

    fn parsed(&self) -> ParsedMail<'_> {
        parse_mail(&self.data).unwrap()
    }
}

/// It listens on loopback for as long as the process lives.
pub struct MailServer {
    /// Its port.
    pub port: u16,
    kept: Arc<Mutex<Vec<Mail>>>,
    answer_to_recipient: Arc<Mutex<String>>,
}

impl Default for MailServer {
    fn default() -> Self {
        Self::start()
    }
}

impl MailServer {
    /// Takes whatever comes; knows no STARTTLS.
    pub fn start() -> Self {
        Self::listen(None)
    }

    /// Shows the certificate in this folder: at once, or after STARTTLS (RFC 3207).
    pub fn start_tls(folder: &Path, tls: MailTls) -> Self {
        Self::listen(Some((server_config(folder), tls)))
    }

    fn listen(tls: Option<(Arc<rustls::ServerConfig>, MailTls)>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let kept = Arc::<Mutex<Vec<Mail>>>::default();
        let answer = Arc::new(Mutex::new("250 known".to_owned()));
        let (keeps, says) = (Arc::clone(&kept), Arc::clone(&answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (keeps, says) = (Arc::clone(&keeps), Arc::clone(&says));
                let tls = tls.clone();
                std::thread::spawn(move || match tls {
                    Some((config, MailTls::Implicit)) => {
                        let wire = over_tls(config, Box::new(stream));
                        converse((wire, true), None, (&keeps, &says));
                    }
                    tls => {
                        let offered = tls.map(|(config, _)| config);
                        converse((Box::new(stream), false), offered, (&keeps, &says));
                    }
                });
            }
        });
        Self {
            port,
            kept,
            answer_to_recipient: answer,
        }
    }

    /// Says this to each recipient from now on.
    pub fn say_to_recipients(&self, line: &str) {
        line.clone_into(&mut self.answer_to_recipient.lock().unwrap());
    }

    /// What came, in order.
    pub fn kept(&self) -> Vec<Mail> {
        self.kept.lock().unwrap().clone()
    }

    /// Waits for a mail to this address whose subject holds these words.
    pub async fn wait_for(&self, to: &str, words: &str) -> Mail {
        for _ in 0..200 {
            let is_it = |mail: &Mail| {
                mail.recipients.iter().any(|one| one == to)
                    && mail.headers("Subject").iter().any(|it| it.contains(words))
            };
            if let Some(mail) = self.kept().into_iter().find(is_it) {
                return mail;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no mail {words:?} to {to}: {:?}", self.kept());
    }
}

/// A connection, in clear or not.
trait Wire: Read + Write {}

impl<T: Read + Write> Wire for T {}

fn server_config(folder: &Path) -> Arc<rustls::ServerConfig> {
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let certificate = CertificateDer::from_pem_file(folder.join("certificate.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key);
    Arc::new(config.unwrap())
}

fn over_tls(config: Arc<rustls::ServerConfig>, wire: Box<dyn Wire>) -> Box<dyn Wire> {
    let connection = rustls::ServerConnection::new(config).unwrap();
    Box::new(rustls::StreamOwned::new(connection, wire))
}

fn converse(
    (wire, mut encrypted): (Box<dyn Wire>, bool),
    mut offered: Option<Arc<rustls::ServerConfig>>,
    (kept, to_recipient): (&Mutex<Vec<Mail>>, &Mutex<String>),
) {
    let mut lines = BufReader::new(wire);
    let (mut mail, mut credentials) = (Mail::default(), String::new());
    if say(&mut lines, "220 sink ready").is_err() {
        return;
    }
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let word = line.get(..4).unwrap_or_default().to_uppercase();
        let answer = match word.as_str() {
            "EHLO" | "HELO" if offered.is_some() => "250-sink\r\n250 STARTTLS".to_owned(),
            "EHLO" | "HELO" => {
                "250-sink\r\n250-8BITMIME\r\n250-AUTH PLAIN\r\n250 SMTPUTF8".to_owned()
            }
            "STAR" => {
                let Some(config) = offered.take() else {
                    return;
                };
                if say(&mut lines, "220 go on").is_err() {
                    return;
                }
                // What came in clear behind the command is thrown away (RFC 3207 §4.2).
                lines = BufReader::new(over_tls(config, lines.into_inner()));
                encrypted = true;
                continue;
            }
            "AUTH" => {
                line.trim_end().clone_into(&mut credentials);
                "235 welcome".to_owned()
            }
            "MAIL" => {
                mail = Mail {
                    sender: address(&line),
                    encrypted,
                    credentials: credentials.clone(),
                    ..Mail::default()
                };
                "250 ok".to_owned()
            }
            "RCPT" => {
                mail.recipients.push(address(&line));
                to_recipient.lock().unwrap().clone()
            }
            "DATA" => {
                if say(&mut lines, "354 go on").is_err() {
                    return;
                }
                mail.data = data(&mut lines);
                kept.lock().unwrap().push(mail.clone());
                "250 taken".to_owned()
            }
            "RSET" | "NOOP" => "250 ok".to_owned(),
            "QUIT" => {
                drop(say(&mut lines, "221 bye"));
                return;
            }
            _ => "502 not known".to_owned(),
        };
        if say(&mut lines, &answer).is_err() {
            return;
        }
    }
}

fn say(lines: &mut BufReader<Box<dyn Wire>>, line: &str) -> std::io::Result<()> {
    let wire = lines.get_mut();
    wire.write_all(format!("{line}\r\n").as_bytes())?;
    wire.flush()
}

fn address(line: &str) -> String {
    let inner = line
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or_else(String::new, |(address, _)| address.to_owned())
}

/// Until a line with a dot alone; doubled dots are single again (RFC 5321 §4.5.2).
fn data(lines: &mut BufReader<Box<dyn Wire>>) -> Vec<u8> {
    let mut data = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line).unwrap_or(0) == 0 || line == b".\r\n" {
            return data;
        }
        data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
