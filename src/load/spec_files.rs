//! Specs that are written over several files: `{"$ref": "auth.json"}` stands for what that file holds.
//!
//! Connectors in TypeScript put them together when they start. Source: `SpecLoader` of `faros-airbyte-cdk`, which has
//! `json-schema-ref-parser` dereference the file. Nothing does so for connectors in Python and Java: what they print refers to a
//! file that nobody who gets the spec has, and such a spec is judged as it stands.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::folder::Directory;
use super::read;
use crate::limits::REF_VALUES;
use crate::model::{Artifact, Document, ErrorCause, InputError, Locate, Located, Pointer, Spec};
use crate::nesting;

/// Puts a spec together from the files that it refers to.
///
/// # Errors
/// A file that it refers to cannot be read, lies outside of the connector or leads back to itself; the whole has more values
/// than the limit allows, and than its files have. A reference to a file that is not there stays what it is: it has no target.
pub(super) fn put_together(spec: Spec, file: &str, directory: &Directory<'_>) -> Result<Spec, InputError> {
    if !refers_to_files(&spec.value) {
        return Ok(spec);
    }
    let mut files = Files {
        directory,
        read: HashMap::new(),
        parts: BTreeMap::new(),
        open: Vec::new(),
        values: 0,
        written: count(&spec.value),
    };
    let here = Here { file: file.to_owned(), is_root: true, at: Pointer::root() };
    let value = files.expanded(&spec.value, &here, &Pointer::root())?;
    let parts = files.parts;
    Ok(Spec { value: Arc::new(value), locate: Arc::new(Places { spec: spec.locate, parts }) })
}

/// Whether a value refers to a file anywhere.
pub(super) fn refers_to_files(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.iter().any(|(key, inner)| {
            key == "$ref" && inner.as_str().is_some_and(|to| file_of(to).is_some()) || refers_to_files(inner)
        }),
        Value::Array(items) => items.iter().any(refers_to_files),
        _ => false,
    }
}

/// The file that a reference leads to, and the pointer in it; `None` for one that stays in its file or leaves the disk.
fn file_of(reference: &str) -> Option<(&str, &str)> {
    let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let is_address = file.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    });
    (!file.is_empty() && !is_address).then_some((file, fragment))
}

/// Where a value is read from.
#[derive(Clone)]
struct Here {
    file: String,
    /// Whether it is the file of the spec, whose own references are resolved in the whole spec.
    is_root: bool,
    at: Pointer,
}

/// Where what begins at a place of the whole spec is written; `None` in the file of the spec.
type Part = Option<(Arc<Document>, Pointer)>;

/// By the places where they begin.
type Parts = BTreeMap<Vec<String>, Part>;

struct Files<'d> {
    directory: &'d Directory<'d>,
    read: HashMap<String, (Arc<Value>, Arc<Document>)>,
    parts: Parts,
    /// The places that are being put in.
    open: Vec<(String, String)>,
    /// The values of the whole so far.
    values: u64,
    /// Those that its files have as they are written: so many are always put in.
    written: u64,
}

impl Files<'_> {
    /// A value with what it refers to put in. `to` is where it stands in the whole.
    fn expanded(&mut self, value: &Value, here: &Here, to: &Pointer) -> Result<Value, InputError> {
        self.values += 1;
        let most = self.directory.limits.ref_values.max(self.written);
        if self.values > most {
            let what = "the spec has more values, the files that it refers to put in,";
            return Err(self.wrong(here, ErrorCause::Limit, REF_VALUES.exceeded(what, most, None)));
        }
        if to.segments().len() + self.open.len() > nesting::levels() {
            return Err(self.wrong(here, ErrorCause::Limit, nesting::exceeded(nesting::TOO_DEEP)));
        }
        match value {
            Value::Object(map) => {
                let reference = map.get("$ref").and_then(Value::as_str);
                let target = reference.and_then(|reference| match file_of(reference) {
                    Some((file, fragment)) => Some((reference, Some(file), fragment)),
                    // What another file says of itself is not said in the whole.
                    None => match reference.strip_prefix('#') {
                        Some(fragment) if !here.is_root => Some((reference, None, fragment)),
                        _ => None,
                    },
                });
                match target {
                    Some((reference, file, fragment)) => {
                        self.put_in(map, (reference, file, fragment), here, to)
                    }
                    None => Ok(Value::Object(self.entries(map.iter(), here, to)?)),
                }
            }
            Value::Array(items) => {
                let items = items.iter().enumerate().map(|(index, item)| {
                    let index = index.to_string();
                    self.expanded(item, &here.inside(&index), &to.join(&index))
                });
                Ok(Value::Array(items.collect::<Result<_, _>>()?))
            }
            other => Ok(other.clone()),
        }
    }

    fn entries<'v>(
        &mut self,
        entries: impl Iterator<Item = (&'v String, &'v Value)>,
        here: &Here,
        to: &Pointer,
    ) -> Result<Map<String, Value>, InputError> {
        entries
            .map(|(key, inner)| Ok((key.clone(), self.expanded(inner, &here.inside(key), &to.join(key))?)))
            .collect()
    }

    /// What a reference stands for, with the keys beside it, which win.
    fn put_in(
        &mut self,
        map: &Map<String, Value>,
        (reference, file, fragment): (&str, Option<&str>, &str),
        here: &Here,
        to: &Pointer,
    ) -> Result<Value, InputError> {
        let refused = |files: &Self, cause: ErrorCause, why: &str| {
            files.wrong(here, cause, format!("the reference {reference} cannot be followed: {why}"))
        };
        let path = match file {
            Some(file) => beside(&here.file, file).ok_or_else(|| {
                refused(self, ErrorCause::Outside, "the file lies outside of the connector: put a copy in")
            })?,
            None => here.file.clone(),
        };
        let (value, document) = match self.read.get(&path) {
            Some(read) => read.clone(),
            None => {
                let tree = self.directory.tree();
                if !read::is_there(tree, &path) {
                    return Ok(Value::Object(map.clone()));
                }
                let (value, document) = read::value_at(tree, &path, Artifact::Spec, self.directory.limits)
                    .map_err(|unread| unread.of(Artifact::Spec))?;
                self.written += count(&value);
                self.read.insert(path.clone(), (Arc::new(value), document.clone()));
                self.read[&path].clone()
            }
        };
        let at = Pointer::parse(fragment);
        let target = at
            .get(&value)
            .ok_or_else(|| refused(self, ErrorCause::Content, "nothing is at that place of the file"))?;
        let place = (path.clone(), fragment.to_owned());
        if self.open.contains(&place) {
            return Err(refused(self, ErrorCause::Content, "it leads back to itself"));
        }
        self.open.push(place);
        self.parts.insert(to.segments().to_vec(), Some((document, at.clone())));
        let there = Here { file: path, is_root: false, at };
        let target = self.expanded(target, &there, to)?;
        self.open.pop();
        let beside = self.entries(map.iter().filter(|(key, _)| *key != "$ref"), here, to)?;
        let around =
            if here.is_root { None } else { self.read.get(&here.file).map(|(_, document)| document.clone()) };
        for key in beside.keys() {
            let written = around.clone().map(|document| (document, here.at.join(key)));
            // What is put in below it is written elsewhere.
            self.parts.entry(to.join(key).segments().to_vec()).or_insert(written);
        }
        Ok(match target {
            Value::Object(mut target) => {
                target.extend(beside);
                Value::Object(target)
            }
            // Nothing stands beside what is no object.
            other => other,
        })
    }

    fn wrong(&self, here: &Here, cause: ErrorCause, message: String) -> InputError {
        InputError { cause, artifact: Some(Artifact::Spec), file: here.file.clone(), line: None, message }
    }
}

impl Here {
    fn inside(&self, key: &str) -> Self {
        Self { at: self.at.join(key), ..self.clone() }
    }
}

/// The path of a file that is named in another one; `None` where it leads out of the root.
fn beside(file: &str, named: &str) -> Option<String> {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    if named.starts_with('/') {
        return None;
    }
    for part in named.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The places of a spec that was put together.
#[derive(Debug)]
struct Places {
    spec: Arc<dyn Locate>,
    parts: Parts,
}

impl Locate for Places {
    fn locate(&self, pointer: &Pointer) -> Option<Located> {
        let segments = pointer.segments();
        let innermost =
            (0..=segments.len()).rev().find_map(|len| Some((len, self.parts.get(&segments[..len])?)));
        match innermost {
            Some((len, Some((document, at)))) => {
                let rest = Pointer::new(segments[len..].iter().cloned());
                Some(Located::in_document(document.clone(), at.concat(&rest)))
            }
            _ => self.spec.locate(pointer),
        }
    }
}

/// How many values a value has, itself included.
fn count(value: &Value) -> u64 {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum::<u64>(),
        Value::Object(map) => map.values().map(count).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_lead_to_files_beside_the_one_they_are_in() {
        for (reference, expected) in [
            ("auth.json", Some(("auth.json", ""))),
            ("./a/b.json#/definitions/x", Some(("./a/b.json", "/definitions/x"))),
            ("#/definitions/x", None),
            ("#", None),
            ("https://lantern.test/a.json", None),
            ("urn:uuid:1", None),
        ] {
            assert_eq!(file_of(reference), expected, "{reference}");
        }
        for (file, named, expected) in [
            ("resources/spec.json", "auth.json", Some("resources/auth.json")),
            ("resources/spec.json", "../shared/./auth.json", Some("shared/auth.json")),
            ("spec.json", "a.json", Some("a.json")),
            ("spec.json", "../a.json", None),
            ("a/spec.json", "/etc/passwd", None),
        ] {
            assert_eq!(beside(file, named).as_deref(), expected, "{file} {named}");
        }
    }
}
