//! The edits that explain findings whose own place does not.
//!
//! A value that is written in a shared place names that place as its cause. What is left are findings about values
//! that are put together from several places, such as a key that a parameter fills in. A stream whose own entry was not
//! edited can only differ through an edited part that it is built from: of those, the ones that explain most findings
//! are taken, until all are explained.

use std::collections::{BTreeMap, BTreeSet};

use crate::cover::cover;
use crate::model::{BuildGraph, Connector, Finding, Link, PartKind};

/// Names the cause of each finding that has none and whose stream was not edited itself.
pub(super) fn explain(findings: &mut [Finding], old: &Connector, new: &Connector) {
    let edited = (old.graph.edited(&new.graph), new.graph.edited(&old.graph));
    let mut by_stream: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut open: Vec<(usize, String)> = Vec::new();
    for (index, finding) in findings.iter().enumerate() {
        let Some(stream) = finding.stream.as_ref().filter(|_| finding.cause.is_none()) else { continue };
        by_stream.entry(stream.name.clone()).or_insert_with(|| {
            let mut candidates = BTreeSet::new();
            for (graph, other, edited) in
                [(&old.graph, &new.graph, &edited.0), (&new.graph, &old.graph, &edited.1)]
            {
                let is_own = edited.contains(&(PartKind::Stream, stream.name.as_str()));
                if is_own || other.find(PartKind::Stream, &stream.name).is_none() {
                    return BTreeSet::new();
                }
                candidates.extend(reached(graph, &stream.name, edited));
            }
            candidates
        });
        open.push((index, stream.name.clone()));
    }
    let candidates: Vec<&BTreeSet<&str>> = open.iter().map(|(_, stream)| &by_stream[stream]).collect();
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
        .filter(|part| edited.contains(&(part.kind, part.name.as_str())))
        .map(|part| part.name.as_str())
        .collect()
}
