//! Fingerprints: short names for findings and problems that stay the same from run to run.

use serde::Serialize;
use serde_json::{Map, Number, Value};
use xxhash_rust::xxh3::xxh3_64;

/// The fingerprint of a key: a letter that says what it names, and 40 bits of XXH3 in hexadecimal.
///
/// The key is hashed as canonical JSON, so it must hold no sentence: whoever waives a finding relies on its fingerprint
/// while we reword what we say of it.
///
/// # Panics
/// The key cannot be serialized; the keys of this program can.
pub(crate) fn fingerprint(letter: char, key: &impl Serialize) -> String {
    let key = serde_json::to_value(key).expect("a key holds nothing that JSON cannot");
    format!("{letter}{:010x}", xxh3_64(canonical(key).to_string().as_bytes()) >> 24)
}

/// The value with its keys sorted, and with whole numbers written without a fraction: JSON Schema takes 1.0 for 1.
fn canonical(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(canonical).collect(),
        Value::Object(entries) => {
            let mut entries: Vec<(String, Value)> = entries.into_iter().collect();
            entries.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(
                entries.into_iter().map(|(key, value)| (key, canonical(value))).collect::<Map<_, _>>(),
            )
        }
        Value::Number(number) => Value::Number(whole(&number).unwrap_or(number)),
        other => other,
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
        let one = fingerprint('k', &json!({"a": 1, "b": [{"c": 2, "d": null}]}));
        assert_eq!(one, fingerprint('k', &json!({"b": [{"d": null, "c": 2.0}], "a": 1.0})));
        assert_ne!(one, fingerprint('k', &json!({"a": 1, "b": [{"c": "2", "d": null}]})));
        assert_ne!(one, fingerprint('k', &json!({"a": 1, "b": [{"c": 2.5, "d": null}]})));
        assert_eq!(one.len(), 11);
    }
}
