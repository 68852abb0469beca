//! `GET /audit/proof/inclusion`, `GET /audit/proof/consistency`: RFC 6962 proofs as JSON, each with the signed head that it
//! leads to.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::transparency::{LogError, find_index, prove_consistency, prove_inclusion};

use super::{absent, failed, misunderstood};
use crate::audit_log::shown;
use crate::http::extract::Visit;
use crate::state::AppState;

/// Numbers of a query: each name once, none that is unknown.
fn numbers<const N: usize>(query: &str, names: [&str; N]) -> Option<[Option<u64>; N]> {
    let mut found = [None; N];
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let place = names.iter().position(|known| *known == name)?;
        let place = found.get_mut(place)?;
        // Numbers of the database are 63 bits wide.
        let number = value.parse::<u64>().ok()?;
        if place.is_some() || i64::try_from(number).is_err() || number.to_string() != value {
            return None;
        }
        *place = Some(number);
    }
    Some(found)
}

/// Handler.
pub async fn inclusion(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    let visit = Visit::of(&request, &state);
    let asked = numbers(request.query_string(), ["index", "sequence", "size"]);
    let (index, sequence, size) = match asked {
        Some([index @ Some(_), None, size]) => (index, None, size),
        Some([None, sequence @ Some(_), size]) => (None, sequence, size),
        _ => {
            let what = "index or sequence is needed, size may be given: decimal numbers, each once";
            return misunderstood(&visit, what);
        }
    };
    let found = state
        .database
        .read::<_, LogError, _>(move |store| {
            let index = match sequence {
                None => index,
                Some(sequence) => find_index(store, i64::try_from(sequence).unwrap_or(0))?,
            };
            let proven = index.map(|index| prove_inclusion(store, index, size));
            Ok(proven.transpose()?.flatten())
        })
        .await;
    match found {
        Ok(Some(proven)) => proof(&shown::inclusion(&proven)),
        Ok(None) => absent(&visit, "no signed tree holds this line"),
        Err(error) => failed(&visit, error),
    }
}

/// Handler.
pub async fn consistency(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    let visit = Visit::of(&request, &state);
    let Some([Some(first), size]) = numbers(request.query_string(), ["first", "size"]) else {
        let what = "first is needed, size may be given: decimal numbers, each once";
        return misunderstood(&visit, what);
    };
    let found = state
        .database
        .read(move |store| prove_consistency(store, first, size))
        .await;
    match found {
        Ok(Some(proven)) => proof(&shown::consistency(&proven)),
        Ok(None) => absent(&visit, "no signed tree grew from so many lines"),
        Err(error) => failed(&visit, error),
    }
}

fn proof(body: &serde_json::Value) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .json(body)
}
