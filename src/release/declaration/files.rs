//! The files beside the metadata that a release has to agree with, and the tags that say what the connector is built from.

use serde_json::Value;

use super::super::Found;
use super::Release;
use crate::model::{Connector, Document, Located, Metadata, Pointer, Severity};
use crate::rules::release as checks;

/// What of them is wrong.
pub(super) fn problems(release: &Release<'_>, metadata: &Metadata) -> Vec<Found> {
    let mut problems = Vec::new();
    problems.extend(python_version(release, metadata));
    problems.extend(blocked(release));
    problems.extend(tags(release, metadata));
    problems
}

/// The version in `pyproject.toml`, under `[tool.poetry]` or `[project]`, with the byte that it starts at.
fn version_of(document: &Document) -> Option<(String, usize)> {
    let table = toml::de::DeTable::parse(&document.text).ok()?.into_inner();
    let within = |path: &[&str]| {
        let mut value = table.get(*path.first()?)?;
        for key in &path[1..] {
            value = value.get_ref().as_table()?.get(*key)?;
        }
        Some((value.get_ref().as_str()?.to_owned(), value.span().start))
    };
    within(&["tool", "poetry", "version"]).or_else(|| within(&["project", "version"]))
}

/// A version of the Python package that is not the connector's, or that is gone.
fn python_version(release: &Release<'_>, metadata: &Metadata) -> Option<Found> {
    let Release { old, new, .. } = release;
    let found = |connector: &Connector| connector.release_files.pyproject.as_deref().and_then(version_of);
    let problem = |value: &str, message: String| {
        Found::new(
            &checks::meta_version_differs_in_pyproject::CHECK,
            release.subject().values([value]),
            message,
        )
    };
    let (before, after) = (found(old), found(new));
    let at = |offset| {
        let document = new.release_files.pyproject.clone()?;
        Some(Located { offset: Some(offset), ..Located::in_document(document, Pointer::root()) })
    };
    let version = metadata.version();
    let Some((found, offset)) = after else {
        // Where there was none, there is nothing that it could part from.
        let (was, _) = before.filter(|_| metadata.has_tag("language:python"))?;
        let message =
            format!("the version {was} is gone from pyproject.toml: Airbyte's check looks for it there");
        let found = problem("", message);
        return match at(0) {
            Some(place) => Some(Found { place: Some(place), ..found }),
            None => Some(found.at_key(Some(metadata), &["dockerImageTag"])),
        };
    };
    let differed = before.is_some_and(|(was, _)| old.version.as_ref() != Some(&was));
    if version? == found || differed && !release.is_new_version() {
        return None;
    }
    let message = format!(
        "the version here is {found}, and dockerImageTag is {}: Airbyte's check asks that they agree",
        version.unwrap_or_default()
    );
    let problem = problem(&found, message);
    let level = if differed { Severity::Warning } else { problem.level };
    Some(Found { level, place: at(offset), ..problem })
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
