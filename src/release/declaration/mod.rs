//! What a release declares, held against what breaks and against what Airbyte's own checks demand of it.
//!
//! An entry of `releases.breakingChanges` that was published is what its users were told; nobody can act on what is wrong
//! with it. So the checks are of entries that the release brings or edits ([`Standing`]).
//!
//! Sources: Airbyte's pages on breaking changes and on `metadata.yaml`, and its checks of connectors
//! (airbyte-internal-ops 0.132.0). An entry of the registry is published as a whole, and the registry adds keys of its own, so
//! that only the version and what breaks are held against it. Where such a check refuses what is right, or crashes on it, the message says so.

mod docs;
mod entry;
mod files;
mod published;
mod schema;
mod scope;
mod version;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::Value;

use super::version::{base, lies_between};
use super::{Found, Subject};
use crate::judge::Judgement;
use crate::model::{
    BreakingChangeEntry, Connector, Declaration, DeclaredScope, Finding, Metadata, Scope, Severity, Summary,
    Verdict,
};
pub(super) use docs::guided;
pub(super) use published::problems as published;

/// The entries that this release brings: those after the old version and up to the new one.
pub(super) fn entries(old: &Connector, new: &Connector) -> Vec<BreakingChangeEntry> {
    let (before, after) = (old.version.as_deref(), new.version.as_deref());
    // A connector that was added warns nobody of what it was before.
    let Some(metadata) = new.metadata.as_ref().filter(|_| !old.is_absent) else { return Vec::new() };
    metadata
        .breaking_changes()
        .into_iter()
        .filter(|entry| lies_between(&entry.version, before, after))
        .collect()
}

/// Whom the entries reach together: `None` for everyone.
pub(super) fn declared_streams(entries: &[BreakingChangeEntry]) -> Option<BTreeSet<&str>> {
    let mut streams = BTreeSet::new();
    for entry in entries {
        match &entry.scope {
            DeclaredScope::Everyone => return None,
            DeclaredScope::Streams(names) => streams.extend(names.iter().map(String::as_str)),
            DeclaredScope::Nobody => {}
        }
    }
    Some(streams)
}

/// The streams of a scope that no entry names.
pub(super) fn left_out(entries: &[BreakingChangeEntry], scope: &Scope) -> BTreeSet<String> {
    let declared = declared_streams(entries).unwrap_or_default();
    scope.streams.iter().filter(|stream| !declared.contains(stream.as_str())).cloned().collect()
}

/// The streams of what may break that entries leave out; none where no entry is limited to streams.
pub(super) fn left_out_if_confirmed(entries: &[BreakingChangeEntry], open: &Scope) -> BTreeSet<String> {
    let declared = declared_streams(entries).filter(|declared| !declared.is_empty());
    declared.map(|_| left_out(entries, open)).unwrap_or_default()
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
    let declares = entries.iter().any(|entry| entry.scope != DeclaredScope::Nobody);
    match (breaking.is_empty(), entries.is_empty()) {
        (true, _) if !declares => Declaration::NotNeeded,
        // A break that the policy makes milder is there all the same.
        (true, _) if lowered => Declaration::Complete,
        (true, _) => Declaration::Unmatched,
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

/// A release and what was found of it.
pub(super) struct Release<'a> {
    pub(super) old: &'a Connector,
    pub(super) new: &'a Connector,
    pub(super) judgement: &'a Judgement,
    pub(super) verdict: &'a Verdict,
    pub(super) summary: &'a Summary,
    /// What [`entries`] gives.
    pub(super) entries: &'a [BreakingChangeEntry],
    /// What breaks, waived findings aside.
    pub(super) breaking: &'a [&'a Finding],
    /// Whether the only break is that the connector does not load: it is to be mended and not to be declared.
    pub(super) is_only_invalid: bool,
    /// The day that deadlines are counted from.
    pub(super) today: Option<NaiveDate>,
}

/// How an entry came to stand in the new metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// The release brings it, or is the version that it was written for.
    New,
    /// It was published, and is edited.
    Edited,
    /// It was published as it is.
    Published,
}

/// An entry as it stands, with how it came to.
#[derive(Clone, Copy)]
struct Declared<'a> {
    key: &'a str,
    value: &'a Value,
    standing: Standing,
}

impl<'a> Release<'a> {
    /// The release as what a problem is about.
    fn subject(&self) -> Subject {
        Subject::release(self.new)
    }

    /// Every entry of the new metadata.
    fn declared(&self) -> Vec<Declared<'a>> {
        let metadata = self.new.metadata.iter();
        let declared = metadata.flat_map(Metadata::breaking_change_values);
        declared.map(|(key, value)| Declared { key, value, standing: self.standing(key, value) }).collect()
    }

    fn standing(&self, key: &str, value: &Value) -> Standing {
        match self.standing_in_source(key, value) {
            Standing::New if self.new.metadata.as_ref().is_some_and(|metadata| !metadata.wrapped) => {
                Standing::Published
            }
            standing => standing,
        }
    }

    /// How an entry came to stand in what is to be published.
    fn standing_in_source(&self, key: &str, value: &Value) -> Standing {
        let (before, after) = (self.old.version.as_deref(), self.new.version.as_deref());
        let is_of_release = after.and_then(base).as_deref() == Some(key);
        if is_of_release && before.and_then(base).as_deref() != Some(key) {
            return Standing::New;
        }
        match &self.old.metadata {
            Some(old) => match old.data["releases"]["breakingChanges"].get(key) {
                None => Standing::New,
                Some(was) if was != value => Standing::Edited,
                Some(_) => Standing::Published,
            },
            // What was published before is not known; what lies between the versions was not.
            None if !self.old.is_absent && lies_between(key, before, after) => Standing::New,
            None => Standing::Published,
        }
    }

    /// Whether the version is another than before; `true` where the old one is not known.
    fn is_new_version(&self) -> bool {
        self.new.version.is_some() && self.old.version != self.new.version
    }
}

/// What is wrong with the version, the entries and the pages.
pub(super) fn problems(release: &Release<'_>) -> Vec<Found> {
    let mut problems = Vec::new();
    problems.extend(version::unreadable(release));
    if !release.is_only_invalid {
        problems.extend(version::bump(release));
    }
    let Some(metadata) = &release.new.metadata else { return problems };
    let declared = release.declared();
    if !release.is_only_invalid {
        problems.extend(scope::problems(release, &declared));
    }
    problems.extend(version::problems(release, metadata, &declared));
    problems.extend(schema_faults(release, metadata, &declared));
    problems.extend(entry::problems(release, metadata, &declared));
    problems.extend(docs::problems(release, metadata, &declared));
    problems.extend(files::problems(release, metadata));
    problems
}

/// What the schema refuses in entries that are new or edited, and in what else of `releases` is not as it was.
fn schema_faults(release: &Release<'_>, metadata: &Metadata, declared: &[Declared<'_>]) -> Vec<Found> {
    if !metadata.wrapped {
        return Vec::new();
    }
    // A key without a value is null, which is no absent key to the schema.
    let Some(releases) = metadata.data.get("releases") else { return Vec::new() };
    let was = release.old.metadata.as_ref().and_then(|old| old.data.get("releases"));
    let is_published = |entry: &&Declared<'_>| entry.standing == Standing::Published;
    let published: BTreeSet<&str> = declared.iter().filter(is_published).map(|entry| entry.key).collect();
    let is_old = |path: &[String]| match path {
        [] => Some(releases) == was,
        [part, key, ..] if part == "breakingChanges" => published.contains(key.as_str()),
        [part, ..] => was.is_some_and(|was| releases.get(part) == was.get(part)),
    };
    let faults = schema::faults(releases, &metadata.dates_below("releases"))
        .into_iter()
        .filter(|fault| !is_old(&fault.path));
    faults
        .map(|fault| {
            let path: Vec<&str> =
                std::iter::once("releases").chain(fault.path.iter().map(String::as_str)).collect();
            let message = format!("{} {}", path.join("."), fault.message);
            let about = release.subject().values(path.iter().copied().chain([fault.message.as_str()]));
            let found = Found::new(&checks::meta_releases_invalid::CHECK, about, message);
            found.at_key(Some(metadata), &path)
        })
        .collect()
}

use crate::rules::release as checks;

/// An entry by its key, for messages.
fn entry_path<'k>(key: &'k str, more: &[&'k str]) -> Vec<&'k str> {
    ["releases", "breakingChanges", key].into_iter().chain(more.iter().copied()).collect()
}

/// Few names as they are, many with how many more there are.
fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    const MOST: usize = 10;
    let names: Vec<&str> = names.into_iter().collect();
    match names.len().checked_sub(MOST) {
        None | Some(0) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..MOST].join(", ")),
    }
}

/// A finding of this level, unless the circumstances make it milder.
fn at_most(found: Found, level: Severity) -> Found {
    Found { level: found.level.max(level), ..found }
}
