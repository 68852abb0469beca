//! The ephemeral store on Redis (6.2 or later), shared by all processes.
//!
//! Each operation is one command or one script on one key, so each is atomic and works on a cluster
//! too. Expiry is the server's. A connection that broke is made anew in the background; until then,
//! and when the server does not answer in time, the store is unavailable. Whether an operation that
//! timed out took place is not known: a take or a spend is then lost, which fails closed.
//!
//! Key: `yzt:kind:id`. Value: one octet that tells whether the record was spent, then the record.

use std::sync::Arc;
use std::time::Duration;

use idp_core::ephemeral::{EphemeralError, Spent};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, FromRedisValue, Script, TlsCertificates};

use crate::database::settings::OpenError;

/// A server that does not answer within this is away.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Attempts of one reconnection; the next operation begins another.
const RETRIES: usize = 3;

/// First octet of a record that nobody spent.
const FRESH: u8 = b'f';

/// First octet of a record that somebody spent.
const SPENT: u8 = b's';

/// Answers what stood there, first octet included, and marks it; SETRANGE leaves the lifetime.
const SPEND: &str = "local stood = redis.call('GET', KEYS[1]) \
    if stood and string.sub(stood, 1, 1) == 'f' then redis.call('SETRANGE', KEYS[1], 0, 's') end \
    return stood";

/// The window begins with the first count and later ones do not move it.
const COUNT: &str = "local count = redis.call('INCR', KEYS[1]) \
    if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end \
    return count";

/// The store. Cloning gives the same one.
#[derive(Clone)]
pub struct Redis {
    connection: ConnectionManager,
    spend: Arc<Script>,
    count: Arc<Script>,
}

impl Redis {
    pub(super) async fn open(url: &str) -> Result<Self, OpenError> {
        // For rediss://; it fails when the process has a provider already, which is as good.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = client(url)?;
        let config = ConnectionManagerConfig::new()
            .set_response_timeout(Some(RESPONSE_TIMEOUT))
            .set_connection_timeout(Some(RESPONSE_TIMEOUT))
            .set_number_of_retries(RETRIES);
        let connection = ConnectionManager::new_with_config(client, config)
            .await
            .map_err(|error| OpenError::Unreachable(error.to_string()))?;
        Ok(Self {
            connection,
            spend: Arc::new(Script::new(SPEND)),
            count: Arc::new(Script::new(COUNT)),
        })
    }

    pub(super) async fn ping(&self) -> Result<(), EphemeralError> {
        self.query::<String>(&redis::cmd("PING")).await.map(drop)
    }

    pub(super) async fn put(
        &self,
        kind: &'static str,
        id: &str,
        value: Vec<u8>,
        lifetime: Duration,
    ) -> Result<(), EphemeralError> {
        self.query(
            command("SET", kind, id)
                .arg(record(&value))
                .arg("PX")
                .arg(millis(lifetime)),
        )
        .await
    }

    pub(super) async fn put_if_absent(
        &self,
        kind: &'static str,
        id: &str,
        value: Vec<u8>,
        lifetime: Duration,
    ) -> Result<bool, EphemeralError> {
        let mut set = command("SET", kind, id);
        set.arg(record(&value))
            .arg("NX")
            .arg("PX")
            .arg(millis(lifetime));
        let stored: Option<String> = self.query(&set).await?;
        Ok(stored.is_some())
    }

    pub(super) async fn find(
        &self,
        kind: &'static str,
        id: &str,
    ) -> Result<Option<Vec<u8>>, EphemeralError> {
        self.find_value(kind, &command("GET", kind, id)).await
    }

    pub(super) async fn find_extending(
        &self,
        kind: &'static str,
        id: &str,
        lifetime: Duration,
    ) -> Result<Option<Vec<u8>>, EphemeralError> {
        let mut find = command("GETEX", kind, id);
        find.arg("PX").arg(millis(lifetime));
        self.find_value(kind, &find).await
    }

    pub(super) async fn take(
        &self,
        kind: &'static str,
        id: &str,
    ) -> Result<Option<Vec<u8>>, EphemeralError> {
        self.find_value(kind, &command("GETDEL", kind, id)).await
    }

    pub(super) async fn spend(
        &self,
        kind: &'static str,
        id: &str,
    ) -> Result<Spent<Vec<u8>>, EphemeralError> {
        let stood: Option<Vec<u8>> = self
            .spend
            .key(key(kind, id))
            .invoke_async(&mut self.connection.clone())
            .await
            .map_err(unavailable)?;
        let Some((state, value)) = stood.as_deref().and_then(<[u8]>::split_first) else {
            return Ok(Spent::Unknown);
        };
        match *state {
            FRESH => Ok(Spent::Won(value.to_vec())),
            SPENT => Ok(Spent::Before(value.to_vec())),
            _ => Err(EphemeralError::ImpossibleRecord(kind)),
        }
    }

    pub(super) async fn count(
        &self,
        kind: &'static str,
        id: &str,
        window: Duration,
    ) -> Result<u64, EphemeralError> {
        self.count
            .key(key(kind, id))
            .arg(millis(window))
            .invoke_async(&mut self.connection.clone())
            .await
            .map_err(unavailable)
    }

    async fn find_value(
        &self,
        kind: &'static str,
        command: &Cmd,
    ) -> Result<Option<Vec<u8>>, EphemeralError> {
        let stored: Option<Vec<u8>> = self.query(command).await?;
        value(kind, stored.as_deref())
    }

    async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, EphemeralError> {
        command
            .query_async(&mut self.connection.clone())
            .await
            .map_err(unavailable)
    }
}

/// As with the database's URL, `sslrootcert` names the file of roots to trust; without it the
/// operating system's are.
fn client(url: &str) -> Result<Client, OpenError> {
    let unusable = |error: &dyn std::fmt::Display| OpenError::Url(error.to_string());
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let mut roots = None;
    let mut rest = url::form_urlencoded::Serializer::new(String::new());
    for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match &*key {
            "sslrootcert" => roots = Some(value.into_owned()),
            _ => drop(rest.append_pair(&key, &value)),
        }
    }
    let Some(roots) = roots else {
        return Client::open(url).map_err(|error| unusable(&error));
    };
    let certificates = TlsCertificates {
        client_tls: None,
        root_cert: Some(
            std::fs::read(&roots).map_err(|e| OpenError::Roots(format!("{roots}: {e}")))?,
        ),
    };
    Client::build_with_tls(format!("{base}?{}", rest.finish()), certificates)
        .map_err(|error| unusable(&error))
}

fn key(kind: &str, id: &str) -> String {
    format!("yzt:{kind}:{id}")
}

fn command(name: &str, kind: &str, id: &str) -> Cmd {
    let mut command = redis::cmd(name);
    command.arg(key(kind, id));
    command
}

fn record(value: &[u8]) -> Vec<u8> {
    let mut record = Vec::with_capacity(value.len() + 1);
    record.push(FRESH);
    record.extend_from_slice(value);
    record
}

/// The record in a stored value; `None` for a spent one as for nothing.
fn value(kind: &'static str, stored: Option<&[u8]>) -> Result<Option<Vec<u8>>, EphemeralError> {
    match stored.map(<[u8]>::split_first) {
        None | Some(Some((&SPENT, _))) => Ok(None),
        Some(Some((&FRESH, value))) => Ok(Some(value.to_vec())),
        Some(_) => Err(EphemeralError::ImpossibleRecord(kind)),
    }
}

fn millis(lifetime: Duration) -> u64 {
    u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "stands as map_err's function"
)]
fn unavailable(error: redis::RedisError) -> EphemeralError {
    EphemeralError::Unavailable(error.to_string())
}
