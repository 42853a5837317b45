//! What lies inside the values of positions, by its path: in objects and lists that stand where a plain value would.
//!
//! Where ids stand for names of fields, two samples may have no path in common. Then the last parts of the paths are
//! compared, which are names of fields more often.

use std::collections::{BTreeMap, BTreeSet};

use super::Found;
use super::compare::{positions, unsure};
use crate::diff::{StateChange, StateValue};
use crate::model::{Form, JsonType, KeyName, Positions, SavedState, StateClass, join_positions};

/// What differs inside values that both sides have.
pub(super) fn compare(old: &SavedState, new: &SavedState) -> Vec<Found> {
    if old.nested.is_empty() && new.nested.is_empty() {
        return Vec::new();
    }
    let (before, after) = (all(old), all(new));
    let is_nested = |path: &&String| old.nested.contains_key(*path) || new.nested.contains_key(*path);
    let common: BTreeSet<&String> =
        before.keys().filter(|path| after.contains_key(*path)).filter(is_nested).collect();
    let mut found = if common.is_empty() && !old.nested.is_empty() && !new.nested.is_empty() {
        by_last_part(old, new)
    } else {
        let of = |all: &BTreeMap<String, Positions>| -> BTreeMap<String, Positions> {
            all.iter()
                .filter(|(path, _)| common.contains(path))
                .map(|(p, v)| (p.clone(), v.clone()))
                .collect()
        };
        let mut found = positions(&of(&before), &of(&after));
        found.extend(keys(&before, &after, [old, new]));
        found
    };
    if matches!(old.class, StateClass::Opaque | StateClass::Versioned | StateClass::FileHistory) {
        found = unsure(found);
    }
    found
}

/// All values by their paths; a path of one part is a key of the position.
fn all(saved: &SavedState) -> BTreeMap<String, Positions> {
    let mut all = saved.nested.clone();
    join_positions(&mut all, saved.cursor.clone());
    join_positions(&mut all, saved.inside.clone());
    all
}

fn parent(path: &str) -> Option<&str> {
    path.rsplit_once('.').map(|(parent, _)| parent)
}

/// Paths that one side has and the other has not, although both have an object in the place above.
fn keys(
    before: &BTreeMap<String, Positions>,
    after: &BTreeMap<String, Positions>,
    [old, new]: [&SavedState; 2],
) -> Option<Found> {
    let is_object = |all: &BTreeMap<String, Positions>, path: &str| matches!(all.get(path), Some(Positions::Seen(forms)) if forms.contains_key(&Form::Other(JsonType::Object)));
    let beyond = |one: &SavedState, other: &BTreeMap<String, Positions>, left: &SavedState| {
        let is_gone = |path: &&String| {
            !other.contains_key(*path)
                && !left.other_nested_keys.has(path)
                && parent(path).is_some_and(|parent| is_object(before, parent) && is_object(after, parent))
        };
        let keys: BTreeSet<KeyName> =
            one.nested.keys().filter(is_gone).map(|path| KeyName::of(path)).collect();
        (!keys.is_empty()).then_some(StateValue::Keys(keys))
    };
    match (beyond(old, after, new), beyond(new, before, old)) {
        (None, None) => None,
        (None, added) => Some(Found::of(StateChange::KeysAdded, None, added)),
        (gone, added) => Some(Found::of(StateChange::KeysRemoved, gone, added)),
    }
}

/// Values by the last part of their paths alone.
fn by_last_part(old: &SavedState, new: &SavedState) -> Vec<Found> {
    let parts = |saved: &SavedState| {
        let mut parts = BTreeMap::new();
        for (path, positions) in &saved.nested {
            let is_plain = |form: &Form| !matches!(form, Form::Other(JsonType::Object | JsonType::List));
            if matches!(positions, Positions::Seen(forms) if forms.keys().any(is_plain)) {
                let last = path.rsplit('.').next().unwrap_or(path).to_owned();
                join_positions(&mut parts, BTreeMap::from([(last, positions.clone())]));
            }
        }
        parts
    };
    let (before, after) = (parts(old), parts(new));
    // An object or a list that holds nothing shows nothing.
    if before.is_empty() || after.is_empty() || before.keys().any(|part| after.contains_key(part)) {
        return positions(&before, &after);
    }
    let names = |parts: &BTreeMap<String, Positions>| StateValue::keys(parts.keys());
    vec![Found::of(StateChange::KeysRemoved, names(&before), names(&after))]
}
