//! The filing form as a person filled it in.
//!
//! Owns what is acceptable. Does not know the page around it.

/// What was typed into the filing form, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    pub(super) contact_person: String,
    pub(super) phone: String,
    pub(super) note: String,
    pub(super) contact_person_is_wrong: bool,
    pub(super) phone_is_wrong: bool,
    pub(super) note_is_wrong: bool,
}

impl Typed {
    pub(super) fn check(contact_person: &str, phone: &str, note: &str) -> Self {
        let (contact_person, phone) = (contact_person.trim(), phone.trim());
        let is_text = |text: &str, most: usize| {
            text.chars().count() <= most
                && !text
                    .chars()
                    .any(|c| c.is_control() && c != '\n' && c != '\r')
        };
        let is_phone_char = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ');
        Self {
            contact_person_is_wrong: contact_person.is_empty() || !is_text(contact_person, 50),
            phone_is_wrong: !(5..=20).contains(&phone.len()) || !phone.chars().all(is_phone_char),
            note_is_wrong: !is_text(note, 500),
            contact_person: contact_person.to_owned(),
            phone: phone.to_owned(),
            note: note.to_owned(),
        }
    }

    /// Half-way: kept as it is, judged later.
    pub(super) fn unchecked(contact_person: &str, phone: &str, note: &str) -> Self {
        Self {
            contact_person: contact_person.to_owned(),
            phone: phone.to_owned(),
            note: note.to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn has_mistakes(&self) -> bool {
        self.contact_person_is_wrong || self.phone_is_wrong || self.note_is_wrong
    }
}
