//! Columns that a test declares: golden files of the bulk CDK, lists of columns, and conversions of record schemas.

use serde_json::Value;

use super::{Found, Place, avro_types, types};
use crate::load::json::{self, RawObject};
use crate::model::{Canonical, WrittenColumn, WrittenKind};
use crate::nesting;

/// What a JSON file that a user hands in is, by its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Golden,
    Avro,
}

/// What a JSON text is, where it is one object.
pub(super) fn shape(text: &str) -> Option<Shape> {
    let object = RawObject::parse(text).ok()?;
    let is_avro = object.text("type").as_deref() == Some("record") && object.has("fields");
    match object.has("tableSchema") {
        true => Some(Shape::Golden),
        false => is_avro.then_some(Shape::Avro),
    }
}

/// Reads a golden file: `tableSchema.columns` with a type each, and `additionalInfo` about the table.
pub(super) fn golden(place: &Place<'_>) -> Found {
    let text = place.document.text.as_str();
    let root = match RawObject::parse(text) {
        Ok(root) => root,
        Err(error) => return Found::unread(place.broken(0, "", &error)),
    };
    let columns = root.get("tableSchema").and_then(|text| RawObject::parse(text).ok()?.get("columns"));
    let Some(columns) = columns.and_then(|text| RawObject::parse(text).ok()) else {
        let expected = "expected a golden schema with an object at `tableSchema.columns`, found none";
        return Found::unread(place.error(Some(1), expected.to_owned()));
    };
    let mut table = place.table(WrittenKind::Golden, "");
    let mut unread = Vec::new();
    for (name, text) in columns.by_key() {
        let at = place.document.range_of(text).map_or(0, |range| range.start);
        let column = RawObject::parse(text).ok();
        let declared = column.as_ref().and_then(|column| column.text("type"));
        let Some(declared) = declared else {
            table.is_whole = false;
            let message = format!("column {name}: expected an object with a text as `type`");
            unread.push(place.error(Some(place.document.line(at)), message));
            continue;
        };
        let nullable = column.as_ref().and_then(|column| match column.get("nullable") {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => None,
        });
        let spelled = Some(types::of_text(&declared, place.engine));
        let column =
            WrittenColumn { declared: Some(declared), spelled, nullable, at, ..WrittenColumn::default() };
        table.columns.insert(name.to_owned(), column);
        if let Some(error) = place.too_wide(&table, at) {
            table.is_whole = false;
            unread.push(error);
            break;
        }
    }
    let info = root.get("additionalInfo").and_then(|text| RawObject::parse(text).ok());
    for (name, text) in info.iter().flat_map(RawObject::by_key) {
        let told = serde_json::from_str::<String>(text).unwrap_or_else(|_| canonical(text));
        table.layout.insert(name.to_owned(), told);
    }
    Found { tables: vec![table], unread, ..Found::default() }
}

/// Reads a list of columns: names with types, or a JSON Schema whose properties they are.
pub(super) fn listing(place: &Place<'_>) -> Found {
    let text = place.document.text.as_str();
    let root = match RawObject::parse(text) {
        Ok(root) => root,
        Err(error) => return Found::unread(place.broken(0, "", &error)),
    };
    let properties = root.get("properties").and_then(|text| RawObject::parse(text).ok());
    let is_schema = properties.is_some();
    let columns = properties.unwrap_or(root);
    let mut table = place.table(WrittenKind::Listing, "");
    for (name, text) in columns.by_key() {
        let at = place.document.range_of(text).map_or(0, |range| range.start);
        let column = match is_schema {
            true => column(text, at, Notation::JsonSchema, place),
            // Something else is in the file.
            false if !text.starts_with('"') => return Found::default(),
            false => column(text, at, Notation::Words, place),
        };
        table.columns.insert(unquoted(name), column);
        if let Some(error) = place.too_wide(&table, at) {
            table.is_whole = false;
            return Found { tables: vec![table], unread: vec![error], ..Found::default() };
        }
    }
    if table.columns.is_empty() { Found::default() } else { Found::tables(vec![table]) }
}

/// What a case of a conversion is called.
const CASE_NAMES: [&str; 4] = ["schemaName", "fieldName", "testCase", "name"];

/// Reads test cases of a conversion: a record schema or a part of one, and what becomes of it. What starts with `json` is
/// what goes in.
pub(super) fn conversion(place: &Place<'_>) -> Found {
    let text = place.document.text.as_str();
    let cases = match json::elements(text) {
        Ok(cases) => cases,
        Err(error) => return Found::unread(place.broken(0, "", &error)),
    };
    let mut found = Found::default();
    for case in cases {
        let at = place.document.range_of(case.get()).map_or(0, |range| range.start);
        let line = Some(place.document.line(at));
        let Ok(object) = RawObject::parse(case.get()) else {
            found.unread.push(place.error(line, "expected a test case as an object".to_owned()));
            continue;
        };
        let Some(name) = CASE_NAMES.iter().find_map(|key| object.text(key)) else { continue };
        let mut table = place.table(WrittenKind::Conversion, &name);
        let mut input = Vec::new();
        for (key, text) in object.by_key() {
            let at = place.document.range_of(text).map_or(0, |range| range.start);
            if CASE_NAMES.contains(&key) {
                continue;
            }
            if key.starts_with("json") {
                input.push((
                    key,
                    nesting::value(text).map_or_else(|_| text.to_owned(), |value| types::of_schema(&value)),
                ));
                continue;
            }
            let columns = RawObject::parse(text).ok().filter(|object| {
                object.entries().all(|(_, text)| text.starts_with('"')) && !object.has("type")
            });
            match columns {
                Some(columns) => {
                    for (name, text) in columns.by_key() {
                        let at = place.document.range_of(text).map_or(at, |range| range.start);
                        table.columns.insert(unquoted(name), column(text, at, Notation::Words, place));
                    }
                }
                None if text.starts_with(['{', '[', '"']) => {
                    let is_avro = key.to_ascii_lowercase().contains("avro");
                    let notation = if is_avro { Notation::Avro } else { Notation::JsonSchema };
                    table.columns.insert(name.clone(), column(text, at, notation, place));
                }
                None => {}
            }
        }
        // The same case with another input is another case.
        table.test = format!("{input:?}");
        if !table.columns.is_empty() {
            found.tables.push(table);
        }
    }
    found
}

/// How a file writes types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notation {
    /// In the words of the engine.
    Words,
    JsonSchema,
    Avro,
}

/// A column with the type that a JSON text says.
fn column(text: &str, at: usize, notation: Notation, place: &Place<'_>) -> WrittenColumn {
    let value = nesting::value(text).ok();
    let (declared, spelled) = match (&value, notation) {
        (Some(Value::String(words)), Notation::Words | Notation::JsonSchema) => {
            (words.clone(), types::of_text(words, place.engine))
        }
        (Some(value), Notation::Avro) => {
            let names = avro_types::AvroNames::of([value], "");
            (
                value.as_str().map_or_else(|| of_value(value), str::to_owned),
                avro_types::of_avro(value, &names),
            )
        }
        (Some(value), _) => (of_value(value), types::of_schema(value)),
        (None, _) => (text.to_owned(), text.to_owned()),
    };
    WrittenColumn { declared: Some(declared), spelled: Some(spelled), at, ..WrittenColumn::default() }
}

/// A name without the quotation marks that an engine wants around it.
fn unquoted(name: &str) -> String {
    let inner = name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(name).to_owned()
}

/// A JSON text with its keys in order and without blanks.
pub(super) fn canonical(text: &str) -> String {
    match nesting::value(text) {
        Ok(value) => of_value(&value),
        Err(_) => text.to_owned(),
    }
}

/// A value as text, with its keys in order.
pub(super) fn of_value(value: &Value) -> String {
    serde_json::to_string(&Canonical::value(value)).unwrap_or_default()
}
