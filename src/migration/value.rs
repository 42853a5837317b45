//! Values as Python has them: a config while it is changed.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

/// A value that a template may give, or that a config holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Py {
    /// Jinja's undefined: what is not there.
    Undefined,
    None,
    Bool(bool),
    Int(i128),
    Float(f64),
    Str(String),
    List(Vec<Py>),
    Dict(BTreeMap<String, Py>),
}

/// What `str()` gives.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) text: String,
    /// Whether Python gives this very text. Else it gives one that reads back as the same value: keys may stand in
    /// another order, and characters may be escaped.
    pub(super) is_exact: bool,
}

impl Py {
    /// A value of JSON.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::None,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(value), _) => Self::Int(value.into()),
                (_, Some(value)) => Self::Int(value.into()),
                _ => Self::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => Self::Str(text.clone()),
            Value::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Value::Object(map) => {
                Self::Dict(map.iter().map(|(key, value)| (key.clone(), Self::of(value))).collect())
            }
        }
    }

    /// The value as JSON; `None` where the connector cannot write it as JSON that the platform reads.
    pub(super) fn to_json(&self) -> Option<Value> {
        Some(match self {
            Self::Undefined => return None,
            Self::None => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => match (i64::try_from(*value), u64::try_from(*value)) {
                (Ok(value), _) => value.into(),
                (_, Ok(value)) => value.into(),
                _ => return None,
            },
            Self::Float(value) => Value::Number(Number::from_f64(*value)?),
            Self::Str(text) => text.as_str().into(),
            Self::List(items) => Value::Array(items.iter().map(Self::to_json).collect::<Option<_>>()?),
            Self::Dict(map) => {
                let entries = map.iter().map(|(key, value)| Some((key.clone(), value.to_json()?)));
                Value::Object(entries.collect::<Option<Map<_, _>>>()?)
            }
        })
    }

    /// About how many bytes it takes as JSON.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Str(text) => text.len() + 2,
            Self::List(items) => items.iter().map(|item| item.size() + 1).sum::<usize>() + 2,
            Self::Dict(map) => map.iter().map(|(key, value)| key.len() + value.size() + 4).sum::<usize>() + 2,
            _ => 8,
        }
    }

    pub(super) fn is_truthy(&self) -> bool {
        match self {
            Self::Undefined | Self::None => false,
            Self::Bool(value) => *value,
            Self::Int(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Str(text) => !text.is_empty(),
            Self::List(items) => !items.is_empty(),
            Self::Dict(map) => !map.is_empty(),
        }
    }

    /// `==`: numbers and booleans are equal by what they count.
    pub(super) fn equals(&self, other: &Self) -> bool {
        if let (Some(one), Some(other)) = (self.number(), other.number()) {
            return one == other;
        }
        match (self, other) {
            (Self::Undefined, Self::Undefined) | (Self::None, Self::None) => true,
            (Self::Str(one), Self::Str(other)) => one == other,
            (Self::List(one), Self::List(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.equals(other))
            }
            (Self::Dict(one), Self::Dict(other)) => {
                one.len() == other.len()
                    && one
                        .iter()
                        .zip(other)
                        .all(|((key, one), (other_key, other))| key == other_key && one.equals(other))
            }
            _ => false,
        }
    }

    /// `None` for what is no number; booleans are.
    pub(super) fn number(&self) -> Option<Count> {
        match self {
            Self::Bool(value) => Some(Count::Whole((*value).into())),
            Self::Int(value) => Some(Count::Whole(*value)),
            #[allow(clippy::cast_possible_truncation, reason = "bounded and whole")]
            Self::Float(value) if value.fract() == 0.0 && value.abs() < 1e30 => {
                Some(Count::Whole(*value as i128))
            }
            Self::Float(value) => Some(Count::Part(*value)),
            _ => None,
        }
    }

    /// `str()`; `None` where what Python gives is not known.
    pub(super) fn str(&self) -> Option<Text> {
        Some(match self {
            Self::Undefined => Text { text: String::new(), is_exact: true },
            Self::Str(text) => Text { text: text.clone(), is_exact: true },
            _ => {
                let mut written = Text { text: String::new(), is_exact: true };
                self.write(&mut written)?;
                written
            }
        })
    }

    /// `repr()`.
    fn write(&self, to: &mut Text) -> Option<()> {
        match self {
            Self::Undefined => to.text.push_str("Undefined"),
            Self::None => to.text.push_str("None"),
            Self::Bool(value) => to.text.push_str(if *value { "True" } else { "False" }),
            Self::Int(value) => to.text.push_str(&value.to_string()),
            Self::Float(value) => to.text.push_str(&float(*value)?),
            Self::Str(text) => to.is_exact &= quote(text, &mut to.text),
            Self::List(items) => {
                to.text.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        to.text.push_str(", ");
                    }
                    item.write(to)?;
                }
                to.text.push(']');
            }
            Self::Dict(map) => {
                to.is_exact &= map.len() < 2;
                to.text.push('{');
                for (index, (key, value)) in map.iter().enumerate() {
                    if index > 0 {
                        to.text.push_str(", ");
                    }
                    to.is_exact &= quote(key, &mut to.text);
                    to.text.push_str(": ");
                    value.write(to)?;
                }
                to.text.push('}');
            }
        }
        Some(())
    }

    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::None => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::Float(_) => "a number",
            Self::Str(_) => "a text",
            Self::List(_) => "a list",
            Self::Dict(_) => "an object",
        }
    }
}

/// A number by what it counts.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub(super) enum Count {
    Whole(i128),
    Part(f64),
}

impl Count {
    /// `None` where one of them is past what a float can tell.
    pub(super) fn compare(self, other: Self) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => Some(one.cmp(&other)),
            _ => {
                const EXACT: i128 = 1 << 53;
                let float = |count: Self| match count {
                    #[allow(clippy::cast_precision_loss, reason = "it is small enough to be exact")]
                    Self::Whole(value) if value.abs() <= EXACT => Some(value as f64),
                    Self::Whole(_) => None,
                    Self::Part(value) => Some(value),
                };
                float(self)?.partial_cmp(&float(other)?)
            }
        }
    }
}

/// `repr()` of a float. `None` where it may have been a whole number once, past what JSON readers keep.
fn float(value: f64) -> Option<String> {
    if !value.is_finite() || value.abs() >= 9.2e18 {
        return None;
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e')?;
    let power: i32 = exponent.parse().ok()?;
    if (-4..16).contains(&power) || value == 0.0 {
        let plain = format!("{value}");
        return Some(if plain.contains('.') { plain } else { plain + ".0" });
    }
    let sign = if power < 0 { '-' } else { '+' };
    Some(format!("{digits}e{sign}{:02}", power.abs()))
}

/// `repr()` of a text; false where Python may escape what is left as it is here.
fn quote(text: &str, to: &mut String) -> bool {
    let mark = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut is_exact = true;
    to.push(mark);
    for character in text.chars() {
        match character {
            '\\' => to.push_str("\\\\"),
            '\n' => to.push_str("\\n"),
            '\r' => to.push_str("\\r"),
            '\t' => to.push_str("\\t"),
            character if character == mark => {
                to.push('\\');
                to.push(mark);
            }
            ' '..='~' => to.push(character),
            '\0'..='\x1f' | '\x7f' => to.push_str(&format!("\\x{:02x}", u32::from(character))),
            character => {
                is_exact &= character.is_alphanumeric();
                to.push(character);
            }
        }
    }
    to.push(mark);
    is_exact
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_python_writes_them() {
        let cases =
            [(1.0, "1.0"), (0.1, "0.1"), (1e16, "1e+16"), (1.5e-7, "1.5e-07"), (123_456.5, "123456.5")];
        for (value, text) in cases {
            assert_eq!(float(value).as_deref(), Some(text));
        }
        assert_eq!(float(0.0001).as_deref(), Some("0.0001"));
        assert_eq!(float(0.00001).as_deref(), Some("1e-05"));
    }
}
