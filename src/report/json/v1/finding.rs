//! One finding, and what it is made of.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::each;
use super::names::{
    Artifact, BreakingType, Bump, DestinationEffect, Edition, EffectEvidence, Level, Likeness, MigrationKind,
    Platform, RelatedKind,
};
use crate::model;

/// One difference, judged.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Finding<'r> {
    /// The fingerprint: the same for the same difference on every machine, whatever is said of it.
    id: &'r str,
    /// The rule's id.
    rule: &'r str,
    /// How bad it is.
    level: Level,
    /// Which of the five types; null for what is not breaking by nature.
    #[serde(rename = "type")]
    breaking_type: Option<BreakingType>,
    /// The bump it asks for at 1.0.0 and later.
    bump: Bump,
    /// The artifact it was found in.
    artifact: Artifact,
    /// The stream; null for what is not in a stream.
    stream: Option<StreamId<'r>>,
    /// Property names from the root: the field, or the path in the config.
    field: &'r [String],
    /// The option of the spec it concerns.
    branch: Option<SpecBranch<'r>>,
    /// Pointers into the derived artifacts; null where there is nothing.
    pointer: Sides<Option<String>>,
    /// The editions it holds for.
    editions: Vec<Edition>,
    /// What the platform does; null without a configured catalog.
    platform: Option<Platform>,
    /// Possible renames.
    related: Vec<Related<'r>>,
    /// The old value, where there is a short one.
    old: Option<&'r Value>,
    /// The new value.
    new: Option<&'r Value>,
    /// Who is affected.
    scope: Scope<'r>,
    /// What the user sees.
    effect: &'r str,
    /// What the user, or the author, must do.
    action: String,
    /// Why the level is what it is.
    evidence: Evidence<'r>,
    /// Where the values were written.
    origin: Sides<Option<Origin<'r>>>,
    /// The shared definition or file whose edit it is.
    cause: Option<&'r str>,
    /// Where the policy file sets the level; null where the rule's own level stands.
    policy: Option<&'r str>,
    /// A migration that absorbs it.
    migration: Option<Migration<'r>>,
    /// Set where the policy file waives it.
    waived: Option<Waived<'r>>,
    /// What it comes to in the destinations of `--destinations`, as far as they see it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    destinations: Vec<InDestination<'r>>,
}

/// What one finding comes to in one destination.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct InDestination<'r> {
    /// The destination.
    name: &'r str,
    /// The worst that can happen to what is stored.
    effect: DestinationEffect,
    /// What happens to stored values that fit, where that is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    otherwise: Option<DestinationEffect>,
    /// What it is known from.
    evidence: EffectEvidence,
    /// The experiment, or the file or page that says so; null where nothing does.
    reference: Option<&'r str>,
    /// The day on which the file or page was last known to say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen: Option<&'r str>,
    /// Why.
    note: &'r str,
}

/// The identity of a stream: two streams are the same when namespace and name are.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct StreamId<'r> {
    /// The stream's name.
    name: &'r str,
    /// The namespace, where the catalog gives one.
    namespace: Option<&'r str>,
}

/// The option of a spec's `oneOf` that a finding concerns.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SpecBranch<'r> {
    /// The property that tells the options apart.
    property: &'r str,
    /// Its value in this option.
    value: &'r str,
}

/// Something said of both sides.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Sides<T> {
    /// The old side.
    old: T,
    /// The new side.
    new: T,
}

/// Where a value was written.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Origin<'r> {
    /// The file, relative to the side where the side is a directory.
    file: &'r str,
    /// The JSON pointer in that file.
    pointer: String,
    /// The line, from 1.
    line: Option<usize>,
    /// The column in characters, from 1.
    column: Option<usize>,
}

/// Who is affected.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Scope<'r> {
    /// Every user of the connector.
    everyone: bool,
    /// Otherwise the streams, by name as `scopedImpact` takes them.
    streams: &'r BTreeSet<String>,
    /// What narrows it further, in words: a sync mode or a config branch.
    only: Option<String>,
    /// Schema files from which other streams are built as well, whose names are not known.
    unlisted_streams_of: &'r BTreeSet<String>,
}

/// Why the level is what it is.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Evidence<'r> {
    /// Shown to hold for every value.
    Proof {
        /// What was shown.
        message: &'r str,
    },
    /// A value that the old side accepts and the new side refuses.
    Witness {
        /// The value.
        value: &'r Value,
        /// What a validator says of it.
        message: &'r str,
    },
    /// Seen in a sample.
    Sample {
        /// Which sample shows it.
        message: &'r str,
    },
    /// The rule decides by itself.
    Rule,
    /// Not decided; the message says what would decide it.
    Unproven {
        /// What would decide it.
        message: &'r str,
    },
}

/// A hint, never a certainty: a place on the other side that looks like this one.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Related<'r> {
    /// What it is.
    kind: RelatedKind,
    /// The stream, where the hint is about a stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<&'r str>,
    /// The field or config path, where it is about one.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    field: &'r [String],
    /// The path of what moved, where that lies inside of what the finding is about.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    part: &'r [String],
    /// From 0 to 1: of the names, or of the sets of fields where those are more alike.
    similarity: f64,
    /// What speaks for it.
    because: Vec<Likeness>,
}

/// A migration that absorbs a break.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Migration<'r> {
    /// What it rewrites.
    kind: MigrationKind,
    /// Whether it lowers the level.
    credited: bool,
    /// Where it is declared.
    by: &'r str,
}

/// A decision of the project to accept a finding.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Waived<'r> {
    /// Why.
    reason: &'r str,
    /// The version or date it ends with.
    until: Option<&'r str>,
}

impl<'r> From<&'r model::Finding> for Finding<'r> {
    fn from(finding: &'r model::Finding) -> Self {
        let pointer = |place: &Option<model::ArtifactPlace>| place.as_ref().map(ToString::to_string);
        Self {
            id: &finding.id,
            rule: finding.rule,
            level: finding.level.into(),
            breaking_type: finding.breaking_type.map(BreakingType::from),
            bump: finding.bump.into(),
            artifact: finding.artifact.into(),
            stream: finding.stream.as_ref().map(StreamId::from),
            field: &finding.field,
            branch: finding
                .branch
                .as_ref()
                .map(|branch| SpecBranch { property: &branch.property, value: &branch.value }),
            pointer: Sides { old: pointer(&finding.pointer.old), new: pointer(&finding.pointer.new) },
            editions: finding.editions.iter().map(|edition| (*edition).into()).collect(),
            platform: finding.platform.map(Platform::from),
            related: each(&finding.related),
            old: finding.old.as_deref(),
            new: finding.new.as_deref(),
            scope: (&*finding.scope).into(),
            effect: finding.effect.as_str(),
            action: finding.action.to_string(),
            evidence: (&finding.evidence).into(),
            origin: Sides {
                old: finding.origin.old.as_ref().map(Origin::from),
                new: finding.origin.new.as_ref().map(Origin::from),
            },
            cause: finding.cause.as_deref(),
            policy: finding.policy.as_deref(),
            migration: finding.migration.as_ref().map(|migration| Migration {
                kind: migration.kind.into(),
                credited: migration.credited,
                by: &migration.by,
            }),
            waived: finding.waived.as_deref().map(Waived::from),
            destinations: each(&finding.destinations),
        }
    }
}

impl<'r> From<&'r model::InDestination> for InDestination<'r> {
    fn from(found: &'r model::InDestination) -> Self {
        Self {
            name: found.name,
            effect: found.effect.into(),
            otherwise: found.otherwise.map(DestinationEffect::from),
            evidence: found.evidence.into(),
            reference: found.reference,
            seen: found.seen,
            note: found.note,
        }
    }
}

impl<'r> From<&'r model::StreamId> for StreamId<'r> {
    fn from(stream: &'r model::StreamId) -> Self {
        Self { name: &stream.name, namespace: stream.namespace.as_deref() }
    }
}

impl<'r> From<&'r model::Origin> for Origin<'r> {
    fn from(origin: &'r model::Origin) -> Self {
        Self {
            file: &origin.file,
            pointer: origin.pointer.to_string(),
            line: origin.line,
            column: origin.column,
        }
    }
}

impl<'r> From<&'r model::Scope> for Scope<'r> {
    fn from(scope: &'r model::Scope) -> Self {
        Self {
            everyone: scope.everyone,
            streams: &scope.streams,
            only: scope.only.as_ref().map(ToString::to_string),
            unlisted_streams_of: &scope.unlisted_streams_of,
        }
    }
}

impl<'r> From<&'r model::Evidence> for Evidence<'r> {
    fn from(evidence: &'r model::Evidence) -> Self {
        match evidence {
            model::Evidence::Proof { message } => Self::Proof { message: message.as_str() },
            model::Evidence::Witness { value, message } => Self::Witness { value, message: message.as_str() },
            model::Evidence::Sample { message } => Self::Sample { message: message.as_str() },
            model::Evidence::Rule => Self::Rule,
            model::Evidence::Unproven { message } => Self::Unproven { message: message.as_str() },
        }
    }
}

impl<'r> From<&'r model::Related> for Related<'r> {
    fn from(related: &'r model::Related) -> Self {
        Self {
            kind: related.kind.into(),
            stream: related.stream.as_deref(),
            field: &related.field,
            part: &related.part,
            similarity: related.similarity,
            because: related.because.iter().map(|likeness| (*likeness).into()).collect(),
        }
    }
}

impl<'r> From<&'r model::Waived> for Waived<'r> {
    fn from(waived: &'r model::Waived) -> Self {
        Self { reason: &waived.reason, until: waived.until.as_deref() }
    }
}
