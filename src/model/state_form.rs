//! What saved state looks like, piece by piece, with nothing of its values left: facts with names of their own, and the
//! words for them beside.
//!
//! Fingerprints of findings are made of these facts, so a variant that gets another name moves fingerprints. The words
//! may be reworded.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Serialize, Serializer};

use super::JsonType;

/// The kinds of state that connectors save (`airbyte-cdk` for Python 7.39.1 and the JDBC sources).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateClass {
    /// `{}`: no position at all.
    Empty,
    /// `{cursor: value}`.
    Simple,
    /// `{"states": [{"partition": …, "cursor": …}]}`.
    PerPartition,
    /// One position for all partitions.
    GlobalSubstream,
    /// `{"slices": […], "state_type": …}`.
    Slices,
    /// `{"next_page_token": …}`: where a resumable full refresh stopped.
    ResumableToken,
    /// `{"__ab_full_refresh_sync_complete": true}`.
    ResumableDone,
    /// `{"__ab_no_cursor_state_message": true}`.
    NoCursor,
    /// `{"history": {file: time}}`.
    FileHistory,
    /// `{"version": …, "state_type": …}` of database sources.
    Versioned,
    /// `{partition id: {cursor: value}}` of Python substreams.
    LegacyMap,
    /// Anything else.
    Opaque,
}

impl StateClass {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "nothing",
            Self::Simple => "one position",
            Self::PerPartition => "one position per partition",
            Self::GlobalSubstream => "one position for all partitions",
            Self::Slices => "date ranges",
            Self::ResumableToken => "the next page of a full refresh",
            Self::ResumableDone | Self::NoCursor => "a full refresh marker",
            Self::FileHistory => "a history of files",
            Self::Versioned => "a database position",
            Self::LegacyMap => "a map by partition id",
            Self::Opaque => "a form of its own",
        }
    }

    /// Whether it belongs to a full refresh: no later sync goes on from it.
    pub fn is_full_refresh(self) -> bool {
        matches!(self, Self::NoCursor | Self::ResumableDone | Self::ResumableToken)
    }
}

/// What a whole number is as a time, by how many digits it has before the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Magnitude {
    /// More than a time has in milliseconds.
    Large,
    /// Fewer than a time has in seconds.
    Small,
    /// As many as a time has in milliseconds.
    EpochMilliseconds,
    /// As many as a time has in seconds.
    EpochSeconds,
}

impl Magnitude {
    /// Of so many digits.
    pub fn of_digits(digits: usize) -> Self {
        match digits {
            0..=8 => Self::Small,
            9..=11 => Self::EpochSeconds,
            12..=14 => Self::EpochMilliseconds,
            _ => Self::Large,
        }
    }

    /// Whether it may be a time.
    pub fn is_epoch(self) -> bool {
        matches!(self, Self::EpochSeconds | Self::EpochMilliseconds)
    }

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Large => "a large number",
            Self::Small => "a small number",
            Self::EpochMilliseconds => "epoch milliseconds",
            Self::EpochSeconds => "epoch seconds",
        }
    }
}

/// How a text is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextForm {
    /// Its look: each run of digits is one `0`, and letters that belong to no time are one `a`.
    Look(String),
    /// Digits alone.
    Digits(Magnitude),
}

/// How a value is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// A JSON number.
    Number(Magnitude),
    /// A text.
    Text(TextForm),
    /// Null or an empty text.
    Empty,
    /// Anything else.
    Other(JsonType),
}

impl Form {
    /// Whether both are numbers, or both texts.
    pub fn same_type(&self, other: &Form) -> bool {
        matches!(
            (self, other),
            (Form::Number(_), Form::Number(_))
                | (Form::Text(_), Form::Text(_))
                | (Form::Empty, _)
                | (_, Form::Empty)
        ) || self == other
    }

    /// In words.
    pub fn describe(&self) -> String {
        match self {
            Form::Number(magnitude) => format!("a number ({})", magnitude.name()),
            Form::Text(TextForm::Look(look)) => format!("a text like {look}"),
            Form::Text(TextForm::Digits(magnitude)) => format!("a text like {}", magnitude.name()),
            Form::Empty => "empty".to_owned(),
            Form::Other(kind) => kind.name().to_owned(),
        }
    }
}

/// A date or timestamp whose digits were folded.
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^0[-/]0(?:[-/]0)?(?:[T ]0:0(?::0(?:\.0)?)?)?(?: ?(?:Z|[+-]0(?::?0)?))?$")
        .expect("a valid pattern")
});

/// Whether a text is a date or a timestamp, by its look: each run of digits in it became one `0`.
pub fn is_time(look: &str) -> bool {
    TIME.is_match(look)
}

/// What one kind of partition is told apart by: each key with what its value is.
pub type PartitionForm = BTreeMap<String, PartitionValue>;

/// The value of a key that tells partitions apart. Partitions are found by the exact JSON of all keys and values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartitionValue {
    /// Seen in samples, of this JSON type.
    Seen(JsonType),
    /// The value that records of a parent stream have under a key.
    FromParent {
        /// The parent stream.
        stream: String,
        /// The key.
        key: String,
    },
    /// One of the values that a manifest lists, in its order; `None` where the config decides them.
    Listed(Option<Vec<String>>),
    /// A list of values: partitions are read in groups.
    Grouped {
        /// How many make a group, where a manifest shows it.
        size: Option<u64>,
        /// The value that is grouped, where a manifest shows it.
        of: Option<Box<PartitionValue>>,
    },
    /// The partition of the parent stream, in a form that code decides.
    OpenSlice,
    /// The partition of the parent stream, which stands inside.
    Slice(#[serde(serialize_with = "partition_by_look")] PartitionForm),
}

impl PartitionValue {
    /// Whether code decides some of its form.
    pub fn is_open(&self) -> bool {
        match self {
            Self::OpenSlice => true,
            Self::Slice(slice) => slice.values().any(Self::is_open),
            Self::Grouped { of: Some(of), .. } => of.is_open(),
            _ => false,
        }
    }

    fn describe(&self, key: &str) -> Option<String> {
        Some(match self {
            Self::FromParent { key: from, .. } => format!("{} from {from}", shown_key(key)),
            // The slices of parents are grouped beside their values.
            Self::Grouped { .. } if key == "parent_slice" => return None,
            Self::Grouped { size, of } => {
                let inner = of
                    .as_ref()
                    .and_then(|value| value.describe(key))
                    .unwrap_or_else(|| shown_key(key).into_owned());
                let values = match of.as_deref() {
                    Some(Self::Listed(Some(values))) => {
                        format!(" ({})", values.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
                    }
                    _ => String::new(),
                };
                match size {
                    Some(size) => format!("{inner}{values} in groups of {size}"),
                    None => format!("groups of {inner}"),
                }
            }
            // A parent without partitions has an empty one, which tells nothing.
            Self::OpenSlice => return None,
            Self::Slice(slice) if slice.is_empty() => return None,
            Self::Slice(slice) => format!("{key} with {}", describe_partition(slice)),
            Self::Seen(_) | Self::Listed(_) => shown_key(key).into_owned(),
        })
    }
}

/// A key of saved state as it may be shown. Ids and addresses of people stand as keys in old states: what does not look
/// like the name of a field is known by its look.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyName {
    /// The name of a field, or of a stream.
    Name(String),
    /// Something else: each run of digits is one `0`, and each run of letters one `a`.
    Look(String),
}

impl KeyName {
    /// Of a key.
    pub fn of(key: &str) -> Self {
        key_look(key).map_or_else(|| Self::Name(key.to_owned()), Self::Look)
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Look(look) => write!(f, "a key like {look}"),
        }
    }
}

/// What a key looks like; `None` where it looks like the name of a field.
fn key_look(key: &str) -> Option<String> {
    let is_name = key.len() <= 64
        && (key.is_empty() || key.chars().any(char::is_alphabetic))
        && key.chars().all(|c| c.is_alphanumeric() || " _-./:".contains(c))
        && !key.split(|c: char| !c.is_numeric()).any(|digits| digits.len() > 3);
    if is_name {
        return None;
    }
    let mut look = String::new();
    for character in key.chars().take(64) {
        let folded = match character {
            c if c.is_numeric() => '0',
            c if c.is_alphabetic() => 'a',
            c => c,
        };
        if !(look.ends_with(folded) && character.is_alphanumeric()) {
            look.push(folded);
        }
    }
    Some(look)
}

/// A key of saved state in words, as [`KeyName`] says.
pub fn shown_key(key: &str) -> Cow<'_, str> {
    key_look(key).map_or(Cow::Borrowed(key), |look| Cow::Owned(KeyName::Look(look).to_string()))
}

/// Writes the keys of a partition by their names or looks.
pub(crate) fn partition_by_look<S: Serializer>(
    form: &PartitionForm,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(form.iter().map(|(key, value)| (KeyName::of(key), value)))
}

/// What tells partitions apart, in words.
pub fn describe_partition(form: &PartitionForm) -> String {
    let keys = form.iter().filter_map(|(key, value)| value.describe(key));
    keys.collect::<Vec<_>>().join(" and ")
}

/// What files are told apart by in a history of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKey {
    /// Their addresses.
    Url,
    /// The day they are of.
    Day,
    /// Their paths.
    Path,
}

impl FileKey {
    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Url => "URL",
            Self::Day => "day",
            Self::Path => "path",
        }
    }
}

/// What decides how the rest of a state is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum StateMarker {
    /// Nothing.
    #[default]
    None,
    /// It is no object, but this.
    Type(JsonType),
    /// A history of files: what the files are told apart by.
    Files(BTreeSet<FileKey>),
    /// A database position.
    Version(StateVersion),
}

/// `version` and `state_type` of a database position, as JSON; what is too long to be either is an ellipsis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StateVersion {
    /// `version`.
    pub version: Option<String>,
    /// `state_type`.
    pub state_type: Option<String>,
}
