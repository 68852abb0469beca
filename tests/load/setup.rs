//! Everything before the first round: CAs, locks, provider, platforms, ceilings, and people who are
//! bound and signed in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm as JwsAlgorithm, DecodingKey, Validation};
use serde_json::json;

use crate::Fault;
use crate::ceilings::Signed;
use crate::connection::{Connection, Request};
use crate::locks;
use crate::operation::{Algorithm, Operation};
use crate::options::Options;
use crate::person::Person;
use crate::platform::{Platform, REDIRECT_URI, RESOURCE, Scene};
use crate::process::{self, Pid};
use crate::provider::{Provider, free_port};
use crate::rounds::Crowd;

/// Starts that are timed after the first.
const RESTARTS: usize = 5;

/// A folder that goes with the run.
pub struct Scratch(PathBuf);

impl Scratch {
    /// A new one.
    pub fn new(options: &Options) -> Result<Self, Fault> {
        let beside = std::env::current_exe()?.with_file_name("");
        let parent = options.scratch.as_deref().unwrap_or(&beside);
        let folder = parent.join(format!("load-{}", std::process::id()));
        fs::create_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self(folder))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("load: {} stays behind: {error}", self.0.display());
        }
    }
}

/// The world under load.
pub struct World {
    /// The provider.
    pub provider: Provider,
    /// Bare actix-web.
    pub bare: Pid,
    /// People by the kind of their locks, in the order of [`Algorithm::ALL`].
    pub crowds: [Crowd; 3],
    /// Something to verify of each kind.
    pub signed: [Signed; 3],
    /// A platform whose consent page can be opened from the portal.
    pub platform: String,
    /// From nothing to the first healthy answer: tables and keys are made.
    pub first_start: Duration,
    /// The same with a state that is there, each time.
    pub restarts: Vec<Duration>,
    /// KiB of the server before anybody came.
    pub idle_kib: u64,
}

/// Builds it.
pub async fn build(options: &Options, scratch: &Scratch) -> Result<World, Fault> {
    let folder = scratch.path();
    let authorities = locks::open_authorities(&folder.join("pki"))?;
    let mut provider = Provider::configure(folder, &authorities, options)?;
    let first_start = provider.start().await?;
    provider.stop();
    let (asks, remembers) = platforms(&provider)?;
    let platform = asks.id.clone();
    let mut restarts = Vec::new();
    for _ in 0..RESTARTS {
        provider.stop();
        restarts.push(provider.start().await?);
    }
    let idle_kib = provider.pid()?.resident_kib()?;
    let (bare, bare_port) = start_bare().await?;
    let scene = Arc::new(Scene {
        issuer: provider.issuer.clone(),
        port: provider.port,
        bare_port,
        asks,
        remembers,
    });
    let mut crowds = [const { Vec::new() }; 3];
    let mut signed = Vec::new();
    for (algorithm, crowd) in Algorithm::ALL.into_iter().zip(&mut crowds) {
        let locks = locks::mint(&authorities, algorithm, options.people(), folder)?;
        let first = locks.first().ok_or("nobody is there")?;
        signed.push(Signed::by(first, algorithm)?);
        for lock in locks {
            let mut person = Person::new(&scene, lock).await?;
            introduce(&mut person, &scene).await?;
            crowd.push(person);
        }
    }
    let signed = signed.try_into().or(Err("a kind of lock is missing"))?;
    Ok(World {
        provider,
        bare,
        crowds,
        signed,
        platform,
        first_start,
        restarts,
        idle_kib,
    })
}

fn platforms(provider: &Provider) -> Result<(Platform, Platform), Fault> {
    let common = [
        "--redirect-uri",
        REDIRECT_URI,
        "--initiate-login-uri",
        "https://platform.example/login",
    ];
    let asks = provider.add_platform("chifeng", &common)?;
    let metadata = provider.write(
        "hohhot.json",
        &json!({
            "redirect_uris": [REDIRECT_URI],
            "id_token_signed_response_alg": "ES256",
            "initiate_login_uri": "https://platform.example/login",
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        }),
    )?;
    let remembering = ["--metadata", &metadata, "--consent", "30"];
    let own = ["--client-credentials", "--resource", RESOURCE];
    let remembers = provider.add_platform("hohhot", &[&remembering[..], &own].concat())?;
    Ok((Platform::new(asks), Platform::new(remembers)))
}

async fn start_bare() -> Result<(Pid, u16), Fault> {
    let port = free_port()?;
    let mut command = Command::new(std::env::current_exe()?);
    command
        .arg("--bare")
        .arg(port.to_string())
        .stdin(Stdio::piped());
    let pid = process::start(&mut command)?;
    for _ in 0..2000 {
        if Connection::open(port).await.is_ok() {
            return Ok((pid, port));
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Err("bare actix-web does not start".into())
}

/// Binds, does a whole login, signs in to stay, and looks at one ID token closely.
async fn introduce(person: &mut Person, scene: &Scene) -> Result<(), Fault> {
    person.bind().await?;
    person
        .perform(Operation::WholeLogin(Algorithm::P256))
        .await?;
    person.sign_in_to_stay().await?;
    let tokens = person.code_flow().await?;
    let mut connection = Connection::open(scene.port).await?;
    let keys = connection
        .send(&Request::get("/oauth2/jwks"))
        .await?
        .expect(200)?;
    let keys: JwkSet = serde_json::from_slice(&keys.body)?;
    let header = jsonwebtoken::decode_header(&tokens.id_token)?;
    let key = header
        .kid
        .as_deref()
        .and_then(|kid| keys.find(kid))
        .ok_or("no key in JWKS")?;
    let mut validation = Validation::new(JwsAlgorithm::ES256);
    validation.set_issuer(&[&scene.issuer]);
    validation.set_audience(&[&scene.remembers.id]);
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    let key = DecodingKey::from_jwk(key)?;
    jsonwebtoken::decode::<serde_json::Value>(&tokens.id_token, &key, &validation)?;
    Ok(())
}
