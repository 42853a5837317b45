//! Where the values of a finding were written, and the shared definition that holds them.

use std::collections::HashMap;

use crate::diff::{CatalogChange, Change, Delta};
use crate::load::{PositionRequest, positions};
use crate::model::{
    Artifact, Connector, Finding, Located, Origin, PartKind, Pointer, Position, Sides, StateMessage, Stream,
    StreamBody, StreamId,
};

/// Fills in the origin and the cause of each finding. `deltas` are the differences in the findings' order.
pub(super) fn attach(findings: &mut [Finding], deltas: &[Delta], old: &Connector, new: &Connector) {
    let edited = (old.graph.edited(&new.graph), new.graph.edited(&old.graph));
    for (connector, is_new) in [(old, false), (new, true)] {
        let edited = if is_new { &edited.1 } else { &edited.0 };
        let is_edited = |name: &str| {
            [PartKind::Definition, PartKind::Parameters].iter().any(|kind| edited.contains(&(*kind, name)))
        };
        let streams: HashMap<usize, &Stream> = connector
            .catalog
            .iter()
            .flat_map(|catalog| &catalog.streams)
            .map(|stream| (stream.index, stream))
            .collect();
        let parts = connector.graph.places();
        let saved = saved_places(connector);
        let mut requests = Vec::new();
        let mut asked = Vec::new();
        for (index, delta) in deltas.iter().enumerate() {
            let pick =
                |sides: &Sides<Option<Pointer>>| if is_new { sides.new.clone() } else { sides.old.clone() };
            let stream = if is_new { delta.context.index.new } else { delta.context.index.old };
            let stream = stream.and_then(|index| streams.get(&index)).copied();
            let located = match &delta.change {
                Change::Catalog(CatalogChange::Behaviour { streams, cause, .. }) => {
                    written_in(connector, streams, cause.as_deref())
                }
                _ => pick(&delta.pointer)
                    .and_then(|pointer| locate(connector, delta, stream, &pointer, &saved, is_new)),
            };
            let Some(located) = located else { continue };
            let part = part_of(&parts, &located).filter(|_| delta.artifact != Artifact::Spec);
            // A value may stand in a place that nobody edited, and differ by what is put around it.
            let shared = match part {
                Some(part) => is_edited(part).then(|| part.to_owned()),
                None => located.shared,
            };
            if let Some(shared) = shared {
                findings[index].cause.get_or_insert(shared);
            }
            requests.push(PositionRequest {
                document: located.document,
                range: located.range,
                pointer: located.pointer,
                offset: located.offset,
            });
            asked.push(index);
        }
        let found = find(&mut requests);
        for ((index, request), position) in asked.into_iter().zip(&requests).zip(found) {
            let origin = origin(request, position);
            let side = &mut findings[index].origin;
            *(if is_new { &mut side.new } else { &mut side.old }) = Some(origin);
        }
    }
}

/// Where a part of the spec was written.
pub(super) fn of_spec(connector: &Connector, pointer: &Pointer) -> Option<Origin> {
    let located = connector.spec.as_ref()?.locate.locate(pointer)?;
    let Located { document, range, pointer, offset, .. } = located;
    let request = PositionRequest { document, range, pointer, offset };
    let mut requests = vec![request];
    let position = find(&mut requests).pop()?;
    let request = requests.pop()?;
    Some(origin(&request, position))
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

fn origin(request: &PositionRequest, position: Option<Position>) -> Origin {
    Origin {
        file: request.document.file.clone(),
        root: request.document.root.clone(),
        pointer: request.pointer.clone(),
        line: position.map(|position| position.line),
        column: position.map(|position| position.column),
    }
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
    let (document, pointer) = graph.get(part).place.clone()?;
    Some(Located::in_document(document, pointer))
}

/// The places of the requests; one that names nothing, such as a key that is absent, moves up to what is there.
fn find(requests: &mut [PositionRequest]) -> Vec<Option<Position>> {
    let mut found = positions(requests);
    loop {
        let mut open = Vec::new();
        for (index, request) in requests.iter_mut().enumerate() {
            if found[index].is_none()
                && let Some(parent) = request.pointer.parent()
            {
                request.pointer = parent;
                open.push(index);
            }
        }
        if open.is_empty() {
            return found;
        }
        let retried: Vec<PositionRequest> = open.iter().map(|&index| requests[index].clone()).collect();
        for (index, position) in open.into_iter().zip(positions(&retried)) {
            found[index] = position;
        }
    }
}

fn locate(
    connector: &Connector,
    delta: &Delta,
    stream: Option<&Stream>,
    pointer: &Pointer,
    saved: &SavedPlaces<'_>,
    is_new: bool,
) -> Option<Located> {
    match (delta.artifact, stream) {
        (Artifact::Catalog | Artifact::State, Some(stream)) => match &stream.body {
            StreamBody::Captured { document, range, .. } => Some(Located {
                document: document.clone(),
                range: range.clone(),
                pointer: pointer.clone(),
                offset: None,
                shared: None,
            }),
            StreamBody::Derived { locate, .. } => {
                let whole = pointer.segments().is_empty();
                let named = Pointer::new(["name"]);
                locate.locate(if whole { &named } else { pointer })
            }
        },
        (Artifact::Spec, _) => connector.spec.as_ref()?.locate.locate(pointer),
        (Artifact::Metadata | Artifact::Destination, _) => {
            let metadata = connector.metadata.as_ref()?;
            Some(Located::in_document(metadata.document.clone(), pointer.clone()))
        }
        (Artifact::State, _) => {
            let file = delta
                .context
                .state
                .as_ref()
                .and_then(|state| if is_new { state.file.new } else { state.file.old })
                .unwrap_or(0);
            let document = connector.states.get(file)?.document.clone();
            let offset = saved.get(&(file, pointer)).copied();
            Some(Located { offset, ..Located::in_document(document, pointer.clone()) })
        }
        _ => None,
    }
}
