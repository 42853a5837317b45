//! `metadata.yaml` and registry entries.

use std::sync::Arc;

use serde_json::Value;

use super::read;
use crate::limits::Limits;
use crate::model::{Artifact, Document, ErrorCause, InputError, Metadata};

/// Reads a metadata file, or a registry entry whose keys stand at the top.
///
/// # Errors
/// The file is not YAML or JSON, or holds neither a `data` mapping nor a registry entry's keys.
pub(super) fn read(document: &Arc<Document>, limits: &Limits) -> Result<Metadata, InputError> {
    let (value, written) = read::written_value(document, Artifact::Metadata, limits)?;
    let wrong = |message: &str| InputError {
        cause: ErrorCause::Content,
        artifact: Some(Artifact::Metadata),
        file: document.file.clone(),
        line: Some(1),
        message: message.to_owned(),
    };
    let (data, wrapped) = match value.get("data") {
        Some(data @ Value::Object(_)) => (data.clone(), true),
        Some(_) => return Err(wrong("expected `data` to be a mapping")),
        None if value.get("dockerImageTag").is_some() || value.get("dockerRepository").is_some() => {
            (value, false)
        }
        None => return Err(wrong("expected metadata with a `data` mapping, found none")),
    };
    match data.get("dockerImageTag") {
        None | Some(Value::String(_)) => {}
        Some(other) => {
            return Err(wrong(&format!(
                "expected dockerImageTag to be a text such as \"1.2.3\", found {other}: quote it"
            )));
        }
    }
    Ok(Metadata { data, document: document.clone(), range: 0..document.text.len(), wrapped, written })
}
