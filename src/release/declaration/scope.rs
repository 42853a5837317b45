//! Whom entries warn, against whom the release breaks.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Found, Subject, version};
use super::{Declared, Release, Standing, declared_streams, entry_path, list};
use crate::model::{
    Artifact, BreakingChangeEntry, Bump, Connector, CoverageStatus, Declaration, DeclaredScope, Finding,
    Level, RelatedKind, Scope, Severity,
};
use crate::rules::release as checks;
use crate::suggest::nearest;

/// What is wrong with whom the entries of the release warn.
pub(super) fn problems(release: &Release<'_>, declared: &[Declared<'_>]) -> Vec<Found> {
    let mut problems = coverage(release);
    problems.extend(named_streams(release, declared));
    problems.extend(narrower(release));
    problems.extend(ambiguous(release));
    problems
}

/// Whether the entries warn everyone who breaks, as far as that is known.
fn coverage(release: &Release<'_>) -> Vec<Found> {
    let Release { verdict, entries, new, .. } = release;
    let about = release.subject();
    let metadata = new.metadata.as_ref();
    let last = entries.last().map(|entry| entry.version.as_str());
    let scope = entry_path(last.unwrap_or_default(), &["scopedImpact"]);
    match verdict.declaration {
        Declaration::Missing => {
            let version = verdict.minimum_version.as_deref().unwrap_or("this release");
            let message = format!(
                "releases.breakingChanges has no entry for {version}: users are upgraded without a warning"
            );
            let about = about.streams(&verdict.scope.streams);
            let missing = Found::new(&checks::meta_breaking_entry_missing::CHECK, about, message);
            vec![missing.at_key(metadata, &["releases", "breakingChanges"])]
        }
        Declaration::Incomplete if entries.iter().all(|entry| entry.scope == DeclaredScope::Nobody) => {
            let message = format!("the entry {} warns nobody of what breaks", last.unwrap_or_default());
            let nobody = Found::new(&checks::meta_entry_warns_nobody::CHECK, about, message);
            vec![nobody.at_key(metadata, &scope[..3])]
        }
        Declaration::Incomplete => {
            let global = verdict.scope.everyone.then(|| {
                let message =
                    "scopedImpact names streams, and a break is not limited to streams: drop it".to_owned();
                Found::new(&checks::meta_scope_with_global_finding::CHECK, about.clone(), message)
            });
            let missed: Vec<&str> = verdict.undeclared_streams.iter().map(String::as_str).collect();
            let missing = (!missed.is_empty()).then(|| {
                let message = format!("scopedImpact leaves out streams that break: {}", missed.join(", "));
                Found::new(&checks::meta_scope_misses_stream::CHECK, about.clone().streams(missed), message)
            });
            global.into_iter().chain(missing).map(|found| found.at_key(metadata, &scope)).collect()
        }
        Declaration::Open => {
            let files: Vec<&str> = verdict.scope.unlisted_streams_of.iter().map(String::as_str).collect();
            let message = format!(
                "scopedImpact covers the streams that are known to break; others may be built from {}",
                files.join(", ")
            );
            let open = Found::new(&checks::meta_scope_not_known::CHECK, about.values(files), message);
            vec![open.at_key(metadata, &scope)]
        }
        Declaration::Unmatched => {
            let entry = last.unwrap_or_default();
            let open = release.summary.review;
            let message = match open {
                0 => format!(
                    "no file here shows what the entry {entry} declares: explain it in the pull request, or drop it"
                ),
                1 => format!(
                    "no file here proves what the entry {entry} declares; the finding to review may be it"
                ),
                _ => format!(
                    "no file here proves what the entry {entry} declares; one of the {open} findings to review may be it"
                ),
            };
            let message = format!("{message}{}", too_small(release, entry));
            let unmatched = Found::new(&checks::meta_entry_without_finding::CHECK, about, message);
            vec![unmatched.at_key(metadata, &scope[..3])]
        }
        _ => Vec::new(),
    }
}

/// That the version of an entry is too small a step for a break, where it is.
fn too_small(release: &Release<'_>, entry: &str) -> String {
    let old = release.old.version.as_deref();
    let needed = version::shifted(Bump::Major, old, Bump::Minor).max(release.verdict.bump_if_confirmed);
    match (version::actual(old, Some(entry)), version::minimum(old, needed)) {
        (Some(made), Some(fits)) if made < needed => {
            format!("; {entry} is too small a step for a break, which needs {fits}")
        }
        _ => String::new(),
    }
}

/// The streams of a side, by name, and whether they are all of them.
fn streams(connector: &Connector, is_whole: bool) -> (BTreeSet<&str>, bool) {
    let listed = connector.catalog.iter().flat_map(|catalog| &catalog.streams);
    (listed.map(|stream| &*stream.id.name).collect(), is_whole)
}

/// The streams that an entry names and that no user has, or that break for nobody.
fn named_streams(release: &Release<'_>, declared: &[Declared<'_>]) -> Vec<Found> {
    let catalog = release.judgement.coverage.iter().find(|coverage| coverage.artifact == Artifact::Catalog);
    let whole = |status: fn(&crate::model::Coverage) -> CoverageStatus| {
        catalog.is_some_and(|coverage| status(coverage) == CoverageStatus::Complete)
    };
    let (before, all_before) = streams(release.old, whole(|coverage| coverage.old));
    let (after, all_after) = streams(release.new, whole(|coverage| coverage.new));
    let touched = (all_before && all_after).then(|| touched(release)).flatten();
    let old_names = old_names(release);
    // Of more names than people mistype, the nearest is not looked for.
    const MOST_MISTYPED: usize = 20;
    let mut found = Vec::new();
    for entry in declared.iter().filter(|entry| entry.standing != Standing::Published) {
        let DeclaredScope::Streams(names) = DeclaredScope::of(entry.value) else { continue };
        let at = |check, level, about: &str, message: String| {
            let about = release.subject().streams([about]).values([entry.key]);
            let found = Found { level, ..Found::new(check, about, message) };
            found.at_key(release.new.metadata.as_ref(), &entry_path(entry.key, &["scopedImpact"]))
        };
        let mut harmless = Vec::new();
        // Of an entry that users were told of, only what an edit adds is this release's doing.
        let was = match entry.standing {
            Standing::Edited => published_streams(release.old, entry.key),
            _ => BTreeSet::new(),
        };
        let names: BTreeSet<&str> =
            names.iter().filter(|name| !was.contains(*name)).map(String::as_str).collect();
        for name in names {
            if before.contains(name) {
                if touched.as_ref().is_some_and(|touched| !touched.contains(name)) {
                    harmless.push(name);
                }
            } else if let Some(was) = old_names.get(name) {
                let message = format!(
                    "scopedImpact names {name}, which users know as {was}: the platform looks for the old name"
                );
                found.push(at(&checks::meta_scope_uses_new_name::CHECK, Severity::Error, name, message));
            } else {
                let near =
                    (found.len() < MOST_MISTYPED).then(|| nearest(name, before.iter().copied())).flatten();
                // Where not every stream is known, another name may be one.
                if !all_before && (after.contains(name) || near.is_none()) {
                    continue;
                }
                let why = match near {
                    _ if after.contains(name) => "is new in this version: no user has it yet".to_owned(),
                    Some(near) => format!("is no stream: did you mean {near}?"),
                    None => format!("is no stream: expected one of {}", list(before.iter().copied())),
                };
                let level = if all_before { Severity::Error } else { Severity::Warning };
                let message = format!("scopedImpact names {name}, which {why}");
                found.push(at(&checks::meta_scope_unknown_stream::CHECK, level, name, message));
            }
        }
        if !harmless.is_empty() {
            let message = format!(
                "scopedImpact names streams that nothing found here breaks: {}; say in the pull request what does, or \
                 drop them",
                list(harmless.iter().copied())
            );
            found.push(at(
                &checks::meta_scope_too_wide::CHECK,
                Severity::Warning,
                &harmless.join(", "),
                message,
            ));
        }
    }
    found
}

/// The streams that the old metadata names in an entry.
fn published_streams(old: &Connector, key: &str) -> BTreeSet<String> {
    let entry = old.metadata.as_ref().map(|metadata| &metadata.data["releases"]["breakingChanges"][key]);
    match entry.map(DeclaredScope::of) {
        Some(DeclaredScope::Streams(names)) => names.into_iter().collect(),
        _ => BTreeSet::new(),
    }
}

/// The streams that something found here may break, where that is known and something breaks.
fn touched<'r>(release: &Release<'r>) -> Option<BTreeSet<&'r str>> {
    let Release { verdict, judgement, .. } = release;
    let is_known = !verdict.code_unread && judgement.unjudged.is_empty();
    if !is_known || release.breaking.is_empty() || !verdict.scope.unlisted_streams_of.is_empty() {
        return None;
    }
    let mut touched = BTreeSet::new();
    for finding in judgement.findings.iter().filter(|finding| may_break(finding)) {
        if finding.scope.everyone {
            return None;
        }
        touched.extend(finding.scope.streams.iter().map(String::as_str));
    }
    Some(touched)
}

/// Whether a finding may break users. What a stream asks for may do so in a way that no file shows.
fn may_break(finding: &Finding) -> bool {
    finding.level <= Level::Review || finding.rule == "behaviour"
}

/// The names that users know renamed streams by, by their new names.
fn old_names<'r>(release: &Release<'r>) -> BTreeMap<&'r str, &'r str> {
    let mut names = BTreeMap::new();
    for finding in release.breaking {
        let Some(stream) = &finding.stream else { continue };
        for related in finding.related.iter().filter(|related| related.kind == RelatedKind::RenamedTo) {
            if let Some(name) = related.stream.as_deref().filter(|_| related.field.is_empty()) {
                names.insert(name, &*stream.name);
            }
        }
    }
    names
}

/// Entries that warn everyone, where only users of some streams break.
fn narrower(release: &Release<'_>) -> Option<Found> {
    let Release { verdict, entries, .. } = release;
    let scope = &verdict.scope;
    let everyone = entries.iter().rev().find(|entry| entry.scope == DeclaredScope::Everyone)?;
    let may_reach_others = release.judgement.findings.iter().any(|finding| {
        may_break(finding) && (finding.scope.everyone || !finding.scope.streams.is_subset(&scope.streams))
    });
    let is_known = !scope.everyone && scope.unlisted_streams_of.is_empty() && !scope.streams.is_empty();
    if release.breaking.is_empty() || !is_known || may_reach_others || verdict.code_unread {
        return None;
    }
    let names = scope.streams.iter().map(String::as_str);
    let message = format!(
        "the entry {} warns everyone, and only users of these streams break: {}",
        everyone.version,
        list(names.clone())
    );
    let about = release.subject().streams(names);
    let found = Found::new(&checks::meta_scope_too_wide::CHECK, about, message);
    Some(found.at_key(release.new.metadata.as_ref(), &entry_path(&everyone.version, &[])))
}

/// A name of the scope that stands for more than one stream.
fn ambiguous(release: &Release<'_>) -> Option<Found> {
    let Release { verdict, entries, old, new, .. } = release;
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
        if named.contains(&*stream.id.name) {
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
