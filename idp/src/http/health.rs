//! Whether the process lives, and whether it can serve: for load balancers and service managers.

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Responder};
use idp_storage::ephemeral::Room;
use serde_json::json;

use crate::state::AppState;

/// Mounts both.
pub fn mount(app: &mut ServiceConfig) {
    app.service(web::resource("/healthz").get(alive))
        .service(web::resource("/readyz").get(ready));
}

async fn alive() -> impl Responder {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

async fn ready(state: web::Data<AppState>) -> impl Responder {
    let database = match state.database.ping().await {
        // A full queue refuses the question too.
        _ if state.database.is_queue_full() => Part::Full,
        Ok(()) => Part::Up,
        Err(_) => Part::Down,
    };
    let ephemeral = match state.ephemeral.ping().await {
        Err(_) => Part::Down,
        Ok(()) => match state.ephemeral.room() {
            Room::Free => Part::Up,
            Room::ForTheSignedIn => Part::NoNewSignIns,
            Room::Full => Part::Full,
        },
    };
    let signing_keys = if state.keys.can_sign() {
        Part::Up
    } else {
        Part::Down
    };
    let judged = state.standings.judged();
    let authorities = match judged.closed {
        0 => Part::Up.as_str().to_owned(),
        closed => format!("{closed} of {} cannot be judged", judged.all),
    };
    // One CA that is open is worth staying in service for.
    let somebody_can = judged.closed == 0 || judged.closed < judged.all;
    let serves = [database, ephemeral, signing_keys]
        .iter()
        .all(|part| part.serves())
        && somebody_can;
    let body = json!({
        "status": if serves { "ready" } else { "not ready" },
        "database": database.as_str(),
        "ephemeral": ephemeral.as_str(),
        "signing_keys": signing_keys.as_str(),
        "certificate_authorities": authorities,
    });
    if serves {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable().json(body)
    }
}

/// How one part is.
#[derive(Clone, Copy)]
enum Part {
    Up,
    /// Answers those who signed in; nobody new can begin. Taking the process out would end their
    /// sessions too where they are in its memory, so this alone does not.
    NoNewSignIns,
    /// Refuses what is new: the store's memory, or the queue of writes.
    Full,
    Down,
}

impl Part {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::NoNewSignIns => "no new sign-ins",
            Self::Full => "full",
            Self::Down => "down",
        }
    }

    const fn serves(self) -> bool {
        matches!(self, Self::Up | Self::NoNewSignIns)
    }
}
