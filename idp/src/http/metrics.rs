//! `/metrics` in the text format of Prometheus, where the configuration has it answer: it tells which CAs are recognised,
//! where their lists come from and how many platforms and enterprises could not be told, to whoever reaches the listener.

use std::fmt::Write as _;

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};
use idp_core::delivery::{DeliveryCounts, DeliveryStage};
use idp_core::notification::Channel;
use idp_core::platform_health::EndpointHealth;
use idp_core::store::StoreError;

use super::routes::METRICS;
use crate::certificates::{Askings, SourceReport};
use crate::clock;
use crate::state::AppState;

/// Mounts it.
pub fn mount(app: &mut ServiceConfig) {
    app.service(web::resource(METRICS).get(metrics));
}

async fn metrics(state: web::Data<AppState>) -> HttpResponse {
    // Where the database is away, what can be measured all the same is.
    let counted = state
        .database
        .read(|store| {
            Ok::<_, StoreError>((
                store.count_logout_deliveries()?,
                (
                    store.count_notifications()?,
                    store.list_endpoint_health(None)?,
                ),
            ))
        })
        .await
        .ok();
    let (logouts, others) = counted.unzip();
    let (notifications, health) = others.unwrap_or_default();
    let sources = web::block(move || (state.lists.report(), state.lists.askings())).await;
    let now = clock::now().unix_seconds();
    match sources {
        Ok((sources, askings)) => HttpResponse::Ok()
            .content_type("text/plain; version=0.0.4; charset=utf-8")
            .insert_header(("Cache-Control", "no-store"))
            .body(
                text(&sources, now)
                    + &of_askings(askings)
                    + &of_logouts(logouts)
                    + &of_notifications(&notifications)
                    + &of_health(&health),
            ),
        Err(_stopping) => HttpResponse::ServiceUnavailable().finish(),
    }
}

/// One measure of a source: its name, kind, meaning and value.
type Measure = (
    &'static str,
    &'static str,
    &'static str,
    fn(&SourceReport, i64) -> Option<f64>,
);

const MEASURES: [Measure; 6] = [
    (
        "idp_revocation_age_seconds",
        "gauge",
        "Seconds since thisUpdate of the newest list or answer.",
        |source, now| Some(number(now - source.this_update?)),
    ),
    (
        "idp_revocation_next_update_seconds",
        "gauge",
        "When the list runs out, in seconds since the Unix epoch.",
        |source, _| source.next_update.map(number),
    ),
    (
        "idp_revocation_last_success_seconds",
        "gauge",
        "When the source last gave something that counts, in seconds since the Unix epoch.",
        |source, _| source.last_success.map(number),
    ),
    (
        "idp_revocation_errors_total",
        "counter",
        "How often it did not.",
        |source, _| i64::try_from(source.errors).ok().map(number),
    ),
    (
        "idp_revocation_latency_seconds",
        "gauge",
        "How long the last answer took.",
        |source, _| Some(number(i64::try_from(source.latency_ms?).ok()?) / 1000.0),
    ),
    (
        "idp_revocation_entries",
        "gauge",
        "Certificates that the lists take back; answers of a responder at hand.",
        |source, _| i64::try_from(source.entries).ok().map(number),
    ),
];

#[expect(
    clippy::cast_precision_loss,
    reason = "the text format knows no other numbers"
)]
const fn number(value: i64) -> f64 {
    value as f64
}

fn text(sources: &[SourceReport], now: i64) -> String {
    let mut text = String::new();
    for (name, kind, meaning, measure) in MEASURES {
        let _ = writeln!(text, "# HELP {name} {meaning}\n# TYPE {name} {kind}");
        for source in sources {
            if let Some(value) = measure(source, now) {
                let (ca, address) = (escaped(&source.ca), escaped(&source.address));
                let kind = &source.kind;
                let _ = writeln!(
                    text,
                    "{name}{{ca=\"{ca}\",kind=\"{kind}\",source=\"{address}\"}} {value}"
                );
            }
        }
    }
    text
}

/// What asking responders anew about bound locks costs.
fn of_askings(askings: Askings) -> String {
    let Askings { asked, last } = askings;
    let (questions, seconds) = (last.0, last.1.as_secs_f64());
    format!(
        "# HELP idp_revocation_asked_anew_total Questions about bound locks.\n\
         # TYPE idp_revocation_asked_anew_total counter\n\
         idp_revocation_asked_anew_total {asked}\n\
         # HELP idp_revocation_turn_questions Questions of the last turn.\n\
         # TYPE idp_revocation_turn_questions gauge\n\
         idp_revocation_turn_questions {questions}\n\
         # HELP idp_revocation_turn_seconds How long it took.\n\
         # TYPE idp_revocation_turn_seconds gauge\n\
         idp_revocation_turn_seconds {seconds}\n"
    )
}

/// Platforms that are told that sessions ended; nothing where it can't be counted.
fn of_logouts(counted: Option<DeliveryCounts>) -> String {
    let Some(counts) = counted else {
        return String::new();
    };
    let mut text =
        "# HELP idp_logout_deliveries Platforms to be told, or told, that a session ended.\n\
                    # TYPE idp_logout_deliveries gauge\n"
            .to_owned();
    for stage in DeliveryStage::ALL {
        let (state, number) = (stage.as_str(), counts.of(stage));
        let _ = writeln!(text, "idp_logout_deliveries{{state=\"{state}\"}} {number}");
    }
    text
}

/// What enterprises are to hear of, or heard of; nothing where there was none.
fn of_notifications(counted: &[(Channel, DeliveryCounts)]) -> String {
    let mut text =
        "# HELP idp_notifications What enterprises are to hear of, or heard of, by each way.\n\
         # TYPE idp_notifications gauge\n"
            .to_owned();
    for (channel, counts) in counted {
        let channel = escaped(&channel.to_text());
        for stage in DeliveryStage::ALL {
            let (state, number) = (stage.as_str(), counts.of(stage));
            let _ = writeln!(
                text,
                "idp_notifications{{channel=\"{channel}\",state=\"{state}\"}} {number}"
            );
        }
    }
    text
}

/// How each address of a platform does: 1 of the state that it is in.
fn of_health(found: &[EndpointHealth]) -> String {
    let mut text = "# HELP idp_platform_health How an address of a platform does.\n\
                    # TYPE idp_platform_health gauge\n"
        .to_owned();
    for health in found {
        let (platform, url) = (escaped(health.platform_id.as_str()), escaped(&health.url));
        let (endpoint, state) = (health.endpoint.as_str(), health.state.as_str());
        let _ = writeln!(
            text,
            "idp_platform_health{{platform=\"{platform}\",endpoint=\"{endpoint}\",url=\"{url}\",state=\"{state}\"}} 1"
        );
    }
    text
}

fn escaped(label: &str) -> String {
    label
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}
