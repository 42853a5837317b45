//! JSON patches (RFC 6902) from the old artifacts to the new ones.
//!
//! A catalog's patch is built per stream: streams that are gone are removed, the others moved or added into the new
//! order, then each is patched by itself. A positional diff of the whole list would rewrite every stream after one
//! that moved.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::artifact::stream_value;
use crate::model::{Catalog, Connector, Patches, Stream, StreamId};

/// The patches of every artifact that both sides have.
pub fn patch(old: &Connector, new: &Connector) -> Patches {
    Patches {
        spec: match (&old.spec, &new.spec) {
            (Some(old), Some(new)) => Some(json!(json_patch::diff(&old.value, &new.value))),
            _ => None,
        },
        catalog: match (&old.catalog, &new.catalog) {
            (Some(old), Some(new)) => Some(Value::Array(catalog_patch(old, new))),
            _ => None,
        },
    }
}

/// A stream's identity, with a number that tells copies apart.
type Key<'s> = (&'s StreamId, usize);

fn keyed(catalog: &Catalog) -> Vec<(Key<'_>, &Stream)> {
    let mut copies: BTreeMap<&StreamId, usize> = BTreeMap::new();
    catalog
        .streams
        .iter()
        .map(|stream| {
            let copy = copies.entry(&stream.id).or_default();
            *copy += 1;
            ((&stream.id, *copy), stream)
        })
        .collect()
}

fn catalog_patch(old: &Catalog, new: &Catalog) -> Vec<Value> {
    let mut operations = Vec::new();
    let old = keyed(old);
    let new = keyed(new);
    let old_streams: BTreeMap<Key<'_>, &Stream> = old.iter().copied().collect();
    let new_streams: BTreeMap<Key<'_>, &Stream> = new.iter().copied().collect();
    for (index, (key, _)) in old.iter().enumerate().rev() {
        if !new_streams.contains_key(key) {
            operations.push(json!({"op": "remove", "path": format!("/streams/{index}")}));
        }
    }
    let mut order: Vec<Key<'_>> =
        old.iter().map(|(key, _)| *key).filter(|key| new_streams.contains_key(key)).collect();
    for (index, (key, stream)) in new.iter().enumerate() {
        let path = format!("/streams/{index}");
        if !old_streams.contains_key(key) {
            operations.push(json!({"op": "add", "path": path, "value": stream_value(stream)}));
            order.insert(index, *key);
        } else if order.get(index) != Some(key)
            && let Some(from) = order.iter().position(|other| other == key)
        {
            operations.push(json!({"op": "move", "from": format!("/streams/{from}"), "path": path}));
            let moved = order.remove(from);
            order.insert(index, moved);
        }
    }
    for (index, (key, stream)) in new.iter().enumerate() {
        let Some(before) = old_streams.get(key) else { continue };
        if before.text().is_some() && before.text() == stream.text() {
            continue;
        }
        let patch = json!(json_patch::diff(&stream_value(before), &stream_value(stream)));
        for mut operation in patch.as_array().cloned().unwrap_or_default() {
            for key in ["path", "from"] {
                if let Some(Value::String(path)) = operation.get_mut(key) {
                    *path = format!("/streams/{index}{path}");
                }
            }
            operations.push(operation);
        }
    }
    operations
}
