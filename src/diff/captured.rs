//! Two captured streams, cut down to what differs before a value is built of them.
//!
//! The old stream is cut into its fields by reading it once. Of the new one only the fields are read that the edit lies in,
//! since equal bytes around them are equal fields. Of many fields that differ some [`MOST_AT_ONCE`] are values at one time, where
//! the schema around them lets each stand alone: a value takes some twenty times its text.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::delta::FieldPlaces;
use super::{record_schema, same_json};
use crate::load::{CowStr, RawObject, range_in};
use crate::model::Sides;
use crate::nesting;

/// Whether two texts that differ are one stream written another way. An edit leaves most of a text where it was, and then
/// it does not pay to read both whole: that is not asked.
pub(super) fn is_rewritten(old: &str, new: &str) -> bool {
    let is_edit = 2 * (old.len() - edited(old, new).len()) >= old.len().min(new.len());
    !is_edit && same_json::same(old, new)
}

/// The bytes of the old text between those that both texts start with and those that both end with.
fn edited(old: &str, new: &str) -> Range<usize> {
    /// So many bytes are compared at once.
    const STEP: usize = 64;
    let (old, new) = (old.as_bytes(), new.as_bytes());
    let mut start = STEP * same(old.chunks_exact(STEP), new.chunks_exact(STEP));
    start += same(&old[start..], &new[start..]);
    let (rest, new) = (&old[start..], &new[start..]);
    let mut end = STEP * same(rest.rchunks_exact(STEP), new.rchunks_exact(STEP));
    end += same(rest[..rest.len() - end].iter().rev(), new[..new.len() - end].iter().rev());
    start..old.len() - end
}

/// How many pieces are the same up to the first that are not.
fn same<T: PartialEq>(old: impl IntoIterator<Item = T>, new: impl IntoIterator<Item = T>) -> usize {
    old.into_iter().zip(new).take_while(|(was, is)| was == is).count()
}

/// So many fields that differ are compared at once.
const MOST_AT_ONCE: usize = 512;

/// What differs between two streams.
#[derive(Debug)]
pub(super) struct Differing<'t> {
    /// Where the fields stand that differ, those of the rest among them.
    pub(super) fields: Sides<FieldPlaces>,
    /// The streams without the fields that are the same on both sides, and without the rest.
    pub(super) parts: Sides<Value>,
    /// Further fields that differ, came or went.
    pub(super) rest: Rest<'t>,
}

/// Two stream objects without the top-level fields that are the same in both; one of those is kept, so that a schema
/// never looks empty for it. `None` where the texts are not of the usual form, or refer to definitions, whose edits reach
/// fields of equal text.
pub(super) fn differing_parts<'t>(old: &'t str, new: &'t str) -> Option<Differing<'t>> {
    let refers = |text: &str| text.contains("\"$ref\"") || text.contains("\\u");
    if refers(old) || refers(new) {
        return None;
    }
    let cut = CutStream::of(old)?;
    let edited = cut.of_edited(old, new).or_else(|| CutStream::of(new))?;
    let (mut before, mut after) = (cut.ordered(), edited.ordered());
    let needed = Needed::of(&before, &after);
    let mut is_first = true;
    let mut is_left_out = |name: &str, was: &str, is: &str| {
        (was == is || same_json::same(was, is)) && !needed.has(name) && !std::mem::take(&mut is_first)
    };
    let mut same: BTreeSet<String> = BTreeSet::new();
    meet(&before.fields, &after.fields, |pair| {
        if let (Some((name, was)), Some((_, is))) = pair
            && is_left_out(name, was, is)
        {
            same.insert(name.to_string());
        }
    });
    for fields in [&mut before.fields, &mut after.fields] {
        fields.retain(|(name, _)| !same.contains(name.as_ref()));
    }
    let fields = Sides { old: before.places(old), new: after.places(new) };
    let rest = Rest::of((&mut before, &mut after), &needed);
    Some(Differing { fields, parts: Sides { old: before.value()?, new: after.value()? }, rest })
}

/// Fields that differ beyond those that are compared at once.
#[derive(Debug, Default)]
pub(super) struct Rest<'t> {
    /// The type of the record, and a field that is not among them: each portion has both on both sides, so that neither side
    /// looks empty.
    around: Option<(Option<Entry<'t>>, Entry<'t>)>,
    fields: VecDeque<Sides<Option<Entry<'t>>>>,
}

impl<'t> Rest<'t> {
    /// Takes them out of two streams whose schemas are the same around the fields. What else a schema says there is compared
    /// with the first portion. The options of a union may say more of a field, and what is no object has none, so all fields
    /// of such a schema stay together.
    fn of((old, new): (&mut CutStream<'t>, &mut CutStream<'t>), needed: &Needed) -> Self {
        let is_union = |(key, _): &Entry<'_>| record_schema::UNIONS.contains(&key.as_ref());
        let many = old.fields.len().max(new.fields.len()) > MOST_AT_ONCE;
        if !many || old.schema != new.schema || old.schema.iter().any(is_union) {
            return Self::default();
        }
        let type_of_record = new.schema.iter().find(|(key, _)| key == "type");
        if type_of_record.is_some_and(|(_, text)| !is_object(text)) {
            return Self::default();
        }
        let columns = Columns::of(new);
        let (mut kept, mut fields) = (Sides { old: Vec::new(), new: Vec::new() }, VecDeque::new());
        meet(&old.fields, &new.fields, |(was, is)| {
            let is_free = |(name, _): &Entry<'_>| !needed.has_in_key(name) && !columns.share(name);
            let count = if is.is_some() { kept.new.len() } else { kept.old.len() };
            if count >= MOST_AT_ONCE && was.or(is).is_some_and(is_free) {
                fields.push_back(Sides { old: was.cloned(), new: is.cloned() });
                return;
            }
            kept.old.extend(was.cloned());
            kept.new.extend(is.cloned());
        });
        // A side that has no field at all loses or gains its schema, and that is told of the whole.
        let (Some(_), Some((name, _))) = (kept.old.first(), kept.new.first()) else { return Self::default() };
        // A field of the new side: a new one beside it is in another column.
        let around = Some((type_of_record.cloned(), (name.clone(), "{}")));
        (old.fields, new.fields) = (kept.old, kept.new);
        Self { around, fields }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The schemas of the next fields; `None` where one of them cannot be parsed.
    pub(super) fn next_schemas(&mut self) -> Option<Sides<Value>> {
        let (type_of_record, shared) = self.around.clone()?;
        let mut sides = Sides { old: vec![shared.clone()], new: vec![shared] };
        for field in self.fields.drain(..self.fields.len().min(MOST_AT_ONCE)) {
            sides.old.extend(field.old);
            sides.new.extend(field.new);
        }
        let schema = |fields: &[Entry<'_>]| schema(type_of_record.as_slice(), fields);
        Some(Sides { old: schema(&sides.old)?, new: schema(&sides.new)? })
    }
}

/// Whether a type, as it stands, is that of objects, whatever else it may be.
fn is_object(text: &str) -> bool {
    let is_object = |name: &Value| name == "object";
    nesting::value(text)
        .is_ok_and(|names| is_object(&names) || names.as_array().is_some_and(|all| all.iter().any(is_object)))
}

/// The columns that fields of a stream become, as far as several of them share one.
struct Columns(BTreeSet<String>);

impl Columns {
    fn of(stream: &CutStream<'_>) -> Self {
        let mut keys: Vec<String> =
            stream.fields.iter().map(|(name, _)| record_schema::column_key(name)).collect();
        keys.sort_unstable();
        Self(keys.array_windows().filter(|[one, other]| one == other).map(|[one, _]| one.clone()).collect())
    }

    fn share(&self, name: &str) -> bool {
        !self.0.is_empty() && self.0.contains(&record_schema::column_key(name))
    }
}

/// The columns that are looked at though nothing differs in them.
struct Needed {
    /// A new field may collide with one.
    added: BTreeSet<String>,
    /// A key or a cursor may name one.
    in_key: BTreeSet<String>,
}

impl Needed {
    fn of(old: &CutStream<'_>, new: &CutStream<'_>) -> Self {
        let (mut added, mut in_key) = (BTreeSet::new(), BTreeSet::new());
        meet(&old.fields, &new.fields, |pair| {
            if let (None, Some((name, _))) = pair {
                added.insert(record_schema::column_key(name));
            }
        });
        for (key, text) in old.stream.iter().chain(&new.stream) {
            let of_path = |path: &Value| path.get(0).and_then(Value::as_str).map(record_schema::column_key);
            let Ok(value) = (match key.as_ref() {
                "source_defined_primary_key" | "default_cursor_field" => nesting::value(text),
                _ => continue,
            }) else {
                continue;
            };
            match key.as_ref() {
                "default_cursor_field" => in_key.extend(of_path(&value)),
                _ => in_key.extend(value.as_array().into_iter().flatten().filter_map(of_path)),
            }
        }
        Self { added, in_key }
    }

    fn has(&self, name: &str) -> bool {
        if self.added.is_empty() && self.in_key.is_empty() {
            return false;
        }
        let column = record_schema::column_key(name);
        self.added.contains(&column) || self.in_key.contains(&column)
    }

    fn has_in_key(&self, name: &str) -> bool {
        !self.in_key.is_empty() && self.in_key.contains(&record_schema::column_key(name))
    }
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
/// further, as they stand.
#[derive(Debug, PartialEq)]
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
        let [stream, schema, fields] = cut;
        Some(Self { stream: stream?, schema: schema?, fields: fields? })
    }

    /// The cut of another text of which this stream, whose text is given as well, is the old version; `None` where they do
    /// not differ in fields alone. All that is read of the new text are the entries of fields that the edit lies in: where
    /// they are entries of an object, the equal bytes before and behind them mean what they mean in the old text.
    fn of_edited<'n>(&self, old: &str, new: &'n str) -> Option<CutStream<'n>> {
        let edit = edited(old, new);
        let end_of = |value: &str| Some(range_in(old, value)?.end);
        let start_of = |key: &Cow<'_, str>| match key {
            // The quotation mark is no part of the key.
            Cow::Borrowed(key) => range_in(old, key)?.start.checked_sub(1),
            Cow::Owned(_) => None,
        };
        // A value that ends where the edit starts may go on there.
        let mut before = 0;
        while let Some((_, value)) = self.fields.get(before)
            && end_of(value)? < edit.start
        {
            before += 1;
        }
        let mut behind = self.fields.len();
        while behind > before
            && let (key, _) = &self.fields[behind - 1]
            && start_of(key)? >= edit.end
        {
            behind -= 1;
        }
        let [(first, _), ..] = &self.fields[before..behind] else { return None };
        let [.., (_, last)] = &self.fields[before..behind] else { return None };
        let (start, end) = (start_of(first)?, end_of(last)?);
        if edit.start < start || end < edit.end {
            return None;
        }
        let moved = |place: usize| match place < end {
            true => Some(place),
            false => (place + new.len()).checked_sub(old.len()),
        };
        let piece = |piece: &str| {
            let range = range_in(old, piece)?;
            let start = moved(range.start)?;
            new.get(start..start + range.len())
        };
        let entry = |(key, value): &Entry<'_>| match key {
            Cow::Borrowed(key) => Some((Cow::Borrowed(piece(key)?), piece(value)?)),
            Cow::Owned(_) => None,
        };
        let between = format!("{{{}}}", new.get(start..(end + new.len()).checked_sub(old.len())?)?);
        let of_between = |piece: &str| {
            let range = range_in(&between, piece)?;
            new.get(range.start - 1 + start..range.end - 1 + start)
        };
        let mut fields: Vec<Entry<'n>> = self.fields[..before].iter().map(entry).collect::<Option<_>>()?;
        let read = RawObject::parse(&between).ok()?;
        // Where others stand around it, commas would be left.
        if read.entries().next().is_none() && behind - before < self.fields.len() {
            return None;
        }
        for (key, value) in read.entries() {
            let Cow::Borrowed(key) = key else { return None };
            fields.push((Cow::Borrowed(of_between(key)?), of_between(value)?));
        }
        for field in &self.fields[behind..] {
            fields.push(entry(field)?);
        }
        let all = |entries: &[Entry<'_>]| entries.iter().map(entry).collect::<Option<Vec<_>>>();
        Some(CutStream { stream: all(&self.stream)?, schema: all(&self.schema)?, fields })
    }

    /// The same with the entries of each level in order by key, the last of equal keys.
    fn ordered(self) -> Self {
        let Self { stream, schema, fields } = self;
        Self { stream: ordered(stream), schema: ordered(schema), fields: ordered(fields) }
    }

    /// The places of its fields in its text.
    fn places(&self, text: &str) -> FieldPlaces {
        let place = |(key, value): &Entry<'_>| {
            let Cow::Borrowed(name) = key else { return None };
            let key = range_in(text, name)?.start.checked_sub(1)?;
            Some((Box::from(*name), key, range_in(text, value)?))
        };
        FieldPlaces::new(WAY, self.fields.iter().filter_map(place).collect())
    }

    /// The same as one value.
    fn value(&self) -> Option<Value> {
        let mut stream = object(&self.stream)?;
        stream.insert(WAY[0].to_owned(), schema(&self.schema, &self.fields)?);
        Some(Value::Object(stream))
    }
}

fn object(entries: &[Entry<'_>]) -> Option<Map<String, Value>> {
    entries.iter().map(|(key, text)| Some((key.to_string(), nesting::value(text).ok()?))).collect()
}

/// A schema of its entries and its fields.
fn schema(entries: &[Entry<'_>], fields: &[Entry<'_>]) -> Option<Value> {
    let mut schema = object(entries)?;
    schema.insert(WAY[1].to_owned(), Value::Object(object(fields)?));
    Some(Value::Object(schema))
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
    use crate::model::Pointer;

    fn stream(fields: &str) -> String {
        format!(
            "{{\"name\": \"a\", \"json_schema\": {{\"type\": \"object\", \"properties\": {{{fields}}}}}}}"
        )
    }

    #[test]
    fn fields_that_are_the_same_are_left_out_but_one() {
        let old = stream(r#""a": {"type": "string"}, "b": {"type": "string", "title": ""}, "c": {"x": 1}"#);
        let new = stream(r#""c": {"x": 2}, "b": {"title": "", "type": "string"}, "a": {"type":"string"}"#);
        let found = differing_parts(&old, &new).expect("two streams");
        let places = |text: &str, fields: &FieldPlaces| {
            let place = |name: &str| {
                let place = fields.get(&Pointer::new(["json_schema", "properties", name, "x"]))?;
                Some((text[place.key..].to_owned(), text[place.value].to_owned()))
            };
            assert_eq!(place("b"), None, "it is left out");
            place("c").expect("it is there")
        };
        let places = Sides { old: places(&old, &found.fields.old), new: places(&new, &found.fields.new) };
        assert_eq!(places.old, ("\"c\": {\"x\": 1}}}}".to_owned(), "{\"x\": 1}".to_owned()));
        assert_eq!(places.new.1, "{\"x\": 2}");
        assert!(found.rest.is_empty());
        let Sides { old: before, new: after } = found.parts;
        let fields = |value: &Value| value["json_schema"]["properties"].clone();
        assert_eq!(fields(&before), json!({"a": {"type": "string"}, "c": {"x": 1}}));
        assert_eq!(fields(&after), json!({"a": {"type": "string"}, "c": {"x": 2}}));
        assert_eq!(before["name"], "a");
        assert_eq!(before["json_schema"]["type"], "object");
    }

    #[test]
    fn of_equal_keys_the_last_counts() {
        let old = r#"{"json_schema": {"properties": {"gone": {}}}, "json_schema": {"properties": {"a": 1, "a": 2}}}"#;
        let new = r#"{"json_schema": {"properties": {"a": 3}}}"#;
        let before = differing_parts(old, new).expect("two streams").parts.old;
        assert_eq!(before, json!({"json_schema": {"properties": {"a": 2}}}));
        let without = r#"{"json_schema": {"properties": {"a": 3}}, "json_schema": {}}"#;
        assert!(differing_parts(without, new).is_none());
    }

    /// What is cut by the cut of the old text is what reading all of the new one gives, or nothing.
    #[test]
    fn an_edited_stream_is_cut_as_it_stands() {
        let lists = [
            "",
            r#""a": 1"#,
            r#""a": 12"#,
            r#""b": {"x": [1, "}"]}"#,
            r#""a": 1, "b": {"x": 1}, "c": 3"#,
            r#""a": 1, "b": {"x": 2, "y": 0}, "c": 3"#,
            r#""a": 1 , "b": 2, "c": 3"#,
            r#""a": 1, "c": 3"#,
            r#""a": 1, "new": [], "b": {"x": 1}, "c": 3"#,
            r#""a": 2, "b": {"x": 1}, "c": 4"#,
            r#""c": 3, "b": {"x": 1}, "a": 1"#,
            r#""a": 1, "b": {"x": 1}, "c": 3, "d": {}"#,
            r#""a": 1, "a": {"x": 1}, "c": 3"#,
            r#""a": 1, "\u0062": {"x": 1}, "c": 3"#,
            r#""é": 1, "b": "è", "c": 3"#,
            r#""é": 1, "b": "é", "c": 3"#,
        ];
        let forms = [
            r#"{"name": "s", "json_schema": {"type": "object", "properties": {LIST}, "required": []}, "z": 1}"#,
            r#"{"json_schema": {"properties": {LIST}}, "name": "s"}"#,
            r#"{"json_schema": {"properties": {"a": 1, "b": 0}}, "json_schema": {"properties": {LIST}}}"#,
            r#"{"json_schema": {"properties": {LIST}}, "json_schema": {"properties": {"a": 1, "b": 0}}}"#,
            r#"{"json_schema": {"properties": {LIST}, "properties": {"x": {"a": 1}}}}"#,
        ];
        let texts: Vec<String> =
            forms.iter().flat_map(|form| lists.iter().map(|list| form.replace("LIST", list))).collect();
        let mut found = 0;
        for old in &texts {
            let cut = CutStream::of(old).expect("a stream");
            for new in texts.iter().filter(|new| *new != old) {
                if let Some(edited) = cut.of_edited(old, new) {
                    assert_eq!(edited, CutStream::of(new).expect("a stream"), "{old} {new}");
                    found += 1;
                }
            }
            for broken in [old.replace("\"c\": 3", "\"c\": "), old.replace("\"a\": 1", "\"a\": 1, ")] {
                assert!(
                    broken == *old
                        || cut.of_edited(old, &broken).is_none_or(|cut| CutStream::of(&broken) == Some(cut))
                );
            }
        }
        assert!(found > 200, "{found}");
    }

    #[test]
    fn an_edit_lies_between_what_is_the_same() {
        let long = "x".repeat(200);
        for (old, new, expected) in [
            ("ab", "ab", 2..2),
            ("", "a", 0..0),
            ("aa", "aaa", 2..2),
            ("abc", "axc", 1..2),
            (&format!("{long}1{long}"), &format!("{long}{long}"), 200..201),
            (&format!("{long}1{long}"), &format!("{long}23{long}"), 200..201),
            (&format!("{long}12{long}"), &format!("y{long}{long}"), 0..202),
        ] {
            assert_eq!(edited(old, new), expected, "{old} {new}");
        }
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
