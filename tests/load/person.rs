//! One person with a browser and a lock, and the platform behind the redirect. Every answer is checked:
//! a figure for wrong answers is worth nothing.

mod calls;

use std::sync::Arc;
use std::time::{Duration, Instant};

use protocol::challenge::{ChallengeText, Purpose};
use serde::Deserialize;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::Fault;
use crate::connection::{Answer, Connection, Request};
use crate::html;
use crate::locks::Lock;
use crate::operation::Operation;
use crate::platform::{Platform, REDIRECT_URI, Scene, Tokens, VERIFIER};

/// A token is used for this long at most; it lives 600 s.
const TOKEN_AGE: Duration = Duration::from_mins(4);

#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    credit_code: String,
}

/// One person.
pub struct Person {
    scene: Arc<Scene>,
    lock: Lock,
    connection: Connection,
    /// Name and value of the session cookie.
    cookie: String,
    /// The same of another browser of this person, in which nobody has signed in.
    stranger: String,
    access_token: String,
    refresh_token: String,
    token_since: Option<Instant>,
    asked: u64,
}

impl Person {
    /// A new one, known nowhere.
    pub async fn new(scene: &Arc<Scene>, lock: Lock) -> Result<Self, Fault> {
        Ok(Self {
            connection: Connection::open(scene.port).await?,
            scene: Arc::clone(scene),
            lock,
            cookie: String::new(),
            stranger: String::new(),
            access_token: String::new(),
            refresh_token: String::new(),
            token_since: None,
            asked: 0,
        })
    }

    /// Readies what the operation needs and is not part of it: a fresh connection, a fresh token.
    pub async fn prepare(&mut self, operation: Operation) -> Result<(), Fault> {
        let port = match operation {
            Operation::Bare => self.scene.bare_port,
            _ => self.scene.port,
        };
        self.connection = Connection::open(port).await?;
        let is_old = self
            .token_since
            .is_none_or(|since| since.elapsed() > TOKEN_AGE);
        let uses_tokens = matches!(
            operation,
            Operation::Userinfo | Operation::Introspect | Operation::Refresh
        );
        if uses_tokens && is_old {
            self.code_flow().await?;
        }
        Ok(())
    }

    /// Does it once.
    pub async fn perform(&mut self, operation: Operation) -> Result<(), Fault> {
        match operation {
            Operation::WholeLogin(_) => self.whole_login().await,
            Operation::CodeFlow => self.code_flow().await.map(drop),
            Operation::AuthorizeSilent => self.silent_code().await.map(drop),
            Operation::Userinfo => self.userinfo().await,
            Operation::Push => self.push().await,
            Operation::Refresh => self.refresh().await,
            Operation::ClientCredentials => self.own_token().await,
            Operation::Introspect => self.introspect().await,
            Operation::TokenRefusal => self.refused_token().await,
            Operation::Discovery => {
                self.same("/.well-known/openid-configuration", "jwks_uri")
                    .await
            }
            Operation::Jwks => self.same("/oauth2/jwks", "kid").await,
            Operation::Home => self.page("/", "id=\"main\"").await,
            Operation::LoginPage => self.login_page().await,
            Operation::Bare => self.same("/", "ok").await,
        }
    }

    /// Binds the lock's enterprise.
    pub async fn bind(&mut self) -> Result<(), Fault> {
        let page = self.open("/bind").await?.expect(200)?;
        let form = self.signed(page.text()?, Purpose::Bind)?;
        let form = Serializer::new(form)
            .append_pair("credit_code", &self.lock.credit_code)
            .append_pair("region_code", "150402")
            .append_pair("ca_platform", "chifeng")
            .append_pair("legal_representative", "其其格")
            .append_pair("phone", "0476-8881234")
            .append_pair("address", "赤峰市红山区钢铁街1号")
            .append_pair("subject_types", "bidder")
            .append_pair("subject_types", "supplier")
            .append_pair("binder_name", "巴特尔")
            .finish();
        let answer = self.post("/bind", &form).await?.expect(200)?;
        if answer.text()?.contains("id=\"bound\"") {
            Ok(())
        } else {
            Err("a lock was not bound".into())
        }
    }

    /// Signs in with a new session and lets the consent to the other platform stand.
    pub async fn sign_in_to_stay(&mut self) -> Result<(), Fault> {
        let scene = Arc::clone(&self.scene);
        self.arrive_by_lock(&scene.remembers).await.map(drop)
    }

    /// A whole login, tokens and data included.
    async fn whole_login(&mut self) -> Result<(), Fault> {
        let scene = Arc::clone(&self.scene);
        let kept = std::mem::take(&mut self.cookie);
        let code = self.arrive_by_lock(&scene.asks).await?;
        self.cookie = kept;
        let tokens = self.redeem(&scene.asks, &code).await?;
        self.read_data(&tokens.access_token).await
    }

    /// Request, challenge, proof, certificate page, consent: five pages and two redirects.
    async fn arrive_by_lock(&mut self, platform: &Platform) -> Result<String, Fault> {
        self.cookie.clear();
        let state = self.next_state();
        let answer = self
            .open(&format!("{}&state={state}", platform.authorize))
            .await?;
        let page = self.open(answer.redirect()?).await?.expect(200)?;
        let form = self.signed(page.text()?, Purpose::Login)?;
        let answer = self.post("/login", &form).await?;
        let page = self.open(answer.redirect()?).await?.expect(200)?;
        let enter = html::link(page.text()?, "enter-authorization")?;
        let page = self.open(&enter).await?.expect(200)?;
        let page = page.text()?;
        let form = Serializer::new(String::new())
            .append_pair("csrf_token", html::field(page, "csrf_token")?)
            .append_pair("consent", html::field(page, "consent")?)
            .append_pair("decision", "grant")
            .finish();
        let answer = self.post("/consent", &form).await?;
        self.code(answer.redirect()?, &state)
    }

    /// The code flow of a signed-in browser whose consent stands.
    pub async fn code_flow(&mut self) -> Result<Tokens, Fault> {
        let scene = Arc::clone(&self.scene);
        let code = self.silent_code().await?;
        let tokens = self.redeem(&scene.remembers, &code).await?;
        self.read_data(&tokens.access_token).await?;
        self.access_token.clone_from(&tokens.access_token);
        self.refresh_token = tokens.refresh_token.clone().unwrap_or_default();
        self.token_since = Some(Instant::now());
        Ok(tokens)
    }

    async fn silent_code(&mut self) -> Result<String, Fault> {
        let state = self.next_state();
        let path = format!("{}&state={state}", self.scene.remembers.authorize);
        let answer = self.open(&path).await?;
        self.code(answer.redirect()?, &state)
    }

    async fn userinfo(&mut self) -> Result<(), Fault> {
        let token = std::mem::take(&mut self.access_token);
        let read = self.read_data(&token).await;
        self.access_token = token;
        read
    }

    async fn refused_token(&mut self) -> Result<(), Fault> {
        let scene = Arc::clone(&self.scene);
        let answer = self.token(&scene.asks, "never-issued").await?.expect(400)?;
        if answer.text()?.contains("invalid_grant") {
            Ok(())
        } else {
            Err("a token was refused for another reason".into())
        }
    }

    /// What stands in every answer of this address.
    async fn same(&mut self, path: &str, word: &str) -> Result<(), Fault> {
        let answer = self
            .connection
            .send(&Request::get(path))
            .await?
            .expect(200)?;
        if answer.text()?.contains(word) {
            Ok(())
        } else {
            Err(format!("{path} answers without {word}").into())
        }
    }

    async fn page(&mut self, path: &str, word: &str) -> Result<(), Fault> {
        let answer = self.open(path).await?;
        holds(&answer.expect(200)?, path, word)
    }

    /// The sign-in page, which is none for whoever is signed in.
    async fn login_page(&mut self) -> Result<(), Fault> {
        let answer = self.open_as_stranger("/login").await?;
        holds(&answer.expect(200)?, "/login", "id=\"challenge-form\"")
    }

    /// Opens a page in a browser in which nobody has signed in.
    pub async fn open_as_stranger(&mut self, path: &str) -> Result<Answer, Fault> {
        std::mem::swap(&mut self.cookie, &mut self.stranger);
        let opened = self.open(path).await;
        std::mem::swap(&mut self.cookie, &mut self.stranger);
        opened
    }

    /// Opens a page as a browser does; the session's cookie is kept.
    pub async fn open(&mut self, path: &str) -> Result<Answer, Fault> {
        self.browse(path, None).await
    }

    async fn post(&mut self, path: &str, form: &str) -> Result<Answer, Fault> {
        self.browse(path, Some(form)).await
    }

    async fn browse(&mut self, path: &str, form: Option<&str>) -> Result<Answer, Fault> {
        let mut headers = vec![
            ("accept-language", "zh-CN,zh;q=0.9,en;q=0.5"),
            ("accept-encoding", "gzip, deflate, br"),
        ];
        if !self.cookie.is_empty() {
            headers.push(("cookie", &self.cookie));
        }
        if form.is_some() {
            headers.push(("origin", &self.scene.issuer));
        }
        let request = Request {
            path,
            headers: &headers,
            form,
        };
        let answer = self.connection.send(&request).await?;
        for (name, value) in &answer.cookies {
            self.cookie = format!("{name}={value}");
        }
        Ok(answer)
    }

    /// Signs the challenge of a page; answers the fields every challenge form has.
    fn signed(&self, page: &str, purpose: Purpose) -> Result<String, Fault> {
        let (nonce, statement) = (html::data(page, "nonce")?, html::data(page, "statement")?);
        let proof = self.lock.key.sign(&ChallengeText {
            origin: &self.scene.issuer,
            nonce: &nonce,
            purpose,
            statement: &statement,
        })?;
        let mut form = Serializer::new(String::new());
        form.append_pair("csrf_token", html::field(page, "csrf_token")?)
            .append_pair("nonce", &nonce)
            .append_pair("proof", &proof.to_json());
        if let Ok(request) = html::field(page, "request") {
            form.append_pair("request", request);
        }
        Ok(form.finish())
    }

    fn next_state(&mut self) -> String {
        self.asked += 1;
        format!("state-{}", self.asked)
    }

    /// The code of an answer to this platform's request.
    fn code(&self, location: &str, state: &str) -> Result<String, Fault> {
        let wrong = || format!("no code came: {location}");
        if !location.starts_with(REDIRECT_URI) {
            return Err(wrong().into());
        }
        let uri = Url::parse(location)?;
        let (mut code, mut seen) = (None, 0);
        for (name, value) in uri.query_pairs() {
            match &*name {
                "code" => code = Some(value.into_owned()),
                "state" if value == state => seen += 1,
                // RFC 9207 §2.4
                "iss" if value == self.scene.issuer => seen += 1,
                _ => {}
            }
        }
        code.filter(|_| seen == 2).ok_or_else(|| wrong().into())
    }

    async fn token(&mut self, platform: &Platform, code: &str) -> Result<Answer, Fault> {
        let form = Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", REDIRECT_URI)
            .append_pair("code_verifier", VERIFIER)
            .finish();
        let request = Request {
            path: "/oauth2/token",
            headers: &[("authorization", platform.authorization.as_str())],
            form: Some(&form),
        };
        self.connection.send(&request).await
    }

    async fn redeem(&mut self, platform: &Platform, code: &str) -> Result<Tokens, Fault> {
        let answer = self.token(platform, code).await?.expect(200)?;
        Ok(serde_json::from_slice(&answer.body)?)
    }

    async fn read_data(&mut self, access_token: &str) -> Result<(), Fault> {
        let bearer = format!("Bearer {access_token}");
        let request = Request {
            path: "/oauth2/userinfo",
            headers: &[("authorization", bearer.as_str())],
            form: None,
        };
        let answer = self.connection.send(&request).await?.expect(200)?;
        let info: UserInfo = serde_json::from_slice(&answer.body)?;
        if info.sub.is_empty() || info.credit_code != self.lock.credit_code {
            return Err("userinfo tells of another enterprise".into());
        }
        Ok(())
    }
}

fn holds(page: &Answer, path: &str, word: &str) -> Result<(), Fault> {
    if page.text()?.contains(word) {
        Ok(())
    } else {
        Err(format!("{path} comes without {word}").into())
    }
}
