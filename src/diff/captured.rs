//! Two captured streams, cut down to what differs before a value is built of them.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{record_schema, same_json};
use crate::load::CowStr;
use crate::nesting;

/// Whether two texts that differ are one stream written another way. An edit leaves most of a text where it was, and then
/// it does not pay to read both whole: that is not asked.
pub(super) fn is_rewritten(old: &str, new: &str) -> bool {
    let common = |pairs: &mut dyn Iterator<Item = (u8, u8)>| pairs.take_while(|(was, is)| was == is).count();
    let at_start = common(&mut old.bytes().zip(new.bytes()));
    let at_end = common(&mut old.bytes().rev().zip(new.bytes().rev()));
    let is_edit = 2 * (at_start + at_end) >= old.len().min(new.len());
    !is_edit && same_json::same(old, new)
}

/// Two stream objects without the top-level fields that are the same in both; one of those is kept, so that a schema
/// never looks empty for it. `None` where the texts are not of the usual form, or refer to definitions, whose edits reach
/// fields of equal text.
pub(super) fn differing_parts(old: &str, new: &str) -> Option<(Value, Value)> {
    let (old, new) = cut_down(old, new)?;
    Some((old.value(&|_| true)?, new.value(&|_| true)?))
}

/// The same in pieces of so many fields, each with the fields that a key or a cursor names: of many fields all values together
/// are large. `None` as for [`differing_parts`], where some pieces may have been seen.
pub(super) fn differing_pieces(
    old: &str,
    new: &str,
    most_fields: usize,
    mut see: impl FnMut(Value, Value),
) -> Option<()> {
    let (old, new) = cut_down(old, new)?;
    let named = named_by_keys(&old, &new);
    let is_named = |name: &str| named.contains(&record_schema::column_key(name));
    let names: BTreeSet<&str> = old.fields.iter().chain(&new.fields).map(|(name, _)| name.as_ref()).collect();
    let names: Vec<&str> = names.into_iter().filter(|name| !is_named(name)).collect();
    for piece in names.chunks(most_fields) {
        let is_in_piece = |name: &str| piece.first() <= Some(&name) && Some(&name) <= piece.last();
        let is_kept = |name: &str| is_named(name) || is_in_piece(name);
        see(old.value(&is_kept)?, new.value(&is_kept)?);
    }
    if names.is_empty() {
        see(old.value(&|_| true)?, new.value(&|_| true)?);
    }
    Some(())
}

/// Two streams without the fields that [`differing_parts`] leaves out.
fn cut_down<'t>(old: &'t str, new: &'t str) -> Option<(CutStream<'t>, CutStream<'t>)> {
    let refers = |text: &str| text.contains("\"$ref\"") || text.contains("\\u");
    if refers(old) || refers(new) {
        return None;
    }
    let (mut old, mut new) = (CutStream::of(old)?, CutStream::of(new)?);
    let needed = needed(&old, &new);
    let mut is_first = true;
    let mut is_left_out = |name: &str, was: &str, is: &str| {
        (was == is || same_json::same(was, is))
            && !needed.contains(&record_schema::column_key(name))
            && !std::mem::take(&mut is_first)
    };
    let mut same: BTreeSet<String> = BTreeSet::new();
    meet(&old.fields, &new.fields, |pair| {
        if let (Some((name, was)), Some((_, is))) = pair
            && is_left_out(name, was, is)
        {
            same.insert(name.to_string());
        }
    });
    for fields in [&mut old.fields, &mut new.fields] {
        fields.retain(|(name, _)| !same.contains(name.as_ref()));
    }
    Some((old, new))
}

/// The columns that are looked at though nothing differs in them: a new field may collide with one, and a key or a cursor
/// may name one.
fn needed(old: &CutStream<'_>, new: &CutStream<'_>) -> BTreeSet<String> {
    let mut needed = named_by_keys(old, new);
    meet(&old.fields, &new.fields, |pair| {
        if let (None, Some((name, _))) = pair {
            needed.insert(record_schema::column_key(name));
        }
    });
    needed
}

/// The columns that keys and cursors name.
fn named_by_keys(old: &CutStream<'_>, new: &CutStream<'_>) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for (key, text) in old.stream.iter().chain(&new.stream) {
        let of_path = |path: &Value| path.get(0).and_then(Value::as_str).map(record_schema::column_key);
        let Ok(value) = (match key.as_ref() {
            "source_defined_primary_key" | "default_cursor_field" => nesting::value(text),
            _ => continue,
        }) else {
            continue;
        };
        match key.as_ref() {
            "default_cursor_field" => named.extend(of_path(&value)),
            _ => named.extend(value.as_array().into_iter().flatten().filter_map(of_path)),
        }
    }
    named
}

type Entry<'t> = (Cow<'t, str>, &'t str);

/// Pairs entries that are in order by their keys.
fn meet<'e, 't>(
    old: &'e [Entry<'t>],
    new: &'e [Entry<'t>],
    mut found: impl FnMut((Option<&'e Entry<'t>>, Option<&'e Entry<'t>>)),
) {
    let (mut before, mut after) = (old.iter().peekable(), new.iter().peekable());
    loop {
        let order = match (before.peek(), after.peek()) {
            (None, None) => return,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((was, _)), Some((is, _))) => was.cmp(is),
        };
        found((before.next_if(|_| order != Ordering::Greater), after.next_if(|_| order != Ordering::Less)));
    }
}

/// A stream cut into the entries of the stream, of its schema and of the fields in one pass, each without what is cut
/// further, in order by key, the last of equal keys.
struct CutStream<'t> {
    stream: Vec<Entry<'t>>,
    schema: Vec<Entry<'t>>,
    fields: Vec<Entry<'t>>,
}

/// The keys that lead to the fields.
const WAY: [&str; 2] = ["json_schema", "properties"];

impl<'t> CutStream<'t> {
    fn of(text: &'t str) -> Option<Self> {
        let mut cut: [Option<Vec<Entry<'t>>>; 3] = [None, None, None];
        let mut reader = serde_json::Deserializer::from_str(text);
        Cut { level: 0, cut: &mut cut }.deserialize(&mut reader).ok()?;
        reader.end().ok()?;
        let [stream, schema, fields] = cut.map(|entries| entries.map(ordered));
        Some(Self { stream: stream?, schema: schema?, fields: fields? })
    }

    /// What is left of it as one value, with the fields of these names.
    fn value(&self, is_kept: &dyn Fn(&str) -> bool) -> Option<Value> {
        let entry = |(key, text): &Entry<'_>| Some((key.to_string(), nesting::value(text).ok()?));
        let object =
            |entries: &[Entry<'_>]| -> Option<Map<String, Value>> { entries.iter().map(entry).collect() };
        let fields = self.fields.iter().filter(|(name, _)| is_kept(name)).map(entry);
        let [schema_key, fields_key] = WAY.map(str::to_owned);
        let (mut stream, mut schema) = (object(&self.stream)?, object(&self.schema)?);
        schema.insert(fields_key, Value::Object(fields.collect::<Option<_>>()?));
        stream.insert(schema_key, Value::Object(schema));
        Some(Value::Object(stream))
    }
}

/// Entries by their keys, the last of equal ones.
fn ordered(mut entries: Vec<Entry<'_>>) -> Vec<Entry<'_>> {
    entries.reverse();
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    entries.dedup_by(|(later, _), (kept, _)| later == kept);
    entries
}

/// Cuts an object and the one that the way leads on to.
struct Cut<'c, 't> {
    level: usize,
    cut: &'c mut [Option<Vec<Entry<'t>>>; 3],
}

impl<'t> DeserializeSeed<'t> for Cut<'_, 't> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'t> Visitor<'t> for Cut<'_, 't> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<(), A::Error> {
        let mut entries = Vec::with_capacity(16);
        while let Some(CowStr(key)) = map.next_key()? {
            if WAY.get(self.level).is_some_and(|step| key == *step) {
                // Of equal keys the last counts, with all that is in it.
                self.cut[self.level + 1..].fill(None);
                map.next_value_seed(Cut { level: self.level + 1, cut: &mut *self.cut })?;
            } else {
                entries.push((key, map.next_value::<&RawValue>()?.get()));
            }
        }
        self.cut[self.level] = Some(entries);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn stream(fields: &str) -> String {
        format!(
            "{{\"name\": \"a\", \"json_schema\": {{\"type\": \"object\", \"properties\": {{{fields}}}}}}}"
        )
    }

    #[test]
    fn fields_that_are_the_same_are_left_out_but_one() {
        let old = stream(r#""a": {"type": "string"}, "b": {"type": "string", "title": ""}, "c": {"x": 1}"#);
        let new = stream(r#""c": {"x": 2}, "b": {"title": "", "type": "string"}, "a": {"type":"string"}"#);
        let (before, after) = differing_parts(&old, &new).expect("two streams");
        let fields = |value: &Value| value["json_schema"]["properties"].clone();
        assert_eq!(fields(&before), json!({"a": {"type": "string"}, "c": {"x": 1}}));
        assert_eq!(fields(&after), json!({"a": {"type": "string"}, "c": {"x": 2}}));
        assert_eq!(before["name"], "a");
        assert_eq!(before["json_schema"]["type"], "object");
    }

    #[test]
    fn pieces_have_each_field_once_but_those_of_keys() {
        let fields = |kind: &str| {
            let field = |name: &str| format!("{name:?}: {{\"type\": {kind:?}}}");
            ["a", "b", "c", "d", "id"].map(field).join(", ")
        };
        let keyed = |kind: &str| {
            stream(&fields(kind)).replacen('{', "{\"source_defined_primary_key\": [[\"id\"]], ", 1)
        };
        let mut seen = Vec::new();
        let names = |value: &Value| -> String {
            let fields = value["json_schema"]["properties"].as_object().expect("fields");
            fields.keys().map(String::as_str).collect::<Vec<_>>().join(" ")
        };
        differing_pieces(&keyed("string"), &keyed("integer"), 3, |old, new| {
            assert_eq!((&old["name"], names(&old)), (&json!("a"), names(&new)));
            seen.push(names(&new));
        })
        .expect("two streams");
        assert_eq!(seen, ["a b c id", "d id"]);
    }

    #[test]
    fn of_equal_keys_the_last_counts() {
        let old = r#"{"json_schema": {"properties": {"gone": {}}}, "json_schema": {"properties": {"a": 1, "a": 2}}}"#;
        let new = r#"{"json_schema": {"properties": {"a": 3}}}"#;
        let (before, _) = differing_parts(old, new).expect("two streams");
        assert_eq!(before, json!({"json_schema": {"properties": {"a": 2}}}));
        let without = r#"{"json_schema": {"properties": {"a": 3}}, "json_schema": {}}"#;
        assert_eq!(differing_parts(without, new), None);
    }

    #[test]
    fn a_text_is_rewritten_where_it_is_one_value_still() {
        let old = stream(r#""a": {"type": "string"}"#);
        let value: Value = serde_json::from_str(&old).expect("JSON");
        let pretty = serde_json::to_string_pretty(&value).expect("JSON");
        assert!(is_rewritten(&old, &pretty));
        assert!(!is_rewritten(&old, &pretty.replace("string", "integer")));
    }
}
