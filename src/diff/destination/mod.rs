//! What a destination writes otherwise than before.
//!
//! Tables are held against each other by what they are known by on both sides; a file that one side alone has proves
//! nothing. What several files show is one difference, which keeps how many of those that could show it do. Tests change
//! for reasons of their own: a column that came or went with what the test writes is none, and neither is a row more.

mod operations;
mod table;

pub(crate) use operations::OPERATIONS;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::delta::{Beside, Change, Delta};
use super::destination_change::{ColumnEdit, DestinationChange, DestinationContext, Shown, names};
use crate::model::{
    Artifact, Connector, Pointer, Sides, WriteMode, WrittenFormat, WrittenKind, WrittenTable,
    is_metadata_column,
};
use table::{Observed, compare};

/// The differences of what two versions write.
pub(super) fn diff(old: &Connector, new: &Connector) -> Vec<Delta> {
    let (before, after) = (&old.written, &new.written);
    let mut found = Gathered::default();
    for pair in pairs(before, after) {
        found.add(pair, compare(&before.tables[pair.old], &after.tables[pair.new]));
    }
    let mut deltas = found.deltas(before, after);
    deltas.extend(raw_tables(before, after));
    deltas.extend(renamed_tables(before, after));
    deltas.extend(expected_names(before, after));
    if let (Some(was), Some(is)) = (&before.operations, &after.operations) {
        deltas.extend(operations::diff(was, is));
    }
    deltas
}

/// A table of both sides, in the order of each.
#[derive(Debug, Clone, Copy)]
struct Pair {
    kind: WrittenKind,
    old: usize,
    new: usize,
}

type Known<'t> = (WrittenKind, &'t str);

fn by_key(written: &WrittenFormat) -> BTreeMap<Known<'_>, usize> {
    let tables = written.tables.iter().enumerate();
    tables.map(|(index, table)| ((table.kind, table.key.as_str()), index)).collect()
}

/// The tables that both sides have. A case of a conversion is the same only with the same input.
fn pairs(before: &WrittenFormat, after: &WrittenFormat) -> Vec<Pair> {
    let theirs = by_key(after);
    let both = by_key(before).into_iter().filter_map(|(key, old)| {
        let new = *theirs.get(&key)?;
        Some(Pair { kind: key.0, old, new })
    });
    both.filter(|pair| {
        let (was, is) = (&before.tables[pair.old], &after.tables[pair.new]);
        pair.kind != WrittenKind::Conversion || was.test == is.test
    })
    .collect()
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
    held: BTreeMap<(WrittenKind, Subject), Vec<Pair>>,
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
    fn add(&mut self, pair: Pair, found: table::Compared) {
        for subject in found.held {
            self.held.entry((pair.kind, subject)).or_default().push(pair);
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
    held: &BTreeMap<(WrittenKind, Subject), Vec<Pair>>,
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
        let all = holders(*kind, &subject, &seen.names, held);
        let all = all.as_slice();
        let first = shown[0].pair;
        let proven = limits(shown, all, before);
        // Within the part that alone is reached, all agree.
        let of = proven.as_ref().map_or(all.len(), |(_, of)| *of).max(shown.len());
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
        let mut path = vec!["tables".to_owned(), written.tables[*table].key.clone()];
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
        old,
        new,
        beside: Beside::Destination(Box::new(DestinationContext { shown_by, place, only })),
        ..Delta::new(Artifact::Destination, Change::Destination(change))
    })
}

/// The pairs that could show a difference: those that have what it is about, or any of several columns.
fn holders(
    kind: WrittenKind,
    subject: &Subject,
    several: &BTreeMap<String, String>,
    held: &BTreeMap<(WrittenKind, Subject), Vec<Pair>>,
) -> Vec<Pair> {
    let of = |subject: Subject| held.get(&(kind, subject)).cloned().unwrap_or_default();
    if several.is_empty() {
        return of(subject.clone());
    }
    let all = several.keys().flat_map(|name| of(Subject::Column(name.clone())));
    let by_table: BTreeMap<usize, Pair> = all.map(|pair| (pair.old, pair)).collect();
    by_table.into_values().collect()
}

/// The part of all pairs that alone shows a difference, in words, with how many pairs it has: one way to sync, or one
/// class of tests, where the others have it and show nothing. Only files that say the whole table prove it.
fn limits(shown: &[&Sighting], all: &[Pair], before: &WrittenFormat) -> Option<(String, usize)> {
    if shown.len() >= all.len() || shown[0].pair.kind != WrittenKind::Golden {
        return None;
    }
    let table = |pair: &Pair| -> &WrittenTable { &before.tables[pair.old] };
    let of_mode = |mode: WriteMode| all.iter().filter(|pair| table(pair).mode == Some(mode)).count();
    let mode = table(&shown[0].pair).mode;
    if let Some(mode) = mode.filter(|mode| shown.iter().all(|one| table(&one.pair).mode == Some(*mode)))
        && of_mode(mode) == shown.len()
    {
        return Some((mode.syncs().to_owned(), shown.len()));
    }
    let variant = table(&shown[0].pair).variant.clone()?;
    let is_of = |pair: &Pair| table(pair).variant.as_ref() == Some(&variant);
    let of_variant = all.iter().filter(|pair| is_of(pair)).count();
    (shown.iter().all(|one| is_of(&one.pair)) && of_variant == shown.len())
        .then(|| (format!("configs as in the tests {variant}"), shown.len()))
}

/// Raw tables that are no longer expected anywhere, while final tables are. Where both went, the tests did.
fn raw_tables(before: &WrittenFormat, after: &WrittenFormat) -> Option<Delta> {
    let of = |written: &WrittenFormat, kind: WrittenKind| -> Vec<usize> {
        (0..written.tables.len()).filter(|&index| written.tables[index].kind == kind).collect()
    };
    let raw = of(before, WrittenKind::RawRecords);
    if raw.is_empty() || !of(after, WrittenKind::RawRecords).is_empty() {
        return None;
    }
    let finals = of(before, WrittenKind::FinalRecords);
    let kept = pairs(before, after).into_iter().filter(|pair| pair.kind == WrittenKind::FinalRecords);
    let kept: Vec<Pair> = kept.collect();
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
    let pointer = Pointer::new(["tables".to_owned(), before.tables[raw[0]].key.clone()]);
    Some(Delta {
        pointer: Sides { old: Some(pointer), new: None },
        beside: Beside::Destination(Box::new(context)),
        ..Delta::new(Artifact::Destination, Change::Destination(DestinationChange::RawTablesGone))
    })
}

/// Tables that statements make under another name: the old name is gone from the file, and one with the same columns is new.
fn renamed_tables(before: &WrittenFormat, after: &WrittenFormat) -> Vec<Delta> {
    let (ours, theirs) = (by_key(before), by_key(after));
    let is_statement = |(kind, _): &Known<'_>| *kind == WrittenKind::Statement;
    let gone = ours.iter().filter(|(key, _)| is_statement(key) && !theirs.contains_key(*key));
    let mut new: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (_, &index) in theirs.iter().filter(|(key, _)| is_statement(key) && !ours.contains_key(*key)) {
        new.entry(shape(&after.tables[index])).or_insert(index);
    }
    let at = |table: &WrittenTable| table.columns.values().next().map_or(0, |column| column.at);
    let renamed = gone.filter_map(|(_, &old)| {
        let was = &before.tables[old];
        let index = new.remove(&shape(was))?;
        let is = &after.tables[index];
        let names =
            Sides { old: (was.table.as_str(), old, at(was)), new: (is.table.as_str(), index, at(is)) };
        Some(renamed_table(names, before, after))
    });
    renamed.collect()
}

/// Names that regression tests expect and that differ. A list of another length is of other streams.
fn expected_names(before: &WrittenFormat, after: &WrittenFormat) -> Vec<Delta> {
    let lists = pairs(before, after).into_iter().filter(|pair| pair.kind == WrittenKind::TableNames);
    let mut renamed: BTreeMap<(&str, &str), Sides<NamedAt<'_>>> = BTreeMap::new();
    for pair in lists {
        let (was, is) = (&before.tables[pair.old].names, &after.tables[pair.new].names);
        let both = was.iter().zip(is).filter(|_| was.len() == is.len());
        for ((was, from), (is, to)) in both.filter(|((was, _), (is, _))| was != is) {
            let names = Sides { old: (was.as_str(), pair.old, *from), new: (is.as_str(), pair.new, *to) };
            renamed.entry((was, is)).or_insert(names);
        }
    }
    renamed.into_values().map(|names| renamed_table(names, before, after)).collect()
}

/// The name of a table, the table that shows it, and the byte there.
type NamedAt<'t> = (&'t str, usize, usize);

/// A table of another name.
fn renamed_table(names: Sides<NamedAt<'_>>, before: &WrittenFormat, after: &WrittenFormat) -> Delta {
    let Sides { old: (was, old, from), new: (is, new, to) } = names;
    let shown = Shown {
        kind: after.tables[new].kind,
        count: 1,
        of: 1,
        is_certain: true,
        file: after.tables[new].document.file.clone(),
    };
    let place = Sides { old: Some((old, from)), new: Some((new, to)) };
    let pointer = |table: &WrittenTable| Some(Pointer::new(["tables".to_owned(), table.key.clone()]));
    Delta {
        pointer: Sides { old: pointer(&before.tables[old]), new: pointer(&after.tables[new]) },
        old: Some(Value::from(was)),
        new: Some(Value::from(is)),
        beside: Beside::Destination(Box::new(DestinationContext {
            shown_by: vec![shown],
            place,
            only: None,
        })),
        ..Delta::new(Artifact::Destination, Change::Destination(DestinationChange::TableRenamed))
    }
}

/// What a table is known by besides its name: its file and its columns.
fn shape(table: &WrittenTable) -> (String, String) {
    let file = table.key.split('#').next().unwrap_or_default().to_owned();
    let columns = table.columns.iter().filter(|(name, _)| !is_metadata_column(name));
    let columns: Vec<String> = columns
        .map(|(name, column)| format!("{} {}", name.to_lowercase(), column.declared.as_deref().unwrap_or("")))
        .collect();
    (file, columns.join(","))
}
