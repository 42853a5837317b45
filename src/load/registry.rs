//! Airbyte's registry: an entry for each connector, with its metadata and its spec, and whole files of entries.
//!
//! Such a file has hundreds of entries and is often one line. It is cut into them without parsing what they hold; an entry
//! is parsed when its connector is asked for, and its places are those of the whole file.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use super::json::{self, RawObject};
use super::loaded::{Loaded, Precedence};
use super::reader;
use super::spec::{self, SpecPlace};
use crate::limits::Limits;
use crate::model::{
    Artifact, Connector, Document, DocumentFormat, ErrorCause, InputError, JsonType, Metadata, Written,
};
use crate::nesting;
use crate::tree::{Bytes, Entry as Listed, Kind, Tree, TreeError};

/// The lists of a registry, and what the id of an entry is called in each.
pub(super) const LISTS: [(&str, &str); 2] =
    [("sources", "sourceDefinitionId"), ("destinations", "destinationDefinitionId")];

/// A whole registry, such as `oss_registry.json`.
#[derive(Debug, Clone)]
pub struct Registry {
    document: Arc<Document>,
    source: String,
    limits: Limits,
    /// By list and definition id.
    entries: BTreeMap<(usize, String), RegistryEntry>,
}

/// An entry of a registry, not parsed yet.
#[derive(Debug, Clone)]
pub struct RegistryEntry {
    /// The connector's name: the last part of `dockerRepository`, or where the entry stands if it has none.
    pub name: String,
    document: Arc<Document>,
    range: Range<usize>,
    source: String,
    limits: Limits,
    /// Why nobody can say which connector it is.
    error: Option<InputError>,
}

/// The two versions of one connector in two registries. One of them may be missing.
#[derive(Debug, Clone)]
pub struct RegistryPair {
    /// The connector's name, as the new registry has it.
    pub name: String,
    /// Its entry in the old registry.
    pub old: Option<RegistryEntry>,
    /// Its entry in the new one.
    pub new: Option<RegistryEntry>,
}

impl Registry {
    /// Cuts a document into entries.
    ///
    /// # Errors
    /// The text is no object with lists of entries.
    pub(super) fn of(document: &Arc<Document>, source: String, limits: &Limits) -> Result<Self, InputError> {
        let wrong = |offset: usize, message: String| wrong(document, document.line(offset), message);
        let object = json::object(document).map_err(|error| wrong(0, error.message))?;
        let mut entries: BTreeMap<(usize, String), RegistryEntry> = BTreeMap::new();
        for (list, (key, id_key)) in LISTS.into_iter().enumerate() {
            let Some(text) = object.get(key) else { continue };
            let start = document.range_of(text).map_or(0, |range| range.start);
            if !text.starts_with('[') {
                let found = JsonType::of_text(text).with_article();
                return Err(wrong(start, format!("expected `{key}` to be a list, found {found}")));
            }
            let elements = json::elements(text).map_err(|error| wrong(start, error.message))?;
            for (index, element) in elements.into_iter().enumerate() {
                let range = document.range_of(element.get()).unwrap_or_default();
                let entry = RawObject::parse(element.get()).unwrap_or_default();
                let repository = entry.text("dockerRepository");
                let name = repository.as_deref().and_then(|path| path.rsplit('/').next());
                let id = entry.text(id_key).or_else(|| entry.text("definitionId"));
                let place = format!("{key}/{index}");
                let mut error = id.is_none().then(|| {
                    wrong(range.start, format!("expected an entry with {id_key} at /{place}, found none"))
                });
                // Its id may be spelled in either case.
                let mut id = id.map_or_else(|| place.clone(), |id| id.to_ascii_lowercase());
                if entries.contains_key(&(list, id.clone())) {
                    let message = format!("expected each {id_key} once, found {id} again at /{place}");
                    error = Some(wrong(range.start, message));
                    id = place.clone();
                }
                let entry = RegistryEntry {
                    name: name.filter(|name| !name.is_empty()).unwrap_or(&place).to_owned(),
                    document: document.clone(),
                    range,
                    source: format!("{source}#/{place}"),
                    limits: *limits,
                    error,
                };
                entries.insert((list, id), entry);
            }
        }
        Ok(Self { document: document.clone(), source, limits: *limits, entries })
    }

    /// A registry without connectors, for the side of a comparison that has none.
    pub fn empty() -> Self {
        let none = String::new;
        let document = Arc::new(Document::new(none(), none(), none(), DocumentFormat::Json));
        Self { document, source: String::new(), limits: Limits::default(), entries: BTreeMap::new() }
    }

    /// How many connectors it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The connectors of two registries, by their definition ids: a connector whose repository was renamed is one, and one
    /// that was replaced under its old name is two. In the order of their names.
    pub fn pairs(old: &Self, new: &Self) -> Vec<RegistryPair> {
        let pair = |key: &(usize, String)| {
            let (old, new) = (old.entries.get(key).cloned(), new.entries.get(key).cloned());
            let name = new.as_ref().or(old.as_ref()).map(|entry| entry.name.clone()).unwrap_or_default();
            RegistryPair { name, old, new }
        };
        let of_new = new.entries.keys();
        let only_old = old.entries.keys().filter(|key| !new.entries.contains_key(key));
        let mut pairs: Vec<((usize, String), RegistryPair)> =
            of_new.chain(only_old).map(|key| (key.clone(), pair(key))).collect();
        pairs.sort_by(|(one, before), (other, after)| (&before.name, one).cmp(&(&after.name, other)));
        pairs.into_iter().map(|(_, pair)| pair).collect()
    }

    /// What is said where one connector is expected.
    pub(super) fn not_one(&self) -> InputError {
        let message = format!(
            "expected one connector, found a registry of {}: check compares two registries connector by connector",
            self.len()
        );
        InputError { artifact: None, line: None, ..wrong(&self.document, 1, message) }
    }

    /// The connector that it is not.
    pub(super) fn as_connector(&self) -> Connector {
        refused(self.source.clone(), &self.limits, self.not_one())
    }
}

impl RegistryPair {
    /// Whether both entries are the same text, so that there is nothing to compare.
    pub fn is_same(&self) -> bool {
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => old.text() == new.text() && old.error.is_none() && new.error.is_none(),
            _ => false,
        }
    }

    /// Reads both versions; one that is missing is an absent connector.
    pub fn sides(&self) -> [Connector; 2] {
        [&self.old, &self.new]
            .map(|entry| entry.as_ref().map_or_else(Connector::absent, RegistryEntry::connector))
    }
}

impl RegistryEntry {
    fn text(&self) -> &str {
        &self.document.text[self.range.clone()]
    }

    /// Reads the connector.
    pub fn connector(&self) -> Connector {
        if let Some(error) = &self.error {
            let name = Some(self.name.clone());
            return Connector { name, ..refused(self.source.clone(), &self.limits, error.clone()) };
        }
        let read = nesting::run(&self.limits, || {
            let found = entry(&self.document, self.range.clone());
            let own_errors = found.errors.len();
            let (source, limits) = (self.source.clone(), self.limits);
            let tree: Arc<dyn Tree> = Arc::new(self.clone());
            let mut connector =
                Connector { source, tree: Some(tree), limits, own_errors, ..found.into_connector() };
            super::finish(None, &mut connector);
            connector
        });
        read.unwrap_or_else(|error| super::not_walked(self.source.clone(), error.to_string()))
    }
}

fn refused(source: String, limits: &Limits, error: InputError) -> Connector {
    Connector { source, limits: *limits, own_errors: 1, errors: vec![error], ..Connector::default() }
}

/// Reads the entry that a piece of a document is.
pub(super) fn entry(document: &Arc<Document>, range: Range<usize>) -> Loaded {
    match json::parse(&document.text[range.clone()]) {
        Ok(value) => of_value(document, range, value),
        Err(error) => {
            let line = document.line(range.start) + error.position.line - 1;
            let cause = if error.is_limit { ErrorCause::Limit } else { ErrorCause::Content };
            Loaded::error(InputError { cause, ..wrong(document, line, error.message) })
        }
    }
}

/// The value of an entry: metadata whose keys stand at the top, with the spec beside them.
pub(super) fn of_value(document: &Arc<Document>, range: Range<usize>, mut value: Value) -> Loaded {
    let spec = value.as_object_mut().and_then(|entry| entry.remove("spec"));
    let mut found = Loaded::default();
    match &value["dockerImageTag"] {
        Value::String(_) | Value::Null => {}
        other => {
            let message =
                format!("expected dockerImageTag to be a text such as \"1.2.3\", found {other}: quote it");
            found.errors.push(wrong(document, document.line(range.start), message));
        }
    }
    if let Some(spec) = spec {
        let place = SpecPlace::part(document, range.clone()).below("spec");
        found.add(reader::found_spec(spec::of_value(spec, place)), Precedence::Later);
    }
    found.metadata = Some(Metadata {
        data: value,
        document: document.clone(),
        range,
        wrapped: false,
        written: Written::default(),
    });
    found
}

fn wrong(document: &Document, line: usize, message: String) -> InputError {
    InputError {
        cause: ErrorCause::Content,
        artifact: Some(Artifact::Metadata),
        file: document.file.clone(),
        line: Some(line),
        message,
    }
}

/// An entry is a tree that is a file, so that two of them are compared byte by byte as files are.
impl Tree for RegistryEntry {
    fn kind(&self, path: &str) -> Result<Kind, TreeError> {
        if path.is_empty() {
            Ok(Kind::File { size: Some(self.range.len() as u64) })
        } else {
            Err(TreeError::Absent)
        }
    }

    fn list(&self, _: &str) -> Result<Vec<Listed>, TreeError> {
        Err(TreeError::Other { expected: "a folder", found: "a file", is_file: true })
    }

    fn read(&self, path: &str, limit: u64) -> Result<Bytes, TreeError> {
        match self.kind(path)? {
            Kind::File { size: Some(size) } if size > limit => {
                Err(TreeError::TooLarge { limit, size: Some(size) })
            }
            _ => Ok(self.text().as_bytes().to_vec().into()),
        }
    }

    fn link(&self, _: &str) -> Option<String> {
        None
    }

    fn shown(&self, path: &str) -> String {
        crate::tree::below(&self.source, path).trim_end_matches('/').to_owned()
    }

    fn above(&self) -> Option<Arc<dyn Tree>> {
        None
    }
}
