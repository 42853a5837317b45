//! Golden specs: what a connector prints on `spec`, kept among its tests, which hold the two equal.
//!
//! Many connectors build their spec in code. Of those the golden spec is the only one that can be read without running
//! them. Some keep one for each edition of the platform: Cloud offers less than a self-managed Airbyte.

use super::folder::Directory;
use super::kind::{self, FileKind};
use super::loaded::{FoundSpec, Loaded};
use super::{captured, read, spec};
use crate::model::{Artifact, Edition, ErrorCause, GoldenSpec, InputError, Spec};

/// Reads the golden specs of a connector directory. One that cannot be read is an error where no other spec is there.
pub(super) fn load(directory: &Directory<'_>, has_spec: bool) -> Loaded {
    let mut found = Loaded::default();
    for name in files(directory, &mut found.errors) {
        let edition = match names_edition(&name, "cloud") {
            true => Edition::Cloud,
            false => Edition::Oss,
        };
        if found.golden_specs.iter().any(|golden| golden.edition == edition) {
            continue;
        }
        match read(directory, &name) {
            Ok(Some(spec)) => found.golden_specs.push(GoldenSpec { edition, file: name, spec }),
            // Another file of that name.
            Ok(None) => {}
            // Nothing else says what users configure.
            Err(unread) if !has_spec => found.errors.push(unread),
            Err(unread) => found.unread_beside.push(unread),
        }
    }
    let golden = found.golden_specs.iter().find(|golden| golden.edition == Edition::Oss);
    let golden = golden.or(found.golden_specs.first()).filter(|_| !has_spec);
    found.spec = golden.map_or_else(FoundSpec::default, |golden| FoundSpec {
        spec: Some(golden.spec.clone()),
        is_golden: true,
        reason: format!(
            "it is read from {}, which the tests hold equal to what the connector prints",
            golden.file
        ),
        ..FoundSpec::default()
    });
    found
}

fn files(directory: &Directory<'_>, errors: &mut Vec<InputError>) -> Vec<String> {
    let mut found = Vec::new();
    for folder in ["integration_tests", "src"] {
        for name in directory.names(folder, errors) {
            let path = format!("{folder}/{name}");
            match path.strip_suffix('/') {
                Some(tests) if folder == "src" && name.starts_with("test") => {
                    let resources = format!("{tests}/resources");
                    let inner = directory.names(&resources, errors).into_iter();
                    found.extend(
                        inner.filter(|file| is_golden(file, false)).map(|file| format!("{resources}/{file}")),
                    );
                }
                None if folder == "integration_tests" && is_golden(&name, true) => found.push(path),
                _ => {}
            }
        }
    }
    let is_marked = |path: &String| names_edition(path, "oss") || names_edition(path, "cloud");
    found.sort_by_key(|path| (!is_marked(path), path.len(), path.clone()));
    found
}

/// Whether a word of the file's name is the edition.
fn names_edition(path: &str, edition: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.to_ascii_lowercase().split(['_', '-', '.']).any(|word| word == edition)
}

/// Whether a file is called as golden specs are: `spec.json` and `cloud_spec.json` beside Python tests, and everywhere
/// `expected_spec.json` or `expected-spec.json`, with the edition before or behind the last word.
fn is_golden(name: &str, is_python: bool) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    let Some((stem, "json" | "yaml" | "yml")) = name.rsplit_once('.') else { return false };
    is_python && ["spec", "cloud_spec", "spec_cloud", "oss_spec", "spec_oss"].contains(&stem)
        || stem.starts_with("expected_") && (stem.ends_with("_spec") || stem.contains("_spec_"))
}

/// `None` where the file holds no spec.
fn read(directory: &Directory<'_>, name: &str) -> Result<Option<Spec>, InputError> {
    let of_spec = |unread: InputError| unread.of(Artifact::Spec);
    let (tree, limits) = (directory.tree(), directory.limits);
    let document = read::document(tree, name, limits).map_err(of_spec)?;
    if document.text.trim().is_empty() {
        let message = "expected a spec, found an empty file".to_owned();
        let error = InputError {
            cause: ErrorCause::Content,
            artifact: None,
            file: name.to_owned(),
            line: Some(1),
            message,
        };
        return Err(of_spec(error));
    }
    match kind::of_document(&document, limits).map_err(of_spec)? {
        Some(FileKind::Spec) => spec::of_document(&document, limits).map(Some),
        Some(FileKind::Messages) => Ok(captured::messages(&document).spec),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_specs_are_known_by_their_names() {
        for (name, is_python, expected) in [
            ("spec.json", true, true),
            ("spec.json", false, false),
            ("cloud_spec.json", true, true),
            ("expected_spec.yaml", true, true),
            ("expected-spec-oss.json", false, true),
            ("expected-spec.json", false, true),
            ("expected_cloud_deployment_spec.json", false, true),
            ("expected_spec_cloud.json", false, true),
            ("openapi_spec.json", true, false),
            ("expected_records.jsonl", true, false),
            ("invalid_spec.json", true, false),
        ] {
            assert_eq!(is_golden(name, is_python), expected, "{name}");
        }
    }
}
