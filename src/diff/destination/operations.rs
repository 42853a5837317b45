//! The operations of a destination that activates data: the counterparts of streams, keys and required fields.

use std::collections::BTreeSet;

use serde_json::Value;

use super::operation_values::Values;
use crate::diff::delta::{Beside, Change, Delta};
use crate::diff::destination_change::{DestinationChange, DestinationContext};
use crate::model::{Artifact, Fragment, Operation, Operations, Pointer, Sides};
use crate::schema;

/// The place of the file of operations among the tables of a side: behind all of them.
pub(crate) const OPERATIONS: usize = usize::MAX;

/// The differences of two lists of operations.
pub(super) fn diff(old: &Operations, new: &Operations) -> Vec<Delta> {
    // Definitions that refer to each other are as deep as they are many.
    schema::on_large_stacks(|| changes(old, new))
}

fn changes(old: &Operations, new: &Operations) -> Vec<Delta> {
    let mut deltas = Vec::new();
    for ((object, mode), was) in &old.list {
        let mode = mode.clone();
        match new.list.get(&(object.clone(), mode.clone())) {
            Some(is) => deltas.extend(both(object, &mode, was, is)),
            // It may stand in what could not be read.
            None if !new.is_whole => {}
            None => deltas.push(delta(
                object,
                None,
                DestinationChange::OperationRemoved { mode },
                (Some(was), None),
            )),
        }
    }
    for (key @ (object, mode), is) in new.list.iter().filter(|_| old.is_whole) {
        if !old.list.contains_key(key) {
            let change = DestinationChange::OperationAdded { mode: mode.clone() };
            deltas.push(delta(object, None, change, (None, Some(is))));
        }
    }
    deltas
}

fn both(object: &str, mode: &str, was: &Operation, is: &Operation) -> Vec<Delta> {
    let mut deltas = Vec::new();
    let mut values = Values::of(was, is);
    let mode = mode.to_owned();
    let ends = (Some(was), Some(is));
    if was.matching_keys != is.matching_keys {
        let list = |operation: &Operation| {
            let key =
                |key: &BTreeSet<String>| key.iter().map(|name| Value::from(name.as_str())).collect::<Value>();
            operation.matching_keys.iter().map(key).collect()
        };
        let keeps_all = was.matching_keys.is_subset(&is.matching_keys);
        let change = DestinationChange::MatchingKeysChanged { mode: mode.clone(), keeps_all };
        deltas.push(Delta {
            old: Some(Fragment::own(list(was))),
            new: Some(Fragment::own(list(is))),
            ..delta(object, None, change, ends)
        });
    }
    for property in is.required.difference(&was.required) {
        let change = DestinationChange::OperationRequires { mode: mode.clone() };
        deltas.push(delta(object, Some(property), change, ends));
    }
    // A property that was one of the others may be listed with fewer values.
    let others =
        is.properties.iter().filter(|(name, _)| was.takes_others && !was.properties.contains_key(*name));
    let kept = was.properties.iter().filter_map(|(name, schema)| Some((schema, is.properties.get(name)?)));
    values.ask(kept.chain(others.clone().map(|(_, schema)| (&was.others, schema))));
    for (property, schema) in &was.properties {
        let after = is.properties.get(property);
        if !after.is_some_and(|after| values.are_taken(schema, after)) {
            let change = DestinationChange::OperationPropertyChanged { mode: mode.clone() };
            let found = delta(object, Some(property), change, ends);
            deltas.push(Delta {
                old: Some(Fragment::own(schema.clone())),
                new: after.cloned().map(Fragment::own),
                ..found
            });
        }
    }
    for (property, schema) in others {
        if !values.are_taken(&was.others, schema) {
            let change = DestinationChange::OperationPropertyChanged { mode: mode.clone() };
            let found = delta(object, Some(property), change, ends);
            deltas.push(Delta {
                old: Some(Fragment::own(was.others.clone())),
                new: Some(Fragment::own(schema.clone())),
                ..found
            });
        }
    }
    if !values.are_taken(&was.others, &is.others) {
        let change = DestinationChange::OperationClosed { mode };
        let found = delta(object, None, change, ends);
        deltas.push(Delta {
            old: Some(Fragment::own(was.others.clone())),
            new: Some(Fragment::own(is.others.clone())),
            ..found
        });
    }
    deltas
}

fn delta(
    object: &str,
    property: Option<&str>,
    change: DestinationChange,
    (was, is): (Option<&Operation>, Option<&Operation>),
) -> Delta {
    let place = |operation: Option<&Operation>| operation.map(|operation| (OPERATIONS, operation.at));
    let place = Sides { old: place(was), new: place(is) };
    let field: Vec<String> = std::iter::once(object).chain(property).map(str::to_owned).collect();
    let pointer = |is_there: bool| {
        is_there.then(|| Pointer::new(["operations".to_owned()].into_iter().chain(field.clone())))
    };
    Delta {
        pointer: Sides { old: pointer(was.is_some()), new: pointer(is.is_some()) },
        field,
        beside: Beside::Destination(Box::new(DestinationContext { place, ..DestinationContext::default() })),
        ..Delta::new(Artifact::Destination, Change::Destination(change))
    }
}
