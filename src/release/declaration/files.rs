//! The files beside the metadata that a release has to agree with, and the tags that say what the connector is built from.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::Found;
use super::{Release, at_most};
use crate::model::{Connector, Located, Metadata, Pointer, RepeatedKey, Severity};
use crate::rules::release as checks;

/// What of them is wrong.
pub(super) fn problems(release: &Release<'_>, metadata: &Metadata) -> Vec<Found> {
    let mut problems = Vec::new();
    problems.extend(python_version(release, metadata));
    problems.extend(blocked(release));
    problems.extend(tags(release, metadata));
    problems.extend(repeated_keys(release, metadata));
    problems
}

/// Keys of the metadata that stand more than once in their mapping, where that is new.
fn repeated_keys(release: &Release<'_>, metadata: &Metadata) -> Vec<Found> {
    let count = |one: &RepeatedKey| (one.key.clone(), one.earlier.len());
    let old = release.old.metadata.iter().flat_map(|old| &old.written.repeated);
    let before: BTreeSet<(Pointer, usize)> = old.map(count).collect();
    let news = metadata.written.repeated.iter().filter(|one| !before.contains(&count(one)));
    let problem = |one: &RepeatedKey| {
        let shown = one.key.segments().iter().skip(usize::from(metadata.wrapped)).cloned();
        let shown = shown.collect::<Vec<_>>().join(".");
        let file = &metadata.document.file;
        let earlier: Vec<String> = one.earlier.iter().map(|line| format!("{file}:{line}")).collect();
        let earlier = match earlier.as_slice() {
            [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
            lines => lines.concat(),
        };
        let message = format!(
            "{shown} stands at {earlier} too: Python's reader of YAML takes the last value, and what stands there is dropped"
        );
        let place = Located::in_document(metadata.document.clone(), one.key.clone());
        let about = release.subject().values([&shown]);
        let found = Found::new(&checks::meta_key_repeated::CHECK, about, message);
        Found { place: Some(place), ..found }
    };
    news.map(problem).collect()
}

/// What `pyproject.toml` says of the version.
#[derive(Debug)]
enum PythonVersion {
    /// There is no such file.
    Absent,
    /// It is no TOML: why, and the byte that it ends at.
    NotToml(String, usize),
    /// No text stands where Airbyte's check looks.
    None,
    /// The version, and the byte that it starts at. `is_elsewhere` where it is under `[project]`, and not under
    /// `[tool.poetry]`, where Airbyte's check looks.
    Is { version: String, offset: usize, is_elsewhere: bool },
}

impl PythonVersion {
    fn of(connector: &Connector) -> Self {
        let Some(document) = connector.release_files.pyproject.as_deref() else { return Self::Absent };
        let table = match toml::de::DeTable::parse(&document.text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                let offset = error.span().map_or(0, |span| span.start);
                return Self::NotToml(error.message().to_owned(), offset);
            }
        };
        let within = |path: &[&str]| {
            let mut value = table.get(*path.first()?)?;
            for key in &path[1..] {
                value = value.get_ref().as_table()?.get(*key)?;
            }
            Some((value.get_ref().as_str()?.to_owned(), value.span().start))
        };
        match (within(&["tool", "poetry", "version"]), within(&["project", "version"])) {
            (Some((version, offset)), _) => Self::Is { version, offset, is_elsewhere: false },
            (None, Some((version, offset))) => Self::Is { version, offset, is_elsewhere: true },
            (None, None) => Self::None,
        }
    }

    /// What keeps Airbyte's check from a version, with the byte that it is told at.
    fn fault(&self) -> Option<(String, usize)> {
        match self {
            Self::Absent => {
                Some(("pyproject.toml is missing: Airbyte's check looks for the version there".to_owned(), 0))
            }
            Self::NotToml(why, offset) => {
                let why = why.trim_end().replace('\n', ", ");
                Some((format!("this is no TOML, and so Airbyte's check finds no version: {why}"), *offset))
            }
            Self::None => Some((
                "there is no version under [tool.poetry], where Airbyte's check looks for it".to_owned(),
                0,
            )),
            Self::Is { version, offset, is_elsewhere: true } => Some((
                format!(
                    "the version {version} is under [project]: Airbyte's check looks for it under [tool.poetry]"
                ),
                *offset,
            )),
            Self::Is { .. } => None,
        }
    }

    fn version(&self) -> Option<(&str, usize)> {
        match self {
            Self::Is { version, offset, .. } => Some((version, *offset)),
            _ => None,
        }
    }
}

/// Whether the tags call it a connector in Python; where none names a language, those of another version do.
fn is_python(metadata: &Metadata, other: Option<&Metadata>) -> bool {
    let of_tags = |metadata: &Metadata| {
        let tags = metadata.data["tags"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let mut languages =
            tags.filter_map(|tag| tag.strip_prefix("language:")).filter(|name| !name.is_empty());
        languages.next().map(|name| matches!(name, "python" | "low-code"))
    };
    of_tags(metadata).or_else(|| other.and_then(of_tags)).unwrap_or(false)
}

/// A version of the Python package that is not the connector's, or that Airbyte's check does not find.
fn python_version(release: &Release<'_>, metadata: &Metadata) -> Option<Found> {
    let Release { old, new, .. } = release;
    let (before, after) = (PythonVersion::of(old), PythonVersion::of(new));
    let problem = |value: &str, message: String, offset: usize| {
        let check = &checks::meta_version_differs_in_pyproject::CHECK;
        let found = Found::new(check, release.subject().values([value]), message);
        match new.release_files.pyproject.clone() {
            Some(document) => {
                let root = Located::in_document(document, Pointer::root());
                Found { place: Some(Located { offset: Some(offset), ..root }), ..found }
            }
            None => found.at_key(Some(metadata), &["dockerImageTag"]),
        }
    };
    let before_tags = old.metadata.as_ref().filter(|_| !new.has_manifest);
    let unfound = after.fault().filter(|_| is_python(metadata, before_tags));
    let version = metadata.version();
    if let Some((found, offset)) = after.version() {
        let differed = before.version().is_some_and(|(was, _)| old.version.as_deref() != Some(was));
        if version? != found && (!differed || release.is_new_version()) {
            let message = format!(
                "the version here is {found}, and dockerImageTag is {}: Airbyte's check asks that they agree",
                version.unwrap_or_default()
            );
            let problem = problem(found, message, offset);
            let level = if differed { Severity::Warning } else { problem.level };
            return Some(Found { level, ..problem });
        }
    }
    let (message, offset) = unfound?;
    let message = match before.version() {
        Some((was, _)) if after.version().is_none() => format!("{message}; {was} stood there"),
        _ => message,
    };
    let problem = problem("", message, offset);
    let is_as_before = std::mem::discriminant(&before) == std::mem::discriminant(&after)
        && before.fault().is_some()
        && old.metadata.as_ref().is_some_and(|old| is_python(old, None));
    match after {
        // Connectors had a setup.py before they had this file; and of a connector that is new, files may be left out.
        PythonVersion::Absent if is_as_before || !new.code_words.has_python && before.fault().is_some() => {
            None
        }
        _ if !is_as_before => Some(problem),
        // What was published like that before was taken somehow.
        _ => release.is_new_version().then(|| at_most(problem, Severity::Warning)),
    }
}

/// A file that keeps the connector from being published.
fn blocked(release: &Release<'_>) -> Option<Found> {
    let was_blocked = release.old.release_files.release_block.is_some();
    let is_released = release.is_new_version() || !was_blocked;
    let document = release.new.release_files.release_block.clone().filter(|_| is_released)?;
    let message = format!("{} keeps this connector from being published", document.file);
    let found = Found::new(&checks::meta_release_blocked::CHECK, release.subject(), message);
    let place = Located { offset: Some(0), ..Located::in_document(document, Pointer::root()) };
    Some(Found { place: Some(place), ..found })
}

/// Tags that are no pairs of a key and a value, or none that names the language, where that is new.
fn tags(release: &Release<'_>, metadata: &Metadata) -> Option<Found> {
    let fault = fault_of_tags(metadata)?;
    let old = release.old.metadata.as_ref()?;
    if fault_of_tags(old).is_some_and(|was| was == fault) {
        return None;
    }
    let found = Found::new(&checks::meta_tag_invalid::CHECK, release.subject().values([&fault]), fault);
    Some(found.at_key(Some(metadata), &["tags"]))
}

fn fault_of_tags(metadata: &Metadata) -> Option<String> {
    let tags = metadata.data["tags"].as_array().into_iter().flatten();
    let tags: Vec<&str> = tags.filter_map(Value::as_str).collect();
    if let Some(tag) = tags.iter().find(|tag| !tag.contains(':')) {
        return Some(format!("the tag {tag} is no key and value, such as cdk:python"));
    }
    let has_language = tags.iter().any(|tag| tag.starts_with("language:"));
    (!has_language).then(|| "tags name no language, such as language:manifest-only".to_owned())
}
