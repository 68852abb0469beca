//! An answer of the provider, read as a browser or a platform reads it.

use reqwest::header::HeaderMap;
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;
use url::Url;

/// Status, headers and body.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: String,
    /// What was asked.
    pub asked: String,
}

impl Answer {
    pub(super) async fn read(asked: String, response: reqwest::Response) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await.unwrap(),
            asked,
        }
    }

    /// One header, empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap_or("(not text)"))
    }

    /// Every value of a header.
    pub fn headers_named(&self, name: &str) -> Vec<&str> {
        let values = self.headers.get_all(name).iter();
        values.map(|value| value.to_str().unwrap()).collect()
    }

    /// Where a 303 leads.
    pub fn location(&self) -> Option<&str> {
        (self.status == 303).then(|| self.header("location"))
    }

    /// One parameter of the address a 303 leads to.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let location = self.location()?;
        // Our own redirects are relative; any base makes them readable.
        let url = Url::parse("http://relative/")
            .unwrap()
            .join(location)
            .unwrap();
        let found = url.query_pairs().find(|(n, _)| n == name);
        found.map(|(_, value)| value.into_owned())
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("JSON in {}", self.summary()))
    }

    /// `error` of a JSON body.
    pub fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }

    /// Text of the first element that matches.
    pub fn text(&self, selector: &str) -> Option<String> {
        self.texts(selector).into_iter().next()
    }

    /// Texts of every element that matches, blanks trimmed.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        self.select(selector, |element| {
            Some(element.text().collect::<String>().trim().to_owned())
        })
    }

    /// An attribute of the first element that matches.
    pub fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        self.attributes(selector, name).into_iter().next()
    }

    /// An attribute of every element that matches and has it.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        self.select(selector, |element| {
            element.value().attr(name).map(str::to_owned)
        })
    }

    /// Whether an element is on the page.
    pub fn has(&self, selector: &str) -> bool {
        !self.select(selector, |_| Some(String::new())).is_empty()
    }

    /// Every named input of a form with a value, as a browser would send it untouched.
    pub fn fields(&self, form: &str) -> Vec<(String, String)> {
        let document = Html::parse_document(&self.body);
        let inputs = Selector::parse(&format!("{form} input[type=hidden][name]")).unwrap();
        let fields = document.select(&inputs).map(|input| {
            let attribute = |name| input.value().attr(name).unwrap_or_default().to_owned();
            (attribute("name"), attribute("value"))
        });
        fields.collect()
    }

    /// The problem a page shows.
    pub fn problem(&self) -> String {
        self.text("#error-code").unwrap_or_default()
    }

    /// The incident a page shows.
    pub fn incident(&self) -> String {
        self.text("#error-incident").unwrap_or_default()
    }

    /// For failing tests.
    pub fn summary(&self) -> String {
        let problem = self.problem();
        let start: String = self.body.chars().take(300).collect();
        let shown = if problem.is_empty() { &start } else { &problem };
        format!(
            "{} -> {} {} {shown}",
            self.asked,
            self.status,
            self.header("location")
        )
    }

    fn select(
        &self,
        selector: &str,
        read: impl Fn(ElementRef<'_>) -> Option<String>,
    ) -> Vec<String> {
        let document = Html::parse_document(&self.body);
        let selector = Selector::parse(selector).unwrap();
        document.select(&selector).filter_map(read).collect()
    }
}
