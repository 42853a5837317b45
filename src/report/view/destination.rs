//! What becomes of tables and files in the destinations that were asked about: a row for streams that fare alike.

use std::collections::{BTreeMap, BTreeSet};

use super::phrase;
use crate::limits;
use crate::model::{ConnectorReport, DestinationEffect, Finding, InDestination, Words};

/// What becomes of tables and files, a row for streams that fare alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DestinationTable {
    /// The rows, worst first.
    pub rows: Vec<DestinationRow>,
    /// How many streams have no row, because nothing changes in any destination.
    pub quiet: usize,
    /// That there are more changes than are wanted one by one, and how to see them.
    pub left_out: Option<String>,
}

/// Streams that fare alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DestinationRow {
    /// Them.
    pub streams: Vec<String>,
    /// The worst in each destination, in one line.
    pub summary: Words,
    /// Change by change.
    pub details: Vec<DestinationDetail>,
}

/// What one change comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DestinationDetail {
    /// The field and the rule.
    pub change: Words,
    /// Destinations that do the same, and why, with the evidence.
    pub effects: Vec<Words>,
}

/// A finding of a stream, as far as destinations see it.
type Seen<'r> = (&'r [String], &'r str, &'r [InDestination]);

/// The same, with destinations that do the same put together.
type Fate<'r> = (&'r [String], &'r str, Vec<Told>);

/// The table, with at most so many changes one by one; `None` where no destination was asked about.
pub(super) fn table(report: &ConnectorReport, most_changes: u64) -> Option<DestinationTable> {
    let mut streams: BTreeMap<String, Vec<Seen<'_>>> = BTreeMap::new();
    let is_seen = |finding: &&Finding| !finding.destinations.is_empty();
    for finding in report.findings.iter().filter(is_seen) {
        let name = match &finding.stream {
            Some(stream) => stream.to_string(),
            None => "streams that are not known".to_owned(),
        };
        let seen = (finding.field.as_slice(), finding.rule, finding.destinations.as_slice());
        streams.entry(name).or_default().push(seen);
    }
    if streams.is_empty() {
        return None;
    }
    let is_quiet = |seen: &[Seen<'_>]| {
        seen.iter().all(|(_, _, found)| found.iter().all(|one| one.effect == DestinationEffect::None))
    };
    let mut quiet = 0;
    // What differs in nothing but the stream is told once.
    let mut rows: BTreeMap<Vec<Fate<'_>>, Vec<String>> = BTreeMap::new();
    for (name, seen) in &streams {
        if is_quiet(seen) {
            quiet += 1;
            continue;
        }
        let told = seen.iter().map(|(field, rule, found)| (*field, *rule, told(found))).collect();
        rows.entry(told).or_default().push(name.clone());
    }
    let mut rows: Vec<(Vec<Worst>, DestinationRow)> = rows
        .into_iter()
        .map(|(seen, streams)| {
            let worst = worst(seen.iter().flat_map(|(_, _, told)| told));
            let row = DestinationRow { streams, summary: summary(&worst), details: details(&seen) };
            (worst, row)
        })
        .collect();
    rows.sort_by(|(a, one), (b, other)| {
        let effects = |worst: &[Worst]| worst.iter().map(|(effect, _)| *effect).collect::<Vec<_>>();
        effects(a).cmp(&effects(b)).then_with(|| one.streams.cmp(&other.streams))
    });
    let mut rows: Vec<DestinationRow> = rows.into_iter().map(|(_, row)| row).collect();
    let left_out = cut(&mut rows, most_changes);
    Some(DestinationTable { rows, quiet, left_out })
}

/// Keeps so many changes, and says how many it takes out. What becomes of each stream in short stays.
fn cut(rows: &mut [DestinationRow], most: u64) -> Option<String> {
    let total: usize = rows.iter().map(|row| row.details.len()).sum();
    let mut room = usize::try_from(most).unwrap_or(usize::MAX);
    for row in rows.iter_mut() {
        row.details.truncate(room);
        room -= row.details.len();
    }
    let left_out = total.saturating_sub(usize::try_from(most).unwrap_or(usize::MAX));
    (left_out > 0).then(|| {
        let what =
            format!("{} of destinations not shown, since there are more", phrase::count(left_out, "change"));
        limits::ENTRIES.exceeded(&what, most, Some(total as u64))
    })
}

/// What several destinations do alike: the effect, what happens otherwise, why, the evidence, and they.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Told {
    effect: DestinationEffect,
    otherwise: Option<DestinationEffect>,
    note: &'static str,
    evidence: &'static str,
    reference: Option<&'static str>,
    seen: Option<&'static str>,
    names: Vec<&'static str>,
}

fn told(found: &[InDestination]) -> Vec<Told> {
    let mut told: Vec<Told> = Vec::new();
    for one in found {
        let of_one = Told {
            effect: one.effect,
            otherwise: one.otherwise,
            note: one.note,
            evidence: one.evidence.name(),
            reference: one.reference,
            seen: one.seen,
            names: Vec::new(),
        };
        let is_same = |other: &&mut Told| Told { names: Vec::new(), ..(*other).clone() } == of_one;
        match told.iter_mut().find(is_same) {
            Some(same) => same.names.push(one.name),
            None => told.push(Told { names: vec![one.name], ..of_one }),
        }
    }
    told.sort();
    told
}

/// An effect, whether it depends on the value, and the destinations in which it is the worst of a stream.
type Worst = ((DestinationEffect, bool), BTreeSet<&'static str>);

fn worst<'t>(told: impl Iterator<Item = &'t Told>) -> Vec<Worst> {
    let mut by_name: BTreeMap<&'static str, (DestinationEffect, bool)> = BTreeMap::new();
    for one in told {
        for name in &one.names {
            let effect = (one.effect, one.otherwise.is_some());
            let known = by_name.entry(name).or_insert(effect);
            *known = (*known).min(effect);
        }
    }
    let mut by_effect: BTreeMap<(DestinationEffect, bool), BTreeSet<&'static str>> = BTreeMap::new();
    for (name, effect) in by_name {
        by_effect.entry(effect).or_default().insert(name);
    }
    by_effect.into_iter().collect()
}

/// `the sync fails in iceberg; values are cast in snowflake`.
fn summary(worst: &[Worst]) -> Words {
    let part = |((effect, is_possible), names): &Worst| {
        let names = phrase::names(names.iter().copied(), usize::MAX);
        Words::marked(said(*effect, *is_possible)).and_text(" in ").and(&names)
    };
    Words::joined(worst.iter().map(part), "; ")
}

/// The effect in words; of one that depends on the value, that it may be.
fn said(effect: DestinationEffect, is_possible: bool) -> &'static str {
    if is_possible { effect.describe_possible() } else { effect.describe() }
}

fn details(seen: &[Fate<'_>]) -> Vec<DestinationDetail> {
    let one = |(field, rule, told): &Fate<'_>| {
        let field = match field {
            [] => Words::marked("the stream"),
            field => Words::code(field.join(".")),
        };
        let change = field.and_text(" [").and(&Words::name(rule)).and_text("]");
        DestinationDetail { change, effects: told.iter().map(sentence).collect() }
    };
    seen.iter().map(one).collect()
}

/// `iceberg: the sync fails. Why. (experiment: parity/destinations/iceberg.py)`.
fn sentence(told: &Told) -> Words {
    let names = phrase::names(told.names.iter().copied(), usize::MAX);
    let mut words = names.and_text(": ").and_text(said(told.effect, told.otherwise.is_some()));
    if let Some(otherwise) = told.otherwise {
        words = words.and_text(", otherwise ").and_text(otherwise.describe());
    }
    words = words.and_text(". ").and(&Words::marked(told.note)).and_text(" (").and_text(told.evidence);
    if let Some(reference) = told.reference {
        words = words.and_text(": ").and_text(short(reference));
    }
    if let Some(seen) = told.seen {
        words = words.and_text(", ").and_text(seen);
    }
    words.and_text(")")
}

/// The file or page of an address: the JSON report and `docs/destinations.md` have the whole of it.
fn short(reference: &'static str) -> &'static str {
    let address = reference.strip_prefix("https://").unwrap_or(reference);
    match address.strip_prefix("github.com/").and_then(|path| path.rsplit_once("/pull/")) {
        Some(_) => address,
        None if address.starts_with("github.com/") => address.rsplit('/').next().unwrap_or(address),
        None => address,
    }
}
