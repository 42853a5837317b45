//! Samples of saved state of both versions, held side by side: what one saves, the other will have to read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Found;
use crate::diff::StateChange;
use crate::model::{
    Form, PartitionForm, PartitionValue, Positions, SavedState, StateClass, StateOutcome, is_time, shown_key,
    shown_keys,
};

/// What differs between two shapes of one stream's state.
pub(super) fn compare(old: &SavedState, new: &SavedState) -> Vec<Found> {
    let mut found = compare_kept(old, new);
    let is_unread = old.other_keys != new.other_keys
        || old.other_partitions != new.other_partitions
        || [old, new].iter().all(|saved| saved.is_flat()) && old.other_top_keys != new.other_top_keys;
    if is_unread && old.class == new.class {
        found.push(Found::new(StateChange::KeysNotRead, "", ""));
    }
    found
}

fn compare_kept(old: &SavedState, new: &SavedState) -> Vec<Found> {
    use StateClass as C;
    // An empty blob holds no position: there is nothing to lose and nothing to compare.
    if old.class == C::Empty || new.class == C::Empty {
        return Vec::new();
    }
    let one = |change| vec![Found::new(change, old.class.name(), new.class.name())];
    match (old.class, new.class) {
        (C::Simple | C::GlobalSubstream | C::LegacyMap | C::ResumableToken | C::Slices, _)
            if old.class == new.class =>
        {
            let mut found = cursors(old, new);
            found.extend(parents(old, new));
            found
        }
        (C::PerPartition, C::PerPartition) => {
            let mut found = partitions(old, new);
            found.extend(cursors(old, new));
            found.extend(parents(old, new));
            found
        }
        (C::FileHistory, C::FileHistory) if forms(old, "history") != forms(new, "history") => {
            one(StateChange::FileHistoryChanged)
        }
        (C::Versioned, C::Versioned) if old.marker != new.marker => {
            vec![Found::new(StateChange::VersionMarkerChanged, &old.marker, &new.marker)]
        }
        (C::Versioned, C::Versioned) => {
            // The code of a database source may read both forms.
            let mut found = cursors(old, new);
            for one in &mut found {
                if one.change == (StateChange::CursorFormatChanged { sure: true }) {
                    one.change = StateChange::CursorFormatChanged { sure: false };
                }
            }
            found
        }
        (C::Opaque, C::Opaque) => {
            // Ids are told by their look alone.
            let looks = |saved: &SavedState, other: &SavedState| {
                let keys = saved.keys.iter().filter(|key| !other.may_hide(key, true));
                keys.map(|key| shown_key(key)).collect::<BTreeSet<_>>()
            };
            let (before, after) = (looks(old, new), looks(new, old));
            let list = |one: &BTreeSet<String>, other| shown_keys(one.difference(other));
            let (removed, added) = (list(&before, &after), list(&after, &before));
            match (removed.is_empty(), added.is_empty()) {
                (true, true) => Vec::new(),
                (false, _) => vec![Found::new(StateChange::KeysRemoved, removed, added)],
                (true, false) => vec![Found::new(StateChange::KeysAdded, "", added)],
            }
        }
        (before, after) if before == after => Vec::new(),
        (before, after) if before.is_full_refresh() && after.is_full_refresh() => Vec::new(),
        (before, _) if before.is_full_refresh() => one(StateChange::BecameIncremental),
        (_, after) if after.is_full_refresh() => one(StateChange::BecameFullRefresh),
        (C::Simple, C::PerPartition | C::GlobalSubstream) => {
            let found = cursors(old, new);
            if found.is_empty() { one(StateChange::Partitioned) } else { found }
        }
        (C::PerPartition | C::GlobalSubstream, C::Simple) => one(StateChange::Departitioned),
        (C::LegacyMap, C::PerPartition | C::GlobalSubstream) => {
            one(StateChange::LegacyMapReplaced { migrated: false })
        }
        (C::PerPartition, C::GlobalSubstream) | (C::GlobalSubstream, C::PerPartition) => {
            one(StateChange::GlobalCursorToggled)
        }
        (C::Slices, C::Simple) => one(StateChange::SlicesToSequential),
        (C::Simple, C::Slices) => one(StateChange::SequentialToSlices),
        _ => one(StateChange::ClassChanged { outcome: StateOutcome::Unknown }),
    }
}

/// Each key with the types of its values, those of a parent's partition inside included.
fn keys_of(forms: &BTreeSet<PartitionForm>) -> BTreeMap<String, BTreeSet<&'static str>> {
    let mut keys: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    for (key, value) in forms.iter().flatten() {
        let kind = match value {
            PartitionValue::Seen(kind) => kind,
            PartitionValue::Grouped { .. } => "list",
            // A parent without partitions has an empty one; older CDKs left it out.
            PartitionValue::Slice(slice) if slice.is_empty() => continue,
            PartitionValue::Slice(slice) => {
                for (inner, kinds) in keys_of(&BTreeSet::from([slice.clone()])) {
                    keys.entry(format!("{key}.{inner}")).or_default().extend(kinds);
                }
                continue;
            }
            PartitionValue::FromParent { .. } | PartitionValue::Listed(_) => continue,
        };
        keys.entry(key.clone()).or_default().insert(kind);
    }
    keys
}

fn partitions(old: &SavedState, new: &SavedState) -> Vec<Found> {
    let (before, after) = (keys_of(&old.partitions), keys_of(&new.partitions));
    if before.is_empty() || after.is_empty() {
        return Vec::new();
    }
    if old.other_partitions != new.other_partitions {
        return Vec::new();
    }
    let global = old.global;
    let names = |keys: &BTreeMap<String, BTreeSet<&str>>| shown_keys(keys.keys());
    if !before.keys().eq(after.keys()) {
        return vec![Found::new(StateChange::PartitionKeysChanged { global }, names(&before), names(&after))];
    }
    before
        .iter()
        .filter_map(|(key, types)| {
            let now = after.get(key)?;
            let list = |types: &BTreeSet<&str>| {
                format!("{}: {}", shown_key(key), types.iter().copied().collect::<Vec<_>>().join(", "))
            };
            let change = StateChange::PartitionValueTypeChanged { global, sure: true };
            types.is_disjoint(now).then(|| Found::new(change, list(types), list(now)))
        })
        .collect()
}

fn forms<'s>(saved: &'s SavedState, key: &str) -> BTreeMap<&'s Form, &'s Vec<Value>> {
    match saved.cursor.get(key) {
        Some(Positions::Seen(forms)) => forms.iter().collect(),
        _ => BTreeMap::new(),
    }
}

fn cursors(old: &SavedState, new: &SavedState) -> Vec<Found> {
    let names = |saved: &SavedState| shown_keys(saved.cursor.keys());
    if old.cursor.is_empty() || new.cursor.is_empty() {
        return Vec::new();
    }
    let shared: Vec<&String> = old.cursor.keys().filter(|key| new.cursor.contains_key(*key)).collect();
    let all_kept = old.other_keys == new.other_keys;
    if shared.is_empty() && !all_kept {
        return Vec::new();
    }
    if shared.is_empty() {
        return vec![Found::new(StateChange::CursorKeyRenamed, names(old), names(new))];
    }
    let mut found = Vec::new();
    for key in &shared {
        let (before, after) = (forms(old, key), forms(new, key));
        if before.keys().any(|form| after.contains_key(form)) {
            continue;
        }
        let (Some((was, values)), Some((is, _))) = (before.first_key_value(), after.first_key_value()) else {
            continue;
        };
        if was.same_type(is) && !conflict(was, is) {
            continue;
        }
        let change = if was.same_type(is) {
            StateChange::CursorFormatChanged { sure: true }
        } else {
            StateChange::CursorValueTypeChanged
        };
        let describe = |form: &Form| format!("{}: {}", shown_key(key), form.describe());
        found.push(Found {
            value: values.first().cloned(),
            ..Found::new(change, describe(was), describe(is))
        });
    }
    if !all_kept {
        return found;
    }
    if old.cursor.len() > shared.len() {
        found.push(Found::new(StateChange::KeysRemoved, names(old), names(new)));
    } else if new.cursor.len() > shared.len() {
        found.push(Found::new(StateChange::KeysAdded, names(old), names(new)));
    }
    found
}

/// Whether two forms of one JSON type are read differently for sure: times written in different ways, or epochs of
/// different units. Other texts and numbers may look like anything.
fn conflict(old: &Form, new: &Form) -> bool {
    match (old, new) {
        (Form::Text(old), Form::Text(new)) => {
            let readable = |text: &str| is_time(text) || text.starts_with("epoch");
            let zulu_was_written = old.contains('Z') || !new.contains('Z');
            // A format with %z reads both spellings of Greenwich once Z was written.
            let same = old == new || zulu_was_written && old.replace('Z', "+0:0") == new.replace('Z', "+0:0");
            (readable(old) || readable(new)) && !same
        }
        (Form::Number(old), Form::Number(new)) => old.starts_with("epoch") && new.starts_with("epoch"),
        _ => false,
    }
}

fn parents(old: &SavedState, new: &SavedState) -> Vec<Found> {
    let list = |saved: &SavedState| shown_keys(saved.parents.keys());
    let gone = old.parents.keys().any(|name| !new.parents.contains_key(name));
    let added = new.parents.keys().any(|name| !old.parents.contains_key(name));
    let change = match (gone, added) {
        (true, true) => StateChange::ParentRenamed,
        (true, false) => StateChange::ParentStateRemoved,
        (false, true) => StateChange::ParentStateAdded,
        (false, false) => return Vec::new(),
    };
    vec![Found::new(change, list(old), list(new))]
}
