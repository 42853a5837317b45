//! A difference, judged.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::{
    Action, Artifact, Edition, Excerpt, Fragment, InDestination, Limit, Pointer, Source, StreamId, Words,
};

/// How bad a finding is, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Users must act before they can sync again, or lose data or state.
    Breaking,
    /// Cannot be decided from the files; the finding says what would decide it.
    Review,
    /// Users can feel it and need not act.
    Safe,
    /// No reader of the data or the config can tell the difference.
    Cosmetic,
}

impl Level {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Review => "review",
            Self::Safe => "safe",
            Self::Cosmetic => "cosmetic",
        }
    }
}

/// The five kinds of breaking change of Airbyte's policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BreakingType {
    /// Saved configs stop working.
    SpecChange,
    /// A property's type, or a key, changed.
    SchemaChange,
    /// A stream or property is gone.
    StreamOrPropertyRemoval,
    /// A destination writes in another form.
    DestinationFormatChange,
    /// Saved state no longer fits.
    StateChange,
}

impl BreakingType {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::SpecChange => "spec-change",
            Self::SchemaChange => "schema-change",
            Self::StreamOrPropertyRemoval => "stream-or-property-removal",
            Self::DestinationFormatChange => "destination-format-change",
            Self::StateChange => "state-change",
        }
    }
}

/// The part of the version that has to move, smallest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bump {
    /// The version went down.
    Downgrade,
    /// Nothing has to move.
    None,
    /// The third number.
    Patch,
    /// The second number.
    Minor,
    /// The first number.
    Major,
}

impl Bump {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Downgrade => "downgrade",
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// How a rule comes to its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decided {
    /// By what Airbyte's policy says of such a change.
    Policy,
    /// By comparing what the old and the new schema accept.
    Inclusion,
    /// By what the CDK does with old state.
    Replay,
}

/// One of the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Which {
    /// The old version.
    Old,
    /// The new version.
    New,
}

impl Which {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New => "new",
        }
    }
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Something said of both sides.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Sides<T> {
    /// The old side.
    pub old: T,
    /// The new side.
    pub new: T,
}

impl<T> Sides<T> {
    /// What is said of one side.
    pub fn of(&self, which: Which) -> &T {
        match which {
            Which::Old => &self.old,
            Which::New => &self.new,
        }
    }

    /// The same, to be changed.
    pub fn of_mut(&mut self, which: Which) -> &mut T {
        match which {
            Which::Old => &mut self.old,
            Which::New => &mut self.new,
        }
    }
}

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file, relative to the side where the side is a directory.
    pub file: Arc<str>,
    /// What stands before `file` in the path that opens it.
    pub root: Arc<str>,
    /// The JSON pointer in that file.
    pub pointer: Pointer,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
    /// The file's text, where its lines may be shown: what users saved may hold secrets.
    pub source: Option<Source>,
}

impl Origin {
    /// The lines at the place, where they may be shown.
    pub fn excerpt(&self) -> Option<Excerpt> {
        self.source.as_ref()?.excerpt(self.line?, self.column?, 1)
    }

    /// At most so many lines of the value at the place with their numbers, and how many there are, where they may be shown.
    /// Of a file in one line the place is shown.
    pub(crate) fn lines(&self, most: usize) -> Option<(Vec<(usize, String)>, usize)> {
        const WIDEST: usize = 200;
        let (line, column) = (self.line?, self.column?);
        let block = self.block()?;
        if block.first()?.len() > WIDEST {
            let excerpt = self.excerpt()?;
            let count = excerpt.lines.len();
            return Some((excerpt.lines, count));
        }
        let indent = column.saturating_sub(1);
        let shown = block.iter().copied().take(most).enumerate().map(|(below, text)| {
            let blank = text.bytes().take(indent).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            let text = if below == 0 { text } else { &text[blank..] };
            (line + below, super::clipped(text.trim_end(), WIDEST).into_owned())
        });
        Some((shown.collect(), block.len()))
    }

    /// The lines of the value at the place, where they may be shown.
    fn block(&self) -> Option<Vec<&str>> {
        Some(self.source.as_ref()?.block(self.line?, self.column?))
    }

    /// The lines at both places, the first that differs among them; of what stands there as it stood, the new ones only.
    pub fn excerpts(old: &Self, new: &Self) -> Sides<Option<Excerpt>> {
        let (Some(before), Some(after)) = (old.block(), new.block()) else {
            return Sides { old: old.excerpt(), new: new.excerpt() };
        };
        let format = |origin: &Self| origin.source.as_ref().map(Source::format);
        if format(old) != format(new) {
            // Every line differs then, and none shows why.
            return Sides { old: None, new: new.excerpt() };
        }
        let bare = |line: &&str| line.trim().trim_end_matches(',').to_owned();
        let differs = before.iter().zip(&after).position(|(one, other)| bare(one) != bare(other));
        let quote = |origin: &Self, below: usize| {
            origin.source.as_ref()?.excerpt(origin.line?, origin.column?, below.max(1))
        };
        match differs {
            Some(below) => {
                let (old, new) = (quote(old, below), quote(new, below));
                let texts =
                    |one: &Excerpt| one.lines.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>();
                // What differs lies deeper than what is shown.
                let is_same = old.as_ref().map(texts) == new.as_ref().map(texts);
                Sides { old: old.filter(|_| !is_same), new }
            }
            None => Sides { old: None, new: new.excerpt() },
        }
    }
}

/// A place in a derived artifact: of one stream of a catalog, or of the artifact as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactPlace {
    /// Where the stream stands in the list of streams; `None` for what is in none.
    pub stream: Option<usize>,
    /// The place in the stream, or in the artifact.
    pub pointer: Pointer,
}

/// The JSON pointer from the root of the artifact.
impl fmt::Display for ArtifactPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(index) = self.stream {
            write!(f, "/streams/{index}")?;
        }
        self.pointer.fmt(f)
    }
}

/// Who is affected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Every user of the connector.
    pub everyone: bool,
    /// Otherwise the streams, by name as `scopedImpact` takes them.
    pub streams: BTreeSet<String>,
    /// What narrows it further: a sync mode, or the configs that set something.
    pub only: Option<Limit>,
    /// Schema files from which other streams are built as well, whose names are not known.
    pub unlisted_streams_of: BTreeSet<String>,
}

/// Why the level is what it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Evidence {
    /// Shown to hold for every value.
    Proof {
        /// What was shown.
        message: Words,
    },
    /// A value that the old side accepts and the new side refuses.
    Witness {
        /// The value.
        value: Value,
        /// What a validator says of it.
        message: Words,
    },
    /// Seen in a sample.
    Sample {
        /// Which sample shows it.
        message: Words,
    },
    /// The rule decides by itself.
    #[default]
    Rule,
    /// Not decided; the message says what would decide it.
    Unproven {
        /// What would decide it.
        message: Words,
    },
}

/// What the platform does with a connection at schema refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    /// It pauses the connection.
    Breaking,
    /// It goes on.
    NotBreaking,
    /// It does not look at this.
    Invisible,
}

/// What a related place is to a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelatedKind {
    /// This may have been renamed to that.
    RenamedTo,
    /// This may be that under a new name.
    RenamedFrom,
    /// This may stand there now.
    MovedTo,
    /// This may have stood there.
    MovedFrom,
}

impl RelatedKind {
    /// In words, before the name of the other place.
    pub fn describe(self) -> &'static str {
        match self {
            Self::RenamedTo => "may have become",
            Self::RenamedFrom => "may have been",
            Self::MovedTo => "may have moved to",
            Self::MovedFrom => "may have moved from",
        }
    }
}

/// What speaks for two places being one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Likeness {
    /// The names are alike.
    SimilarName,
    /// The names are equal.
    SameName,
    /// The schemas are equal, titles and descriptions aside.
    EqualSchema,
    /// Most fields have the same names.
    SharedFields,
    /// Both stand below one parent.
    SamePlace,
}

impl Likeness {
    /// In words, for reports.
    pub fn describe(self) -> &'static str {
        match self {
            Self::SimilarName => "similar name",
            Self::SameName => "same name",
            Self::EqualSchema => "equal schema",
            Self::SharedFields => "mostly the same fields",
            Self::SamePlace => "same place",
        }
    }
}

/// A hint, never a certainty: a place on the other side that looks like this one.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    /// What it is.
    pub kind: RelatedKind,
    /// The stream, where the hint is about a stream.
    pub stream: Option<String>,
    /// The field or config path, where it is about one.
    pub field: Vec<String>,
    /// The path of what moved, where that lies inside of what the finding is about; else empty.
    pub part: Vec<String>,
    /// From 0 to 1: of the names, or of the sets of fields where those are more alike.
    pub similarity: f64,
    /// What speaks for it.
    pub because: Vec<Likeness>,
}

/// The option of a spec's `oneOf` that a finding concerns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SpecBranch {
    /// The property that tells the options apart.
    pub property: String,
    /// Its value in this option.
    pub value: String,
}

impl fmt::Display for SpecBranch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.property, self.value)
    }
}

/// A thing with a name that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is, in the singular: `sync mode`.
    pub noun: &'static str,
    /// Its name.
    pub name: String,
}

/// One difference, judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The fingerprint: the same for the same difference on every machine.
    pub id: String,
    /// The rule's id.
    pub rule: &'static str,
    /// What happened, in a few words.
    pub title: &'static str,
    /// How bad it is.
    pub level: Level,
    /// The level without the policy file.
    pub own_level: Level,
    /// Which of the five types; null for what is not breaking by nature.
    pub breaking_type: Option<BreakingType>,
    /// The bump it asks for at 1.0.0 and later.
    pub bump: Bump,
    /// The artifact it was found in.
    pub artifact: Artifact,
    /// The stream; null for what is not in a stream.
    pub stream: Option<StreamId>,
    /// Property names from the root: the field, or the path in the config.
    pub field: Vec<String>,
    /// The option of the spec it concerns.
    pub branch: Option<Arc<SpecBranch>>,
    /// Places in the derived artifacts; null where there is nothing.
    pub pointer: Sides<Option<ArtifactPlace>>,
    /// The editions it holds for.
    pub editions: &'static [Edition],
    /// What the platform does; null without a configured catalog.
    pub platform: Option<Platform>,
    /// Possible renames.
    pub related: Vec<Related>,
    /// The old value, where there is a short one.
    pub old: Option<Fragment>,
    /// The new value.
    pub new: Option<Fragment>,
    /// Who is affected. Findings that affect the same share it.
    pub scope: Arc<Scope>,
    /// What it is about besides a stream and a field: a sync mode, a key of the spec.
    pub item: Option<Box<Item>>,
    /// What the user sees.
    pub effect: Words,
    /// What the user, or the author, must do.
    pub action: Action,
    /// Why the level is what it is.
    pub evidence: Evidence,
    /// Where the values were written.
    pub origin: Sides<Option<Origin>>,
    /// The shared definition or file whose edit it is.
    pub cause: Option<String>,
    /// Where the policy file sets the level; null where the rule's own level stands.
    pub policy: Option<String>,
    /// A migration that absorbs it.
    pub migration: Option<Box<Migration>>,
    /// Set where the policy file waives it.
    pub waived: Option<Box<Waived>>,
    /// What it comes to in the destinations that were asked about.
    pub destinations: Vec<InDestination>,
}

/// What a migration rewrites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MigrationKind {
    /// Saved configs.
    Config,
    /// Saved state.
    State,
}

/// A migration that absorbs a break.
#[derive(Debug, Clone, PartialEq)]
pub struct Migration {
    /// What it rewrites.
    pub kind: MigrationKind,
    /// Whether it lowers the level.
    pub credited: bool,
    /// Where it is declared.
    pub by: String,
}

/// A decision of the project to accept a finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Waived {
    /// Why.
    pub reason: String,
    /// The version or date it ends with.
    pub until: Option<String>,
}
