//! Shared step: what a person types of an enterprise, and how it must look.
//!
//! Owns the checks of single fields, for the binding and for the information that an enterprise edits
//! later. Does not know which form a field stands in.

use protocol::claims::SubjectType;

/// Longest name of a person, in characters.
pub const PERSON_MAX: usize = 64;
/// Longest address, in characters.
pub const ADDRESS_MAX: usize = 200;
/// Longest telephone number, in characters.
pub const PHONE_MAX: usize = 32;
/// Longest mail address, in characters (RFC 5321 §4.5.3.1.3).
pub const EMAIL_MAX: usize = 254;

/// What is wrong with one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldProblem {
    /// Empty.
    Required,
    /// Longer than this many characters.
    TooLong(usize),
    /// Characters that can't be seen.
    Unseen,
    /// Not 18 characters of the alphabet, or its check digit is wrong.
    BadCreditCode,
    /// Not in the list.
    UnknownRegion,
    /// Not a telephone number.
    BadPhone,
    /// Not a mail address.
    BadEmail,
    /// None chosen, or not in the list.
    SubjectTypeRequired,
}

impl FieldProblem {
    /// The machine word on pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Required => "field-required",
            Self::TooLong(_) => "field-too-long",
            Self::Unseen => "field-unseen",
            Self::BadCreditCode => "bad-credit-code",
            Self::UnknownRegion => "region-unknown",
            Self::BadPhone => "phone-malformed",
            Self::BadEmail => "email-malformed",
            Self::SubjectTypeRequired => "subject-type-required",
        }
    }

    /// The greatest length, where that is the problem.
    pub const fn max(self) -> Option<usize> {
        match self {
            Self::TooLong(max) => Some(max),
            _ => None,
        }
    }
}

/// A text that must be there.
pub fn required(value: &str, max: usize) -> Result<String, FieldProblem> {
    optional(value, max)?.ok_or(FieldProblem::Required)
}

/// A text that may be left out.
pub fn optional(value: &str, max: usize) -> Result<Option<String>, FieldProblem> {
    let value = value.trim();
    if value.chars().count() > max {
        return Err(FieldProblem::TooLong(max));
    }
    if value.chars().any(is_unseen) {
        return Err(FieldProblem::Unseen);
    }
    Ok((!value.is_empty()).then(|| value.to_owned()))
}

/// What no text holds: controls, and the sign that stands for octets that were none.
pub(crate) fn is_unreadable(c: char) -> bool {
    c.is_control() || c == char::REPLACEMENT_CHARACTER
}

/// Characters that a reader can't see and that change what is read: unreadable, zero-width and
/// bidirectional ones.
pub fn is_unseen(c: char) -> bool {
    is_unreadable(c)
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// 联系电话, which may be left out.
pub fn telephone(value: &str) -> Result<Option<String>, FieldProblem> {
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let well_formed = (5..=20).contains(&digits)
        && value.len() <= PHONE_MAX
        && value
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b' ' | b'(' | b')'));
    well_formed
        .then(|| Some(value.to_owned()))
        .ok_or(FieldProblem::BadPhone)
}

/// Digits of a mobile telephone number within China.
const MOBILE: usize = 11;

/// The number to which text messages go, with its country: of a mobile telephone of China alone. Nothing is heard on a
/// landline, and what is sent abroad costs.
pub fn mobile(telephone: &str) -> Option<String> {
    let digits: String = telephone.chars().filter(char::is_ascii_digit).collect();
    let with_country = telephone.trim_start().starts_with('+');
    let national = match digits.strip_prefix("86") {
        Some(rest) if with_country || digits.len() == MOBILE + 2 => rest,
        _ if with_country => return None,
        _ => digits.as_str(),
    };
    let is_mobile = national.len() == MOBILE
        && national.starts_with('1')
        && !national.starts_with("10")
        && !national.starts_with("11")
        && !national.starts_with("12");
    is_mobile.then(|| format!("+86{national}"))
}

/// 联系邮箱, which may be left out: a plain address, of which nothing can end a header or name a second one.
pub fn email(value: &str) -> Result<Option<String>, FieldProblem> {
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    if value.chars().count() > EMAIL_MAX {
        return Err(FieldProblem::TooLong(EMAIL_MAX));
    }
    let bad = Err(FieldProblem::BadEmail);
    let Some((local, domain)) = value.rsplit_once('@') else {
        return bad;
    };
    // RFC 5322 §3.2.3: dot-atom. Quoted local parts are as good as unused, and hold what headers are made of.
    let is_atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    let is_local = local.len() <= 64
        && local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.bytes().all(is_atom));
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_domain = domain.contains('.') && domain.split('.').all(is_label);
    if !is_local || !is_domain {
        return bad;
    }
    Ok(Some(format!("{local}@{}", domain.to_ascii_lowercase())))
}

/// 主体类型, one or more.
pub fn subject_types(words: &[String]) -> Result<Vec<SubjectType>, FieldProblem> {
    let mut types = words
        .iter()
        .map(|word| SubjectType::of_word(word).ok_or(FieldProblem::SubjectTypeRequired))
        .collect::<Result<Vec<_>, _>>()?;
    types.sort_unstable();
    types.dedup();
    if types.is_empty() {
        return Err(FieldProblem::SubjectTypeRequired);
    }
    Ok(types)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_messages_go_to_mobile_telephones_of_china_alone() {
        for (typed, number) in [
            ("13847100001", Some("+8613847100001")),
            ("+86 138-4710-0001", Some("+8613847100001")),
            ("8613847100001", Some("+8613847100001")),
            ("0476-8881234", None),
            ("+1 415 555 0100", None),
            ("12345678901", None),
            ("+97611223344", None),
        ] {
            assert_eq!(mobile(typed).as_deref(), number, "{typed}");
        }
    }

    #[test]
    fn a_mail_address_is_plain_or_none() {
        assert_eq!(email("  "), Ok(None));
        let good = email(" Bid.Office+1@Example.CN ");
        assert_eq!(good, Ok(Some("Bid.Office+1@example.cn".to_owned())));
        for bad in [
            "nobody",
            "a@b",
            "a@b..cn",
            "@b.cn",
            ".a@b.cn",
            "a b@c.cn",
            "a@-b.cn",
            "a@b.cn, c@d.cn",
            "a@b.cn\r\nBcc: c@d.cn",
            "\"a\\r\"@b.cn",
            "<a@b.cn>",
            "a@[127.0.0.1]",
            "名@例.cn",
        ] {
            assert_eq!(email(bad), Err(FieldProblem::BadEmail), "{bad}");
        }
        let long = format!("a@{}.cn", "b".repeat(EMAIL_MAX));
        assert_eq!(email(&long), Err(FieldProblem::TooLong(EMAIL_MAX)));
    }
}
