//! Keys that one version alone shows: where streams move between Python and a manifest, nobody can compare them.

use std::collections::BTreeMap;

use crate::model::{Artifact, Connector, Evidence, Finding, StepKind, Stream, Words};

/// So many streams are named.
const MOST_NAMED: usize = 8;

/// Keys that one side alone shows.
pub(super) struct OfOneSide {
    /// The streams with the parts of their keys, where there are many in part.
    pub keys: Words,
    /// The streams.
    pub streams: Vec<String>,
}

/// Streams of both sides whose key of several parts only one side shows. A key of one part is mostly the id that it was.
pub(super) fn of_one_side(old: &Connector, new: &Connector) -> Option<OfOneSide> {
    let (before, after) = (old.catalog.as_ref()?, new.catalog.as_ref()?);
    if before.captured || after.captured {
        return None;
    }
    let known: BTreeMap<_, &Stream> = before.streams.iter().map(|stream| (&stream.id, stream)).collect();
    let key = |stream: &Stream| {
        let properties = stream.properties().ok()?;
        Some(properties.source_defined_primary_key.known().cloned())
    };
    let mut named: Vec<Words> = Vec::new();
    let mut streams = Vec::new();
    for stream in &after.streams {
        let Some(was) = known.get(&stream.id) else { continue };
        let (Some(was), Some(is)) = (key(was), key(stream)) else { continue };
        let parts = match (was, is) {
            (Some(parts), None) | (None, Some(parts)) if parts.len() > 1 => parts,
            _ => continue,
        };
        let parts = parts.iter().map(|path| Words::name(path.join(".")));
        let words = Words::name(stream.id.to_string()).and_text(" (").and(&Words::joined(parts, ", "));
        named.push(words.and_text(")"));
        streams.push(stream.id.to_string());
    }
    let left = named.len().saturating_sub(MOST_NAMED);
    named.truncate(MOST_NAMED);
    if named.is_empty() {
        return None;
    }
    let words = Words::joined(named, ", ");
    let keys = if left > 0 { words.and_text(", … ").and_number(left).and_text(" more") } else { words };
    Some(OfOneSide { keys, streams })
}

/// Names the keys in what cannot be told of streams that moved between Python and a manifest.
pub(super) fn name(findings: &mut [Finding], old: &Connector, new: &Connector) {
    const MOVED: &str = "state-unknown-after-rewrite";
    let is_moved = |finding: &Finding| finding.rule == MOVED && finding.artifact == Artifact::State;
    if !findings.iter().any(is_moved) {
        return;
    }
    let Some(OfOneSide { keys, streams }) = of_one_side(old, new) else { return };
    let left = streams.len().saturating_sub(MOST_NAMED);
    let names = Words::joined(streams.iter().take(MOST_NAMED).map(Words::name), ", ");
    let names = if left > 0 { names.and_text(" and ").and_number(left).and_text(" more") } else { names };
    let compare = Words::marked("Compare primary keys of ").and(&names).and_text(" with the Python code.");
    for finding in findings.iter_mut().filter(|finding| is_moved(finding)) {
        if let Evidence::Unproven { message } = &mut finding.evidence {
            *message = Words::marked("Whether these are Python's keys: ").and(&keys).and_text(".");
        }
        finding.action = std::mem::take(&mut finding.action).preceded_by(StepKind::Check, compare.clone());
    }
}
