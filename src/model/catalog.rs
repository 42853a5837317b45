//! What a connector syncs: an AirbyteCatalog, or what could be known of one.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{
    CoverageStatus, Document, PartitionForm, PartitionValue, Pointer, Position, StoredSchema, Stream,
    StreamBody, UndecidedFacts,
};

/// The identity of a stream: two streams are the same when namespace and name are. Copies share the texts: each difference of
/// a stream and each finding has one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StreamId {
    /// The stream's name.
    pub name: Arc<str>,
    /// The namespace, where the catalog gives one.
    pub namespace: Option<Arc<str>>,
}

impl StreamId {
    /// A stream without a namespace.
    pub fn named(name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), namespace: None }
    }
}

impl Serialize for StreamId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("StreamId", 2)?;
        fields.serialize_field("name", &*self.name)?;
        fields.serialize_field("namespace", &self.namespace.as_deref())?;
        fields.end()
    }
}

impl Ord for StreamId {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.namespace, &self.name).cmp(&(&other.namespace, &other.name))
    }
}

impl PartialOrd for StreamId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{namespace}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// Something that is known, or not known and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact<T> {
    /// The value, read off the files.
    Known(T),
    /// Nothing can be said; the text says why.
    Unknown(String),
}

impl<T> Fact<T> {
    /// The value, if it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
}

/// How a sync reads a stream.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncMode {
    /// Everything, each time.
    FullRefresh,
    /// What is new since the saved state.
    Incremental,
    /// A mode this version of the protocol does not have.
    Other(String),
}

impl SyncMode {
    /// Reads the protocol's name.
    pub fn parse(name: &str) -> Self {
        match name {
            "full_refresh" => Self::FullRefresh,
            "incremental" => Self::Incremental,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The protocol's name.
    pub fn name(&self) -> &str {
        match self {
            Self::FullRefresh => "full_refresh",
            Self::Incremental => "incremental",
            Self::Other(name) => name,
        }
    }
}

/// What a catalog says of one stream.
#[derive(Debug, Clone)]
pub struct StreamProperties {
    /// The schema of its records.
    pub json_schema: Fact<StoredSchema>,
    /// `supported_sync_modes`.
    pub supported_sync_modes: Fact<Arc<BTreeSet<SyncMode>>>,
    /// `source_defined_cursor`; absent means false.
    pub source_defined_cursor: Fact<bool>,
    /// `default_cursor_field`, one path; empty where there is none.
    pub default_cursor_field: Fact<Vec<String>>,
    /// `source_defined_primary_key`, a list of paths; empty where there is none.
    pub source_defined_primary_key: Fact<Vec<Vec<String>>>,
    /// `is_resumable`; absent means false.
    pub is_resumable: Fact<bool>,
    /// `is_file_based`; absent means false.
    pub is_file_based: Fact<bool>,
    /// What a manifest shows of the stream's saved state.
    pub state: Option<Box<StateTraits>>,
    /// The parents of a stream without a cursor: it hands them the state it is given.
    pub handed_to: Vec<ParentTraits>,
    /// What a manifest shows of what is done to its records.
    pub records: Option<Arc<RecordTraits>>,
    /// What decides those of these facts that are not known, or adds to them.
    pub undecided: UndecidedFacts,
}

/// What a manifest's transformations do to the fields of records, whatever the schema declares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordTraits {
    /// Fields that are taken out of every record.
    pub removed: BTreeSet<Vec<String>>,
    /// Fields that are put into every record.
    pub added: BTreeSet<Vec<String>>,
    /// The templates of their values.
    pub templates: BTreeMap<Vec<String>, String>,
    /// Transformations that give many fields other names, in their order.
    pub renamed_by: Vec<String>,
    /// The values of the lists that its requests hold, such as fields and metrics.
    pub listed: BTreeSet<String>,
}

/// What a manifest shows of a stream's saved state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateTraits {
    /// The cursor, where it is a class of the connector.
    pub custom_cursor: Option<CustomCursor>,
    /// The type of the cursor component.
    pub cursor_type: String,
    /// The field the position is saved under, where the manifest alone decides it.
    pub cursor_field: Option<Vec<String>>,
    /// Positions are kept per partition.
    pub partitioned: bool,
    /// What partitions are told apart by, a form for each kind of partition; `None` where code decides it.
    pub partitions: Option<BTreeSet<PartitionForm>>,
    /// One position is saved for all partitions, whatever their number.
    pub global: bool,
    /// The streams that partitions are taken from.
    pub parents: Vec<ParentTraits>,
    /// The positions of parents are saved inside; of a list of routers they are not, and are looked for all the same.
    pub keeps_parents: bool,
    /// The class names of declared state migrations.
    pub migrations: Vec<String>,
    /// The format a datetime cursor is saved in.
    pub writes: Option<String>,
    /// The formats it is read in, in the order in which they are tried.
    pub reads: Vec<String>,
    /// Where a datetime cursor starts at the earliest, and the format that is written in, where the manifest alone
    /// decides it.
    pub start: Option<(String, String)>,
}

impl StateTraits {
    /// Whether the whole form of its partitions is known, those of parents included.
    pub fn knows_partitions(&self) -> bool {
        let is_open = |form: &PartitionForm| form.values().any(PartitionValue::is_open);
        self.partitions.as_ref().is_some_and(|forms| !forms.iter().any(is_open))
    }
}

/// A cursor that is a class of the connector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomCursor {
    /// The name of the class, without its module.
    pub class: String,
    /// The module it stands in.
    pub module: String,
    /// What the manifest hands to it, resolved; `None` where that is too much to write out.
    pub arguments: Option<Value>,
}

/// What a manifest shows of a stream that another one takes its partitions from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParentTraits {
    /// Its name.
    pub name: String,
    /// Its position is saved inside the other stream's state (`incremental_dependency`).
    pub dependent: bool,
    /// How it keeps its position, if it does.
    pub state: Option<StateTraits>,
    /// Its own parents, where it keeps no position: state is handed on to them.
    pub parents: Vec<ParentTraits>,
}

/// Turns a place in a derived stream into the file and pointer it was written at.
pub trait Locate: fmt::Debug + Send + Sync {
    /// The document and the pointer in it, and the shared definition it lies in, if it lies in one.
    fn locate(&self, pointer: &Pointer) -> Option<Located>;

    /// Where a manifest writes what decides how the state of a stream is read; `None` where no manifest does.
    fn state_places(&self) -> Option<StatePlaces> {
        None
    }
}

/// Where a manifest writes what decides how the state of a stream is read.
#[derive(Debug, Clone)]
pub struct StatePlaces {
    /// The manifest.
    pub document: Arc<Document>,
    /// Its own datetime cursor, and those of parents whose positions it keeps.
    pub cursors: Vec<CursorPlace>,
    /// The stream component that keeps the position, where it is written in one place.
    pub stream: Option<Pointer>,
    /// Its list of `state_migrations`, where it has one.
    pub migrations: Option<Pointer>,
}

/// Where a datetime cursor is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorPlace {
    /// The names of the parents that lead to it; none for the stream's own.
    pub parents: Vec<String>,
    /// The mapping that holds its `datetime_format`.
    pub cursor: Pointer,
    /// Its list of `cursor_datetime_formats`, where it has one.
    pub formats: Option<Pointer>,
}

/// Where an entry of an object stands on the way to a place in it, so that nothing else has to be read to find the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPlace {
    /// So many segments of the pointer lead to the entry.
    pub depth: usize,
    /// The byte its key starts at, with the quotation mark.
    pub key: usize,
    /// The bytes of its value.
    pub value: Range<usize>,
}

/// The answer of [`Locate::locate`].
#[derive(Debug, Clone)]
pub struct Located {
    /// The file.
    pub document: Arc<Document>,
    /// The piece of the file the pointer starts from.
    pub range: Range<usize>,
    /// The pointer in that piece.
    pub pointer: Pointer,
    /// The byte the place starts at, where its reader has noted it.
    pub offset: Option<usize>,
    /// Its line and column, where its reader has noted those.
    pub position: Option<Position>,
    /// An entry on the way to the place, where its reader has noted that.
    pub entry: Option<EntryPlace>,
    /// The shared definition or file that holds the place.
    pub shared: Option<String>,
}

impl Located {
    /// A place in a whole file.
    pub fn in_document(document: Arc<Document>, pointer: Pointer) -> Self {
        Self {
            range: 0..document.text.len(),
            document,
            pointer,
            offset: None,
            position: None,
            entry: None,
            shared: None,
        }
    }
}

/// A primary key as people write it: `id`, or `[id, company.id]`.
pub fn format_key(paths: &[Vec<String>]) -> String {
    let name = |path: &Vec<String>| match path.as_slice() {
        [only] if only.contains('.') => format!("{only:?}"),
        parts => parts.join("."),
    };
    let names: Vec<String> = paths.iter().map(name).collect();
    match names.as_slice() {
        [] => "none".to_owned(),
        [name] => name.clone(),
        _ => format!("[{}]", names.join(", ")),
    }
}

/// The catalog of one side.
#[derive(Debug, Clone)]
pub struct Catalog {
    /// Its streams, in the order they are listed, which is that of their indexes.
    pub streams: Vec<Stream>,
    /// Whether these are all streams.
    pub status: CoverageStatus,
    /// Why the status is not `complete`, one sentence each.
    pub reasons: Vec<String>,
    /// Whether it was printed by the connector, and so says everything it knows of each stream.
    pub captured: bool,
    /// Whether a manifest makes streams beside these whose names it does not hold.
    pub has_open_sets: bool,
    /// What is known of those, set by set: a stream that stands for all of a set, under the name of the set.
    pub open_sets: Vec<Stream>,
}

impl Catalog {
    /// The stream with this index, of the list or of the open sets.
    pub(crate) fn stream(&self, index: usize) -> Option<&Stream> {
        let here = self.streams.get(index).filter(|stream| stream.index == index);
        // They stand in the order of their places, where one that cannot be read leaves a gap.
        here.or_else(|| match self.streams.binary_search_by_key(&index, |stream| stream.index) {
            Ok(at) => self.streams.get(at),
            Err(_) => self.open_sets.iter().find(|set| set.index == index),
        })
    }

    /// The streams of which something was derived, with that: none of a captured catalog, which may have a million.
    pub(crate) fn derived(&self) -> impl Iterator<Item = (&Stream, &StreamProperties)> {
        let streams = if self.captured { &[][..] } else { &self.streams };
        streams.iter().filter_map(|stream| match &stream.body {
            StreamBody::Derived(derived) => Some((stream, &*derived.properties)),
            StreamBody::Captured(_) => None,
        })
    }

    /// The file that its first stream was printed in.
    pub(crate) fn document(&self) -> Option<&Arc<Document>> {
        match &self.streams.first()?.body {
            StreamBody::Captured(captured) => Some(captured.document()),
            StreamBody::Derived(_) => None,
        }
    }
}
