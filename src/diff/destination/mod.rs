//! What a destination writes otherwise than before.
//!
//! Tables are held against each other by what they are known by on both sides; a file that one side alone has proves
//! nothing. What several files show is one difference, which keeps how many of those that could show it do. Tests change
//! for reasons of their own: a column that came or went with what the test writes is none, and neither is a row more.

mod names;
mod operation_hints;
mod operation_values;
mod operations;
mod pairs;
mod table;

pub(crate) use operations::OPERATIONS;
use pairs::{Pair, pairs};

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::delta::{Beside, Change, Delta};
use super::destination_change::{ColumnEdit, DestinationChange, DestinationContext, Shown, names};
use crate::model::{
    Artifact, Connector, Fragment, Pointer, Sides, WriteMode, WrittenFormat, WrittenKind, WrittenTable,
};
use table::{Observed, compare};

/// The differences of what two versions write.
pub(super) fn diff(old: &Connector, new: &Connector) -> Vec<Delta> {
    let (before, after) = (&old.written, &new.written);
    let pairs = pairs(before, after);
    let mut found = Gathered::default();
    for pair in &pairs {
        let old = &before.tables[pair.old];
        found.add(*pair, old, compare(old, &after.tables[pair.new]));
    }
    let mut deltas = found.deltas(before, after);
    deltas.extend(raw_tables(before, after, &pairs));
    deltas.extend(names::renamed(before, after, &pairs));
    deltas.extend(names::expected(before, after, &pairs));
    if let (Some(was), Some(is)) = (&before.operations, &after.operations) {
        deltas.extend(operations::diff(was, is));
    }
    deltas
}

/// Whether two sides have a table in common, or operations on both.
pub(super) fn are_comparable(before: &WrittenFormat, after: &WrittenFormat) -> bool {
    before.operations.is_some() && after.operations.is_some() || !pairs(before, after).is_empty()
}

/// What the pairs show, gathered over all of them.
#[derive(Default)]
struct Gathered {
    /// What differs, with the column it is about.
    seen: BTreeMap<(DestinationChange, String), Seen>,
    /// The pairs whose old table has a column, by kind; what follows from the test's input left out.
    held: BTreeMap<(WrittenKind, Subject), Holders>,
}

/// The pairs that could show something, counted once for all that asks.
#[derive(Default)]
struct Holders {
    pairs: Vec<Pair>,
    by_mode: BTreeMap<WriteMode, usize>,
    by_variant: BTreeMap<String, usize>,
}

impl Holders {
    fn add(&mut self, pair: Pair, old: &WrittenTable) {
        self.pairs.push(pair);
        if let Some(mode) = old.mode {
            *self.by_mode.entry(mode).or_default() += 1;
        }
        if let Some(variant) = &old.variant {
            *self.by_variant.entry(variant.clone()).or_default() += 1;
        }
    }
}

/// What a pair has to have so that it could show a difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Table,
    Column(String),
    Layout(String),
}

/// A pair that shows something.
struct Sighting {
    pair: Pair,
    /// The bytes in both files.
    at: Sides<Option<usize>>,
    is_certain: bool,
}

#[derive(Default)]
struct Seen {
    old: Option<Value>,
    new: Option<Value>,
    by: Vec<Sighting>,
    /// The old names of several columns, with the new ones.
    names: BTreeMap<String, String>,
    /// The keys of objects that are gone somewhere.
    removed: BTreeSet<String>,
}

impl Gathered {
    fn add(&mut self, pair: Pair, old: &WrittenTable, found: table::Compared) {
        for subject in found.held {
            self.held.entry((pair.kind, subject)).or_default().add(pair, old);
        }
        for Observed { change, column, old, new, at, is_certain } in found.observed {
            let is_of_many = change == DestinationChange::ColumnsRecased;
            let key = if is_of_many { String::new() } else { column.clone() };
            let mut gone = Vec::new();
            let change = match change {
                // Objects of one test lose what those of another keep.
                DestinationChange::MetadataKeys { removed } => {
                    gone = removed;
                    DestinationChange::MetadataKeys { removed: Vec::new() }
                }
                change => change,
            };
            let seen = self.seen.entry((change, key)).or_default();
            seen.removed.extend(gone);
            if is_of_many {
                let text = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
                seen.names.extend(text(&old).zip(text(&new)));
            }
            seen.old = seen.old.take().or(old);
            seen.new = seen.new.take().or(new);
            // A pair that shows it of several columns shows it once.
            match seen.by.last_mut().filter(|last| last.pair.old == pair.old) {
                Some(last) => last.is_certain |= is_certain,
                None => seen.by.push(Sighting { pair, at, is_certain }),
            }
        }
    }

    fn deltas(self, before: &WrittenFormat, after: &WrittenFormat) -> Vec<Delta> {
        let Self { seen, held } = self;
        let deltas = seen
            .into_iter()
            .filter_map(|((change, column), seen)| delta(change, column, seen, &held, before, after));
        deltas.collect()
    }
}

/// What a pair has to have to show a difference.
fn subject(change: &DestinationChange, column: &str) -> Subject {
    match change {
        DestinationChange::MetadataColumn(ColumnEdit::Added) | DestinationChange::ColumnAdded { .. } => {
            Subject::Table
        }
        DestinationChange::LayoutChanged(key) => Subject::Layout(key.clone()),
        _ => Subject::Column(column.to_owned()),
    }
}

fn delta(
    change: DestinationChange,
    column: String,
    seen: Seen,
    held: &BTreeMap<(WrittenKind, Subject), Holders>,
    before: &WrittenFormat,
    after: &WrittenFormat,
) -> Option<Delta> {
    let subject = subject(&change, &column);
    let mut by_kind: BTreeMap<WrittenKind, Vec<&Sighting>> = BTreeMap::new();
    for one in &seen.by {
        by_kind.entry(one.pair.kind).or_default().push(one);
    }
    let mut shown_by = Vec::new();
    let mut only = None;
    for (kind, shown) in &by_kind {
        let several = (!seen.names.is_empty()).then(|| holders_of_any(*kind, &seen.names, held, before));
        let all = several.as_ref().or_else(|| held.get(&(*kind, subject.clone())));
        let first = shown[0].pair;
        let proven = all.and_then(|all| limits(shown, all, before));
        // Within the part that alone is reached, all agree.
        let count = all.map_or(0, |all| all.pairs.len());
        let of = proven.as_ref().map_or(count, |(_, of)| *of).max(shown.len());
        shown_by.push(Shown {
            kind: *kind,
            count: shown.len(),
            of,
            is_certain: shown.iter().any(|one| one.is_certain),
            file: after.tables[first.new].document.file.clone(),
        });
        only = only.or(proven.map(|(only, _)| only));
    }
    if by_kind.len() == 1 && by_kind.contains_key(&WrittenKind::RawRecords) {
        only = only.or(Some("users of raw tables".to_owned()));
    }
    if shown_by.iter().all(Shown::is_doubtful) {
        return None;
    }
    let change = match change {
        DestinationChange::MetadataKeys { .. } => {
            DestinationChange::MetadataKeys { removed: seen.removed.into_iter().collect() }
        }
        DestinationChange::ColumnAdded { .. } => {
            let is_everywhere = |shown: &Shown| shown.count == shown.of && shown.of > 1;
            DestinationChange::ColumnAdded { everywhere: shown_by.iter().all(is_everywhere) }
        }
        change => change,
    };
    let Sighting { pair: first, at, .. } = &seen.by[0];
    let place = Sides { old: at.old.map(|at| (first.old, at)), new: at.new.map(|at| (first.new, at)) };
    let pointer = |written: &WrittenFormat, place: &Option<(usize, usize)>| {
        let (table, _) = place.as_ref()?;
        let mut path = vec!["tables".to_owned(), written.tables[*table].address()];
        match &subject {
            Subject::Column(name) => path.extend(["columns".to_owned(), name.clone()]),
            Subject::Layout(key) => path.extend(["layout".to_owned(), key.clone()]),
            Subject::Table if !column.is_empty() => path.extend(["columns".to_owned(), column.clone()]),
            Subject::Table => {}
        }
        Some(Pointer::new(path))
    };
    let pointer = Sides { old: pointer(before, &place.old), new: pointer(after, &place.new) };
    let is_of_many = change == DestinationChange::ColumnsRecased;
    let (old, new) = match is_of_many {
        true => (Some(names(seen.names.keys())), Some(names(seen.names.values()))),
        false => (seen.old, seen.new),
    };
    Some(Delta {
        field: if column.is_empty() { Vec::new() } else { vec![column] },
        pointer,
        old: old.map(Fragment::own),
        new: new.map(Fragment::own),
        beside: Beside::Destination(Box::new(DestinationContext { shown_by, place, only })),
        ..Delta::new(Artifact::Destination, Change::Destination(change))
    })
}

/// The pairs that have any of several columns.
fn holders_of_any(
    kind: WrittenKind,
    names: &BTreeMap<String, String>,
    held: &BTreeMap<(WrittenKind, Subject), Holders>,
    before: &WrittenFormat,
) -> Holders {
    let of = |name: &String| held.get(&(kind, Subject::Column(name.clone())));
    let all = names.keys().filter_map(of).flat_map(|holders| holders.pairs.iter().copied());
    let by_table: BTreeMap<usize, Pair> = all.map(|pair| (pair.old, pair)).collect();
    let mut found = Holders::default();
    by_table.into_values().for_each(|pair| found.add(pair, &before.tables[pair.old]));
    found
}

/// The part of all pairs that alone shows a difference, in words, with how many pairs it has: one way to sync, or one
/// class of tests, where the others have it and show nothing. Only files that say the whole table prove it.
fn limits(shown: &[&Sighting], all: &Holders, before: &WrittenFormat) -> Option<(String, usize)> {
    if shown.len() >= all.pairs.len() || shown[0].pair.kind != WrittenKind::Golden {
        return None;
    }
    let table = |one: &Sighting| -> &WrittenTable { &before.tables[one.pair.old] };
    let first = table(shown[0]);
    if let Some(mode) = first.mode.filter(|mode| shown.iter().all(|one| table(one).mode == Some(*mode)))
        && all.by_mode.get(&mode) == Some(&shown.len())
    {
        return Some((mode.syncs().to_owned(), shown.len()));
    }
    let variant = first.variant.as_ref()?;
    let is_alone = shown.iter().all(|one| table(one).variant.as_ref() == Some(variant))
        && all.by_variant.get(variant) == Some(&shown.len());
    is_alone.then(|| (format!("configs as in the tests {variant}"), shown.len()))
}

/// Raw tables that are no longer expected anywhere, while final tables are. Where both went, the tests did.
fn raw_tables(before: &WrittenFormat, after: &WrittenFormat, pairs: &[Pair]) -> Option<Delta> {
    let of = |written: &WrittenFormat, kind: WrittenKind| -> Vec<usize> {
        (0..written.tables.len()).filter(|&index| written.tables[index].kind == kind).collect()
    };
    let raw = of(before, WrittenKind::RawRecords);
    if raw.is_empty() || !of(after, WrittenKind::RawRecords).is_empty() {
        return None;
    }
    let finals = of(before, WrittenKind::FinalRecords);
    let kept = pairs.iter().filter(|pair| pair.kind == WrittenKind::FinalRecords);
    let kept: Vec<&Pair> = kept.collect();
    let first = kept.first()?;
    let shown = Shown {
        kind: WrittenKind::FinalRecords,
        count: kept.len(),
        of: finals.len(),
        is_certain: true,
        file: after.tables[first.new].document.file.clone(),
    };
    let place = Sides { old: Some((raw[0], 0)), new: None };
    let context = DestinationContext { shown_by: vec![shown], place, only: None };
    let pointer = Pointer::new(["tables".to_owned(), before.tables[raw[0]].address()]);
    Some(Delta {
        pointer: Sides { old: Some(pointer), new: None },
        beside: Beside::Destination(Box::new(context)),
        ..Delta::new(Artifact::Destination, Change::Destination(DestinationChange::RawTablesGone))
    })
}
