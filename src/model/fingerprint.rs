//! Fingerprints: short names for findings and problems that stay the same from run to run.

use serde::ser::{Error as _, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::{Number, Value};
use xxhash_rust::xxh3::xxh3_64;

/// The fingerprint of a key: a letter that says what it names, and 40 bits of XXH3 in hexadecimal.
///
/// The key is hashed as JSON, so it must hold no sentence: whoever waives a finding relies on its fingerprint while we
/// reword what we say of it. Values of a connector go into it as [`Canonical`].
///
/// # Panics
/// The key cannot be serialized; the keys of this program can.
pub(crate) fn fingerprint(letter: char, key: &impl Serialize) -> String {
    let key = serde_json::to_vec(key).expect("a key holds nothing that JSON cannot");
    format!("{letter}{:010x}", xxh3_64(&key) >> 24)
}

/// A value as it counts in a fingerprint: its keys sorted, the lists of JSON Schema that are sets sorted, and whole
/// numbers without a fraction, since JSON Schema takes 1.0 for 1.
pub(crate) struct Canonical<'v> {
    value: &'v Value,
    /// Whether the order of a list does not count.
    is_set: bool,
}

/// Keywords of JSON Schema whose lists are sets.
const SETS: [&str; 3] = ["enum", "required", "type"];

impl<'v> Canonical<'v> {
    /// A value; the order of a list counts.
    pub(crate) fn value(value: &'v Value) -> Self {
        Self { value, is_set: false }
    }

    /// A value; the order of a list does not count.
    pub(crate) fn set(value: &'v Value) -> Self {
        Self { value, is_set: true }
    }
}

impl Serialize for Canonical<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::Array(items) if self.is_set => {
                let text = |item| serde_json::to_string(&Canonical::value(item)).map_err(S::Error::custom);
                let mut texts: Vec<String> = items.iter().map(text).collect::<Result<_, _>>()?;
                texts.sort_unstable();
                texts.serialize(serializer)
            }
            Value::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Canonical::value(item))?;
                }
                list.end()
            }
            Value::Object(entries) => {
                let mut sorted: Vec<(&String, &Value)> = entries.iter().collect();
                sorted.sort_by_key(|(key, _)| *key);
                let mut map = serializer.serialize_map(Some(sorted.len()))?;
                for (key, value) in sorted {
                    let is_set = SETS.contains(&key.as_str());
                    map.serialize_entry(key, &Canonical { value, is_set })?;
                }
                map.end()
            }
            Value::Number(number) => whole(number).as_ref().unwrap_or(number).serialize(serializer),
            other => other.serialize(serializer),
        }
    }
}

/// The number as an integer, where it is written with a fraction and is one that a double holds exactly.
fn whole(number: &Number) -> Option<Number> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let float =
        number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0 && float.abs() <= EXACT)?;
    // The fraction is zero and the range is checked.
    #[expect(clippy::cast_possible_truncation, reason = "whole, and below 2^53")]
    let integer = float as i64;
    Some(integer.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn order_and_spelling_do_not_count_and_values_do() {
        let print = |value: Value| fingerprint('k', &Canonical::value(&value));
        let one = print(json!({"a": 1, "b": [{"c": 2, "d": null}]}));
        assert_eq!(one, print(json!({"b": [{"d": null, "c": 2.0}], "a": 1.0})));
        assert_ne!(one, print(json!({"a": 1, "b": [{"c": "2", "d": null}]})));
        assert_ne!(one, print(json!({"a": 1, "b": [{"c": 2.5, "d": null}]})));
        assert_eq!(one.len(), 11);
        let types = |types: Value| print(json!({"type": types}));
        assert_eq!(types(json!(["null", "string"])), types(json!(["string", "null"])));
        assert_ne!(print(json!([["a"], ["b"]])), print(json!([["b"], ["a"]])), "the order of a key counts");
    }
}
