//! What needs no signature over the admin API.

use clap::Args;
use serde_json::{Map, Value, json};

use super::super::output::say;
use super::failed;
use crate::api_client::Client;
use crate::serve::StartError;

/// Which deliveries are tried again.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(super) struct Again {
    /// This one.
    id: Option<String>,
    /// All of this stage, at most 100: refused or given-up.
    #[arg(long)]
    stage: Option<String>,
}

/// Maintenance of a platform.
#[derive(Args)]
pub(super) struct Maintenance {
    /// The platform.
    id: String,
    /// From when on (RFC 3339, as in 2026-11-27T22:00:00+08:00); now where it is not said.
    #[arg(long)]
    from: Option<String>,
    /// Until when.
    #[arg(long)]
    until: String,
    /// What is said, in Chinese.
    #[arg(long)]
    zh: String,
    /// What is said, in English.
    #[arg(long)]
    en: String,
}

/// An announcement.
#[derive(Args)]
pub(super) struct Notice {
    /// Its line, in Chinese.
    #[arg(long)]
    zh: String,
    /// Its line, in English.
    #[arg(long)]
    en: String,
    /// More, in Chinese; in both languages or in neither.
    #[arg(long, requires = "text_en")]
    text_zh: Option<String>,
    /// More, in English.
    #[arg(long, requires = "text_zh")]
    text_en: Option<String>,
    /// From when on (RFC 3339); now where it is not said.
    #[arg(long)]
    from: Option<String>,
    /// Until when; without it, until it is withdrawn.
    #[arg(long)]
    until: Option<String>,
}

/// Events as a file.
#[derive(Args)]
pub(super) struct Export {
    /// What narrows them, as `get audit?…` has it: kind=login.refused&from=2026-11-01T00:00:00Z
    #[arg(default_value = "")]
    narrowed: String,
    /// csv, for spreadsheets, or jsonl.
    #[arg(long, default_value = "jsonl")]
    format: String,
}

/// Posts this and prints the answer.
pub(super) async fn post(client: &Client, path: &str, body: &Value) -> Result<(), StartError> {
    let told = client.post(path, body).await.map_err(failed)?;
    say(format_args!("{told:#}"))
}

/// Something that is done to one thing, with nothing more to say.
pub(super) async fn to_one(
    client: &Client,
    (of, id, what): (&str, &str, &str),
) -> Result<(), StartError> {
    post(client, &format!("{of}/{id}/{what}"), &json!({})).await
}

pub(super) async fn retry(client: &Client, of: &str, again: &Again) -> Result<(), StartError> {
    let body = said(&[("id", &again.id), ("stage", &again.stage)]);
    post(client, &format!("deliveries/{of}/retry"), &body).await
}

pub(super) async fn maintenance(client: &Client, asked: Maintenance) -> Result<(), StartError> {
    let path = format!("platforms/{}/maintenance", asked.id);
    let body = said(&[
        ("from", &asked.from),
        ("until", &Some(asked.until)),
        ("text_zh", &Some(asked.zh)),
        ("text_en", &Some(asked.en)),
    ]);
    post(client, &path, &body).await
}

pub(super) async fn notice(client: &Client, asked: Notice) -> Result<(), StartError> {
    let body = said(&[
        ("title_zh", &Some(asked.zh)),
        ("title_en", &Some(asked.en)),
        ("text_zh", &asked.text_zh),
        ("text_en", &asked.text_en),
        ("from", &asked.from),
        ("until", &asked.until),
    ]);
    post(client, "notices", &body).await
}

pub(super) async fn personal_data(
    client: &Client,
    (id, reason): (&str, &str),
) -> Result<(), StartError> {
    let reason: String = url::form_urlencoded::byte_serialize(reason.as_bytes()).collect();
    let path = format!("enterprises/{id}/personal-data?reason={reason}");
    let told = client.get(&path).await.map_err(failed)?;
    say(format_args!("{told:#}"))
}

pub(super) async fn export(client: &Client, asked: &Export) -> Result<(), StartError> {
    let narrowed = asked.narrowed.trim_start_matches('?');
    let between = if narrowed.is_empty() { "" } else { "&" };
    let path = format!("audit/export?format={}{between}{narrowed}", asked.format);
    let copied = client.copy(&path, &mut std::io::stdout()).await;
    copied.map_err(failed)
}

/// What was said, and nothing of what was not.
fn said(members: &[(&str, &Option<String>)]) -> Value {
    let said = members.iter().filter_map(|(name, value)| {
        let value = value.as_ref()?;
        Some(((*name).to_owned(), Value::from(value.as_str())))
    });
    Value::Object(said.collect::<Map<_, _>>())
}
