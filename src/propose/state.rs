//! What the new manifest may do about saved state that it does not read, each tried before it is said.
//!
//! Of what the CDK's components offer two things help: formats in `cursor_datetime_formats` of a `DatetimeBasedCursor`, and
//! `LegacyToPerPartitionStateMigration` in `state_migrations`. Every other migration of state is a class of the connector
//! (`CustomStateMigration`), for which there are words and no edit. An edit is offered where the old version's positions are
//! read as they were meant, and where saved state met by the edited version is at no harm.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::edited::{of_state, with_edits};
use super::formats::{INSTANTS, Known, Reads, Wrote, inferred};
use super::recipes::{reason, recipe};
use crate::datetime::Reader;
use crate::diff::{StateChange, state_changes};
use crate::model::{
    Artifact, BreakingType, Connector, ConnectorReport, Document, Finding, Level, Locate, Pointer, Positions,
    SavedState, StateOutcome, StatePlaces, StateTraits, StepKind, StreamBody, StreamId, StreamProperties,
    Words,
};

/// The CDK's own migration of state.
pub const LEGACY_MIGRATION: &str = "LegacyToPerPartitionStateMigration";

/// A break of saved state, as a report tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateBreak {
    /// The rule that found it.
    pub rule: &'static str,
    /// The stream.
    pub stream: StreamId,
}

/// An edit of the new manifest after which it reads what the old version saved.
#[derive(Debug, Clone)]
pub struct StateProposal {
    /// What it does, in a sentence.
    pub what: String,
    /// The manifest.
    pub document: Arc<Document>,
    /// The edit.
    pub edit: StateEdit,
    /// The streams whose breaks it mends.
    pub streams: BTreeSet<StreamId>,
    /// On what it was tried, in words.
    pub tried: String,
}

/// An edit of a manifest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum StateEdit {
    /// Formats at the end of `cursor_datetime_formats`.
    Formats {
        /// The cursor.
        cursor: Pointer,
        /// The list, where there is one.
        list: Option<Pointer>,
        /// What is added.
        formats: Vec<String>,
    },
    /// The CDK's migration, at the end of `state_migrations`.
    Migration {
        /// The stream.
        stream: Pointer,
        /// The list, where there is one.
        list: Option<Pointer>,
    },
}

/// What there is for one break of saved state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateAnswer {
    /// These proposals together, by their numbers.
    Read(Vec<usize>),
    /// No component of the CDK helps.
    None {
        /// Why.
        why: String,
        /// What a class of the connector would do, in words; empty where nothing honest can be done.
        recipe: Vec<String>,
    },
}

/// The proposals for saved state.
#[derive(Debug, Clone, Default)]
pub struct StateProposals {
    /// The breaks.
    pub breaks: Vec<StateBreak>,
    /// The edits.
    pub proposals: Vec<StateProposal>,
    /// For each break what is there.
    pub answers: Vec<StateAnswer>,
}

/// Rules of how positions are written. Where such a finding asks for review, it depends on the saved value.
const OF_FORMATS: [&str; 4] = [
    "state-datetime-format-changed",
    "state-misread",
    "state-cursor-format-changed",
    "state-cursor-value-type-changed",
];

/// Whether a change of the manifest, or a migration of state, may mend what was found.
fn is_state_break(finding: &Finding) -> bool {
    let is_of_state =
        finding.artifact == Artifact::State || finding.breaking_type == Some(BreakingType::StateChange);
    let is_break = finding.level == Level::Breaking && finding.own_level == Level::Breaking;
    let depends = finding.level == Level::Review && OF_FORMATS.contains(&finding.rule);
    is_of_state && finding.stream.is_some() && (is_break || depends)
}

/// The breaks of saved state that a report finds.
pub fn state_breaks(report: &ConnectorReport) -> Vec<StateBreak> {
    of_findings(&report.findings)
}

fn of_findings(findings: &[Finding]) -> Vec<StateBreak> {
    let mut breaks: Vec<StateBreak> = findings
        .iter()
        .filter(|finding| is_state_break(finding))
        .filter_map(|finding| Some(StateBreak { rule: finding.rule, stream: finding.stream.clone()? }))
        .collect();
    breaks.sort_by(|one, other| (&one.stream, &one.rule).cmp(&(&other.stream, &other.rule)));
    breaks.dedup();
    breaks
}

/// Says of each break of saved state that the manifest can read that there is an edit, and of each that more formats would
/// not mend that they would not.
pub(super) fn advise(findings: &mut [Finding], old: &Connector, new: &Connector) {
    let breaks = of_findings(findings);
    if breaks.is_empty() {
        return;
    }
    let found = propose_state(old, new, breaks);
    for finding in findings.iter_mut().filter(|finding| is_state_break(finding)) {
        let is_of =
            |one: &StateBreak| one.rule == finding.rule && Some(&one.stream) == finding.stream.as_ref();
        let answer = found.breaks.iter().position(is_of).and_then(|at| found.answers.get(at));
        let (kind, text) = match answer {
            Some(StateAnswer::Read(_)) => (
                StepKind::Avoid,
                "Add to the manifest what `connector-diff migrate` writes: every saved position that was tried is read with it.",
            ),
            Some(StateAnswer::None { .. }) if OF_FORMATS[..3].contains(&finding.rule) => (
                StepKind::Check,
                "`connector-diff migrate` says why it adds no format to `cursor_datetime_formats` here.",
            ),
            _ => continue,
        };
        let usual = std::mem::take(&mut finding.action);
        finding.action = usual.preceded_by(kind, Words::marked(text));
    }
}

/// So often edits are tried; those that leave a stream at harm are left out the next time.
const ROUNDS: usize = 8;

/// Finds edits for breaks of saved state, and tries each.
pub fn propose_state(old: &Connector, new: &Connector, breaks: Vec<StateBreak>) -> StateProposals {
    let (before, after) = (Manifests::of(old), Manifests::of(new));
    let mut search = Search { before, after, old, known: Known::default(), edits: BTreeMap::new() };
    let mut refused: BTreeMap<usize, String> = BTreeMap::new();
    let mut answers: Vec<Result<Vec<Key>, String>> = Vec::new();
    let streams: BTreeSet<&StreamId> = breaks.iter().map(|broken| &broken.stream).collect();
    let mut as_it_is = None;
    for round in 0..=ROUNDS {
        // What is refused adds nothing: streams that share a cursor with it are asked anew.
        search.edits.clear();
        answers.clear();
        for (index, broken) in breaks.iter().enumerate() {
            let answer = refused.get(&index).cloned().map_or_else(|| search.edits_for(broken), Err);
            answers.push(answer);
        }
        let used = kept(&answers);
        if used.is_empty() {
            break;
        }
        if round == ROUNDS {
            let why = "edits of several streams have to do with each other, and those that were tried harm one of them";
            answers
                .iter_mut()
                .filter(|answer| answer.is_ok())
                .for_each(|answer| *answer = Err(why.to_owned()));
            break;
        }
        let harmed_after = harmed(old, &search.edited(new, &used));
        let before = refused.len();
        for (index, (broken, answer)) in breaks.iter().zip(&answers).enumerate() {
            let at_harm = harmed_after.get(&broken.stream).into_iter().flatten();
            if let (Ok(_), Some(change)) =
                (answer, at_harm.into_iter().find(|one| concerns(broken.rule, one)))
            {
                let why = change.why("the old state", "the new one");
                refused.insert(index, format!("it was tried, and saved state is still harmed: {why}"));
            }
        }
        // A cursor may be one that other streams have too, which nothing broke.
        let as_it_is = as_it_is.get_or_insert_with(|| harmed(old, &search.edited(new, &BTreeSet::new())));
        let others = harmed_after.iter().filter(|(stream, _)| !streams.contains(stream));
        for (stream, changes) in others {
            let known = as_it_is.get(stream).map_or(&[][..], Vec::as_slice);
            let Some(change) = changes.iter().find(|change| !known.contains(change)) else { continue };
            let keys = search.keys_of(&stream.name);
            let why = change.why("the old state", "the new one");
            for (index, answer) in answers.iter().enumerate() {
                if answer.as_ref().is_ok_and(|own| own.iter().any(|key| keys.contains(key))) {
                    let why = format!(
                        "it was tried, and it harms `{}`, which has the same cursor: {why}",
                        stream.name
                    );
                    refused.entry(index).or_insert(why);
                }
            }
        }
        if refused.len() == before {
            break;
        }
    }
    let used = kept(&answers);
    let keys: Vec<&Key> = search.edits.keys().filter(|key| used.contains(key)).collect();
    let number = |key: &Key| keys.iter().position(|one| *one == key);
    let answers = breaks
        .iter()
        .zip(&answers)
        .map(|(broken, answer)| match answer {
            Ok(edits) => StateAnswer::Read(edits.iter().filter_map(number).collect()),
            Err(why) => StateAnswer::None { why: why.clone(), recipe: recipe(broken.rule) },
        })
        .collect();
    let proposals = keys.iter().filter_map(|key| search.proposal(key)).collect();
    StateProposals { breaks, proposals, answers }
}

/// Which mapping of the manifest an edit is of: a cursor, or a stream.
type Key = (bool, Pointer);

fn kept(answers: &[Result<Vec<Key>, String>]) -> BTreeSet<Key> {
    answers.iter().flatten().flatten().cloned().collect()
}

/// Whether a change is one that a rule tells of: of how values are written, or of anything else.
fn concerns(rule: &str, change: &StateChange) -> bool {
    let is_of_formats = matches!(
        change,
        StateChange::DatetimeFormatChanged { .. }
            | StateChange::DatetimeMisread { .. }
            | StateChange::CursorFormatChanged { .. }
            | StateChange::CursorValueTypeChanged
    );
    is_of_formats == OF_FORMATS.contains(&rule)
}

/// What is still at harm, by stream: with the samples that are there, and by what the manifests show.
fn harmed(old: &Connector, edited: &Connector) -> BTreeMap<StreamId, Vec<StateChange>> {
    let without = Connector { states: Vec::new(), ..of_state(old, old.catalog.clone()) };
    let with = of_state(old, old.catalog.clone());
    let mut found: BTreeMap<StreamId, Vec<StateChange>> = BTreeMap::new();
    for old in [with, without] {
        for (stream, change) in state_changes(&old, edited) {
            let is_harm = change.outcome().is_harm() || change.outcome() == StateOutcome::Unknown;
            if let Some(stream) = stream.filter(|_| is_harm) {
                found.entry(stream).or_default().push(change);
            }
        }
    }
    found
}

/// The streams of a side that a manifest defines, by name.
struct Manifests<'c>(BTreeMap<&'c str, (&'c StreamProperties, &'c dyn Locate)>);

impl<'c> Manifests<'c> {
    fn of(connector: &'c Connector) -> Self {
        let streams = connector.catalog.iter().flat_map(|catalog| &catalog.streams);
        let derived = streams.filter_map(|stream| match &stream.body {
            StreamBody::Derived(derived) => {
                Some((&*stream.id.name, (&*derived.properties, &*derived.locate)))
            }
            StreamBody::Captured(_) => None,
        });
        // Of a faulty catalog the first counts.
        let mut found = BTreeMap::new();
        derived.for_each(|(name, stream)| {
            found.entry(name).or_insert(stream);
        });
        Self(found)
    }

    fn traits(&self, stream: &str) -> Option<&'c StateTraits> {
        self.0.get(stream)?.0.state.as_deref()
    }

    fn places(&self, stream: &str) -> Option<StatePlaces> {
        self.0.get(stream)?.1.state_places()
    }
}

/// How a parent that names lead to keeps its position.
fn inner<'t>(traits: &'t StateTraits, parents: &[String]) -> Option<&'t StateTraits> {
    let Some((first, rest)) = parents.split_first() else { return Some(traits) };
    let parent = traits.parents.iter().find(|parent| parent.dependent && parent.name == *first)?;
    inner(parent.state.as_ref()?, rest)
}

/// What is added to one mapping.
struct Edit {
    document: Arc<Document>,
    edit: StateEdit,
    streams: BTreeSet<StreamId>,
    /// Whether only samples show how the old version writes.
    by_sample: bool,
}

struct Search<'c> {
    before: Manifests<'c>,
    after: Manifests<'c>,
    old: &'c Connector,
    known: Known,
    edits: BTreeMap<Key, Edit>,
}

impl Search<'_> {
    /// What edits of a stream's manifest may be of.
    fn keys_of(&self, stream: &str) -> BTreeSet<Key> {
        let places = self.after.places(stream).into_iter();
        places
            .flat_map(|places| {
                let cursors = places.cursors.into_iter().map(|place| (true, place.cursor));
                cursors.chain(places.stream.map(|stream| (false, stream))).collect::<Vec<_>>()
            })
            .collect()
    }

    fn edits_for(&mut self, broken: &StateBreak) -> Result<Vec<Key>, String> {
        match broken.rule {
            rule if OF_FORMATS.contains(&rule) => self.formats(broken),
            "state-legacy-map-replaced" => self.legacy_migration(broken),
            rule => Err(reason(rule).to_owned()),
        }
    }

    /// Adds an edit to what is edited at a place already.
    fn add(&mut self, key: Key, edit: Edit) {
        match self.edits.entry(key) {
            Entry::Vacant(place) => {
                place.insert(edit);
            }
            Entry::Occupied(mut known) => {
                let known = known.get_mut();
                if let (StateEdit::Formats { formats, .. }, StateEdit::Formats { formats: more, .. }) =
                    (&mut known.edit, edit.edit)
                {
                    formats.extend(more);
                }
                known.streams.extend(edit.streams);
                known.by_sample |= edit.by_sample;
            }
        }
    }

    /// The formats that the cursor of a stream lacks, and those of its parents.
    fn formats(&mut self, broken: &StateBreak) -> Result<Vec<Key>, String> {
        let name = &*broken.stream.name;
        let Some(traits) = self.after.traits(name) else {
            return Err("code keeps the position in the new version: it has to read both formats".to_owned());
        };
        let by_hand = || {
            format!(
                "the cursor of `{name}` is a class of the connector, or its format comes from `$parameters`: add the format by hand"
            )
        };
        let places = self.after.places(name).ok_or_else(by_hand)?;
        let mut keys: Vec<Key> = Vec::new();
        // What one cursor lacks is of no use where another of the stream cannot be mended.
        let mut pending: Vec<(Key, Edit)> = Vec::new();
        for place in &places.cursors {
            let Some(reading) = inner(traits, &place.parents) else { continue };
            let Some(reads) = reads_of(reading) else { continue };
            let wrote = self.wrote(&broken.stream, &place.parents, reading)?;
            for (wrote, by_sample) in wrote {
                let key = (true, place.cursor.clone());
                let mut reads = reads.clone();
                // Another stream may have added to a cursor that both share.
                let before = pending.iter().filter(|(of, _)| *of == key).map(|(_, edit)| edit);
                for edit in self.edits.get(&key).into_iter().chain(before) {
                    if let StateEdit::Formats { formats, .. } = &edit.edit {
                        reads.listed.extend(formats.iter().cloned());
                    }
                }
                let added = match reads.listed.contains(&wrote.format) {
                    true => Vec::new(),
                    false => self.known.additions(&reads, &wrote)?,
                };
                let edit = Edit {
                    document: places.document.clone(),
                    edit: StateEdit::Formats {
                        cursor: place.cursor.clone(),
                        list: place.formats.clone(),
                        formats: added,
                    },
                    streams: BTreeSet::from([broken.stream.clone()]),
                    by_sample,
                };
                pending.push((key.clone(), edit));
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
        }
        match (keys.is_empty(), broken.rule) {
            (false, _) => {
                pending.into_iter().for_each(|(key, edit)| self.add(key, edit));
                Ok(keys)
            }
            (true, "state-cursor-value-type-changed") => {
                Err(reason("state-cursor-value-type-changed").to_owned())
            }
            (true, _) => Err(by_hand()),
        }
    }

    /// The formats in which the old version wrote a position that the new one does not read: by its manifest, or else by
    /// samples.
    fn wrote(
        &self,
        stream: &StreamId,
        parents: &[String],
        reading: &StateTraits,
    ) -> Result<Vec<(Wrote, bool)>, String> {
        let own = self.before.traits(&stream.name);
        if let Some(saving) =
            own.filter(|own| own.custom_cursor.is_none()).and_then(|own| inner(own, parents))
        {
            let Some(format) = &saving.writes else { return Ok(Vec::new()) };
            let is_read = reading.reads.contains(format)
                && crate::datetime::reading(format, &reading.reads)
                    .is_none_or(|read| read == crate::datetime::Reading::Same)
                || crate::datetime::reading(format, &reading.reads) == Some(crate::datetime::Reading::Same);
            if is_read {
                return Ok(Vec::new());
            }
            let start = saving.start.as_ref().and_then(|(text, format)| {
                Some(Reader::of(std::slice::from_ref(format)).read(text)??.micros)
            });
            return Ok(vec![(Wrote { format: format.clone(), start }, false)]);
        }
        let Some([field]) = reading.cursor_field.as_deref() else { return Ok(Vec::new()) };
        let reader = Reader::of(&reading.reads);
        let mut formats = BTreeSet::new();
        let messages = self.old.states.iter().flat_map(|sample| &sample.messages);
        for one in messages.flat_map(|message| message.streams()).filter(|one| one.id == *stream) {
            let saved = parents.iter().try_fold(&one.saved, |saved, name| saved.parents.get(name));
            for values in saved.iter().flat_map(|saved| values_of(saved, field)) {
                let unread: Vec<String> = values
                    .into_iter()
                    .filter(|text| !matches!(reader.read(text), Some(Some(read)) if !read.is_misread(text)))
                    .collect();
                if !unread.is_empty() {
                    formats.insert(inferred(&unread)?);
                }
            }
        }
        Ok(formats.into_iter().map(|format| (Wrote { format, start: None }, true)).collect())
    }

    /// The CDK's migration of the map by partition id. What it leaves is found by a router whose partitions have one text and
    /// nothing beside it.
    fn legacy_migration(&mut self, broken: &StateBreak) -> Result<Vec<Key>, String> {
        let name = &*broken.stream.name;
        let traits = self.after.traits(name).ok_or("code keeps the position in the new version")?;
        let forms = traits.partitions.as_ref();
        let has_slice = forms.is_some_and(|forms| forms.iter().any(|form| form.contains_key("parent_slice")));
        if has_slice {
            return Err(format!(
                "{LEGACY_MIGRATION} writes no `parent_slice`, and the partitions of a SubstreamPartitionRouter have one: none would \
                 be found"
            ));
        }
        let is_union =
            !traits.parents.is_empty() && forms.is_some_and(|forms| forms.iter().all(|form| form.len() == 1));
        if !is_union {
            return Err(format!(
                "{LEGACY_MIGRATION} is for partitions of parent streams: the CDK refuses it beside another router, or a class of \
                 the connector decides the partitions"
            ));
        }
        if traits.migrations.iter().any(|one| one == LEGACY_MIGRATION) {
            return Err(format!("{LEGACY_MIGRATION} is declared and does not apply to the saved state"));
        }
        let places = self.after.places(name);
        let Some((stream, places)) = places.and_then(|places| Some((places.stream.clone()?, places))) else {
            return Err("the stream is made of a template: add the migration by hand".to_owned());
        };
        let key = (false, stream.clone());
        let edit = self.edits.entry(key.clone()).or_insert_with(|| Edit {
            document: places.document.clone(),
            edit: StateEdit::Migration { stream, list: places.migrations.clone() },
            streams: BTreeSet::new(),
            by_sample: true,
        });
        edit.streams.insert(broken.stream.clone());
        Ok(vec![key])
    }

    fn edited(&self, new: &Connector, used: &BTreeSet<Key>) -> Connector {
        let edits = self.edits.iter().filter(|(key, _)| used.contains(key)).map(|(_, edit)| &edit.edit);
        with_edits(new, &edits.collect::<Vec<_>>())
    }

    fn proposal(&self, key: &Key) -> Option<StateProposal> {
        let edit = self.edits.get(key)?;
        let names: Vec<String> = edit.streams.iter().map(|id| format!("`{}`", id.name)).collect();
        let of = names.join(", ");
        let what = match &edit.edit {
            StateEdit::Formats { formats, .. } => {
                let formats: Vec<String> = formats.iter().map(|format| format!("`{format}`")).collect();
                format!(
                    "Reads positions of {of} in {} too, by `cursor_datetime_formats`.",
                    formats.join(", ")
                )
            }
            StateEdit::Migration { .. } => {
                format!("Turns the map by partition id of {of} into partitions, by `{LEGACY_MIGRATION}`.")
            }
        };
        let tried = match (&edit.edit, edit.by_sample) {
            (StateEdit::Formats { .. }, false) => {
                format!(
                    "{INSTANTS} positions in the old format, and as many in the new one, are read as they were meant."
                )
            }
            (StateEdit::Formats { .. }, true) => {
                "Every position of the sample is read, and as one date by all usual formats that \
                                                  read it."
                    .to_owned()
            }
            (StateEdit::Migration { .. }, _) => "Every partition of the sample is found.".to_owned(),
        };
        let (document, streams) = (edit.document.clone(), edit.streams.clone());
        Some(StateProposal { what, document, edit: edit.edit.clone(), streams, tried })
    }
}

/// The formats of a cursor in their two fields.
fn reads_of(traits: &StateTraits) -> Option<Reads> {
    let own = traits.writes.clone()?;
    let (last, listed) = traits.reads.split_last()?;
    (*last == own).then(|| Reads { listed: listed.to_vec(), own })
}

/// The values under a key in a state of a sample, those of one form together.
fn values_of(saved: &SavedState, field: &str) -> Vec<Vec<String>> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let found = [&saved.cursor, &saved.beside].into_iter().filter_map(|keys| keys.get(field));
    found
        .flat_map(|positions| match positions {
            Positions::Seen(forms) => forms
                .values()
                .map(|values| values.iter().filter(|value| !value.is_null()).map(text).collect())
                .collect(),
            _ => Vec::new(),
        })
        .collect()
}
