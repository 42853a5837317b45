//! Samples of saved state of both versions, held side by side: what one saves, the other will have to read.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use super::{Found, nested};
use crate::diff::{KeyValues, StateChange, StateValue};
use crate::model::{
    Form, JsonType, KeyName, NestedValues, PartitionForm, PartitionValue, Positions, SavedState, StateClass,
    StateMarker, StateOutcome, StatePath, TextForm, UnreadKeys, is_time,
};

/// What differs between two shapes of one stream's state.
pub(super) fn compare(old: &SavedState, new: &SavedState) -> Vec<Found> {
    let mut found = compare_kept(old, new);
    let is_told = found.iter().any(|one| one.change == StateChange::KeysNotRead);
    let is_same_class = old.class == new.class || old.is_flat() && new.is_flat();
    let is_other_form = |one: &Found| {
        matches!(one.change, StateChange::VersionMarkerChanged | StateChange::ClassChanged { .. })
    };
    if is_same_class && old.marker == new.marker && !found.iter().any(is_other_form) {
        found.extend(nested::compare(old, new));
    }
    if is_same_class && !is_told && (leaves_out(old, new) || leaves_out(new, old)) {
        found.push(not_read());
    }
    found
}

fn not_read() -> Found {
    Found::plain(StateChange::KeysNotRead)
}

/// Whether one state has something among what is not kept of it that the other neither shows nor leaves out.
fn leaves_out(saved: &SavedState, other: &SavedState) -> bool {
    let shown = |(key, positions): (&String, &Positions)| match positions {
        Positions::Seen(forms) => {
            forms.keys().map(|form| UnreadKeys::look(key, UnreadKeys::form(form))).collect()
        }
        _ => Vec::new(),
    };
    let differs = |left: &UnreadKeys, of: &UnreadKeys, shown: &dyn Fn() -> HashSet<u64>| {
        !left.is_empty() && left.differs(of, &shown())
    };
    differs(&saved.other_keys, &other.other_keys, &|| other.cursor.iter().flat_map(shown).collect())
        || differs(&saved.other_inside_keys, &other.other_inside_keys, &|| {
            other.inside.iter().flat_map(shown).collect()
        })
        || differs(&saved.nested.others, &other.nested.others, &|| {
            let shown =
                |(path, values): (&StatePath, &NestedValues)| shown((&path.to_string(), &values.positions));
            other.nested.values.iter().flat_map(shown).collect()
        })
        || saved.is_flat()
            && other.is_flat()
            && differs(&saved.other_top_keys, &other.other_top_keys, &|| {
                other.keys.iter().map(|key| UnreadKeys::look(key, UnreadKeys::ANY_FORM)).collect()
            })
        || saved.other_partitions.differs(&other.other_partitions, &other.partitions)
}

/// The marker as one side of a difference.
fn marker(saved: &SavedState) -> StateValue {
    match &saved.marker {
        StateMarker::None => StateValue::OfType(JsonType::Object),
        StateMarker::Type(json_type) => StateValue::OfType(*json_type),
        StateMarker::Files(keys) => StateValue::Files(keys.clone()),
        StateMarker::Version(version) => StateValue::Version(version.clone()),
    }
}

fn compare_kept(old: &SavedState, new: &SavedState) -> Vec<Found> {
    use StateClass as C;
    // An empty blob holds no position: there is nothing to lose and nothing to compare.
    if old.class == C::Empty || new.class == C::Empty {
        return Vec::new();
    }
    let one = |change| vec![Found::of(change, StateValue::Class(old.class), StateValue::Class(new.class))];
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
        (C::FileHistory, C::FileHistory) => file_histories(old, new),
        (C::Versioned, C::Versioned) if old.marker != new.marker => {
            vec![Found::of(StateChange::VersionMarkerChanged, marker(old), marker(new))]
        }
        // The code of a database source may read both forms.
        (C::Versioned, C::Versioned) => unsure(cursors(old, new)),
        (C::Opaque, C::Opaque) => of_own_form(old, new),
        // The number of keys makes them two classes.
        (C::Opaque, C::Simple) | (C::Simple, C::Opaque) if !old.keys.is_disjoint(&new.keys) => {
            of_own_form(old, new)
        }
        (before, after) if before == after => Vec::new(),
        (before, after) if before.is_full_refresh() && after.is_full_refresh() => Vec::new(),
        (before, _) if before.is_full_refresh() => one(StateChange::BecameIncremental),
        (_, after) if after.is_full_refresh() => one(StateChange::BecameFullRefresh),
        (C::Simple, C::PerPartition | C::GlobalSubstream) => {
            let mut found = cursors(old, new);
            let is_news =
                |one: &Found| one.change.outcome().is_harm() || one.change.outcome() == StateOutcome::Unknown;
            if !found.iter().any(is_news) {
                found = one(StateChange::Partitioned);
            }
            found
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

/// Histories of files: what files are told apart by, and how times are written. Which files and times there are is
/// nobody's news.
fn file_histories(old: &SavedState, new: &SavedState) -> Vec<Found> {
    // A history without files shows neither.
    if old.cursor.is_empty() || new.cursor.is_empty() {
        return Vec::new();
    }
    if let (StateMarker::Files(was), StateMarker::Files(is)) = (&old.marker, &new.marker)
        && was.is_disjoint(is)
    {
        return vec![Found::of(StateChange::FileHistoryChanged, marker(old), marker(new))];
    }
    let in_history = |one: Found| Found { change: StateChange::FileHistoryChanged, ..one };
    positions(&old.cursor, &new.cursor).into_iter().map(in_history).collect()
}

/// Code that reads a form of its own may read another one.
pub(super) fn unsure(mut found: Vec<Found>) -> Vec<Found> {
    for one in &mut found {
        if matches!(one.change, StateChange::CursorFormatChanged { .. } | StateChange::CursorValueTypeChanged)
        {
            one.change = StateChange::CursorFormatChanged { sure: false };
        }
    }
    found
}

/// States of a form that code gave them. Ids stand where names of fields do, and are told by their look alone.
fn of_own_form(old: &SavedState, new: &SavedState) -> Vec<Found> {
    if old.marker != new.marker {
        let change = StateChange::ClassChanged { outcome: StateOutcome::Unknown };
        return vec![Found::of(change, marker(old), marker(new))];
    }
    let looks = |saved: &SavedState, other: &SavedState| -> BTreeSet<KeyName> {
        let keys = saved.keys.iter().filter(|key| !other.may_hide(key, true));
        keys.map(|key| KeyName::of(key)).collect()
    };
    let (before, after) = (looks(old, new), looks(new, old));
    let mut found = unsure(positions(&old.cursor, &new.cursor));
    found.extend(unsure(positions(&old.inside, &new.inside)));
    found.extend(inner_keys(old, new));
    let beyond = |one: &BTreeSet<KeyName>, other| {
        let keys: BTreeSet<KeyName> = one.difference(other).cloned().collect();
        (!keys.is_empty()).then_some(StateValue::Keys(keys))
    };
    match (beyond(&before, &after), beyond(&after, &before)) {
        (None, None) => {}
        // What looks like it may be among the keys that are not kept.
        _ if [old, new].iter().any(|saved| saved.leaves_keys_out()) => found.push(not_read()),
        (None, added) => found.push(Found::of(StateChange::KeysAdded, None, added)),
        (removed, added) => found.push(Found::of(StateChange::KeysRemoved, removed, added)),
    }
    found
}

/// The keys inside the objects of a form of its own.
fn inner_keys(old: &SavedState, new: &SavedState) -> Option<Found> {
    let names = |saved: &SavedState, other: &SavedState| -> BTreeSet<KeyName> {
        let keys = saved.inside.keys().filter(|key| !other.other_inside_keys.has(key));
        keys.map(|key| KeyName::of(key)).collect()
    };
    let (before, after) = (names(old, new), names(new, old));
    if before.is_empty() || after.is_empty() || before == after {
        return None;
    }
    if [old, new].iter().any(|saved| !saved.other_inside_keys.is_empty()) {
        return Some(not_read());
    }
    let change = if before.is_subset(&after) { StateChange::KeysAdded } else { StateChange::KeysRemoved };
    Some(Found::of(change, StateValue::Keys(before), StateValue::Keys(after)))
}

/// Each key with the types of its values, those of a parent's partition inside included.
fn keys_of<'f>(forms: impl IntoIterator<Item = &'f PartitionForm>) -> BTreeMap<String, BTreeSet<JsonType>> {
    let mut keys: BTreeMap<String, BTreeSet<JsonType>> = BTreeMap::new();
    for (key, value) in forms.into_iter().flatten() {
        let kind = match value {
            PartitionValue::Seen(kind) => *kind,
            PartitionValue::Grouped { .. } => JsonType::List,
            // A parent without partitions has an empty one, which adds no key; older CDKs left it out.
            PartitionValue::Slice(slice) => {
                for (inner, kinds) in keys_of([slice]) {
                    keys.entry(format!("{key}.{inner}")).or_default().extend(kinds);
                }
                continue;
            }
            PartitionValue::FromParent { .. } | PartitionValue::Listed(_) | PartitionValue::OpenSlice => {
                continue;
            }
        };
        keys.entry(key.clone()).or_default().insert(kind);
    }
    keys
}

fn partitions<'s>(old: &'s SavedState, new: &'s SavedState) -> Vec<Found> {
    // A kind that the other side leaves out is there as well.
    let kept = |saved: &'s SavedState, other: &SavedState| -> Vec<&'s PartitionForm> {
        saved.partitions.iter().filter(|form| !other.other_partitions.has(form)).collect()
    };
    let (old_kinds, new_kinds) = (kept(old, new), kept(new, old));
    let kinds = |forms: &[&PartitionForm]| -> BTreeSet<BTreeSet<String>> {
        let keys = forms.iter().map(|form| keys_of([*form]).into_keys().collect::<BTreeSet<String>>());
        keys.filter(|keys| !keys.is_empty()).collect()
    };
    let (was, is) = (kinds(&old_kinds), kinds(&new_kinds));
    if was.is_empty() || is.is_empty() {
        return Vec::new();
    }
    let global = old.global;
    let is_whole = old.other_partitions.is_empty() && new.other_partitions.is_empty();
    // A kind that is gone while no other is new went with its parent.
    if !was.is_subset(&is) && !is.is_subset(&was) {
        let names = |kinds: &BTreeSet<BTreeSet<String>>| {
            let names = |keys: &BTreeSet<String>| keys.iter().map(|key| KeyName::of(key)).collect();
            StateValue::PartitionKeys(kinds.iter().map(names).collect())
        };
        let change = StateChange::PartitionKeysChanged { global };
        return vec![if is_whole { Found::of(change, names(&was), names(&is)) } else { not_read() }];
    }
    let (before, after) = (keys_of(old_kinds), keys_of(new_kinds));
    if !is_whole {
        let is_other =
            before.iter().any(|(key, types)| after.get(key).is_some_and(|now| types.is_disjoint(now)));
        return if is_other { vec![not_read()] } else { Vec::new() };
    }
    before
        .iter()
        .filter_map(|(key, types)| {
            let now = after.get(key)?;
            let side = |types: &BTreeSet<JsonType>| {
                StateValue::PartitionTypes(BTreeSet::from([(KeyName::of(key), types.clone())]))
            };
            let change = StateChange::PartitionValueTypeChanged { global, sure: true };
            types.is_disjoint(now).then(|| Found::of(change, side(types), side(now)))
        })
        .collect()
}

fn cursors(old: &SavedState, new: &SavedState) -> Vec<Found> {
    if old.cursor.is_empty() || new.cursor.is_empty() {
        return Vec::new();
    }
    let missing = |saved: &SavedState, other: &SavedState| {
        let is_missing =
            |key: &String| !other.cursor.contains_key(key) && !other.may_hide(key, other.is_flat());
        saved.cursor.keys().any(is_missing)
    };
    let names = |saved: &SavedState| StateValue::keys(saved.cursor.keys());
    if !old.cursor.keys().any(|key| new.cursor.contains_key(key)) {
        let is_hidden = |saved: &SavedState, other: &SavedState| {
            saved.cursor.keys().any(|key| other.may_hide(key, other.is_flat()))
        };
        return vec![
            if is_hidden(old, new) || is_hidden(new, old) || old.other_keys.meets(&new.other_keys) {
                not_read()
            } else {
                Found::of(StateChange::CursorKeyRenamed, names(old), names(new))
            },
        ];
    }
    let mut found = positions(&old.cursor, &new.cursor);
    if missing(old, new) {
        found.push(Found::of(StateChange::KeysRemoved, names(old), names(new)));
    } else if missing(new, old) {
        found.push(Found::of(StateChange::KeysAdded, names(old), names(new)));
    }
    found
}

/// The values under keys of both.
fn positions(old: &BTreeMap<String, Positions>, new: &BTreeMap<String, Positions>) -> Vec<Found> {
    old.iter().filter_map(|(key, was)| value_change(KeyName::of(key), was, new.get(key)?)).collect()
}

/// How the values in one place differ, if their forms do.
pub(super) fn value_change(key: KeyName, old: &Positions, new: &Positions) -> Option<Found> {
    fn forms(positions: &Positions) -> BTreeMap<&Form, &Vec<Value>> {
        match positions {
            Positions::Seen(forms) => forms.iter().collect(),
            _ => BTreeMap::new(),
        }
    }
    let (before, after) = (forms(old), forms(new));
    if before.keys().any(|form| after.contains_key(form)) {
        return None;
    }
    let pairs = || before.iter().flat_map(|was| after.keys().map(move |is| (was, is)));
    let told = pairs().find(|((was, _), is)| conflict(was, is));
    let change = match told {
        Some(_) => StateChange::CursorFormatChanged { sure: true },
        None if pairs().any(|((was, _), is)| was.same_type(is)) => return None,
        None => StateChange::CursorValueTypeChanged,
    };
    let ((was, values), is) = told.or_else(|| pairs().next())?;
    let side = |form: &Form| StateValue::Values {
        key: key.clone(),
        are: KeyValues::Seen(BTreeSet::from([form.clone()])),
    };
    Some(Found { value: values.first().cloned(), ..Found::of(change, side(was), side(is)) })
}

/// Whether two forms of one JSON type are read differently for sure: times written in different ways, or epochs of
/// different units. Other texts and numbers may look like anything.
fn conflict(old: &Form, new: &Form) -> bool {
    match (old, new) {
        (Form::Text(old), Form::Text(new)) => {
            let readable = |text: &TextForm| match text {
                TextForm::Look(look) => is_time(look),
                TextForm::Digits(magnitude) => magnitude.is_epoch(),
            };
            // A format with %z reads both spellings of Greenwich once Z was written.
            let same = match (old, new) {
                (TextForm::Look(old), TextForm::Look(new)) => {
                    let zulu_was_written = old.contains('Z') || !new.contains('Z');
                    zulu_was_written && old.replace('Z', "+0:0") == new.replace('Z', "+0:0")
                }
                _ => false,
            };
            (readable(old) || readable(new)) && !(same || old == new)
        }
        (Form::Number(old), Form::Number(new)) => old.is_epoch() && new.is_epoch(),
        _ => false,
    }
}

fn parents(old: &SavedState, new: &SavedState) -> Vec<Found> {
    let list = |saved: &SavedState| {
        StateValue::parents(saved.parents.keys().map(|name| KeyName::of(name)).collect())
    };
    let gone = old.parents.keys().any(|name| !new.parents.contains_key(name));
    let added = new.parents.keys().any(|name| !old.parents.contains_key(name));
    let change = match (gone, added) {
        (true, true) => Some(StateChange::ParentRenamed),
        (true, false) => Some(StateChange::ParentStateRemoved),
        (false, true) => Some(StateChange::ParentStateAdded),
        (false, false) => None,
    };
    let mut found: Vec<Found> =
        change.map(|change| Found::of(change, list(old), list(new))).into_iter().collect();
    for (name, parent) in &old.parents {
        let met = new.parents.get(name).map(|other| compare(parent, other)).unwrap_or_default();
        found.extend(met.into_iter().filter_map(|one| one.of_parent(name)));
    }
    found
}
