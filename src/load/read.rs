//! Reading files as text.

use std::sync::Arc;

use super::json::JsonError;
use super::yaml::YamlError;
use super::{json, yaml};
use crate::limits::{INPUT_SIZE, Limits};
use crate::model::{Artifact, Document, DocumentFormat, ErrorCause, InputError, Written, position};
use crate::tree::archive::ArchiveError;
use crate::tree::{Kind, Tree, TreeError};

/// What is said of a file of this name that a tree does not give.
pub(crate) fn not_given(file: &str, error: &TreeError) -> InputError {
    let message = match error {
        TreeError::TooLarge { limit, size } => {
            INPUT_SIZE.exceeded("cannot be read: the file is larger", *limit, *size)
        }
        error => error.to_string(),
    };
    let cause = match error {
        TreeError::LeadsOut { .. } => ErrorCause::Outside,
        TreeError::TooLarge { .. } | TreeError::Archive(ArchiveError::Limit(_)) => ErrorCause::Limit,
        error if error.is_of_the_files() => ErrorCause::NotAFile,
        _ => ErrorCause::Failed,
    };
    InputError { artifact: None, file: file.to_owned(), line: None, message, cause }
}

/// Reads a file as UTF-8, without its byte order mark. Reports call it by its path in the tree, and the root of a tree as
/// the user does.
pub(crate) fn document(tree: &dyn Tree, path: &str, limits: &Limits) -> Result<Arc<Document>, InputError> {
    document_of(tree, path, bytes(tree, path, limits)?)
}

/// As [`document`], of a file whose bytes were read.
pub(super) fn document_of(tree: &dyn Tree, path: &str, bytes: Vec<u8>) -> Result<Arc<Document>, InputError> {
    unshared_document(tree, path, bytes).map(Arc::new)
}

/// As [`document_of`], before anybody else has it.
pub(super) fn unshared_document(tree: &dyn Tree, path: &str, bytes: Vec<u8>) -> Result<Document, InputError> {
    let shown = tree.shown(path);
    let name = if path.is_empty() { shown.as_str() } else { path };
    let text = text(bytes, name)?;
    let (text, has_mark) = match text.strip_prefix('\u{feff}') {
        Some(rest) => (rest.to_owned(), true),
        None => (text, false),
    };
    let format = match extension(name) {
        Some("yaml" | "yml") => DocumentFormat::Yaml,
        Some("json") => DocumentFormat::Json,
        Some("jsonl" | "ndjson" | "log") => DocumentFormat::JsonLines,
        Some("md" | "py" | "txt") => DocumentFormat::Text,
        _ => guess_format(&text),
    };
    let root = shown.strip_suffix(name).unwrap_or_default().to_owned();
    Ok(Document::new(name.to_owned(), root, text, format).with_mark(has_mark))
}

/// Reads a file as UTF-8, with its byte order mark where it has one.
pub(super) fn decoded(tree: &dyn Tree, path: &str, limits: &Limits) -> Result<String, InputError> {
    text(bytes(tree, path, limits)?, &name_of(tree, path))
}

/// What a file holds.
pub(super) fn bytes(tree: &dyn Tree, path: &str, limits: &Limits) -> Result<Vec<u8>, InputError> {
    let bytes = tree.read(path, limits.input_bytes).map_err(|error| {
        let mut unread = not_given(&name_of(tree, path), &error);
        if path.is_empty() && matches!(error, TreeError::Absent) {
            unread.message = NO_SIDE.to_owned();
        }
        unread
    })?;
    Ok(bytes.into_vec())
}

/// What reports call a file: its path in the tree, and the root of a tree as the user does.
fn name_of(tree: &dyn Tree, path: &str) -> String {
    if path.is_empty() { tree.shown("") } else { path.to_owned() }
}

/// What is said where the root of a tree is missing.
const NO_SIDE: &str = "expected a file or a directory, found nothing: is the path right?";

fn text(bytes: Vec<u8>, name: &str) -> Result<String, InputError> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let bytes = error.into_bytes();
        let prefix = String::from_utf8_lossy(&bytes[..valid]);
        let place = position(&prefix, valid);
        let message = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            "expected UTF-8 text, found UTF-16: save the file as UTF-8".to_owned()
        } else {
            format!("expected UTF-8 text, found byte 0x{:02x} at column {}", bytes[valid], place.column)
        };
        InputError {
            cause: ErrorCause::Content,
            artifact: None,
            file: name.to_owned(),
            line: Some(place.line),
            message,
        }
    })
}

/// The whole value of a file of a tree, with its document.
pub(crate) fn value_at(
    tree: &dyn Tree,
    path: &str,
    artifact: Artifact,
    limits: &Limits,
) -> Result<(serde_json::Value, Arc<Document>), InputError> {
    let document = document(tree, path, limits)?;
    Ok((value(&document, artifact, limits)?, document))
}

/// Whether something other than a folder has this name; what cannot be looked at counts, and its error is told by whoever
/// reads it.
pub(crate) fn is_there(tree: &dyn Tree, path: &str) -> bool {
    !matches!(tree.kind(path), Ok(Kind::Folder) | Err(TreeError::Absent))
}

/// What stands behind the last dot of a file's name.
pub(crate) fn extension(path: &str) -> Option<&str> {
    let (stem, extension) = file_name(path).rsplit_once('.')?;
    (!stem.is_empty()).then_some(extension)
}

/// What stands before the last dot of a file's name.
pub(crate) fn file_stem(path: &str) -> &str {
    let name = file_name(path);
    name.rsplit_once('.').map(|(stem, _)| stem).filter(|stem| !stem.is_empty()).unwrap_or(name)
}

/// The last part of a path, whichever way its parts are divided.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit(['/', std::path::MAIN_SEPARATOR]).next().unwrap_or(path)
}

/// A file whose name tells nothing: captured output and JSON start with a brace or bracket somewhere, YAML does not.
fn guess_format(text: &str) -> DocumentFormat {
    match text.trim_start().chars().next() {
        Some('{' | '[') => DocumentFormat::Json,
        _ if text.lines().any(|line| line.trim_start().starts_with('{')) => DocumentFormat::JsonLines,
        _ => DocumentFormat::Yaml,
    }
}

/// The whole document as one value.
pub(crate) fn value(
    document: &Document,
    artifact: Artifact,
    limits: &Limits,
) -> Result<serde_json::Value, InputError> {
    match document.format {
        DocumentFormat::Yaml => {
            yaml::parse(&document.text, limits).map_err(|error| yaml_error(document, Some(artifact), error))
        }
        _ => json::parse(&document.text).map_err(|error| json_error(document, Some(artifact), error)),
    }
}

/// The whole document as one value, with what its values do not show where it is YAML.
pub(crate) fn written_value(
    document: &Document,
    artifact: Artifact,
    limits: &Limits,
) -> Result<(serde_json::Value, Written), InputError> {
    match document.format {
        DocumentFormat::Yaml => yaml::parse_written(&document.text, limits)
            .map_err(|error| yaml_error(document, Some(artifact), error)),
        _ => Ok((value(document, artifact, limits)?, Written::default())),
    }
}

/// A limit of the reader, or the text.
fn cause(is_limit: bool) -> ErrorCause {
    if is_limit { ErrorCause::Limit } else { ErrorCause::Content }
}

/// A JSON error as an input error of this document.
pub(crate) fn json_error(document: &Document, artifact: Option<Artifact>, error: JsonError) -> InputError {
    InputError {
        cause: cause(error.is_limit),
        artifact,
        file: document.file.clone(),
        line: Some(error.position.line),
        message: error.message,
    }
}

/// A YAML error as an input error of this document.
pub(crate) fn yaml_error(document: &Document, artifact: Option<Artifact>, error: YamlError) -> InputError {
    InputError {
        cause: cause(error.is_limit),
        artifact,
        file: document.file.clone(),
        line: Some(error.position.line),
        message: match error.is_limit {
            true => error.message,
            false => format!("not YAML that Python's safe loader reads: {}", error.message),
        },
    }
}
