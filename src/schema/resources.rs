//! Where references lead: places, anchors and documents by their id, all inside one document.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_uri::{Uri, UriRef};
use serde_json::{Map, Value};

use super::Draft;
use crate::model::Pointer;

/// A reference that could not be followed.
pub(super) struct Unresolved {
    pub(super) message: String,
    /// Whether it leads to a document on the network.
    pub(super) elsewhere: bool,
}

/// What references can name besides places.
pub(super) struct Resources<'a> {
    draft: Draft,
    by_id: HashMap<String, &'a Value>,
    /// The absolute address of each document, which relative references in it start from.
    addresses: HashMap<*const Value, Uri<String>>,
    /// Anchors by the document they are in, which is told by its address.
    by_anchor: HashMap<(*const Value, &'a str), &'a Value>,
    /// How many places each dynamic anchor names.
    dynamic: HashMap<&'a str, usize>,
    /// Documents that ask for dynamic references of 2019-09.
    recursive: usize,
}

/// Whether a schema may have a name of its own: keywords that give one start so.
fn may_name(map: &Map<String, Value>) -> bool {
    map.keys().any(|key| key.starts_with('$') || key == "id")
}

/// Whether a document has nothing in it that is a reference or gives a name, wherever it stands.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Object(map) => {
            !map.keys().any(|key| key == "id" || key.starts_with('$') && key != "$schema")
                && map.values().all(is_plain)
        }
        Value::Array(items) => items.iter().all(is_plain),
        _ => true,
    }
}

/// The address of a document that names none.
const UNNAMED: &str = "unnamed:///";

/// Keywords that hold schemas by names of the author's choice.
pub const NAMED: [&str; 7] = [
    "properties",
    "patternProperties",
    "definitions",
    "$defs",
    "dependencies",
    "dependentSchemas",
    "dependentRequired",
];

impl<'a> Resources<'a> {
    /// Looks through everything that may be a schema. What is found inside `const`, `enum` or `default` is data.
    pub(super) fn of(document: &'a Value, draft: Draft) -> Self {
        let mut resources = Self {
            draft,
            by_id: HashMap::new(),
            addresses: HashMap::new(),
            by_anchor: HashMap::new(),
            dynamic: HashMap::new(),
            recursive: 0,
        };
        if let Ok(unnamed) = Uri::parse(UNNAMED.to_owned()) {
            resources.addresses.insert(document, unnamed);
        }
        let mut open = vec![(document, document, true)];
        while let Some((value, base, is_schema)) = open.pop() {
            match value {
                Value::Object(map) if !is_schema => {
                    open.extend(map.values().map(|value| (value, base, true)));
                }
                Value::Object(map) => {
                    let mut base = base;
                    if may_name(map) {
                        base = if resources.is_document(value) { resources.name(value, base) } else { base };
                        resources.add(value, map, base);
                    }
                    let data = ["const", "enum", "default", "examples"];
                    for (key, value) in map.iter().filter(|(key, _)| !data.contains(&key.as_str())) {
                        open.push((value, base, !NAMED.contains(&key.as_str())));
                    }
                }
                Value::Array(items) => open.extend(items.iter().map(|item| (item, base, true))),
                _ => {}
            }
        }
        resources
    }

    fn add(&mut self, value: &'a Value, map: &'a Map<String, Value>, base: &'a Value) {
        let named = !map.contains_key("$ref") || self.draft.has_siblings_of_ref();
        let id = map.get(self.id_keyword()).and_then(Value::as_str).filter(|_| named);
        if let Some(anchor) = id.and_then(|id| id.strip_prefix('#')) {
            self.by_anchor.entry((base, anchor)).or_insert(value);
        }
        for keyword in ["$anchor", "$dynamicAnchor"] {
            if let Some(anchor) = map.get(keyword).and_then(Value::as_str) {
                self.by_anchor.entry((base, anchor)).or_insert(value);
            }
        }
        if let Some(anchor) = map.get("$dynamicAnchor").and_then(Value::as_str) {
            *self.dynamic.entry(anchor).or_default() += 1;
        }
        self.recursive += usize::from(map.get("$recursiveAnchor") == Some(&Value::Bool(true)));
    }

    /// Gives a document its address; the document is the answer.
    fn name(&mut self, document: &'a Value, around: &'a Value) -> &'a Value {
        let id = document.get(self.id_keyword()).and_then(Value::as_str).unwrap_or_default();
        let address = self.address(id.trim_end_matches('#'), around);
        if let Some(address) = address {
            self.by_id.entry(address.as_str().to_owned()).or_insert(document);
            self.addresses.insert(document, address);
        }
        document
    }

    /// The absolute address that a reference without a fragment names from inside a document.
    fn address(&self, reference: &str, base: &'a Value) -> Option<Uri<String>> {
        let base = self.addresses.get(&std::ptr::from_ref(base))?;
        UriRef::parse(reference).ok()?.resolve_against(base).ok()
    }

    fn id_keyword(&self) -> &'static str {
        if self.draft == Draft::Draft4 { "id" } else { "$id" }
    }

    /// Whether a schema has an id of its own, from which references inside it start.
    pub(super) fn is_document(&self, schema: &Value) -> bool {
        let id = schema.get(self.id_keyword()).and_then(Value::as_str);
        let named = self.draft.has_siblings_of_ref() || schema.get("$ref").is_none();
        id.is_some_and(|id| !id.starts_with('#')) && named
    }

    /// Whether a dynamic or recursive reference can mean one place only.
    pub(super) fn is_static(&self, reference: &str) -> bool {
        match reference.strip_prefix('#') {
            Some("") => self.recursive <= 1,
            Some(anchor) => self.dynamic.get(anchor).is_none_or(|count| *count <= 1),
            None => false,
        }
    }

    /// The document that a reference without a fragment names.
    fn find(&self, reference: &str, base: &'a Value) -> Option<&'a Value> {
        let address = self.address(reference, base)?;
        self.by_id.get(address.as_str()).copied()
    }

    /// What a reference leads to, and the document that references inside it start from.
    ///
    /// # Errors
    /// It leads nowhere, or out of the document; the text says which.
    pub(super) fn resolve(
        &self,
        reference: &str,
        base: &'a Value,
    ) -> Result<(&'a Value, &'a Value), Unresolved> {
        let (name, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let start = match name {
            "" => base,
            name => self.find(name, base).ok_or_else(|| Unresolved {
                message: match name.contains(':') {
                    true => format!("the reference {reference} is remote; nothing is fetched"),
                    false => format!("the reference {reference} leads to another file"),
                },
                elsewhere: name.contains(':'),
            })?,
        };
        let nowhere =
            || Unresolved { message: format!("the reference {reference} leads nowhere"), elsewhere: false };
        if !fragment.is_empty() && !fragment.starts_with('/') {
            let anchored = self.by_anchor.get(&(std::ptr::from_ref(start), fragment)).copied();
            return anchored.map(|target| (target, start)).ok_or_else(nowhere);
        }
        let (mut target, mut base) = (start, start);
        for segment in Pointer::parse(&percent_decoded(fragment)).segments() {
            target = match target {
                Value::Object(map) => map.get(segment),
                Value::Array(items) => segment.parse::<usize>().ok().and_then(|index| items.get(index)),
                _ => None,
            }
            .ok_or_else(nowhere)?;
            // A part with an id of its own is a document of its own.
            if self.addresses.contains_key(&std::ptr::from_ref(target)) {
                base = target;
            }
        }
        Ok((target, base))
    }
}

/// A fragment without its percent signs.
pub(crate) fn percent_decoded(fragment: &str) -> String {
    if !fragment.contains('%') {
        return fragment.to_owned();
    }
    let bytes = fragment.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| bytes[at] == b'%') {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// A document whose references are all places of the document itself: ids and anchors are written out as places, and
/// are left out where `moves` says that its parts will be moved about. A reference that leads nowhere, or elsewhere,
/// stays; so does a document with dynamic references.
pub fn with_local_references(document: &Value, moves: bool) -> Cow<'_, Value> {
    // Nothing in it is written out otherwise.
    if is_plain(document) {
        Cow::Borrowed(document)
    } else {
        Cow::Owned(every_reference_local(document, moves))
    }
}

fn every_reference_local(document: &Value, moves: bool) -> Value {
    let draft = Draft::of(document);
    let resources = Resources::of(document, draft);
    if resources.recursive > 0 || !resources.dynamic.is_empty() {
        return document.clone();
    }
    let mut around = HashMap::new();
    let mut open = vec![document];
    while let Some(value) = open.pop() {
        let mut found = |child: &'_ Value, step| {
            if child.is_object() || child.is_array() {
                around.insert(std::ptr::from_ref(child), (std::ptr::from_ref(value), step));
            }
        };
        match value {
            Value::Object(map) => {
                map.iter().for_each(|(key, child)| found(child, Step::Key(key)));
                open.extend(map.values());
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, child)| found(child, Step::Index(index)));
                open.extend(items);
            }
            _ => {}
        }
    }
    let local = Localise { resources: &resources, root: document, around: &around, moves };
    local.value(document, document, true)
}

/// The step from a value to one inside.
#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

struct Localise<'r, 'a> {
    resources: &'r Resources<'a>,
    root: &'a Value,
    /// What each object and list lies in, and by which step. Whole pointers would take the size times the depth.
    around: &'r HashMap<*const Value, (*const Value, Step<'a>)>,
    moves: bool,
}

impl<'a> Localise<'_, 'a> {
    /// Where an object or a list stands in the document.
    fn place(&self, value: &Value) -> Option<Pointer> {
        let mut steps = Vec::new();
        let mut at = std::ptr::from_ref(value);
        while !std::ptr::eq(at, self.root) {
            let (parent, step) = self.around.get(&at)?;
            steps.push(match step {
                Step::Key(key) => (*key).to_owned(),
                Step::Index(index) => index.to_string(),
            });
            at = *parent;
        }
        steps.reverse();
        Some(Pointer::new(steps))
    }

    fn value(&self, value: &'a Value, base: &'a Value, is_schema: bool) -> Value {
        match value {
            Value::Object(map) => {
                let base = if is_schema && self.resources.is_document(value) { value } else { base };
                let mut local = Map::new();
                for (key, child) in map {
                    if !is_schema {
                        local.insert(key.clone(), self.value(child, base, true));
                        continue;
                    }
                    let written = match (key.as_str(), child) {
                        ("$ref", Value::String(reference)) => {
                            let target = self.resources.resolve(reference, base).ok();
                            let place = target.and_then(|(target, _)| self.place(target));
                            // A percent sign in a name would be read as the start of an escape.
                            let written =
                                place.map(|place| format!("#{place}")).filter(|text| !text.contains('%'));
                            written.map_or_else(|| child.clone(), Value::from)
                        }
                        ("const" | "enum" | "default" | "examples", _) => child.clone(),
                        (id, Value::String(_))
                            if self.moves && (id == self.resources.id_keyword() || id == "$anchor") =>
                        {
                            continue;
                        }
                        (key, _) => self.value(child, base, !NAMED.contains(&key)),
                    };
                    local.insert(key.clone(), written);
                }
                Value::Object(local)
            }
            Value::Array(items) => items.iter().map(|item| self.value(item, base, true)).collect(),
            scalar => scalar.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A document without a reference or a name is taken as it is, which is what writing it out comes to.
    #[test]
    fn a_plain_document_is_the_same_written_out() {
        let plain = json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "properties": {"a": {"enum": [{"x": 1}]}, "b": {"items": [{"type": "string"}]}, "$schema": {}},
        });
        let named = json!({"$id": "https://lantern.test/a", "properties": {"a": {"$ref": "#/properties/b"}}});
        for moves in [true, false] {
            assert!(is_plain(&plain));
            assert_eq!(*with_local_references(&plain, moves), every_reference_local(&plain, moves));
            assert!(!is_plain(&named));
        }
        for name in ["$ref", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$dynamicRef"] {
            assert!(!is_plain(&json!({"properties": {"a": {name: "x"}}})), "{name}");
        }
    }
}
