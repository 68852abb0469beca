//! Which listener a request came by. The one that asks for certificates serves what discovery names there alone (RFC 8705 §5): a page there
//! would make browsers ask people for one.

use std::net::SocketAddr;

use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;

use super::routes;

/// Addresses of the listeners that ask for certificates.
pub struct ForPrograms(pub Vec<SocketAddr>);

/// The answer to a request for something that its listener does not serve; `None`: it does.
pub fn refuse_elsewhere(request: &ServiceRequest) -> Option<HttpResponse> {
    let by = request.app_config().local_addr();
    let for_programs = request.app_data::<ForPrograms>();
    let is_for_programs = for_programs.is_some_and(|ForPrograms(all)| all.contains(&by));
    let is_closed = is_for_programs && !routes::takes_certificates(request.path());
    is_closed.then(|| HttpResponse::NotFound().finish())
}
