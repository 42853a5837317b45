//! Entries that were published with the old version and are not what they were.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::version::lies_between;
use super::super::{Found, Subject};
use crate::model::{Connector, Metadata};
use crate::rules::release as checks;

/// Entries that were published with the old version and are not what they were.
pub(in crate::release) fn problems(old: &Metadata, new: &Metadata, release: &Connector) -> Vec<Found> {
    let entries = |metadata: &Metadata| metadata.data["releases"]["breakingChanges"].as_object().cloned();
    let (before, after) = (entries(old).unwrap_or_default(), entries(new).unwrap_or_default());
    let is_published = |key: &str| !lies_between(key, old.version(), Some(key));
    let mut found = Vec::new();
    for (key, was) in before.iter().filter(|(key, _)| is_published(key)) {
        let Some(is) = after.get(key) else {
            let message =
                format!("releases.breakingChanges no longer has the entry {key}, which is published");
            let about = Subject::release(release).values([key.as_str()]);
            let removed = Found::new(&checks::meta_entry_removed::CHECK, about, message);
            found.push(removed.at_key(Some(new), &["releases", "breakingChanges"]));
            continue;
        };
        let edited: Vec<&str> = edited_keys(was, is).into_iter().collect();
        if !edited.is_empty() {
            let message = format!("the entry {key} is published, and its {} changed", edited.join(" and "));
            let about = Subject::release(release).values(std::iter::once(key.as_str()).chain(edited));
            let changed = Found::new(&checks::meta_entry_edited::CHECK, about, message);
            found.push(changed.at_key(Some(new), &["releases", "breakingChanges", key]));
        }
    }
    found
}

/// The keys of an entry that differ; how a text is broken into lines is nobody's news.
fn edited_keys(was: &Value, is: &Value) -> BTreeSet<&'static str> {
    let on_one_line = |value: &Value| match value {
        Value::String(text) => Value::from(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        // The order of scopes, and of streams in one, says nothing.
        Value::Array(_) => {
            let mut texts: Vec<String> = listed(value).into_iter().collect();
            texts.sort();
            Value::from(texts)
        }
        other => other.clone(),
    };
    const KEYS: [&str; 4] = ["message", "upgradeDeadline", "deadlineAction", "scopedImpact"];
    KEYS.into_iter().filter(|key| on_one_line(&was[*key]) != on_one_line(&is[*key])).collect()
}

/// Every text in lists and objects, with the keys that lead to it.
fn listed(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(listed).collect(),
        Value::Object(map) => map
            .iter()
            .flat_map(|(key, value)| listed(value).into_iter().map(move |inner| format!("{key} {inner}")))
            .collect(),
        plain => BTreeSet::from([plain.to_string()]),
    }
}
