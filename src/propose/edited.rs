//! A version as it is with edits of its manifest, as far as saved state is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{LEGACY_MIGRATION, StateEdit, StateProposal};
use crate::model::{Catalog, Connector, Pointer, Stream, StreamBody};

/// The new version as it is with edits, as far as saved state is read; what is written elsewhere is the same.
pub fn with_state_edits(new: &Connector, proposals: &[&StateProposal]) -> Connector {
    let edits: Vec<&StateEdit> = proposals.iter().map(|one| &one.edit).collect();
    with_edits(new, &edits)
}

/// What of a connector decides about saved state, with another catalog.
pub(super) fn of_state(connector: &Connector, catalog: Option<Catalog>) -> Connector {
    Connector {
        catalog,
        states: connector.states.clone(),
        unlisted_parents: connector.unlisted_parents.clone(),
        connector_type: connector.connector_type,
        code: connector.code.clone(),
        ..Connector::default()
    }
}

/// The catalog of a side with edits of its manifest, wherever an edited mapping is used.
pub(super) fn with_edits(new: &Connector, edits: &[&StateEdit]) -> Connector {
    let mut catalog = new.catalog.clone();
    let streams =
        catalog.iter_mut().flat_map(|catalog| catalog.streams.iter_mut().chain(&mut catalog.open_sets));
    let mut added: BTreeMap<(bool, &Pointer), &[String]> = BTreeMap::new();
    for edit in edits {
        match edit {
            StateEdit::Formats { cursor, formats, .. } => added.insert((true, cursor), formats.as_slice()),
            StateEdit::Migration { stream, .. } => added.insert((false, stream), &[]),
        };
    }
    if !added.is_empty() {
        streams.for_each(|stream| with_edits_of(stream, &added));
    }
    of_state(new, catalog)
}

fn with_edits_of(stream: &mut Stream, added: &BTreeMap<(bool, &Pointer), &[String]>) {
    let StreamBody::Derived(derived) = &mut stream.body else { return };
    let Some(places) = derived.locate.state_places() else { return };
    let is_edited = |key: (bool, &Pointer)| added.contains_key(&key);
    if !places.cursors.iter().any(|place| is_edited((true, &place.cursor)))
        && !places.stream.as_ref().is_some_and(|stream| is_edited((false, stream)))
    {
        return;
    }
    let properties = Arc::make_mut(&mut derived.properties);
    let Some(traits) = &mut properties.state else { return };
    for place in &places.cursors {
        let Some(formats) = added.get(&(true, &place.cursor)) else { continue };
        let mut here = Some(&mut **traits);
        for name in &place.parents {
            here = here.and_then(|traits| {
                traits
                    .parents
                    .iter_mut()
                    .find(|parent| parent.dependent && parent.name == *name)?
                    .state
                    .as_mut()
            });
        }
        if let Some(cursor) = here
            && let Some(last) = cursor.reads.pop()
        {
            cursor.reads.extend(formats.iter().cloned());
            cursor.reads.push(last);
        }
    }
    if places.stream.as_ref().is_some_and(|stream| is_edited((false, stream))) {
        traits.migrations.push(LEGACY_MIGRATION.to_owned());
    }
}
