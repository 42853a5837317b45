//! The edits that explain findings whose own place does not.
//!
//! A value that is written in a shared place names that place as its cause. What is left are findings about values
//! that are put together from several places, such as a key that a parameter fills in. A stream whose own entry was not
//! edited can only differ through an edited part that it is built from: of those, the ones that explain most findings
//! are taken, until all are explained.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::cover::cover;
use crate::model::{BuildGraph, Connector, Finding, Link, Origin, PartKind, Sides, Which};

/// Names the cause of each finding that has none and whose stream was not edited itself. It is a part of the side whose place
/// is shown: the new one, where there is one.
pub(super) fn explain(findings: &mut [Finding], old: &Connector, new: &Connector) {
    let edited = Sides { old: old.graph.edited(&new.graph), new: new.graph.edited(&old.graph) };
    let graphs = Sides { old: &old.graph, new: &new.graph };
    let mut by_stream: BTreeMap<(Arc<str>, &'static str), BTreeSet<&str>> = BTreeMap::new();
    let mut open: Vec<(usize, (Arc<str>, &'static str))> = Vec::new();
    for (index, finding) in findings.iter().enumerate() {
        let Some(stream) = finding.stream.as_ref().filter(|_| finding.cause.is_none()) else { continue };
        let side = if finding.origin.new.is_some() { Which::New } else { Which::Old };
        let is_written = |origin: &Origin| edited.of(side).contains(&(PartKind::SchemaFile, &*origin.file));
        // What is written in a schema file that was edited needs no other cause.
        if finding.origin.of(side).as_ref().is_some_and(is_written) {
            continue;
        }
        let key = (stream.name.clone(), side.name());
        by_stream.entry(key.clone()).or_insert_with(|| {
            for (which, other) in [(Which::Old, &new.graph), (Which::New, &old.graph)] {
                let is_own = edited.of(which).contains(&(PartKind::Stream, &*stream.name));
                if is_own || other.find(PartKind::Stream, &stream.name).is_none() {
                    return BTreeSet::new();
                }
            }
            reached(graphs.of(side), &stream.name, edited.of(side)).into_iter().collect()
        });
        open.push((index, key));
    }
    let candidates: Vec<&BTreeSet<&str>> = open.iter().map(|(_, key)| &by_stream[key]).collect();
    for (cause, explained) in cover(&candidates) {
        for effect in explained {
            findings[open[effect].0].cause = Some(cause.to_owned());
        }
    }
}

/// The edited parts that a stream is built from.
fn reached<'g>(graph: &'g BuildGraph, stream: &str, edited: &BTreeSet<(PartKind, &str)>) -> Vec<&'g str> {
    let Some(own) = graph.find(PartKind::Stream, stream) else { return Vec::new() };
    graph
        .built_from(own, |link| link == Link::BuiltFrom)
        .into_iter()
        .map(|part| graph.get(part))
        .filter(|part| !matches!(part.kind, PartKind::Stream | PartKind::SpecProperty))
        .filter(|part| edited.contains(&(part.kind, &*part.name)))
        .map(|part| &*part.name)
        .collect()
}
