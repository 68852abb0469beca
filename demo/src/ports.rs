//! Which ports are used.
//!
//! Owns the order of preference: what was asked for, what the last start used, the usual one, any free one. A port is
//! taken at once and kept, so that nobody comes between. Does not know what listens there.

use std::net::{Ipv4Addr, TcpListener};

use crate::error::DemoError;
use crate::settings::PortChoice;

/// A part of the demonstration that listens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// In messages.
    pub(crate) name: &'static str,
    /// The option that names its port.
    pub(crate) option: &'static str,
    /// Its usual port.
    pub(crate) usual: u16,
}

pub(crate) const PROVIDER: Part = Part {
    name: "identity provider",
    option: "--port",
    usual: 8600,
};
pub(crate) const CHIFENG: Part = Part {
    name: "platform 赤峰",
    option: "--chifeng-port",
    usual: 8601,
};
pub(crate) const HOHHOT: Part = Part {
    name: "platform 呼和浩特",
    option: "--hohhot-port",
    usual: 8602,
};

/// Takes a port. `remembered` is 0 if there was none.
pub(crate) fn take(
    part: Part,
    choice: PortChoice,
    remembered: u16,
) -> Result<TcpListener, DemoError> {
    let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let no_port = |source| DemoError::NoPort {
        part: part.name,
        source,
    };
    match choice {
        PortChoice::Exactly(wanted) => bind(wanted).map_err(|source| DemoError::PortTaken {
            part: part.name,
            port: wanted,
            option: part.option,
            source,
        }),
        PortChoice::Any => bind(0).map_err(no_port),
        PortChoice::Usual => {
            let preferred = if remembered == 0 {
                part.usual
            } else {
                remembered
            };
            bind(preferred)
                .or_else(|taken| {
                    let (part, option) = (part.name, part.option);
                    tracing::warn!("port {preferred} of the {part} is not free ({taken}); another one is used. {option} names one");
                    bind(0)
                })
                .map_err(no_port)
        }
    }
}

/// The port a listener has.
pub(crate) fn of(listener: &TcpListener, part: Part) -> Result<u16, DemoError> {
    listener
        .local_addr()
        .map(|address| address.port())
        .map_err(|source| DemoError::NoPort {
            part: part.name,
            source,
        })
}

/// The origin of a port of this computer.
pub(crate) fn origin(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}
