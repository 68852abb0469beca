//! Discovery and JWKS. The document is generated from what the handlers and flows say they can do, once,
//! and served as octets.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use idp_core::authorization::{Assurance, ResponseMode};
use idp_core::platform::{ClientAlgorithm, ContentEncryption, KeyEncryption};
use idp_core::token::GrantType;
use idp_core::token::client_authentication::{ASSERTION_ALGORITHMS, CERTIFICATE_METHODS, METHODS};
use idp_core::token::operator_grant::OperatorGrant;
use protocol::metadata::{MtlsEndpointAliases, ProviderMetadata};
use protocol::scope::{STANDARD_SCOPES, Scope, ScopeSet};

use super::cors;
use crate::config::Config;
use crate::http::routes;
use crate::state::AppState;
use crate::view::Locale;

/// The document of a provider.
pub fn document(config: &Config) -> ProviderMetadata {
    let issuer = &config.issuer;
    let at = |path: &str| format!("{issuer}{path}");
    let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    let methods = methods(config);
    let confidential = methods.iter().filter(|method| *method != "none").cloned();
    let claims = [
        "iss",
        "aud",
        "exp",
        "iat",
        "auth_time",
        "nonce",
        "acr",
        "amr",
        "sid",
        "at_hash",
    ];
    let signing = config.signing_algorithms().into_iter();
    let signing: Vec<String> = signing.map(|a| a.as_str().to_owned()).collect();
    ProviderMetadata {
        issuer: issuer.clone(),
        authorization_endpoint: at(routes::AUTHORIZE),
        token_endpoint: at(routes::TOKEN),
        pushed_authorization_request_endpoint: at(routes::PAR),
        userinfo_endpoint: at(routes::USERINFO),
        introspection_endpoint: at(routes::INTROSPECT),
        revocation_endpoint: at(routes::REVOKE),
        end_session_endpoint: at(routes::END_SESSION),
        registration_endpoint: (config.registration.enabled).then(|| at(routes::REGISTER)),
        jwks_uri: at(routes::JWKS),
        scopes_supported: Scope::ALL
            .map(Scope::as_str)
            .into_iter()
            .chain(STANDARD_SCOPES.map(|(scope, _)| scope))
            .map(str::to_owned)
            .collect(),
        response_types_supported: words(&["code"]),
        response_modes_supported: ResponseMode::ALL.map(|m| m.as_str().to_owned()).to_vec(),
        grant_types_supported: grant_types(config),
        acr_values_supported: Assurance::ALL.map(|a| a.as_str().to_owned()).to_vec(),
        subject_types_supported: words(&["public", "pairwise"]),
        id_token_signing_alg_values_supported: signing.clone(),
        id_token_encryption_alg_values_supported: KeyEncryption::ALL
            .map(|a| a.as_str().to_owned())
            .to_vec(),
        id_token_encryption_enc_values_supported: ContentEncryption::ALL
            .map(|e| e.as_str().to_owned())
            .to_vec(),
        userinfo_signing_alg_values_supported: signing.clone(),
        token_endpoint_auth_methods_supported: methods.clone(),
        token_endpoint_auth_signing_alg_values_supported: words(&ASSERTION_ALGORITHMS),
        introspection_endpoint_auth_methods_supported: confidential.collect(),
        introspection_endpoint_auth_signing_alg_values_supported: words(&ASSERTION_ALGORITHMS),
        introspection_signing_alg_values_supported: signing.clone(),
        revocation_endpoint_auth_methods_supported: methods,
        revocation_endpoint_auth_signing_alg_values_supported: words(&ASSERTION_ALGORITHMS),
        dpop_signing_alg_values_supported: idp_core::dpop::ALGORITHMS
            .map(|a| a.as_str().to_owned())
            .to_vec(),
        code_challenge_methods_supported: words(&["S256"]),
        claim_types_supported: words(&["normal"]),
        claims_supported: ScopeSet::all()
            .claims()
            .chain(claims)
            .map(str::to_owned)
            .collect(),
        ui_locales_supported: Locale::ALL.map(|l| l.tag().to_owned()).to_vec(),
        prompt_values_supported: words(&["none", "login", "consent", "select_account"]),
        claims_parameter_supported: true,
        request_parameter_supported: true,
        request_uri_parameter_supported: true,
        require_request_uri_registration: true,
        request_object_signing_alg_values_supported: ClientAlgorithm::ALL
            .map(|a| a.as_str().to_owned())
            .to_vec(),
        // Each platform's own registration may require either.
        require_pushed_authorization_requests: false,
        require_signed_request_object: false,
        authorization_response_iss_parameter_supported: true,
        tls_client_certificate_bound_access_tokens: config.tls.takes_certificates(),
        mtls_endpoint_aliases: config.mtls_origin().as_deref().map(aliases),
        backchannel_logout_supported: true,
        backchannel_logout_session_supported: true,
        service_documentation: None,
    }
}

/// Operators' own where there is an admin API.
fn grant_types(config: &Config) -> Vec<String> {
    let operators = OperatorGrant::ALL.map(OperatorGrant::as_str).into_iter();
    let operators = operators.filter(|_| config.api.enabled);
    let platforms = GrantType::ALL.map(GrantType::as_str).into_iter();
    platforms.chain(operators).map(str::to_owned).collect()
}

/// How clients may prove themselves: by a certificate where one can be shown, and by a CA's where one is trusted.
fn methods(config: &Config) -> Vec<String> {
    let [issued, own] = CERTIFICATE_METHODS;
    let issued = (!config.tls.client_ca_file.as_os_str().is_empty()).then_some(issued);
    let by_certificate = issued.into_iter().chain([own]);
    let by_certificate = by_certificate.filter(|_| config.tls.takes_certificates());
    let all = METHODS.into_iter().chain(by_certificate);
    all.map(str::to_owned).collect()
}

/// The same endpoints where certificates are asked for.
fn aliases(origin: &str) -> MtlsEndpointAliases {
    let at = |path: &str| format!("{origin}{path}");
    MtlsEndpointAliases {
        token_endpoint: at(routes::TOKEN),
        pushed_authorization_request_endpoint: at(routes::PAR),
        userinfo_endpoint: at(routes::USERINFO),
        introspection_endpoint: at(routes::INTROSPECT),
        revocation_endpoint: at(routes::REVOKE),
    }
}

/// `GET /.well-known/openid-configuration`
pub async fn metadata(state: web::Data<AppState>) -> HttpResponse {
    json(state.discovery.to_string(), "public, max-age=3600")
}

/// `GET /oauth2/jwks`
pub async fn jwks(state: web::Data<AppState>) -> HttpResponse {
    // Shorter than a successor is published before it signs.
    json(state.keys.jwks().to_string(), "public, max-age=900")
}

/// `GET /oauth2/openapi.json`
pub async fn description() -> HttpResponse {
    json(include_str!("openapi.json"), "public, max-age=3600")
}

fn json(body: impl Into<String>, cache: &'static str) -> HttpResponse {
    cors::open(&mut HttpResponse::Ok())
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::CACHE_CONTROL, cache))
        .body(body.into())
}
