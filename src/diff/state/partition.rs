//! Whether the partitions of a state are found again.

use std::collections::BTreeSet;

use super::Found;
use super::meet::{FieldTypes, Types};
use crate::diff::{StateChange, StateValue};
use crate::model::{JsonType, KeyName, PartitionForm, PartitionValue, SavedState, StateTraits};

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
pub(super) fn partitions(saved: &SavedState, traits: &StateTraits, types: Types<'_>) -> Vec<Found> {
    let Some(read) = &traits.partitions else { return Vec::new() };
    if saved.partitions.is_empty() || read.is_empty() {
        return Vec::new();
    }
    let best = |form: &PartitionForm,
                own: &BTreeSet<PartitionForm>,
                others: &BTreeSet<PartitionForm>,
                turned: bool| {
        let against =
            |other| if turned { matching(other, form, types) } else { matching(form, other, types) };
        counterparts(form, own, others).into_iter().map(against).min().unwrap_or(Match::OtherKeys)
    };
    let lost: Vec<Match> = saved
        .partitions
        .iter()
        .map(|form| best(form, &saved.partitions, read, false))
        .filter(|found| *found != Match::Same)
        .collect();
    let unmet: Vec<&PartitionForm> =
        read.iter().filter(|form| best(form, read, &saved.partitions, true) != Match::Same).collect();
    let kinds = |forms: &BTreeSet<PartitionForm>| StateValue::Partitions(forms.clone());
    let global = saved.global;
    // A kind of partition that is lost while all that are read are found again went with its parent.
    if let Some(worst) = lost.iter().max().filter(|worst| !unmet.is_empty() || **worst == Match::OtherType) {
        let (change, was, is) = match worst {
            Match::OtherKeys => {
                (StateChange::PartitionKeysChanged { global }, kinds(&saved.partitions), kinds(read))
            }
            other => {
                // Part of a union may be gone while the other part is found.
                let sure = *other == Match::OtherType && !unmet.is_empty();
                let change = StateChange::PartitionValueTypeChanged { global, sure };
                let was = value_types(&saved.partitions, types.saved);
                let is = value_types(read, types.read);
                (change, StateValue::PartitionTypes(was), StateValue::PartitionTypes(is))
            }
        };
        return vec![Found::of(change, was, is)];
    }
    let is_derived =
        |form: &PartitionForm| !form.values().any(|value| matches!(value, PartitionValue::Seen(_)));
    let new_values = added_values(&saved.partitions, read);
    if saved.partitions.iter().all(is_derived) && !(unmet.is_empty() && new_values.is_empty()) {
        let added = if new_values.is_empty() {
            StateValue::Partitions(unmet.into_iter().cloned().collect())
        } else {
            StateValue::PartitionValues(new_values)
        };
        return vec![Found::of(StateChange::PartitionValuesAdded, kinds(&saved.partitions), added)];
    }
    Vec::new()
}

/// The kinds of partition that may be this one on the other side: those of the same parent stream, or where the other
/// side has none of it, those of parents that this side has not, since parents are renamed.
fn counterparts<'f>(
    form: &PartitionForm,
    own: &BTreeSet<PartitionForm>,
    others: &'f BTreeSet<PartitionForm>,
) -> Vec<&'f PartitionForm> {
    let source = |form: &PartitionForm| {
        form.values().find_map(|value| match value {
            PartitionValue::FromParent { stream, .. } => Some(stream.clone()),
            _ => None,
        })
    };
    let Some(parent) = source(form) else { return others.iter().collect() };
    let same: Vec<&PartitionForm> =
        others.iter().filter(|other| source(other).as_ref() == Some(&parent)).collect();
    if !same.is_empty() {
        return same;
    }
    let known: BTreeSet<String> = own.iter().filter_map(source).collect();
    others.iter().filter(|other| source(other).is_none_or(|name| !known.contains(&name))).collect()
}

/// The values that the new list has and the old one has not.
fn added_values(saved: &BTreeSet<PartitionForm>, read: &BTreeSet<PartitionForm>) -> Vec<String> {
    let mut added = Vec::new();
    for (key, value) in read.iter().flatten() {
        let Some(now) = listed(value) else { continue };
        let before: Vec<&[String]> = saved.iter().filter_map(|form| listed(form.get(key)?)).collect();
        if !before.is_empty() {
            let known: BTreeSet<&String> = before.into_iter().flatten().collect();
            added.extend(now.iter().filter(|one| !known.contains(one)).cloned());
        }
    }
    added.sort();
    added.dedup();
    added
}

/// The values that are listed, in groups or not.
fn listed(value: &PartitionValue) -> Option<&[String]> {
    match value {
        PartitionValue::Listed(values) => values.as_deref(),
        PartitionValue::Grouped { of, .. } => listed(of.as_deref()?),
        _ => None,
    }
}

/// The groups of values, each value once.
fn groups(values: &[String], size: u64) -> BTreeSet<Vec<&String>> {
    let mut seen = BTreeSet::new();
    let once: Vec<&String> = values.iter().filter(|value| seen.insert(*value)).collect();
    let size = usize::try_from(size).unwrap_or(usize::MAX).max(1);
    once.chunks(size).map(<[_]>::to_vec).collect()
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
    let known = |kind: JsonType| Some(BTreeSet::from([kind]));
    let declared = |one: Option<BTreeSet<JsonType>>, other: Option<BTreeSet<JsonType>>| match (one, other) {
        (Some(one), Some(other)) if one.is_disjoint(&other) => Match::DeclaredOtherwise,
        _ => Match::Same,
    };
    match (saved, read) {
        (V::Slice(saved), V::Slice(read)) => matching(saved, read, types),
        (V::OpenSlice, V::OpenSlice | V::Slice(_)) | (V::Slice(_), V::OpenSlice) => Match::Same,
        (
            V::Grouped { size: Some(size), of: Some(saved) },
            V::Grouped { size: Some(other), of: Some(read) },
        ) => match (&**saved, &**read) {
            // What is listed shows the groups themselves.
            (V::Listed(Some(values)), V::Listed(Some(others))) => {
                let (read, left) = (groups(others, *other), others.iter().collect::<BTreeSet<_>>());
                // Nobody looks for a group whose values are all gone.
                let is_gone = |group: &Vec<&String>| group.iter().all(|value| !left.contains(value));
                let is_found =
                    groups(values, *size).iter().all(|group| read.contains(group) || is_gone(group));
                if is_found { Match::Same } else { Match::OtherKeys }
            }
            _ if size != other => Match::OtherKeys,
            (saved, read) => value_matching(saved, read, types),
        },
        (V::Grouped { .. }, V::Grouped { .. }) => Match::Same,
        (V::Seen(kind), V::Seen(other)) if kind == other => Match::Same,
        (V::Seen(_), V::Seen(_)) => Match::OtherType,
        (V::Seen(JsonType::Text), V::Listed(_)) | (V::Listed(_), V::Listed(_)) => Match::Same,
        (V::Seen(_), V::Listed(_)) => Match::OtherType,
        (V::Seen(kind), V::FromParent { stream, key }) => declared(known(*kind), (types.read)(stream, key)),
        (V::FromParent { key, stream }, V::FromParent { key: other, stream: parent }) => {
            if key == other {
                declared((types.saved)(stream, key), (types.read)(parent, key))
            } else {
                Match::OtherKeys
            }
        }
        (V::Listed(_), V::FromParent { stream, key }) => {
            declared(known(JsonType::Text), (types.read)(stream, key))
        }
        (V::FromParent { stream, key }, V::Listed(_)) => {
            declared((types.saved)(stream, key), known(JsonType::Text))
        }
        _ => Match::OtherKeys,
    }
}

/// The keys of partitions, and of the slices inside, with the types of their values.
fn value_types(
    forms: &BTreeSet<PartitionForm>,
    types: FieldTypes<'_>,
) -> BTreeSet<(KeyName, BTreeSet<JsonType>)> {
    let mut found = BTreeSet::new();
    for (key, value) in forms.iter().flatten() {
        let kinds = match value {
            PartitionValue::Seen(kind) => BTreeSet::from([*kind]),
            PartitionValue::Listed(_) => BTreeSet::from([JsonType::Text]),
            PartitionValue::FromParent { stream, key } => match types(stream, key) {
                Some(kinds) => kinds,
                None => continue,
            },
            PartitionValue::Grouped { .. } => BTreeSet::from([JsonType::List]),
            PartitionValue::OpenSlice => continue,
            PartitionValue::Slice(slice) => {
                found.extend(value_types(&BTreeSet::from([slice.clone()]), types));
                continue;
            }
        };
        found.insert((KeyName::of(key), kinds));
    }
    found
}
