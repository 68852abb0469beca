//! A small provider that answers rightly, or wrongly in exactly the way a test asks for.
//!
//! Owns discovery, keys, authorization (which always says yes), token and userinfo. Does not know the
//! adapter: what it signs is put together by hand, so that it can sign what no library would.

#![allow(
    dead_code,
    reason = "each of the test programs that share this file uses a part of it"
)]

mod signing;

use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, http::StatusCode, web};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

pub use signing::Signature;
use signing::sign;

pub const CLIENT_ID: &str = "chifeng";
pub const CLIENT_SECRET: &str = "a secret: 100% of it";
pub const SUBJECT: &str = "enterprise-1";

/// What to do wrong. The default is nothing.
#[derive(Clone)]
pub struct Wrong {
    pub discovery: fn(&mut Value),
    pub header: fn(&mut Value),
    pub claims: fn(&mut Value),
    pub signature: Signature,
    pub answer: fn(&mut Value),
    /// In place of the token answer: status, content type, body.
    pub token: Option<(u16, &'static str, String)>,
    pub user_info: fn(&mut Value),
    pub user_info_answer: Option<(u16, &'static str, String)>,
    pub callback: fn(&mut Vec<(String, String)>),
}

impl Default for Wrong {
    fn default() -> Self {
        Self {
            discovery: |_| {},
            header: |_| {},
            claims: |_| {},
            signature: Signature::Es256,
            answer: |_| {},
            token: None,
            user_info: |_| {},
            user_info_answer: None,
            callback: |_| {},
        }
    }
}

struct Granted {
    nonce: Option<String>,
    challenge: String,
    redirect_uri: String,
}

/// `Authorization` and form.
type TokenRequest = (Option<String>, HashMap<String, String>);

struct Shared {
    issuer: String,
    wrong: Mutex<Wrong>,
    codes: Mutex<HashMap<String, Granted>>,
    token_requests: Mutex<Vec<TokenRequest>>,
    discoveries: AtomicUsize,
    other_key_published: Mutex<bool>,
}

/// The provider, on a port of its own until dropped.
pub struct FakeProvider {
    shared: Arc<Shared>,
    handle: ServerHandle,
}

impl FakeProvider {
    /// A provider that does `wrong`.
    pub fn start(wrong: Wrong) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self::start_on(listener, wrong)
    }

    pub fn start_on(listener: TcpListener, wrong: Wrong) -> Self {
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            issuer,
            wrong: Mutex::new(wrong),
            codes: Mutex::default(),
            token_requests: Mutex::default(),
            discoveries: AtomicUsize::new(0),
            other_key_published: Mutex::new(false),
        });
        let data = web::Data::from(Arc::clone(&shared));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .route(
                    "/.well-known/openid-configuration",
                    web::get().to(discovery),
                )
                .route("/jwks", web::get().to(jwks))
                .route("/oauth2/authorize", web::get().to(authorize))
                .route("/oauth2/token", web::post().to(token))
                .route("/oauth2/userinfo", web::get().to(user_info))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { shared, handle }
    }

    pub fn issuer(&self) -> &str {
        &self.shared.issuer
    }

    /// Does something else wrong from now on.
    pub fn change(&self, wrong: Wrong) {
        *self.shared.wrong.lock().unwrap() = wrong;
    }

    pub fn publish_other_key(&self) {
        *self.shared.other_key_published.lock().unwrap() = true;
    }

    /// How often discovery was asked for.
    pub fn discoveries(&self) -> usize {
        self.shared.discoveries.load(Ordering::SeqCst)
    }

    /// The last request to the token endpoint: `Authorization` and form.
    pub fn last_token_request(&self) -> TokenRequest {
        let requests = self.shared.token_requests.lock().unwrap();
        requests.last().unwrap().clone()
    }

    /// What a browser that follows `url` comes back with: the query of the callback.
    pub fn authorize(&self, url: &Url) -> String {
        grant(&self.shared, url.query().unwrap_or_default()).1
    }

    pub async fn stop(self) {
        self.handle.stop(false).await;
    }
}

/// Consents at once: the redirect URI and the query to come back with.
fn grant(shared: &Shared, query: &str) -> (String, String) {
    let asked: HashMap<_, _> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["response_type"], "code");
    let code = random();
    let redirect_uri = asked["redirect_uri"].clone();
    let granted = Granted {
        nonce: asked.get("nonce").cloned(),
        challenge: asked["code_challenge"].clone(),
        redirect_uri: redirect_uri.clone(),
    };
    shared.codes.lock().unwrap().insert(code.clone(), granted);
    let mut answer = vec![
        ("code".to_owned(), code),
        ("state".to_owned(), asked["state"].clone()),
        ("iss".to_owned(), shared.issuer.clone()),
    ];
    (shared.wrong.lock().unwrap().callback)(&mut answer);
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(answer)
        .finish();
    (redirect_uri, query)
}

async fn authorize(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    let (redirect_uri, query) = grant(&shared, request.query_string());
    HttpResponse::SeeOther()
        .insert_header(("Location", format!("{redirect_uri}?{query}")))
        .finish()
}

async fn discovery(shared: web::Data<Shared>) -> HttpResponse {
    shared.discoveries.fetch_add(1, Ordering::SeqCst);
    let issuer = &shared.issuer;
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/oauth2/authorize"),
        "token_endpoint": format!("{issuer}/oauth2/token"),
        "userinfo_endpoint": format!("{issuer}/oauth2/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    });
    (shared.wrong.lock().unwrap().discovery)(&mut document);
    HttpResponse::Ok().json(document)
}

async fn jwks(shared: web::Data<Shared>) -> HttpResponse {
    let mut keys = signing::published_keys();
    if *shared.other_key_published.lock().unwrap() {
        keys.push(signing::other_key());
    }
    HttpResponse::Ok().json(json!({ "keys": keys }))
}

async fn token(
    shared: web::Data<Shared>,
    request: HttpRequest,
    form: web::Form<HashMap<String, String>>,
) -> HttpResponse {
    let authorization =
        (request.headers().get("Authorization")).map(|value| value.to_str().unwrap().to_owned());
    let requests = &shared.token_requests;
    (requests.lock().unwrap()).push((authorization.clone(), form.0.clone()));
    let wrong = shared.wrong.lock().unwrap().clone();
    if let Some(answer) = wrong.token {
        return plain(answer);
    }
    let refuse = |error: &str| HttpResponse::BadRequest().json(json!({ "error": error }));
    if !is_client(authorization.as_deref(), &form) {
        return refuse("invalid_client");
    }
    let Some(granted) = shared.codes.lock().unwrap().remove(&form["code"]) else {
        return refuse("invalid_grant");
    };
    let challenge = b64(digest(&SHA256, form["code_verifier"].as_bytes()).as_ref());
    if granted.challenge != challenge || granted.redirect_uri != form["redirect_uri"] {
        return refuse("invalid_grant");
    }
    let access_token = random();
    let mut claims = json!({
        "iss": shared.issuer, "sub": SUBJECT, "aud": CLIENT_ID,
        "iat": now(), "exp": now() + 300, "auth_time": now() - 60,
        "nonce": granted.nonce, "sid": "session-1",
        "acr": "urn:yizhengtong:acr:key-lock", "amr": ["pop", "pin", "mfa"],
        "at_hash": b64(&digest(&SHA256, access_token.as_bytes()).as_ref()[..16]),
    });
    (wrong.claims)(&mut claims);
    let mut answer = json!({
        "access_token": access_token, "token_type": "Bearer", "expires_in": 300,
        "id_token": sign(&claims, wrong.signature, wrong.header),
    });
    (wrong.answer)(&mut answer);
    HttpResponse::Ok().json(answer)
}

fn is_client(authorization: Option<&str>, form: &HashMap<String, String>) -> bool {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let basic = format!("{}:{}", encode(CLIENT_ID), encode(CLIENT_SECRET));
    let basic = format!("Basic {}", BASE64_STANDARD.encode(basic));
    match authorization {
        Some(header) => header == basic,
        // Post, assertion and public clients are looked at by the tests themselves.
        None => form["client_id"] == CLIENT_ID,
    }
}

async fn user_info(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    let bearer = request.headers().get("Authorization");
    if !bearer.is_some_and(|it| it.to_str().unwrap().starts_with("Bearer ")) {
        return HttpResponse::Unauthorized().finish();
    }
    let wrong = shared.wrong.lock().unwrap().clone();
    if let Some(answer) = wrong.user_info_answer {
        return plain(answer);
    }
    let mut told = json!({
        "sub": SUBJECT,
        "name": "内蒙古示范建设有限公司", "credit_code": "91150100MA0N000005",
        "legal_representative": "巴特尔", "region_code": "150400",
        "subject_types": ["bidder", "supplier"],
        "certificate_issuer": "示范CA", "certificate_serial_number": "0A1B",
        "key_number": "1A100000000000A547FC", "media_number": "5303201712015217",
        "certificate_not_before": 1_767_225_600, "certificate_not_after": 1_830_297_600,
        "x5t#S256": "thumbprint", "lock_role": "primary",
        "phone_number": "0476-0000000", "address": { "formatted": "赤峰市新城区" },
    });
    (wrong.user_info)(&mut told);
    HttpResponse::Ok().json(told)
}

fn plain((status, content_type, body): (u16, &'static str, String)) -> HttpResponse {
    HttpResponse::build(StatusCode::from_u16(status).unwrap())
        .insert_header(("Location", "/elsewhere"))
        .content_type(content_type)
        .body(body)
}

fn random() -> String {
    let mut bytes = [0; 24];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    b64(&bytes)
}

fn b64(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Seconds since the Unix epoch.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}
