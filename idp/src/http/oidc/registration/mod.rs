//! Platforms register themselves: `POST /oauth2/register` (RFC 7591, `OpenID` Connect Registration 1.0), and manage their
//! registration: `GET`, `PUT`, `DELETE /oauth2/register/{client_id}` (RFC 7592). Mounted where the configuration says so.
//!
//! Nobody is answered without a token: the first by one that an operator issued, the others by the platform's own.

mod create;
mod manage;
mod read;
mod told;

use actix_web::web::{self, ServiceConfig};

use crate::http::routes;

/// Mounts them.
pub fn mount(app: &mut ServiceConfig) {
    app.service(web::resource(routes::REGISTER).post(create::register))
        .service(
            web::resource(routes::REGISTRATION)
                .get(manage::show)
                .put(manage::replace)
                .delete(manage::give_up),
        );
}
