//! From the registration to metadata: everything a platform may be told of itself, defaults spelled out. Secrets and what an
//! operator keeps to himself are no part of it.

use protocol::registration::ClientMetadata;

use crate::platform::{
    Client, ClientAlgorithm, ClientAuthentication, ClientKeys, JwsAlgorithm, Platform,
    SenderConstraint, SubjectType, TlsSubject,
};

/// The metadata of a platform; `None`: it has no client registration.
pub fn of_platform(platform: &Platform) -> Option<ClientMetadata> {
    let client = platform.client.as_ref()?;
    Some(ClientMetadata {
        client_name: Some(platform.name_zh.clone()),
        client_name_zh: Some(platform.name_zh.clone()),
        client_name_en: Some(platform.name_en.clone()),
        ..of_client(client)
    })
}

/// The metadata that [`super::client_of`] reads as this registration.
fn of_client(client: &Client) -> ClientMetadata {
    let (requests, tokens, logout) = (&client.requests, &client.tokens, &client.logout);
    let (shown, said) = (&client.presentation, &client.particulars);
    let (jwks, jwks_uri) = match client.keys.clone() {
        None => (None, None),
        Some(ClientKeys::Jwks(jwks)) => (Some(jwks), None),
        Some(ClientKeys::JwksUri(uri)) => (None, Some(uri)),
    };
    let encryption = tokens.id_token_encryption.as_ref();
    let metadata = ClientMetadata {
        redirect_uris: client.redirect_uris.clone(),
        application_type: Some(if requests.native { "native" } else { "web" }.to_owned()),
        token_endpoint_auth_method: Some(method(client).to_owned()),
        grant_types: Some(grant_types(client)),
        response_types: Some(vec!["code".to_owned()]),
        scope: Some(client.scopes.to_string()),
        jwks,
        jwks_uri,
        contacts: (!said.contacts.is_empty()).then(|| said.contacts.clone()),
        software_id: said.software_id.clone(),
        software_version: said.software_version.clone(),
        client_uri: shown.client_uri.clone(),
        logo_uri: shown.logo_uri.clone(),
        policy_uri: shown.policy_uri.clone(),
        tos_uri: shown.tos_uri.clone(),
        initiate_login_uri: client.initiate_login_uri.clone(),
        subject_type: Some(
            match tokens.subject_type {
                SubjectType::Public => "public",
                SubjectType::Pairwise { .. } => "pairwise",
            }
            .to_owned(),
        ),
        sector_identifier_uri: said.sector_identifier_uri.clone(),
        id_token_signed_response_alg: Some(client.id_token_alg.as_str().to_owned()),
        id_token_encrypted_response_alg: encryption
            .map(|encryption| encryption.alg.as_str().to_owned()),
        id_token_encrypted_response_enc: encryption
            .map(|encryption| encryption.enc.as_str().to_owned()),
        userinfo_signed_response_alg: tokens
            .userinfo_alg
            .map(JwsAlgorithm::as_str)
            .map(str::to_owned),
        request_object_signing_alg: requests
            .object_alg
            .map(ClientAlgorithm::as_str)
            .map(str::to_owned),
        request_uris: requests.request_uris.clone(),
        default_max_age: requests.default_max_age,
        default_acr_values: requests.default_acr_values.clone(),
        post_logout_redirect_uris: logout.post_logout_redirect_uris.clone(),
        backchannel_logout_uri: logout.backchannel_uri.clone(),
        backchannel_logout_session_required: Some(logout.backchannel_session_required),
        require_pushed_authorization_requests: Some(client.must_push()),
        require_signed_request_object: Some(requests.signed_only),
        dpop_bound_access_tokens: Some(tokens.sender_constraint == SenderConstraint::Dpop),
        tls_client_certificate_bound_access_tokens: Some(
            tokens.sender_constraint == SenderConstraint::Mtls,
        ),
        ..ClientMetadata::default()
    };
    match &client.authentication {
        ClientAuthentication::TlsClientAuth { subject } => with_subject(metadata, subject),
        _ => metadata,
    }
}

const fn method(client: &Client) -> &'static str {
    match client.authentication {
        ClientAuthentication::None => "none",
        ClientAuthentication::ClientSecret { .. } if client.particulars.secret_by_post => {
            "client_secret_post"
        }
        ClientAuthentication::ClientSecret { .. } => "client_secret_basic",
        ClientAuthentication::PrivateKeyJwt => "private_key_jwt",
        ClientAuthentication::TlsClientAuth { .. } => "tls_client_auth",
        ClientAuthentication::SelfSignedTlsClientAuth => "self_signed_tls_client_auth",
    }
}

fn grant_types(client: &Client) -> Vec<String> {
    [
        ("authorization_code", true),
        ("refresh_token", client.tokens.refresh),
        ("client_credentials", client.tokens.client_credentials),
    ]
    .into_iter()
    .filter(|(_, has)| *has)
    .map(|(grant_type, _)| grant_type.to_owned())
    .collect()
}

fn with_subject(metadata: ClientMetadata, subject: &TlsSubject) -> ClientMetadata {
    let mut metadata = metadata;
    let (member, text) = match subject {
        TlsSubject::Dn(text) => (&mut metadata.tls_client_auth_subject_dn, text.clone()),
        TlsSubject::SanDns(text) => (&mut metadata.tls_client_auth_san_dns, text.clone()),
        TlsSubject::SanUri(text) => (&mut metadata.tls_client_auth_san_uri, text.clone()),
        TlsSubject::SanIp(address) => (&mut metadata.tls_client_auth_san_ip, address.to_string()),
        TlsSubject::SanEmail(text) => (&mut metadata.tls_client_auth_san_email, text.clone()),
    };
    *member = Some(text);
    metadata
}
