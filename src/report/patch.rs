//! JSON patches (RFC 6902) from the old artifacts to the new ones.
//!
//! A catalog's patch is built per stream: streams that are gone are removed, the others moved or added into the new
//! order, then each is patched by itself. A positional diff of the whole list would rewrite every stream after one
//! that moved.

use std::collections::{BTreeMap, HashMap};

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

/// Which places of a list are left, so that it takes no walk to count those before one (a Fenwick tree).
struct Left {
    /// At place `n`, from 1, so many of the places that end there are left: as many as the lowest bit of `n` says.
    counts: Vec<usize>,
}

impl Left {
    /// All of so many places.
    fn of(places: usize) -> Self {
        Self { counts: (0..=places).map(lowest_bit).collect() }
    }

    /// Takes a place, counted from 0, which is left still; says how many before it are left.
    fn take(&mut self, place: usize) -> usize {
        let mut before = 0;
        let mut at = place;
        while at > 0 {
            before += self.counts[at];
            at -= lowest_bit(at);
        }
        let mut at = place + 1;
        while at < self.counts.len() {
            self.counts[at] -= 1;
            at += lowest_bit(at);
        }
        before
    }
}

fn lowest_bit(number: usize) -> usize {
    number & number.wrapping_neg()
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
    // Before place `index` the list is as in the new catalog; behind it are those of the old one that are not placed yet.
    let kept = old.iter().map(|(key, _)| *key).filter(|key| new_streams.contains_key(key));
    let places: HashMap<Key<'_>, usize> = kept.enumerate().map(|(place, key)| (key, place)).collect();
    let mut left = Left::of(places.len());
    for (index, (key, stream)) in new.iter().enumerate() {
        let path = format!("/streams/{index}");
        let Some(place) = places.get(key) else {
            operations.push(json!({"op": "add", "path": path, "value": stream_value(stream)}));
            continue;
        };
        let before = left.take(*place);
        if before > 0 {
            operations
                .push(json!({"op": "move", "from": format!("/streams/{}", index + before), "path": path}));
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

#[cfg(test)]
mod tests {
    use super::Left;

    #[test]
    fn what_is_left_before_a_place_is_counted() {
        let order = [3, 0, 6, 2, 1, 5, 4];
        let mut list: Vec<usize> = (0..order.len()).collect();
        let mut left = Left::of(order.len());
        for place in order {
            let at = list.iter().position(|other| *other == place).expect("it is left");
            assert_eq!(left.take(place), at, "{place} of {list:?}");
            list.remove(at);
        }
    }
}
