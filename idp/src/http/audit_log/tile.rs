//! `GET /audit/tile/{level}/{number}[.p/{width}]`, as C2SP tlog-tiles names tiles.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::transparency::{BUNDLE, LogError, TileId, hashes_of, octets_of};

use super::{absent, failed, misunderstood};
use crate::http::extract::Visit;
use crate::state::AppState;

/// Handler.
pub async fn tile(
    request: HttpRequest,
    state: web::Data<AppState>,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    let visit = Visit::of(&request, &state);
    let (level, rest) = path.into_inner();
    let Some((id, width)) = read(&level, &rest) else {
        return misunderstood(&visit, "a tile is level/number or level/number.p/width");
    };
    let found = state
        .database
        .read::<_, LogError, _>(move |store| {
            // What no signed head stands for yet can't be verified by anybody.
            let signed = store.find_newest_checkpoint()?.map_or(0, |head| head.size);
            let shift = u32::from(id.level) * 8;
            let hashes = signed.checked_shr(shift).unwrap_or(0);
            if hashes < id.number.saturating_mul(BUNDLE).saturating_add(width) {
                return Ok(None);
            }
            let octets = store.find_audit_tile(id)?.unwrap_or_default();
            let mut hashes = hashes_of(id, &octets)?;
            hashes.truncate(usize::try_from(width).unwrap_or(usize::MAX));
            Ok((hashes.len() as u64 == width).then_some(hashes))
        })
        .await;
    match found {
        Ok(Some(hashes)) => HttpResponse::Ok()
            .content_type("application/octet-stream")
            .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .body(octets_of(&hashes)),
        Ok(None) => absent(&visit, "no signed tree has this tile"),
        Err(error) => failed(&visit, error),
    }
}

/// Which tile, and how wide: 256 unless it says so. One spelling each.
fn read(level: &str, rest: &str) -> Option<(TileId, u64)> {
    let (number, width) = match rest.split_once(".p/") {
        None => (rest, BUNDLE),
        Some((number, width)) => (number, decimal(width).filter(|w| (1..BUNDLE).contains(w))?),
    };
    let level = decimal(level).filter(|level| *level < 64)?;
    let id = TileId {
        level: u8::try_from(level).ok()?,
        number: number_of(number)?,
    };
    Some((id, width))
}

/// `x001/x234/067` is 1234067.
fn number_of(path: &str) -> Option<u64> {
    let mut number: u64 = 0;
    let mut elements = path.split('/').peekable();
    let mut is_first = true;
    while let Some(element) = elements.next() {
        let digits = match elements.peek() {
            Some(_) => element.strip_prefix('x')?,
            None => element,
        };
        let is_digits = digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit());
        let leads_with_nothing = is_first && digits == "000" && elements.peek().is_some();
        if !is_digits || leads_with_nothing {
            return None;
        }
        number = number
            .checked_mul(1000)?
            .checked_add(digits.parse().ok()?)?;
        is_first = false;
    }
    // What the database can name.
    i64::try_from(number).ok().map(|_| number)
}

/// A decimal number without leading zeroes.
fn decimal(text: &str) -> Option<u64> {
    let read: u64 = text.parse().ok()?;
    (read.to_string() == text).then_some(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_named_in_one_way_each() {
        let tile = |level, number, width| Some((TileId { level, number }, width));
        assert_eq!(read("0", "000"), tile(0, 0, 256));
        assert_eq!(read("1", "x001/x234/067"), tile(1, 1_234_067, 256));
        assert_eq!(read("0", "273.p/112"), tile(0, 273, 112));
        assert_eq!(read("2", "x001/000.p/1"), tile(2, 1000, 1));
        for (level, rest) in [
            ("00", "000"),
            ("64", "000"),
            ("-1", "000"),
            ("0", ""),
            ("0", "0"),
            ("0", "1234"),
            ("0", "x000/001"),
            ("0", "001/x002"),
            ("0", "x001"),
            ("0", "000.p/0"),
            ("0", "000.p/256"),
            ("0", "000.p/01"),
            ("0", "x999/x999/x999/x999/x999/x999/x999/999"),
            ("entries", "000"),
        ] {
            assert_eq!(read(level, rest), None, "{level}/{rest}");
        }
    }
}
