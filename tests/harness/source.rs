//! The repository as text: which files there are, and which paths a Rust file names.
//!
//! Knows no rule; the rules are `walls.rs`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Rust files under a folder of the repository, in order.
pub fn rust_files(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    collect(&root().join(folder), &mut files);
    files.retain(|file| file.extension().is_some_and(|ending| ending == "rs"));
    files.sort();
    files
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if !path.is_dir() {
            files.push(path);
        } else if !["target", "node_modules", ".git"]
            .iter()
            .any(|name| path.ends_with(name))
        {
            collect(&path, files);
        }
    }
}

/// Files that git tracks or would track; `None` outside a repository.
pub fn tracked_files() -> Option<Vec<PathBuf>> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root())
        .output()
        .ok()?;
    let names = String::from_utf8(output.stdout).ok()?;
    let files = names.split('\0').filter(|name| !name.is_empty());
    output
        .status
        .success()
        .then(|| files.map(|name| root().join(name)).collect())
}

/// A file's path inside the repository.
pub fn short(file: &Path) -> String {
    file.strip_prefix(root())
        .unwrap_or(file)
        .display()
        .to_string()
}

/// Module path of a file below its crate's `src`, e.g. `["http", "oidc", "token"]`.
pub fn module_of(file: &Path, src: &str) -> Vec<String> {
    let inside = file
        .strip_prefix(root().join(src))
        .unwrap()
        .with_extension("");
    let names = inside.iter().map(|name| name.to_str().unwrap().to_owned());
    names
        .filter(|name| !["mod", "lib", "main"].contains(&name.as_str()))
        .collect()
}

/// Every path that a file names, in `use` lines and elsewhere, as it stands in the text but with braces
/// taken apart: `use a::{b, c::d}` names `a::b` and `a::c::d`.
pub fn paths_named(file: &Path) -> Vec<String> {
    let text = code_of(&fs::read_to_string(file).unwrap());
    let mut paths = Vec::new();
    let mut rest = text.as_str();
    while let Some(start) = rest.find(|c: char| c.is_alphabetic() || c == '_') {
        rest = &rest[start..];
        let length = path_length(rest);
        let (path, after) = rest.split_at(length);
        rest = after;
        if let Some(prefix) = path.strip_suffix("::")
            && let Some(group) = after.strip_prefix('{')
        {
            let end = closing(group);
            take_apart(prefix, &group[..end], &mut paths);
            rest = &group[end..];
        } else if path.contains("::") {
            paths.push(path.trim_end_matches(':').to_owned());
        }
    }
    paths
}

/// Without comments and without what stands in tests at a file's end.
fn code_of(text: &str) -> String {
    let lines = text
        .lines()
        .take_while(|line| line.trim() != "#[cfg(test)]");
    let code = lines.map(|line| line.split("//").next().unwrap_or_default());
    code.collect::<Vec<_>>().join("\n")
}

fn path_length(text: &str) -> usize {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    end.unwrap_or(text.len())
}

fn closing(group: &str) -> usize {
    let mut depth = 1;
    for (position, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return position;
        }
    }
    group.len()
}

fn take_apart(prefix: &str, group: &str, paths: &mut Vec<String>) {
    let mut depth = 0;
    let mut start = 0;
    let mut parts = Vec::new();
    for (position, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&group[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    parts.push(&group[start..]);
    for part in parts
        .iter()
        .map(|part| part.trim())
        .filter(|part| !part.is_empty())
    {
        match part.split_once("::{") {
            Some((name, inner)) => {
                let inner = inner.strip_suffix('}').unwrap_or(inner);
                take_apart(&format!("{prefix}::{name}"), inner, paths);
            }
            None => paths.push(format!("{prefix}::{}", part.split(' ').next().unwrap())),
        }
    }
}

/// `path` seen from the root of its crate: `super` and `self` resolved against the file's module.
/// `None` when it leads to another crate.
pub fn resolved(path: &str, module: &[String]) -> Option<Vec<String>> {
    let mut words: Vec<&str> = path.split("::").filter(|word| !word.is_empty()).collect();
    let mut base = module.to_vec();
    match words.first().copied()? {
        "crate" => {
            words.remove(0);
            base.clear();
        }
        "self" => {
            words.remove(0);
        }
        "super" => {
            while words.first() == Some(&"super") {
                words.remove(0);
                base.pop();
            }
        }
        _ => return None,
    }
    base.extend(words.into_iter().map(str::to_owned));
    Some(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_taken_apart_and_super_is_resolved() {
        let mut paths = Vec::new();
        take_apart("super", "a, b::{c, d::e}, f as g", &mut paths);
        assert_eq!(
            paths,
            ["super::a", "super::b::c", "super::b::d::e", "super::f"]
        );
        let module = ["http".to_owned(), "oidc".to_owned(), "token".to_owned()];
        let found = resolved("super::super::login::show", &module).unwrap();
        assert_eq!(found, ["http", "login", "show"]);
        assert_eq!(resolved("std::fs", &module), None);
    }
}
