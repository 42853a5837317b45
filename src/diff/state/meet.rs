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
    Form, ParentTraits, PartitionForm, PartitionValue, Positions, SavedState, StateClass, StateOutcome,
    StateTraits, describe_partition, shown_key, shown_keys, shown_list,
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
    /// How the version that saved the state keeps it, where its manifest shows that.
    pub(super) saving: Option<&'t StateTraits>,
}

impl Types<'_> {
    /// For the state of a parent: how it was kept is not followed.
    fn of_parent(self) -> Self {
        Self { saving: None, ..self }
    }
}

/// The moment where a cursor starts at the earliest, with its text.
fn start_of(traits: &StateTraits) -> Option<(i64, &str)> {
    let (text, format) = traits.start.as_ref()?;
    let moment = Reader::of(std::slice::from_ref(format)).read(text)??;
    Some((moment.micros, text))
}

/// Where a version starts that starts later than the one that saved the state.
pub(super) fn starts_later<'t>(saving: &StateTraits, reading: &'t StateTraits) -> Option<&'t str> {
    let (now, text) = start_of(reading)?;
    (start_of(saving)?.0 < now).then_some(text)
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
            _ if counts(traits) => Positions::Counted,
            Some(format) => Positions::Written(format.clone()),
            None => Positions::Unknown,
        };
        saved.cursor.insert(field.clone(), positions);
        if saved.class == StateClass::Simple {
            saved.keys.insert(field.clone());
        }
    }
    saved.global = traits.partitioned;
    if !traits.global {
        saved.partitions = traits.partitions.clone().unwrap_or_default();
    }
    let parents = traits.parents.iter().filter(|parent| parent.dependent && traits.keeps_parents);
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
    let looks_inside = looks_inside(saved, traits);
    let field = match traits.cursor_field.as_deref() {
        Some([field]) => Some(field),
        _ => None,
    };
    let is_hidden = field.is_some_and(|field| saved.may_hide(field, !looks_inside));
    // Of joined samples one may hide what another shows.
    let is_shown = field.is_some_and(|field| {
        saved.beside.contains_key(field)
            || (looks_inside || saved.is_flat()) && saved.cursor.contains_key(field)
    });
    let mut found = if is_hidden && !is_shown { Vec::new() } else { meet_kept(saved, traits, types) };
    if is_hidden || looks_inside && traits.partitioned && saved.other_partitions != 0 {
        found.push(Found::new(StateChange::KeysNotRead, "", ""));
    }
    found
}

/// Whether a cursor looks for partitions or ranges before it looks for its field at the top.
fn looks_inside(saved: &SavedState, traits: &StateTraits) -> bool {
    match traits.partitioned {
        true => {
            // The other keys of these classes may stand beside a plain position. A manifest shows no keys.
            matches!(saved.class, StateClass::PerPartition | StateClass::GlobalSubstream)
                && (saved.keys.is_empty() || ["state", "states"].iter().any(|key| saved.keys.contains(*key)))
        }
        false => saved.class == StateClass::Slices,
    }
}

/// What of a state is kept, met by a cursor.
fn meet_kept(saved: &SavedState, traits: &StateTraits, types: Types<'_>) -> Vec<Found> {
    use StateClass as C;
    let now = if traits.partitioned { C::PerPartition } else { C::Simple };
    let one = |change| vec![Found::new(change, saved.class.name(), now.name())];
    let looks_inside = looks_inside(saved, traits);
    if looks_inside && saved.is_broken {
        let was = if traits.partitioned { "`states` without partitions" } else { "`slices` without ranges" };
        return vec![Found::new(StateChange::ClassChanged { outcome: StateOutcome::Fails }, was, now.name())];
    }
    if !looks_inside && let Some(found) = at_top(saved, traits, types) {
        return found;
    }
    match (saved.class, traits.partitioned) {
        _ if saved.holds_nothing() => Vec::new(),
        (C::NoCursor | C::ResumableDone | C::ResumableToken, _) => one(StateChange::BecameIncremental),
        (C::Simple, partitioned) | (C::Opaque, partitioned)
            if saved.class == C::Simple || finds_field(saved, traits) =>
        {
            let mut found = positions(saved, traits, types);
            if found.is_empty() && partitioned {
                found = one(StateChange::Partitioned);
            }
            found.extend(parents(saved, &traits.parents, types));
            found
        }
        (C::PerPartition | C::GlobalSubstream, false) => {
            let mut found = one(StateChange::Departitioned);
            found.extend(before_start(saved, traits, types));
            found
        }
        (C::PerPartition | C::GlobalSubstream, true)
            if saved.cursor.is_empty() && saved.partitions.is_empty() && !saved.beside.is_empty() =>
        {
            let change = StateChange::ClassChanged { outcome: StateOutcome::ReadsAgain };
            vec![Found::new(change, "a position beside those of partitions", now.name())]
        }
        (C::PerPartition | C::GlobalSubstream, true) => {
            let mut found = positions(saved, traits, types);
            // Under another key no position is found at all, of whatever partition.
            let is_renamed = found.iter().any(|one| one.change == StateChange::CursorKeyRenamed);
            if !is_renamed && saved.class == C::PerPartition && saved.other_partitions == 0 {
                found.extend(partitions(saved, traits, types));
            }
            found.extend(parents(saved, &traits.parents, types));
            found
        }
        (C::Slices, false) => {
            let values = match saved.cursor.get("slices") {
                // A cursor whose formats are not known may read them.
                Some(Positions::Seen(forms)) if counts(traits) || !traits.reads.is_empty() => {
                    seen("slices", forms, traits, types, &read_as("slices", traits))
                }
                _ => Vec::new(),
            };
            if values.is_empty() { one(StateChange::SlicesToSequential) } else { values }
        }
        (C::LegacyMap, true) => legacy_map(saved, traits, types),
        _ => one(StateChange::ClassChanged { outcome: StateOutcome::ReadsAgain }),
    }
}

fn counts(traits: &StateTraits) -> bool {
    traits.cursor_type == "IncrementingCountCursor"
}

/// How the values under a key are read, in words.
fn read_as(key: &str, traits: &StateTraits) -> String {
    if counts(traits) { format!("{key}: a number") } else { traits.reads.join(", ") }
}

/// A cursor looks for its field at the top, whatever stands beside it; `None` where it is not there, or where that is
/// all there is.
fn at_top(saved: &SavedState, traits: &StateTraits, types: Types<'_>) -> Option<Vec<Found>> {
    let [field] = traits.cursor_field.as_deref()? else { return None };
    if let Some(positions) = saved.beside.get(field) {
        let mut plain = SavedState::of(StateClass::Simple);
        plain.cursor.insert(field.clone(), positions.clone());
        plain.keys.insert(field.clone());
        plain.parents.clone_from(&saved.parents);
        return Some(meet(&plain, traits, types));
    }
    let is_plain = saved.is_flat() && saved.cursor.contains_key(field);
    let is_migrated = saved.class == StateClass::LegacyMap && !traits.migrations.is_empty();
    let is_other = saved.keys.contains(field) && !is_plain && !is_migrated;
    is_other.then(|| {
        let was = format!("{field}: an object or a list");
        vec![Found::new(StateChange::CursorValueTypeChanged, was, read_as(field, traits))]
    })
}

/// Whether the cursor finds a plain value under its name in a state of another form.
fn finds_field(saved: &SavedState, traits: &StateTraits) -> bool {
    matches!(traits.cursor_field.as_deref(), Some([field]) if saved.cursor.contains_key(field))
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
fn positions(saved: &SavedState, traits: &StateTraits, types: Types<'_>) -> Vec<Found> {
    let Some([field]) = traits.cursor_field.as_deref() else { return Vec::new() };
    if saved.cursor.is_empty() {
        return Vec::new();
    }
    let Some(found) = saved.cursor.get(field) else {
        let names = shown_keys(saved.cursor.keys());
        let mut found = vec![Found::new(StateChange::CursorKeyRenamed, names, field)];
        found.extend(before_start(saved, traits, types));
        return found;
    };
    let counts = counts(traits);
    let now = || read_as(field, traits);
    match found {
        Positions::Unknown => Vec::new(),
        Positions::Counted if counts => Vec::new(),
        // A count is no moment, and some formats take it for one.
        Positions::Counted
            if traits.reads.iter().any(|read| {
                matches!(read.as_str(), "%s" | "%ms" | "%epoch_microseconds" | "%s_as_float")
            }) =>
        {
            vec![Found::new(
                StateChange::DatetimeMisread { earlier: true },
                format!("{field}: a count"),
                now(),
            )]
        }
        Positions::Counted => {
            vec![Found::new(StateChange::CursorValueTypeChanged, format!("{field}: a count"), now())]
        }
        Positions::Written(_) if counts => {
            vec![Found::new(StateChange::CursorValueTypeChanged, format!("{field}: a datetime"), now())]
        }
        Positions::Written(format) => written(format, traits).into_iter().collect(),
        Positions::Seen(forms) => seen(field, forms, traits, types, &now()),
    }
}

/// Where no position is found, all is read from the start on, and that may be later than a position.
fn before_start(saved: &SavedState, traits: &StateTraits, types: Types<'_>) -> Option<Found> {
    if traits.reads.is_empty() || traits.start.is_none() {
        return None;
    }
    let seen = saved.cursor.iter().flat_map(|(field, positions)| match positions {
        Positions::Seen(forms) => seen(field, forms, traits, types, ""),
        _ => Vec::new(),
    });
    seen.into_iter().find(|one| one.change == StateChange::BeforeStart)
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
        Some(Reading::Misread) => {
            StateChange::DatetimeMisread { earlier: datetime::reads_earlier(format, &traits.reads) }
        }
        reading => StateChange::DatetimeFormatChanged { sure: matches!(reading, Some(Reading::Fails)) },
    };
    Some(Found::new(change, format, traits.reads.join(", ")))
}

/// Values of a sample against what is read; at most one finding of a kind.
fn seen(
    field: &str,
    forms: &BTreeMap<Form, Vec<Value>>,
    traits: &StateTraits,
    types: Types<'_>,
    now: &str,
) -> Vec<Found> {
    let counts = counts(traits);
    let reader = Reader::of(&traits.reads);
    let start = start_of(traits);
    // The version that saved it would not have gone on from before its own start either.
    let floor = types.saving.and_then(start_of).map_or(i64::MIN, |(micros, _)| micros);
    // A format that is not known here reads what was written in it, from the same start.
    let is_listed = types.saving.is_some_and(|saving| {
        saving.start == traits.start
            && saving
                .writes
                .as_ref()
                .is_some_and(|format| !datetime::is_known(format) && traits.reads.contains(format))
    });
    let was = shown_list(forms.keys().map(Form::describe));
    let was = format!("{field}: {was}");
    let mut found: Vec<Found> = Vec::new();
    let mut push = |change: StateChange, value: &Value| {
        if !found.iter().any(|one: &Found| one.change == change) {
            let now = match (&change, start) {
                (StateChange::BeforeStart, Some((_, start))) => start,
                _ => now,
            };
            found.push(Found { value: Some(value.clone()), ..Found::new(change, was.clone(), now) });
        }
    };
    for (form, value) in forms.iter().flat_map(|(form, values)| values.iter().map(move |value| (form, value)))
    {
        match (form, value) {
            // A count that is null or empty is none: it starts over.
            (Form::Empty, _) if counts => {
                push(StateChange::ClassChanged { outcome: StateOutcome::ReadsAgain }, value);
            }
            (Form::Empty, _) => push(StateChange::CursorNull, value),
            (_, Value::Number(_)) if counts => {}
            (_, Value::String(_) | Value::Number(_)) if !counts => {
                // Of a number the epoch formats take the whole part.
                #[allow(clippy::cast_possible_truncation, reason = "what is no moment fails below")]
                let whole = |value: &Value| {
                    value.as_f64().filter(|_| !value.is_i64()).map(|number| (number as i64).to_string())
                };
                let text = match value.as_str() {
                    Some(text) => text.to_owned(),
                    None => whole(value).unwrap_or_else(|| value.to_string()),
                };
                match reader.read(&text) {
                    Some(Some(read)) if read.is_misread(&text) => {
                        push(StateChange::DatetimeMisread { earlier: true }, value);
                    }
                    Some(Some(read)) if start.is_some_and(|(start, _)| read.micros.max(floor) < start) => {
                        push(StateChange::BeforeStart, value);
                    }
                    Some(Some(_)) => {}
                    Some(None) => push(StateChange::DatetimeFormatChanged { sure: true }, value),
                    None if is_listed => {}
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
    let words = |forms: &BTreeSet<PartitionForm>| {
        let words: BTreeSet<String> = forms.iter().map(describe_partition).collect();
        words.into_iter().collect::<Vec<_>>().join("; ")
    };
    let global = saved.global;
    // A kind of partition that is lost while all that are read are found again went with its parent.
    if let Some(worst) = lost.iter().max().filter(|worst| !unmet.is_empty() || **worst == Match::OtherType) {
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
                // Part of a union may be gone while the other part is found.
                let sure = *other == Match::OtherType && !unmet.is_empty();
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

/// The keys of partitions, and those of the slices inside.
fn all_keys(forms: &BTreeSet<PartitionForm>) -> String {
    let keys = |form: &PartitionForm| form.keys().map(|key| shown_key(key)).collect::<Vec<_>>().join(" and ");
    let words: BTreeSet<String> = forms.iter().map(keys).collect();
    words.into_iter().collect::<Vec<_>>().join("; ")
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
    let known = |kind: &'static str| Some(BTreeSet::from([kind]));
    let declared =
        |one: Option<BTreeSet<&'static str>>, other: Option<BTreeSet<&'static str>>| match (one, other) {
            (Some(one), Some(other)) if one.is_disjoint(&other) => Match::DeclaredOtherwise,
            _ => Match::Same,
        };
    match (saved, read) {
        (V::Slice(saved), V::Slice(read)) => matching(saved, read, types),
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
            PartitionValue::Grouped { .. } => "list".to_owned(),
            PartitionValue::Slice(slice) => {
                let inner = value_types(&BTreeSet::from([slice.clone()]), types);
                if !inner.is_empty() {
                    words.insert(inner);
                }
                continue;
            }
        };
        words.insert(format!("{}: {kinds}", shown_key(key)));
    }
    words.into_iter().collect::<Vec<_>>().join(", ")
}

/// What a stream without a cursor hands on to its parents, where they fail or skip something by it.
pub(super) fn handed_on(saved: &SavedState, read: &[ParentTraits], types: Types<'_>) -> Vec<Found> {
    let mut found = parents(saved, read, types);
    found.retain(|one| {
        matches!(one.change.outcome(), StateOutcome::Fails | StateOutcome::LosesData | StateOutcome::Unknown)
    });
    found
}

/// The positions of parents, for those that a substream depends on. A parent starts at the position that is kept for it;
/// where there is none, at the substream's own for all partitions, or at its only one. State is handed on from parent to
/// parent in the same way (`_instantiate_parent_stream_state_manager` of airbyte-cdk 7.39.1).
fn parents(saved: &SavedState, read: &[ParentTraits], types: Types<'_>) -> Vec<Found> {
    let now: Vec<&ParentTraits> = read.iter().filter(|parent| parent.dependent).collect();
    let names: BTreeSet<&String> = now.iter().map(|parent| &parent.name).collect();
    let gone = shown_keys(saved.parents.keys().filter(|name| !names.contains(name)));
    let mut found = Vec::new();
    let mut is_replaced = false;
    for parent in now {
        let kept = saved.parents.get(&parent.name);
        let Some(start) = kept.cloned().or_else(|| seed(saved, parent)) else { continue };
        let met = match &parent.state {
            // A class of its own, or a field that the config names, cannot be met here.
            Some(state) if state.custom_cursor || state.cursor_field.is_none() => continue,
            Some(state) => meet(&start, state, types.of_parent()),
            None if kept.is_none() && !saved.global && saved.class == StateClass::Simple => {
                // Its one value is put under the parent's cursor, and there is none.
                let change = StateChange::CursorValueTypeChanged;
                vec![Found::new(change, "one position", "no cursor")]
            }
            None => parents(&start, &parent.parents, types),
        };
        let mut starts_over = false;
        let before = found.len();
        for one in met {
            let change = match one.change {
                StateChange::CursorKeyRenamed | StateChange::Departitioned if kept.is_none() => {
                    starts_over = true;
                    continue;
                }
                StateChange::BecameIncremental
                | StateChange::Partitioned
                | StateChange::SlicesToSequential
                | StateChange::ParentStateAdded
                | StateChange::ParentStateRemoved
                | StateChange::PartitionValuesAdded => continue,
                change
                    if matches!(
                        change.outcome(),
                        StateOutcome::Fails | StateOutcome::LosesData | StateOutcome::Unknown
                    ) =>
                {
                    change
                }
                _ => StateChange::ParentStateRemoved,
            };
            let (old, new) = match change {
                StateChange::ParentStateRemoved => {
                    (parent.name.clone(), format!("{}, from {}", one.new, one.old))
                }
                StateChange::ParentRenamed => (one.old, one.new),
                _ => (format!("{} (the parent {})", one.old, parent.name), one.new),
            };
            found.push(Found { change, old, new, ..one });
        }
        if kept.is_some() {
            continue;
        }
        is_replaced = true;
        // What has no cursor has no position to miss.
        let fails = found[before..].iter().any(|one| one.change.outcome() == StateOutcome::Fails);
        if parent.state.is_some() && !starts_over && !(fails && gone.is_empty()) {
            let change = match gone.as_str() {
                "" => StateChange::ParentStateAdded,
                _ => StateChange::ParentRenamed,
            };
            found.push(Found::new(change, gone.clone(), parent.name.clone()));
        }
    }
    if !gone.is_empty() && !is_replaced {
        let left: Vec<&str> =
            read.iter().filter(|parent| parent.dependent).map(|parent| parent.name.as_str()).collect();
        let left = if left.is_empty() { "none".to_owned() } else { left.join(", ") };
        found.push(Found::new(StateChange::ParentStateRemoved, gone, left));
    }
    found
}

/// What a parent without a position of its own starts from.
fn seed(saved: &SavedState, parent: &ParentTraits) -> Option<SavedState> {
    let mut seed = SavedState::of(StateClass::Simple);
    if saved.global {
        seed.cursor.clone_from(&saved.cursor);
        seed.keys = saved.cursor.keys().cloned().collect();
        seed.other_keys = saved.other_keys.clone();
        return Some(seed);
    }
    // A single value is put under the name of the parent's cursor.
    if saved.class != StateClass::Simple || saved.keys.len() != 1 {
        return None;
    }
    let value = saved.cursor.values().next()?;
    let field = parent.state.as_ref().and_then(|state| state.cursor_field.as_deref());
    let name = match field {
        Some([field]) => field.clone(),
        _ => saved.cursor.keys().next()?.clone(),
    };
    seed.keys.insert(name.clone());
    seed.cursor.insert(name, value.clone());
    Some(seed)
}
