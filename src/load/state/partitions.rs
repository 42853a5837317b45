//! What partitions are told apart by, on the way.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::de::MapAccess;
use serde_json::value::RawValue;

use super::cursor::MOST_KEYS;
use super::shape::DEEPEST_PARENT;
use super::stream::{self, Sink, To};
use crate::model::{JsonType, PartitionForm, PartitionValue, UnreadPartitions};

/// So many looks are told apart without taking them to pieces again.
const MOST_LOOKS: usize = 1_024;

/// Partitions on the way, told apart by their keys and the JSON types of their values.
#[derive(Default)]
pub(super) struct Partitions {
    looks: BTreeSet<String>,
    /// Used again for each partition.
    look: String,
    /// Of very many the first in their order.
    pub(super) forms: BTreeSet<PartitionForm>,
    pub(super) others: UnreadPartitions,
}

impl Partitions {
    /// Takes a partition, which stands next in a map.
    pub(super) fn next<'de, A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error> {
        self.look.clear();
        map.next_value_seed(To(&mut Look { look: &mut self.look, depth: 0 }))?;
        // What is no object has no keys.
        if self.look.starts_with(SLICE) && !self.looks.contains(self.look.as_str()) {
            // Looks that are not remembered are taken apart again.
            if self.looks.len() < MOST_LOOKS {
                self.looks.insert(self.look.clone());
            }
            self.forms.insert(form_of(&mut self.look[SLICE.len_utf8()..].chars()));
            if self.forms.len() > MOST_KEYS
                && let Some(form) = self.forms.pop_last()
            {
                self.others.add(&form);
            }
        }
        Ok(())
    }
}

/// Stands before the entries of a partition, or of one inside, in a look.
const SLICE: char = '{';
const END_OF_SLICE: char = '}';
/// Stands before each key, and what stands after it.
const KEY: char = ',';
const END_OF_KEY: char = '\0';

/// Writes down the keys of a partition and the JSON types of its values. Equal keys and another order make another look
/// of the same form, and nothing is lost.
struct Look<'s> {
    look: &'s mut String,
    depth: usize,
}

impl<'de> Sink<'de> for Look<'_> {
    fn entry<A: MapAccess<'de>>(&mut self, key: Cow<'de, str>, map: &mut A) -> Result<(), A::Error> {
        self.look.push(KEY);
        if key.contains(END_OF_KEY) {
            self.look.push_str(&key.replace(END_OF_KEY, "\u{fffd}"));
        } else {
            self.look.push_str(&key);
        }
        self.look.push(END_OF_KEY);
        let text = map.next_value::<&RawValue>()?.get();
        if key == "parent_slice" && text.starts_with('{') && self.depth < DEEPEST_PARENT {
            // What is cut out of JSON is JSON.
            let _ = stream::read_into(text, &mut Look { look: &mut *self.look, depth: self.depth + 1 });
            self.look.push(END_OF_SLICE);
        } else {
            // The first character tells the JSON type.
            self.look.push(match text.chars().next() {
                Some('{') => OBJECT,
                Some('f') => 't',
                Some(first) if !first.is_ascii_digit() => first,
                _ => '-',
            });
        }
        Ok(())
    }

    fn json_type(&mut self, json_type: JsonType) {
        if json_type == JsonType::Object {
            self.look.push(SLICE);
        }
    }
}

/// An object that is no partition.
const OBJECT: char = 'o';

/// The form that a look was written of.
fn form_of(look: &mut std::str::Chars<'_>) -> PartitionForm {
    let mut form = PartitionForm::new();
    while look.next() == Some(KEY) {
        let key = look.by_ref().take_while(|character| *character != END_OF_KEY).collect();
        let value = match look.next() {
            Some(SLICE) => PartitionValue::Slice(form_of(look)),
            Some('[') => PartitionValue::Grouped { size: None, of: None },
            Some(OBJECT) => PartitionValue::Seen(JsonType::Object),
            first => PartitionValue::Seen(JsonType::of_text(first.unwrap_or('-').encode_utf8(&mut [0; 4]))),
        };
        form.insert(key, value);
    }
    form
}

#[cfg(test)]
mod tests {
    use super::super::shape::read;
    use super::*;

    #[test]
    fn a_form_is_read_back_from_its_look() {
        let partition = r#"{",": 1, "}": "a", "{": [1], "parent_slice": {"}": null, "parent_slice": {}, ",{": {"x": 1}}, "": true}"#;
        let state = format!(r#"{{"states": [{{"partition": {partition}, "cursor": {{"u": "1"}}}}]}}"#);
        let entry = |key: &str, value| (key.to_owned(), value);
        let slice = PartitionForm::from([
            entry("}", PartitionValue::Seen(JsonType::Null)),
            entry("parent_slice", PartitionValue::Slice(PartitionForm::new())),
            entry(",{", PartitionValue::Seen(JsonType::Object)),
        ]);
        let expected = PartitionForm::from([
            entry(",", PartitionValue::Seen(JsonType::Number)),
            entry("}", PartitionValue::Seen(JsonType::Text)),
            entry("{", PartitionValue::Grouped { size: None, of: None }),
            entry("parent_slice", PartitionValue::Slice(slice)),
            entry("", PartitionValue::Seen(JsonType::Boolean)),
        ]);
        assert_eq!(
            read(&state).map(|saved| saved.partitions),
            Ok(std::collections::BTreeSet::from([expected]))
        );
    }
}
