//! Entries that were published with the old version and are not what they were.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::version::lies_between;
use super::super::{Found, Subject};
use super::list;
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
        let edited = edited_keys(was, is);
        if !edited.is_empty() {
            let said: Vec<String> = edited.iter().map(|key| edit(key, &was[*key], &is[*key])).collect();
            let message = format!("the entry {key} is published, and its {}", said.join(", and its "));
            let about = Subject::release(release).values(std::iter::once(key.as_str()).chain(edited));
            let changed = Found::new(&checks::meta_entry_edited::CHECK, about, message);
            found.push(changed.at_key(Some(new), &["releases", "breakingChanges", key]));
        }
    }
    found
}

/// The keys of an entry that differ; how a text is broken into lines is nobody's news.
fn edited_keys(was: &Value, is: &Value) -> Vec<&'static str> {
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
    const KEYS: [&str; 7] = [
        "message",
        "upgradeDeadline",
        "deadlineAction",
        "scopedImpact",
        "isBreaking",
        "safeToDowngrade",
        "migrationDocumentationUrl",
    ];
    KEYS.into_iter().filter(|key| on_one_line(&was[*key]) != on_one_line(&is[*key])).collect()
}

/// What became of a key, with what it was and is where that is short.
fn edit(key: &str, was: &Value, is: &Value) -> String {
    let short = |value: &Value| match value {
        Value::Null => Some("nothing".to_owned()),
        Value::String(text) if text.chars().count() <= LONGEST => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    };
    if key == "scopedImpact" {
        let streams = |value: &Value| -> BTreeSet<String> {
            let scopes = value.as_array().into_iter().flatten();
            let names = scopes.flat_map(|scope| scope["impactedScopes"].as_array().into_iter().flatten());
            names.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let (before, after) = (streams(was), streams(is));
        let added = list(after.difference(&before).map(String::as_str));
        let removed = list(before.difference(&after).map(String::as_str));
        return match (added.as_str(), removed.as_str()) {
            ("", "") => format!("{key} changed"),
            (added, "") => format!("{key} also names {added}"),
            ("", removed) => format!("{key} no longer names {removed}"),
            (added, removed) => format!("{key} names {added} and no longer {removed}"),
        };
    }
    match (short(was), short(is)) {
        (Some(was), Some(is)) => format!("{key} changed from {was} to {is}"),
        _ => format!("{key} changed"),
    }
}

/// Longer texts are not repeated.
const LONGEST: usize = 40;

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
