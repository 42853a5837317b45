//! The operations of a destination that activates data: the counterparts of streams, keys and required fields.

use serde_json::Value;

use crate::diff::delta::{Beside, Change, Delta};
use crate::diff::destination_change::{DestinationChange, DestinationContext};
use crate::model::{Artifact, Operation, Operations, Pointer, Sides};

/// The place of the file of operations among the tables of a side: behind all of them.
pub(crate) const OPERATIONS: usize = usize::MAX;

/// The differences of two lists of operations.
pub(super) fn diff(old: &Operations, new: &Operations) -> Vec<Delta> {
    let mut deltas = Vec::new();
    for ((object, mode), was) in &old.list {
        let mode = mode.clone();
        match new.list.get(&(object.clone(), mode.clone())) {
            Some(is) => deltas.extend(both(object, &mode, was, is)),
            None => deltas.push(delta(
                object,
                None,
                DestinationChange::OperationRemoved { mode },
                (Some(was), None),
            )),
        }
    }
    for (key @ (object, mode), is) in &new.list {
        if !old.list.contains_key(key) {
            let change = DestinationChange::OperationAdded { mode: mode.clone() };
            deltas.push(delta(object, None, change, (None, Some(is))));
        }
    }
    deltas
}

fn both(object: &str, mode: &str, was: &Operation, is: &Operation) -> Vec<Delta> {
    let mut deltas = Vec::new();
    let mode = mode.to_owned();
    let ends = (Some(was), Some(is));
    if was.matching_keys != is.matching_keys {
        let list = |operation: &Operation| {
            operation.matching_keys.iter().map(|key| Value::from(key.clone())).collect()
        };
        let keeps_all = was.matching_keys.is_subset(&is.matching_keys);
        let change = DestinationChange::MatchingKeysChanged { mode: mode.clone(), keeps_all };
        deltas.push(Delta { old: Some(list(was)), new: Some(list(is)), ..delta(object, None, change, ends) });
    }
    for property in is.required.difference(&was.required) {
        let change = DestinationChange::OperationRequires { mode: mode.clone() };
        deltas.push(delta(object, Some(property), change, ends));
    }
    for (property, schema) in &was.properties {
        let after = is.properties.get(property);
        let is_same = after.is_some_and(|after| kind_of(after) == kind_of(schema));
        if !is_same {
            let change = DestinationChange::OperationPropertyChanged { mode: mode.clone() };
            let found = delta(object, Some(property), change, ends);
            deltas.push(Delta { old: Some(schema.clone()), new: after.cloned(), ..found });
        }
    }
    deltas
}

/// What decides which values a property takes.
fn kind_of(schema: &Value) -> (&Value, &Value, &Value) {
    (&schema["type"], &schema["format"], &schema["airbyte_type"])
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
