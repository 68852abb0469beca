//! What a walk says of its rows: conditions with what is bound in them, and what a list is ordered by.

use std::borrow::Cow;

use idp_core::listing::Place;

/// A value that is bound.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    Number(i64),
}

/// Conditions that hold together, `?` for each value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conditions {
    pub(super) texts: Vec<Cow<'static, str>>,
    pub(super) values: Vec<Value>,
}

impl Conditions {
    /// One without a value.
    pub(crate) fn that(mut self, text: &'static str) -> Self {
        self.texts.push(text.into());
        self
    }

    /// One about a text, where there is one.
    pub(crate) fn text(mut self, text: &'static str, value: Option<impl AsRef<str>>) -> Self {
        if let Some(value) = value {
            self.texts.push(text.into());
            self.values.push(Value::Text(value.as_ref().to_owned()));
        }
        self
    }

    /// One that is to hold with any of these texts, where there are some.
    pub(crate) fn any_text<'a>(
        mut self,
        text: &'static str,
        any: impl Iterator<Item = &'a str>,
    ) -> Self {
        let values: Vec<_> = any.map(|text| Value::Text(text.to_owned())).collect();
        if !values.is_empty() {
            let each = vec![text; values.len()].join(" OR ");
            self.texts.push(format!("({each})").into());
            self.values.extend(values);
        }
        self
    }

    /// These without one that `index`, of one text, answers.
    pub(crate) fn without(mut self, index: &Self) -> Self {
        let place = self
            .texts
            .iter()
            .position(|text| index.texts.contains(text));
        // Each text before it has its values before those.
        if let Some(place) = place {
            let marks = |texts: &[Cow<'static, str>]| {
                texts.iter().map(|t| t.matches('?').count()).sum::<usize>()
            };
            let before = marks(self.texts.get(..place).unwrap_or_default());
            let text = self.texts.remove(place);
            let after = (before + text.matches('?').count()).min(self.values.len());
            self.values.drain(before.min(after)..after);
        }
        self
    }

    /// One about a number, where there is one.
    pub(crate) fn number(mut self, text: &'static str, value: Option<i64>) -> Self {
        if let Some(value) = value {
            self.texts.push(text.into());
            self.values.push(Value::Number(value));
        }
        self
    }

    /// One about two numbers, where there are some.
    pub(crate) fn numbers(mut self, text: &'static str, values: Option<[i64; 2]>) -> Self {
        if let Some(values) = values {
            self.texts.push(text.into());
            self.values.extend(values.map(Value::Number));
        }
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

/// What a list is ordered by.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Keys {
    /// One column of numbers.
    Number(&'static str),
    /// One column of texts.
    Text(&'static str),
    /// Numbers, and texts among equal ones.
    NumberText(&'static str, &'static str),
    /// Numbers, and numbers among equal ones.
    Numbers(&'static str, &'static str),
}

impl Keys {
    pub(super) fn columns(self) -> Vec<&'static str> {
        match self {
            Self::Number(a) | Self::Text(a) => vec![a],
            Self::NumberText(a, b) | Self::Numbers(a, b) => vec![a, b],
        }
    }

    pub(super) fn values(self, place: &Place) -> Vec<Value> {
        let number = || Value::Number(place.number);
        let text = || Value::Text(place.text.clone());
        match self {
            Self::Number(_) => vec![number()],
            Self::Text(_) => vec![text()],
            Self::NumberText(..) => vec![number(), text()],
            // No number: a forged cursor, which then stands before or behind its equals.
            Self::Numbers(..) => vec![number(), Value::Number(place.text.parse().unwrap_or(0))],
        }
    }

    /// The same as columns of a [`PlaceRow`].
    pub(super) fn as_place(self) -> String {
        match self {
            Self::Number(a) => format!("{a} AS number, '' AS text"),
            Self::Text(a) => format!("0 AS number, {a} AS text"),
            Self::NumberText(a, b) => format!("{a} AS number, {b} AS text"),
            Self::Numbers(a, b) => format!("{a} AS number, CAST({b} AS TEXT) AS text"),
        }
    }
}
