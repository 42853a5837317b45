//! The words of the domain as plain data: no input, no output, no opinion.
//!
//! Everything above (`load`, `diff`, `judge`, `release`, `report`) speaks in these types, and they know nothing
//! of it. The protocol objects follow the Airbyte protocol, version 0.18.

mod action;
mod airbyte_stream;
mod airbyte_type;
mod catalog;
mod common;
mod config_rules;
mod connector;
mod decision;
mod destination;
mod disabled_test;
mod document;
mod excerpt;
mod finding;
mod fingerprint;
mod fragment;
mod graph;
mod json_type;
mod limit;
mod metadata;
mod packed;
mod pointer;
mod record_schema;
mod release_files;
mod report;
mod state;
mod state_form;
mod state_nested;
mod state_outcome;
mod stored_schema;
mod stream;
mod undecided;
mod unread;
mod visible;
mod words;
mod written;

pub use action::{Action, ActionStep, StepKind};
pub use airbyte_stream::ConfiguredStream;
pub use airbyte_type::{AirbyteType, Scalar};
pub use catalog::{
    Catalog, CursorPlace, CustomCursor, EntryPlace, Fact, Locate, Located, ParentTraits, RecordTraits,
    StatePlaces, StateTraits, StreamId, StreamProperties, SyncMode, format_key,
};
pub use common::{BuildChange, Common, Pair};
pub use config_rules::{
    AddedConfigField, ConfigRules, ConfigStep, ConfigStepKind, ConfigValidation, ValueType,
};
pub(crate) use connector::SCOPES_JOIN_STRATEGY;
pub use connector::{
    Artifact, CodeWords, ConfigSample, Connector, ConnectorType, Coverage, CoverageStatus, Edition,
    ErrorCause, FaultKind, GoldenSpec, InputError, LoadFault, Spec,
};
pub use decision::Decision;
pub use destination::{DestinationEffect, EffectEvidence, InDestination};
pub use disabled_test::DisabledTest;
pub(crate) use document::{
    BETWEEN_MARKS, DocumentEntry, DocumentStream, DocumentStreams, Portions, StreamBeside, position,
};
pub use document::{Document, DocumentFormat, Position};
pub use excerpt::{Excerpt, Source};
pub use finding::{
    ArtifactPlace, BreakingType, Bump, Decided, Evidence, Finding, Item, Level, Likeness, Migration,
    MigrationKind, Origin, Platform, Related, RelatedKind, Scope, Sides, SpecBranch, Waived, Which,
};
pub(crate) use fingerprint::{Canonical, fingerprint};
pub use fragment::Fragment;
pub use graph::{Aspect, Behaviour, BuildGraph, Link, NumberedPlaces, Part, PartIndex, PartKind, PartPlace};
pub use json_type::JsonType;
pub use limit::{INCREMENTAL_SYNCS, Limit};
pub use metadata::{BreakingChangeEntry, DeclaredScope, Metadata, RepeatedKey, Written};
pub use pointer::Pointer;
pub use record_schema::{RecordSchema, ReferenceError, SchemaFiles, SchemaNode};
pub use release_files::{DocsPage, ReleaseDocs, ReleaseFiles};
pub use report::{
    Branch, ConnectorReport, Declaration, Outcome, Patches, Picture, Problem, Renamed, Report, ReportError,
    Severity, SideInfo, Summary, Tool, Unjudged, Verdict,
};
pub(crate) use state::join as join_positions;
pub use state::{Positions, SavedState, StateMessage, StateSample, StreamState};
pub(crate) use state_form::partition_by_look;
pub use state_form::{
    FileKey, Form, KeyName, Magnitude, PartitionForm, PartitionValue, StateClass, StateMarker, StateVersion,
    TextForm, describe_partition, is_time, shown_key,
};
pub use state_nested::{Nested, NestedValues, StatePath, Step};
pub use state_outcome::{StateEvidence, StateMeeting, StateOutcome, StreamStateReport};
pub use stored_schema::StoredSchema;
pub use stream::{CapturedBody, DerivedBody, Stream, StreamBody, StreamError, StreamStanding};
pub use undecided::{StreamFact, Undecided, UndecidedFacts};
pub use unread::{UnreadKeys, UnreadPartitions};
pub(crate) use visible::{
    HarmlessJson, clipped, harmless_json, harmless_start, is_ignorable, push_quoted, visible, visible_within,
};
pub(crate) use words::short;
pub use words::{Inline, Words};
pub use written::{
    Operation, Operations, ValueForm, WriteMode, WrittenColumn, WrittenFormat, WrittenKind, WrittenTable,
    are_of_raw_table, is_metadata_column,
};
