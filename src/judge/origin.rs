//! Where the values of a finding were written, and the shared definition that holds them.

use std::collections::HashMap;

use crate::diff::Delta;
use crate::load::{PositionRequest, positions};
use crate::model::{
    Artifact, Connector, Finding, Located, Origin, Pointer, Position, Sides, Stream, StreamBody,
};

/// Fills in the origin and the cause of each finding. `deltas` are the differences in the findings' order.
pub(super) fn attach(findings: &mut [Finding], deltas: &[Delta], old: &Connector, new: &Connector) {
    for (connector, is_new) in [(old, false), (new, true)] {
        let streams: HashMap<usize, &Stream> = connector
            .catalog
            .iter()
            .flat_map(|catalog| &catalog.streams)
            .map(|stream| (stream.index, stream))
            .collect();
        let mut requests = Vec::new();
        let mut asked = Vec::new();
        for (index, delta) in deltas.iter().enumerate() {
            let pick =
                |sides: &Sides<Option<Pointer>>| if is_new { sides.new.clone() } else { sides.old.clone() };
            let Some(pointer) = pick(&delta.pointer) else { continue };
            let stream = if is_new { delta.context.index.new } else { delta.context.index.old };
            let stream = stream.and_then(|index| streams.get(&index)).copied();
            let Some(located) = locate(connector, delta, stream, &pointer) else { continue };
            if let Some(shared) = located.shared {
                findings[index].cause.get_or_insert(shared);
            }
            requests.push(PositionRequest {
                document: located.document,
                range: located.range,
                pointer: located.pointer,
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
    let request =
        PositionRequest { document: located.document, range: located.range, pointer: located.pointer };
    let mut requests = vec![request];
    let position = find(&mut requests).pop()?;
    let request = requests.pop()?;
    Some(origin(&request, position))
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
) -> Option<Located> {
    match (delta.artifact, stream) {
        (Artifact::Catalog | Artifact::State, Some(stream)) => match &stream.body {
            StreamBody::Captured { document, range, .. } => Some(Located {
                document: document.clone(),
                range: range.clone(),
                pointer: pointer.clone(),
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
            let document = metadata.document.clone();
            Some(Located { range: 0..document.text.len(), document, pointer: pointer.clone(), shared: None })
        }
        (Artifact::State, _) => {
            let document = connector.states.first()?.document.clone();
            Some(Located { range: 0..document.text.len(), document, pointer: pointer.clone(), shared: None })
        }
        _ => None,
    }
}
