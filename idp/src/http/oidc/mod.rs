//! The endpoints that platforms use (`OpenID` Connect Core, RFC 6749). One file an endpoint.

pub mod answer;
mod authorize;
mod cors;
mod discovery;
mod end_session;
mod par;
mod receipt;
mod registration;
mod token;
mod token_status;
mod userinfo;

use actix_web::web::{self, ServiceConfig};

use super::routes;

pub use cors::{Origins, open_to_registered};
pub use discovery::document;
pub use registration::mount as mount_registration;

/// Mounts them.
pub fn mount(app: &mut ServiceConfig) {
    app.service(web::resource(routes::OPENID_CONFIGURATION).get(discovery::metadata))
        .service(web::resource(routes::AUTHORIZATION_SERVER).get(discovery::metadata))
        .service(web::resource(routes::JWKS).get(discovery::jwks))
        .service(web::resource(routes::OPENAPI).get(discovery::description))
        .service(
            web::resource(routes::AUTHORIZE)
                .get(authorize::by_query)
                .post(authorize::by_form),
        )
        .service(
            web::resource(routes::END_SESSION)
                .get(end_session::by_query)
                .post(end_session::by_form),
        )
        .service(
            web::resource(routes::PAR)
                .post(par::push)
                .route(web::method(actix_web::http::Method::OPTIONS).to(cors::preflight)),
        )
        .service(web::resource(routes::RECEIPT_OF).post(receipt::one))
        .service(web::resource(routes::RECEIPTS).post(receipt::list))
        .service(web::resource(routes::INTROSPECT).post(token_status::look))
        .service(
            web::resource(routes::REVOKE)
                .post(token_status::give_up)
                .route(web::method(actix_web::http::Method::OPTIONS).to(cors::preflight)),
        )
        .service(
            web::resource(routes::TOKEN)
                .post(token::token)
                .route(web::method(actix_web::http::Method::OPTIONS).to(cors::preflight)),
        )
        .service(
            web::resource(routes::USERINFO)
                .get(userinfo::by_header)
                .post(userinfo::by_header_or_body)
                .route(web::method(actix_web::http::Method::OPTIONS).to(cors::preflight)),
        );
}
