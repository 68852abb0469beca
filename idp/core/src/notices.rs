//! Flow: operators announce something at the portal, and take it back.

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::duty::Mandate;
use crate::fields;
use crate::id::NoticeId;
use crate::notice::Notice;
use crate::operator::Right;
use crate::store::{Store, StoreError};
use crate::timestamp::Timestamp;

/// Longest title, in characters.
pub const TITLE_MAX: usize = 80;
/// Longest text, in characters.
pub const TEXT_MAX: usize = 500;

/// What is announced.
#[derive(Clone, Debug, Default)]
pub struct Announcement {
    /// One line in Chinese and in English.
    pub title: (String, String),
    /// More in both languages, or in neither.
    pub text: (String, String),
    /// From when on; absent: now.
    pub from: Option<Timestamp>,
    /// Until when; absent: until it is withdrawn.
    pub until: Option<Timestamp>,
}

/// Why nothing is announced or taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnnounceRefusal {
    /// The operator lacks the right.
    #[error("none of your roles allows this")]
    NotAllowed,
    /// A title is missing, or too long, in one of the languages.
    #[error("a title is needed in both languages, at most {TITLE_MAX} characters")]
    Title,
    /// A text in one language alone, or too long.
    #[error("the text is given in both languages or in neither, at most {TEXT_MAX} characters")]
    Text,
    /// It would end before it begins, or has ended.
    #[error("it would never be shown")]
    Time,
    /// There is none that could be taken back.
    #[error("there is no such notice, or it was taken back before")]
    Gone,
}

impl AnnounceRefusal {
    /// The machine word, on pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAllowed => "operator-not-allowed",
            Self::Title => "notice-title",
            Self::Text => "notice-text",
            Self::Time => "notice-time",
            Self::Gone => "notice-gone",
        }
    }
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum AnnounceError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is refused.
    #[error(transparent)]
    Refused(#[from] AnnounceRefusal),
}

/// Announces it.
pub fn publish(
    store: &mut dyn Store,
    cx: &Cx,
    by: (&Mandate, &Caller),
    announcement: &Announcement,
) -> Result<Notice, AnnounceError> {
    let notice = checked(cx, by.0, announcement)?;
    store.insert_notice(&notice)?;
    note(store, cx, by, (AuditKind::NoticePublished, &notice.id))?;
    Ok(notice)
}

/// Takes one back; it was shown until now.
pub fn withdraw(
    store: &mut dyn Store,
    cx: &Cx,
    by: (&Mandate, &Caller),
    id: &NoticeId,
) -> Result<(), AnnounceError> {
    allow(by.0)?;
    if !store.withdraw_notice(id, cx.now)? {
        return Err(AnnounceRefusal::Gone.into());
    }
    note(store, cx, by, (AuditKind::NoticeWithdrawn, id))?;
    Ok(())
}

fn allow(mandate: &Mandate) -> Result<(), AnnounceRefusal> {
    match mandate.right() {
        Right::ChangeNotices => Ok(()),
        _ => Err(AnnounceRefusal::NotAllowed),
    }
}

fn checked(
    cx: &Cx,
    mandate: &Mandate,
    announcement: &Announcement,
) -> Result<Notice, AnnounceRefusal> {
    allow(mandate)?;
    let title = |text: &str| fields::required(text, TITLE_MAX).or(Err(AnnounceRefusal::Title));
    let text = |text: &str| fields::optional(text, TEXT_MAX).or(Err(AnnounceRefusal::Text));
    let (text_zh, text_en) = (text(&announcement.text.0)?, text(&announcement.text.1)?);
    if text_zh.is_some() != text_en.is_some() {
        return Err(AnnounceRefusal::Text);
    }
    let from = announcement.from.unwrap_or(cx.now);
    let ends = announcement.until;
    if ends.is_some_and(|until| until <= from || until <= cx.now) {
        return Err(AnnounceRefusal::Time);
    }
    Ok(Notice {
        id: NoticeId::generate(&*cx.rng, cx.now),
        title_zh: title(&announcement.title.0)?,
        title_en: title(&announcement.title.1)?,
        text_zh,
        text_en,
        from,
        until: ends,
        published_by: mandate.operator_id().clone(),
        withdrawn_at: None,
    })
}

fn note(
    store: &mut dyn Store,
    cx: &Cx,
    (mandate, caller): (&Mandate, &Caller),
    (kind, id): (AuditKind, &NoticeId),
) -> Result<(), StoreError> {
    store.append_audit(&AuditEvent {
        operator_id: Some(mandate.operator_id().clone()),
        remote_address: caller.remote_address.clone(),
        detail: Some(format!("by {}: {id}", mandate.name())),
        ..AuditEvent::new(cx, kind)
    })
}
