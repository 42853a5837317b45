//! Values that a schema may accept, drawn from a seed.
//!
//! What is drawn follows the keywords that decide the shape of a value and leaves the rest to whoever asks: a value that
//! the schema refuses after all is thrown away there, by the validator. Every choice of a schema is taken sooner or later:
//! each option, each value of an `enum`, each property there and absent, and texts that other programs read as something
//! else.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Inclusion, Options, Validator, includes};
use crate::model::Pointer;

/// Draws values of a schema.
#[derive(Debug)]
pub struct Generator<'s> {
    root: &'s Value,
    state: u64,
    /// So many values may still be drawn into the one that is made.
    left: usize,
    /// Texts of schemas that ask for more than a length, by the schema.
    texts: BTreeMap<String, Vec<Value>>,
}

/// Texts that are none to a program that reads them as Python literals, as YAML or as a template, and plain ones.
const TEXTS: [&str; 24] = [
    "s3cret-0a1b",
    "12345",
    "abc",
    "True",
    "0",
    "None",
    "eu-west-1",
    "1.5",
    "[1, 2]",
    "a b c",
    "{'a': 1}",
    "'quoted'",
    "007",
    "1,2",
    "false",
    "null",
    "x{{ y }}z",
    "1e5",
    "user@example.test",
    "https://lantern.test/api",
    "-5",
    "été",
    "\"",
    "",
];

/// Texts in forms that specs ask for.
const FORMS: [&str; 18] = [
    "2024-01-31",
    "2023-12-01T00:00:00Z",
    "2024-02-29T12:30:00.000Z",
    "2021-07-01T00:00:00",
    "2020-06-15 08:00:00",
    "2019-01-01T00:00:00+00:00",
    "https://lantern.test",
    "lantern.test",
    "lantern-test",
    "P1D",
    "user@example.test",
    "0123456789abcdef0123456789abcdef",
    "123e4567-e89b-12d3-a456-426614174000",
    "abcde",
    "ABCDE",
    "1234567890",
    "a",
    "us-east-1",
];

/// A value holds about so many others at most; then it holds what has to be there alone.
const MOST_VALUES: usize = 500;

/// A schema inside of itself is opened so often.
const DEEPEST: usize = 12;

impl<'s> Generator<'s> {
    /// A generator of values of `root`.
    pub fn new(root: &'s Value, seed: u64) -> Self {
        Self { root, state: seed ^ 0x9e37_79b9_7f4a_7c15, left: 0, texts: BTreeMap::new() }
    }

    /// The next value. The place where `around` leads is there wherever a choice decides it.
    pub fn next(&mut self, around: &[String]) -> Value {
        self.left = MOST_VALUES;
        self.value(self.root, around, 0)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        // SplitMix64: small, and the same everywhere.
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bound = u64::try_from(bound.max(1)).unwrap_or(1);
        usize::try_from((mixed ^ (mixed >> 31)) % bound).unwrap_or(0)
    }

    fn pick<'v>(&mut self, values: &'v [Value]) -> Option<&'v Value> {
        if values.is_empty() { None } else { values.get(self.below(values.len())) }
    }

    /// The schema that a reference leads to.
    fn resolved(&self, schema: &'s Value) -> &'s Value {
        let mut schema = schema;
        for _ in 0..DEEPEST {
            let Some(reference) = schema.get("$ref").and_then(Value::as_str) else { break };
            let Some(path) = reference.strip_prefix('#') else { break };
            let Some(target) = Pointer::parse(path).get(self.root) else { break };
            schema = target;
        }
        schema
    }

    /// The parts that hold together of a value: the schema, what it refers to, `allOf`, and one option of each choice.
    fn parts(&mut self, schema: &'s Value, around: &[String], depth: usize, into: &mut Vec<&'s Value>) {
        let schema = self.resolved(schema);
        into.push(schema);
        if depth > DEEPEST || into.len() > 64 {
            return;
        }
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.parts(part, around, depth + 1, into);
        }
        for keyword in ["oneOf", "anyOf"] {
            let Some(options) = schema.get(keyword).and_then(Value::as_array).filter(|all| !all.is_empty())
            else {
                continue;
            };
            // An option that has what is asked for comes first more often than not.
            let having: Vec<usize> = match around.first() {
                Some(name) => (0..options.len())
                    .filter(|index| self.resolved(&options[*index])["properties"].get(name).is_some())
                    .collect(),
                None => Vec::new(),
            };
            let index = match having.is_empty() || self.below(4) == 0 {
                true => self.below(options.len()),
                false => having[self.below(having.len())],
            };
            self.parts(&options[index], around, depth + 1, into);
        }
    }

    fn value(&mut self, schema: &'s Value, around: &[String], depth: usize) -> Value {
        self.left = self.left.saturating_sub(1);
        let mut parts = Vec::new();
        self.parts(schema, around, 0, &mut parts);
        let of = |keyword: &str| parts.iter().find_map(|part| part.get(keyword));
        if let Some(value) = of("const") {
            return value.clone();
        }
        if let Some(values) = of("enum").and_then(Value::as_array) {
            return self.pick(values).cloned().unwrap_or(Value::Null);
        }
        let kinds: Vec<&str> = match of("type") {
            Some(Value::String(kind)) => vec![kind],
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let kind = match kinds.as_slice() {
            [] if of("properties").is_some() => "object",
            [] if of("items").is_some() => "array",
            [] => "string",
            [only] => only,
            [first, ..] if self.below(3) > 0 => first,
            several => several[self.below(several.len())],
        };
        match kind {
            "object" => self.object(&parts, around, depth),
            "array" => self.array(&parts, around, depth),
            "boolean" => Value::Bool(self.below(2) == 0),
            "integer" => self.number(&parts, true),
            "number" => self.number(&parts, false),
            "null" => Value::Null,
            _ => self.text(&parts),
        }
    }

    fn object(&mut self, parts: &[&'s Value], around: &[String], depth: usize) -> Value {
        let mut map = Map::new();
        let required: Vec<&str> = parts
            .iter()
            .filter_map(|part| part.get("required")?.as_array())
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let properties =
            parts.iter().filter_map(|part| part.get("properties")?.as_object()).flatten().collect::<Vec<_>>();
        // Now and then there is all of it, or what has to be there alone.
        let style = self.below(8);
        for (name, schema) in properties {
            let is_asked = around.first() == Some(name);
            let is_there = required.contains(&name.as_str())
                || is_asked
                || schema.get("const").is_some()
                || match style {
                    0 => true,
                    1 => false,
                    _ => self.below(2) == 0,
                };
            let is_wanted = is_there && (self.left > 0 || required.contains(&name.as_str()));
            if !is_wanted || depth > DEEPEST || map.contains_key(name) {
                continue;
            }
            let inner = if is_asked { &around[1..] } else { &[] };
            let value = self.value(schema, inner, depth + 1);
            map.insert(name.clone(), value);
        }
        for name in required {
            map.entry(name).or_insert_with(|| json!("s3cret"));
        }
        let additional = parts.iter().find_map(|part| part.get("additionalProperties"));
        if let Some(schema @ Value::Object(_)) = additional {
            for name in ["k1", "k2"].iter().take(self.below(3)) {
                let value = self.value(schema, &[], depth + 1);
                map.insert((*name).to_owned(), value);
            }
        }
        Value::Object(map)
    }

    fn array(&mut self, parts: &[&'s Value], around: &[String], depth: usize) -> Value {
        let bound = |keyword: &str| parts.iter().find_map(|part| part.get(keyword)?.as_u64());
        let least = usize::try_from(bound("minItems").unwrap_or(0)).unwrap_or(0).min(16);
        let most = usize::try_from(bound("maxItems").unwrap_or(3)).unwrap_or(3).max(least).min(least + 3);
        let count =
            if depth > DEEPEST || self.left == 0 { least } else { least + self.below(most - least + 1) };
        let items = parts.iter().find_map(|part| part.get("items")).filter(|items| items.is_object());
        let is_unique = parts.iter().any(|part| part.get("uniqueItems") == Some(&Value::Bool(true)));
        let mut values: Vec<Value> = Vec::new();
        for _ in 0..count {
            let value = match items {
                Some(items) => self.value(items, around, depth + 1),
                None => json!("x"),
            };
            if !is_unique || !values.contains(&value) {
                values.push(value);
            }
        }
        Value::Array(values)
    }

    fn number(&mut self, parts: &[&'s Value], is_whole: bool) -> Value {
        let bound =
            |keyword: &str| parts.iter().find_map(|part| part.get(keyword).filter(|value| value.is_number()));
        let of = |keyword: &str| bound(keyword).and_then(Value::as_f64);
        let mut all: Vec<Value> =
            ["default", "minimum", "maximum"].iter().filter_map(|key| bound(key)).cloned().collect();
        let low = of("minimum").or_else(|| of("exclusiveMinimum").map(|low| low + 1.0));
        let high = of("maximum").or_else(|| of("exclusiveMaximum").map(|high| high - 1.0));
        let (from, to) = match (low, high) {
            (Some(low), Some(high)) => (low, high),
            (Some(low), None) => (low, low + 1000.0),
            (None, Some(high)) => (high - 1000.0, high),
            (None, None) => (-2.0, 1000.0),
        };
        #[allow(
            clippy::cast_possible_truncation,
            reason = "what is out of bounds is refused by the validator"
        )]
        for share in [0.0, 0.3, 0.7, 1.0] {
            let value = (from + (to - from) * share).floor();
            all.push(json!(value as i64));
            if !is_whole {
                all.push(json!(value + 0.5));
            }
        }
        if low.is_none_or(|low| low <= 0.0) {
            all.extend([json!(0), json!(1)]);
        }
        self.pick(&all).cloned().unwrap_or_else(|| json!(0))
    }

    fn text(&mut self, parts: &[&'s Value]) -> Value {
        const ASKS: [&str; 4] = ["pattern", "format", "minLength", "maxLength"];
        let mut asked = Map::new();
        for (keyword, value) in
            ASKS.iter().filter_map(|key| Some((*key, parts.iter().find_map(|part| part.get(key))?)))
        {
            asked.insert(keyword.to_owned(), value.clone());
        }
        let mut shown: Vec<Value> = parts.iter().filter_map(|part| part.get("default")).cloned().collect();
        let examples = parts.iter().filter_map(|part| part.get("examples")?.as_array()).flatten();
        shown.extend(examples.cloned());
        shown.retain(Value::is_string);
        if asked.is_empty() {
            if !shown.is_empty() && self.below(4) == 0 {
                return self.pick(&shown).cloned().unwrap_or_default();
            }
            return TEXTS[self.below(TEXTS.len())].into();
        }
        let key = Value::Object(asked.clone()).to_string();
        if !self.texts.contains_key(&key) {
            let texts = texts_of(&asked, shown);
            self.texts.insert(key.clone(), texts);
        }
        let texts = self.texts.get(&key).cloned().unwrap_or_default();
        self.pick(&texts).cloned().unwrap_or_else(|| "s3cret".into())
    }
}

/// Texts that a schema of texts accepts.
fn texts_of(asked: &Map<String, Value>, shown: Vec<Value>) -> Vec<Value> {
    let mut schema = asked.clone();
    schema.insert("type".to_owned(), "string".into());
    // The runtime asserts no format: it only tells what the form lets through.
    let format = schema.remove("format");
    let schema = Value::Object(schema);
    let options = Options::default();
    let Ok(validator) = Validator::new(&schema, &options) else { return shown };
    let mut all = shown;
    let dates = match format.as_ref().and_then(Value::as_str) {
        Some("date") => &FORMS[..1],
        Some("date-time") => &FORMS[1..2],
        Some(_) => &FORMS[..],
        None => &[],
    };
    match format {
        Some(_) => all.extend(dates.iter().map(|text| Value::from(*text))),
        None => {
            all.extend(TEXTS.iter().chain(&FORMS).map(|text| Value::from(*text)));
            let least = asked.get("minLength").and_then(Value::as_u64).unwrap_or(0).min(4096);
            let least = usize::try_from(least).unwrap_or(0);
            let grown = TEXTS.iter().take(4).map(|text| Value::from(format!("{text}{}", "0".repeat(least))));
            all.extend(grown);
            let most =
                asked.get("maxLength").and_then(Value::as_u64).and_then(|most| usize::try_from(most).ok());
            all.extend(most.map(|most| Value::from("7".repeat(most.min(4096)))));
        }
    }
    all.retain(|text| validator.refusal(text).is_none());
    // Some patterns are met by nothing of that: the search finds a text, and then others.
    for _ in 0..3 {
        if all.len() > 3 {
            break;
        }
        match includes(
            &schema,
            &json!({"enum": all.iter().chain([&Value::Null]).collect::<Vec<_>>()}),
            &options,
        ) {
            Ok(Inclusion::NotIncluded { witness, .. }) => all.push(witness),
            _ => break,
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_taken() {
        let schema = json!({
            "type": "object",
            "required": ["auth"],
            "properties": {
                "day": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
                "code": {"type": "string", "pattern": "^zq[0-9]{3}$"},
                "auth": {"oneOf": [
                    {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "a"}, "x": {"type": "integer", "minimum": 3}}},
                    {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "b"}}},
                ]},
            },
        });
        let validator = Validator::new(&schema, &Options::default()).expect("a schema");
        let mut generator = Generator::new(&schema, 1);
        let all: Vec<Value> = (0..200).map(|_| generator.next(&[])).collect();
        let accepted: Vec<&Value> = all.iter().filter(|value| validator.refusal(value).is_none()).collect();
        assert!(accepted.len() > 190, "{}", accepted.len());
        for asked in ["/auth/x", "/day", "/code"] {
            assert!(accepted.iter().any(|value| value.pointer(asked).is_some()), "{asked}");
            assert!(accepted.iter().any(|value| value.pointer(asked).is_none()), "{asked}");
        }
        for kind in ["a", "b"] {
            assert!(accepted.iter().any(|value| value["auth"]["kind"] == kind), "{kind}");
        }
        let around = ["auth".to_owned(), "x".to_owned()];
        let near = (0..40).filter(|_| generator.next(&around).pointer("/auth/x").is_some()).count();
        assert!(near > 20, "{near}");
    }
}
