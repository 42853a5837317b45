//! Differences in what streams do, which no catalog shows, each with the edit that explains it.
//!
//! A stream is concerned only if a resolved field of it differs. The edit that explains it is a part that is written
//! otherwise in the two versions and that the field is built from; of several, the one that explains most streams.

use std::collections::{BTreeMap, BTreeSet};

use super::delta::{CatalogChange, Change, Delta};
use crate::cover::cover;
use crate::model::{
    Artifact, Aspect, Behaviour, BuildGraph, Connector, Link, PartIndex, PartKind, Sides, StreamId,
};

/// Where a difference may come from: the parts that were edited, by name.
type Candidates<'c> = BTreeSet<&'c str>;

struct Differing<'c> {
    stream: &'c str,
    aspect: Aspect,
    fields: BTreeSet<&'c str>,
    candidates: Candidates<'c>,
}

/// What streams do otherwise.
pub(super) fn diff(old: &Connector, new: &Connector) -> Vec<Delta> {
    let edited = Sides { old: old.graph.edited(&new.graph), new: new.graph.edited(&old.graph) };
    let mut differing = Vec::new();
    for (stream, before) in old.graph.behaviours() {
        let Some(after) = new.graph.behaviours().get(stream) else { continue };
        if is_same(before, after) {
            continue;
        }
        let mut by_aspect: BTreeMap<Aspect, (BTreeSet<&str>, Candidates<'_>)> = BTreeMap::new();
        let (before, after) = (by_field(before), by_field(after));
        let keys: BTreeSet<(Aspect, &str)> = before.keys().chain(after.keys()).copied().collect();
        for key in &keys {
            let (aspect, field) = key;
            let (was, is) = (before.get(key).copied(), after.get(key).copied());
            if was.map(|one| one.digest) == is.map(|one| one.digest) {
                continue;
            }
            let (fields, candidates) = by_aspect.entry(*aspect).or_default();
            fields.insert(field);
            let rewritten = was.map(|one| one.written) != is.map(|one| one.written);
            for (one, graph, edited) in [(was, &old.graph, &edited.old), (is, &new.graph, &edited.new)] {
                candidates.extend(one.into_iter().flat_map(|one| reached(one, rewritten, graph, edited)));
            }
        }
        for (aspect, (fields, mut candidates)) in by_aspect {
            if candidates.is_empty() {
                // The field is as it was: what its templates read is not.
                for (graph, edited) in [(&old.graph, &edited.old), (&new.graph, &edited.new)] {
                    let own = graph.find(PartKind::Stream, stream);
                    let follow = |link| link == Link::BuiltFrom || aspect == Aspect::Partitions;
                    let parts = own.into_iter().flat_map(|own| graph.built_from(own, follow));
                    candidates.extend(parts.filter_map(|part| edited_name(graph, part, edited)));
                }
            }
            differing.push(Differing { stream, aspect, fields, candidates });
        }
    }
    explain(differing)
}

/// Whether two streams do the same, field by field.
fn is_same(before: &[Behaviour], after: &[Behaviour]) -> bool {
    let known = |one: &'_ Behaviour| (one.aspect, one.digest);
    before.len() == after.len()
        && before.iter().zip(after).all(|(was, is)| known(was) == known(is) && was.field == is.field)
}

fn by_field(behaviour: &[Behaviour]) -> BTreeMap<(Aspect, &str), &Behaviour> {
    // Where a field comes twice, the first counts.
    behaviour.iter().rev().map(|one| ((one.aspect, &*one.field), one)).collect()
}

fn edited_name<'g>(
    graph: &'g BuildGraph,
    part: PartIndex,
    edited: &BTreeSet<(PartKind, &str)>,
) -> Option<&'g str> {
    let part = graph.get(part);
    let counts = matches!(part.kind, PartKind::Definition | PartKind::Parameters);
    (counts && edited.contains(&(part.kind, &*part.name))).then_some(&*part.name)
}

/// The edited parts that a field is built from. What holds the field counts where the field itself is written otherwise.
fn reached<'g>(
    behaviour: &Behaviour,
    rewritten: bool,
    graph: &'g BuildGraph,
    edited: &BTreeSet<(PartKind, &str)>,
) -> Vec<&'g str> {
    let holder = behaviour.holder.filter(|_| rewritten);
    let below = behaviour.referred.iter().flat_map(|part| graph.built_from(*part, |_| true));
    holder.into_iter().chain(below).filter_map(|part| edited_name(graph, part, edited)).collect()
}

/// One difference for each edit: the edit that explains most first, until all is explained.
fn explain(differing: Vec<Differing<'_>>) -> Vec<Delta> {
    let candidates: Vec<&Candidates<'_>> = differing.iter().map(|one| &one.candidates).collect();
    let causes = cover(&candidates);
    let mut open: Vec<Option<Differing<'_>>> = differing.into_iter().map(Some).collect();
    let mut deltas = Vec::new();
    for (cause, explained) in causes {
        let explained: Vec<_> = explained.into_iter().filter_map(|index| open[index].take()).collect();
        deltas.push(delta(&explained, Some(cause)));
    }
    // What streams say in their own entries is theirs alone.
    let mut own: BTreeMap<&str, Vec<Differing<'_>>> = BTreeMap::new();
    for one in open.into_iter().flatten() {
        own.entry(one.stream).or_default().push(one);
    }
    deltas.extend(own.values().map(|explained| delta(explained, None)));
    deltas
}

fn delta(explained: &[Differing<'_>], cause: Option<&str>) -> Delta {
    let mut fields: BTreeMap<Aspect, BTreeSet<String>> = BTreeMap::new();
    for one in explained {
        let names = one.fields.iter().map(|field| (*field).to_owned());
        fields.entry(one.aspect).or_default().extend(names);
    }
    let streams: BTreeSet<&str> = explained.iter().map(|one| one.stream).collect();
    let streams: Vec<StreamId> = streams.into_iter().map(StreamId::named).collect();
    let stream = match (streams.as_slice(), cause) {
        ([only], None) => Some(only.clone()),
        _ => None,
    };
    let change = CatalogChange::Behaviour { fields, streams, cause: cause.map(str::to_owned) };
    Delta { stream, ..Delta::new(Artifact::Catalog, Change::Catalog(change)) }
}
