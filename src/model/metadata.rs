//! What a release says of itself: `metadata.yaml`, or the same keys of a registry entry.

use std::sync::Arc;

use serde_json::Value;

use super::{Document, Located, Pointer};

/// The `data` mapping of `metadata.yaml`.
#[derive(Debug, Clone)]
pub struct Metadata {
    /// The keys under `data`, as they stand.
    pub data: Value,
    /// The file.
    pub document: Arc<Document>,
    /// Whether the keys stand under `data`, as in `metadata.yaml`, or at the top, as in a registry entry.
    pub wrapped: bool,
}

/// One entry of `releases.breakingChanges`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakingChangeEntry {
    /// The version it is declared for.
    pub version: String,
    /// What users are told.
    pub message: String,
    /// The streams it is limited to; `None` where it reaches everyone.
    pub streams: Option<Vec<String>>,
}

impl Metadata {
    /// Where a key is written, or would be.
    pub fn located(&self, path: &[&str]) -> Located {
        let root = self.wrapped.then_some("data");
        let pointer = Pointer::new(root.iter().chain(path).map(|segment| (*segment).to_owned()));
        Located::in_document(self.document.clone(), pointer)
    }

    /// `dockerImageTag`.
    pub fn version(&self) -> Option<&str> {
        self.data["dockerImageTag"].as_str()
    }

    /// The connector's name: the last part of `dockerRepository`.
    pub fn name(&self) -> Option<&str> {
        let repository = self.data["dockerRepository"].as_str()?;
        repository.rsplit('/').next().filter(|name| !name.is_empty())
    }

    /// Whether the tags call the connector manifest-only.
    pub fn is_manifest_only(&self) -> bool {
        self.has_tag("language:manifest-only")
    }

    /// Whether the tags call it a Java connector; Kotlin ones carry that tag too.
    pub fn is_java(&self) -> bool {
        self.has_tag("language:java")
    }

    /// `connectorBuildOptions.baseImage`, without its digest.
    pub fn base_image(&self) -> Option<&str> {
        self.data["connectorBuildOptions"]["baseImage"].as_str()?.split('@').next()
    }

    /// The CDK's version by the base image of a manifest-only connector: `source-declarative-manifest:X`.
    pub fn cdk_version(&self) -> Option<&str> {
        let (name, tag) = self.base_image()?.rsplit_once(':')?;
        name.ends_with("/source-declarative-manifest").then_some(tag)
    }

    fn has_tag(&self, tag: &str) -> bool {
        self.data["tags"].as_array().is_some_and(|tags| tags.iter().any(|known| known == tag))
    }

    /// `suggestedStreams.streams`: what new connections enable by default. Empty where there is no list, which means
    /// every stream.
    pub fn suggested_streams(&self) -> Vec<&str> {
        let streams = self.data["suggestedStreams"]["streams"].as_array();
        streams.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The declared breaking changes, in the file's order of versions.
    pub fn breaking_changes(&self) -> Vec<BreakingChangeEntry> {
        let Some(entries) = self.data["releases"]["breakingChanges"].as_object() else { return Vec::new() };
        entries
            .iter()
            .map(|(version, entry)| BreakingChangeEntry {
                version: version.clone(),
                message: entry["message"].as_str().unwrap_or_default().to_owned(),
                streams: stream_scopes(&entry["scopedImpact"]),
            })
            .collect()
    }
}

/// The union of all scopes of type `stream`; `None` if there is none, or one of a type this program does not know
/// (such an entry may reach anyone).
fn stream_scopes(scopes: &Value) -> Option<Vec<String>> {
    let scopes = scopes.as_array().filter(|scopes| !scopes.is_empty())?;
    let mut streams = Vec::new();
    for scope in scopes {
        if scope["scopeType"] != "stream" {
            return None;
        }
        let names = scope["impactedScopes"].as_array()?;
        streams.extend(names.iter().filter_map(Value::as_str).map(str::to_owned));
    }
    Some(streams)
}
