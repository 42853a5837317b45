//! The `releases.breakingChanges` entries of a release, held against what breaks.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Found, Subject, version};
use crate::model::{
    BreakingChangeEntry, Bump, Connector, Declaration, Finding, Metadata, Outcome, Scope, Severity, Summary,
    Verdict,
};
use crate::rules::release as checks;

/// The entries that this release brings: those after the old version and up to the new one.
pub(super) fn entries(old: &Connector, new: &Connector) -> Vec<BreakingChangeEntry> {
    let (before, after) = (old.version.as_deref(), new.version.as_deref());
    // A connector that was added warns nobody of what it was before.
    let Some(metadata) = new.metadata.as_ref().filter(|_| !old.is_absent) else { return Vec::new() };
    metadata
        .breaking_changes()
        .into_iter()
        .filter(|entry| version::lies_between(&entry.version, before, after))
        .collect()
}

/// Whom the entries reach together: `None` for everyone.
fn declared_streams(entries: &[BreakingChangeEntry]) -> Option<BTreeSet<&str>> {
    let mut streams = BTreeSet::new();
    for entry in entries {
        streams.extend(entry.streams.as_ref()?.iter().map(String::as_str));
    }
    Some(streams)
}

/// How the release declares what breaks. `lowered` says that a break is there which the policy makes milder.
pub(super) fn judge(
    has_metadata: bool,
    entries: &[BreakingChangeEntry],
    breaking: &[&Finding],
    scope: &Scope,
    lowered: bool,
) -> Declaration {
    if !has_metadata {
        return Declaration::Unknown;
    }
    match (breaking.is_empty(), entries.is_empty()) {
        (true, true) => Declaration::NotNeeded,
        // A break that the policy makes milder is there all the same.
        (true, false) if lowered => Declaration::Complete,
        (true, false) => Declaration::Unmatched,
        (false, true) => Declaration::Missing,
        (false, false) => match declared_streams(entries) {
            None => Declaration::Complete,
            Some(_) if scope.everyone => Declaration::Incomplete,
            Some(streams) if scope.streams.iter().all(|stream| streams.contains(stream.as_str())) => {
                if scope.unlisted_streams_of.is_empty() { Declaration::Complete } else { Declaration::Open }
            }
            Some(_) => Declaration::Incomplete,
        },
    }
}

/// What is wrong with the version and the entries. Where the only break is that the connector does not load
/// (`only_invalid`), it is to be fixed and not to be declared.
pub(super) fn problems(
    verdict: &Verdict,
    entries: &[BreakingChangeEntry],
    old: &Connector,
    new: &Connector,
    summary: &Summary,
    only_invalid: bool,
) -> Vec<Found> {
    let mut problems = Vec::new();
    problems.extend(unreadable_version(new));
    if !only_invalid {
        problems.extend(bump(verdict, new, summary));
        problems.extend(entry(verdict, entries, new));
        problems.extend(ambiguous_scope(verdict, entries, old, new));
    }
    problems
}

/// Entries that were published with the old version and are not what they were.
pub(super) fn published(old: &Metadata, new: &Metadata, release: &Connector) -> Vec<Found> {
    let entries = |metadata: &Metadata| metadata.data["releases"]["breakingChanges"].as_object().cloned();
    let (before, after) = (entries(old).unwrap_or_default(), entries(new).unwrap_or_default());
    let is_published = |key: &str| !version::lies_between(key, old.version(), Some(key));
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

fn unreadable_version(new: &Connector) -> Option<Found> {
    let metadata = new.metadata.as_ref()?;
    let message = match metadata.version() {
        None => format!(
            "{} has no dockerImageTag: the bump and the declaration cannot be judged",
            metadata.document.file
        ),
        Some(version) if !version::is_readable(version) => {
            format!("dockerImageTag {version} is not a version such as 1.2.3: the bump cannot be judged")
        }
        Some(_) => return None,
    };
    let found = Found::new(&checks::meta_version_unreadable::CHECK, Subject::release(new), message);
    Some(found.at_key(Some(metadata), &["dockerImageTag"]))
}

fn bump(verdict: &Verdict, new: &Connector, summary: &Summary) -> Option<Found> {
    let version = new.version.as_deref().unwrap_or_default();
    let minimum = verdict.minimum_version.as_deref().unwrap_or_default();
    let actual = verdict.actual_bump?;
    let (check, message) = match actual {
        Bump::None if summary.breaking + summary.safe + summary.review > 0 => (
            &checks::meta_version_not_bumped::CHECK,
            format!(
                "the version is still {version}, and the connector changed: {minimum} is the lowest that fits"
            ),
        ),
        Bump::Downgrade => (
            &checks::meta_version_not_bumped::CHECK,
            format!("the version went down to {version}: {minimum} is the lowest that fits"),
        ),
        actual if actual < verdict.required_bump => (
            &checks::meta_bump_too_small::CHECK,
            format!(
                "the version moved by a {} bump to {version}, and the change needs {}: {minimum} is the lowest that fits",
                actual.name(),
                verdict.required_bump.name(),
            ),
        ),
        _ => return None,
    };
    let mut found = Found::new(check, Subject::release(new).values([actual.name()]), message);
    // Of what breaks nobody the version is advice.
    if verdict.outcome != Outcome::Breaking {
        found.level = Severity::Warning;
    }
    Some(found.at_key(new.metadata.as_ref(), &["dockerImageTag"]))
}

fn entry(verdict: &Verdict, entries: &[BreakingChangeEntry], new: &Connector) -> Vec<Found> {
    let release = Subject::release(new);
    let metadata = new.metadata.as_ref();
    let last = entries.last().map(|entry| entry.version.as_str());
    let scope = ["releases", "breakingChanges", last.unwrap_or_default(), "scopedImpact"];
    match verdict.declaration {
        Declaration::Missing => {
            let version = verdict.minimum_version.as_deref().unwrap_or("this release");
            let message = format!(
                "releases.breakingChanges has no entry for {version}: users are upgraded without a warning"
            );
            let about = release.streams(&verdict.scope.streams);
            let missing = Found::new(&checks::meta_breaking_entry_missing::CHECK, about, message);
            vec![missing.at_key(metadata, &["releases", "breakingChanges"])]
        }
        Declaration::Incomplete => {
            let declared = declared_streams(entries).unwrap_or_default();
            let global = verdict.scope.everyone.then(|| {
                let message =
                    "scopedImpact names streams, and a break reaches every user: drop the scope".to_owned();
                Found::new(&checks::meta_scope_with_global_finding::CHECK, release.clone(), message)
            });
            let streams = verdict.scope.streams.iter().map(String::as_str);
            let missed: Vec<&str> = streams.filter(|stream| !declared.contains(stream)).collect();
            let missing = (!missed.is_empty()).then(|| {
                let message = format!("scopedImpact leaves out streams that break: {}", missed.join(", "));
                Found::new(&checks::meta_scope_misses_stream::CHECK, release.clone().streams(missed), message)
            });
            global.into_iter().chain(missing).map(|found| found.at_key(metadata, &scope)).collect()
        }
        Declaration::Open => {
            let files: Vec<&str> = verdict.scope.unlisted_streams_of.iter().map(String::as_str).collect();
            let message = format!(
                "scopedImpact covers the streams that are known to break; others may be built from {}",
                files.join(", ")
            );
            let open = Found::new(&checks::meta_scope_not_known::CHECK, release.values(files), message);
            vec![open.at_key(metadata, &scope)]
        }
        Declaration::Unmatched => {
            let message = "a breaking change is declared and cannot be confirmed from these files".to_owned();
            let unmatched = Found::new(&checks::meta_entry_without_finding::CHECK, release, message);
            vec![unmatched.at_key(metadata, &scope[..3])]
        }
        _ => Vec::new(),
    }
}

fn ambiguous_scope(
    verdict: &Verdict,
    entries: &[BreakingChangeEntry],
    old: &Connector,
    new: &Connector,
) -> Option<Found> {
    let ambiguous = match verdict.declaration {
        Declaration::Complete | Declaration::Open | Declaration::Incomplete => {
            ambiguous_names(old, entries, &Scope::default())
        }
        Declaration::Missing => ambiguous_names(old, entries, &verdict.scope),
        _ => return None,
    };
    if ambiguous.is_empty() {
        return None;
    }
    let list: Vec<String> =
        ambiguous.iter().map(|(name, spaces)| format!("{name} ({})", spaces.join(", "))).collect();
    let message = format!(
        "scopedImpact takes names without a namespace, and these stand in several: {}",
        list.join(", ")
    );
    let about = Subject::release(new).streams(ambiguous.into_iter().map(|(name, _)| name));
    let found = Found::new(&checks::meta_scope_ambiguous_namespace::CHECK, about, message);
    Some(found.at_key(new.metadata.as_ref(), &["releases", "breakingChanges"]))
}

/// Streams of the scope, declared or found, whose name stands in more than one namespace of the old catalog: the
/// platform looks at the name alone, and warns users of the others too. Each with its namespaces.
fn ambiguous_names<'o>(
    old: &'o Connector,
    entries: &[BreakingChangeEntry],
    scope: &Scope,
) -> Vec<(&'o str, Vec<&'o str>)> {
    let mut named: BTreeSet<&str> = declared_streams(entries).unwrap_or_default();
    if !scope.everyone {
        named.extend(scope.streams.iter().map(String::as_str));
    }
    let mut namespaces: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for stream in old.catalog.iter().flat_map(|catalog| &catalog.streams) {
        if named.contains(stream.id.name.as_str()) {
            let namespace = stream.id.namespace.as_deref().unwrap_or_default();
            namespaces.entry(&stream.id.name).or_default().insert(namespace);
        }
    }
    namespaces
        .into_iter()
        .filter(|(_, namespaces)| namespaces.len() > 1)
        .map(|(name, namespaces)| {
            let list = namespaces.into_iter().map(|space| if space.is_empty() { "none" } else { space });
            (name, list.collect())
        })
        .collect()
}
