//! Differences between two versions of one stream.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::delta::{CatalogChange, Change, Delta, StateChange, StreamContext};
use super::record_schema;
use crate::model::{
    Artifact, Fact, Pointer, Sides, StateTraits, Stream, StreamProperties, StreamStanding, SyncMode, format_key,
};

/// The differences of a stream that both sides have. What either side does not know is not compared.
///
/// # Errors
/// A captured stream that cannot be parsed, with `true` for the new side.
pub(super) fn diff(old: &Stream, new: &Stream) -> Result<Vec<Delta>, (bool, String)> {
    let before = old.properties().map_err(|error| (false, error))?;
    let after = new.properties().map_err(|error| (true, error))?;
    let context = context(old, Some(new), &before);
    let mut found = Found { old, context, deltas: Vec::new() };
    found.schema(&before, &after);
    found.key(&before, &after);
    found.cursor(&before, &after);
    found.modes(&before, &after);
    found.state(&before, &after);
    if let Some((was, is)) = known(&before.is_resumable, &after.is_resumable)
        && was != is
    {
        found.push(CatalogChange::ResumableChanged { gained: *is }, "is_resumable", json!(was), json!(is));
    }
    if let Some((was, is)) = known(&before.is_file_based, &after.is_file_based)
        && was != is
    {
        found.push(CatalogChange::FileBasedChanged, "is_file_based", json!(was), json!(is));
    }
    if let (was, StreamStanding::Conditional(is)) = (&old.standing, &new.standing) {
        let was = match was {
            StreamStanding::Conditional(was) => Some(was.as_str()),
            StreamStanding::Listed => Some("always"),
            StreamStanding::SchemaFile => None,
        };
        if let Some(was) = was.filter(|was| was != is) {
            found.push(CatalogChange::ConditionChanged, "name", json!(was), json!(is));
        }
    }
    Ok(found.deltas)
}

/// What rules need to know of a stream.
pub(super) fn context(old: &Stream, new: Option<&Stream>, before: &StreamProperties) -> StreamContext {
    StreamContext {
        incremental: before.supported_sync_modes.known().map(|modes| modes.contains(&SyncMode::Incremental)),
        index: Sides { old: Some(old.index), new: new.map(|new| new.index) },
        cursor: before.default_cursor_field.known().cloned().unwrap_or_default(),
        primary_key: before.source_defined_primary_key.known().cloned().unwrap_or_default(),
        only_schema_file: old.standing == StreamStanding::SchemaFile,
    }
}

fn known<'f, T>(old: &'f Fact<T>, new: &'f Fact<T>) -> Option<(&'f T, &'f T)> {
    Some((old.known()?, new.known()?))
}

struct Found<'s> {
    old: &'s Stream,
    context: StreamContext,
    deltas: Vec<Delta>,
}

impl Found<'_> {
    fn push(&mut self, change: CatalogChange, key: &str, old: Value, new: Value) {
        let pointer = Some(Pointer::new([key]));
        self.deltas.push(Delta {
            artifact: Artifact::Catalog,
            stream: Some(self.old.id.clone()),
            field: Vec::new(),
            branch: None,
            pointer: Sides { old: pointer.clone(), new: pointer },
            change: Change::Catalog(change),
            old: Some(old),
            new: Some(new),
            context: self.context.clone(),
        });
    }

    fn schema(&mut self, before: &StreamProperties, after: &StreamProperties) {
        let Some((old, new)) = known(&before.json_schema, &after.json_schema) else { return };
        let root = Pointer::new(["json_schema"]);
        for delta in record_schema::diff(old, new) {
            let below = |pointer: Option<Pointer>| pointer.map(|pointer| root.concat(&pointer));
            self.deltas.push(Delta {
                artifact: Artifact::Catalog,
                stream: Some(self.old.id.clone()),
                field: delta.field,
                branch: None,
                pointer: Sides { old: below(delta.pointer.old), new: below(delta.pointer.new) },
                change: Change::Catalog(delta.change),
                old: delta.old,
                new: delta.new,
                context: self.context.clone(),
            });
        }
    }

    fn key(&mut self, before: &StreamProperties, after: &StreamProperties) {
        let Some((old, new)) = known(&before.source_defined_primary_key, &after.source_defined_primary_key) else {
            return;
        };
        if old == new {
            return;
        }
        let sets = |key: &[Vec<String>]| key.iter().cloned().collect::<BTreeSet<_>>();
        let change = if old.is_empty() {
            CatalogChange::PrimaryKeyAdded
        } else if new.is_empty() {
            CatalogChange::PrimaryKeyRemoved
        } else if sets(old) == sets(new) {
            CatalogChange::PrimaryKeyReordered
        } else {
            CatalogChange::PrimaryKeyChanged
        };
        self.push(change, "source_defined_primary_key", json!(format_key(old)), json!(format_key(new)));
    }

    fn cursor(&mut self, before: &StreamProperties, after: &StreamProperties) {
        let path = |path: &[String]| match path {
            [] => Value::Null,
            path => json!(path.join(".")),
        };
        // Without incremental syncs nothing reads a cursor; losing the mode is a finding of its own.
        let lost_mode = known(&before.supported_sync_modes, &after.supported_sync_modes)
            .is_some_and(|(old, new)| old.contains(&SyncMode::Incremental) && !new.contains(&SyncMode::Incremental));
        let gained_mode = known(&before.supported_sync_modes, &after.supported_sync_modes)
            .is_some_and(|(old, new)| !old.contains(&SyncMode::Incremental) && new.contains(&SyncMode::Incremental));
        if lost_mode || gained_mode {
            return;
        }
        if let Some((old, new)) = known(&before.default_cursor_field, &after.default_cursor_field)
            && old != new
        {
            let change = match (old.is_empty(), new.is_empty()) {
                (true, _) => CatalogChange::CursorAdded,
                (_, true) => CatalogChange::CursorRemoved,
                _ => CatalogChange::CursorChanged,
            };
            self.push(change, "default_cursor_field", path(old), path(new));
        }
        if let Some((was, is)) = known(&before.source_defined_cursor, &after.source_defined_cursor)
            && was != is
        {
            let default_remains = after.default_cursor_field.known().is_some_and(|path| !path.is_empty());
            let change = CatalogChange::SourceDefinedCursorChanged { enabled: *is, default_remains };
            self.push(change, "source_defined_cursor", json!(was), json!(is));
        }
    }

    /// How two manifests keep the position of one incremental stream.
    fn state(&mut self, before: &StreamProperties, after: &StreamProperties) {
        let (Some(old), Some(new)) = (&before.state, &after.state) else { return };
        let describe = |state: &StateTraits| {
            let class = if state.custom_cursor { "a custom cursor" } else { "a standard cursor" };
            let partitions = if state.partitioned { "per partition" } else { "for the whole stream" };
            json!(format!("{class}, {partitions}"))
        };
        let pointer = Some(Pointer::new(["default_cursor_field"]));
        let mut push = |change| {
            self.deltas.push(Delta {
                artifact: Artifact::State,
                stream: Some(self.old.id.clone()),
                field: Vec::new(),
                branch: None,
                pointer: Sides { old: pointer.clone(), new: pointer.clone() },
                change: Change::State(change),
                old: Some(describe(old)),
                new: Some(describe(new)),
                context: self.context.clone(),
            });
        };
        if old.migrations.iter().any(|class| !new.migrations.contains(class)) {
            push(StateChange::MigrationDropped);
        }
        match (old.custom_cursor || new.custom_cursor, old.partitioned, new.partitioned) {
            (true, was, is) if was != is || old.custom_cursor != new.custom_cursor => {
                push(StateChange::CustomCursorChanged);
            }
            (false, true, false) => push(StateChange::Departitioned),
            (false, false, true) => push(StateChange::Partitioned),
            _ => {}
        }
    }

    fn modes(&mut self, before: &StreamProperties, after: &StreamProperties) {
        let Some((old, new)) = known(&before.supported_sync_modes, &after.supported_sync_modes) else { return };
        let names = |modes: &BTreeSet<SyncMode>| json!(modes.iter().map(SyncMode::name).collect::<Vec<_>>());
        for mode in old.difference(new) {
            let change = CatalogChange::SyncModeRemoved(mode.clone());
            self.push(change, "supported_sync_modes", names(old), names(new));
        }
        for mode in new.difference(old) {
            let change = CatalogChange::SyncModeAdded(mode.clone());
            self.push(change, "supported_sync_modes", names(old), names(new));
        }
    }
}
