//! Records that a test expects, or that a user hands in: one JSON object a line, among comments, or CSV.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Found, Place};
use crate::load::json::{self, JsonError};
use crate::load::kind::is_message_value;
use crate::load::state::fold_digits;
use crate::model::{
    ErrorCause, InputError, ValueForm, WrittenKind, WrittenTable, are_of_raw_table, is_metadata_column,
    is_time,
};
use crate::nesting::{self, ValueError};

/// What a test writes: the test, and its fields with the forms of their values.
#[derive(Debug, Default)]
pub(super) struct Input {
    test: String,
    fields: BTreeMap<String, BTreeSet<ValueForm>>,
}

/// So many lines of one file that cannot be read are named.
const MOST_NAMED: usize = 5;

/// The field of a raw table that holds the record.
const DATA: &str = "_airbyte_data";

/// Reads records, one a line, or a list of them. Lines that start with `//` are comments; those that are no object are
/// named, and the rest is used.
pub(super) fn lines(place: &Place<'_>, kind: WrittenKind) -> Found {
    let mut table = place.table(kind, "");
    table.test = test_of(place.name);
    let mut broken: Vec<InputError> = Vec::new();
    let mut count = 0;
    let mut wrong = |error: InputError| {
        count += 1;
        // A limit is said whatever else is wrong.
        let is_limit =
            error.cause == ErrorCause::Limit && broken.iter().all(|one| one.cause != ErrorCause::Limit);
        if count <= MOST_NAMED || is_limit {
            broken.push(error);
        }
    };
    let (mut rows, mut raw_rows) = (0, 0);
    for (line, at, text) in records_of(place) {
        match record_of(text) {
            Ok(Value::Object(record)) => {
                // What a source prints is no record of a destination.
                if record.contains_key("stream") && record.contains_key("data") {
                    continue;
                }
                if kind == WrittenKind::Output && is_message_value(&record) {
                    let expected = "expected a record of a table, found a message of Airbyte's protocol: records go into a \
                                    destination as messages, and not out of it";
                    wrong(place.error(Some(line), expected.to_owned()));
                    continue;
                }
                rows += 1;
                raw_rows += usize::from(are_of_raw_table(record.keys()));
                add_record(&mut table, &record, at);
                if let Some(error) = place.too_wide(&table, at) {
                    wrong(error);
                    break;
                }
            }
            Ok(_) => {
                let expected = "expected a record as a JSON object, found another value";
                wrong(place.error(Some(line), expected.to_owned()));
            }
            Err(error) => wrong(place.broken(at, "expected a record as a JSON object: ", &error)),
        }
    }
    if count > MOST_NAMED {
        broken.push(place.error(None, format!("{} more lines cannot be read", count - MOST_NAMED)));
    }
    table.is_whole = broken.is_empty();
    // A record without a value may leave its column out, or write null: where one writes null, all do.
    table.lists_columns = table.columns.values().any(|column| column.has_null);
    // The records say what they are of where the name of the file does not.
    let is_said = test_words(place.name).any(|word| word == "final");
    if table.kind == WrittenKind::FinalRecords && raw_rows == rows && !is_said {
        table.kind = WrittenKind::RawRecords;
    }
    let tables = if rows > 0 { vec![table] } else { Vec::new() };
    Found { tables, unread: broken, ..Found::default() }
}

/// The value that a line starts with: what comes behind it is read over, as the tests in Java do.
fn record_of(text: &str) -> Result<Value, JsonError> {
    json::parse(text).or_else(|error| {
        let behind = text.char_indices().nth(error.position.column.saturating_sub(1));
        match behind.filter(|_| error.position.line == 1 && !error.is_limit) {
            Some((end, _)) => json::parse(&text[..end]).map_err(|_| error),
            None => Err(error),
        }
    })
}

/// The records of a file, each with its line and the byte it starts at.
fn records_of<'p>(place: &Place<'p>) -> Vec<(usize, usize, &'p str)> {
    let text = place.document.text.as_str();
    if text.trim_start().starts_with('[')
        && let Ok(elements) = json::elements(text)
    {
        let at = |text: &str| place.document.range_of(text).map_or(0, |range| range.start);
        return elements
            .into_iter()
            .map(|element| (place.document.line(at(element.get())), at(element.get()), element.get()))
            .collect();
    }
    if text.trim_start().starts_with('{') && json::check(text).is_ok() {
        let at = text.len() - text.trim_start().len();
        return vec![(place.document.line(at), at, text.trim())];
    }
    (1..)
        .zip(text.lines())
        .map(|(line, text)| (line, text.trim()))
        .filter(|(_, text)| !text.is_empty() && !text.starts_with("//"))
        .map(|(line, text)| (line, place.document.range_of(text).map_or(0, |range| range.start), text))
        .collect()
}

fn add_record(table: &mut WrittenTable, record: &Map<String, Value>, at: usize) {
    for (name, value) in record {
        if !table.columns.contains_key(name) {
            table.columns.entry(name.clone()).or_default().at = at;
        }
        let Some(column) = table.columns.get_mut(name) else { continue };
        column.has_null |= value.is_null();
        if let Some(form) = form(value)
            && !column.forms.contains(&form)
        {
            column.forms.insert(form);
        }
        if name.eq_ignore_ascii_case(DATA) {
            add_fields(&mut table.input, &object(value).unwrap_or_default());
        } else if is_metadata_column(name) {
            let keys = object(value).into_iter().flat_map(|object| object.into_iter().map(|(key, _)| key));
            column.keys.extend(keys);
        }
    }
}

fn add_fields(fields: &mut BTreeMap<String, BTreeSet<ValueForm>>, record: &Map<String, Value>) {
    for (name, value) in record {
        let forms = fields.entry(name.clone()).or_default();
        forms.extend(form(value));
    }
}

/// The object that a value is, or whose JSON text it is.
fn object(value: &Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(object) => Some(object.clone()),
        Value::String(text) if text.trim_start().starts_with('{') => match nesting::value(text) {
            Ok(Value::Object(object)) => Some(object),
            _ => None,
        },
        _ => None,
    }
}

/// How a value is written; null and an empty text say nothing.
pub(super) fn form(value: &Value) -> Option<ValueForm> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(_) => ValueForm::Boolean,
        Value::Number(number) if number.is_i64() || number.is_u64() => ValueForm::Integer,
        Value::Number(_) => ValueForm::Number,
        Value::Array(_) => ValueForm::List,
        Value::Object(_) => ValueForm::Object,
        Value::String(text) => return text_form(text),
    })
}

/// The longest text that may be a time.
const LONGEST_TIME: usize = 48;

fn text_form(text: &str) -> Option<ValueForm> {
    let trimmed = text.trim();
    // Null as the text of JSON is null too.
    if trimmed.is_empty() || trimmed == "null" {
        return None;
    }
    // What nests too deep to be read is JSON too.
    let is_json = |text| matches!(nesting::value(text), Ok(_) | Err(ValueError::TooDeep(_)));
    if trimmed.starts_with(['{', '[']) && is_json(trimmed) {
        return Some(ValueForm::JsonText);
    }
    if text.len() > LONGEST_TIME || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(ValueForm::Text);
    }
    let mut look = String::new();
    fold_digits(text, &mut look);
    // A zone may lie east or west of Greenwich without being written otherwise.
    let zone = look.rfind('-').filter(|at| look[..*at].contains(':'));
    if let Some(at) = zone {
        look.replace_range(at..=at, "+");
    }
    let is_time_of_day = look.strip_prefix("0:0").is_some_and(|rest| {
        let rest = rest.strip_prefix(":0").unwrap_or(rest);
        let rest = rest.strip_prefix(".0").unwrap_or(rest);
        matches!(rest, "" | "Z" | "+0" | "+0:0")
    });
    Some(if is_time(&look) || is_time_of_day { ValueForm::Time(look) } else { ValueForm::Text })
}

/// Reads CSV with a line of names.
pub(super) fn csv(place: &Place<'_>) -> Found {
    let mut table = place.table(WrittenKind::Output, "");
    let delimiter = delimiter(&place.document.text);
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).from_reader(place.document.text.as_bytes());
    let names = match reader.headers() {
        Ok(names) if names.iter().any(|name| !name.is_empty()) => names.clone(),
        Ok(_) => return Found::unread(place.error(Some(1), "expected a line of column names".to_owned())),
        Err(error) => return Found::unread(place.error(Some(1), format!("expected CSV: {error}"))),
    };
    let mut unread = Vec::new();
    for name in &names {
        table.columns.entry(name.to_owned()).or_default();
    }
    if let Some(error) = place.too_wide(&table, 0) {
        return Found::unread(error);
    }
    for record in reader.records() {
        match record {
            Ok(record) => {
                let at = record.position().map_or(0, csv::Position::byte);
                for (name, text) in names.iter().zip(&record) {
                    let Some(column) = table.columns.get_mut(name) else { continue };
                    if let Some(form) = cell_form(text)
                        && column.forms.insert(form)
                        && column.at == 0
                    {
                        column.at = usize::try_from(at).unwrap_or(0);
                    }
                }
            }
            Err(error) => {
                table.is_whole = false;
                let line = error.position().and_then(|position| usize::try_from(position.line()).ok());
                if unread.len() < MOST_NAMED {
                    unread.push(
                        place.error(line, format!("expected a record of {} columns: {error}", names.len())),
                    );
                }
            }
        }
    }
    Found { tables: vec![table], unread, ..Found::default() }
}

/// What stands between the columns of CSV: of the signs that programs use, the one that the line of names has most of outside
/// of quotation marks.
fn delimiter(text: &str) -> u8 {
    const SIGNS: [u8; 4] = [b',', b';', b'\t', b'|'];
    let mut counts = [0; SIGNS.len()];
    let mut is_quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted => break,
            _ if is_quoted => {}
            _ => SIGNS.iter().zip(&mut counts).for_each(|(sign, count)| *count += usize::from(*sign == byte)),
        }
    }
    let most = counts.into_iter().max().unwrap_or_default();
    SIGNS.into_iter().zip(counts).find(|(_, count)| *count == most).map_or(b',', |(sign, _)| sign)
}

/// How a cell of CSV is written, where every value is a text.
fn cell_form(text: &str) -> Option<ValueForm> {
    match text {
        "true" | "false" => Some(ValueForm::Boolean),
        text if text.parse::<i64>().is_ok() => Some(ValueForm::Integer),
        text if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') && text.parse::<f64>().is_ok() => {
            Some(ValueForm::Number)
        }
        text => text_form(text),
    }
}

/// Reads what a test writes: messages, raw records, or records as they are typed later.
pub(super) fn input(place: &Place<'_>) -> Found {
    let mut input = Input { test: test_of(place.name), ..Input::default() };
    for (_, _, text) in records_of(place) {
        let Ok(Value::Object(record)) = json::parse(text) else { continue };
        let data = record.get("record").and_then(|record| record.get("data")).and_then(Value::as_object);
        let raw = record.get(DATA).and_then(object);
        match (data, raw) {
            (Some(data), _) => add_fields(&mut input.fields, data),
            (None, Some(data)) => add_fields(&mut input.fields, &data),
            // A message about something else.
            (None, None) if record.contains_key("type") => {}
            (None, None) => add_fields(&mut input.fields, &record),
        }
    }
    Found { input: Some(input), ..Found::default() }
}

/// The test that a file of records belongs to: its folder, and what stands before the words that all such files share.
fn test_of(name: &str) -> String {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let ends = ["expectedrecords", "expected_records", "inputrecords", "messages"];
    let end = ends.iter().filter_map(|end| file.find(end)).min().unwrap_or(file.len());
    format!("{folder}/{}", file[..end].trim_end_matches(['_', '-']))
}

/// The words of the name of a file, without the number of a copy.
fn test_words(name: &str) -> impl Iterator<Item = &str> {
    let file = name.rsplit('/').next().unwrap_or(name);
    super::words(file).map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()))
}

/// Gives each table of a test what its raw tables and its messages show that it writes.
pub(super) fn share_input(tables: &mut [WrittenTable], inputs: Vec<Input>) {
    let mut of_test: BTreeMap<String, BTreeMap<String, BTreeSet<ValueForm>>> = BTreeMap::new();
    let own = tables.iter_mut().filter(|table| !table.input.is_empty());
    let own = own.map(|table| Input { test: table.test.clone(), fields: std::mem::take(&mut table.input) });
    for input in own.collect::<Vec<_>>().into_iter().chain(inputs) {
        let fields = of_test.entry(input.test).or_default();
        for (name, forms) in input.fields {
            fields.entry(name).or_default().extend(forms);
        }
    }
    for table in tables {
        if let Some(fields) = of_test.get(&table.test) {
            table.input.clone_from(fields);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_known_by_how_they_are_written() {
        let like = |look: &str| Some(ValueForm::Time(look.to_owned()));
        for (text, expected) in [
            ("1970-01-01T00:00:01Z", like("0-0-0T0:0:0Z")),
            ("1970-01-01T00:00:01.000000Z", like("0-0-0T0:0:0.0Z")),
            ("1970-01-01T00:00:01.000000000-08:00", like("0-0-0T0:0:0.0+0:0")),
            ("1970-01-01T00:00:01.000000000+08:00", like("0-0-0T0:0:0.0+0:0")),
            ("2023-12-23", like("0-0-0")),
            ("12:34:56", like("0:0:0")),
            ("12:34:56-08:00", like("0:0:0+0:0")),
            ("{\"changes\":[]}", Some(ValueForm::JsonText)),
            ("Alice", Some(ValueForm::Text)),
            ("7 apples", Some(ValueForm::Text)),
            ("", None),
            ("null", None),
        ] {
            assert_eq!(text_form(text), expected, "{text}");
        }
    }

    #[test]
    fn a_test_is_known_by_what_stands_before_the_shared_words() {
        for (name, expected) in [
            ("dat/sync1_expectedrecords_dedup_final.jsonl", "dat/sync1"),
            ("dat/sync1_cursorchange_expectedrecords_dedup_raw.jsonl", "dat/sync1_cursorchange"),
            ("dat/sync1_messages2.jsonl", "dat/sync1"),
            ("sqlgenerator/alltypes_inputrecords.jsonl", "sqlgenerator/alltypes"),
        ] {
            assert_eq!(test_of(name), expected);
        }
    }
}
