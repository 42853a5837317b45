//! `metadata.yaml` and registry entries.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::read;
use super::yaml::{self, Content, Plain};
use crate::limits::Limits;
use crate::model::{Artifact, Document, DocumentFormat, ErrorCause, InputError, Metadata};

/// Reads a metadata file, or a registry entry whose keys stand at the top.
///
/// # Errors
/// The file is not YAML or JSON, or holds neither a `data` mapping nor a registry entry's keys.
pub(super) fn read(document: &Arc<Document>, limits: &Limits) -> Result<Metadata, InputError> {
    let value = read::value(document, Artifact::Metadata, limits)?;
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
    Ok(Metadata { data, document: document.clone(), range: 0..document.text.len(), wrapped })
}

/// The entries of `releases.breakingChanges` whose deadline is written as a date without quotes, which YAML reads as a date
/// and not as text.
pub(crate) fn bare_deadlines(metadata: &Metadata) -> BTreeSet<String> {
    let mut bare = BTreeSet::new();
    if metadata.document.format != DocumentFormat::Yaml {
        return bare;
    }
    let Ok(mut node) = yaml::compose(&metadata.document.text) else { return bare };
    let root = metadata.wrapped.then_some("data");
    for key in root.into_iter().chain(["releases", "breakingChanges"]) {
        let Some(value) = value_of(&node, key).cloned() else { return bare };
        node = value;
    }
    let Content::Mapping(entries) = &*node.content else { return bare };
    for (key, _, entry) in entries {
        let deadline = value_of(entry, "upgradeDeadline").map(|node| &*node.content);
        if matches!(deadline, Some(Content::Scalar(Plain::Time(_)))) {
            bare.insert(key.clone());
        }
    }
    bare
}

fn value_of<'n>(node: &'n yaml::Node, key: &str) -> Option<&'n yaml::Node> {
    let Content::Mapping(entries) = &*node.content else { return None };
    entries.iter().find(|(name, ..)| name == key).map(|(_, _, value)| value)
}
