//! The service and its ports.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::ops::RangeInclusive;
use std::time::Duration;

use super::{Finding, Repair, Topic};
use crate::service::PagePorts;

const PATIENCE: Duration = Duration::from_secs(1);

/// Where the service is.
#[derive(Clone, Debug)]
pub enum Service {
    /// It is this program, on this port; pages look for it there.
    Here(u16, PagePorts),
    /// It is looked for on these ports.
    LookedFor(RangeInclusive<u16>),
}

/// What is on a port.
enum Found {
    Nothing,
    Agent { version: String },
    Stranger,
}

/// The first port on which an agent answers, with its version.
pub fn find_agent(mut ports: RangeInclusive<u16>) -> Option<(u16, String)> {
    ports.find_map(|port| match look_at(port) {
        Found::Agent { version } => Some((port, version)),
        Found::Nothing | Found::Stranger => None,
    })
}

pub(super) fn findings(service: &Service) -> Vec<Finding> {
    match service {
        Service::Here(port, PagePorts::Range(range)) => {
            vec![own(*port, range), others(range.clone(), *port)]
        }
        Service::Here(port, PagePorts::Told) => vec![answers(*port)],
        Service::LookedFor(ports) => match find_agent(ports.clone()) {
            Some((port, version)) => vec![found(port, &version), others(ports.clone(), port)],
            None => vec![nowhere(ports), others(ports.clone(), 0)],
        },
    }
}

fn answers(port: u16) -> Finding {
    Finding::pass(Topic::Service, "check-service-answers")
        .with("port", port)
        .with("version", env!("CARGO_PKG_VERSION"))
}

fn own(port: u16, pages: &RangeInclusive<u16>) -> Finding {
    if pages.contains(&port) {
        return answers(port);
    }
    let repair = Repair::Words("repair-port");
    let outside = Finding::warn(Topic::Service, "check-service-outside", repair);
    with_range(outside, pages)
        .with("port", port)
        .with("free", free_port(pages))
}

fn found(port: u16, version: &str) -> Finding {
    let own = env!("CARGO_PKG_VERSION");
    let finding = if version == own {
        Finding::pass(Topic::Service, "check-service-answers")
    } else {
        let repair = Repair::Words("repair-restart");
        Finding::fail(Topic::Service, "check-service-version", repair).with("own", own)
    };
    finding.with("port", port).with("version", version)
}

fn nowhere(ports: &RangeInclusive<u16>) -> Finding {
    let finding = Finding::fail(
        Topic::Service,
        "check-service-none",
        Repair::Words("repair-start"),
    );
    with_range(finding, ports)
}

/// Other programs where pages look for this one.
fn others(ports: RangeInclusive<u16>, own: u16) -> Finding {
    for port in ports.clone().filter(|port| *port != own) {
        match look_at(port) {
            Found::Nothing => {}
            Found::Agent { version } => {
                let repair = Repair::Words("repair-other-agent");
                return Finding::warn(Topic::Ports, "check-ports-agent", repair)
                    .with("port", port)
                    .with("version", version);
            }
            Found::Stranger => {
                let repair = Repair::Words("repair-stranger");
                let finding = Finding::warn(Topic::Ports, "check-ports-stranger", repair);
                return finding.with("port", port).with("free", free_port(&ports));
            }
        }
    }
    with_range(Finding::pass(Topic::Ports, "check-ports-clear"), &ports)
}

fn with_range(finding: Finding, ports: &RangeInclusive<u16>) -> Finding {
    finding
        .with("first", ports.start())
        .with("last", ports.end())
}

/// A port that can be taken now; the first one if there is none.
fn free_port(ports: &RangeInclusive<u16>) -> u16 {
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    ports.clone().find(is_free).unwrap_or(*ports.start())
}

/// Asks `/healthz`, as pages cannot but programs may.
fn look_at(port: u16) -> Found {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(stream) = TcpStream::connect_timeout(&address, PATIENCE) else {
        return Found::Nothing;
    };
    version_of(stream, port).map_or(Found::Stranger, |version| Found::Agent { version })
}

fn version_of(mut stream: TcpStream, port: u16) -> Option<String> {
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    write!(
        stream,
        "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    let mut answer = String::new();
    stream.take(8192).read_to_string(&mut answer).ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    let health: serde_json::Value = serde_json::from_str(body).ok()?;
    // Agents tell the version of their window, other programs do not.
    health.get("protocol")?.as_u64()?;
    let version = health.get("version")?.as_str()?;
    let is_plain = version.len() <= 32 && version.bytes().all(|one| one.is_ascii_graphic());
    is_plain.then(|| version.to_owned())
}
