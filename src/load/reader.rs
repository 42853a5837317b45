//! How each kind of file is read, and which artifacts it may be named for.

use std::sync::Arc;

use super::captured::{self, FoundOperations, Messages};
use super::json::{self, RawObject};
use super::kind::{self, FileKind};
use super::loaded::{FoundCatalog, FoundSpec, Loaded};
use super::manifest::{self, Manifest, Raw};
use super::registry::{self, Registry};
use super::spec;
use super::{metadata, read, spec_files, state};
use crate::limits::Limits;
use crate::model::{
    Artifact, Catalog, Document, DocumentFormat, ErrorCause, InputError, Spec, WrittenFormat,
};

/// What is done with a file of one kind.
pub(super) struct Reader {
    pub(super) read: fn(&Arc<Document>, &Limits) -> Loaded,
    /// The artifacts that a file of this kind replaces or adds where a flag names it for them: `--old-spec`,
    /// `--old-catalog`, `--old-state`, and the same with `--new-`.
    pub(super) given_for: &'static [Artifact],
}

impl FileKind {
    /// How files of this kind are read. What they are recognised by stands in [`kind`].
    pub(super) fn reader(self) -> Reader {
        use Artifact::{Catalog, Spec, State};

        match self {
            Self::Spec => Reader { read: spec, given_for: &[Spec] },
            Self::Registry => Reader { read: registry, given_for: &[Spec] },
            Self::Catalog | Self::ConfiguredCatalog => Reader { read: catalog, given_for: &[Catalog] },
            Self::State => {
                Reader { read: |document, limits| state(document, true, limits), given_for: &[State] }
            }
            Self::Messages => Reader { read: messages, given_for: &[Spec, Catalog, State] },
            Self::Manifest => Reader { read: manifest, given_for: &[Spec, Catalog] },
            Self::Metadata => Reader { read: metadata, given_for: &[] },
            Self::WholeRegistry => Reader { read: whole_registry, given_for: &[] },
        }
    }
}

/// A file that a flag names for an artifact: what it holds of that artifact.
pub(super) fn given(document: &Arc<Document>, artifact: Artifact, limits: &Limits) -> Loaded {
    let kind = match kind::of_document(document, limits) {
        Ok(kind) => kind,
        Err(error) => return Loaded::error(error),
    };
    let named = kind.map(FileKind::reader).filter(|reader| reader.given_for.contains(&artifact));
    let plain = match artifact {
        Artifact::Catalog => FileKind::Catalog,
        Artifact::State => return state(document, false, limits),
        _ => FileKind::Spec,
    };
    if kind == Some(FileKind::Messages) && artifact != Artifact::State {
        let messages = captured::messages(document);
        let (is_there, expected) = match artifact {
            Artifact::Catalog => (messages.catalog.is_some(), "a CATALOG message"),
            _ => (messages.spec.is_some(), "a SPEC message"),
        };
        if !is_there && messages.errors.is_empty() {
            return Loaded::error(messages.nothing_among_them(document, Some(artifact), expected));
        }
    }
    let mut found = match kind {
        // Its streams are not asked for.
        Some(FileKind::Manifest) if artifact == Artifact::Spec => manifest_of(document, limits, false),
        _ => (named.unwrap_or_else(|| plain.reader()).read)(document, limits),
    };
    found.spec.is_given = true;
    // Nothing but the artifact, whatever else the file holds.
    let Loaded { spec, catalog, states, errors, faults, .. } = found;
    let bare = Loaded { errors, faults, ..Loaded::default() };
    match artifact {
        Artifact::Spec => Loaded { spec, ..bare },
        Artifact::Catalog => Loaded { catalog, ..bare },
        _ => Loaded { states, ..bare },
    }
}

fn spec(document: &Arc<Document>, limits: &Limits) -> Loaded {
    let mut found = found_spec(spec::of_document(document, limits));
    if found.spec.spec.as_ref().is_some_and(|spec| spec_files::refers_to_files(&spec.value)) {
        "it refers to other files, which are not read with it alone: name its folder instead"
            .clone_into(&mut found.spec.reason);
    }
    found
}

pub(super) fn found_spec(read: Result<Spec, InputError>) -> Loaded {
    match read {
        Ok(spec) => {
            Loaded { spec: FoundSpec { spec: Some(spec), ..FoundSpec::default() }, ..Loaded::default() }
        }
        Err(error) => Loaded::error(error),
    }
}

fn registry(document: &Arc<Document>, limits: &Limits) -> Loaded {
    if document.format != DocumentFormat::Yaml {
        return registry::entry(document, 0..document.text.len());
    }
    let value = match read::value(document, Artifact::Spec, limits) {
        Ok(value) => value,
        Err(unread) => return Loaded::error(unread),
    };
    registry::of_value(document, 0..document.text.len(), value)
}

/// A whole registry is no connector.
fn whole_registry(document: &Arc<Document>, limits: &Limits) -> Loaded {
    match Registry::of(document, document.file.clone(), limits) {
        Ok(registry) => Loaded::error(registry.not_one()),
        Err(error) => Loaded::error(error),
    }
}

fn metadata(document: &Arc<Document>, limits: &Limits) -> Loaded {
    match metadata::read(document, limits) {
        Ok(metadata) => Loaded { metadata: Some(metadata), ..Loaded::default() },
        Err(error) => Loaded::error(error),
    }
}

fn catalog(document: &Arc<Document>, limits: &Limits) -> Loaded {
    catalog_beside(document, None, limits)
}

/// A catalog in a file that may be cut beside another catalog.
pub(super) fn catalog_beside(document: &Arc<Document>, beside: Option<&Catalog>, limits: &Limits) -> Loaded {
    let read = match document.format {
        DocumentFormat::Yaml => yaml_as_json(document, limits),
        _ => Ok(document.clone()),
    };
    let mut errors = Vec::new();
    let read =
        read.and_then(|document| captured::catalog(&document, 0..document.text.len(), beside, &mut errors));
    let catalog = match read {
        Ok(catalog) => Some(catalog),
        Err(error) => {
            errors.push(error);
            None
        }
    };
    Loaded { catalog: FoundCatalog { catalog, ..FoundCatalog::default() }, errors, ..Loaded::default() }
}

/// A catalog written as YAML is small and rare: it is read through its JSON form, which costs it its line numbers.
fn yaml_as_json(document: &Document, limits: &Limits) -> Result<Arc<Document>, InputError> {
    let value = read::value(document, Artifact::Catalog, limits)?;
    let (file, root) = (document.file.clone(), document.root.clone());
    Ok(Arc::new(Document::derived(file, root, value.to_string(), DocumentFormat::Json)))
}

fn messages(document: &Arc<Document>, _: &Limits) -> Loaded {
    of_messages(captured::messages(document), captured::operations(document))
}

fn of_messages(messages: Messages, operations: FoundOperations) -> Loaded {
    Loaded {
        spec: FoundSpec { spec: messages.spec, ..FoundSpec::default() },
        catalog: FoundCatalog { catalog: messages.catalog, ..FoundCatalog::default() },
        states: Vec::from_iter(messages.state),
        written: WrittenFormat { operations: operations.operations, ..WrittenFormat::default() },
        errors: messages.errors.into_iter().chain(operations.errors).collect(),
        ..Loaded::default()
    }
}

/// Captured output that is a side: it has to hold something.
pub(super) fn messages_alone(document: &Arc<Document>) -> Loaded {
    let messages = captured::messages(document);
    let empty = messages.spec.is_none() && messages.catalog.is_none() && messages.state.is_none();
    let operations = captured::operations(document);
    if empty && messages.errors.is_empty() && operations.operations.is_none() {
        let expected = "a SPEC, CATALOG, DESTINATION_CATALOG or STATE message";
        return Loaded::error(messages.nothing_among_them(document, None, expected));
    }
    of_messages(messages, operations)
}

fn manifest(document: &Arc<Document>, limits: &Limits) -> Loaded {
    manifest_of(document, limits, true)
}

/// A manifest without anything beside it. Where it is `alone` it has to list the streams.
fn manifest_of(document: &Arc<Document>, limits: &Limits, alone: bool) -> Loaded {
    let document = match of_builder(document) {
        Some(document) => document,
        None => document.clone(),
    };
    let raw = match Raw::read(&document, limits) {
        Ok(raw) => raw,
        Err(unread) => return Loaded::error(unread),
    };
    let schemas = manifest::no_schemas();
    let manifest = Manifest::new(raw, document, schemas, "schemas/".to_owned(), false, *limits);
    let mut found = of_manifest(&manifest, None, alone);
    if found.spec.spec.is_none() && found.errors.is_empty() {
        found.spec.reason = "the manifest holds no spec".to_owned();
    }
    if manifest.lists_streams() {
        found.catalog.list(manifest.catalog());
    }
    found
}

/// The manifest in what Airbyte's API prints of a project in the builder: blanks take the place of what is around it, so
/// that lines stay what they are.
fn of_builder(document: &Document) -> Option<Arc<Document>> {
    let project = json::object(document).ok()?;
    let inner = RawObject::parse(project.get("declarativeManifest")?).ok()?;
    let range = document.range_of(inner.get("manifest")?)?;
    let blank = |text: &str| -> String {
        text.chars().map(|character| if character == '\n' { '\n' } else { ' ' }).collect()
    };
    let (before, after) = (&document.text[..range.start], &document.text[range.end..]);
    let text = format!("{}{}{}", blank(before), &document.text[range], blank(after));
    Some(Arc::new(Document::new(document.file.clone(), document.root.clone(), text, DocumentFormat::Json)))
}

/// What a manifest says of itself and of the spec; its streams are read by whoever knows what lies beside it. `cdk` and
/// `alone` are as in [`Manifest::faults`].
pub(super) fn of_manifest(manifest: &Arc<Manifest>, cdk: Option<&str>, alone: bool) -> Loaded {
    let mut found = Loaded { faults: manifest.faults(cdk, alone), ..Loaded::default() };
    found.spec.manifest = Some(manifest.clone());
    found.catalog.manifest = Some(manifest.clone());
    match manifest.spec() {
        Some(Ok(spec)) => found.spec.spec = Some(spec),
        Some(Err(error)) => found.errors.push(error),
        None => {}
    }
    found
}

/// Saved state, alone in its file or among what a connector printed. Where its name or `--kind` says that the file is
/// state, nothing else is seen in it.
pub(super) fn state(document: &Arc<Document>, is_named: bool, limits: &Limits) -> Loaded {
    let kind = kind::of_document(document, limits).ok().flatten();
    // A stream may be called like the list of a catalog.
    let is_other = |kind: &FileKind| match kind {
        FileKind::State | FileKind::Messages => false,
        FileKind::Catalog => json::object(document)
            .is_ok_and(|object| object.get("streams").is_none_or(|streams| streams.starts_with('['))),
        _ => true,
    };
    if let Some(kind) = kind.filter(|kind| !is_named && is_other(kind)) {
        return Loaded::error(InputError {
            cause: ErrorCause::Content,
            artifact: Some(Artifact::State),
            file: document.file.clone(),
            line: None,
            message: format!("expected saved state, found a file of kind {kind:?}"),
        });
    }
    if kind == Some(FileKind::Messages) {
        let messages = captured::messages(document);
        if messages.state.is_some() || !messages.errors.is_empty() {
            let states = Vec::from_iter(messages.state);
            return Loaded { states, errors: messages.errors, ..Loaded::default() };
        }
        let is_one_value = document.text.trim_start().starts_with(['{', '[']);
        if !is_one_value || document.text.lines().any(kind::is_message_line) {
            let artifact = Some(Artifact::State);
            return Loaded::error(messages.nothing_among_them(document, artifact, "a STATE message"));
        }
        // Something else, in one piece.
    }
    match state::sample(document, limits) {
        Ok(sample) => Loaded { states: vec![sample], ..Loaded::default() },
        Err(error) => Loaded::error(error),
    }
}
