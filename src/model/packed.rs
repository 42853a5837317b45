//! A JSON value in few bytes, for what is kept long and looked at once: a mapping of one entry takes 632 bytes otherwise.
//!
//! JSON text would do but for numbers: serde_json reads a float back exactly only where it is built to, which makes every read
//! slower.

use serde_json::{Map, Number, Value};

/// A JSON value. Equal values have equal bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Packed(Box<[u8]>);

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const UNSIGNED: u8 = 3;
const SIGNED: u8 = 4;
const FLOAT: u8 = 5;
const TEXT: u8 = 6;
const LIST: u8 = 7;
const MAPPING: u8 = 8;

impl Packed {
    pub(crate) fn of(value: &Value) -> Self {
        let mut bytes = Vec::new();
        pack(value, &mut bytes);
        Self(bytes.into())
    }

    pub(crate) fn value(&self) -> Value {
        Unpacked { rest: &self.0 }.value()
    }

    /// Whether a text, or a key, stands anywhere in it; what has it as a part may count too.
    pub(crate) fn may_hold(&self, text: &str) -> bool {
        memchr::memmem::find(&self.0, text.as_bytes()).is_some()
    }
}

fn pack(value: &Value, bytes: &mut Vec<u8>) {
    match value {
        Value::Null => bytes.push(NULL),
        Value::Bool(false) => bytes.push(FALSE),
        Value::Bool(true) => bytes.push(TRUE),
        Value::Number(number) => pack_number(number, bytes),
        Value::String(text) => {
            bytes.push(TEXT);
            pack_text(text, bytes);
        }
        Value::Array(items) => {
            bytes.push(LIST);
            pack_count(items.len(), bytes);
            items.iter().for_each(|item| pack(item, bytes));
        }
        Value::Object(map) => {
            bytes.push(MAPPING);
            pack_count(map.len(), bytes);
            for (key, value) in map {
                pack_text(key, bytes);
                pack(value, bytes);
            }
        }
    }
}

fn pack_number(number: &Number, bytes: &mut Vec<u8>) {
    let (tag, written) = match (number.as_u64(), number.as_i64()) {
        (Some(number), _) => (UNSIGNED, number.to_le_bytes()),
        (None, Some(number)) => (SIGNED, number.to_le_bytes()),
        (None, None) => (FLOAT, number.as_f64().unwrap_or_default().to_le_bytes()),
    };
    bytes.push(tag);
    bytes.extend(written);
}

fn pack_text(text: &str, bytes: &mut Vec<u8>) {
    pack_count(text.len(), bytes);
    bytes.extend_from_slice(text.as_bytes());
}

/// Seven bits a byte, the lowest first; all but the last byte have the highest bit.
fn pack_count(mut count: usize, bytes: &mut Vec<u8>) {
    while count > 0x7f {
        bytes.push((count & 0x7f) as u8 | 0x80);
        count >>= 7;
    }
    bytes.push(count as u8);
}

/// What is still to be read. Bytes that were not written by [`pack`] read as nulls and empty texts.
struct Unpacked<'p> {
    rest: &'p [u8],
}

impl<'p> Unpacked<'p> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.rest.split_first() else { return NULL };
        self.rest = rest;
        *first
    }

    fn take(&mut self, count: usize) -> &'p [u8] {
        let (taken, rest) = self.rest.split_at(count.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    fn count(&mut self) -> usize {
        let (mut count, mut bits) = (0, 0);
        loop {
            let byte = self.byte();
            count |= usize::from(byte & 0x7f) << bits;
            bits += 7;
            if byte < 0x80 || bits >= usize::BITS {
                return count;
            }
        }
    }

    fn text(&mut self) -> String {
        let count = self.count();
        std::str::from_utf8(self.take(count)).unwrap_or_default().to_owned()
    }

    fn eight(&mut self) -> [u8; 8] {
        self.take(8).try_into().unwrap_or_default()
    }

    fn value(&mut self) -> Value {
        match self.byte() {
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            UNSIGNED => u64::from_le_bytes(self.eight()).into(),
            SIGNED => i64::from_le_bytes(self.eight()).into(),
            FLOAT => f64::from_le_bytes(self.eight()).into(),
            TEXT => Value::String(self.text()),
            LIST => {
                let count = self.count();
                Value::Array((0..count).map(|_| self.value()).collect())
            }
            MAPPING => {
                let count = self.count();
                Value::Object(Map::from_iter((0..count).map(|_| (self.text(), self.value()))))
            }
            _ => Value::Null,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_the_same_again() {
        let long = "x".repeat(300);
        let many: Vec<u32> = (0..200).collect();
        let value = json!({
            "": null, "a": [true, false, {}, []], "\u{e9}": {"$ref": "#/b"}, "long": long, "many": many,
            "numbers": [0, -1, u64::MAX, i64::MIN, 0.1, -0.0, 1e300, 5e-324, 1.7976931348623157e308, 1.0],
        });
        let packed = Packed::of(&value);
        assert_eq!(packed.value().to_string(), value.to_string());
        assert!(packed.may_hold("$ref") && !packed.may_hold("$reg"));
        assert_eq!(packed, Packed::of(&value.clone()));
        assert_ne!(Packed::of(&json!([[1], 2])), Packed::of(&json!([[1, 2]])));
        assert_ne!(Packed::of(&json!(1)), Packed::of(&json!(1.0)));
    }
}
