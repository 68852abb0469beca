//! `idp audit search`: events by whatever they name.

use std::io::{ErrorKind, Write as _};

use clap::Args;
use idp_core::audit::{AuditEntry, AuditKind};
use idp_core::audit_export::note_audit_export;
use idp_core::hand::Hand;
use idp_core::id::{ConsentId, GrantId, IncidentId, KeyLockId, OperatorId, PlatformId, SessionId};
use idp_core::inspect::InspectError;
use idp_core::listing::{AuditFilter, List, Page};
use idp_core::timestamp::Timestamp;
use idp_storage::Database;

use super::super::enterprise::code;
use super::super::output::remark;
use super::super::paging::{Paging, failed, find_id, unbound};
use super::super::ready::{self, rfc3339};
use super::super::{cx, operator_name};
use crate::config::Config;
use crate::event_table::{Export, Format};
use crate::serve::StartError;
use crate::shapes::audit::event;

/// Looks that one command takes at most: each goes through some 20,000 events.
const LOOKS: u32 = 500;

/// What is looked for: all of it at once.
#[derive(Args)]
pub(in crate::cli) struct Search {
    /// From this moment on (RFC 3339).
    #[arg(long, value_name = "TIME", value_parser = ready::moment)]
    from: Option<Timestamp>,
    /// Before this moment (RFC 3339).
    #[arg(long, value_name = "TIME", value_parser = ready::moment)]
    until: Option<Timestamp>,
    /// Of one of these kinds: login.refused, say.
    #[arg(long, value_parser = kind)]
    kind: Vec<AuditKind>,
    /// With exactly this reason.
    #[arg(long)]
    reason: Option<String>,
    /// Of this enterprise, by its 统一社会信用代码.
    #[arg(long, value_name = "CODE")]
    enterprise: Option<String>,
    /// With this lock.
    #[arg(long, value_name = "ID")]
    lock: Option<String>,
    /// At this platform.
    #[arg(long, value_name = "ID")]
    platform: Option<String>,
    /// By this operator.
    #[arg(long, value_name = "ID")]
    operator: Option<String>,
    /// In this sign-in.
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// On this consent.
    #[arg(long, value_name = "ID")]
    consent: Option<String>,
    /// On this grant.
    #[arg(long, value_name = "ID")]
    grant: Option<String>,
    /// The number that an error page showed.
    #[arg(long, value_name = "ID")]
    incident: Option<String>,
    /// From this address. No index knows it: name a time too.
    #[arg(long)]
    address: Option<String>,
    /// Everything that is found as a file on standard output, 100,000 events at most: it is written down that it was given out.
    #[arg(long, value_name = "csv|jsonl", value_parser = format, conflicts_with_all = ["json", "page"])]
    format: Option<Format>,
    /// Who has it given out; the user of this machine where it is not said.
    #[arg(long, value_name = "NAME", requires = "format")]
    by: Option<String>,
    #[command(flatten)]
    paging: Paging,
}

fn format(word: &str) -> Result<Format, String> {
    Format::of_word(word).ok_or_else(|| format!("{word} is neither csv nor jsonl"))
}

fn kind(word: &str) -> Result<AuditKind, String> {
    AuditKind::of_word(word).ok_or_else(|| format!("no kind is called {word}"))
}

pub(super) async fn run(config: &Config, search: Search) -> Result<(), StartError> {
    let code = search.enterprise.as_deref().map(code).transpose()?;
    let mut filter = AuditFilter {
        from: search.from,
        until: search.until,
        kinds: search.kind,
        reason: search.reason,
        enterprise: None,
        key_lock: search.lock.map(KeyLockId::from_text),
        platform: search.platform.map(PlatformId::from_text),
        operator: search.operator.map(OperatorId::from_text),
        session: search.session.map(SessionId::from_text),
        consent: search.consent.map(ConsentId::from_text),
        grant: search.grant.map(GrantId::from_text),
        incident: search.incident.map(IncidentId::from_text),
        remote_address: search.address,
    };
    let database = ready::database(config).await?;
    if let Some(code) = code {
        let asked = code.clone();
        let found = database.read(move |store| find_id(store, &asked)).await;
        let found = found.map_err(|e| StartError::new("database", e))?;
        filter.enterprise = Some(found.ok_or_else(|| unbound(&code))?);
    }
    if let Some(format) = search.format {
        let by = operator_name(search.by.as_deref())?;
        return give_out(config, &database, filter, (format, by)).await;
    }
    let page = whole_page(&database, &filter, &search.paging)
        .await
        .map_err(failed)?;
    search.paging.print((&page, List::Audit), event, event_line)
}

/// All of it, piece by piece, once it is written down that it goes.
async fn give_out(
    config: &Config,
    database: &Database,
    filter: AuditFilter,
    (format, by): (Format, String),
) -> Result<(), StartError> {
    let (cx, noted) = (cx(config)?, filter.clone());
    let hand = Hand::on_the_machine(by, None);
    database
        .write(move |store| note_audit_export(store, &cx, (&hand, None), (&noted, format.as_str())))
        .await
        .map_err(|e| StartError::new("database", e))?;
    let mut export = Export::new(database.clone(), filter, format);
    let failed = |e: &dyn std::fmt::Display| StartError::new("export", e);
    while let Some(piece) = export.next().await.map_err(|e| failed(&e))? {
        match std::io::stdout().write_all(&piece) {
            // Who reads has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
            written => written.map_err(|e| failed(&e))?,
        }
    }
    Ok(())
}

/// A page that is full, as far as looking on fills it: a single look may end before.
async fn whole_page(
    database: &Database,
    filter: &AuditFilter,
    paging: &Paging,
) -> Result<Page<AuditEntry>, InspectError> {
    let mut ask = paging.ask(List::Audit)?;
    let mut whole: Option<Page<AuditEntry>> = None;
    for _ in 0..LOOKS {
        let (filter, asked) = (filter.clone(), ask.clone());
        let look = database.read(move |store| store.page_audit(&filter, &asked));
        let look = look.await?;
        let found = u32::try_from(look.items.len()).unwrap_or(u32::MAX);
        let so_far = match whole.take() {
            None => look,
            Some(mut so_far) => {
                so_far.items.extend(look.items);
                so_far.next = look.next;
                so_far.is_cut = look.is_cut;
                so_far
            }
        };
        ask.size = ask.size.saturating_sub(found);
        match &so_far.next {
            Some(next) if so_far.is_cut && ask.size > 0 => ask.start = next.clone(),
            _ => return Ok(so_far),
        }
        whole = Some(so_far);
    }
    remark("much was looked through, and there is more");
    whole.map_or_else(|| Ok(Page::whole(Vec::new())), Ok)
}

/// An event in a line.
pub(in crate::cli) fn event_line(entry: &AuditEntry) -> String {
    let event = &entry.event;
    let shown = [
        event.reason.clone(),
        event.platform_id.as_ref().map(|id| format!("at {id}")),
        event
            .remote_address
            .as_ref()
            .map(|address| format!("from {address}")),
        event.detail.clone(),
    ];
    let shown: Vec<String> = shown.into_iter().flatten().collect();
    format!(
        "{} {} {} {}",
        rfc3339(event.at),
        entry.sequence,
        event.kind.as_str(),
        shown.join(", ")
    )
}
