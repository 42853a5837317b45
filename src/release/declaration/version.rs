//! The version of a release: the bump that was made, release candidates, and the versions that entries are written for.

use super::super::version::{self, base, is_candidate, is_later};
use super::super::{Found, Subject};
use super::{Declared, Release, Standing, at_most, entry_path};
use crate::model::{Bump, Declaration, DeclaredScope, Metadata, Outcome, Severity};
use crate::rules::release as checks;

/// A version that is missing, or is none.
pub(super) fn unreadable(release: &Release<'_>) -> Option<Found> {
    let metadata = release.new.metadata.as_ref()?;
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
    let mut found = Found::new(&checks::meta_version_unreadable::CHECK, release.subject(), message);
    // What was published under such a version before is not this release's to mend.
    if release.old.version == release.new.version {
        found.level = Severity::Warning;
    }
    Some(found.at_key(Some(metadata), &["dockerImageTag"]))
}

/// The bump that was made, against the one that the change needs.
pub(super) fn bump(release: &Release<'_>) -> Option<Found> {
    let Release { verdict, summary, new, old, .. } = release;
    let version = new.version.as_deref().unwrap_or_default();
    let minimum = verdict.minimum_version.as_deref().unwrap_or_default();
    let actual = verdict.actual_bump?;
    // Where nothing is known to need a bump, a version that was published cannot carry the change all the same.
    let least = || match version::minimum(old.version.as_deref(), verdict.required_bump.max(Bump::Patch)) {
        Some(least) => format!("{least} is the lowest that fits"),
        None => "raise it".to_owned(),
    };
    let (check, message) = match actual {
        Bump::None if summary.breaking + summary.safe + summary.review > 0 => (
            &checks::meta_version_not_bumped::CHECK,
            format!("the version is still {version}, and the connector changed: {}", least()),
        ),
        Bump::Downgrade => (
            &checks::meta_version_not_bumped::CHECK,
            format!("the version went down to {version}: {}", least()),
        ),
        actual if actual < verdict.required_bump => (
            &checks::meta_bump_too_small::CHECK,
            format!(
                "{version} is a {} bump, and the change needs a {} one: {minimum} is the lowest that fits",
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

/// What is wrong with a version as a release of its kind.
pub(super) fn problems(release: &Release<'_>, metadata: &Metadata, declared: &[Declared<'_>]) -> Vec<Found> {
    let mut problems = Vec::new();
    if release.old.is_absent {
        return problems;
    }
    if release.is_new_version() {
        problems.extend(candidate(release, metadata));
        problems.extend(rollout(release, metadata, declared));
        problems.extend(major_without_entry(release, metadata, declared));
    }
    problems.extend(declared.iter().filter_map(|entry| another_version(release, metadata, entry)));
    problems.extend(unsafe_downgrade(release, metadata, declared));
    problems
}

/// A release candidate of a major version, which the platform does not serve, or one without a rollout.
fn candidate(release: &Release<'_>, metadata: &Metadata) -> Option<Found> {
    let version = metadata.version()?;
    if !is_candidate(version) {
        return None;
    }
    let core = base(version)?;
    let (check, message, path) = if core.ends_with(".0.0") && !core.starts_with("0.") {
        let message = format!(
            "{version} is a release candidate of a major version, which Airbyte does not take: release it as {core}"
        );
        (&checks::meta_major_release_candidate::CHECK, message, ["dockerImageTag"].as_slice())
    } else if metadata.data["releases"]["rolloutConfiguration"]["enableProgressiveRollout"].is_boolean() {
        return None;
    } else {
        let message = format!(
            "{version} is a release candidate, and releases.rolloutConfiguration has no enableProgressiveRollout: \
             set it"
        );
        let path = ["releases", "rolloutConfiguration"].as_slice();
        (&checks::meta_rollout_missing::CHECK, message, path)
    };
    Some(Found::new(check, release.subject(), message).at_key(Some(metadata), path))
}

/// A rollout in steps of a version that an entry declares as breaking.
fn rollout(release: &Release<'_>, metadata: &Metadata, declared: &[Declared<'_>]) -> Option<Found> {
    let path = ["releases", "rolloutConfiguration", "enableProgressiveRollout"];
    let is_enabled = metadata.data[path[0]][path[1]][path[2]] == true;
    let core = metadata.version().and_then(base)?;
    if !is_enabled || !declared.iter().any(|entry| entry.key == core) {
        return None;
    }
    let message = format!(
        "{core} is declared as breaking: enableProgressiveRollout is ignored, and everyone gets it at once"
    );
    let found = Found::new(&checks::meta_rollout_with_breaking::CHECK, release.subject(), message);
    Some(found.at_key(Some(metadata), &path))
}

/// The one connector whose major versions need no entry: `validate_major_version_bump_has_breaking_change_entry` of
/// airbyte-internal-ops 0.132.0 leaves it out.
const NEEDS_NO_ENTRY: &str = "64a2f99c-542f-4af8-9a6f-355f1217b436";

/// A version N.0.0 without an entry of its own. Where a break is found and nothing is declared, that is said already.
fn major_without_entry(
    release: &Release<'_>,
    metadata: &Metadata,
    declared: &[Declared<'_>],
) -> Option<Found> {
    let version = metadata.version()?;
    let core = base(version).filter(|core| core.ends_with(".0.0") && !version.contains('-'))?;
    let is_said = release.verdict.declaration == Declaration::Missing && !release.is_only_invalid;
    let is_exempt = metadata.data["definitionId"] == NEEDS_NO_ENTRY;
    if is_said || is_exempt || declared.iter().any(|entry| entry.key == version) {
        return None;
    }
    let (message, is_theirs) = match (core == version, core.starts_with("0.")) {
        (true, false) => (
            format!("{version} is a major version: Airbyte asks for an entry {version} in breakingChanges"),
            false,
        ),
        (true, true) => (
            format!(
                "Airbyte's check accepts {version} for a major version and asks for an entry, which nobody needs"
            ),
            true,
        ),
        (false, _) => (
            format!(
                "Airbyte's check asks for an entry {version}, and no entry can have such a key: release it as {core}"
            ),
            true,
        ),
    };
    let found = Found::new(&checks::meta_major_without_entry::CHECK, release.subject(), message);
    let found = if is_theirs { at_most(found, Severity::Warning) } else { found };
    Some(found.at_key(Some(metadata), &["releases", "breakingChanges"]))
}

/// An entry that the release brings for a version that is not in it.
fn another_version(release: &Release<'_>, metadata: &Metadata, entry: &Declared<'_>) -> Option<Found> {
    let old = release.old.metadata.as_ref()?;
    let is_new = old.data["releases"]["breakingChanges"].get(entry.key).is_none();
    let (before, after) = (release.old.version.as_deref(), release.new.version.as_deref()?);
    let is_readable = version::is_readable(entry.key) && version::is_readable(after);
    if entry.standing != Standing::New || !is_new || !is_readable {
        return None;
    }
    let key = entry.key;
    let (message, level) = if is_later(key, after) {
        let message =
            format!("the entry {key} is for a later version than this release, {after}: it warns nobody yet");
        (message, Severity::Error)
    } else if !version::lies_between(key, before, Some(after)) && base(after).as_deref() != Some(key) {
        let message = format!(
            "the entry {key} is new, and {key} was published before: its users are warned after the fact"
        );
        (message, Severity::Warning)
    } else {
        return None;
    };
    let about = release.subject().values([key]);
    let found = Found::new(&checks::meta_entry_of_another_version::CHECK, about, message);
    Some(Found { level, ..found }.at_key(Some(metadata), &entry_path(key, &[])))
}

/// A declared break after which the old version cannot be put back, and nothing that says so.
fn unsafe_downgrade(release: &Release<'_>, metadata: &Metadata, declared: &[Declared<'_>]) -> Option<Found> {
    let breaks = release.verdict.outcome == Outcome::Breaking && !release.is_only_invalid;
    let is_declared = release.entries.iter().any(|entry| entry.scope != DeclaredScope::Nobody);
    if !breaks || !is_declared || release.verdict.rollback_safe != Some(false) {
        return None;
    }
    // A patch may bring the entry of the version before it, and either key is what people look for.
    let key = release.entries.last().map(|entry| entry.version.as_str())?;
    let version = metadata.version().and_then(base);
    let unsafe_downgrades = &metadata.data["releases"]["unsafeDowngrades"];
    let is_said = |key: &str| unsafe_downgrades.get(key).is_some();
    let is_called_safe = |entry: &&Declared<'_>| entry.key == key && entry.value["safeToDowngrade"] == true;
    let (says, in_short) = match release.judgement.spec_rolls_back {
        Some(false) => (
            "the old version refuses configs that the new one accepts",
            "the old version refuses new configs",
        ),
        _ => (
            "the old version does not go on from the state that the new one saves",
            "the old version does not go on from new state",
        ),
    };
    let (message, short, path) = if declared.iter().any(|entry| is_called_safe(&entry)) {
        let message = format!("the entry {key} says safeToDowngrade: true, and {says}");
        (message, "safeToDowngrade is wrong", entry_path(key, &["safeToDowngrade"]))
    } else if !is_said(key) && !version.as_deref().is_some_and(is_said) {
        let message = format!("{says}: say so in releases.unsafeDowngrades.{key}");
        (message, "unsafeDowngrades missing", vec!["releases", "unsafeDowngrades"])
    } else {
        return None;
    };
    let found = Found::new(&checks::meta_unsafe_downgrade_undeclared::CHECK, release.subject(), message);
    let found = found.in_short(format!("{short}: {in_short}"));
    Some(found.at_key(Some(metadata), &path))
}
