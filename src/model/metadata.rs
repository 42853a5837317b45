//! What a release says of itself: `metadata.yaml`, or the same keys of a registry entry.

use std::collections::BTreeSet;
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
    /// What its values do not show.
    pub written: Written,
}

/// What the text of a YAML file shows, and its values do not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// Where YAML reads a date, since a text has no quotes, from the root of the file on. As a value it is a text.
    pub dates: BTreeSet<Pointer>,
    /// The keys that stand more than once in a mapping.
    pub repeated: Vec<RepeatedKey>,
}

/// A key that stands more than once in a mapping. YAML's readers in Python take the last value and drop the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepeatedKey {
    /// Where it is, from the root of the file on.
    pub key: Pointer,
    /// The lines that it stands at before the last one.
    pub earlier: Vec<usize>,
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

    /// Whether YAML reads a value as a date, since it has no quotes.
    pub fn is_date(&self, path: &[&str]) -> bool {
        let root = self.wrapped.then_some("data");
        self.written
            .dates
            .contains(&Pointer::new(root.iter().chain(path).map(|segment| (*segment).to_owned())))
    }

    /// What YAML reads as dates below a key, from there on.
    pub(crate) fn dates_below(&self, key: &str) -> BTreeSet<Pointer> {
        let above: Vec<&str> = self.wrapped.then_some("data").into_iter().chain([key]).collect();
        let dates = self.written.dates.iter().map(Pointer::segments);
        let below = dates.filter(|date| date.len() > above.len() && date[..above.len()] == above[..]);
        below.map(|date| Pointer::new(date[above.len()..].iter())).collect()
    }

    /// The file of the page that `documentationUrl` leads to, as Airbyte's checks find it: the address below
    /// [`Self::DOCS`] is its path in `docs`. `None` where the address is another one, or missing.
    pub(crate) fn page_file(&self) -> Option<String> {
        let address =
            self.data["documentationUrl"].as_str().filter(|address| address.contains(Self::DOCS))?;
        Some(format!("docs/{}.md", address.replace(Self::DOCS, "").trim_matches('/')))
    }

    /// The address of Airbyte's docs.
    pub(crate) const DOCS: &str = "https://docs.airbyte.com";

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
