//! Differences between two versions of one stream.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::captured::{self, Differing, Rest};
use super::delta::{Beside, CatalogChange, Change, Delta, FieldPlaces, StreamContext};
use super::fragments::Fragments;
use super::record_schema;
use super::record_template::is_of_itself;
use super::stream_faults::NewFaults;
use crate::limits::Limits;
use crate::model::{
    Artifact, Fact, Fragment, Pointer, RecordSchema, RecordTraits, Sides, Stream, StreamBody,
    StreamProperties, StreamStanding, SyncMode, Which, format_key,
};

/// The differences of a stream that both sides have, and what is wrong with it as of the new side. What either side does
/// not know is not compared.
///
/// # Errors
/// A captured stream that cannot be parsed, with the side it is on.
pub(super) fn diff(
    old: &Stream,
    new: &Stream,
    limits: &Limits,
    fragments: &mut Fragments,
) -> Result<(Vec<Delta>, Option<NewFaults>), (Which, String)> {
    if let (Some(before), Some(after)) = (old.text(), new.text())
        && captured::is_rewritten(before, after)
    {
        return Ok((Vec::new(), None));
    }
    let sides = Sides { old, new };
    let known = match Known::of_parts(&sides)? {
        Some(known) => known,
        None => Known::of_all(&sides)?,
    };
    match diff_known(&sides, known, limits, fragments) {
        Some(found) => Ok(found),
        // Reading all of the stream says what is wrong with it, and where.
        None => diff_known(&sides, Known::of_all(&sides)?, limits, fragments)
            .ok_or_else(|| (Which::New, format!("stream {}: a field cannot be parsed", new.id))),
    }
}

/// The differences of what is known; `None` where one of the fields that are left to read cannot be parsed.
fn diff_known(
    Sides { old, new }: &Sides<&Stream>,
    given: Known<'_>,
    limits: &Limits,
    fragments: &mut Fragments,
) -> Option<(Vec<Delta>, Option<NewFaults>)> {
    let Known { properties: Sides { old: before, new: after }, fields, mut rest } = given;
    let mut faults = NewFaults::of(new, Some(&before), &after);
    let context = Arc::new(StreamContext { fields, ..context(old, Some(new), &before) });
    let mut found = Found { old, context, deltas: Vec::new(), fragments };
    found.schema(&before, &after, limits);
    while !rest.is_empty() {
        let Sides { old: was, new: is } = rest.next_schemas()?;
        faults = NewFaults::with(faults, new, (&was, &is));
        found.record_schema((&RecordSchema::inline(was), &RecordSchema::inline(is)), limits);
    }
    found.cursor_type(&before, &after);
    found.key(&before, &after);
    found.key_in_schema(&before, &after);
    found.cursor(&before, &after);
    found.modes(&before, &after);
    found.records(&before, &after);
    let is_incremental = |properties: &StreamProperties| {
        properties.supported_sync_modes.known().map(|modes| modes.contains(&SyncMode::Incremental))
    };
    // A stream that syncs incrementally can resume: that is one change, which the sync modes tell.
    let modes = (is_incremental(&before), is_incremental(&after));
    if let Some((was, is)) = known(&before.is_resumable, &after.is_resumable)
        && was != is
        && modes != (Some(*was), Some(*is))
    {
        found.push(CatalogChange::ResumableChanged { gained: *is }, "is_resumable", json!(was), json!(is));
    }
    if let Some((was, is)) = known(&before.is_file_based, &after.is_file_based)
        && was != is
    {
        found.push(CatalogChange::FileBasedChanged, "is_file_based", json!(was), json!(is));
    }
    if let (was, StreamStanding::Conditional(is)) = (old.standing(), new.standing()) {
        let was = match was {
            StreamStanding::Conditional(was) => Some(was.as_str()),
            StreamStanding::Listed => Some("always"),
            _ => None,
        };
        if let Some(was) = was.filter(|was| was != is) {
            found.push(CatalogChange::ConditionChanged, "name", json!(was), json!(is));
        }
    }
    Some((found.deltas, faults))
}

/// What both sides know of a stream.
struct Known<'s> {
    properties: Sides<Cow<'s, StreamProperties>>,
    /// Where the fields stand that differ, where that is known.
    fields: Sides<Option<Arc<FieldPlaces>>>,
    /// Fields that are not in the schemas yet.
    rest: Rest<'s>,
}

impl<'s> Known<'s> {
    /// Two captured streams cut down to what differs: fields whose text is the same on both sides are left unparsed, but for
    /// those that a key or a cursor names. `None` where they cannot be cut.
    ///
    /// # Errors
    /// A captured stream that is none, with the side it is on.
    fn of_parts(Sides { old, new }: &Sides<&'s Stream>) -> Result<Option<Self>, (Which, String)> {
        let (Some(before), Some(after)) = (old.text(), new.text()) else { return Ok(None) };
        let Some(Differing { fields, parts, rest }) = captured::differing_parts(before, after) else {
            return Ok(None);
        };
        let of = |which: Which, stream: &Stream, part: Value| {
            let configured = matches!(&stream.body, StreamBody::Captured(captured) if captured.configured);
            let properties = stream.properties_of(part, configured);
            properties.map(Cow::Owned).map_err(|error| (which, error.to_string()))
        };
        let properties = Sides { old: of(Which::Old, old, parts.old)?, new: of(Which::New, new, parts.new)? };
        let fields = Sides { old: Some(Arc::new(fields.old)), new: Some(Arc::new(fields.new)) };
        Ok(Some(Self { properties, fields, rest }))
    }

    /// All that the streams hold.
    ///
    /// # Errors
    /// A captured stream that cannot be parsed, with the side it is on.
    fn of_all(Sides { old, new }: &Sides<&'s Stream>) -> Result<Self, (Which, String)> {
        let before = old.properties().map_err(|error| (Which::Old, error.to_string()))?;
        let after = new.properties().map_err(|error| (Which::New, error.to_string()))?;
        Ok(Self {
            properties: Sides { old: before, new: after },
            fields: Sides::default(),
            rest: Rest::default(),
        })
    }
}

/// What rules need to know of a stream.
pub(super) fn context(old: &Stream, new: Option<&Stream>, before: &StreamProperties) -> StreamContext {
    StreamContext {
        incremental: before.supported_sync_modes.known().map(|modes| modes.contains(&SyncMode::Incremental)),
        source_defined_cursor: before.source_defined_cursor.known().copied(),
        index: Sides { old: Some(old.index), new: new.map(|new| new.index) },
        cursor: before.default_cursor_field.known().cloned().unwrap_or_default(),
        primary_key: Arc::new(before.source_defined_primary_key.known().cloned().unwrap_or_default()),
        set_from: match old.standing() {
            StreamStanding::Set { from } => Some(from),
            _ => None,
        },
        unlisted_streams_of: match old.standing() {
            StreamStanding::SchemaFile => Some(format!("{}.json", old.id.name)),
            StreamStanding::Python { schema_file, others: true } => schema_file.clone(),
            _ => None,
        },
        fields: Sides::default(),
    }
}

fn known<'f, T>(old: &'f Fact<T>, new: &'f Fact<T>) -> Option<(&'f T, &'f T)> {
    Some((old.known()?, new.known()?))
}

struct Found<'s> {
    old: &'s Stream,
    context: Arc<StreamContext>,
    deltas: Vec<Delta>,
    fragments: &'s mut Fragments,
}

impl Found<'_> {
    fn push(&mut self, change: CatalogChange, key: &str, old: Value, new: Value) {
        let pointer = Some(Pointer::new([key]));
        self.deltas.push(Delta {
            stream: Some(self.old.id.clone()),
            pointer: Sides { old: pointer.clone(), new: pointer },
            old: Some(self.fragments.shared(old).into()),
            new: Some(self.fragments.shared(new).into()),
            beside: Beside::Stream(self.context.clone()),
            ..Delta::new(Artifact::Catalog, Change::Catalog(change))
        });
    }

    fn schema(&mut self, before: &StreamProperties, after: &StreamProperties, limits: &Limits) {
        let Some((old, new)) = known(&before.json_schema, &after.json_schema) else { return };
        if !old.is_same_at_sight(new) {
            self.record_schema((&old.open(), &new.open()), limits);
        }
    }

    fn record_schema(&mut self, schemas: (&RecordSchema, &RecordSchema), limits: &Limits) {
        let root = Pointer::new(["json_schema"]);
        let deltas = record_schema::diff(schemas, &root, limits.depth, self.fragments);
        self.deltas.extend(deltas.into_iter().map(|delta| Delta {
            stream: Some(self.old.id.clone()),
            field: delta.field,
            pointer: delta.pointer,
            old: delta.old.map(Fragment::from),
            new: delta.new.map(Fragment::from),
            beside: Beside::Stream(self.context.clone()),
            ..Delta::new(Artifact::Catalog, Change::Catalog(delta.change))
        }));
    }

    fn key(&mut self, before: &StreamProperties, after: &StreamProperties) {
        let Some((old, new)) = known(&before.source_defined_primary_key, &after.source_defined_primary_key)
        else {
            return;
        };
        // A part without a name deduplicates nothing (old builders write `primary_key: ""`).
        let named = |key: &[Vec<String>]| -> Vec<Vec<String>> {
            key.iter().filter(|path| path.iter().any(|name| !name.is_empty())).cloned().collect()
        };
        let (old, new) = (&named(old), &named(new));
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
        } else if sets(old).is_subset(&sets(new)) {
            CatalogChange::PrimaryKeyWidened
        } else if sets(new).is_subset(&sets(old)) {
            CatalogChange::PrimaryKeyNarrowed
        } else {
            CatalogChange::PrimaryKeyChanged
        };
        self.push(change, "source_defined_primary_key", json!(format_key(old)), json!(format_key(new)));
    }

    /// Parts of the new key that nothing declares. A part that was in the old key and declared has its own finding
    /// where it left the schema, and one that was undeclared before is no difference.
    fn key_in_schema(&mut self, before: &StreamProperties, after: &StreamProperties) {
        let Some((old, new)) = known(&before.source_defined_primary_key, &after.source_defined_primary_key)
        else {
            return;
        };
        let Some(schema) = after.json_schema.known() else { return };
        let known: BTreeSet<&Vec<String>> = old.iter().collect();
        for path in new.iter().filter(|path| !known.contains(path)) {
            if record_schema::declares(&schema.open(), path) == Some(false) {
                let change = CatalogChange::PrimaryKeyNotInSchema(path.clone());
                self.push(
                    change,
                    "source_defined_primary_key",
                    json!(format_key(old)),
                    json!(path.join(".")),
                );
            }
        }
    }

    /// A cursor whose values have another type: saved positions are of the old one. Where both manifests say in which
    /// formats the position is written and read, that decides and not the schema.
    fn cursor_type(&mut self, before: &StreamProperties, after: &StreamProperties) {
        let Some((old, new)) = known(&before.default_cursor_field, &after.default_cursor_field) else {
            return;
        };
        let formats = |properties: &StreamProperties| {
            properties
                .state
                .as_ref()
                .is_some_and(|state| state.writes.is_some() && state.custom_cursor.is_none())
        };
        // Without incremental syncs on the new side nothing reads a position any more.
        let lost_mode =
            after.supported_sync_modes.known().is_some_and(|modes| !modes.contains(&SyncMode::Incremental));
        if old.is_empty()
            || lost_mode
            || old != new
            || self.context.incremental != Some(true)
            || formats(before) && formats(after)
        {
            return;
        }
        let changed = self.deltas.iter().find_map(|delta| match &delta.change {
            Change::Catalog(CatalogChange::TypeChanged { old: was, new: is, items: false })
                if delta.field == *old =>
            {
                let change = CatalogChange::CursorTypeChanged { old: was.clone(), new: is.clone() };
                Some(Delta { change: Change::Catalog(change), ..delta.clone() })
            }
            _ => None,
        });
        self.deltas.extend(changed);
    }

    fn cursor(&mut self, before: &StreamProperties, after: &StreamProperties) {
        let path = |path: &[String]| match path {
            [] => Value::Null,
            path => json!(path.join(".")),
        };
        // Without incremental syncs nothing reads a cursor; losing the mode is a finding of its own.
        let lost_mode =
            known(&before.supported_sync_modes, &after.supported_sync_modes).is_some_and(|(old, new)| {
                old.contains(&SyncMode::Incremental) && !new.contains(&SyncMode::Incremental)
            });
        let gained_mode =
            known(&before.supported_sync_modes, &after.supported_sync_modes).is_some_and(|(old, new)| {
                !old.contains(&SyncMode::Incremental) && new.contains(&SyncMode::Incremental)
            });
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
            let removed = change == CatalogChange::CursorRemoved;
            self.push(change, "default_cursor_field", path(old), path(new));
            if removed {
                // That no cursor is left says more than that the source no longer decides it.
                return;
            }
        }
        if let Some((was, is)) = known(&before.source_defined_cursor, &after.source_defined_cursor)
            && was != is
        {
            let default_remains = after.default_cursor_field.known().is_some_and(|path| !path.is_empty());
            let change = CatalogChange::SourceDefinedCursorChanged { enabled: *is, default_remains };
            self.push(change, "source_defined_cursor", json!(was), json!(is));
        }
    }

    /// What two manifests do to the fields of records, where the schema does not show it.
    fn records(&mut self, before: &StreamProperties, after: &StreamProperties) {
        let (Some(old), Some(new)) = (&before.records, &after.records) else { return };
        if let Some((was, is)) = known(&before.json_schema, &after.json_schema) {
            let declared = |path: &[String]| {
                [was, is]
                    .into_iter()
                    .all(|schema| record_schema::declares(&schema.open(), path) == Some(true))
            };
            let taken_out = new.removed.difference(&old.removed).map(|path| (path, true));
            // What was made of the field itself came with the record.
            let no_longer_put_in = old.added.difference(&new.added);
            let no_longer_put_in = no_longer_put_in
                .filter(|path| !old.templates.get(*path).is_some_and(|one| is_of_itself(one, path)))
                .map(|path| (path, false));
            for (path, taken_out) in taken_out.chain(no_longer_put_in).filter(|(path, _)| declared(path)) {
                self.push(
                    CatalogChange::FieldNotFilled { taken_out },
                    "json_schema",
                    Value::Null,
                    Value::Null,
                );
                if let Some(delta) = self.deltas.last_mut() {
                    delta.field = path.clone();
                    (delta.old, delta.new) = (None, None);
                }
            }
        }
        self.listed(old, new, before, after);
        if old.renamed_by != new.renamed_by {
            let list = |traits: &[String]| match traits {
                [] => Value::Null,
                traits => json!(traits.join(", ")),
            };
            let (was, is) = (list(&old.renamed_by), list(&new.renamed_by));
            self.push(CatalogChange::FieldNamesTransformed, "json_schema", was, is);
        }
    }

    /// What requests list no longer. Of a field that leaves the schema as well, the schema tells it.
    fn listed(
        &mut self,
        old: &RecordTraits,
        new: &RecordTraits,
        before: &StreamProperties,
        after: &StreamProperties,
    ) {
        // What lists nothing any more asks for everything, or in another way.
        if new.listed.is_empty() || old.listed.is_subset(&new.listed) {
            return;
        }
        let names = |properties: &StreamProperties| {
            properties.json_schema.known().map(|schema| schema.open().field_names()).unwrap_or_default()
        };
        let (was, is) = (names(before), names(after));
        let is_told = |value: &&String| was.contains(*value) && !is.contains(*value);
        let gone: Vec<&String> = old.listed.difference(&new.listed).filter(|value| !is_told(value)).collect();
        if !gone.is_empty() {
            // What is requested besides is no part of the change.
            self.push(CatalogChange::RequestValuesDropped, "request", json!(gone), json!([]));
        }
    }

    fn modes(&mut self, before: &StreamProperties, after: &StreamProperties) {
        let Some((old, new)) = known(&before.supported_sync_modes, &after.supported_sync_modes) else {
            return;
        };
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
