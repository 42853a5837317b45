//! Where the values of a finding were written, and the shared definition that holds them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::diff::{CatalogChange, Change, ConnectorChange, Delta, OPERATIONS, SpecChange};
use crate::load::{PositionRequest, origins};
use crate::model::{
    Artifact, Connector, Document, DocumentFormat, EntryPlace, Finding, LoadFault, Located, Origin, PartKind,
    Pointer, Sides, Source, StateMessage, Stream, StreamBody, StreamId, Which,
};

/// Fills in the origin and the cause of each finding. `deltas` are the differences in the findings' order.
pub(super) fn attach(findings: &mut [Finding], deltas: &[Delta], old: &Connector, new: &Connector) {
    let edited = Sides { old: old.graph.edited(&new.graph), new: new.graph.edited(&old.graph) };
    for (connector, side) in [(old, Which::Old), (new, Which::New)] {
        let edited = edited.of(side);
        let is_edited = |name: &str| {
            [PartKind::Definition, PartKind::Parameters].iter().any(|kind| edited.contains(&(*kind, name)))
        };
        let parts = connector.graph.places();
        let saved = saved_places(connector);
        let mut requests: Vec<PositionRequest> = Vec::with_capacity(deltas.len());
        let mut asked = Vec::with_capacity(deltas.len());
        for (index, delta) in deltas.iter().enumerate() {
            let stream =
                delta.stream_index().of(side).and_then(|index| connector.catalog.as_ref()?.stream(index));
            let located = match &delta.change {
                Change::Catalog(CatalogChange::Behaviour { streams, cause, .. }) => {
                    written_in(connector, streams, cause.as_deref())
                }
                _ => (delta.pointer.of(side).as_ref())
                    .and_then(|pointer| locate(connector, delta, stream, pointer, &saved, side)),
            };
            let Some(located) = located else {
                requests.extend(whole(connector, delta, side).map(PositionRequest::from));
                asked.resize(requests.len(), index);
                continue;
            };
            let part = part_of(&parts, &located).filter(|_| delta.artifact != Artifact::Spec);
            // A value may stand in a place that nobody edited, and differ by what is put around it.
            let shared = match part {
                Some(part) => is_edited(part).then(|| part.to_owned()),
                None => located.shared.clone(),
            };
            // The place that is shown is the new one, where there is one: a shared place of the old side is none of the new.
            if !matches!(delta.change, Change::Catalog(CatalogChange::Behaviour { .. })) {
                findings[index].cause = shared;
            }
            requests.push(located.into());
            asked.push(index);
        }
        for (index, mut origin) in asked.into_iter().zip(origins(requests)) {
            // A sample holds what users saved.
            let is_sample =
                |source: &Source| connector.states.iter().any(|state| source.is_of(&state.document));
            origin.source = origin.source.filter(|source| !is_sample(source));
            *findings[index].origin.of_mut(side) = Some(origin);
        }
        for (finding, delta) in findings.iter_mut().zip(deltas) {
            if let (Which::New, Change::Connector(ConnectorChange::Invalid(faults))) = (side, &delta.change) {
                finding.origin.new = faults.first().map(|fault| of_fault(connector, fault));
            }
        }
    }
}

/// Where a difference stands that is about no single value: where what it is about starts.
fn whole(connector: &Connector, delta: &Delta, side: Which) -> Option<Located> {
    if delta.pointer.old.is_some() || delta.pointer.new.is_some() {
        return None;
    }
    match &delta.change {
        Change::Connector(ConnectorChange::Removed) => {
            let metadata = connector.metadata.as_ref().map(|metadata| metadata.located(&[]));
            metadata.or_else(|| connector.spec.as_ref()?.locate.locate(&Pointer::root()))
        }
        Change::Spec(SpecChange::NormalizationChanged { .. }) => {
            connector.spec.as_ref()?.locate.locate(&Pointer::new(["config_normalization_rules"]))
        }
        Change::Connector(ConnectorChange::SpecRewritten(_)) => {
            connector.spec.as_ref()?.locate.locate(&Pointer::root())
        }
        Change::Connector(ConnectorChange::StateRewritten(rewritten)) => {
            let first = rewritten.streams.first()?;
            let stream = connector.catalog.as_ref()?.streams.iter().find(|stream| stream.id == *first)?;
            match &stream.body {
                StreamBody::Derived(derived) => derived.locate.locate(&Pointer::new(["name"])),
                StreamBody::Captured(_) => None,
            }
        }
        Change::Catalog(CatalogChange::Undecided(_)) => {
            let listing = connector.code.listing()?;
            let text = connector.code.text(&listing.file)?.to_owned();
            let shown = connector.tree.as_ref()?.shown(&listing.file);
            let root = shown.strip_suffix(&listing.file).unwrap_or_default().to_owned();
            let document = Document::new(listing.file, root, text, DocumentFormat::Text);
            let located = Located::in_document(Arc::new(document), Pointer::root());
            Some(Located { offset: Some(listing.offset), ..located })
        }
        Change::State(_) => {
            let file = delta.in_state().and_then(|state| *state.file.of(side)).unwrap_or(0);
            let document = connector.states.get(file)?.document.clone();
            Some(Located::in_document(document, Pointer::root()))
        }
        _ => None,
    }
}

/// Where the connector would be refused.
fn of_fault(connector: &Connector, fault: &LoadFault) -> Origin {
    let file = &fault.error.file;
    Origin {
        file: file.as_str().into(),
        root: connector.root_of(file).into(),
        pointer: fault.pointer.clone().unwrap_or_else(Pointer::root),
        line: fault.error.line,
        column: None,
        source: None,
    }
}

/// Where a part of the spec was written.
pub(super) fn of_spec(connector: &Connector, pointer: &Pointer) -> Option<Origin> {
    let located = connector.spec.as_ref()?.locate.locate(pointer)?;
    origins(vec![located.into()]).pop()
}

/// Where the saved state of streams starts, by file and pointer.
type SavedPlaces<'c> = HashMap<(usize, &'c Pointer), usize>;

fn saved_places(connector: &Connector) -> SavedPlaces<'_> {
    let mut places = HashMap::new();
    for (file, sample) in connector.states.iter().enumerate() {
        for state in sample.messages.iter().flat_map(StateMessage::streams) {
            places.extend(state.offset.map(|offset| ((file, &state.pointer), offset)));
        }
    }
    places
}

/// The part of the manifest that a place lies in, the smallest of those.
fn part_of<'p>(parts: &HashMap<(&str, &Pointer), &'p str>, located: &Located) -> Option<&'p str> {
    let mut pointer = Some(located.pointer.clone());
    while let Some(at) = pointer {
        if let Some(name) = parts.get(&(located.document.file.as_str(), &at)) {
            return Some(name);
        }
        pointer = at.parent();
    }
    None
}

/// Where what streams do is written: in the part that explains it, or in their own entry.
fn written_in(connector: &Connector, streams: &[StreamId], cause: Option<&str>) -> Option<Located> {
    let graph = &connector.graph;
    let part = match cause {
        Some(name) => [PartKind::Definition, PartKind::Parameters, PartKind::SchemaFile]
            .into_iter()
            .find_map(|kind| graph.find(kind, name))?,
        None => graph.find(PartKind::Stream, &streams.first()?.name)?,
    };
    let (document, pointer) = graph.get(part).place.as_ref()?.get();
    Some(Located::in_document(document, pointer))
}

fn locate(
    connector: &Connector,
    delta: &Delta,
    stream: Option<&Stream>,
    pointer: &Pointer,
    saved: &SavedPlaces<'_>,
    side: Which,
) -> Option<Located> {
    match (delta.artifact, stream) {
        (Artifact::Catalog | Artifact::State, Some(stream)) => match &stream.body {
            StreamBody::Captured(captured) => {
                let start = captured.range().start;
                let fields = delta.in_stream().and_then(|context| context.fields.of(side).as_ref());
                let entry = fields.and_then(|fields| fields.get(pointer)).map(|entry| EntryPlace {
                    depth: entry.depth,
                    key: start + entry.key,
                    value: start + entry.value.start..start + entry.value.end,
                });
                Some(Located { entry, ..stream.captured_place(pointer)? })
            }
            StreamBody::Derived(derived) => {
                let whole = pointer.segments().is_empty();
                let named = Pointer::new(["name"]);
                derived.locate.locate(if whole { &named } else { pointer })
            }
        },
        (Artifact::Spec, _) => connector.spec.as_ref()?.locate.locate(pointer),
        (Artifact::Destination, _) if delta.in_destination().is_some() => {
            let (table, at) = (*delta.in_destination()?.place.of(side))?;
            let written = &connector.written;
            let document = match table {
                OPERATIONS => &written.operations.as_ref()?.document,
                table => &written.tables.get(table)?.document,
            };
            Some(Located { offset: Some(at), ..Located::in_document(document.clone(), pointer.clone()) })
        }
        (Artifact::Metadata | Artifact::Destination, _) => {
            let metadata = connector.metadata.as_ref()?;
            Some(metadata.place(pointer.clone()))
        }
        (Artifact::State, _) => {
            let file = delta.in_state().and_then(|state| *state.file.of(side)).unwrap_or(0);
            let document = connector.states.get(file)?.document.clone();
            let offset = saved.get(&(file, pointer)).copied();
            Some(Located { offset, ..Located::in_document(document, pointer.clone()) })
        }
        _ => None,
    }
}
