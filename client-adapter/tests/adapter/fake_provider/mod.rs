//! A small provider that answers rightly, or wrongly in exactly the way a test asks for.
//!
//! Owns discovery, keys, authorization (which always says yes), token and userinfo. Does not know the
//! adapter: what it signs is put together by hand, so that it can sign what no library would.

#![allow(
    dead_code,
    reason = "each of the test programs that share this file uses a part of it"
)]

mod signing;
mod token;

use std::collections::{HashMap, HashSet};
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, http::StatusCode, web};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::sync::watch;
use url::{Url, form_urlencoded};

pub use signing::Signature;

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
    /// In place of the answer to a pushed request.
    pub push_answer: Option<(u16, &'static str, String)>,
    /// Nonce that proofs must hold (RFC 9449 §8).
    pub nonce: Option<&'static str>,
    /// Whether refresh tokens are issued.
    pub refreshes: bool,
    /// Claims of refreshed ID tokens.
    pub refreshed: fn(&mut Value),
    /// How long an answer of the token endpoint is on its way, after everything was done there.
    pub token_takes: Duration,
    /// The same at userinfo.
    pub user_info_takes: Duration,
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
            push_answer: None,
            nonce: None,
            refreshes: false,
            refreshed: |_| {},
            token_takes: Duration::ZERO,
            user_info_takes: Duration::ZERO,
        }
    }
}

struct Granted {
    nonce: Option<String>,
    challenge: String,
    redirect_uri: String,
}

/// A request that came to one of the endpoints for programs.
#[derive(Clone, Debug)]
pub struct Seen {
    pub path: String,
    pub authorization: Option<String>,
    pub proof: Option<String>,
    pub form: HashMap<String, String>,
}

/// `Authorization` and form.
type TokenRequest = (Option<String>, HashMap<String, String>);

struct Shared {
    issuer: String,
    auth_time: i64,
    wrong: Mutex<Wrong>,
    codes: Mutex<HashMap<String, Granted>>,
    seen: Mutex<Vec<Seen>>,
    /// Pushed requests by their name.
    pushed: Mutex<HashMap<String, String>>,
    /// Refresh tokens that were not used.
    refresh_tokens: Mutex<HashSet<String>>,
    /// How often a refresh token came that was used before.
    reuses: AtomicUsize,
    /// So many answers to a refresh are lost on their way; who asks again is given the same.
    to_lose: AtomicUsize,
    /// Whether a lost answer begins and never ends; else its connection breaks.
    stalls: AtomicBool,
    lost: Mutex<HashMap<String, Value>>,
    /// Whether answers of the token endpoint are on their way until they are let go.
    held: watch::Sender<bool>,
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
            auth_time: now() - 60,
            wrong: Mutex::new(wrong),
            codes: Mutex::default(),
            seen: Mutex::default(),
            pushed: Mutex::default(),
            refresh_tokens: Mutex::default(),
            reuses: AtomicUsize::new(0),
            to_lose: AtomicUsize::new(0),
            stalls: AtomicBool::new(false),
            held: watch::Sender::new(false),
            lost: Mutex::default(),
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
                .route("/oauth2/par", web::post().to(push))
                .route("/oauth2/token", web::post().to(token::token))
                .route("/oauth2/userinfo", web::get().to(user_info))
                .route("/oauth2/logout", web::get().to(log_out))
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

    /// Loses the next answers to a refresh: the connection breaks.
    pub fn lose_answers(&self, count: usize) {
        self.shared.stalls.store(false, Ordering::SeqCst);
        self.shared.to_lose.store(count, Ordering::SeqCst);
    }

    /// Loses the next answers to a refresh: they never end.
    pub fn stall_answers(&self, count: usize) {
        self.shared.stalls.store(true, Ordering::SeqCst);
        self.shared.to_lose.store(count, Ordering::SeqCst);
    }

    /// Does everything at the token endpoint, and holds the answers back.
    pub fn hold_answers(&self) {
        self.shared.held.send_replace(true);
    }

    /// Lets them go.
    pub fn let_answers_go(&self) {
        self.shared.held.send_replace(false);
    }

    /// Waits until so many requests came to an endpoint.
    pub async fn has_seen(&self, path: &str, count: usize) {
        for _ in 0..2000 {
            if self.seen(path).len() >= count {
                return;
            }
            actix_web::rt::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{path} was asked {} times", self.seen(path).len());
    }

    /// How often a refresh token came that was used before, or was never issued.
    pub fn reuses(&self) -> usize {
        self.shared.reuses.load(Ordering::SeqCst)
    }

    /// The last request to the token endpoint: `Authorization` and form.
    pub fn last_token_request(&self) -> TokenRequest {
        let seen = self.seen("/oauth2/token");
        let last = seen.last().unwrap().clone();
        (last.authorization, last.form)
    }

    /// What came to an endpoint, in order.
    pub fn seen(&self, path: &str) -> Vec<Seen> {
        let seen = self.shared.seen.lock().unwrap();
        let of_path = seen.iter().filter(|it| it.path == path);
        of_path.cloned().collect()
    }

    /// The form that tells of a logout, wrong as a test wants it.
    pub fn logout_notice(
        &self,
        signature: Signature,
        header: fn(&mut Value),
        claims: fn(&mut Value),
    ) -> String {
        let mut told = json!({
            "iss": self.shared.issuer, "aud": CLIENT_ID, "iat": now(), "exp": now() + 120,
            "jti": random(), "sub": SUBJECT, "sid": "session-1",
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        });
        claims(&mut told);
        let token = signing::sign_as("logout+jwt", &told, signature, header);
        form_urlencoded::Serializer::new(String::new())
            .append_pair("logout_token", &token)
            .finish()
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
    let mut asked = read(query);
    if let Some(name) = asked.get("request_uri") {
        assert_eq!(asked.len(), 2, "{query}");
        asked = read(&shared.pushed.lock().unwrap().remove(name).unwrap());
    }
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

fn read(query: &str) -> HashMap<String, String> {
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// Notes what came; answers it.
fn see(shared: &Shared, request: &HttpRequest, body: &str) -> Seen {
    let header = |name| {
        let value = request.headers().get(name);
        value.map(|value| value.to_str().unwrap().to_owned())
    };
    let seen = Seen {
        path: request.path().to_owned(),
        authorization: header("Authorization"),
        proof: header("DPoP"),
        form: read(body),
    };
    shared.seen.lock().unwrap().push(seen.clone());
    seen
}

async fn push(shared: web::Data<Shared>, request: HttpRequest, body: String) -> HttpResponse {
    see(&shared, &request, &body);
    if let Some(answer) = shared.wrong.lock().unwrap().push_answer.clone() {
        return plain(answer);
    }
    let name = format!("urn:ietf:params:oauth:request_uri:{}", random());
    (shared.pushed.lock().unwrap()).insert(name.clone(), body);
    HttpResponse::Created().json(json!({ "request_uri": name, "expires_in": 60 }))
}

async fn authorize(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    let (redirect_uri, query) = grant(&shared, request.query_string());
    HttpResponse::SeeOther()
        .insert_header(("Location", format!("{redirect_uri}?{query}")))
        .finish()
}

/// Notes it, and sends the browser back.
async fn log_out(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    let seen = see(&shared, &request, request.query_string());
    HttpResponse::SeeOther()
        .insert_header(("Location", seen.form["post_logout_redirect_uri"].clone()))
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
        "pushed_authorization_request_endpoint": format!("{issuer}/oauth2/par"),
        "end_session_endpoint": format!("{issuer}/oauth2/logout"),
        "dpop_signing_alg_values_supported": ["ES256"],
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

async fn user_info(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    let seen = see(&shared, &request, "");
    let wrong = shared.wrong.lock().unwrap().clone();
    let scheme = if seen.proof.is_some() {
        "DPoP "
    } else {
        "Bearer "
    };
    if !(seen.authorization.as_ref()).is_some_and(|it| it.starts_with(scheme)) {
        return HttpResponse::Unauthorized().finish();
    }
    if token::lacks_nonce(&wrong, &seen) {
        return HttpResponse::Unauthorized()
            .insert_header(("DPoP-Nonce", wrong.nonce.unwrap()))
            .insert_header(("WWW-Authenticate", "DPoP error=\"use_dpop_nonce\""))
            .finish();
    }
    actix_web::rt::time::sleep(wrong.user_info_takes).await;
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
