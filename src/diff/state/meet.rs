//! Saved state met by the cursor of a manifest.
//!
//! The outcomes are those that the Python CDK 7.39.1 was seen to have. What is saved comes from a sample, or from the
//! manifest that saves it; both are met in the same way.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Found;
use crate::datetime::{self, Reader, Reading};
use crate::diff::StateChange;
use crate::model::{
    Form, PartitionForm, PartitionValue, Positions, SavedState, StateClass, StateTraits, describe_partition,
};

/// The CDK's own state migration; every other one is a class of the connector.
pub(super) const LEGACY_MIGRATION: &str = "LegacyToPerPartitionStateMigration";

/// The JSON types that a stream declares for a field, null left out; `None` where it does not say.
pub(super) type FieldTypes<'t> = &'t dyn Fn(&str, &str) -> Option<BTreeSet<&'static str>>;

/// The declared types of fields on both sides: where the state was saved, and where it is read.
#[derive(Clone, Copy)]
pub(super) struct Types<'t> {
    pub(super) saved: FieldTypes<'t>,
    pub(super) read: FieldTypes<'t>,
}

/// What a cursor would save.
pub(super) fn saved_by(traits: &StateTraits) -> SavedState {
    let mut saved = SavedState::of(match (traits.partitioned, traits.global) {
        (false, _) => StateClass::Simple,
        (true, false) => StateClass::PerPartition,
        (true, true) => StateClass::GlobalSubstream,
    });
    if let Some([field]) = traits.cursor_field.as_deref() {
        let positions = match &traits.writes {
            _ if traits.cursor_type == "IncrementingCountCursor" => Positions::Counted,
            Some(format) => Positions::Written(format.clone()),
            None => Positions::Unknown,
        };
        saved.cursor.insert(field.clone(), positions);
        saved.keys.insert(field.clone());
    }
    saved.global = traits.partitioned;
    if !traits.global {
        saved.partitions = traits.partitions.clone().unwrap_or_default();
    }
    let parents = traits.parents.iter().filter(|parent| parent.dependent);
    saved.parents = parents
        .map(|parent| {
            let state = parent.state.as_ref().map_or_else(|| SavedState::of(StateClass::NoCursor), saved_by);
            (parent.name.clone(), state)
        })
        .collect();
    saved
}

/// What differs for a cursor that starts from this state; nothing where it goes on.
pub(super) fn meet(saved: &SavedState, traits: &StateTraits, types: Types<'_>) -> Vec<Found> {
    use StateClass as C;
    let now = if traits.partitioned { C::PerPartition } else { C::Simple };
    let one = |change| vec![Found::new(change, saved.class.name(), now.name())];
    match (saved.class, traits.partitioned) {
        (C::Empty, _) => Vec::new(),
        (C::NoCursor | C::ResumableDone | C::ResumableToken, _) => one(StateChange::BecameIncremental),
        (C::Simple, partitioned) => {
            let mut found = positions(saved, traits);
            if found.is_empty() && partitioned {
                found = one(StateChange::Partitioned);
                found.extend(parents(saved, traits, types));
            }
            found
        }
        (C::PerPartition | C::GlobalSubstream, false) => one(StateChange::Departitioned),
        (C::PerPartition | C::GlobalSubstream, true) => {
            let mut found = positions(saved, traits);
            // Under another key no position is found at all, of whatever partition.
            if !found.iter().any(|one| one.change == StateChange::CursorKeyRenamed) {
                if saved.class == C::PerPartition {
                    found.extend(partitions(saved, traits, types));
                }
                found.extend(parents(saved, traits, types));
            }
            found
        }
        (C::Slices, false) => one(StateChange::SlicesToSequential),
        (C::LegacyMap, true) => legacy_map(saved, traits, types),
        _ => one(StateChange::ClassChanged),
    }
}

/// A map by partition id, after the CDK's migration where it is declared and applies.
fn legacy_map(saved: &SavedState, traits: &StateTraits, types: Types<'_>) -> Vec<Found> {
    let replaced = |migrated| {
        let change = StateChange::LegacyMapReplaced { migrated };
        vec![Found::new(change, saved.class.name(), StateClass::PerPartition.name())]
    };
    let is_declared = traits.migrations.iter().any(|class| class == LEGACY_MIGRATION);
    // The migration wants one parent, and every value under the name of the cursor.
    let (Some(forms), Some([field])) = (&traits.partitions, traits.cursor_field.as_deref()) else {
        return replaced(false);
    };
    let is_union = |form: &PartitionForm| form.len() == 1;
    let applies = is_declared
        && saved.cursor.len() == 1
        && saved.cursor.contains_key(field)
        && (traits.parents.len() == 1 || forms.iter().all(is_union));
    let Some(key) = forms.iter().flat_map(BTreeMap::keys).find(|key| *key != "parent_slice") else {
        return replaced(false);
    };
    if !applies {
        return replaced(false);
    }
    // Ids are keys of a JSON object, and so texts.
    let mut migrated = SavedState::of(StateClass::PerPartition);
    migrated.cursor = saved.cursor.clone();
    migrated.partitions = BTreeSet::from([BTreeMap::from([(key.clone(), PartitionValue::Seen("text"))])]);
    let found = meet(&migrated, traits, types);
    if partitions(&migrated, traits, types).is_empty() {
        let mut all = replaced(true);
        all.extend(found);
        all
    } else {
        let mut all = replaced(false);
        all.extend(found.into_iter().filter(|one| {
            !matches!(
                one.change,
                StateChange::PartitionKeysChanged { .. } | StateChange::PartitionValueTypeChanged { .. }
            )
        }));
        all
    }
}

/// Whether the cursor finds its field in the state, and reads the values there.
fn positions(saved: &SavedState, traits: &StateTraits) -> Vec<Found> {
    let Some([field]) = traits.cursor_field.as_deref() else { return Vec::new() };
    if saved.cursor.is_empty() {
        return Vec::new();
    }
    let Some(found) = saved.cursor.get(field) else {
        let names = saved.cursor.keys().cloned().collect::<Vec<_>>().join(", ");
        return vec![Found::new(StateChange::CursorKeyRenamed, names, field)];
    };
    let counts = traits.cursor_type == "IncrementingCountCursor";
    let now = || if counts { format!("{field}: a number") } else { traits.reads.join(", ") };
    match found {
        Positions::Unknown => Vec::new(),
        Positions::Counted if counts => Vec::new(),
        Positions::Counted => {
            vec![Found::new(StateChange::CursorValueTypeChanged, format!("{field}: a count"), now())]
        }
        Positions::Written(_) if counts => {
            vec![Found::new(StateChange::CursorValueTypeChanged, format!("{field}: a datetime"), now())]
        }
        Positions::Written(format) => written(format, traits).into_iter().collect(),
        Positions::Seen(forms) => seen(field, forms, traits, counts, &now()),
    }
}

/// A datetime format against the formats that are read.
fn written(format: &str, traits: &StateTraits) -> Option<Found> {
    if traits.reads.is_empty() {
        return None;
    }
    let change = match datetime::reading(format, &traits.reads) {
        Some(Reading::Same) => return None,
        // A format that is not known here and is listed is read as it was written, if it comes first.
        None if traits.reads.iter().any(|read| read == format) => return None,
        Some(Reading::Misread) => StateChange::DatetimeMisread,
        reading => StateChange::DatetimeFormatChanged { sure: matches!(reading, Some(Reading::Fails)) },
    };
    Some(Found::new(change, format, traits.reads.join(", ")))
}

/// Values of a sample against what is read; at most one finding of a kind.
fn seen(
    field: &str,
    forms: &BTreeMap<Form, Vec<Value>>,
    traits: &StateTraits,
    counts: bool,
    now: &str,
) -> Vec<Found> {
    let reader = Reader::of(&traits.reads);
    let was = forms.keys().map(Form::describe).collect::<Vec<_>>().join(", ");
    let was = format!("{field}: {was}");
    let mut found: Vec<Found> = Vec::new();
    let mut push = |change: StateChange, value: &Value| {
        if !found.iter().any(|one: &Found| one.change == change) {
            found.push(Found { value: Some(value.clone()), ..Found::new(change, was.clone(), now) });
        }
    };
    for (form, value) in forms.iter().flat_map(|(form, values)| values.iter().map(move |value| (form, value)))
    {
        match (form, value) {
            (Form::Empty, _) => push(StateChange::CursorNull, value),
            (_, Value::Number(_)) if counts => {}
            (_, Value::String(_) | Value::Number(_)) if !counts => {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                match reader.read(&text) {
                    Some(Some(instant)) if datetime::is_misread_epoch(&text, instant) => {
                        push(StateChange::DatetimeMisread, value);
                    }
                    Some(Some(_)) => {}
                    Some(None) => push(StateChange::DatetimeFormatChanged { sure: true }, value),
                    None => push(StateChange::DatetimeFormatChanged { sure: false }, value),
                }
            }
            _ => push(StateChange::CursorValueTypeChanged, value),
        }
    }
    found
}

/// Whether a kind of partition is found again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    /// It is, or nothing tells that it is not.
    Same,
    /// The schemas declare values of another type, and what records really hold is not known.
    DeclaredOtherwise,
    /// The values have another JSON type.
    OtherType,
    /// The keys, or where their values come from, differ.
    OtherKeys,
}

/// Partitions are found by their keys and values; a partition that is not found starts at the position for all.
fn partitions(saved: &SavedState, traits: &StateTraits, types: Types<'_>) -> Vec<Found> {
    let Some(read) = &traits.partitions else { return Vec::new() };
    if saved.partitions.is_empty() || read.is_empty() {
        return Vec::new();
    }
    let best = |form: &PartitionForm, others: &BTreeSet<PartitionForm>, turned: bool| {
        let against =
            |other| if turned { matching(other, form, types) } else { matching(form, other, types) };
        others.iter().map(against).min().unwrap_or(Match::OtherKeys)
    };
    let lost: Vec<Match> = saved
        .partitions
        .iter()
        .map(|form| best(form, read, false))
        .filter(|found| *found != Match::Same)
        .collect();
    let unmet: Vec<&PartitionForm> =
        read.iter().filter(|form| best(form, &saved.partitions, true) != Match::Same).collect();
    let words = |forms: &BTreeSet<PartitionForm>| {
        let words: BTreeSet<String> = forms.iter().map(describe_partition).collect();
        words.into_iter().collect::<Vec<_>>().join("; ")
    };
    let global = saved.global;
    // A kind of partition that is lost while all that are read are found again went with its parent.
    if let Some(worst) = lost.iter().max().filter(|_| !unmet.is_empty()) {
        let (change, was, is) = match worst {
            // Only the slice of a parent without partitions tells them apart.
            Match::OtherKeys if words(&saved.partitions) == words(read) => {
                let change = StateChange::PartitionKeysChanged { global };
                (change, all_keys(&saved.partitions), all_keys(read))
            }
            Match::OtherKeys => {
                (StateChange::PartitionKeysChanged { global }, words(&saved.partitions), words(read))
            }
            other => {
                let sure = *other == Match::OtherType;
                let change = StateChange::PartitionValueTypeChanged { global, sure };
                (change, value_types(&saved.partitions, types.saved), value_types(read, types.read))
            }
        };
        return vec![Found::new(change, was, is)];
    }
    let is_derived =
        |form: &PartitionForm| !form.values().any(|value| matches!(value, PartitionValue::Seen(_)));
    let new_values = added_values(&saved.partitions, read);
    if saved.partitions.iter().all(is_derived) && !(unmet.is_empty() && new_values.is_empty()) {
        let added = if new_values.is_empty() {
            unmet.iter().map(|form| describe_partition(form)).collect::<Vec<_>>().join("; ")
        } else {
            new_values.join(", ")
        };
        return vec![Found::new(StateChange::PartitionValuesAdded, words(&saved.partitions), added)];
    }
    Vec::new()
}

/// The keys of partitions, and those of the slices inside.
fn all_keys(forms: &BTreeSet<PartitionForm>) -> String {
    let keys = |form: &PartitionForm| form.keys().cloned().collect::<Vec<_>>().join(" and ");
    let words: BTreeSet<String> = forms.iter().map(keys).collect();
    words.into_iter().collect::<Vec<_>>().join("; ")
}

/// The values that the new list has and the old one has not.
fn added_values(saved: &BTreeSet<PartitionForm>, read: &BTreeSet<PartitionForm>) -> Vec<String> {
    let mut added = Vec::new();
    for (key, value) in read.iter().flatten() {
        let PartitionValue::Listed(Some(now)) = value else { continue };
        let before = saved.iter().filter_map(|form| match form.get(key) {
            Some(PartitionValue::Listed(Some(values))) => Some(values),
            _ => None,
        });
        let before: Vec<&BTreeSet<String>> = before.collect();
        if !before.is_empty() {
            added
                .extend(now.iter().filter(|one| !before.iter().any(|values| values.contains(*one))).cloned());
        }
    }
    added.sort();
    added.dedup();
    added
}

fn matching(saved: &PartitionForm, read: &PartitionForm, types: Types<'_>) -> Match {
    if !saved.keys().eq(read.keys()) {
        return Match::OtherKeys;
    }
    let pairs = saved.values().zip(read.values());
    pairs.map(|(saved, read)| value_matching(saved, read, types)).max().unwrap_or(Match::Same)
}

fn value_matching(saved: &PartitionValue, read: &PartitionValue, types: Types<'_>) -> Match {
    use PartitionValue as V;
    let known = |kind: &'static str| Some(BTreeSet::from([kind]));
    let declared =
        |one: Option<BTreeSet<&'static str>>, other: Option<BTreeSet<&'static str>>| match (one, other) {
            (Some(one), Some(other)) if one.is_disjoint(&other) => Match::DeclaredOtherwise,
            _ => Match::Same,
        };
    match (saved, read) {
        (V::Slice(saved), V::Slice(read)) => matching(saved, read, types),
        (V::Grouped, V::Grouped) => Match::Same,
        (V::Seen(kind), V::Seen(other)) if kind == other => Match::Same,
        (V::Seen(_), V::Seen(_)) => Match::OtherType,
        (V::Seen("text"), V::Listed(_)) | (V::Listed(_), V::Listed(_)) => Match::Same,
        (V::Seen(_), V::Listed(_)) => Match::OtherType,
        (V::Seen(kind), V::FromParent { stream, key }) => declared(known(kind), (types.read)(stream, key)),
        (V::FromParent { key, stream }, V::FromParent { key: other, stream: parent }) => {
            if key == other {
                declared((types.saved)(stream, key), (types.read)(parent, key))
            } else {
                Match::OtherKeys
            }
        }
        (V::Listed(_), V::FromParent { stream, key }) => declared(known("text"), (types.read)(stream, key)),
        (V::FromParent { stream, key }, V::Listed(_)) => declared((types.saved)(stream, key), known("text")),
        _ => Match::OtherKeys,
    }
}

/// The keys of partitions with the types of their values.
fn value_types(forms: &BTreeSet<PartitionForm>, types: FieldTypes<'_>) -> String {
    let mut words = BTreeSet::new();
    for (key, value) in forms.iter().flatten() {
        let kinds = match value {
            PartitionValue::Seen(kind) => (*kind).to_owned(),
            PartitionValue::Listed(_) => "text".to_owned(),
            PartitionValue::FromParent { stream, key } => match types(stream, key) {
                Some(kinds) => kinds.into_iter().collect::<Vec<_>>().join(" or "),
                None => continue,
            },
            PartitionValue::Grouped => "list".to_owned(),
            PartitionValue::Slice(slice) => {
                let inner = value_types(&BTreeSet::from([slice.clone()]), types);
                if !inner.is_empty() {
                    words.insert(inner);
                }
                continue;
            }
        };
        words.insert(format!("{key}: {kinds}"));
    }
    words.into_iter().collect::<Vec<_>>().join(", ")
}

/// The positions of parents, which a substream keeps where it depends on them.
fn parents(saved: &SavedState, traits: &StateTraits, types: Types<'_>) -> Vec<Found> {
    let now: BTreeMap<&str, Option<&StateTraits>> = traits
        .parents
        .iter()
        .filter(|parent| parent.dependent)
        .map(|parent| (parent.name.as_str(), parent.state.as_ref()))
        .collect();
    let list = |names: Vec<&str>| names.join(", ");
    let all = |saved: &SavedState| saved.parents.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let mut found = Vec::new();
    for (name, state) in &saved.parents {
        let Some(Some(parent)) = now.get(name.as_str()) else { continue };
        // A class of its own, or a field that the config names, cannot be met here.
        if parent.custom_cursor || parent.cursor_field.is_none() {
            continue;
        }
        for one in meet(state, parent, types) {
            let change = match one.change {
                change @ (StateChange::DatetimeFormatChanged { .. }
                | StateChange::DatetimeMisread
                | StateChange::CursorValueTypeChanged
                | StateChange::CursorNull) => change,
                StateChange::BecameIncremental
                | StateChange::Partitioned
                | StateChange::SlicesToSequential
                | StateChange::ParentStateAdded
                | StateChange::PartitionValuesAdded => continue,
                _ => StateChange::ParentStateRemoved,
            };
            let place = |text: String| format!("{text} (the parent {name})");
            let (old, new) = match change {
                StateChange::ParentStateRemoved => (name.clone(), format!("{}, from {}", one.new, one.old)),
                _ => (place(one.old), one.new),
            };
            found.push(Found { change, old, new, ..one });
        }
    }
    let gone: Vec<&str> =
        saved.parents.keys().map(String::as_str).filter(|name| !now.contains_key(name)).collect();
    let added: Vec<&str> = now.keys().copied().filter(|name| !saved.parents.contains_key(*name)).collect();
    match (gone.is_empty(), added.is_empty()) {
        (true, true) => {}
        (false, true) => {
            let left = list(now.keys().copied().collect());
            let left = if left.is_empty() { "none".to_owned() } else { left };
            found.push(Found::new(StateChange::ParentStateRemoved, list(gone), left));
        }
        (false, false) => found.push(Found::new(StateChange::ParentRenamed, list(gone), list(added))),
        (true, false) => {
            // The child's position stands in for the parent's, and has to be readable as one.
            let unread = added.iter().find_map(|name| {
                let parent = now.get(name).copied().flatten()?;
                seeds(saved, traits, parent).map(|one| (name, one))
            });
            found.push(match unread {
                Some((name, one)) => {
                    let old =
                        format!("{} (its own position, which stands in for the parent {name}'s)", one.old);
                    Found { old, ..one }
                }
                None => Found::new(StateChange::ParentStateAdded, all(saved), list(added)),
            });
        }
    }
    found
}

/// What goes wrong where a parent without a position starts at that of its child.
fn seeds(saved: &SavedState, child: &StateTraits, parent: &StateTraits) -> Option<Found> {
    let [field] = child.cursor_field.as_deref()? else { return None };
    if parent.custom_cursor || !(saved.global || saved.class == StateClass::Simple) {
        return None;
    }
    let own = saved.cursor.get(field)?;
    // Under the parent's own name, so that only the value is asked about.
    let [parent_field] = parent.cursor_field.as_deref()? else { return None };
    let mut seed = SavedState::of(StateClass::Simple);
    seed.cursor.insert(parent_field.clone(), own.clone());
    positions(&seed, parent).into_iter().find(|one| one.change.outcome().is_harm())
}
