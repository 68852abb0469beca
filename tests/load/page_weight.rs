//! What a first visit to each page brings over the wire: the page itself, stylesheet, script, emblem,
//! heads included.

use std::collections::BTreeMap;

use crate::Fault;
use crate::html;
use crate::person::Person;

/// Octets a page may weigh in all.
pub const WEIGHT_MAX: usize = 60_000;

/// Pages that need nobody, and those of a person who is signed in.
const PAGES: [&str; 8] = [
    "/",
    "/login",
    "/bind",
    "/help",
    "/driver",
    "/certificate",
    "/platforms",
    "/nowhere",
];

/// One page.
pub struct Weight {
    /// Where it is.
    pub path: String,
    /// Octets of the page.
    pub page: usize,
    /// Octets of what it brings along.
    pub assets: usize,
}

impl Weight {
    /// All of it.
    pub fn total(&self) -> usize {
        self.page + self.assets
    }
}

/// Opens them all as a person who is signed in; `platform` is one whose consent page can be opened.
pub async fn weigh(person: &mut Person, platform: &str) -> Result<Vec<Weight>, Fault> {
    let consent = format!("/consent?platform={platform}");
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut weights = Vec::new();
    for path in PAGES.into_iter().chain([consent.as_str()]) {
        // Whoever is signed in has no sign-in page.
        let page = match path {
            "/login" => person.open_as_stranger(path).await?,
            _ => person.open(path).await?,
        };
        if page.location.is_some() {
            return Err(format!("{path} sends elsewhere").into());
        }
        let mut assets = 0;
        for asset in html::assets(page.text()?) {
            if let Some(octets) = known.get(asset) {
                assets += octets;
                continue;
            }
            let octets = person.open(asset).await?.expect(200)?.octets;
            known.insert(asset.to_owned(), octets);
            assets += octets;
        }
        weights.push(Weight {
            path: path.to_owned(),
            page: page.octets,
            assets,
        });
    }
    Ok(weights)
}
