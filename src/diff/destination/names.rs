//! Tables that have another name, or are no longer there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::pairs::{Pair, without_numbers};
use crate::diff::delta::{Beside, Change, Delta};
use crate::diff::destination_change::{DestinationChange, DestinationContext, Shown};
use crate::model::{
    Artifact, Fragment, Pointer, Sides, WrittenFormat, WrittenKind, WrittenTable, is_metadata_column,
};

/// Tables that statements make under another name, and tables of output that are in another case or no longer there.
pub(super) fn renamed(before: &WrittenFormat, after: &WrittenFormat, pairs: &[Pair]) -> Vec<Delta> {
    let mut deltas = Vec::new();
    for pair in pairs {
        let (was, is) = (&before.tables[pair.old], &after.tables[pair.new]);
        if was.key != is.key && was.key.to_lowercase() == is.key.to_lowercase() {
            // The file of output is called as whoever keeps it likes.
            let is_certain = pair.kind == WrittenKind::Statement;
            let names = Sides { old: NamedAt::of(was, pair.old), new: NamedAt::of(is, pair.new) };
            deltas.push(delta(names, is_certain, before, after));
        }
    }
    let (olds, news): (BTreeSet<usize>, BTreeSet<usize>) =
        pairs.iter().map(|pair| (pair.old, pair.new)).unzip();
    let alone = |written: &WrittenFormat, paired: &BTreeSet<usize>| -> Vec<usize> {
        (0..written.tables.len()).filter(|index| !paired.contains(index)).collect()
    };
    let (gone, come) = (alone(before, &olds), alone(after, &news));
    // A sync writes more files of a table, or fewer.
    let there: BTreeSet<String> = pairs
        .iter()
        .filter(|pair| pair.kind == WrittenKind::Output)
        .map(|pair| without_numbers(&before.tables[pair.old].key))
        .collect();
    let mut new: BTreeMap<Shape, Come> = BTreeMap::new();
    for &index in &come {
        let table = &after.tables[index];
        if table.kind == WrittenKind::Statement {
            new.entry(Shape::of(table)).or_default().add(index, table);
        }
    }
    // Kinds of which both sides hand in some table of one name: else the output may be of other streams altogether.
    let handed: BTreeSet<WrittenKind> =
        pairs.iter().filter(|pair| before.tables[pair.old].is_given).map(|pair| pair.kind).collect();
    for old in gone {
        let was = &before.tables[old];
        let same = (was.kind == WrittenKind::Statement).then(|| new.get_mut(&Shape::of(was))).flatten();
        let partner = same.and_then(|found| found.partner(was, after));
        if let Some(index) = partner {
            let is = &after.tables[index];
            let names = Sides { old: NamedAt::of(was, old), new: NamedAt::of(is, index) };
            deltas.push(delta(names, likeness_of(was, is) == Likeness::OneStream, before, after));
        } else if was.is_given && handed.contains(&was.kind) && !there.contains(&without_numbers(&was.key)) {
            deltas.push(gone_delta(was, old));
        }
    }
    deltas
}

/// New tables of one shape, of which each is taken once.
#[derive(Default)]
struct Come {
    open: BTreeSet<usize>,
    by_stream: HashMap<String, BTreeSet<usize>>,
}

/// Of more tables of one shape only those of one stream are held together: raw tables have one shape, and a schema has
/// thousands.
const MOST_ALIKE: usize = 32;

impl Come {
    fn add(&mut self, index: usize, table: &WrittenTable) {
        self.open.insert(index);
        self.by_stream.entry(stream_of(&table.table)).or_default().insert(index);
    }

    /// The table that another one became: the first of the same stream, of a stream whose name is part of the other's, or of
    /// the same columns.
    fn partner(&mut self, was: &WrittenTable, after: &WrittenFormat) -> Option<usize> {
        let of_stream = self.by_stream.get(&stream_of(&was.table)).and_then(|found| found.first().copied());
        let alike = |likeness| {
            let mut open = self.open.iter().copied().take(MOST_ALIKE);
            open.find(|&index| likeness_of(was, &after.tables[index]) == likeness)
        };
        let found = of_stream
            .or_else(|| alike(Likeness::OneStream).filter(|_| self.open.len() <= MOST_ALIKE))
            .or_else(|| alike(Likeness::OneShape))?;
        self.open.remove(&found);
        if let Some(of_stream) = self.by_stream.get_mut(&stream_of(&after.tables[found].table)) {
            of_stream.remove(&found);
        }
        Some(found)
    }
}

/// What speaks for it that two tables of one shape are of one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Likeness {
    /// Their names do.
    OneStream,
    /// Their columns alone do.
    OneShape,
    /// Nothing: raw tables of all streams have the same columns.
    None,
}

fn likeness_of(was: &WrittenTable, is: &WrittenTable) -> Likeness {
    let (one, other) = (stream_of(&was.table), stream_of(&is.table));
    let is_one = one == other
        || !one.is_empty() && !other.is_empty() && (one.contains(&other) || other.contains(&one));
    match is_one {
        true => Likeness::OneStream,
        false if was.columns.keys().all(|name| is_metadata_column(name)) => Likeness::None,
        false => Likeness::OneShape,
    }
}

/// The stream that a table is named after: the name without its schema, and without what raw tables have before it (before
/// and since Destinations V2).
fn stream_of(table: &str) -> String {
    let name = table.rsplit('.').next().unwrap_or(table).to_lowercase();
    let name = name.rsplit_once("raw__stream_").map_or(name.as_str(), |(_, stream)| stream);
    let name = name.strip_prefix("_airbyte_raw_").unwrap_or(name);
    name.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What a table is known by besides its name: its file and its columns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Shape(String, Vec<(String, String)>);

impl Shape {
    fn of(table: &WrittenTable) -> Self {
        let file = table.key.split('#').next().unwrap_or_default().to_owned();
        let columns = table.columns.iter().filter(|(name, _)| !is_metadata_column(name));
        let column = |(name, column): (&String, &crate::model::WrittenColumn)| {
            (name.to_lowercase(), column.spelled.clone().unwrap_or_default())
        };
        Self(file, columns.map(column).collect())
    }
}

/// Names that regression tests expect and that differ. A list of another length is of other streams.
pub(super) fn expected(before: &WrittenFormat, after: &WrittenFormat, pairs: &[Pair]) -> Vec<Delta> {
    let lists = pairs.iter().filter(|pair| pair.kind == WrittenKind::TableNames);
    let mut renamed: BTreeMap<(&str, &str), Sides<NamedAt<'_>>> = BTreeMap::new();
    for pair in lists {
        let (was, is) = (&before.tables[pair.old].names, &after.tables[pair.new].names);
        let both = was.iter().zip(is).filter(|_| was.len() == is.len());
        for ((was, from), (is, to)) in both.filter(|((was, _), (is, _))| was != is) {
            let named = |name, index, at| NamedAt { name, index, at };
            let names =
                Sides { old: named(was.as_str(), pair.old, *from), new: named(is.as_str(), pair.new, *to) };
            renamed.entry((was, is)).or_insert(names);
        }
    }
    renamed.into_values().map(|names| delta(names, true, before, after)).collect()
}

/// The name of a table, the table that shows it, and the byte there.
struct NamedAt<'t> {
    name: &'t str,
    index: usize,
    at: usize,
}

impl<'t> NamedAt<'t> {
    /// The name of a statement, or what output is known by.
    fn of(table: &'t WrittenTable, index: usize) -> Self {
        let name = if table.table.is_empty() { table.key.as_str() } else { table.table.as_str() };
        Self { name, index, at: table.at }
    }
}

/// A table of another name.
fn delta(
    names: Sides<NamedAt<'_>>,
    is_certain: bool,
    before: &WrittenFormat,
    after: &WrittenFormat,
) -> Delta {
    let Sides { old, new } = names;
    let (was, is) = (&before.tables[old.index], &after.tables[new.index]);
    let place = Sides { old: Some((old.index, old.at)), new: Some((new.index, new.at)) };
    let pointer = |table: &WrittenTable| Some(Pointer::new(["tables".to_owned(), table.address()]));
    Delta {
        pointer: Sides { old: pointer(was), new: pointer(is) },
        old: Some(Fragment::own(Value::from(old.name))),
        new: Some(Fragment::own(Value::from(new.name))),
        beside: Beside::Destination(Box::new(DestinationContext {
            shown_by: vec![only(is, is_certain)],
            place,
            only: None,
        })),
        ..Delta::new(Artifact::Destination, Change::Destination(DestinationChange::TableRenamed))
    }
}

/// A table of output that is no longer there.
fn gone_delta(was: &WrittenTable, index: usize) -> Delta {
    let named = NamedAt::of(was, index);
    Delta {
        pointer: Sides { old: Some(Pointer::new(["tables".to_owned(), was.address()])), new: None },
        old: Some(Fragment::own(Value::from(named.name))),
        beside: Beside::Destination(Box::new(DestinationContext {
            shown_by: vec![only(was, false)],
            place: Sides { old: Some((index, named.at)), new: None },
            only: None,
        })),
        ..Delta::new(Artifact::Destination, Change::Destination(DestinationChange::TableGone))
    }
}

/// The one table that shows something.
fn only(table: &WrittenTable, is_certain: bool) -> Shown {
    Shown { kind: table.kind, count: 1, of: 1, is_certain, file: table.document.file.clone() }
}
