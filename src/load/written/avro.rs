//! Schemas of AVRO: a schema in a file of its own, or in the head of a file of records, of which nothing else is read.

use std::sync::Arc;

use serde_json::Value;

use super::schemas::of_value;
use super::{Found, Place, avro_types, derived};
use crate::load::json::{self, RawObject};
use crate::model::{Artifact, Document, ErrorCause, InputError, WrittenColumn, WrittenKind};

/// How every file of records starts (AVRO 1.12, "Object Container Files").
const MAGIC: &[u8] = b"Obj\x01";

/// The key of the head under which the schema stands.
const SCHEMA: &[u8] = b"avro.schema";

/// Whether these are the bytes of a file of records.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// The schema in the head of a file of records.
pub(super) fn head(shown: &str, bytes: &[u8]) -> Result<Arc<Document>, InputError> {
    let wrong = |message: &str| InputError {
        cause: ErrorCause::Content,
        artifact: Some(Artifact::Destination),
        file: shown.to_owned(),
        line: None,
        message: message.to_owned(),
    };
    let Some(mut head) = bytes.strip_prefix(MAGIC) else {
        return Err(wrong(
            "expected an AVRO file, found another: it does not start with `Obj` and the byte 1",
        ));
    };
    let Some(schema) = schema_of(&mut head) else {
        return Err(wrong("expected an AVRO file with a schema in its head, found none: is it cut off?"));
    };
    match String::from_utf8(schema.to_vec()) {
        Ok(text) => Ok(derived(shown, text)),
        Err(_) => Err(wrong("expected the schema in the head of an AVRO file as UTF-8, found other bytes")),
    }
}

/// The schema among the entries of the head: blocks of keys and values, each with its length before it.
fn schema_of<'b>(head: &mut &'b [u8]) -> Option<&'b [u8]> {
    loop {
        let mut count = long(head)?;
        if count < 0 {
            // The bytes of the block follow, to skip it.
            long(head)?;
            count = count.checked_neg()?;
        }
        if count == 0 {
            return None;
        }
        for _ in 0..count {
            let key = take(head)?;
            let value = take(head)?;
            if key == SCHEMA {
                return Some(value);
            }
        }
    }
}

fn take<'b>(bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = usize::try_from(long(bytes)?).ok()?;
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

/// A number in AVRO's form: seven bits a byte, the lowest first, the sign in the lowest bit.
fn long(bytes: &mut &[u8]) -> Option<i64> {
    let (mut number, mut shift) = (0_u64, 0);
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            let half = i64::try_from(number >> 1).ok()?;
            return Some(if number & 1 == 0 { half } else { -half - 1 });
        }
        shift += 7;
        if shift > 63 {
            return None;
        }
    }
}

/// Reads a schema.
pub(super) fn schema(place: &Place<'_>) -> Found {
    let expected = || {
        let expected = "expected an AVRO schema of a record with `fields`, found another value";
        Found::unread(place.error(Some(1), expected.to_owned()))
    };
    let text = place.document.text.as_str();
    let schema = match RawObject::parse(text) {
        Ok(schema) => schema,
        Err(error) => return Found::unread(place.broken(0, "", &error)),
    };
    let Some(fields) = schema.get("fields").and_then(|text| json::elements(text).ok()) else {
        return expected();
    };
    let mut table = place.table(WrittenKind::Avro, "");
    let mut read = Vec::new();
    for field in fields {
        let at = place.document.range_of(field.get()).map_or(0, |range| range.start);
        let field = RawObject::parse(field.get()).ok();
        let name = field.as_ref().and_then(|field| field.text("name"));
        let written = field.as_ref().and_then(|field| Some(json::parse(field.get("type")?)));
        if let Some(Err(error)) = &written {
            return Found::unread(place.broken(at, "", error));
        }
        let (Some(name), Some(Ok(written))) = (name, written) else {
            return Found::unread(place.error(
                Some(place.document.line(at)),
                "expected a field with a `name` and a `type`, found another value".to_owned(),
            ));
        };
        read.push((name, written, at));
    }
    let (own, beside) = (schema.text("name").unwrap_or_default(), schema.text("namespace"));
    let namespace = avro_types::namespace(&own, beside.as_deref(), "");
    let names = avro_types::AvroNames::of(read.iter().map(|(_, written, _)| written), namespace);
    for (name, written, at) in &read {
        let options = written.as_array();
        let stored = without_null(written);
        let column = WrittenColumn {
            declared: Some(of_value(&stored)),
            spelled: Some(avro_types::of_avro(&stored, &names)),
            nullable: Some(options.is_some_and(|options| options.contains(&Value::from("null")))),
            at: *at,
            ..WrittenColumn::default()
        };
        table.columns.insert(name.clone(), column);
    }
    Found::tables(vec![table])
}

/// A type without its null.
fn without_null(written: &Value) -> Value {
    let Value::Array(options) = written else { return written.clone() };
    let mut others: Vec<Value> = options.iter().filter(|option| *option != "null").cloned().collect();
    if others.len() == 1 { others.remove(0) } else { Value::Array(others) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(number: i64) -> Vec<u8> {
        let mut rest = ((number << 1) ^ (number >> 63)) as u64;
        let mut bytes = Vec::new();
        while rest >= 0x80 {
            bytes.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        bytes.push(rest as u8);
        bytes
    }

    #[test]
    fn numbers_are_read_as_avro_writes_them() {
        for number in [0, 1, -1, 63, 64, -65, 300, i64::MAX, i64::MIN] {
            assert_eq!(long(&mut written(number).as_slice()), Some(number), "{number}");
        }
        assert_eq!(long(&mut [0x80_u8; 12].as_slice()), None, "too long");
        assert_eq!(long(&mut [0x80_u8].as_slice()), None, "cut off");
    }

    #[test]
    fn the_schema_is_found_in_the_head() {
        let mut head = written(2);
        for text in ["avro.codec", "null", "avro.schema", "{\"type\": \"record\"}"] {
            head.extend(written(i64::try_from(text.len()).expect("short")));
            head.extend(text.as_bytes());
        }
        head.extend(written(0));
        assert_eq!(schema_of(&mut head.as_slice()), Some("{\"type\": \"record\"}".as_bytes()));
        for cut in 0..head.len() {
            // Cut off anywhere, it is another answer or none, and no panic.
            let _ = schema_of(&mut &head[..cut]);
        }
        let endless = written(i64::MAX);
        assert_eq!(schema_of(&mut endless.as_slice()), None);
    }
}
