//! The facts a diff states. Each kind of change is a variant, so that the compiler asks for a rule when one is
//! added.
//!
//! Changes are serialized for one purpose: fingerprints of findings are made of them (`judge/identity.rs`). A variant or
//! field that gets another name moves the fingerprints of its findings, and a text in words is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::destination_change::{DestinationChange, DestinationContext};
use super::state_change::{StateChange, StateContext};
use crate::model::{
    AirbyteType, Artifact, Aspect, Canonical, Edition, EntryPlace, Fragment, LoadFault, Pointer, Scalar,
    Sides, Spec, SpecBranch, StreamFact, StreamId, SyncMode,
};

/// One factual difference.
#[derive(Debug, Clone, PartialEq)]
pub struct Delta {
    /// The artifact it is in.
    pub artifact: Artifact,
    /// The stream it is in.
    pub stream: Option<StreamId>,
    /// Property names from the root: the field, or the path in the config.
    pub field: Vec<String>,
    /// The option of the spec it is in.
    pub branch: Option<Arc<SpecBranch>>,
    /// The places, each below the root of the artifact, or of the stream for what is in one.
    pub pointer: Sides<Option<Pointer>>,
    /// What differs.
    pub change: Change,
    /// The old value. Of saved state it is among [what is known beside](StateContext::values).
    pub old: Option<Fragment>,
    /// The new value, likewise.
    pub new: Option<Fragment>,
    /// What is known beside it, which differs by artifact.
    pub beside: Beside,
}

/// What is known beside a difference.
#[derive(Debug, Clone, PartialEq)]
pub enum Beside {
    /// Nothing.
    Nothing,
    /// Of a difference in the schema of the config: the schema or keyword it is about, on both sides even where it is only
    /// on one.
    Config(Sides<Pointer>),
    /// Of a difference in a stream: the stream.
    Stream(Arc<StreamContext>),
    /// Of a difference in what a destination writes: how it was found.
    Destination(Box<DestinationContext>),
    /// Of a difference of saved state: how it was found, and the stream.
    State(Box<StateContext>, Arc<StreamContext>),
}

/// What a rule may need to know of the stream a delta is in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StreamContext {
    /// Whether the old stream supports incremental syncs; `None` where that is not known.
    pub incremental: Option<bool>,
    /// Whether the old source decides the cursor; `None` where that is not known.
    pub source_defined_cursor: Option<bool>,
    /// Where the stream stands in the catalogs.
    pub index: Sides<Option<usize>>,
    /// The old default cursor.
    pub cursor: Vec<String>,
    /// The old primary key.
    pub primary_key: Arc<Vec<Vec<String>>>,
    /// The schema file from which streams are built whose names are not known: others than this one, or none of this name
    /// at all.
    pub unlisted_streams_of: Option<String>,
    /// What the streams are made from, where this one stands for all of a set.
    pub set_from: Option<&'static str>,
    /// Where the fields that differ stand in the text of the stream; `None` where that was not cut into its fields.
    pub fields: Sides<Option<Arc<FieldPlaces>>>,
}

/// Where fields of a captured stream stand in its text.
#[derive(Debug, PartialEq, Eq)]
pub struct FieldPlaces {
    /// What is around them.
    path: [&'static str; 2],
    /// In order of their names.
    fields: Box<[FieldPlace]>,
}

/// A name, where its entry and where its value stands, as bytes of the text of the stream.
pub(super) type FieldPlace = (Box<str>, usize, Range<usize>);

impl FieldPlaces {
    /// Places of fields in order of their names: where each stands. The path leads to the object
    /// whose entries they are.
    pub(super) fn new(path: [&'static str; 2], fields: Box<[FieldPlace]>) -> Self {
        Self { path, fields }
    }

    /// Where the field stands that a pointer into the stream leads into, as bytes of the text of the stream.
    pub fn get(&self, pointer: &Pointer) -> Option<EntryPlace> {
        let (path, rest) = pointer.segments().split_at_checked(self.path.len())?;
        let name = rest.first().filter(|_| path == self.path)?.as_str();
        let at = self.fields.binary_search_by(|(field, ..)| (**field).cmp(name)).ok()?;
        let (_, key, value) = &self.fields[at];
        Some(EntryPlace { depth: self.path.len() + 1, key: *key, value: value.clone() })
    }
}

/// What differs, by artifact.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// In the spec.
    Spec(SpecChange),
    /// In the catalog.
    Catalog(CatalogChange),
    /// In saved state.
    State(StateChange),
    /// In `metadata.yaml`.
    Metadata(MetadataChange),
    /// In what a destination writes.
    Destination(DestinationChange),
    /// In the connector as a whole.
    Connector(ConnectorChange),
}

/// How two sets of JSON types relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TypeRelation {
    /// The new types are some of the old.
    Narrowed,
    /// The new types include the old.
    Widened,
    /// A single value became a list.
    ScalarToArray,
    /// A plain property became a choice of options.
    ScalarToOneOf,
    /// Anything else.
    Changed,
}

/// What became of a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeywordEdit {
    /// It is new.
    Introduced,
    /// It is gone.
    Dropped,
    /// It has another value.
    Changed,
}

/// What is wrong with the config migrations of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MigrationFault {
    /// A saved config that the new spec accepts stops the connector, or is refused, after the migrations.
    Stops,
    /// The second start changes again what the first one left.
    Repeats,
    /// A value of the user is replaced.
    Overwrites,
    /// One value is set in place of several.
    Merges,
    /// There are more steps than are tried.
    Untried,
    /// A secret is lost.
    LosesSecret,
    /// A migration is gone.
    Removed,
    /// Migrations that both versions have do something else, or stand in an order in which they do.
    Changed,
    /// A migration stands there twice.
    Duplicate,
}

/// Differences between two specs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpecChange {
    /// A property that the old spec does not declare.
    PropertyAdded {
        /// Whether it is required.
        required: bool,
        /// Whether it is optional, and its default decides where a destination puts data.
        #[serde(skip_serializing_if = "is_false")]
        places_data: bool,
    },
    /// A property that the new spec does not declare.
    PropertyRemoved {
        /// Whether the new object refuses unknown keys.
        closed: bool,
    },
    /// An optional property became required.
    PropertyMadeRequired,
    /// A required property became optional.
    PropertyMadeOptional,
    /// `type` accepts something else.
    TypeChanged {
        /// How the types relate.
        relation: TypeRelation,
        /// The type of a list's elements, not of the property itself.
        items: bool,
    },
    /// `enum` is new.
    EnumIntroduced,
    /// `enum` is gone.
    EnumDropped,
    /// `enum` lost values, whatever it gained.
    #[serde(serialize_with = "as_set")]
    EnumValuesRemoved(Vec<Value>),
    /// `enum` gained values and lost none.
    #[serde(serialize_with = "as_set")]
    EnumValuesAdded(Vec<Value>),
    /// `const` is new, has another value, or is gone.
    Const(KeywordEdit),
    /// `pattern`.
    Pattern(KeywordEdit),
    /// `format`.
    Format(KeywordEdit),
    /// A bound allows less.
    BoundTightened(&'static str),
    /// A bound allows more.
    BoundRelaxed(&'static str),
    /// `additionalProperties` became false.
    ObjectClosed,
    /// `additionalProperties` is no longer false.
    ObjectOpened,
    /// An option of a `oneOf` is gone.
    OptionRemoved,
    /// A `oneOf` has a new option.
    OptionAdded {
        /// Whether no constant of its own tells it from an option of the same type.
        ambiguous: bool,
    },
    /// An option has the same title and another discriminator value.
    DiscriminatorChanged,
    /// A `oneOf` became a plain object.
    OptionsCollapsed,
    /// The options stand in another order.
    OptionsReordered,
    /// `default`.
    Default {
        /// What became of it.
        edit: KeywordEdit,
        /// Whether the property decides where a destination puts data.
        places_data: bool,
    },
    /// `airbyte_secret` became true.
    SecretFlagAdded,
    /// `airbyte_secret` is no longer true.
    SecretFlagDropped,
    /// A required property without a default is now hidden.
    RequiredPropertyHidden,
    /// Titles, descriptions, examples, order and the like.
    AnnotationsChanged,
    /// Edits that each accept every saved config, and together do not.
    BreaksTogether,
    /// What a manifest does to a config at start changed.
    NormalizationChanged {
        /// Checks that a config has to pass came or changed.
        validations: bool,
    },
    /// What config migrations of the manifest do wrong.
    Migration(MigrationFault),
    /// The new spec is no JSON Schema.
    NoSchema {
        /// Where.
        #[serde(serialize_with = "as_text")]
        at: Pointer,
        /// Where, and what is wrong.
        #[serde(skip)]
        reason: String,
        /// Whether the connector is written in Java, whose validator reads over such faults.
        #[serde(skip)]
        java: bool,
    },
    /// A keyword that only a comparison of whole schemas can judge.
    ConstraintChanged(String),
    /// Places that are not looked at one by one, where something may differ that no comparison of accepted configs shows, such
    /// as a secret.
    NotCompared,
    /// The root is no longer an object.
    RootTypeChanged,
    /// `advanced_auth` is new.
    AdvancedAuthAdded,
    /// `advanced_auth` is gone.
    AdvancedAuthRemoved,
    /// `auth_flow_type`.
    AuthFlowTypeChanged,
    /// `predicate_key` or `predicate_value`.
    AuthPredicateChanged,
    /// A `path_in_connector_config` of the OAuth output.
    OauthOutputPathChanged,
    /// The OAuth server input.
    OauthServerInputChanged,
    /// The OAuth scope.
    OauthScopeChanged,
    /// A consent or token URL, or anything else of the OAuth conversation.
    OauthConversationChanged,
    /// `authSpecification` is gone.
    LegacyAuthDropped,
    /// The major part of `protocol_version`.
    ProtocolMajorChanged,
    /// Another part of `protocol_version`.
    ProtocolMinorChanged,
    /// `supportsIncremental`.
    SupportsIncrementalChanged,
    /// `documentationUrl` or `changelogUrl`.
    LinkChanged,
    /// A sync mode left `supported_destination_sync_modes`.
    DestinationSyncModeRemoved(String),
    /// A sync mode joined `supported_destination_sync_modes`.
    DestinationSyncModeAdded(String),
    /// `supportsNormalization` is no longer true.
    NormalizationFlagDropped,
    /// `supportsDBT` is no longer true.
    DbtFlagDropped,
    /// `supportsNormalization` or `supportsDBT` became true.
    LegacyOutputFlagGained,
    /// A key of the ConnectorSpecification that this program does not know.
    UnknownKeyChanged(String),
}

/// Whether a stream that is not found is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RemovalCertainty {
    /// Nothing on the new side speaks of it.
    Gone,
    /// The new catalog is partial and something still speaks of it.
    MayHaveMoved,
}

/// What a record schema exceeds where it is not compared any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SchemaBound {
    /// [`Limits::depth`](crate::limits::Limits::depth), which is this.
    Depth(#[serde(skip)] u64),
    /// The options of one union, those of unions inside it included; at most so many are compared.
    Options(#[serde(skip)] usize),
    /// Unions inside unions; at most so many are opened.
    Unions(#[serde(skip)] usize),
}

/// Differences between two catalogs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CatalogChange {
    /// A stream of the old catalog is not in the new one.
    StreamRemoved(RemovalCertainty),
    /// A stream is new.
    StreamAdded {
        /// Whether the new metadata names it among the streams that new connections enable by default.
        suggested: bool,
    },
    /// A stream has the same name and another namespace.
    NamespaceChanged,
    /// The same stream stands more than once in a catalog, and the copies differ.
    DuplicateStreamChanged,
    /// The condition under which a stream exists.
    ConditionChanged,
    /// What decides facts that are not known, on one side or both.
    Undecided(BTreeSet<StreamFact>),
    /// A field is new.
    FieldAdded {
        /// A column beside it whose name is the same but for case and symbols.
        collides: Option<String>,
    },
    /// A field is gone.
    FieldRemoved,
    /// A field is declared as before, and the manifest no longer lets it through or no longer fills it.
    FieldNotFilled {
        /// Whether it is taken out of every record; else it was put in and is no longer.
        taken_out: bool,
    },
    /// Transformations that rename many fields came or went.
    FieldNamesTransformed,
    /// Requests list fewer values.
    RequestValuesDropped,
    /// Every field of an object is gone.
    ObjectShapeDropped,
    /// An object without fields has some.
    ObjectShapeIntroduced,
    /// An array no longer says what it holds.
    ArrayItemsDropped,
    /// An array says what it holds.
    ArrayItemsIntroduced,
    /// The Airbyte type.
    TypeChanged {
        /// The old type.
        old: AirbyteType,
        /// The new type.
        new: AirbyteType,
        /// The type of an array's items, not of the field itself.
        items: bool,
    },
    /// `null` was allowed or is no longer.
    NullabilityChanged {
        /// Whether it is allowed now.
        added: bool,
    },
    /// A format that destinations do not know.
    UnknownFormatChanged,
    /// `airbyte_type` was spelled out or left out with no change of type.
    TypeHintSpelled,
    /// `required` of a record schema.
    RequiredChanged,
    /// `additionalProperties`.
    ClosedChanged {
        /// Whether it is false now.
        closed: bool,
    },
    /// Constraints such as `enum` or `maxLength`, which no destination looks at.
    ConstraintsChanged,
    /// Titles, descriptions and the like.
    AnnotationsChanged,
    /// The same type in another spelling.
    SpellingChanged,
    /// A union of objects has other options, with the same fields.
    UnionOptionsChanged,
    /// The schema became `{}`.
    SchemaLost,
    /// `{}` became a schema.
    SchemaGained,
    /// A schema that cannot be followed on one side.
    SchemaUnresolved,
    /// A schema that is not compared any further.
    SchemaTooLarge(SchemaBound),
    /// What no catalog shows: requests, pages, records taken out of answers.
    Behaviour {
        /// What changed: the fields of the manifest, by aspect.
        fields: BTreeMap<Aspect, BTreeSet<String>>,
        /// The streams it reaches.
        streams: Vec<StreamId>,
        /// The part whose edit reaches them, where it is not their own entries.
        #[serde(serialize_with = "without_file")]
        cause: Option<String>,
    },
    /// There was no primary key.
    PrimaryKeyAdded,
    /// There is no primary key any more.
    PrimaryKeyRemoved,
    /// Another primary key.
    PrimaryKeyChanged,
    /// All old parts and more.
    PrimaryKeyWidened,
    /// Some of the old parts.
    PrimaryKeyNarrowed,
    /// A part of the key that is new and that the record schema does not declare.
    PrimaryKeyNotInSchema(Vec<String>),
    /// The same parts in another order.
    PrimaryKeyReordered,
    /// A default cursor where there was none.
    CursorAdded,
    /// No default cursor any more.
    CursorRemoved,
    /// Another default cursor.
    CursorChanged,
    /// The field that is the default cursor on both sides has another type.
    CursorTypeChanged {
        /// The old type.
        old: AirbyteType,
        /// The new type.
        new: AirbyteType,
    },
    /// `source_defined_cursor`.
    SourceDefinedCursorChanged {
        /// Whether it is true now.
        enabled: bool,
        /// Whether a default cursor remains.
        default_remains: bool,
    },
    /// A sync mode is gone.
    SyncModeRemoved(SyncMode),
    /// A sync mode is new.
    SyncModeAdded(SyncMode),
    /// `is_resumable`.
    ResumableChanged {
        /// Whether it is true now.
        gained: bool,
    },
    /// `is_file_based`.
    FileBasedChanged,
}

/// Differences in `metadata.yaml` that users of a destination can feel.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MetadataChange {
    /// `normalizationConfig` is gone.
    NormalizationConfigRemoved,
    /// `normalizationConfig.normalizationTag`.
    NormalizationTagChanged,
    /// `supportsDbt` is no longer true.
    DbtSupportDropped,
    /// `supportsRefreshes` is no longer true.
    RefreshesDropped,
    /// `supportsRefreshes` became true.
    RefreshesGained,
    /// `supportsFileTransfer` is no longer true.
    FileTransferDropped,
    /// `supportsDataActivation` is no longer true.
    DataActivationDropped,
    /// A transport between the platform and the connector is no longer listed.
    IpcTransportDropped,
    /// A registry serves another version than before, since its pin came, went or moved.
    RegistryPin {
        /// The edition that takes its connectors from the registry.
        registry: Edition,
        /// The declared breaks that its users pass at once, and that this release does not bring.
        breaks: Vec<String>,
    },
}

/// Streams that moved between Python and a manifest.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct StreamsRewritten {
    /// Them.
    pub streams: Vec<StreamId>,
    /// Whether they left Python for a manifest; `None` where some did and some went back, or no Python was read.
    #[serde(skip)]
    pub into_manifest: Option<bool>,
}

/// Differences of the connector as a whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectorChange {
    /// The connector is gone as a whole.
    Removed,
    /// The new connector would refuse to start, for these reasons.
    #[serde(serialize_with = "without_words")]
    Invalid(Vec<LoadFault>),
    /// Streams that moved between Python and a manifest, and whose saved state the other of the two made.
    StateRewritten(StreamsRewritten),
    /// One version has its spec as a file, and the other builds it in this file of code.
    SpecRewritten(#[serde(skip)] String),
}

/// A part by its place, without the file that it stands in, where the place tells enough: the file may be moved.
fn without_file<S: Serializer>(cause: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    let place = |cause: &String| cause.split_once('#').map_or(cause.clone(), |(_, place)| place.to_owned());
    cause.as_ref().map(place).serialize(serializer)
}

/// Faults by where they stand and what they come to, without lines and without what is said of them.
fn without_words<S: Serializer>(faults: &[LoadFault], serializer: S) -> Result<S::Ok, S::Error> {
    let key = |fault: &LoadFault| {
        let place = fault.pointer.as_ref().map(ToString::to_string);
        // A file without a place in it is told by its name.
        let file = fault.error.file.rsplit('/').next().filter(|_| place.is_none()).map(str::to_owned);
        (fault.error.artifact, file, place, fault.kind)
    };
    faults.iter().map(key).collect::<BTreeSet<_>>().serialize(serializer)
}

/// What is as it is for nearly all differences is in no fingerprint.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

fn as_text<S: Serializer>(pointer: &Pointer, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(pointer)
}

/// A set of values, whatever their order.
fn as_set<S: Serializer>(values: &[Value], serializer: S) -> Result<S::Ok, S::Error> {
    let mut texts: Vec<String> =
        values.iter().filter_map(|value| serde_json::to_string(&Canonical::value(value)).ok()).collect();
    texts.sort_unstable();
    texts.serialize(serializer)
}

impl Change {
    /// The kind of the change as fingerprints know it, with the artifact: `catalog field-added`.
    pub fn name(&self) -> String {
        let first = |value: Value| match value {
            Value::Object(entries) => entries.into_iter().next(),
            Value::String(name) => Some((name, Value::Null)),
            _ => None,
        };
        let Some((artifact, change)) = serde_json::to_value(self).ok().and_then(first) else {
            return String::new();
        };
        let kind = first(change).map(|(kind, _)| format!(" {kind}")).unwrap_or_default();
        format!("{artifact}{kind}")
    }
}

impl Delta {
    /// A difference of which nothing else is known yet.
    pub fn new(artifact: Artifact, change: Change) -> Self {
        Self {
            artifact,
            stream: None,
            field: Vec::new(),
            branch: None,
            pointer: Sides::default(),
            change,
            old: None,
            new: None,
            beside: Beside::Nothing,
        }
    }

    /// The same, where what it shows is held by the specs that it is found in.
    pub(super) fn within(mut self, old: &Spec, new: &Spec) -> Self {
        let held = |shown: Option<Fragment>, spec: &Spec, place: &Option<Pointer>| match (shown, place) {
            (Some(fragment), Some(place)) => Some(fragment.within(&spec.value, place)),
            (shown, _) => shown,
        };
        self.old = held(self.old.take(), old, &self.pointer.old);
        self.new = held(self.new.take(), new, &self.pointer.new);
        self
    }

    /// Where the schema or keyword stands that it is about; `None` outside the schema of the config.
    pub fn config_place(&self) -> Option<&Sides<Pointer>> {
        match &self.beside {
            Beside::Config(place) => Some(place),
            _ => None,
        }
    }

    /// The stream it is in; `None` for what is in none.
    pub fn in_stream(&self) -> Option<&StreamContext> {
        match &self.beside {
            Beside::Stream(stream) | Beside::State(_, stream) => Some(stream),
            _ => None,
        }
    }

    /// Where the stream it is in stands in the catalogs.
    pub fn stream_index(&self) -> Sides<Option<usize>> {
        self.in_stream().map(|stream| stream.index.clone()).unwrap_or_default()
    }

    /// How a difference of saved state was found; `None` for every other.
    pub fn in_state(&self) -> Option<&StateContext> {
        match &self.beside {
            Beside::State(state, _) => Some(state),
            _ => None,
        }
    }

    /// How a difference in what a destination writes was found; `None` for every other.
    pub fn in_destination(&self) -> Option<&DestinationContext> {
        match &self.beside {
            Beside::Destination(found) => Some(found),
            _ => None,
        }
    }

    /// Forgets the saved value that shows it, which may be a secret.
    pub fn forget_value(&mut self) {
        if let Beside::State(state, _) = &mut self.beside {
            state.value = None;
        }
    }

    /// The dotted path of the field, for sentences.
    pub fn field_name(&self) -> String {
        self.field.join(".")
    }
}

impl SpecChange {
    /// Whether what a user chose in the form can no longer be chosen.
    pub fn loses_an_option(&self) -> bool {
        matches!(self, Self::OptionRemoved | Self::OptionsCollapsed | Self::DiscriminatorChanged)
    }
}

impl CatalogChange {
    /// The single types of a change of type, where both sides have exactly one.
    pub fn single_types(&self) -> Option<(Scalar, Scalar)> {
        match self {
            Self::TypeChanged { old, new, .. } => Some((old.single()?, new.single()?)),
            _ => None,
        }
    }
}
