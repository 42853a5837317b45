//! Possible renames: something that is gone beside something new that looks like it.
//!
//! A rename is never certain, so it is a note on the removal and on the addition and changes no level. Each pair
//! comes with its similarity: of the names for fields of one type below one parent, of the field names for streams.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::{CatalogChange, Change, Delta, SpecChange};
use crate::model::{Finding, Related, RelatedKind};

/// Names less alike than this are no rename.
const LEAST_SIMILARITY: f64 = 0.7;

/// More candidates than this below one parent are not paired: comparing all with all would take too long, and a
/// rename among hundreds is a guess.
const MOST_CANDIDATES: usize = 60;

/// Adds possible renames to the findings. `deltas` are the differences in the findings' order.
pub(super) fn annotate(findings: &mut [Finding], deltas: &[Delta]) {
    let mut groups: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (index, delta) in deltas.iter().enumerate() {
        let (is_removed, what) = match &delta.change {
            Change::Catalog(CatalogChange::FieldRemoved) => (true, "field"),
            Change::Catalog(CatalogChange::FieldAdded) => (false, "field"),
            Change::Catalog(CatalogChange::StreamRemoved(_)) => (true, "stream"),
            Change::Catalog(CatalogChange::StreamAdded) => (false, "stream"),
            Change::Spec(SpecChange::PropertyRemoved { .. }) => (true, "property"),
            Change::Spec(SpecChange::PropertyAdded { .. }) => (false, "property"),
            _ => continue,
        };
        let parent = delta.field.split_last().map(|(_, parent)| parent.to_vec()).unwrap_or_default();
        let stream = if what == "stream" { None } else { delta.stream.as_ref() };
        let key = serde_json::json!([what, stream, parent, delta.branch]).to_string();
        let group = groups.entry(key).or_default();
        if is_removed { group.0.push(index) } else { group.1.push(index) }
    }
    for (removed, added) in groups.into_values() {
        if removed.len().max(added.len()) > MOST_CANDIDATES {
            continue;
        }
        for (from, to, similarity) in pairs(&removed, &added, deltas) {
            let note = |kind, other: &Delta| Related {
                kind,
                stream: other
                    .field
                    .is_empty()
                    .then(|| other.stream.as_ref().map(|stream| stream.name.clone()))
                    .flatten(),
                field: other.field.clone(),
                similarity,
            };
            findings[from].related.push(note(RelatedKind::RenamedTo, &deltas[to]));
            findings[to].related.push(note(RelatedKind::RenamedFrom, &deltas[from]));
        }
    }
}

/// The likeliest pairs, each side at most once.
fn pairs(removed: &[usize], added: &[usize], deltas: &[Delta]) -> Vec<(usize, usize, f64)> {
    let mut candidates: Vec<(usize, usize, f64)> = Vec::new();
    for &from in removed {
        for &to in added {
            let similarity = similarity(&deltas[from], &deltas[to]);
            if similarity >= LEAST_SIMILARITY {
                candidates.push((from, to, similarity));
            }
        }
    }
    candidates.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)).then(a.1.cmp(&b.1)));
    let mut used = BTreeSet::new();
    candidates.retain(|(from, to, _)| {
        let free = !used.contains(from) && !used.contains(to);
        if free {
            used.extend([*from, *to]);
        }
        free
    });
    candidates.sort_by_key(|(from, to, _)| (*from, *to));
    candidates
}

/// From 0 to 1, by name; values of different types are not alike.
fn similarity(from: &Delta, to: &Delta) -> f64 {
    let name = |delta: &Delta| {
        delta
            .field
            .last()
            .cloned()
            .or_else(|| delta.stream.as_ref().map(|stream| stream.name.clone()))
            .unwrap_or_default()
    };
    let kind =
        |value: &Option<serde_json::Value>| value.as_ref().and_then(|value| value.get("type").cloned());
    if kind(&from.old) != kind(&to.new) {
        return 0.0;
    }
    let (old, new) = (name(from), name(to));
    let similarity = strsim::normalized_levenshtein(&old, &new).max(strsim::jaro_winkler(&old, &new) - 0.1);
    (similarity * 100.0).round() / 100.0
}
