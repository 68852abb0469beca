//! What a connection tells of its other side, kept beside each of its requests.

use std::any::Any;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use rustls::pki_types::CertificateDer;

/// The certificates that the other side showed, its own first: it holds that one's key.
pub struct ShownChain(pub Vec<CertificateDer<'static>>);

/// Keeps what a new connection showed.
pub fn note(connection: &dyn Any, data: &mut Extensions) {
    let stream = connection.downcast_ref::<TlsStream<TcpStream>>();
    let shown = stream.and_then(|stream| stream.get_ref().1.peer_certificates());
    if let Some(chain) = shown {
        data.insert(ShownChain(
            chain.iter().map(|c| c.clone().into_owned()).collect(),
        ));
    }
}
