//! Samples of saved state: which messages there are, and the shape of what each stream saves.
//!
//! Values, their order and the number of partitions never matter to a shape; what a value looks like does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::{
    Document, Form, KeyName, Nested, PartitionForm, Pointer, StateClass, StateMarker, StreamId, UnreadKeys,
    UnreadPartitions,
};

/// The state messages of one file.
#[derive(Debug, Clone)]
pub struct StateSample {
    /// The file.
    pub document: Arc<Document>,
    /// Its messages.
    pub messages: Vec<StateMessage>,
    /// Whether it was found by its name: people keep such files by hand.
    pub found_by_name: bool,
}

impl StateSample {
    /// Takes the values away and leaves the keys, as in a sample that was made up.
    pub fn forget_values(&mut self) {
        for message in &mut self.messages {
            match message {
                StateMessage::Stream(stream) => stream.saved.forget_values(),
                StateMessage::Global { streams, .. } | StateMessage::Legacy { streams, .. } => {
                    streams.iter_mut().for_each(|stream| stream.saved.forget_values());
                }
            }
        }
    }
}

/// One state message, by the protocol's three types.
#[derive(Debug, Clone, PartialEq)]
pub enum StateMessage {
    /// The state of one stream.
    Stream(Box<StreamState>),
    /// The state of all streams together, as databases under change data capture save it.
    Global {
        /// The keys of what the streams share, each by the way to it; `None` where the message has none.
        shared: Option<BTreeSet<Vec<KeyName>>>,
        /// The states per stream.
        streams: Vec<StreamState>,
    },
    /// The oldest form: one object, keyed by stream.
    Legacy {
        /// The states per stream.
        streams: Vec<StreamState>,
        /// Whether it came as a message of the type `LEGACY`, and not as a bare object, which is how people shorten
        /// samples.
        is_message: bool,
    },
}

impl StateMessage {
    /// The states per stream that it holds.
    pub fn streams(&self) -> &[StreamState] {
        match self {
            Self::Stream(stream) => std::slice::from_ref(&**stream),
            Self::Global { streams, .. } | Self::Legacy { streams, .. } => streams,
        }
    }
}

/// The saved state of one stream in a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamState {
    /// Which stream.
    pub id: StreamId,
    /// The byte of its file that it starts at, where its reader has noted it.
    pub offset: Option<usize>,
    /// What is saved.
    pub saved: SavedState,
    /// Where it stands in the file.
    pub pointer: Pointer,
}

/// The values that a cursor key holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Positions {
    /// Seen in samples: each form with some of its values.
    Seen(BTreeMap<Form, Vec<Value>>),
    /// Written by a manifest's cursor in this datetime format.
    Written(String),
    /// Numbers that a manifest's cursor counts.
    Counted,
    /// Not known: the config or code decides how they are written.
    Unknown,
}

/// The shape of one stream's saved state.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedState {
    /// Its kind.
    pub class: StateClass,
    /// The cursor keys with their values, of all partitions together.
    pub cursor: BTreeMap<String, Positions>,
    /// Plain values at the top beside what the class is about: a cursor finds its field there too.
    pub beside: BTreeMap<String, Positions>,
    /// In a form of its own, plain values inside the objects at the top, by their keys.
    pub inside: BTreeMap<String, Positions>,
    /// What lies inside objects and lists that stand where a value of a position does.
    pub nested: Nested,
    /// `states` or `slices` are not what the class keeps under them, and a cursor that looks at them fails.
    pub is_broken: bool,
    /// What partitions are told apart by; several where they differ. Empty where nothing is known of them.
    pub partitions: BTreeSet<PartitionForm>,
    /// Whether a position for all partitions is kept beside theirs.
    pub global: bool,
    /// The positions of parent streams, by name.
    pub parents: BTreeMap<String, SavedState>,
    /// What decides how the rest is read.
    pub marker: StateMarker,
    /// The keys at the top, the first of them where there are very many.
    pub keys: BTreeSet<String>,
    /// What is not kept of the cursor keys: ids may stand where names of fields do.
    pub other_keys: UnreadKeys,
    /// What is not kept of the keys at the top, under whatever value, and is in none of the fields above.
    pub other_top_keys: UnreadKeys,
    /// What is not kept of the keys inside the objects at the top of a form of its own.
    pub other_inside_keys: UnreadKeys,
    /// The kinds of partition that are not kept.
    pub other_partitions: UnreadPartitions,
}

/// Of samples that are joined, so many values of one form are kept.
const MOST_VALUES: usize = 4_096;

impl SavedState {
    /// A state of this class that holds nothing yet.
    pub fn of(class: StateClass) -> Self {
        Self {
            class,
            cursor: BTreeMap::new(),
            beside: BTreeMap::new(),
            inside: BTreeMap::new(),
            nested: Nested::default(),
            is_broken: false,
            partitions: BTreeSet::new(),
            global: false,
            parents: BTreeMap::new(),
            marker: StateMarker::None,
            keys: BTreeSet::new(),
            other_keys: UnreadKeys::default(),
            other_top_keys: UnreadKeys::default(),
            other_inside_keys: UnreadKeys::default(),
            other_partitions: UnreadPartitions::default(),
        }
    }

    /// Whether the cursor keys are those at the top.
    pub fn is_flat(&self) -> bool {
        matches!(self.class, StateClass::Simple | StateClass::Opaque | StateClass::ResumableToken)
    }

    /// Whether a key is among those that are not kept: of the cursor, or at the top.
    pub fn may_hide(&self, key: &str, at_top: bool) -> bool {
        at_top && self.other_top_keys.has(key) || (!at_top || self.is_flat()) && self.other_keys.has(key)
    }

    /// Whether some keys are not kept.
    pub fn leaves_keys_out(&self) -> bool {
        !(self.other_keys.is_empty() && self.other_top_keys.is_empty())
    }

    /// Whether there is no position in it at all.
    pub fn holds_nothing(&self) -> bool {
        use StateClass as C;
        self.class == C::Empty
            || matches!(self.class, C::Simple | C::PerPartition | C::GlobalSubstream)
                && !self.is_broken
                && self.cursor.is_empty()
                && self.beside.is_empty()
                && self.other_keys.is_empty()
                && self.partitions.is_empty()
                && self.parents.is_empty()
    }

    /// Whether it shows no value of a position: there is none, or each is null or empty.
    pub fn shows_no_value(&self) -> bool {
        let is_empty = |positions: &Positions| match positions {
            Positions::Seen(forms) => forms.keys().all(|form| *form == Form::Empty),
            _ => false,
        };
        self.holds_nothing() || !self.cursor.is_empty() && self.cursor.values().all(is_empty)
    }

    /// Whether it shows how a position is written: the keys of samples that are made up show nothing of that.
    pub fn shows_a_value(&self) -> bool {
        let is_value = |positions: &Positions| match positions {
            Positions::Seen(forms) => forms.keys().any(|form| *form != Form::Empty),
            _ => false,
        };
        self.cursor.values().chain(self.beside.values()).any(is_value)
    }

    /// Takes the values away and leaves the keys.
    pub fn forget_values(&mut self) {
        for keys in [&mut self.cursor, &mut self.beside, &mut self.inside] {
            keys.values_mut().for_each(|positions| *positions = Positions::Unknown);
        }
        self.nested.forget_values();
        self.parents.values_mut().for_each(Self::forget_values);
    }

    /// Whether another sample can be joined: it is of the same class and marker, and so are the
    /// positions of parents.
    pub fn joins(&self, other: &SavedState) -> bool {
        let mut shared =
            self.parents.iter().filter_map(|(name, parent)| Some((parent, other.parents.get(name)?)));
        self.class == other.class
            && self.marker == other.marker
            && shared.all(|(parent, other)| parent.joins(other))
    }

    /// Adds what another sample shows, which [joins](Self::joins).
    pub fn join(&mut self, other: SavedState) {
        join_positions(&mut self.cursor, other.cursor);
        join_positions(&mut self.beside, other.beside);
        join_positions(&mut self.inside, other.inside);
        self.nested.join(other.nested);
        self.is_broken |= other.is_broken;
        self.partitions.extend(other.partitions);
        self.global |= other.global;
        for (name, parent) in other.parents {
            match self.parents.get_mut(&name) {
                Some(known) => known.join(parent),
                None => {
                    self.parents.insert(name, parent);
                }
            }
        }
        self.keys.extend(other.keys);
        self.other_keys.join(&other.other_keys);
        self.other_top_keys.join(&other.other_top_keys);
        self.other_inside_keys.join(&other.other_inside_keys);
        self.other_partitions.join(&other.other_partitions);
    }
}

fn join_positions(all: &mut BTreeMap<String, Positions>, others: BTreeMap<String, Positions>) {
    for (key, positions) in others {
        match all.get_mut(&key) {
            Some(known) => join(known, positions),
            None => {
                all.insert(key, positions);
            }
        }
    }
}

/// Adds what another sample shows of the values in one place.
pub(crate) fn join(known: &mut Positions, positions: Positions) {
    match (known, positions) {
        (Positions::Seen(known), Positions::Seen(forms)) => {
            for (form, values) in forms {
                let kept = known.entry(form).or_default();
                kept.extend(values.into_iter().take(MOST_VALUES.saturating_sub(kept.len())));
            }
        }
        // Samples that show more make up for those that show keys alone.
        (known @ Positions::Unknown, positions) => *known = positions,
        _ => {}
    }
}
