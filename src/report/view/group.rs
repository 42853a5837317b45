//! Findings folded for people: one shared edit is told once with its streams, and many fields of one stream under
//! one rule are told together.

use std::collections::{BTreeMap, BTreeSet};

use super::block::{Block, streams};
use super::entry::Entry;
use crate::model::{Artifact, ConnectorReport, Finding, Level};

/// Entries that stand together.
#[derive(Debug)]
pub struct Section<'r> {
    /// What stands above them: a stream, a shared cause or an artifact.
    pub heading: String,
    /// The entries, worst first.
    pub entries: Vec<Entry<'r>>,
}

/// This many findings of one rule in one stream are told together.
const FOLD_FROM: usize = 3;

/// Where a block stands: a rank that orders kinds of headings, and the heading.
type Place = (u8, String);

/// A place, a level and a rule: findings that may be told together.
type Pile = (Place, Level, String);

/// The findings of some levels as sections. A shared edit that reached several streams comes before single streams of
/// the same level.
pub(super) fn sections<'r>(report: &'r ConnectorReport, levels: &[Level]) -> Vec<Section<'r>> {
    let wanted: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| levels.contains(&finding.level) && finding.waived.is_none())
        .collect();
    // The same edit of a shared place, seen from each stream that uses it.
    let mut by_edit: BTreeMap<(String, String, String), Vec<&Finding>> = BTreeMap::new();
    for finding in &wanted {
        if let Some(key) = edit(finding) {
            by_edit.entry(key).or_default().push(finding);
        }
    }
    by_edit.retain(|_, findings| findings.len() > 1);
    let mut groups: BTreeMap<(Level, u8, String), Vec<Block<'_>>> = BTreeMap::new();
    let mut worst: BTreeMap<Place, Level> = BTreeMap::new();
    let mut placed: Vec<(Place, Block<'_>)> = Vec::new();
    let mut by_stream: BTreeMap<Pile, Vec<&Finding>> = BTreeMap::new();
    let mut told = BTreeSet::new();
    for finding in wanted {
        if let Some(key) = edit(finding).filter(|key| by_edit.contains_key(key)) {
            if told.insert(key.clone()) {
                let findings = by_edit[&key].clone();
                let place = match streams(&findings).as_slice() {
                    [one] => (2, format!("stream {one}, through {}", key.0)),
                    more => (0, format!("{}, used by {} streams", key.0, more.len())),
                };
                placed.push((place, Block { findings, shared: true }));
            }
            continue;
        }
        let place = match (&finding.stream, finding.artifact) {
            (Some(stream), Artifact::State) => (3, format!("state of stream {stream}")),
            (Some(stream), _) => (2, format!("stream {stream}")),
            (None, artifact) => match (&finding.cause, finding.scope.streams.len()) {
                (Some(cause), 1) => (2, format!("stream {}, through {cause}", streams_of(finding))),
                (Some(cause), count) => (0, format!("{cause}, used by {count} streams")),
                (None, _) => (1, artifact.name().to_owned()),
            },
        };
        by_stream.entry((place, finding.level, finding.rule.clone())).or_default().push(finding);
    }
    fold_streams(&mut by_stream);
    for ((place, ..), findings) in by_stream {
        if findings.len() >= FOLD_FROM {
            placed.push((place, Block { findings, shared: false }));
        } else {
            placed.extend(
                findings.into_iter().map(|one| (place.clone(), Block { findings: vec![one], shared: false })),
            );
        }
    }
    for (place, block) in &placed {
        let level = block.first().level;
        worst.entry(place.clone()).and_modify(|known| *known = (*known).min(level)).or_insert(level);
    }
    for (place, block) in placed {
        let level = worst[&place];
        groups.entry((level, place.0, place.1)).or_default().push(block);
    }
    groups
        .into_iter()
        .map(|((_, _, heading), mut blocks)| {
            blocks.sort_by_key(|block| (block.first().level, block.first().rule.clone()));
            let entries = blocks.iter().map(|block| Entry::of(report, block)).collect();
            Section { heading, entries }
        })
        .collect()
}

/// Streams that came or went whole are told together where there are several.
fn fold_streams(by_stream: &mut BTreeMap<Pile, Vec<&Finding>>) {
    let mut whole: BTreeMap<(Level, String), Vec<Pile>> = BTreeMap::new();
    for (key, findings) in by_stream.iter() {
        if let [finding] = findings.as_slice()
            && finding.stream.is_some()
            && finding.field.is_empty()
        {
            whole.entry((key.1, key.2.clone())).or_default().push(key.clone());
        }
    }
    for ((level, rule), keys) in whole {
        if keys.len() >= FOLD_FROM {
            let findings: Vec<&Finding> =
                keys.iter().filter_map(|key| by_stream.remove(key)).flatten().collect();
            let place = (1, format!("{} streams", findings.len()));
            by_stream.entry((place, level, rule)).or_default().extend(findings);
        }
    }
}

/// What makes findings one edit: the shared place, the rule, and where the old or new value was written.
fn edit(finding: &Finding) -> Option<(String, String, String)> {
    let cause = finding.cause.clone()?;
    finding.stream.as_ref()?;
    let origin = finding.origin.old.as_ref().or(finding.origin.new.as_ref())?;
    Some((cause, finding.rule.clone(), format!("{}{}", origin.file, origin.pointer)))
}

fn streams_of(finding: &Finding) -> String {
    finding.scope.streams.iter().cloned().collect::<Vec<_>>().join(", ")
}
