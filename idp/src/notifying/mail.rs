//! Mail, by SMTP. Headers and addresses are built by the library out of typed parts; nothing of a name or an address can
//! end one.

use std::time::Duration;

use idp_core::delivery::Heard;
use idp_core::enterprise::Enterprise;
use idp_core::notification::Notification;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::response::Severity;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use super::secret::{NotOpened, Secret};
use super::{LONGEST, words};
use crate::config::{Config, EmailConfig, MailTls};

/// What stands before whatever is wrong.
const WAY: &str = "notifications.email";

/// How long one step of the conversation may take.
const STEP: Duration = Duration::from_secs(8);

/// The mail server, and who writes.
pub(super) struct Mail {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// What stands behind the `@` of a message's identifier.
    host: String,
}

impl Mail {
    pub(super) fn open(email: &EmailConfig, config: &Config) -> Result<Self, NotOpened> {
        let wrong =
            |what: &str, why: &dyn std::fmt::Display| NotOpened::new(WAY, format!("{what}: {why}"));
        let from: Mailbox = email.from.parse().map_err(|e| wrong("from", &e))?;
        let tls = match email.tls {
            MailTls::None => Tls::None,
            MailTls::Implicit => Tls::Wrapper(tls(email, config)?),
            MailTls::StartTls => Tls::Required(tls(email, config)?),
        };
        let mut server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&email.host)
            .port(email.port())
            .timeout(Some(STEP))
            .tls(tls);
        if !email.user.is_empty() {
            let password = Secret::read(WAY, &email.password)?;
            let (user, password) = (email.user.clone(), password.expose().to_owned());
            server = server.credentials(Credentials::new(user, password));
        }
        let host = url::Url::parse(&config.issuer).ok();
        let host = host.and_then(|url| url.host_str().map(str::to_owned));
        Ok(Self {
            server: server.build(),
            from,
            host: host.unwrap_or_default(),
        })
    }

    /// One mail. Where the server says for good that it can't be, it is not tried again; where it does not know us, that is
    /// no fault of the mail.
    pub(super) async fn send(
        &self,
        config: &Config,
        notification: &Notification,
        enterprise: &Enterprise,
    ) -> Heard {
        let Some(to) = &enterprise.contact_email else {
            return Heard::Nobody("the enterprise has no mail address any more");
        };
        let message = match self.message(config, notification, (enterprise, to)) {
            Ok(message) => message,
            Err(why) => return Heard::Refused(why),
        };
        match tokio::time::timeout(LONGEST, self.server.send(message)).await {
            Err(_late) => Heard::Nothing("the mail server is slow".to_owned()),
            Ok(Ok(_taken)) => Heard::Done,
            Ok(Err(error)) => {
                let said = status(&error);
                match error.status() {
                    Some(code) if error.is_permanent() && !is_about_us(code.into()) => {
                        Heard::Refused(said)
                    }
                    _ => Heard::Nothing(said),
                }
            }
        }
    }

    fn message(
        &self,
        config: &Config,
        notification: &Notification,
        (enterprise, to): (&Enterprise, &str),
    ) -> Result<Message, String> {
        let to: Address = to.parse().map_err(|e| format!("the address: {e}"))?;
        let mail = words::mail(config, notification, enterprise);
        let html = mail.html().map_err(|e| e.to_string())?;
        // The same in each attempt, so that a mailbox that gets it twice can tell.
        let id = format!("<{}@{}>", notification.id, self.host);
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject())
            .message_id(Some(id))
            .header(Automatic)
            .multipart(MultiPart::alternative_plain_html(mail.plain(), html))
            .map_err(|e| e.to_string())
    }
}

/// What is trusted: the machine's roots, and those of `outbound.ca_file`.
fn tls(email: &EmailConfig, config: &Config) -> Result<TlsParameters, NotOpened> {
    let mut parameters = TlsParameters::builder(email.host.clone());
    let file = &config.outbound.ca_file;
    if !file.as_os_str().is_empty() {
        let wrong = |why: String| NotOpened::new("outbound.ca_file", why);
        let pem = std::fs::read(file).map_err(|e| wrong(e.to_string()))?;
        let roots = Certificate::from_pem(&pem).map_err(|e| wrong(e.to_string()))?;
        parameters = parameters.add_root_certificate(roots);
    }
    parameters.build().map_err(|e| NotOpened::new(WAY, e))
}

/// Refusals that say that we may not send at all (RFC 4954 §6): an operator puts that right, and the mail goes out.
const fn is_about_us(code: u16) -> bool {
    matches!(code, 530 | 534 | 535 | 538)
}

/// What went wrong, without what the server quotes of the message.
fn status(error: &lettre::transport::smtp::Error) -> String {
    let Some(code) = error.status() else {
        return error.to_string();
    };
    let word = match code.severity {
        Severity::PermanentNegativeCompletion => "for good",
        _ => "for now",
    };
    format!("the mail server refuses it {word} ({code})")
}

/// `Auto-Submitted: auto-generated` (RFC 3834 §5): nobody's absence answers it.
#[derive(Clone)]
struct Automatic;

impl lettre::message::header::Header for Automatic {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
