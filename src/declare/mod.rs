//! The edits that declare what a release changes: the version, the entry of `releases.breakingChanges`, the section of the
//! migration guide, the line of the changelog, and the texts of the pull request.
//!
//! What is declared comes from one place, [`crate::release::Draft`], whose lines reports print too. This room finds the
//! files, edits their texts and nothing else in them, and reads the result again before anybody writes it: the new side
//! with its planned files has to pass as declared. It writes nothing itself.

mod diff;
mod files;
mod markdown;
mod metadata;
mod migration;
mod overlay;
mod planner;
mod pull_request;
mod text;
mod toml_edit;
mod yaml;

use chrono::NaiveDate;
use semver::Version;
use thiserror::Error;

use crate::load::Request;
use crate::model::{Bump, Connector, ConnectorReport, Metadata, Outcome, Severity, StateOutcome, Words};
use crate::release::{Draft, breaking, is_only_invalid, version};
use crate::report::{self, Paperwork};
use crate::tree::{Kind, Tree};
use crate::{Options, compare};
use files::Trees;
pub use migration::migration;
use overlay::Place;
use planner::{Planned, Planner};
pub use pull_request::PullRequest;

/// Why nothing can be declared.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DeclareError {
    /// The new side is nothing that can be written to.
    #[error("{0}")]
    Usage(String),
    /// Something that is there cannot be read, or cannot be edited and leave the rest as it is. Each on a line of its own.
    #[error("{}", .0.join("\n"))]
    Input(Vec<String>),
}

/// A file with what it has and what it is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEdit {
    /// How many folders above the connector its path starts.
    pub level: usize,
    /// Its path from there, with `/`.
    pub path: String,
    /// What it has; `None` where it is to be created.
    pub old: Option<String>,
    /// What it is to have.
    pub new: String,
}

impl FileEdit {
    /// The edit as a unified diff, with the path that the file has from where the diff is applied.
    pub fn diff(&self, path: &str) -> String {
        diff::unified(path, self.old.as_deref(), &self.new)
    }
}

/// What is to be done to declare a release.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The version that the release gets, or has.
    pub version: String,
    /// The edits; none where nothing is missing.
    pub edits: Vec<FileEdit>,
    /// What is left to people, and why.
    pub notes: Vec<String>,
    /// Errors of the declaration that are there after the edits too: only people can fix them.
    pub left: Vec<String>,
    /// The section of the migration guide with the file that it belongs in, where that file was not found.
    pub guide: Option<(String, String)>,
    /// The texts of the pull request; `None` where there is nothing to release.
    pub pull_request: Option<PullRequest>,
}

/// What is released, as the texts of the pull request need it.
struct Release<'r> {
    name: &'r str,
    version: &'r str,
    bump: Bump,
    paperwork: Option<&'r Paperwork>,
    additions: &'r [Words],
    deadline: Option<metadata::Deadline>,
}

/// Plans what declares the change from an old side to a new one.
///
/// `request` is what the new side was read from, and `options` what the sides are compared with.
///
/// # Errors
/// The new side is no folder with a `metadata.yaml`; a side cannot be read; a file cannot be edited and leave the rest of
/// it as it is.
pub fn plan(
    old: &Connector,
    new: &Connector,
    request: &Request,
    options: &Options,
    today: NaiveDate,
) -> Result<Plan, DeclareError> {
    let (metadata, trees) = writable(new, &*request.tree)?;
    let metadata_place: Place = (0, metadata.document.file.clone());
    // Read before anything is said of it: what a merge left behind is no YAML.
    let metadata_file = trees.read(&metadata_place)?.ok_or_else(|| {
        DeclareError::Usage(format!("{} is not a file of NEW", trees.shown(&metadata_place)))
    })?;
    let report = compare(old, new, options);
    check(&report)?;
    let mut planner = Planner::new(trees);
    let draft = Draft::of_break(&report).map(|draft| draft.with_metadata(metadata));
    let released = released(metadata, &planner.trees.shown(&metadata_place))?;
    let version = target(&report, metadata, &released)?;
    let draft = draft.map(|draft| Draft {
        // Airbyte asks for an entry of every major version, whatever was declared on the way to it.
        entry: draft.entry.filter(|_| !is_major(&version)),
        version: Some(version.to_string()),
        ..draft
    });
    let paperwork = draft.map(|draft| Paperwork::of(&report, draft));
    let additions = report::additions(&report);
    let before = report.old.as_ref().and_then(|old| old.version.as_deref());
    let moved = version::actual(before, Some(&version.to_string()));
    if before.is_none() {
        let message =
            format!("the version of OLD is not known: whether {version} moved far enough is left to you");
        planner.notes.push(message);
    }
    let is_later =
        before.and_then(|before| Version::parse(before.trim()).ok()).is_some_and(|before| version > before);
    let is_release = paperwork.is_some() || is_later;

    let text = metadata::edited(
        &metadata_file.text,
        &metadata::Declared {
            metadata,
            old_version: old.version.as_deref(),
            version: &version.to_string(),
            paperwork: paperwork.as_ref(),
            unsafe_downgrade: unsafe_downgrade(&report, &version),
            today,
        },
    );
    let text = text.map_err(|error| {
        let shown = planner.trees.shown(&metadata_place);
        DeclareError::Input(vec![format!("{shown}:{}: {}", error.line, error.message)])
    })?;
    planner.edit(metadata_place, Some(metadata_file.mark), Some(metadata_file.text), text);
    if is_release {
        let earlier = [Some(released.to_string()), old.version.clone()];
        planner.pyproject(&version, earlier.clone())?;
        planner.repeated(&version, earlier)?;
        planner.docs(new, &report, &version, paperwork.as_ref(), &additions, today)?;
    }
    let planned = planner.verified(old, request, options, paperwork.is_some())?;
    let deadline = paperwork.as_ref().and_then(|paperwork| metadata::deadline(&planned, paperwork));
    let name = metadata.data["name"].as_str().unwrap_or(&report.name);
    let version = version.to_string();
    let release = Release {
        name,
        version: &version,
        bump: moved.unwrap_or(Bump::None),
        paperwork: paperwork.as_ref(),
        additions: &additions,
        deadline,
    };
    let pull_request = is_release.then(|| PullRequest::of(&planned.report, &release));
    let Planner { edits, mut notes, guide, .. } = planner;
    notes.extend(open(&planned.report));
    let left = left(&planned.report);
    let edits =
        edits.into_iter().map(|((level, path), (old, new))| FileEdit { level, path, old, new }).collect();
    Ok(Plan { version, edits, notes, left, guide, pull_request })
}

/// The metadata of a side that can be written to. `named` is what the user named: an archive is read as a folder, and is
/// none.
fn writable<'c>(new: &'c Connector, named: &dyn Tree) -> Result<(&'c Metadata, Trees), DeclareError> {
    let usage = |message: String| Err(DeclareError::Usage(message));
    let source = &new.source;
    let Some(tree) = new.tree.as_ref().filter(|_| !new.is_absent) else {
        return usage("NEW has no connector: there is nothing to declare".to_owned());
    };
    if !matches!(named.kind(""), Ok(Kind::Folder)) {
        return usage(format!(
            "NEW ({source}) is one file: expected the folder of a connector, whose files are edited"
        ));
    }
    let trees = Trees::of(tree, new.limits);
    match &new.metadata {
        Some(metadata) if metadata.wrapped && metadata.document.file == "metadata.yaml" => {
            Ok((metadata, trees))
        }
        Some(metadata) => usage(format!(
            "NEW ({source}) has its metadata in {}: expected a metadata.yaml with the keys under data",
            metadata.document.file
        )),
        None => {
            // What cannot be read says why, and where.
            trees.read(&(0, "metadata.yaml".to_owned()))?;
            let errors: Vec<String> = new.errors.iter().map(ToString::to_string).collect();
            match errors.is_empty() {
                false => Err(DeclareError::Input(errors)),
                true => usage(format!(
                    "NEW ({source}) has no metadata.yaml: expected one, where a release is declared"
                )),
            }
        }
    }
}

/// Checks that the sides were read as a whole, and that the new one starts.
fn check(report: &ConnectorReport) -> Result<(), DeclareError> {
    let input = |messages: Vec<String>| Err(DeclareError::Input(messages));
    if !report.errors.is_empty() {
        let error = |error: &crate::model::ReportError| {
            let line = error.line.map(|line| format!(":{line}")).unwrap_or_default();
            format!("{} side: {}{line}: {}", error.side, error.file, error.message)
        };
        return input(report.errors.iter().map(error).collect());
    }
    if report.verdict.outcome == Outcome::Inconclusive {
        return input(vec![
            "the sides have nothing in common to compare: there is nothing to declare".to_owned(),
        ]);
    }
    let found = breaking(report);
    if is_only_invalid(&found) {
        let faults =
            found.iter().map(|finding| format!("the new version does not start: {}", finding.effect));
        let advice = "a connector that does not start is to be fixed, and not to be declared".to_owned();
        return input(faults.chain([advice]).collect());
    }
    Ok(())
}

/// The version that the new side has.
fn released(metadata: &Metadata, shown: &str) -> Result<Version, DeclareError> {
    let wrong = |found: &str| {
        DeclareError::Input(vec![format!(
            "{shown}: expected a dockerImageTag such as 1.2.3, found {found}: write it first"
        )])
    };
    let text = metadata.version().ok_or_else(|| wrong("none"))?;
    Version::parse(text.trim()).map_err(|_| wrong(text))
}

/// The version to release: the one that is there where it moved far enough, the lowest that is declared already and
/// would, or the lowest that does.
fn target(
    report: &ConnectorReport,
    metadata: &Metadata,
    released: &Version,
) -> Result<Version, DeclareError> {
    let verdict = &report.verdict;
    let old = report.old.as_ref().and_then(|old| old.version.as_deref());
    // Airbyte's checks ask for a new version of whatever is built from other files.
    let required = match (verdict.required_bump, verdict.build_changed) {
        (Bump::None, Some(true)) => Bump::Patch,
        (required, _) => required,
    };
    let before = old.and_then(|old| Version::parse(old.trim()).ok());
    // Airbyte takes no release candidate of a major version: a break is released as the version itself.
    let breaks = verdict.outcome == Outcome::Breaking;
    let released = match breaks && released.pre.contains("rc") && is_major(released) {
        true => &Version::new(released.major, 0, 0),
        false => released,
    };
    let (Some(actual), Some(before)) = (verdict.actual_bump, before) else { return Ok(released.clone()) };
    let is_seen = verdict.required_bump > Bump::None;
    // Of what nobody can feel any later version will do, the next release candidate too.
    if required == Bump::None || actual >= required || !is_seen && *released > before {
        return Ok(released.clone());
    }
    let is_enough = |key: &&str| version::actual(old, Some(key)).is_some_and(|bump| bump >= required);
    let entries = metadata.breaking_changes();
    let declared = entries.iter().map(|entry| entry.version.as_str()).filter(is_enough);
    let declared = declared.filter_map(|key| Version::parse(key).ok()).min();
    let declared = declared.filter(|_| breaks);
    if let (false, Some(candidate)) = (is_seen, next_candidate(before)) {
        return Ok(candidate);
    }
    let minimum = || version::minimum(old, required).and_then(|text| Version::parse(&text).ok());
    declared.or_else(minimum).ok_or_else(|| {
        DeclareError::Input(vec![
            "no version can be made of the old one: write dockerImageTag first".to_owned(),
        ])
    })
}

/// Whether a version is N.0.0 or a candidate of it.
fn is_major(version: &Version) -> bool {
    version.major > 0 && (version.minor, version.patch) == (0, 0)
}

/// The release candidate after one: a candidate is promoted by people.
fn next_candidate(mut version: Version) -> Option<Version> {
    let (head, number) = version.pre.as_str().rsplit_once('.')?;
    let next = number.parse::<u64>().ok()?.checked_add(1)?;
    version.pre = semver::Prerelease::new(&format!("{head}.{next}")).ok()?;
    Some(version)
}

/// What is said to those who put the old version back, where it does not read what the new one saves.
fn unsafe_downgrade(report: &ConnectorReport, version: &Version) -> Option<String> {
    if report.verdict.rollback_safe != Some(false) {
        return None;
    }
    let old = report.old.as_ref()?.version.as_deref()?;
    let is_harm = |outcome: StateOutcome| outcome.is_harm();
    let streams: Vec<String> = report
        .states
        .iter()
        .filter(|state| is_harm(state.back.outcome))
        .map(|state| report::line(&Words::code(state.stream.to_string())))
        .collect();
    let old = report::plain_name(old);
    let (what, then) = match streams.as_slice() {
        [] => {
            (format!("the settings that {version} saves"), "Edit the settings after a downgrade.".to_owned())
        }
        [one] => {
            (format!("the state that {version} saves of {one}"), format!("Clear {one} after a downgrade."))
        }
        names if names.len() <= 5 => {
            let names = names.join(", ");
            (
                format!("the state that {version} saves of {names}"),
                format!("Clear {names} after a downgrade."),
            )
        }
        names => (
            format!("the state that {version} saves of {} streams", names.len()),
            "Clear them after a downgrade.".to_owned(),
        ),
    };
    Some(format!("Version {old} cannot read {what}. {then}"))
}

/// The errors that a report has still.
fn left(report: &ConnectorReport) -> Vec<String> {
    let errors = report.problems.iter().filter(|one| one.level == Severity::Error && one.waived.is_none());
    errors.map(|problem| problem.message.clone()).collect()
}

/// What a report leaves to review.
fn open(report: &ConnectorReport) -> Option<String> {
    match report.summary.review {
        0 => None,
        1 => {
            Some("1 finding is left to review and is not declared: connector-diff check shows it".to_owned())
        }
        open => Some(format!(
            "{open} findings are left to review and are not declared: connector-diff check lists them"
        )),
    }
}
