//! What two definitions of a stream show of its state, whatever was saved.

use std::collections::BTreeSet;

use super::Found;
use super::meet::{Types, meet, saved_by};
use super::met::Met;
use crate::diff::{CursorPart, StateChange, StateValue};
use crate::model::{Connector, CustomCursor, StateEvidence, StateOutcome, StateTraits};

/// What one manifest saves, met by the other. What the manifest that saves it fares no better with is no news.
pub(super) fn meet_definition(own: &StateTraits, traits: &StateTraits, types: Types<'_>, met: &mut Met) {
    let saved = saved_by(own);
    let known: Vec<StateChange> = meet(&saved, own, Types { read: types.saved, ..types })
        .into_iter()
        .map(|one| one.change)
        .filter(|change| change.outcome().is_harm())
        .collect();
    let mut found = meet(&saved, traits, types);
    let all = found.len();
    found.retain(|one| !known.contains(&one.change));
    if found.len() < all && met.outcome == StateOutcome::Resumes {
        met.settle(StateOutcome::Unknown, "the version itself does not go on from what it saves");
    }
    met.add(found, StateEvidence::Manifests);
}

/// What two definitions show that no state does: a cursor of another class, and a migration that is gone.
pub(super) fn by_definition(before: &StateTraits, after: &StateTraits) -> Vec<Found> {
    let mut found = Vec::new();
    // In which module a class stands does not matter: a package becomes manifest-only with the classes that it had.
    let name = |class: &String| class.rsplit('.').next().unwrap_or_default().to_owned();
    let kept: BTreeSet<String> = after.migrations.iter().map(name).collect();
    if before.migrations.iter().any(|class| !kept.contains(&name(class))) {
        let list = |state: &StateTraits| StateValue::Migrations(state.migrations.clone());
        found.push(Found::of(StateChange::MigrationDropped, list(before), list(after)));
    }
    let is_custom = before.custom_cursor.is_some() || after.custom_cursor.is_some();
    let differs = before.custom_cursor.is_some() != after.custom_cursor.is_some()
        || before.partitioned != after.partitioned;
    if is_custom && differs {
        found.push(Found::of(StateChange::CustomCursorChanged, cursor(before), cursor(after)));
    }
    found
}

fn cursor(state: &StateTraits) -> StateValue {
    StateValue::Cursor {
        is_custom: state.custom_cursor.is_some(),
        is_partitioned: state.partitioned,
        migrations: state.migrations.clone(),
    }
}

fn class(cursor: &CustomCursor) -> StateValue {
    StateValue::CursorClass { module: None, name: cursor.class.clone(), other: None }
}

fn with_other(cursor: &CustomCursor, part: CursorPart) -> StateValue {
    StateValue::CursorClass { module: None, name: cursor.class.clone(), other: Some(part) }
}

/// What happens between two versions to a cursor that is a class of the connector.
pub(super) enum CustomCursorChange {
    /// Its class, what the manifest hands to it and its code are the same.
    None,
    /// The manifest is the same, and neither package has the code of the class.
    NotSeen,
    /// Something of that differs, or may differ.
    Some(Found),
}

/// What happens to the cursor of a stream, where the reading version has one of its own. Code is compared with
/// everything of the package that it refers to; where it stands does not matter.
pub(super) fn custom_cursor_change(
    (writer, before): (&Connector, Option<&StateTraits>),
    (reader, after): (&Connector, &StateTraits),
) -> CustomCursorChange {
    let Some(before) = before else {
        let found = Found::of(StateChange::CustomCursorChanged, StateValue::Code, cursor(after));
        return CustomCursorChange::Some(found);
    };
    let found = |was: StateValue, is: StateValue| {
        CustomCursorChange::Some(Found::of(StateChange::CustomCursorChanged, was, is))
    };
    let (Some(was), Some(is)) = (&before.custom_cursor, &after.custom_cursor) else {
        return found(cursor(before), cursor(after));
    };
    if was.class != is.class {
        return found(class(was), class(is));
    }
    // A class may move with its module; of two of that name it is the other one.
    let moved =
        was.module != is.module && [writer, reader].iter().any(|side| side.code.defined(&is.class).len() > 1);
    if moved {
        let in_module = |cursor: &CustomCursor| StateValue::CursorClass {
            module: Some(cursor.module.clone()),
            name: cursor.class.clone(),
            other: None,
        };
        return found(in_module(was), in_module(is));
    }
    let beside = StateTraits { custom_cursor: None, ..before.clone() };
    let is_same = beside == StateTraits { custom_cursor: None, ..after.clone() }
        && was.arguments == is.arguments
        && is.arguments.is_some();
    if !is_same {
        return found(class(was), with_other(is, CursorPart::Arguments));
    }
    let is_seen = [writer, reader].iter().any(|side| !side.code.defined(&is.class).is_empty());
    match writer.code.same_definition(&reader.code, &is.class) {
        Some(true) if is_seen => CustomCursorChange::None,
        Some(true) => CustomCursorChange::NotSeen,
        Some(false) => found(class(was), with_other(is, CursorPart::Code)),
        None => found(class(was), with_other(is, CursorPart::UnseenCode)),
    }
}
