//! Shared step: reads a JSON object in which no name stands twice, at any depth.
//!
//! Of two members of one name some readers take the first and some the last (RFC 7515 §4, RFC 8259 §4): what one checked,
//! another would not have seen.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Such an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Unique(pub Map<String, Value>);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Member::deserialize(deserializer)? {
            Member(Value::Object(members)) => Ok(Self(members)),
            Member(_) => Err(D::Error::custom("no object")),
        }
    }
}

struct Member(Value);

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading).map(Self)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, said: bool) -> Result<Value, E> {
        Ok(said.into())
    }

    fn visit_i64<E>(self, said: i64) -> Result<Value, E> {
        Ok(said.into())
    }

    fn visit_u64<E>(self, said: u64) -> Result<Value, E> {
        Ok(said.into())
    }

    fn visit_f64<E: Error>(self, said: f64) -> Result<Value, E> {
        let number = Number::from_f64(said).ok_or_else(|| E::custom("no number"))?;
        Ok(number.into())
    }

    fn visit_str<E>(self, said: &str) -> Result<Value, E> {
        Ok(said.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Member(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, Member(value))) = object.next_entry::<String, Member>()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member stands twice"));
            }
        }
        Ok(members.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_reads_as_always_unless_a_name_stands_twice() {
        let text = r#"{"a":1,"b":[{"c":-2},null,true,"x",1.5],"d":{"e":18446744073709551615}}"#;
        let Unique(read) = serde_json::from_str(text).unwrap();
        assert_eq!(
            Value::Object(read),
            serde_json::from_str::<Value>(text).unwrap()
        );
        for bad in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"{"a":[{"b":1,"b":2}]}"#,
            "[]",
            "1",
            "{",
        ] {
            assert!(serde_json::from_str::<Unique>(bad).is_err(), "{bad}");
        }
    }
}
