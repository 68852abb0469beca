//! What a person and the agent read of a page, found by plain search: a page is read thousands of times
//! a second.

use crate::Fault;

/// The text between these two.
fn between<'a>(page: &'a str, before: &str, after: &str) -> Result<&'a str, Fault> {
    page.split_once(before)
        .and_then(|(_, rest)| rest.split_once(after))
        .map(|(text, _)| text)
        .ok_or_else(|| format!("{before} is not on the page").into())
}

/// A `data-…` attribute of the form that asks for a signature.
pub fn data(page: &str, name: &str) -> Result<String, Fault> {
    let text = between(page, &format!(" data-{name}=\""), "\"")?;
    Ok(unescaped(text))
}

/// The value of a hidden field.
pub fn field<'a>(page: &'a str, name: &str) -> Result<&'a str, Fault> {
    between(page, &format!("name=\"{name}\" value=\""), "\"")
}

/// The `href` of the element with this id.
pub fn link(page: &str, id: &str) -> Result<String, Fault> {
    let text = between(page, &format!("id=\"{id}\" href=\""), "\"")?;
    Ok(unescaped(text))
}

/// Addresses of stylesheet, script and emblem, each once.
pub fn assets(page: &str) -> Vec<&str> {
    let mut found: Vec<&str> = page
        .split('"')
        .filter(|text| text.starts_with("/assets/"))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// What askama escapes.
fn unescaped(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
}
