//! The `releases.breakingChanges` entries of a release, held against what breaks.

use std::collections::{BTreeMap, BTreeSet};

use super::{problem, version};
use crate::model::{
    BreakingChangeEntry, Bump, Connector, Declaration, Finding, Outcome, Problem, Scope, Severity, Summary,
    Verdict,
};

/// The entries that this release brings: those after the old version and up to the new one.
pub(super) fn entries(old: &Connector, new: &Connector) -> Vec<BreakingChangeEntry> {
    let (before, after) = (old.version.as_deref(), new.version.as_deref());
    let Some(metadata) = &new.metadata else { return Vec::new() };
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
                Declaration::Complete
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
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut say = |rule: &str, level, message: String| problems.push(problem(rule, level, message));
    if let Some(metadata) = &new.metadata {
        match metadata.version() {
            None => say(
                "meta-version-unreadable",
                Severity::Warning,
                format!(
                    "{} has no dockerImageTag: the bump and the declaration cannot be judged",
                    metadata.document.file
                ),
            ),
            Some(version) if !version::is_readable(version) => say(
                "meta-version-unreadable",
                Severity::Warning,
                format!("dockerImageTag {version} is not a version such as 1.2.3: the bump cannot be judged"),
            ),
            Some(_) => {}
        }
    }
    if only_invalid {
        return problems;
    }
    let breaks = verdict.outcome == Outcome::Breaking;
    let version = new.version.as_deref().unwrap_or_default();
    let minimum = verdict.minimum_version.as_deref().unwrap_or_default();
    let level = if breaks { Severity::Error } else { Severity::Warning };
    match verdict.actual_bump {
        Some(Bump::None) if summary.breaking + summary.safe + summary.review > 0 => say(
            "meta-version-not-bumped",
            level,
            format!(
                "the version is still {version}, and the connector changed: {minimum} is the lowest that fits"
            ),
        ),
        Some(Bump::Downgrade) => say(
            "meta-version-not-bumped",
            level,
            format!("the version went down to {version}: {minimum} is the lowest that fits"),
        ),
        Some(actual) if actual < verdict.required_bump => say(
            "meta-bump-too-small",
            level,
            format!(
                "the version moved by a {} bump to {version}, and the change needs {}: {minimum} is the lowest that fits",
                actual.name(),
                verdict.required_bump.name(),
            ),
        ),
        _ => {}
    }
    match verdict.declaration {
        Declaration::Missing => say(
            "meta-breaking-entry-missing",
            Severity::Error,
            format!(
                "releases.breakingChanges has no entry for {}: users are upgraded without a warning",
                if minimum.is_empty() { "this release" } else { minimum },
            ),
        ),
        Declaration::Incomplete => {
            let declared = declared_streams(entries).unwrap_or_default();
            if verdict.scope.everyone {
                say(
                    "meta-scope-with-global-finding",
                    Severity::Error,
                    "scopedImpact names streams, and a break reaches every user: drop the scope".to_owned(),
                );
            }
            let missed: Vec<&str> = verdict
                .scope
                .streams
                .iter()
                .map(String::as_str)
                .filter(|stream| !declared.contains(stream))
                .collect();
            if !missed.is_empty() {
                say(
                    "meta-scope-misses-stream",
                    Severity::Error,
                    format!("scopedImpact leaves out streams that break: {}", missed.join(", ")),
                );
            }
        }
        Declaration::Unmatched => say(
            "meta-entry-without-finding",
            Severity::Warning,
            "a breaking change is declared and cannot be confirmed from these files".to_owned(),
        ),
        _ => {}
    }
    let ambiguous = match verdict.declaration {
        Declaration::Complete | Declaration::Incomplete => ambiguous_names(old, entries, &Scope::default()),
        Declaration::Missing => ambiguous_names(old, entries, &verdict.scope),
        _ => Vec::new(),
    };
    if !ambiguous.is_empty() {
        say(
            "meta-scope-ambiguous-namespace",
            Severity::Warning,
            format!(
                "scopedImpact takes names without a namespace, and these stand in several: {}",
                ambiguous.join(", ")
            ),
        );
    }
    problems
}

/// Streams of the scope, declared or found, whose name stands in more than one namespace of the old catalog: the
/// platform looks at the name alone, and warns users of the others too.
fn ambiguous_names(old: &Connector, entries: &[BreakingChangeEntry], scope: &Scope) -> Vec<String> {
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
            let list: Vec<&str> =
                namespaces.into_iter().map(|space| if space.is_empty() { "none" } else { space }).collect();
            format!("{name} ({})", list.join(", "))
        })
        .collect()
}
