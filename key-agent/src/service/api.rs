//! The calls of the window's own script.
//!
//! Owns the pipeline of each call: own window → operation → lock → answer. Does not know how the window looks.

use std::time::{Instant, SystemTime};

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use protocol::challenge::ChallengeText;
use protocol::proof::Proof;
use serde_json::json;

use super::attendance::Presence;
use super::body::Body;
use super::failure::Failure;
use super::request::{Asked, BeginBody, Choice, Operation};
use super::server::Shared;
use super::windows::Pending;
use super::{attendance, body, guard, view};
use crate::locks::LockSources;
use crate::pin::Pin;
use crate::sign::OpenedKey;
use crate::texts::Language;
use crate::token::Wanted;
use crate::token::soft::SEALED_CERTIFICATE;

/// Mounts the calls.
pub(super) fn mount(config: &mut web::ServiceConfig) {
    config
        .route("/api/begin", web::post().to(begin))
        .route("/api/attend", web::post().to(attendance::attend))
        .route("/api/locks", web::post().to(locks))
        .route("/api/sign", web::post().to(sign))
        .route("/api/read", web::post().to(read))
        .route("/api/end", web::post().to(end));
}

/// The window passes on what its page asks. Answers what the window is to show.
async fn begin(request: HttpRequest, body: Body, shared: Data<Shared>) -> HttpResponse {
    let mut language = Language::of_request(&request);
    let outcome = async {
        let token = known_window(&request, &shared)?;
        let wish: BeginBody = body::read(body)?;
        language = wish
            .lang
            .as_deref()
            .and_then(Language::from_tag)
            .unwrap_or(language);
        let asked = wish.check(&shared.allowed()).inspect_err(refused)?;
        let pending = Pending {
            asked: asked.clone(),
            language,
        };
        let limit = shared.windows().begin(&token, pending, Instant::now())?;
        tracing::info!(origin = %asked.origin, operation = asked.operation.word(), "operation begins");
        // A driver may be slow; the window can say that it is there only once it has this answer.
        let _here = Presence::begin(shared.clone(), token)?;
        let locks = list(shared.settings.locks.clone()).await?;
        Ok(HttpResponse::Ok().json(json!({
            "lang": language.tag(),
            "origin": asked.origin,
            "operation": asked.operation.word(),
            "purpose": shared.texts.say(language, asked.operation.text_key()),
            "statement": asked.operation.statement(),
            "seconds": limit.as_secs(),
            "texts": shared.texts.all_of_window(language),
            "locks": locks,
            "remembered": shared.assistant.memory.kept().choices.get(asked.origin.as_str()),
        })))
    };
    let outcome: Result<_, Failure> = outcome.await;
    outcome.unwrap_or_else(|failure| failure.answer(&shared.texts, language))
}

/// A refused origin is worth a line in the log; the origin itself is a stranger's text and stays out of it.
fn refused(failure: &Failure) {
    if *failure == Failure::OriginRefused {
        tracing::warn!("a page whose origin is not on the allow-list asked and was refused");
    }
}

/// What locks there are now: the window asks again and again, so that putting one in is enough.
async fn locks(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let outcome = async {
        let token = known_window(&request, &shared)?;
        shared.windows().pending(&token, Instant::now())?;
        list(shared.settings.locks.clone()).await
    };
    match outcome.await {
        Ok(locks) => HttpResponse::Ok().json(locks),
        Err(failure) => failure.answer(&shared.texts, Language::of_request(&request)),
    }
}

/// The person confirmed: sign.
async fn sign(request: HttpRequest, body: Body, shared: Data<Shared>) -> HttpResponse {
    let choice = body::read::<Choice>(body);
    attempt(&request, &shared, choice, |choice, pending, locks| {
        let (lock, wanted) = choice.split()?;
        let pin = choice
            .pin
            .filter(Pin::is_plausible)
            .ok_or(Failure::BadRequest("pin"))?;
        let proof = make_proof(&locks, (&lock, &wanted), &pin, &pending.asked)?;
        // `Proof::to_json` is the one place that writes a proof; this only nests its object.
        let proof: serde_json::Value =
            serde_json::from_str(&proof.to_json()).or(Err(Failure::BadRequest("proof")))?;
        Ok(json!({ "proof": proof }))
    })
    .await
}

fn make_proof(
    locks: &LockSources,
    chosen: (&str, &Wanted),
    pin: &Pin,
    asked: &Asked,
) -> Result<Proof, Failure> {
    let Operation::Sign {
        nonce,
        purpose,
        statement,
        accepted,
    } = &asked.operation
    else {
        return Err(Failure::BadRequest("operation"));
    };
    let challenge = ChallengeText {
        origin: asked.origin.as_str(),
        nonce,
        purpose: *purpose,
        statement,
    };
    let (lock, wanted) = chosen;
    let key = OpenedKey::from(locks.find(lock)?.open(wanted, pin)?);
    Ok(key.sign_with(&challenge, accepted)?)
}

/// The person chose a certificate to hand over. No PIN, except for a lock that shows no certificate without one.
async fn read(request: HttpRequest, body: Body, shared: Data<Shared>) -> HttpResponse {
    let choice = body::read::<Choice>(body);
    attempt(&request, &shared, choice, |choice, pending, locks| {
        if !matches!(pending.asked.operation, Operation::Read) {
            return Err(Failure::BadRequest("operation"));
        }
        let (lock, wanted) = choice.split()?;
        let token = locks.find(&lock)?;
        let facts = token.facts()?;
        let certificate = if wanted == Wanted::Certificate(SEALED_CERTIFICATE.to_owned()) {
            let pin = choice
                .pin
                .filter(Pin::is_plausible)
                .ok_or(Failure::BadRequest("pin"))?;
            token.open(&wanted, &pin)?.certificate().clone()
        } else {
            let found = facts
                .certificates
                .into_iter()
                .find(|one| Wanted::Certificate(one.id.clone()) == wanted);
            found.ok_or(Failure::LockRemoved)?.certificate
        };
        let mut answer = json!({ "certificate": STANDARD.encode(certificate.der()) });
        if let (Some(number), Some(members)) = (facts.media_number, answer.as_object_mut()) {
            members.insert("media_number".to_owned(), number.into());
        }
        Ok(answer)
    })
    .await
}

/// One try of the window's operation: paced, alone, off the server's own threads.
async fn attempt<W>(
    request: &HttpRequest,
    shared: &Data<Shared>,
    choice: Result<Choice, Failure>,
    work: W,
) -> HttpResponse
where
    W: FnOnce(Choice, &Pending, LockSources) -> Result<serde_json::Value, Failure> + Send + 'static,
{
    let mut language = Language::of_request(request);
    let outcome = async {
        let token = known_window(request, shared)?;
        let choice = choice?;
        let pending = {
            let mut windows = shared.windows();
            let now = Instant::now();
            language = windows.pending(&token, now)?.language;
            if choice.pin.is_some() {
                windows.count_try(now)?;
            }
            windows.take(&token, now)?
        };
        let (locks, asked) = (shared.settings.locks.clone(), pending.asked.clone());
        let chosen = choice.certificate.clone();
        let done = web::block(move || work(choice, &pending, locks)).await;
        let done = done.unwrap_or(Err(Failure::Unreadable("the service is stopping")));
        match &done {
            Err(failure) if !failure.is_final() => shared.windows().give_back(&token),
            Ok(_) | Err(_) => _ = shared.windows().end(&token),
        }
        if done.is_ok()
            && let Err(error) = shared.assistant.memory.choose(&asked.origin, &chosen)
        {
            tracing::warn!(%error, "the choice of a certificate is not remembered");
        }
        let told = done.as_ref().map_or_else(Failure::code, |_| "done");
        tracing::info!(origin = %asked.origin, operation = asked.operation.word(), outcome = told, "operation tried");
        done
    };
    match outcome.await {
        Ok(answer) => HttpResponse::Ok().json(answer),
        Err(failure) => failure.answer(&shared.texts, language),
    }
}

/// The window closes.
async fn end(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    match known_window(&request, &shared) {
        Ok(token) => {
            shared.windows().end(&token);
            HttpResponse::NoContent().finish()
        }
        Err(failure) => failure.answer(&shared.texts, Language::of_request(&request)),
    }
}

pub(super) fn known_window(request: &HttpRequest, shared: &Shared) -> Result<String, Failure> {
    let token = guard::own_call(request)?;
    let mut windows = shared.windows();
    if windows.knows(&token) {
        windows.hear(&token, Instant::now());
        Ok(token)
    } else {
        Err(Failure::NotOurWindow)
    }
}

async fn list(locks: LockSources) -> Result<view::Locks, Failure> {
    let unreadable = Failure::Unreadable("the folder of locks cannot be read");
    let listing = web::block(move || locks.list())
        .await
        .or(Err(unreadable.clone()))?
        .or(Err(unreadable))?;
    Ok(view::Locks::of(&listing, SystemTime::now()))
}
