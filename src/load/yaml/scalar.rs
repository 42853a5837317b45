//! The types of plain scalars in YAML 1.1, as PyYAML's resolver and safe constructor give them.
//!
//! Booleans are `yes`, `no`, `on`, `off`, `true` and `false` in three casings; a leading zero is octal; a colon
//! makes base sixty; a float needs a dot, and a sign in its exponent. Dates become ISO text, as a JSON dump of the
//! loaded value would print them.

use std::rc::Rc;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Number, Value};

/// A scalar after resolution.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Plain {
    Null,
    Bool(bool),
    /// An integer of any size, in decimal digits.
    Integer(String),
    Float(f64),
    /// A date or a timestamp, as ISO text.
    Time(String),
    Text(Rc<str>),
}

fn pattern(text: &str) -> Regex {
    Regex::new(&format!("^(?:{text})$")).expect("the patterns of this file are valid")
}

static BOOLEAN: LazyLock<Regex> =
    LazyLock::new(|| pattern("yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF"));
static NULL: LazyLock<Regex> = LazyLock::new(|| pattern("~|null|Null|NULL|"));
static INTEGER: LazyLock<Regex> = LazyLock::new(|| {
    let decimal = "[-+]?(?:0|[1-9][0-9_]*)";
    let others = "[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+";
    pattern(&format!("{decimal}|{others}"))
});
static FLOAT: LazyLock<Regex> = LazyLock::new(|| {
    let exponent = "(?:[eE][-+][0-9]+)?";
    let dotted = format!(r"[-+]?[0-9][0-9_]*\.[0-9_]*{exponent}|\.[0-9][0-9_]*{exponent}");
    let sixty = r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*";
    pattern(&format!(r"{dotted}|{sixty}|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"))
});
static DATE: LazyLock<Regex> = LazyLock::new(|| pattern("([0-9]{4})-([0-9]{2})-([0-9]{2})"));
static TIMESTAMP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})",
        r"(?:\.([0-9]*))?(?:[ \t]*(Z|([-+])([0-9]{1,2})(?::([0-9]{2}))?))?"
    ))
});

impl Plain {
    /// Gives a plain scalar its type.
    ///
    /// # Errors
    /// PyYAML refuses the scalar: a lone `=`, a date that does not exist, a number without digits.
    pub(crate) fn resolve(text: &str) -> Result<Self, String> {
        if NULL.is_match(text) {
            return Ok(Self::Null);
        }
        // Every other pattern starts with one of these; most texts do not.
        if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.=<yYnNtTfFoO".contains(c)) {
            return Ok(Self::Text(text.into()));
        }
        let tag = match text {
            "=" => {
                return Err(
                    "a lone = is YAML 1.1's value tag, which the safe loader refuses: quote it".to_owned()
                );
            }
            "<<" => {
                return Err(
                    "a lone << is YAML 1.1's merge tag, which is only read as a key: quote it".to_owned()
                );
            }
            _ if BOOLEAN.is_match(text) => "bool",
            _ if FLOAT.is_match(text) => "float",
            _ if INTEGER.is_match(text) => "int",
            _ if DATE.is_match(text) || TIMESTAMP.is_match(text) => "timestamp",
            _ => return Ok(Self::Text(text.into())),
        };
        Self::construct(tag, text)
    }

    /// Reads a text as the type a tag names: `null`, `bool`, `int`, `float` or `timestamp`.
    ///
    /// # Errors
    /// The text is no value of that type.
    pub(crate) fn construct(tag: &str, text: &str) -> Result<Self, String> {
        let value = match tag {
            "null" => Some(Self::Null),
            "bool" => match text.to_ascii_lowercase().as_str() {
                "yes" | "true" | "on" => Some(Self::Bool(true)),
                "no" | "false" | "off" => Some(Self::Bool(false)),
                _ => None,
            },
            "int" => integer(text).map(Self::Integer),
            "float" => float(text).map(Self::Float),
            _ => time(text).map(Self::Time),
        };
        value.ok_or_else(|| format!("expected a value of type {tag}, found {text}: quote it if it is text"))
    }

    /// The value in JSON. What JSON numbers cannot hold (large integers, infinities) stays text.
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Integer(digits) => digits
                .parse::<i64>()
                .map(Value::from)
                .or_else(|_| digits.parse::<u64>().map(Value::from))
                .unwrap_or_else(|_| Value::String(digits.clone())),
            Self::Float(value) => {
                Number::from_f64(*value).map_or_else(|| Value::String(python_float(*value)), Value::Number)
            }
            Self::Time(text) => Value::String(text.clone()),
            Self::Text(text) => Value::String(text.to_string()),
        }
    }

    /// The text of this scalar as a JSON object's key, as Python's `json.dumps` writes it.
    pub(crate) fn key(&self) -> Rc<str> {
        match self {
            Self::Null => "null".into(),
            Self::Bool(value) => value.to_string().into(),
            Self::Integer(text) | Self::Time(text) => text.as_str().into(),
            Self::Text(text) => text.clone(),
            Self::Float(value) => python_float(*value).into(),
        }
    }
}

fn python_float(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() }
    } else {
        format!("{value:?}")
    }
}

fn split_sign(text: &str) -> (&str, &str) {
    match text.as_bytes().first() {
        Some(b'-') => ("-", &text[1..]),
        Some(b'+') => ("", &text[1..]),
        _ => ("", text),
    }
}

fn integer(text: &str) -> Option<String> {
    let text = text.replace('_', "");
    let (sign, digits) = split_sign(&text);
    let magnitude = if let Some(binary) = digits.strip_prefix("0b") {
        u128::from_str_radix(binary, 2).ok()?.to_string()
    } else if let Some(hexadecimal) = digits.strip_prefix("0x") {
        u128::from_str_radix(hexadecimal, 16).ok()?.to_string()
    } else if digits.contains(':') {
        digits
            .split(':')
            .try_fold(0u128, |sum, part| sum.checked_mul(60)?.checked_add(part.parse().ok()?))?
            .to_string()
    } else if digits.len() > 1 && digits.starts_with('0') {
        u128::from_str_radix(digits, 8).ok()?.to_string()
    } else if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    } else {
        digits.to_owned()
    };
    Some(if magnitude == "0" { magnitude } else { format!("{sign}{magnitude}") })
}

fn float(text: &str) -> Option<f64> {
    let text = text.replace('_', "").to_ascii_lowercase();
    let (sign, digits) = split_sign(&text);
    let magnitude = match digits {
        ".inf" => f64::INFINITY,
        ".nan" => return Some(f64::NAN),
        _ if digits.contains(':') => {
            digits.split(':').try_fold(0.0, |sum, part| Some(sum * 60.0 + part.parse::<f64>().ok()?))?
        }
        _ => digits.parse().ok()?,
    };
    Some(if sign == "-" { -magnitude } else { magnitude })
}

fn time(text: &str) -> Option<String> {
    if let Some(parts) = DATE.captures(text) {
        let (year, month, day) = (number(&parts[1])?, number(&parts[2])?, number(&parts[3])?);
        return is_date(year, month, day).then(|| format!("{year:04}-{month:02}-{day:02}"));
    }
    let parts = TIMESTAMP.captures(text)?;
    let field = |index: usize| parts.get(index).map_or(Some(0), |found| number(found.as_str()));
    let (year, month, day) = (field(1)?, field(2)?, field(3)?);
    let (hour, minute, second) = (field(4)?, field(5)?, field(6)?);
    if !is_date(year, month, day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut iso = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if let Some(fraction) = parts.get(7) {
        let digits: String = fraction.as_str().chars().chain("000000".chars()).take(6).collect();
        if digits.bytes().any(|digit| digit != b'0') {
            iso.push('.');
            iso.push_str(&digits);
        }
    }
    match (parts.get(8), parts.get(9)) {
        (None, _) => {}
        (Some(_), None) => iso.push_str("+00:00"),
        (Some(_), Some(sign)) => {
            let (hours, minutes) = (field(10)?, field(11)?);
            if hours > 23 {
                return None;
            }
            // PyYAML negates the whole offset, and a zero offset prints with a plus.
            let sign = if hours == 0 && minutes == 0 { "+" } else { sign.as_str() };
            iso.push_str(&format!("{sign}{hours:02}:{minutes:02}"));
        }
    }
    Some(iso)
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok()
}

fn is_date(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    year >= 1 && (1..=days).contains(&day)
}
