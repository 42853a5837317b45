//! One fact, one difference: what the catalogs and saved state both show of a cursor or a sync mode.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{CatalogChange, Change, Delta, StateChange, StateMigration, StateValue};
use crate::model::{KeyName, StateEvidence, StreamId, SyncMode};

/// Leaves out each difference that another one tells as well.
///
/// - That state has the cursor under another key is what the catalogs say of the cursor field. Where a sample shows it,
///   or the new version migrates state, that difference stays, since it tells more; else that of the catalogs does.
/// - That state begins or ends is what the catalogs say of the incremental mode, and there users meet it. Where they say only
///   that no cursor is left, the state that ends tells more.
/// - That samples have no state of a stream any more is plain of one that is removed.
pub(super) fn tell_once(of_catalog: &mut Vec<Delta>, of_state: &mut Vec<Delta>) {
    let mut catalog: BTreeMap<StreamId, Vec<Fact>> = BTreeMap::new();
    for delta in of_catalog.iter() {
        if let (Some(stream), Some(fact)) = (&delta.stream, fact_of_catalog(delta)) {
            catalog.entry(stream.clone()).or_default().push(fact);
        }
    }
    if catalog.is_empty() {
        return;
    }
    let mut renamed_in_state: BTreeSet<StreamId> = BTreeSet::new();
    let mut ends_in_state: BTreeSet<StreamId> = BTreeSet::new();
    of_state.retain(|delta| {
        let (Some(stream), Some(fact)) = (&delta.stream, fact_of_state(delta)) else { return true };
        let is_told = catalog.get(stream).is_some_and(|told| told.iter().any(|one| one.is_same(&fact)));
        let stays = is_told && matches!(fact, Fact::CursorRenamed { .. }) && tells_more(delta);
        if stays {
            renamed_in_state.insert(stream.clone());
        }
        if matches!(fact, Fact::Ends) {
            ends_in_state.insert(stream.clone());
        }
        !is_told || stays
    });
    of_catalog.retain(|delta| {
        let told_by = match &delta.change {
            Change::Catalog(CatalogChange::CursorChanged) => &renamed_in_state,
            Change::Catalog(CatalogChange::CursorRemoved) => &ends_in_state,
            _ => return true,
        };
        delta.stream.as_ref().is_none_or(|stream| !told_by.contains(stream))
    });
}

/// What a catalog and saved state both show.
enum Fact {
    /// The cursor has another name: the old ones, and the new ones.
    CursorRenamed {
        old: BTreeSet<KeyName>,
        new: BTreeSet<KeyName>,
    },
    Starts,
    Ends,
    NoCursorLeft,
    Removed,
}

impl Fact {
    /// Whether state tells what the catalog, which is this one, tells.
    fn is_same(&self, of_state: &Self) -> bool {
        match (self, of_state) {
            (Self::CursorRenamed { old, new }, Self::CursorRenamed { old: saved, new: looked_for }) => {
                old.is_subset(saved) && new.is_subset(looked_for)
            }
            (Self::Starts, Self::Starts) | (Self::Ends, Self::Ends) | (Self::Removed, Self::Removed) => true,
            _ => false,
        }
    }
}

fn fact_of_catalog(delta: &Delta) -> Option<Fact> {
    let Change::Catalog(change) = &delta.change else { return None };
    match change {
        CatalogChange::SyncModeAdded(SyncMode::Incremental) => Some(Fact::Starts),
        CatalogChange::SyncModeRemoved(SyncMode::Incremental) => Some(Fact::Ends),
        CatalogChange::CursorRemoved => Some(Fact::NoCursorLeft),
        CatalogChange::StreamRemoved(_) => Some(Fact::Removed),
        CatalogChange::CursorChanged => Some(Fact::CursorRenamed {
            old: cursor(delta.old.as_deref())?,
            new: cursor(delta.new.as_deref())?,
        }),
        _ => None,
    }
}

/// The key under which state has a cursor.
fn cursor(path: Option<&Value>) -> Option<BTreeSet<KeyName>> {
    Some(BTreeSet::from([KeyName::of(path?.as_str()?)]))
}

fn fact_of_state(delta: &Delta) -> Option<Fact> {
    let Change::State(change) = &delta.change else { return None };
    match change {
        StateChange::BecameIncremental => Some(Fact::Starts),
        StateChange::BecameFullRefresh => Some(Fact::Ends),
        StateChange::MissingInNew => Some(Fact::Removed),
        StateChange::CursorKeyRenamed => {
            let keys = |value: &Option<StateValue>| match value {
                Some(StateValue::Keys(keys)) => Some(keys.clone()),
                _ => None,
            };
            let values = &delta.in_state()?.values;
            Some(Fact::CursorRenamed { old: keys(&values.old)?, new: keys(&values.new)? })
        }
        _ => None,
    }
}

/// Whether a sample shows it, or a migration decides it.
fn tells_more(delta: &Delta) -> bool {
    delta.in_state().is_some_and(|state| {
        state.evidence != Some(StateEvidence::Manifests)
            || matches!(state.migration, Some(StateMigration::Unseen { .. }))
    })
}
