//! Words for a terminal: texts from certificates and operators without anything that moves a cursor, and moments.

use idp_core::timestamp::Timestamp;

use crate::cli::ready::rfc3339;

/// Control characters, and those that reorder a line, written as escapes.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_invisible(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// Seconds since the Unix epoch, as RFC 3339 writes them.
pub(super) fn moment(seconds: i64) -> String {
    rfc3339(Timestamp::from_unix_seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn nothing_moves_the_cursor() {
        assert_eq!(
            shown("甲CA\u{1b}[2J\n\u{202e}b"),
            "甲CA\\u{1b}[2J\\u{a}\\u{202e}b"
        );
    }
}
