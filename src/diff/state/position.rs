//! Whether a cursor finds its field in a state, and reads the values there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Found;
use super::meet::Types;
use crate::datetime::{self, Reader, Reading};
use crate::diff::{KeyValues, StateChange, StateValue};
use crate::model::{Form, KeyName, Positions, SavedState, StateOutcome, StateTraits};

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

pub(super) fn counts(traits: &StateTraits) -> bool {
    traits.cursor_type == "IncrementingCountCursor"
}

/// How the values under a key are read.
pub(super) fn read_as(key: &str, traits: &StateTraits) -> Option<StateValue> {
    match counts(traits) {
        true => Some(StateValue::values(key, KeyValues::Numbers)),
        false => StateValue::formats(&traits.reads),
    }
}

/// Whether the cursor finds its field in the state, and reads the values there.
pub(super) fn positions(saved: &SavedState, traits: &StateTraits, types: Types<'_>) -> Vec<Found> {
    let Some([field]) = traits.cursor_field.as_deref() else { return Vec::new() };
    if saved.cursor.is_empty() {
        return Vec::new();
    }
    let Some(found) = saved.cursor.get(field) else {
        let names = StateValue::keys(saved.cursor.keys());
        let field = StateValue::Keys(BTreeSet::from([KeyName::Name(field.clone())]));
        let mut found = vec![Found::of(StateChange::CursorKeyRenamed, names, field)];
        found.extend(before_start(saved, traits, types));
        // What is left out may lie before the start too.
        if !saved.other_keys.is_empty() && traits.start.is_some() {
            found.push(Found::plain(StateChange::KeysNotRead));
        }
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
            vec![Found::of(
                StateChange::DatetimeMisread { earlier: true },
                StateValue::values(field, KeyValues::Counts),
                now(),
            )]
        }
        Positions::Counted => {
            let was = StateValue::values(field, KeyValues::Counts);
            vec![Found::of(StateChange::CursorValueTypeChanged, was, now())]
        }
        Positions::Written(_) if counts => {
            let was = StateValue::values(field, KeyValues::Datetimes);
            vec![Found::of(StateChange::CursorValueTypeChanged, was, now())]
        }
        Positions::Written(format) => written(format, traits).into_iter().collect(),
        Positions::Seen(forms) => seen(field, forms, traits, types, now().as_ref()),
    }
}

/// The state without the values that this cursor does not read; `None` where it reads all of them, or none.
pub(super) fn read_by(saved: &SavedState, traits: &StateTraits, types: Types<'_>) -> Option<SavedState> {
    let [field] = traits.cursor_field.as_deref()? else { return None };
    let mut read = saved.clone();
    let (mut kept, mut left) = (0, 0);
    for positions in [&mut read.cursor, &mut read.beside].into_iter().filter_map(|keys| keys.get_mut(field)) {
        let Positions::Seen(forms) = positions else { continue };
        for (form, values) in forms.iter_mut() {
            values.retain(|value| {
                let one = BTreeMap::from([(form.clone(), vec![value.clone()])]);
                let is_read = seen(field, &one, traits, types, None).is_empty();
                *(if is_read { &mut kept } else { &mut left }) += 1;
                is_read
            });
        }
        forms.retain(|_, values| !values.is_empty());
    }
    (kept > 0 && left > 0).then_some(read)
}

/// Where no position is found, all is read from the start on, and that may be later than a position.
pub(super) fn before_start(saved: &SavedState, traits: &StateTraits, types: Types<'_>) -> Option<Found> {
    if traits.reads.is_empty() || traits.start.is_none() {
        return None;
    }
    let seen = saved.cursor.iter().flat_map(|(field, positions)| match positions {
        Positions::Seen(forms) => seen(field, forms, traits, types, None),
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
    let was = StateValue::Formats(vec![format.to_owned()]);
    Some(Found::of(change, was, StateValue::formats(&traits.reads)))
}

/// Values of a sample against what is read; at most one finding of a kind.
pub(super) fn seen(
    field: &str,
    forms: &BTreeMap<Form, Vec<Value>>,
    traits: &StateTraits,
    types: Types<'_>,
    now: Option<&StateValue>,
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
    let was = StateValue::values(field, KeyValues::Seen(forms.keys().cloned().collect()));
    let mut found: Vec<Found> = Vec::new();
    let mut push = |change: StateChange, value: &Value| {
        if !found.iter().any(|one: &Found| one.change == change) {
            let now = match (&change, start) {
                (StateChange::BeforeStart, Some((_, start))) => Some(StateValue::Start(start.to_owned())),
                _ => now.cloned(),
            };
            found.push(Found { value: Some(value.clone()), ..Found::of(change, was.clone(), now) });
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
