//! What one side saves, by samples and by its manifest, met by the other side.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::code::{is_same_stream, keeps_position};
use super::compare::compare;
use super::definition::{CustomCursorChange, by_definition, custom_cursor_change, meet_definition};
use super::meet::{LEGACY_MIGRATION, Types, meet, saved_by};
use super::met::Met;
use super::parent::handed_on;
use super::position::{read_by, starts_later};
use super::{Found, is_manifest};
use crate::diff::{StateChange, StateValue, record_schema, stream};
use crate::model::{
    Connector, CoverageStatus, JsonType, KeyName, PartitionForm, Pointer, SavedState, StateClass,
    StateEvidence, StateMessage, StateOutcome, StateTraits, Stream, StreamBody, StreamId, StreamProperties,
    SyncMode,
};
use crate::python::Definition;

/// Where a sample of a stream's state stands.
#[derive(Clone, Copy)]
struct Place<'s> {
    /// The place of its file among the samples of the side.
    file: usize,
    pointer: &'s Pointer,
}

impl Place<'_> {
    fn own(self) -> (usize, Pointer) {
        (self.file, self.pointer.clone())
    }
}

/// What samples show of a stream, joined where they can be, and where the first of them stands.
type Sample<'s> = (Cow<'s, SavedState>, Place<'s>);

/// What one side saves and reads.
pub(super) struct Side<'s> {
    pub(super) connector: &'s Connector,
    /// By name: state is found by it, and a manifest has no namespaces. Of a faulty catalog the first counts.
    pub(super) streams: BTreeMap<&'s str, &'s Stream>,
    /// What samples show, joined by class.
    samples: BTreeMap<&'s StreamId, Vec<Sample<'s>>>,
    /// The same, each by itself.
    apart: BTreeMap<&'s StreamId, Vec<(&'s SavedState, Place<'s>)>>,
    /// Their streams by name, one for each namespace.
    sampled_names: BTreeMap<&'s str, Vec<&'s StreamId>>,
    /// Whether a sample has messages per stream.
    pub(super) per_stream: bool,
    /// Whether a sample has a global message, and the keys of what its streams share.
    pub(super) global: Option<Option<BTreeSet<Vec<KeyName>>>>,
    /// Whether a sample is one legacy object, and whether it says so itself.
    pub(super) legacy: Option<bool>,
}

impl<'s> Side<'s> {
    pub(super) fn of(connector: &'s Connector) -> Self {
        let mut side = Self {
            connector,
            streams: BTreeMap::new(),
            samples: BTreeMap::new(),
            apart: BTreeMap::new(),
            sampled_names: BTreeMap::new(),
            per_stream: false,
            global: None,
            legacy: None,
        };
        for stream in connector.catalog.iter().flat_map(|catalog| &catalog.streams) {
            side.streams.entry(&*stream.id.name).or_insert(stream);
        }
        let messages = connector.states.iter().enumerate();
        for (file, message) in
            messages.flat_map(|(file, sample)| sample.messages.iter().map(move |one| (file, one)))
        {
            match message {
                StateMessage::Stream(_) => side.per_stream = true,
                StateMessage::Global { shared, .. } => {
                    let mut known = side.global.take().flatten();
                    if let Some(shared) = shared {
                        known.get_or_insert_default().extend(shared.iter().cloned());
                    }
                    side.global = Some(known);
                }
                StateMessage::Legacy { is_message, .. } => {
                    side.legacy = Some(side.legacy.unwrap_or(false) || *is_message);
                }
            }
            for one in message.streams() {
                if !side.may_save(&one.id, one.saved.class) {
                    continue;
                }
                let place = Place { file, pointer: &one.pointer };
                side.apart.entry(&one.id).or_default().push((&one.saved, place));
                let known = side.samples.entry(&one.id).or_default();
                match known.iter_mut().find(|(saved, _)| saved.joins(&one.saved)) {
                    Some((saved, _)) => saved.to_mut().join(one.saved.clone()),
                    None => known.push((Cow::Borrowed(&one.saved), place)),
                }
            }
        }
        // Whatever the order of the samples.
        side.samples.values_mut().for_each(|samples| samples.sort_by_key(|(saved, _)| saved.class));
        for id in side.samples.keys().copied() {
            side.sampled_names.entry(&*id.name).or_default().push(id);
        }
        side
    }

    /// Whether this version saves such a state for the stream, or may. Samples are kept by hand, and stay when a stream
    /// is gone or has no incremental syncs any more.
    fn may_save(&self, id: &StreamId, class: StateClass) -> bool {
        if class.is_full_refresh() {
            return self.streams.contains_key(&*id.name) || !self.is_complete();
        }
        let stream = self.streams.get(&*id.name);
        match stream.map(|stream| stream.properties().map(|properties| is_incremental(&properties))) {
            Some(Ok(Some(is_incremental))) => is_incremental,
            None if self.is_complete() => false,
            // Code may keep one.
            _ => self.code_keeps_position(id) != Some(false),
        }
    }

    /// The state migrations that code holds and that speak of a key of these samples: what they do is not followed.
    fn code_migrations(&self, samples: &[Sample<'_>]) -> Vec<String> {
        let keys: BTreeSet<&String> = samples
            .iter()
            .flat_map(|(saved, _)| saved.cursor.keys().chain(&saved.keys).chain(saved.parents.keys()))
            .collect();
        let code = &self.connector.code;
        let is_migration = |class: &&Definition| {
            class.is_class && code.lineage(class).1.iter().any(|base| base.ends_with("StateMigration"))
        };
        let speaks = |class: &&Definition| class.texts.iter().any(|text| keys.contains(text));
        let classes = code.definitions().filter(is_migration).filter(speaks);
        classes.map(|class| class.name.clone()).collect()
    }

    /// Whether code keeps a position for the stream, where that shows.
    fn code_keeps_position(&self, id: &StreamId) -> Option<bool> {
        keeps_position(&self.connector.code, &id.name)
    }

    /// The streams that samples show or the manifest defines.
    pub(super) fn ids(&self) -> impl Iterator<Item = &'s StreamId> {
        let defined = self.streams.values().filter(|stream| is_manifest(stream)).map(|stream| &stream.id);
        self.samples.keys().copied().chain(defined)
    }

    pub(super) fn has(&self, id: &StreamId) -> bool {
        self.samples.contains_key(id) || self.streams.contains_key(&*id.name)
    }

    /// The streams of this name that samples show.
    fn sampled_as(&self, name: &str) -> &[&'s StreamId] {
        self.sampled_names.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn is_sampled(&self) -> bool {
        !self.samples.is_empty()
    }

    /// The stream of the manifest, and what is known of it.
    fn manifest(&self, id: &StreamId) -> Option<(&'s Stream, &'s StreamProperties)> {
        let stream = self.streams.get(&*id.name)?;
        match &stream.body {
            StreamBody::Derived(derived) if is_manifest(stream) => Some((stream, &derived.properties)),
            _ => None,
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        self.connector.catalog.as_ref().is_some_and(|catalog| catalog.status == CoverageStatus::Complete)
    }

    /// The JSON types that a stream of the manifest declares for a field.
    fn field_types(&self, stream: &str, key: &str) -> Option<BTreeSet<JsonType>> {
        let schema = match self.manifest(&StreamId::named(stream)) {
            Some((_, properties)) => properties.json_schema.known()?.open(),
            None => self.connector.unlisted_parents.get(stream)?.clone(),
        };
        // A path is written with slashes.
        let path: Vec<String> = key.split('/').map(str::to_owned).collect();
        record_schema::json_types(&schema, &path)
    }

    /// What this side saves for a stream, met by the other side.
    pub(super) fn met_by(&self, reader: &Side<'s>, id: &StreamId) -> Met {
        let samples = self.samples.get(id).map(Vec::as_slice).unwrap_or_default();
        let mut met = Met { place: samples.first().map(|(_, place)| place.own()), ..Met::default() };
        if reader.is_complete() && !reader.has(id) {
            return met.settled(StateOutcome::NoStream, "the stream is not there");
        }
        if self.is_complete() && !self.has(id) {
            return met
                .settled(StateOutcome::NothingSaved, "the stream is not there, and nothing is saved for it");
        }
        if let Some((other, properties)) = reader.manifest(id) {
            self.met_by_manifest(reader, id, samples, other, properties, &mut met);
            return met;
        }
        met.migrations = reader.code_migrations(samples);
        if !samples.is_empty()
            && self.code_keeps_position(id) == Some(true)
            && reader.code_keeps_position(id) == Some(false)
        {
            met.evidence = StateEvidence::Samples;
            met.settle(StateOutcome::NothingSaved, "the stream has no incremental syncs");
            met.add(vec![Found::plain(StateChange::BecameFullRefresh)], StateEvidence::Samples);
            return met;
        }
        match (samples.is_empty(), reader.samples.get(id)) {
            (false, Some(others)) => self.met_by_samples(reader, id, samples, others, &mut met),
            (false, None) if reader.is_sampled() => {
                let moved = reader
                    .sampled_as(&id.name)
                    .iter()
                    .any(|other| other.namespace != id.namespace && !self.samples.contains_key(other));
                met.evidence = StateEvidence::Samples;
                let change = if moved { StateChange::NamespaceChanged } else { StateChange::MissingInNew };
                met.add(vec![Found::plain(change)], StateEvidence::Samples);
            }
            (true, Some(others)) if self.is_sampled() => {
                met.evidence = StateEvidence::Samples;
                met.new_place = others.first().map(|(_, place)| place.own());
                met.outcome = StateOutcome::NothingSaved;
                met.why = "no sample has state of the stream".to_owned();
                if self.sampled_as(&id.name).is_empty() {
                    met.add(vec![Found::plain(StateChange::MissingInOld)], StateEvidence::Samples);
                }
            }
            (no_sample, others) => {
                met.is_open = !no_sample || others.is_some();
                met.why = "there is no sample of the one side, or nothing of the other to hold it against"
                    .to_owned();
            }
        }
        met
    }

    /// Samples of both sides, side by side. Of several of the other side that counts which a state is nearest to.
    fn met_by_samples(
        &self,
        reader: &Side<'s>,
        id: &StreamId,
        samples: &[Sample<'_>],
        others: &[Sample<'_>],
        met: &mut Met,
    ) {
        met.evidence = StateEvidence::Samples;
        met.new_place = others.first().map(|(_, place)| place.own());
        if samples.iter().all(|(saved, _)| saved.holds_nothing()) {
            met.settle(StateOutcome::NothingSaved, "the sample holds no position");
        } else if [samples, others]
            .iter()
            .any(|states| states.iter().all(|(saved, _)| saved.shows_no_value()))
        {
            met.settle(StateOutcome::Unknown, "a sample of one version holds no position to compare");
        } else {
            met.settle(StateOutcome::Resumes, "what is known of the form is the same in both versions");
        }
        // Samples that lie in a connector are kept by hand: where its code is the same, so is what it saves.
        let by_hand = |side: &Side<'s>| side.connector.states.iter().all(|sample| sample.found_by_name);
        if by_hand(self)
            && by_hand(reader)
            && is_same_stream(&self.connector.code, &reader.connector.code, &id.name)
        {
            if met.outcome == StateOutcome::Resumes {
                met.settle(StateOutcome::Resumes, "the code of the stream is the same in both versions");
            }
            return;
        }
        let has_position =
            samples.iter().any(|(saved, _)| !saved.class.is_full_refresh() && !saved.holds_nothing());
        let all = |side: &Side<'s>| side.apart.get(id).cloned().unwrap_or_default();
        for (saved, _) in samples {
            // A marker beside real positions was only saved on the way.
            if saved.holds_nothing() || saved.class.is_full_refresh() && has_position {
                continue;
            }
            let found = nearest(saved, others.iter().map(|(other, _)| other.as_ref()));
            if let (Some(first), true) = (found.first(), met.found.is_empty()) {
                let shows = |found: &[Found]| found.iter().any(|one| one.change == first.change);
                let old = all(self)
                    .into_iter()
                    .find(|(one, _)| shows(&nearest(one, others.iter().map(|(other, _)| other.as_ref()))));
                let new = all(reader).into_iter().find(|(other, _)| shows(&compare(saved, other)));
                met.place = old.map(|(_, place)| place.own()).or(met.place.take());
                met.new_place = new.map(|(_, place)| place.own()).or(met.new_place.take());
            }
            met.add(found, StateEvidence::Samples);
        }
    }

    fn met_by_manifest(
        &self,
        reader: &Side<'s>,
        id: &StreamId,
        samples: &[Sample<'_>],
        other: &Stream,
        properties: &StreamProperties,
        met: &mut Met,
    ) {
        let own = self.manifest(id);
        let own_traits = own.and_then(|(_, properties)| properties.state.as_deref());
        if let Some((stream, before)) = own {
            met.context = Some(stream::context(stream, Some(other), before));
        }
        let now = is_incremental(properties);
        if !samples.is_empty() {
            met.evidence = StateEvidence::Replay;
        } else if let Some((_, before)) = own {
            met.evidence = StateEvidence::Manifests;
            match (is_incremental(before), now) {
                (Some(false), Some(true)) => {
                    met.settle(StateOutcome::NothingSaved, "a full refresh saved no position");
                    met.add(vec![Found::plain(StateChange::BecameIncremental)], StateEvidence::Manifests);
                    return;
                }
                (Some(false), _) => {
                    met.settle(StateOutcome::NothingSaved, "the stream has no incremental syncs");
                    return;
                }
                _ => {}
            }
        } else {
            met.is_open = reader.samples.contains_key(id) && !self.has(id);
            met.why = "code keeps the position, and no sample shows how".to_owned();
            return;
        }
        let (saved_types, read_types) = (
            |stream: &str, key: &str| self.field_types(stream, key),
            |stream: &str, key: &str| reader.field_types(stream, key),
        );
        let saving = own_traits.filter(|own| own.custom_cursor.is_none() && own.cursor_field.is_some());
        let types = Types { saved: &saved_types, read: &read_types, saving };
        if now == Some(false) {
            let lost = samples
                .iter()
                .any(|(saved, _)| saved.class != StateClass::Empty && !saved.class.is_full_refresh());
            met.settle(StateOutcome::NothingSaved, "the stream has no incremental syncs");
            if samples.is_empty()
                || lost
                || own.is_some_and(|(_, before)| is_incremental(before) == Some(true))
            {
                met.add(vec![Found::plain(StateChange::BecameFullRefresh)], met.evidence);
            }
            let own =
                own_traits.filter(|own| samples.is_empty() && own.custom_cursor.is_none()).map(saved_by);
            for saved in samples.iter().map(|(saved, _)| saved.as_ref()).chain(&own) {
                met.add(handed_on(saved, &properties.handed_to, types), met.evidence);
            }
            return;
        }
        let Some(traits) = &properties.state else {
            met.is_open = !samples.is_empty();
            met.why = "the manifest does not show how the position is kept".to_owned();
            return;
        };
        met.migrations =
            traits.migrations.iter().filter(|class| *class != LEGACY_MIGRATION).cloned().collect();
        if let Some(before) = own_traits {
            met.add(by_definition(before, traits), StateEvidence::Manifests);
        }
        if traits.custom_cursor.is_some() {
            self.met_by_custom_cursor(reader, id, samples, (own_traits, traits), met);
            return;
        }
        let was_custom = own_traits.is_some_and(|traits| traits.custom_cursor.is_some());
        if was_custom && samples.is_empty() {
            met.why = "a cursor class of the connector keeps the position".to_owned();
            return;
        }
        if traits.cursor_field.is_none() {
            met.is_open = !samples.is_empty();
            met.why = "the config decides the field of the cursor".to_owned();
            return;
        }
        // What the old version saves is met whether a sample shows some of it or not.
        if let Some(own) = saving {
            let is_open_router = traits.partitioned && !(traits.knows_partitions() && own.knows_partitions());
            if is_open_router {
                met.why = "a router class of the connector, or the config, decides the partitions".to_owned();
            } else {
                let why = match starts_later(own, traits) {
                    Some(start) => {
                        format!("the position is saved and read in the same way, from {start} on")
                    }
                    None => read_how(own, traits),
                };
                met.settle(StateOutcome::Resumes, &why);
            }
        } else {
            met.why = "the manifest does not show how the position is kept".to_owned();
        }
        if !samples.is_empty() {
            let is_by_hand = |(_, place): &Sample<'_>| {
                self.connector.states.get(place.file).is_some_and(|sample| sample.found_by_name)
            };
            met.is_by_hand =
                saving.is_none() && !self.connector.code.is_empty() && samples.iter().all(is_by_hand);
            let found = self.samples_met(reader, id, samples, traits, types, saving);
            match found {
                Ok(found) => {
                    met.evidence = StateEvidence::Replay;
                    if let Some(first) = found.first() {
                        // Of several samples, that which shows it.
                        let apart = self.apart.get(id).map(Vec::as_slice).unwrap_or_default();
                        let shows = |saved: &SavedState| {
                            meet(saved, traits, types).iter().any(|one| one.change == first.change)
                        };
                        let place = apart.iter().find(|(saved, _)| apart.len() > 1 && shows(saved));
                        met.place = place.map(|(_, place)| place.own()).or(met.place.take());
                    }
                    if samples.iter().all(|(saved, _)| saved.holds_nothing()) {
                        // What the manifests show of users who have a position stands.
                        if saving.is_none() {
                            met.settle(StateOutcome::NothingSaved, "the sample holds no position");
                        }
                    } else if !traits.partitioned || traits.knows_partitions() {
                        // No sample shows which field of a parent the values of partitions come from.
                        let from_parent = |form: &PartitionForm| form.contains_key("parent_slice");
                        let is_open = saving.is_none()
                            && traits.partitions.iter().flatten().any(from_parent)
                            && samples.iter().any(|(saved, _)| !saved.partitions.is_empty());
                        let why = match is_open {
                            true => {
                                "the position is found, if partitions came from the same field of the parent"
                            }
                            false => "the position in the sample is found and read",
                        };
                        met.settle(StateOutcome::Resumes, why);
                    }
                    if was_custom && samples.iter().any(|(saved, _)| saved.shows_a_value()) {
                        // The sample settles what the definitions leave open.
                        met.found.retain(|one| one.change != StateChange::CustomCursorChanged);
                    }
                    met.add(found, StateEvidence::Replay);
                }
                Err(why) => met.settle(StateOutcome::Unknown, why),
            }
        }
        if let Some(own) = saving {
            meet_definition(own, traits, types, met);
        }
    }

    /// A cursor that is a class of the connector is not guessed at: it goes on where nothing of it changed.
    fn met_by_custom_cursor(
        &self,
        reader: &Side<'s>,
        id: &StreamId,
        samples: &[Sample<'_>],
        (before, after): (Option<&StateTraits>, &StateTraits),
        met: &mut Met,
    ) {
        met.why = "a cursor class of the connector keeps the position".to_owned();
        match custom_cursor_change((self.connector, before), (reader.connector, after)) {
            CustomCursorChange::None => {
                // Samples that differ show that the code was not followed to its end.
                if let (false, Some(others)) = (samples.is_empty(), reader.samples.get(id)) {
                    self.met_by_samples(reader, id, samples, others, met);
                }
                met.settle(StateOutcome::Resumes, "the same cursor class keeps and reads the position");
            }
            CustomCursorChange::NotSeen => {}
            CustomCursorChange::Some(_) if samples.is_empty() => {}
            CustomCursorChange::Some(found) => {
                if let Some(others) = reader.samples.get(id) {
                    self.met_by_samples(reader, id, samples, others, met);
                }
                met.settle(StateOutcome::Unknown, "a cursor class of the connector keeps the position");
                met.add(vec![found], StateEvidence::Manifests);
            }
        }
    }

    /// What the manifest of the other side makes of samples.
    ///
    /// # Errors
    /// This side's own manifest fares no better with them, and nothing is news: why.
    fn samples_met(
        &self,
        reader: &Side<'s>,
        id: &StreamId,
        samples: &[Sample<'_>],
        traits: &StateTraits,
        types: Types<'_>,
        saving: Option<&StateTraits>,
    ) -> Result<Vec<Found>, &'static str> {
        if id.namespace.is_some() && saving.is_none() {
            return Ok(vec![Found::of(
                StateChange::NamespaceChanged,
                StateValue::Namespace(id.namespace.as_deref().map(str::to_owned)),
                StateValue::Namespace(None),
            )]);
        }
        let own_types = Types { read: types.saved, ..types };
        // What is not looked at is open, unless both read it in the same way.
        let is_known = |change: &StateChange| *change != StateChange::KeysNotRead || saving == Some(traits);
        let is_harmless = |change: &StateChange| {
            matches!(change.outcome(), StateOutcome::Resumes | StateOutcome::NothingSaved)
        };
        let known_of = |saved: &SavedState| -> Vec<StateChange> {
            let met = saving.map(|own| meet(saved, own, own_types)).unwrap_or_default();
            met.into_iter().map(|one| one.change).filter(is_known).collect()
        };
        let (mut found, mut known, mut is_left_out) = (Vec::<Found>::new(), Vec::new(), false);
        for (saved, _) in samples {
            let own_known = known_of(saved);
            let mut all = meet(saved, traits, types);
            all.retain(|one| !(is_harmless(&one.change) && own_known.contains(&one.change)));
            let count = all.len();
            let mut news: Vec<Found> =
                all.into_iter().filter(|one| !own_known.contains(&one.change)).collect();
            // Values that its own version does not read hide nothing of those that it reads.
            let read = saving.filter(|_| news.len() < count).and_then(|own| read_by(saved, own, own_types));
            if let Some(read) = read {
                let still_known = known_of(&read);
                let of_read = meet(&read, traits, types).into_iter();
                news.extend(of_read.filter(|one| !still_known.contains(&one.change)));
            }
            is_left_out |= news.len() < count;
            known.extend(own_known.into_iter().filter(|change| !is_harmless(change)));
            found.extend(news);
        }
        // Values that the code writes otherwise show in samples only.
        for (other, _) in reader.samples.get(id).map(Vec::as_slice).unwrap_or_default() {
            for (saved, _) in samples {
                found.extend(compare(saved, other).into_iter().filter(|one| match one.change {
                    StateChange::PartitionValueTypeChanged { .. } => true,
                    StateChange::PartitionKeysChanged { .. } => !traits.knows_partitions(),
                    _ => false,
                }));
            }
        }
        if !is_left_out || !found.is_empty() {
            return Ok(found);
        }
        Err(if known.iter().any(|change| change.outcome().is_harm()) {
            "the sample is of another version: that beside it does not go on from it either"
        } else if known.contains(&StateChange::KeysNotRead) {
            "both versions read the sample in the same way, and it holds more keys than are looked at"
        } else {
            "neither version is known to read what the sample holds"
        })
    }
}

/// How a position that is found is read, in words.
fn read_how(saving: &StateTraits, reading: &StateTraits) -> String {
    match (&saving.writes, &reading.writes) {
        (Some(was), Some(is)) if was != is && reading.reads.contains(was) => {
            format!("the position is saved as {was}, which `cursor_datetime_formats` reads, and then as {is}")
        }
        _ => "the position is saved and read in the same way".to_owned(),
    }
}

/// Whether a stream keeps a position, where that is known. A StateDelegatingStream saves one, whatever the catalog shows
/// of its other half.
fn is_incremental(properties: &StreamProperties) -> Option<bool> {
    match &properties.state {
        Some(_) => Some(true),
        None => properties.supported_sync_modes.known().map(|modes| modes.contains(&SyncMode::Incremental)),
    }
}

/// What differs from the nearest of some states: one of the same class where there is one, or else a position.
fn nearest<'o>(saved: &SavedState, others: impl Iterator<Item = &'o SavedState> + Clone) -> Vec<Found> {
    let likeness = |other: &SavedState| match () {
        () if other.holds_nothing() => 0,
        () if other.class == saved.class => 3,
        () if !other.class.is_full_refresh() => 2,
        () => 1,
    };
    let likest = others.clone().map(likeness).max().unwrap_or_default();
    let found =
        others.filter(|other| likest > 0 && likeness(other) == likest).map(|other| compare(saved, other));
    // Whatever comes first, of those that differ as badly the same is taken.
    found
        .min_by_key(|found| {
            let worst = found.iter().map(|one| one.change.outcome()).min();
            let changes: Vec<String> = found.iter().map(|one| format!("{:?}", one.change)).collect();
            (Reverse(worst.unwrap_or(StateOutcome::NoStream)), found.len(), changes)
        })
        .unwrap_or_default()
}
