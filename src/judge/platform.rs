//! What Airbyte's platform does with one connection when it refreshes the schema.
//!
//! Its catalog diff calls two things breaking: a removed field that is the connection's cursor (incremental) or part
//! of its primary key (dedup), and a source-defined primary key that differs from the connection's (dedup). Streams
//! that the connection does not sync are not looked at, and removed streams carry no flag.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::{CatalogChange, Change, Delta};
use crate::model::{Artifact, ConfiguredStream, Connector, Finding, Platform, StreamId, SyncMode};

/// Sets the platform's view of each finding; true if it pauses the connection.
pub(super) fn judge(
    findings: &mut [Finding],
    deltas: &[Delta],
    configured: &[ConfiguredStream],
    new: &Connector,
) -> bool {
    let by_id: BTreeMap<&StreamId, &ConfiguredStream> =
        configured.iter().map(|stream| (&stream.id, stream)).collect();
    let new_keys: BTreeMap<&StreamId, Vec<Vec<String>>> = new
        .catalog
        .iter()
        .flat_map(|catalog| &catalog.streams)
        .filter(|stream| by_id.contains_key(&stream.id))
        .filter_map(|stream| {
            let properties = stream.properties().ok()?;
            Some((&stream.id, properties.source_defined_primary_key.known()?.clone()))
        })
        .collect();
    for (finding, delta) in findings.iter_mut().zip(deltas) {
        finding.platform = (delta.artifact == Artifact::Catalog).then(|| view(delta, &by_id, &new_keys));
    }
    findings.iter().any(|finding| finding.platform == Some(Platform::Breaking))
}

/// Whether the connection's cursor or key is among the lost paths.
fn is_used(stream: &ConfiguredStream, is_lost: &dyn Fn(&[String]) -> bool) -> bool {
    stream.sync_mode == SyncMode::Incremental
        && !stream.cursor_field.is_empty()
        && is_lost(&stream.cursor_field)
        || stream.dedups() && stream.primary_key.iter().any(|path| is_lost(path))
}

fn view(
    delta: &Delta,
    configured: &BTreeMap<&StreamId, &ConfiguredStream>,
    new_keys: &BTreeMap<&StreamId, Vec<Vec<String>>>,
) -> Platform {
    let Change::Catalog(change) = &delta.change else { return Platform::Invisible };
    let Some(stream) = delta.stream.as_ref().and_then(|id| configured.get(id)) else {
        return match change {
            CatalogChange::StreamAdded { .. }
            | CatalogChange::StreamRemoved(_)
            | CatalogChange::NamespaceChanged => Platform::NotBreaking,
            _ => Platform::Invisible,
        };
    };
    let breaks = |breaks: bool| if breaks { Platform::Breaking } else { Platform::NotBreaking };
    match change {
        // The platform flattens both schemas to paths: with an object go all paths below it.
        CatalogChange::FieldRemoved => breaks(is_used(stream, &|path| path.starts_with(&delta.field))),
        CatalogChange::SchemaLost | CatalogChange::ObjectShapeDropped | CatalogChange::TypeChanged { .. } => {
            breaks(is_used(stream, &|path| path.len() > delta.field.len() && path.starts_with(&delta.field)))
        }
        CatalogChange::PrimaryKeyAdded
        | CatalogChange::PrimaryKeyRemoved
        | CatalogChange::PrimaryKeyChanged
        | CatalogChange::PrimaryKeyWidened
        | CatalogChange::PrimaryKeyNarrowed
        | CatalogChange::PrimaryKeyReordered => {
            let key = delta.stream.as_ref().and_then(|id| new_keys.get(id)).cloned().unwrap_or_default();
            let set = |paths: &[Vec<String>]| paths.iter().cloned().collect::<BTreeSet<_>>();
            breaks(!key.is_empty() && stream.dedups() && set(&key) != set(&stream.primary_key))
        }
        CatalogChange::CursorAdded
        | CatalogChange::CursorRemoved
        | CatalogChange::CursorChanged
        | CatalogChange::CursorTypeChanged { .. }
        | CatalogChange::PrimaryKeyNotInSchema(_)
        | CatalogChange::SourceDefinedCursorChanged { .. }
        | CatalogChange::SyncModeRemoved(_)
        | CatalogChange::SyncModeAdded(_)
        | CatalogChange::ResumableChanged { .. }
        | CatalogChange::FileBasedChanged
        | CatalogChange::RequiredChanged
        | CatalogChange::ClosedChanged { .. } => Platform::Invisible,
        _ => Platform::NotBreaking,
    }
}
