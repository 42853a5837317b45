//! What a value looks like, with nothing of the value left.

use serde_json::Value;

use crate::model::{Form, JsonType, Magnitude, TextForm, is_time};

/// The form of a value. A text's digits become one `0` a run and its letters, but for the `T` and `Z` of a timestamp,
/// one `a`: two dates look alike, a date and a timestamp do not.
pub(super) fn form(value: &Value) -> Form {
    match value {
        Value::Null => Form::Empty,
        Value::String(text) if text.is_empty() => Form::Empty,
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Form::Text(TextForm::Digits(Magnitude::of_digits(text.len())))
        }
        Value::String(text) => {
            let mut look = String::with_capacity(text.len());
            fold_digits(text, &mut look);
            let look = if is_time(&look) { look } else { without_letters(&look) };
            // A zone offset may be east or west of Greenwich without being another form.
            let look = look.replace("T0:0:0-0", "T0:0:0+0").replace("T0:0:0.0-0", "T0:0:0.0+0");
            Form::Text(TextForm::Look(look))
        }
        Value::Number(number) => {
            let digits = number.as_f64().map_or(0, |value| format!("{:.0}", value.abs()).len());
            Form::Number(Magnitude::of_digits(digits))
        }
        other => Form::Other(JsonType::of_text(&other.to_string())),
    }
}

/// Adds a text to `folded`, one `0` for each run of digits.
pub(in crate::load) fn fold_digits(text: &str, folded: &mut String) {
    let mut in_digits = false;
    if text.is_ascii() {
        for byte in text.bytes() {
            let is_digit = byte.is_ascii_digit();
            if !(is_digit && in_digits) {
                folded.push(if is_digit { '0' } else { char::from(byte) });
            }
            in_digits = is_digit;
        }
        return;
    }
    for character in text.chars() {
        let is_digit = character.is_numeric();
        if !(is_digit && in_digits) {
            folded.push(if is_digit { '0' } else { character });
        }
        in_digits = is_digit;
    }
}

/// One `a` for each run of letters.
fn without_letters(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        let letter = character.is_alphabetic();
        if !(letter && folded.ends_with('a')) {
            folded.push(if letter { 'a' } else { character });
        }
    }
    folded
}
