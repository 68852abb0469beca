//! Whether the browser that asked is still there.
//!
//! Owns the answer that a window holds open while its operation is under way. A browser that ends in whatever way lets
//! go of it; the operation is then free for another window soon, not only at the end of its time. Timers of a hidden
//! window run seldom, a connection stands: so it is no matter of polling. Does not know what is asked.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, MessageBody};
use actix_web::rt::time::{Interval, interval};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::api;
use super::failure::Failure;
use super::server::Shared;
use crate::texts::Language;

/// How often something is written: a connection whose far end is gone is known by that.
const BEAT: Duration = Duration::from_secs(1);

/// The window says that its browser is there, for as long as this answer is held open.
pub(super) async fn attend(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let begun = api::known_window(&request, &shared)
        .and_then(|token| Presence::begin(shared.clone(), token));
    match begun {
        Ok(presence) => HttpResponse::Ok().body(Attendance {
            presence,
            beat: interval(BEAT),
        }),
        Err(failure) => failure.answer(&shared.texts, Language::of_request(&request)),
    }
}

/// The window is here until this goes: a request of its operation that is not answered yet, or the answer held open.
pub(super) struct Presence {
    shared: Data<Shared>,
    token: String,
}

impl Presence {
    /// From now on.
    pub(super) fn begin(shared: Data<Shared>, token: String) -> Result<Self, Failure> {
        shared.windows().attend(&token, Instant::now())?;
        Ok(Self { shared, token })
    }
}

/// The body of that answer. It ends with the operation.
struct Attendance {
    presence: Presence,
    beat: Interval,
}

impl MessageBody for Attendance {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        ready!(self.beat.poll_tick(context));
        let presence = &self.presence;
        let goes_on = (presence.shared.windows()).is_under_way(&presence.token, Instant::now());
        Poll::Ready(goes_on.then(|| Ok(Bytes::from_static(b"\n"))))
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.shared.windows().leave(&self.token, Instant::now());
    }
}
