//! What a release says of itself: `metadata.yaml`, or the same keys of a registry entry.

use std::ops::Range;
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
    /// The piece of the file that holds the keys: all of it, or an entry of a whole registry.
    pub range: Range<usize>,
    /// Whether the keys stand under `data`, as in `metadata.yaml`, or at the top, as in a registry entry.
    pub wrapped: bool,
}

/// One entry of `releases.breakingChanges`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakingChangeEntry {
    /// The version it is declared for.
    pub version: String,
    /// Whom it warns.
    pub scope: DeclaredScope,
}

/// Whom an entry of `releases.breakingChanges` warns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeclaredScope {
    /// Every user.
    Everyone,
    /// Those who sync one of these streams.
    Streams(Vec<String>),
    /// Nobody for sure: the entry cannot be read, says that nothing breaks, or is limited in a way that is no list of
    /// streams.
    Nobody,
}

impl Metadata {
    /// Where a key is written, or would be.
    pub fn located(&self, path: &[&str]) -> Located {
        let root = self.wrapped.then_some("data");
        self.place(Pointer::new(root.iter().chain(path).map(|segment| (*segment).to_owned())))
    }

    /// A place by its pointer from where the metadata begins, `data` included.
    pub(crate) fn place(&self, pointer: Pointer) -> Located {
        Located { range: self.range.clone(), ..Located::in_document(self.document.clone(), pointer) }
    }

    /// The text that holds the keys.
    pub(crate) fn text(&self) -> &str {
        &self.document.text[self.range.clone()]
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

    /// Whether it has a tag.
    pub fn has_tag(&self, tag: &str) -> bool {
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
        let entries = self.breaking_change_values();
        entries
            .map(|(version, entry)| BreakingChangeEntry {
                version: version.clone(),
                scope: DeclaredScope::of(entry),
            })
            .collect()
    }

    /// The entries of `releases.breakingChanges` as they stand, by their keys.
    pub(crate) fn breaking_change_values(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.data["releases"]["breakingChanges"].as_object().into_iter().flatten()
    }
}

impl DeclaredScope {
    /// Whom an entry warns: the union of its scopes, which are all of type `stream` as far as the platform knows.
    pub(crate) fn of(entry: &Value) -> Self {
        let Some(entry) = entry.as_object() else { return Self::Nobody };
        if entry.get("isBreaking") == Some(&Value::Bool(false)) {
            return Self::Nobody;
        }
        let scopes = match entry.get("scopedImpact") {
            None | Some(Value::Null) => return Self::Everyone,
            Some(Value::Array(scopes)) if scopes.is_empty() => return Self::Everyone,
            Some(Value::Array(scopes)) => scopes,
            Some(_) => return Self::Nobody,
        };
        let mut streams = Vec::new();
        for scope in scopes {
            match scope["impactedScopes"].as_array() {
                Some(names) if scope["scopeType"] == "stream" => {
                    streams.extend(names.iter().filter_map(Value::as_str).map(str::to_owned));
                }
                _ => return Self::Nobody,
            }
        }
        Self::Streams(streams)
    }
}
