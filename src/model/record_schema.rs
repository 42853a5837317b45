//! The JSON schema of a stream's records, with `$ref` resolved on the way and never expanded.
//!
//! Shared schema files refer to each other, in circles too, so a schema is not a tree that could be written out:
//! it is walked node by node, and a node knows the files it came from. Two nodes are the same place exactly when
//! their values have the same address, which is what lets a walk over a recursive schema end.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};

use super::{Document, Pointer};

/// The files one or many record schemas are made of.
#[derive(Debug, Default)]
pub struct SchemaFiles {
    files: Vec<SchemaFile>,
    by_name: BTreeMap<String, usize>,
    folder: bool,
}

#[derive(Debug)]
struct SchemaFile {
    name: String,
    schema: Value,
    document: Option<Arc<Document>>,
}

/// A `$ref` that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceError {
    /// The file the reference stands in, relative to the schema folder; empty for an inline schema.
    pub file: String,
    /// The reference as written.
    pub reference: String,
    /// What is wrong with it.
    pub reason: String,
}

impl ReferenceError {
    /// Whether it refers to a file that is not there.
    pub fn names_no_file(&self) -> bool {
        self.reason.starts_with(NO_SUCH_SCHEMA_FILE)
    }
}

/// A place in a record schema.
#[derive(Debug, Clone, Copy)]
pub struct SchemaNode<'a> {
    files: &'a SchemaFiles,
    file: Option<usize>,
    value: &'a Value,
}

/// The schema of one stream.
#[derive(Debug, Clone)]
pub struct RecordSchema {
    files: Arc<SchemaFiles>,
    entry: usize,
}

/// A chain of references longer than this is a circle.
const LONGEST_REFERENCE_CHAIN: usize = 64;

const WELL_KNOWN_TYPES: &str = "WellKnownTypes.json#/definitions/";

/// The Airbyte protocol's `well_known_types.yaml`, by the types its definitions stand for.
static WELL_KNOWN: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "String": {"type": "string"},
        "BinaryData": {"type": "string", "contentEncoding": "base64"},
        "Date": {"type": "string", "format": "date"},
        "TimestampWithTimezone": {"type": "string", "format": "date-time", "airbyte_type": "timestamp_with_timezone"},
        "TimestampWithoutTimezone":
            {"type": "string", "format": "date-time", "airbyte_type": "timestamp_without_timezone"},
        "TimeWithTimezone": {"type": "string", "format": "time", "airbyte_type": "time_with_timezone"},
        "TimeWithoutTimezone": {"type": "string", "format": "time", "airbyte_type": "time_without_timezone"},
        "Number": {"type": "number"},
        "Integer": {"type": "integer"},
        "Boolean": {"type": "boolean"},
    })
});

impl SchemaFiles {
    /// An empty schema folder, whose `x.json` references mean `shared/x.json` whichever file holds them. This is
    /// how the CDK's resource loader reads `schemas/`.
    pub fn folder() -> Self {
        Self { folder: true, ..Self::default() }
    }

    /// Whether this is what a folder holds, so that a file which is not among it does not exist.
    pub fn is_folder(&self) -> bool {
        self.folder
    }

    /// Adds a file of the folder under its name relative to the folder.
    pub fn insert(&mut self, name: String, schema: Value, document: Option<Arc<Document>>) {
        self.by_name.insert(name.clone(), self.files.len());
        self.files.push(SchemaFile { name, schema, document });
    }

    /// The document of a file, where it is known.
    pub fn document(&self, name: &str) -> Option<Arc<Document>> {
        self.files[*self.by_name.get(name)?].document.clone()
    }

    /// The names of the files that a file refers to.
    pub fn references_of(&self, name: &str) -> Vec<&str> {
        let Some(&file) = self.by_name.get(name) else { return Vec::new() };
        referred_files(self, file).into_iter().map(|target| self.files[target].name.as_str()).collect()
    }

    /// The names of all files, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// The whole schema of a file.
    pub fn schema(&self, name: &str) -> Option<&Value> {
        Some(&self.files[*self.by_name.get(name)?].schema)
    }

    fn follow(&self, from: Option<usize>, reference: &str) -> Result<(Option<usize>, &Value), String> {
        if let Some(name) = reference.strip_prefix(WELL_KNOWN_TYPES) {
            return match WELL_KNOWN.get(name) {
                Some(schema) => Ok((None, schema)),
                None => Err(format!("the Airbyte protocol has no well-known type {name}")),
            };
        }
        let (name, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let file = match (name, from) {
            ("", Some(file)) => file,
            ("", None) => return Err("it refers to itself".to_owned()),
            (name, _) if self.folder => *self
                .by_name
                .get(&format!("shared/{name}"))
                .ok_or_else(|| format!("{NO_SUCH_SCHEMA_FILE}shared/{name}"))?,
            _ => return Err("it refers to a file, and this schema stands alone".to_owned()),
        };
        let target = Pointer::parse(fragment)
            .get(&self.files[file].schema)
            .ok_or_else(|| format!("there is nothing at {fragment} in {}", self.describe(file)))?;
        Ok((Some(file), target))
    }

    fn describe(&self, file: usize) -> String {
        match self.files[file].name.as_str() {
            "" => "this schema".to_owned(),
            name => name.to_owned(),
        }
    }
}

impl RecordSchema {
    /// A schema that stands alone; `#/…` references stay inside it.
    pub fn inline(schema: Value) -> Self {
        let mut files = SchemaFiles::default();
        files.insert(String::new(), schema, None);
        Self { files: Arc::new(files), entry: 0 }
    }

    /// The schema in one file of a folder; `None` if the folder has no such file.
    pub fn file(files: &Arc<SchemaFiles>, name: &str) -> Option<Self> {
        Some(Self { entry: *files.by_name.get(name)?, files: files.clone() })
    }

    /// The root node.
    pub fn root(&self) -> SchemaNode<'_> {
        SchemaNode { files: &self.files, file: Some(self.entry), value: &self.files.files[self.entry].schema }
    }

    /// The name of the file the schema starts in, relative to its folder; empty for an inline schema.
    pub fn entry_file(&self) -> &str {
        &self.files.files[self.entry].name
    }

    /// Whether the folder has a shared file of the same name: then this one may be a part and no stream.
    pub fn has_shared_twin(&self) -> bool {
        self.files.by_name.contains_key(&format!("shared/{}", self.entry_file()))
    }

    /// The names of the fields that the schema declares for a record itself, those of its unions' options included.
    pub fn field_names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let mut seen = HashSet::new();
        let mut open = vec![self.root()];
        while let Some(node) = open.pop() {
            let Ok(node) = node.resolve() else { continue };
            if !seen.insert(node.address()) {
                continue;
            }
            if let Some(map) = node.child("properties").and_then(|map| map.resolve().ok())
                && let Value::Object(fields) = map.value()
            {
                names.extend(fields.keys().cloned());
            }
            for keyword in ["oneOf", "anyOf", "allOf"] {
                let Some(options) = node.child(keyword) else { continue };
                let count = options.value().as_array().map_or(0, Vec::len);
                open.extend((0..count).filter_map(|index| options.child(&index.to_string())));
            }
        }
        names
    }

    /// Whether there is a field whose path is asked for: `is_asked` says of a name at a depth whether it may be a part of it, and
    /// nothing where the path has ended. Items of lists and options of unions are no parts of a path.
    pub fn has_field(&self, is_asked: impl Fn(usize, &str) -> Option<bool>) -> bool {
        let mut seen = HashSet::new();
        let mut open = vec![(self.root(), 0)];
        while let Some((node, depth)) = open.pop() {
            if is_asked(depth, "").is_none() {
                return true;
            }
            // Whatever cannot be read may hold it.
            let Ok(node) = node.resolve() else { return true };
            if !seen.insert((node.address(), depth)) {
                continue;
            }
            if let Some(map) = node.child("properties").and_then(|map| map.resolve().ok())
                && let Value::Object(fields) = map.value()
            {
                let asked = fields.keys().filter(|name| is_asked(depth, name) == Some(true));
                open.extend(asked.filter_map(|name| Some((map.child(name)?, depth + 1))));
            }
            open.extend(node.child("items").map(|items| (items, depth)));
            for keyword in ["oneOf", "anyOf", "allOf"] {
                let Some(options) = node.child(keyword) else { continue };
                let count = options.value().as_array().map_or(0, Vec::len);
                open.extend((0..count).filter_map(|index| Some((options.child(&index.to_string())?, depth))));
            }
        }
        false
    }

    /// The schema as one JSON value, with references replaced by their targets. A reference that leads back into
    /// itself, or nowhere, stays a reference.
    pub fn expanded(&self) -> Value {
        expand(self.root(), &mut Vec::new(), &mut 0)
    }

    /// The file, document and pointer in that file of a place given by its pointer in the expanded schema.
    pub fn locate(&self, pointer: &Pointer) -> (String, Option<Arc<Document>>, Pointer) {
        let mut file = self.entry;
        let mut place = Pointer::root();
        let mut node = self.root();
        for segment in pointer.segments() {
            if let Ok(target) = node.resolve() {
                if !std::ptr::eq(target.value, node.value) {
                    let Some(target_file) = target.file else { break };
                    file = target_file;
                    place = target.pointer_in_file();
                }
                node = target;
            }
            let Some(child) = node.child(segment) else { break };
            node = child;
            place = place.join(segment.clone());
        }
        let file = &self.files.files[file];
        (file.name.clone(), file.document.clone(), place)
    }

    /// Every reference below the root that cannot be followed, each once.
    pub fn reference_errors(&self) -> Vec<ReferenceError> {
        let mut errors = Vec::new();
        let mut seen = HashSet::new();
        let mut open = vec![self.root()];
        while let Some(node) = open.pop() {
            if !seen.insert(node.address()) {
                continue;
            }
            let target = match node.resolve() {
                Ok(target) => target,
                Err(error) => {
                    if !errors.contains(&error) {
                        errors.push(error);
                    }
                    continue;
                }
            };
            if target.address() != node.address() && !seen.insert(target.address()) {
                continue;
            }
            match target.value {
                Value::Object(map) => open.extend(map.keys().filter_map(|key| target.child(key))),
                Value::Array(items) => {
                    open.extend((0..items.len()).filter_map(|index| target.child(&index.to_string())));
                }
                _ => {}
            }
        }
        errors.sort_by(|a, b| (&a.file, &a.reference).cmp(&(&b.file, &b.reference)));
        errors
    }

    /// The file of such an error, as reports name it.
    pub fn file_of(&self, error: &ReferenceError) -> String {
        self.files
            .document(&error.file)
            .map_or_else(|| format!("schemas/{}", error.file), |document| document.file.clone())
    }

    /// The names of all files this schema can reach, itself included, sorted.
    pub fn reached_files(&self) -> Vec<String> {
        let mut reached = vec![self.entry];
        let mut next = 0;
        while let Some(&file) = reached.get(next) {
            next += 1;
            for target in referred_files(&self.files, file) {
                if !reached.contains(&target) {
                    reached.push(target);
                }
            }
        }
        let mut names: Vec<String> =
            reached.into_iter().map(|file| self.files.files[file].name.clone()).collect();
        names.sort();
        names
    }
}

fn referred_files(files: &SchemaFiles, file: usize) -> Vec<usize> {
    let mut found = Vec::new();
    let mut open = vec![&files.files[file].schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(reference)) = map.get("$ref")
                    && let Ok((Some(target), _)) = files.follow(Some(file), reference)
                    && !found.contains(&target)
                {
                    found.push(target);
                }
                open.extend(map.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    found
}

/// How a reference to a file that is missing is said.
const NO_SUCH_SCHEMA_FILE: &str = "there is no file schemas/";

/// Two schemas are held against each other up to so many pairs of places.
const MOST_PAIRS: usize = 200_000;

/// Expanding follows references inside references this many times.
const DEEPEST_EXPANSION: usize = 64;

/// Expanding stops copying past this many values, so that references cannot blow a small file up.
const LARGEST_EXPANSION: usize = 2_000_000;

fn expand(node: SchemaNode<'_>, open: &mut Vec<*const Value>, size: &mut usize) -> Value {
    *size += 1;
    let Ok(target) = node.resolve() else { return node.value.clone() };
    let address = std::ptr::from_ref(target.value);
    if *size > LARGEST_EXPANSION || open.len() > DEEPEST_EXPANSION || open.contains(&address) {
        return node.value.clone();
    }
    let referred = !std::ptr::eq(target.value, node.value);
    if referred {
        open.push(address);
    }
    let expanded = match target.value {
        Value::Object(map) => Value::Object(
            map.iter()
                // The CDK drops what a target defines, once its references are followed.
                .filter(|(key, _)| !(referred && *key == "definitions"))
                .filter_map(|(key, _)| Some((key.clone(), expand(target.child(key)?, open, size))))
                .collect(),
        ),
        Value::Array(items) => Value::Array(
            (0..items.len())
                .filter_map(|index| Some(expand(target.child(&index.to_string())?, open, size)))
                .collect(),
        ),
        other => other.clone(),
    };
    if referred {
        open.pop();
    }
    expanded
}

impl<'a> SchemaNode<'a> {
    /// The value at this place, a `$ref` included.
    pub fn value(self) -> &'a Value {
        self.value
    }

    /// This node, or what it refers to: the target replaces the node and siblings of `$ref` are dropped, as the
    /// CDK does.
    ///
    /// # Errors
    /// The reference leads nowhere or in a circle.
    pub fn resolve(self) -> Result<SchemaNode<'a>, ReferenceError> {
        let mut node = self;
        for _ in 0..LONGEST_REFERENCE_CHAIN {
            let Some(Value::String(reference)) = node.value.as_object().and_then(|map| map.get("$ref"))
            else {
                return Ok(node);
            };
            match node.files.follow(node.file, reference) {
                Ok((file, value)) => node = SchemaNode { files: node.files, file, value },
                Err(reason) => {
                    return Err(ReferenceError {
                        file: node.file_name().to_owned(),
                        reference: reference.clone(),
                        reason,
                    });
                }
            }
        }
        Err(ReferenceError {
            file: self.file_name().to_owned(),
            reference: self.value["$ref"].as_str().unwrap_or_default().to_owned(),
            reason: "it leads in a circle".to_owned(),
        })
    }

    /// What this very node refers to, one step on; `None` where it refers to nothing.
    fn target(self) -> Option<Result<SchemaNode<'a>, String>> {
        let reference = self.value.as_object()?.get("$ref")?.as_str()?;
        let followed = self.files.follow(self.file, reference);
        Some(followed.map(|(file, value)| SchemaNode { files: self.files, file, value }))
    }

    /// The value of a keyword, or the element of a list, of this very node.
    pub fn child(self, segment: &str) -> Option<SchemaNode<'a>> {
        let value = match self.value {
            Value::Object(map) => map.get(segment)?,
            Value::Array(items) => items.get(segment.parse::<usize>().ok()?)?,
            _ => return None,
        };
        Some(SchemaNode { value, ..self })
    }

    /// The values of an object by their names, in their order; nothing for what is no object.
    pub(crate) fn entries(self) -> impl Iterator<Item = (&'a str, SchemaNode<'a>)> {
        let entries = self.value.as_object().into_iter().flatten();
        entries.map(move |(name, value)| (name.as_str(), SchemaNode { value, ..self }))
    }

    /// Whether two nodes read alike, whatever they refer to included. Of what leads to no file the same is missing.
    /// Past some bound the answer is no.
    pub fn reads_like(self, other: SchemaNode<'_>) -> bool {
        let mut seen = HashSet::new();
        let mut open = vec![(self, other)];
        while let Some((one, other)) = open.pop() {
            if !seen.insert((one.address(), other.address())) {
                continue;
            }
            if seen.len() > MOST_PAIRS {
                return false;
            }
            // One step at a time: a circle is a circle on both sides, and a long chain is followed to its end.
            match (one.target(), other.target()) {
                (None, None) => {}
                (Some(Ok(one)), Some(Ok(other))) => {
                    open.push((one, other));
                    continue;
                }
                (Some(Err(ours)), Some(Err(theirs))) if ours == theirs => continue,
                (Some(Ok(one)), None) => {
                    open.push((one, other));
                    continue;
                }
                (None, Some(Ok(other))) => {
                    open.push((one, other));
                    continue;
                }
                _ => return false,
            }
            match (one.value, other.value) {
                (Value::Object(ours), Value::Object(theirs)) if ours.len() == theirs.len() => {
                    for key in ours.keys() {
                        let (Some(ours), Some(theirs)) = (one.child(key), other.child(key)) else {
                            return false;
                        };
                        open.push((ours, theirs));
                    }
                }
                (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() => {
                    let pairs = (0..ours.len()).map(|index| index.to_string());
                    open.extend(pairs.filter_map(|index| Some((one.child(&index)?, other.child(&index)?))));
                }
                (ours, theirs) if ours == theirs => {}
                _ => return false,
            }
        }
        true
    }

    /// Whether two nodes are one place.
    pub fn address(self) -> *const Value {
        std::ptr::from_ref(self.value)
    }

    /// The file this place is in, relative to its folder; empty for an inline schema.
    pub fn file_name(self) -> &'a str {
        self.file.map_or("", |file| &self.files.files[file].name)
    }

    /// Finds where in its file this node stands, by address. Only asked for when a finding is shown.
    fn pointer_in_file(self) -> Pointer {
        fn search(value: &Value, wanted: *const Value, path: &mut Vec<String>) -> bool {
            if std::ptr::eq(value, wanted) {
                return true;
            }
            let children: Vec<(String, &Value)> = match value {
                Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), value)).collect(),
                Value::Array(items) => {
                    items.iter().enumerate().map(|(i, item)| (i.to_string(), item)).collect()
                }
                _ => return false,
            };
            for (segment, child) in children {
                path.push(segment);
                if search(child, wanted, path) {
                    return true;
                }
                path.pop();
            }
            false
        }
        let mut path = Vec::new();
        if let Some(file) = self.file {
            search(&self.files.files[file].schema, self.value, &mut path);
        }
        Pointer::new(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, Value)]) -> Arc<SchemaFiles> {
        let mut folder = SchemaFiles::folder();
        for (name, schema) in files {
            folder.insert((*name).to_owned(), schema.clone(), None);
        }
        Arc::new(folder)
    }

    #[test]
    fn a_file_reference_means_the_shared_folder() {
        let files = folder(&[
            ("page.json", json!({"$ref": "page.json"})),
            ("shared/page.json", json!({"type": "object", "properties": {"id": {"type": "string"}}})),
        ]);
        let schema = RecordSchema::file(&files, "page.json").expect("inserted above");
        assert_eq!(schema.expanded()["properties"]["id"]["type"], "string");
        let (file, _, pointer) = schema.locate(&Pointer::parse("/properties/id"));
        assert_eq!((file.as_str(), pointer.to_string().as_str()), ("shared/page.json", "/properties/id"));
    }

    #[test]
    fn circles_and_dangling_references_are_said() {
        let files = folder(&[
            ("a.json", json!({"$ref": "b.json"})),
            ("shared/b.json", json!({"$ref": "b.json"})),
            ("c.json", json!({"$ref": "missing.json"})),
        ]);
        let error = |name| {
            RecordSchema::file(&files, name)
                .expect("inserted above")
                .root()
                .resolve()
                .expect_err("a broken reference")
        };
        assert_eq!(error("a.json").reason, "it leads in a circle");
        assert_eq!(error("c.json").reason, "there is no file schemas/shared/missing.json");
    }

    #[test]
    fn a_recursive_schema_expands_once() {
        let files = folder(&[
            ("shared/node.json", json!({"type": "object", "properties": {"child": {"$ref": "node.json"}}})),
            ("tree.json", json!({"$ref": "node.json"})),
        ]);
        let expanded = RecordSchema::file(&files, "tree.json").expect("inserted above").expanded();
        assert_eq!(expanded["properties"]["child"], json!({"$ref": "node.json"}));
    }
}
