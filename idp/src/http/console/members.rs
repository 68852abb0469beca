//! What is written as JSON, as a person reads it: a member a line.

use idp_core::fields::is_unseen;
use serde::Serialize;
use serde_json::Value;

/// Its members; what has no value is left out.
pub fn members(what: &impl Serialize) -> String {
    let Ok(Value::Object(members)) = serde_json::to_value(what) else {
        return serde_json::to_string(what).unwrap_or_default();
    };
    let lines = members.iter().filter(|(_, value)| !value.is_null());
    let lines = lines.map(|(name, value)| format!("{name}: {}", plain(value)));
    lines.collect::<Vec<_>>().join("\n")
}

/// A text without its quotation marks and a list without its brackets, where they can't be taken for more than they are.
fn plain(value: &Value) -> String {
    let is_word = |b: u8| b.is_ascii_graphic() && b != b'"';
    let is_one_word = |text: &str| !text.is_empty() && text.bytes().all(is_word);
    match value {
        Value::String(text) if is_one_word(text) => text.clone(),
        Value::Array(items) if !items.is_empty() => {
            items.iter().map(plain).collect::<Vec<_>>().join(" ")
        }
        value => seen(&value.to_string()),
    }
}

/// What can't be seen is written out, as JSON does it.
fn seen(text: &str) -> String {
    let written = |c| {
        if is_unseen(c) {
            format!("\\u{:04x}", u32::from(c))
        } else {
            c.to_string()
        }
    };
    let each = text.chars().map(written);
    each.collect::<String>()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_member_is_a_line_and_no_text_feigns_one() {
        let what = json!({ "a": "x\nb: y", "list": ["u", "v w"], "none": null, "of": { "n": 1 }, "plain": "word", "turned": "a\u{202e}b" });
        let expected =
            "a: \"x\\nb: y\"\nlist: u \"v w\"\nof: {\"n\":1}\nplain: word\nturned: \"a\\u202eb\"";
        assert_eq!(members(&what), expected);
    }
}
